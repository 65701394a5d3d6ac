"""Tables of a store, column by column: numbers, and the distinct values that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields
from crashkit.columnar import Levels, Rows, Table, levels_of, smallest
from crashkit.store.rows import YES_NO

LINKS = ("id", "crash")
"""Columns of numbers that stand for a crash; they are as many as the rows."""


def kind_of(table: str, column: str) -> str:
    """Return how a column is kept: the type of its field, or "link"."""
    return "link" if column in LINKS else fields.get(table, column).type


class Encoded(Table):
    """A table whose columns are numbers; `levels` gives the values of one, where it has some."""

    def __init__(
        self,
        rows: int,
        kinds: Mapping[str, str],
        arrays: Mapping[str, NDArray[Any]],
        levels: Callable[[str], Levels],
    ) -> None:
        self.names = tuple(kinds)
        self._rows = rows
        self._kinds = kinds
        self._arrays = arrays
        self._levels = lru_cache(maxsize=None)(levels)
        self._numbers = lru_cache(maxsize=None)(self._find_numbers)
        self._values = lru_cache(maxsize=None)(self._find_values)

    def __len__(self) -> int:
        return self._rows

    def is_float(self, name: str) -> bool:
        """Say whether a column holds decimals."""
        return self._kinds[name] == "float"

    def column(self, name: str, rows: Rows | None = None) -> pd.Series[Any]:
        """Return a column as the frame has it."""
        array = self._arrays[name] if rows is None else self._arrays[name][rows]
        kind = self._kinds[name]
        values = _CELLS[kind](array, self._values(name)) if kind in _CELLS else array
        # Without its kind, pandas would look at each text and make another column of them.
        return pd.Series(values, dtype=values.dtype, copy=False)

    def levels(self, name: str) -> Levels:
        """Return a column as numbers."""
        if self._kinds[name] in _CELLS:
            found: Levels = self._levels(name)
            return found
        return levels_of(self.column(name))

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where nothing is known."""
        found: NDArray[np.float64] = self._numbers(name)
        return found

    def _find_numbers(self, name: str) -> NDArray[np.float64]:
        if self._kinds[name] not in _CELLS:
            return self._arrays[name].astype(np.float64, copy=False)
        levels = self.levels(name)
        return levels.numbers([float(value) for value in levels.values])

    def _find_values(self, name: str) -> Any:
        return _VALUES[self._kinds[name]](self.levels(name).values)


# ----------------------------------------------------------------- making


def fetched(
    table: str,
    names: Sequence[str],
    parts: Iterable[Sequence[Sequence[Any]]],
    *,
    link: str,
    base: int,
) -> Encoded:
    """Return a table of cells that are fetched a few rows at a time, column by column.

    The first column is the number of the crash plus `base`; the others have the `names`.
    """
    kinds = {link: "link", **{name: kind_of(table, name) for name in names}}
    makers = [_maker(table, name, kind) for name, kind in kinds.items()]
    for part in parts:
        for maker, cells in zip(makers, part, strict=True):
            maker.add(cells)
    made = dict(zip(kinds, (maker.levels() for maker in makers), strict=True))
    arrays = {name: levels.codes for name, levels in made.items()}
    arrays[link] = arrays[link] - base
    return Encoded(len(arrays[link]), kinds, arrays, made.__getitem__)


class _Numbers:
    """Makes a column of numbers."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.parts: list[NDArray[Any]] = [np.empty(0, dtype=kind)]

    def add(self, cells: Sequence[Any]) -> None:
        """Put cells at the end; a missing decimal is NaN."""
        self.parts.append(np.array(cells, dtype=self.kind))

    def levels(self) -> Levels:
        """Return the numbers, which stand for themselves."""
        return Levels(np.concatenate(self.parts), ())


class _Words:
    """Makes a column of distinct values; `known` are those that come first, or the only ones."""

    def __init__(self, known: Sequence[str] = (), *, only: bool = False) -> None:
        self.place: dict[Any, int] = {None: -1, **{word: i for i, word in enumerate(known)}}
        self.only = only
        self.parts: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]

    def add(self, cells: Sequence[Any]) -> None:
        """Put cells at the end."""
        self.parts.append(np.fromiter(self._places(cells), dtype=np.int32, count=len(cells)))

    def _places(self, cells: Sequence[Any]) -> Iterable[int]:
        place = self.place
        if self.only:
            return map(place.get, cells, repeat(-1))
        try:
            return [place[cell] for cell in cells]
        except KeyError:
            # A new value gets the next place; None has one too, which is not counted.
            return [place.setdefault(cell, len(place) - 1) for cell in cells]

    def levels(self) -> Levels:
        """Return the column."""
        values = tuple(str(word) for word in self.place if word is not None)
        return Levels(smallest(np.concatenate(self.parts), len(values)), values)


def _maker(table: str, name: str, kind: str) -> _Numbers | _Words:
    if kind == "link":
        return _Numbers(np.int64)
    if kind == "float":
        return _Numbers(np.float64)
    if kind == "code":
        return _Words(fields.code_names(fields.get(table, name).codes), only=True)
    return _Words(YES_NO, only=True) if kind == "yes_no" else _Words()


# ----------------------------------------------------------------- columns
#
# A column of a frame is made from codes and typed values; the code -1 stands for the last value.


def _categories(values: tuple[str, ...]) -> Any:
    return pd.Index(list(values), dtype="str")


def _whole_numbers(values: tuple[str, ...]) -> Any:
    return np.array([*(int(value) for value in values), 0], dtype=np.int32)


def _days(values: tuple[str, ...]) -> Any:
    return np.array([*values, "NaT"], dtype="datetime64[s]")


def _texts(values: tuple[str, ...]) -> Any:
    return np.array([*values, None], dtype=object)


_VALUES: Mapping[str, Callable[[tuple[str, ...]], Any]] = {
    "code": _categories,
    "yes_no": _categories,
    "int": _whole_numbers,
    "date": _days,
    "codes": _texts,
    "text": _texts,
    "time": _texts,
}
"""How the values of a column are made from what is written, by type of field."""


def _coded(codes: NDArray[Any], categories: Any) -> Any:
    return pd.Categorical.from_codes(codes, categories=categories, validate=False)


def _integers(codes: NDArray[Any], values: Any) -> Any:
    return pd.arrays.IntegerArray(values[codes], codes < 0)


def _looked_up(codes: NDArray[Any], values: Any) -> Any:
    return values[codes]


_CELLS: Mapping[str, Callable[[NDArray[Any], Any], Any]] = {
    "code": _coded,
    "yes_no": _coded,
    "int": _integers,
    "date": _looked_up,
    "codes": _looked_up,
    "text": _looked_up,
    "time": _looked_up,
}
"""How the cells of a column are made from codes and values; other kinds stand as they are."""
