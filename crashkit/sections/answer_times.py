"""When crashes at one place happened, by hours of the day that belong together."""

from __future__ import annotations

from crashkit.blocks import Block, Column, Heading, Table
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether a place was asked for, and the hour of a crash is known."""
    return facts.answer is not None and facts.answer.no_time < facts.summary.crashes


def build(facts: Facts) -> list[Block]:
    """Return the hours with their crashes; those of unknown hour are told."""
    assert facts.answer is not None
    rows: list[tuple[str | Message, int]] = [
        (f"{first:02d}:00–{last:02d}:59", n) for first, last, n in facts.answer.times
    ]
    if facts.answer.no_time:
        rows.append((Message("Not known"), facts.answer.no_time))
    columns = (Column(Message("Hour")), Column(Message("Crashes"), "int"))
    table = Table(Message("Crashes by hour of the day"), columns, tuple(rows))
    return [Heading(Message("Time of day")), table]


SECTION = Section(
    name="answer_times",
    title="Crashes at a place by hour",
    build=build,
    applies=applies,
    needs="place",
)
