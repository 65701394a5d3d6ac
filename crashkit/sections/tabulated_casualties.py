"""How many casualties have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.blocks import Block
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether any field of them is told."""
    return bool(tabulating.fields_of(facts.data, "casualties", public=facts.public > 0))


def build(facts: Facts) -> list[Block]:
    """Return one table a field."""
    return tabulating.field_by_field(facts.data, "casualties", public=facts.public > 0)


SECTION = Section(
    name="tabulated_casualties",
    title="Casualties, field by field",
    build=build,
    applies=applies,
    public=True,
)
