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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import platformdirs
from numpy.typing import NDArray
from sqlalchemy import Engine

from crashkit import fields
from crashkit.columnar import Levels, Table
from crashkit.model import CrashData, DatasetInfo
from crashkit.store import encoded
from crashkit.store import engine as connections
from crashkit.store.encoded import Encoded

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


def open_copy(engine: Engine, info: DatasetInfo) -> CrashData | None:
    """Return a data set from its copy; None where there is none, or none that can be read."""
    file = _file(engine, info)
    try:
        arrays = Arrays.open(file)
        crashes, vehicles, people = (arrays.table(name) for name in fields.TABLES)
        found = {name: arrays.found(name) for name in arrays.about["found"]}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("a copy cannot be read and is made anew: %s", type(error).__name__)
        file.unlink(missing_ok=True)
        return None
    return CrashData(crashes, vehicles, people, info.period, info, found=found)


@dataclass(frozen=True)
class Earlier:
    """The tables of a copy of an earlier version, and what the store was told until then."""

    version: int
    history: str
    tables: Mapping[str, Encoded]


def earlier(engine: Engine, info: DatasetInfo) -> Iterator[Earlier]:
    """Yield the copies of earlier versions that are written as today's are, the newest first."""
    found = _home(engine).glob(f"{info.id}-*-*{ENDING}")
    versions = sorted(((int(file.name.split("-")[1]), file) for file in found), reverse=True)
    for version, file in versions:
        # One that is damaged, or was just removed, is none to build upon.
        with suppress(OSError, ValueError, KeyError, TypeError):
            arrays = Arrays.open(file)
            if version < info.version and arrays.about["written"] == _written():
                tables = {name: arrays.table(name) for name in fields.TABLES}
                yield Earlier(version, arrays.about["history"], tables)


def _written() -> list[Any]:
    return [FORMAT, _dictionary()]


def write_copy(engine: Engine, data: CrashData, history: str = "") -> bool:
    """Write the copy of a data set as it is now; say whether there is one.

    `history` stands for all that the store was told of it; without it no later copy is made of it.
    Where the folder cannot be written there is none, and the data are read from the database.
    """
    if data.dataset is None:
        raise ValueError("only a data set of a store has a copy")
    file = _file(engine, data.dataset)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix="part-", delete=False) as part:
            _write(part, data, history)
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
    found = sorted(home.glob(f"{dataset_id}-*-*{ENDING}"), key=_age)
    left = [one for one in home.glob("part-*") if time.time() - one.stat().st_mtime > LEFT_S]
    for file in [*found[: len(found) - keep], *left]:
        # What somebody has open cannot be removed on every system; the next writer does it.
        with suppress(OSError):
            file.unlink()


def _age(file: Path) -> tuple[float, int]:
    """Order copies by when they were written: a store that was put back has lower versions."""
    version = int(file.name.split("-")[1])
    try:
        return file.stat().st_mtime, version
    except FileNotFoundError:  # somebody else removed it meanwhile
        return 0.0, version


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
    said = [*_written(), info.name, info.changed, info.crashes, info.document()]
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


def _write(file: IO[bytes], data: CrashData, history: str) -> None:
    writer = _Writer(file)
    about: dict[str, Any] = {"tables": {}, "history": history, "written": _written()}
    for name in fields.TABLES:
        table = data.table(name)
        kinds = {column: encoded.kind_of(name, column) for column in table.names}
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

    def table(self, name: str) -> Encoded:
        """Return a table."""
        about = self.about["tables"][name]
        columns = {column: self.array(f"{name}.{column}") for column in about["kinds"]}
        if any(len(column) != about["rows"] for column in columns.values()):
            raise ValueError("a column has another length than its table")
        return Encoded(
            about["rows"], about["kinds"], columns, lambda column: self.levels(f"{name}.{column}")
        )
