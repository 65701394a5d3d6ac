"""A report as PDF, set by Typst: tagged, archivable, the same bytes for the same report.

The template stands in a folder of its own together with the report as data. Typst reads nothing
outside of this folder, no font but those of this package, and never runs what stands in the data.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from crashkit.errors import ReportError
from crashkit.render import paper, widths, words
from crashkit.render.words import Document, Part, SaidBlock, SaidFigure, SaidTable
from crashkit.text import Speaker

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: list[PDFStandard] = ["a-3u", "ua-1"]
"""Archivable for long, every letter with its Unicode; readable aloud."""
TEMPLATE = resources.files("crashkit") / "templates" / "report" / "report.typ"
COLUMN_MM = {
    "sheet": 89.5,
    "list": 150.0,
    "pages": 182.0,
    "lying": 269.0,
    "book": 170.0,
    "large": 182.0,
}
PAGE_MM = {
    "sheet": 184.0,
    "list": 269.0,
    "pages": 182.0,
    "lying": 269.0,
    "book": 170.0,
    "large": 182.0,
}
"""How wide figures are: a strip of a road is as wide as the page."""
TALLEST_MM = {
    "sheet": 78.0,
    "list": 105.0,
    "pages": 120.0,
    "lying": 120.0,
    "book": 115.0,
    "large": 120.0,
}
LOW, LOW_MM = ("bars", "path", "series"), 76.0
"""In a book figures along an axis are low, so that their table stands on the same page."""
LONG_LIST = 15


def write(document: Document, speaker: Speaker) -> bytes:
    """Write a report as PDF. Raises ReportError with the cause when it cannot be set."""
    with tempfile.TemporaryDirectory(prefix="crashkit-report-") as name:
        folder = Path(name)
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        described = _described(document, speaker, folder)
        (folder / "report.json").write_text(_json(described), encoding="utf-8")
        return _compiled(folder, document)


def _compiled(folder: Path, document: Document) -> bytes:
    fonts = resources.files("crashkit") / "fonts"
    at = datetime.combine(document.data_date, time(), tzinfo=UTC)
    try:
        made: Any = typst.compile(
            folder / "report.typ",
            root=folder,
            font_paths=[Path(str(fonts))],
            ignore_system_fonts=True,
            format="pdf",
            # Left out, those of the call before would stay.
            sys_inputs={},
            pdf_standards=STANDARDS,
            timestamp=at,
        )
    except typst.TypstError as error:
        raise ReportError("The PDF cannot be set: {cause}", cause=str(error)) from error
    return bytes(made)


def _json(described: dict[str, Any]) -> str:
    return json.dumps(described, ensure_ascii=False, allow_nan=False)


# ------------------------------------------------------------ the data file


def _described(document: Document, speaker: Speaker, folder: Path) -> dict[str, Any]:
    letters = paper.drawable
    return {
        "lang": document.language.split("_")[0],
        "beside": document.beside.split("_")[0],
        "direction": document.direction,
        "layout": document.layout,
        "title": letters(document.title),
        "subtitle": letters(document.subtitle),
        "filter": letters(document.filter),
        "banner": letters(document.banner),
        "parts": [_part(one, document, speaker, folder, i) for i, one in enumerate(document.parts)],
        "stamp_title": letters(document.stamp_title),
        "stamp": [[letters(label), letters(said)] for label, said in document.stamp],
        "footer": letters(document.footer),
        "ending": letters(document.ending),
        "page": letters(document.page),
        "contents": letters(document.fixed["contents"]),
        "fingerprint": document.fingerprint,
        "receipt": document.receipt,
    }


def _part(
    part: Part, document: Document, speaker: Speaker, folder: Path, number: int
) -> dict[str, Any]:
    blocks = [
        _block(one, document, speaker, folder, f"figure-{number}-{i}.png")
        for i, one in enumerate(part.blocks)
    ]
    return {
        "heading": paper.drawable(part.heading),
        "level": part.level,
        "new_page": part.new_page,
        "blocks": [one for one in blocks if one],
        "beside": any(one.get("kind") == "map" for one in blocks),
        "long": any(len(one.get("rows", ())) > LONG_LIST for one in blocks),
    }


def _block(
    block: SaidBlock, document: Document, speaker: Speaker, folder: Path, file: str
) -> dict[str, Any]:
    letters = paper.drawable
    if isinstance(block, SaidTable):
        return _table(block)
    if isinstance(block, SaidFigure):
        return _figure(block, document, speaker, folder / file)
    if isinstance(block, words.SaidKeyFigures):
        figures = [
            {"label": letters(label), "value": letters(cell.text), "unit": letters(unit)}
            for label, cell, unit, _ in block.figures
        ]
        return {"type": "key_figures", "figures": figures}
    if isinstance(block, words.SaidNote):
        return {"type": "note", "text": letters(block.text), "kind": block.kind}
    if isinstance(block, words.SaidPairs):
        pairs = [[letters(label), letters(cell.text)] for label, cell in block.pairs]
        return {"type": "pairs", "pairs": pairs}
    return {
        "type": "text",
        "texts": [letters(one) for one in block.texts],
        "points": block.points,
        "beside": [letters(one) for one in block.beside],
    }


def _figure(block: SaidFigure, document: Document, speaker: Speaker, path: Path) -> dict[str, Any]:
    width = (PAGE_MM if block.kind == "strip" else COLUMN_MM)[document.layout]
    layout = document.layout
    tallest = LOW_MM if layout == "book" and block.kind in LOW else TALLEST_MM[layout]
    tall = paper.height_mm(block.drawing, width, tallest_mm=tallest)
    path.write_bytes(paper.draw(block.drawing, speaker, width_mm=width, height_mm=tall))
    shown = block.table is not None and len(block.table.columns) <= words.WIDEST_TABLE
    return {
        "type": "figure",
        "kind": block.kind,
        "file": path.name,
        "alt": paper.drawable(block.alt),
        "caption": paper.drawable(words.captioned(block)),
        "table": _table(block.table) if shown and block.table else None,
        "own": block.table is not None and block.table.caption != block.caption,
    }


def _table(table: SaidTable) -> dict[str, Any]:
    letters = paper.drawable
    columns = [
        {
            "title": letters(column.title),
            "numeric": column.numeric,
            "wide": wide,
            "least": widths.least(table, i, longest_in_title=HYPHENATED),
            "wanted": widths.wanted(table, i),
            "unbroken": widths.unbroken(table, i),
        }
        for i, (column, wide) in enumerate(zip(table.columns, _wide(table), strict=True))
    ]
    rows = [[letters(cell.text) for cell in row] for row in table.rows]
    return {
        "type": "table",
        "caption": letters(words.captioned(table)),
        "columns": columns,
        "rows": rows,
        "total_row": table.total_row,
    }


HYPHENATED = 4.0
"""Room, in letters, below which words of titles are hyphenated only."""


def _wide(table: SaidTable) -> list[bool]:
    """Say which columns share the room that is left: long texts, or else the longest ones."""
    if any(column.long for column in table.columns):
        return [column.long for column in table.columns]
    letters = [
        0 if column.numeric else 1 + max((len(row[i].text) for row in table.rows), default=0)
        for i, column in enumerate(table.columns)
    ]
    return [bool(n) and n == max(letters) for n in letters]
