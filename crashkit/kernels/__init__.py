"""Hot loops on bare arrays, compiled by numba: on a map, along roads, on the ground.

A kernel knows no noun: arrays and numbers in, arrays out, with shapes and units in its docstring.
Each has a slow plain twin in the tests. Callers write `kernels.window_ends(...)`; in which file a
kernel lives is no matter of theirs.
"""

from __future__ import annotations

from crashkit.kernels import (
    along,
    apart,
    clusters,
    densities,
    members,
    nearby,
    permuting,
    snapping,
    spreading,
    tiling,
)
from crashkit.kernels.along import Peaks, Windows, cell_counts, peaks, sliding, widest, window_ends
from crashkit.kernels.apart import keep_apart, sum_groups
from crashkit.kernels.clusters import dbscan
from crashkit.kernels.compiling import compiled, is_ours
from crashkit.kernels.densities import planar_density
from crashkit.kernels.members import kind_moments, sums_by_kind
from crashkit.kernels.nearby import Ground, best_centres, crowds, ground, neighbours, within
from crashkit.kernels.permuting import Hot, Moran, gi_star, local_moran
from crashkit.kernels.snapping import Grid, lay_grid, nearest
from crashkit.kernels.spreading import spread
from crashkit.kernels.tiling import cell_sums, line_features, point_features

FILES = (
    tiling,
    members,
    along,
    nearby,
    apart,
    snapping,
    spreading,
    clusters,
    densities,
    permuting,
)
"""In the order of warming: a map is looked at before anybody searches for blackspots."""

__all__ = [
    "Grid",
    "Ground",
    "Hot",
    "Moran",
    "Peaks",
    "Windows",
    "best_centres",
    "cell_counts",
    "cell_sums",
    "compiled",
    "crowds",
    "dbscan",
    "gi_star",
    "ground",
    "is_ours",
    "keep_apart",
    "kind_moments",
    "lay_grid",
    "line_features",
    "local_moran",
    "nearest",
    "neighbours",
    "peaks",
    "planar_density",
    "point_features",
    "sliding",
    "spread",
    "sum_groups",
    "sums_by_kind",
    "warm",
    "widest",
    "window_ends",
    "within",
]


def warm() -> None:
    """Compile every kernel, or read what was compiled before, so that no first user waits."""
    for file in FILES:
        file.warm()
