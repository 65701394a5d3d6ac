"""A pyramid of ages. Data: bands (Messages), two sides ({key, label, values}), across."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.patches import Patch

from crashkit import charts
from crashkit.render.pens import INK, MM, NARROW_MM, SIZE, SOFT, Drawing, Pen, bare, font, legend

HATCHES = ("", "//////")
"""The second side is hatched, so that grey print tells them apart."""


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw the youngest at the foot, the first side to the left, with the number at each bar."""
    names = [pen.say(label) for label in data["bands"]]
    wide, tall = (float(size) for size in pen.canvas.get_size_inches() / MM)
    foot = 8.5 / tall
    left = min(2.5 + 1.25 * max(map(len, names), default=0), 0.3 * wide) / wide
    axes = pen.canvas.add_axes((left, foot, 0.985 - left, 0.995 - foot - 5 / tall))
    at = np.arange(len(names))
    most = max((n for side in data["sides"] for n in side["values"]), default=0)
    patches = []
    for i, side in enumerate(data["sides"]):
        looks: dict[str, Any] = {
            "facecolor": charts.PALETTE[i],
            "edgecolor": INK,
            "hatch": HATCHES[i],
            "hatchcolor": "#ffffffb0",
            "hatch_linewidth": 0.6,
        }
        sign = 1 if i else -1
        lengths = np.asarray(side["values"], dtype=float)
        axes.barh(at, sign * lengths, 0.8, linewidth=0.4, **looks)
        patches.append(Patch(label=pen.say(side["label"]), linewidth=0.4, **looks))
        for y, n in zip(at, lengths, strict=True):
            axes.annotate(
                pen.speaker.number(float(n), data.get("digits", 0)),
                (sign * n, y),
                xytext=(2 * sign, 0),
                textcoords="offset points",
                ha="left" if i else "right",
                va="center_baseline",
                color=INK,
                fontproperties=font(SIZE - 0.7),
            )
    bare(axes)
    axes.axvline(0, color=INK, linewidth=0.6)
    # Room for the numbers beyond the longest bars.
    end = (1.3 if wide < NARROW_MM else 1.12) * max(most, 1)
    axes.set_xlim(-end, end)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(at, names, fontproperties=font())
    steps = charts.steps(math.ceil(most))
    marks = sorted({sign * step for step in steps for sign in (-1, 1)})
    texts = [pen.speaker.number(abs(mark)) for mark in marks]
    axes.set_xticks(marks, texts, fontproperties=font(SIZE - 0.5), color=SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), labelpad=1, color=SOFT)
    legend(pen, patches)


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the number of bands."""
    return 16 + 4.2 * len(data["bands"]) * max(min(width_mm / 88, 1.4), 1)


DRAWING = Drawing("pyramid", draw, height_mm)
