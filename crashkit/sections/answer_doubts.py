"""What the numbers of one place carry: limits of chance, its road beside it, what is missing."""

from __future__ import annotations

from crashkit.blocks import Block, Heading, Points
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether somebody asked of a place."""
    return facts.answer is not None


def build(facts: Facts) -> list[Block]:
    """Return the sentences."""
    assert facts.answer is not None
    return [Heading(Message("What these numbers carry")), Points(facts.answer.doubts)]


SECTION = Section(
    name="answer_doubts",
    title="What the numbers of a place carry",
    build=build,
    applies=applies,
    needs="place",
)
