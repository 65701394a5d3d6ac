"""Shares of crash types: does a place have more of one type than places like it, beyond chance?

A share of few crashes says little, and places differ of themselves. So the shares of a class are
taken for draws from a beta distribution, whose mean and spread the class tells, and the question is
how probable it is that the true share of a place is above that of its class. More crashes than
elsewhere are no reason to be found here, so regression to the mean does not matter much.

Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, rows 9 and 10).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import stats
from crashkit.errors import Message

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LIMIT = 0.90
"""A share is shown as too high where this probability is reached.

Source: reference methods, section 2.1, row 10.
"""
JEFFREYS = 0.5
ALIKE = Message(
    "The shares of these places differ no more than chance makes them differ; a prior that knows "
    "nothing (Beta 0.5, 0.5) is used in place of theirs."
)
TOO_FEW = Message(
    "Fewer than two of these places have two crashes or more, which tells nothing of how much "
    "their shares differ; a prior that knows nothing (Beta 0.5, 0.5) is used in place of theirs."
)


@dataclass(frozen=True)
class BetaPrior:
    """How the true shares of a class differ; `reason` says why its own spread is not used."""

    alpha: float
    beta: float
    variance: float
    reason: Message | None = None


@dataclass(frozen=True, eq=False)
class Shares:
    """The share of a type at each site beside that of all; arrays over sites.

    `threshold` is p*, the share of all; `probability` that of the true share being above it;
    `excess` how far the share seen is above it. Sites without crashes are NaN.
    """

    threshold: float
    prior: BetaPrior
    probability: Floats
    excess: Floats

    def over(self, limit: float = LIMIT) -> Flags:
        """Say which sites have too much of the type, with a probability of at least `limit`."""
        return np.asarray((self.probability >= limit) & (self.excess > 0))


def threshold(x: ArrayLike, n: ArrayLike) -> float:
    """Return p*, the share of a type in all crashes of a class; NaN without crashes."""
    total = float(np.sum(np.asarray(n, dtype=float)))
    return float(np.sum(np.asarray(x, dtype=float))) / total if total > 0 else np.nan


def prior(x: ArrayLike, n: ArrayLike) -> BetaPrior:
    """Return the beta distribution of the true shares of a class.

    `x` (sites,) are crashes of the type, `n` all crashes. Over the M sites with two crashes or more
    s² = [sum (x² - x)/(n² - n) - (sum x/n)²/M]/(M - 1), and with p* of all sites
    alpha = (p*² - p*³ - s² p*)/s², beta = alpha/p* - alpha. Where s² or alpha is not above zero,
    or fewer than two sites tell s², it is Beta(0.5, 0.5), and `reason` says so.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row and note 9).
    """
    of, all_ = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    share = threshold(of, all_)
    enough = all_ >= 2
    m, of, all_ = int(enough.sum()), of[enough], all_[enough]
    if m < 2:
        return BetaPrior(JEFFREYS, JEFFREYS, np.nan, TOO_FEW)
    pairs = float(((of**2 - of) / (all_**2 - all_)).sum())
    variance = (pairs - float((of / all_).sum()) ** 2 / m) / (m - 1)
    if not variance > 0:
        return BetaPrior(JEFFREYS, JEFFREYS, variance, ALIKE)
    alpha = (share**2 - share**3 - variance * share) / variance
    if not alpha > 0:
        return BetaPrior(JEFFREYS, JEFFREYS, variance, ALIKE)
    return BetaPrior(alpha, alpha / share - alpha, variance)


def probability_above(
    x: ArrayLike, n: ArrayLike, *, alpha: float, beta: float, limit: float
) -> Floats:
    """Return the probability that the true share is above `limit`.

    That is 1 - B(limit; alpha + x, beta + n - x), with the beta distribution function B.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 9).
    """
    of, all_ = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(1.0 - special.betainc(alpha + of, beta + all_ - of, limit))


def shares(
    x: ArrayLike, n: ArrayLike, *, reference: tuple[ArrayLike, ArrayLike] | None = None
) -> Shares:
    """Judge the share of a type at each site of a class.

    `x` (sites,) are crashes of the type, `n` all crashes of the site; `reference` are those of the
    class where other sites than these tell the usual share and the prior. A site with one crash is
    judged, but says nothing of how much sites differ. Adjust the probabilities where several types
    are tried.

    >>> found = shares([21, 2, 5, 2, 1, 2, 0], [35, 23, 34, 17, 17, 13, 11])
    >>> round(found.threshold, 2), found.probability.round(2).tolist()
    (0.22, [1.0, 0.05, 0.13, 0.14, 0.04, 0.26, 0.02])

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, rows 9 and 10).
    """
    of, all_ = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    peers = (of, all_) if reference is None else reference
    share, known = threshold(*peers), prior(*peers)
    chance = probability_above(of, all_, alpha=known.alpha, beta=known.beta, limit=share)
    seen = stats.divided(of, all_)
    return Shares(share, known, np.where(all_ > 0, chance, np.nan), seen - share)
