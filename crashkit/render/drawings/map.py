"""Crashes, sites or shaded areas over a map.

Data: lon, lat, box (west, south, east, north); severity, or sites ((lon, lat, number) each); or,
in the place of points, cells ((west, south, crashes) each, `size` degrees wide and high), or
shades (the class of areas by their place in the layer) and classes (labels, the lowest first);
layers (GeoJSON by kind: areas, lakes, roads, towns), or else the base map.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from crashkit import charts, filters
from crashkit.errors import Message
from crashkit.render.pens import INK, MM, PLAIN, SIZE, SOFT, Box, Drawing, Floats, Pen, font

LAND = "#f6f4ee"


WATER = "#cfe0ea"


WATER_EDGE = "#8fb2c6"


EDGE = "#b9b3a6"


MARKS = {
    "unknown": ("o", 2.2, "#ffffff00"),
    "pdo": ("s", 1.7, charts.SEVERITY_COLOURS["pdo"]),
    "injury": ("h", 2.4, charts.SEVERITY_COLOURS["injury"]),
    "slight": ("o", 2.1, charts.SEVERITY_COLOURS["slight"]),
    "serious": ("^", 3.1, charts.SEVERITY_COLOURS["serious"]),
    "fatal": ("D", 3.0, charts.SEVERITY_COLOURS["fatal"]),
}
"""Sign, size in points and colour of each severity, in the order they are drawn.

The signs are those of the map on the screen.
"""


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw crashes or sites over our own ground."""
    width, height = (float(size) for size in pen.canvas.get_size_inches() / MM)
    with_legend = any(one in data for one in ("severity", "cells", "shades"))
    below = 6.5 if with_legend else 0.4
    axes = pen.canvas.add_axes(
        (0.4 / width, below / height, 1 - 0.8 / width, 1 - (below + 0.4) / height)
    )
    box = _fitted(_padded(data["box"]), (height - below) / width)
    west, south, east, north = box
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(EDGE)
        spine.set_linewidth(0.6)
    ground = _own_ground if data["layers"] else _base_ground
    names = ground(axes, data, box, pen)
    taken = [_scale(axes, box, pen), _north(axes, box, pen)]
    if "cells" in data:
        _cells(axes, data, pen)
    elif "shades" in data:
        _shaded(axes, data, pen)
        names = [*names, *_area_names(data["layers"]["areas"], pen)]
    elif "sites" in data:
        _sites(axes, data, box, taken, pen)
    else:
        _crashes(axes, data, box, pen)
    _names(axes, names, box, taken, pen)


def _padded(box: Box) -> Box:
    west, south, east, north = box
    across = max(east - west, 0.02) * 0.06
    up = max(north - south, 0.02) * 0.06
    return west - across, south - up, east + across, north + up


def _fitted(box: Box, shape: float) -> Box:
    """Widen a box to the shape (height by width) of the picture, true to scale in its middle."""
    west, south, east, north = box
    squeezed = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * squeezed, north - south
    if high / wide > shape:
        more = (high / shape / squeezed - (east - west)) / 2
        return west - more, south, east + more, north
    more = (wide * shape - high) / 2
    return west, south - more, east, north + more


@dataclass(frozen=True)
class Name:
    """A name on a map: where, what, how important (smaller is more), and how large."""

    lon: float
    lat: float
    text: str
    rank: float
    bold: bool = False
    dot: bool = True


def _own_ground(axes: Axes, data: Mapping[str, Any], box: Box, pen: Pen) -> list[Name]:
    layers = data["layers"]
    axes.set_facecolor(LAND)
    shapes = {
        kind: _shapes(layers[kind], box) for kind in ("areas", "lakes", "roads") if kind in layers
    }
    borders = [ring for one in shapes.get("areas", ()) for ring in one[1]]
    _lines(axes, borders, color="#a9a294", linewidth=0.7, linestyle=(0, (4, 2)), zorder=1.4)
    _surfaces(axes, [ring for one in shapes.get("lakes", ()) for ring in one[1]])
    for classes, colour, width in ROADS:
        mine = [
            line
            for properties, lines in shapes.get("roads", ())
            if (properties.get("road_class") in classes) == bool(classes)
            and (classes or properties.get("road_class") not in MAJOR)
            for line in lines
        ]
        _lines(axes, mine, color=colour, linewidth=width, zorder=1.6)
    return list(_towns(layers.get("towns"), pen)) if "towns" in layers else []


