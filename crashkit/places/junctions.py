"""Junctions: each with the crashes that lie at it, and with none where none does.

Junctions are those of the network of roads, where three arms or more meet, or the points of a layer
of junctions. A crash is at the nearest one that reaches it; one that is coded as at a junction is
looked for farther away, one that is coded as not at a junction stays on its link. No crash is
counted at a junction and on a link. Junctions are compared with those of their kind, or of as many
arms, in the same setting.

Source: reference methods, section 2.3 (junctions are screened apart, radius 50 m or 100 m).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit.method import AtJunctions, Place
from crashkit.model import CrashData, Site
from crashkit.roads.junctions import Junctions
from crashkit.roads.placing import Placed, by_place


@dataclass(frozen=True)
class Params(AtJunctions):
    """How far a junction reaches, and what the code of a crash says against distance."""


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return all junctions, from west to east."""
    if roads is None:
        return []
    rules = params.rules()
    found = roads.of(data).ruled(data, rules)
    at = found.junctions
    rows = zip(
        _names(at),
        at.lon.tolist(),
        at.lat.tolist(),
        at.name.tolist(),
        at.radius_m(rules.radii).tolist(),
        _groups(at),
        by_place(found.ids, found.junction, len(at)),
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
            radius_m=radius,
            group=group,
        )
        for name, lon, lat, road, radius, group, ids in rows
    ]


def _names(at: Junctions) -> list[str]:
    """Name junctions as their source does where it tells them apart, else by their places."""
    if len(at) and (at.source != "").all() and len(set(at.source)) == len(at):
        return [str(name) for name in at.source]
    return [f"{lat:.6f},{lon:.6f}" for lon, lat in zip(at.lon, at.lat, strict=True)]


def _groups(at: Junctions) -> list[str]:
    """Return kind and setting; where the kind is not known, how many arms there are."""
    by_arms = np.select(
        [at.arms == 0, at.arms <= 3, at.arms == 4],
        ["junction", "3 arms", "4 arms"],
        "5 arms or more",
    )
    kinds = np.where(at.kind == "", by_arms, at.kind)
    return [f"{kind} {setting}".strip() for kind, setting in zip(kinds, at.setting, strict=True)]


PLACE = Place(
    name="junctions",
    title="Junctions",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("topology",),
    partition=cut,
    per="place",
)
