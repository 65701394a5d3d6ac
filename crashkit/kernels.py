"""Hot loops on bare arrays, compiled by numba: windows along roads, neighbours on the ground.

A kernel knows no noun: arrays and numbers in, arrays out, with shapes and units in its docstring.
Compiled code is kept beside this file, or in the user's cache folder where that is read-only, or
nowhere; a kernel that cannot be kept is compiled anew in each process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def compiled(loop: Loop) -> Loop:
    """Compile a loop; keep the result on disk where there is a folder to write to."""
    try:
        kept: Loop = njit(cache=True, nogil=True)(loop)
    except RuntimeError:  # numba found no folder it may write to
        kept = njit(nogil=True)(loop)
    return kept


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
def _cell_range(keys: Ints, low: int, high: int) -> tuple[int, int]:
    return np.searchsorted(keys, low, side="left"), np.searchsorted(keys, high, side="right")


@compiled
def _visit(
    points: Floats, cell: Ints, keys: Ints, radius: float, i: int, found: Ints, at: int
) -> int:
    count = 0
    limit = radius * radius
    for dx in range(-1, 2):
        for dy in range(-1, 2):
            base = ((cell[i, 0] + dx) * 2097152 + cell[i, 1] + dy) * 2097152 + cell[i, 2]
            first, last = _cell_range(keys, base - 1, base + 1)
            for j in range(first, last):
                x = points[j, 0] - points[i, 0]
                y = points[j, 1] - points[i, 1]
                z = points[j, 2] - points[i, 2]
                if x * x + y * y + z * z <= limit:
                    if at >= 0:
                        found[at + count] = j
                    count += 1
    return count


@compiled
def _neighbours_sorted(points: Floats, cell: Ints, keys: Ints, radius: float) -> tuple[Ints, Ints]:
    n = points.shape[0]
    offsets = np.zeros(n + 1, np.int64)
    nothing = np.empty(0, np.int64)
    for i in range(n):
        offsets[i + 1] = offsets[i] + _visit(points, cell, keys, radius, i, nothing, -1)
    members = np.empty(offsets[n], np.int64)
    for i in range(n):
        _visit(points, cell, keys, radius, i, members, offsets[i])
    return offsets, members


def neighbours(points: Floats, radius: float) -> tuple[Ints, Ints]:
    """Return which points lie within `radius` of each point, itself included.

    `points` has shape (n, 3), in metres. The neighbours of point i are
    `members[offsets[i]:offsets[i + 1]]`, rising; `offsets` has shape (n + 1,).
    """
    if not len(points):
        return np.zeros(1, np.int64), np.empty(0, np.int64)
    cell = np.floor((points - points.min(axis=0)) / radius).astype(np.int64) + 1
    keys = (cell[:, 0] * 2097152 + cell[:, 1]) * 2097152 + cell[:, 2]
    order = np.argsort(keys, kind="stable")
    offsets, members = _neighbours_sorted(
        np.ascontiguousarray(points[order]), cell[order], keys[order], float(radius)
    )
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
