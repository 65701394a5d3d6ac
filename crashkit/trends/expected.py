"""A count beside what earlier counts let expect: limits for it, its p-value, and the change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def scatter(counts: ArrayLike, exposure: ArrayLike = 1.0) -> float:
    """Return how many times more counts scatter than those of Poisson, 1 where they scatter less.

    `counts` has shape (groups, n): n counts of a group have one rate. The answer is the sum of
    Pearson's X2 of all groups by their n - 1 degrees of freedom each; groups of nothing tell
    nothing.

    >>> scatter([[10, 20, 30]])
    5.0

    Source: McCullagh and Nelder 1989, section 6.2.
    """
    y = np.atleast_2d(np.asarray(counts, dtype=float))
    e = np.broadcast_to(np.asarray(exposure, dtype=float), y.shape)
    is_told = (y.sum(axis=1) > 0) & (y.shape[1] > 1)
    y, e = y[is_told], e[is_told]
    if not y.size:
        return 1.0
    means = e * (y.sum(axis=1) / e.sum(axis=1))[:, None]
    above = np.divide((y - means) ** 2, means, out=np.zeros_like(y), where=means > 0)
    return max(1.0, float(above.sum() / (y.shape[0] * (y.shape[1] - 1))))


def by_few(found: float, df: int, level: float = 0.95) -> float:
    """Widen a scatter that only `df` degrees of freedom tell: limits are then those of t.

    Source: methods, section 9.1 (quasi-Poisson with limits by t).
    """
    tail = (1 + level) / 2
    return found * float((special.stdtrit(df, tail) / special.ndtri(tail)) ** 2)


def p_values(
    counts: ArrayLike, before: ArrayLike, share: ArrayLike, *, scatter: float = 1.0
) -> Floats:
    """Return the chance of counts as far from what the counts `before` let expect.

    `share` is the exposure of the count by that of both times, such as 1/6 of a year after five.
    Given the sum of both, the count is binomial; twice the smaller tail. With a `scatter` counts
    are divided by it first.

    >>> p_values([12, 5], [25, 25], 1 / 6).round(4).tolist()
    [0.028, 1.0]

    Source: Przyborowski and Wilenski 1940, Biometrika 31: 313-323; for the scatter Rao and Scott
    1999, Statistics in Medicine 18: 1373-1385.
    """
    x, s, p = np.broadcast_arrays(
        *(np.asarray(one, dtype=float) for one in (counts, before, share))
    )
    return np.asarray(np.minimum(1.0, 2 * np.minimum(*_tails(x / scatter, s / scatter, p))))


def limits(
    before: ArrayLike, share: ArrayLike, *, scatter: float = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the smallest and the largest count that the counts `before` do not speak against.

    They are whole numbers: those that `p_values` gives more than 1 - `level`.

    >>> [one.tolist() for one in limits([25, 0], 1 / 6)]
    [[1.0, 0.0], [11.0, 2.0]]

    Source: as `p_values`, whose test is turned round.
    """
    s, p = np.broadcast_arrays(np.asarray(before, dtype=float), np.asarray(share, dtype=float))
    s, tail = s / scatter, (1 - level) / 2

    def is_low(x: Floats) -> Flags:
        return np.asarray(_tails(x / scatter, s, p)[0] <= tail)

    def is_high(x: Floats) -> Flags:
        return np.asarray(_tails(x / scatter, s, p)[1] <= tail)

    top = np.ceil(scatter * (s * p / (1 - p) + 1) + 10)
    while not is_high(top).all():
        top = 2 * top
    return _first(lambda x: ~is_low(x), top), _first(is_high, top) - 1


def change(
    count: float, before: float, exposure: float, *, scatter: float = 1.0, level: float = 0.95
) -> tuple[float, float, float]:
    """Return how much more, in per cent, a count is than what was counted before, with limits.

    `exposure` is that of the time before, as a multiple of that of the count. Without a scatter
    these are the limits of `ratios.rate_ratio`.

    >>> [round(one, 1) for one in change(123, 700, 5)]
    [-12.1, -28.1, 6.6]

    Source: as `p_values`; Clopper and Pearson 1934.
    """
    x, s, tail = count / scatter, before / scatter, (1 - level) / 2
    low = float(special.betaincinv(x, s + 1, tail)) if x else 0.0
    high = float(special.betaincinv(x + 1, s, 1 - tail)) if s else 1.0
    ratio = exposure * count / before if before else float("inf")
    least = exposure * low / (1 - low)
    most = exposure * high / (1 - high) if high < 1 else float("inf")
    return 100 * (ratio - 1), 100 * (least - 1), 100 * (most - 1)


def _tails(x: Floats, s: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Return the chances of a count so small or smaller, and so large or larger."""
    below = np.where(s > 0, special.betaincc(x + 1, np.where(s > 0, s, 1.0), p), 1.0)
    above = np.where(x > 0, special.betainc(np.where(x > 0, x, 1.0), s + 1, p), 1.0)
    return below, above


def _first(holds: Callable[[Floats], Flags], top: Floats) -> Floats:
    """Return the first whole number from 0 to `top` for which a condition holds, and all after."""
    low, high = np.zeros_like(top), top.copy()
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        there = holds(middle)
        low, high = np.where(there, low, middle + 1), np.where(there, middle, high)
    return high
