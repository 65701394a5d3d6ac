"""Hot loops on bare arrays, compiled by numba: windows along roads, neighbours on the ground.

A kernel knows no noun: arrays and numbers in, arrays out, with shapes and units in its docstring.
Compiled code is kept beside this file, or in the user's cache folder where that is read-only, or
nowhere; a kernel that cannot be kept is compiled anew in each process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SIDE = 2_097_152
"""Cells along one side of the cube that holds the earth: three numbers fit into one of 63 bits."""


def compiled(loop: Loop) -> Loop:
    """Compile a loop; keep the result on disk where there is a folder to write to."""
    try:
        kept: Any = njit(cache=True, nogil=True)(loop)
    except RuntimeError:  # numba found no folder it may write to
        kept = njit(nogil=True)(loop)
    return cast(Loop, kept)


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
def _neighbours(points: Floats, cell: Ints, keys: Ints, radius: float) -> tuple[Ints, Ints]:
    n = points.shape[0]
    offsets = np.zeros(n + 1, np.int64)
    members = np.empty(0, np.int64)
    for filling in range(2):
        at = 0
        for i in range(n):
            for side in range(9):
                row, column = cell[i, 0] + side // 3 - 1, cell[i, 1] + side % 3 - 1
                base = (row * SIDE + column) * SIDE + cell[i, 2]
                first = np.searchsorted(keys, base - 1)
                last = np.searchsorted(keys, base + 2)
                for j in range(first, last):
                    x = points[j, 0] - points[i, 0]
                    y = points[j, 1] - points[i, 1]
                    z = points[j, 2] - points[i, 2]
                    if x * x + y * y + z * z <= radius * radius:
                        if filling:
                            members[at] = j
                        at += 1
            offsets[i + 1] = at
        if not filling:
            members = np.empty(at, np.int64)
    return offsets, members


def neighbours(points: Floats, radius: float) -> tuple[Ints, Ints]:
    """Return which points lie within `radius` of each point, itself included.

    `points` has shape (n, 3), in metres. The neighbours of point i are
    `members[offsets[i]:offsets[i + 1]]`, rising; `offsets` has shape (n + 1,).
    """
    if not len(points):
        return np.zeros(1, np.int64), np.empty(0, np.int64)
    cell = np.floor((points - points.min(axis=0)) / radius).astype(np.int64) + 1
    keys = (cell[:, 0] * SIDE + cell[:, 1]) * SIDE + cell[:, 2]
    order = np.argsort(keys, kind="stable")
    ordered = np.ascontiguousarray(points[order])
    offsets, members = _neighbours(ordered, cell[order], keys[order], float(radius))
    return _in_first_order(offsets, members, order)


@compiled
def _in_first_order(offsets: Ints, members: Ints, order: Ints) -> tuple[Ints, Ints]:
    n = order.size
    moved = np.zeros(n + 1, np.int64)
    for i in range(n):
        moved[order[i] + 1] = offsets[i + 1] - offsets[i]
    for i in range(n):
        moved[i + 1] += moved[i]
    out = np.empty(members.size, np.int64)
    for i in range(n):
        start = moved[order[i]]
        size = offsets[i + 1] - offsets[i]
        for k in range(size):
            out[start + k] = order[members[offsets[i] + k]]
        out[start : start + size].sort()
    return moved, out


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
                enter[arcs], leave[arcs] = turn - half, turn + half
                arcs += 1
        turn = _deepest(enter[:arcs], leave[:arcs])
        centres[i] = xyz[i] + radius * (np.cos(turn) * east + np.sin(turn) * north)
    return centres


@compiled
def _deepest(enter: Floats, leave: Floats) -> float:
    """Return the direction that lies in most arcs of a circle (radians)."""
    best, most = 0.0, 0
    for k in range(enter.size):
        inside = 0
        for other in range(enter.size):
            behind = (enter[k] - enter[other]) % (2 * np.pi)
            if behind <= leave[other] - enter[other]:
                inside += 1
        if inside > most or (inside == most and enter[k] < best):
            best, most = enter[k], inside
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
