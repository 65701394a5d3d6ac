"""Corridors: roads that a country, or several, look at together, as named sets of road sections.

A corridor is told as a table: its name, a road, and from which km post to which; without posts the
whole road belongs to it. Roads with several runs (their posts start anew) belong with every run
that carries the posts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo
from crashkit.errors import IntakeError, NotFound, Refused
from crashkit.roads import linear, naming
from crashkit.roads.network import Network
from crashkit.roads.snapping import NOWHERE, Snapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Parts = tuple[Ints, Floats, Floats]

CORRIDOR = "corridor:"
"""What the word of a corridor begins with, where a road or a corridor can be chosen."""
COLUMNS = ("corridor", "road", "from_km", "to_km")
"""Columns of the table, of which the last two may be empty or missing."""
LONGEST_NAME = 100


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


@dataclass(frozen=True)
class Span:
    """A part of a road from one post to another in metres, and a point of it (NaN: not known)."""

    road: str
    from_m: float
    to_m: float
    lon: float = np.nan
    lat: float = np.nan


NEAR_M = 1000.0
"""A line belongs to a span whose point is so near, beyond its own length."""


@dataclass(frozen=True)
class Shared:
    """What two corridors have in common on one road, in true metres."""

    one: str
    other: str
    road: str
    length_m: float


def section(road: str, from_km: str = "", to_km: str = "") -> Section:
    """Read one section as a person writes it; empty km posts are open. Raises IntakeError."""
    road = " ".join(road.split())
    if not road:
        raise IntakeError("Say which road the section is on.")
    first, last = (metres(words) for words in (from_km, to_km))
    for words, value in ((from_km, first), (to_km, last)):
        if words.strip() and value is None:
            raise IntakeError("{value} is no number of kilometres.", value=words)
    return _section(road, first, last)


def with_section(told: Sequence[Corridor], name: str, more: Section) -> tuple[Corridor, ...]:
    """Add a section to a corridor, or a corridor with this section. Raises Refused."""
    name = _checked(name)
    if any(one.name == name for one in told):
        return tuple(
            Corridor(name, (*one.sections, more)) if one.name == name else one for one in told
        )
    return (*told, Corridor(name, (more,)))


def renamed(told: Sequence[Corridor], name: str, to: str) -> tuple[Corridor, ...]:
    """Give a corridor another name. Raises NotFound, Refused for a name that is taken or none."""
    to = _checked(to)
    _known(told, name)
    if to != name and any(one.name == to for one in told):
        raise Refused("There is already a corridor “{name}”.", name=to)
    return tuple(Corridor(to, one.sections) if one.name == name else one for one in told)


def without(told: Sequence[Corridor], name: str, place: int | None = None) -> tuple[Corridor, ...]:
    """Take a corridor away, or one section of it by its place from 0; with the last it goes, too.

    Raises NotFound for what is not there.
    """
    known = _known(told, name)
    if place is None:
        return tuple(one for one in told if one.name != name)
    if not 0 <= place < len(known.sections):
        raise NotFound("The corridor {name} has no such section.", name=name)
    rest = (*known.sections[:place], *known.sections[place + 1 :])
    left = (Corridor(name, rest),) if rest else ()
    at = [one.name for one in told].index(name)
    return (*told[:at], *left, *told[at + 1 :])


def _known(told: Sequence[Corridor], name: str) -> Corridor:
    found = next((one for one in told if one.name == name), None)
    if found is None:
        raise NotFound("There is no corridor “{name}”.", name=name)
    return found


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused("The name of a corridor has 1 to {most} signs.", most=LONGEST_NAME)
    return name


def shared(network: Network, told: Sequence[Corridor]) -> list[Shared]:
    """Return the roads on which two corridors lie together, by corridors and road, and how far."""
    names = network.names()
    length = network.stretches["length_m"].to_numpy()
    drawn = [(one.name, parts(network, one)) for one in told]
    found = []
    for (name, mine), (other, theirs) in combinations(drawn, 2):
        stretch, share = _common(mine, theirs)
        by_road = pd.Series(share * length[stretch]).groupby(names[stretch]).sum()
        found += [Shared(name, other, str(road), float(m)) for road, m in by_road.items() if m > 0]
    return found


def _common(one: Parts, other: Parts) -> tuple[Ints, Floats]:
    """Return the stretches of which both have a part, and the share of the way they have both."""
    mine, theirs = (
        pd.DataFrame({"stretch": of[0], "begin": of[1], "end": of[2]}) for of in (one, other)
    )
    both = mine.merge(theirs, on="stretch", suffixes=("", "_other"))
    share = both[["end", "end_other"]].min(axis=1) - both[["begin", "begin_other"]].max(axis=1)
    return both["stretch"].to_numpy(dtype=np.int64), share.clip(lower=0).to_numpy(dtype=float)


def read_corridors(rows: Sequence[Mapping[str, str]]) -> tuple[Corridor, ...]:
    """Read corridors from the rows of a table with COLUMNS, in their order. Raises IntakeError."""
    found: dict[str, list[Section]] = {}
    for number, row in enumerate(rows, 1):
        name, road = (row.get(column, "").strip() for column in COLUMNS[:2])
        if not name or not road:
            raise IntakeError("Row {row} names no corridor, or no road of it.", row=number)
        first, last = (_metres(row.get(column, ""), column, number) for column in COLUMNS[2:])
        found.setdefault(name, []).append(_section(road, first, last))
    return tuple(Corridor(name, tuple(sections)) for name, sections in found.items())


def rows(told: Sequence[Corridor]) -> list[tuple[str, str, float | None, float | None]]:
    """Return the rows of the table that tells these corridors, under COLUMNS; None is open."""
    return [
        (one.name, part.road, _km(part.from_m), _km(part.to_m))
        for one in told
        for part in one.sections
    ]


def _km(post_m: float) -> float | None:
    return post_m / 1000 if np.isfinite(post_m) else None


def _section(road: str, first_m: float | None, last_m: float | None) -> Section:
    low = -np.inf if first_m is None else first_m
    high = np.inf if last_m is None else last_m
    return Section(road, min(low, high), max(low, high))


def _metres(words: str, column: str, row: int) -> float | None:
    found = metres(words)
    if found is None and words.strip():
        raise IntakeError(
            "Row {row} says {value} for {column}, which is no number of kilometres.",
            row=row,
            value=words,
            column=column,
        )
    return found


def metres(words: str) -> float | None:
    """Read kilometres, as a person writes them, as metres; None for what is no number."""
    try:
        found = float(words.strip().replace(",", ".")) * 1000
    except ValueError:
        return None
    return found if np.isfinite(found) else None


def parts(network: Network, corridor: Corridor) -> Parts:
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


def drawn(network: Network, spans: Sequence[Span]) -> list[tuple[Floats, ...]]:
    """Return the lines of each span of road, longitude and latitude; none where none is drawn.

    Where the posts of a road come twice, only the lines near the point of the span are its own.
    """
    stretches, found = network.stretches, []
    low, high = (stretches[name].to_numpy() for name in ("from_m", "to_m"))
    there = np.diff(network.lines.offsets) > 1
    rows_of = {
        road: np.flatnonzero(_of_road(network, road) & there & np.isfinite(low))
        for road in {span.road for span in spans}
    }
    for number, span in enumerate(spans):
        rows = rows_of[span.road]
        rows = rows[(high[rows] > span.from_m) & (low[rows] < span.to_m)]
        size = np.where(high[rows] > low[rows], high[rows] - low[rows], 1.0)
        ends = [np.clip((at - low[rows]) / size, 0, 1) for at in (span.from_m, span.to_m)]
        found.append(np.column_stack([np.full(rows.size, number), rows, *ends]))
    parts = np.concatenate([np.empty((0, 4)), *found])
    lines = linear.parts(network.lines, parts[:, 1].astype(np.int64), parts[:, 2], parts[:, 3])
    own: list[list[Floats]] = [[] for _ in spans]
    for row, number in enumerate(parts[:, 0].astype(int).tolist()):
        line = lines.line(row)
        if _is_near(line, spans[number]):
            own[number].append(line)
    return [tuple(one) for one in own]


def _is_near(line: Floats, span: Span) -> bool:
    if not np.isfinite([span.lon, span.lat]).all():
        return True
    point = (np.full(len(line), one) for one in (span.lon, span.lat))
    far = geo.distances_m(line[:, 0], line[:, 1], *point)
    return bool(far.min() <= span.to_m - span.from_m + NEAR_M)


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
