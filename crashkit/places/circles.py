"""Circles of a given radius, moved over the crashes: for data with coordinates but no km posts.

A circle is drawn around every crash; or, to save time where crashes stand close, around the crash
of each small square that has most others around it: the fullest circle is always among them. With
`centres = "best"` the circle is also moved to where it holds most crashes among all circles whose
rim passes through that crash; so, wherever a circle holds a given number of crashes, one with at
least as many is found. Where a rule has another radius for built-up areas, crashes inside and
outside them are looked at apart. Circles know no roads: crashes on two roads that run side by side
are counted together.

Source: reference methods, section 2.3 (circles).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, kernels
from crashkit.method import Place, number, word
from crashkit.model import CrashData
from crashkit.roads.placing import Placed
from crashkit.sites import Sites

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROUNDING_M = 0.001
"""A crash on the rim of a circle lies in it, however the last digit falls."""


@dataclass(frozen=True)
class Params:
    """How large a circle is and where its centre may lie."""

    radius_m: float = number(250, label="Radius", unit="m", low=10, high=20000)
    urban_radius_m: float = number(
        0, label="Radius in built-up areas (0: as elsewhere)", unit="m", low=0, high=20000
    )
    centres: str = word("crashes", label="Centres of circles", choices=["crashes", "best"])
    apart_m: float = number(
        0, label="One circle in each square of this side (0: all)", unit="m", low=0, high=20000
    )


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the circles; of circles with the same crashes only the first is kept."""
    found = geo.located(data)
    if not params.urban_radius_m:
        return _circles(found, params.radius_m, params)
    outside = _circles(found.keep(~found.urban), params.radius_m, params)
    inside = _circles(found.keep(found.urban), params.urban_radius_m, params)
    return outside.joined(inside.renamed("u"))


def partition(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the squares of ground, as wide as a circle, that have crashes.

    Crashes alone do not tell where there are roads: ground without crashes is not among these, and
    peers allow for it. Squares wider than circles would hold more ground beside the road, so that
    every circle on a road had more crashes than its peers.
    """
    found = geo.located(data)
    if not params.urban_radius_m:
        return geo.squares(found, 2 * params.radius_m)
    outside = geo.squares(found.keep(~found.urban), 2 * params.radius_m)
    inside = geo.squares(found.keep(found.urban), 2 * params.urban_radius_m)
    return outside.joined(inside.renamed("u"))


def _circles(found: geo.Points, radius_m: float, params: Params) -> Sites:
    ground = kernels.ground(found.xyz_m, radius_m)
    chosen = _chosen(found, kernels.crowds(ground), params.apart_m)
    offsets, members = kernels.neighbours(ground, chosen)
    lon, lat = found.lon[chosen], found.lat[chosen]
    if params.centres == "best":
        (more, others), (more_lon, more_lat) = _best(found, radius_m)
        offsets = np.concatenate([offsets, more[1:] + offsets[-1]])
        members = np.concatenate([members, others])
        lon, lat = np.concatenate([lon, more_lon]), np.concatenate([lat, more_lat])
    return _sites(found, offsets, members, centres=(lon, lat), radius_m=radius_m)


def _chosen(found: geo.Points, crowds: Ints, apart_m: float) -> Ints:
    """Return the crashes to draw circles around: in each square the one with most around it."""
    if not apart_m or not crowds.size:
        return np.arange(crowds.size, dtype=np.int64)
    square = geo.cells(found.lon, found.lat, apart_m)
    fullest_first = np.lexsort((-crowds, square))
    firsts = np.append(True, np.diff(square[fullest_first]) != 0)
    return np.sort(fullest_first[firsts]).astype(np.int64)


def _best(found: geo.Points, radius_m: float) -> tuple[tuple[Ints, Ints], tuple[Floats, Floats]]:
    around = kernels.neighbours(kernels.ground(found.xyz_m, 2 * radius_m))
    ups = geo.upwards(found.lon, found.lat)
    centres = kernels.best_centres(found.xyz_m, ups, around, radius_m)
    inside = kernels.within(centres, found.xyz_m, around, radius_m + ROUNDING_M)
    return inside, geo.degrees(centres)


def _sites(
    found: geo.Points,
    offsets: Ints,
    members: Ints,
    *,
    centres: tuple[Floats, Floats],
    radius_m: float,
) -> Sites:
    lon, lat = centres
    urban = kernels.sum_groups(offsets, members, found.urban[:, None].astype(float))[:, 0]
    columns = {
        "lon": lon,
        "lat": lat,
        "radius_m": np.full(lon.size, radius_m),
        "group": np.where(urban > np.diff(offsets) / 2, "urban", "").astype(object),
    }
    circles = Sites(offsets, found.ids[members], columns, lambda i: f"{lat[i]:.6f},{lon[i]:.6f}")
    return circles.take(_different(offsets, members))


def _different(offsets: Ints, members: Ints) -> Ints:
    """Return the first of each set of circles that hold the same crashes, in rising order."""
    sizes = np.diff(offsets)
    if not sizes.size:
        return np.empty(0, dtype=np.int64)
    marks = np.random.default_rng(0).integers(0, 2**63, size=members.max() + 1, dtype=np.uint64)
    sums = np.add.reduceat(marks[members], offsets[:-1])
    _, firsts = np.unique(
        np.column_stack([sums, sizes.astype(np.uint64)]), axis=0, return_index=True
    )
    return np.sort(firsts).astype(np.int64)


PLACE = Place(
    name="circles",
    title="Circles moved over the map",
    cut=cut,
    params=Params,
    overlaps=True,
    needs=("coordinates",),
    partition=partition,
    anchored=True,
    per="km2",
)
