"""Rows of checked sheets under each other, and what becomes of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crashkit.intake import coded
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.checked import Checked
from crashkit.intake.coded import Laid, Values
from crashkit.intake.parsing import Fault
from crashkit.model import EARLIER, Duplicate

Table = dict[str, Laid]

ACCEPTED, REJECTED, DUPLICATE = 0, 1, 2


@dataclass(eq=False)
class Part:
    """A checked sheet with what becomes of each row.

    `unit` is the number of the row's crash, `key` the words by which the source names it, `plain`
    whether the file writes them just so, without blanks and signs that nobody sees.
    """

    checked: Checked
    unit: Ints
    key: Values
    status: NDArray[np.int8]
    plain: Flags
    of: dict[int, str] = field(default_factory=dict)

    @property
    def level(self) -> str:
        """What a row is."""
        return self.checked.sheet.layout.level

    def line(self, row: int) -> str:
        """Name a row so that people find it."""
        return f"{self.checked.sheet.place}:{int(self.checked.sheet.lines[row])}"

    def reject(self, rows: Ints, fault: Fault) -> None:
        """Reject rows of which only the crash number is to be said."""
        for row in rows.tolist():
            self.checked.reject([row], "crash_id", fault, str(self.key[row] or ""))
        self.status[rows] = REJECTED

    def repeat(self, row: int, of: str) -> None:
        """Count a row as a duplicate of another."""
        self.status[row], self.of[row] = DUPLICATE, of

    def duplicates(self) -> list[Duplicate]:
        """Return the rows that say again what others said."""
        sheet = self.checked.sheet
        return [Duplicate(sheet.place, int(sheet.lines[row]), of) for row, of in self.of.items()]


@dataclass(eq=False)
class Rows:
    """Rows of several sheets of one level under each other."""

    parts: Sequence[Part]
    table: Table
    part: Ints
    row: Ints
    unit: Ints

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def good(self) -> Flags:
        """The rows that are accepted so far."""
        if not len(self):
            return np.zeros(0, dtype=bool)
        return np.concatenate([part.status == ACCEPTED for part in self.parts])

    @property
    def readable(self) -> Flags:
        """The rows that are not rejected so far: accepted ones and their duplicates."""
        if not len(self):
            return np.zeros(0, dtype=bool)
        return np.concatenate([part.status != REJECTED for part in self.parts])

    @property
    def plain(self) -> Flags:
        """The rows whose crash number is written without anything that nobody sees."""
        return np.concatenate([part.plain for part in self.parts])

    def reject(self, rows: Ints, fault: Fault) -> None:
        """Reject rows."""
        for number, part in enumerate(self.parts):
            part.reject(self.row[rows[self.part[rows] == number]], fault)

    def repeat(self, rows: Ints, of: Ints | None) -> None:
        """Count rows as duplicates of others of these rows, or of an earlier import."""
        for place, row in enumerate(rows.tolist()):
            told = EARLIER if of is None else self.line(int(of[place]))
            self.parts[self.part[row]].repeat(int(self.row[row]), told)

    def line(self, row: int) -> str:
        """Name a row so that people find it."""
        return self.parts[int(self.part[row])].line(int(self.row[row]))

    def key(self, row: int) -> str:
        """Return the words by which the source names the crash of a row."""
        return str(self.parts[int(self.part[row])].key[self.row[row]])

    def warn(self, row: int, name: str, fault: Fault, value: str) -> None:
        """Say something about a row that is kept."""
        self.parts[self.part[row]].checked.warn([int(self.row[row])], name, fault, value)


def stacked(parts: list[Part], table: str) -> Rows:
    """Lay the rows of sheets under each other; a field that a sheet lacks is empty there."""
    names = list(
        dict.fromkeys(name for part in parts for name in part.checked.tables.get(table, {}))
    )
    counts = [len(part.status) for part in parts]
    stacked = {name: _column(parts, table, name) for name in names}
    return Rows(
        parts=parts,
        table=stacked,
        part=np.repeat(np.arange(len(parts)), counts),
        row=joined([np.arange(count) for count in counts]),
        unit=joined([part.unit for part in parts]),
    )


def joined(arrays: Sequence[Ints]) -> Ints:
    """Lay arrays behind each other; none make an empty one."""
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)


def _column(parts: Sequence[Part], table: str, name: str) -> Laid:
    kinds = [part.checked.tables.get(table, {}).get(name) for part in parts]
    numeric = any(one is not None and one.dtype.kind == "f" for one in kinds)
    return coded.joined(
        [
            none(len(part.status), numeric) if one is None else one
            for part, one in zip(parts, kinds, strict=True)
        ]
    )


def none(count: int, numeric: bool) -> Laid:
    """Return a column without any value that nobody writes to."""
    return np.full(count, np.nan) if numeric else coded.nothing(count)


def empty(count: int, numeric: bool) -> Values:
    """Return a column without any value, to be written to."""
    return np.full(count, np.nan) if numeric else np.empty(count, dtype=object)


def taken(table: Table, rows: Ints) -> Table:
    """Keep some rows, in this order; nothing is copied when all are kept as they are."""
    count = len(next(iter(table.values()), ()))
    if len(rows) == count and (rows == np.arange(count)).all():
        return dict(table)
    return {name: values[rows] for name, values in table.items()}
