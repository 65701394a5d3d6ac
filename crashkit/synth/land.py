"""The land of the invented country: border, areas, towns, lakes and the lines of its roads.

The land is the same for every seed, so that people learn their way around it; only what happens
on it changes. Its towns and roads are written in `nurdala.toml`, the winding in between is drawn.
"""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Rows of lon, lat."""

STREET_SPACING_M = 550.0


@dataclass(frozen=True)
class Town:
    """A town with its names, its people and the radius of its built-up area."""

    name: str
    name_ru: str
    name_zh: str
    lon: float
    lat: float
    population: int

    @property
    def radius_m(self) -> float:
        """Radius of the built-up area; grows with the root of the population."""
        return float(550 * np.sqrt(self.population / 10_000))


@dataclass(frozen=True)
class Lake:
    """A lake with its names and its shore, a closed ring."""

    name: str
    name_ru: str
    name_zh: str
    shore: Points


@dataclass(frozen=True)
class Area:
    """A first-level area with its names, its seat and its border, a closed ring."""

    name: str
    name_ru: str
    name_zh: str
    seat: Town
    border: Points


@dataclass(frozen=True)
class Line:
    """A road or street: its number (empty for a street), name, class and points from km 0 on."""

    number: str
    name: str
    road_class: str
    points: Points
    stations_m: NDArray[np.float64]

    @property
    def length_m(self) -> float:
        """Length along the line."""
        return float(self.stations_m[-1])

    @property
    def key(self) -> str:
        """Number of the road, or name of the street."""
        return self.number or self.name

    def at(self, station_m: NDArray[np.float64]) -> Points:
        """Return the points at these chainages."""
        lon = np.interp(station_m, self.stations_m, self.points[:, 0])
        lat = np.interp(station_m, self.stations_m, self.points[:, 1])
        return np.column_stack([lon, lat])


@dataclass(frozen=True)
class Land:
    """The whole land."""

    name: str
    code: str
    towns: tuple[Town, ...]
    lakes: tuple[Lake, ...]
    areas: tuple[Area, ...]
    lines: tuple[Line, ...]

    def town(self, name: str) -> Town:
        """Return the town of this name."""
        return next(town for town in self.towns if town.name == name)


@cache
def land() -> Land:
    """Return the invented country's land, read from its file and drawn."""
    drawn = tomllib.loads(
        resources.files("crashkit.synth").joinpath("nurdala.toml").read_text(encoding="utf-8")
    )
    towns = tuple(
        Town(name, ru, zh, lon, lat, people)
        for name, (ru, zh, lon, lat, people) in drawn["towns"].items()
    )
    places = {town.name: (town.lon, town.lat) for town in towns}
    roads = [
        _road(number, via, places, drawn["mountains"]) for number, via in drawn["roads"].items()
    ]
    streets = [street for town in towns for street in _streets(town, drawn["streets"])]
    border = _border(drawn["centre"], drawn["half_axes"])
    return Land(
        name=drawn["name"]["en"],
        code=drawn["code"],
        towns=towns,
        lakes=tuple(_lake(name, facts) for name, facts in drawn["lakes"].items()),
        areas=_areas(drawn["areas"], towns, border),
        lines=(*roads, *streets),
    )


def metres_per_degree(lat: Any) -> tuple[Any, Any]:
    """Return metres per degree of longitude and of latitude on WGS 84.

    Source: series of the ellipsoid's radii, National Geospatial-Intelligence Agency.
    """
    phi = np.radians(lat)
    lon = 111412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    lat_m = 111132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)
    return lon, lat_m


def distance_m(points: Points, lon: float, lat: float) -> NDArray[np.float64]:
    """Distance from each point to one place, in metres; good within a country of this size."""
    across, along = metres_per_degree((points[:, 1] + lat) / 2)
    return np.asarray(np.hypot((points[:, 0] - lon) * across, (points[:, 1] - lat) * along))


def stations_m(points: Points) -> NDArray[np.float64]:
    """Chainage of each point of a line, in metres from its first."""
    across, along = metres_per_degree((points[1:, 1] + points[:-1, 1]) / 2)
    step = np.diff(points, axis=0)
    lengths = np.hypot(step[:, 0] * across, step[:, 1] * along)
    return np.concatenate([[0.0], np.cumsum(lengths)])


