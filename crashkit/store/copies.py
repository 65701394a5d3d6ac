"""Copies: each data set column by column beside the store, to be looked at without reading it.

The database keeps the truth, row by row; a copy is made of it, for one version of one data set, and
can be thrown away at any time. A copy is one file of arrays, which the system maps into memory: it
is read where it is looked at, and once for all processes. It is written under another name, forced
to the disk and then renamed, so there is never half of one. See docs/decisions/columns.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import pandas as pd
import platformdirs
from numpy.typing import NDArray
from sqlalchemy import Engine

from crashkit import fields
from crashkit.columnar import Levels, Rows, Table, levels_of
from crashkit.model import CrashData, DatasetInfo
from crashkit.store import engine as connections

log = logging.getLogger(__name__)

FORMAT = 1
"""Raised whenever a copy of the same data is written in another way."""

KEPT = 2
"""So many versions of a data set stay: somebody may still look at the one before."""

LEFT_S = 24 * 3600
"""A part of a copy that is so old was left by a process that died."""

ENDING = ".columns"
MARK = b"CKCOLS01"
"""The last bytes of a copy; before them stands how long the account of its arrays is."""

ALIGNED = 64
LINKS = ("id", "crash")
"""Columns of numbers that stand for a crash; they are as many as the rows."""


def open_copy(engine: Engine, info: DatasetInfo) -> CrashData | None:
    """Return a data set from its copy; None where there is none, or none that can be read."""
    file = _file(engine, info)
    try:
        arrays = Arrays.open(file)
        crashes, vehicles, people = (Copied(arrays, name) for name in fields.TABLES)
        found = {name: arrays.found(name) for name in arrays.about["found"]}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("a copy cannot be read and is made anew: %s", type(error).__name__)
        file.unlink(missing_ok=True)
        return None
    return CrashData(crashes, vehicles, people, info.period, info, found=found)


def write_copy(engine: Engine, data: CrashData) -> bool:
    """Write the copy of a data set as it is now; say whether there is one.

    Where the folder cannot be written there is none, and the data are read from the database.
    """
    if data.dataset is None:
        raise ValueError("only a data set of a store has a copy")
    file = _file(engine, data.dataset)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix="part-", delete=False) as part:
            _write(part, data)
        # Two processes may write the same: the last one's stands, and both are equal.
        Path(part.name).replace(file)
        _force(file.parent)
        remove(engine, data.dataset.id, keep=KEPT)
    except OSError as error:
        log.warning("the copy of a data set was not written: %s", type(error).__name__)
    return file.exists()


def remove(engine: Engine, dataset_id: int, *, keep: int = 0) -> None:
    """Remove the copies of a data set but for the newest `keep`, and what nobody finished."""
    home = _home(engine)
    found = sorted(home.glob(f"{dataset_id}-*-*{ENDING}"), key=_version_of)
    left = [one for one in home.glob("part-*") if time.time() - one.stat().st_mtime > LEFT_S]
    for file in [*found[: len(found) - keep], *left]:
        # What somebody has open cannot be removed on every system; the next writer does it.
        with suppress(OSError):
            file.unlink()


def _version_of(file: Path) -> int:
    return int(file.name.split("-")[1])


# ------------------------------------------------------------------ places


def _home(engine: Engine) -> Path:
    """Return where the copies of a store are: beside its file, or with what this computer keeps."""
    if engine.dialect.name == "sqlite":
        file = connections.file_of(engine.url)
        return file.with_name(f"{file.name}.copies")
    mark = hashlib.blake2b(connections.shown(engine.url).encode(), digest_size=8).hexdigest()
    return Path(platformdirs.user_cache_dir("crashkit")) / "copies" / mark


def _file(engine: Engine, info: DatasetInfo) -> Path:
    """Name a copy by all it depends on: a store that was put back must not find another's."""
    said = [FORMAT, _dictionary(), info.name, info.changed, info.crashes, info.document()]
    mark = hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()
    return _home(engine) / f"{info.id}-{info.version}-{mark}{ENDING}"


@cache
def _dictionary() -> str:
    """Return a digest of the data dictionary: codes are places in its lists."""
    texts = [resources.files("crashkit").joinpath(name) for name in ("fields.csv", "codes.csv")]
    return hashlib.blake2b(b"".join(one.read_bytes() for one in texts)).hexdigest()


# ----------------------------------------------------------------- writing


