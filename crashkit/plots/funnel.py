"""A funnel: rates against exposure, with the limits about the common rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.errors import Message
from crashkit.plot import Layout, Plot, Say, Traces, axis

DASHES = ("dash", "solid")
LIMITS = Message("{level} % limits")
COMMON = Message("All together")


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw limits, common rate and points; the data are those of the drawing for paper."""
    at = list(data["at"])
    traces: Traces = []
    for dash, one in zip(DASHES, data["limits"], strict=True):
        name = charts.text(say(Message(LIMITS.text, {"level": charts.per_cent(one["level"])})))
        for side in ("low", "high"):
            line = {"color": charts.INK, "width": 1, "dash": dash}
            traces.append(
                {
                    **_line(at, list(one[side]), line, name),
                    "showlegend": side == "low",
                    "legendgroup": name,
                }
            )
    level = [data["common"]] * 2
    line = {"color": charts.PALETTE[0], "width": 1.5}
    traces.append(_line([at[0], at[-1]], level, line, charts.text(say(COMMON))))
    outside = [one for one in data["points"] if abs(one["band"]) == len(DASHES)]
    inside = [one for one in data["points"] if abs(one["band"]) < len(DASHES)]
    traces.append(_points(inside, "markers", charts.PALETTE[4], 8))
    traces.append(_points(outside, "markers+text", charts.PALETTE[5], 10))
    return traces, {
        "showlegend": True,
        "xaxis": {**axis(data["across"], say), "type": "log", "dtick": "D2", "tickformat": "~s"},
        "yaxis": {**axis(data["up"], say), "tickformat": ",.3~f"},
    }


def _line(x: list[float], y: list[float], line: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": line,
        "name": name,
        "hoverinfo": "skip",
    }


def _points(points: list[Any], mode: str, colour: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": mode,
        "x": [one["x"] for one in points],
        "y": [one["y"] for one in points],
        "text": [charts.text(one["label"]) for one in points],
        "textposition": "top center",
        "showlegend": False,
        "marker": {
            "color": colour,
            "size": size,
            "symbol": "diamond" if mode != "markers" else "circle",
            "line": {"color": charts.INK, "width": 1},
        },
        "hovertemplate": "%{text}<br>%{x:,.0f}: %{y:,.2f}<extra></extra>",
    }


PLOT = Plot("funnel", draw)
