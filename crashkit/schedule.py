"""When a report is written again: every day, week or month, by the clock of this computer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crashkit.errors import Message, Refused

EVERY = {
    "day": Message("every day"),
    "week": Message("every week"),
    "month": Message("every month"),
}
LAST_DAY = 28
"""The last day that every month has."""


@dataclass(frozen=True)
class Rhythm:
    """How often: `every` "day", "week" or "month"; at which full hour (0 to 23).

    `day` is the day of the week from 1 (Monday) to 7, or of the month from 1 to 28; a rhythm of
    days has none.
    """

    every: str
    day: int = 1
    hour: int = 6

    def __post_init__(self) -> None:
        most = {"day": 1, "week": 7, "month": LAST_DAY}.get(self.every, 0)
        if not 1 <= self.day <= most or not 0 <= self.hour <= 23:
            raise Refused(
                "A report is written every day, every week on a day from 1 (Monday) to 7, or every "
                "month on a day from 1 to {last}, at an hour from 0 to 23.",
                last=LAST_DAY,
            )

    @property
    def document(self) -> dict[str, str | int]:
        """The rhythm for programs."""
        return {"every": self.every, "day": self.day, "hour": self.hour}


def next_after(rhythm: Rhythm, moment: datetime) -> datetime:
    """Return the first time after a moment at which a report is due.

    `moment` is the time of a wall clock, without a zone; so is the answer.

    >>> next_after(Rhythm("month", 5, 6), datetime(2024, 12, 5, 6, 0))
    datetime.datetime(2025, 1, 5, 6, 0)
    """
    due = moment.replace(hour=rhythm.hour, minute=0, second=0, microsecond=0)
    if rhythm.every == "week":
        due += timedelta(days=rhythm.day - due.isoweekday())
    if rhythm.every == "month":
        due = due.replace(day=rhythm.day)
    while due <= moment:
        due = _following(rhythm, due)
    return due


def _following(rhythm: Rhythm, due: datetime) -> datetime:
    if rhythm.every == "month":
        # Four days more than the longest of months without its first 28 days.
        return (due.replace(day=LAST_DAY) + timedelta(days=4)).replace(day=rhythm.day)
    return due + timedelta(days=7 if rhythm.every == "week" else 1)
