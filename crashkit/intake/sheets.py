"""The rows of a file under their column names, every cell still as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from crashkit.errors import Message
from crashkit.intake import personal
from crashkit.intake.cells import Column, Ints
from crashkit.intake.distinct import FOREIGN
from crashkit.intake.mapping import LOST, fold
from crashkit.intake.parsing import Fault
from crashkit.model import ORIGIN, OURS, Inference
from crashkit.profiles import Layout

LINE = f"{OURS}text"
"""The column of a line without cells, or with the wrong number: who mends it empties it."""

SPOILT = {
    "unclosed_quote": Message("A quotation mark opened in line {line} is never closed."),
    "bad_quoting": Message("Text stands behind a closing quotation mark in line {line}."),
    "too_long": Message("A cell of this row is longer than {most} letters."),
    "too_many_fields": Message("This row has {found} cells, the header has {wanted}."),
    "too_few_fields": Message("This row has only {found} cells, the header has {wanted}."),
    "unmended": Message(
        "This row was rejected as a line that has the wrong cells. Put its cells right, and empty "
        "the column {column}."
    ),
    "bad_feature": Message(
        "This is no feature with properties, as GeoJSON has them: nothing can be read from it."
    ),
    "duplicate_key": Message(
        "A property stands twice in this feature, and nobody can tell which of the two is meant."
    ),
    "repeated_header": Message("This row says the names of the columns again."),
    "other_header": Message(
        "A row above, or this one, says the names of the columns again in another order: what "
        "stands below cannot be read under the first ones. Make two files of this one."
    ),
    "totals_row": Message("This row is a sum of others, not a record: sums are never counted."),
    "section_row": Message(
        "This row holds words in one cell only: it is a heading or a note, not a record."
    ),
}


@dataclass(frozen=True)
class Spoilt:
    """A row that cannot be read as a row: its line, what is wrong, and the cells it has."""

    line: int
    fault: Fault
    cells: Mapping[str, str]


NOTED = {
    "nameless_column": Message(
        "Columns at the right have values and no name: they were not kept. Name them if they "
        "matter."
    ),
    "hidden_rows": Message(
        "Rows that are hidden in the workbook, by a filter perhaps: {n}. They were read like all "
        "others."
    ),
    "hidden_sheets": Message("These sheets are hidden and were not read: {names}."),
    "no_point": Message(
        "The geometry of this feature is no point with two numbers ({value}): the crash is kept "
        "without a place."
    ),
    "other_crs": Message(
        "The file says that its coordinates are {crs}, not degrees of WGS 84. They are read as "
        "they stand: look at the map before you go on."
    ),
    "blank_before_quote": Message(
        "Blanks stand before a quotation mark in this row. They were passed over, and the mark was "
        "read as the beginning of a cell."
    ),
}


@dataclass(frozen=True)
class Note:
    """Something to be said of a row that can be read, or of the whole sheet (no line)."""

    line: int | None
    fault: Fault
    value: str = ""


@dataclass(frozen=True, eq=False)
class Sheet:
    """The rows of one kind in one file. `part` is the sheet or list of it that they stand in, where
    there are several.

    `columns` bear the names of the file, `header` in order.

    `taken` has the columns that the profile speaks of, under the profile's names. `typed`: cells
    were numbers and dates of a workbook, not text. `mended`: the rows come from a file of rejects.
    `notes` are said of rows that can be read.
    """

    file: str
    layout: Layout
    header: tuple[str, ...]
    columns: Mapping[str, Column]
    taken: Mapping[str, Column]
    lines: Ints
    spoilt: tuple[Spoilt, ...]
    encoding: str
    delimiter: str
    typed: bool = False
    mended: bool = False
    inferences: tuple[Inference, ...] = ()
    notes: tuple[Note, ...] = ()
    part: str = ""

    @property
    def place(self) -> str:
        """Where its rows are counted: the file, or the part of it."""
        return f"{self.file}/{self.part}" if self.part else self.file

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def rows(self) -> int:
        """Every row of the file, readable or not; blank lines are none."""
        return len(self.lines) + len(self.spoilt)

    def cells(self, row: int) -> dict[str, str]:
        """Return the original cells of a row, and where it first stood if it was rejected before.

        Personal columns and others of our own are left out.
        """
        found = {name: self._cell(name, row) for name in self.kept}
        return found | {ours: self._cell(name, row) for ours, name in self._origin.items()}

    def _cell(self, name: str, row: int) -> str:
        column = self.columns[name]
        return column.words[int(column.codes[row])]

    @cached_property
    def _origin(self) -> dict[str, str]:
        """Our columns that say where rejected rows first stood, by the names that we gave them."""
        names = {fold(name): name for name in reversed(self.header)}
        return {name: names[name] for name in ORIGIN if name in names} if self.mended else {}

    @cached_property
    def kept(self) -> list[str]:
        """The columns whose original cells are kept with a rejected row."""
        hidden = personal_columns(self.layout, self.header)
        return [
            name for name in self.header if fold(name) not in hidden and not name.startswith(OURS)
        ]

    @cached_property
    def has_lost_letters(self) -> bool:
        """Whether any of its cells may hold a letter that was lost, see `mapping.has_lost`."""
        if not any(one.words.having(FOREIGN).any() for one in self.columns.values()):
            return False
        sources = {id(one.words.data.base): one.words.data.base for one in self.columns.values()}
        return any(LOST.encode() in source for source in sources.values() if source)

    @property
    def unknown(self) -> list[str]:
        """Columns with a name and a value that the profile does not speak of."""
        known = {fold(name) for name in self.layout.known}
        own = (name for name in self.header if not name.startswith(OURS))
        return [name for name in own if fold(name) not in known]

    @property
    def absent(self) -> list[str]:
        """Columns that the profile takes something from and the file does not have."""
        return [name for name in self.layout.columns if name not in self.taken]


def personal_columns(layout: Layout, header: Sequence[str]) -> set[str]:
    """Return the columns of a file that must never be kept, their names folded.

    They are those that the profile calls so, and of those it does not know such as are named like
    personal data: a column that the police added since is no reason to keep who drove.
    """
    known = {fold(name) for name in layout.known}
    added = {name for name in map(fold, header) if name not in known and personal.by_name(name)}
    return added | {fold(name) for name in layout.personal}


def noted(line: int | None, code: str, value: str = "", **values: object) -> Note:
    """Return something to be said of a row."""
    return Note(line, Fault(code, replace(NOTED[code], values=values)), value)


def unreadable(code: str, **values: object) -> Fault:
    """Return why a row cannot be read as a row."""
    return Fault(code, replace(SPOILT[code], values=values))
