"""How many casualties have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.section import Section

applies, build = tabulating.chapter("casualties")

SECTION = Section(
    name="tabulated_casualties",
    title="Casualties, field by field",
    build=build,
    applies=applies,
    public=True,
)
