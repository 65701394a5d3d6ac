"""How many vehicles have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.section import Section

SECTION = Section(
    name="tabulated_vehicles",
    title="Vehicles, field by field",
    build=lambda facts: tabulating.field_by_field(facts.data, "vehicles"),
    applies=lambda facts: bool(tabulating.fields_of(facts.data, "vehicles")),
    public=True,
)
