"""Targets: the path from a base year to a target, and the fan of what a trend leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit.trends import slopes

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """A number to be reached: `base_value` in `base_year` less the share `reduction` by `year`.

    Raises ValueError for a target that is not after its base, a base of nothing, or a reduction
    that is not below 1.

    >>> half = Target(2010, 1000, 2030)
    >>> round(half.annual_percent, 2), round(half.required(2020, 900), 2)
    (-3.41, -5.71)

    Source: methods, section 9.2.
    """

    base_year: int
    base_value: float
    year: int
    reduction: float = 0.5

    def __post_init__(self) -> None:
        if self.year <= self.base_year or not self.base_value > 0 or not self.reduction < 1:
            raise ValueError("a target lies after its base, and above nothing")

    @property
    def value(self) -> float:
        """The number to be reached."""
        return (1 - self.reduction) * self.base_value

    @property
    def annual_percent(self) -> float:
        """The change from year to year, in per cent, that leads from the base to the target."""
        return self.required(self.base_year, self.base_value)

    def path(self, year: float) -> float:
        """Return the number of a year on the way, where every year changes by the same share."""
        share = (year - self.base_year) / (self.year - self.base_year)
        return float(self.base_value * (1 - self.reduction) ** share)

    def required(self, year: int, value: float) -> float:
        """Return the change from year to year, in per cent, needed from `value` in `year` on.

        NaN from the year of the target on, and where nothing is left to change.
        """
        if year >= self.year or not value > 0:
            return float("nan")
        return float(100 * ((self.value / value) ** (1 / (self.year - year)) - 1))


@dataclass(frozen=True)
class Fan:
    """What a trend leads to: of each year the middle, and limits that hold so many futures.

    `limits` has shape (levels, years, 2), `futures`, all that were drawn, (draws, years).
    """

    years: tuple[float, ...]
    median: Floats
    levels: tuple[float, ...]
    limits: Floats
    futures: Floats

    def chance_below(self, year: float, value: float) -> float:
        """Return the share of futures with no more than `value` in a year; NaN for other years."""
        if year not in self.years:
            return float("nan")
        return float((self.futures[:, self.years.index(year)] <= value).mean())


def fan(
    counts: ArrayLike,
    years: ArrayLike,
    ahead: Sequence[float],
    *,
    exposure: ArrayLike = 1.0,
    exposure_ahead: ArrayLike = 1.0,
    levels: Sequence[float] = (0.5, 0.8, 0.95),
    draws: int = 4000,
    seed: int = 1,
) -> Fan | None:
    """Draw futures of a series from its negative binomial trend; None where it has no slope.

    A future has its own level and slope, drawn about the fitted ones, and counts that scatter about
    them as the years so far did. The same seed draws the same futures.
    Source: methods, section 9.2.
    """
    trend = slopes.slope(counts, years, exposure=exposure, family="negative_binomial")
    if trend.fit is None:
        return None
    rng = np.random.default_rng(seed)
    t = np.asarray(ahead, dtype=float)
    drawn = rng.multivariate_normal(trend.fit.coefficients, trend.fit.covariance, size=draws)
    known = np.log(np.broadcast_to(np.asarray(exposure_ahead, dtype=float), t.shape))
    means = np.exp(known + drawn[:, :1] + drawn[:, 1:] * (t - trend.origin))
    if k := trend.fit.k:
        means = rng.gamma(1 / k, k * means)
    futures = rng.poisson(means).astype(float)
    tails = np.array([[(1 - level) / 2, (1 + level) / 2] for level in levels])
    limits = np.moveaxis(np.quantile(futures, tails, axis=0), -1, 1)
    return Fan(tuple(t.tolist()), np.median(futures, axis=0), tuple(levels), limits, futures)
