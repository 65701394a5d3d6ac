"""A grid of counts.

Data: rows (Messages), columns (numbers or Messages), cells, row_kind, across.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from crashkit import charts
from crashkit.errors import Message
from crashkit.render.pens import INK, MM, SIZE, SOFT, Box, Drawing, Pen, drawable, font, rgb


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw a grid of counts, darker is more, white is none, grey is not known."""
    cells = np.asarray(data["cells"], dtype=float)
    axes = pen.canvas.add_axes(_grid_place(pen, left=0.075))
    most = max(float(np.nan_to_num(cells).max(initial=0)), 1.0)
    colours = np.array([_heat_colour(n, most) for n in cells.ravel()]).reshape(*cells.shape, 3)
    axes.imshow(colours, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(-0.5, cells.shape[1]), minor=True)
    axes.set_yticks(np.arange(-0.5, cells.shape[0]), minor=True)
    axes.grid(which="minor", color="white", linewidth=0.7)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(which="both", length=0, pad=2, colors=INK)
    axes.set_xticks(
        range(cells.shape[1]),
        [pen.say(c) if isinstance(c, Message) else str(c) for c in data["columns"]],
        fontproperties=font(SIZE - 0.7),
    )
    axes.set_yticks(
        range(cells.shape[0]), list(_row_names(data, pen)), fontproperties=font(SIZE - 0.2)
    )
    _make_room(axes, pen)
    small = font(SIZE - (1.0 if most < 100 else 1.6))
    if most >= TOO_WIDE:
        _heat_scale(most, pen)
    for (i, j), n in np.ndenumerate(cells):
        if n > 0 and most < TOO_WIDE:
            axes.text(
                j,
                i,
                f"{n:.0f}",
                ha="center",
                va="center_baseline",
                color="white" if n > 0.45 * most else INK,
                fontproperties=small,
            )
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=1, color=SOFT)
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
        axes.set_position(_grid_place(pen, left=0.003))


def _make_room(axes: Axes, pen: Pen) -> None:
    """Move the grid aside where the names of the rows are wide, as in two languages."""
    wide = max(label.get_window_extent().width for label in axes.get_yticklabels())
    left, foot, width, tall = _grid_place(pen, left=0.075)
    more = wide / float(pen.canvas.bbox.width) + 0.015 - left
    if more > 0:
        axes.set_position((left + more, foot, width - more, tall))


TOO_WIDE = 1000
"""Numbers of four digits find no room in a cell: a scale of the colours stands in their place."""


def _heat_scale(most: float, pen: Pen) -> None:
    width, height = (float(size) for size in pen.canvas.get_size_inches() / MM)
    at = (0.03, 0.6 / height, 24 / width, 1.6 / height)
    scale = pen.canvas.add_axes(at if pen.rightwards else (0.997 - at[2], *at[1:]))
    steps = np.array([[_heat_colour(n, most) for n in np.linspace(1, most, 64)]])
    scale.imshow(steps, aspect="auto", extent=(0, 1, 0, 1))
    scale.set_axis_off()
    # The least stands before the scale, the most in its dark end.
    for x, n, colour in ((-0.03, 1.0, INK), (0.98, most, "white")):
        scale.text(
            x, 0.45, pen.speaker.number(n), ha="right", va="center_baseline", color=colour,
            fontproperties=font(SIZE - 1.5),
        )  # fmt: skip


def _grid_place(pen: Pen, *, left: float) -> Box:
    """Return left, foot, width and height of a grid that leaves room for two lines below."""
    foot = 7.8 / (float(pen.canvas.get_size_inches()[1]) / MM)
    return left, foot, 0.922, 0.995 - foot


def _row_names(data: Mapping[str, Any], pen: Pen) -> Iterator[str]:
    for i, label in enumerate(data["rows"]):
        brief = data.get("row_kind") == "weekday" and len(data["rows"]) == 7
        yield drawable(pen.speaker.weekday(i + 1)) if brief else pen.say(label)


def _heat_colour(n: float, most: float) -> tuple[float, float, float]:
    steps = [rgb(colour) for colour in charts.HEAT]
    if np.isnan(n):
        return rgb(charts.NOT_COUNTED)
    if not n:
        return 0.965, 0.965, 0.965
    # The first step is white, which is kept for none at all.
    at = 0.35 + (len(steps) - 1.35) * n / most
    low = min(int(at), len(steps) - 2)
    share = at - low
    red, green, blue = (
        a + (b - a) * share for a, b in zip(steps[low], steps[low + 1], strict=True)
    )
    return red, green, blue


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the number of rows."""
    return 8.5 + 3.9 * len(data["rows"]) * max(width_mm / 88, 1)


DRAWING = Drawing("heat", draw, height_mm)
