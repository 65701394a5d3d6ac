"""The trend of yearly counts as one log-linear slope, with the scatter that the years show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import loglinear
from crashkit.errors import Message

Floats = NDArray[np.float64]

FAMILIES = ("quasi_poisson", "negative_binomial", "poisson")
"""How counts scatter about a trend: phi times as Poisson counts, mean + k mean^2, or as Poisson."""

LEAST_YEARS = 6
"""Fewer years have no slope: `ratios.two_means` compares their first and their last years.

Source: methods, section 9.1.
"""


@dataclass(frozen=True)
class Slope:
    """The trend ln mean = intercept + slope (t - origin), with the limits of its slope.

    `phi` is what the variance of a Poisson count was multiplied by, `pearson_phi` what the counts
    show, `k` the overdispersion of the negative binomial. `reason` says why there is no slope.
    """

    family: str
    level: float
    slope: float
    se: float
    slope_limits: tuple[float, float]
    p: float
    phi: float
    origin: float
    fit: loglinear.Fit | None = None
    reason: Message | None = None

    @property
    def annual_percent(self) -> float:
        """The change from year to year in per cent, 100 (e^slope - 1)."""
        return percent(self.slope)

    @property
    def limits(self) -> tuple[float, float]:
        """The limits of the change from year to year in per cent."""
        return percent(self.slope_limits[0]), percent(self.slope_limits[1])

    @property
    def is_told_from_chance(self) -> bool:
        """Say whether the limits leave out a series that does not change."""
        return self.slope_limits[0] > 0 or self.slope_limits[1] < 0


def percent(slope: float) -> float:
    """Return a step of the logarithm as a change in per cent."""
    return float(100 * np.expm1(slope))


def slope(
    counts: ArrayLike,
    years: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    family: str = "quasi_poisson",
    level: float = 0.95,
) -> Slope:
    """Fit the trend of `counts` over `years`, each divided by its `exposure` where one is given.

    Quasi-Poisson: phi = max(1, Pearson's X2 / df), limits by the t distribution with n - 2 degrees
    of freedom. Negative binomial and Poisson: limits by the normal distribution.
    Raises ValueError for another family, and for counts that are negative or not finite.

    >>> deaths = [61, 58, 64, 55, 52, 57, 49, 50, 44, 47, 41, 43]
    >>> found = slope(deaths, range(2010, 2022), family="poisson")
    >>> round(found.annual_percent, 2), [round(limit, 2) for limit in found.limits]
    (-3.59, [-5.77, -1.35])

    Source: McCullagh and Nelder 1989, section 9.2; methods, section 9.1.
    """
    if family not in FAMILIES:
        raise ValueError(f"a family of counts is one of {', '.join(FAMILIES)}")
    y, t = np.asarray(counts, dtype=float), np.asarray(years, dtype=float)
    if np.unique(t).size < LEAST_YEARS:
        short = Message("A slope needs {n} years; there are fewer.", {"n": LEAST_YEARS})
        return _none(family, level, short)
    if y.sum() <= 0:
        return _none(family, level, Message("There are no crashes to have a trend."))
    # Years are counted from their middle: level and slope are then told apart to the last digit.
    origin = float(t.mean())
    columns = np.column_stack([np.ones(t.size), t - origin])
    offset = np.log(np.asarray(exposure, dtype=float))
    fitted = loglinear.negative_binomial if family == "negative_binomial" else loglinear.poisson
    fit = fitted(y, columns, offset)
    if not (fit.converged and loglinear.has_best(y, columns)):
        return _none(family, level, Message("The counts have no trend that can be fitted."))
    return _of(fit, family, level, origin)


def _of(fit: loglinear.Fit, family: str, level: float, origin: float) -> Slope:
    is_quasi = family == "quasi_poisson"
    phi = max(1.0, fit.pearson_phi) if is_quasi else 1.0
    of_years = float(fit.coefficients[1])
    se = float(np.sqrt(phi * fit.covariance[1, 1]))
    return Slope(
        family=family,
        level=level,
        slope=of_years,
        se=se,
        slope_limits=(
            of_years - se * half(level, fit, family),
            of_years + se * half(level, fit, family),
        ),
        p=_two_sided(of_years / se, fit.df if is_quasi else None),
        phi=phi,
        origin=origin,
        fit=fit,
    )


def half(level: float, fit: loglinear.Fit, family: str) -> float:
    """Return how many standard errors the limits are away: t for quasi-Poisson, else normal."""
    tail = (1 + level) / 2
    return float(
        special.stdtrit(fit.df, tail) if family == "quasi_poisson" else special.ndtri(tail)
    )


def _two_sided(ratio: float, df: int | None) -> float:
    tail = special.ndtr(-abs(ratio)) if df is None else special.stdtr(df, -abs(ratio))
    return float(2 * tail)


def _none(family: str, level: float, reason: Message) -> Slope:
    nan = float("nan")
    return Slope(family, level, nan, nan, (nan, nan), nan, nan, nan, reason=reason)
