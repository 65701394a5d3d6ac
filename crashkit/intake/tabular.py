"""Files to tables without a profile: the row of column names is told by what stands below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mode

from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import (
    archives,
    cells,
    encodings,
    features,
    headers,
    kinds,
    parsing,
    synonyms,
    texts,
    workbooks,
)
from crashkit.intake.cells import Column
from crashkit.intake.reading import MOST_COLUMNS
from crashkit.intake.texts import Block
from crashkit.model import Upload

MOST_ROWS = 1_000_000
"""Rows of a file that are looked at; more would tell no more of its columns."""
TEXTS = 0.6
"""A row of column names holds texts in at least this share of its filled cells."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one file (or sheet), by name in order, and how many rows they have."""

    file: str
    line: int
    columns: Mapping[str, Column]
    rows: int


@dataclass(frozen=True)
class _Head:
    """A row that may hold the column names, and how well it would do."""

    line: int = 0
    names: tuple[str, ...] = ()
    known: int = 0
    wide: int = 0

    @property
    def score(self) -> tuple[int, int, int]:
        return min(self.known, 2), self.wide, -self.line


def tables(uploads: Sequence[Upload], options: Mapping[str, str]) -> list[Table]:
    """Return the tables of all files. Raises IntakeError, NeedsChoice (encoding, header-row)."""
    files, _ = archives.opened(uploads)
    return [table for upload in files for table in _tables(upload, options)]


def _tables(upload: Upload, options: Mapping[str, str]) -> list[Table]:
    kind = kinds.kind(upload.name, upload.content)
    if kind == kinds.WORKBOOK:
        return _of_workbook(upload, options)
    encoding = encodings.find(upload.name, upload.content, answer=options.get("encoding", ""))
    if kind == kinds.JSON:
        return [_of_features(upload, encoding)]

    def blocks(sign: str, size: int = texts.BLOCK) -> Iterable[Block]:
        return texts.blocks(
            upload.name, upload.content, encoding=encoding, delimiter=sign, size=size
        )

    heads = {
        sign: _head(next(iter(blocks(sign, headers.LINES)), Block()), options)
        for sign in texts.DELIMITERS
    }
    sign = max(heads, key=lambda one: heads[one].score)
    return [_table(upload.name, _sure(heads[sign], upload.name), blocks(sign))]


def _of_features(upload: Upload, encoding: str) -> Table:
    """Return the properties of features as columns, and their points as two more."""
    found = features.collection(upload.name, upload.content, encoding)
    point = features.point_names(found.names[""])
    names = (*found.names[""], *point)
    return _table(upload.name, _Head(0, names), found.blocks("", names, point))


def _of_workbook(upload: Upload, options: Mapping[str, str]) -> list[Table]:
    book = workbooks.Workbook(upload.name, upload.content)
    wanted = [name for name in book.sheets if options.get("sheet", name) in (name, "")]
    heads = {
        name: _head(next(iter(book.blocks(name, size=headers.LINES)), Block()), options)
        for name in wanted
    }
    found = {name: head for name, head in heads.items() if head.names}
    if not found:
        raise _no_names(upload.name)
    # Of several sheets that hold tables the one is taken that knows most names, others are notes.
    best = max(found, key=lambda name: found[name].score)
    chosen = [name for name, head in found.items() if name == best or head.known > 1]
    return [_table(upload.name, found[name], book.blocks(name)) for name in chosen]


def _sure(head: _Head, name: str) -> _Head:
    if not head.names:
        raise _no_names(name)
    return head


def _no_names(name: str) -> NeedsChoice:
    return NeedsChoice(
        "The column names of {file} were not found. Say which line holds them (--header-row).",
        option="header-row",
        file=name,
    )


def _head(block: Block, options: Mapping[str, str]) -> _Head:
    """Find the row of column names among the first rows."""
    answer = options.get("header_row", "")
    rows = list(zip(block.lines, block.rows, strict=True))
    if not rows:
        return _Head()
    widths = [_filled(row) for _, row in rows]
    usual = mode(width for width in widths if width > 1) if max(widths) > 1 else 1
    heads = [
        _scored(line, row)
        for line, row in rows
        if (str(line) == answer if answer else _may_be(row, usual))
    ]
    return max(heads, key=lambda head: head.score, default=_Head())


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _may_be(row: Sequence[str], usual: int) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    if len(filled) < 2 or len(filled) < 0.6 * usual:
        return False
    return sum(_is_name(cell) for cell in filled) >= TEXTS * len(filled)


def _is_name(cell: str) -> bool:
    number = any(isinstance(parsing.number(cell, mark), float) for mark in ".,")
    return not number and parsing.triple(cell) is None and len(cell) <= headers.LONGEST


def _scored(line: int, row: Sequence[str]) -> _Head:
    names = headers.unique([" ".join(cell.replace("\ufeff", "").split()) for cell in row])
    while names and names[-1].startswith("?") and not row[len(names) - 1].strip():
        names.pop()
    known = sum(any(match.whole for match in synonyms.matches(name)) for name in names)
    return _Head(line, tuple(names), known, _filled(row))


def _table(name: str, head: _Head, blocks: Iterable[Block]) -> Table:
    width = len(head.names)
    if width > MOST_COLUMNS:
        raise IntakeError(
            "{file} has {found} columns; {most} at most can be read.",
            file=name,
            found=width,
            most=MOST_COLUMNS,
        )
    builder = cells.Builder(width)
    for block in blocks:
        lines, rows = [], []
        for line, row in zip(block.lines, block.rows, strict=True):
            if line > head.line:
                lines.append(line)
                rows.append((row + [""] * width)[:width])
        builder.add(rows, lines)
        if len(builder.lines) > MOST_ROWS:
            break
    if not builder.lines:
        raise IntakeError("{file} has column names but no rows.", file=name)
    columns = dict(zip(head.names, builder.columns(), strict=True))
    return Table(name, head.line, columns, len(builder.lines))
