"""Months by hours as a grid of counts, with the curves of the sun over it.

Data: rows (Messages, January first), columns (hours 0 to 23), cells, across, and curves: label,
hours, rows (0 is the middle of January; the foot of December is 11.5), dashed, and side: where its
name stands, "left" or "right".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crashkit import charts
from crashkit.render.pens import INK, MM, SIZE, SOFT, Drawing, Pen, font, rgb

EMPTY = (0.965, 0.965, 0.965)


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw the counts as colours and numbers, and the curves with their names at the head."""
    cells = np.asarray(data["cells"], dtype=float)
    most = max(float(cells.max(initial=0)), 1.0)
    height = float(pen.canvas.get_size_inches()[1]) / MM
    foot, head = 7.8 / height, 1 - 5.5 / height
    left = 0.012 if pen.rightwards else 0.1
    axes = pen.canvas.add_axes((left, foot, 0.886, head - foot))
    colours = np.array([_colour(n / most) for n in cells.ravel()]).reshape(*cells.shape, 3)
    rows = len(data["rows"])
    axes.imshow(colours, aspect="auto", interpolation="nearest", extent=(0, 24, rows - 0.5, -0.5))
    axes.set_xticks(np.arange(0, 25), minor=True)
    axes.set_yticks(np.arange(-0.5, rows), minor=True)
    axes.grid(which="minor", color="white", linewidth=0.6)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(which="both", length=0, pad=2, colors=INK)
    axes.set_xticks(range(0, 25, 3), [str(h) for h in range(0, 25, 3)], fontproperties=font())
    names = [pen.say(one) for one in data["rows"]]
    axes.set_yticks(range(rows), names, fontproperties=font(SIZE - 0.5))
    if most < 100:
        _numbers(axes, cells, most)
    for one in data["curves"]:
        style = ":" if one["dashed"] else "-"
        axes.plot(one["hours"], one["rows"], color="white", linewidth=2.6)
        axes.plot(one["hours"], one["rows"], color="black", linewidth=1.3, linestyle=style)
        if one["hours"]:
            before = (one["side"] == "left") != pen.rightwards
            axes.text(
                one["hours"][0], -0.62, pen.say(one["label"]), ha="right" if before else "left",
                va="bottom", color=INK, fontproperties=font(SIZE - 1.0),
            )  # fmt: skip
    axes.set_xlim(0, 24)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=1, color=SOFT)
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()


def _numbers(axes: Any, cells: Any, most: float) -> None:
    for (i, j), n in np.ndenumerate(cells):
        if n:
            axes.text(
                j + 0.5, i, f"{n:.0f}", ha="center", va="center_baseline",
                color="white" if n > 0.45 * most else INK, fontproperties=font(SIZE - 1.4),
            )  # fmt: skip


def _colour(share: float) -> tuple[float, float, float]:
    """Return the colour of a cell; the first step is white, which is kept for none at all."""
    if not share:
        return EMPTY
    steps = [rgb(colour) for colour in charts.HEAT]
    at = 0.35 + (len(steps) - 1.35) * share
    red, green, blue = (np.interp(at, range(len(steps)), part) for part in zip(*steps, strict=True))
    return float(red), float(green), float(blue)


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the number of rows."""
    return 14 + 3.9 * len(data["rows"]) * max(width_mm / 110, 1)


DRAWING = Drawing("sun", draw, height_mm)
