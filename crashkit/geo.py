"""Where crashes are: metres on the ground, positions along roads, cells.

Nearness is measured in straight metres between points of the WGS 84 ellipsoid. At the sizes of a
blackspot that is the distance on the ground, and unlike a projection it has no zone edge, no date
line and no distortion far from its centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

from crashkit import kernels
from crashkit.model import CrashData
from crashkit.sites import Sites, offsets_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BROKEN = "broken"
"""A whole-number column that may be added to crashes: a road is cut where it changes."""

LABEL = "road_label"
"""The column that `labelled` adds to crashes."""

MIN_SPAN_CRASHES = 5
"""A province needs so many crashes on a road for the kilometres it covers to be known."""

_ELLIPSOID = pyproj.Geod(ellps="WGS84")
_METRES_PER_DEGREE = 111_320.0

MERCATOR_DEG = 85.0511287798066
"""Where the square map of the world ends, north and south."""


@dataclass(frozen=True, eq=False)
class Points:
    """Crashes with coordinates, ordered by id: degrees and geocentric metres, shape (n, 3)."""

    ids: Ints
    lon: Floats
    lat: Floats
    xyz_m: Floats
    urban: Flags

    def keep(self, chosen: Flags) -> Points:
        """Cut."""
        return Points(
            ids=self.ids[chosen],
            lon=self.lon[chosen],
            lat=self.lat[chosen],
            xyz_m=self.xyz_m[chosen],
            urban=self.urban[chosen],
        )


@dataclass(frozen=True, eq=False)
class OnRoads:
    """Crashes with a road and a km post, ordered by road, then metres, then id.

    `road` indexes `names`, and `labels`, which also tell apart the provinces of a road where km
    posts start anew, and `classes`, that which most of its crashes name; `part` tells the parts of
    a broken road apart. Coordinates may be NaN.
    """

    ids: Ints
    road: Ints
    part: Ints
    at_m: Ints
    lon: Floats
    lat: Floats
    urban: Flags
    names: tuple[str, ...]
    labels: tuple[str, ...]
    classes: tuple[str, ...]

    def keep(self, chosen: Flags | Ints) -> OnRoads:
        """Cut, or put in another order."""
        return OnRoads(
            ids=self.ids[chosen],
            road=self.road[chosen],
            part=self.part[chosen],
            at_m=self.at_m[chosen],
            lon=self.lon[chosen],
            lat=self.lat[chosen],
            urban=self.urban[chosen],
            names=self.names,
            labels=self.labels,
            classes=self.classes,
        )


# ------------------------------------------------------------------ distances


def distance_m(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the metres between two places along the ellipsoid.

    Source: Karney 2013, Algorithms for geodesics.
    """
    return float(_ELLIPSOID.inv(lon, lat, to_lon, to_lat)[2])