def line(number: str, name: str, road_class: str, points: Points) -> Line:
    """Make a line whose chainage is measured on the points as they are written to files."""
    written = np.round(points, 5)
    return Line(number, name, road_class, written, stations_m(written))


# ------------------------------------------------------------------ roads


def _road(
    number: str,
    via: Sequence[Any],
    places: dict[str, tuple[float, float]],
    mountains: Sequence[Sequence[float]],
) -> Line:
    rng = np.random.default_rng(zlib.crc32(number.encode()))
    stops = np.array([places[stop] if isinstance(stop, str) else stop for stop in via[1:]], float)
    smooth = _spline(stops)
    named = [stop for stop in via[1:] if isinstance(stop, str)]
    points = _wind(smooth, stops, mountains, rng)
    return line(number, f"{number} {named[0]} – {named[-1]}", str(via[0]), points)


def _spline(stops: Points) -> Points:
    """Catmull-Rom spline through the stops, about every 150 m."""
    padded = np.vstack([2 * stops[0] - stops[1], stops, 2 * stops[-1] - stops[-2]])
    pieces = []
    for i in range(1, len(padded) - 2):
        a, b, c, d = padded[i - 1 : i + 3]
        steps = max(2, int(stations_m(np.vstack([b, c]))[-1] / 150))
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        slope = 2 * a - 5 * b + 4 * c - d
        bend = -a + 3 * b - 3 * c + d
        pieces.append(0.5 * (2 * b + (c - a) * t + slope * t**2 + bend * t**3))
    return np.vstack([*pieces, stops[-1:]])


def _wind(
    smooth: Points,
    stops: Points,
    mountains: Sequence[Sequence[float]],
    rng: np.random.Generator,
) -> Points:
    """Push the smooth line aside by waves: long on the steppe, short and strong in mountains."""
    station = stations_m(smooth)
    rough = np.zeros(len(smooth))
    for lon, lat, radius_km, height in mountains:
        away = distance_m(smooth, lon, lat) / (radius_km * 1000)
        rough = np.maximum(rough, height * np.clip(1.3 - away, 0, 1))
    near = np.min([distance_m(smooth, *stop) for stop in stops], axis=0)
    calm = np.clip((near - 1500) / 6000, 0, 1)
    aside = np.zeros(len(smooth))
    for wave_m, steppe_m, mountain_m in (
        (26_000, 900, 900),
        (9_000, 260, 500),
        (3_700, 25, 260),
        (1_700, 0, 105),
    ):
        phase = np.cumsum(np.diff(station, prepend=0) / (wave_m * _wobble(station, wave_m, rng)))
        strength = _wobble(station, 3 * wave_m, rng)
        wave = np.sin(2 * np.pi * (phase + rng.random()))
        aside += wave * strength * (steppe_m + rough * (mountain_m - 0.3 * steppe_m))
    across, along = metres_per_degree(smooth[:, 1])
    ahead = np.gradient(smooth, axis=0) * np.column_stack([across, along])
    ahead /= np.linalg.norm(ahead, axis=1)[:, None]
    push = np.column_stack([-ahead[:, 1] / across, ahead[:, 0] / along])
    return _thin(smooth + push * (aside * calm)[:, None], near < 0.01)


def _wobble(station: NDArray[np.float64], every_m: float, rng: np.random.Generator) -> Any:
    """Return a slow random factor around one along a line."""
    knots = np.arange(0, station[-1] + 2 * every_m, every_m)
    return np.interp(station, knots, rng.uniform(0.55, 1.45, len(knots)))


def _thin(points: Points, stop: NDArray[np.bool_]) -> Points:
    """Drop points of straight stretches, but no stop: there other roads are met."""
    keep = [0]
    turned = 0.0
    step = np.diff(points, axis=0)
    heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0] * np.cos(np.radians(points[:-1, 1]))))
    for i in range(1, len(points) - 1):
        turned += abs(heading[i] - heading[i - 1])
        if stop[i] or turned > 0.06 or i - keep[-1] >= 14:
            keep.append(i)
            turned = 0.0
    return points[[*keep, len(points) - 1]]


