"""Ratios with their limits, a row each, on an axis by the logarithm with a line at 1.

Data: rows ({label, note, ratio, lower, upper, mark}, numbers may be infinite, mark is +1 more than
chance, -1 less, 0 neither), range (least, most), across, marks (what +1, -1 and 0 are called).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from crashkit import charts
from crashkit.render.pens import (
    INK,
    NARROW_MM,
    SIZE,
    SOFT,
    Drawing,
    Pen,
    beside,
    font,
    legend,
    rows_axes,
    rows_height_mm,
    short,
)


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw each ratio as a point between its limits; what lies beyond the axis ends at its edge."""
    rows = data["rows"]
    least, most = data["range"]
    axes = rows_axes(pen, [pen.say(one["label"]) for one in rows], right=0.16, legend=True)
    axes.set_xscale("log")
    axes.set_xlim((most, least) if pen.rightwards else (least, most))
    ticks = charts.ratio_ticks(least, most)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([_tick(one, pen) for one in ticks], fontproperties=font(SIZE - 0.5))
    axes.axvline(1, color=INK, linewidth=0.8)
    for i, one in enumerate(rows):
        look = charts.RATIO_LOOKS[one["mark"]]
        ends = [min(max(one[end], least), most) for end in ("lower", "upper")]
        if one["lower"] == one["lower"]:
            axes.plot(ends, (i, i), color=look["color"], linewidth=1.1, solid_capstyle="butt")
        shape, at = charts.ratio_point(one["ratio"], least, most)
        face = look["color"] if one["mark"] else "white"
        axes.plot(
            [at], [i], _SHAPES[shape], color=look["color"], markerfacecolor=face, markersize=3.6,
            markeredgewidth=0.9, clip_on=False,
        )  # fmt: skip
        beside(axes, i, pen.say(one["note"]), bold=bool(one["mark"]))
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=2, color=SOFT)
    narrow = pen.canvas.get_size_inches()[0] * 25.4 < NARROW_MM
    legend(
        pen,
        [_sign(mark, words, pen) for mark, words in data["marks"]],
        columns=1 + 2 * (not narrow),
    )


_SHAPES = {"circle": "o", "triangle-right": ">", "triangle-left": "<"}


def _tick(value: float, pen: Pen) -> str:
    return pen.speaker.number(value, 2) if value < 0.1 else short(value, pen)


def _sign(mark: int, words: Any, pen: Pen) -> Line2D:
    colour = charts.RATIO_LOOKS[mark]["color"]
    return Line2D(
        [], [], color=colour, marker="o", markersize=3.6, linewidth=1.1, label=pen.say(words),
        markerfacecolor=colour if mark else "white",
    )  # fmt: skip


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the number of rows."""
    return rows_height_mm(len(data["rows"]), legend=True)


DRAWING = Drawing("ratios", draw, height_mm)
