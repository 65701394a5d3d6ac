"""Crowds of points, by DBSCAN over a grid of cells.

A cell is so small that all points in it are within reach of each other: a cell of enough points
needs no distance at all, and the core points of a cell are always of one cluster.
"""

from __future__ import annotations

import numpy as np

from crashkit.kernels.compiling import Flags, Floats, Ints, compiled

Cells = tuple[Floats, Ints, Ints]


def dbscan(points: Floats, eps_m: float, least: int) -> Ints:
    """Return the number of the cluster of each point, from 0, or -1 for those in none.

    `points` has shape (n, 2), metres. A core point has at least `least` points, itself included,
    within `eps_m` metres; core points within reach of each other are of one cluster. Clusters are
    numbered by their westernmost core point, then the southernmost; a point that is no core, within
    reach of several clusters, belongs to the one with the lowest number. So the order of the points
    changes nothing. A point that is NaN is in none.

    Source: Ester, Kriegel, Sander and Xu 1996, A density-based algorithm for discovering clusters.
    """
    labels = np.full(len(points), -1, np.int64)
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    if not known.size:
        return labels
    places = np.ascontiguousarray(points[known], dtype=float)
    column, row = np.floor((places - places.min(axis=0)) / (eps_m / np.sqrt(2))).astype(np.int64).T
    # Two empty columns on each side: a neighbour is never the last cell of the row before.
    width = int(column.max()) + 5
    keys = row * width + column + 2
    order = np.argsort(keys)
    keys, places = keys[order], places[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    starts = np.append(first, keys.size)
    cells = (places, starts, _around(keys[first], width))
    core = _cores(*cells, eps_m * eps_m, least)
    cluster = _numbered(cells, core, _joined(*cells, core, eps_m * eps_m))
    labels[known[order]] = _labelled(cells, core, cluster, eps_m * eps_m)
    return labels


@compiled
def _around(keys: Ints, width: int) -> Ints:
    """Return which cells are near each: (cells, 5, 2), the first and the end in each of five rows.

    `keys` are row times `width` plus column, rising. Cells two rows and two columns away are out of
    reach.
    """
    around = np.empty((keys.size, 5, 2), np.int64)
    for line in range(5):
        reach = 1 if line in {0, 4} else 2
        begin, end = 0, 0
        for c in range(keys.size):
            middle = keys[c] + (line - 2) * width
            while begin < keys.size and keys[begin] < middle - reach:
                begin += 1
            while end < keys.size and keys[end] <= middle + reach:
                end += 1
            around[c, line, 0], around[c, line, 1] = begin, end
    return around


@compiled
def _cores(places: Floats, starts: Ints, around: Ints, reach: float, least: int) -> Flags:
    """Mark the points with enough points within reach, a squared distance."""
    core = np.zeros(len(places), np.bool_)
    for c in range(starts.size - 1):
        own = starts[c + 1] - starts[c]
        for i in range(starts[c], starts[c + 1]):
            found = own
            for line in range(5):
                # All of its own cell are counted already, and enough is enough.
                for d in range(around[c, line, 0], around[c, line, 1]):
                    if d != c and found < least:
                        found += _within(places, i, starts[d], starts[d + 1], reach)
            core[i] = found >= least
    return core


@compiled
def _within(places: Floats, i: int, first: int, end: int, reach: float) -> int:
    found = 0
    for j in range(first, end):
        x, y = places[i, 0] - places[j, 0], places[i, 1] - places[j, 1]
        found += x * x + y * y <= reach
    return found


@compiled
def _joined(places: Floats, starts: Ints, around: Ints, core: Flags, reach: float) -> Ints:
    """Return a cell of its cluster for each cell, the same one for all cells of a cluster."""
    parent = np.arange(starts.size - 1)
    for c in range(parent.size):
        for line in range(2, 5):
            for d in range(max(around[c, line, 0], c + 1), around[c, line, 1]):
                one, other = _root(parent, c), _root(parent, d)
                if one != other and _touch(places, starts, core, (c, d), reach):
                    parent[max(one, other)] = min(one, other)
    for c in range(parent.size):
        parent[c] = _root(parent, c)
    return parent


@compiled
def _root(parent: Ints, c: int) -> int:
    while parent[c] != c:
        parent[c] = parent[parent[c]]
        c = parent[c]
    return c


@compiled
def _touch(places: Floats, starts: Ints, core: Flags, cells: tuple[int, int], reach: float) -> bool:
    """Say whether a core point of one cell is within reach of one of the other."""
    c, d = cells
    for i in range(starts[c], starts[c + 1]):
        if core[i]:
            for j in range(starts[d], starts[d + 1]):
                x, y = places[i, 0] - places[j, 0], places[i, 1] - places[j, 1]
                if core[j] and x * x + y * y <= reach:
                    return True
    return False


def _numbered(cells: Cells, core: Flags, parent: Ints) -> Ints:
    """Return the number of the cluster of each cell, -1 for a cell without a core point."""
    places, starts, _ = cells
    owner = np.repeat(np.arange(parent.size), np.diff(starts))[core]
    x, y = places[core].T
    # The first core point of each cluster, from west to east, then from south to north.
    order = np.lexsort((y, x))
    roots, first = np.unique(parent[owner[order]], return_index=True)
    number = np.full(parent.size, -1, np.int64)
    number[roots[np.argsort(first)]] = np.arange(roots.size)
    cluster = np.full(parent.size, -1, np.int64)
    cluster[owner] = number[parent[owner]]
    return cluster


@compiled
def _labelled(cells: Cells, core: Flags, cluster: Ints, reach: float) -> Ints:
    """Return the cluster of each point: that of its cell, or the lowest one within reach."""
    places, starts, around = cells
    labels = np.full(len(places), -1, np.int64)
    for c in range(starts.size - 1):
        for i in range(starts[c], starts[c + 1]):
            if core[i]:
                labels[i] = cluster[c]
                continue
            for line in range(5):
                for d in range(around[c, line, 0], around[c, line, 1]):
                    is_lower = labels[i] < 0 or cluster[d] < labels[i]
                    if cluster[d] >= 0 and is_lower:
                        for j in range(starts[d], starts[d + 1]):
                            x, y = places[i, 0] - places[j, 0], places[i, 1] - places[j, 1]
                            if core[j] and x * x + y * y <= reach:
                                labels[i] = cluster[d]
                                break
    return labels


def warm() -> None:
    """Make these kernels ready."""
    dbscan(np.zeros((2, 2)), 1.0, 2)
