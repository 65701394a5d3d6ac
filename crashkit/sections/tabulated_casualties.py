"""How many casualties have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.blocks import Block, Heading, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether casualties are told, with any field."""
    return facts.summary.crashes > 0 and bool(tabulating.fields_of(facts.data, "casualties"))


def build(facts: Facts) -> list[Block]:
    """Return one table a field."""
    data = facts.data
    names = tabulating.fields_of(data, "casualties")
    said = (
        Message("People killed or injured are counted, not crashes."),
        Message("Shares are of those whose value is known."),
    )
    found: list[Block] = [Heading(Message("Casualties, field by field")), Paragraph(said)]
    return found + [tabulating.one_way(data, "casualties", name) for name in names]


SECTION = Section(
    name="tabulated_casualties",
    title="Casualties, field by field",
    build=build,
    applies=applies,
    public=True,
)
