"""Ratios with their limits, a row each, on an axis by the logarithm with a line at 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces, axis

TICKS = (0.2, 0.5, 1, 2, 5)
COLOURS = {1: charts.PALETTE[5], -1: charts.PALETTE[0], 0: "#6b6b6b"}


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the ratios; the data are those of the drawing for paper."""
    rows = [one for one in data["rows"] if one["ratio"] == one["ratio"]]
    names = [charts.text(say(one["label"])) for one in data["rows"]]
    least, most = data["range"]
    traces = [
        _trace([one for one in rows if one["mark"] == mark], say, mark, charts.text(say(words)))
        for mark, words in data["marks"]
    ]
    across = {
        **axis(data["across"], say),
        "type": "log",
        "range": [math.log10(least), math.log10(most)],
        "tickvals": list(TICKS),
        "ticktext": [f"{one:g}" for one in TICKS],
        "gridcolor": "#e4e4e4",
    }
    up = {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names,
        "range": [len(names) - 0.4, -0.6],
        "rangemode": "normal",
    }
    line = {"color": charts.INK, "width": 1.5}
    one = {"type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    return traces, {"xaxis": across, "yaxis": up, "shapes": [one], "showlegend": True}


def _trace(rows: list[Mapping[str, Any]], say: Say, mark: int, name: str) -> dict[str, Any]:
    colour = COLOURS[mark]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [one["ratio"] for one in rows],
        "y": [charts.text(say(one["label"])) for one in rows],
        "text": [charts.text(say(one["told"])) for one in rows],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [one["upper"] - one["ratio"] for one in rows],
            "arrayminus": [one["ratio"] - one["lower"] for one in rows],
            "color": colour,
            "thickness": 2,
            "width": 0,
        },
        "marker": {
            "symbol": "circle" if mark else "circle-open",
            "size": 9,
            "color": colour,
            "line": {"color": colour, "width": 2},
        },
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
    }


PLOT = Plot("ratios", draw)
