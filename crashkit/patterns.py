"""What is unusual about the crashes of a place: types more frequent than at places like it.

The share expected is that of similar places (class, setting, control), not of all roads. Many
types are tried at one place, so that the p-values are adjusted for how many.

Source: reference methods, section 4.4; bands in patterns.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import proportions, stats

Floats = NDArray[np.float64]

NAN = float("nan")

STRONG, SOME, USUAL, LESS = "strong", "some", "usual", "less"
"""How far a share is from the expected one: `band`."""

BINOMIAL, BETA_BINOMIAL = "binomial", "beta_binomial"

LEAST_EXPECTED = 5.0
"""With less expected in a cell chi-square is no guide. Source: Cochran 1954, Biometrics 10: 417."""


@cache
def _book() -> dict[str, Any]:
    text = resources.files("crashkit").joinpath("patterns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def band(ratio: float) -> str:
    """Return how far a share is from another: "strong", "some", "usual" or "less".

    Source: Ohio DOT, CAM tool, as in patterns.toml.
    """
    bands = _book()["bands"]
    if ratio >= bands["strong"]:
        return STRONG
    if ratio >= bands["some"]:
        return SOME
    return LESS if ratio <= bands["less"] else USUAL


def least_crashes() -> int:
    """Return how many crashes of a type make a pattern at a place, as in patterns.toml."""
    return int(_book()["pattern"]["least_crashes"])


# -------------------------------------------------------------------------------- one type


@dataclass(frozen=True)
class Over:
    """Whether `x` of `n` crashes are more than the share `p0` leads to expect.

    `p` is the chance of as many or more where the share is p0, or, "beta_binomial", of a true share
    no larger than p0. NaN where there are no crashes.
    """

    x: float
    n: float
    p0: float
    expected: float
    ratio: float
    p: float
    method: str

    @property
    def band(self) -> str:
        """How far the share is from the expected one: "strong", "some", "usual" or "less"."""
        return band(self.ratio)

    @property
    def is_pattern(self) -> bool:
        """Say whether there are enough crashes to speak of a pattern: three, or 40 % of all."""
        rule = _book()["pattern"]
        return self.n > 0 and (self.x >= rule["least_crashes"] or self.x / self.n >= rule["share"])


def binomial(x: float, n: float, p0: float) -> Over:
    """Compare with a known share by the exact one-sided binomial test, P(X >= x given n, p0).

    Raises ValueError where more are of the type than there are, and for a share outside 0 to 1.

    >>> found = binomial(14, 24, 0.3)
    >>> round(found.ratio, 2), found.band, round(found.p, 4)
    (1.94, 'strong', 0.0036)
    """
    if not 0 <= x <= n or not 0 <= p0 <= 1:
        raise ValueError("a type has no more crashes than there are, and a share is 0 to 1")
    expected = n * p0
    p = float(special.betainc(x, n - x + 1, p0)) if x > 0 else 1.0
    return Over(x, n, p0, expected, _by(x, expected), p if n > 0 else NAN, BINOMIAL)


def poisson(x: float, expected: float) -> Over:
    """Compare with a known number by the exact Poisson test, P(X >= x given expected)."""
    p = float(stats.poisson_tail(np.array([x]), np.array([float(expected)]))[0])
    return Over(x, NAN, NAN, expected, _by(x, expected), p, "poisson")


def _by(above: float, below: float) -> float:
    return above / below if below > 0 else NAN


def among_peers(x: float, n: float, peers_x: ArrayLike, peers_n: ArrayLike) -> Over:
    """Compare with places like it: `peers_x` of the type among their crashes `peers_n`.

    By the beta-binomial distribution where the peers tell how much places differ, since a share of
    0.4 is nothing rare where shares go from 0.1 to 0.6; else by the exact binomial test.
    Raises ValueError as `binomial`.

    >>> found = among_peers(12, 25, [3, 12, 5, 20, 1, 9], [20, 25, 30, 40, 18, 22])
    >>> found.method, round(found.ratio, 2), round(found.p, 3)
    ('beta_binomial', 1.49, 0.076)

    Source: reference methods, section 0.4 (over-represented crash type); HSM 2010, chapter 4.
    """
    share = proportions.threshold(peers_x, peers_n)
    if not np.isfinite(share):
        return Over(x, n, share, NAN, NAN, NAN, BINOMIAL)
    plain = binomial(x, n, share)
    prior = proportions.prior(peers_x, peers_n)
    if prior.reason is not None:
        return plain
    above = proportions.probability_above(x, n, alpha=prior.alpha, beta=prior.beta, limit=share)
    p = 1 - float(above) if n > 0 else NAN
    return Over(x, n, share, plain.expected, plain.ratio, p, BETA_BINOMIAL)


@dataclass(frozen=True)
class Table:
    """A place against a reference, with the type and without: X2, its p, and Fisher's p.

    `fisher` is one-sided, that the place has more. `is_usable` says whether X2 may be used at all:
    with less than 5 expected somewhere Fisher's test has to serve.
    """

    chi2: float
    p: float
    chi2_yates: float
    p_yates: float
    fisher: float
    is_usable: bool
    ratio: float


def table(place: tuple[int, int], reference: tuple[int, int]) -> Table:
    """Compare counts (with the type, without) of a place and of a small reference.

    X2 = N (|ad - bc| - N/2)²/[(a+b)(c+d)(a+c)(b+d)] with the correction of Yates, and without it.
    Raises ValueError for counts below 0.

    >>> found = table((14, 10), (3000, 7000))
    >>> round(found.chi2, 2), round(found.chi2_yates, 2), round(found.fisher, 4)
    (9.14, 7.84, 0.0037)

    Source: Yates 1934, J. R. Stat. Soc. Suppl. 1: 217-235; Fisher 1935, J. R. Stat. Soc. 98: 39-82.
    """
    a, b, c, d = (float(one) for one in (*place, *reference))
    if min(a, b, c, d) < 0:
        raise ValueError("a count is not negative")
    plain, yates = (stats.four_fold(a, b, c, d, yates=one) for one in (False, True))
    if np.isnan(plain[0]):
        return Table(NAN, NAN, NAN, NAN, NAN, False, NAN)
    least = min(a + b, c + d) * min(a + c, b + d) / (a + b + c + d)
    return Table(
        chi2=plain[0],
        p=plain[1],
        chi2_yates=yates[0],
        p_yates=yates[1],
        fisher=_fisher(int(a), int(b), int(c), int(d)),
        is_usable=least >= LEAST_EXPECTED,
        ratio=_by(a / (a + b), c / (c + d)),
    )


def _fisher(a: int, b: int, c: int, d: int) -> float:
    """Return the chance of `a` or more of the type at the place, given all sums."""
    here, typed, whole = a + b, a + c, a + b + c + d
    k = np.arange(a, min(here, typed) + 1)

    def ways(n: ArrayLike, of: ArrayLike) -> Floats:
        return np.asarray(
            -special.betaln(np.subtract(n, of) + 1, np.add(of, 1)) - np.log(np.add(n, 1))
        )

    chances = np.exp(ways(typed, k) + ways(whole - typed, here - k) - ways(whole, here))
    return float(min(1.0, chances.sum()))


# ------------------------------------------------------------------------------ many types

ADJUSTMENTS = ("holm", "bh")


@dataclass(frozen=True)
class Tried:
    """One of the types that were tried at a place, and its p adjusted for how many were."""

    name: str
    over: Over
    adjusted: float


def tried(found: Mapping[str, Over], *, adjust: str = "holm") -> tuple[Tried, ...]:
    """Return the types with p-values adjusted for their number, the least probable first.

    "holm" keeps any false alarm as rare as the level says, "bh" the share of false alarms.
    Raises ValueError for another adjustment.
    Source: Holm 1979; Benjamini and Hochberg 1995, in `stats`.
    """
    if adjust not in ADJUSTMENTS:
        raise ValueError(f"p-values are adjusted by {' or '.join(ADJUSTMENTS)}")
    known = {name: one for name, one in found.items() if np.isfinite(one.p)}
    p = np.array([one.p for one in known.values()])
    adjusted = stats.holm(p) if adjust == "holm" else stats.false_discovery(p)
    answers = [
        Tried(name, one, float(q)) for (name, one), q in zip(known.items(), adjusted, strict=True)
    ]
    return tuple(sorted(answers, key=lambda one: (one.over.p, one.name)))


# ---------------------------------------------------------------------------------- shares


def shares(counts: Mapping[str, float], total: float | None = None) -> dict[str, float]:
    """Return the share of each type, of all that are counted or of `total`; NaN of nothing."""
    whole = float(sum(counts.values())) if total is None else float(total)
    return {name: _by(count, whole) for name, count in counts.items()}


@dataclass(frozen=True)
class Compared:
    """A share among some crashes, the share among all, and how many times larger it is."""

    share: float
    share_of_all: float
    ratio: float


def compared(part: Mapping[str, float], whole: Mapping[str, float], category: str) -> Compared:
    """Compare the share of a category in a part, such as one crash type, with that in all.

    Raises KeyError for a category that is not counted.
    """
    here, everywhere = shares(part)[category], shares(whole)[category]
    return Compared(here, everywhere, _by(here, everywhere))


def wet_ratio(wet: float, dry: float) -> float:
    """Return wet/(wet + dry): to be compared with the share of time that roads are wet.

    Source: reference methods, section 4.4.
    """
    return _by(wet, wet + dry)


def night_ratio(night: float, day: float) -> float:
    """Return night by day crashes: to be compared with night by day traffic.

    Source: reference methods, section 4.4.
    """
    return _by(night, day)


def at_place(
    place: Mapping[str, float], peers: Sequence[Mapping[str, float]], *, adjust: str = "holm"
) -> tuple[Tried, ...]:
    """Return what is over-represented at a place, of all types that it or its peers have.

    `place` and each of `peers` hold the crashes by type.
    Source: `among_peers`, `tried`.
    """
    names = sorted({name for one in (place, *peers) for name in one})
    n, peers_n = sum(place.values()), [sum(one.values()) for one in peers]
    found = {
        name: among_peers(place.get(name, 0), n, [one.get(name, 0) for one in peers], peers_n)
        for name in names
    }
    return tried(found, adjust=adjust)
