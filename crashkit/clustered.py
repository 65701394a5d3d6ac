"""Shares and medians of people who come in crashes: several of one crash are no independent ones.

Arrays have one entry a person: the `crash` it was in, a number from 0, and what is asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

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


def share(has: ArrayLike, crash: Ints, weight: ArrayLike | None = None) -> Limits | None:
    """Return the share of those who have something, with 95 % limits; None of nobody.

    `weight` is how many one entry stands for. The limits are the exact ones of as many independent
    people as tell as much: n/(n - 1) p (1 - p)/v for the variance v of the share between m crashes,
    times the square of t(n - 1)/t(m - 1), n at most.
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
    n = float(weights.sum())
    if n <= 0:
        return None
    p = float((flags * weights).sum()) / n
    crashes = int(np.count_nonzero(np.bincount(crash, weights=weights)))
    tell = _as_many(p, n, crashes, _variance((flags - p) * weights, crash, n, crashes))
    low = float(special.betaincinv(p * tell, tell - p * tell + 1, 0.025)) if p > 0 else 0.0
    high = float(special.betaincinv(p * tell + 1, tell - p * tell, 0.975)) if p < 1 else 1.0
    return Limits(p, low, high, round(n), crashes)


def median(values: ArrayLike, crash: Ints) -> Limits | None:
    """Return the median with 95 % limits; None of fewer than ten, who do not tell it.

    The limits are the values where the share at or below is that of the median, and its limits
    between crashes, away from it. Source: Woodruff 1952, J. Am. Stat. Assoc. 47: 635-646.

    >>> found = median(np.arange(1, 101), np.arange(100))
    >>> found.value, found.low, found.high
    (50.5, 40.0, 61.0)
    """
    told = np.asarray(values, dtype=float)
    if told.size < LEAST:
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


LEAST = 10


def _variance(apart: Floats, crash: Ints, n: float, m: int) -> float:
    """Return the variance of a share between m crashes, of what each person adds to it."""
    sums = np.bincount(crash, weights=apart)
    return float((sums**2).sum()) / n**2 * m / max(m - 1, 1)


def _as_many(p: float, n: float, m: int, variance: float) -> float:
    """Return how many independent people tell as much as n people of m crashes."""
    if not variance > 0:
        return float(min(n, m))
    if min(n, m) < 2:
        return 1.0
    points = special.stdtrit([n - 1, m - 1], 0.975)
    return float(min(n, n / (n - 1) * p * (1 - p) / variance * (points[0] / points[1]) ** 2))
