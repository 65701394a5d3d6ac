"""Areas: each surface of the data set's layer of areas, with the crashes that lie in it.

Areas without crashes are sites, too. They are compared with each other, and never overlap: a crash
on the border of two belongs to the first by name. Areas differ in people, roads and traffic, so
what they have most of is people and traffic first of all.

Source: reference methods, section 0.2 (rung L0: by area).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit import filters, geo
from crashkit.method import Place
from crashkit.model import CrashData, Site
from crashkit.roads.placing import Placed

LAYER = "areas"


@dataclass(frozen=True)
class Params:
    """Areas have no numbers to choose."""


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return the areas by name; none where the data set has no layer of them."""
    found = geo.located(data)
    taken = np.zeros(found.ids.size, dtype=bool)
    sites = []
    for area in filters.surfaces(data.layers.get(LAYER) or {}):
        inside = area.holds(found.lon, found.lat) & ~taken
        taken |= inside
        ids = tuple(found.ids[inside].astype(object).tolist())
        sites.append(Site(area.name, area.name, area.lon, area.lat, ids))
    return sites


PLACE = Place(
    name="areas",
    title="Areas of the data set",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("coordinates", "areas"),
    partition=cut,
    per="place",
)