MAJOR = ("motorway", "national", "regional")


ROADS: tuple[tuple[tuple[str, ...], str, float], ...] = (
    ((), "#d8d3c7", 0.4),
    (("regional",), "#c9b98c", 0.7),
    (("motorway", "national"), "#b58f4c", 1.1),
)


def _towns(layer: Any, pen: Pen) -> Iterator[Name]:
    for feature in layer.get("features", ()):
        properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
        if geometry.get("type") == "Point":
            lon, lat = geometry["coordinates"][:2]
            people = float(properties.get("population") or 0)
            yield Name(lon, lat, _named(properties, pen), -people, bold=people >= 200_000)


def _named(properties: Mapping[str, Any], pen: Pen) -> str:
    language = pen.speaker.language.split("_")[0]
    return pen.say(str(properties.get(f"name_{language}") or properties.get("name") or ""))


Shape = tuple[Mapping[str, Any], list[Floats]]


def _shapes(layer: Any, box: Box) -> list[Shape]:
    """Return the lines or rings of each feature that touches the box."""
    found = []
    for feature in layer.get("features", ()):
        parts = [part for part in _parts(feature.get("geometry") or {}) if _touches(part, box)]
        if parts:
            found.append((feature.get("properties") or {}, parts))
    return found


def _parts(geometry: Mapping[str, Any]) -> Iterator[Floats]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates", ())
    if kind == "GeometryCollection":
        for one in geometry.get("geometries", ()):
            yield from _parts(one)
        return
    deep = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}.get(kind or "")
    if deep is None:
        return
    rings = [coordinates]
    for _ in range(deep):
        rings = [ring for part in rings for ring in part]
    for ring in rings:
        yield np.asarray([point[:2] for point in ring], dtype=float).reshape(-1, 2)


def _touches(part: Floats, box: Box) -> bool:
    if not len(part):
        return False
    west, south = part.min(axis=0)
    east, north = part.max(axis=0)
    return bool(east >= box[0] and west <= box[2] and north >= box[1] and south <= box[3])


def _lines(axes: Axes, lines: Sequence[Floats], **look: Any) -> None:
    if lines:
        axes.add_collection(LineCollection(list(lines), **look), autolim=False)


def _surfaces(
    axes: Axes,
    rings: Sequence[Floats],
    *,
    fill: str = WATER,
    edge: str = WATER_EDGE,
    level: float = 1.5,
) -> None:
    if rings:
        paths = [Path(ring, closed=True) for ring in rings if len(ring) > 2]
        drawn = PathCollection(
            paths, facecolors=fill, edgecolors=edge, linewidths=0.4, zorder=level
        )
        axes.add_collection(drawn, autolim=False)


@dataclass(frozen=True, eq=False)
class Ground:
    """A kind of feature of the base map: its lines or rings, and the boxes around them."""

    parts: tuple[Floats, ...]
    boxes: Floats

    def within(self, box: Box) -> list[Floats]:
        """Return the parts that touch a box."""
        west, south, east, north = box
        b = self.boxes
        touching = (b[:, 2] >= west) & (b[:, 0] <= east) & (b[:, 3] >= south) & (b[:, 1] <= north)
        return [self.parts[i] for i in np.flatnonzero(touching)]


@lru_cache(maxsize=1)
def _base() -> tuple[dict[str, Ground], list[Mapping[str, Any]]]:
    """Read the base map for paper: surfaces and lines by kind, and the named points."""
    file = resources.files("crashkit") / "basemap" / "paper.geojson.gz"
    features = json.loads(gzip.decompress(file.read_bytes()))["features"]
    parts: dict[str, list[Floats]] = {}
    points = []
    for feature in features:
        if feature["geometry"]["type"] == "Point":
            points.append(feature)
        else:
            parts.setdefault(feature["properties"]["kind"], []).extend(_parts(feature["geometry"]))
    return {kind: _ground(found) for kind, found in parts.items()}, points


