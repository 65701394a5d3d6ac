"""The large numbers at the head of a report: crashes, people hurt, vehicles, share located.

A figure that the source does not record is shown as such, never as zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crashkit import quality, tables
from crashkit.blocks import (
    Block,
    KeyFigure,
    KeyFigures,
    Note,
)
from crashkit.errors import Message
from crashkit.section import Facts, Section

PEOPLE = Message("people")
NOT_RECORDED = Message("not recorded")


def build(facts: Facts) -> list[Block]:
    """Return one row of figures, each with what it counts, and what is not in a sum."""
    # To the public a sum and its least would tell each other, where one of them is hidden.
    summary = replace(facts.summary, deadly_untold=0) if facts.public else facts.summary
    untold = tables.untold_notes(summary, _people(facts))
    # For the public a few crashes that do not tell are a small count like others.
    shown = [] if any(0 < n < facts.public for n in summary.untold.values()) else untold
    return [KeyFigures(tuple(_figures(facts))), *(Note(one, "warning") for one in shown)]


def _people(facts: Facts) -> tuple[str, ...]:
    """Return what is summed: all injured only where nobody tells how badly."""
    found = facts.summary
    alike = found.serious is None and found.injured is not None
    return ("killed", *(("injured",) if alike else ("serious", "slight")), "vehicles")


def _figures(facts: Facts) -> Iterator[KeyFigure]:
    found = facts.summary
    yield KeyFigure(Message("Crashes"), found.crashes, _of(facts))
    yield _counted(Message("Killed"), found.killed, _killed(facts))
    if "injured" in _people(facts):
        yield _counted(Message("Injured"), found.injured)
    else:
        yield _counted(Message("Seriously injured"), found.serious)
        yield _counted(Message("Slightly injured"), found.slight)
    yield _counted(Message("Vehicles"), found.vehicles, Message("in these crashes"))
    # For the public a share of almost all, or of almost none, would tell a small count.
    fewest = min(found.located, found.crashes - found.located)
    if found.crashes and not 0 < fewest < facts.public:
        yield KeyFigure(
            Message("Located"),
            found.located / found.crashes,
            Message("of the crashes have coordinates"),
            kind="percent",
        )


def _of(facts: Facts) -> Message:
    if facts.years and facts.year is not None:
        ends = dict.fromkeys([facts.year - facts.years + 1, facts.year])
        return Message(
            "in {years}, of {of} in the data set",
            {"years": "–".join(map(str, ends)), "of": facts.summary.of},
        )
    if facts.summary.crashes == facts.summary.of:
        return Message("all of the data set")
    return Message("of {of} in the data set", {"of": facts.summary.of})


def _killed(facts: Facts) -> Message:
    """Say what is counted, and beside it the deaths within 30 days where those are others."""
    found = quality.deaths(facts.data)
    estimate = found.killed_30d_est
    if found.factor is None or found.factor.factor == 1 or estimate is None:
        return PEOPLE
    return Message("people, as counted; about {n} within 30 days", {"n": round(estimate)})


def _counted(label: Message, count: int | None, unit: Message = PEOPLE) -> KeyFigure:
    return KeyFigure(label, count, NOT_RECORDED if count is None else unit)


SECTION = Section(
    name="key_figures",
    title="Key figures",
    build=build,
    public=True,
)
