"""The newest fatal crashes of a month, without anything that says who was in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from crashkit import filters, monthly, tables
from crashkit.blocks import Block, Column, Heading, Paragraph, Table
from crashkit.columnar import Levels
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.section import Facts, Section

MOST = 15
COLUMNS = ("crash_date", "crash_time", "road", "chainage_km", "admin2", "crash_type")


def _fatal(facts: Facts) -> CrashData | None:
    month, levels = facts.month, filters.levels(facts.data, "severity")
    if month is None or levels is None:
        return None
    is_fatal = levels.look_up([value == "fatal" for value in levels.values], missing=False)
    data = facts.data
    year, number = (filters.numbers(data, name) for name in ("year", "month"))
    return data.keep(is_fatal & (year == month.year) & (number == month.month))


def applies(facts: Facts) -> bool:
    """Say whether there was a fatal crash in the month."""
    found = _fatal(facts)
    return found is not None and len(found) > 0


def build(facts: Facts) -> list[Block]:
    """Return the newest fatal crashes, the newest first."""
    data, month = _fatal(facts), facts.month
    assert data is not None
    assert month is not None
    days = filters.levels(data, "crash_date")
    assert days is not None
    order = np.argsort(np.array(days.values, dtype="datetime64[D]"))
    ranks = np.argsort(order)[days.codes]
    newest = np.lexsort((data.crash_ids, -ranks))[:MOST]
    columns, cells = zip(*_columns(data, newest), strict=True)
    said = Message(
        "{shown} of {n} fatal crashes of the month stand here, the newest first. A dash is what "
        "the source does not tell.",
        {"shown": len(newest), "n": len(data)},
    )
    caption = Message("Fatal crashes of {month}", {"month": monthly.of_month(month).words})
    return [
        Heading(Message("Newest fatal crashes")),
        Paragraph((said,)),
        Table(caption, columns, tuple(zip(*cells, strict=True))),
    ]


def _columns(data: CrashData, rows: Any) -> Iterator[tuple[Column, list[Any]]]:
    for name in COLUMNS:
        if name == "chainage_km":
            km = filters.numbers(data, name)[rows].tolist()
            cells: list[Any] = [one if np.isfinite(one) else None for one in km]
            column = Column(filters.label(name), "float", 1)
        else:
            cells = _cells(filters.levels(data, name), rows, name)
            column = Column(filters.label(name), "date" if name == "crash_date" else "text")
        if any(cell is not None for cell in cells):
            yield column, cells
    if tables.records(data, "killed"):
        killed = tables.by_crash(data, "killed")[rows].tolist()
        # In a fatal crash somebody died: nought says that nobody tells how many.
        yield Column(filters.label("n_killed"), "int"), [n or None for n in killed]


def _cells(levels: Levels | None, rows: Any, name: str) -> list[Any]:
    if levels is None:
        return [None] * len(rows)
    found = [levels.values[code] if code >= 0 else "" for code in levels.codes[rows].tolist()]
    if name == "crash_date":
        return [date.fromisoformat(value) if value else None for value in found]
    known = [value not in ("", filters.UNKNOWN) for value in found]
    return [
        filters.value_label(name, value) if is_known else None
        for value, is_known in zip(found, known, strict=True)
    ]


SECTION = Section(
    name="bulletin_fatal",
    title="Newest fatal crashes",
    build=build,
    applies=applies,
)
