"""Figures for the screen, as data that the browser draws; charts draw and never compute.

A figure is what Plotly takes: `data`, `layout`, `config`. The colours of severity are those of the
map; a pattern tells the classes apart as well, for print and for eyes that see colours alike.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from crashkit import crosstabs, filters, tables
from crashkit.crosstabs import Crossed
from crashkit.errors import Message, ReportError
from crashkit.model import CrossTable

Say = Callable[..., str]
Figure = dict[str, Any]

SEVERITY_COLOURS = {
    "fatal": "#3b0f70",
    "serious": "#d1420e",
    "slight": "#f2b701",
    "injury": "#c77cab",
    "pdo": "#86b6dd",
    "": "#ffffff",
}
"""Colour of each severity, on the map and in charts; "" is unknown, drawn hollow."""

SEVERITY_PATTERNS = {"serious": "/", "slight": "", "injury": "x", "pdo": ".", "": ""}

# Okabe and Ito 2008, Color universal design; black last.
PALETTE = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#000000",
)
PATTERNS = ("", "/", "x", ".", "-", "|", "+", "\\")

# The same steps as the cells of the map; white is none at all.
HEAT = ("#ffffff", "#f4d58d", "#f0a04b", "#d1420e", "#8d1f4f", "#3b0f70")
INK = "#333333"
FEW_STEPS = 5
FONT = "Noto Sans, Noto Sans SC, sans-serif"


BAND, BAND_OPACITY = "#6a7299", 0.3
"""What chance allows lies over bars, which are seen through it."""
MARKS = {"break": "#a3290b", "joinpoint": "#7a4a00"}
"""Colours of marks on an axis: where recording changed, and where a trend did."""

SERIES: dict[str, Figure] = {
    "count": {"color": "#6f9fc8"},
    "this": {"color": "#3b0f70", "width": 3, "dash": "solid"},
    "mean": {"color": "#333333", "width": 2, "dash": "dash"},
    "trend": {"color": "#d55e00", "width": 2.5, "dash": "solid"},
    "more": {"color": "#d1420e", "symbol": "triangle-up"},
    "fewer": {"color": "#007f5f", "symbol": "triangle-down"},
}
"""How a series along an axis looks, by what it is."""

FAN = ("#b9aee0", "#d3ccec", "#e8e4f5")
"""Colours of the bands of a fan, the narrowest first."""
GOAL = "#007f5f"

MANY = 40
"""More places along an axis are drawn close together."""


def runs(
    lower: Sequence[float | None], upper: Sequence[float | None]
) -> list[tuple[list[float], list[float], list[float]]]:
    """Return a band in pieces without gaps: places, lower and upper edge, a step for each place."""
    found: list[tuple[list[float], list[float], list[float]]] = []
    last = -2
    for i, (low, high) in enumerate(zip(lower, upper, strict=True)):
        if low is None or high is None:
            continue
        if i != last + 1:
            found.append(([], [], []))
        last = i
        for edge, values in zip(
            found[-1], ((i - 0.5, i + 0.5), (low,) * 2, (high,) * 2), strict=True
        ):
            edge.extend(values)
    return found


def figure(table: CrossTable, kind: str, say: Say) -> Figure:
    """Draw a table as "stacked" bars, as a "heat" grid, or as plain "bars" of its rows.

    Raises ReportError for another kind.
    """
    if kind not in KINDS:
        raise ReportError(
            "There is no chart {kind}; there are {known}.", kind=kind, known=", ".join(KINDS)
        )
    return KINDS[kind](table, say)


def suited(table: CrossTable) -> str:
    """Return the kind of chart that suits a table: a grid where both sides are long."""
    return "heat" if min(len(table.rows), len(table.columns)) > len(PALETTE) - 2 else "stacked"


def stacked(table: CrossTable, say: Say) -> Figure:
    """Draw one bar a row of the table, its columns stacked."""
    names = [text(say(label)) for label in table.row_labels]
    traces = [
        _bars(
            names,
            [row[i] for row in table.cells],
            name=text(say(label)),
            look=look(table.column_field, table.columns[i], i),
        )
        for i, label in enumerate(table.column_labels)
    ]
    layout = _layout(table, say, table.row_field, say(tables.UNIT_LABELS[table.unit]))
    if max(tables.row_totals(table), default=0) <= FEW_STEPS:
        # A scale of its own accord would repeat whole numbers between them.
        layout["yaxis"]["dtick"] = 1
    layout |= {
        "barmode": "stack",
        "showlegend": True,
        "legend": {"title": {"text": say(filters.label(table.column_field))}},
    }
    return put_together(traces, layout)


def crossed(found: Crossed, say: Say) -> Figure:
    """Draw what the cells of a cross-table show: counts as `suited`, per cent or rates as bars.

    Bars of per cent of rows stand on each other, others side by side; too few have no bar.
    """
    table, shown = found.table, say(found.shown)
    if not found.figures:
        return figure(table, suited(table), say)
    drawn = stacked(table, say)
    for j, trace in enumerate(drawn["data"]):
        trace["y"] = [row[j] for row in found.figures]
        trace["hovertemplate"] = trace["hovertemplate"].replace("%{y:,d}", "%{y:,.1f}")
    layout = drawn["layout"]
    layout["barmode"] = "stack" if found.show == crosstabs.ROWS else "group"
    layout["title"]["text"] = text(say(crosstabs.title(found)))
    layout["yaxis"] |= {"title": {"text": text(shown)}, "tickformat": ","}
    layout["yaxis"].pop("dtick", None)
    return drawn


def bars(table: CrossTable, say: Say) -> Figure:
    """Draw one bar a row of the table: its total, the fields of the columns left aside."""
    names = [text(say(label)) for label in table.row_labels]
    plain = {"color": PALETTE[0], "line": {"color": INK, "width": 0.5}}
    traces = [_bars(names, tables.row_totals(table), name="", look=plain)]
    unit = say(tables.UNIT_LABELS[table.unit])
    layout = _layout(table, say, table.row_field, unit)
    layout["title"]["text"] = text(
        say("{unit}: {rows}", unit=unit, rows=say(filters.label(table.row_field)))
    )
    return put_together(traces, layout)


def heat(table: CrossTable, say: Say) -> Figure:
    """Draw a grid, first row on top; what is unknown is left out here and told below the title."""
    rows = [i for i, key in enumerate(table.rows) if key]
    columns = [i for i, key in enumerate(table.columns) if key]
    unit = say(tables.UNIT_LABELS[table.unit])
    trace = {
        "type": "heatmap",
        "x": [text(say(table.column_labels[i])) for i in columns],
        "y": [text(say(table.row_labels[i])) for i in rows],
        "z": [[table.cells[i][j] for j in columns] for i in rows],
        "colorbar": {"title": {"text": unit}, "tickformat": ",d"},
        **GRID,
    }
    layout = _layout(
        table, say, table.column_field, say(filters.label(table.row_field)), said=table.notes
    )
    layout["xaxis"]["dtick"] = 1
    layout["yaxis"] |= {"autorange": "reversed", "type": "category", "rangemode": "normal"}
    layout["plot_bgcolor"] = NOT_COUNTED
    return put_together([trace], layout)


NOT_COUNTED = "#d8d8d8"
GRID: Figure = {
    "zmin": 0,
    "colorscale": [[i / (len(HEAT) - 1), colour] for i, colour in enumerate(HEAT)],
    "xgap": 1,
    "ygap": 1,
    "hovertemplate": "%{y}, %{x}: %{z:,d}<extra></extra>",
}
"""How the cells of a grid of counts look."""

KINDS: dict[str, Callable[[CrossTable, Say], Figure]] = {
    "stacked": stacked,
    "bars": bars,
    "heat": heat,
}


def notebook(drawn: Figure) -> Any:
    """Return a figure of this module as a Plotly object, to be shown in a notebook."""
    # Loading Plotly takes a quarter of a second, which pages and commands need not pay.
    from plotly import graph_objects  # noqa: PLC0415

    return graph_objects.Figure({"data": drawn["data"], "layout": drawn["layout"]})


# ------------------------------------------------------------------ parts


def put_together(traces: Sequence[Figure], layout: Figure) -> Figure:
    """Return a figure as Plotly takes it."""
    config = {"displaylogo": False, "responsive": True}
    return {"data": list(traces), "layout": layout, "config": config}


def _bars(names: Sequence[str], values: Sequence[int], *, name: str, look: Figure) -> Figure:
    return {
        "type": "bar",
        "name": name,
        "x": list(names),
        "y": list(values),
        "marker": look,
        "hovertemplate": f"%{{x}}<br>{name}: %{{y:,d}}<extra></extra>"
        if name
        else "%{x}: %{y:,d}<extra></extra>",
    }


def look(field: str, key: str, i: int) -> Figure:
    """Return colour, pattern and dark outline of a class."""
    if field in ("severity", "injury"):
        key = {"killed": "fatal"}.get(key, key)
    colours, patterns = SEVERITY_COLOURS, SEVERITY_PATTERNS
    if key and (field not in ("severity", "injury") or key not in colours):
        colours = {key: PALETTE[i % len(PALETTE)]}
        patterns = {key: PATTERNS[i // len(PALETTE) % len(PATTERNS)]}
    return {
        "color": colours[key],
        "line": {"color": INK, "width": 0.75},
        "pattern": {
            "shape": patterns.get(key, ""),
            "fillmode": "overlay",
            "fgcolor": "#ffffff",
            "fgopacity": 0.55,
            "size": 6,
            "solidity": 0.2,
        },
    }


def _layout(
    table: CrossTable, say: Say, across: str, up: str, *, said: Sequence[Message] = ()
) -> Figure:
    """Return axes and a title that states what is counted, how many, and when."""
    notes = [say(note) for note in said or table.notes[:2]]
    notes[-1:] = [f"{notes[-1] if notes else ''} {say('{n} in total.', n=table.total)}".strip()]
    made = layout(say(tables.title(table)), notes)
    made["xaxis"]["title"] = {"text": text(say(filters.label(across)))}
    made["xaxis"]["type"] = "category"
    made["yaxis"]["title"] = {"text": text(up)}
    return made


def layout(title: str, notes: Sequence[str]) -> Figure:
    """Return the layout of a figure with its title and, below it, a line for each note."""
    return {
        "title": {
            "text": text(title),
            "subtitle": {"text": "<br>".join(map(text, notes))},
            "x": 0,
            "xref": "paper",
            "yref": "container",
            "y": 0.96,
            "yanchor": "top",
        },
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "xaxis": {"automargin": True},
        "yaxis": {
            "automargin": True,
            "rangemode": "tozero",
            "gridcolor": "#e4e4e4",
            "tickformat": ",d",
        },
        "margin": {"t": 80 + 16 * len(notes), "r": 16, "b": 56, "l": 56},
        "showlegend": False,
        "separators": ". ",
    }


def steps(most: int, *, about: int = 4) -> list[int]:
    """Return about so many round numbers from 0 to `most`, the steps of 1, 2 or 5 times 10ⁿ.

    >>> steps(740), steps(2), steps(0)
    ([0, 200, 400, 600], [0, 1, 2], [0, 1])
    """
    rough = max(most, 1) / about
    scale = 10 ** math.floor(math.log10(max(rough, 1)))
    step = next(one * scale for one in (1, 2, 5, 10) if one * scale >= rough)
    return [*range(0, max(most, 1) + 1, step)]


def per_cent(share: float) -> float:
    """Return a level as it is said: 95, 99.8.

    >>> per_cent(0.95), per_cent(0.998), per_cent(0.9999)
    (95, 99.8, 99.99)
    """
    level = round(100 * share, 5)
    return int(level) if level == int(level) else level


def text(words: str) -> str:
    """Keep a name with angle brackets from being read as markup by the drawing library."""
    return html.escape(words, quote=False)


# ------------------------------------------------------------------ rows

ROWS: Figure = {
    "type": "category",
    "tickformat": "",
    "rangemode": "normal",
    "showgrid": False,
    "fixedrange": True,
    "automargin": True,
}
"""The axis of rows, the first on top."""

ROW_BREADTH = 22
"""A name beside a row breaks after so many signs; a wide one counts as two."""

RATIO_TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
RATIO_LOOKS: dict[int, Figure] = {
    1: {"color": PALETTE[5]},
    -1: {"color": PALETTE[0]},
    0: {"color": "#6b6b6b"},
}
"""How ratios look that are beyond chance (more, less), and those that are not: hollow."""


def ratio_point(ratio: float, least: float, most: float) -> tuple[str, float]:
    """Return the sign of a ratio and where it stands; beyond the axis an arrow at its edge."""
    if ratio > most:
        return "triangle-right", most
    return ("triangle-left", least) if ratio < least else ("circle", ratio)


def ratio_range(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis of ratios: half to double at least, 1/50 to 50 at most."""
    told = [value for value in values if math.isfinite(value) and value > 0]
    least, most = min([0.5, *told]) / 1.1, max([2.0, *told]) * 1.1
    return max(least, RATIO_TICKS[0]), min(most, RATIO_TICKS[-1])


