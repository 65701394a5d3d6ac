"""Windows along a road that start at a crash and end at a crash, no longer than a given length.

Windows are anchored on crashes, not on a grid: a grid edge would cut a cluster in two. Every window
that could hold more crashes if it were moved is left out, so no cluster is missed. Where a rule has
another length for built-up areas, crashes inside and outside them are looked at apart.

Source: reference methods, section 2.3 (anchored windows).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit import geo, kernels
from crashkit.method import Place, number
from crashkit.model import CrashData
from crashkit.roads.placing import Placed
from crashkit.sites import Sites


@dataclass(frozen=True)
class Params:
    """How long a window may be."""

    length_m: float = number(1000, label="Longest window", unit="m", low=10, high=20000)
    urban_length_m: float = number(
        0, label="Longest window in built-up areas (0: as elsewhere)", unit="m", low=0, high=20000
    )


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the windows that lie in no other, road by road."""
    found = geo.on_roads(data)
    if not params.urban_length_m:
        return _windows(found, params.length_m)
    outside = _windows(found.keep(~found.urban), params.length_m)
    inside = _windows(found.keep(found.urban), params.urban_length_m)
    return outside.joined(inside.renamed("u", setting="urban"))


def partition(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return fixed sections as long as a window may be, those without crashes, too."""
    found = geo.on_roads(data)
    if not params.urban_length_m:
        return geo.sections(found, int(params.length_m), empty=True)
    outside = geo.sections(found.keep(~found.urban), int(params.length_m), empty=True)
    inside = geo.sections(found.keep(found.urban), int(params.urban_length_m), empty=True)
    return outside.joined(inside.renamed("u", setting="urban"))


def _windows(found: geo.OnRoads, length_m: float) -> Sites:
    n = found.ids.size
    starts = np.arange(n, dtype=np.int64)
    road = found.road * (found.part.max(initial=0) + 1) + found.part
    ends = kernels.window_ends(road, found.at_m, np.full(n, int(length_m), dtype=np.int64))
    keep = kernels.widest(starts, ends)
    return geo.stretches(found, starts[keep], ends[keep])


PLACE = Place(
    name="anchored",
    title="Windows anchored at crashes",
    cut=cut,
    params=Params,
    overlaps=True,
    needs=("chainage",),
    partition=partition,
    anchored=True,
)
