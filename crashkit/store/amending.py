"""Copies after an edit: the crashes edited since are read from the database, the others stay.

What comes of it is what reading everything would give, value for value and number for number, so
nobody can tell the two copies apart. See docs/decisions/columns.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from crashkit import fields
from crashkit.columnar import Levels, Table, smallest
from crashkit.model import CrashData
from crashkit.store import copies, encoded, imports
from crashkit.store.encoded import Encoded

MOST = 500
"""So many crashes are read one by one; to read more of them takes as long as to read all."""

LISTED = ("code", "yes_no")
"""Columns whose values are those of the dictionary, in its order."""

Piece = tuple[slice, slice]
"""Rows of the earlier table, and the rows of the later one that come behind them."""


def amended(connection: Connection, name: str) -> CrashData | None:
    """Return a data set as it is now, made from an earlier copy; None where none will do.

    A copy will do if the store, as it was at its version, was told the same, and only crashes were
    edited since. Raises NotFound.
    """
    about = imports.info(connection, name)
    for copy in copies.earlier(connection.engine, about):
        if copy.history == imports.history(connection, about.id, copy.version):
            edited = imports.edited_since(connection, about, copy.version)
            if edited is None or len(edited) > MOST:
                return None
            now = imports.load(connection, name, None, crashes=edited)
            crashes, vehicles, people = (
                _amended(table, copy.tables[table], now.table(table), edited)
                for table in fields.TABLES
            )
            return CrashData(crashes, vehicles, people, about.period, about)
    return None


def _amended(name: str, before: Table, now: Table, crashes: Collection[int]) -> Encoded:
    """Return a table with the rows of these crashes as they are now."""
    link = now.names[0]
    pieces = list(_pieces(_links(before, link), _links(now, link), crashes))
    kinds = {column: encoded.kind_of(name, column) for column in now.names}
    arrays: dict[str, NDArray[Any]] = {}
    levels: dict[str, Levels] = {}
    for column, kind in kinds.items():
        if kind == "link":
            arrays[column] = _joined(_links(before, column), _links(now, column), pieces)
        elif kind == "float":
            arrays[column] = _joined(_numbers(before, column), now.numbers(column), pieces)
        else:
            levels[column] = _words(before, now, column, pieces, listed=kind in LISTED)
            arrays[column] = levels[column].codes
    return Encoded(len(arrays[link]), kinds, arrays, levels.__getitem__)


def _links(table: Table, link: str) -> NDArray[np.int64]:
    return table.column(link).to_numpy(dtype=np.int64)


def _pieces(
    before: NDArray[np.int64], now: NDArray[np.int64], crashes: Collection[int]
) -> Iterator[Piece]:
    """Yield what stays and what takes the place of the rows of each crash, in order."""
    done = 0
    for crash in sorted(crashes):
        (start, end), (first, last) = (
            np.searchsorted(one, [crash, crash + 1]).tolist() for one in (before, now)
        )
        yield slice(done, start), slice(first, last)
        done = end
    yield slice(done, len(before)), slice(0, 0)


def _joined(before: NDArray[Any], now: NDArray[Any], pieces: list[Piece]) -> NDArray[Any]:
    return np.concatenate([part for old, new in pieces for part in (before[old], now[new])])


def _numbers(table: Table, column: str) -> NDArray[np.float64]:
    return table.numbers(column) if column in table else np.full(len(table), np.nan)


def _words(before: Table, now: Table, column: str, pieces: list[Piece], *, listed: bool) -> Levels:
    after = now.levels(column)
    if column in before:
        earlier = before.levels(column)
    else:
        earlier = Levels(np.full(len(before), -1, dtype=np.int8), after.values if listed else ())
    place = {value: i for i, value in enumerate(earlier.values)}
    codes = np.array([*(place.setdefault(value, len(place)) for value in after.values), -1])
    made = _joined(earlier.codes, smallest(codes, len(place))[after.codes], pieces)
    return _in_order(made, tuple(place), listed=listed)


def _in_order(codes: NDArray[Any], values: tuple[str, ...], *, listed: bool) -> Levels:
    """Return a column with its values as they come first in the rows; nothing for those gone."""
    if listed:
        return Levels(smallest(codes, len(values)), values)
    # The place behind the values is that of rows without one, whose code is -1.
    first = np.full(len(values) + 1, len(codes))
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    order = [int(code) for code in np.argsort(first[:-1]) if first[code] < len(codes)]
    if order != list(range(len(values))):
        place = np.full(len(values) + 1, -1)
        place[order] = np.arange(len(order))
        codes = place[codes]
    return Levels(smallest(codes, len(order)), tuple(values[code] for code in order))
