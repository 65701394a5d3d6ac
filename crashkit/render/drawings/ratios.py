"""Ratios with their limits, a row each, on an axis by the logarithm with a line at 1.

Data: rows ({label, note, told, ratio, lower, upper, mark}; NaN is no ratio; mark is +1 more than
chance, -1 less, 0 neither), range (least, most), across, marks (what +1, -1 and 0 are called).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.ticker import FixedLocator, NullLocator

from crashkit import charts
from crashkit.render.pens import INK, MM, SIZE, SOFT, Drawing, Pen, bare, font

TICKS = (0.2, 0.5, 1, 2, 5)
COLOURS = {1: charts.PALETTE[5], -1: charts.PALETTE[0], 0: SOFT}


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw each ratio as a point between its limits, its number at the right."""
    rows = data["rows"]
    height = float(pen.canvas.get_size_inches()[1]) / MM
    foot = 8 / height
    place = (0.11, foot, 0.5, 0.99 - foot) if pen.rightwards else (0.39, foot, 0.5, 0.99 - foot)
    axes = pen.canvas.add_axes(place)
    bare(axes)
    axes.set_xscale("log")
    least, most = data["range"]
    axes.set_xlim((most, least) if pen.rightwards else (least, most))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{one:g}" for one in TICKS], fontproperties=font(SIZE - 0.5))
    axes.axvline(1, color=INK, linewidth=0.8)
    names = [pen.say(one["label"]) for one in rows]
    axes.set_yticks(range(len(rows)), names, fontproperties=font(SIZE - 0.5))
    if pen.rightwards:
        axes.yaxis.tick_right()
    for i, one in enumerate(rows):
        colour = COLOURS[one["mark"]]
        ends = [min(max(one[end], least), most) for end in ("lower", "upper")]
        if one["ratio"] == one["ratio"]:
            axes.plot(ends, (i, i), color=colour, linewidth=1.1, solid_capstyle="butt")
            axes.plot(
                [one["ratio"]], [i], "o", color=colour, markersize=3.6,
                markerfacecolor=colour if one["mark"] else "white",
            )  # fmt: skip
        axes.annotate(
            pen.say(one["note"]), (1.02, i), xycoords=("axes fraction", "data"),
            ha="left", va="center", color=INK, annotation_clip=False,
            fontproperties=font(SIZE - 0.5, bold=bool(one["mark"])),
        )  # fmt: skip
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=1, color=SOFT)


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the number of rows."""
    return 12 + 4.6 * len(data["rows"])


DRAWING = Drawing("ratios", draw, height_mm)
