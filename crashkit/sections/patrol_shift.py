"""The head of a patrol sheet: the shift, its crashes, and who goes, to be filled in by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crashkit import patrols, tables
from crashkit.blocks import Block, KeyFigure, KeyFigures, Note, Pairs, Paragraph
from crashkit.errors import Message
from crashkit.patrols import Patrol
from crashkit.section import Facts, Section

RULE = "_" * 34
"""To write on with a pen."""


def build(facts: Facts) -> list[Block]:
    """Return the shift in large numbers, and lines for the day and the patrol."""
    found = patrols.plan(facts.data, facts.options)
    said: list[Block] = [
        Note(Message("For the patrol only: not for the public."), "warning"),
        KeyFigures(tuple(_figures(found, facts))),
    ]
    if not found.spots:
        said.append(Paragraph((_why_none(found),)))
    return [*said, Pairs(tuple(_to_fill()))]


def _figures(found: Patrol, facts: Facts) -> Iterator[KeyFigure]:
    known = tables.summary(found.crashes, facts.everything)
    yield KeyFigure(
        Message("Shift from {first}:00 to {until}:00", _ends(found)),
        found.shift.hours,
        Message("hours"),
    )
    yield KeyFigure(
        Message("Crashes in these hours"),
        known.crashes,
        Message("of {n} whose hour is known", {"n": len(facts.data) - found.unknown_hour}),
    )
    people = Message("people in these hours")
    for label, count in ((Message("Killed"), known.killed), _hurt(known.serious, known.injured)):
        yield KeyFigure(label, count, Message("not recorded") if count is None else people)
    yield KeyFigure(
        Message("Places drawn"), len(found.spots), Message("of {n}", {"n": found.frame})
    )


def _ends(found: Patrol) -> dict[str, str]:
    return {"first": f"{found.shift.first:02d}", "until": f"{found.shift.until:02d}"}


def _hurt(serious: int | None, injured: int | None) -> tuple[Message, int | None]:
    if serious is None and injured is not None:
        return Message("Injured"), injured
    return Message("Seriously injured"), serious


def _why_none(found: Patrol) -> Message:
    if not len(found.crashes):
        return Message(
            "No crash is known to lie in these hours, so there is no place to draw: choose other "
            "hours or a longer period, or see whether the data tell the hour."
        )
    return Message(
        "No place has two crashes or more in these hours, so there is no place to draw: choose "
        "more hours or a longer period."
    )


def _to_fill() -> Iterator[tuple[Message, Any]]:
    yield Message("Date of the shift"), RULE
    yield Message("Patrol"), RULE
    yield Message("Vehicle"), RULE
    yield Message("Signature"), RULE


SECTION = Section(name="patrol_shift", title="Shift of a patrol", build=build)
