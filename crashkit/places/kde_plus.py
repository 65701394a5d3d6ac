"""KDE+: stretches between junctions where crashes stand closer together than chance puts them.

Along each link the density of crashes is drawn (Epanechnikov kernel, reflected at the ends of the
link), without junction crashes. Chance is told by placing as many crashes evenly at random many
times: where the density is higher than 95 % of those, there is a cluster. Its strength is the share
of the area under its density that lies above that limit, from 0 to 1. The limit holds for each
point, not for a whole network: a few per cent of any network lie above it. So clusters are a
ranking to look at, with a floor of crashes, and no proof. The draws are seeded; the same crashes
give the same clusters.

Source: Bíl, Andrášik and Janoška 2013, Identification of hazardous road locations of traffic
accidents by means of kernel density estimation and cluster significance evaluation; reference
methods, section 2.5 (KDE+).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from crashkit.method import AtJunctions, Place, number
from crashkit.model import CrashData, Site
from crashkit.roads import along
from crashkit.roads.placing import Placed
from crashkit.roads.topology import NOWHERE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_M = 10
"""The density is looked at every so many metres."""
LEVEL = 0.95
SEED = 2013


@dataclass(frozen=True)
class Params(AtJunctions):
    """How wide the kernel is, how many crashes make a cluster, how often chance is drawn."""

    bandwidth_m: float = number(100, label="Half width of the kernel", unit="m", low=50, high=500)
    urban_bandwidth_m: float = number(
        50, label="Half width of the kernel in built-up areas", unit="m", low=25, high=500
    )
    least: float = number(3, label="Fewest crashes of a cluster", low=2, high=100)
    draws: float = number(200, label="Draws of chance", low=50, high=10000)


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return the clusters with their strength, link by link."""
    if roads is None or roads.topology is None:
        return []
    found = roads.of(data).ruled(data, params.rules())
    links = roads.topology.links
    setting = roads.topology.network.stretches["area_type"].to_numpy()[links.stretch]
    order = np.lexsort((found.ids, found.along_m, found.link))
    order = order[found.link[order] != NOWHERE]
    sites: list[Site] = []
    for rows in np.split(order, np.flatnonzero(np.diff(found.link[order])) + 1):
        if rows.size < params.least:
            continue
        link = int(found.link[rows[0]])
        urban = setting[link] == "urban"
        wide = params.urban_bandwidth_m if urban else params.bandwidth_m
        at_m, long = found.along_m[rows], float(links.length_m[link])
        for start, end, strength in clusters(at_m, long, wide, int(params.draws)):
            inside = rows[(at_m >= start) & (at_m <= end)]
            if inside.size >= params.least:
                site = along.on_link(roads.topology, link, start, end, np.sort(found.ids[inside]))
                sites.append(replace(site, strength=strength))
    return sites


def clusters(
    at_m: Floats, length_m: float, bandwidth_m: float, draws: int
) -> Iterator[tuple[float, float, float]]:
    """Give beginning, end and strength of each cluster on a link of so many metres.

    `at_m` (n,) says where its crashes are.
    """
    places = np.arange(STEP_M / 2, max(length_m, STEP_M), STEP_M)
    density = _density(np.bincount(_cells(at_m, places.size), minlength=places.size), bandwidth_m)
    limit = _limit(at_m.size, places.size, bandwidth_m, draws)
    above = np.concatenate([[False], density > limit, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1])
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        part = density[first:last]
        strength = float((part - limit).sum() / part.sum())
        yield first * float(STEP_M), min(last * float(STEP_M), length_m), strength


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
    """Return the density that chance stays below at 95 of 100 points of such a link."""
    chance = np.random.default_rng([SEED, crashes, cells])
    counts = chance.multinomial(crashes, np.full(cells, 1 / cells), size=draws)
    return float(np.quantile(_density(counts, bandwidth_m), LEVEL))


PLACE = Place(
    name="kde_plus",
    title="Clusters along roads, stronger than chance (KDE+)",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("roads",),
)
