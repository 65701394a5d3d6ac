"""Neighbours on the ground, and the fullest circles around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit.kernels.compiling import Floats, Ints, compiled

SIDE = 2_097_152
"""Cells along one side of the cube that holds the earth: three numbers fit into one of 63 bits."""


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


def warm() -> None:
    """Make these kernels ready."""
    points = np.eye(3)[:2]
    on = ground(points, 1.0)
    crowds(on)
    around = neighbours(on)
    centres = best_centres(points, points, around, 1.0)
    within(centres, points, around, 1.0)
