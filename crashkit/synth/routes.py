"""An invented network of routes with hotspots of known place, and police records of its crashes.

The danger of a route goes by its class and its traffic, wanders along it (a Gaussian field with an
exponential covariance), and is many times higher on short hotspots. Crashes fall on true places;
`recorded` tells where a police file puts them.

Source: reference methods, sections 11.1 and 11.4 (World C).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo
from crashkit.model import CrashData, Period
from crashkit.roads import linear
from crashkit.roads.network import Lines, Network, network
from crashkit.synth.known_sites import drawn_aadt, numbers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LAST_DAY = date(2025, 12, 31)
PIECE_M = 1000.0
"""Lines of routes have a vertex every so many metres: so they are as long as they say."""


@dataclass(frozen=True, eq=False)
class Crashes:
    """Where crashes truly happened: the route of each, and how far along it, in metres."""

    route: Ints
    at_m: Floats


@dataclass(frozen=True, eq=False)
class Routes:
    """Routes with their traffic, the hotspots on them, and the crashes of two periods.

    `spots` is a frame of route, from_m, to_m and factor.
    """

    network: Network
    spots: pd.DataFrame
    first: Crashes
    later: Crashes
    period: Period

    @property
    def length_m(self) -> float:
        """The length of all routes."""
        return float(self.network.stretches["length_m"].sum())


def draw(
    rng: np.random.Generator,
    *,
    hotspots: bool = True,
    wandering: bool = True,
    size: tuple[int, float] | None = None,
) -> Routes:
    """Draw a world; without `hotspots`, and without danger `wandering` along routes, a null one.

    `size` are routes and crashes expected, where they are to be others than those of World C.
    """
    about = numbers()["routes"]
    count = size[0] if size else int(about["routes"])
    aadt = drawn_aadt(about["log_aadt"], count, rng)
    names = np.array(list(about["classes"]), dtype=object)[np.arange(count) % len(about["classes"])]
    base = np.array([about["classes"][name] for name in names])
    base = base * (aadt / about["usual_aadt"]) ** about["power"] * about["years"]
    cells = int(about["length_m"] // about["cell_m"])
    mean = np.repeat(base[:, None], cells, axis=1) * about["cell_m"] / 1000
    if wandering:
        mean = mean * _field((count, cells), rng)
    spots = _spots(count, rng) if hotspots else _no_spots()
    for spot in spots.itertuples():
        rows = slice(int(spot.from_m // about["cell_m"]), int(spot.to_m // about["cell_m"]))
        mean[spot.route, rows] *= spot.factor
    if size:
        mean *= size[1] / mean.sum()
    first, later = (_happened(mean, about["cell_m"], rng) for _ in range(2))
    return Routes(_network(aadt, names), spots, first, later, _period(about["years"]))


def _period(years: int) -> Period:
    return Period(date(LAST_DAY.year - years + 1, 1, 1), LAST_DAY)


def _field(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Draw by how many times danger is higher along routes, 1 in the mean."""
    about = numbers()["routes"]
    alike = np.exp(-about["cell_m"] / about["field_range_m"])
    news = rng.normal(0, 1, shape)
    news[:, 1:] *= np.sqrt(1 - alike**2)
    field = news
    for cell in range(1, shape[1]):
        field[:, cell] += alike * field[:, cell - 1]
    sd = about["field_sd"]
    return np.asarray(np.exp(sd * field - sd**2 / 2))


