"""Why a filter keeps nothing: what each condition does alone, and what is left without it."""

from __future__ import annotations

from dataclasses import dataclass

from crashkit.errors import Message, counted
from crashkit.filters import keeping, saying
from crashkit.filters.reading import Filter
from crashkit.model import CrashData


@dataclass(frozen=True)
class Emptied:
    """One condition of a filter that keeps nothing.

    `alone` counts the crashes that this condition keeps by itself, `without` those that the others
    keep together.
    """

    condition: Filter
    alone: int
    without: int

    @property
    def message(self) -> Message:
        """Say what the condition does."""
        (said,) = saying.clauses(self.condition)
        if not self.alone:
            return counted(
                "{condition}: no crash is like this; without it {n} crash would be left.",
                "{condition}: no crash is like this; without it {n} crashes would be left.",
                self.without,
                condition=said,
            )
        return counted(
            "{condition}: alone it keeps {alone}; without it {n} crash would be left.",
            "{condition}: alone it keeps {alone}; without it {n} crashes would be left.",
            self.without,
            condition=said,
            alone=self.alone,
        )


def emptied(chosen: Filter, data: CrashData) -> tuple[Emptied, ...]:
    """Say of each condition what it does where nothing passes the filter, in the bar's order.

    Empty where something passes, or there is nothing to pass.
    """
    if not chosen or not len(data) or keeping.keeps(chosen, data).any():
        return ()
    return tuple(
        Emptied(
            condition,
            alone=int(keeping.keeps(condition, data).sum()),
            without=int(keeping.keeps(chosen.less(condition), data).sum()),
        )
        for condition in saying.ordered(chosen)
    )
