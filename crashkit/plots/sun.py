"""Months by hours as a grid of counts, with the curves of the sun over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces, axis


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the grid and the curves; the data are those of the drawing for paper."""
    rows = [charts.text(say(one)) for one in data["rows"]]
    grid = {
        "type": "heatmap",
        "x": [hour + 0.5 for hour in data["columns"]],
        "y": list(range(len(rows))),
        "z": [list(row) for row in data["cells"]],
        "customdata": [[f"{name}, {hour} h" for hour in data["columns"]] for name in rows],
        "showscale": False,
        **charts.GRID,
        "hovertemplate": "%{customdata}: %{z:,d}<extra></extra>",
    }
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": charts.text(say(one["label"])),
            "x": list(one["hours"]),
            "y": list(one["rows"]),
            "line": {
                "color": charts.INK,
                "width": 2.5,
                "dash": "dot" if one["dashed"] else "solid",
            },
            "hovertemplate": "%{data.name}: %{x:.1f} h<extra></extra>",
        }
        for one in data["curves"]
    ]
    across = {**axis(data["across"], say), "range": [0, 24], "dtick": 3, "tick0": 0}
    up = {
        "range": [len(rows) - 0.5, -0.5],
        "tickvals": list(range(len(rows))),
        "ticktext": rows,
        "rangemode": "normal",
    }
    return [grid, *lines], {
        "xaxis": across,
        "yaxis": up,
        "plot_bgcolor": charts.NOT_COUNTED,
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.22},
    }


PLOT = Plot("sun", draw)
