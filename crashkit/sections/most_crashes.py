"""The roads and the districts with the most crashes: plain counts, no judgement on risk."""

from __future__ import annotations

from crashkit import filters, tables
from crashkit.blocks import (
    Block,
    Heading,
    Table,
)
from crashkit.errors import Message
from crashkit.section import Facts, Section, counts

MOST = 5


def applies(facts: Facts) -> bool:
    """Say whether the crashes name at least two roads or districts."""
    return bool(_told(facts))


def _told(facts: Facts) -> list[str]:
    areas = [name for name in ("admin2", "admin1") if _distinct(facts, name) > 1][:1]
    return (["road"] if _distinct(facts, "road") > 1 else []) + areas


def _distinct(facts: Facts, name: str) -> int:
    values = filters.column(facts.data, filters.COLUMN_OF.get(name, name))
    return 0 if values is None else int(values[values.notna() & (values != "")].nunique())


def build(facts: Facts) -> list[Block]:
    """Return the first few of each, by severity."""
    found: list[Block] = [Heading(Message("Roads and areas"))]
    return found + [_table(facts, name) for name in _told(facts)]


def _table(facts: Facts, name: str) -> Table:
    caption = (
        Message("Roads with the most crashes")
        if name == "road"
        else Message("Areas with the most crashes")
    )
    return counts(tables.cross(facts.data, name, "severity"), caption, most=MOST)


SECTION = Section(
    name="most_crashes",
    title="Roads and areas with the most crashes",
    build=build,
    applies=applies,
    public=True,
)
