"""Fixed sections of road between whole multiples of a length, such as kilometre by kilometre.

Sections do not overlap, and every crash with a road and a km post lies in exactly one. A crash on a
boundary belongs to the next section. Fixed sections can cut a cluster in two; anchored windows do
not. Sections without crashes are left out, unless asked for: then there are those between the first
and the last crash of a road, as the crash file does not say where a road ends.

Source: reference methods, section 2.3 (sliding window, edges).
"""

from __future__ import annotations

from dataclasses import dataclass

from crashkit import geo
from crashkit.method import Place, number, word
from crashkit.model import CrashData
from crashkit.roads.placing import Placed
from crashkit.sites import Sites


@dataclass(frozen=True)
class Params:
    """How long a section is, and whether those without crashes count."""

    length_m: float = number(1000, label="Length of a section", unit="m", low=100, high=20000)
    empty: str = word("no", label="Sections without crashes, between others", choices=["no", "yes"])


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the sections that have crashes, and those between them if asked for."""
    return geo.sections(geo.on_roads(data), int(params.length_m), empty=params.empty == "yes")


def partition(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the sections, those without crashes between the first and the last of a road, too."""
    return geo.sections(geo.on_roads(data), int(params.length_m), empty=True)


PLACE = Place(
    name="sections",
    title="Fixed sections of road",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("chainage",),
    partition=partition,
)
