"""Ratios with their limits, a row each, on an axis by the logarithm with a line at 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the ratios; the data are those of the drawing for paper."""
    rows = data["rows"]
    names = charts.row_names([say(one["label"]) for one in rows])
    least, most = data["range"]
    traces = []
    for mark, words in data["marks"]:
        here = [(name, one) for name, one in zip(names, rows, strict=True) if one["mark"] == mark]
        traces.append(_trace(here, say, mark, charts.text(say(words)), data["range"]))
    ticks = charts.ratio_ticks(least, most)
    across = {
        "title": {"text": charts.in_lines(say(data["across"]))},
        "type": "log",
        "tickangle": 0,
        "range": [math.log10(least), math.log10(most)],
        "tickvals": ticks,
        "ticktext": [f"{one:g}" for one in ticks],
        "gridcolor": "#e4e4e4",
        "fixedrange": True,
    }
    up = {
        **charts.ROWS,
        "categoryorder": "array",
        "categoryarray": names,
        "range": [len(names) - 0.4, -0.6],
    }
    line = {"color": charts.INK, "width": 1.5}
    one = {"type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    return traces, {"xaxis": across, "yaxis": up, "shapes": [one], "showlegend": True}


def _trace(
    here: list[tuple[str, Any]], say: Say, mark: int, name: str, ends: tuple[float, float]
) -> dict[str, Any]:
    """Return the points of one mark with their limits, those beyond the axis cut at its edge."""
    look, (least, most) = charts.RATIO_LOOKS[mark], ends
    points = [charts.ratio_point(one["ratio"], least, most) for _, one in here]
    x = [at for _, at in points]
    known = [one["lower"] == one["lower"] for _, one in here]
    limits = [
        [min(max(one[end], least), most) if is_known else at for end in ("lower", "upper")]
        for (_, one), is_known, at in zip(here, known, x, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": [label for label, _ in here],
        "text": [charts.text(say(one["told"])) for _, one in here],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [max(high - at, 0.0) for (_, high), at in zip(limits, x, strict=True)],
            "arrayminus": [max(at - low, 0.0) for (low, _), at in zip(limits, x, strict=True)],
            "color": look["color"],
            "thickness": 2,
            "width": 0,
        },
        "marker": {
            "symbol": [shape if mark else f"{shape}-open" for shape, _ in points],
            "size": 9,
            "color": look["color"],
            "line": {"color": look["color"], "width": 2},
        },
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
    }


PLOT = Plot("ratios", draw)