class _Writer:
    """Writes arrays one behind the other, and at the end where each of them stands."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.places: dict[str, tuple[str, list[int], int]] = {}

    def array(self, name: str, array: NDArray[Any]) -> None:
        """Write an array."""
        self.file.write(b"\0" * (-self.file.tell() % ALIGNED))
        self.places[name] = (array.dtype.str, list(array.shape), self.file.tell())
        self.file.write(np.ascontiguousarray(array).data)

    def levels(self, name: str, levels: Levels) -> None:
        """Write a column as numbers, and its values."""
        self.array(name, levels.codes)
        text = json.dumps(levels.values, ensure_ascii=False).encode()
        self.array(f"{name} values", np.frombuffer(text, dtype=np.uint8))

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the account of all arrays, and force everything to the disk."""
        text = json.dumps({**about, "places": self.places}).encode()
        self.file.write(text + len(text).to_bytes(8, "little") + MARK)
        self.file.flush()
        os.fsync(self.file.fileno())


def _write(file: IO[bytes], data: CrashData) -> None:
    writer = _Writer(file)
    about: dict[str, Any] = {"tables": {}}
    for name in fields.TABLES:
        table = data.table(name)
        kinds = {column: _kind(name, column) for column in table.names}
        about["tables"][name] = {"rows": len(table), "kinds": kinds}
        for column, kind in kinds.items():
            _write_column(writer, f"{name}.{column}", kind, table)
    for name, value in data.found.items():
        if isinstance(value, Levels):
            writer.levels(f"found.{name}", value)
        elif isinstance(value, np.ndarray):
            writer.array(f"found.{name}", value)
    lasting = [n for n, one in data.found.items() if isinstance(one, Levels | np.ndarray)]
    writer.finish({**about, "found": lasting})


def _kind(table: str, column: str) -> str:
    return "link" if column in LINKS else fields.get(table, column).type


def _write_column(writer: _Writer, name: str, kind: str, table: Table) -> None:
    column = name.partition(".")[2]
    if kind == "link":
        writer.array(name, table.column(column).to_numpy(dtype=np.int64))
    elif kind == "float":
        writer.array(name, table.numbers(column))
    else:
        writer.levels(name, table.levels(column))


def _force(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ----------------------------------------------------------------- reading


class Arrays:
    """The arrays of a copy by name; `about` is the account of them."""

    def __init__(self, content: NDArray[np.uint8], about: Mapping[str, Any]) -> None:
        self.content = content
        self.about = about

    @classmethod
    def open(cls, file: Path) -> Self:
        """Map a copy into memory. Raises OSError, ValueError."""
        content = np.asarray(np.memmap(file, dtype=np.uint8, mode="r"))
        if bytes(content[-len(MARK) :]) != MARK:
            raise ValueError("the file is no copy, or not whole")
        end = len(content) - len(MARK) - 8
        length = int.from_bytes(bytes(content[end : end + 8]), "little")
        return cls(content, json.loads(bytes(content[end - length : end])))

    def array(self, name: str) -> NDArray[Any]:
        """Return an array, which cannot be written."""
        kind, shape, start = self.about["places"][name]
        dtype = np.dtype(kind)
        size = math.prod(shape) * dtype.itemsize
        found: NDArray[Any] = self.content[start : start + size].view(dtype).reshape(shape)
        return found

    def levels(self, name: str) -> Levels:
        """Return a column as numbers."""
        values = json.loads(bytes(self.array(f"{name} values")))
        return Levels(self.array(name), tuple(values))

    def found(self, name: str) -> NDArray[Any] | Levels:
        """Return what was found of the data."""
        has_values = f"found.{name} values" in self.about["places"]
        return self.levels(f"found.{name}") if has_values else self.array(f"found.{name}")


class Copied(Table):
    """A table of a copy."""

    def __init__(self, arrays: Arrays, table: str) -> None:
        about = arrays.about["tables"][table]
        self._rows: int = about["rows"]
        self._kinds: Mapping[str, str] = about["kinds"]
        self.names = tuple(self._kinds)
        self._arrays = {name: arrays.array(f"{table}.{name}") for name in self.names}
        self._levels = lru_cache(maxsize=None)(lambda name: arrays.levels(f"{table}.{name}"))
        self._numbers = lru_cache(maxsize=None)(self._find_numbers)
        self._values = lru_cache(maxsize=None)(self._find_values)
        if any(len(array) != self._rows for array in self._arrays.values()):
            raise ValueError("a column has another length than its table")

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
