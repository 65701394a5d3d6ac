"""Charts that a spreadsheet draws from cells: where their numbers stand, and how they look.

Every series refers to cells: to a column of the table of the figure where it holds these numbers,
and else to the sheet of the numbers of the charts, which is written last.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crashkit import export
from crashkit.render import words
from crashkit.render.native import Axis, Line, Plan, Values
from crashkit.render.words import SaidFigure, SaidTable

WIDE, TALL, ROW = 720, 360, 20
"""How wide and high a chart is, and how high a row of a sheet, in pixels."""
FOOT, STEP = 150, 24
"""Height of title, axis and legend of bars that lie, and of each of these."""
FONT = {"name": "Arial", "size": 9, "color": "#333333"}
GRID = {"visible": True, "line": {"color": "#e3e3e3", "width": 0.5}}
INK = {"color": "#262626"}

DASHES = {"solid": "solid", "dash": "dash", "dot": "round_dot"}
SYMBOLS = {"triangle-up": "triangle", "triangle-down": "diamond"}
PATTERNS = {"/": "wide_upward_diagonal", "x": "outlined_diamond", ".": "percent_10"}


@dataclass(frozen=True)
class Area:
    """Cells below each other on a sheet, and what stands in them."""

    sheet: str
    row: int
    column: int
    cells: tuple[float | str | None, ...]

    @property
    def reference(self) -> str:
        """The cells, as a formula says it."""
        letters = _letters(self.column)
        first, last = self.row + 1, self.row + len(self.cells)
        return f"={_quoted(self.sheet)}!${letters}${first}:${letters}${last}"


@dataclass(frozen=True)
class Place:
    """A table on a sheet; `head` is the row of its titles."""

    sheet: str
    head: int
    table: SaidTable

    def held(self, values: Values) -> Area | None:
        """Return cells of the table that hold just these values, a column of that name first.

        They are the first of the rows, or the last.
        """
        n, rows = len(values.cells), len(self.table.rows) - int(self.table.total_row)
        columns = [*enumerate(self.table.columns)]
        columns.sort(key=lambda one: one[1].title != values.title)
        if not n or all(cell is None for cell in values.cells):
            return None
        for first in dict.fromkeys((0, rows - n)) if n <= rows else ():
            for i, _ in columns:
                cells = [row[i] for row in self.table.rows[first : first + n]]
                if all(
                    _same(cell, value, values.tolerance)
                    for cell, value in zip(cells, values.cells, strict=True)
                ):
                    told = tuple(cell.value for cell in cells)
                    return Area(self.sheet, self.head + 1 + first, i, told)  # type: ignore[arg-type]
        return None


@dataclass
class Numbers:
    """What charts show and no table holds: a block for each chart, to be written on one sheet."""

    sheet: str
    top: int
    blocks: list[tuple[int, str, tuple[Values, ...]]] = field(default_factory=list)

    def take(self, caption: str, columns: Sequence[Values]) -> list[Area]:
        """Keep columns of a chart; return where they will stand."""
        row = self.top
        self.blocks.append((row, caption, tuple(columns)))
        self.top += 3 + max(len(one.cells) for one in columns)
        return [Area(self.sheet, row + 2, i, one.cells) for i, one in enumerate(columns)]


def height(plan: Plan) -> int:
    """Return how high a chart is, in pixels."""
    return max(TALL, FOOT + STEP * len(plan.rows.cells)) if plan.lies else TALL


def rows_of(plan: Plan) -> int:
    """Return how many rows of a sheet a chart covers, with a free one below it."""
    return -(-height(plan) // ROW) + 1


def chart(
    add: Callable[[Mapping[str, str]], Any],
    figure: SaidFigure,
    plan: Plan,
    place: Place | None,
    numbers: Numbers,
) -> Any:
    """Return a chart, made by `add`; what its table does not hold is given to the numbers."""
    caption = words.captioned(figure)
    at = _placed(plan, place, numbers, caption)
    bars = [line for line in plan.lines if line.form == "bars"]
    others = [line for line in plan.lines if line.form != "bars"]
    made = [
        _of_lines(add(kind), lines, plan, at)
        for kind, lines in ((_kind(plan), bars), (_kind_of_lines(plan), others))
        if lines
    ]
    first: Any = made[0]
    if len(made) > 1:
        first.combine(made[1])
    first.set_title({"name": _text(caption), "name_font": FONT | {"size": 11}})
    _set_axes(first, plan)
    first.set_legend(
        {"position": "bottom", "font": FONT} if len(plan.lines) > 1 else {"none": True}
    )
    first.show_blanks_as("gap")
    first.set_size({"width": WIDE, "height": height(plan)})
    return first


def _placed(plan: Plan, place: Place | None, numbers: Numbers, caption: str) -> dict[Values, Area]:
    """Return where the values of a chart stand; what no table holds stands behind their names."""
    found: dict[Values, Area] = {}
    missing: list[Values] = []
    for values in dict.fromkeys(_values(plan)):
        area = place.held(values) if place else None
        if area is None:
            missing.append(values)
        else:
            found[values] = area
    if missing:
        columns = [plan.rows, *(one for one in missing if one != plan.rows)]
        if len({len(one.cells) for one in columns}) > 1:
            columns = missing
        areas = zip(columns, numbers.take(caption, columns), strict=True)
        found = dict(areas) | found
    return found


def _values(plan: Plan) -> Iterator[Values]:
    yield plan.rows
    for line in plan.lines:
        for one in (line.at, line.values, line.below, line.above):
            if one is not None:
                yield one


def _kind(plan: Plan) -> dict[str, str]:
    if plan.lies:
        return {"type": "bar"}
    return {"type": "column"} | ({"subtype": "stacked"} if plan.way == "stacked" else {})


def _kind_of_lines(plan: Plan) -> dict[str, str]:
    if plan.way == "scatter":
        return {"type": "scatter", "subtype": "straight"}
    return {"type": "line"}


def _of_lines(chart: Any, lines: Iterable[Line], plan: Plan, at: Mapping[Values, Area]) -> Any:
    for line in lines:
        along, up = at[line.at or plan.rows], at[line.values]
        series = {
            "name": _text(line.label),
            "categories": along.reference,
            "categories_data": [*along.cells],
            "values": up.reference,
            "values_data": [*up.cells],
        }
        look = _bar(line, plan) if line.form == "bars" else _stroke(line)
        chart.add_series(series | look | _limits(line, at) | _labels(line, plan))
    return chart


# -------------------------------------------------------------------------- axes


def _set_axes(chart: Any, plan: Plan) -> None:
    """Set both axes. Where bars lie, their values are along x and their names along y."""
    values = _axis(plan.up) | {"major_gridlines": GRID}
    if plan.way == "scatter":
        chart.set_x_axis(_axis(plan.across))
        chart.set_y_axis(values)
        return
    names: dict[str, Any] = {"label_position": "low", "num_font": FONT, "line": INK}
    names |= _titled(plan.across.title)
    if plan.step is not None:
        names |= {"interval_unit": plan.step, "interval_tick": plan.step}
    if plan.top_down:
        # Turned about, the axis of values would go up with the first row.
        names |= {"reverse": True, "crossing": "max"}
    if plan.lies:
        # Every bar has its name, however low it is.
        names |= {"interval_unit": 1}
        chart.set_y_axis(names | {"major_tick_mark": "none"})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(values)


def _axis(axis: Axis) -> dict[str, Any]:
    ends = {
        "min": axis.least,
        "max": axis.most,
        "major_unit": axis.step,
        "log_base": axis.log,
        "crossing": axis.foot,
    }
    told = {name: value for name, value in ends.items() if value is not None}
    looks = {"num_format": axis.pattern, "num_font": FONT, "line": INK}
    return looks | told | _titled(axis.title)


def _titled(title: str) -> dict[str, Any]:
    if not title:
        return {}
    return {"name": _text(title), "name_font": FONT | {"bold": False}}


# ------------------------------------------------------------------------- looks


def _bar(line: Line, plan: Plan) -> dict[str, Any]:
    look = line.look
    made: dict[str, Any] = {"gap": 10 if plan.thin else 40}
    if plan.way == "both":
        made["overlap"] = 100
    thin = {"border": {"none": True}} if plan.thin else {}
    if "facecolor" in look:
        made |= _filled(look) | thin
        points = look.get("points", ())
        if any(one != points[0] for one in points):
            made["points"] = [_filled(one) for one in points]
        return made
    # A series along an axis: what is not whole is hollow.
    colour = look["color"]
    made |= {"fill": {"color": colour}, "border": {"color": colour, "width": 0.75}}
    if any(look.get("hollow", ())):
        hollow = {"fill": {"color": "#ffffff"}, "border": {"color": colour, "width": 0.75}}
        made["points"] = [hollow if empty else None for empty in look["hollow"]]
    return made


def _filled(look: Mapping[str, Any]) -> dict[str, Any]:
    colour, sign = look["facecolor"], (look.get("hatch") or " ")[0]
    border = {"border": {"color": look.get("edgecolor", INK["color"]), "width": 0.5}}
    if sign in PATTERNS:
        hatch = {"pattern": PATTERNS[sign], "fg_color": "#ffffff", "bg_color": colour}
        return {"pattern": hatch} | border
    return {"fill": {"color": colour}} | border


def _stroke(line: Line) -> dict[str, Any]:
    look = line.look
    if line.form == "line":
        drawn = {
            "color": look["color"],
            "width": look["width"],
            "dash_type": DASHES[look.get("dash", "solid")],
        }
        marker = {"type": look.get("marker", "none"), "size": 5, **_inked(look["color"])}
        return {"line": drawn, "marker": marker}
    sign = look.get("symbol", "circle")
    marker = {"type": SYMBOLS.get(sign, sign), "size": 6, **_inked(look["color"])}
    return {"line": {"none": True}, "marker": marker}


def _inked(colour: str) -> dict[str, Any]:
    return {"fill": {"color": colour}, "border": {"color": colour}}


def _limits(line: Line, at: Mapping[Values, Area]) -> dict[str, Any]:
    """Return limits as bars of error along the values, whichever way these lie."""
    if line.drops:
        stroke = {"color": line.look["color"], "dash_type": "dash"}
        foot = {"type": "percentage", "value": 100, "direction": "minus", "end_style": 0}
        return {"y_error_bars": foot | {"line": stroke}}
    if line.below is None or line.above is None:
        return {}
    below, above = at[line.below], at[line.above]
    bars = {
        "type": "custom",
        "minus_values": below.reference,
        "minus_data": [*below.cells],
        "plus_values": above.reference,
        "plus_data": [*above.cells],
        "line": INK,
    }
    return {"y_error_bars": bars}


def _labels(line: Line, plan: Plan) -> dict[str, Any]:
    if line.tags is not None:
        told = [
            {"delete": True} if text is None else {"value": export.excel_text(str(text))}
            for text in line.tags.cells
        ]
        if all("delete" in one for one in told):
            return {}
        position = "right" if plan.way == "scatter" else "above"
        return {"data_labels": {"value": True, "custom": told, "position": position, "font": FONT}}
    if plan.numbered and line.form == "bars":
        looks = {"num_format": line.values.pattern, "font": FONT, "position": "outside_end"}
        return {"data_labels": {"value": True} | looks}
    return {}


# ------------------------------------------------------------------------- parts


def _same(cell: words.Cell, value: float | str | None, tolerance: float) -> bool:
    if isinstance(value, str):
        # In a document of two languages the other one stands behind the first.
        return cell.text == value or cell.text.startswith(f"{value} / ")
    found = cell.value
    if value is None or not isinstance(found, int | float):
        return value is None and found is None
    return math.isclose(found, value, rel_tol=1e-9, abs_tol=tolerance)


def _quoted(sheet: str) -> str:
    return "'{}'".format(sheet.replace("'", "''"))


def _letters(column: int) -> str:
    """Return the name of a column, counted from 0.

    >>> _letters(0), _letters(25), _letters(26), _letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _text(text: str) -> str:
    """Return a name that stays text: one like `Sheet!A1` would be taken for the cell it names."""
    return re.sub(r"!(?=\$?[A-Z]+\$?\d)", "! ", export.excel_text(text))
