"""Shapes on the ground that a filter keeps to: circles, polygons, roads, areas, junctions.

A value of `within` is one shape, or several of which one is enough: `circle:69.28,41.31,500`,
`polygon:69.2,41.3,69.3,41.3,69.3,41.4`, `road:M-39@10-20.5`, `road:M-39`, `area:areas/Osh`,
`junction:J0001`, joined by `|`. Areas and junctions are those of the layers of the data set. Sides
of a polygon are straight in degrees and go the short way round the earth, so a polygon may lie
across the date line; a point on a side lies inside. The signs `|` and `@` in a name are written
%7C and %40.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any
from urllib.parse import quote_plus

import numpy as np
import shapely
import shapely.geometry
from numpy.typing import NDArray

from crashkit import geo, units
from crashkit.errors import FilterError, Message
from crashkit.filters import spelling
from crashkit.filters.spelling import Wrong

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

LONGEST_IN_ADDRESS = 5000
"""Signs that the shapes may take in a web address: some 200 corners. Proxies cut longer ones."""

DIGITS = 5
"""Decimals of degrees: a metre."""

CELLS = 96
"""A polygon is laid over so many cells each way; crashes are looked at one by one on its sides."""

FEW = 20_000
"""So many crashes are looked at one by one at once."""


@dataclass(frozen=True)
class Circle:
    """All places so many metres or nearer to a point."""

    lon: float
    lat: float
    radius_m: float

    @property
    def words(self) -> str:
        """The canonical spelling."""
        place = ",".join(spelling.short(number, DIGITS) for number in (self.lon, self.lat))
        return f"circle:{place},{spelling.short(self.radius_m, 1)}"

    @property
    def said(self) -> Message:
        """What it is, in words."""
        return Message(
            "a circle of {radius} m around longitude {lon}, latitude {lat}",
            {
                "radius": spelling.short(self.radius_m, 1),
                "lon": spelling.short(self.lon, DIGITS),
                "lat": spelling.short(self.lat, DIGITS),
            },
        )


@dataclass(frozen=True)
class Polygon:
    """The ground between corners (longitude, latitude); the ring is not closed."""

    corners: tuple[tuple[float, float], ...]

    @property
    def words(self) -> str:
        """The canonical spelling."""
        numbers = [spelling.short(number, DIGITS) for corner in self.corners for number in corner]
        return f"polygon:{','.join(numbers)}"

    @property
    def said(self) -> Message:
        """What it is, in words."""
        (lon, lat), n = self.corners[0], len(self.corners)
        return Message(
            "a polygon of {n} corners at longitude {lon}, latitude {lat}",
            {"n": n, "lon": spelling.short(lon, 2), "lat": spelling.short(lat, 2)},
        )


@dataclass(frozen=True)
class Stretch:
    """A road, or its part between two km posts."""

    road: str
    km: tuple[float, float] | None = None

    @property
    def words(self) -> str:
        """The canonical spelling."""
        part = "" if self.km is None else f"@{spelling.stretches([self.km])[0]}"
        return f"road:{spelling.escape(self.road, '|@')}{part}"

    @property
    def said(self) -> Message:
        """What it is, in words."""
        if self.km is None:
            return Message("road {road}", {"road": self.road})
        low, high = (units.post(end, short=True) for end in self.km)
        return Message(
            "road {road} from km {low} to km {high}", {"road": self.road, "low": low, "high": high}
        )


@dataclass(frozen=True)
class Area:
    """A surface with a name in a layer of the data set."""

    layer: str
    name: str

    @property
    def words(self) -> str:
        """The canonical spelling."""
        return f"area:{self.layer}/{spelling.escape(self.name, '|@')}"

    @property
    def said(self) -> Message:
        """What it is, in words."""
        return Message("{name} of the layer “{layer}”", {"name": self.name, "layer": self.layer})


@dataclass(frozen=True)
class Junction:
    """A junction of the data set, by its name or number, with the ground around it."""

    name: str
    layer = "junctions"

    @property
    def words(self) -> str:
        """The canonical spelling."""
        return f"junction:{spelling.escape(self.name, '|@')}"

    @property
    def said(self) -> Message:
        """What it is, in words."""
        return Message(
            "junction {name} and {radius} m around it",
            {"name": self.name, "radius": spelling.short(junction_radius_m(), 1)},
        )


Shape = Circle | Polygon | Stretch | Area | Junction


# ---------------------------------------------------------------- reading


def read(name: str, value: str) -> str:
    """Return the canonical spelling of some shapes: sorted, each once. Raises Wrong."""
    parts = [part.strip() for part in value.split("|") if part.strip()]
    found = sorted((_shape(name, part).words for part in parts), reverse=True)
    written = "|".join(sorted({words.casefold(): words for words in found}.values()))
    if not written:
        raise Wrong("{name} has no value.", name=name)
    length = len(quote_plus(written))
    if length > LONGEST_IN_ADDRESS:
        raise Wrong(
            "The shapes of {name} take {length} signs of the web address, which has room for "
            "{most}: draw fewer shapes, or draw them with fewer corners.",
            name=name,
            length=length,
            most=LONGEST_IN_ADDRESS,
        )
    return written


@lru_cache(maxsize=64)
def shapes(value: str) -> tuple[Shape, ...]:
    """Return the shapes of a canonical value."""
    return tuple(_shape("within", part) for part in value.split("|"))


def _shape(name: str, words: str) -> Shape:
    kind, colon, rest = words.partition(":")
    if not colon or kind.strip().lower() not in _READERS:
        raise Wrong(
            "{name} is “{value}”; write a shape as {kinds} and a colon, such as "
            "circle:69.28,41.31,500.",
            name=name,
            value=_abridged(words),
            kinds=", ".join(_READERS),
        )
    return _READERS[kind.strip().lower()](name, rest)


def _circle(name: str, words: str) -> Circle:
    found = _numbers(words)
    if (
        len(found) != 3
        or not spelling.on_earth(*found[:2])
        or not 0 < found[2] <= spelling.LONGEST_RADIUS_M
    ):
        raise Wrong(
            "{name} has the circle “{value}”; write longitude, latitude and a radius in metres of "
            "at most {most}, such as circle:69.28,41.31,500.",
            name=name,
            value=_abridged(words),
            most=spelling.LONGEST_RADIUS_M,
        )
    lon, lat = (_rounded(number) for number in found[:2])
    return Circle(lon, lat, max(round(found[2], 1), 0.1))


def _polygon(name: str, words: str) -> Polygon:
    found = _numbers(words)
    places = list(zip(found[::2], found[1::2], strict=False))
    if not found or len(found) % 2 or not all(spelling.on_earth(*place) for place in places):
        raise Wrong(
            "{name} has the polygon “{value}”; write longitude and latitude of each corner, such "
            "as polygon:69.2,41.3,69.3,41.3,69.3,41.4.",
            name=name,
            value=_abridged(words),
        )
    corners = _corners(places)
    if len(corners) > LONGEST_IN_ADDRESS:
        raise Wrong("The polygon has {n} corners: draw it with fewer.", n=len(corners))
    _check(corners)
    # One polygon has one spelling: it starts in the south-west and goes against the clock.
    if not shapely.is_ccw(shapely.linearrings(_unwrapped(corners))):
        corners.reverse()
    first = corners.index(min(corners))
    return Polygon((*corners[first:], *corners[:first]))


def _corners(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners to the metre, without such as repeat the one before."""
    rounded = [(_rounded(lon), _rounded(lat)) for lon, lat in places]
    return [one for i, one in enumerate(rounded) if i == 0 or one != rounded[i - 1]][
        : -1 if len(rounded) > 1 and rounded[0] == rounded[-1] else None
    ]


