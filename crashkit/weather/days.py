"""The weather kept for a data set, day by day: which condition each day had, and where crashes lie.

Arrays have one row for each place and day that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, sun
from crashkit.model import CrashData
from crashkit.roads.columns import plain
from crashkit.weather import words
from crashkit.weather.words import QUANTITIES, Condition

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Told = NDArray[np.int8]
"""1 yes, 0 no, -1 not known."""

AREAS = ("admin2", "settlement", "admin1")
"""Fields whose names a place may bear, the narrowest first."""
KM_PER_DEG = 111.2
EPOCH = date(1970, 1, 1).toordinal()


class KeptDay(Protocol):
    """The weather of a place on a day, as it was read or as a store keeps it."""

    @property
    def place(self) -> str:
        """The place as written; "" is the whole data set."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def values(self) -> Mapping[str, float]:
        """What was measured, by quantity."""

    @property
    def phenomena(self) -> frozenset[str] | None:
        """Names of phenomena; None where the table tells none."""

    @property
    def lat(self) -> float | None:
        """Latitude of a station."""

    @property
    def lon(self) -> float | None:
        """Longitude of a station."""


@dataclass(frozen=True, eq=False)
class Weather:
    """Weather by place and day: `place` is a row of `places`, `day` a day since 1970.

    `values` hold a number a row, NaN where nothing is known; `phenomena` 1, 0 or -1 a row.
    """

    places: tuple[str, ...]
    points: Floats
    place: Ints
    day: Ints
    values: Mapping[str, Floats]
    phenomena: Mapping[str, Told]

    def __len__(self) -> int:
        return len(self.day)


def gathered(kept: Iterable[KeptDay]) -> Weather | None:
    """Put days together; None where there is none."""
    rows = list(kept)
    if not rows:
        return None
    names = {words.folded(one.place): one.place for one in rows}
    keys = sorted(names)
    number = {key: i for i, key in enumerate(keys)}
    points = np.full((len(keys), 2), np.nan)
    for one in rows:
        if one.lat is not None and one.lon is not None:
            points[number[words.folded(one.place)]] = one.lat, one.lon
    kinds = [name for name in words.known()["phenomena"] if name != "clear"]
    return Weather(
        places=tuple(names[key] for key in keys),
        points=points,
        place=np.array([number[words.folded(one.place)] for one in rows], dtype=np.int64),
        day=np.array([one.day.toordinal() - EPOCH for one in rows], dtype=np.int64),
        values={
            name: np.array([one.values.get(name, np.nan) for one in rows]) for name in QUANTITIES
        },
        phenomena={
            name: np.array(
                [-1 if one.phenomena is None else name in one.phenomena for one in rows],
                dtype=np.int8,
            )
            for name in kinds
        },
    )


def has(weather: Weather, condition: Condition) -> Told:
    """Say of each row whether the day had the condition: it had not where every test fails.

    A test of something that its place never tells on any day does not count.
    """
    found = np.stack([_test(weather, one) for one in condition.tests])
    told = np.stack([_tells(weather, one)[weather.place] for one in found >= 0])
    yes, known = (found == 1).any(axis=0), ((found >= 0) | ~told).all(axis=0) & told.any(axis=0)
    return np.where(yes, 1, np.where(known, 0, -1)).astype(np.int8)


def _tells(weather: Weather, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of each place whether it tells a thing on any day."""
    return np.bincount(weather.place, known, len(weather.places)) > 0


def _test(weather: Weather, test: Mapping[str, Any]) -> Told:
    if "phenomenon" in test:
        return weather.phenomena[test["phenomenon"]]
    values = weather.values[test["column"]]
    with np.errstate(invalid="ignore"):
        hit = values < test["below"] if "below" in test else values >= test["from"]
    return np.where(np.isfinite(values), hit, -1).astype(np.int8)


# --------------------------------------------------------------- where crashes lie


@dataclass(frozen=True, eq=False)
class Lying:
    """The row of `places` of each crash, -1 for none, and how it was found: a place in HOW."""

    place: Ints
    how: Told


HOW = ("station", *AREAS, "whole")


def lying(data: CrashData, weather: Weather) -> Lying:
    """Return whose weather each crash has: the nearest station, its area, or the whole."""
    place, how = np.full(len(data), -1, dtype=np.int64), np.full(len(data), -1, dtype=np.int8)
    stations = np.flatnonzero(np.isfinite(weather.points[:, 0]))
    if len(stations):
        nearest, km = _nearest(data, weather.points[stations])
        near = km <= words.rules()["nearest_km"]
        place[near], how[near] = stations[nearest[near]], 0
    number = {
        plain(name): i
        for i, name in enumerate(weather.places)
        if name and not np.isfinite(weather.points[i, 0])
    }
    for step, field in enumerate(AREAS, start=1):
        found = _by_name(data, field, number)
        free = (place < 0) & (found >= 0)
        place[free], how[free] = found[free], step
    if "" in weather.places:
        free = place < 0
        place[free], how[free] = weather.places.index(""), HOW.index("whole")
    return Lying(place, how)


def _nearest(data: CrashData, points: Floats) -> tuple[Ints, Floats]:
    """Return the nearest point of each crash and how many km it is away; infinite for no point."""
    lat, lon = filters.numbers(data, "lat"), filters.numbers(data, "lon")
    across = np.cos(np.radians(lat))
    best, least = np.zeros(len(data), dtype=np.int64), np.full(len(data), np.inf)
    for i, (north, east) in enumerate(points.tolist()):
        km = KM_PER_DEG * np.hypot(lat - north, (lon - east) * across)
        closer = km < least
        best[closer], least[closer] = i, km[closer]
    return best, least


def _by_name(data: CrashData, field: str, number: Mapping[str, int]) -> Ints:
    levels = filters.levels(data, field)
    if levels is None or not number:
        return np.full(len(data), -1, dtype=np.int64)
    found = [number.get(plain(name), -1) if name else -1 for name in levels.values]
    return np.asarray(np.array([*found, -1], dtype=np.int64)[levels.codes])


# --------------------------------------------------------------------- seasons


def usual(weather: Weather, told: Told, rows: NDArray[np.bool_]) -> Floats:
    """Return for each day of a year of 366 the share of days around it that have a condition.

    NaN where nothing is known. `rows` are the rows that count.
    """
    around = int(words.rules()["around_days"])
    kept = rows & (told >= 0)
    of_year = sun.day_of_year(weather.day[kept])
    yes = np.bincount(of_year, weights=told[kept], minlength=366)
    all_days = np.bincount(of_year, minlength=366).astype(float)
    window = np.arange(-around, around + 1)
    places = (np.arange(366)[:, None] + window[None, :]) % 366
    below = all_days[places].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(below > 0, yes[places].sum(axis=1) / np.maximum(below, 1), np.nan)


def season(share: Floats) -> tuple[int, int] | None:
    """Return the longest run of days of the year on which a condition is usual; None for none.

    First and last day, 0 to 365; a run over the new year begins in the old one.
    """
    often = np.nan_to_num(share) >= words.rules()["usual"]
    if not often.any():
        return None
    if often.all():
        return 0, 365
    start = int(np.flatnonzero(~often)[0])
    turned = np.roll(often, -start)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], turned.view(np.int8), [0]])))
    runs: Sequence[tuple[int, int]] = list(
        zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    )
    first, last = max(runs, key=lambda run: run[1] - run[0])
    return (first + start) % 366, (last - 1 + start) % 366
