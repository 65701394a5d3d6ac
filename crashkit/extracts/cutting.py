"""Lines and surfaces cut into vector tiles, each from the zoom level on where it matters.

The world is halved again and again, and each quarter sees only what its parent saw: a lake across a
country is never compared with tiles it does not touch.
Source: Mapbox Vector Tile Specification 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from crashkit import geo, mvt
from crashkit.errors import Message
from crashkit.extracts.pmtiles import Tile
from crashkit.model import Progress, no_progress

EXTENT = 4096
BUFFER = 64 / EXTENT
"""What a tile holds beyond its edge, as a share of its side: broad lines must not end there."""
DEEPEST = 12
"""Closer zoom levels are drawn from this one, whose grid is 2.4 m at the equator."""
SMALLEST = 4.0
"""What is smaller than so many steps of the grid, half a pixel, leaves no mark."""

LINE, SURFACE = 2, 3
_KINDS = {
    LINE: (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING),
    SURFACE: (shapely.GeometryType.POLYGON,),
}

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]
Words = Mapping[str, str | int | float]


@dataclass(frozen=True, eq=False)
class Layer:
    """What a layer of the tiles holds: shapes in degrees, the zoom level each begins at, words.

    `kind` is LINE or SURFACE; shapes of another kind are left out.
    """

    name: str
    kind: int
    shapes: Shapes
    from_zoom: Ints
    words: Sequence[Words]


def bounds(layers: Sequence[Layer]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of all that will be cut."""
    found = shapely.total_bounds(np.concatenate([layer.shapes for layer in layers]))
    west, south, east, north = (float(value) for value in found)
    return west, south, east, north


def cut(
    layers: Sequence[Layer], *, deepest: int = DEEPEST, progress: Progress = no_progress
) -> Iterator[Tile]:
    """Give every tile (zoom, x, y, content) that holds something."""
    parts = [_Part.of(layer) for layer in layers]
    whole = sum(len(part.shapes) for part in parts) or 1
    yield from _descend(parts, (0, 0, 0), deepest, _Told(progress, whole))


@dataclass
class _Told:
    """How far the work is: each shape counts once, by the share of it a finished tile held."""

    progress: Progress
    whole: int
    done: float = 0.0

    def tell(self, parts: Sequence[_Part]) -> None:
        self.done += sum(len(part.shapes) for part in parts)
        share = min(self.done / self.whole, 1.0)
        self.progress(share, Message("Cutting the map into tiles"))


@dataclass(frozen=True, eq=False)
class _Part:
    """Shapes of a layer in one tile, on the square of the world from (0, 0) to (1, 1)."""

    layer: Layer
    shapes: Shapes
    at: Ints

    @classmethod
    def of(cls, layer: Layer) -> _Part:
        shapes, at = _single(layer.shapes, np.arange(len(layer.shapes)), layer.kind)
        return cls(layer, shapely.transform(shapes, _on_the_square), at)

    def within(self, zoom: int, x: int, y: int) -> _Part:
        """Return what of it lies in a tile or close to its edge."""
        side = 0.5**zoom
        box = (
            (x - BUFFER) * side,
            (y - BUFFER) * side,
            (x + 1 + BUFFER) * side,
            (y + 1 + BUFFER) * side,
        )
        edges = shapely.bounds(self.shapes)
        low, high = edges[:, :2], edges[:, 2:]
        meets = ((low <= box[2:]) & (high >= box[:2])).all(axis=1)
        inside = ((low >= box[:2]) & (high <= box[2:])).all(axis=1)
        crossing = meets & ~inside
        cut_off, at = _single(
            _clipped(self.shapes[crossing], box), self.at[crossing], self.layer.kind
        )
        shapes = np.concatenate([self.shapes[inside], cut_off])
        return _Part(self.layer, shapes, np.concatenate([self.at[inside], at]))


def _clipped(shapes: Shapes, box: tuple[float, float, float, float]) -> Shapes:
    try:
        found: Shapes = shapely.clip_by_rect(shapes, *box)
    except shapely.GEOSException:
        # The fast way gives up on a surface thinner than numbers can tell.
        found = shapely.intersection(shapely.make_valid(shapes), shapely.box(*box))
    return found


