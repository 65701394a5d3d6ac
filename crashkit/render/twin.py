"""A report as JSON: what stands in its PDF, with typed cells, for programs that calculate on.

docs/schema/report_twin.json says how. Numbers are numbers, shares are of 0 to 1, days are ISO 8601;
beside each value stands its text, as the pages of the same language have it. Lists are whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from crashkit.render.words import (
    Cell,
    Document,
    Part,
    SaidBlock,
    SaidFigure,
    SaidKeyFigures,
    SaidNote,
    SaidPairs,
    SaidTable,
    SaidText,
)
from crashkit.text import Speaker


def write(document: Document, speaker: Speaker) -> bytes:
    """Write a report as JSON."""
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "beside": document.beside,
        "invented": document.banner,
        "filter": document.filter,
        "data_date": document.data_date.isoformat(),
        "fingerprint": document.fingerprint,
        "parts": [_part(one) for one in document.parts],
        "stamp": [{"label": label, "text": said} for label, said in document.stamp],
        "receipt": document.receipt,
    }
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"{text}\n".encode()


def _part(part: Part) -> dict[str, Any]:
    return {
        "heading": part.heading,
        "number": part.number,
        "level": part.level,
        "blocks": [dict(_block(one)) for one in part.blocks],
    }


def _block(block: SaidBlock) -> Iterator[tuple[str, Any]]:
    match block:
        case SaidTable():
            yield "type", "table"
            yield from _table(block).items()
        case SaidFigure():
            yield "type", "figure"
            yield from (("kind", block.kind), ("label", block.label), ("caption", block.caption))
            yield "alt", block.alt
            yield "table", _table(block.table) if block.table else None
        case SaidKeyFigures():
            yield "type", "key_figures"
            yield (
                "figures",
                [
                    {"label": label, **_cell(cell), "unit": unit, "kind": kind}
                    for label, cell, unit, kind in block.figures
                ],
            )
        case SaidPairs():
            yield "type", "pairs"
            yield "pairs", [{"label": label, **_cell(cell)} for label, cell in block.pairs]
        case SaidNote():
            yield from (("type", "note"), ("kind", block.kind), ("text", block.text))
        case SaidText():
            yield from (("type", "text"), ("points", block.points))
            yield from (("texts", [*block.texts]), ("beside", [*block.beside]))


def _table(table: SaidTable) -> dict[str, Any]:
    return {
        "label": table.label,
        "caption": table.caption,
        "columns": [
            {"title": one.title, "kind": one.kind, "digits": one.digits} for one in table.columns
        ],
        "rows": [[_value(cell) for cell in row] for row in table.rows],
        "texts": [[cell.text for cell in row] for row in table.rows],
        "total_row": table.total_row,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"value": _value(cell), "text": cell.text}


def _value(cell: Cell) -> Any:
    """Return the value of a cell as JSON has it: a number, a text, a day, or nothing."""
    value: Any = cell.value
    if isinstance(value, date):
        return value.isoformat()
    # The numbers of NumPy are no numbers of JSON.
    return value.item() if hasattr(value, "item") else value
