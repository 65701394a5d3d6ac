"""Segments: links that continue each other as one road, of one class and one setting.

A segment ends where its road, its class or its setting changes, where its km posts jump, and at
junctions, unless it is to go across them. The carriageways of a divided road are segments of their
own where they are stretches of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crashkit.roads import linear
from crashkit.roads.junctions import Junctions
from crashkit.roads.linear import POST_M
from crashkit.roads.topology import NOWHERE, Topology

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]

ONE_ROAD = ("road_key", "road_class", "area_type", "direction")
"""What does not change along a segment."""
KNOWN = 0.5
"""The traffic of a segment is told where it is known on this part of its length."""


@dataclass(frozen=True, eq=False)
class Segments:
    """n segments, by road and post, then from west to east.

    `of_link` is the segment of each link. `facts` has the columns of ONE_ROAD, `from_m` and `to_m`
    (km posts in metres, NaN where there are none), `length_m` (true metres), `aadt` (the mean along
    the segment, NaN where it is not known), `lon` and `lat` (the middle of the longest link).
    """

    of_link: Ints
    facts: pd.DataFrame

    def __len__(self) -> int:
        return len(self.facts)


def segments(topology: Topology, junctions: Junctions, *, across: bool = False) -> Segments:
    """Join the links of a network to segments; those that go `across` junctions, if told."""
    stretches = topology.network.stretches
    links = topology.links
    posts = _posts(topology)
    one, other = _continued(topology, junctions, posts, across=across)
    n = len(links)
    ties = coo_array((np.ones(one.size, np.int8), (one, other)), shape=(n, n))
    count, of = connected_components(ties, directed=False)
    lon, lat = linear.along(
        topology.network.lines, links.stretch, (links.from_share + links.to_share) / 2
    )
    parts = pd.DataFrame({"of": of, "length_m": links.length_m, "lon": lon, "lat": lat})
    for name in ONE_ROAD:
        parts[name] = stretches[name].to_numpy()[links.stretch]
    parts["from_m"], parts["to_m"] = posts
    aadt = stretches["aadt"].to_numpy(dtype=float)[links.stretch]
    parts["counted_m"] = np.where(np.isfinite(aadt), links.length_m, 0.0)
    parts["vehicle_m"] = np.nan_to_num(aadt) * links.length_m
    # The first of each is the longest link: the order of links must not matter.
    parts = parts.sort_values(["of", "length_m", "lon", "lat"], ascending=[True, False, True, True])
    sums = {name: "sum" for name in ("length_m", "counted_m", "vehicle_m")}
    firsts = {name: "first" for name in (*ONE_ROAD, "lon", "lat")}
    facts = parts.groupby("of").agg(sums | firsts | {"from_m": "min", "to_m": "max"})
    known = facts["counted_m"] > KNOWN * facts["length_m"]
    facts["aadt"] = (facts["vehicle_m"] / facts["counted_m"].where(known)).astype(float)
    facts = facts.drop(columns=["counted_m", "vehicle_m"]).sort_values(
        ["road_key", "direction", "from_m", "lon", "lat"], kind="stable"
    )
    place = np.empty(count, np.int64)
    place[facts.index.to_numpy()] = np.arange(count)
    return Segments(place[of], facts.reset_index(drop=True))


def _posts(topology: Topology) -> tuple[Floats, Floats]:
    """Return the km posts at which each link begins and ends, NaN where there are none."""
    links, stretches = topology.links, topology.network.stretches
    low, high = (
        stretches[name].to_numpy(dtype=float)[links.stretch] for name in ("from_m", "to_m")
    )
    return low + links.from_share * (high - low), low + links.to_share * (high - low)


def _continued(
    topology: Topology, junctions: Junctions, posts: tuple[Floats, Floats], *, across: bool
) -> tuple[Ints, Ints]:
    """Return the pairs of links of which one continues the other.

    At a node exactly two ends of one road continue each other; where there are more, none does.
    """
    links, stretches = topology.links, topology.network.stretches
    node, link = np.concatenate([links.from_node, links.to_node]), np.arange(len(links))
    at = np.flatnonzero(node != NOWHERE)
    if not across and junctions.of_node.size:
        at = at[junctions.of_node[node[at]] == NOWHERE]
    node, link, post = node[at], np.tile(link, 2)[at], np.concatenate(posts)[at]
    stretch = links.stretch[link]
    road = stretches.groupby(list(ONE_ROAD), sort=False).ngroup().to_numpy()[stretch]
    # A road without a name goes on where nothing else meets it, or as the stretch it is.
    nameless = (stretches["road_key"] == "").to_numpy()[stretch]
    road = np.where(nameless & (topology.nodes.degree[node] != 2), -1 - stretch, road)
    order = np.lexsort((link, post, road, node))
    node, road, link, post = node[order], road[order], link[order], post[order]
    new = np.ones(order.size, bool)
    new[1:] = (np.diff(node) != 0) | (np.diff(road) != 0)
    first = np.flatnonzero(new)
    first = first[np.diff(np.append(first, order.size)) == 2]
    apart = np.abs(post[first + 1] - post[first])
    goes_on = (apart <= POST_M) | (np.isnan(post[first]) & np.isnan(post[first + 1]))
    return link[first[goes_on]], link[first[goes_on] + 1]