def ratio_ticks(least: float, most: float) -> list[float]:
    """Return where an axis of ratios has its numbers; a long one has fewer of them."""
    found = [one for one in RATIO_TICKS if least <= one <= most]
    return (
        found
        if len(found) <= 6
        else [one for one in found if one in (0.02, 0.1, 0.5, 1, 2, 10, 50)]
    )


def in_lines(words: str) -> str:
    """Return the title of an axis in as many lines as a phone needs."""
    return "<br>".join(map(text, _all_lines(words)))


def row_names(names: Sequence[str]) -> list[str]:
    """Return the names of rows as lines that break between words; equal ones are told apart."""
    found: list[str] = []
    for name in names:
        made = "<br>".join(map(text, _lines(name)))
        while made in found:
            made += "\u200b"
        found.append(made)
    return found


def _lines(name: str) -> list[str]:
    lines = _all_lines(name)
    return lines[:2] if len(lines) < 3 else [lines[0], f"{lines[1]} …"]


def _all_lines(name: str) -> list[str]:
    lines = [""]
    for word in name.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _breadth(longer) > ROW_BREADTH:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _breadth(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)


def colour_field(name: str) -> str:
    """Return the field whose colours a field has: injuries look as the severity of crashes."""
    return "severity" if name in ("severity", "injury") else ""
