"""Events on days with a condition against days without, within strata: one ratio for all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crashkit import stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL_Z = float(special.ndtri(0.975))
STEPS = 100
SURE = 1e-10


@dataclass(frozen=True)
class Stratified:
    """The rate on days with a condition over that on days without, in the same stratum.

    `ratio` with 95 % limits and `p` of no difference are NaN where one side has no event.
    `overdispersion` is Pearson's, at least 1. Days and events are those of strata that have events
    and both kinds of days; the others tell nothing.
    """

    ratio: float
    lower: float
    upper: float
    p: float
    overdispersion: float
    days_with: int
    days_without: int
    events_with: int
    events_without: int
    strata: int

    def at(self, level: float) -> Stratified:
        """Return the same with limits that hold the ratio with probability `level`."""
        wider = float(special.ndtri((1 + level) / 2)) / LEVEL_Z
        return replace(
            self,
            lower=self.ratio * (self.lower / self.ratio) ** wider,
            upper=self.ratio * (self.upper / self.ratio) ** wider,
        )


def ratio(events: Ints, exposed: NDArray[np.bool_], stratum: Ints) -> Stratified:
    """Compare days within strata by conditional Poisson regression with quasi-likelihood limits.

    `events` are counts a day, `exposed` says which days have the condition, `stratum` numbers from
    0. Given the events of a stratum, those of exposed days are binomial; the spread of the days
    around what is fitted widens the limits where it is more than chance makes.

    >>> days = np.array([2, 1, 1, 0, 1, 0])
    >>> found = ratio(days, np.array([True, True, False, False, False, False]), np.zeros(6, int))
    >>> round(found.ratio, 2), found.days_with, found.events_without
    (3.0, 2, 2)

    Source: Armstrong, Gasparrini and Tobias 2014, BMC Medical Research Methodology 14: 122;
    McCullagh and Nelder 1989, section 9.2, for the overdispersion.
    """
    size = int(stratum.max(initial=-1)) + 1
    on = exposed.astype(float)
    n1, n, y1, y = (
        np.bincount(stratum, weight, size).astype(float)
        for weight in (on, np.ones(len(on)), on * events, events)
    )
    n0 = n - n1
    told = (n1 > 0) & (n0 > 0) & (y > 0)
    none = Stratified(
        *(np.nan, np.nan, np.nan, np.nan, 1.0),
        days_with=int(n1[told].sum()),
        days_without=int(n0[told].sum()),
        events_with=round(float(y1[told].sum())),
        events_without=round(float((y - y1)[told].sum())),
        strata=int(told.sum()),
    )
    if not min(none.events_with, none.events_without):
        return none
    log = _most_likely(n1[told], n0[told], y1[told], y[told])
    share = _share(log, n1[told], n0[told])
    information = float((y[told] * share * (1 - share)).sum())
    kept = told[stratum]
    rate = float(np.exp(log))
    fitted = (y / (n0 + rate * n1))[stratum] * np.where(exposed, rate, 1.0)
    spread = _overdispersion(events[kept], fitted[kept], none.strata + 1)
    error = float(np.sqrt(spread / information))
    return replace(
        none,
        ratio=float(np.exp(log)),
        lower=float(np.exp(log - LEVEL_Z * error)),
        upper=float(np.exp(log + LEVEL_Z * error)),
        p=float(2 * special.ndtr(-abs(log) / error)),
        overdispersion=spread,
    )


def _share(log: float, n1: Floats, n0: Floats) -> Floats:
    return np.asarray(special.expit(log + np.log(n1 / n0)))


def _most_likely(n1: Floats, n0: Floats, y1: Floats, y: Floats) -> float:
    """Return the logarithm of the ratio by Newton's steps, from that of Mantel and Haenszel."""
    n = n1 + n0
    log = float(np.log((y1 * n0 / n).sum() / ((y - y1) * n1 / n).sum()))
    for _ in range(STEPS):
        share = _share(log, n1, n0)
        step = float((y1 - y * share).sum() / (y * share * (1 - share)).sum())
        log += max(-1.0, min(1.0, step))
        if abs(step) < SURE:
            break
    return log


def _overdispersion(events: Ints, fitted: Floats, parameters: int) -> float:
    """Return Pearson's statistic of the days by its degrees of freedom, at least 1."""
    freedom = len(events) - parameters
    pearson = float(stats.divided((events - fitted) ** 2, fitted).sum())
    return max(1.0, pearson / freedom) if freedom > 0 else 1.0


@dataclass(frozen=True)
class Odds:
    """A ratio of odds for all strata with 95 % limits, NaN where a side of all of them is empty."""

    ratio: float
    lower: float
    upper: float


def odds(tables: NDArray[np.floating]) -> Odds:
    """Return the common ratio of odds of tables of two by two, of shape (strata, 2, 2).

    >>> found = odds(np.array([[[10.0, 20.0], [30.0, 40.0]], [[5.0, 5.0], [10.0, 20.0]]]))
    >>> round(found.ratio, 3)
    0.897

    Source: Mantel and Haenszel 1959; limits: Robins, Breslow and Greenland 1986, Biometrics 42:
    311-323.
    """
    whole = tables.sum(axis=(1, 2))
    (a, b), (c, d) = np.moveaxis(tables[whole > 0], 0, 2)
    n = whole[whole > 0]
    with_, against = a * d / n, b * c / n
    r, s = float(with_.sum()), float(against.sum())
    if not (r > 0 and s > 0):
        return Odds(np.nan, np.nan, np.nan)
    alike, unlike = (a + d) / n, (b + c) / n
    variance = (
        float((alike * with_).sum()) / (2 * r**2)
        + float((alike * against + unlike * with_).sum()) / (2 * r * s)
        + float((unlike * against).sum()) / (2 * s**2)
    )
    log, half = float(np.log(r / s)), LEVEL_Z * float(np.sqrt(variance))
    return Odds(r / s, float(np.exp(log - half)), float(np.exp(log + half)))
