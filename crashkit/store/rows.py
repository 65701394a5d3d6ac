"""Frames to rows and rows to frames; no SQL here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Double, Integer

from crashkit import fields
from crashkit.errors import StoreError
from crashkit.model import ImportBatch, Texts
from crashkit.store import schema

MADE_AT_ONCE = 4_000
"""Rows that are laid out for the driver together."""
YES_NO = ("yes", "no", "unknown")
ORDER = {"vehicle": ("unit_no",), "person": ("person_no", "unit_no")}


@dataclass(frozen=True)
class Rows:
    """Rows of one table by column, to be written in this order; `crash` counts from 0 in it."""

    names: tuple[str, ...]
    given: tuple[pd.Series[Any], ...]
    kinds: tuple[str, ...]
    order: NDArray[np.int64]
    crash: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.crash)

    def each(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows as the driver takes them, made a few at a time."""
        if not self.names:
            yield from repeat((), len(self))
        # Most files are in order already, and to take rows one by one takes a while.
        in_order = bool((np.diff(self.order) == 1).all())
        for start in range(0, len(self) if self.names else 0, MADE_AT_ONCE):
            # A few at a time are put in order: for a second copy of a large import is no room.
            some = slice(start, start + MADE_AT_ONCE)
            part = some if in_order else self.order[some]
            columns = (
                _values(one.iloc[part], kind)
                for one, kind in zip(self.given, self.kinds, strict=True)
            )
            yield from zip(*columns, strict=True)

    @property
    def fields(self) -> list[str]:
        """Names of the dictionary fields that have at least one value."""
        return [name for name in self.names if not name.endswith("_src")]


@dataclass(frozen=True)
class Prepared:
    """An import as rows of three tables."""

    crash: Rows
    keys: NDArray[np.object_]
    digests: Iterable[str]
    vehicle: Rows
    person: Rows
    located: int


def prepare(batch: ImportBatch) -> Prepared:
    """Order the rows by key, so that numbers do not depend on the order of the file."""
    crashes = batch.crashes
    keys = crashes["crash_key"].to_numpy(dtype=object)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    known = pd.Index(keys, dtype=object)
    return Prepared(
        crash=_rows("crash", crashes, order, np.arange(len(crashes), dtype=np.int64)),
        keys=keys,
        digests=_in_order(batch.digests, order),
        vehicle=_members("vehicle", batch.vehicles, known),
        person=_members("person", batch.people, known),
        located=_located(crashes),
    )


def _in_order(texts: Texts, order: NDArray[np.int64]) -> Iterator[str]:
    """Yield texts in this order, made a few at a time."""
    for start in range(0, len(order), MADE_AT_ONCE):
        yield from texts[order[start : start + MADE_AT_ONCE]]


def _located(crashes: pd.DataFrame) -> int:
    if not {"lat", "lon"} <= set(crashes.columns):
        return 0
    return int((crashes["lat"].notna() & crashes["lon"].notna()).sum())


def _members(table: str, frame: pd.DataFrame, known: pd.Index[Any]) -> Rows:
    if frame.empty:
        none = np.array([], dtype=np.int64)
        return Rows((), (), (), none, none)
    crash = known.get_indexer(pd.Index(frame["crash_key"], dtype=object)).astype(np.int64)
    if (crash < 0).any():
        raise ValueError(f"a {table} belongs to no crash of its import")
    # The last key of lexsort leads: by crash, then by the numbers the source gave.
    numbers = [_as_number(frame, name) for name in reversed(ORDER[table])]
    order = np.lexsort((*numbers, crash))
    return _rows(table, frame, order, crash[order])


def _as_number(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    if name not in frame.columns:
        return np.zeros(len(frame))
    places, words = pd.factorize(frame[name])
    numbers = pd.to_numeric(pd.Series(words), errors="coerce").fillna(np.inf).to_numpy("float64")
    # A missing number has the place -1, which is the last.
    return np.append(numbers, np.inf)[places]


def _rows(
    table: str, frame: pd.DataFrame, order: NDArray[np.int64], crash: NDArray[np.int64]
) -> Rows:
    kinds = dict(schema.field_columns(table))
    _refuse_unknown(table, frame, kinds)
    names = tuple(name for name in kinds if name in frame.columns and frame[name].notna().any())
    given = tuple(frame[name] for name in names)
    return Rows(names, given, tuple(kinds[name].__name__ for name in names), order, crash)


def _refuse_unknown(table: str, frame: pd.DataFrame, kinds: dict[str, Any]) -> None:
    personal = {field.name for field in fields.table(table) if field.personal}
    unknown = set(frame.columns) - set(kinds) - personal - {"crash_key"}
    if unknown:
        raise StoreError(
            "The store has no column for {names} of the table {table}.",
            names=sorted(unknown),
            table=table,
        )


def _values(column: pd.Series[Any], kind: str) -> list[Any]:
    if kind == "Integer":
        return _integers(column)
    if kind == "Double":
        numbers = pd.to_numeric(column).to_numpy("float64", na_value=np.nan)
        return _with_gaps(numbers, np.isnan(numbers))
    # Few different words stand many times: each is made once. Missing ones have the place -1.
    places, words = pd.factorize(column)
    each = np.empty(len(words) + 1, dtype=object)
    each[:-1] = np.asarray(words, dtype=object)
    found: list[Any] = each[places].tolist()
    return found


def _integers(column: pd.Series[Any]) -> list[Any]:
    missing = column.isna().to_numpy()
    numbers = pd.to_numeric(column).astype("Int64").fillna(0).to_numpy("int64")
    return _with_gaps(numbers, missing)


def _with_gaps(numbers: NDArray[Any], missing: NDArray[np.bool_]) -> list[Any]:
    if not missing.any():
        found: list[Any] = numbers.tolist()
        return found
    objects = numbers.astype(object)
    objects[missing] = None
    return list(objects.tolist())


def within_crash(crash: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the members of each crash from 1; `crash` must be sorted."""
    first = np.searchsorted(crash, crash, side="left")
    return np.arange(1, len(crash) + 1, dtype=np.int64) - first


# --------------------------------------------------------------- loading


def bare(table: str, names: Sequence[str], columns: Sequence[list[Any]]) -> pd.DataFrame:
    """Return columns as an import writes them: numbers with NaN, everything else objects."""
    kinds = dict(schema.field_columns(table))
    found: dict[str, Any] = {}
    for name, cells in zip(names, columns, strict=True):
        number = kinds.get(name) in (Integer, Double)
        found[name] = np.array(cells, dtype="float64") if number else pd.Series(cells, dtype=object)
    return pd.DataFrame(found, copy=False)