def distances_m(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Return the metres between places, pair by pair, along the ellipsoid."""
    return np.asarray(_ELLIPSOID.inv(lon, lat, to_lon, to_lat)[2], dtype=float)


def moved(lon: float, lat: float, *, east_m: float, north_m: float) -> tuple[float, float]:
    """Return the place so many metres east and north of another."""
    bearing = float(np.degrees(np.arctan2(east_m, north_m)))
    to_lon, to_lat, _ = _ELLIPSOID.fwd(lon, lat, bearing, float(np.hypot(east_m, north_m)))
    return float(to_lon), float(to_lat)


def moved_all(lon: Floats, lat: Floats, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Return the places so many metres east and north of others; NaN where one is not known."""
    known = np.isfinite(lon) & np.isfinite(lat)
    bearing = np.degrees(np.arctan2(east_m, north_m))[known]
    to_lon, to_lat = np.full(lon.size, np.nan), np.full(lat.size, np.nan)
    far = np.hypot(east_m, north_m)[known]
    to_lon[known], to_lat[known], _ = _ELLIPSOID.fwd(lon[known], lat[known], bearing, far)
    return to_lon, to_lat


ZONE_DEG = 6.0
"""Width of a zone whose map is flat enough: lengths at its edge are 0.14 % too long at most."""


def zone_of(lon: Floats) -> Ints:
    """Return the number of the zone of each longitude, from the date line eastwards, from 1."""
    found: Ints = np.floor((lon + 180) / ZONE_DEG).astype(np.int64) + 1
    return found


def zone_middle(zone: int) -> float:
    """Return the middle meridian of a zone, degrees."""
    return (zone - 0.5) * ZONE_DEG - 180


def by_zone(lon: Floats) -> list[tuple[Ints, float]]:
    """Return the rows of each zone with its middle meridian; one zone where all fits into one."""
    known = np.flatnonzero(np.isfinite(lon)).astype(np.int64)
    if not known.size:
        return []
    low, high = float(lon[known].min()), float(lon[known].max())
    if high - low <= ZONE_DEG:
        return [(known, (low + high) / 2)]
    zone = zone_of(lon[known])
    return [(known[zone == one], zone_middle(one)) for one in np.unique(zone).tolist()]


def flat(lon: Floats, lat: Floats, middle: float) -> Floats:
    """Return metres on the transverse Mercator map of a meridian, shape (n, 2).

    Source: EPSG guidance note 7-2, section 3.2.5; scale 1 on the meridian.
    """
    turn = pyproj.Proj(f"+proj=tmerc +approx +lon_0={middle} +ellps=WGS84")
    return np.column_stack(turn(lon, lat))


def true_m(metres: Floats, east_m: Floats) -> Floats:
    """Return lengths on the ground of lengths on such a map, `east_m` from its meridian.

    Source: Snyder 1987, Map projections: a working manual, formula 8-11.
    """
    found: Floats = metres / (1 + east_m**2 / (2 * _ELLIPSOID.a**2))
    return found


def degrees_m(lat: Floats) -> Floats:
    """Return the metres of one degree eastwards and northwards at each latitude, shape (n, 2).

    Source: Snyder 1987, Map projections: a working manual, formulas 4-18 to 4-21.
    """
    rise = np.radians(lat)
    flatter = 1 - _ELLIPSOID.es * np.sin(rise) ** 2
    east = _ELLIPSOID.a * np.cos(rise) / np.sqrt(flatter)
    north = _ELLIPSOID.a * (1 - _ELLIPSOID.es) / flatter**1.5
    return np.radians(np.column_stack([east, north]))


def geocentric(lon: Floats, lat: Floats) -> Floats:
    """Return metres from the centre of the earth, shape (n, 3), for degrees on the ellipsoid.

    Source: EPSG guidance note 7-2, section 4.1.1.
    """
    turn, rise = np.radians(lon), np.radians(lat)
    normal = _ELLIPSOID.a / np.sqrt(1 - _ELLIPSOID.es * np.sin(rise) ** 2)
    return np.column_stack(
        [
            normal * np.cos(rise) * np.cos(turn),
            normal * np.cos(rise) * np.sin(turn),
            normal * (1 - _ELLIPSOID.es) * np.sin(rise),
        ]
    )


def mercator(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return places on the square map of the world: 0 to 1 from west to east, north to south.

    What lies nearer to a pole than the edge of the map is put on the edge.
    Source: Web Mercator, EPSG 1024.
    """
    phi = np.radians(np.clip(lat, -MERCATOR_DEG, MERCATOR_DEG))
    return (lon + 180.0) / 360.0, (1.0 - np.arcsinh(np.tan(phi)) / np.pi) / 2.0


def upwards(lon: Floats, lat: Floats) -> Floats:
    """Return the direction away from the ground at each point, unit vectors of shape (n, 3)."""
    turn, rise = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)])


def degrees(xyz_m: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude of geocentric metres, shape (n, 3)."""
    way = pyproj.Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
    lon, lat, _ = way.transform(xyz_m[:, 0], xyz_m[:, 1], xyz_m[:, 2])
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def cells(lon: Floats, lat: Floats, size_m: float) -> Ints:
    """Return the number of the square of `size_m` that holds each point; squares have equal area.

    Rows are bands of latitude; each band is cut into squares of its own width.
    """
    row = np.floor(lat * _METRES_PER_DEGREE / size_m)
    middle = np.radians((row + 0.5) * size_m / _METRES_PER_DEGREE)
    column = np.floor(lon * _METRES_PER_DEGREE * np.cos(middle) / size_m)
    return (row * 1e8 + column).astype(np.int64)


# ----------------------------------------------------------- where crashes are


def located(data: CrashData) -> Points:
    """Return the crashes that have coordinates."""
    crashes = data.crashes
    lon, lat = _numbers(crashes, "lon"), _numbers(crashes, "lat")
    here = np.isfinite(lon) & np.isfinite(lat)
    ids = crashes["id"].to_numpy(dtype=np.int64)
    order = np.flatnonzero(here)[np.argsort(ids[here], kind="stable")]
    return Points(
        ids=ids[order],
        lon=lon[order],
        lat=lat[order],
        xyz_m=geocentric(lon[order], lat[order]),
        urban=_is(crashes, "area_type", "urban")[order],
    )


def on_roads(data: CrashData) -> OnRoads:
    """Return the crashes that have a road and a km post; km posts become whole metres."""
    crashes = data.crashes
    at_km = _numbers(crashes, "chainage_km")
    if LABEL not in crashes.columns:
        crashes = labelled(data).crashes
    here = np.isfinite(at_km) & crashes[LABEL].notna().to_numpy(dtype=bool)
    codes = np.full(len(crashes), -1, dtype=np.int64)
    codes[here], labels = pd.factorize(crashes[LABEL][here].astype(object), sort=True)
    road_of = dict(zip(crashes[LABEL][here], crashes["road_key"][here], strict=True))
    ids = crashes["id"].to_numpy(dtype=np.int64)
    part = crashes[BROKEN].to_numpy(dtype=np.int64) if BROKEN in crashes else np.zeros_like(ids)
    at_m = np.rint(np.where(here, at_km, 0.0) * 1000).astype(np.int64)
    found = OnRoads(
        ids=ids,
        road=codes,
        part=part,
        at_m=at_m,
        lon=_numbers(crashes, "lon"),
        lat=_numbers(crashes, "lat"),
        urban=_is(crashes, "area_type", "urban"),
        names=tuple(str(road_of[label]) for label in labels),
        labels=tuple(str(label) for label in labels),
        classes=_classes(crashes, codes, len(labels)),
    ).keep(here)
    return found.keep(np.lexsort((found.ids, found.at_m, found.part, found.road)))


def _classes(crashes: pd.DataFrame, road: Ints, roads: int) -> tuple[str, ...]:
    """Return the class of each of so many roads: the one that most of its crashes name."""
    if "road_class" not in crashes.columns or not roads:
        return ("",) * roads
    told = crashes["road_class"].astype(object).fillna("").astype(str).replace("unknown", "")
    codes, words = pd.factorize(told, sort=True)
    votes = np.zeros((roads, len(words)), dtype=np.int64)
    here = road >= 0
    np.add.at(votes, (road[here], codes[here]), 1)
    return tuple(str(words[at]) for at in votes.argmax(axis=1).tolist())


def _numbers(crashes: pd.DataFrame, name: str) -> Floats:
    if name not in crashes.columns:
        return np.full(len(crashes), np.nan)
    return crashes[name].to_numpy(dtype=float, na_value=np.nan)


def _is(crashes: pd.DataFrame, name: str, code: str) -> Flags:
    if name not in crashes.columns:
        return np.zeros(len(crashes), dtype=bool)
    return (crashes[name] == code).fillna(False).to_numpy(dtype=bool)


def labelled(data: CrashData, *, by_province: bool = False) -> CrashData:
    """Return the data with a column that names the road, and the province where needed.

    Where km posts start anew in each province, a road and a province are a road: all roads where
    the source says so (`by_province`), else those that show it. What is cut from the data later
    keeps these names.
    """
    crashes = data.crashes
    if "road_key" not in crashes.columns:
        return data.replace(crashes=crashes.assign(road_key=None, **{LABEL: None}))
    road = crashes["road_key"].astype(object).replace("", None)
    if "admin1" not in crashes.columns:
        return data.replace(crashes=crashes.assign(**{LABEL: road}))
    province = crashes["admin1"].astype(object).replace("", None)
    found = pd.DataFrame({"road": road, "province": province})
    found["km"] = _numbers(crashes, "chainage_km")
    anew = province.notna() & (by_province or road.isin(_starting_anew(found.dropna())))
    names = road.where(~anew, road + " (" + province.fillna("") + ")")
    return data.replace(crashes=crashes.assign(**{LABEL: names}))


def starting_anew(data: CrashData, *, by_province: bool = False) -> list[str]:
    """Return the roads whose km posts start anew in each province, in alphabetical order."""
    crashes = labelled(data, by_province=by_province).crashes
    told_apart = crashes[LABEL].notna() & (crashes[LABEL] != crashes["road_key"])
    return sorted(set(crashes["road_key"][told_apart]))


def _starting_anew(found: pd.DataFrame) -> list[str]:
    """Return the roads on which the posts of two provinces run over the same kilometres."""
    posts: dict[str, list[Floats]] = {}
    for (road, _), km in found.groupby(["road", "province"])["km"]:
        posts.setdefault(str(road), []).append(np.sort(km.to_numpy(dtype=float)))
    return [
        road
        for road, provinces in sorted(posts.items())
        if any(_mixed(one, other) for one, other in combinations(provinces, 2))
    ]


def _mixed(one: Floats, other: Floats) -> bool:
    """Say whether two provinces share half of the shorter stretch, both with crashes there.

    The middle four fifths of the posts count, so a few wrong provinces change nothing. A road that
    leaves a province and comes back has none of its crashes on the stretch between.
    """
    if min(one.size, other.size) < MIN_SPAN_CRASHES:
        return False
    (one_low, one_high), (low, high) = (np.quantile(km, [0.1, 0.9]) for km in (one, other))
    start, end = max(one_low, low), min(one_high, high)
    if end - start <= min(one_high - one_low, high - low) / 2:
        return False
    there = sorted(
        int(np.searchsorted(km, end) - np.searchsorted(km, start)) for km in (one, other)
    )
    return there[0] >= max(MIN_SPAN_CRASHES, there[1] / 10)


# -------------------------------------------------------------- stretches


def stretches(found: OnRoads, starts: Ints, ends: Ints) -> Sites:
    """Return sites along roads: site i runs from crash `starts[i]` to the one before `ends[i]`.

    The point of a site is that of its crash nearest the middle that has coordinates.
    """
    middles = _middles(np.isfinite(found.lon) & np.isfinite(found.lat), starts, ends)
    offsets = offsets_of(ends - starts)
    inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], ends - starts)
    road, low, high = found.road[starts], found.at_m[starts], found.at_m[ends - 1]
    return Sites(
        offsets,
        found.ids[np.repeat(starts, ends - starts) + inside],
        {
            "lon": np.where(middles < 0, np.nan, found.lon[middles]),
            "lat": np.where(middles < 0, np.nan, found.lat[middles]),
            "road": np.array(found.names, dtype=object)[road],
            "group": np.array(found.classes, dtype=object)[road],
            "from_m": low.astype(float),
            "to_m": high.astype(float),
            "line": road.astype(float),
            "along_m": (low + high) / 2,
        },
        lambda i: f"{found.labels[road[i]]}:{low[i]}-{high[i]}",
    )


