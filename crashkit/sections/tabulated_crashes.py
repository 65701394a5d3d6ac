"""How many crashes have each value of each field."""

from __future__ import annotations

from crashkit import tabulating
from crashkit.section import Section

applies, build = tabulating.chapter("crashes")

SECTION = Section(
    name="tabulated_crashes",
    title="Crashes, field by field",
    build=build,
    applies=applies,
    public=True,
)