def _on_the_square(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(geo.mercator(places[:, 0], places[:, 1]))


def _single(shapes: Shapes, at: Ints, kind: int) -> tuple[Shapes, Ints]:
    """Return the single lines or surfaces in shapes, with the number of the shape each was in."""
    found = shapes
    while len(found):
        found, mother = shapely.get_parts(found, return_index=True)
        at = at[mother]
        if not (shapely.get_type_id(found) >= shapely.GeometryType.MULTIPOINT).any():
            break
    keep = np.isin(shapely.get_type_id(found), _KINDS[kind]) & ~shapely.is_empty(found)
    return found[keep], at[keep]


def _descend(
    parts: Sequence[_Part], place: tuple[int, int, int], deepest: int, told: _Told
) -> Iterator[Tile]:
    zoom, x, y = place
    content = b"".join(_layer(part, zoom, x, y, deepest) for part in parts)
    if content:
        yield zoom, x, y, content
    if zoom == deepest:
        told.tell(parts)
        return
    for down, right in product((0, 1), repeat=2):
        corner = (zoom + 1, 2 * x + right, 2 * y + down)
        inside = [part.within(*corner) for part in parts]
        if any(len(part.shapes) for part in inside):
            yield from _descend(inside, corner, deepest, told)


# --------------------------------------------------------------- one layer


def _layer(part: _Part, zoom: int, x: int, y: int, deepest: int) -> bytes:
    layer = part.layer
    due = layer.from_zoom[part.at] <= zoom
    if not due.any():
        return b""
    scale = EXTENT * 2**zoom
    origin = np.array([x, y]) * EXTENT
    shapes = shapely.transform(part.shapes[due], lambda places: places * scale - origin)
    at = part.at[due]
    if zoom < deepest:
        shapes = shapely.simplify(shapes, 2.0, preserve_topology=False)
        size = shapely.bounds(shapes)
        large = np.maximum(size[:, 2] - size[:, 0], size[:, 3] - size[:, 1]) >= SMALLEST
        shapes, at = shapes[large], at[large]
    order = np.argsort(at, kind="stable")
    numbers = _commands(*_single(shapes[order], at[order], layer.kind), layer.kind)
    return _encoded(layer, *numbers) if len(numbers[1]) else b""


def _commands(shapes: Shapes, at: Ints, kind: int) -> tuple[list[bytes], Ints]:
    """Return the drawing commands of each feature, packed, and the feature's number."""
    if kind == SURFACE:
        shapes, mother = shapely.get_rings(shapely.orient_polygons(shapes), return_index=True)
        at = at[mother]
    places, of = shapely.get_coordinates(shapes, return_index=True)
    steps = np.rint(places).astype(np.int64)
    # What falls on the place before it is the same mark; a ring closes by itself.
    fresh = np.ones(len(steps), dtype=bool)
    fresh[1:] = (steps[1:] != steps[:-1]).any(axis=1) | (of[1:] != of[:-1])
    if kind == SURFACE:
        last = np.append(of[1:] != of[:-1], True)
        fresh &= ~last
    steps, of = steps[fresh], of[fresh]
    count = np.bincount(of, minlength=len(shapes))
    keep = count >= kind
    chosen = keep[of]
    steps, count, at = steps[chosen], count[keep], at[keep]
    if not len(at):
        return [], at
    return _packed(steps, count, at, kind)


def _packed(steps: Ints, count: Ints, at: Ints, kind: int) -> tuple[list[bytes], Ints]:
    """Lay the commands of all lines or rings out in one array, and cut its bytes by feature.

    A line of n places is: move, x, y, line n - 1, then n - 1 pairs; a ring ends with one sign more.
    """
    starts = np.concatenate([[0], np.cumsum(count)[:-1]])
    begins = np.concatenate([[True], at[1:] != at[:-1]])
    moves = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    # The pen goes on from where it is, but each feature begins at the corner of the tile.
    moves[starts[begins]] = steps[starts[begins]]
    room = 2 * count + (2 if kind == LINE else 3)
    first = np.concatenate([[0], np.cumsum(room)[:-1]])
    numbers = np.zeros(int(room.sum()), dtype=np.int64)
    numbers[first] = 1 << 3 | 1
    numbers[first + 3] = (count - 1) << 3 | 2
    if kind == SURFACE:
        numbers[first + room - 1] = 1 << 3 | 7
    within = np.arange(len(steps)) - np.repeat(starts, count)
    spot = np.repeat(first, count) + 1 + 2 * within + (within > 0)
    zigzag = (moves << 1) ^ (moves >> 63)
    numbers[spot], numbers[spot + 1] = zigzag[:, 0], zigzag[:, 1]
    content, ends = _varints(numbers)
    edges = np.append(ends[first[begins]], len(content))
    return [content[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)], at[begins]


def _varints(numbers: Ints) -> tuple[bytes, Ints]:
    """Return all numbers as varints, and where each begins."""
    width = np.ones(len(numbers), dtype=np.int64)
    for k in range(1, 6):
        width += numbers >> (7 * k) > 0
    begins = np.concatenate([[0], np.cumsum(width)[:-1]])
    out = np.zeros(int(width.sum()), dtype=np.uint8)
    for k in range(int(width.max())):
        long = width > k
        digit = (numbers[long] >> (7 * k)) & 0x7F
        out[begins[long] + k] = digit | np.where(width[long] > k + 1, 0x80, 0)
    return out.tobytes(), begins


def _encoded(layer: Layer, commands: Sequence[bytes], at: Ints) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    features = bytearray()
    for drawn, number in zip(commands, at, strict=True):
        tags = bytearray()
        for key, value in layer.words[number].items():
            tags += mvt.varint(keys.setdefault(key, len(keys)))
            tags += mvt.varint(values.setdefault((type(value), value), len(values)))
        kind = b"\x18" + bytes([layer.kind])
        features += mvt.block(2, mvt.block(2, bytes(tags)) + kind + mvt.block(4, drawn))
    written = [_value(value) for _, value in values]
    return mvt.layer(layer.name, bytes(features), keys, written, EXTENT)


def _value(value: str | int | float) -> bytes:
    if isinstance(value, str):
        return mvt.text_value(value)
    if isinstance(value, int) and value >= 0:
        return mvt.whole_value(value)
    return b"\x19" + np.float64(value).tobytes()
