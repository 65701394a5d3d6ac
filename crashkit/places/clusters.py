"""Clusters of crashes that lie close together, found by density: a picture, not a list of sites.

A crash with enough others within reach is the core of a cluster; cores within reach of each other
are one cluster, and what is in reach of a core belongs to it. Along a busy road clusters grow into
chains, so one that is longer than a limit is left out: it is a road, not a place. Clusters know no
roads and no traffic; on sparse roads they are blobs beside it.

Source: Ester, Kriegel, Sander and Xu 1996; reference methods, section 2.5 (DBSCAN).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, kernels
from crashkit.method import Place, number
from crashkit.model import CrashData, Site
from crashkit.roads.placing import Placed

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Params:
    """How near crashes lie together, how many make a cluster, and how long it may be."""

    reach_m: float = number(100, label="Reach of a crash", unit="m", low=10, high=5000)
    least: float = number(5, label="Fewest crashes within reach, itself included", low=2, high=1000)
    longest_m: float = number(
        1000, label="Longest cluster; what is longer is left out", unit="m", low=50, high=100000
    )


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return the clusters, from west to east."""
    found = geo.located(data)
    sites = []
    for rows in _clusters(found, params):
        lon, lat = float(found.lon[rows].mean()), float(found.lat[rows].mean())
        away = geo.distances_m(
            found.lon[rows], found.lat[rows], np.full(rows.size, lon), np.full(rows.size, lat)
        )
        if 2 * away.max() <= params.longest_m:
            ids = tuple(found.ids[rows].astype(object).tolist())
            radius = max(float(away.max()), params.reach_m)
            sites.append(Site(f"{lat:.6f},{lon:.6f}", "", lon, lat, ids, radius_m=radius))
    return sorted(sites, key=lambda site: (site.lon, site.lat))


def _clusters(found: geo.Points, params: Params) -> list[Ints]:
    """Return the rows of each cluster, zone by zone of flat maps.

    A cluster on the border of two zones would be two: where all fits into one zone, there is none.
    """
    clusters: list[Ints] = []
    for rows, middle in geo.by_zone(found.lon):
        places = geo.flat(found.lon[rows], found.lat[rows], middle)
        labels = kernels.dbscan(places, params.reach_m, int(params.least))
        order = np.argsort(labels, kind="stable")
        cuts = np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 2))
        clusters += [rows[order[a:b]] for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    return clusters


PLACE = Place(
    name="clusters",
    title="Clusters of crashes close together",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("coordinates",),
)
