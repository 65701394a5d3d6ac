"""A road by its km.

Data: at_km, step_km, series ({key, label, values}), bands ((from km, to km, number)), towns
((km, name)), across (Message).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from crashkit.render.pens import INK, MM, SIZE, SOFT, Drawing, Pen, bare, font, legend, look, short

BAND = "#d9d3ea"


ROWS = 2
"""Rows of numbers above a strip; a number that finds no room is left out."""


STRIP_MM, LETTER_MM = 42.0, 1.4
"""How high a strip is, and how wide a letter at most."""


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw a road by km: bars by severity, sites as bands with their numbers, settlements below."""
    axes = pen.canvas.add_axes((0.05, 0.28, 0.94, 0.44))
    at, step = np.asarray(data["at_km"], dtype=float), float(data["step_km"])
    axes.set_xlim(float(at[0]), float(at[-1]) + step)
    least = 0.003 * (float(at[-1]) + step - float(at[0]))
    for low, high, _ in data["bands"]:
        wide = max(high - low, least)
        axes.axvspan((low + high - wide) / 2, (low + high + wide) / 2, color=BAND, linewidth=0)
    foot, patches = np.zeros(at.size), []
    for i, one in enumerate(data["series"]):
        # Bars of a kilometre are too thin for a hatch or an outline.
        fill = look("severity", one["key"], i)["facecolor"]
        tall = np.asarray(one["values"], dtype=float) / step
        axes.bar(at, tall, step, bottom=foot, align="edge", facecolor=fill, linewidth=0)
        patches.append(Patch(label=pen.say(one["label"]), facecolor=fill))
        foot += tall
    axes.set_ylim(0, max(float(foot.max(initial=0)) * 1.05, 1 / step))
    bare(axes)
    axes.locator_params(axis="y", nbins=4)
    axes.locator_params(axis="x", nbins=12)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(SIZE - 0.5))
        label.set_color(SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), color=INK, labelpad=9)
    letter = LETTER_MM * MM / (pen.canvas.get_figwidth() * axes.get_position().width)
    sites = [((low + high) / 2, text) for low, high, text in data["bands"]]
    _along(axes, sites, letter, height=1.02, rows=ROWS)
    towns = [(km, pen.say(name)) for km, name in data["towns"]]
    _along(axes, towns, letter, height=-0.36, rows=1)
    legend(pen, patches)


def _along(
    axes: Axes, words: Sequence[tuple[float, str]], letter: float, *, height: float, rows: int
) -> None:
    """Write words at their km, the first ones first, in rows from a height on, where they fit.

    `letter` is how wide a letter is, as a share of the width.
    """
    low, high = axes.get_xlim()
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    for km, text in words:
        half = letter * (len(text) + 1) / 2
        middle = min(max((km - low) / (high - low), half), 1 - half)
        for row, spans in enumerate(taken):
            if all(middle + half <= left or right <= middle - half for left, right in spans):
                spans.append((middle - half, middle + half))
                axes.text(
                    middle,
                    height + 0.13 * row,
                    text,
                    transform=axes.transAxes,
                    ha="center",
                    va="bottom",
                    color=INK,
                    fontproperties=font(SIZE - 0.5),
                )
                break


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return the height of a strip, whatever its width."""
    return STRIP_MM


DRAWING = Drawing("strip", draw, height_mm)
