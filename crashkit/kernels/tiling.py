"""Points and lines on a map: added up by cells, written as the features of a vector tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crashkit.kernels.compiling import Bytes, Flags, Floats, Ints, Places, compiled


@compiled
def cell_sums(
    x: Places,
    y: Places,
    rank: NDArray[np.int8],
    kept: Flags,
    square: tuple[int, int, int, int],
) -> tuple[Ints, Ints, Ints, Ints]:
    """Add up points by the cells of a square: how many, how many of rank 0, sums of x and of y.

    `x`, `y`, `rank` and `kept` have shape (n,); only points with `kept` count. All of these lie in
    the `square`: where it begins in the west and in the north, its side as a power of 2, and how
    many cells there are along a side. The sums are steps from the corner. The answers have one
    number a cell, row by row from north to south.
    """
    west, north, bits, cells = square
    count = np.zeros(cells * cells, np.int64)
    first = np.zeros(cells * cells, np.int64)
    sum_x = np.zeros(cells * cells, np.int64)
    sum_y = np.zeros(cells * cells, np.int64)
    for i in range(x.size):
        if kept[i]:
            east, south = np.int64(x[i]) - west, np.int64(y[i]) - north
            cell = ((south * cells) >> bits) * cells + ((east * cells) >> bits)
            count[cell] += 1
            first[cell] += rank[i] == 0
            sum_x[cell] += east
            sum_y[cell] += south
    return count, first, sum_x, sum_y


@compiled
def _put_varint(out: Bytes, at: int, number: int) -> int:
    """Write a whole number from 0 up in groups of seven bits; return where the next one goes."""
    while number > 0x7F:
        out[at] = (number & 0x7F) | 0x80
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@compiled
def point_features(ids: Ints, tags: Ints, x: Ints, y: Ints) -> Bytes:
    """Write points as the features of a layer of a vector tile, one behind the other.

    `ids`, `x` and `y` have shape (n,), `tags` (n, k): the place of the value of each of k keys, at
    most eight. The sizes written before the parts of a feature then fit into one byte each.
    Source: Mapbox Vector Tile Specification 2.1, sections 4.2 to 4.4.
    """
    n, keys = tags.shape
    out = np.empty(n * (36 + 6 * keys), np.uint8)
    at = 0
    for i in range(n):
        out[at] = 0x12
        out[at + 2] = 0x08
        part = _put_varint(out, at + 3, ids[i])
        out[part] = 0x12
        end = part + 2
        for key in range(keys):
            out[end] = key
            end = _put_varint(out, end + 1, tags[i, key])
        out[part + 1] = end - part - 2
        # A point (0x18 0x01), and its geometry: one move by zigzag numbers.
        out[end], out[end + 1], out[end + 2], out[end + 4] = 0x18, 1, 0x22, 9
        part = end + 3
        end = _put_varint(out, end + 5, (x[i] << 1) ^ (x[i] >> 63))
        end = _put_varint(out, end, (y[i] << 1) ^ (y[i] >> 63))
        out[part] = end - part - 1
        out[at + 1] = end - at - 2
        at = end
    return out[:at]


@compiled
def line_features(
    ids: Ints, tags: Ints, way: tuple[Floats, Floats, Ints], frame: tuple[int, int, int]
) -> Bytes:
    """Write lines as the features of a layer of a vector tile, cut to a square.

    `ids` has shape (n,), `tags` (n, k): the place of the value of each of k keys, at most eight.
    `way` are x and y of all vertices, in steps of the tile from its north-western corner, and
    offsets (n + 1,): line i has the vertices `offsets[i]` to `offsets[i + 1]`. `frame` is where the
    square begins and ends, in both directions, and the grid in steps that places are rounded to; a
    line that shrinks to one place is left out. A tile has fewer than 2^20 steps.
    Source: Mapbox Vector Tile Specification 2.1, sections 4.2 to 4.4.
    """
    n, keys = tags.shape
    x, y, offsets = way
    out = np.empty(30 * x.size + n * (60 + 11 * keys), np.uint8)
    at = 0
    for i in range(n):
        places, begins = _inside(x, y, (offsets[i], offsets[i + 1]), frame)
        if not begins.size:
            continue
        drawn = _put_line(places, begins)
        words = keys
        for key in range(keys):
            words += _varint_size(tags[i, key])
        size = 7 + _varint_size(ids[i]) + words + _varint_size(drawn.size) + drawn.size
        out[at] = 0x12
        at = _put_varint(out, at + 1, size - 1)
        out[at] = 0x08
        at = _put_varint(out, at + 1, ids[i])
        out[at], out[at + 1] = 0x12, words
        at += 2
        for key in range(keys):
            out[at] = key
            at = _put_varint(out, at + 1, tags[i, key])
        # A line (0x18 0x02), and its geometry.
        out[at], out[at + 1], out[at + 2] = 0x18, 2, 0x22
        at = _put_varint(out, at + 3, drawn.size)
        out[at : at + drawn.size] = drawn
        at += drawn.size
    return out[:at]


@compiled
def _inside(
    x: Floats, y: Floats, span: tuple[int, int], frame: tuple[int, int, int]
) -> tuple[Ints, Flags]:
    """Return the places of a line inside a square, and which of them begin a part of it.

    Places are whole steps on the grid of the frame; none stands twice in a row.
    """
    low, high, grid = frame
    most = 2 * (span[1] - span[0])
    places, begins = np.empty((most, 2), np.int64), np.zeros(most, np.bool_)
    n, goes_on = 0, False
    for k in range(span[0], span[1] - 1):
        first, last = _share_inside(x[k : k + 2], y[k : k + 2], low, high)
        if not (goes_on and first == 0.0):
            if n and begins[n - 1]:
                n -= 1  # The part before shrank to one place.
            if first < last:
                places[n], begins[n] = _on_grid(x[k : k + 2], y[k : k + 2], first, grid), True
                n += 1
        if first < last:
            places[n], begins[n] = _on_grid(x[k : k + 2], y[k : k + 2], last, grid), False
            n += places[n, 0] != places[n - 1, 0] or places[n, 1] != places[n - 1, 1]
        goes_on = last == 1.0
    if n and begins[n - 1]:
        n -= 1
    return places[:n], begins[:n]


@compiled
def _on_grid(x: Floats, y: Floats, share: float, grid: int) -> tuple[int, int]:
    """Return the place of the grid that is nearest to a share of a straight piece."""
    east, south = x[0] + share * (x[1] - x[0]), y[0] + share * (y[1] - y[0])
    return int(np.rint(east / grid)) * grid, int(np.rint(south / grid)) * grid


@compiled
def _share_inside(x: Floats, y: Floats, low: float, high: float) -> tuple[float, float]:
    """Return from which share to which a straight piece lies in a square; (1, 0) where it does not.

    Source: Liang and Barsky 1984, A new concept and method for line clipping.
    """
    first, last = 0.0, 1.0
    for begin, end in ((x[0], x[1]), (y[0], y[1])):
        way = end - begin
        if way == 0.0:
            if begin < low or begin > high:
                return 1.0, 0.0
            continue
        enters, leaves = (low - begin) / way, (high - begin) / way
        first = max(first, min(enters, leaves))
        last = min(last, max(enters, leaves))
    return (first, last) if first < last else (1.0, 0.0)


@compiled
def _put_line(places: Ints, begins: Flags) -> Bytes:
    """Write the geometry of a line in parts: a move to where each begins, then steps."""
    out = np.empty(20 * begins.size + 10 * begins.sum(), np.uint8)
    at, east, south, k = 0, 0, 0, 0
    while k < begins.size:
        until = k + 1
        while until < begins.size and not begins[until]:
            until += 1
        at = _put_varint(out, at, 9)
        for i in range(k, until):
            if i == k + 1:
                at = _put_varint(out, at, (until - k - 1) << 3 | 2)
            step = places[i, 0] - east
            at = _put_varint(out, at, (step << 1) ^ (step >> 63))
            step = places[i, 1] - south
            at = _put_varint(out, at, (step << 1) ^ (step >> 63))
            east, south = places[i]
        k = until
    return out[:at]


@compiled
def _varint_size(number: int) -> int:
    """Return how many bytes a whole number from 0 up takes."""
    size = 1
    while number > 0x7F:
        number >>= 7
        size += 1
    return size


def warm() -> None:
    """Make these kernels ready."""
    two, steps = np.arange(2), np.arange(2, dtype=np.int32)
    cell_sums(steps, steps, np.zeros(2, dtype=np.int8), np.ones(2, dtype=bool), (0, 0, 1, 2))
    point_features(two, two.reshape(2, 1), two, two)
    way = (np.zeros(2), np.ones(2), np.array([0, 2]))
    line_features(np.ones(1, np.int64), np.ones((1, 1), np.int64), way, (0, 1, 1))
