"""Repairs of places: which there are, which a sheet could do with, which the user allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import grids
from crashkit.errors import IntakeError, Message, NeedsChoice, counted
from crashkit.intake.cells import Flags
from crashkit.intake.parsing import Fault
from crashkit.intake.spots import SURE, Floats, Spots, inside
from crashkit.model import Proposal, RepairExample
from crashkit.profiles import Box, Profile

SWAPPED, UNSIGNED, SCALED, PROJECTED = "swapped_axes", "lost_sign", "scaled", "projected"
ALL, NONE = "all", "none"
REPAIRS = (SWAPPED, UNSIGNED, SCALED)
"""What may be allowed by name; a grid is told by its system instead."""

MOST_EXAMPLES = 5
MOST_TRIED = 2_000
"""So many different points tell which grids they may be of."""
MOST_SYSTEMS = 6


LOOKS_PROJECTED = Fault(
    "looks_projected",
    Message(
        "The point {value} looks like metres of a map grid. It is not kept unless you say which "
        "grid it is."
    ),
)


@dataclass(frozen=True)
class Repair:
    """A kind of repair: what a row is told while it is only offered, and once it was made."""

    offered: Fault
    made: Fault


KINDS: Mapping[str, Repair] = {
    SWAPPED: Repair(
        Fault(
            "looks_swapped",
            Message(
                "The point {value} fits only with latitude and longitude exchanged. It is not kept "
                "unless you allow the repair."
            ),
        ),
        Fault(
            "axes_swapped",
            Message(
                "Latitude and longitude were exchanged in the file ({value}) and were put right, "
                "as you allowed."
            ),
        ),
    ),
    UNSIGNED: Repair(
        Fault(
            "looks_unsigned",
            Message(
                "The point {value} fits only with another sign, minus for plus or plus for minus. "
                "It is not kept unless you allow the repair."
            ),
        ),
        Fault(
            "sign_given",
            Message("The point {value} got another sign, as you allowed."),
        ),
    ),
    SCALED: Repair(
        Fault(
            "looks_scaled",
            Message(
                "The point {value} looks like degrees without their decimal mark. It is not kept "
                "unless you allow the repair."
            ),
        ),
        Fault(
            "decimals_given",
            Message("The point {value} got its decimal mark back, as you allowed."),
        ),
    ),
    PROJECTED: Repair(LOOKS_PROJECTED, LOOKS_PROJECTED),
}


@dataclass(frozen=True)
class Wishes:
    """What the user and the profile say of places: the system of the points, repairs allowed."""

    boxes: Sequence[Box] = ()
    system: str = ""
    declined: bool = False
    repairs: frozenset[str] = field(default_factory=frozenset)


def wishes(profile: Profile, answers: Mapping[str, str]) -> Wishes:
    """Read the answers `crs` and `repairs`. Raises IntakeError for words nobody knows."""
    asked = {word.strip() for word in answers.get("repairs", "").split(",")} - {"", NONE}
    odd = sorted(asked - {*REPAIRS, ALL})
    if odd:
        raise IntakeError(
            "There is no repair {word}. Allowed are: {allowed}.",
            word=odd[0][:60],
            allowed=", ".join((*REPAIRS, ALL)),
        )
    answer = answers.get("crs", "")
    declined = answer.lower() == NONE
    system = "" if declined else system_named(answer or profile.crs)
    return Wishes(profile.boxes, system, declined, frozenset(REPAIRS if ALL in asked else asked))


def system_named(answer: str) -> str:
    """Return the coordinate system that a person names, "" for none. Raises IntakeError."""
    plain = answer.upper().replace(" ", "")
    system = f"EPSG:{plain}" if re.fullmatch(r"[0-9]{4,6}", plain) else plain
    if system and not grids.is_known(system):
        raise IntakeError(
            "There is no coordinate system {system}. Name it by its number in the EPSG registry, "
            "for example EPSG:32643, or as SK-42 or GCJ-02.",
            system=system[:60],
        )
    return system


# ------------------------------------------------------------------- offers


@dataclass(frozen=True, eq=False)
class Offer:
    """Rows that a repair would place, and where; of `systems` the user may choose one."""

    kind: str
    rows: Flags
    lat: Floats
    lon: Floats
    step: Floats
    message: Message
    systems: tuple[str, ...] = ()


def offers(spots: Spots, lost: Flags, wished: Wishes) -> Iterator[Offer]:
    """Yield what would place rows that have a point and no place, the surest repair first."""
    lost = lost.copy()
    for find in (_swapped, _unsigned, _scaled, _projected):
        offer = find(spots, lost, wished)
        if offer is not None and offer.rows.any():
            lost &= ~offer.rows
            yield offer


def settle(spots: Spots, offer: Offer, *, made: bool) -> None:
    """Make a repair or leave it, say so of each row, and note it for the user to judge."""
    rows = np.flatnonzero(offer.rows)
    repair = KINDS[offer.kind]
    spots.tell(offer.rows, repair.made if made else repair.offered)
    spots.doubt(offer.rows, "repaired" if made else "repair_offered")
    examples = tuple(_example(spots, offer, row) for row in rows[:MOST_EXAMPLES].tolist())
    spots.found.proposals.append(
        Proposal(offer.kind, "lat", len(rows), examples, offer.message, made, offer.systems)
    )
    if made:
        spots.move(offer.rows, offer.lat, offer.lon, offer.step)


def _example(spots: Spots, offer: Offer, row: int) -> RepairExample:
    sheet = spots.found.sheet
    becomes = "" if offer.systems else f"{offer.lat[row]:.6f}, {offer.lon[row]:.6f}"
    return RepairExample(sheet.file, int(sheet.lines[row]), spots.shown(row), becomes)


def swapped(spots: Spots, lost: Flags, boxes: Sequence[Box]) -> Flags:
    """Say which points lie in the area only with their axes exchanged."""
    return lost & inside(spots.other_lat, spots.other_lon, boxes)


def _swapped(spots: Spots, lost: Flags, wished: Wishes) -> Offer | None:
    rows = swapped(spots, lost, wished.boxes)
    n = int(rows.sum())
    if n >= SURE * max(spots.points, 1):
        message = Message(
            "Latitude and longitude seem to be exchanged in the whole file: {n} of {points} points "
            "fit only so.",
            {"n": n, "points": spots.points},
        )
    else:
        message = counted(
            "Latitude and longitude seem to be exchanged in {n} row.",
            "Latitude and longitude seem to be exchanged in {n} rows.",
            n,
        )
    return Offer(SWAPPED, rows, spots.other_lat, spots.other_lon, spots.step, message)


def _unsigned(spots: Spots, lost: Flags, wished: Wishes) -> Offer | None:
    """Find points that lie in the area with one sign or both turned, in one way only."""
    if not wished.boxes:
        return None
    lat, lon = spots.lat.copy(), spots.lon.copy()
    ways = [(-lat, lon), (lat, -lon), (-lat, -lon)]
    fits = [inside(*way, wished.boxes) for way in ways]
    rows = lost & spots.in_degrees & (np.sum(fits, axis=0) == 1)
    for way, fit in zip(ways, fits, strict=True):
        lat, lon = np.where(fit, way[0], lat), np.where(fit, way[1], lon)
    message = counted(
        "A number seems to have the wrong sign in {n} row.",
        "A number seems to have the wrong sign in {n} rows.",
        int(rows.sum()),
    )
    return Offer(UNSIGNED, rows, lat, lon, spots.step, message)


def _scaled(spots: Spots, lost: Flags, wished: Wishes) -> Offer | None:
    """Find the power of ten that makes whole numbers degrees, where most points are such."""
    mine = lost & ~spots.in_degrees & spots.whole
    if not wished.boxes or mine.sum() <= spots.points / 2:
        return None
    powers = [10.0**power for power in range(1, 10)]
    fits = [mine & inside(spots.lat / ten, spots.lon / ten, wished.boxes) for ten in powers]
    best = int(np.argmax([fit.sum() for fit in fits]))
    rows, ten = fits[best], powers[best]
    if rows.sum() < SURE * mine.sum():
        return None
    message = Message(
        "The points look like degrees times {factor}: {n} of {points} fit when divided by it.",
        {"factor": int(ten), "n": int(rows.sum()), "points": int(mine.sum())},
    )
    return Offer(SCALED, rows, spots.lat / ten, spots.lon / ten, spots.step / ten, message)


def _projected(spots: Spots, lost: Flags, wished: Wishes) -> Offer | None:
    """Find grids that place points which are no degrees; the user must say which one it is."""
    rows = lost & ~spots.in_degrees
    fitting = _fitting(spots, rows, wished) if rows.any() and not wished.system else []
    if not fitting:
        return None
    message = Message(
        "Rows that look like metres of a map grid: {n}. These systems put some of their points "
        "inside the area: {systems}.",
        {"n": int(rows.sum()), "systems": _evidence(fitting)},
    )
    systems = tuple(system for system, _, _ in fitting)
    return Offer(PROJECTED, rows, spots.lat, spots.lon, spots.step, message, systems)


def ask_system(spots: Spots, wished: Wishes) -> None:
    """Ask of which grid the points of a sheet are, where nearly all are metres of some grid.

    Raises NeedsChoice.
    """
    metres = spots.here & ~spots.in_degrees
    if wished.declined or not metres.any() or metres.sum() < SURE * spots.points:
        return
    scaled = None if spots.on_grid else _scaled(spots, metres, wished)
    fitting = [one for one in _fitting(spots, metres, wished) if one[1] >= SURE * one[2]]
    if scaled is not None or not (fitting or spots.on_grid):
        return
    rows = np.flatnonzero(metres)
    # Examples that do not depend on the order of the rows.
    rows = rows[np.lexsort((spots.lon[rows], spots.lat[rows]))]
    rows = rows[:: len(rows) // MOST_EXAMPLES + 1][:MOST_EXAMPLES]
    file, point = spots.found.sheet.file, spots.shown(int(rows[0]))
    if not fitting:
        raise NeedsChoice(
            "The points of {file} are metres of a map grid, for example {point}. Say which grid "
            "it is, for example EPSG:32643, or none to keep the crashes without a point.",
            option="crs",
            file=file,
            point=point,
        )
    systems = [system for system, _, _ in fitting]
    raise NeedsChoice(
        "The points of {file} are metres of a map grid, for example {point}. These systems put "
        "them inside the area of the source: {systems}. Say which one it is, or none to keep the "
        "crashes without a point.",
        option="crs",
        choices=(*systems, NONE),
        examples={system: _read_by(system, spots, rows, wished) for system in systems},
        file=file,
        point=point,
        systems=_evidence(fitting),
    )


def _read_by(
    system: str, spots: Spots, rows: NDArray[np.intp], wished: Wishes
) -> list[tuple[str, str]]:
    """Return some points as written and as a system reads them, with axes exchanged if need be."""
    x, y = spots.lon[rows], spots.lat[rows]
    lon, lat = grids.to_wgs84(x, y, system)
    turned_lon, turned_lat = grids.to_wgs84(y, x, system)
    turned = ~inside(lat, lon, wished.boxes) & inside(turned_lat, turned_lon, wished.boxes)
    lat, lon = np.where(turned, turned_lat, lat), np.where(turned, turned_lon, lon)
    read = ["" if np.isnan(n) else f"{n:.5f}, {e:.5f}" for n, e in zip(lat, lon, strict=True)]
    return [(spots.shown(row), cell) for row, cell in zip(rows.tolist(), read, strict=True)]


def _fitting(spots: Spots, rows: Flags, wished: Wishes) -> list[tuple[str, int, int]]:
    """Return grids with how many of the points tried they put inside the area, the best first."""
    # Each different point once and in order, so that the rows may stand in any.
    points = np.unique(np.column_stack([spots.lon[rows], spots.lat[rows]]), axis=0)
    points = points[:: len(points) // MOST_TRIED + 1]
    x, y = points[:, 0], points[:, 1]
    systems = dict.fromkeys(
        system
        for box in wished.boxes
        for system in grids.candidates(box.west, box.south, box.east, box.north)
    )
    found = []
    for system in systems:
        lon, lat = grids.roughly(x, y, system)
        turned_lon, turned_lat = grids.roughly(y, x, system)
        fit = inside(lat, lon, wished.boxes) | inside(turned_lat, turned_lon, wished.boxes)
        found.append((system, int(fit.sum()), len(points)))
    found = [one for one in found if one[1]]
    return sorted(found, key=lambda one: -one[1])[:MOST_SYSTEMS]


def _evidence(fitting: Sequence[tuple[str, int, int]]) -> str:
    return ", ".join(f"{grids.title(system)} {n}/{points}" for system, n, points in fitting)


def merged(found: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Bring together what is offered for several files; the sums of a sentence are added."""
    kept: dict[tuple[Any, ...], Proposal] = {}
    for one in found:
        name = (one.kind, one.message.text, one.message.values.get("factor"), one.systems)
        kept[name] = _sum(kept[name], one) if name in kept else one
    return tuple(kept.values())


def _sum(one: Proposal, more: Proposal) -> Proposal:
    values = {
        name: value + more.message.values[name] if name in ("n", "points") else value
        for name, value in one.message.values.items()
    }
    return replace(
        one,
        count=one.count + more.count,
        examples=(*one.examples, *more.examples)[:MOST_EXAMPLES],
        message=replace(one.message, values=values),
    )
