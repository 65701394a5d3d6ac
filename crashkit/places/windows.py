"""Windows moved along roads: of one length, every so many metres, from end to end of each road.

Windows know the road: they begin where it begins, the last one is moved back so that it ends where
the road ends, a road shorter than a window is one window of its own length, and windows without
crashes are there, too. They never reach over a gap or the end of a road, nor, unless told, from one
class of road or setting into another. A window that crosses a chainage equation is as long on the
ground as any other, and says so. Crashes at junctions belong to their junction and are left out,
unless told. Of windows that share a crash the worst is listed; what it leaves of the others is not
moved together to another one.

Source: reference methods, section 2.3 (sliding window).
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
    """How long windows are, how far apart they begin, and what they hold."""

    length_m: float = number(500, label="Length of a window", unit="m", low=50, high=20000)
    step_m: float = number(100, label="Distance from one to the next", unit="m", low=10, high=20000)
    at_junctions: str = word("apart", label="Crashes at junctions", choices=["apart", "along"])
    carriageways: str = word(
        "together", label="Carriageways of a divided road", choices=["together", "apart"]
    )
    classes: str = word(
        "apart", label="Roads of different classes or settings", choices=["apart", "across"]
    )


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the windows, road by road and along each; those without crashes, too."""
    lines = _lined_up(data, params, roads)
    if lines is None:
        return Sites.of([])
    found = kernels.sliding(
        lines.strip,
        lines.at_m,
        np.ones((1, lines.strip.size), dtype=np.int64),
        lengths_m=lines.strips.lengths_m,
        window_m=int(params.length_m),
        step_m=int(params.step_m),
    )
    return along.sites(lines, found.route, found.start_m, found.end_m)


def partition(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return windows side by side; what is left at the end of a road is a shorter one."""
    lines = _lined_up(data, params, roads)
    return Sites.of([]) if lines is None else along.side_by_side(lines, int(params.length_m))


def _lined_up(data: CrashData, params: Params, roads: Placed | None) -> along.LinedUp | None:
    if roads is None or roads.snapped is None:
        return None
    return along.lined_up(
        data,
        roads,
        together=params.carriageways == "together",
        alike=params.classes == "apart",
        rules=params.rules(apart=params.at_junctions == "apart"),
    )


PLACE = Place(
    name="windows",
    title="Windows moved along roads",
    cut=cut,
    params=Params,
    overlaps=True,
    needs=("roads",),
    anew=False,
    partition=partition,
)
