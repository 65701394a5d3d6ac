"""Points on a map: added up by cells, and written as the features of a vector tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crashkit.kernels.compiling import Bytes, Flags, Ints, Places, compiled


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


def warm() -> None:
    """Make these kernels ready."""
    two, steps = np.arange(2), np.arange(2, dtype=np.int32)
    cell_sums(steps, steps, np.zeros(2, dtype=np.int8), np.ones(2, dtype=bool), (0, 0, 1, 2))
    point_features(two, two.reshape(2, 1), two, two)
