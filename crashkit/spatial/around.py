"""Who is next to whom: lists of neighbours, all of which count the same.

Neighbours along a road are right for crashes; a circle reaches over rivers and to parallel roads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Around(NamedTuple):
    """The neighbours of place i are `members[offsets[i]:offsets[i + 1]]`, without itself."""

    offsets: Ints
    members: Ints


def by_lists(neighbours: Sequence[Sequence[int]]) -> Around:
    """Return the neighbours of each place from lists; a place in its own list is left out.

    Raises ValueError for a place that is none.
    """
    sizes = [len(one) for one in neighbours]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    members = np.array([place for one in neighbours for place in one], dtype=np.int64)
    if members.size and not 0 <= members.min() <= members.max() < len(sizes):
        raise ValueError("a neighbour is no place")
    return _listed(owner, members, len(sizes))


def along_a_line(places: int, *, reach: int = 1) -> Around:
    """Return for each of so many places in a row the `reach` next ones on both sides."""
    steps = np.concatenate([np.arange(-reach, 0), np.arange(1, reach + 1)])
    owner = np.repeat(np.arange(places), steps.size)
    members = owner + np.tile(steps, places)
    inside = (members >= 0) & (members < places)
    return _listed(owner[inside], members[inside], places)


def within(points: ArrayLike, radius: float) -> Around:
    """Return the places within `radius` of each, that distance included; in the unit of the points.

    `points` has the shape (places, 2).
    """
    at = np.asarray(points, dtype=float).reshape(-1, 2)
    # A hair more: what lies at the very distance must not depend on the last digit.
    pairs = cKDTree(at).query_pairs(radius * (1 + 1e-12), output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]]).astype(np.int64)
    return _listed(both[:, 0], both[:, 1], len(at))


def _listed(owner: Ints, members: Ints, places: int) -> Around:
    other = owner != members
    owner, members = owner[other], members[other]
    order = np.lexsort((members, owner))
    sizes = np.bincount(owner, minlength=places)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return Around(offsets.astype(np.int64), members[order].astype(np.int64))
