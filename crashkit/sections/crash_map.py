"""The crashes on a map, the worst severity on top; signs tell the classes apart as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import publishing
from crashkit.blocks import (
    Block,
    Figure,
    Heading,
    Points,
)
from crashkit.errors import Message, NoCount, counted
from crashkit.model import CrashData
from crashkit.section import (
    Facts,
    Section,
    frame,
    ground_words,
    outside,
    points,
)


def applies(facts: Facts) -> bool:
    """Say whether any crash has coordinates."""
    return facts.summary.located > 0


def build(facts: Facts) -> list[Block]:
    """Return the map of all located crashes."""
    if facts.public:
        return [Heading(Message("Where")), cells_figure(facts.data, facts.layers, facts.public)]
    lon, lat, _ = points(facts.data)
    strays = outside(lon, lat, frame(lon, lat))
    found: list[Block] = [Heading(Message("Where")), figure(facts.data, facts.layers)]
    if strays:
        found.append(Points((_far_off(strays),)))
    return found


def figure(data: CrashData, layers: Mapping[str, Any]) -> Figure:
    """Return the map of the located crashes over layers by kind; without any the base map shows."""
    lon, lat, severity = points(data)
    box = frame(lon, lat)
    drawn = {"lon": lon, "lat": lat, "severity": severity, "box": box, "layers": layers}
    caption = counted(
        "One crash with coordinates. {ground}",
        "{n} crashes with coordinates, the worst drawn on top. {ground}",
        len(lon),
        ground=ground_words(layers),
    )
    west, south, east, north = (f"{degrees:.2f}" for degrees in box)
    alt = Message(
        "Map of {n} crashes between longitude {west} and {east}, latitude {south} and {north}.",
        {"n": len(lon), "west": west, "east": east, "south": south, "north": north},
    )
    return Figure("map", caption, alt, drawn)


CELLS_ACROSS = 40
"""So many cells lie beside each other on a map for the public, at most."""


def cells_figure(data: CrashData, layers: Mapping[str, Any], least: int) -> Figure:
    """Return the map for the public: cells of at least so many crashes, and no single crash."""
    lon, lat, _ = points(data)
    box = frame(lon, lat)
    found = publishing.cells(lon, lat, publishing.cell_size(box, CELLS_ACROSS), least)
    drawn = {"cells": found.cells, "size": found.size, "box": box, "layers": layers}
    caption = Message(
        "Crashes by cells of {size} degrees, darker is more; only cells of at least {least} "
        "crashes are drawn. {ground}",
        {"size": f"{found.size:g}", "least": NoCount(least), "ground": ground_words(layers)},
    )
    most = max((n for *_, n in found.cells), default=0)
    alt = Message(
        "Map of {cells} cells; the most crashes in one of them are {n}.",
        {"cells": len(found.cells), "n": most},
    )
    return Figure("map", caption, alt, drawn)


def _far_off(strays: int) -> Message:
    return counted(
        "One crash lies far from all others and outside of the map: check its coordinates.",
        "{n} crashes lie far from all others and outside of the map: check their coordinates.",
        strays,
    )


SECTION = Section(
    name="crash_map",
    title="Map of the crashes",
    build=build,
    applies=applies,
    public=True,
)
