"""Breaks in a series of years: crashes per death that jump tell of reporting, not of safety.

Deaths are recorded nearly everywhere and always; slight crashes only where somebody asks for them.
So a jump of crashes per death from one year to the next means that other crashes were recorded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from crashkit import casualties, filters, stats
from crashkit.errors import Message
from crashkit.model import CrashData

LEAST_DEATHS = 30
"""Years with fewer deaths are compared with none: chance alone would move their ratio."""

LIMIT = 1.3
"""So many times more, or fewer, crashes per death are a break.

Source: data standards, section 4, check 14: the limit of grade A.
"""


@dataclass(frozen=True)
class Year:
    """The crashes of a year and the people killed in them."""

    year: int
    crashes: int
    killed: int

    @property
    def per_death(self) -> float | None:
        """Crashes per death, None for a year without deaths."""
        return self.crashes / self.killed if self.killed else None


@dataclass(frozen=True)
class Step:
    """Two years that follow each other, with enough deaths to be compared."""

    before: Year
    after: Year

    @property
    def ratio(self) -> float:
        """How many times crashes per death differ, 1 or more whichever way they went."""
        times = self.after.crashes * self.before.killed / (self.before.crashes * self.after.killed)
        return max(times, 1 / times)

    @property
    def error(self) -> float:
        """The standard error of the logarithm of the ratio, where all four counts are Poisson.

        Source: Rothman and Greenland 1998, Modern Epidemiology, chapter 14.
        """
        counts = (self.before.crashes, self.before.killed, self.after.crashes, self.after.killed)
        return math.sqrt(sum(1 / count for count in counts))

    @property
    def is_break(self) -> bool:
        """Say whether the ratio is beyond the limit, and beyond what chance explains."""
        return self.ratio > LIMIT and math.log(self.ratio) > stats.NORMAL_95 * self.error

    @property
    def message(self) -> Message:
        """Say what happened, and what it means for a trend."""
        return Message(
            "Between {before} and {after} the number of crashes for each death changed from {low} "
            "to {high}. Most often that means that recording changed, not safety: compare deaths, "
            "or only the years on one side of this break.",
            {
                "before": str(self.before.year),
                "after": str(self.after.year),
                "low": _rounded(self.before.per_death),
                "high": _rounded(self.after.per_death),
            },
        )


def _rounded(number: float | None) -> float:
    return round(number or 0.0, 1)


def yearly(data: CrashData) -> tuple[Year, ...]:
    """Return every year of the period with its crashes and deaths; nothing where neither is told.

    They are counted as everywhere; where a source counts nobody killed, a fatal crash is one death.
    """
    found: tuple[Year, ...] = data.once("years", _yearly)
    return found


def _yearly(data: CrashData) -> tuple[Year, ...]:
    levels = filters.levels(data, "year")
    if levels is None or not tells_deaths(data):
        return ()
    killed = np.rint(levels.sums(casualties.deaths(data)))[1:]
    told = zip(levels.values, levels.counts()[1:], killed, strict=True)
    years = {year: Year(year, 0, 0) for year in data.period.calendar_years}
    years |= {int(float(y)): Year(int(float(y)), n, int(dead)) for y, n, dead in told if n}
    return tuple(years[year] for year in sorted(years))


def whole_years(data: CrashData) -> tuple[Year, ...]:
    """Return the years of which every day counts: a part of a year is no year to compare with."""
    return tuple(
        year
        for year in yearly(data)
        if any(
            start <= date(year.year, 1, 1) and date(year.year, 12, 31) <= end
            for start, end in data.period.stretches
        )
    )


def tells_deaths(data: CrashData) -> bool:
    """Say whether the crashes tell of deaths, by number or by their severity."""
    if casualties.records(data, "killed"):
        return True
    return _severities(data).get("fatal", 0) > 0


def _severities(data: CrashData) -> dict[str, int]:
    """Count the crashes of each severity that is told."""
    levels = filters.levels(data, "severity")
    return {} if levels is None else dict(zip(levels.values, levels.counts()[1:], strict=True))


def steps(years: tuple[Year, ...]) -> tuple[Step, ...]:
    """Return the pairs of years that can be compared."""
    return tuple(
        Step(before, after)
        for before, after in zip(years, years[1:], strict=False)
        if after.year == before.year + 1 and min(before.killed, after.killed) >= LEAST_DEATHS
    )


def found(data: CrashData, part: CrashData | None = None) -> tuple[Step, ...]:
    """Return the breaks in the data that touch the years of `part`, which was cut from them.

    A part of fatal crashes alone has none: every death was a crash before and after.
    """
    looked_at = data if part is None else part
    years = looked_at.period.calendar_years
    if part is not None and _is_fatal(part):
        return ()
    return tuple(
        step
        for step in steps(yearly(data))
        if step.is_break and step.before.year in years and step.after.year in years
    )


def _is_fatal(part: CrashData) -> bool:
    return len(part) > 0 and _severities(part).get("fatal", 0) == len(part)
