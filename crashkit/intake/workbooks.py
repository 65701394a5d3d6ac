"""Excel workbooks to blocks of rows: checked for size and traps before a library opens them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

from crashkit import unpacking
from crashkit.errors import IntakeError, Message
from crashkit.intake.texts import BLOCK, Block

MOST_ROWS = 1_000_000

_FAR_COLUMN = re.compile(rb'\br="(?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])[0-9]+"')
_FAR_ROW = re.compile(rb'\br="[A-Z]+(?:1[0-9]{6}|[2-9][0-9]{6}|[0-9]{8,})"')
_LATE_ROW = re.compile(rb'\br="[A-Z]+[0-9]{6,}"')
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\bt=)(?:"e"|'e')""")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\br=["']([0-9]{1,7})["']""")
_HIDDEN_ROW = re.compile(rb"""<row\b[^<>]*?\bhidden=["'](?:1|true)["'][^<>]*(?<!/)>""")
_TRAP = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGED = "{file} is damaged and cannot be read: open it in Excel and save it again."


class Workbook:
    """An Excel workbook that passed the checks. Raises IntakeError for one that did not."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        seen = check(name, content)
        self.hidden_rows = seen.hidden_rows
        """Rows with cells that Excel does not show: they are read like all others."""
        if seen.has_errors:
            content = _with_errors_as_texts(content)
        with _reading(name):
            self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets with cells that are not hidden, in order."""
        visible = python_calamine.SheetVisibleEnum.Visible
        kind = python_calamine.SheetTypeEnum.WorkSheet
        return [
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.visible == visible and sheet.typ == kind
        ]

    @property
    def hidden_sheets(self) -> list[str]:
        """Names of the sheets with cells that are hidden, in order."""
        kind, visible = python_calamine.SheetTypeEnum.WorkSheet, self.sheets
        return [
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.typ == kind and sheet.name not in visible
        ]

    def has(self, sheet: str) -> bool:
        """Say whether there is such a sheet, hidden or not."""
        return sheet in self._book.sheet_names

    def blocks(self, sheet: str, size: int = BLOCK) -> Iterator[Block]:
        """Yield the rows of a sheet that are not blank, each cell as text, with their numbers."""
        with _reading(self.name):
            rows = iter(self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
        block = Block()
        for number, row in enumerate(rows, 1):
            cells = [as_text(value) for value in row]
            if any(map(str.strip, cells)):
                block.lines.append(number)
                block.rows.append(cells)
            if len(block.lines) >= size:
                yield block
                block = Block()
        yield block


class _reading:  # noqa: N801 - reads as a word of the language: `with _reading(name):`
    """Turns whatever the library says about a damaged workbook into one sentence of ours."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> None:
        if isinstance(error, python_calamine.PasswordError):
            raise IntakeError(
                "{file} is protected by a password. Remove the password in Excel and save it "
                "again.",
                file=self.name,
            ) from None
        # The library is compiled; where it meets the impossible it raises a type nobody can name.
        if isinstance(error, Exception) or (kind and kind.__name__ == "PanicException"):
            raise IntakeError(_DAMAGED, file=self.name) from None


def as_text(value: Any) -> str:
    """Return a cell as it would stand in a text file; dates with the year first."""
    if isinstance(value, str):
        return value
    writer = _WRITERS.get(type(value))
    return writer(value) if writer else str(value or "")


KINDS: Mapping[str, Message] = {
    "date": Message("dates"),
    "time": Message("times"),
    "number": Message("numbers"),
    "text": Message("texts"),
}
_KIND = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?"),
    "time": re.compile(r"[0-9]{2,}:[0-9]{2}:[0-9]{2}"),
    "number": re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"),
}


def kind_of(text: str) -> str:
    """Return which kind of cell `as_text` made this of; a text that looks like another is one."""
    return next((kind for kind, form in _KIND.items() if form.fullmatch(text)), "text")


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    float: _number,
    int: str,
    datetime: lambda value: value.isoformat(" ", "seconds"),
    date: lambda value: value.isoformat(),
    time: lambda value: value.isoformat("seconds"),
    timedelta: _duration,
}


# ----------------------------------------------------------------- checks


@dataclass
class Seen:
    """What the parts of a workbook told that the library does not tell."""

    has_errors: bool = False
    hidden_rows: int = 0


def check(name: str, content: bytes) -> Seen:
    """Look through the packed parts before they are read. Raises IntakeError.

    Source: security.md I09, I10, I11.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            _check_sizes(name, book)
            return _check_parts(name, book)
    except unpacking.BROKEN:
        raise IntakeError(_DAMAGED, file=name) from None
    except RuntimeError:
        raise IntakeError(
            "{file} is protected by a password. Remove the password in Excel and save it again.",
            file=name,
        ) from None


def _check_sizes(name: str, book: zipfile.ZipFile) -> None:
    if not unpacking.fits(book.infolist()):
        raise _too_large(name)


def _too_large(name: str) -> IntakeError:
    return IntakeError(
        "{file} is too large once it is unpacked, or it reaches to rows and columns far away. "
        "Keep {columns} columns and {rows} rows at most, delete what is empty around them, and "
        "save it again.",
        file=name,
        columns=200,
        rows=MOST_ROWS,
    )


def _check_parts(name: str, book: zipfile.ZipFile) -> Seen:
    left, seen = unpacking.MOST_BYTES, Seen()
    for member in unpacking.members(book):
        if member.is_dir():
            continue
        content = unpacking.read(book, member, left)
        if content is None:
            raise _too_large(name)
        left -= len(content)
        if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        if _is_trap(content[: unpacking.STEP]):
            raise IntakeError(
                "{file} holds a document type or entity, which is unsafe and which Excel never "
                "writes: it cannot be read. Open it in Excel and save it again.",
                file=name,
            )
        if "worksheets/" in member.filename:
            if _reaches_far(content):
                raise _too_large(name)
            if not _rows_ascend(content):
                raise IntakeError(_DAMAGED, file=name)
            seen.has_errors = seen.has_errors or bool(_ERROR_CELL.search(content))
            seen.hidden_rows += _hidden_rows(content)
    return seen


def _rows_ascend(sheet: bytes) -> bool:
    """Say whether no row stands twice or below a later one: of two the library keeps one."""
    last = 0
    for match in _ROW_NUMBER.finditer(sheet):
        number = int(match[1])
        if number <= last:
            return False
        last = number
    return True


def _hidden_rows(sheet: bytes) -> int:
    """Count the hidden rows of a sheet in which a cell has a value."""
    starts = [match.end() for match in _HIDDEN_ROW.finditer(sheet)]
    rows = (sheet[start : sheet.find(b"</row", start)] for start in starts)
    return sum(b"<v>" in row or b"<t" in row for row in rows)


def _with_errors_as_texts(content: bytes) -> bytes:
    """Return a workbook whose errors of cells are texts: the library would leave them empty."""
    told = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as book,
        zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        for member in unpacking.members(book):
            part = book.read(member)
            copy.writestr(member.filename, _ERROR_CELL.sub(rb'\1"str"', part))
    return told.getvalue()


def _is_trap(head: bytes) -> bool:
    """Say whether a part declares a document type or entity, in letters of one byte or of two."""
    return bool(_TRAP.search(head)) or b"<!\0" in head or b"\0<\0!" in head


def _reaches_far(content: bytes) -> bool:
    if _FAR_COLUMN.search(content) or _FAR_ROW.search(content):
        return True
    # Rows beyond 100,000 with hardly a cell each: one stray cell would be read as a huge table.
    return bool(_LATE_ROW.search(content)) and content.count(b"<c ") < 100_000