def sections(found: OnRoads, length_m: int, *, empty: bool = False) -> Sites:
    """Return the sections of roads between whole multiples of a length, road by road.

    Those without crashes are left out; or, if `empty`, there are those between the first and the
    last crash of a road: the crashes do not say where a road ends.
    """
    section = found.at_m // length_m
    new = np.ones(found.ids.size, dtype=bool)
    new[1:] = (np.diff(found.road) != 0) | (np.diff(section) != 0)
    starts = np.flatnonzero(new).astype(np.int64)
    ends = np.append(starts[1:], found.ids.size).astype(np.int64)[: starts.size]
    first, road = section[starts] * length_m, found.road[starts]
    made = stretches(found, starts, ends)
    metres = {
        "from_m": first.astype(float),
        "to_m": (first + length_m).astype(float),
        "along_m": first + length_m / 2,
    }
    labels = found.labels
    full = replace(
        made,
        columns={**made.columns, **metres},
        named=lambda i: f"{labels[road[i]]}:{first[i]}-{first[i] + length_m}",
    )
    return full.joined(_empty(found, road, first, length_m)) if empty else full


def _empty(found: OnRoads, road: Ints, first: Ints, length_m: int) -> Sites:
    """Return the sections without crashes between those of one road that have some."""
    same = np.flatnonzero(np.diff(road) == 0)
    missing = np.diff(first)[same] // length_m - 1
    offsets = offsets_of(missing)
    inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], missing)
    begin = np.repeat(first[same], missing) + (inside + 1) * length_m
    where = np.repeat(road[same], missing)
    return Sites(
        np.zeros(begin.size + 1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        {
            "road": np.array(found.names, dtype=object)[where],
            "group": np.array(found.classes, dtype=object)[where],
            "from_m": begin.astype(float),
            "to_m": (begin + length_m).astype(float),
            "line": where.astype(float),
            "along_m": begin + length_m / 2,
        },
        lambda i: f"{found.labels[where[i]]}:{begin[i]}-{begin[i] + length_m}",
    )


def near(sites: Sites, reach_m: float) -> tuple[Ints, Ints]:
    """Return which places lie within reach of each, itself included, as offsets and members.

    Places along roads are near along their road only, not across a river or to a road beside it;
    others as the crow flies.
    """
    line, along_m = sites.numbers("line"), sites.numbers("along_m")
    if not np.isfinite(line).all():
        xyz = geocentric(sites.numbers("lon"), sites.numbers("lat"))
        return kernels.neighbours(kernels.ground(xyz, reach_m))
    far = float(np.ptp(along_m) if along_m.size else 0.0) + 2 * reach_m + 1
    keys = line * far + (along_m - along_m.min(initial=0.0))
    order = np.argsort(keys, kind="stable")
    first = np.searchsorted(keys[order], keys - reach_m)
    until = np.searchsorted(keys[order], keys + reach_m, side="right")
    offsets = offsets_of(until - first)
    inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], until - first)
    return offsets, order[np.repeat(first, until - first) + inside].astype(np.int64)


