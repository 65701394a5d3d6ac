"""Edits laid over what was imported: the rows of the imports themselves are never written again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, or_, select

from crashkit import fields
from crashkit.store import schema

Cells = dict[tuple[int, int], Any]
"""New values of one field by crash number and number of the vehicle or person, 0 for the crash."""


@dataclass(frozen=True)
class Overlay:
    """The edits of a data set that hold at one version; later ones have taken the place of earlier.

    `located` is how many crashes more have coordinates than the imports say.
    """

    cells: dict[tuple[str, str], Cells] = field(default_factory=dict)
    located: int = 0

    def fields(self, table: str) -> set[str]:
        """Return the fields that got a value by an edit."""
        return {
            name
            for (of, name), cells in self.cells.items()
            if of == table and any(value is not None for value in cells.values())
        }

    def days(self) -> list[date]:
        """Return the days on which crashes were set."""
        found = self.cells.get(("crash", "crash_date"), {}).values()
        return [date.fromisoformat(day) for day in found if day is not None]

    def lay(self, table: str, names: Sequence[str], columns: Sequence[list[Any]]) -> None:
        """Write the edits into fetched columns, the first of which is the sorted crash number."""
        wanted = {name: cells for (of, name), cells in self.cells.items() if of == table}
        if not wanted:
            return
        numbers = np.array(columns[0], dtype=np.int64)
        for name, column in zip(names, columns[1:], strict=True):
            for (crash, n), value in wanted.get(name, {}).items():
                place = int(np.searchsorted(numbers, crash)) + max(n - 1, 0)
                # An edit of a row that this version does not have waits for it.
                if place < len(numbers) and numbers[place] == crash:
                    column[place] = value


NONE = Overlay()


def read(
    connection: Connection,
    dataset_id: int,
    version: int,
    *,
    gone: Select[Any],
    is_there: Callable[[int], bool],
) -> Overlay:
    """Return the edits that hold at `version`, of crashes that are there then.

    `gone` asks for the crashes that have given way to later ones of the same key.
    """
    found = connection.execute(_holding(dataset_id, version)).fetchall()
    if not found:
        return NONE
    crash = schema.crash
    edited = select(schema.edit.c.crash_key).where(schema.edit.c.dataset_id == dataset_id)
    query = select(crash.c.id, crash.c.crash_key, crash.c.lat, crash.c.lon).where(
        crash.c.dataset_id == dataset_id,
        crash.c.crash_key.in_(edited),
        crash.c.id.not_in(gone),
    )
    there = {row.crash_key: row for row in connection.execute(query) if is_there(row.id)}
    cells: dict[tuple[str, str], Cells] = {}
    for one in found:
        row = there.get(one.crash_key)
        if row is not None:
            place = cells.setdefault((one.table_name, one.field), {})
            place[row.id, one.n] = json.loads(one.after)
    return Overlay(cells, _located(cells, there.values()))


def _holding(dataset_id: int, version: int) -> Any:
    edit = schema.edit
    holds = or_(edit.c.undone.is_(None), edit.c.undone > version)
    names = (edit.c.crash_key, edit.c.table_name, edit.c.n, edit.c.field, edit.c.after)
    query = select(*names).where(edit.c.dataset_id == dataset_id, edit.c.version <= version, holds)
    return query.order_by(edit.c.id)


def _located(cells: dict[tuple[str, str], Cells], crashes: Any) -> int:
    """Count the crashes that got coordinates, less those that lost them."""
    lat, lon = cells.get(("crash", "lat"), {}), cells.get(("crash", "lon"), {})
    gained = 0
    for row in crashes:
        now = (lat.get((row.id, 0), row.lat), lon.get((row.id, 0), row.lon))
        gained += (None not in now) - (None not in (row.lat, row.lon))
    return gained


def in_order(table: str, names: set[str]) -> tuple[str, ...]:
    """Return names of fields in the order of the dictionary."""
    return tuple(one.name for one in fields.table(table) if one.name in names)
