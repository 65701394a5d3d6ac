"""How much of a month may still be missing: late registrations, and deaths still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from crashkit import casualties, stats, timeline
from crashkit.errors import Message, NoCount, NoShare
from crashkit.model import CrashData
from crashkit.stats import FEW

DAYS_TO_DEATH = 30
YEAR = 365


@dataclass(frozen=True)
class Missing:
    """What is known of what may still be missing; `is_grave` where it is a warning."""

    said: Message
    is_grave: bool


def of_month(data: CrashData, month: date) -> tuple[Missing, ...]:
    """Say what of a month of these data, all of them, may still be missing."""
    last = timeline.first_of(12 * month.year + month.month) - timedelta(days=1)
    return tuple(_said(data, (data.period.end - last).days))


def _said(data: CrashData, open_days: int) -> Iterator[Missing]:
    words = {"end": data.period.end, "days": NoCount(open_days)}
    if open_days < DAYS_TO_DEATH:
        yield Missing(
            Message(
                "The data end on {end}, {days} days after the month: people who died later, within "
                "30 days of the crash, may be missing.",
                words,
            ),
            is_grave=True,
        )
    found = late(data, open_days)
    if found is None:
        yield Missing(
            Message(
                "The data do not tell well enough when crashes were entered, so how many of this "
                "month are still to come is not known."
            ),
            is_grave=False,
        )
        return
    n, of = found
    low, high = stats.wilson(n, of)
    told = {"n": n, "of": of, "days": NoCount(open_days)}
    if n < FEW:
        yield Missing(
            Message(
                "Of {of} earlier crashes {n} were entered more than {days} days after the crash.",
                told,
            ),
            is_grave=False,
        )
        return
    yield Missing(
        Message(
            "Of {of} earlier crashes {n} were entered more than {days} days after the crash: about "
            "{percent} % (95 % limits {low} % to {high} %) of this month may still be missing.",
            {
                **told,
                "percent": NoShare(round(100 * n / of, 1)),
                "low": NoShare(round(100 * low, 1)),
                "high": NoShare(round(100 * high, 1)),
            },
        ),
        is_grave=100 * n >= casualties.lacking("late") * of,
    )


def late(data: CrashData, days: int) -> tuple[int, int] | None:
    """Count the crashes of earlier years entered more than `days` after, and of how many.

    Only crashes of the year before the last of the data are looked at: later ones may themselves
    not be entered yet. None where of fewer than FEW the days of crash and entry are known.
    """
    name = next((one for one in ("entry_date", "report_date") if data.has(one)), None)
    if name is None:
        return None
    crashed, entered = (_days(data, one) for one in ("crash_date", name))
    after = np.datetime64(data.period.end) - np.timedelta64(2 * YEAR, "D")
    before = np.datetime64(data.period.end) - np.timedelta64(YEAR, "D")
    waited = (entered - crashed).astype("timedelta64[D]").astype(float)
    waited[np.isnat(entered) | np.isnat(crashed) | ~timeline.to_the_day(data)] = np.nan
    chosen = (crashed > after) & (crashed <= before) & (waited >= 0)
    of = int(chosen.sum())
    return (int((waited[chosen] > days).sum()), of) if of >= FEW else None


def _days(data: CrashData, name: str) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    levels = data.table("crash").levels(name)
    days = np.array([*(value[:10] for value in levels.values), "NaT"], dtype="datetime64[D]")
    found: np.ndarray[tuple[int], np.dtype[np.datetime64]] = days[levels.codes]
    return found
