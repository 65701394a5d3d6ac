"""The statistics of counts: exact Poisson intervals and tails, false discoveries, sums by group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@cache
def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval for the mean of a Poisson count.

    Source: Garwood 1936, Biometrika 28: 437-442.
    """
    tail = (1 - level) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return low, float(special.gammainccinv(count + 1, tail))


def poisson_tail(counts: Ints, means: Floats) -> Floats:
    """Return the chance of `counts` or more crashes where `means` are expected.

    P(X >= x) is the regularised lower gamma function P(x, mean), and 1 for x = 0 or below.
    Source: Abramowitz and Stegun 1964, 26.4.21.
    """
    tail = special.gammainc(np.maximum(counts, 1), np.maximum(means, 0.0))
    return np.where(counts <= 0, 1.0, tail)


def false_discovery(p: Floats, family: int = 0) -> Floats:
    """Return each p-value adjusted for the share of false alarms among what is flagged.

    `family` is the number of tests when more were made than are given here.
    Source: Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57: 289-300.
    """
    m = max(p.size, family)
    order = np.argsort(p, kind="stable")
    steps = p[order] * m / np.arange(1, p.size + 1)
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def flatten(groups: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Return all members one after another, and where each group starts (n + 1 offsets)."""
    sizes = np.fromiter(map(len, groups), dtype=np.int64, count=len(groups))
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
    members = np.fromiter(chain.from_iterable(groups), dtype=np.int64, count=int(offsets[-1]))
    return offsets, members


def sum_groups(groups: Sequence[Sequence[int]], keys: Ints, values: Floats) -> Floats:
    """Return the sum over each group of the value that belongs to each member's key.

    `keys` are unique and in rising order; `values` has shape (keys,) or (keys, columns).
    """
    offsets, members = flatten(groups)
    taken = values[np.searchsorted(keys, members)]
    running = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(taken, axis=0)])
    return np.asarray(running[offsets[1:]] - running[offsets[:-1]], dtype=float)


def competition_ranks(values: Iterable[float]) -> list[int]:
    """Return ranks of values given in falling order: equal values share the better rank."""
    ranks: list[int] = []
    before = np.nan
    for position, value in enumerate(values, start=1):
        ranks.append(ranks[-1] if value == before else position)
        before = value
    return ranks
