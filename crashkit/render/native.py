"""Which cells of its table a figure can be drawn from, by a spreadsheet that draws for itself.

A figure has such a chart only where the table holds every number it shows; else it stays a picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crashkit import charts
from crashkit.render.pens import INK, PLAIN
from crashkit.render.words import SaidFigure, SaidTable
from crashkit.text import Speaker

TOLD = 0.005
"""A path is told with two digits, and drawn with all."""


@dataclass(frozen=True)
class Line:
    """What is drawn of a column: its form ("bars", "line", "points", "ends"), label and looks.

    `looks` has a colour, and may have a dash, the hollow bars, a colour for each point, a pattern,
    and how far the limits lie below and above each value.
    """

    column: int
    form: str
    label: str
    looks: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """A chart of the rows of a table from `first` on, so many as `n`; counted from 0.

    `way` is "column", "stacked" or "bar", which lies; `log` marks an axis by the logarithm.
    """

    way: str
    first: int
    n: int
    lines: tuple[Line, ...]
    across: str
    up: str
    number: str = "#,##0"
    log: bool = False


class _NotHeld(Exception):
    """The table lacks something that the figure shows."""


@dataclass
class _Cells:
    """A table beside a figure, and the rows and columns that were found to hold its numbers."""

    table: SaidTable
    speaker: Speaker
    first: int
    n: int

    def held(self, values: Iterable[Any], *, tolerance: float = 0.0, after: int = 0) -> int:
        """Return the first column behind `after` that holds the values; the last n of them."""
        wanted = [_number(one) for one in values][-self.n :]
        for i in range(after + 1, len(self.table.columns)):
            rows = self.table.rows[self.first : self.first + self.n]
            if all(
                _same(row[i].value, one, tolerance) for row, one in zip(rows, wanted, strict=True)
            ):
                return i
        raise _NotHeld

    def limits(self, one: Mapping[str, Any], colour: str, form: str, *, after: int) -> list[Line]:
        """Return the lower and the upper limits, each named as its column is."""
        found = []
        for end in ("lower", "upper"):
            after = self.held(one[end], after=after)
            found.append(Line(after, form, "", {"color": colour, "dash": "dot", "width": 1}))
        return found

    def named(self, labels: Iterable[Any]) -> None:
        """Refuse rows that are called otherwise than in the drawing."""
        said = [self.speaker.say(label) for label in labels]
        rows = self.table.rows[self.first : self.first + self.n]
        if [row[0].text for row in rows] != said:
            raise _NotHeld


def plan(figure: SaidFigure, speaker: Speaker) -> Plan | None:
    """Return how a figure is drawn from the cells of its table, or None where it is not."""
    if figure.table is None or figure.kind not in PLANS:
        return None
    try:
        return PLANS[figure.kind](figure.drawing.data, figure.table, speaker)
    except _NotHeld:
        return None


def _bars(data: Mapping[str, Any], table: SaidTable, speaker: Speaker) -> Plan:
    """Plan bars; the table may hold only the last of the categories."""
    cells = _last(table, len(data["categories"]), speaker)
    lines, after = [], 0
    for i, one in enumerate(data["series"]):
        after = cells.held(one["values"], after=after)
        look = charts.look(data.get("field", ""), one["key"], i)
        lines.append(Line(after, "bars", speaker.say(one["label"]), {"color": look["color"]}))
    return Plan(
        "column" if data.get("beside") else "stacked", cells.first, cells.n, _some(lines),
        "", speaker.say(data["unit"]), _pattern(data.get("digits", 0)),
    )  # fmt: skip


def _series(data: Mapping[str, Any], table: SaidTable, speaker: Speaker) -> Plan:
    """Plan counts along an axis with their limits; a mark of a break has no place in a column."""
    if data["marks"]:
        raise _NotHeld
    cells = _last(table, len(data["categories"]), speaker)
    lines: list[Line] = []
    for one in data["series"]:
        look = charts.SERIES[one["key"]]
        column = cells.held(one["values"])
        looks = {**look, "hollow": [*(one.get("hollow") or ())][-cells.n :]}
        lines.append(Line(column, one["form"], speaker.say(one["label"]), looks))
        if one.get("lower") is not None:
            lines += cells.limits(one, INK, "ends", after=column)
    for one in data["bands"]:
        lines += cells.limits(one, charts.BAND, "line", after=0)
    parts = speaker.say(data["across"]), speaker.say(data["unit"])
    digits = max(table.columns[line.column].digits for line in lines if line.form != "ends")
    is_small = all(
        abs(_number(row[line.column].value) or 0) < 10 for row in table.rows for line in lines
    )
    return Plan("column", cells.first, cells.n, _some(lines), *parts, _pattern(digits * is_small))


def _path(data: Mapping[str, Any], table: SaidTable, speaker: Speaker) -> Plan:
    """Plan the counts of years, the path to a target, and the limits of where the trend leads."""
    cells = _Cells(table, speaker, 0, len(table.rows))
    years = [row[0].text for row in table.rows]

    def column(points: Iterable[tuple[int, float]], after: int = 0) -> int:
        by_year = {str(year): value for year, value in points}
        if not by_year.keys() <= set(years):
            raise _NotHeld
        return cells.held([by_year.get(year) for year in years], tolerance=TOLD, after=after)

    looks: dict[str, dict[str, Any]] = {
        "counted": {"color": INK, "width": 1.75, "marker": "circle"},
        "path": {"color": charts.GOAL, "width": 2},
        "ahead": {"color": PLAIN, "width": 1.75, "dash": "dash"},
    }
    lines = [
        Line(column(data[name]), "line", speaker.say(data["labels"][name]), look)
        for name, look in looks.items()
        if data[name]
    ]
    after = 0
    for i, band in enumerate(data["bands"]):
        for side in (1, 2) if band else ():
            after = column([(one[0], one[side]) for one in band], after)
            dim = {"color": charts.PALETTE[(3, 0, 4)[i]], "dash": "dot", "width": 1}
            lines.append(Line(after, "line", "", dim))
    parts = speaker.say(data["across"]), speaker.say(data["unit"])
    return Plan("column", 0, cells.n, _some(lines), *parts)


def _pyramid(data: Mapping[str, Any], table: SaidTable, speaker: Speaker) -> Plan:
    """Plan both sides beside each other: cells hold no negative people."""
    cells = _from_top(table, len(data["bands"]), speaker)
    cells.named(data["bands"])
    lines, after = [], 0
    for i, side in enumerate(data["sides"]):
        after = cells.held(side["values"], after=after)
        looks = {"color": charts.PALETTE[i], "hatched": bool(i)}
        lines.append(Line(after, "bars", speaker.say(side["label"]), looks))
    return Plan("bar", 0, cells.n, _some(lines), speaker.say(data["across"]), "")


def _ranks(data: Mapping[str, Any], table: SaidTable, speaker: Speaker) -> Plan:
    """Plan bars that lie, the first on top, with their limits."""
    rows = data["rows"]
    cells = _from_top(table, len(rows), speaker)
    cells.named(one["label"] for one in rows)
    column = cells.held(one["value"] for one in rows)
    field = charts.colour_field(data.get("field", ""))
    colours = [charts.look(field, one["key"], 0)["color"] for one in rows]
    looks: dict[str, Any] = {"color": colours[0], "points": colours}
    if any(_number(one["lower"]) is not None for one in rows):
        low = cells.held((one["lower"] for one in rows), after=column)
        cells.held((one["upper"] for one in rows), after=low)
        looks["below"] = [_apart(one["value"], one["lower"]) for one in rows]
        looks["above"] = [_apart(one["upper"], one["value"]) for one in rows]
    title = speaker.say(data["across"])
    number = "0%" if data["percent"] else "#,##0"
    return Plan("bar", 0, cells.n, (Line(column, "bars", title, looks),), title, "", number)


def _ratios(data: Mapping[str, Any], table: SaidTable, speaker: Speaker) -> Plan:
    """Plan ratios as points between their limits; one without end has no place in a cell."""
    rows = data["rows"]
    ends = ("ratio", "lower", "upper")
    if any(math.isinf(one[end]) or one[end] == 0 for one in rows for end in ends):
        raise _NotHeld
    cells = _from_top(table, len(rows), speaker)
    cells.named(one["label"] for one in rows)
    column = cells.held(one["ratio"] for one in rows)
    looks = [charts.RATIO_LOOKS[one["mark"]]["color"] for one in rows]
    title = speaker.say(data["across"])
    lines = [Line(column, "points", title, {"color": looks[0], "points": looks})]
    limits = {end: [one[end] for one in rows] for end in ends}
    lines += cells.limits(limits, INK, "ends", after=column)
    return Plan("column", 0, cells.n, tuple(lines), "", title, "General", log=True)


PLANS: Mapping[str, Callable[[Mapping[str, Any], SaidTable, Speaker], Plan]] = {
    "bars": _bars,
    "series": _series,
    "path": _path,
    "pyramid": _pyramid,
    "ranks": _ranks,
    "ratios": _ratios,
}


def _last(table: SaidTable, n: int, speaker: Speaker) -> _Cells:
    rows = len(table.rows) - int(table.total_row)
    if not 0 < rows <= n:
        raise _NotHeld
    return _Cells(table, speaker, 0, rows)


def _from_top(table: SaidTable, n: int, speaker: Speaker) -> _Cells:
    if not 0 < n <= len(table.rows) - int(table.total_row):
        raise _NotHeld
    return _Cells(table, speaker, 0, n)


def _some(lines: Sequence[Line]) -> tuple[Line, ...]:
    if not lines:
        raise _NotHeld
    return tuple(lines)


def _pattern(digits: int) -> str:
    return f"#,##0.{'0' * digits}" if digits else "#,##0"


def _number(value: Any) -> float | None:
    is_known = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if is_known else None


def _same(cell: Any, value: float | None, tolerance: float) -> bool:
    found = _number(cell)
    if found is None or value is None:
        return found is None and value is None and not isinstance(cell, str)
    return math.isclose(found, value, rel_tol=1e-9, abs_tol=tolerance)


def _apart(high: float, low: float) -> float:
    return high - low if math.isfinite(high - low) else 0.0