def _ground(parts: Sequence[Floats]) -> Ground:
    kept = [part for part in parts if len(part)]
    boxes = np.array([[*part.min(axis=0), *part.max(axis=0)] for part in kept])
    return Ground(tuple(kept), boxes)


LINES = {
    "river": {"color": WATER_EDGE, "linewidth": 0.4},
    "area": {"color": "#cdc6b8", "linewidth": 0.4},
    "coast": {"color": WATER_EDGE, "linewidth": 0.5},
    "country": {"color": "#8d877b", "linewidth": 0.8},
    "disputed": {"color": "#8d877b", "linewidth": 0.8, "linestyle": (0, (3, 2))},
}


def _base_ground(axes: Axes, data: Mapping[str, Any], box: Box, pen: Pen) -> list[Name]:
    ground, points = _base()
    axes.set_facecolor(WATER)
    land = ground["land"].within(box) if "land" in ground else []
    _surfaces(axes, land, fill=LAND, edge=LAND, level=1.0)
    _surfaces(axes, ground["lake"].within(box) if "lake" in ground else [], level=1.2)
    for kind, look in LINES.items():
        if kind in ground:
            _lines(axes, ground[kind].within(box), zorder=1.4, **look)
    return [name for name in _base_names(points, pen) if _inside(name, box)]


def _base_names(points: Sequence[Mapping[str, Any]], pen: Pen) -> Iterator[Name]:
    for feature in points:
        properties = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"]
        country = properties["kind"] == "country_name"
        rank = float(properties.get("rank", 9)) + (0.5 if country else 0)
        yield Name(lon, lat, _named(properties, pen), rank, bold=country, dot=not country)


def _inside(name: Name, box: Box) -> bool:
    return box[0] < name.lon < box[2] and box[1] < name.lat < box[3]


def _crashes(axes: Axes, data: Mapping[str, Any], box: Box, pen: Pen) -> None:
    """Draw the crashes, the worst last; of those on one spot and of one severity only one."""
    lon, lat, severity = data["lon"], data["lat"], data["severity"]
    step = float(_degrees_per_mm(box, pen)[0]) * 0.35
    handles = []
    shrink = 1.0 if len(lon) < 1000 else 0.8
    for level, (code, (sign, size, colour)) in enumerate(MARKS.items()):
        mine = severity == code
        if not mine.any():
            continue
        spots = _spots(lon[mine], lat[mine], step)
        look: dict[str, Any] = {
            "linestyle": "",
            "marker": sign,
            "markersize": size * shrink,
            "markerfacecolor": colour,
            "markeredgecolor": "#ffffff" if code == "fatal" else INK,
            "markeredgewidth": 0.25,
        }
        label = filters.value_label("severity", code)
        if mine.all() and code == filters.UNKNOWN:
            label = Message("Crashes")
            look |= {"markerfacecolor": PLAIN, "markersize": 2.0}
        said = {"label": label, "n": int(mine.sum())}
        words = pen.say(Message("{label} ({n})", said))
        axes.plot(lon[mine][spots], lat[mine][spots], zorder=2 + level / 10, **look)
        handles.append(Line2D([], [], label=words, **(look | {"markersize": max(size + 1, 3.2)})))
    _map_legend(pen, list(reversed(handles)))


def _cells(axes: Axes, data: Mapping[str, Any], pen: Pen) -> None:
    """Draw cells of so many crashes, darker is more, each class a factor of its own."""
    if not data["cells"]:
        return
    size, handles = data["size"], []
    most = max((n for *_, n in data["cells"]), default=1)
    least = min((n for *_, n in data["cells"]), default=1)
    ends = np.unique(np.ceil(np.geomspace(least, most + 1, len(CELL_SHADES) + 1)).astype(int))
    for shade, low, high in zip(CELL_SHADES[-(len(ends) - 1) :], ends[:-1], ends[1:], strict=True):
        mine = [(x, y) for x, y, n in data["cells"] if low <= n < high]
        for x, y in mine:
            axes.add_patch(
                Rectangle(
                    (x, y), size, size, facecolor=shade, edgecolor=INK, linewidth=0.2, alpha=0.8,
                    zorder=2,
                )
            )  # fmt: skip
        said = str(low) if high - low == 1 else f"{low}–{high - 1}"
        handles.append(
            Line2D(
                [], [], linestyle="", marker="s", markersize=4, markerfacecolor=shade,
                markeredgecolor=INK, markeredgewidth=0.2, label=said,
            )
        )  # fmt: skip
    _map_legend(pen, handles)


