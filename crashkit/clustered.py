"""Shares and medians of people who come in crashes: several of one crash are no independent ones.

Arrays have one entry a person: the `crash` it was in, a number from 0, and what is asked of it.
Long sums are no matrix products: those differ with the number of threads, which spin on after them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import association, stats
from crashkit.stats import FEW

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger]


@dataclass(frozen=True)
class Limits:
    """A number with its limits, of `n` people in `crashes` crashes."""

    value: float
    low: float
    high: float
    n: int
    crashes: int


LEAST_CRASHES = association.LEAST_CLUSTERS
"""People or vehicles of fewer crashes do not tell surely how much crashes differ."""


def design_effects(
    x: ArrayLike,
    n: float,
    *,
    squares: ArrayLike,
    cross: ArrayLike,
    sizes: float,
    crashes: int,
    least: int = LEAST_CRASHES,
) -> Floats:
    """Return how many times wider the variance of shares is than of as many independent ones.

    With a of m people in each crash: `x` is the sum of a (one a value), `n` that of m, `squares`
    that of a², `cross` of a m, `sizes` of m². Var(x/n) = M/(M - 1) sum (a - p m)²/n² for M
    `crashes`, by p(1 - p)/(n - 1); where p is 0 or 1 it is sum m²/n, that of people who are all
    alike. The spread found between so few crashes is itself unsure: times the square of
    t(M - 1)/t(n - 1). Never below 1; NaN for fewer than `least` crashes.

    >>> design_effects([30.0], 60, squares=[60.0], cross=[60.0], sizes=120, crashes=1000).round(1)
    array([1.9])

    Source: Kish 1965, Survey Sampling; Korn and Graubard 1998, Survey Methodology 24: 193-201.
    """
    of = np.asarray(x, dtype=float)
    if crashes < max(least, 1) or not n > 0:
        return np.full(of.shape, np.nan)
    if min(n, crashes) < 2:
        # One crash tells as much as one of its people.
        return np.full(of.shape, max(n, 1.0))
    p = of / n
    spread = np.asarray(squares) - 2 * p * np.asarray(cross) + p**2 * sizes
    alike = np.full(of.shape, sizes / n)
    binomial = p * (1 - p) * n**2 / (n - 1)
    mixed = (p > 0) & (p < 1)
    found = np.divide(spread * crashes / (crashes - 1), binomial, out=alike, where=mixed)
    points = special.stdtrit([crashes - 1, n - 1], 0.975)
    return np.asarray(np.maximum(found * (points[0] / points[1]) ** 2, 1.0))


def share(has: ArrayLike, crash: Ints, weight: ArrayLike | None = None) -> Limits | None:
    """Return the share of those who have something, with 95 % limits; None of nobody.

    `weight` is how many one entry stands for. The limits are the exact ones of as many independent
    people as tell as much, by `design_effects`.
    Source: Korn and Graubard 1998, Survey Methodology 24: 193-201.

    >>> found = share([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.arange(10))
    >>> round(found.low, 3), round(found.high, 3)
    (0.025, 0.556)
    >>> found = share([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.arange(10) // 2)
    >>> found.low < 0.02, found.high > 0.6
    (True, True)
    """
    flags = np.asarray(has, dtype=float)
    weights = np.ones(flags.size) if weight is None else np.asarray(weight, dtype=float)
    if not weights.sum() > 0:
        return None
    those, all_ = (np.bincount(crash, weights=one) for one in (flags * weights, weights))
    x, n, crashes = float(those.sum()), float(all_.sum()), int(np.count_nonzero(all_))
    (effect,) = design_effects(
        [x],
        n,
        squares=[float(np.square(those).sum())],
        cross=[float((those * all_).sum())],
        sizes=float(np.square(all_).sum()),
        crashes=crashes,
        least=1,
    )
    low, high = stats.clopper_pearson(x / effect, n / effect)
    return Limits(x / n, low, high, round(n), crashes)


def median(values: ArrayLike, crash: Ints) -> Limits | None:
    """Return the median with 95 % limits; None of fewer than ten, who do not tell it.

    The limits are the values where the share at or below is that of the median, and its limits
    between crashes, away from it. Source: Woodruff 1952, J. Am. Stat. Assoc. 47: 635-646.

    >>> found = median(np.arange(1, 101), np.arange(100))
    >>> found.value, found.low, found.high
    (50.5, 40.0, 61.0)
    """
    told = np.asarray(values, dtype=float)
    if told.size < FEW:
        return None
    middle = float(np.median(told))
    below = share((told < middle) + 0.5 * (told == middle), crash)
    if below is None:
        return None
    half = max(below.high - below.value, below.value - below.low)
    ends = int(np.floor(told.size * (0.5 - half))), int(np.ceil(told.size * (0.5 + half))) - 1
    at = [min(max(end, 0), told.size - 1) for end in ends]
    ordered = np.partition(told, at)
    low, high = (float(ordered[end]) for end in at)
    return Limits(middle, min(low, middle), max(high, middle), told.size, below.crashes)
