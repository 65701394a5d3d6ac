"""A route section by section: its rate beside the critical one, its band of risk, its cost.

Data: at_km, to_km (where each section begins and ends), rate, critical (or None for each section),
average, band (place in bands, -1 for none), bands (Messages), cost ((low, central, high) for each
section), across, rate_title and cost_title (Messages).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from crashkit.errors import Message
from crashkit.render.pens import INK, SIZE, SOFT, Drawing, Pen, font, legend, scales, titled

RATE_MM, BAND_MM, COST_MM, GAP_MM, FOOT_MM, HEAD_MM = 34.0, 6.0, 24.0, 7.0, 9.0, 9.0
USUAL, WORSE = "#b8b3c6", "#d1420e"
BANDS = ("#2b8a4a", "#a6c94a", "#f0c419", "#e67e22", "#8e1b1b")
FEW = "#e3e0d8"
RATE, ABOVE = Message("Rate"), Message("Rate above the critical one")
CRITICAL, MEAN = Message("Critical rate"), Message("Mean of the route")


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw three strips below each other on one km scale."""
    tall = height_mm(data, 0)
    with_rate = _has_rate(data)
    foot, handles = FOOT_MM, list[Artist]()
    cost = _axes(pen, foot, COST_MM, tall, data)
    _costs(cost, data, pen)
    cost.set_xlabel(pen.say(data["across"]), fontproperties=font(), color=INK, labelpad=2)
    foot += COST_MM + GAP_MM
    if with_rate:
        band = _axes(pen, foot, BAND_MM, tall, data)
        handles += _bands(band, data, pen)
        foot += BAND_MM + GAP_MM / 2
        handles += _rates(_axes(pen, foot, RATE_MM, tall, data), data, pen)
    legend(pen, handles)


def _axes(pen: Pen, foot: float, high: float, tall: float, data: Mapping[str, Any]) -> Axes:
    axes = pen.canvas.add_axes((0.05, foot / tall, 0.94, high / tall))
    axes.set_xlim(float(data["at_km"][0]), float(data["to_km"][-1]))
    return axes


def _widths(data: Mapping[str, Any]) -> tuple[Any, Any]:
    at = np.asarray(data["at_km"], dtype=float)
    return at, np.asarray(data["to_km"], dtype=float) - at


def _rates(axes: Axes, data: Mapping[str, Any], pen: Pen) -> list[Artist]:
    at, wide = _widths(data)
    rate, critical = (_numbers(data[name]) for name in ("rate", "critical"))
    worse = rate > critical
    colours = [WORSE if one else USUAL for one in worse.tolist()]
    axes.bar(
        at, np.nan_to_num(rate), wide, align="edge", color=colours, edgecolor="white", linewidth=0.5
    )
    line: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": (0, (4, 2))}
    ends = np.column_stack([at, at + wide, np.full(at.size, np.nan)]).ravel()
    axes.plot(ends, np.column_stack([critical, critical, critical * np.nan]).ravel(), **line)
    axes.axhline(data["average"], color=SOFT, linewidth=0.7)
    top = np.nanmax(np.concatenate([rate, critical, [data["average"]]]))
    axes.set_ylim(0, float(top) * 1.08)
    scales(axes, pen)
    axes.set_xticklabels([])
    titled(axes, pen.say(data["rate_title"]))
    return [
        Patch(label=pen.say(RATE), facecolor=USUAL),
        Patch(label=pen.say(ABOVE), facecolor=WORSE),
        Line2D([], [], label=pen.say(CRITICAL), **line),
        Line2D([], [], color=SOFT, linewidth=0.7, label=pen.say(MEAN)),
    ]


def _bands(axes: Axes, data: Mapping[str, Any], pen: Pen) -> list[Artist]:
    at, wide = _widths(data)
    for left, width, band in zip(at.tolist(), wide.tolist(), data["band"], strict=True):
        colour = FEW if band < 0 else BANDS[band]
        axes.axvspan(left, left + width, facecolor=colour, edgecolor="white", linewidth=0.5)
        if band >= 0:
            dark = band in (0, len(BANDS) - 1)
            axes.text(
                left + width / 2, 0.45, str(band + 1), ha="center", va="center",
                color="white" if dark else INK, fontproperties=font(SIZE - 0.5, bold=True),
            )  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_xticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    there = sorted({one for one in data["band"] if one >= 0})
    found: list[Artist] = [
        Patch(label=f"{one + 1} {pen.say(data['bands'][one])}", facecolor=BANDS[one])
        for one in there
    ]
    if any(one < 0 for one in data["band"]):
        found.append(Patch(label=pen.say(Message("Too few to say")), facecolor=FEW))
    return found


def _costs(axes: Axes, data: Mapping[str, Any], pen: Pen) -> None:
    at, wide = _widths(data)
    low, central, high = (np.asarray(one, dtype=float) for one in data["cost"])
    axes.bar(at, central, wide, align="edge", color="#7a6aa0", edgecolor="white", linewidth=0.5)
    axes.vlines(at + wide / 2, low, high, color=INK, linewidth=0.7)
    axes.set_ylim(0, max(float(high.max(initial=0)) * 1.08, 1e-9))
    scales(axes, pen, levels=3)
    titled(axes, pen.say(data["cost_title"]))


def _numbers(values: Sequence[float | None]) -> Any:
    return np.array([np.nan if one is None else one for one in values], dtype=float)


def _has_rate(data: Mapping[str, Any]) -> bool:
    return any(one is not None for one in data["rate"])


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return the height of the strips that there are, whatever the width."""
    rates = BAND_MM + RATE_MM + 1.5 * GAP_MM if _has_rate(data) else 0.0
    return HEAD_MM + FOOT_MM + COST_MM + GAP_MM + rates


DRAWING = Drawing("profile", draw, height_mm)