CELL_SHADES = ("#fee8c8", "#fdbb84", "#fc8d59", "#d7301f", "#7f0000")
"""Colours of cells, the darkest for the most (ColorBrewer OrRd)."""


AREA_SHADES = ("#fdf0d5", "#f6c58f", "#e98f5b", "#c8503c", "#7f1d3a")
"""Colours of classes of areas, the lowest first: each darker than the one before."""


def _shaded(axes: Axes, data: Mapping[str, Any], pen: Pen) -> None:
    """Fill each area by its class; areas without a number are hatched."""
    classes = data["classes"]
    colours = [
        AREA_SHADES[round(i * (len(AREA_SHADES) - 1) / max(len(classes) - 1, 1))]
        for i in range(len(classes))
    ]
    for feature, shade in zip(data["layers"]["areas"]["features"], data["shades"], strict=True):
        path = _area(feature.get("geometry") or {})
        if path is None:
            continue
        look = NO_NUMBER if shade is None else {"facecolor": colours[shade]}
        axes.add_patch(PathPatch(path, edgecolor="#6f6a60", linewidth=0.5, zorder=1.3, **look))
    words = [pen.say(label) for label in classes]
    handles = [
        Patch(facecolor=colour, edgecolor="#6f6a60", linewidth=0.4, label=label)
        for colour, label in zip(colours, words, strict=True)
    ]
    if any(shade is None for shade in data["shades"]):
        label = pen.say(Message("no number"))
        handles.append(Patch(edgecolor="#6f6a60", linewidth=0.4, label=label, **NO_NUMBER))
    _map_legend(pen, handles)


def _area_names(layer: Mapping[str, Any], pen: Pen) -> Iterator[Name]:
    """Name each area in the middle of its largest ring."""
    for feature in layer["features"]:
        rings = sorted(
            _parts(feature.get("geometry") or {}), key=lambda ring: -np.ptp(ring, 0).prod()
        )
        if rings:
            lon, lat = (rings[0].min(axis=0) + rings[0].max(axis=0)) / 2
            name = _named(feature.get("properties") or {}, pen)
            yield Name(float(lon), float(lat), name, 0, bold=True, dot=False)


NO_NUMBER: Mapping[str, Any] = {"facecolor": "#ffffff", "hatch": "////"}


def _area(geometry: Mapping[str, Any]) -> Path | None:
    """Return an area as one path; its holes run the other way round, and so stay empty."""
    shapes = geometry.get("coordinates", ())
    shapes = [shapes] if geometry.get("type") == "Polygon" else shapes
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    rings = [
        Path(
            _turned(np.asarray([point[:2] for point in ring], dtype=float), is_hole=i > 0),
            closed=True,
        )
        for shape in shapes
        for i, ring in enumerate(shape)
        if len(ring) > 3
    ]
    return Path.make_compound_path(*rings) if rings else None


def _turned(ring: Floats, *, is_hole: bool) -> Floats:
    x, y = ring[:, 0], ring[:, 1]
    is_left = float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) > 0
    return ring[::-1] if is_left == is_hole else ring


def _spots(lon: Floats, lat: Floats, step: float) -> NDArray[np.int64]:
    """Return the number of one point in each square of `step` degrees: the others are hidden."""
    squares = np.floor(np.column_stack([lon, lat]) / step)
    seen: NDArray[np.int64] = np.unique(squares, axis=0, return_index=True)[1]
    return seen


def _map_legend(pen: Pen, handles: Sequence[Line2D | Patch]) -> None:
    pen.canvas.legend(
        handles=list(handles),
        loc="lower left" if not pen.rightwards else "lower right",
        bbox_to_anchor=(1.0 if pen.rightwards else 0.0, 0.0),
        ncols=max(len(handles), 1),
        frameon=False,
        prop=font(),
        labelcolor=INK,
        handlelength=0.8,
        handletextpad=0.4,
        columnspacing=1.2,
        borderaxespad=0.1,
        borderpad=0.3,
    )


