"""Bars that lie, a row each, with limits: counts, or shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the bars; the data are those of the drawing for paper."""
    rows = data["rows"]
    names = charts.row_names([say(one["label"]) for one in rows])
    known = [one["lower"] == one["lower"] for one in rows]
    field = charts.colour_field(data.get("field", ""))
    looks = [charts.look(field, one["key"], 0) for one in rows]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [one["value"] for one in rows],
        "y": names,
        "text": [charts.text(say(one["told"])) for one in rows],
        "textposition": "none",
        "marker": {
            "color": [one["color"] for one in looks],
            "line": looks[0]["line"] if looks else {},
            "pattern": {
                "shape": [one["pattern"]["shape"] for one in looks],
                "fillmode": "overlay",
                "fgcolor": "#ffffff",
                "fgopacity": 0.55,
                "size": 6,
                "solidity": 0.2,
            },
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [
                one["upper"] - one["value"] if is_known else 0
                for one, is_known in zip(rows, known, strict=True)
            ],
            "arrayminus": [
                one["value"] - one["lower"] if is_known else 0
                for one, is_known in zip(rows, known, strict=True)
            ],
            "color": charts.INK,
            "thickness": 1.5,
            "width": 4,
        },
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
    }
    across = {
        "title": {"text": charts.in_lines(say(data["across"]))},
        "rangemode": "tozero",
        "tickformat": ".0%" if data["percent"] else ",d",
        "gridcolor": "#e4e4e4",
    }
    up = {**charts.ROWS, "range": [len(names) - 0.4, -0.6]}
    return [trace], {"xaxis": across, "yaxis": up, "barmode": "overlay"}


PLOT = Plot("ranks", draw)
