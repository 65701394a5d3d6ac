"""Two counts compared: the ratio of their rates with exact limits, and changes in per cent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import stats
from crashkit.errors import Message

Floats = NDArray[np.float64]

SMALL = 10
"""A change from or to so few is shown with its limits or not at all. Source: methods, 9.4."""

NAN = float("nan")


@dataclass(frozen=True)
class Rate:
    """A count by its exposure, with exact limits; NaN and the `reason` without exposure."""

    rate: float
    lower: float
    upper: float
    reason: Message | None = None


def rate(count: float, exposure: float = 1.0, *, level: float = 0.95, per: float = 1.0) -> Rate:
    """Return the rate `per` so much exposure and its exact limits, such as deaths per 100,000.

    Raises ValueError for a count that is negative.

    >>> found = rate(10)
    >>> round(found.lower, 2), round(found.upper, 2)
    (4.8, 18.39)

    Source: Garwood 1936, Biometrika 28: 437-442.
    """
    if count < 0:
        raise ValueError("a count is not negative")
    if not exposure > 0:
        return Rate(NAN, NAN, NAN, Message("There is no exposure to divide by."))
    low, high = stats.poisson_interval(count, level)
    scale = per / exposure
    return Rate(scale * count, scale * low, scale * high)


@dataclass(frozen=True)
class Ratio:
    """The rate of the first count over that of the second: ratio, limits, and p of no difference.

    `ratio` is infinite where nothing was counted the second time, NaN with a `reason` where nothing
    was counted at all.
    """

    ratio: float
    lower: float
    upper: float
    p: float
    level: float
    reason: Message | None = None

    @property
    def percent(self) -> float:
        """The ratio as a change in per cent."""
        return 100 * (self.ratio - 1)


def rate_ratio(
    first: int,
    first_exposure: float,
    second: int,
    second_exposure: float,
    *,
    level: float = 0.95,
    test: str = "exact",
) -> Ratio:
    """Compare two Poisson rates by the share of the first count in both.

    Given the sum of both, the first count is binomial; its exact limits give those of the ratio.
    The p-value is that of the binomial test ("exact"), or of an E-test, which has more power for
    small counts: with the score statistic ("etest", as statsmodels has it) or with that of Wald
    ("etest_wald", as it was first published and as scipy has it). The limits are the same. Raises
    ValueError for another test, and for counts that are negative.

    >>> found = rate_ratio(11, 800, 21, 3011)
    >>> round(found.ratio, 2), round(found.lower, 2), round(found.upper, 2), round(found.p, 3)
    (1.97, 0.86, 4.28, 0.08)

    Source: Przyborowski and Wilenski 1940, Biometrika 31: 313-323; Clopper and Pearson 1934.
    """
    if test not in TESTS:
        raise ValueError("the test is exact, etest or etest_wald")
    if min(first, second) < 0:
        raise ValueError("a count is not negative")
    if not min(first_exposure, second_exposure) > 0:
        reason = Message("There is no exposure to divide by.")
        return Ratio(NAN, NAN, NAN, NAN, level, reason)
    both, times = first + second, second_exposure / first_exposure
    if both == 0:
        reason = Message("Nothing was counted either time.")
        return Ratio(NAN, 0.0, float("inf"), 1.0, level, reason)
    low, high = stats.clopper_pearson(first, both, level)
    tested = TESTS[test]
    return Ratio(
        ratio=times * first / second if second else float("inf"),
        lower=times * low / (1 - low),
        upper=times * high / (1 - high) if high < 1 else float("inf"),
        p=tested(first, first_exposure, second, second_exposure),
        level=level,
    )


def exact_p(first: int, first_exposure: float, second: int, second_exposure: float) -> float:
    """Return the p-value that two rates are equal: all shares no more likely than the one found.

    Source: R, poisson.test and binom.test (the two-sided test by likelihood).
    """
    both = first + second
    share = first_exposure / (first_exposure + second_exposure)
    k = np.arange(both + 1)
    ways = special.gammaln(both + 1) - special.gammaln(k + 1) - special.gammaln(both - k + 1)
    chances = np.exp(ways + special.xlogy(k, share) + special.xlog1py(both - k, -share))
    # As R does: chances that differ in the last digits only are equal.
    return float(min(1.0, chances[chances <= chances[first] * (1 + 1e-7)].sum()))


def e_test(first: int, first_exposure: float, second: int, second_exposure: float) -> float:
    """Return the p-value of the E-test that two Poisson rates are equal, by the score statistic.

    The chance of a statistic as large where both counts have the common rate.
    Source: Gu, Ng, Tang and Schucany 2008, Biometrical Journal 50: 283-298.
    """

    def spread(k1: Floats, k2: Floats) -> Floats:
        both = first_exposure + second_exposure
        return (k1 + k2) / both * (1 / first_exposure + 1 / second_exposure)

    return _as_far(first, first_exposure, second, second_exposure, spread)


def e_test_wald(first: int, first_exposure: float, second: int, second_exposure: float) -> float:
    """Return the p-value of the E-test that two Poisson rates are equal, by the one of Wald.

    The spread of the difference is then that of the two counts, not that of their common rate.
    Source: Krishnamoorthy and Thomson 2004, J. Stat. Plan. Inference 119: 23-35.
    """

    def spread(k1: Floats, k2: Floats) -> Floats:
        return k1 / first_exposure**2 + k2 / second_exposure**2

    return _as_far(first, first_exposure, second, second_exposure, spread)


TESTS = {"exact": exact_p, "etest": e_test, "etest_wald": e_test_wald}


def _as_far(
    first: int,
    first_exposure: float,
    second: int,
    second_exposure: float,
    spread: Callable[[Floats, Floats], Floats],
) -> float:
    """Return the chance of rates at least as far apart, in units of their spread, as these are."""
    if first + second == 0:
        return 1.0
    common = (first + second) / (first_exposure + second_exposure)
    x1, p1 = _likely(common * first_exposure)
    x2, p2 = _likely(common * second_exposure)

    def distance(k1: Floats, k2: Floats) -> Floats:
        variance = spread(k1, k2)
        gap = np.abs(k1 / first_exposure - k2 / second_exposure)
        return np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)

    found = distance(np.array([[float(first)]]), np.array([[float(second)]]))[0, 0]
    is_as_far = distance(x1[:, None], x2[None, :]) >= found * (1 - 1e-12)
    return float(min(1.0, (p1[:, None] * p2[None, :])[is_as_far].sum()))


def _likely(mean: float) -> tuple[Floats, Floats]:
    """Return the counts that a Poisson count of this mean can well be, and their chances."""
    low = max(0.0, np.floor(mean - 10 * np.sqrt(mean) - 10))
    x = np.arange(low, np.ceil(mean + 10 * np.sqrt(mean) + 30))
    return x, np.exp(special.xlogy(x, mean) - mean - special.gammaln(x + 1))


@dataclass(frozen=True)
class Change:
    """A change from a count before to one after, in per cent, with its limits.

    `is_small` says that one of them is too small for the per cent to be shown without the limits.
    """

    percent: float
    lower: float
    upper: float
    p: float
    is_small: bool
    reason: Message | None = None


def change(
    before: int,
    after: int,
    *,
    exposure_before: float = 1.0,
    exposure_after: float = 1.0,
    level: float = 0.95,
) -> Change:
    """Return the change of a rate in per cent with exact limits.

    >>> found = change(40, 20)
    >>> round(found.percent), round(found.lower), round(found.upper)
    (-50, -72, -12)

    Source: `rate_ratio`; which counts are small: methods, section 9.4.
    """
    found = rate_ratio(after, exposure_after, before, exposure_before, level=level)
    return Change(
        percent=found.percent,
        lower=100 * (found.lower - 1),
        upper=100 * (found.upper - 1),
        p=found.p,
        is_small=min(before, after) <= SMALL,
        reason=found.reason,
    )


def two_means(
    counts: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    span: int = 3,
    phi: float = 1.0,
    level: float = 0.95,
) -> Change:
    """Compare the mean of the first `span` years with that of the last, where years are few.

    With fewer than twice `span` years the middle ones are in both means, which the limits know:
    Var(ln ratio) = phi (1/A + 1/B - 2 C/(A B)) for the counts A and B of the first and the last
    years, and C of the years that are both. A series with no crash in one of the means gets 0.5 in
    each year at its ends, so that the limits are finite. Raises ValueError for fewer than two years
    or a span below one.

    >>> found = two_means([60, 58, 62, 40, 38])
    >>> round(found.percent, 1), round(found.lower, 1), round(found.upper, 1)
    (-22.2, -34.6, -7.5)

    Source: methods, section 9.1; the variance by the delta method.
    """
    y = np.asarray(counts, dtype=float)
    e = np.broadcast_to(np.asarray(exposure, dtype=float), y.shape)
    if span < 1 or y.size < 2:
        raise ValueError("two means need two years, and a span of at least one")
    span = min(span, y.size - 1)
    shared = y[y.size - span : span].sum() if 2 * span > y.size else 0.0
    first, last = float(y[:span].sum()), float(y[-span:].sum())
    is_small = min(first, last) <= SMALL
    if first + last == 0:
        reason = Message("Nothing was counted either time.")
        return Change(NAN, -100.0, float("inf"), 1.0, is_small, reason)
    if min(first, last) == 0:
        first, last = first + 0.5, last + 0.5
    step = np.log(last / e[-span:].sum()) - np.log(first / e[:span].sum())
    spread = phi * (1 / first + 1 / last - 2 * float(shared) / (first * last))
    half = special.ndtri((1 + level) / 2) * np.sqrt(max(spread, 0.0))
    p = 2 * special.ndtr(-abs(step) / np.sqrt(spread)) if spread > 0 else 1.0
    low, middle, high = (float(100 * np.expm1(step + way * half)) for way in (-1, 0, 1))
    return Change(middle, low, high, float(p), is_small)
