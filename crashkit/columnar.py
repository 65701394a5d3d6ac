"""Tables column by column: what is asked of a million crashes is worked out when it is asked for.

A column is a list of distinct values and, for each row, the place of its value there. A filter
looks at the values, of which there are few, and not at the rows, of which there are many. A table
cut from another cuts each column when somebody first looks at it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Rows = NDArray[np.integer[Any]]
"""Numbers of rows, in order."""


@dataclass(frozen=True, eq=False)
class Levels:
    """A column as numbers: `codes` is the place of each row's value in `values`, -1 for none.

    `values` are as a filter writes them: codes, texts, whole numbers and days as text.
    """

    codes: NDArray[np.signedinteger[Any]]
    values: tuple[str, ...]

    def look_up(self, wanted: Sequence[bool], *, missing: bool) -> NDArray[np.bool_]:
        """Turn a flag for each distinct value into a flag for each row."""
        flags: NDArray[np.bool_] = np.array([*wanted, missing], dtype=bool)
        found: NDArray[np.bool_] = flags[self.codes]
        return found

    def renamed(self, values: Sequence[str | None]) -> Levels:
        """Return the column with another value for each of its values; None is no value."""
        distinct = tuple(dict.fromkeys(value for value in values if value is not None))
        place: dict[str | None, int] = {value: i for i, value in enumerate(distinct)}
        codes = np.array([*(place.get(value, -1) for value in values), -1])
        return Levels(smallest(codes, len(distinct))[self.codes], distinct)

    def numbers(self, values: Sequence[float]) -> NDArray[np.float64]:
        """Return for each row the number of its value, NaN where there is none."""
        table: NDArray[np.float64] = np.array([*values, np.nan], dtype=np.float64)
        found: NDArray[np.float64] = table[self.codes]
        return found

    def counts(self) -> list[int]:
        """Count the rows without a value, and then those of each value."""
        return list(self._counts)

    @cached_property
    def _counts(self) -> list[int]:
        found: list[int] = np.bincount(
            self.codes.astype(np.intp) + 1, minlength=len(self.values) + 1
        ).tolist()
        return found

    def sums(self, numbers: NDArray[Any]) -> NDArray[np.float64]:
        """Add up a number of each row: of those without a value, and then of each value."""
        found = np.bincount(
            self.codes.astype(np.intp) + 1, weights=numbers, minlength=len(self.values) + 1
        )
        return found.astype(np.float64, copy=False)

    def take(self, rows: Rows) -> Levels:
        """Return the column of some rows; the values stay, even those no row has any more."""
        return Levels(self.codes.take(rows), self.values)


def smallest(codes: NDArray[Any], values: int) -> NDArray[np.signedinteger[Any]]:
    """Return codes in the smallest kind of number that `values` distinct values need."""
    kind = next(one for one in (np.int8, np.int16, np.int32) if values <= np.iinfo(one).max)
    return codes.astype(kind, copy=False)


class Table(ABC):
    """Crashes, vehicles or people; `names` are the columns it has, in order."""

    names: tuple[str, ...]

    @abstractmethod
    def __len__(self) -> int: ...

    def __contains__(self, name: str) -> bool:
        return name in self.names

    @abstractmethod
    def column(self, name: str, rows: Rows | None = None) -> pd.Series[Any]:
        """Return a column as the frame has it, or some rows of it. Raises KeyError."""

    @abstractmethod
    def levels(self, name: str) -> Levels:
        """Return a column as numbers. Raises KeyError."""

    @abstractmethod
    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where nothing is known. Raises KeyError."""

    @abstractmethod
    def is_float(self, name: str) -> bool:
        """Say whether a column holds decimals, of which there are too many to list."""

    def is_told(self, name: str) -> bool:
        """Say whether a column has at least one value."""
        if self.is_float(name):
            return bool(np.isfinite(self.numbers(name)).any())
        codes = self.levels(name).codes
        return bool(codes.size) and int(codes.max()) >= 0

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All columns, as the frames of CrashData are described."""
        return pd.DataFrame({name: self.column(name) for name in self.names}, copy=False)

    def frame_of(self, rows: Rows) -> pd.DataFrame:
        """Return some rows as a frame, in the order they are named."""
        return pd.DataFrame({name: self.column(name, rows) for name in self.names}, copy=False)


class Framed(Table):
    """A table that was given as a frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.names = tuple(str(name) for name in frame.columns)
        self._levels: dict[str, Levels] = {}
        self._numbers: dict[str, NDArray[np.float64]] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str, rows: Rows | None = None) -> pd.Series[Any]:
        """Return a column of the frame."""
        found: pd.Series[Any] = self.frame[name]
        return found if rows is None else found.iloc[rows].reset_index(drop=True)

    def is_float(self, name: str) -> bool:
        """Say whether a column holds decimals."""
        return self.frame[name].dtype.kind == "f"

    def levels(self, name: str) -> Levels:
        """Return a column as numbers, worked out once."""
        if name not in self._levels:
            self._levels[name] = levels_of(self.frame[name])
        return self._levels[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, made once."""
        if name not in self._numbers:
            self._numbers[name] = self.frame[name].to_numpy(dtype="float64", na_value=np.nan)
        return self._numbers[name]


class Taken(Table):
    """Some rows of another table. `rows` are found when they are first needed."""

    def __init__(self, of: Table, rows: Callable[[], Rows]) -> None:
        self.of = of
        self.names = of.names
        self._find = rows
        self._levels: dict[str, Levels] = {}
        self._numbers: dict[str, NDArray[np.float64]] = {}

    @cached_property
    def rows(self) -> Rows:
        """The rows of the other table that this one has."""
        return self._find()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str, rows: Rows | None = None) -> pd.Series[Any]:
        """Return a column, cut."""
        return self.of.column(name, self.rows if rows is None else self.rows[rows])

    def is_float(self, name: str) -> bool:
        """Say whether a column holds decimals."""
        return self.of.is_float(name)

    def levels(self, name: str) -> Levels:
        """Return a column as numbers, cut once."""
        if name not in self._levels:
            self._levels[name] = self.of.levels(name).take(self.rows)
        return self._levels[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, cut once."""
        if name not in self._numbers:
            self._numbers[name] = self.of.numbers(name).take(self.rows)
        return self._numbers[name]


def levels_of(column: pd.Series[Any]) -> Levels:
    """Return a column as numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        values = tuple(str(value) for value in column.cat.categories)
        return Levels(smallest(column.cat.codes.to_numpy(), len(values)), values)
    codes, distinct = pd.factorize(column)
    return Levels(smallest(codes, len(distinct)), tuple(written(value) for value in distinct))


def written(value: Any) -> str:
    """Write a distinct value as filters and tables write it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)
