"""Lists of many rows in a workbook: their cells are written straight into its sheet.

A library that keeps every cell as an object needs a gigabyte for a hundred thousand crashes. Here
it writes a row of empty cells, which bear the looks of the columns, and the rows of the list are
put in its place (ECMA-376 part 1, 18.3.1.73 `row` and 18.3.1.4 `c`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from crashkit import export
from crashkit.render.words import Cell

CHUNK = 500
"""So many rows are packed at once."""
FIRST_DAY = datetime(1899, 12, 30)
"""Day 0 of a workbook, whose first days are counted as those of a leap year that was none."""

_LOOK = re.compile(r'<c r="([A-Z]+)\d+" s="(\d+)"/>')
_DIMENSION = re.compile(r'<dimension ref="([A-Z]+\d+)(?::([A-Z]+)(\d+))?"/>')
_CODE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
"""What a reader takes for the number of a sign."""


@dataclass(frozen=True)
class LongList:
    """Rows for a sheet, counted from 0 as `row` is, where its empty row stands."""

    sheet: int
    row: int
    cells: Sequence[tuple[Cell, ...]]


def put_in(content: bytes, lists: Sequence[LongList]) -> bytes:
    """Return a workbook with lists in the places of their empty rows."""
    by_name = {f"xl/worksheets/sheet{one.sheet + 1}.xml": one for one in lists}
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            found = by_name.get(part.filename)
            if found is None:
                new.writestr(part, old.read(part))
                continue
            named = zipfile.ZipInfo(part.filename, part.date_time)
            named.compress_type, named.external_attr = zipfile.ZIP_DEFLATED, part.external_attr
            with new.open(named, "w", force_zip64=True) as file:
                for piece in _sheet(old.read(part).decode("utf-8"), found):
                    file.write(piece.encode("utf-8"))
    return made.getvalue()


def _sheet(text: str, found: LongList) -> Iterator[str]:
    """Yield a sheet in pieces, its empty row replaced."""
    empty = re.search(rf'<row r="{found.row + 1}"[^>]*>(.*?)</row>', text)
    if empty is None:
        raise ValueError("the sheet has no row to be replaced")
    yield _measured(text[: empty.start()], found)
    looks = _LOOK.findall(empty[1])
    rows = _Rows(looks)
    for start in range(0, len(found.cells), CHUNK):
        chunk = found.cells[start : start + CHUNK]
        yield "".join(
            map(rows.row, range(found.row + start + 1, found.row + start + 1 + len(chunk)), chunk)
        )
    yield text[empty.end() :]


def _measured(head: str, found: LongList) -> str:
    """Return the beginning of a sheet, which tells how far it reaches with the list."""

    def reaches(told: re.Match[str]) -> str:
        last = max(int(told[3] or 1), found.row + len(found.cells))
        return f'<dimension ref="{told[1]}:{told[2] or "A"}{last}"/>'

    return _DIMENSION.sub(reaches, head, count=1)


class _Rows:
    """Writes rows; what a text, a count or a day looks like in a column is written once."""

    def __init__(self, looks: Sequence[tuple[str, str]]) -> None:
        self.columns: list[tuple[str, str, dict[Any, str]]] = [
            (f'<c r="{letters}', look, {}) for letters, look in looks
        ]

    def row(self, number: int, cells: tuple[Cell, ...]) -> str:
        parts = [f'<row r="{number}">']
        for cell, (begin, look, written) in zip(cells, self.columns, strict=True):
            value = cell.value
            if value is None:
                continue
            rest = None if isinstance(value, float) else written.get(value)
            if rest is None:
                rest = _rest(cell, look)
                if not isinstance(value, float):
                    written[value] = rest
            parts.append(f"{begin}{number}{rest}")
        parts.append("</row>")
        return "".join(parts)


def _rest(cell: Cell, look: str) -> str:
    """Return what follows the place of a cell: look, kind and value."""
    value = cell.value
    if isinstance(value, str):
        text = _CODE.sub(r"_x005F\1", escape(export.excel_text(cell.text), quote=False))
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f'" s="{look}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
    number = _day(value) if isinstance(value, date) else value
    return f'" s="{look}"><v>{number:.16G}</v></c>'


def _day(value: date) -> float:
    at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (at.replace(tzinfo=None) - FIRST_DAY).total_seconds() / 86400
