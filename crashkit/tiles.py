"""Crashes as vector tiles: a Z-order index, points when zoomed in, cells when zoomed out.

A tile is a range of the index, so no tile ever looks at all crashes. Whether a zoom level shows
points or cells is decided once for the whole data set: tile by tile it would make visible seams.
Source: Mapbox Vector Tile Specification 2.1; Morton, A computer oriented geodetic data base (1966).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit.model import SEVERITIES, CrashData

DEPTH = 24
"""Zoom level of the index: one step is 2.4 m at the equator."""
EXTENT = 4096
"""Coordinates inside a tile, as the specification suggests."""
CELLS = 128
"""Cells along one side of a tile where crashes are shown as cells."""
MOST_POINTS = 4000
"""Points a tile may hold before its zoom level shows cells."""
DEEPEST_CELLS = 13
"""From the next zoom level on single crashes are always shown."""
MERCATOR_LIMIT = 85.0511287798066

POINTS = "crashes"
AGGREGATES = "cells"


@dataclass(frozen=True, eq=False)
class Index:
    """Located crashes in Z-order.

    `codes` is sorted (Morton code at DEPTH); `x`, `y` are Web Mercator positions 0 to 2^DEPTH;
    all arrays share that order. `bounds` is west, south, east, north in degrees.
    """

    codes: NDArray[np.uint64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    ids: NDArray[np.int64]
    severity: NDArray[np.int64]
    year: NDArray[np.int64]
    bounds: tuple[float, float, float, float]
    first_point_zoom: int

    @classmethod
    def build(cls, data: CrashData) -> Index:
        """Index the located crashes of a data set."""
        frame = data.crashes
        if not {"lon", "lat"} <= set(frame.columns):
            frame = frame.assign(lon=np.nan, lat=np.nan)
        located = frame["lat"].notna().to_numpy() & frame["lon"].notna().to_numpy()
        lon = frame["lon"].to_numpy(dtype=np.float64)[located]
        lat = frame["lat"].to_numpy(dtype=np.float64)[located]
        x, y = _mercator(lon, lat)
        codes = _interleave(x, y)
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        return cls(
            codes=codes,
            x=x[order],
            y=y[order],
            ids=frame["id"].to_numpy(dtype=np.int64)[located][order],
            severity=_severity(data)[located][order],
            year=_year(data)[located][order],
            bounds=_bounds(lon, lat),
            first_point_zoom=_first_point_zoom(codes),
        )

    def mask(self, crash_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which entries belong to the crashes `crash_ids`, in index order."""
        return np.isin(self.ids, crash_ids)

    def shows_points(self, zoom: int) -> bool:
        """Say whether single crashes are drawn at this zoom level."""
        return zoom >= self.first_point_zoom

    def tile(self, zoom: int, x: int, y: int, mask: NDArray[np.bool_] | None = None) -> bytes:
        """Return one tile; empty bytes where there is no crash or no such tile.

        `mask` keeps entries in index order, see `mask`.
        """
        if not (0 <= zoom <= DEPTH and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return b""
        chosen = self._within(zoom, x, y, mask)
        if len(chosen) == 0:
            return b""
        local_x, local_y = self._local(chosen, zoom, x, y)
        if self.shows_points(zoom):
            return self._points(chosen, local_x, local_y)
        return self._cells(chosen, local_x, local_y)

    def _within(
        self, zoom: int, x: int, y: int, mask: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        first, last = _range(zoom, x, y)
        start, end = np.searchsorted(self.codes, [first, last])
        if mask is None:
            return np.arange(start, end, dtype=np.int64)
        found: NDArray[np.int64] = start + np.flatnonzero(mask[start:end])
        return found

    def _local(
        self, chosen: NDArray[np.int64], zoom: int, x: int, y: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        side = 1 << (DEPTH - zoom)
        east = (self.x[chosen] - x * side) * EXTENT // side
        south = (self.y[chosen] - y * side) * EXTENT // side
        return east, south

    def _points(
        self, chosen: NDArray[np.int64], x: NDArray[np.int64], y: NDArray[np.int64]
    ) -> bytes:
        years, year_at = np.unique(self.year[chosen], return_inverse=True)
        values = [_string(name) for name in SEVERITIES] + [_whole(int(year)) for year in years]
        tags = np.column_stack([self.severity[chosen], len(SEVERITIES) + year_at])
        return _layer(
            POINTS,
            keys=("severity", "year"),
            values=values,
            ids=self.ids[chosen],
            tags=tags,
            x=x,
            y=y,
        )

    def _cells(
        self, chosen: NDArray[np.int64], x: NDArray[np.int64], y: NDArray[np.int64]
    ) -> bytes:
        size = EXTENT // CELLS
        cell = (y // size) * CELLS + x // size
        count = np.bincount(cell, minlength=CELLS * CELLS)
        fatal = np.bincount(cell[self.severity[chosen] == 0], minlength=CELLS * CELLS)
        filled = np.flatnonzero(count)
        # Drawn at the mean place of its crashes, a cell does not pretend to a grid.
        mean_x = np.bincount(cell, weights=x, minlength=CELLS * CELLS)[filled] // count[filled]
        mean_y = np.bincount(cell, weights=y, minlength=CELLS * CELLS)[filled] // count[filled]
        numbers, at = np.unique(np.append(count[filled], fatal[filled]), return_inverse=True)
        tags = np.column_stack(np.split(at, 2))
        values = [_whole(int(number)) for number in numbers]
        return _layer(
            AGGREGATES,
            keys=("count", "fatal"),
            values=values,
            ids=filled + 1,
            tags=tags,
            x=mean_x.astype(np.int64),
            y=mean_y.astype(np.int64),
        )


def _severity(data: CrashData) -> NDArray[np.int64]:
    place = {name: number for number, name in enumerate(SEVERITIES)}
    if "severity" not in data.crashes:
        return np.repeat(np.int64(place["unknown"]), len(data))
    found = data.crashes["severity"].astype(object).map(place)
    return np.asarray(found.fillna(place["unknown"]), dtype=np.int64)


def _year(data: CrashData) -> NDArray[np.int64]:
    if "year" not in data.crashes:
        return np.zeros(len(data), dtype=np.int64)
    return data.crashes["year"].fillna(0).to_numpy(dtype=np.int64)


def _mercator(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    size = 1 << DEPTH
    phi = np.radians(np.clip(lat, -MERCATOR_LIMIT, MERCATOR_LIMIT))
    east = (lon + 180.0) / 360.0 * size
    south = (1.0 - np.arcsinh(np.tan(phi)) / np.pi) / 2.0 * size
    x = np.clip(east.astype(np.int64), 0, size - 1)
    y = np.clip(south.astype(np.int64), 0, size - 1)
    return x, y


def _interleave(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.uint64]:
    return _spread(x) | (_spread(y) << np.uint64(1))


def _spread(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Put a zero bit between the bits of each value (at most 32 bits)."""
    bits = values.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits


def _range(zoom: int, x: int, y: int) -> tuple[np.uint64, np.uint64]:
    code = int(_interleave(np.array([x]), np.array([y]))[0])
    shift = 2 * (DEPTH - zoom)
    return np.uint64(code << shift), np.uint64((code + 1) << shift)


def _first_point_zoom(codes: NDArray[np.uint64]) -> int:
    for zoom in range(DEEPEST_CELLS + 1):
        tiles = codes >> np.uint64(2 * (DEPTH - zoom))
        changes = np.flatnonzero(np.diff(tiles))
        edges = np.concatenate([[-1], changes, [len(tiles) - 1]])
        if len(tiles) == 0 or np.diff(edges).max() <= MOST_POINTS:
            return zoom
    return DEEPEST_CELLS + 1


def _bounds(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    if len(lon) == 0:
        return (-180.0, -MERCATOR_LIMIT, 180.0, MERCATOR_LIMIT)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


# ---------------------------------------------------------------- the encoder
#
# A feature is a record of fixed length: protobuf allows a varint to be padded with continuation
# bits, so every number takes the same room and all features of a tile are one array of bytes.

ID_BYTES = 5
TAG_BYTES = 3
PLACE_BYTES = 2


def _layer(
    name: str,
    *,
    keys: Sequence[str],
    values: Sequence[bytes],
    ids: NDArray[np.int64],
    tags: NDArray[np.int64],
    x: NDArray[np.int64],
    y: NDArray[np.int64],
) -> bytes:
    body = (
        _text(1, name)
        + _features(ids, tags, x, y)
        + b"".join(_text(3, key) for key in keys)
        + b"".join(_block(4, value) for value in values)
        + b"\x28"
        + _varint(EXTENT)
        + b"\x78\x02"
    )
    return _block(3, body)


def _features(
    ids: NDArray[np.int64], tags: NDArray[np.int64], x: NDArray[np.int64], y: NDArray[np.int64]
) -> bytes:
    pairs = [
        part
        for number in range(tags.shape[1])
        for part in (_same(number, ids), _padded(tags[:, number], TAG_BYTES))
    ]
    move_to = _same(9, ids)
    geometry = [move_to, _padded(_zigzag(x), PLACE_BYTES), _padded(_zigzag(y), PLACE_BYTES)]
    content = np.hstack(
        [
            _same(0x08, ids),
            _padded(ids, ID_BYTES),
            _same(0x12, ids),
            _same(sum(part.shape[1] for part in pairs), ids),
            *pairs,
            _same(0x18, ids),
            _same(1, ids),
            _same(0x22, ids),
            _same(sum(part.shape[1] for part in geometry), ids),
            *geometry,
        ]
    )
    head = [_same(0x12, ids), _same(content.shape[1], ids)]
    return np.hstack([*head, content]).tobytes()


def _same(byte: int, like: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.full((len(like), 1), byte, dtype=np.uint8)


def _padded(numbers: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    shifts = 7 * np.arange(width)
    digits = (numbers[:, None] >> shifts) & 0x7F
    digits[:, :-1] |= 0x80
    return digits.astype(np.uint8)


def _zigzag(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return (numbers << 1) ^ (numbers >> 63)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, word: str) -> bytes:
    return _block(field, word.encode("utf-8"))


def _string(word: str) -> bytes:
    return _text(1, word)


def _whole(number: int) -> bytes:
    return b"\x28" + _varint(number)
