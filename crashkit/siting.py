"""Where a proposed site is: its point, told by road and post only, and its nearest settlement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, geo
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.register import Spot
from crashkit.roads import corridors, linear, naming
from crashkit.roads.network import Network

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEAR_M = 500.0
"""A crash whose post is farther off than this does not tell where the post is."""
AROUND_M = 2_000.0
"""Crashes within this distance name the settlement of a site."""
TOWN_M = 30_000.0
"""A town farther off than this is not the place people name a site by."""

FROM_NETWORK = Message("Its point was found on the network of roads, from road and km post.")
FROM_CRASH = Message(
    "Its point is that of the crash nearest to its km post. Look whether it is right."
)
NO_POINT = Message(
    "Its point is not known: no network of roads and no crash nearby tells where its km post is. "
    "It is not on the map until somebody types it."
)


class Placed(NamedTuple):
    """A place, and what a person should know of how its point was found, if anything."""

    spot: Spot
    note: Message | None


def placed(spot: Spot, data: CrashData, network: Network | None) -> Placed:
    """Return a place with its point: as told, else of its post on a network, else of a crash.

    Where the network has several such posts, nothing is chosen.
    """
    if spot.lon is not None or spot.from_m is None or spot.to_m is None:
        return Placed(spot, None)
    middle = (spot.from_m + spot.to_m) / 2
    point = _on_network(network, spot.road, middle) if network is not None else None
    if point is not None:
        return Placed(_at(spot, point), FROM_NETWORK)
    point = _at_crash(data, spot.road, middle)
    return Placed(spot, NO_POINT) if point is None else Placed(_at(spot, point), FROM_CRASH)


def _at(spot: Spot, point: tuple[float, float]) -> Spot:
    return replace(spot, lon=round(point[0], 6), lat=round(point[1], 6))


def _on_network(network: Network, road: str, post_m: float) -> tuple[float, float] | None:
    routes = linear.routes(network)
    keys = corridors.keys_of(routes.network, road)
    _, stretch, share = routes.carriers(keys, np.array([post_m]))
    if stretch.size != 1:
        return None
    (lon,), (lat,) = routes.points(stretch, share)
    return (float(lon), float(lat)) if np.isfinite(lon) and np.isfinite(lat) else None


def _at_crash(data: CrashData, road: str, post_m: float) -> tuple[float, float] | None:
    found = geo.on_roads(data)
    here = _named(found, road) & np.isfinite(found.lon) & np.isfinite(found.lat)
    apart = np.where(here, np.abs(found.at_m - post_m), np.inf)
    if not apart.size or apart.min() > NEAR_M:
        return None
    nearest = int(apart.argmin())
    return float(found.lon[nearest]), float(found.lat[nearest])


def _named(found: geo.OnRoads, road: str) -> Flags:
    """Mark the crashes on a road, however its name is spelt."""
    wanted = naming.folded(road)
    same = np.array([naming.folded(name) == wanted for name in found.names], dtype=bool)
    on: Flags = same[found.road] if same.size else np.zeros(found.ids.size, bool)
    return on


def settlement(spot: Spot, data: CrashData) -> str:
    """Return the nearest settlement of a place, "" where none is known.

    It is the one that most crashes within 2 km name, else the nearest town of the layer of towns.
    """
    return geo.most_common(_places(spot, data)) or _town(spot, data)


def _places(spot: Spot, data: CrashData) -> list[str]:
    """Return what crashes around a place, or around its posts, name as their settlement."""
    if not data.has("place"):
        return []
    near: set[int] = set()
    if spot.lon is not None and spot.lat is not None:
        points = geo.located(data)
        here = geo.geocentric(np.array([spot.lon]), np.array([spot.lat]))
        near |= set(points.ids[np.linalg.norm(points.xyz_m - here, axis=1) <= AROUND_M].tolist())
    elif spot.from_m is not None and spot.to_m is not None:
        found = geo.on_roads(data)
        inside = _named(found, spot.road) & (found.at_m >= spot.from_m - AROUND_M)
        near |= set(found.ids[inside & (found.at_m <= spot.to_m + AROUND_M)].tolist())
    told = data.crashes.loc[np.isin(data.crash_ids, list(near)), "place"]
    return [str(name) for name in told.dropna().tolist()]


def _town(spot: Spot, data: CrashData) -> str:
    if spot.lon is None or spot.lat is None:
        return ""
    towns = [
        (geo.distance_m(spot.lon, spot.lat, lon, lat), name) for name, lon, lat in _towns(data)
    ]
    apart, name = min(towns, default=(TOWN_M, ""))
    return name if apart < TOWN_M else ""


def _towns(data: CrashData) -> Iterator[tuple[str, float, float]]:
    """Yield the towns of the layer of towns: drawn as surfaces, or as points."""
    layer = data.layers.get("towns") or {}
    for one in filters.surfaces(layer):
        yield one.name, one.lon, one.lat
    for feature in layer.get("features", ()):
        geometry, facts = feature.get("geometry") or {}, feature.get("properties") or {}
        if geometry.get("type") == "Point" and facts.get("name"):
            lon, lat = geometry["coordinates"][:2]
            yield str(facts["name"]), float(lon), float(lat)
