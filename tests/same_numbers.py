"""One report in every format, each read by a reader of its own: which numbers are not the same."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

import docx
import looked_over
import openpyxl
from docx.oxml.ns import qn
from looked_over import flat

from crashkit.render import pens, words
from crashkit.render.words import Cell, SaidColumn, SaidTable

Rows = list[list[str]]


@dataclass
class Read:
    """A table as a page shows it: its caption, its head and its rows."""

    caption: str = ""
    rows: Rows = field(default_factory=list)


def differing(files: Mapping[str, bytes]) -> list[str]:
    """Return the tables and key figures of the JSON twin that another file tells otherwise."""
    twin = json.loads(files["json"])
    tables = [*_tables(twin)]
    shown = _in_html(files["html"])
    found = [f"html: {one}" for one in _against_pages(tables, shown)]
    narrow = [one.rows for one in shown if len(one.rows[0]) <= words.WIDEST_TABLE]
    in_word = _in_word(files["docx"])
    if [*map(_flat, narrow)] != [*map(_flat, in_word)]:
        found.append(f"docx: {len(in_word)} tables are not the {len(narrow)} of the page")
    text = flat("".join(looked_over.pages_of(files["pdf"])))
    lost = [
        row for rows in narrow for row in rows[1:] if flat("".join(map(_drawn, row))) not in text
    ]
    found += [f"pdf: {row}" for row in lost]
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [[cell.value for cell in row] for page in book for row in page.iter_rows()]
    found += [f"xlsx: {said}" for one in tables for said in looked_over.wrong_cells(one, cells)]
    return [*found, *_figures(twin, files, text, cells)]


def _drawn(said: str) -> str:
    return pens.drawable(said)


def _flat(rows: Rows) -> Rows:
    return [[flat(cell) for cell in row] for row in rows]


# -------------------------------------------------------------------- the twin


def _tables(twin: Mapping[str, Any]) -> Iterator[SaidTable]:
    for part in twin["parts"]:
        for block in part["blocks"]:
            told = block if block["type"] == "table" else block.get("table")
            if told:
                yield _table(told)


def _table(told: Mapping[str, Any]) -> SaidTable:
    columns = tuple(SaidColumn(one["title"], one["kind"], one["digits"]) for one in told["columns"])
    rows = tuple(
        tuple(
            Cell(text, _typed(value, column))
            for value, text, column in zip(values, texts, columns, strict=True)
        )
        for values, texts in zip(told["rows"], told["texts"], strict=True)
    )
    return SaidTable(told["caption"], columns, rows, told["total_row"], told["label"])


def _typed(value: Any, column: SaidColumn) -> Any:
    if column.kind == "date" and value:
        return date.fromisoformat(value)
    return value


def _figures(
    twin: Mapping[str, Any], files: Mapping[str, bytes], text: str, cells: Sequence[Sequence[Any]]
) -> Iterator[str]:
    """Say which key figures are not found: on pages as text, in the workbook as values."""
    page = flat(files["html"].decode("utf-8"))
    for part in twin["parts"]:
        for block in part["blocks"]:
            for one in block.get("figures", ()):
                said = flat(one["text"])
                if f"<strong>{said}</strong>" not in page or said not in text:
                    yield f"key figure: {one}"
                rows = [row for row in cells if row[0] == one["label"]]
                if one["value"] is not None and not any(
                    looked_over.same(one["value"], cell) for row in rows for cell in row[1:]
                ):
                    yield f"key figure of xlsx: {one}"


# ------------------------------------------------------------------- the pages


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Read] = []
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(Read())
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("th", "td"):
            self.tables[-1].rows[-1].append("")
        self.open = tag if tag in ("caption", "th", "td") else self.open

    def handle_endtag(self, tag: str) -> None:
        self.open = "" if tag == self.open else self.open

    def handle_data(self, data: str) -> None:
        if self.open == "caption":
            self.tables[-1].caption += data
        elif self.open:
            self.tables[-1].rows[-1][-1] += data


def _in_html(content: bytes) -> list[Read]:
    page = _Page()
    page.feed(content.decode("utf-8"))
    page.close()
    return page.tables


def _against_pages(tables: Sequence[SaidTable], shown: Sequence[Read]) -> Iterator[str]:
    """Say which tables a page tells otherwise; of long lists it shows the first rows."""
    if len(tables) != len(shown):
        yield f"{len(shown)} tables of {len(tables)}"
        return
    for table, read in zip(tables, shown, strict=True):
        titles = [one.title for one in table.columns]
        kept = [*_kept(titles, read.rows[0])]
        first = [[row[i].text for i in kept] for row in table.rows[: len(read.rows) - 1]]
        if [titles[i] for i in kept] != read.rows[0] or first != read.rows[1:]:
            yield f"other rows: {table.caption}"
        if words.captioned(table) != read.caption:
            yield f"another caption: {read.caption}"


def _kept(titles: Sequence[str], head: Sequence[str]) -> Iterator[int]:
    """Return which columns stand on a page, where some stand in whole files only."""
    rest = iter(enumerate(titles))
    for title in head:
        yield from (i for i, one in [next((at for at in rest if at[1] == title), (0, ""))] if one)


def _in_word(content: bytes) -> list[Rows]:
    """Return the tables with a head; others set key figures and pairs."""
    file = docx.Document(io.BytesIO(content))
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in file.tables
        if table._tbl.tr_lst[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    ]