def neighbour_sums(around: tuple[Ints, Ints], values: Floats) -> tuple[Floats, Ints]:
    """Return the sum of the values near each place, itself left out, and how many these are."""
    offsets, members = around
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    others = members != owner
    n = offsets.size - 1
    sums = np.bincount(owner[others], values[members[others]], minlength=n)
    return sums.astype(float), np.bincount(owner[others], minlength=n)


def squares(found: Points, side_m: float) -> Sites:
    """Return the squares of ground that have crashes, in the setting of most of these.

    Each tells the radius of a circle as large as it.
    """
    names, square = np.unique(cells(found.lon, found.lat, side_m), return_inverse=True)
    order = np.argsort(square.ravel(), kind="stable")
    counts = np.bincount(square.ravel(), minlength=names.size)
    offsets = offsets_of(counts)
    urban = np.bincount(square.ravel(), weights=found.urban, minlength=names.size) > counts / 2
    columns = {
        "radius_m": np.full(names.size, side_m / np.sqrt(np.pi)),
        "group": np.where(urban, "urban", "").astype(object),
    }
    return Sites(offsets, found.ids[order], columns, lambda i: str(names[i]))


def _middles(known: Flags, starts: Ints, ends: Ints) -> Ints:
    """Return the index nearest the middle of each range where `known` is true, or -1."""
    where = np.flatnonzero(known)
    if not where.size:
        return np.full(starts.size, -1, dtype=np.int64)
    middle = (starts + ends - 1) // 2
    after = np.searchsorted(where, middle)
    right = where[np.minimum(after, where.size - 1)]
    left = where[np.maximum(after - 1, 0)]
    right_in, left_in = (right >= middle) & (right < ends), (left >= starts) & (left < middle)
    nearer = right_in & (~left_in | (right - middle <= middle - left))
    return np.where(nearer, right, np.where(left_in, left, -1)).astype(np.int64)


def most_common(values: Sequence[str]) -> str:
    """Return the most frequent of some names, the first by alphabet among equals, "" for none."""
    named = [value for value in values if value]
    return min(set(named), key=lambda name: (-named.count(name), name), default="")
