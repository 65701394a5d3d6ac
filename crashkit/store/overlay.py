"""Edits laid over what was imported: the rows of the imports themselves are never written again."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, or_, select

from crashkit import fields
from crashkit.model import REMOVED, ROW
from crashkit.store import schema

Place = tuple[int, int]
"""Crash number and number of the vehicle or person: 0 for the crash, below 0 if added by hand."""

Cells = dict[Place, Any]
"""New values of one field."""

Member = tuple[str, int, str, int]
"""What was edited: the key of the crash, the version the edit made, the table, the number there."""

NUMBERS = {"vehicle": ("unit_no",), "person": ("unit_no", "person_no")}
"""By which numbers of the source a vehicle or a person is the same one in a later import."""


@dataclass(frozen=True)
class Overlay:
    """The edits of a data set that hold at one version; later ones have taken the place of earlier.

    `cells` are new values of rows that the imports have, `removed` those of them that are taken
    away, `added` the rows that are put in, by field. `located` is how many crashes more have
    coordinates than the imports say.
    """

    cells: dict[tuple[str, str], Cells] = field(default_factory=dict)
    removed: dict[str, set[Place]] = field(default_factory=dict)
    added: dict[str, dict[Place, dict[str, Any]]] = field(default_factory=dict)
    located: int = 0

    def fields(self, table: str) -> set[str]:
        """Return the fields that got a value by an edit."""
        cells = {
            name
            for (of, name), cells in self.cells.items()
            if of == table and any(value is not None for value in cells.values())
        }
        rows = self.added.get(table, {}).values()
        return cells | {name for row in rows for name, value in row.items() if value is not None}

    def of(self, crashes: Collection[int]) -> Overlay:
        """Return what the edits make of these crashes alone; nothing is said of the count."""
        own = set(crashes)
        return Overlay(
            {
                of: {place: value for place, value in cells.items() if place[0] in own}
                for of, cells in self.cells.items()
            },
            {of: {place for place in rows if place[0] in own} for of, rows in self.removed.items()},
            {
                of: {place: row for place, row in rows.items() if place[0] in own}
                for of, rows in self.added.items()
            },
        )

    def gained(self, table: str) -> int:
        """Return how many rows more a table has than the imports say."""
        return len(self.added.get(table, ())) - len(self.removed.get(table, ()))

    def days(self) -> list[date]:
        """Return the days on which crashes were set."""
        found = self.cells.get(("crash", "crash_date"), {}).values()
        return [date.fromisoformat(day) for day in found if day is not None]

    def touches(self, table: str) -> bool:
        """Say whether any row of a table is another one than its import says."""
        cells = any(of == table for of, _ in self.cells)
        return cells or bool(self.removed.get(table)) or bool(self.added.get(table))

    def lay(self, table: str, names: Sequence[str], columns: Sequence[list[Any]]) -> None:
        """Write the edits into fetched columns, the first of which is the sorted crash number."""
        wanted = {name: cells for (of, name), cells in self.cells.items() if of == table}
        removed, added = self.removed.get(table, set()), self.added.get(table, {})
        numbers = np.array(columns[0], dtype=np.int64)
        for name, column in zip(names, columns[1:], strict=True):
            for place, value in wanted.get(name, {}).items():
                line = _line(numbers, place)
                if line is not None:
                    column[line] = value
        _take_out(columns, numbers, removed)
        _put_in(columns, names, added)


def _line(numbers: NDArray[np.int64], place: Place) -> int | None:
    """Return on which line of its table a row stands; an edit of one that is not there waits."""
    crash, n = place
    line = int(np.searchsorted(numbers, crash)) + max(n - 1, 0)
    return line if line < len(numbers) and numbers[line] == crash else None


def _take_out(
    columns: Sequence[list[Any]], numbers: NDArray[np.int64], removed: Collection[Place]
) -> None:
    """Take rows out of all columns at once."""
    if removed:
        stays = np.ones(len(numbers), dtype=bool)
        stays[[line for one in removed if (line := _line(numbers, one)) is not None]] = False
        kept = stays.tolist()
        for column in columns:
            column[:] = compress(column, kept)


def _put_in(
    columns: Sequence[list[Any]], names: Sequence[str], added: Mapping[Place, Mapping[str, Any]]
) -> None:
    """Put rows behind those of their crash, in the order in which they were added."""
    if not added:
        return
    order = sorted(added, key=lambda place: (place[0], -place[1]))
    crashes = [crash for crash, _ in order]
    numbers = np.array(columns[0], dtype=np.int64)
    lines = np.searchsorted(numbers, crashes, side="right")
    cells: list[list[Any]] = [[added[place].get(name) for place in order] for name in names]
    for column, values in zip(columns, [crashes, *cells], strict=True):
        column[:] = np.insert(_objects(column), lines, _objects(values)).tolist()


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


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
    away = {table: _removed(connection, table, cells.pop((table, ROW), {})) for table in NUMBERS}
    kept, added = _parted(cells, away)
    told = {table: {place for place in away[table] if place[1] > 0} for table in away}
    return Overlay(kept, told, added, _located(kept, there.values()))


def _removed(connection: Connection, table: str, states: Cells) -> set[Place]:
    """Return the rows that were removed, of those that are there."""
    found = {place for place, state in states.items() if state == REMOVED}
    if not found:
        return found
    rows = schema.FRAMES[table]
    query = select(rows.c.crash, rows.c.n).where(rows.c.crash.in_({crash for crash, _ in found}))
    there = {(crash, n) for crash, n in connection.execute(query)}
    return {place for place in found if place[1] < 0 or place in there}


def _parted(
    cells: Mapping[tuple[str, str], Cells], away: Mapping[str, Collection[Place]]
) -> tuple[dict[tuple[str, str], Cells], dict[str, dict[Place, dict[str, Any]]]]:
    """Part the values of rows that imports have from those of rows that were added by hand."""
    kept: dict[tuple[str, str], Cells] = {}
    added: dict[str, dict[Place, dict[str, Any]]] = {}
    for (table, name), values in cells.items():
        for place, value in values.items():
            if place in away.get(table, ()):
                continue
            if place[1] < 0:
                added.setdefault(table, {}).setdefault(place, {})[name] = value
            else:
                kept.setdefault((table, name), {})[place] = value
    return kept, added


def places(
    connection: Connection, dataset_id: int, members: Collection[Member], there: Mapping[str, int]
) -> dict[Member, int]:
    """Return the numbers that what was edited has in the crashes that are there, by their keys.

    A later import may tell of other vehicles and people, so they are known by the numbers of the
    source; without such a number by their place. What is not there any more is left out. A row
    that was added by hand is the one of its number, once a later import tells of that.
    """
    found = {one: one[3] for one in members if one[0] in there}
    if not any(found.values()):
        return found
    edit, crash, imports = schema.edit, schema.crash, schema.import_
    edited = select(edit.c.crash_key).where(edit.c.dataset_id == dataset_id, edit.c.n != 0)
    mine = (crash.c.dataset_id == dataset_id) & crash.c.crash_key.in_(edited)
    query = select(crash.c.id, crash.c.crash_key, imports.c.version, imports.c.undone)
    query = query.join(imports, imports.c.id == crash.c.import_id).where(mine)
    told = connection.execute(query.order_by(crash.c.id)).fetchall()
    names = {table: _names(connection, table, select(crash.c.id).where(mine)) for table in NUMBERS}
    by_hand = _names_by_hand(connection, dataset_id)
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
        name = by_hand.get((key, table, n)) if n < 0 else before.get(n)
        if name is None or (seen and seen[-1] == there[key]):
            continue
        if name in now:
            found[member] = now[name]
        elif n > 0:
            del found[member]
    return found


def _names_by_hand(
    connection: Connection, dataset_id: int
) -> dict[tuple[str, str, int], tuple[Any, ...] | None]:
    """Return the numbers that were given to rows added by hand; None without one."""
    edit = schema.edit
    query = (
        select(edit.c.crash_key, edit.c.table_name, edit.c.n, edit.c.field, edit.c.after)
        .where(edit.c.dataset_id == dataset_id, edit.c.n < 0, edit.c.undone.is_(None))
        .order_by(edit.c.id)
    )
    given: dict[tuple[str, str, int], dict[str, Any]] = {}
    for key, table, n, name, after in connection.execute(query):
        given.setdefault((key, table, n), {})[name] = json.loads(after)
    return {
        place: _name([row.get(name) for name in NUMBERS[place[1]]]) for place, row in given.items()
    }


def _name(numbers: Sequence[Any]) -> tuple[Any, ...] | None:
    return tuple(numbers) if numbers[-1] is not None else None


def _names(
    connection: Connection, table: str, crashes: Select[Any]
) -> dict[int, dict[int, tuple[Any, ...] | None]]:
    """Return the numbers of the source of each member by crash and place; None without one."""
    rows = schema.FRAMES[table]
    query = select(rows.c.crash, rows.c.n, *(rows.c[name] for name in NUMBERS[table]))
    found: dict[int, dict[int, tuple[Any, ...] | None]] = {}
    for crash, n, *numbers in connection.execute(query.where(rows.c.crash.in_(crashes))):
        found.setdefault(crash, {})[n] = _name(numbers)
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
