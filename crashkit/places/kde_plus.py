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

from dataclasses import dataclass, replace

import numpy as np

from crashkit import spatial
from crashkit.method import AtJunctions, Place, number
from crashkit.model import CrashData, Site
from crashkit.roads import along
from crashkit.roads.placing import Placed
from crashkit.roads.topology import NOWHERE


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
        for start, end, strength in spatial.clusters(at_m, long, wide, int(params.draws)):
            inside = rows[(at_m >= start) & (at_m <= end)]
            if inside.size >= params.least:
                site = along.on_link(roads.topology, link, start, end, np.sort(found.ids[inside]))
                sites.append(replace(site, strength=strength))
    return sites


PLACE = Place(
    name="kde_plus",
    title="Clusters along roads, stronger than chance (KDE+)",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("roads",),
)
