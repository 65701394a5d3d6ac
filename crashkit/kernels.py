"""Hot loops on bare arrays, compiled by numba: windows along roads, neighbours on the ground.

A kernel knows no noun: arrays and numbers in, arrays out, with shapes and units in its docstring.
Compiled code is kept beside this file, or in the user's cache folder where that is read-only, or
nowhere; a kernel that cannot be kept is compiled anew in each process. A folder that strangers can
write to is not used: compiled code from there could be theirs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

SIDE = 2_097_152
"""Cells along one side of the cube that holds the earth: three numbers fit into one of 63 bits."""


def compiled(loop: Loop) -> Loop:
    """Compile a loop; keep the result on disk where there is a folder that is ours alone."""
    try:
        kept: Any = njit(cache=True, nogil=True)(loop)
    except RuntimeError:  # numba found no folder it may write to
        return cast(Loop, njit(nogil=True)(loop))
    is_safe = is_ours(Path(kept.stats.cache_path))
    return cast(Loop, kept if is_safe else njit(nogil=True)(loop))


def is_ours(folder: Path) -> bool:
    """Say whether only this user, or root, can put files into a folder of kept code.

    What is kept there is a pickle: whoever writes it decides what runs here.
    """
    if os.name != "posix":
        return True
    inside, around = folder.stat(), folder.parent.stat()
    strangers_write = inside.st_mode & stat.S_IWOTH
    # In a sticky folder, such as that of temporary files, strangers cannot swap what is ours.
    strangers_swap = around.st_mode & stat.S_IWOTH and not around.st_mode & stat.S_ISVTX
    owners = {inside.st_uid, around.st_uid}
    return owners <= {0, os.geteuid()} and not strangers_write and not strangers_swap


# ------------------------------------------------------------- along a road


@compiled
def window_ends(road: Ints, at_m: Ints, length_m: Ints) -> Ints:
    """Return for each crash the index after the last crash of the window that starts at it.

    All arrays have shape (n,), ordered by `road`, then `at_m`. The window that starts at crash i
    holds every crash of the same road from `at_m[i]` to `at_m[i] + length_m[i]`, both included.
    """
    n = road.size
    ends = np.empty(n, np.int64)
    end = 0
    for start in range(n):
        end = max(end, start)
        while end < n and road[end] == road[start] and at_m[end] - at_m[start] <= length_m[start]:
            end += 1
        ends[start] = end
    return ends


@compiled
def widest(starts: Ints, ends: Ints) -> Flags:
    """Mark the ranges [start, end) that lie in no other; of equal ranges the first is kept.

    Both arrays have shape (n,), ordered by `starts`, then by falling `ends`.
    """
    keep = np.zeros(starts.size, np.bool_)
    reached = -1
    for i in range(starts.size):
        if ends[i] > reached:
            keep[i] = True
            reached = ends[i]
    return keep


# ------------------------------------------------------------- on the ground


@compiled
def _count_or_fill(
    points: Floats, grid: tuple[Ints, Ints], radius: float, wanted: Ints, members: Ints
) -> Ints:
    """Return where the neighbours of each wanted point start; fill them in if there is room."""
    cell, keys = grid
    bounds = np.zeros(wanted.size + 1, np.int64)
    at = 0
    for k in range(wanted.size):
        i = wanted[k]
        for side in range(9):
            row, column = cell[i, 0] + side // 3 - 1, cell[i, 1] + side % 3 - 1
            base = (row * SIDE + column) * SIDE + cell[i, 2]
            first, last = np.searchsorted(keys, base - 1), np.searchsorted(keys, base + 2)
            for j in range(first, last):
                x = points[j, 0] - points[i, 0]
                y = points[j, 1] - points[i, 1]
                z = points[j, 2] - points[i, 2]
                if x * x + y * y + z * z <= radius * radius:
                    if members.size:
                        members[at] = j
                    at += 1
        bounds[k + 1] = at
    return bounds


@dataclass(frozen=True, eq=False)
class Ground:
    """Points in a grid of cubes, ready to be asked for neighbours within one radius.

    `order` sorts the points by cube; the other arrays are in that order.
    """

    order: Ints
    points: Floats
    grid: tuple[Ints, Ints]
    radius: float


def ground(points: Floats, radius: float) -> Ground:
    """Lay a grid over points of shape (n, 3), in metres."""
    low = points.min(axis=0) if len(points) else np.zeros(3)
    cell = np.floor((points - low) / radius).astype(np.int64) + 1
    keys = (cell[:, 0] * SIDE + cell[:, 1]) * SIDE + cell[:, 2]
    order = np.argsort(keys, kind="stable")
    return Ground(order, points[order], (cell[order], keys[order]), float(radius))


def crowds(on: Ground) -> Ints:
    """Return how many points lie within the radius of each point, itself included."""
    n = on.order.size
    bounds = _count_or_fill(on.points, on.grid, on.radius, np.arange(n), np.empty(0, np.int64))
    counts = np.empty(n, np.int64)
    counts[on.order] = np.diff(bounds)
    return counts


def neighbours(on: Ground, wanted: Ints | None = None) -> tuple[Ints, Ints]:
    """Return which points lie within the radius of each wanted point (all points by default).

    The neighbours of the point `wanted[i]`, itself included, are
    `members[offsets[i]:offsets[i + 1]]`, rising; `offsets` has shape (wanted + 1,).
    """
    n = on.order.size
    place = np.empty(n, np.int64)
    place[on.order] = np.arange(n)
    asked = place if wanted is None else place[wanted]
    nothing = np.empty(0, np.int64)
    offsets: Ints = _count_or_fill(on.points, on.grid, on.radius, asked, nothing)
    members = np.empty(int(offsets[-1]), np.int64)
    _count_or_fill(on.points, on.grid, on.radius, asked, members)
    members = on.order[members]
    _sort_groups(offsets, members)
    return offsets, members


@compiled
def _sort_groups(offsets: Ints, members: Ints) -> None:
    for i in range(offsets.size - 1):
        members[offsets[i] : offsets[i + 1]].sort()


@compiled
def best_centres(xyz: Floats, ups: Floats, around: tuple[Ints, Ints], radius: float) -> Floats:
    """Return for each point the centre of the fullest circle whose rim passes through it.

    `xyz` (metres), `ups` (unit vectors) and the result have shape (n, 3). `around` are the offsets
    and members of the points within two radii of each. The centre lies in the plane through point i
    that is upright to `ups[i]`. Some fullest circle of all always has a point on its rim.
    """
    n = xyz.shape[0]
    offsets, members = around
    centres = np.empty((n, 3))
    for i in range(n):
        up = ups[i]
        flat = np.sqrt(up[0] ** 2 + up[1] ** 2)
        east = np.array([1.0, 0.0, 0.0])
        if flat > 1e-9:
            east[0], east[1] = -up[1] / flat, up[0] / flat
        north = np.array([-up[2] * east[1], up[2] * east[0], up[0] * east[1] - up[1] * east[0]])
        size = offsets[i + 1] - offsets[i]
        enter, leave = np.empty(size), np.empty(size)
        arcs = 0
        for k in range(size):
            step = xyz[members[offsets[i] + k]] - xyz[i]
            x, y = (step * east).sum(), (step * north).sum()
            far = np.sqrt(x * x + y * y)
            if 1e-6 < far <= 2 * radius:
                half, turn = np.arccos(far / (2 * radius)) + 1e-9, np.arctan2(y, x)
                enter[arcs] = (turn - half) % (2 * np.pi)
                leave[arcs] = enter[arcs] + 2 * half
                arcs += 1
        turn = _deepest(enter[:arcs], leave[:arcs])
        centres[i] = xyz[i] + radius * (np.cos(turn) * east + np.sin(turn) * north)
    return centres


@compiled
def _deepest(enter: Floats, leave: Floats) -> float:
    """Return the direction that lies in most arcs of a circle (radians); no arc passes half of it.

    `enter` lies between 0 and a whole turn, `leave` may lie beyond it.
    """
    first, last = np.sort(enter), np.sort(leave)
    best, most = 0.0, 0
    for k in range(first.size):
        begun = np.searchsorted(first, first[k], side="right")
        over = np.searchsorted(last, first[k])
        around = first.size - np.searchsorted(last, first[k] + 2 * np.pi)
        if begun - over + around > most:
            best, most = first[k], begun - over + around
    return best


@compiled
def within(
    centres: Floats, xyz: Floats, around: tuple[Ints, Ints], radius: float
) -> tuple[Ints, Ints]:
    """Return which of the points `around` each centre lie within `radius` of it.

    `centres` and `xyz` have shape (n, 3), metres; `around` and the result are offsets and members.
    """
    offsets, members = around
    n = centres.shape[0]
    bounds = np.zeros(n + 1, np.int64)
    found = np.empty(members.size, np.int64)
    at = 0
    for i in range(n):
        for k in range(offsets[i], offsets[i + 1]):
            if ((xyz[members[k]] - centres[i]) ** 2).sum() <= radius * radius:
                found[at] = members[k]
                at += 1
        bounds[i + 1] = at
    return bounds, found[:at].copy()


@compiled
def sum_groups(offsets: Ints, members: Ints, values: Floats) -> Floats:
    """Return the sum of the rows of `values`, shape (rows, columns), over each group.

    Group i has the rows `members[offsets[i]:offsets[i + 1]]`; the result has shape (i, columns).
    """
    sums = np.zeros((offsets.size - 1, values.shape[1]))
    for i in range(sums.shape[0]):
        for k in range(offsets[i], offsets[i + 1]):
            for column in range(values.shape[1]):
                sums[i, column] += values[members[k], column]
    return sums


# ------------------------------------------------------------ keeping apart


@compiled
def keep_apart(offsets: Ints, members: Ints, n: int) -> Flags:
    """Mark the sites, taken in the order given, that share no member with one taken before.

    Site i has the members `members[offsets[i]:offsets[i + 1]]`, numbers below `n`.
    """
    taken = np.zeros(n, np.bool_)
    kept = np.zeros(offsets.size - 1, np.bool_)
    for i in range(kept.size):
        free = True
        for k in range(offsets[i], offsets[i + 1]):
            if taken[members[k]]:
                free = False
                break
        if free:
            kept[i] = True
            for k in range(offsets[i], offsets[i + 1]):
                taken[members[k]] = True
    return kept


# ------------------------------------------------------------------ warming


# ----------------------------------------------------------------- on a map


@compiled
def cell_sums(
    x: NDArray[np.int32],
    y: NDArray[np.int32],
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
    """Compile every kernel, or read what was compiled before, so that no first user waits.

    Those of the map come first: it is looked at before anybody searches for blackspots.
    """
    points, two = np.eye(3)[:2], np.arange(2)
    steps, rank = np.arange(2, dtype=np.int32), np.zeros(2, dtype=np.int8)
    cell_sums(steps, steps, rank, np.ones(2, dtype=bool), (0, 0, 1, 2))
    point_features(two, two.reshape(2, 1), two, two)
    window_ends(two, two, two)
    widest(two, two)
    on = ground(points, 1.0)
    crowds(on)
    around = neighbours(on)
    centres = best_centres(points, points, around, 1.0)
    offsets, members = within(centres, points, around, 1.0)
    sum_groups(offsets, members, points)
    keep_apart(offsets, members, 2)
