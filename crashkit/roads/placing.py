"""One crash, one place: each crash is at a junction, or on the link between, or has no place.

A crash lies at the nearest junction that reaches it. What is written of it leads over distance: one
that is coded as at a junction is looked for at twice the radius; one that is coded as not at a
junction is on its link, even inside the radius. A crash that may lie on two roads is at their
junction or nowhere: it is not put on a link by chance.

Source: reference methods, section 2.3 (never count a crash at both).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from crashkit import geo
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.roads import junctions, linear, snapping
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
    `ids` are those of the crashes.
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
        order = np.argsort(self.ids, kind="stable")
        at = np.searchsorted(self.ids[order], data.crash_ids).clip(max=max(len(self) - 1, 0))
        if len(data) and not (len(self) and (self.ids[order[at]] == data.crash_ids).all()):
            raise ValueError("There are crashes that were not placed.")
        return self.keep(order[at])

    def ruled(self, data: CrashData, rules: Rules) -> Placed:
        """Place the crashes by other rules; `data` are those crashes in their order."""
        if rules == self.rules:
            return self
        return place(
            data, self.junctions, topology=self.topology, snapped=self.snapped, rules=rules
        )


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
    junction, distance, coded = _at_junctions(data, at, lon, lat, rules)
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
        "away": np.isfinite(distance),
        "coded_alone": coded,
    }
    reason = np.select(list(cases.values()), [_CODE[name] for name in cases], _CODE["between"])
    here = np.isin(reason, [_CODE["coded"], _CODE["within"]])
    on = np.isin(reason, [_CODE[name] for name in ("away", "coded_alone", "between")])
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


def _at_junctions(
    data: CrashData, at: Junctions, lon: Floats, lat: Floats, rules: Rules
) -> tuple[Ints, Floats, Flags]:
    """Return the nearest junction that reaches each crash, how far it is, and who is coded at one.

    The distance is told too where a crash is kept away from the junction by its code.
    """
    coded, away = _coded(data, AT), _coded(data, AWAY)
    if not rules.apart:
        return np.full(lon.size, NOWHERE, np.int64), np.full(lon.size, np.nan), coded
    radius = at.radius_m(rules.radii)
    nearest, distance = _nearest(at, radius, lon, lat)
    far, far_m = _nearest(at, radius * rules.coded_reach, lon[coded], lat[coded])
    nearest[coded], distance[coded] = far, far_m
    if rules.trust_away:
        nearest[away] = NOWHERE
    return nearest, distance, coded


def _coded(data: CrashData, codes: tuple[str, ...]) -> Flags:
    if "junction" not in data.table("crash"):
        return np.zeros(len(data), bool)
    levels = data.table("crash").levels("junction")
    return levels.look_up([value in codes for value in levels.values], missing=False)


def _nearest(at: Junctions, reach_m: Floats, lon: Floats, lat: Floats) -> tuple[Ints, Floats]:
    """Return the nearest of the junctions that reach a place, and how far it is, in metres."""
    nearest, distance = np.full(lon.size, NOWHERE, np.int64), np.full(lon.size, np.nan)
    known = np.flatnonzero(np.isfinite(lon))
    places = geo.geocentric(lon[known], lat[known])
    for reach in np.unique(reach_m).tolist():
        chosen = np.flatnonzero(reach_m == reach)
        tree = cKDTree(geo.geocentric(at.lon[chosen], at.lat[chosen]))
        apart, which = tree.query(places, distance_upper_bound=np.nextafter(reach, np.inf))
        better = np.isfinite(apart) & ~(apart >= distance[known])
        nearest[known[better]] = chosen[which[better]]
        distance[known[better]] = apart[better]
    return nearest, distance
