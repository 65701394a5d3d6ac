"""Crashes as vector tiles: a Z-order index, points when zoomed in, cells when zoomed out.

A tile is a range of the index, so no tile ever looks at all crashes. Whether a zoom level shows
points or cells is decided once for the whole data set: tile by tile it would make visible seams.
Source: Mapbox Vector Tile Specification 2.1; Morton, A computer oriented geodetic data base (1966).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, geo, kernels, mvt
from crashkit.model import SEVERITIES, CrashData

Flags = NDArray[np.bool_]

DEPTH = 24
"""Zoom level of the index: one step is 2.4 m at the equator."""
EXTENT = 4096
"""Coordinates inside a tile, as the specification suggests."""
CELL_LEVELS = 7
"""A cell is a tile so many zoom levels deeper."""
CELLS = 1 << CELL_LEVELS
"""Cells along one side of a tile where crashes are shown as cells."""
MOST_POINTS = 4000
"""Points a tile may hold before its zoom level shows cells."""
DEEPEST_CELLS = 13
"""From the next zoom level on single crashes are always shown."""

POINTS = "crashes"
AGGREGATES = "cells"

SHARES = (0.4, 0.7, 0.9, 0.98)
"""Shares of the cells of a level below each limit: most are pale, the fullest fiftieth dark."""
ROUND = tuple(step * 10**power for power in range(9) for step in (1, 2, 5))
"""Numbers that a legend may say."""


@dataclass(frozen=True, eq=False)
class Index:
    """Located crashes in Z-order.

    `codes` is sorted (Morton code at DEPTH); `rows` are the rows of the crashes in the data; `x`,
    `y` are Web Mercator positions 0 to 2^DEPTH; `severity` is the place in SEVERITIES; `month`
    counts from the year 0 (year * 12 + month - 1), 0 where it is not known. All share that order.
    """

    codes: NDArray[np.uint64]
    rows: NDArray[np.int32]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    ids: NDArray[np.int64]
    severity: NDArray[np.int8]
    year: NDArray[np.int16]
    month: NDArray[np.int32]
    crashes: int
    first_point_zoom: int

    @classmethod
    def build(cls, data: CrashData) -> Index:
        """Index the located crashes of a data set."""
        rows, codes = _order(data)
        year = _whole_numbers(data, "year")[rows]
        month = _whole_numbers(data, "month")[rows]
        return cls(
            codes=codes,
            rows=rows,
            x=_together(codes),
            y=_together(codes >> np.uint64(1)),
            ids=data.crash_ids[rows],
            severity=_severity(data)[rows],
            year=year.astype(np.int16),
            month=np.where((year > 0) & (month > 0), year * 12 + month - 1, 0).astype(np.int32),
            crashes=len(data),
            first_point_zoom=_first_point_zoom(codes),
        )

    def mask(self, rows: NDArray[np.int32]) -> Flags:
        """Return which entries belong to the crashes in these rows, in index order."""
        chosen = np.zeros(self.crashes, dtype=bool)
        chosen[rows] = True
        return chosen.take(self.rows)

    @cached_property
    def everything(self) -> Flags:
        """The mask that keeps every entry."""
        return np.ones(len(self.codes), dtype=bool)

    def shows_points(self, zoom: int) -> bool:
        """Say whether single crashes are drawn at this zoom level."""
        return zoom >= self.first_point_zoom

    def cell_limits(self, mask: Flags | None = None) -> tuple[tuple[int, ...], ...]:
        """Return, by zoom level, the counts from which on a cell has its next colour.

        One row for each level that shows cells, from 0 on, as long as SHARES, in rising order.
        """
        cells, level = self.codes if mask is None else self.codes[mask], DEPTH
        counts = np.ones(len(cells), dtype=np.int64)
        found = []
        for zoom in reversed(range(self.first_point_zoom)):
            # Cells are made of those of the next level: crashes are looked at only once.
            deep = zoom + CELL_LEVELS
            cells, counts = _joined(cells >> np.uint64(2 * (level - deep)), counts)
            level = deep
            found.append(_limits(counts))
        return tuple(found[::-1])

    def tile(self, zoom: int, x: int, y: int, mask: Flags | None = None) -> bytes:
        """Return one tile; empty bytes where there is no crash or no such tile.

        `mask` keeps entries in index order, see `mask`.
        """
        if not (0 <= zoom <= DEPTH and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return b""
        first, last = _range(zoom, x, y)
        start, end = np.searchsorted(self.codes, [first, last]).tolist()
        kept = (self.everything if mask is None else mask)[start:end]
        if not kept.any():
            return b""
        if self.shows_points(zoom):
            return self._points(start + np.flatnonzero(kept), zoom, x, y)
        return self._cells(slice(start, end), kept, zoom, x, y)

    def _points(self, chosen: NDArray[np.int64], zoom: int, x: int, y: int) -> bytes:
        side = 1 << (DEPTH - zoom)
        east = (self.x[chosen].astype(np.int64) - x * side) * EXTENT // side
        south = (self.y[chosen].astype(np.int64) - y * side) * EXTENT // side
        values = [mvt.text_value(name) for name in SEVERITIES]
        tags = [self.severity[chosen].astype(np.int64)]
        for numbers in (self.year[chosen], self.month[chosen]):
            distinct, at = _distinct(numbers)
            tags.append(len(values) + at)
            values += [mvt.whole_value(number) for number in distinct]
        features = kernels.point_features(self.ids[chosen], np.column_stack(tags), east, south)
        keys = ("severity", "year", "month")
        return mvt.layer(POINTS, features.tobytes(), keys, values, EXTENT)

    def _cells(self, part: slice, kept: Flags, zoom: int, x: int, y: int) -> bytes:
        bits = DEPTH - zoom
        count, fatal, sum_x, sum_y = kernels.cell_sums(
            self.x[part],
            self.y[part],
            self.severity[part],
            kept,
            (x << bits, y << bits, bits, CELLS),
        )
        filled = np.flatnonzero(count)
        # Drawn at the mean place of its crashes, a cell does not pretend to a grid.
        numbers, at = _distinct(np.append(count[filled], fatal[filled]))
        features = kernels.point_features(
            filled + 1,
            np.column_stack(np.split(at, 2)),
            sum_x[filled] * EXTENT // (count[filled] << bits),
            sum_y[filled] * EXTENT // (count[filled] << bits),
        )
        values = [mvt.whole_value(number) for number in numbers]
        return mvt.layer(AGGREGATES, features.tobytes(), ("count", "fatal"), values, EXTENT)


def _joined(
    cells: NDArray[np.uint64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the distinct cells of a sorted list, and how many crashes are in each."""
    starts = np.flatnonzero(np.append(True, cells[1:] != cells[:-1])[: len(cells)])
    return cells[starts], np.add.reduceat(counts, starts)


