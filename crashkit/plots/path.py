"""Counts of years, the path to a target, and fanning out where the trend leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces, axis

LOOKS: Mapping[str, Mapping[str, Any]] = {
    "ahead": {"mode": "lines", "line": {"color": "#51457a", "width": 2, "dash": "dash"}},
    "path": {"mode": "lines", "line": {"color": charts.GOAL, "width": 2.5}},
    "counted": {
        "mode": "lines+markers",
        "line": {"color": charts.INK, "width": 2},
        "marker": {"color": charts.INK, "size": 6},
    },
}


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the bands, the broadest first, then the lines; the data are those of the drawing."""
    fans = reversed([*zip(data["bands"], charts.FAN, strict=True)])
    traces: Traces = [_band(band, colour) for band, colour in fans if band]
    traces += [
        _line(data[name], say(data["labels"][name]), look)
        for name, look in LOOKS.items()
        if data[name]
    ]
    years = [year for name in LOOKS for year, _ in data[name]]
    # Half a year more on both sides: the year of the target is named, too.
    ends = [min(years) - 0.5, max(years) + 0.5]
    return traces, {
        "showlegend": True,
        "xaxis": {
            **axis(data["across"], say),
            "tickformat": "d",
            "showgrid": False,
            "range": ends,
        },
        "yaxis": {**axis(data["unit"], say), "tickformat": ","},
    }


def _line(
    points: Sequence[tuple[float, float]], label: str, look: Mapping[str, Any]
) -> dict[str, Any]:
    years, numbers = zip(*points, strict=True)
    return {
        "type": "scatter",
        "name": charts.text(label),
        "x": [*years],
        "y": [*numbers],
        "hovertemplate": "%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>",
        **look,
    }


def _band(points: Sequence[tuple[float, float, float]], colour: str) -> dict[str, Any]:
    years, low, high = zip(*points, strict=True)
    return {
        "type": "scatter",
        "mode": "none",
        "x": [*years, *reversed(years)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": colour,
        "hoverinfo": "skip",
        "showlegend": False,
    }


PLOT = Plot("path", draw)
