"""Map extracts for tests: a small OpenStreetMap file written by hand, GeoPackages, tiles.

Source: OpenStreetMap wiki, PBF Format. There is no writer of that format among our libraries.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely

NODES = {
    1: (70.0, 42.0),
    2: (70.1, 42.05),
    3: (70.2, 42.0),
    4: (70.3, 42.0),
    5: (70.4, 42.0),
    6: (70.4, 42.1),
    7: (70.3, 42.1),
}
M1 = {"highway": "motorway", "ref": "M1", "name": "North Road", "name:ru": "Северная дорога"}
WAYS = {
    10: ([1, 2], M1),
    11: ([2, 3], M1),
    12: ([3, 4], {"highway": "primary_link"}),
    13: ([3, 4], {"highway": "footway"}),
    14: ([1, 4], {"waterway": "river", "name": "Naryn"}),
    15: ([4, 5, 6, 7, 4], {}),
    16: ([1, 3], {"building": "yes", "name": "Somebody's house"}),
}
RELATIONS = {20: ([15], {"type": "multipolygon", "natural": "water", "name": "Ala-Kol"})}

Tagged = Mapping[int, tuple[Sequence[int], Mapping[str, str]]]


def osm(
    nodes: Mapping[int, tuple[float, float]] = NODES,
    ways: Tagged = WAYS,
    relations: Tagged = RELATIONS,
) -> bytes:
    """Return an .osm.pbf file; members of a relation are ways, all of them outer."""
    words: dict[str, int] = {"": 0}

    def number(word: str) -> int:
        return words.setdefault(word, len(words))

    def tags(told: Mapping[str, str]) -> bytes:
        if not told:
            return b""
        return _packed(2, map(number, told)) + _packed(3, map(number, told.values()))

    points = b"".join(
        _block(1, _number(1, _zigzag(i)) + _place(8, lat) + _place(9, lon))
        for i, (lon, lat) in nodes.items()
    )
    lines = b"".join(
        _block(3, _number(1, i) + tags(told) + _packed(8, _steps(of)))
        for i, (of, told) in ways.items()
    )
    sets = b"".join(
        _block(
            4,
            _number(1, i)
            + tags(told)
            + _packed(8, [number("outer")] * len(of))
            + _packed(9, _steps(of))
            + _packed(10, [1] * len(of)),
        )
        for i, (of, told) in relations.items()
    )
    groups = b"".join(_block(2, group) for group in (points, lines, sets) if group)
    strings = b"".join(_block(1, word.encode()) for word in words)
    header = _block(4, b"OsmSchema-V0.6")
    return _blob("OSMHeader", header) + _blob("OSMData", _block(1, strings) + groups)


def _steps(numbers: Sequence[int]) -> list[int]:
    return [_zigzag(b - a) for a, b in zip([0, *numbers], numbers, strict=False)]


def _place(field: int, degrees: float) -> bytes:
    return _number(field, _zigzag(round(degrees * 1e7)))


def _zigzag(number: int) -> int:
    return number << 1 ^ number >> 63


def _blob(kind: str, content: bytes) -> bytes:
    body = _number(2, len(content)) + _block(3, zlib.compress(content))
    head = _block(1, kind.encode()) + _number(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def _packed(field: int, numbers: Iterable[int]) -> bytes:
    return _block(field, b"".join(map(_varint, numbers)))


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def package(
    file: Path,
    layers: Mapping[str, tuple[Sequence[shapely.Geometry], Mapping[str, Sequence[str | None]]]],
    *,
    system: str = "EPSG:4326",
) -> Path:
    """Write a GeoPackage: layers of shapes with columns of words."""
    for at, (name, (shapes, columns)) in enumerate(layers.items()):
        pyogrio.raw.write(
            file,
            shapely.to_wkb(np.array(shapes, dtype=object)),
            [np.array(words, dtype=object) for words in columns.values()],
            list(columns),
            layer=name,
            driver="GPKG",
            geometry_type=shapes[0].geom_type,
            crs=system,
            append=at > 0,
        )
    return file


def shapefile(
    file: Path,
    shapes: Sequence[shapely.Geometry],
    system: str,
    words: Mapping[str, Sequence[str]] | None = None,
    encoding: str = "UTF-8",
) -> Path:
    """Write a Shapefile with a column that numbers its shapes, and columns of words."""
    given = words or {}
    pyogrio.raw.write(
        file,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.arange(len(shapes)), *(np.array(each, dtype=object) for each in given.values())],
        ["n", *given],
        encoding=encoding,
        driver="ESRI Shapefile",
        geometry_type=shapes[0].geom_type,
        crs=system,
    )
    return file