def _limits(counts: NDArray[np.int64]) -> tuple[int, ...]:
    at = [int(share * (len(counts) - 1)) for share in SHARES]
    wanted = np.partition(counts, at)[at] if len(counts) else np.zeros(len(at))
    found: list[int] = []
    for count in wanted:
        higher = [one for one in ROUND if one > (found or [1])[-1]]
        found.append(max((one for one in higher if one <= count), default=higher[0]))
    return tuple(found)


FARTHEST = 0.002
"""So many crashes on each side may lie outside of the first view: a stray hides no town."""


def bounds(data: CrashData) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of all but the farthest crashes, if any are there."""
    found: tuple[float, float, float, float] | None = data.once("bounds", _bounds)
    return found


def _bounds(data: CrashData) -> tuple[float, float, float, float] | None:
    here = filters.located(data)
    if not here.any():
        return None
    lon, lat = (filters.numbers(data, name)[here] for name in ("lon", "lat"))
    (west, east), (south, north) = (
        np.quantile(one, (FARTHEST, 1 - FARTHEST)).tolist() for one in (lon, lat)
    )
    return west, south, east, north


def _distinct(numbers: NDArray[Any]) -> tuple[list[int], NDArray[np.int64]]:
    """Return the distinct whole numbers from 0 up, and the place of each number among them."""
    there = np.bincount(numbers) > 0
    return np.flatnonzero(there).tolist(), (np.cumsum(there) - 1)[numbers]


def prepare(data: CrashData) -> None:
    """Work out the order of the crashes on the map, and how far they reach."""
    _order(data)
    bounds(data)


def _order(data: CrashData) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Return the rows of the located crashes in Z-order, and their Morton codes."""
    rows: NDArray[np.int32] = data.once("rows in Z-order", _rows_in_order)
    codes: NDArray[np.uint64] = data.once("Morton codes", lambda _: _codes(data, rows))
    return rows, codes


def _rows_in_order(data: CrashData) -> NDArray[np.int32]:
    located = np.flatnonzero(filters.located(data)).astype(np.int32)
    return located[np.argsort(_codes(data, located), kind="stable")]


def _codes(data: CrashData, rows: NDArray[np.int32]) -> NDArray[np.uint64]:
    lon, lat = (filters.numbers(data, name)[rows] for name in ("lon", "lat"))
    return _interleave(*_mercator(lon, lat))


def _severity(data: CrashData) -> NDArray[np.int8]:
    place = {name: number for number, name in enumerate(SEVERITIES)}
    unknown = place["unknown"]
    levels = filters.levels(data, "severity")
    if levels is None:
        return np.full(len(data), unknown, dtype=np.int8)
    places = [place.get(value, unknown) for value in levels.values]
    return np.array([*places, unknown], dtype=np.int8).take(levels.codes)


def _whole_numbers(data: CrashData, name: str) -> NDArray[np.int64]:
    return np.nan_to_num(filters.numbers(data, name)).astype(np.int64)


def _mercator(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    size = 1 << DEPTH
    east, south = geo.mercator(lon, lat)
    x = np.clip((east * size).astype(np.int64), 0, size - 1)
    y = np.clip((south * size).astype(np.int64), 0, size - 1)
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


def _together(codes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Put every second bit of each code together: the inverse of `_spread`."""
    bits = codes & np.uint64(0x5555555555555555)
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        bits = (bits | (bits >> np.uint64(shift))) & np.uint64(mask)
    return bits.astype(np.int32)


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
