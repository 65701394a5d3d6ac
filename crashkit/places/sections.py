"""Fixed sections of road between whole multiples of a length, such as kilometre by kilometre.

Sections do not overlap, and every crash with a road and a km post lies in exactly one. A crash on a
boundary belongs to the next section. Fixed sections can cut a cluster in two; anchored windows do
not. Sections without crashes are not listed: the crash file does not say where a road ends.

Source: reference methods, section 2.3 (sliding window, edges).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crashkit import geo
from crashkit.method import Place, number
from crashkit.model import CrashData, Site
from crashkit.roads.placing import Placed


@dataclass(frozen=True)
class Params:
    """How long a section is."""

    length_m: float = number(1000, label="Length of a section", unit="m", low=100, high=20000)


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return the sections that have crashes, road by road."""
    found = geo.on_roads(data)
    if not found.ids.size:
        return []
    length = int(params.length_m)
    section = found.at_m // length
    new = np.ones(found.ids.size, dtype=bool)
    new[1:] = (np.diff(found.road) != 0) | (np.diff(section) != 0)
    starts = np.flatnonzero(new).astype(np.int64)
    ends = np.append(starts[1:], found.ids.size).astype(np.int64)
    sites = geo.stretches(found, starts, ends)
    firsts = (section[starts] * length).tolist()
    labels = [found.labels[road] for road in found.road[starts].tolist()]
    return [
        _whole(site, label, first, first + length)
        for site, label, first in zip(sites, labels, firsts, strict=True)
    ]


def _whole(site: Site, label: str, from_m: int, to_m: int) -> Site:
    return replace(site, id=f"{label}:{from_m}-{to_m}", from_m=from_m, to_m=to_m)


PLACE = Place(
    name="sections",
    title="Fixed sections of road",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("chainage",),
)
