"""One crash, one place: each crash is at a junction, or on the link between, or has no place.

A crash lies at the nearest junction that reaches it. What is written of it leads over distance: one
that is coded as at a junction is looked for at twice the radius; one that is coded as not at a
junction is on its link, even inside the radius. One on the road that it names is not at the
junction under its bridge, where its road does not meet. One that may lie on two roads is at their
junction or nowhere: it is not put on a link by chance.

Source: reference methods, section 2.3 (never count a crash at both).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from crashkit import geo
from crashkit.errors import Message, NotFound
from crashkit.model import CrashData
from crashkit.roads import corridors, junctions, linear, snapping
from crashkit.roads.corridors import Corridor
from crashkit.roads.junctions import Junctions, Radii
from crashkit.roads.snapping import Snapped
from crashkit.roads.topology import NOWHERE, Topology

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

AT = ("signal", "priority", "equal", "roundabout")
"""Codes of the field junction that say it happened at a junction."""
AWAY = ("none",)
"""Codes that say it did not. The others tell of an access, a bridge, a bus stop: of neither."""

REASONS = {
    "coded": Message("It is coded as at a junction, and this one is near."),
    "within": Message("It lies within the radius of the junction."),
    "away": Message("It is coded as not at a junction, though one is near."),
    "other_road": Message("A junction is near, but its road does not meet there."),
    "between": Message("No junction reaches it."),
    "coded_alone": Message("It is coded as at a junction, but none is near."),
    "ambiguous": Message("Two roads are as likely, and it is not at their junction."),
    "contradicts": Message("What it tells of its place contradicts itself."),
    "not_joined": Message("Its road does not stand in the version that was joined."),
    "no_road": Message("No junction reaches it, and no road is near or known."),
    "no_place": Message("It has neither a point nor a road with a km post."),
}
"""Why a crash is where it is; the codes are kept, the sentences are for people."""
_CODES = tuple(REASONS)
_CODE = {name: code for code, name in enumerate(_CODES)}
ON_LINK = ("away", "other_road", "between", "coded_alone")
"""Reasons of crashes on links."""

NAMED = ("named", "named_off", "post", "post_differs")
"""Reasons of snapping by which the road of a crash is certain."""
CANDIDATES = 4
"""So many junctions near a crash are looked at: more hardly ever reach one place."""


@dataclass(frozen=True)
class Rules:
    """How crashes are shared between junctions and links.

    `coded_reach`: a crash coded as at a junction belongs to one within so many times its radius.
    `trust_away`: a crash coded as not at a junction is on its link even where one reaches it. Where
    not `apart`, junctions are no places: crashes are on links only.
    """

    radii: Radii = junctions.USUAL
    coded_reach: float = 2.0
    trust_away: bool = True
    apart: bool = True


USUAL = Rules()


@dataclass(frozen=True, eq=False)
class Placed:
    """Where each crash is, in the order of the data: a junction or a link or neither, never both.

    `junction` and `link` are NOWHERE where it is not; `along_m` is the way from the beginning of
    the link, `distance_m` how far the junction is, NaN without one; `reason` is a place in REASONS.
    `ids` are those of the crashes. `corridors` are those of the network. `lined_up` keeps what was
    lined up along roads, by how it was, and of which data.
    """

    junctions: Junctions
    topology: Topology | None
    snapped: Snapped | None
    rules: Rules
    ids: Ints
    junction: Ints
    link: Ints
    along_m: Floats
    distance_m: Floats
    reason: Ints
    corridors: tuple[Corridor, ...] = ()
    lined_up: dict[Any, tuple[Callable[[], CrashData | None], Any]] = field(
        init=False, repr=False, default_factory=dict
    )

    def __len__(self) -> int:
        return self.ids.size

    def why(self, crash: int) -> Message:
        """Say why a crash is where it is."""
        return REASONS[_CODES[int(self.reason[crash])]]

    def counts(self) -> dict[str, int]:
        """Count the crashes at junctions, on links and without a place: together all crashes."""
        at, on = int((self.junction != NOWHERE).sum()), int((self.link != NOWHERE).sum())
        return {"junction": at, "link": on, "none": len(self) - at - on}

    def reasons(self) -> dict[str, int]:
        """Count the crashes of each reason that occurs."""
        found = np.bincount(self.reason, minlength=len(_CODES)).tolist()
        return {name: n for name, n in zip(_CODES, found, strict=True) if n}

    def keep(self, rows: Ints) -> Placed:
        """Cut, or put in another order."""
        names = ("ids", "junction", "link", "along_m", "distance_m", "reason")
        cut = {name: getattr(self, name)[rows] for name in names}
        snapped = self.snapped.keep(rows) if self.snapped else None
        return replace(self, snapped=snapped, **cut)

    def of(self, data: CrashData) -> Placed:
        """Return the places of the crashes of data cut from those that were placed, in their order.

        Raises ValueError for a crash that was not placed.
        """
        if np.array_equal(self.ids, data.crash_ids):
            return self
        order = np.argsort(self.ids, kind="stable")
        at = np.searchsorted(self.ids[order], data.crash_ids).clip(max=max(len(self) - 1, 0))
        if len(data) and not (len(self) and (self.ids[order[at]] == data.crash_ids).all()):
            raise ValueError("There are crashes that were not placed.")
        return self.keep(order[at])

    def ruled(self, data: CrashData, rules: Rules) -> Placed:
        """Place the crashes by other rules; `data` are those crashes in their order."""
        if rules == self.rules:
            return self
        found = place(
            data, self.junctions, topology=self.topology, snapped=self.snapped, rules=rules
        )
        return replace(found, corridors=self.corridors)


def on_corridor(placed: Placed | None, data: CrashData, name: str) -> CrashData:
    """Cut to the crashes that lie on a named corridor, good or fair.

    Raises NotFound where there is no network, or no such corridor on it.
    """
    told = () if placed is None else placed.corridors
    corridor = next((one for one in told if one.name == name), None)
    snapped = None if placed is None else placed.of(data).snapped
    if corridor is None or snapped is None:
        raise NotFound(
            "There is no corridor “{name}”; there are: {known}.",
            name=name[:100],
            known=", ".join(one.name for one in told) or "–",
        )
    on = corridors.inside(snapped, corridor) & (snapped.grade <= snapping.FAIR)
    return data.keep(on)


def place(
    data: CrashData,
    at: Junctions,
    *,
    topology: Topology | None = None,
    snapped: Snapped | None = None,
    rules: Rules = USUAL,
) -> Placed:
    """Give each crash its one place: a junction, a link of the topology, or none and why.

    `snapped` is how the crashes lie on the network of the topology; without both, only junctions
    are places. Raises ValueError where they do not belong together.
    """
    lon, lat = _points(data, snapped)
    meeting = _Meeting.of(len(data), at, topology, snapped)
    junction, distance, coded = _at_junctions(data, at, (lon, lat), meeting, rules)
    link, along = _on_links(len(data), topology, snapped)
    doubtful, lost, torn = _doubts(len(data), snapped)
    there = (junction != NOWHERE) & ~torn
    # The first that holds is the reason.
    cases = {
        "no_place": ~np.isfinite(lon) & lost,
        "contradicts": torn,
        "coded": there & coded,
        "within": there,
        "ambiguous": doubtful,
        "no_road": lost,
        "not_joined": link == NOWHERE,
        "away": np.isfinite(distance) & _coded(data, AWAY),
        "other_road": np.isfinite(distance),
        "coded_alone": coded,
    }
    reason = np.select(list(cases.values()), [_CODE[name] for name in cases], _CODE["between"])
    here = np.isin(reason, [_CODE["coded"], _CODE["within"]])
    on = np.isin(reason, [_CODE[name] for name in ON_LINK])
    return Placed(
        junctions=at,
        topology=topology,
        snapped=snapped,
        rules=rules,
        ids=data.crash_ids,
        junction=np.where(here, junction, NOWHERE),
        link=np.where(on, link, NOWHERE),
        along_m=np.where(on, along, np.nan),
        distance_m=np.where(here, distance, np.nan),
        reason=reason.astype(np.int64),
    )


def _on_links(n: int, topology: Topology | None, snapped: Snapped | None) -> tuple[Ints, Floats]:
    """Return the link of each of n crashes, and how far along it is."""
    if topology is None and snapped is None:
        return np.full(n, NOWHERE, np.int64), np.full(n, np.nan)
    if topology is None or snapped is None:
        raise ValueError("Links need both a topology and crashes put on roads.")
    if len(topology.network) != len(snapped.network) or snapped.stretch.size != n:
        raise ValueError("The topology, the snapped crashes and the data are not of one kind.")
    link = topology.links.at(snapped.stretch, snapped.share)
    along = np.full(n, np.nan)
    on = np.flatnonzero(link != NOWHERE)
    begins, of = topology.links.from_share[link[on]], topology.links.stretch[link[on]]
    length = topology.network.stretches["length_m"].to_numpy(dtype=float)[of]
    along[on] = (snapped.share[on] - begins) * length
    return link, along


def _doubts(n: int, snapped: Snapped | None) -> tuple[Flags, Flags, Flags]:
    """Mark crashes on one of several roads, on none, and those whose road or post is in doubt."""
    if snapped is None:
        return np.zeros(n, bool), np.ones(n, bool), np.zeros(n, bool)
    doubtful = snapped.grade == snapping.AMBIGUOUS
    torn = doubtful & (snapped.reason != snapping.code("rivals"))
    return doubtful, snapped.grade == snapping.UNMATCHED, torn


def _points(data: CrashData, snapped: Snapped | None) -> tuple[Floats, Floats]:
    """Return the point of each crash, or where it lies on its road; NaN where neither is known."""
    table = data.table("crash")
    lon, lat = (
        table.numbers(name).copy() if name in table else np.full(len(data), np.nan)
        for name in ("lon", "lat")
    )
    if snapped is not None:
        rows = np.flatnonzero(~np.isfinite(lon + lat) & (snapped.stretch != NOWHERE))
        lon[rows], lat[rows] = linear.along(
            snapped.network.lines, snapped.stretch[rows], snapped.share[rows]
        )
    unknown = ~np.isfinite(lon + lat)
    lon[unknown], lat[unknown] = np.nan, np.nan
    return lon, lat


@dataclass(frozen=True, eq=False)
class _Meeting:
    """Which roads meet at which junctions.

    `road` is the number of the road of each crash where it is certain, else NOWHERE; `keys` are
    junctions and roads that meet, in order, as one number; `known` marks junctions with roads.
    """

    road: Ints
    roads: int
    keys: Ints
    known: Flags

    @classmethod
    def of(
        cls, n: int, at: Junctions, topology: Topology | None, snapped: Snapped | None
    ) -> _Meeting:
        none, road = np.empty(0, np.int64), np.full(n, NOWHERE, np.int64)
        if topology is None or snapped is None or not at.of_node.size:
            return cls(road, 1, none, np.zeros(len(at), bool))
        links, keys = topology.links, topology.network.stretches["road_key"]
        # A stretch without a name is a road of its own.
        names, of = np.unique(keys.to_numpy().astype(str), return_inverse=True)
        of = np.where((names == "")[of], names.size + np.arange(of.size), of)
        certain = np.isin(snapped.reason, [snapping.code(name) for name in NAMED])
        certain &= snapped.stretch != NOWHERE
        road[certain] = of[snapped.stretch[certain]]
        node = np.concatenate([links.from_node, links.to_node])
        there = np.flatnonzero(node != NOWHERE)
        junction, meets = at.of_node[node[there]], of[np.tile(links.stretch, 2)[there]]
        roads = names.size + len(topology.network)
        found = np.unique((junction * roads + meets)[junction != NOWHERE])
        known = np.zeros(len(at), bool)
        known[found // roads] = True
        return cls(road, roads, found, known)

    def fits(self, crash: Ints, junction: Ints) -> Flags:
        """Say of each crash and junction whether the road of the crash meets there, or may."""
        road = self.road[crash]
        found: Flags = (road == NOWHERE) | ~self.known[junction]
        return found | np.isin(junction * self.roads + road, self.keys)


def _at_junctions(
    data: CrashData,
    at: Junctions,
    places: tuple[Floats, Floats],
    meeting: _Meeting,
    rules: Rules,
) -> tuple[Ints, Floats, Flags]:
    """Return the nearest junction that reaches each crash, how far it is, and who is coded at one.

    The distance is told too where a crash is kept away from the junction by its code or its road.
    """
    n, coded, away = len(data), _coded(data, AT), _coded(data, AWAY)
    nearest, distance = np.full(n, NOWHERE, np.int64), np.full(n, np.nan)
    if not rules.apart:
        return nearest, distance, coded
    radius = at.radius_m(rules.radii)
    rows = np.flatnonzero(~coded)
    nearest[rows], _, distance[rows] = _nearest(at, radius, rows, places, meeting)
    rows = np.flatnonzero(coded)
    of_road, any_, distance[rows] = _nearest(at, radius * rules.coded_reach, rows, places, meeting)
    # The code says that it is at one: where none is of its road, the line may be drawn amiss.
    nearest[rows] = np.where(of_road != NOWHERE, of_road, any_)
    if rules.trust_away:
        nearest[away] = NOWHERE
    return nearest, distance, coded


def _coded(data: CrashData, codes: tuple[str, ...]) -> Flags:
    if "junction" not in data.table("crash"):
        return np.zeros(len(data), bool)
    levels = data.table("crash").levels("junction")
    return levels.look_up([value in codes for value in levels.values], missing=False)


def _nearest(
    at: Junctions,
    reach_m: Floats,
    crash: Ints,
    places: tuple[Floats, Floats],
    meeting: _Meeting,
) -> tuple[Ints, Ints, Floats]:
    """Return the nearest of the junctions of its road that reach each of some crashes, and of any.

    The distance is that of the first where there is one, else of the second.
    """
    lon, lat = places[0][crash], places[1][crash]
    of_road, any_ = (np.full(crash.size, NOWHERE, np.int64) for _ in range(2))
    distance, any_m = (np.full(crash.size, np.inf) for _ in range(2))
    known = np.flatnonzero(np.isfinite(lon))
    spots = geo.geocentric(lon[known], lat[known])
    for reach in np.unique(reach_m).tolist():
        chosen = np.flatnonzero(reach_m == reach)
        tree = cKDTree(geo.geocentric(at.lon[chosen], at.lat[chosen]))
        apart, which = tree.query(
            spots, k=range(1, CANDIDATES + 1), distance_upper_bound=np.nextafter(reach, np.inf)
        )
        for k in range(CANDIDATES):
            near = np.flatnonzero(np.isfinite(apart[:, k]))
            rows, junction, off_m = known[near], chosen[which[near, k]], apart[near, k]
            nearer = off_m < any_m[rows]
            any_[rows[nearer]], any_m[rows[nearer]] = junction[nearer], off_m[nearer]
            better = meeting.fits(crash[rows], junction) & (off_m < distance[rows])
            of_road[rows[better]], distance[rows[better]] = junction[better], off_m[better]
    found = np.where(of_road != NOWHERE, distance, any_m)
    return of_road, any_, np.where(np.isfinite(found), found, np.nan)


def by_place(ids: Ints, place: Ints, count: int) -> list[tuple[int, ...]]:
    """Return the ids of the crashes at each of so many places, in order; NOWHERE is left out."""
    order = np.lexsort((ids, place))
    order = order[place[order] != NOWHERE]
    bounds = np.searchsorted(place[order], np.arange(count + 1)).tolist()
    told = ids[order].astype(object).tolist()
    return [tuple(told[a:b]) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
