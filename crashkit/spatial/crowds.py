"""Crowds of points by DBSCAN, numbered in the order in which the points are given.

To look at, not to judge: along a busy road everything is one chain.

Source: Ester, Kriegel, Sander and Xu 1996, A density-based algorithm for discovering clusters;
reference methods, section 2.5 (DBSCAN).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from crashkit import kernels

Ints = NDArray[np.int64]


def crowds(points: ArrayLike, *, eps_m: float, least: int) -> Ints:
    """Return the crowd of each point, from 0, or -1 for those in none.

    `points` has the shape (n, 2), metres. A core point has at least `least` points, itself
    included, within `eps_m`. Crowds are numbered by the first of their core points, as scikit-learn
    does it; the kernel itself numbers them by where they lie, so that their order changes nothing.
    """
    at = np.asarray(points, dtype=float).reshape(-1, 2)
    labels = kernels.dbscan(at, eps_m, least)
    if not at.size or labels.max() < 0:
        return labels
    known = np.isfinite(at).all(axis=1)
    tree = cKDTree(at[known])
    core = np.zeros(len(at), dtype=np.bool_)
    core[known] = tree.query_ball_point(at[known], eps_m, return_length=True) >= least
    of_cores = labels[core]
    names, first = np.unique(of_cores, return_index=True)
    number = np.full(int(names.max()) + 2, -1, dtype=np.int64)
    number[names[np.argsort(first)]] = np.arange(names.size)
    found = number[labels]
    # A point that is no core, in reach of several crowds, belongs to the first of them.
    for i in np.flatnonzero(known & ~core & (labels >= 0)).tolist():
        near = np.flatnonzero(known)[tree.query_ball_point(at[i], eps_m)]
        found[i] = found[near[core[near]]].min()
    return np.asarray(found)
