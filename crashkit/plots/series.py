"""Counts along an ordered axis with their limits, means, bands of chance and marks of breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import charts
from crashkit.plot import Layout, Plot, Say, Traces, axis


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw bands below, then bars, lines and points; data are those of the drawing for paper."""
    names = [charts.text(say(label)) for label in data["categories"]]
    traces = [
        _band(run, one["label"], say, first=not i)
        for one in data["bands"]
        for i, run in enumerate(charts.runs(one["lower"], one["upper"]))
    ]
    traces += [_series(one, names, say) for one in data["series"]]
    ticks = data["ticks"] or [*enumerate(data["categories"])]
    across = {
        **axis(data["across"], say),
        "tickmode": "array",
        "tickvals": [place for place, _ in ticks],
        "ticktext": [charts.text(say(label)) for _, label in ticks],
        "range": [-0.6, len(names) - 0.4],
        "showgrid": False,
        "zeroline": False,
    }
    marks = data["marks"]
    return traces, {
        "showlegend": len(data["series"]) + len(data["bands"]) > 1,
        "xaxis": across,
        "yaxis": {**axis(data["unit"], say), "tickformat": ","},
        "hovermode": "closest",
        "shapes": [_line(one) for one in marks],
        "annotations": [_word(one, say) for one in marks],
    }


def _series(one: Mapping[str, Any], names: list[str], say: Say) -> dict[str, Any]:
    look = charts.SERIES[one["key"]]
    label = charts.text(say(one["label"]))
    drawn: dict[str, Any] = {
        "name": label,
        "x": [*range(len(names))],
        "y": [*one["values"]],
        "hovertext": [
            _hover(name, label, one, i, say) if value is not None else ""
            for i, (name, value) in enumerate(zip(names, one["values"], strict=True))
        ],
        "hoverinfo": "text",
    }
    if one["form"] == "bars":
        return drawn | _bars(one, look) | _limits(one)
    if one["form"] == "points":
        marker = {"symbol": look["symbol"], "color": look["color"], "size": 10}
        return drawn | {"type": "scatter", "mode": "markers", "marker": marker}
    line = {"color": look["color"], "width": look["width"], "dash": look["dash"]}
    return drawn | {"type": "scatter", "mode": "lines", "line": line}


def _hover(name: str, label: str, one: Mapping[str, Any], i: int, say: Say) -> str:
    low, high = one.get("lower"), one.get("upper")
    value = one["values"][i]
    if low is None or high is None or low[i] is None:
        return str(say("{name}: {n} ({label})", name=name, n=value, label=label))
    return str(
        say(
            "{name}: {n} (95 % limits {low} to {high})",
            name=name,
            n=value,
            low=round(low[i], 1),
            high=round(high[i], 1),
        )
    )


def _bars(one: Mapping[str, Any], look: Mapping[str, Any]) -> dict[str, Any]:
    hollow = one.get("hollow") or [False] * len(one["values"])
    return {
        "type": "bar",
        "marker": {
            "color": ["#ffffff" if empty else look["color"] for empty in hollow],
            "line": {"color": look["color"], "width": 1},
        },
    }


def _limits(one: Mapping[str, Any]) -> dict[str, Any]:
    if one.get("lower") is None:
        return {}
    rows = [*zip(one["values"], one["lower"], one["upper"], strict=True)]
    return {
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [0 if low is None else high - n for n, low, high in rows],
            "arrayminus": [0 if low is None else n - low for n, low, high in rows],
            "color": charts.INK,
            "thickness": 1,
            "width": 2 if len(rows) <= charts.MANY else 0,
        }
    }


def _band(
    run: tuple[list[float], list[float], list[float]], label: Any, say: Say, *, first: bool
) -> dict[str, Any]:
    x, low, high = run
    return {
        "type": "scatter",
        "mode": "none",
        "x": [*x, *reversed(x)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": _see_through(charts.BAND, charts.BAND_OPACITY),
        "name": charts.text(say(label)),
        "hoverinfo": "skip",
        "legendgroup": str(label),
        "showlegend": first,
    }


def _see_through(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _line(mark: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": mark["at"],
        "x1": mark["at"],
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": charts.MARKS[mark["key"]], "width": 2, "dash": "dash"},
    }


def _word(mark: Mapping[str, Any], say: Say) -> dict[str, Any]:
    return {
        "x": mark["at"],
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "xanchor": "right",
        "textangle": -90,
        "text": charts.text(say(mark["label"])),
        "showarrow": False,
        "font": {"color": charts.MARKS[mark["key"]], "size": 11},
    }


PLOT = Plot("series", draw)
