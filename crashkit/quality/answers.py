"""What a check is given and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crashkit import stats
from crashkit.errors import Message
from crashkit.model import CrashData, Ledger
from crashkit.profiles import Profile
from crashkit.quality.recapture import Linkage

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Known:
    """What is known beside the crashes: their imports, their profile, and what the user gives.

    `who_deaths` are deaths a year; `bands` hold the lowest and highest injured per death
    ("injured_per_death") and slight per serious ("slight_per_serious") that look right.
    """

    ledgers: Sequence[Ledger] = ()
    profile: Profile | None = None
    linkage: Linkage | None = None
    who_deaths: float | None = None
    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Marks:
    """Of each crash, in the order of the table: how much a check asks of it, how much it finds."""

    asked: Floats
    found: Floats


def _same(share: float) -> float:
    return share


@dataclass(frozen=True, eq=False)
class Answer:
    """The value of a check with what it was made of; None with the reason, first in `details`.

    `rows` is how many the value rests on; `best` is the best grade that can be given. `of_share`
    turns a share into the value, where it is not the share itself.
    """

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    rows: int = 0
    details: tuple[Message, ...] = ()
    marks: Marks | None = None
    best: str = "A"
    of_share: Callable[[float], float] = _same


Measure = Callable[[CrashData, Known], Answer]


def unjudged(reason: Message) -> Answer:
    """Say why a check has no value."""
    return Answer(None, details=(reason,))


def of_counts(numerator: float, denominator: float, *details: Message, best: str = "A") -> Answer:
    """Answer with a share and its limits."""
    low, high = stats.wilson(numerator, denominator)
    return Answer(
        value=numerator / denominator,
        numerator=numerator,
        denominator=denominator,
        low=low,
        high=high,
        rows=round(denominator),
        details=details,
        best=best,
    )


def of_marks(
    asked: Floats | Flags,
    found: Floats | Flags,
    *details: Message,
    nothing: Message,
    of_share: Callable[[float], float] = _same,
) -> Answer:
    """Answer with the share found of what is asked, crash by crash; `nothing` asked has no value.

    What is asked several times of a crash counts once for the limits: its parts go together.
    """
    marks = Marks(asked.astype(float), np.where(asked > 0, found, 0.0))
    total, good = float(marks.asked.sum()), float(marks.found.sum())
    rows = int((marks.asked > 0).sum())
    if not rows:
        return unjudged(nothing)
    share = good / total
    limits = stats.wilson(share * rows, rows)
    return Answer(
        value=of_share(share),
        numerator=good,
        denominator=total,
        low=of_share(limits[0]),
        high=of_share(limits[1]),
        rows=rows,
        details=details,
        marks=marks,
        of_share=of_share,
    )


NO_CRASH = Message("There are no crashes.")
