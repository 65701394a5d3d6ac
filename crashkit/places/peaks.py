"""The worst part of each stretch of road: the narrowest windows that are sure enough.

Each stretch of the network is searched by windows of one width side by side. Where the best of them
has a coefficient of variation no larger than the limit, it is the peak; else windows are widened,
up to the whole stretch. Every stretch has one site at most, and sites do not overlap. A stretch on
which no window is sure enough has none: its crashes are too few, or too evenly spread.

Source: reference methods, section 2.3 (peak searching; limit 0.5, or 0.25 as the strict one).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit import kernels
from crashkit.method import AtJunctions, Place, number, word
from crashkit.model import CrashData
from crashkit.roads import along
from crashkit.roads.placing import Placed
from crashkit.sites import Sites


@dataclass(frozen=True)
class Params(AtJunctions):
    """How wide the first windows are, and how sure the peak must be."""

    step_m: float = number(
        160,
        label="Width of the first windows, and by how much they grow",
        unit="m",
        low=20,
        high=5000,
    )
    limit: float = number(0.5, label="Largest coefficient of variation of a peak", low=0.05, high=2)
    at_junctions: str = word("apart", label="Crashes at junctions", choices=["apart", "along"])
    carriageways: str = word(
        "together", label="Carriageways of a divided road", choices=["together", "apart"]
    )


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the peaks, road by road and along each."""
    lines = _lined_up(data, params, roads)
    if lines is None:
        return Sites.of([])
    found = kernels.peaks(
        lines.strip,
        lines.at_m,
        np.ones(lines.strip.size, dtype=np.int64),
        lengths_m=lines.strips.lengths_m,
        step_m=int(params.step_m),
        limit=params.limit,
    )
    rows = np.flatnonzero(found.passes & (found.value > 0)).astype(np.int64)
    return along.sites(lines, rows, found.start_m[rows], found.end_m[rows])


def partition(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the first windows side by side: peaks are picked, so they are no peers themselves."""
    lines = _lined_up(data, params, roads)
    return Sites.of([]) if lines is None else along.side_by_side(lines, int(params.step_m))


def _lined_up(data: CrashData, params: Params, roads: Placed | None) -> along.LinedUp | None:
    if roads is None or roads.snapped is None:
        return None
    return along.lined_up(
        data,
        roads,
        together=params.carriageways == "together",
        each=True,
        rules=params.rules(apart=params.at_junctions == "apart"),
    )


PLACE = Place(
    name="peaks",
    title="The worst part of each stretch of road",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("roads",),
    partition=partition,
)
