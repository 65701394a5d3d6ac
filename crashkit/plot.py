"""Figures of answers on the screen, as data that Plotly draws; draws, never computes.

Each kind of figure is one file in `plots`. It takes the data of the file of the same name in
`render.drawings`, which draws for paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crashkit import charts, dropins
from crashkit.blocks import Figure
from crashkit.errors import Message

Say = Callable[..., str]
Traces = list[dict[str, Any]]
Layout = dict[str, Any]


@dataclass(frozen=True)
class Plot:
    """How a kind of figure is drawn on the screen: traces, and what its layout has of its own."""

    name: str
    draw: Callable[[Mapping[str, Any], Say], tuple[Traces, Layout]]


@cache
def plots() -> Mapping[str, Plot]:
    """Return how each kind of figure is drawn."""
    return dropins.parts("crashkit.plots", "PLOT", Plot)


def draw(figure: Figure, say: Say) -> dict[str, Any]:
    """Draw a figure: `data`, `layout` and `config` as Plotly takes them."""
    traces, own = plots()[figure.kind].draw(figure.data, say)
    layout = charts.layout(say(figure.caption), [])
    for name, value in own.items():
        layout[name] = {**layout[name], **value} if isinstance(layout.get(name), dict) else value
    return charts.put_together(traces, layout)


def axis(title: Message, say: Say) -> dict[str, Any]:
    """Return the title of an axis."""
    return {"title": {"text": charts.text(say(title))}}
