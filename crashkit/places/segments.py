"""Segments of road between junctions, or of one class: each with its crashes, and with none.

A segment ends where its road, its class or its setting changes, where its km posts jump and, unless
it goes across them, at junctions. Where stretches have km posts, a segment runs from post to post,
else from 0 to its length. Crashes at junctions are left to these, or put on the segments, too.
Segments are compared with those of their class in the same setting.

Source: reference methods, section 2.3 (simple ranking; a change of class breaks a route).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from crashkit.method import AtJunctions, Place, word
from crashkit.model import CrashData, Site
from crashkit.roads.network import BOTH
from crashkit.roads.placing import Placed, by_place
from crashkit.roads.segments import Segments, segments
from crashkit.roads.topology import NOWHERE


@dataclass(frozen=True)
class Params(AtJunctions):
    """Where a segment ends, and whether it has the crashes at junctions."""

    ends_at: str = word("junctions", label="A segment ends at", choices=["junctions", "changes"])
    at_junctions: str = word("apart", label="Crashes at junctions", choices=["apart", "along"])


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return all segments, road by road."""
    if roads is None or roads.topology is None:
        return []
    found = roads.of(data).ruled(data, params.rules(apart=params.at_junctions == "apart"))
    made = segments(roads.topology, roads.junctions, across=params.ends_at == "changes")
    segment = np.where(found.link != NOWHERE, made.of_link[found.link], NOWHERE)
    facts = made.facts
    rows = zip(
        _names(made),
        facts["lon"].tolist(),
        facts["lat"].tolist(),
        facts["road_key"].tolist(),
        _posts(made),
        (facts["road_class"] + " " + facts["area_type"]).str.strip().tolist(),
        facts["aadt"].tolist(),
        facts["length_m"].fillna(0.0).tolist(),
        by_place(found.ids, segment, len(made)),
        strict=True,
    )
    return [
        Site(
            id=name,
            place="",
            lon=lon,
            lat=lat,
            crash_ids=ids,
            road=road,
            from_m=low,
            to_m=high,
            group=group,
            aadt=aadt if np.isfinite(aadt) else None,
            measured_m=length,
        )
        for name, lon, lat, road, (low, high), group, aadt, length, ids in rows
    ]


def _posts(made: Segments) -> list[tuple[int, int]]:
    facts = made.facts
    posted = (facts["from_m"].notna() & facts["to_m"].notna()).to_numpy()
    low = np.where(posted, facts["from_m"], 0.0)
    high = np.where(posted, facts["to_m"], facts["length_m"].fillna(0.0))
    return list(
        zip(np.rint(low).astype(int).tolist(), np.rint(high).astype(int).tolist(), strict=True)
    )


def _names(made: Segments) -> list[str]:
    """Name segments by road and posts, or by their middle; one like another has a number."""
    facts = made.facts
    rows = zip(
        facts["road_key"],
        facts["direction"],
        facts["from_m"].notna(),
        facts["lon"],
        facts["lat"],
        _posts(made),
        strict=True,
    )
    times: Counter[str] = Counter()
    found = []
    for road, direction, posted, lon, lat, (low, high) in rows:
        where = f"{low}-{high}" if posted else f"{lat:.6f},{lon:.6f}"
        name = f"{road}:{where}" if road else where
        name += "" if direction == BOTH else f" {direction}"
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return found


PLACE = Place(
    name="segments",
    title="Segments of road",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("roads",),
    partition=cut,
)
