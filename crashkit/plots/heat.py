"""A grid of counts, first row on top; white is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.errors import Message
from crashkit.plot import Layout, Plot, Say, Traces, axis


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the grid; the data are those of the drawing for paper."""
    trace = {
        "type": "heatmap",
        "x": [_named(one, say) for one in data["columns"]],
        "y": [charts.text(say(one)) for one in data["rows"]],
        # JSON has no sign for what is not known.
        "z": [[None if n is None or math.isnan(n) else n for n in row] for row in data["cells"]],
        "showscale": False,
        **charts.GRID,
    }
    across = {**axis(data["across"], say), "dtick": 1, "type": "category"}
    up = {"autorange": "reversed", "type": "category", "rangemode": "normal"}
    return [trace], {"xaxis": across, "yaxis": up, "plot_bgcolor": charts.NOT_COUNTED}


def _named(column: Any, say: Say) -> str:
    return charts.text(say(column)) if isinstance(column, Message) else str(column)


PLOT = Plot("heat", draw)
