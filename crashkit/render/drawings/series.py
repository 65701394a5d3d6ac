"""Counts along an ordered axis with their limits, means, bands of chance and marks of breaks.

Data: categories (Messages); series ({key, label, form, values}, and lower and upper limits, and
which bars are hollow), form is bars, line or points, a value None is a gap; bands ({label, lower,
upper}); marks ({key, at, label}, of charts.MARKS); ticks ((place, Message), or None for all
categories); across, unit (Messages); of a `low` one the height is a third of
the width. How a key looks is in charts.SERIES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from crashkit import charts
from crashkit.render.pens import (
    INK,
    MM,
    NARROW_MM,
    SIZE,
    SOFT,
    Drawing,
    Floats,
    Pen,
    bare,
    font,
    legend,
    short,
    thin_labels,
)

DASHES: Mapping[str, Any] = {"solid": "-", "dash": (0, (4, 2)), "dot": (0, (1, 1.5))}
BAND: Mapping[str, Any] = {"color": charts.BAND, "alpha": charts.BAND_OPACITY}
SYMBOLS = {"triangle-up": "^", "triangle-down": "v", "circle": "o"}


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw bands below, then bars with their limits, lines and points."""
    narrow = bool(pen.canvas.get_figwidth() < NARROW_MM * MM)
    several = len(data["series"]) + len(data["bands"]) > 1
    rows = (len(data["series"]) + len(data["bands"]) if narrow else 1) if several else 0
    high = float(pen.canvas.get_figheight()) / MM
    foot, head = 9 / high, (1 + 3.4 * rows) / high
    place = (0.12, foot, 0.87, 1 - foot - head) if narrow else (0.085, foot, 0.905, 1 - foot - head)
    axes = pen.canvas.add_axes(place)
    handles = [_band(axes, one, pen) for one in data["bands"]]
    handles += [_series(axes, one, pen) for one in data["series"]]
    _frame(axes, data, pen, narrow=narrow)
    for mark in data["marks"]:
        axes.axvline(
            mark["at"], color=charts.MARKS[mark["key"]], linewidth=1, linestyle=DASHES["dash"]
        )
        axes.annotate(
            pen.say(mark["label"]), (mark["at"], 1), xycoords=("data", "axes fraction"),
            xytext=(-1.5, -1), textcoords="offset points", rotation=90, ha="right", va="top",
            color=charts.MARKS[mark["key"]], fontproperties=font(SIZE - 1),
        )  # fmt: skip
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
        axes.set_position((0.01, *place[1:]))
    if several:
        legend(pen, handles, columns=1 if narrow else 0)


def _frame(axes: Axes, data: Mapping[str, Any], pen: Pen, *, narrow: bool) -> None:
    bare(axes)
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.6, len(data["categories"]) - 0.4)
    ticks = data["ticks"] or [*enumerate(data["categories"])]
    names = [pen.say(label) for _, label in ticks]
    axes.set_xticks([at for at, _ in ticks], names, fontproperties=font(SIZE - (0.7 * narrow)))
    thin_labels(axes, [2 * name if narrow else name for name in names])
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=1, color=SOFT)
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.grid(True, color="#e3e3e3", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(lambda value, _: short(value, pen))
    for label in axes.get_yticklabels():
        label.set_fontproperties(font(SIZE - 0.5))
        label.set_color(SOFT)


def _series(axes: Axes, one: Mapping[str, Any], pen: Pen) -> Any:
    look, label = charts.SERIES[one["key"]], pen.say(one["label"])
    values = _numbers(one["values"])
    at = np.arange(values.size)
    if one["form"] == "bars":
        hollow = one.get("hollow") or [False] * values.size
        colours = ["#ffffff" if empty else look["color"] for empty in hollow]
        thin = values.size > charts.MANY
        axes.bar(
            at, np.nan_to_num(values), 0.9 if thin else 0.72,
            color=colours, edgecolor=look["color"], linewidth=0.2 if thin else 0.7,
        )  # fmt: skip
        _limits(axes, one, at, values)
        return Patch(facecolor=look["color"], label=label)
    if one["form"] == "points":
        drawn = {"color": look["color"], "marker": SYMBOLS[look["symbol"]], "linestyle": "none"}
        axes.plot(at, values, markersize=4, zorder=4, **drawn)
        return Line2D([], [], label=label, markersize=4, **drawn)
    drawn = {
        "color": look["color"],
        "linewidth": 0.6 * look["width"],
        "linestyle": DASHES[look["dash"]],
    }
    axes.plot(at, values, zorder=3, **drawn)
    return Line2D([], [], label=label, **drawn)


def _limits(axes: Axes, one: Mapping[str, Any], at: Any, values: Floats) -> None:
    if one.get("lower") is None:
        return
    low, high = _numbers(one["lower"]), _numbers(one["upper"])
    known = np.isfinite(low) & np.isfinite(high) & np.isfinite(values)
    if known.any():
        axes.errorbar(
            at[known], values[known], yerr=[(values - low)[known], (high - values)[known]],
            fmt="none", ecolor=INK, elinewidth=0.6, zorder=4,
            capsize=1.2 if values.size <= charts.MANY else 0,
        )  # fmt: skip


def _band(axes: Axes, one: Mapping[str, Any], pen: Pen) -> Any:
    for x, low, high in charts.runs(one["lower"], one["upper"]):
        axes.fill_between(x, low, high, linewidth=0, zorder=2, **BAND)
    return Patch(label=pen.say(one["label"]), linewidth=0, **BAND)


def _numbers(values: Any) -> Floats:
    return np.array([np.nan if one is None else one for one in values], dtype=float)


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return half of the width, or a third, and more where the legend has a line for each."""
    rows = len(data["series"]) + len(data["bands"])
    share = 0.33 if data.get("low") else 0.5
    return share * width_mm + (3.4 * rows + 6 if width_mm < NARROW_MM else 0)


DRAWING = Drawing("series", draw, height_mm)
