"""What the data behind a list of sites can support at all, in the words that head each list."""

from __future__ import annotations

from crashkit.blocks import (
    Block,
    Paragraph,
)
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether there is a list, and something is known of its data."""
    return facts.screening is not None and bool(facts.screening.support)


def build(facts: Facts) -> list[Block]:
    """Return the two sentences; they are those of the page and of the command."""
    assert facts.screening is not None
    return [Paragraph(facts.screening.support)]


SECTION = Section(
    name="screening_evidence",
    title="What the data can support",
    build=build,
    applies=applies,
    needs="screening",
)
