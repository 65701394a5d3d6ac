"""Light and road surface at the time of the crash."""

from __future__ import annotations

from crashkit import filters, tables
from crashkit.blocks import (
    Block,
    Column,
    Heading,
    Table,
)
from crashkit.errors import Message
from crashkit.section import Facts, Section
from crashkit.stats import FEW

CAPTIONS = {
    "light": Message("Crashes by light"),
    "surface_condition": Message("Crashes by road surface"),
}
MOST = 6


def applies(facts: Facts) -> bool:
    """Say whether light or surface is known of at least one crash."""
    return bool(_told(facts))


def _told(facts: Facts) -> list[str]:
    return [name for name in CAPTIONS if _known(facts, name)]


def _known(facts: Facts, name: str) -> int:
    values = filters.column(facts.data, name)
    if values is None:
        return 0
    return int((values.notna() & ~values.astype(object).isin(["", filters.UNKNOWN])).sum())


def build(facts: Facts) -> list[Block]:
    """Return one table for each of them, with the share among the crashes where it is known."""
    found: list[Block] = [Heading(Message("Light and road surface"))]
    return found + [_table(facts, name) for name in _told(facts)]


def _table(facts: Facts, name: str) -> Table:
    table = tables.cross(facts.data, name, "severity")
    rows = [
        (key, label, sum(row))
        for key, label, row in zip(table.rows, table.row_labels, table.cells, strict=True)
        if sum(row)
    ]
    known = sorted((row for row in rows if row[0]), key=lambda row: -row[2])
    others = sum(n for *_, n in known[MOST:]) if len(known) > MOST + 1 else 0
    shown = known[:MOST] if others else known
    lines = [(label, n) for _, label, n in shown]
    if others:
        lines.append((tables.OTHERS_LABEL, others))
    total = sum(n for *_, n in known)
    cells: list[tuple[Message, int, float | None]] = [(label, n, n / total) for label, n in lines]
    cells += [(label, n, None) for key, label, n in rows if not key]
    columns = (
        Column(filters.label(name)),
        Column(Message("Crashes"), "int"),
        Column(Message("Share of known"), "percent"),
    )
    if total < FEW:
        return Table(CAPTIONS[name], columns[:2], tuple(row[:2] for row in cells))
    return Table(CAPTIONS[name], columns, tuple(cells))


SECTION = Section(
    name="conditions",
    title="Light and road surface",
    build=build,
    applies=applies,
    public=True,
)
