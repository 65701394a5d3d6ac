"""The checks of each reporting unit, side by side."""

from __future__ import annotations

from crashkit import filters
from crashkit.blocks import (
    Block,
    Column,
    Heading,
    Table,
)
from crashkit.errors import Message
from crashkit.quality import Scorecard, Unit
from crashkit.section import Facts, Section

MOST_UNITS = 60
"""So many units stand in a report, those with the most crashes; the page and the files hold all."""


def applies(facts: Facts) -> bool:
    """Say whether the data tell who reported a crash."""
    return facts.quality is not None and bool(facts.quality.units)


def build(facts: Facts) -> list[Block]:
    """Return one row a unit, one column a check that can be split."""
    card = facts.quality
    return [] if card is None else [Heading(Message("Reporting units")), _table(card)]


def _table(card: Scorecard) -> Table:
    split = [
        one.check for one in card.judged if any(one.check.id in unit.marks for unit in card.units)
    ]
    columns = (
        Column(filters.label(card.unit_field)),
        Column(Message("Crashes"), "int"),
        Column(Message("Quality grade")),
        *(Column(check.title) for check in split),
    )
    rows = tuple(
        (
            unit.name or Message("not known"),
            unit.crashes,
            unit.grade or "–",
            *(_grade(unit, check.id) for check in split),
        )
        for unit in card.units[:MOST_UNITS]
    )
    caption = Message(
        "Grades of the units with the most crashes; fewer than 30 crashes are not graded"
    )
    return Table(caption, columns, rows)


def _grade(unit: Unit, check: str) -> str:
    mark = unit.marks.get(check)
    return "" if mark is None else mark.grade or "–"


SECTION = Section(
    name="reporting_units",
    title="Reporting units",
    build=build,
    applies=applies,
    needs="quality",
)
