"""Corridors: roads that a country, or several, look at together, as named sets of road sections.

A corridor is told as a table: its name, a road, and from which km post to which; without posts the
whole road belongs to it. Roads with several runs (their posts start anew) belong with every run
that carries the posts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.errors import IntakeError
from crashkit.roads import naming
from crashkit.roads.network import Network
from crashkit.roads.snapping import NOWHERE, Snapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

COLUMNS = ("corridor", "road", "from_km", "to_km")
"""Columns of the table, of which the last two may be empty or missing."""


@dataclass(frozen=True)
class Section:
    """A part of a corridor: a road between two km posts in metres; without posts, all of it."""

    road: str
    from_m: float = -np.inf
    to_m: float = np.inf


@dataclass(frozen=True)
class Corridor:
    """A named set of road sections, in the order they were told."""

    name: str
    sections: tuple[Section, ...]


def read_corridors(rows: Sequence[Mapping[str, str]]) -> tuple[Corridor, ...]:
    """Read corridors from the rows of a table with COLUMNS, in their order. Raises IntakeError."""
    found: dict[str, list[Section]] = {}
    for number, row in enumerate(rows, 1):
        name, road = (row.get(column, "").strip() for column in COLUMNS[:2])
        if not name or not road:
            raise IntakeError("Row {row} names no corridor, or no road of it.", row=number)
        first, last = (_metres(row.get(column, ""), column, number) for column in COLUMNS[2:])
        low = -np.inf if first is None else first
        high = np.inf if last is None else last
        found.setdefault(name, []).append(Section(road, min(low, high), max(low, high)))
    return tuple(Corridor(name, tuple(sections)) for name, sections in found.items())


def _metres(words: str, column: str, row: int) -> float | None:
    text = words.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text) * 1000
    except ValueError:
        raise IntakeError(
            "Row {row} says {value} for {column}, which is no number of kilometres.",
            row=row,
            value=words,
            column=column,
        ) from None


def parts(network: Network, corridor: Corridor) -> tuple[Ints, Floats, Floats]:
    """Return what of a network is in a corridor: stretches, from one share of each to another.

    A stretch may have several parts in it; parts that overlap or touch are one. In order.
    """
    stretches = network.stretches
    low, high = (stretches[name].to_numpy() for name in ("from_m", "to_m"))
    size = np.where(high > low, high - low, 1.0)
    found = []
    for section in corridor.sections:
        here = _of_road(network, section.road)
        posted = here & np.isfinite(low) & (high > section.from_m) & (low < section.to_m)
        whole = here & ~np.isfinite(low) & (section.from_m == -np.inf) & (section.to_m == np.inf)
        first = np.where(posted, np.clip((section.from_m - low) / size, 0, 1), 0.0)
        last = np.where(posted, np.clip((section.to_m - low) / size, 0, 1), 1.0)
        rows = np.flatnonzero(posted | whole)
        found.append(np.column_stack([rows, first[rows], last[rows]]))
    return _joined(np.concatenate([np.empty((0, 3)), *found]))


def _joined(rows: Floats) -> tuple[Ints, Floats, Floats]:
    """Join the parts of each stretch that overlap or touch; rows are stretch, begin and end."""
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    joined: list[list[float]] = []
    for stretch, begin, end in rows.tolist():
        if joined and joined[-1][0] == stretch and begin <= joined[-1][2]:
            joined[-1][2] = max(joined[-1][2], end)
        else:
            joined.append([stretch, begin, end])
    found = np.array(joined).reshape(-1, 3)
    return found[:, 0].astype(np.int64), found[:, 1], found[:, 2]


def _of_road(network: Network, road: str) -> Flags:
    wanted = naming.folded(road)
    kinds, called = network.called()
    named = np.array([wanted in names for names in called], dtype=bool)
    found: Flags = named[kinds] if kinds.size else np.zeros(0, bool)
    return found


def keys_of(network: Network, road: str) -> tuple[str, ...]:
    """Return the keys of the roads of a network that are called like this."""
    here = _of_road(network, road)
    return tuple(sorted(set(network.stretches["road_key"].to_numpy()[here].astype(str))))


def length_m(network: Network, corridor: Corridor) -> float:
    """Return how long a corridor is, in true metres; carriageways apart count once each."""
    stretch, begin, end = parts(network, corridor)
    length = network.stretches["length_m"].to_numpy()
    return float(np.nansum((end - begin) * length[stretch]))


def inside(snapped: Snapped, corridor: Corridor) -> Flags:
    """Mark the crashes that lie on a corridor, whatever their grade."""
    stretch, begin, end = parts(snapped.network, corridor)
    on = np.flatnonzero(snapped.stretch != NOWHERE)
    first = np.searchsorted(stretch, snapped.stretch[on])
    until = np.searchsorted(stretch, snapped.stretch[on], side="right")
    found = np.zeros(len(snapped.stretch), bool)
    for nth in range(int((until - first).max(initial=0))):
        part = first + nth
        there = part < until
        crash, part = on[there], part[there]
        share = snapped.share[crash]
        found[crash] |= (share >= begin[part]) & (share <= end[part])
    return found


def missing_roads(network: Network, corridors: Iterable[Corridor]) -> tuple[str, ...]:
    """Return the roads that corridors name and the network lacks, in order."""
    named = pd.unique(pd.Series([one.road for each in corridors for one in each.sections]))
    return tuple(road for road in named if not _of_road(network, road).any())
