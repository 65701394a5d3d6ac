"""The scan statistic: the most surprising stretch of a road, with a level that holds for all of it.

Every window of cells, up to a longest one, is tried, and its likelihood ratio against the rest of
the road is taken. Chance puts the crashes of each road anew on its cells by their exposure, and its
largest ratio anywhere is what a window must beat: so the level holds for all windows of all roads
together, however they overlap. Roads differ from place to place without any hotspot; `k` puts that
into chance, and without it the test alarms too often. It confirms, it does not screen: its power is
low.

Source: Kulldorff 1997, Communications in Statistics, Theory and Methods 26: 1481-1496; reference
methods, section 2.5 (scan).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AT_ONCE = 2_000_000
"""So many cells of draws are held at a time."""


@dataclass(frozen=True)
class Cluster:
    """A window of cells, from `first` to before `end`, with more crashes than its road has.

    `expected` are the crashes of its road by exposure, `ratio` the logarithm of the likelihood
    ratio, `p` the chance of so high a ratio anywhere on any road.
    """

    first: int
    end: int
    count: int
    expected: float
    ratio: float
    p: float


def scan(
    counts: ArrayLike,
    exposure: ArrayLike,
    *,
    longest: int,
    roads: ArrayLike | None = None,
    k: float = 0.0,
    draws: int = 999,
    seed: int = 1,
    alpha: float = 0.05,
) -> list[Cluster]:
    """Return the windows that are beyond chance, the most surprising first, none overlapping.

    `counts` and `exposure` (cells,) are in order along each road; `roads` (cells,) says which road
    a cell is of, all one where it is not given: cells of a road stand together. Windows have up to
    `longest` cells and never reach into another road. `k` is the overdispersion of a cell among its
    peers.

    Source: Kulldorff 1997; reference methods, section 2.5 (scan).
    """
    n, e = np.asarray(counts, dtype=np.int64), np.asarray(exposure, dtype=float)
    road = np.zeros(n.size, dtype=np.int64) if roads is None else np.asarray(roads)
    edges = [0, *(np.flatnonzero(road[1:] != road[:-1]) + 1).tolist(), n.size]
    parts = [slice(first, end) for first, end in itertools.pairwise(edges)]
    parts = [part for part in parts if n[part].sum() and e[part].sum() > 0]
    if not parts:
        return []
    highest = _by_chance([(n[part], e[part]) for part in parts], (longest, k), draws, seed)
    found = []
    for part in parts:
        for wide, ratios in _ratios(n[part][None], e[part], longest):
            for first in np.flatnonzero(ratios[0] > 0).tolist():
                p = float((1 + (highest >= ratios[0, first]).sum()) / (draws + 1))
                if p <= alpha:
                    window = (part.start + first, part.start + first + wide)
                    expected = n[part].sum() * e[slice(*window)].sum() / e[part].sum()
                    count = int(n[slice(*window)].sum())
                    ratio = float(ratios[0, first])
                    found.append(Cluster(*window, count, float(expected), ratio, p))
    return _apart(found)


def _apart(found: list[Cluster]) -> list[Cluster]:
    """Keep the most surprising windows; of equals the shortest, then the first."""
    kept: list[Cluster] = []
    for one in sorted(found, key=lambda one: (-one.ratio, one.end - one.first, one.first)):
        if all(one.end <= other.first or other.end <= one.first for other in kept):
            kept.append(one)
    return kept


def _by_chance(
    roads: list[tuple[Ints, Floats]], how: tuple[int, float], draws: int, seed: int
) -> Floats:
    """Return the largest ratio of any window on any road, for each draw."""
    longest, k = how
    chance = np.random.default_rng(seed)
    highest = np.zeros(draws)
    for n, e in roads:
        step = max(AT_ONCE // e.size, 1)
        for first in range(0, draws, step):
            part = highest[first : first + step]
            shares = np.broadcast_to(e, (part.size, e.size))
            if k > 0:
                shares = np.maximum(e * chance.gamma(1 / k, k, (part.size, e.size)), 1e-300)
            drawn = chance.multinomial(int(n.sum()), shares / shares.sum(axis=1, keepdims=True))
            for _, ratios in _ratios(drawn, e, longest):
                np.maximum(part, ratios.max(axis=1), out=part)
    return highest


def _ratios(counts: Ints, e: Floats, longest: int) -> Iterator[tuple[int, Floats]]:
    """Give for each width of windows their ratios: (draws, windows); 0 where there are too few."""
    total = counts.sum(axis=1, keepdims=True).astype(float)
    sums = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    until = np.concatenate([[0.0], np.cumsum(e)])
    for wide in range(1, min(longest, e.size) + 1):
        inside = sums[:, wide:] - sums[:, :-wide]
        expected = (until[wide:] - until[:-wide]) / until[-1] * total
        outside, left = total - inside, total - expected
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = special.xlogy(inside, inside / expected) + special.xlogy(
                outside, outside / left
            )
        # A window without exposure has no ratio, and neither has a whole road.
        more = (inside > expected) & (expected > 0) & (left > total * 1e-12)
        yield wide, np.where(more, ratio, 0.0)
