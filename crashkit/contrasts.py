"""Two shares or two counts beside each other: ratio and difference with limits, p, what stands out.

What is counted may come in clusters: the people of one crash are no independent witnesses. Their
shares carry the design effect between crashes, and are then as sure as so many fewer that are
independent (the effective number).

Source: limits of a share: Clopper and Pearson 1934, clustered: Korn and Graubard 1998, Survey
Methodology 24: 193-201; of ratios and differences: Donner and Zou 2012, Statistical Methods in
Medical Research 21: 347-359; tests of clustered shares: Rao and Scott 1992, Biometrics 48: 577-585.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crashkit import association, clustered, stats
from crashkit.trends import ratios

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Pair = tuple[float, float]

LEVEL = 0.95
NAN, INF = float("nan"), float("inf")

LEAST_CRASHES = clustered.LEAST_CRASHES

EXACT_BELOW = 50.0
"""Where a cell expects fewer, the test is the exact one of Fisher, else chi-square."""

MOST_EXACT = 5_000
"""Of counts that are larger together the test by the normal distribution is as good as exact."""


# ---------------------------------------------------------------------- one share


@dataclass(frozen=True)
class Share:
    """`x` of `n`; `effect` is how many times crashes widen its variance, 1 for crashes themselves.

    An effect of NaN says that too few crashes are there to tell: the share has no limits.
    """

    x: float
    n: float
    effect: float = 1.0

    @property
    def value(self) -> float:
        """The share, NaN of nothing."""
        return self.x / self.n if self.n > 0 else NAN

    @property
    def effective(self) -> float:
        """How many independent ones would be as sure."""
        return self.n / self.effect

    def limits(self, level: float = LEVEL) -> Pair:
        """Return the limits of the share, NaN where they are not known.

        >>> tuple(round(one, 3) for one in Share(8, 10).limits())
        (0.444, 0.975)
        """
        if not self.n > 0 or np.isnan(self.effect):
            return NAN, NAN
        return stats.clopper_pearson(self.x / self.effect, self.effective, level)


# --------------------------------------------------------------------- two shares


@dataclass(frozen=True)
class Contrast:
    """The first over the second, or less the second: value, limits, and p of no difference."""

    value: float
    lower: float
    upper: float
    p: float = NAN


def share_ratio(first: Share, second: Share, *, level: float = LEVEL) -> Contrast:
    """Return how many times as large the first share is; p by `tested`.

    The exact limits of both shares are joined by the method of Donner and Zou. Infinite where
    nothing of the second is of the kind.

    >>> found = share_ratio(Share(14, 24), Share(3000, 10000))
    >>> round(found.value, 2), round(found.lower, 2), round(found.upper, 2), round(found.p, 4)
    (1.94, 1.22, 2.6, 0.0058)
    """
    return Contrast(
        _over(first.value, second.value),
        *ratio_limits(first.value, first.limits(level), second.value, second.limits(level)),
        tested(first, second),
    )


def share_difference(
    first: Share, second: Share, *, together: float = 0.0, level: float = LEVEL
) -> Contrast:
    """Return the first share less the second, with limits.

    `together` is the correlation of both, where some things are in both.

    >>> found = share_difference(Share(56, 70), Share(48, 80))
    >>> round(found.value, 2), round(found.lower, 3), round(found.upper, 3)
    (0.2, 0.044, 0.344)

    Source: Newcombe 1998, Statistics in Medicine 17: 873-890; Donner and Zou 2012.
    """
    (l1, u1), (l2, u2) = first.limits(level), second.limits(level)
    a, b = first.value, second.value
    low = _joined(a - l1, u2 - b, together)
    high = _joined(u1 - a, b - l2, together)
    return Contrast(a - b, a - b - low, a - b + high)


def _joined(one: float, other: float, together: float) -> float:
    return float(np.sqrt(max(one**2 + other**2 - 2 * together * one * other, 0.0)))


def ratio_limits(
    first: float, first_limits: Pair, second: float, second_limits: Pair, *, together: float = 0.0
) -> Pair:
    """Return the limits of first/second from the limits of each; NaN where those are not known.

    Solves (a - r b)² = the variance that the limits stand for, with `together` the correlation.

    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21: 347-359.
    """
    (l1, u1), (l2, u2) = first_limits, second_limits
    if np.isnan([first, second, l1, u1, l2, u2]).any():
        return NAN, NAN
    both = first * second
    low_b = both - together * (first - l1) * (u2 - second)
    low = _root(low_b, u2 * (2 * second - u2), l1 * (2 * first - l1))
    high_b = both - together * (u1 - first) * (second - l2)
    steep = l2 * (2 * second - l2)
    if steep <= 0:
        return low, INF
    flat = u1 * (2 * first - u1)
    return low, (high_b + float(np.sqrt(max(high_b**2 - steep * flat, 0.0)))) / steep


def _root(b: float, steep: float, flat: float) -> float:
    below = b + float(np.sqrt(max(b**2 - steep * flat, 0.0)))
    return flat / below if below > 0 else 0.0


def tested(first: Share, second: Share) -> float:
    """Return the two-sided p of equal shares: exact where few are expected, else chi-square.

    Of clustered shares the effective numbers are compared by chi-square, and not at all (NaN) where
    a cell expects fewer than 5 of them.
    """
    counts = _four(first, second)
    if not np.isfinite(counts).all():
        return NAN
    a, b, c, d = counts
    whole = a + b + c + d
    margins = min(a + b, c + d) * min(a + c, b + d)
    if whole <= 0 or margins <= 0:
        return NAN
    least = margins / whole
    if first.effect == second.effect == 1.0:
        if least < EXACT_BELOW:
            return association.fisher([round(one) for one in counts])
    elif least < association.LEAST_EXPECTED:
        return NAN
    return stats.four_fold(a, b, c, d)[1]


def _four(first: Share, second: Share) -> tuple[float, float, float, float]:
    a, c = first.x / first.effect, second.x / second.effect
    return a, first.effective - a, c, second.effective - c


# --------------------------------------------------------------------- two counts


@dataclass(frozen=True)
class Count:
    """How many in so many days; `effect` as that of a `Share`: several people in one crash."""

    n: float
    days: float
    effect: float = 1.0

    @property
    def rate(self) -> float:
        """How many a day."""
        return self.n / self.days

    def limits(self, level: float = LEVEL) -> Pair:
        """Return the exact limits of the count, NaN where they are not known."""
        if np.isnan(self.effect):
            return NAN, NAN
        low, high = stats.poisson_interval(self.n / self.effect, level)
        return low * self.effect, high * self.effect


def count_effect(n: float, sizes: float, crashes: int) -> float:
    """Return how many times wider the variance of people counted is than of as many crashes.

    The crashes are a Poisson count, so the variance of their people is the sum of squares of how
    many each has, `sizes`. NaN for fewer than LEAST_CRASHES crashes.
    """
    if n <= 0:
        return 1.0
    return max(1.0, sizes / n) if crashes >= LEAST_CRASHES else NAN


def rate_ratio(
    first: Count, second: Count, *, shared: float = 0.0, level: float = LEVEL
) -> Contrast:
    """Return how many times as many there are a day; `shared` are those that are in both.

    Given the sum of both, the first count is binomial, which gives exact limits. Where some are in
    both, these are no independent counts: their exact limits are joined with the correlation
    shared/sqrt(n1 n2).

    >>> found = rate_ratio(Count(11, 800), Count(21, 3011))
    >>> round(found.value, 2), round(found.lower, 2), round(found.upper, 2), round(found.p, 3)
    (1.97, 0.86, 4.28, 0.08)

    Source: `trends.ratios.rate_ratio`; Donner and Zou 2012.
    """
    value = _over(first.rate, second.rate)
    if np.isnan([first.effect, second.effect]).any() or first.n + second.n == 0:
        return Contrast(value, NAN, NAN)
    if shared > 0:
        return _overlapping(first, second, shared, level)
    effect = _pooled(first, second)
    x, y = first.n / effect, second.n / effect
    low, high = stats.clopper_pearson(x, x + y, level)
    times = second.days / first.days
    upper = times * high / (1 - high) if high < 1 else INF
    return Contrast(value, times * low / (1 - low), upper, _rate_p(first, second, effect))


def _pooled(first: Count, second: Count) -> float:
    both = first.n + second.n
    return (first.n * first.effect + second.n * second.effect) / both


def _rate_p(first: Count, second: Count, effect: float) -> float:
    both = first.n + second.n
    if effect == 1.0 and both <= MOST_EXACT:
        return ratios.exact_p(round(first.n), first.days, round(second.n), second.days)
    share = first.days / (first.days + second.days)
    z = (first.n - both * share) / np.sqrt(effect * both * share * (1 - share))
    return float(2 * special.ndtr(-abs(z)))


def _overlapping(first: Count, second: Count, shared: float, level: float) -> Contrast:
    together = min(1.0, shared / float(np.sqrt(first.n * second.n)))
    one, other = first.limits(level), second.limits(level)
    low, high = ratio_limits(first.n, one, second.n, other, together=together)
    times = second.days / first.days
    value = _over(first.rate, second.rate)
    # Var(ln ratio) = effect (1/A + 1/B - 2 C/(A B)): reference methods, section 9.1.
    left = 1 / first.n + 1 / second.n - 2 * shared / (first.n * second.n)
    variance = _pooled(first, second) * left
    z = abs(np.log(value)) / np.sqrt(variance) if variance > 1e-12 else 0.0
    return Contrast(value, times * low, times * high, float(2 * special.ndtr(-z)))


def _over(above: float, below: float) -> float:
    if not below > 0:
        return INF if above > 0 and below == 0 else NAN
    return above / below


# ---------------------------------------------------------------- what stands out


@dataclass(frozen=True, eq=False)
class Picked:
    """Of many that were tried: q of each (NaN for what was not), which stand out, at what level.

    `level` is that of the limits of those that stand out: they were picked by what they are, so
    limits of 95 % would miss more often than one time in twenty.
    """

    q: Floats
    out: Flags
    level: float


def picked(p: Sequence[float], may: Sequence[bool] | None = None) -> Picked:
    """Return what stands out of all tried; at most, on average, one in twenty does so by chance.

    What `may` not be marked is tried, but never picked.

    Source: Benjamini and Hochberg 1995; limits of what was picked, 1 - 0.05 picked/tried: Benjamini
    and Yekutieli 2005, J. Am. Stat. Assoc. 100: 71-81.
    """
    q = stats.false_discovery(np.asarray(p, dtype=float))
    out = np.asarray((q <= 1 - LEVEL) & (True if may is None else np.asarray(may, dtype=bool)))
    tried, found = int(np.isfinite(q).sum()), int(out.sum())
    return Picked(q, out, 1 - (1 - LEVEL) * found / tried if found else LEVEL)
