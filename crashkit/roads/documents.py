"""What was found of crashes on roads, as documents for pages, commands and files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from crashkit.errors import Message
from crashkit.roads import corridors, linear, snapping
from crashkit.roads.corridors import Corridor
from crashkit.roads.coverage import Coverage, RoadPlace
from crashkit.roads.network import Network

Say = Callable[[Message], str]

MOST_LINES = 20_000
"""More lines than this would keep a browser busy: those of the longest stretches are drawn."""
DIGITS = 5

HEADS = (
    Message("Crash"),
    Message("Road it names"),
    Message("Grade of the place"),
    Message("Reason"),
    Message("Road it lies on"),
    Message("Km post there"),
    Message("Off the road by (m)"),
    Message("Longitude"),
    Message("Latitude"),
)


def reasons() -> dict[str, tuple[Message, str]]:
    """Return every reason by its code: its sentence, and its grade."""
    return {
        name: (snapping.REASONS[name], snapping.GRADES[snapping.grade_of(name)])
        for name in snapping.NAMES
    }


def coverage_document(found: Coverage, network: str, say: Say) -> dict[str, Any]:
    """Return the coverage as one JSON document."""
    known = reasons()
    return {
        "roads": network,
        "crashes": found.crashes,
        "placed": found.placed,
        "grades": dict(found.grades),
        "reasons": [
            {"reason": name, "grade": known[name][1], "crashes": n, "why": say(known[name][0])}
            for name, n in found.reasons.items()
        ],
        "distances_m": [round(one, 1) for one in found.distances_m],
        "unknown_names": [
            {"name": one.name, "crashes": one.crashes, "near": one.near, "alike": one.alike}
            for one in found.unknown
        ],
        "of_roads": [
            {
                "road": one.road,
                "km": round(one.length_m / 1000, 3),
                "crashes": one.crashes,
                "good_or_fair": one.usual,
            }
            for one in found.roads
        ],
        "notes": [say(note) for note in found.notes],
    }


def rows(places: Sequence[RoadPlace], say: Say) -> list[list[Any]]:
    """Return where crashes lie as the rows of a table under HEADS."""
    return [
        [
            one.number or one.id,
            one.named,
            one.grade,
            say(one.why),
            one.road,
            one.post_km,
            one.distance_m,
            one.lon,
            one.lat,
        ]
        for one in places
    ]


def lines_geojson(network: Network, box: Sequence[float] | None) -> dict[str, Any]:
    """Return the lines of a network within a box of degrees (all without one) as GeoJSON."""
    lines = network.lines
    there = np.diff(lines.offsets) > 1
    if box is not None and len(lines.lonlat):
        west, south, east, north = box
        lon, lat = lines.lonlat.T
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        there &= np.diff(np.concatenate([[0], np.cumsum(inside)])[lines.offsets]) > 0
    chosen = np.flatnonzero(there)
    if chosen.size > MOST_LINES:
        length = network.stretches["length_m"].to_numpy()[chosen]
        chosen = np.sort(chosen[np.argsort(-length, kind="stable")[:MOST_LINES]])
    words = network.stretches[["road_number", "road_name", "road_class"]].iloc[chosen]
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": np.round(lines.line(row), DIGITS).tolist(),
            },
            "properties": {"road_number": number, "road_name": name, "road_class": class_},
        }
        for row, (number, name, class_) in zip(
            chosen.tolist(), words.itertuples(index=False), strict=True
        )
    ]
    return {"type": "FeatureCollection", "features": features}


def corridor_geojson(network: Network, corridor: Corridor) -> dict[str, Any]:
    """Return the parts of a network that are in a corridor as GeoJSON, each with its road."""
    stretch, begin, end = corridors.parts(network, corridor)
    drawn = np.diff(network.lines.offsets)[stretch] > 1
    stretch, begin, end = stretch[drawn], begin[drawn], end[drawn]
    lines = linear.parts(network.lines, stretch, begin, end)
    called = network.names()[stretch]
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": np.round(lines.line(row), DIGITS).tolist(),
            },
            "properties": {"name": f"{corridor.name}: {road}" if road else corridor.name},
        }
        for row, road in enumerate(called.tolist())
    ]
    return {"type": "FeatureCollection", "features": features}


def names(network: Network) -> list[str]:
    """Return what roads are called, by number else by name, in order."""
    return sorted({str(name) for name in network.names().tolist()} - {""})
