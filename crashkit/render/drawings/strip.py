"""A road by its km.

Data: at_km, step_km, series ({key, label, values}), bands ((from km, to km, number)), towns
((km, name)), across (Message). They may also have: to_km, where each bar ends; km, how much road
is in it; limit, a count for each km; junctions ((km, name)); aadt,
vehicles a day for each bar or None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from crashkit.errors import Message
from crashkit.render.pens import INK, MM, SIZE, SOFT, Drawing, Pen, font, legend, look, scales

BAND = "#d9d3ea"


ROWS = 2
"""Rows of numbers above a strip; a number that finds no room is left out."""


STRIP_MM, TRAFFIC_MM, LETTER_MM = 42.0, 14.0, 1.4
"""How high a strip is, the traffic below it, and how wide a letter at most."""
TRAFFIC, UNKNOWN = "#0072b2", "#9a958a"
CHANCE = Message("More than chance from here")


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw a road by km: bars by severity, sites as bands with their numbers, settlements below.

    A dashed line is the limit of chance, strokes at the foot are junctions, and the lowest part is
    the traffic.
    """
    low_mm = TRAFFIC_MM if _has_traffic(data) else 0.0
    whole = STRIP_MM + low_mm
    foot_mm = low_mm + 0.28 * STRIP_MM
    axes = pen.canvas.add_axes((0.05, foot_mm / whole, 0.94, 0.44 * STRIP_MM / whole))
    at, until = _spans(data)
    axes.set_xlim(float(at[0]), float(until[-1]))
    least = 0.003 * float(until[-1] - at[0])
    for low, high, _ in data["bands"]:
        wide = max(high - low, least)
        axes.axvspan((low + high - wide) / 2, (low + high + wide) / 2, color=BAND, linewidth=0)
    top, patches = _bars(axes, data, pen)
    patches += _chance(axes, data, pen)
    axes.set_ylim(0, top)
    for km, _ in data.get("junctions", ()):
        axes.axvline(km, 0, 0.04, color=SOFT, linewidth=0.6)
    scales(axes, pen)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), color=INK, labelpad=9)
    letter = LETTER_MM * MM / (pen.canvas.get_figwidth() * axes.get_position().width)
    sites = [((low + high) / 2, text) for low, high, text in data["bands"]]
    _along(axes, sites, letter, height=1.02, rows=ROWS)
    towns = [(km, pen.say(name)) for km, name in data["towns"]]
    _along(axes, towns, letter, height=-0.36, rows=1)
    if low_mm:
        _traffic(data, pen, low_mm / whole)
    legend(pen, patches)


def _spans(data: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where bars begin and end."""
    at = np.asarray(data["at_km"], dtype=float)
    return at, np.asarray(data.get("to_km", at + float(data["step_km"])), dtype=float)


def _bars(axes: Axes, data: Mapping[str, Any], pen: Pen) -> tuple[float, list[Artist]]:
    """Draw the bars; return how high they reach, and what stands for them in the legend."""
    at, until = _spans(data)
    road = np.asarray(data.get("km", until - at), dtype=float)
    foot = np.zeros(at.size)
    patches: list[Artist] = []
    for i, one in enumerate(data["series"]):
        # Bars of a kilometre are too thin for a hatch or an outline.
        fill = look("severity", one["key"], i)["facecolor"]
        # Hollow is how unknown looks elsewhere; without an outline it would not be seen.
        fill = UNKNOWN if fill == "#ffffff" else fill
        tall = np.asarray(one["values"], dtype=float) / road
        axes.bar(at, tall, until - at, bottom=foot, align="edge", facecolor=fill, linewidth=0)
        patches.append(Patch(label=pen.say(one["label"]), facecolor=fill))
        foot += tall
    return max(float(foot.max(initial=0)) * 1.05, 1 / float(data["step_km"])), patches


def _chance(axes: Axes, data: Mapping[str, Any], pen: Pen) -> list[Artist]:
    if data.get("limit") is None:
        return []
    line: dict[str, Any] = {"color": INK, "linewidth": 0.7, "linestyle": (0, (4, 3))}
    axes.axhline(data["limit"], **line)
    return [Line2D([], [], label=pen.say(CHANCE), **line)]


def _has_traffic(data: Mapping[str, Any]) -> bool:
    return any(one is not None for one in data.get("aadt", ()))


def _traffic(data: Mapping[str, Any], pen: Pen, share: float) -> None:
    """Draw the traffic as steps on the lowest part of the sheet, with gaps where it is unknown."""
    axes = pen.canvas.add_axes((0.05, 0.12 * share, 0.94, 0.6 * share))
    at, until = _spans(data)
    known = [np.nan if one is None else float(one) for one in data["aadt"]]
    axes.plot(
        np.column_stack([at, until]).ravel(), np.repeat(known, 2), color=TRAFFIC, linewidth=0.9
    )
    axes.set_xlim(float(at[0]), float(until[-1]))
    axes.set_ylim(0, float(np.nanmax(known)) * 1.1)
    axes.set_title(
        pen.say(Message("AADT")), fontproperties=font(), color=TRAFFIC, pad=1, loc="left"
    )
    scales(axes, pen, levels=2)
    axes.set_xticklabels([])


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
    return STRIP_MM + (TRAFFIC_MM if _has_traffic(data) else 0.0)


DRAWING = Drawing("strip", draw, height_mm)
