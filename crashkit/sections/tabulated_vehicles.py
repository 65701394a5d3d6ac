"""How many vehicles have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.blocks import Block, Heading, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether vehicles are told, with any field."""
    return facts.summary.crashes > 0 and bool(tabulating.fields_of(facts.data, "vehicles"))


def build(facts: Facts) -> list[Block]:
    """Return one table a field."""
    data = facts.data
    names = tabulating.fields_of(data, "vehicles")
    said = (
        Message(
            "Vehicles in crashes are counted, not crashes; they are split by the severity of the "
            "crash."
        ),
        Message("Shares are of those whose value is known."),
    )
    found: list[Block] = [Heading(Message("Vehicles, field by field")), Paragraph(said)]
    return found + [tabulating.one_way(data, "vehicles", name) for name in names]


SECTION = Section(
    name="tabulated_vehicles",
    title="Vehicles, field by field",
    build=build,
    applies=applies,
    public=True,
)
