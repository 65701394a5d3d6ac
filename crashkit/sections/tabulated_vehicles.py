"""How many vehicles have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.section import Section

applies, build = tabulating.chapter("vehicles")

SECTION = Section(
    name="tabulated_vehicles",
    title="Vehicles, field by field",
    build=build,
    applies=applies,
    public=True,
)
