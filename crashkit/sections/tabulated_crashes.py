"""How many crashes have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.blocks import Block, Heading, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether crashes are told, with any field."""
    return facts.summary.crashes > 0 and bool(tabulating.fields_of(facts.data, "crashes"))


def build(facts: Facts) -> list[Block]:
    """Return one table a field."""
    data = facts.data
    names = tabulating.fields_of(data, "crashes")
    said = (
        Message("Each crash is counted once."),
        Message("Shares are of those whose value is known."),
    )
    found: list[Block] = [Heading(Message("Crashes, field by field")), Paragraph(said)]
    return found + [tabulating.one_way(data, "crashes", name) for name in names]


SECTION = Section(
    name="tabulated_crashes",
    title="Crashes, field by field",
    build=build,
    applies=applies,
    public=True,
)