def _spots(routes: int, rng: np.random.Generator) -> pd.DataFrame:
    """Choose hotspots, well apart from each other and from the ends of routes."""
    about = numbers()["routes"]
    room = int(about["length_m"] // about["apart_spots_m"])
    chosen = np.sort(rng.choice(routes * room, int(about["hotspots"]), replace=False))
    low, high = (side // about["cell_m"] for side in about["hotspot_m"])
    long = rng.integers(low, high + 1, chosen.size) * about["cell_m"]
    spare = (about["apart_spots_m"] - long) // about["cell_m"]
    begin = (chosen % room) * about["apart_spots_m"]
    begin = begin + rng.integers(0, spare + 1) * about["cell_m"]
    least, most = about["hotspot_factor"]
    factor = rng.uniform(least, most, chosen.size)
    columns = {"route": chosen // room, "from_m": begin, "to_m": begin + long, "factor": factor}
    return pd.DataFrame(columns)


def _no_spots() -> pd.DataFrame:
    return pd.DataFrame({"route": [], "from_m": [], "to_m": [], "factor": []})


def _happened(mean: Floats, cell_m: float, rng: np.random.Generator) -> Crashes:
    counts = rng.poisson(mean)
    route, cell = (np.repeat(one.ravel(), counts.ravel()) for one in np.indices(counts.shape))
    return Crashes(route, (cell + rng.random(route.size)) * cell_m)


def _network(aadt: Floats, names: NDArray[Any]) -> Network:
    about, n = numbers()["routes"], aadt.size
    steps = np.arange(0, about["length_m"] + 1, PIECE_M).astype(float)
    lon, lat = (np.full(n, value) for value in about["begin"])
    north: Floats = np.arange(n).astype(float) * float(about["apart_m"])
    lon, lat = geo.moved_all(lon, lat, np.zeros(n), north)
    east = np.tile(steps, n)
    points = geo.moved_all(
        np.repeat(lon, steps.size), np.repeat(lat, steps.size), east, np.zeros(east.size)
    )
    lines = Lines(np.column_stack(points), np.arange(n + 1) * steps.size)
    keys = [road(i) for i in range(n)]
    columns = {
        "road_key": keys,
        "road_number": keys,
        "road_class": names,
        "aadt": aadt,
        "from_m": np.zeros(n),
        "to_m": np.full(n, float(about["length_m"])),
    }
    return network(pd.DataFrame(columns), lines)


def road(route: int) -> str:
    """Return the number of the road that a route is."""
    return f"R-{route + 1}"


def number(road: str) -> int:
    """Return which route a road is."""
    return int(road.removeprefix("R-")) - 1


# ------------------------------------------------------------------------ what is written down


def recorded(
    world: Routes, name: str, rng: np.random.Generator, *, later: bool = False
) -> CrashData:
    """Return the crashes of the first period, or the next, as a police file has them.

    See worlds.toml for the names.
    """
    flaws = numbers()["routes"]["records"][name]
    at = _reported(world.later if later else world.first, flaws.get("reported", 1.0), rng)
    at_m = _misplaced(at.at_m, flaws, rng)
    route = _elsewhere(at.route, flaws.get("wrong_route", 0.0), len(world.network), rng)
    return crash_data(world, Crashes(route, at_m), rng)


def _reported(of: Crashes, share: float, rng: np.random.Generator) -> Crashes:
    kept = rng.random(of.route.size) < share
    return Crashes(of.route[kept], of.at_m[kept])


def _misplaced(at_m: Floats, flaws: Mapping[str, float], rng: np.random.Generator) -> Floats:
    """Move places along the route; what would lie beyond its end is reflected."""
    long = float(numbers()["routes"]["length_m"])
    moved = np.abs(at_m + rng.normal(0, 1, at_m.size) * flaws.get("sigma_m", 0.0))
    moved = long - np.abs(long - moved)
    which = rng.random(at_m.size)
    to_km, to_100m = flaws.get("to_km", 0.0), flaws.get("to_100m", 0.0)
    moved = np.where(which < to_km, np.rint(moved / 1000) * 1000, moved)
    near = (which >= to_km) & (which < to_km + to_100m)
    return np.where(near, np.rint(moved / 100) * 100, moved)


def _elsewhere(route: Ints, share: float, routes: int, rng: np.random.Generator) -> Ints:
    wrong = rng.random(route.size) < share
    return np.where(wrong, rng.integers(routes, size=route.size), route)


def crash_data(world: Routes, at: Crashes, rng: np.random.Generator) -> CrashData:
    """Return crashes at these places as crash data, with points a little beside the road."""
    about, n = numbers()["routes"], at.route.size
    lon, lat = linear.along(world.network.lines, at.route, at.at_m / about["length_m"])
    beside = rng.normal(0, about["lateral_m"], n)
    lon, lat = geo.moved_all(lon, lat, np.zeros(n), beside)
    days = rng.integers(world.period.days, size=n)
    shares = about["severities"]
    severity = rng.choice(list(shares), size=n, p=list(shares.values()))
    keys = world.network.stretches["road_key"].to_numpy(dtype=object)[at.route]
    frame = pd.DataFrame(
        {
            "id": np.arange(1, n + 1, dtype=np.int64),
            "crash_date": np.datetime64(world.period.start, "s") + days.astype("timedelta64[D]"),
            "lon": lon,
            "lat": lat,
            "road_key": keys,
            "road_class": world.network.stretches["road_class"].to_numpy(dtype=object)[at.route],
            "chainage_km": np.rint(at.at_m) / 1000,
            "severity": severity.astype(object),
        }
    )
    nobody = pd.DataFrame({"crash": pd.Series([], dtype="int64")})
    return CrashData(frame, nobody, nobody, world.period)
