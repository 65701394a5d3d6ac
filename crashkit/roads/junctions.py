"""Junctions: found where three arms or more meet, or given as points with names and kinds.

The nodes of one junction lie near each other: two where a divided road is crossed, one for each arm
of a roundabout. Nodes are merged, the nearest first, as long as the middles of what they make lie
within a distance of each other; so a row of junctions along a street never becomes one.

Source: reference methods, section 2.3 (junctions are screened apart, radius 50 m or 100 m).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from crashkit import geo
from crashkit.roads import columns, linear
from crashkit.roads.topology import NOWHERE, Topology

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]

MERGE_M = 30.0
"""Nodes whose middles are no farther apart are one junction: a divided road, a small roundabout."""
RING_M = 400.0
"""A closed line no longer than this, with three arms or more, is a roundabout."""
GIVEN_M = 30.0
"""Nodes no farther than this from a point that was given belong to its junction."""
LOOP_M = 90.0
"""Links no longer than this that lead back into the junction are part of it, not arms."""
ARM_M = 20.0
"""The direction of an arm is that of its first metres."""
ABREAST_DEG, CARRIAGEWAYS_DEG, TOGETHER_DEG = 20.0, 40.0, 0.5
"""Arms that leave in the same direction are one: from different nodes of a junction, as parts of
one road, or on one line."""
LEAST_ARMS = 3
NAMES = 3
"""So many roads name a junction that has no name."""


@dataclass(frozen=True)
class Radii:
    """How far a junction reaches, in metres, in and outside built-up areas.

    Where the setting is not known the smaller one counts: what is farther is not claimed.
    """

    urban_m: float = 50.0
    rural_m: float = 100.0


USUAL = Radii()


@dataclass(frozen=True, eq=False)
class Junctions:
    """n junctions, from west to east.

    `name` is that of the source, or those of the roads that meet; `source` is what the source calls
    it, "" where it was found; `kind` is a code of the list
    junction, "" where it is not known; `arms` is 0 where no roads are known. `setting` is "urban",
    "rural" or "". `of_node` is the junction of each node of the topology, or NOWHERE.
    """

    lon: Floats
    lat: Floats
    name: Words
    source: Words
    kind: Words
    arms: Ints
    setting: Words
    of_node: Ints

    def __len__(self) -> int:
        return self.lon.size

    def radius_m(self, radii: Radii = USUAL) -> Floats:
        """Return how far each junction reaches."""
        unknown = min(radii.urban_m, radii.rural_m)
        cases = [self.setting == "urban", self.setting == "rural"]
        found: Floats = np.select(cases, [radii.urban_m, radii.rural_m], unknown)
        return found


def derived(topology: Topology, merge_m: float = MERGE_M) -> Junctions:
    """Find the junctions of a network: nodes of three arms or more, near ones merged."""
    nodes = topology.nodes
    arms = _Arms.of(topology)
    alone = arms.count(np.arange(len(nodes)), len(nodes))
    places = np.flatnonzero(alone >= LEAST_ARMS)
    rings, ring = _rings(topology)
    tie = np.full(len(nodes), NOWHERE, np.int64)
    tie[rings] = ring
    group = _merged(nodes.lon[places], nodes.lat[places], merge_m, tie[places])
    of_node = np.full(len(nodes), NOWHERE, np.int64)
    of_node[places] = group
    _between(topology, of_node)
    count = int(group.max(initial=NOWHERE)) + 1
    meet = arms.count(of_node, count)
    round_ = np.zeros(count, bool)
    round_[of_node[rings[of_node[rings] != NOWHERE]]] = True
    lon, lat = (_means(axis[places], group, count) for axis in (nodes.lon, nodes.lat))
    return _ordered(
        Junctions(
            lon,
            lat,
            arms.names(of_node, count),
            np.full(count, "", dtype=object),
            np.where(round_, "roundabout", "").astype(object),
            meet,
            arms.settings(of_node, count),
            of_node,
        ),
        meet >= LEAST_ARMS,
    )


def _ordered(made: Junctions, kept: Flags) -> Junctions:
    """Keep some, from west to east."""
    order = np.flatnonzero(kept)
    order = order[np.lexsort((made.source[order].astype(str), made.lat[order], made.lon[order]))]
    place = np.full(len(made) + 1, NOWHERE, np.int64)
    place[order] = np.arange(order.size)
    return Junctions(
        made.lon[order],
        made.lat[order],
        made.name[order],
        made.source[order],
        made.kind[order],
        made.arms[order],
        made.setting[order],
        place[made.of_node],
    )


# ------------------------------------------------------------------- merging


def _merged(lon: Floats, lat: Floats, merge_m: float, tie: Ints) -> Ints:
    """Number the groups of places; those with one `tie` other than NOWHERE are one from the start.

    Of all groups the two that are nearest to each other become one, until none are near enough.
    """
    places = geo.geocentric(lon, lat)
    group: Ints = np.unique(
        np.where(tie == NOWHERE, -2 - np.arange(tie.size), tie), return_inverse=True
    )[1]
    group = _by_first(group.ravel())
    while True:
        count = int(group.max(initial=NOWHERE)) + 1
        middles = np.column_stack([_means(axis, group, count) for axis in places.T])
        joined = _nearest_pairs(middles, merge_m)
        if not len(joined):
            return group
        into = np.arange(count)
        into[joined[:, 1]] = joined[:, 0]
        group = _by_first(into[group])


def _nearest_pairs(middles: Floats, merge_m: float) -> Ints:
    """Return the pairs, each the nearest of the other and no farther apart; the lower first."""
    if len(middles) < 2:
        return np.empty((0, 2), np.int64)
    pairs = cKDTree(middles).query_pairs(merge_m, output_type="ndarray").astype(np.int64)
    apart = np.linalg.norm(middles[pairs[:, 0]] - middles[pairs[:, 1]], axis=1)
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    # Of equally near ones the first: so there always is a pair, and always the same.
    order = np.lexsort((other, np.tile(apart, 2), one))
    one, other = one[order], other[order]
    first = np.append(True, one[1:] != one[:-1])[: one.size]
    nearest = np.full(len(middles), NOWHERE, np.int64)
    nearest[one[first]] = other[first]
    here = np.flatnonzero(nearest > np.arange(nearest.size))
    here = here[nearest[nearest[here]] == here]
    return np.column_stack([here, nearest[here]])


def _by_first(group: Ints) -> Ints:
    """Number groups by their first member."""
    _, first, of = np.unique(group, return_index=True, return_inverse=True)
    rank = np.empty(first.size, np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    return rank[of.ravel()]


def _means(values: Floats, group: Ints, count: int) -> Floats:
    found: Floats = np.bincount(group, values, minlength=count) / np.bincount(
        group, minlength=count
    )
    return found


def _rings(topology: Topology) -> tuple[Ints, Ints]:
    """Return the nodes of small closed stretches, each with a number of its ring.

    Rings that touch are one.
    """
    links = topology.links
    first = np.flatnonzero(np.diff(links.stretch, prepend=NOWHERE) != 0)
    last = np.append(first[1:], len(links))[: first.size] - 1
    length = np.add.reduceat(links.length_m, first) if first.size else np.empty(0)
    closed = (links.from_node[first] == links.to_node[last]) & (last - first + 1 >= LEAST_ARMS)
    closed &= (links.from_node[first] != NOWHERE) & (length <= RING_M)
    inside = np.repeat(closed, last - first + 1)
    begins, ends = links.from_node[inside], links.to_node[inside]
    n = len(topology.nodes)
    _, ring = connected_components(coo_array((np.ones(begins.size), (begins, ends)), shape=(n, n)))
    nodes = np.unique(np.concatenate([begins, ends]))
    return nodes, ring[nodes].astype(np.int64)


def _between(topology: Topology, of_node: Ints) -> None:
    """Give nodes that lie between nodes of one junction, by short ways, to it. In place."""
    links = topology.links
    there = links.from_node != NOWHERE
    one, other = links.from_node[there], links.to_node[there]
    node, next_to = np.concatenate([one, other]), of_node[np.concatenate([other, one])]
    next_to[np.tile(links.length_m[there] > LOOP_M, 2)] = NOWHERE
    low, high = np.full(of_node.size, of_node.size), np.full(of_node.size, NOWHERE)
    np.minimum.at(low, node, next_to)
    np.maximum.at(high, node, next_to)
    inside = (of_node == NOWHERE) & (low == high) & (topology.nodes.degree > 1)
    of_node[inside] = high[inside]


# ----------------------------------------------------------------------- arms


@dataclass(frozen=True, eq=False)
class _Arms:
    """Both ends of all links: their node, where the link leads, its stretch, length, direction.

    `road` is a number, the same on all stretches of one road, NOWHERE where it has no name.
    """

    topology: Topology
    node: Ints
    leads_to: Ints
    stretch: Ints
    road: Ints
    length_m: Floats
    direction: Floats

    @classmethod
    def of(cls, topology: Topology) -> _Arms:
        links, lines = topology.links, topology.network.lines
        there = np.flatnonzero(links.from_node != NOWHERE)
        stretch = links.stretch[there]
        names, of = np.unique(
            topology.network.stretches["road_key"].to_numpy().astype(str), return_inverse=True
        )
        road = np.where((names == "")[of], NOWHERE, of)[stretch]
        begins, ends, length = links.from_share[there], links.to_share[there], links.length_m[there]
        step = (ends - begins) * np.minimum(ARM_M / np.maximum(length, 1e-9), 1.0)
        shares = np.concatenate([begins, ends, begins + step, ends - step])
        lon, lat = linear.along(lines, np.tile(stretch, 4), shares)
        metres = geo.degrees_m(lat[: 2 * there.size])
        east = (lon[2 * there.size :] - lon[: 2 * there.size]) * metres[:, 0]
        north = (lat[2 * there.size :] - lat[: 2 * there.size]) * metres[:, 1]
        return cls(
            topology,
            np.concatenate([links.from_node[there], links.to_node[there]]),
            np.concatenate([links.to_node[there], links.from_node[there]]),
            np.tile(stretch, 2),
            np.tile(road, 2),
            np.tile(length, 2),
            np.degrees(np.arctan2(east, north)) % 360,
        )

    def _out(self, of_node: Ints) -> tuple[Ints, Ints]:
        """Return the arms that lead out of a junction, by junction and direction, and which.

        Arms on one line have the order of their roads, so that no other order matters.
        """
        junction = of_node[self.node]
        inside = (junction == of_node[self.leads_to]) & (self.length_m <= LOOP_M)
        out = np.flatnonzero((junction != NOWHERE) & ~inside)
        direction = np.round(self.direction[out] / TOGETHER_DEG)
        order = np.lexsort((self.node[out], self.road[out], direction, junction[out]))
        return out[order], junction[out[order]]

    def count(self, of_node: Ints, count: int) -> Ints:
        """Count the arms of each junction, those that run together as one."""
        out, junction = self._out(of_node)
        new = np.append(True, junction[1:] != junction[:-1])[: out.size]
        first = np.flatnonzero(new)
        after = np.arange(1, out.size + 1)
        after[np.append(first[1:], out.size)[: first.size] - 1] = first
        # Arms on one line may stand a hair against their order.
        turn = self.direction[out[after]] - self.direction[out]
        turn = (turn + TOGETHER_DEG) % 360 - TOGETHER_DEG
        road = self.road[out]
        one_road = (road == road[after]) & (road != NOWHERE)
        apart = self.node[out] != self.node[out[after]]
        same = (turn <= TOGETHER_DEG) | (one_road & (turn <= CARRIAGEWAYS_DEG))
        same |= apart & (turn <= ABREAST_DEG)
        same &= after != np.arange(out.size)
        found = np.bincount(junction, minlength=count)
        less = np.bincount(junction[same], minlength=count)
        arms: Ints = np.maximum(found - less, np.minimum(found, 1)).astype(np.int64)
        return arms

    def settings(self, of_node: Ints, count: int) -> Words:
        """Return the setting that most arms of each junction have; of as many, urban."""
        out, junction = self._out(of_node)
        setting = self.topology.network.stretches["area_type"].to_numpy()[self.stretch[out]]
        urban, rural = (
            np.bincount(junction[setting == word], minlength=count) for word in ("urban", "rural")
        )
        cases = [(urban >= rural) & (urban > 0), rural > 0]
        return np.select(cases, ["urban", "rural"], "").astype(object)

    def names(self, of_node: Ints, count: int) -> Words:
        """Name each junction by the roads that meet, in the order of the alphabet."""
        out, junction = self._out(of_node)
        stretches = self.topology.network.stretches
        number, name = stretches["road_number"], stretches["road_name"]
        called = number.where(number != "", name)[self.stretch[out]].to_numpy()
        words, of = np.unique(called.astype(str), return_inverse=True)
        pairs = np.unique(np.column_stack([junction, of.ravel()]), axis=0)
        pairs = pairs[words[pairs[:, 1]] != ""] if pairs.size else pairs
        found: list[list[str]] = [[] for _ in range(count)]
        for place, word in pairs.tolist():
            found[place].append(str(words[word]))
        return np.array([" / ".join(roads[:NAMES]) for roads in found] or [""], dtype=object)[
            :count
        ]


# ---------------------------------------------------------------------- given


@dataclass(frozen=True, eq=False)
class Points:
    """Junctions as a layer tells them. `left_out` counts what is no junction, by reason.

    Reasons: "no_point", "not_a_junction".
    """

    lon: Floats
    lat: Floats
    name: Words
    source: Words
    kind: Words
    setting: Words
    left_out: Mapping[str, int]


@cache
def known() -> dict[str, Any]:
    """Return what is known of the names and words of layers of junctions: `junctions.toml`."""
    text = resources.files("crashkit.roads").joinpath("junctions.toml").read_text("utf-8")
    return tomllib.loads(text)


def read(layer: Mapping[str, Any]) -> Points:
    """Read the points of a layer, as GeoJSON, by the names of its columns."""
    features = layer.get("features", [])
    column = {name: _column(features, words) for name, words in known()["columns"].items()}
    kinds = {word: code for code, words in known()["kinds"].items() for word in words}
    settings = {word: code for code, words in columns.known()["settings"].items() for word in words}
    rows, no_point, other = [], 0, 0
    for feature in features:
        shape, facts = feature.get("geometry") or {}, feature.get("properties") or {}
        told = {name: str(facts.get(of) or "") for name, of in column.items()}
        kind = columns.said(told["kind"])
        if shape.get("type") != "Point":
            no_point += 1
        elif kind in known()["not_junctions"]["said"]:
            other += 1
        else:
            lon, lat = shape["coordinates"][:2]
            setting = settings.get(columns.said(told["area_type"]), "")
            called = told["name"], told["source"]
            rows.append((float(lon), float(lat), *called, kinds.get(kind, ""), setting))
    table = np.array(rows, dtype=object).reshape(-1, 6)
    left_out = {"no_point": no_point, "not_a_junction": other}
    return Points(
        table[:, 0].astype(float),
        table[:, 1].astype(float),
        table[:, 2],
        table[:, 3],
        table[:, 4],
        table[:, 5],
        {reason: n for reason, n in left_out.items() if n},
    )


def _column(features: Any, words: list[str]) -> str:
    """Return the first column, by our order of words, that any feature has."""
    names = {columns.plain(name): name for one in features for name in one.get("properties") or {}}
    return next((names[word] for word in words if word in names), "")


def given(points: Points, topology: Topology | None = None, merge_m: float = 0.0) -> Junctions:
    """Take points as junctions, near ones merged only if told; arms come from the topology.

    A merged junction has the first name, and a kind where one of its points has; roundabouts lead.
    """
    order = np.lexsort((points.source.astype(str), points.lat, points.lon))
    lon, lat = points.lon[order], points.lat[order]
    group = _merged(lon, lat, merge_m, np.full(lon.size, NOWHERE))
    count = int(group.max(initial=NOWHERE)) + 1
    middle = _means(lon, group, count), _means(lat, group, count)
    name, source, setting = (
        _first(words[order], group, count) for words in (points.name, points.source, points.setting)
    )
    round_first = np.lexsort((points.kind[order] != "roundabout", group))
    kind = _first(points.kind[order][round_first], group[round_first], count)
    of_node = np.empty(0, np.int64)
    arms = np.zeros(count, np.int64)
    if topology is not None:
        of_node = _nearest_point(topology, *middle)
        ends = _Arms.of(topology)
        arms = ends.count(of_node, count)
        name = np.where(name == "", ends.names(of_node, count), name)
        setting = np.where(setting == "", ends.settings(of_node, count), setting)
    return _ordered(
        Junctions(*middle, name, source, kind, arms, setting, of_node), np.ones(count, bool)
    )


def _first(words: Words, group: Ints, count: int) -> Words:
    """Return for each group its first word that is not empty, or an empty one."""
    found = np.full(count, "", dtype=object)
    told = np.flatnonzero(words != "")[::-1]
    found[group[told]] = words[told]
    return found


def _nearest_point(topology: Topology, lon: Floats, lat: Floats) -> Ints:
    nodes = topology.nodes
    found = np.full(len(nodes), NOWHERE, np.int64)
    if not lon.size or not len(nodes):
        return found
    apart, nearest = cKDTree(geo.geocentric(lon, lat)).query(geo.geocentric(nodes.lon, nodes.lat))
    near = apart <= GIVEN_M
    found[near] = nearest[near]
    return found
