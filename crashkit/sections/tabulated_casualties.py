"""How many casualties have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.section import Section

SECTION = Section(
    name="tabulated_casualties",
    title="Casualties, field by field",
    build=lambda facts: tabulating.field_by_field(facts.data, "casualties"),
    applies=lambda facts: bool(tabulating.fields_of(facts.data, "casualties")),
    public=True,
)
