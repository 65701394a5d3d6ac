"""Coordinate systems: from the grids and datums of maps to WGS 84, and which grid numbers are of.

A system is named as `EPSG:28413`, or by one of two names of our own: `SK-42` takes the zone from
the millions of each easting, as maps of the Soviet Union write them (EPSG:28402 to 28432), and
`GCJ-02` is the shifted datum of maps made in China.
"""

from __future__ import annotations

import csv
import math
import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

from crashkit.errors import SettingError

Floats = NDArray[np.float64]
Turn = Callable[[Floats, Floats, str], tuple[Floats, Floats]]

SK42, GCJ02 = "SK-42", "GCJ-02"
SK42_ZONES = range(2, 33)
SK42_EPSG = 28_400
"""EPSG numbers of the zones follow this one. Source: EPSG registry, 28402 to 28432."""

UNKNOWN_M = 150.0
"""How far off a place may be whose system nobody has tied to WGS 84.

Source: data standards, section 3.3: datums of the region taken for WGS 84 are 55 to 104 m off.
"""

_EPSG = re.compile(r"EPSG:([0-9]{4,6})")
_PRECISE_M = 0.01

# A file names its system; no name may make the program fetch a grid of shifts from the internet.
set_network_enabled(active=False)


def is_known(system: str) -> bool:
    """Say whether there is a coordinate system of this name, in a plane or in degrees."""
    if system in (SK42, GCJ02):
        return True
    if not _EPSG.fullmatch(system):
        return False
    try:
        found = _system(system)
    except pyproj.exceptions.CRSError:
        return False
    return bool(found.is_projected or found.is_geographic)


def is_degrees(system: str) -> bool:
    """Say whether numbers in this system are degrees, not metres. Raises SettingError."""
    _check(system)
    return system == GCJ02 or (system != SK42 and bool(_system(system).is_geographic))


def title(system: str) -> str:
    """Return the name of a system and what the registry calls it. Raises SettingError."""
    _check(system)
    return system if system in (SK42, GCJ02) else f"{system} ({_system(system).name})"


def to_wgs84(x: Floats, y: Floats, system: str) -> tuple[Floats, Floats]:
    """Return longitude and latitude of eastings (or longitudes) and northings in a system.

    What lies outside the system becomes NaN. Raises SettingError for an unknown system.
    """
    _check(system)
    if system == GCJ02:
        return _from_gcj02(x, y)
    if system == SK42:
        return _by_zone(x, y, to_wgs84)
    lon, lat = _way(system).transform(x, y)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    there = np.isfinite(lon) & np.isfinite(lat)
    return np.where(there, lon, np.nan), np.where(there, lat, np.nan)


def named(description: str) -> str | None:
    """Return the name of a system that a file describes at length (WKT); None for an unknown one.

    The registry must know the description in all that matters, its name and axes may differ.
    """
    try:
        found = pyproj.CRS.from_wkt(description).to_epsg()
    except (pyproj.exceptions.CRSError, UnicodeError):
        return None
    return None if found is None else f"EPSG:{found}"


def roughly(x: Floats, y: Floats, system: str) -> tuple[Floats, Floats]:
    """Return longitude and latitude on the datum of a grid itself, some 100 m from WGS 84.

    That is enough to see whether numbers may be of this grid, and a hundred times faster.
    """
    if system == SK42:
        return _by_zone(x, y, roughly)
    lon, lat = pyproj.Proj(_system(system))(x, y, inverse=True)
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def accuracy_m(x: Floats, y: Floats, system: str) -> float:
    """Return how far off places may be in metres because of the change of datum.

    It is that of the middle of the places, as the EPSG registry states it.
    """
    _check(system)
    if system == GCJ02:
        return float(_gcj02()["accuracy"]["metres"])
    here = np.isfinite(x) & np.isfinite(y)
    if not here.any():
        return 0.0
    middle = float(np.median(x[here])), float(np.median(y[here]))
    if system == SK42:
        system = f"EPSG:{SK42_EPSG + _zone(middle[0])}"
    way = _way(system)
    try:
        way.transform(*middle)
        found = way.get_last_used_operation().accuracy
    except pyproj.exceptions.ProjError:
        found = way.accuracy
    return float(found) if found >= 0 else UNKNOWN_M


