"""Files to tables without a profile: the row of column names is told by what stands below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import (
    archives,
    cells,
    delimiters,
    encodings,
    features,
    headers,
    kinds,
    synonyms,
    texts,
    workbooks,
)
from crashkit.intake.cells import Column
from crashkit.intake.reading import ALL_SHEETS, MOST_COLUMNS
from crashkit.intake.texts import Block
from crashkit.model import Upload
from crashkit.profiles import Profile

MOST_ROWS = 1_000_000
"""Rows of a file that are looked at; more would tell no more of its columns."""

NOBODY = headers.Wanted(Profile(id="", title="", source="", files=()))
"""Column names that no profile asks for: those are taken that the user points at."""

SURE = 0.5
"""Below this the row of column names is asked for."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one file (or sheet), by name in order, and how many rows they have."""

    file: str
    line: int
    columns: Mapping[str, Column]
    rows: int


@dataclass(frozen=True)
class _Head:
    """The column names of a file, their last line, and how many of them mean a field of ours."""

    line: int
    names: tuple[str, ...]
    sure: float
    known: int

    @property
    def score(self) -> tuple[bool, int, int, float]:
        return self.sure >= SURE, min(self.known, 2), len(self.names), self.sure


def tables(uploads: Sequence[Upload], options: Mapping[str, str]) -> list[Table]:
    """Return the tables of all files. Raises IntakeError, NeedsChoice (encoding, header-row)."""
    files, _ = archives.opened(uploads)
    return [table for upload in files for table in _tables(upload, options)]


def _tables(upload: Upload, options: Mapping[str, str]) -> list[Table]:
    kind = kinds.kind(upload.name, upload.content)
    if kind == kinds.WORKBOOK:
        return _of_workbook(upload, options)
    upload = replace(upload, content=encodings.unpadded(upload.content))
    encoding = encodings.find(upload.name, upload.content, answer=options.get("encoding", ""))
    if kind == kinds.JSON:
        return [_of_features(upload, encoding)]

    def blocks(sign: str, size: int = texts.BLOCK) -> Iterator[Block]:
        return texts.blocks(
            upload.name, upload.content, encoding=encoding, delimiter=sign, size=size
        )

    many = max(headers.LINES, headers.last_line(options.get("header_row", "")) + 1)

    def head(sign: str) -> list[headers.Row]:
        return _rows(next(blocks(sign, many), Block()))

    found = {
        sign: names
        for sign in _signs(upload, encoding, options, head)
        if (names := _head(head(sign), options))
    }
    sign = max(found, key=lambda one: found[one].score, default="")
    if not sign or found[sign].sure < SURE:
        raise _no_names(upload.name, head(sign or texts.DELIMITERS[0]))
    return [_table(upload.name, found[sign], blocks(sign))]


def _signs(
    upload: Upload,
    encoding: str,
    options: Mapping[str, str],
    head: Callable[[str], Sequence[headers.Row]],
) -> Sequence[str]:
    """Return the signs that may stand between cells. Raises NeedsChoice (delimiter)."""
    answer = options.get("delimiter", "")
    if answer:
        return (delimiters.sign_of(answer),)
    found = delimiters.other(upload.name, upload.content, encoding, head)
    return (found,) if found else texts.DELIMITERS


def _of_features(upload: Upload, encoding: str) -> Table:
    """Return the properties of features as columns, and their points as two more."""
    found = features.collection(upload.name, upload.content, encoding)
    point = features.point_names(found.names[""])
    names = (*found.names[""], *point)
    return _table(upload.name, _Head(0, names, 1.0, len(names)), found.blocks("", names, point))


def _of_workbook(upload: Upload, options: Mapping[str, str]) -> list[Table]:
    book = workbooks.Workbook(upload.name, upload.content)
    answer = options.get("sheet", "")
    wanted = [answer] if book.has(answer) else book.sheets if answer in ("", ALL_SHEETS) else []
    rows = {name: _rows(next(book.blocks(name, size=headers.LINES), Block())) for name in wanted}
    heads = {name: head for name in wanted if (head := _head(rows[name], options))}
    best = max(heads, key=lambda name: heads[name].score, default="")
    if not best or heads[best].sure < SURE:
        raise _no_names(upload.name, rows.get(best, ()))
    # Of several sheets that hold tables the one is taken that knows most names, others are notes.
    chosen = [name for name, head in heads.items() if name == best or head.known > 1]
    return [_table(upload.name, heads[name], book.blocks(name)) for name in chosen]


def _no_names(name: str, rows: Sequence[headers.Row]) -> NeedsChoice:
    return NeedsChoice(
        "The column names of {file} were not found. Say which line holds them, or "
        "none, and the columns are called 1, 2, 3.",
        option="header-row",
        file=name,
        **headers.choices(rows),
    )


def _rows(block: Block) -> list[headers.Row]:
    return list(zip(block.lines, block.rows, strict=True))


def _head(rows: Sequence[headers.Row], options: Mapping[str, str]) -> _Head | None:
    """Return the column names that the user pointed at, or the likeliest ones."""
    answer = options.get("header_row", "")
    if answer:
        said = headers.best(rows, NOBODY, answer)
        return _known(said.line, said.names, 1.0) if said.names else None
    found = [one for one in headers.find(rows) if one.last]
    heads = [_known(one.last, one.names, one.confidence) for one in found]
    return max(heads, key=lambda head: head.sure, default=None)


def _known(line: int, names: Sequence[str], sure: float) -> _Head:
    known = sum(any(match.whole for match in synonyms.matches(name)) for name in names if name)
    return _Head(line, tuple(headers.unique(names)), sure, known)


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
        _add(builder, block, head.line, width)
        if len(builder.lines) > MOST_ROWS:
            break
    if not builder.lines:
        raise IntakeError("{file} has column names but no rows.", file=name)
    columns = dict(zip(head.names, builder.columns(), strict=True))
    return Table(name, head.line, columns, len(builder.lines))


def _add(builder: cells.Builder, block: Block, line: int, width: int) -> None:
    """Take the rows below a line; cells beyond the names are left out, absent ones are empty."""
    if block.lines and block.lines[0] > line and set(map(len, block.rows)) <= {width}:
        builder.add(block.rows, block.lines)
        return
    below = [at for at, number in enumerate(block.lines) if number > line]
    rows = [(block.rows[at] + [""] * width)[:width] for at in below]
    builder.add(rows, [block.lines[at] for at in below])
