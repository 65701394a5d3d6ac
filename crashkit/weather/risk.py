"""Crashes on days with a condition against days without, within the same month and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crashkit import stats
from crashkit.model import CrashData, Period
from crashkit.stats import FEW
from crashkit.trends import strata
from crashkit.weather import days, words
from crashkit.weather.days import EPOCH, Lying, Weather

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Risk:
    """A condition: its days and crashes in all places, and the ratio; `adjusted` is p for all.

    `days_with` and `crashes_with` are all that is known; `found` tells of those that compare.
    """

    name: str
    days_with: int
    days_without: int
    crashes_with: int
    crashes_without: int
    found: strata.Stratified
    adjusted: float

    @property
    def enough(self) -> bool:
        """Say whether there are crashes enough for a ratio: with the condition, and without it."""
        told = self.found
        return min(told.events_with, told.events_without) >= FEW

    @property
    def sign(self) -> int:
        """1 where more, -1 where fewer crashes are found than chance makes, else 0."""
        if not self.enough or not self.adjusted < 0.05:
            return 0
        return 1 if self.found.ratio > 1 else -1


@dataclass(frozen=True, eq=False)
class Compared:
    """The risks by condition, how the crashes lie, and how many of them have no weather."""

    risks: Mapping[str, Risk]
    lying: Lying
    undated: int
    placeless: int
    without: int


def compared(data: CrashData, day: NDArray[np.float64], weather: Weather) -> Compared:
    """Compare every condition; `day` is that of each crash since 1970, NaN where not known."""
    lying = days.lying(data, weather)
    counts, inside, matched = _counted(data.period, day, lying, weather)
    months = weather.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    _, month = np.unique(months, return_inverse=True)
    stratum = weather.place * (int(month.max(initial=0)) + 1) + month
    found = {
        name: _risk(name, days.has(weather, one), counts, inside, stratum)
        for name, one in words.conditions().items()
    }
    asked = [name for name, one in found.items() if one.enough]
    adjusted = dict(
        zip(
            asked,
            stats.false_discovery(np.array([found[name].found.p for name in asked])).tolist()
            if asked
            else (),
            strict=True,
        )
    )
    undated = int(np.isnan(day).sum())
    placeless = int((np.isfinite(day) & (lying.place < 0)).sum())
    risks = {
        name: replace(one, adjusted=adjusted.get(name, np.nan))
        for name, one in found.items()
        if one.days_with + one.days_without
    }
    # Limits of what was picked: Benjamini and Yekutieli 2005, J. Am. Stat. Assoc. 100: 71-81.
    marked = sum(1 for one in risks.values() if one.sign)
    level = 1 - 0.05 * marked / max(len(asked), 1)
    return Compared(
        risks={
            name: replace(one, found=one.found.at(level)) if one.sign else one
            for name, one in risks.items()
        },
        lying=lying,
        undated=undated,
        placeless=placeless,
        without=len(data) - undated - placeless - matched,
    )


def _counted(
    period: Period, day: NDArray[np.float64], lying: Lying, weather: Weather
) -> tuple[Ints, NDArray[np.bool_], int]:
    """Count the crashes of each row of the weather, say which lie in the period, and how many."""
    inside = np.zeros(len(weather), dtype=bool)
    for start, end in period.stretches:
        first, last = start.toordinal() - EPOCH, end.toordinal() - EPOCH
        inside |= (weather.day >= first) & (weather.day <= last)
    low = int(weather.day.min())
    width = int(weather.day.max()) - low + 1
    row = np.full(len(weather.places) * width, -1, dtype=np.int64)
    row[weather.place * width + weather.day - low] = np.arange(len(weather))
    known = np.isfinite(day) & (lying.place >= 0)
    known &= (np.nan_to_num(day) >= low) & (np.nan_to_num(day) < low + width)
    at = row[lying.place[known] * width + day[known].astype(np.int64) - low]
    at = at[at >= 0]
    counts = np.bincount(at, minlength=len(weather)).astype(np.int64)
    # A place whose weather no crash has tells nothing of risk.
    used = np.bincount(weather.place, counts, minlength=len(weather.places)) > 0
    return counts, inside & used[weather.place], int((at >= 0).sum())


def _risk(
    name: str,
    told: days.Told,
    counts: Ints,
    inside: NDArray[np.bool_],
    stratum: Ints,
) -> Risk:
    kept = inside & (told >= 0)
    on = told[kept] == 1
    _, within = np.unique(stratum[kept], return_inverse=True)
    return Risk(
        name=name,
        days_with=int(on.sum()),
        days_without=int((~on).sum()),
        crashes_with=int(counts[kept][on].sum()),
        crashes_without=int(counts[kept][~on].sum()),
        found=strata.ratio(counts[kept], on, within.astype(np.int64)),
        adjusted=float("nan"),
    )