@cache
def candidates(west: float, south: float, east: float, north: float) -> tuple[str, ...]:
    """Return the grids that maps of a box are drawn in, of those that `grids.csv` lists."""
    area = AreaOfInterest(west, south, east, north)
    found = query_crs_info(
        auth_name="EPSG",
        pj_types=PJType.PROJECTED_CRS,
        area_of_interest=area,
        contains=False,
    )
    names = _listed()
    codes = {f"EPSG:{one.code}": one.name for one in found if one.name.startswith(names)}
    order = sorted(codes, key=lambda code: (_place(codes[code], names), len(code), code))
    zones = [code for code in order if _zone_of(code)]
    # The zones of one grid are asked for as one: the easting tells which is meant.
    return (SK42, *(code for code in order if code not in zones)) if zones else tuple(order)


def _place(name: str, names: Sequence[str]) -> int:
    return next(place for place, one in enumerate(names) if name.startswith(one))


def _zone_of(system: str) -> bool:
    return system.startswith("EPSG:284") and int(system[5:]) - SK42_EPSG in SK42_ZONES


@cache
def _listed() -> tuple[str, ...]:
    text = resources.files("crashkit").joinpath("grids.csv").read_text(encoding="utf-8")
    return tuple(row["name"] for row in csv.DictReader(text.splitlines()))


def _check(system: str) -> None:
    if not is_known(system):
        raise SettingError(
            "There is no coordinate system {system}. Name it by its number in the EPSG registry, "
            "for example EPSG:32643, or as SK-42 or GCJ-02.",
            system=system[:60],
        )


@cache
def _system(name: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(name)


def _way(system: str) -> pyproj.Transformer:
    # Not kept: a transformer must not be shared between threads.
    return pyproj.Transformer.from_crs(_system(system), "EPSG:4326", always_xy=True)


# -------------------------------------------------------------------- SK-42


def _zone(easting: float) -> int:
    """Return the zone that the millions of an easting tell; the nearest there is."""
    return int(np.clip(easting // 1_000_000, SK42_ZONES[0], SK42_ZONES[-1]))


def _by_zone(x: Floats, y: Floats, turn: Turn) -> tuple[Floats, Floats]:
    zones = np.floor(np.nan_to_num(x) / 1_000_000)
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for zone in SK42_ZONES:
        mine = zones == zone
        if mine.any():
            lon[mine], lat[mine] = turn(x[mine], y[mine], f"EPSG:{SK42_EPSG + zone}")
    return lon, lat


# ------------------------------------------------------------------- GCJ-02


def shifted(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return where a map in GCJ-02 draws places given in WGS 84. Source: `gcj02.toml`."""
    series = _gcj02()
    x, y = lon - series["centre"]["lon"], lat - series["centre"]["lat"]
    shared = _sines(x, series["sines"]["shared"])
    north = _series(series["north"], x, y) + shared + _sines(y, series["sines"]["north"])
    east = _series(series["east"], x, y) + shared + _sines(x, series["sines"]["east"])
    radius, squared = (
        series["ellipsoid"][n] for n in ("semi_major_axis_m", "eccentricity_squared")
    )
    turn = np.radians(lat)
    bend = 1 - squared * np.sin(turn) ** 2
    metres_of_lat = np.pi / 180 * radius * (1 - squared) / (bend * np.sqrt(bend))
    metres_of_lon = np.pi / 180 * radius / np.sqrt(bend) * np.cos(turn)
    return lon + east / metres_of_lon, lat + north / metres_of_lat


def _from_gcj02(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Walk back the shift: the place is where the shift leads to these numbers."""
    lon, lat = x.copy(), y.copy()
    # Each step is some thousand times nearer; ten are far more than any place needs.
    for _ in range(10):
        to_lon, to_lat = shifted(lon, lat)
        off_lon, off_lat = x - to_lon, y - to_lat
        lon, lat = lon + off_lon, lat + off_lat
        if np.nanmax(np.hypot(off_lon, off_lat), initial=0.0) * 111_320 < _PRECISE_M:
            break
    return lon, lat


def _series(term: dict[str, float], x: Floats, y: Floats) -> Floats:
    found = term["constant"] + term["x"] * x + term["y"] * y + term["xy"] * x * y
    return found + term["xx"] * x**2 + term["yy"] * y**2 + term["root"] * np.sqrt(np.abs(x))


def _sines(values: Floats, terms: Sequence[tuple[float, float]]) -> Floats:
    parts = [size * np.sin(math.pi * factor * values) for size, factor in terms]
    return np.asarray(np.sum(parts, axis=0) * 2 / 3)


@cache
def _gcj02() -> dict[str, Any]:
    text = resources.files("crashkit").joinpath("gcj02.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