def _streets(town: Town, names: Sequence[str]) -> list[Line]:
    """Return a turned grid of streets, cut to the round of the town."""
    rng = np.random.default_rng(zlib.crc32(town.name.encode()))
    turn = rng.uniform(0.15, 0.65)
    half = int(town.radius_m / STREET_SPACING_M)
    offsets = [STREET_SPACING_M * (i + 0.28) for i in range(-half - 1, half + 1)]
    order = rng.permutation(len(names))
    found: list[Line] = []
    for offset in offsets:
        for way in (turn, turn + np.pi / 2):
            reach = town.radius_m**2 - offset**2
            if reach < (0.45 * town.radius_m) ** 2 or (
                len(found) >= 2 and town.population < 10_000
            ):
                continue
            nth = len(found)
            name = names[order[nth % len(names)]] + ("" if nth < len(names) else " 2")
            found.append(_street(town, f"{town.name}, {name}", offset, way, float(np.sqrt(reach))))
    return found


def _street(town: Town, name: str, offset_m: float, way: float, reach_m: float) -> Line:
    along = np.linspace(-reach_m, reach_m, max(2, int(2 * reach_m / 500)))
    x = along * np.cos(way) - offset_m * np.sin(way)
    y = along * np.sin(way) + offset_m * np.cos(way)
    across, up = metres_per_degree(town.lat)
    return line("", name, "street", np.column_stack([town.lon + x / across, town.lat + y / up]))


# ---------------------------------------------------------- lakes, borders


def _ring(
    lon: float,
    lat: float,
    *,
    half_axes_m: tuple[float, float],
    turn: float,
    wobble: float,
    seed: int,
) -> Points:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 145)
    shape = np.ones(len(angle))
    for wave in range(2, 13):
        shape += wobble / wave * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    x, y = half_axes_m[0] * shape * np.cos(angle), half_axes_m[1] * shape * np.sin(angle)
    across, up = metres_per_degree(lat)
    ring = np.column_stack(
        [
            lon + (x * np.cos(turn) - y * np.sin(turn)) / across,
            lat + (x * np.sin(turn) + y * np.cos(turn)) / up,
        ]
    )
    ring[-1] = ring[0]
    return np.round(ring, 5)


def _lake(name: str, facts: Sequence[Any]) -> Lake:
    ru, zh, lon, lat, a_km, b_km, turn = facts
    shore = _ring(
        lon,
        lat,
        half_axes_m=(a_km * 1000, b_km * 1000),
        turn=float(np.radians(turn)),
        wobble=0.22,
        seed=zlib.crc32(name.encode()),
    )
    return Lake(name, ru, zh, shore)


def _border(centre: Sequence[float], half_axes: Sequence[float]) -> Points:
    across, up = metres_per_degree(centre[1])
    axes = (half_axes[0] * across, half_axes[1] * up)
    return _ring(centre[0], centre[1], half_axes_m=axes, turn=0.0, wobble=0.075, seed=7)


def _areas(
    rows: Sequence[dict[str, str]], towns: Sequence[Town], border: Points
) -> tuple[Area, ...]:
    """Give each place to the nearest seat: straight borders, as on the steppe."""
    seats = {town.name: town for town in towns}
    found = []
    for row in rows:
        ring, seat = border, seats[row["seat"]]
        for other in rows:
            if other is not row:
                ring = _nearer(ring, seat, seats[other["seat"]])
        found.append(Area(row["en"], row["ru"], row["zh"], seat, np.round(ring, 5)))
    return tuple(found)


def _nearer(ring: Points, seat: Town, other: Town) -> Points:
    """Cut a ring to what is nearer to one seat than to the other (Sutherland and Hodgman)."""
    across, up = metres_per_degree(45.9)
    scale = np.array([across, up])
    mine, theirs = np.array([seat.lon, seat.lat]) * scale, np.array([other.lon, other.lat]) * scale
    side = (ring * scale - (mine + theirs) / 2) @ (mine - theirs)
    kept: list[Any] = []
    for i in range(len(ring) - 1):
        if side[i] >= 0:
            kept.append(ring[i])
        if (side[i] >= 0) != (side[i + 1] >= 0):
            share = side[i] / (side[i] - side[i + 1])
            kept.append(ring[i] + share * (ring[i + 1] - ring[i]))
    return np.array([*kept, kept[0]])
