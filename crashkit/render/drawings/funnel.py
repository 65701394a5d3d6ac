"""A funnel of areas.

Data: points ({label, x, y, band}), at (exposures), common, limits ({level, low, high}), across, up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator

from crashkit import charts
from crashkit.errors import Message
from crashkit.render.pens import INK, MM, SIZE, SOFT, Drawing, Pen, bare, font, legend, short

DASHES = ("--", "-")
ROOM = 2.5
"""The axis holds limits up to so many times what the points need; wider ones run out at its top."""
LIMITS = Message("{level} % limits")
COMMON = Message("All together")


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw the limits about the common rate, a point for each area, names of those outside."""
    wide, tall = (float(size) for size in pen.canvas.get_size_inches() / MM)
    axes = pen.canvas.add_axes((11 / wide, 9 / tall, 1 - 14 / wide, 1 - 19 / tall))
    handles = []
    for dash, one in zip(DASHES, data["limits"], strict=True):
        looks: dict[str, Any] = {"color": SOFT, "linestyle": dash, "linewidth": 0.7}
        for side in ("low", "high"):
            axes.plot(data["at"], one[side], **looks)
        label = Message(LIMITS.text, {"level": charts.per_cent(one["level"])})
        handles.append(Line2D([], [], label=pen.say(label), **looks))
    axes.axhline(data["common"], color=charts.PALETTE[0], linewidth=0.9)
    handles.append(Line2D([], [], color=charts.PALETTE[0], linewidth=0.9, label=pen.say(COMMON)))
    for one in data["points"]:
        out = abs(one["band"]) == len(DASHES)
        axes.plot(
            one["x"], one["y"], "D" if out else "o", markersize=3.4 if out else 2.6,
            color=charts.PALETTE[5 if out else 4], markeredgecolor=INK, markeredgewidth=0.4,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(data["at"][0], data["at"][-1])
    axes.set_ylim(0, highest(data))
    bare(axes)
    _run_out(axes, data)
    _names(axes, data, pen)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.minorticks_off()
    axes.locator_params(axis="y", nbins=5)
    for way in (axes.xaxis, axes.yaxis):
        way.set_major_formatter(lambda value, _: short(value, pen))
    for mark in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        mark.set_fontproperties(font(SIZE - 0.5))
        mark.set_color(SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=1, color=SOFT)
    pen.canvas.text(
        0.003, 1 - 5.2 / tall, pen.say(data["up"]), fontproperties=font(), color=SOFT, va="top"
    )
    legend(pen, handles)


def highest(data: Mapping[str, Any]) -> float:
    """Return the top of the axis: it holds the limits, where they leave the points some room."""
    points = max((one["y"] for one in data["points"]), default=1)
    least = max(points * 1.15, data["common"] * 1.5)
    held = 1.04 * max(_highs(data).max(initial=0), least)
    return float(held if held <= ROOM * least else least)


def _highs(data: Mapping[str, Any]) -> Any:
    highs = np.array([one["high"] for one in data["limits"]], dtype=float)
    return np.nan_to_num(highs, nan=0.0)


def _run_out(axes: Axes, data: Mapping[str, Any]) -> None:
    """Mark where a limit goes on above the axis: it does not end there."""
    top = axes.get_ylim()[1]
    for high in _highs(data):
        above = np.flatnonzero(high > top)
        if not above.size or above[-1] + 1 >= high.size:
            continue
        i = int(above[-1])
        share = (high[i] - top) / (high[i] - high[i + 1])
        first, after = np.log(data["at"][i]), np.log(data["at"][i + 1])
        at = float(np.exp(first + share * (after - first)))
        axes.plot(at, top, marker="^", markersize=4, color=SOFT, clip_on=False)


def _names(axes: Axes, data: Mapping[str, Any], pen: Pen) -> None:
    left, right = np.log(data["at"][0]), np.log(data["at"][-1])
    for one in data["points"]:
        if abs(one["band"]) < len(DASHES):
            continue
        late = (np.log(one["x"]) - left) / (right - left) > 0.6
        axes.annotate(
            pen.say(one["label"]),
            (one["x"], one["y"]),
            xytext=(-3.5 if late else 3.5, 0),
            textcoords="offset points",
            ha="right" if late else "left",
            va="center",
            color=INK,
            fontproperties=font(SIZE - 0.5),
        )


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a little more than half the width."""
    return min(0.55 * width_mm + 14, 105)


DRAWING = Drawing("funnel", draw, height_mm)
