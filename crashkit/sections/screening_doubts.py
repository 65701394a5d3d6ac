"""What a list of sites can and cannot tell: the doubts of the screening, and chance itself."""

from __future__ import annotations

from crashkit.blocks import (
    Block,
    Heading,
    Points,
)
from crashkit.errors import Message
from crashkit.section import Facts, Section

CHANCE = Message(
    "A high count partly comes from chance: at the majority of these sites fewer crashes are to be "
    "expected in the next period, even if nothing is done there. A fall after works is therefore "
    "no proof by itself that the works helped."
)

SAID_AT_THE_HEAD = Message("Nobody has yet checked the numbers of this rule against its source.")


def applies(facts: Facts) -> bool:
    """Say whether a screening was run."""
    return facts.screening is not None


def build(facts: Facts) -> list[Block]:
    """Return the doubts, each once."""
    assert facts.screening is not None
    doubts = tuple(note for note in facts.screening.notes if note != SAID_AT_THE_HEAD)
    return [Heading(Message("How to read this list")), Points((CHANCE, *doubts))]


SECTION = Section(
    name="screening_doubts",
    title="How to read the list",
    build=build,
    applies=applies,
    needs="screening",
)
