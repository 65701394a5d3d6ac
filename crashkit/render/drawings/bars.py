"""Stacked bars. Data: categories (Messages), series ({key, label, values}), field, unit.

`beside`: the bars of a category stand side by side; `digits` after the decimal mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from crashkit.render.pens import (
    INK,
    MM,
    SIZE,
    SOFT,
    Drawing,
    Floats,
    Pen,
    bare,
    broken_label,
    font,
    legend,
    look,
    short,
    thin_labels,
)


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw stacked bars, the first series at the foot, with the total above each bar."""
    width, high = (float(size) / MM for size in pen.canvas.get_size_inches())
    names = [pen.say(label) for label in data["categories"]]
    labels = _labels(names, 0.9 * width / max(len(names), 1))
    rows = max((label.count("\n") for label in labels), default=0)
    foot_of_axes = 0.13 + ROW_MM * rows / high
    tall = (0.68 if len(data["series"]) > 1 else 0.8) - (foot_of_axes - 0.13)
    place = (0.085, foot_of_axes, 0.905, tall)
    axes = pen.canvas.add_axes(place)
    at = np.arange(len(names))
    foot = np.zeros(len(names))
    patches = []
    beside = bool(data.get("beside"))
    wide = 0.8 / max(len(data["series"]), 1) if beside else 0.72
    for i, one in enumerate(data["series"]):
        drawn = look(data.get("field", ""), one["key"], i)
        heights = np.asarray(one["values"], dtype=float)
        aside = (i - (len(data["series"]) - 1) / 2) * wide if beside else 0.0
        low = 0.0 if beside else foot
        axes.bar(at + aside, heights, wide, bottom=low, linewidth=0.4, **drawn)
        patches.append(Patch(label=pen.say(one["label"]), linewidth=0.4, **drawn))
        foot = np.maximum(foot, heights) if beside else foot + heights
    bare(axes)
    axes.set_ylim(0, max(float(foot.max(initial=0)) * 1.12, 1))
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_xticks(at, labels, fontproperties=font())
    if labels == names:
        thin_labels(axes, names)
    axes.yaxis.grid(True, color="#e3e3e3", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.locator_params(axis="y", nbins=5, integer=not data.get("digits"))
    axes.yaxis.set_major_formatter(lambda value, _: short(value, pen))
    for label in axes.get_yticklabels():
        label.set_fontproperties(font(SIZE - 0.5))
        label.set_color(SOFT)
    if not beside:
        _totals(axes, at, foot, pen)
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
        axes.set_position((0.01, *place[1:]))
    if len(patches) > 1:
        legend(pen, patches)


ROW_MM = 2.9
"""How high a row of a label is."""
MOST_BROKEN = 12
"""Labels of more bars have no room for words, and are thinned."""


def _labels(names: Sequence[str], width_mm: float) -> list[str]:
    """Break labels of words where one is wider than its bar has room; numbers stay as they are."""
    if len(names) > MOST_BROKEN or all(name.strip("–-+<>≥≤ ").isdigit() for name in names):
        return [*names]
    return [broken_label(name, width_mm) for name in names]


def _totals(axes: Axes, at: NDArray[np.int64], totals: Floats, pen: Pen) -> None:
    if len(at) > 20:
        return
    for x, total in zip(at, totals, strict=True):
        axes.annotate(
            pen.speaker.number(float(total)),
            (x, total),
            xytext=(0, 1.5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=INK,
            fontproperties=font(SIZE - 0.5),
        )


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return half the width."""
    return 0.5 * width_mm


DRAWING = Drawing("bars", draw, height_mm)
