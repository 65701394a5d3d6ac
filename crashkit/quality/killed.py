"""Deaths as counted, and beside them what they would be if counted until 30 days after the crash.

The estimate is a figure of its own: it never enters a ranking of sites.
"""

from __future__ import annotations

from dataclasses import dataclass

from crashkit import breaks, casualties, filters, reporting
from crashkit.breaks import Year
from crashkit.errors import Message
from crashkit.model import CrashData


@dataclass(frozen=True)
class Deaths:
    """The people killed, how long after the crash a death counts, and the factor, if known.

    In the years of `uncounted` nobody counts them, and each fatal crash is one.
    """

    killed: int | None
    definition: str
    factor: reporting.Factor | None
    years: tuple[Year, ...]
    uncounted: tuple[int, ...] = ()

    @property
    def notes(self) -> tuple[Message, ...]:
        """Say of which years nobody tells how many were killed, and what is counted instead."""
        return casualties.uncounted_notes(self.uncounted)

    @property
    def killed_30d_est(self) -> float | None:
        """The deaths within 30 days, estimated; None where the definition is not known."""
        return None if self.killed is None else self.estimate(self.killed)

    def estimate(self, killed: int) -> float | None:
        """Return what so many deaths would be within 30 days."""
        return None if self.factor is None else killed * self.factor.factor


def deaths(data: CrashData) -> Deaths:
    """Count the deaths of each year, with the factor of their definition."""
    known = definition(data)
    years = breaks.yearly(data)
    return Deaths(
        killed=sum(year.killed for year in years) if years else None,
        definition=known,
        factor=reporting.factors().get(known),
        years=years,
        uncounted=casualties.uncounted_years(data),
    )


def definition(data: CrashData) -> str:
    """Return how long after a crash a death counts; "unknown" too where sources differ."""
    levels = filters.levels(data, "killed_definition")
    if levels is not None:
        counts = zip(levels.values, levels.counts()[1:], strict=True)
        told = [value for value, count in counts if count]
        if told:
            return told[0] if len(told) == 1 else filters.UNKNOWN
    return data.dataset.killed_definition if data.dataset else filters.UNKNOWN
