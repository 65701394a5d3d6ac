"""Checks of when: missing months, rounded times, years that cannot be compared, late records."""

from __future__ import annotations

import calendar
import math
from datetime import date

import numpy as np

from crashkit import breaks, stats
from crashkit.errors import Message
from crashkit.model import CrashData, Period
from crashkit.quality import columns
from crashkit.quality.answers import Answer, Known, of_counts, of_marks, unjudged

HALF = 0.5
"""A last month with fewer than this share of the mean of the others is not complete."""

RARE = 0.001
"""Unless chance alone leaves so few crashes more often than this."""

CHANCE = 1 / 30
"""The share of the minutes 00 and 30 in an hour."""


# ------------------------------------------------------------------ the period


def period(data: CrashData, known: Known) -> Answer:
    """Return the share of months without a crash; an unfinished last month earns no A."""
    counts = per_month(data)
    if counts is None:
        return unjudged(Message("The month of the crashes is not known."))
    empty = [month for month, count in counts.items() if not count]
    details = []
    if empty:
        details.append(Message("Months without a crash: {months}.", {"months": _named(empty)}))
    complete = is_complete(data.period, list(counts.values()))
    if not complete:
        details.append(
            Message(
                "The last month, {month}, ends early or has far fewer crashes than the others.",
                {"month": _named([max(counts)])},
            )
        )
    found = of_counts(len(empty), len(counts), *details, best="A" if complete else "B")
    return Answer(**{**vars(found), "rows": len(data)})


def per_month(data: CrashData) -> dict[tuple[int, int], int] | None:
    """Count the crashes of each month of the period; None where the month is not known."""
    year, month = columns.numbers(data, "year"), columns.numbers(data, "month")
    here = np.isfinite(year) & np.isfinite(month)
    if not here.any():
        return None
    first, last = _number(data.period.start), _number(data.period.end)
    place = (year[here] * 12 + month[here] - 1 - first).astype(np.int64)
    inside = place[(place >= 0) & (place <= last - first)]
    counts = np.bincount(inside, minlength=last - first + 1)
    covered = sorted(
        {
            month
            for start, end in data.period.stretches
            for month in range(_number(start), _number(end) + 1)
        }
    )
    return {(month // 12, month % 12 + 1): int(counts[month - first]) for month in covered}


def _number(day: date) -> int:
    """Number the months from the year 0 on."""
    return day.year * 12 + day.month - 1


def _named(months: list[tuple[int, int]]) -> str:
    shown = ", ".join(f"{year}-{month:02d}" for year, month in months[:12])
    return shown + (" …" if len(months) > 12 else "")


def is_complete(period: Period, counts: list[int]) -> bool:
    """Say whether the last month is covered to its end and has about as many crashes as others."""
    last = calendar.monthrange(period.end.year, period.end.month)[1]
    if period.end < date(period.end.year, period.end.month, last):
        return False
    if len(counts) < 2:
        return True
    mean = sum(counts[:-1]) / (len(counts) - 1)
    chance = 1 - float(stats.poisson_tail(np.array([counts[-1] + 1]), np.array([mean]))[0])
    return counts[-1] >= HALF * mean or chance > RARE


# ------------------------------------------------------------------- the clock


def heaping(data: CrashData, known: Known) -> Answer:
    """Return how far the times are heaped on full and half hours: 0 by chance, 1 all of them."""
    minutes = columns.minutes(data)
    whole = columns.texts(data, "time_precision").isin(["", "minute"]).to_numpy(dtype=bool)
    asked = np.isfinite(minutes) & whole
    return of_marks(
        asked,
        np.isin(minutes % 60, (0, 30)),
        nothing=Message("No time is known to the minute."),
        of_share=lambda share: max(0.0, (share - CHANCE) / (1 - CHANCE)),
    )


def timeliness(data: CrashData, known: Known) -> Answer:
    """Return the median of the days from the crash to its record."""
    name = next((name for name in ("entry_date", "report_date") if data.has(name)), None)
    if name is None or "crash_date" not in data.crashes.columns:
        return unjudged(Message("The files tell neither the day of entry nor of the report."))
    day = data.crashes["crash_date"].where(columns.to_the_day(data))
    days = (data.crashes[name] - day).dt.days.to_numpy(dtype=float, na_value=np.nan)
    late = days[np.isfinite(days) & (days >= 0)]
    if not len(late):
        return unjudged(Message("No crash has both the day of the crash and that of the record."))
    return Answer(
        value=float(np.median(late)),
        rows=len(late),
        details=(
            Message("One in ten takes {n} days or more.", {"n": int(np.quantile(late, 0.9))}),
        ),
    )


# ------------------------------------------------------------------- the years


def comparability(data: CrashData, known: Known) -> Answer:
    """Return the largest change of crashes per death from one year to the next."""
    if not breaks.tells_deaths(data):
        return unjudged(Message("The data do not tell who was killed."))
    steps = breaks.steps(breaks.yearly(data))
    if not steps:
        return unjudged(
            Message(
                "No two years that follow each other have {n} deaths each.",
                {"n": breaks.LEAST_DEATHS},
            )
        )
    largest = max(steps, key=lambda step: step.ratio)
    spread = math.exp(stats.NORMAL_95 * largest.error)
    return Answer(
        value=largest.ratio,
        low=max(1.0, largest.ratio / spread),
        high=largest.ratio * spread,
        rows=len(data),
        details=tuple(step.message for step in steps if step.is_break)
        or (
            Message(
                "The largest change is from {before} to {after}.",
                {"before": str(largest.before.year), "after": str(largest.after.year)},
            ),
        ),
    )
