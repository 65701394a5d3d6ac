"""Stacked bars, the first series at the foot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces, axis


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the bars; the data are those of the drawing for paper."""
    names = [charts.text(say(label)) for label in data["categories"]]
    digits = data.get("digits", 0)
    traces = [
        {
            "type": "bar",
            "name": charts.text(say(one["label"])),
            "x": names,
            "y": list(one["values"]),
            "marker": charts.look(data.get("field", ""), one["key"], i),
            "hovertemplate": f"%{{x}}<br>%{{data.name}}: %{{y:,.{digits}f}}<extra></extra>",
        }
        for i, one in enumerate(data["series"])
    ]
    return traces, {
        "barmode": "group" if data.get("beside") else "stack",
        "showlegend": len(traces) > 1,
        "xaxis": {"type": "category"},
        # Ticks have the decimals of the values: else a step of a half would repeat whole numbers.
        "yaxis": axis(data["unit"], say) | ({"tickformat": f",.{digits}~f"} if digits else {}),
    }


PLOT = Plot("bars", draw)
