"""A pyramid: bands from the youngest at the foot, one side to the left and one to the right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces, axis


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw both sides; the data are those of the drawing for paper."""
    names = [charts.text(say(label)) for label in data["bands"]]
    form = f",.{data['digits']}f" if data.get("digits") else ",d"
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": charts.text(say(side["label"])),
            "y": names,
            "x": [sign * n for n in side["values"]],
            "customdata": list(side["values"]),
            "marker": charts.look("sex", side["key"], i),
            "hovertemplate": f"%{{y}}, %{{data.name}}: %{{customdata:{form}}}<extra></extra>",
        }
        for i, (sign, side) in enumerate(zip((-1, 1), data["sides"], strict=True))
    ]
    most = max((n for side in data["sides"] for n in side["values"]), default=0)
    steps = charts.steps(math.ceil(most))
    marks = sorted({sign * step for step in steps for sign in (-1, 1)})
    across = {
        **axis(data["across"], say),
        "tickvals": marks,
        "ticktext": [f"{abs(mark):,}".replace(",", " ") for mark in marks],
        "range": [-1.05 * max(most, 1), 1.05 * max(most, 1)],
    }
    return traces, {
        "barmode": "relative",
        "bargap": 0.12,
        "showlegend": True,
        "xaxis": across,
        "yaxis": {"type": "category", "rangemode": "normal"},
    }


PLOT = Plot("pyramid", draw)
