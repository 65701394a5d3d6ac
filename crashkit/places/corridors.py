"""Corridors: named sets of road sections, each with all its crashes, and with none.

A corridor is told by people: roads, and from which km post to which. Corridors may share a section;
then they share its crashes, and are listed side by side. Crashes at junctions of a corridor are its
crashes, too. A corridor of which the network has no road is as long as nothing, and has no site.

Source: reference methods, section 0.2 (rung L0: by road and km-post band).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit.method import Place
from crashkit.model import CrashData, Site
from crashkit.roads import corridors, linear, snapping
from crashkit.roads.placing import Placed


@dataclass(frozen=True)
class Params:
    """Corridors have no numbers to choose."""


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return the corridors in the order they were told."""
    if roads is None or roads.snapped is None:
        return []
    found = roads.of(data)
    snapped = found.snapped
    if snapped is None:
        return []
    network, sites = snapped.network, []
    usual = snapped.grade <= snapping.FAIR
    for one in roads.corridors:
        stretch, begin, end = corridors.parts(network, one)
        if not stretch.size:
            continue
        longest = np.argmax((end - begin) * network.stretches["length_m"].to_numpy()[stretch])
        middle = np.array([(begin[longest] + end[longest]) / 2])
        (lon,), (lat,) = linear.along(network.lines, stretch[longest : longest + 1], middle)
        ids = np.sort(found.ids[corridors.inside(snapped, one) & usual])
        sites.append(
            Site(
                id=one.name,
                place=one.name,
                lon=float(lon),
                lat=float(lat),
                crash_ids=tuple(ids.tolist()),
                measured_m=corridors.length_m(network, one),
            )
        )
    return sites


PLACE = Place(
    name="corridors",
    title="Corridors: named sets of road sections",
    cut=cut,
    params=Params,
    overlaps=True,
    needs=("roads", "corridors"),
    apart=False,
)
