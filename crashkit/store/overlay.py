"""Edits laid over what was imported: the rows of the imports themselves are never written again."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, or_, select

from crashkit import fields
from crashkit.store import schema

Cells = dict[tuple[int, int], Any]
"""New values of one field by crash number and number of the vehicle or person, 0 for the crash."""

Member = tuple[str, int, str, int]
"""What was edited: the key of the crash, the version the edit made, the table, the number there."""

NUMBERS = {"vehicle": ("unit_no",), "person": ("unit_no", "person_no")}
"""By which numbers of the source a vehicle or a person is the same one in a later import."""


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
    members = {(one.crash_key, one.version, one.table_name, one.n) for one in found}
    numbers = places(connection, dataset_id, members, {key: row.id for key, row in there.items()})
    cells: dict[tuple[str, str], Cells] = {}
    for one in found:
        n = numbers.get((one.crash_key, one.version, one.table_name, one.n))
        if n is not None:
            place = cells.setdefault((one.table_name, one.field), {})
            place[there[one.crash_key].id, n] = json.loads(one.after)
    return Overlay(cells, _located(cells, there.values()))


def places(
    connection: Connection, dataset_id: int, members: Collection[Member], there: Mapping[str, int]
) -> dict[Member, int]:
    """Return the numbers that what was edited has in the crashes that are there, by their keys.

    A later import may tell of other vehicles and people, so they are known by the numbers of the
    source; without such a number by their place. What is not there any more is left out.
    """
    found = {one: one[3] for one in members if one[0] in there}
    if not any(found.values()):
        return found
    edit, crash, imports = schema.edit, schema.crash, schema.import_
    edited = select(edit.c.crash_key).where(edit.c.dataset_id == dataset_id, edit.c.n > 0)
    mine = (crash.c.dataset_id == dataset_id) & crash.c.crash_key.in_(edited)
    query = select(crash.c.id, crash.c.crash_key, imports.c.version, imports.c.undone)
    query = query.join(imports, imports.c.id == crash.c.import_id).where(mine)
    told = connection.execute(query.order_by(crash.c.id)).fetchall()
    names = {table: _names(connection, table, select(crash.c.id).where(mine)) for table in NUMBERS}
    for member in [one for one, n in found.items() if n]:
        key, version, table, n = member
        seen = [
            row.id
            for row in told
            if row.crash_key == key
            and row.version <= version
            and (row.undone is None or row.undone > version)
        ]
        before = names[table].get(seen[-1], {}) if seen else {}
        now = {name: place for place, name in names[table].get(there[key], {}).items() if name}
        name = before.get(n)
        if name is None or seen[-1] == there[key]:
            continue
        if name in now:
            found[member] = now[name]
        else:
            del found[member]
    return found


def _names(
    connection: Connection, table: str, crashes: Select[Any]
) -> dict[int, dict[int, tuple[Any, ...] | None]]:
    """Return the numbers of the source of each member by crash and place; None without one."""
    rows = schema.FRAMES[table]
    query = select(rows.c.crash, rows.c.n, *(rows.c[name] for name in NUMBERS[table]))
    found: dict[int, dict[int, tuple[Any, ...] | None]] = {}
    for crash, n, *numbers in connection.execute(query.where(rows.c.crash.in_(crashes))):
        found.setdefault(crash, {})[n] = tuple(numbers) if numbers[-1] is not None else None
    return found


def _holding(dataset_id: int, version: int) -> Any:
    edit = schema.edit
    holds = or_(edit.c.undone.is_(None), edit.c.undone > version)
    query = select(edit).where(edit.c.dataset_id == dataset_id, edit.c.version <= version, holds)
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
