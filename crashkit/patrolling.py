"""Where and when a patrol may look: places with crashes in a shift, and how some were drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, geo, tables
from crashkit.errors import Message
from crashkit.model import CrashData

Ints = NDArray[np.int64]

SHIFTS = "hour_4"
"""The bands of hours that a shift is one of."""
KM_M = 1000
"""Places are whole kilometres of a road, or squares of as many metres."""
CANDIDATES = 4
"""A sample is drawn from so many times the places wanted."""
LEAST = 2
"""One crash alone makes no place."""


@dataclass(frozen=True, eq=False)
class Place:
    """A kilometre of a road, or a square; `data` are its crashes in the shift."""

    label: Message
    data: CrashData
    lat: float | None
    lon: float | None

    @property
    def killed(self) -> int:
        """The people killed there in the shift."""
        return int(tables.by_crash(self.data, "killed").sum())


@dataclass(frozen=True, eq=False)
class Drawn:
    """The places of a sheet, the most crashes first, and what they were drawn from.

    `used` are the crashes of the shift with a place, `of` all of the shift. `candidates` are the
    places that could be drawn, of `known` with LEAST crashes.
    """

    places: tuple[Place, ...]
    used: int
    of: int
    candidates: int
    known: int
    by_road: bool


def in_shift(data: CrashData, shift: str) -> CrashData:
    """Keep the crashes of a shift, one of the bands of hours of SHIFTS."""
    levels = filters.levels(data, SHIFTS)
    if levels is None:
        return data.keep(np.zeros(len(data), dtype=np.bool_))
    return data.keep(levels.look_up([value == shift for value in levels.values], missing=False))


def draw(data: CrashData, wanted: int, seed: int) -> Drawn:
    """Return so many places of the crashes of a shift.

    With seed 0 those with the most crashes; with another a sample, each of CANDIDATES times as many
    places at the top of the list with the same chance. The same seed draws the same places.
    """
    by_road = _has_posts(data)
    groups = [*(_kilometres(data) if by_road else _squares(data))]
    used = sum(len(rows) for _, rows in groups)
    known = [one for one in groups if len(one[1]) >= LEAST]
    known.sort(key=lambda one: (-len(one[1]), one[0].text, str(one[0].values)))
    top = known[: CANDIDATES * wanted] if seed else known[:wanted]
    chosen = [*range(len(top))]
    if seed and len(top) > wanted:
        drawn = np.random.default_rng(seed).choice(len(top), size=wanted, replace=False)
        chosen = sorted(int(one) for one in drawn)
    places = tuple(_place(data, *top[one]) for one in chosen)
    return Drawn(places, used, len(data), len(top), len(known), by_road)


def _has_posts(data: CrashData) -> bool:
    """Say whether road and km post are told of half of the crashes or more."""
    road = filters.levels(data, "road")
    if road is None or not len(data):
        return False
    known = (road.codes >= 0) & np.isfinite(filters.numbers(data, "chainage_km"))
    return bool(known.mean() >= 0.5)


def _kilometres(data: CrashData) -> Iterator[tuple[Message, Ints]]:
    road, post = filters.levels(data, "road"), filters.numbers(data, "chainage_km")
    assert road is not None
    rows = np.flatnonzero((road.codes >= 0) & np.isfinite(post))
    km = np.floor(post[rows] * 1000 / KM_M).astype(np.int64)
    for code, first, members in _grouped(rows, road.codes[rows].astype(np.int64), km):
        name = road.values[code]
        if name and name != filters.UNKNOWN:
            words = {"road": name, "first": first, "last": first + 1}
            yield Message("{road}, km {first} to {last}", words), members


def _squares(data: CrashData) -> Iterator[tuple[Message, Ints]]:
    lon, lat = (filters.numbers(data, name) for name in ("lon", "lat"))
    rows = np.flatnonzero(filters.located(data))
    cells = geo.cells(lon[rows], lat[rows], KM_M)
    for _, _, members in _grouped(rows, cells, np.zeros(len(rows), dtype=np.int64)):
        words = {"lat": f"{lat[members].mean():.4f}", "lon": f"{lon[members].mean():.4f}"}
        yield Message("Square of 1 km around {lat}, {lon}", words), members


def _grouped(rows: Ints, first: Ints, second: Ints) -> Iterator[tuple[int, int, Ints]]:
    """Yield each pair of keys with its rows."""
    if not rows.size:
        return
    keys, place = np.unique(np.stack([first, second]), axis=1, return_inverse=True)
    order = np.argsort(place, kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(place.ravel()))[:-1])
    for (one, other), members in zip(keys.T.tolist(), parts, strict=True):
        yield one, other, members


def _place(data: CrashData, label: Message, rows: Ints) -> Place:
    here = np.zeros(len(data), dtype=np.bool_)
    here[rows] = True
    part = data.keep(here)
    lon, lat = (filters.numbers(part, name) for name in ("lon", "lat"))
    known = filters.located(part)
    middle = (float(np.median(lat[known])), float(np.median(lon[known]))) if known.any() else None
    return Place(label, part, *(middle or (None, None)))
