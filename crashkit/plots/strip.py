"""A road by its km: bars by severity, sites as bands, settlements and junctions, traffic below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crashkit import charts
from crashkit.errors import Message
from crashkit.plot import Layout, Plot, Say, Traces, axis

BAND, JUNCTION, TOWN, TRAFFIC = "#d9d3ea", "#6b6b6b", "#009e73", "#0072b2"
ROOM, BELOW = (0.3, 1.0), (0.0, 0.2)
"""Where the bars stand on the sheet where traffic is drawn below, and where that."""
LEAST = 0.004
"""A band is as wide as this share of the road at least."""
ROOM_FOR_NUMBER = 0.05
"""A number of a site needs so much of the width, on a phone too."""


def draw(data: Mapping[str, Any], say: Say) -> tuple[Traces, Layout]:
    """Draw the strip; the data are those of the drawing for paper."""
    traffic = any(one is not None for one in data.get("aadt", ()))
    traces = [*_bars(data, say), *_limit(data, say), *_marks(data, say)]
    layout: Layout = {
        "barmode": "stack",
        "bargap": 0,
        "showlegend": True,
        "xaxis": {**axis(data["across"], say), "range": _ends(data), "tickformat": ",~f"},
        "yaxis": {**axis(data.get("up", Message("Crashes for each km")), say), "tickformat": ",~f"},
        "shapes": list(_bands(data)),
        "annotations": list(_numbers(data)),
    }
    if traffic:
        traces.append(_traffic(data, say))
        layout["yaxis"] |= {"domain": ROOM}
        layout["yaxis2"] = {
            "domain": BELOW,
            "rangemode": "tozero",
            "tickformat": ",d",
            "nticks": 3,
            "gridcolor": "#e4e4e4",
            "automargin": True,
        }
        layout["xaxis"] |= {"anchor": "y2"}
    return traces, layout


def _ends(data: Mapping[str, Any]) -> list[float]:
    return [data["at_km"][0], _until(data)[-1]]


def _until(data: Mapping[str, Any]) -> Sequence[float]:
    step = data["step_km"]
    found: Sequence[float] = data.get("to_km") or [one + step for one in data["at_km"]]
    return found


def _bars(data: Mapping[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    until = _until(data)
    wide = [high - low for low, high in zip(data["at_km"], until, strict=True)]
    road = data.get("km") or wide
    said = [
        f"{say(data['across'])} {low:g}–{high:g}"
        for low, high in zip(data["at_km"], until, strict=True)
    ]
    for i, one in enumerate(data["series"]):
        look = charts.look("severity", one["key"], i)
        yield {
            "type": "bar",
            "name": charts.text(say(one["label"])),
            "x": [(low + high) / 2 for low, high in zip(data["at_km"], until, strict=True)],
            "y": [n / km for n, km in zip(one["values"], road, strict=True)],
            "width": wide,
            "customdata": list(zip(said, one["values"], strict=True)),
            # Bars of a kilometre are too thin for a pattern or an outline.
            "marker": {"color": look["color"], "line": {"width": 0}},
            "hovertemplate": "%{customdata[0]}<br>%{data.name}: %{customdata[1]:,d}<extra></extra>",
        }


def _limit(data: Mapping[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    if data.get("limit") is None:
        return
    words = say(Message("More than chance from here"))
    yield {
        "type": "scatter",
        "mode": "lines",
        "name": charts.text(words),
        "x": _ends(data),
        "y": [data["limit"]] * 2,
        "line": {"color": charts.INK, "width": 1.5, "dash": "dash"},
        "hovertemplate": f"{charts.text(words)}: %{{y:,.1f}}<extra></extra>",
    }


def _marks(data: Mapping[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    """Yield settlements and junctions as signs on the axis, their names where one points."""
    kinds = (
        ("towns", Message("Settlement"), "triangle-up", 10, TOWN),
        ("junctions", Message("Junction"), "line-ns-open", 9, JUNCTION),
    )
    for name, label, sign, size, colour in kinds:
        marks = data.get(name) or []
        if marks:
            yield {
                "type": "scatter",
                "mode": "markers",
                "name": charts.text(say(label)),
                "x": [km for km, _ in marks],
                "y": [0] * len(marks),
                "text": [charts.text(str(name)) for _, name in marks],
                "marker": {"symbol": sign, "size": size, "color": colour, "line": {"width": 1.5}},
                "cliponaxis": False,
                "hovertemplate": "%{text} (%{x:,.1f})<extra></extra>",
            }


def _bands(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    first, last = _ends(data)
    least = LEAST * (last - first)
    for low, high, _ in data["bands"]:
        wide = max(high - low, least)
        yield {
            "type": "rect",
            "xref": "x",
            "yref": "y domain",
            "x0": (low + high - wide) / 2,
            "x1": (low + high + wide) / 2,
            "y0": 0,
            "y1": 1,
            "fillcolor": BAND,
            "line": {"width": 0},
            "layer": "below",
        }


def _numbers(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the numbers of sites at the head of their bands, the first ones where there is room."""
    first, last = _ends(data)
    taken: list[float] = []
    for low, high, number in sorted(data["bands"], key=lambda band: _by_number(band[2])):
        middle = (low + high) / 2
        if any(abs(middle - one) < ROOM_FOR_NUMBER * (last - first) for one in taken):
            continue
        taken.append(middle)
        yield {
            "x": middle,
            "y": 1,
            "xref": "x",
            "yref": "y domain",
            "text": charts.text(str(number)),
            "showarrow": False,
            "yanchor": "top",
            "font": {"size": 11},
        }


def _by_number(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isdecimal() else (0, number)


def _traffic(data: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Draw traffic as steps, with gaps where it is not known."""
    label = charts.text(say(Message("AADT")))
    until = _until(data)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "yaxis": "y2",
        "x": [km for ends in zip(data["at_km"], until, strict=True) for km in ends],
        "y": [one for one in data["aadt"] for _ in range(2)],
        "line": {"color": TRAFFIC, "width": 1.5},
        "connectgaps": False,
        "hovertemplate": f"{label}: %{{y:,d}}<extra></extra>",
    }


PLOT = Plot("strip", draw)
