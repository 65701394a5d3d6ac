"""Nominated sites: the places of the register that people proposed, or all that are open.

Nobody searches here: each place is looked at where people say it is, and those without a crash are
sites, too. A place with a road and km posts has the crashes between its posts, and those around its
point whose km post is not known; a place with a point only has the crashes around it. Where two
places share crashes both are listed side by side. Closed and rejected sites are not looked at.

Source: reference methods, section 0.1 (step 1: review locations nominated by others).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import geo
from crashkit.method import Place, number, word
from crashkit.model import CrashData, Site
from crashkit.register import NOMINATED, Spot
from crashkit.roads import naming
from crashkit.roads.placing import Placed

Ints = NDArray[np.int64]

LAYER = "sites"
FAR_M = 10_000.0
"""Crashes farther from the point of a section than this, and than it is long, are on a road of the
same number in another province."""
ROUNDING_M = 0.001
"""A crash on the rim of a circle lies in it, however the last digit falls."""
DEGREE_M = 110_000.0
"""No degree of latitude is shorter."""


@dataclass(frozen=True)
class Params:
    """Which sites of the register are looked at, and how far around them."""

    which: str = word(NOMINATED, label="Sites of the register", choices=[NOMINATED, "open"])
    radius_m: float = number(
        250, label="Radius of places that tell none", unit="m", low=10, high=20000
    )
    reach_m: float = number(
        250, label="Reach along the road of a place told by one km post", unit="m", low=0, high=5000
    )


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> list[Site]:
    """Return the places in the order of their numbers; none where nobody proposed one."""
    features = (data.layers.get(LAYER) or {}).get("features", ())
    facts = [feature["properties"] for feature in features]
    crashes = _Crashes(data)
    return [
        _site(str(one["number"]), Spot(**{name: one[name] for name in SPOT}), params, crashes)
        for one in facts
        if params.which != NOMINATED or one["origin"] == NOMINATED
    ]


SPOT = tuple(Spot.__dataclass_fields__)


def _site(id_: str, spot: Spot, params: Params, crashes: _Crashes) -> Site:
    radius = spot.radius_m or params.radius_m
    low, high = spot.from_m, spot.to_m
    if low is not None and low == high:
        low, high = max(0, low - round(params.reach_m)), low + round(params.reach_m)
    ids = crashes.around(spot, radius)
    if spot.road and low is not None and high is not None:
        ids = np.union1d(crashes.between(spot, low, high), ids[~np.isin(ids, crashes.roads.ids)])
    return Site(
        id=id_,
        place="",
        lon=np.nan if spot.lon is None else spot.lon,
        lat=np.nan if spot.lat is None else spot.lat,
        crash_ids=tuple(ids.tolist()),
        road=spot.road,
        from_m=low,
        to_m=high,
        radius_m=None if spot.has_posts else radius,
    )


class _Crashes:
    """The crashes by where they are: along roads, and from south to north."""

    def __init__(self, data: CrashData) -> None:
        self.roads = geo.on_roads(data)
        self._called = np.array([naming.folded(name) for name in self.roads.names], dtype=object)
        points = geo.located(data)
        self._points = points
        self._northward = np.argsort(points.lat, kind="stable")
        self._lats = points.lat[self._northward]

    def around(self, spot: Spot, radius_m: float) -> Ints:
        """Return the crashes within a radius of a place; none where its point is not known."""
        if spot.lon is None or spot.lat is None:
            return np.empty(0, dtype=np.int64)
        band = (radius_m + ROUNDING_M) / DEGREE_M
        first, last = np.searchsorted(self._lats, [spot.lat - band, spot.lat + band])
        rows = self._northward[first:last]
        here = geo.geocentric(np.array([spot.lon]), np.array([spot.lat]))
        apart = np.linalg.norm(self._points.xyz_m[rows] - here, axis=1)
        return np.sort(self._points.ids[rows[apart <= radius_m + ROUNDING_M]])

    def between(self, spot: Spot, low: int, high: int) -> Ints:
        """Return the crashes of its road between two posts, those of other provinces left out."""
        codes = np.flatnonzero(self._called == naming.folded(spot.road))
        found = [np.empty(0, dtype=np.int64)]
        for code in codes.tolist():
            first, last = np.searchsorted(self.roads.road, [code, code + 1])
            rows = np.arange(first, last)
            at_m = self.roads.at_m[first:last]
            rows = rows[(at_m >= low) & (at_m <= high)]
            found.append(rows[~self._is_far(rows, spot, max(FAR_M, high - low))])
        return np.sort(self.roads.ids[np.concatenate(found)])

    def _is_far(self, rows: Ints, spot: Spot, most_m: float) -> NDArray[np.bool_]:
        """Mark crashes whose point contradicts that of the place."""
        if spot.lon is None or spot.lat is None:
            return np.zeros(rows.size, dtype=bool)
        here = geo.geocentric(np.array([spot.lon]), np.array([spot.lat]))
        there = geo.geocentric(self.roads.lon[rows], self.roads.lat[rows])
        far: NDArray[np.bool_] = np.linalg.norm(there - here, axis=1) > most_m
        return far


PLACE = Place(
    name="nominated",
    title="Sites of the register: proposed by people, or all open ones",
    cut=cut,
    params=Params,
    overlaps=True,
    needs=("nominated",),
    apart=False,
)