def _sites(axes: Axes, data: Mapping[str, Any], box: Box, taken: list[Box], pen: Pen) -> None:
    """Draw the sites over faint crashes; numbers that would hide each other are moved apart."""
    lon, lat = data["lon"], data["lat"]
    seen = _spots(lon, lat, float(_degrees_per_mm(box, pen)[0]) * 0.3)
    axes.plot(
        lon[seen], lat[seen], linestyle="", marker="o", markersize=1.0,
        markerfacecolor="#9a9a9a", markeredgewidth=0, zorder=2, alpha=0.6,
    )  # fmt: skip
    numbered = [one for one in data["sites"] if one[2]]
    spots = np.array([one[:2] for one in data["sites"]], dtype=float).reshape(-1, 2)
    axes.plot(
        spots[:, 0], spots[:, 1], linestyle="", marker="o", markersize=2.4,
        markerfacecolor=charts.SEVERITY_COLOURS["serious"], markeredgecolor="white",
        markeredgewidth=0.3, zorder=3,
    )  # fmt: skip
    at = np.array([one[:2] for one in numbered], dtype=float).reshape(-1, 2)
    per_mm = _degrees_per_mm(box, pen)
    moved = _apart(at / per_mm) * per_mm
    half = DISC_MM / 2 * per_mm
    for (lon, lat, number), (x, y) in reversed(list(zip(numbered, moved, strict=True))):
        axes.plot([lon, x], [lat, y], color=INK, linewidth=0.5, zorder=3.5)
        axes.plot(
            [x], [y], linestyle="", marker="o", markersize=7.5,
            markerfacecolor=charts.SEVERITY_COLOURS["fatal"], markeredgecolor="white",
            markeredgewidth=0.5, zorder=4,
        )  # fmt: skip
        axes.text(
            x, y, number, ha="center", va="center_baseline", color="white",
            fontproperties=font(5.2, bold=True), zorder=4.1,
        )  # fmt: skip
        taken.append((x - half[0], y - half[1], x + half[0], y + half[1]))


DISC_MM = 3.0


def _degrees_per_mm(box: Box, pen: Pen) -> Floats:
    """Return how many degrees of longitude and of latitude a millimetre of the map stands for."""
    west, south, east, north = box
    width_mm = float(pen.canvas.get_size_inches()[0]) / MM
    across = (east - west) / width_mm
    return np.array([across, across * math.cos(math.radians((south + north) / 2))])


def _apart(at_mm: Floats) -> Floats:
    """Move discs apart until none hides another; each stays near its own spot."""
    moved: Floats = at_mm + np.arange(len(at_mm))[:, None] * np.array([[1e-3, -1e-3]])
    for _ in range(200):
        away = moved[:, None, :] - moved[None, :, :]
        gap = np.hypot(away[..., 0], away[..., 1])
        np.fill_diagonal(gap, np.inf)
        short = np.clip(DISC_MM - gap, 0, None)
        if not (short > 0.01).any():
            break
        push = away / np.maximum(gap, 1e-9)[..., None] * short[..., None] / 2
        moved = moved + push.sum(axis=1)
    return moved


MOST_NAMES = 14


def _names(axes: Axes, names: Sequence[Name], box: Box, taken: list[Box], pen: Pen) -> None:
    """Write the most important names that find room."""
    width_mm = float(pen.canvas.get_size_inches()[0]) / MM
    per_mm = (box[2] - box[0]) / width_mm
    most = round(MOST_NAMES * max(width_mm / 88, 1))
    for name in sorted(names, key=lambda one: one.rank):
        if most and name.text and _inside(name, box):
            size = SIZE if name.bold else SIZE - 0.6
            spot = _room_for(name, size, per_mm, box)
            if spot and not any(_overlap(spot, other) for other in taken):
                taken.append(spot)
                most -= 1
                _write(axes, name, size)


