"""Counts of years, the path to a target, and where the trend leads.

Data: counted, path and ahead ((year, number) each), bands ((year, low, high) each) and their
levels, labels, across and unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.lines import Line2D

from crashkit import charts
from crashkit.render.pens import (
    INK,
    MM,
    NARROW_MM,
    PLAIN,
    SOFT,
    Drawing,
    Pen,
    bare,
    font,
    legend,
    short,
)


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw yearly counts, the path to a target and, fanning out, where the trend leads."""
    narrow = pen.canvas.get_figwidth() < NARROW_MM * MM
    axes = pen.canvas.add_axes((0.1, 0.08, 0.87, 0.73) if narrow else (0.075, 0.1, 0.905, 0.78))
    for band, colour in reversed([*zip(data["bands"], charts.FAN, strict=True)]):
        if band:
            years, low, high = zip(*band, strict=True)
            axes.fill_between(years, low, high, color=colour, linewidth=0)
    if data["ahead"]:
        axes.plot(
            *zip(*data["ahead"], strict=True), color=PLAIN, linewidth=1, linestyle=(0, (4, 2))
        )
    axes.plot(*zip(*data["path"], strict=True), color=charts.GOAL, linewidth=1.2)
    axes.plot(*data["path"][-1], color=charts.GOAL, marker="D", markersize=4)
    axes.plot(
        *zip(*data["counted"], strict=True), color=INK, linewidth=1, marker="o", markersize=2.6
    )
    bare(axes)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", integer=True, nbins=5 if narrow else 12)
    axes.locator_params(axis="y", integer=True, nbins=6)
    axes.grid(axis="y", color="#e4dfd5", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda value, _: str(round(value)))
    axes.yaxis.set_major_formatter(lambda value, _: short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font())
        label.set_color(SOFT)
    looks: dict[str, dict[str, Any]] = {
        "counted": {"color": INK, "marker": "o", "markersize": 2.6, "linewidth": 1},
        "path": {"color": charts.GOAL, "marker": "D", "markersize": 3, "linewidth": 1.2},
        "ahead": {"color": PLAIN, "linewidth": 1, "linestyle": (0, (4, 2))},
    }
    there = [name for name in looks if data[name]]
    labels = [pen.say(data["labels"][name]) for name in there]
    legend(
        pen,
        [
            Line2D([], [], label=label, **looks[name])
            for name, label in zip(there, labels, strict=True)
        ],
        columns=1 if narrow else 0,
    )


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return half the width."""
    return 0.5 * width_mm


DRAWING = Drawing("path", draw, height_mm)
