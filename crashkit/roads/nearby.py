"""Which stretches are near a place: an index of lines, asked for the nearest of different ones.

Nearness is measured on flat maps of zones, each true to a tenth of a per cent; lines that reach
into a neighbouring zone are in both. Distances are given on the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, kernels
from crashkit.roads.network import Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CELL_M = 150.0
"""Side of a cell of the index: a few pieces of road in each, few cells for each place."""
BORDER_DEG = 0.1
"""So far beyond its edge a zone knows lines: some kilometres, more than any reach."""
LONGEST_M = 2000.0
"""Longer ways between two vertices are cut: on 2 km, straight in degrees is straight to 0.1 m."""
NONE = -1


@dataclass(frozen=True, eq=False)
class Near:
    """The nearest stretches of m places, `count` of each, nearest first; shape (m, count).

    `stretch` is NONE where there are not so many within reach. `share` is the share of the way
    along the stretch, `distance_m` is on the ground.
    """

    stretch: Ints
    distance_m: Floats
    share: Floats


@dataclass(frozen=True, eq=False)
class _Zone:
    middle: float
    grid: Any
    stretch: Ints
    begins_m: Floats
    size_m: Floats


@dataclass(frozen=True, eq=False)
class Index:
    """Lines in grids, one for each zone; zone 0 stands for all where one is enough.

    Made by `index`.
    """

    zones: dict[int, _Zone]
    lengths_m: Floats

    def nearest(self, lon: Floats, lat: Floats, reach_m: float, count: int = 1) -> Near:
        """Return the nearest stretches within `reach_m` metres of places in degrees.

        Of equally near ones the first in the network leads; places may be NaN: nothing is near.
        """
        shape = (lon.size, count)
        found = Near(np.full(shape, NONE, np.int64), np.full(shape, np.nan), np.full(shape, np.nan))
        known = np.isfinite(lon) & np.isfinite(lat)
        zone = np.zeros(lon.size, np.int64)
        if 0 not in self.zones:
            zone[known] = geo.zone_of(lon[known])
        for number, one in self.zones.items():
            rows = np.flatnonzero(known & (zone == number))
            if not rows.size:
                continue
            places = geo.flat(lon[rows], lat[rows], one.middle)
            piece, distance, share = kernels.nearest(one.grid, places, reach_m * 1.002, count)
            there = piece != NONE
            stretch = np.where(there, one.stretch[piece], NONE)
            along = one.begins_m[piece] + share * one.size_m[piece]
            metres = geo.true_m(distance, places[:, :1])
            there &= metres <= reach_m
            length = np.where(self.lengths_m[stretch] > 0, self.lengths_m[stretch], 1.0)
            found.stretch[rows] = np.where(there, stretch, NONE)
            found.distance_m[rows] = np.where(there, metres, np.nan)
            found.share[rows] = np.where(there, np.clip(along / length, 0, 1), np.nan)
        return found


def index(lines: Lines, stands: Flags | None = None) -> Index:
    """Lay the lines of stretches into grids; only those that stand, if told."""
    owner, lonlat, at = _pieces(lines)
    piece = np.flatnonzero(owner[1:] == owner[:-1])
    if stands is not None:
        piece = piece[stands[owner[piece]]]
    begins, ends = lonlat[piece], lonlat[piece + 1]
    made = {}
    for number, middle in _middles(begins[:, 0], ends[:, 0]).items():
        reach = geo.ZONE_DEG / 2 + BORDER_DEG
        inside = np.maximum(begins[:, 0], ends[:, 0]) >= middle - reach
        inside &= np.minimum(begins[:, 0], ends[:, 0]) <= middle + reach
        rows = np.flatnonzero(inside)
        here = piece[rows]
        flat = [geo.flat(places[rows, 0], places[rows, 1], middle) for places in (begins, ends)]
        grid = kernels.lay_grid(flat[0], flat[1], owner[here], CELL_M)
        made[number] = _Zone(middle, grid, owner[here], at[here], at[here + 1] - at[here])
    return Index(made, lines.lengths_m())


def _pieces(lines: Lines) -> tuple[Ints, Floats, Floats]:
    """Return the vertices of lines, long ways between them cut: their line, place and measure.

    Lines are straight in degrees; over tens of kilometres that is not straight on a flat map.
    """
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.offsets))
    at = lines.measures_m()
    size = np.zeros(owner.size)
    size[:-1] = np.where(owner[1:] == owner[:-1], np.diff(at), 0.0)
    parts = np.maximum(np.ceil(size / LONGEST_M).astype(np.int64), 1)
    if not owner.size or parts.max() == 1:
        return owner, lines.lonlat, at
    vertex = np.repeat(np.arange(owner.size), parts)
    nth = np.arange(vertex.size) - np.repeat(np.cumsum(parts) - parts, parts)
    share = nth / parts[vertex]
    after = np.minimum(vertex + 1, owner.size - 1)
    places = lines.lonlat[vertex] * (1 - share)[:, None] + lines.lonlat[after] * share[:, None]
    return owner[vertex], places, at[vertex] + share * size[vertex]


def _middles(begins: Floats, ends: Floats) -> dict[int, float]:
    """Return the middle meridian of each zone that lines are in or next to."""
    lon = np.concatenate([begins, ends])
    if not lon.size:
        return {}
    if lon.max() - lon.min() <= geo.ZONE_DEG:
        return {0: float(lon.max() + lon.min()) / 2}
    numbers = {
        near for one in np.unique(geo.zone_of(lon)).tolist() for near in (one - 1, one, one + 1)
    }
    return {number: geo.zone_middle(number) for number in sorted(numbers)}
