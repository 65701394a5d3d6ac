"""Bars that lie, a row each, with limits: counts, or shares where `percent` says so.

Data: rows ({key, label, note, value, lower, upper}, limits NaN where there are none), across, field
(whose colours are used), percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.render.pens import (
    INK,
    SIZE,
    SOFT,
    Drawing,
    Pen,
    beside,
    font,
    look,
    rows_axes,
    rows_height_mm,
)


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw the bars, the first on top, each with its limits and its number behind it."""
    rows = data["rows"]
    axes = rows_axes(pen, [pen.say(one["label"]) for one in rows], right=0.17, legend=False)
    tops = [one["upper"] if one["upper"] == one["upper"] else one["value"] for one in rows]
    most = max([*tops, 0.0]) * 1.04 or 1.0
    axes.set_xlim((most, 0) if pen.rightwards else (0, most))
    for i, one in enumerate(rows):
        drawn = look(charts.colour_field(data.get("field", "")), one["key"], 0)
        axes.barh(i, one["value"], 0.66, linewidth=0.4, **drawn)
        if one["lower"] == one["lower"]:
            axes.plot((one["lower"], one["upper"]), (i, i), color=INK, linewidth=1.0)
            for end in ("lower", "upper"):
                axes.plot((one[end],) * 2, (i - 0.16, i + 0.16), color=INK, linewidth=1.0)
        beside(axes, i, pen.say(one["note"]))
    axes.locator_params(axis="x", nbins=5, integer=not data["percent"])
    speaker = pen.speaker
    small = data["percent"] and most < 0.05
    axes.xaxis.set_major_formatter(
        lambda value, _: (
            speaker.percent(value, int(small)) if data["percent"] else speaker.number(value)
        )
    )
    for label in axes.get_xticklabels():
        label.set_fontproperties(font(SIZE - 0.5))
        label.set_color(SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=2, color=SOFT)


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the number of rows."""
    return rows_height_mm(len(data["rows"]), legend=False)


DRAWING = Drawing("ranks", draw, height_mm)
