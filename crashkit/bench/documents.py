"""The benchmark as a JSON document and as tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from crashkit.bench.methods import numbers
from crashkit.bench.results import Bar, Figure, Result, Row
from crashkit.errors import Message

Say = Callable[..., str]

HEADINGS = {
    "fi_mean": Message("False, highest mean"),
    "fi_excess": Message("False, largest excess"),
    "sensitivity": Message("Sensitivity"),
    "specificity": Message("Specificity"),
    "pmd": Message("Mean missed"),
    "recall": Message("Recall"),
    "precision": Message("Precision"),
    "pai": Message("PAI"),
    "flagged": Message("Length flagged"),
    "sct": Message("SCT"),
    "mct": Message("MCT"),
    "trdt": Message("TRDT"),
    "tst": Message("TST"),
}
"""Figures by name: a person reads these words."""
SHOWN = {
    "A": ("fi_mean", "fi_excess", "pai", "sct", "mct", "trdt", "tst"),
    "B": ("fi_mean", "fi_excess", "pai", "sct", "mct", "trdt", "tst"),
    "C": ("recall", "precision", "pai", "flagged", "sct", "mct", "trdt", "tst"),
}
PLACES, MEASURE, DESIGN = Message("Place"), Message("Measure"), Message("World")
PEERS, RANKED = Message("Peers"), Message("Ranked by")
PUBLISHED = (DESIGN, MEASURE, Message("Published"), Message("Here"), Message("Source"))
BARS = (
    Message("Bar"),
    Message("What must hold"),
    Message("Value"),
    Message("Limit"),
    Message("Holds"),
)


def as_document(result: Result, say: Say) -> dict[str, Any]:
    """Return everything as one JSON document (docs/schema/bench-identify.json)."""
    return {
        "seed": result.seed,
        "short": result.short,
        "replicates": dict(result.replicates),
        "rows": [_row(row) for row in result.rows],
        "published": [one for one in numbers()["published"] if one["world"] in result.replicates],
        "bars": [_bar(bar, say) for bar in result.bars],
    }


def _row(row: Row) -> dict[str, Any]:
    names = ("world", "design", "place", "measure", "peers", "ranked_by")
    return {
        **{name: getattr(row, name) for name in names},
        "figures": {name: _figure(one) for name, one in row.figures.items()},
    }


def _figure(one: Figure) -> dict[str, float | None]:
    return {name: _told(getattr(one, name)) for name in ("value", "error", "anchor")}


def _bar(bar: Bar, say: Say) -> dict[str, Any]:
    return {
        "id": bar.id,
        "text": say(bar.text),
        "value": _told(bar.value),
        "limit": _told(bar.limit),
        "holds": bar.holds,
    }


def _told(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


Table = tuple[str, list[Message], list[list[str]]]


def tables(result: Result, say: Say) -> Iterator[Table]:
    """Return a table for each design of each world: its name, its headings, its lines.

    A cell is the mean, its standard error and, in brackets, what was measured before. Figures that
    others published come next, the bars last.
    """
    designs = dict.fromkeys((row.world, row.design) for row in result.rows)
    for world, design in designs:
        rows = [row for row in result.rows if (row.world, row.design) == (world, design)]
        shown = [name for name in SHOWN[world] if name in rows[0].figures]
        placed = [PLACES] if world == "C" else []
        headings = [MEASURE, *placed, PEERS, RANKED, *(HEADINGS[name] for name in shown)]
        yield f"{world} {design}", headings, [_line(row, shown) for row in rows]
    if beside := [*_published(result)]:
        yield "", [*PUBLISHED], beside
    known = [
        [bar.id, say(bar.text), _number(bar.value), _number(bar.limit), _held(bar, say)]
        for bar in result.bars
    ]
    yield "", [*BARS], known


def _published(result: Result) -> Iterator[list[str]]:
    for one in numbers()["published"]:
        for row in result.rows:
            if row.is_of(one["world"], one["design"], one["measure"], "traffic"):
                here = _cell(replace(row.figures[one["figure"]], anchor=math.nan))
                name = f"{row.world} {row.design}"
                yield [name, row.measure, _number(one["value"]), here, one["source"]]


def _line(row: Row, shown: Sequence[str]) -> list[str]:
    placed = [row.place] if row.place else []
    cells = [_cell(row.figures[name]) for name in shown]
    return [row.measure, *placed, row.peers, row.ranked_by, *cells]


def _cell(one: Figure) -> str:
    parts = [_number(one.value)]
    if math.isfinite(one.error):
        parts.append(f"±{_number(one.error)}")
    if math.isfinite(one.anchor):
        parts.append(f"({one.anchor:g})")
    return " ".join(parts)


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}"


def _held(bar: Bar, say: Say) -> str:
    if bar.holds is None:
        return say(Message("not measured"))
    return say(Message("yes")) if bar.holds else say(Message("no"))
