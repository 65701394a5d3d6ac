"""KDE+: where crashes along a section stand closer together than chance puts them.

The density of crashes (Epanechnikov kernel) is compared with that of as many crashes placed evenly
at random, many times: a cluster is where it is higher than 95 % of those. Its strength is the share
of the area under its density that lies above that limit, from 0 to 1. The limit holds for each
point and not for a network: about 4 % of a network without any hotspot lies above it. The draws are
seeded; the same crashes give the same clusters.

Source: Bíl, Andrášik and Janoška 2013, Identification of hazardous road locations of traffic
accidents by means of kernel density estimation and cluster significance evaluation; reference
methods, section 2.5 (KDE+).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from crashkit.spatial.densities import REFLECT, kernel_1d

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_M = 10
"""The density is looked at every so many metres."""
POINTS, AT_ONCE = 100, 500
"""Where exactness matters: so many points of a section, and so many draws in memory."""
LEVEL = 0.95
SEED = 2013


def clusters(
    at_m: Floats, length_m: float, bandwidth_m: float, draws: int
) -> Iterator[tuple[float, float, float]]:
    """Give beginning, end and strength of each cluster on a section of so many metres.

    `at_m` (n,) says where its crashes are. The density is reflected at the ends of the section.
    """
    places = np.arange(STEP_M / 2, max(length_m, STEP_M), STEP_M)
    counts = np.bincount(_cells(at_m, places.size), minlength=places.size)
    density = _density(counts, bandwidth_m)
    limit = _limit(at_m.size, places.size, bandwidth_m, draws)
    above = np.concatenate([[False], density > limit, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1])
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        part = density[first:last]
        strength = float((part - limit).sum() / part.sum())
        yield first * float(STEP_M), min(last * float(STEP_M), length_m), strength


def chance_limit(
    crashes: int,
    *,
    section_m: float,
    bandwidth_m: float,
    quantile: float = LEVEL,
    edge: str = REFLECT,
    draws: int = 10_000,
) -> float:
    """Return the density, per metre, that so many crashes on a section stay below by chance.

    `quantile` is the share of points of all draws that lie below it. With the edge "none" what
    falls over the ends of the section is lost, as published; "reflect" puts it back. Crashes are
    placed exactly here; `clusters` puts them into cells of 10 m, which is faster.

    Source: Bíl, Andrášik and Janoška 2013; reference methods, section 2.5 (KDE+).
    """
    chance = np.random.default_rng([SEED, crashes])
    places = (np.arange(POINTS) + 0.5) * section_m / POINTS
    found = np.empty((draws, POINTS))
    for first in range(0, draws, AT_ONCE):
        part = found[first : first + AT_ONCE]
        events = chance.uniform(0, section_m, (len(part), crashes))
        if edge == REFLECT:
            events = np.concatenate([events, -events, 2 * section_m - events], axis=1)
        away = places[None, :, None] - events[:, None, :]
        part[:] = kernel_1d(away, bandwidth_m).sum(axis=2)
    return float(np.quantile(found, quantile) / crashes)


def _cells(at_m: Floats, cells: int) -> Ints:
    found: Ints = np.clip((at_m // STEP_M).astype(np.int64), 0, cells - 1)
    return found


def _density(counts: NDArray[np.int64], bandwidth_m: float) -> Floats:
    """Return the density at each cell, per metre, of counts with cells along the last axis."""
    reach = int(bandwidth_m // STEP_M)
    away = np.arange(-reach, reach + 1) * STEP_M / bandwidth_m
    kernel = 0.75 * (1 - away**2)
    kernel /= kernel.sum() * STEP_M
    cells = counts.shape[-1]
    # What would fall over an end is reflected there, as often as the link is short.
    padding = [(0, 0)] * (counts.ndim - 1) + [(reach, reach)]
    padded = np.pad(counts.astype(float), padding, mode="symmetric")
    sums = np.zeros(counts.shape)
    for shift, weight in enumerate(kernel.tolist()):
        sums += weight * padded[..., shift : shift + cells]
    total = counts.sum(axis=-1, keepdims=True)
    density: Floats = sums / np.maximum(total, 1)
    return density


@lru_cache(maxsize=4096)
def _limit(crashes: int, cells: int, bandwidth_m: float, draws: int) -> float:
    """Return the density that chance stays below at 95 of 100 points of such a section."""
    chance = np.random.default_rng([SEED, crashes, cells])
    counts = chance.multinomial(crashes, np.full(cells, 1 / cells), size=draws)
    return float(np.quantile(_density(counts, bandwidth_m), LEVEL))
