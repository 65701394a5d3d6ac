"""The question behind a list of sites: the rule, its source, where we looked, what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crashkit import screening
from crashkit.blocks import (
    Block,
    Heading,
    Note,
    Pairs,
)
from crashkit.errors import Message
from crashkit.model import ScreeningResult
from crashkit.section import Facts, Section

NOT_VERIFIED = Message(
    "Not verified: nobody has yet checked the numbers of this rule against its source."
)


def applies(facts: Facts) -> bool:
    """Say whether a screening was run."""
    return facts.screening is not None


def build(facts: Facts) -> list[Block]:
    """Return the rule in plain words; one that nobody checked is marked."""
    result = facts.screening
    assert result is not None
    found: list[Block] = [Heading(Message("How the sites were found"))]
    if not result.asked.verified:
        found.append(Note(NOT_VERIFIED, "warning"))
    return [*found, Pairs(tuple(_pairs(result)))]


def _pairs(result: ScreeningResult) -> Iterator[tuple[Message, Any]]:
    asked = result.asked
    yield Message("Rule"), Message(asked.title or asked.preset)
    yield Message("Source of the rule"), Message(asked.source)
    yield Message("Checked against the source"), Message("yes") if asked.verified else Message("no")
    target = screening.target_sentence(result)
    if target:
        yield Message("Ranked by"), target
    if result.repeats:
        yield Message("Repeated with something changed"), _list(result.repeats)
    for one in asked.each:
        if asked.parts:
            yield Message("Part of the rule"), Message(one.title)
        yield from screening.question(one)
    yield (
        Message("Period"),
        Message("{start} to {end}", {"start": result.period.start, "end": result.period.end}),
    )


def _list(messages: Iterable[Message]) -> Message:
    return Message("{list}", {"list": list(messages)})


SECTION = Section(
    name="screening_method",
    title="How the sites were found",
    build=build,
    applies=applies,
    needs="screening",
)