def _check(corners: Sequence[tuple[float, float]]) -> None:
    if len(set(corners)) < 3:
        raise Wrong(_NO_GROUND)
    ring = _unwrapped(corners)
    if ring[0][0] != ring[-1][0]:
        raise Wrong("The polygon runs around a pole: draw it so that it does not.")
    outline = shapely.polygons(ring)
    # Corners to the metre enclose half a square metre at least, some 5e-11 square degrees.
    if outline.convex_hull.area < 1e-11:
        raise Wrong(_NO_GROUND)
    if not outline.is_valid:
        lon, lat = _fault(outline)
        raise Wrong(
            "The outline of the polygon crosses or touches itself near longitude {lon}, latitude "
            "{lat}: draw it so that no side meets another.",
            lon=lon,
            lat=lat,
        )


_NO_GROUND = (
    "The polygon encloses no ground: it needs three corners at least, not all on one line and more "
    "than a metre apart."
)


def _fault(outline: shapely.Polygon) -> tuple[str, str]:
    """Return where an outline crosses itself."""
    place = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(outline))
    if place is None:
        return "?", "?"
    lon = (float(place[1]) + 180) % 360 - 180
    return spelling.short(lon, DIGITS), spelling.short(float(place[2]), DIGITS)


def _unwrapped(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the closed ring with each side the short way round: longitudes may leave -180..180."""
    ring = [corners[0]]
    for (lon, _), (to_lon, to_lat) in pairwise([*corners, corners[0]]):
        step = to_lon - lon
        step += 360 * ((step < -180) - (step > 180))
        ring.append((round(ring[-1][0] + step, DIGITS), to_lat))
    return ring


def _road(name: str, words: str) -> Stretch:
    key, at, posts = words.rpartition("@")
    road = spelling.one_spaced(spelling.unescape(key if at else words, "|@"))
    if not road:
        raise Wrong(
            "{name} has a road without a number; write it as road:M-39, or road:M-39@10-20.5 for "
            "the part between two km posts.",
            name=name,
        )
    return Stretch(road, spelling.stretch(name, posts.strip()) if at else None)


def _area(name: str, words: str) -> Area:
    layer, slash, named = words.partition("/")
    layer, named = layer.strip(), spelling.one_spaced(spelling.unescape(named, "|@"))
    if not slash or not named or not _LAYER.fullmatch(layer):
        raise Wrong(
            "{name} has the area “{value}”; write a layer and a name, such as area:areas/Osh.",
            name=name,
            value=_abridged(words),
        )
    return Area(layer, named)


_LAYER = re.compile(r"[\w-]{1,60}")


def _junction(name: str, words: str) -> Junction:
    named = spelling.one_spaced(spelling.unescape(words, "|@"))
    if not named:
        raise Wrong("{name} has a junction without a name or number.", name=name)
    return Junction(named)


def _numbers(words: str) -> list[float]:
    try:
        return [float(part) for part in words.split(",")]
    except ValueError:
        return []


def _rounded(number: float) -> float:
    return round(number, DIGITS) + 0.0


def _abridged(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:60]}…"


_READERS: dict[str, Callable[[str, str], Shape]] = {
    "circle": _circle,
    "polygon": _polygon,
    "road": _road,
    "area": _area,
    "junction": _junction,
}


# ---------------------------------------------------------------- keeping


def in_circle(lon: Floats, lat: Floats, circle: Circle) -> Flags:
    """Say which points lie in a circle; NaN lies in none.

    The exact distance is found where quick limits on both sides of it leave doubt.
    """
    mask = np.zeros(len(lon), dtype=bool)
    # A degree of latitude is never shorter than 110 km.
    reach = circle.radius_m / 110_000
    rows = np.flatnonzero(np.abs(lat - circle.lat) <= reach)
    least, most = _limits_m(lon[rows], lat[rows], circle, reach)
    mask[rows[most <= circle.radius_m]] = True
    # A straight line through the earth is shorter than the way over it, by far less than this.
    doubtful = rows[(least <= circle.radius_m * 1.001) & ~(most <= circle.radius_m)]
    centre = geo.geocentric(np.array([circle.lon]), np.array([circle.lat]))
    away_m = np.linalg.norm(geo.geocentric(lon[doubtful], lat[doubtful]) - centre, axis=1)
    mask[doubtful[away_m <= circle.radius_m]] = True
    return mask


def _limits_m(lon: Floats, lat: Floats, circle: Circle, reach: float) -> tuple[Floats, Floats]:
    """Return a distance that is never too long, and one that is never too short.

    A degree of a meridian of the WGS 84 ellipsoid has 110 574 to 111 694 m, one of a parallel
    111 319 to 111 694 m times the cosine of its latitude.
    """
    ends = np.abs([circle.lat - reach, circle.lat + reach])
    narrowest = np.cos(np.radians(min(float(ends.max()), 90.0)))
    nearest = 0.0 if abs(circle.lat) <= reach else float(ends.min())
    widest = np.cos(np.radians(nearest))
    up = np.abs(lat - circle.lat)
    across = np.abs(lon - circle.lon)
    across = np.minimum(across, 360 - across)
    return (
        np.hypot(110_574 * up, 111_319 * narrowest * across),
        np.hypot(111_695 * up, 111_695 * widest * across),
    )


def in_polygon(lon: Floats, lat: Floats, polygon: Polygon) -> Flags:
    """Say which points lie in a polygon or on its sides; NaN lies in none."""
    return _in_outline(lon, lat, _outline(polygon))


def _in_outline(lon: Floats, lat: Floats, outline: shapely.Geometry) -> Flags:
    mask = np.zeros(len(lon), dtype=bool)
    west, south, east, north = outline.bounds
    band = (lat >= south) & (lat <= north)
    # Of a polygon across the date line a part lies beyond 180 degrees, on one side or the other.
    for turn in (-360.0, 0.0, 360.0):
        if west <= 180 + turn and east >= turn - 180:
            rows = np.flatnonzero(band & (lon >= west - turn) & (lon <= east - turn))
            mask[rows[_inside(outline, lon[rows] + turn, lat[rows])]] = True
    return mask


@lru_cache(maxsize=32)
def _outline(polygon: Polygon) -> shapely.Polygon:
    outline = shapely.polygons(_unwrapped(polygon.corners))
    shapely.prepare(outline)
    return outline


def _inside(outline: shapely.Geometry, lon: Floats, lat: Floats) -> Flags:
    """Say which points of the box around an outline lie in it, or on it."""
    if len(lon) <= FEW:
        return np.asarray(shapely.intersects_xy(outline, lon, lat), dtype=bool)
    west, south, east, north = outline.bounds
    wide, high = (east - west) / CELLS, (north - south) / CELLS
    column = np.minimum(((lon - west) / wide).astype(np.int32), CELLS - 1)
    row = np.minimum(((lat - south) / high).astype(np.int32), CELLS - 1)
    touched, whole = _cells(outline, west, south, wide, high)
    cell = row * CELLS + column
    mask: Flags = whole[cell]
    doubtful = np.flatnonzero(touched[cell] & ~mask)
    mask[doubtful] = shapely.intersects_xy(outline, lon[doubtful], lat[doubtful])
    return mask


def _cells(
    outline: shapely.Geometry, west: float, south: float, wide: float, high: float
) -> tuple[Flags, Flags]:
    """Say which cells an outline touches, and which lie in it as a whole."""
    lon, lat = np.meshgrid(
        west + wide * np.arange(CELLS), south + high * np.arange(CELLS), indexing="xy"
    )
    # A little larger, for a point on the edge of a cell may count to either.
    margin = 1e-9
    boxes = shapely.box(
        lon - margin, lat - margin, lon + wide + margin, lat + high + margin
    ).ravel()
    touched = np.asarray(shapely.intersects(outline, boxes), dtype=bool)
    whole = np.zeros_like(touched)
    whole[touched] = shapely.contains(outline, boxes[touched])
    return touched, whole


# --------------------------------------------------------- areas, junctions


@cache
def junction_radius_m() -> float:
    """Return how far from its point a crash still counts as one of a junction, see shapes.toml."""
    text = resources.files("crashkit.filters").joinpath("shapes.toml").read_text(encoding="utf-8")
    return float(tomllib.loads(text)["junction"]["radius_m"])


def in_area(lon: Floats, lat: Floats, area: Area, layers: Mapping[str, Any]) -> Flags:
    """Say which points lie in an area of a layer. Raises FilterError where there is none."""
    mask = np.zeros(len(lon), dtype=bool)
    found = map(shapely.geometry.shape, _geometries(area.layer, area.name, layers))
    # A point of the same name, at which a map writes it, is no second area.
    surfaces = [one for one in found if one.geom_type in ("Polygon", "MultiPolygon")]
    if not surfaces:
        raise FilterError(
            "“{name}” has no surface in the layer “{layer}”: draw a circle around it.",
            name=area.name,
            layer=area.layer,
        )
    for surface in surfaces:
        outline = surface if surface.is_valid else shapely.make_valid(surface)
        shapely.prepare(outline)
        mask |= _in_outline(lon, lat, outline)
    return mask


@dataclass(frozen=True, eq=False)
class Surface:
    """An area of a layer: its name, a point within it, and its outline."""

    name: str
    lon: float
    lat: float
    outline: shapely.Geometry

    def holds(self, lon: Floats, lat: Floats) -> Flags:
        """Say which points lie in it."""
        shapely.prepare(self.outline)
        return _in_outline(lon, lat, self.outline)


def surfaces(layer: Mapping[str, Any]) -> tuple[Surface, ...]:
    """Return the areas of a layer by name; surfaces of one name are one, those without are none."""
    parts: dict[str, list[shapely.Geometry]] = {}
    for feature in layer.get("features", ()):
        facts = feature.get("properties") or {}
        name = str(facts.get("name") or facts.get("id") or "").strip()
        shape = shapely.geometry.shape(feature["geometry"]) if feature.get("geometry") else None
        if name and shape is not None and shape.geom_type in ("Polygon", "MultiPolygon"):
            parts.setdefault(name, []).append(
                shape if shape.is_valid else shapely.make_valid(shape)
            )
    found = []
    for name, shapes_ in sorted(parts.items()):
        outline = shapely.union_all(shapes_)
        point = outline.representative_point()
        found.append(Surface(name, point.x, point.y, outline))
    return tuple(found)


def at_junction(lon: Floats, lat: Floats, junction: Junction, layers: Mapping[str, Any]) -> Flags:
    """Say which points lie at a junction. Raises FilterError where there is none."""
    mask = np.zeros(len(lon), dtype=bool)
    for geometry in _geometries(junction.layer, junction.name, layers):
        centre = shapely.geometry.shape(geometry).centroid
        mask |= in_circle(lon, lat, Circle(centre.x, centre.y, junction_radius_m()))
    return mask


def _geometries(layer: str, name: str, layers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what bears a name in a layer, in any language. Raises FilterError for nothing."""
    if layer not in layers:
        raise FilterError(
            "This data set has no layer “{layer}”; it has {known}.",
            layer=layer,
            known=", ".join(sorted(layers)) or "–",
        )
    features = [one for one in layers[layer].get("features", ()) if one.get("geometry")]
    wanted = spelling.one_spaced(name).casefold()
    found = [one["geometry"] for one in features if wanted in _names(one)]
    if not found:
        near = difflib.get_close_matches(wanted, {n for one in features for n in _names(one)}, n=3)
        raise FilterError(
            "The layer “{layer}” has nothing called “{name}”; near to it are: {near}.",
            layer=layer,
            name=name,
            near=", ".join(near) or "–",
        )
    return found


def _names(feature: Mapping[str, Any]) -> set[str]:
    """Return what a feature is called in any language, and its number, in small letters."""
    facts = feature.get("properties") or {}
    keys = [key for key in facts if key in ("id", "name") or key.startswith("name_")]
    return {spelling.one_spaced(str(facts[key])).casefold() for key in keys if facts[key]}


# ----------------------------------------------------------------- saying


def said(value: str) -> Message:
    """Say which shapes a canonical value names."""
    first, *others = [shape.said for shape in shapes(value)]
    for other in others:
        first = Message("{one} or {other}", {"one": first, "other": other})
    return first
