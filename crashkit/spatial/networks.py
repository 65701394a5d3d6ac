"""Clustering on a network: how many crashes are within a distance of each, along the roads.

The network K function is a diagnostic of the whole network and finds no hotspot. It is compared
with crashes put on the same network by chance, evenly or by traffic, never with a plane.

Source: Okabe and Yamada 2001, Geographical Analysis 33: 271-290; Ang, Baddeley and Nair 2012,
Scandinavian Journal of Statistics 39: 591-617; reference methods, section 2.5 (network K).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from crashkit.errors import MethodError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE, ANG = "none", "ang"
CORRECTIONS = (NONE, ANG)


def k_function(between_m: ArrayLike, length_m: float, t_m: ArrayLike) -> Floats:
    """Return K(t) of points on a network: length/(n (n - 1)) times the pairs within t metres.

    `between_m` (n, n) are the distances along the network, `length_m` is that of all of it, `t_m`
    the distances asked for; a pair at that very distance counts. NaN for fewer than two points.

    Source: Okabe and Yamada 2001; reference methods, section 2.5 (network K).
    """
    apart = np.asarray(between_m, dtype=float)
    n = apart.shape[0]
    asked = np.atleast_1d(np.asarray(t_m, dtype=float))
    if n < 2:
        return np.full(asked.shape, np.nan)
    pairs = np.sort(apart[~np.eye(n, dtype=np.bool_)])
    return np.asarray(np.searchsorted(pairs, asked, side="right") * length_m / (n * (n - 1)))


def k_on_line(
    points_m: ArrayLike, length_m: float, t_m: ArrayLike, *, correction: str = NONE
) -> Floats:
    """Return K(t) of points on one line of so many metres.

    With the correction "ang" a pair counts one by the number of places of the line that are as far
    from its first point: two, or one near an end; then K(t) = t by chance, whatever the network.
    Raises MethodError for a correction that is none of CORRECTIONS.

    >>> k_on_line([10, 20, 40], 100, [5, 15, 25, 50]).round(1).tolist()
    [0.0, 33.3, 66.7, 100.0]

    Source: Ang, Baddeley and Nair 2012; reference methods, section 2.5 (network K).
    """
    if correction not in CORRECTIONS:
        raise MethodError(
            "{correction} is no correction; there are {known}.",
            correction=correction,
            known=list(CORRECTIONS),
        )
    at = np.asarray(points_m, dtype=float)
    apart = np.abs(at[:, None] - at[None, :])
    asked = np.atleast_1d(np.asarray(t_m, dtype=float))
    if correction == NONE or at.size < 2:
        return k_function(apart, length_m, asked)
    places = (at[:, None] - apart >= 0).astype(float) + (at[:, None] + apart <= length_m)
    other = ~np.eye(at.size, dtype=np.bool_)
    distances_, shares = apart[other], 1 / places[other]
    sums = [float(shares[distances_ <= t].sum()) for t in asked.tolist()]
    return np.asarray(sums) * length_m / (at.size * (at.size - 1))


def distances(
    node_from: ArrayLike,
    node_to: ArrayLike,
    length_m: ArrayLike,
    *,
    edge: ArrayLike,
    at_m: ArrayLike,
) -> Floats:
    """Return how far points are from each other along a network: (n, n) metres, inf without a way.

    Edges run between nodes numbered from 0; a point is on an `edge`, `at_m` from its first node.
    """
    start, end = np.asarray(node_from, dtype=np.int64), np.asarray(node_to, dtype=np.int64)
    long, on = np.asarray(length_m, dtype=float), np.asarray(edge, dtype=np.int64)
    at = np.asarray(at_m, dtype=float)
    if not on.size:
        return np.zeros((0, 0))
    graph = _graph(start, end, long)
    ends, of = np.unique(np.concatenate([start[on], end[on]]), return_inverse=True)
    between = dijkstra(graph, directed=False, indices=ends)[:, ends]
    first, last = of[: on.size], of[on.size :]
    to_first, to_last = at, long[on] - at
    found = np.full((on.size, on.size), np.inf)
    for a, far_a in ((first, to_first), (last, to_last)):
        for b, far_b in ((first, to_first), (last, to_last)):
            found = np.minimum(found, far_a[:, None] + between[np.ix_(a, b)] + far_b[None, :])
    same = on[:, None] == on[None, :]
    straight = np.abs(at[:, None] - at[None, :])
    return np.asarray(np.where(same, np.minimum(found, straight), found))


def _graph(start: Ints, end: Ints, long: Floats) -> coo_matrix:
    """Return the network as a graph; of several edges between two nodes the shortest is the way."""
    nodes = int(max(start.max(), end.max())) + 1
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((long, high, low))
    keys = (low * nodes + high)[order]
    first = order[np.concatenate([[True], keys[1:] != keys[:-1]])]
    # An edge of no length at all would be no edge for scipy.
    values = np.maximum(long[first], 1e-9)
    return coo_matrix((values, (low[first], high[first])), shape=(nodes, nodes))


@dataclass(frozen=True, eq=False)
class Spread:
    """K of the crashes beside what chance makes of it on the same network; arrays over `t_m`.

    `low` and `high` are the limits of the draws at each distance: pointwise, not for all at once.
    """

    t_m: Floats
    k: Floats
    low: Floats
    high: Floats

    @property
    def clustered(self) -> NDArray[np.bool_]:
        """At which distances there are more pairs than chance makes."""
        return np.asarray(self.k > self.high)


def envelope(
    network: tuple[ArrayLike, ArrayLike, ArrayLike],
    points: tuple[ArrayLike, ArrayLike],
    t_m: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    draws: int = 99,
    level: float = 0.95,
    seed: int = 1,
) -> Spread:
    """Compare the K of points with as many put on the network by chance.

    `network` is the first and the last node and the length in metres of each edge, `points` the
    edge of each point and metres from its first node. Chance puts points on edges by their length,
    times `weights` (edges,), the traffic say, where they are given.

    Source: Okabe and Yamada 2001; reference methods, section 2.5 (network K).
    """
    start, end, long = network
    metres = np.asarray(long, dtype=float)
    asked = np.atleast_1d(np.asarray(t_m, dtype=float))
    chance = np.random.default_rng(seed)
    share = metres if weights is None else metres * np.asarray(weights, dtype=float)
    share = share / share.sum()
    n = np.asarray(points[0]).size

    def k_of(edge: ArrayLike, at: ArrayLike) -> Floats:
        apart = distances(start, end, metres, edge=edge, at_m=at)
        return k_function(apart, float(metres.sum()), asked)

    drawn = [_drawn(chance, share, metres, n, k_of) for _ in range(draws)]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Spread(asked, k_of(*points), np.asarray(low), np.asarray(high))


def _drawn(
    chance: np.random.Generator,
    share: Floats,
    metres: Floats,
    n: int,
    k_of: Callable[[ArrayLike, ArrayLike], Floats],
) -> Floats:
    edge = chance.choice(share.size, n, p=share)
    return k_of(edge, chance.uniform(0, 1, n) * metres[edge])