def _room_for(name: Name, size: float, per_mm: float, box: Box) -> Box | None:
    """Return the box of a name to the right of its point, or None where it leaves the map."""
    squeezed = math.cos(math.radians(name.lat))
    letters = sum(1.0 if ord(sign) > 0x2E80 else 0.58 for sign in name.text)
    wide = (letters * size * 0.353 + 2) * per_mm
    high = size * 0.42 * per_mm * squeezed
    west = name.lon if name.dot else name.lon - wide / 2
    spot = (west, name.lat - high / 2, west + wide, name.lat + high / 2)
    return spot if spot[2] < box[2] and spot[0] > box[0] else None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write(axes: Axes, name: Name, size: float) -> None:
    if name.dot:
        axes.plot(
            [name.lon], [name.lat], linestyle="", marker="o", markersize=2.4 if name.bold else 1.8,
            markerfacecolor="white", markeredgecolor=INK, markeredgewidth=0.6, zorder=5,
        )  # fmt: skip
    axes.annotate(
        name.text,
        (name.lon, name.lat),
        xytext=(2.5 if name.dot else 0, 0),
        textcoords="offset points",
        ha="left" if name.dot else "center",
        va="center_baseline",
        color=INK if name.dot else SOFT,
        fontproperties=font(size, bold=name.bold),
        path_effects=[patheffects.withStroke(linewidth=2.0, foreground="#ffffffe6")],
        zorder=6,
    )


KM_PER_DEGREE = 111.195


def _scale(axes: Axes, box: Box, pen: Pen) -> Box:
    """Draw a scale bar of a round length, true in the middle of the map; return its room."""
    west, south, east, north = box
    km = (east - west) * KM_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    length = _round_length(km / 4)
    share = length / km
    axes.add_patch(
        Rectangle(
            (0.012, 0.012), share + 0.03, 0.075, transform=axes.transAxes, facecolor="#ffffffd8",
            edgecolor="none", zorder=7,
        )
    )  # fmt: skip
    axes.plot(
        [0.027, 0.027, 0.027 + share, 0.027 + share], [0.045, 0.03, 0.03, 0.045], color=INK,
        linewidth=0.8, transform=axes.transAxes, zorder=8, solid_joinstyle="miter",
    )  # fmt: skip
    said = (
        pen.say(Message("{n} km", {"n": int(length)}))
        if length >= 1
        else pen.say(Message("{n} m", {"n": round(length * 1000)}))
    )
    axes.text(
        0.027 + share / 2, 0.042, said, transform=axes.transAxes, ha="center", va="bottom",
        color=INK, fontproperties=font(SIZE - 0.7), zorder=8,
    )  # fmt: skip

    return _share_of(box, (0.0, 0.0, share + 0.05, 0.1))


def _share_of(box: Box, part: Box) -> Box:
    """Return the degrees of a part of the map that is given in shares of it."""
    west, south, east, north = box
    wide, high = east - west, north - south
    return (
        west + part[0] * wide,
        south + part[1] * high,
        west + part[2] * wide,
        south + part[3] * high,
    )


def _round_length(km: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten below a length."""
    power = 10.0 ** math.floor(math.log10(km))
    return next(step * power for step in (5, 2, 1) if step * power <= km)


def _north(axes: Axes, box: Box, pen: Pen) -> Box:
    """Draw an arrow to the north; return its room."""
    axes.annotate(
        pen.say(Message("N")),
        xy=(0.965, 0.975),
        xytext=(0.965, 0.86),
        xycoords="axes fraction",
        ha="center",
        va="center",
        color=INK,
        fontproperties=font(SIZE, bold=True),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkB": 0},
        path_effects=[patheffects.withStroke(linewidth=1.6, foreground="#ffffffd0")],
        zorder=8,
    )
    return _share_of(box, (0.93, 0.82, 1.0, 1.0))


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return a height by the shape of the box."""
    west, south, east, north = _padded(data["box"])
    squeezed = math.cos(math.radians((south + north) / 2))
    shape = (north - south) / max((east - west) * squeezed, 1e-9)
    return max(0.62, min(shape, 1.0)) * width_mm + 7


DRAWING = Drawing("map", draw, height_mm)
