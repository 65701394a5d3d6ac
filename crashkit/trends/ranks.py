"""Mann-Kendall and Sen: whether a series rises or falls, by the order of its values alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import stats
from crashkit.errors import Message

Floats = NDArray[np.float64]

USABLE = 8
"""A shorter series hardly ever tells a trend from chance. Source: methods, section 9.3."""

EXACT = 10
"""Series of so many values or fewer are judged by the exact p-value. Source: methods, 9.3."""

LONGEST_EXACT = 50
"""Beyond so many values the exact p-value is the one of the normal distribution."""


@dataclass(frozen=True)
class MannKendall:
    """The test: S, its variance, z, p-values and the slope by Sen with its limits.

    `p_normal` is by the normal distribution with continuity; `p_exact` counts the orders, NaN where
    that has no meaning (seasons, autocorrelation) or the series is long. `tau` is S over all pairs,
    `tau_b` over the pairs that differ. `reason` warns of a series too short to tell much.
    """

    n: int
    s: int
    variance: float
    z: float
    p_normal: float
    p_exact: float
    tau: float
    tau_b: float
    sen_slope: float
    sen_limits: tuple[float, float]
    reason: Message | None = None

    @property
    def p(self) -> float:
        """The p-value to judge by: the exact one for up to ten values."""
        is_exact = self.n <= EXACT and np.isfinite(self.p_exact)
        return self.p_exact if is_exact else self.p_normal


def mann_kendall(
    values: ArrayLike, times: ArrayLike | None = None, *, level: float = 0.95
) -> MannKendall:
    """Test one series, in the order of its `times` (0, 1, 2 ... where none are given).

    Values that are NaN are left out. Ties are allowed for, in the variance and in the exact p.
    The test does not know that counts scatter more where they are larger.

    >>> found = mann_kendall([61, 58, 64, 55, 52, 57, 49, 50, 44, 47, 41, 43])
    >>> found.s, round(found.p_exact, 6), found.sen_slope
    (-52, 0.000107, -2.0)

    Source: Mann 1945, Econometrica 13: 245-259; Kendall 1975, Rank Correlation Methods; Sen 1968,
    J. Am. Stat. Assoc. 63: 1379-1389; limits of the slope: Gilbert 1987, section 16.5.
    """
    x, t = _told(values, times)
    s, variance = int(_signs(x).sum()), _variance(x)
    return _answer([x], [t], s, variance, level, p_exact=_exact(x, s))


def seasonal(values: ArrayLike, period: int = 12, *, level: float = 0.95) -> MannKendall:
    """Test each season (month, say) against itself only, and add the tests up.

    `values` are in order, `period` to a year; the slope is by year.
    Raises ValueError for a period below 1.
    Source: Hirsch, Slack and Smith 1982, Water Resources Research 18: 107-121.
    """
    if period < 1:
        raise ValueError("a year has at least one season")
    every = np.asarray(values, dtype=float)
    years = np.arange(every.size) // period
    parts = [_told(every[i::period], years[i::period]) for i in range(min(period, every.size))]
    xs, ts = [x for x, _ in parts], [t for _, t in parts]
    s = sum(int(_signs(x).sum()) for x in xs)
    variance = sum(_variance(x) for x in xs)
    return _answer(xs, ts, s, variance, level)


def hamed_rao(
    values: ArrayLike, *, lags: int | None = None, alpha: float = 0.05, level: float = 0.95
) -> MannKendall:
    """Test a series whose values depend on those before: the variance of S is corrected.

    The autocorrelations of the ranks of the series without its Sen slope are used where they are
    significant at `alpha`, up to `lags` (all where None).
    Source: Hamed and Rao 1998, Journal of Hydrology 204: 182-196.
    """
    x, t = _told(values, None)
    s, variance, n = int(_signs(x).sum()), _variance(x), x.size
    if n > 3 and variance > 0:
        # Times count from 1, as in R and pymannkendall: two values that lie on the Sen line differ
        # in the last digit, and which of them comes first is then the same as there.
        ranks, _ = stats.ranks(x - (t - t[0] + 1) * _sen(x, t))
        i = np.arange(1, n if lags is None else min(lags + 1, n))
        r = _autocorrelation(ranks, i)
        r = np.where(np.abs(r) > special.ndtri(1 - alpha / 2) / np.sqrt(n), r, 0.0)
        weights = (n - i) * (n - i - 1) * (n - i - 2)
        variance *= max(0.0, 1 + 2 / (n * (n - 1) * (n - 2)) * float(np.sum(weights * r)))
    return _answer([x], [t], s, variance, level)


def _told(values: ArrayLike, times: ArrayLike | None) -> tuple[Floats, Floats]:
    x = np.asarray(values, dtype=float)
    t = np.arange(x.size, dtype=float) if times is None else np.asarray(times, dtype=float)
    if x.ndim != 1 or x.shape != t.shape:
        raise ValueError("one time is needed for every value")
    order = np.argsort(t, kind="stable")
    x, t = x[order], t[order]
    return x[~np.isnan(x)], t[~np.isnan(x)]


def _signs(x: Floats) -> Floats:
    """Return of each pair whether the later value is larger (1), equal (0) or smaller (-1)."""
    i, j = np.triu_indices(x.size, 1)
    return np.sign(x[j] - x[i])


def _ties(x: Floats) -> Floats:
    return stats.ranks(x)[1].astype(float)


def _variance(x: Floats) -> float:
    n, t = x.size, _ties(x)
    return float(n * (n - 1) * (2 * n + 5) - np.sum(t * (t - 1) * (2 * t + 5))) / 18


def _sen(x: Floats, t: Floats) -> float:
    slopes = _slopes(x, t)
    return float(np.median(slopes)) if slopes.size else float("nan")


def _slopes(x: Floats, t: Floats) -> Floats:
    i, j = np.triu_indices(x.size, 1)
    gaps = t[j] - t[i]
    return (x[j] - x[i])[gaps > 0] / gaps[gaps > 0]


def _autocorrelation(ranks: Floats, lags: NDArray[np.int64]) -> Floats:
    centred = ranks - ranks.mean()
    whole = float(centred @ centred)
    if whole == 0:
        return np.zeros(lags.size)
    return np.array([centred[:-lag] @ centred[lag:] for lag in lags]) / whole


def _exact(x: Floats, s: int) -> float:
    """Return the share of all orders of these values whose S is as far from 0 or farther.

    The numbers of inversions of a series with ties are the coefficients of the q-multinomial.
    Source: Andrews 1976, The Theory of Partitions, theorem 3.6.
    """
    if not 2 <= x.size <= LONGEST_EXACT:
        return float("nan")
    ways = np.ones(1)
    placed = 0
    for times in _ties(x).astype(int):
        # Divided by its sum at each step, so that 50! orders stay within the range of numbers.
        ways = np.convolve(ways, _merged(placed, times))
        ways /= ways.sum()
        placed += times
    pairs = ways.size - 1
    reached = np.abs(pairs - 2 * np.arange(pairs + 1))
    return float(min(1.0, ways[reached >= abs(s)].sum()))


def _merged(placed: int, times: int) -> Floats:
    """Return the chances of the inversions when `times` equal values join `placed` others.

    The q-binomial coefficient, by Pascal's rule, kept as chances.
    """
    table = [np.ones(1) for _ in range(times + 1)]
    for m in range(1, placed + 1):
        for k in range(1, times + 1):
            # The last of m + k is one of the k with the chance k / (m + k); it then passes m.
            joined = np.zeros(m * k + 1)
            joined[: table[k].size] += table[k] * m / (m + k)
            joined[m : m + table[k - 1].size] += table[k - 1] * k / (m + k)
            table[k] = joined
    return table[times]


def _answer(
    xs: list[Floats],
    ts: list[Floats],
    s: int,
    variance: float,
    level: float,
    *,
    p_exact: float = float("nan"),
) -> MannKendall:
    n = sum(x.size for x in xs)
    pairs = sum(x.size * (x.size - 1) / 2 for x in xs)
    differ = pairs - sum(float(np.sum(_ties(x) * (_ties(x) - 1))) / 2 for x in xs)
    z = (s - np.sign(s)) / np.sqrt(variance) if variance > 0 else 0.0
    slopes = np.sort(np.concatenate([_slopes(x, t) for x, t in zip(xs, ts, strict=True)]))
    short = Message("With fewer than {n} values a trend can hardly be told.", {"n": USABLE})
    return MannKendall(
        n=n,
        s=s,
        variance=variance,
        z=float(z),
        p_normal=float(2 * special.ndtr(-abs(z))),
        p_exact=p_exact,
        tau=s / pairs if pairs else float("nan"),
        tau_b=s / float(np.sqrt(pairs * differ)) if differ > 0 else float("nan"),
        sen_slope=float(np.median(slopes)) if slopes.size else float("nan"),
        sen_limits=_sen_limits(slopes, variance, level),
        reason=short if n < USABLE else None,
    )


def _sen_limits(slopes: Floats, variance: float, level: float) -> tuple[float, float]:
    if not slopes.size:
        return float("nan"), float("nan")
    half = special.ndtri((1 + level) / 2) * np.sqrt(variance)
    low = round((slopes.size - half) / 2) - 1
    high = round((slopes.size + half) / 2)
    last = slopes.size - 1
    return float(slopes[max(low, 0)]), float(slopes[min(high, last)])
