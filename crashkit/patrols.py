"""Where a patrol may go in its hours: where crashes of a shift gather, and a draw of these.

A drawn patrol is not foreseen by those who watch for it, and each place has a known chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, geo, stats
from crashkit.errors import Message
from crashkit.model import CrashData, Site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

USUAL = {"from": 22, "hours": 8, "places": 6, "seed": 1}
"""What is chosen where nothing is said."""
SECTION_M, SQUARE_M = 1000, 500
"""Places are kilometres of roads with km posts, and squares where a crash has a point only."""
TIMES = 4
"""So many times as many places as are drawn are drawn from."""
LEAST = 2
"""One crash in some years says nothing about a place."""


@dataclass(frozen=True)
class Shift:
    """Hours of a day, from the full hour `first`; it may go on after midnight."""

    first: int
    hours: int

    @property
    def until(self) -> int:
        """The full hour at which it ends."""
        return (self.first + self.hours) % 24

    @property
    def in_order(self) -> tuple[int, ...]:
        """Its hours as they come."""
        return tuple((self.first + i) % 24 for i in range(self.hours))

    @property
    def crosses_midnight(self) -> bool:
        """Whether a part of it belongs to the next day."""
        return self.first + self.hours > 24

    def holds(self, hour: Floats) -> Flags:
        """Say which hours are in it; one that is not known is not."""
        return np.asarray((hour - self.first) % 24 < self.hours)


@dataclass(frozen=True, eq=False)
class Spot:
    """A place with its crashes in the shift, and the chance by which it is drawn.

    `low` and `high` are the exact 95 % limits of the mean of a Poisson count.
    """

    site: Site
    crashes: CrashData
    chance: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Patrol:
    """A shift with its crashes and the places drawn for it, in the order of the draw.

    `unknown_hour` crashes tell no hour, `unplaced` ones of the shift no place. `frame` is how many
    places were drawn from: each has `least` crashes or more, `in_frame` together. All places with a
    crash of the shift are `found`.
    """

    shift: Shift
    asked: int
    seed: int
    crashes: CrashData
    unknown_hour: int
    unplaced: int
    found: int
    frame: int
    least: int
    in_frame: int
    spots: tuple[Spot, ...]

    @cached_property
    def certain(self) -> int:
        """How many are drawn by every seed."""
        return sum(one.chance >= 1 for one in self.spots)


def plan(data: CrashData, words: Mapping[str, str]) -> Patrol:
    """Find where the crashes of a shift gather, and draw places for a patrol.

    `words` are those of the options from, hours, places and seed; the usual ones hold else. Places
    are disjoint: a crash with road and km post lies in a kilometre of that road, another with
    coordinates in a square.
    """
    said = {name: int(words.get(name) or usual) for name, usual in USUAL.items()}
    found: Patrol = data.once(f"patrol {said}", lambda whole: _plan(whole, said))
    return found


def _plan(data: CrashData, said: Mapping[str, int]) -> Patrol:
    shift = Shift(said["from"], said["hours"])
    hour = filters.numbers(data, "hour")
    part = data.keep(shift.holds(hour))
    sites = _places(part)
    counts = np.array([len(one.crash_ids) for one in sites], dtype=np.int64)
    rows = frame(counts, said["places"])
    chances = inclusion(counts[rows].astype(float), said["places"])
    low, high = stats.poisson_limits(counts[rows])
    return Patrol(
        shift=shift,
        asked=said["places"],
        seed=said["seed"],
        crashes=part,
        unknown_hour=int(np.isnan(hour).sum()),
        unplaced=len(part) - int(counts.sum()),
        found=len(sites),
        frame=len(rows),
        least=int(counts[rows].min()) if len(rows) else 0,
        in_frame=int(counts[rows].sum()),
        spots=tuple(
            Spot(sites[rows[i]], _at(part, sites[rows[i]]), chances[i], low[i], high[i])
            for i in draw(chances, said["seed"])
        ),
    )


def frame(counts: Ints, places: int) -> Ints:
    """Return the places with the most crashes, TIMES as many as are drawn.

    All that have as many as the last of them are among them; none with fewer than LEAST is.
    """
    ordered = np.sort(counts)[::-1]
    last = int(ordered[: TIMES * places].min(initial=np.iinfo(np.int64).max))
    return np.flatnonzero(counts >= max(LEAST, last)).astype(np.int64)


def inclusion(sizes: Floats, n: int) -> Floats:
    """Return the chance of each place to be among `n` that are drawn in proportion to size.

    One so large that its chance would be above 1 is certain; the others share what is left.

    >>> inclusion(np.array([1.0, 1.0, 2.0]), 2).tolist()
    [0.5, 0.5, 1.0]

    Source: Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, section 3.6.2.
    """
    certain = np.zeros(sizes.size, dtype=bool)
    if n >= sizes.size:
        return np.ones(sizes.size)
    while True:
        chance = (n - certain.sum()) * sizes / sizes[~certain].sum()
        more = ~certain & (chance >= 1)
        if not more.any():
            return np.where(certain, 1.0, chance)
        certain |= more


def draw(chances: Floats, seed: int) -> list[int]:
    """Draw places so that each has its chance; they come in an order that is drawn as well.

    The places are put in a row by chance, each as long as its own chance, and one is taken at every
    whole step from a start drawn below 1.

    Source: Madow 1949, Annals of Mathematical Statistics 20: 333-354; the order by chance: Hartley
    and Rao 1962, Annals of Mathematical Statistics 33: 350-374.
    """
    chance = np.random.default_rng(seed)
    certain = np.flatnonzero(chances >= 1)
    order = chance.permutation(np.flatnonzero(chances < 1))
    ends = np.cumsum(chances[order])
    steps = chance.random() + np.arange(round(float(ends[-1])) if order.size else 0)
    taken = order[np.minimum(np.searchsorted(ends, steps, side="right"), order.size - 1)]
    return [int(i) for i in chance.permutation(np.concatenate([certain, taken]).astype(np.int64))]


def _places(data: CrashData) -> list[Site]:
    """Return the places that have crashes: kilometres of roads, then squares."""
    along = geo.on_roads(data)
    others = data.keep(~np.isin(data.crash_ids, along.ids))
    squares = geo.squares(geo.located(others), SQUARE_M)
    return [*chain(geo.sections(along, SECTION_M), squares)]


def _at(data: CrashData, site: Site) -> CrashData:
    return data.keep(np.isin(data.crash_ids, site.crash_ids))


def middle(spot: Spot) -> tuple[float, float] | None:
    """Return longitude and latitude of the crash nearest the middle of all at a place.

    None where no crash there has coordinates.
    """
    lon, lat = (filters.numbers(spot.crashes, name) for name in ("lon", "lat"))
    here = np.isfinite(lon) & np.isfinite(lat)
    if not here.any():
        return None
    lon, lat = lon[here], lat[here]
    to_lon, to_lat = (np.full(len(one), np.median(one)) for one in (lon, lat))
    at = int(geo.distances_m(lon, lat, to_lon, to_lat).argmin())
    return float(lon[at]), float(lat[at])


NAMED_BY = ("road_number", "road_name", "place")


def name(spot: Spot) -> Message:
    """Name a place by road and km posts, or by its square and the road most crashes there name."""
    site = spot.site
    if site.from_m is not None and site.to_m is not None:
        return Message(
            "{road}, km {first} to {last}",
            {
                "road": site.road,
                "first": f"{site.from_m / 1000:.0f}",
                "last": f"{site.to_m / 1000:.0f}",
            },
        )
    named = next(filter(None, (_most_told(spot.crashes, one) for one in NAMED_BY)), "")
    point = middle(spot)
    assert point is not None
    where = {"lat": f"{point[1]:.4f}", "lon": f"{point[0]:.4f}"}
    if named:
        return Message("{name}, near {lat}, {lon}", {**where, "name": named})
    return Message("Near {lat}, {lon}", where)


def _most_told(data: CrashData, field: str) -> str:
    """Return the text that most crashes have in a field, "" where none has any."""
    levels = filters.levels(data, field)
    if levels is None:
        return ""
    words = zip(levels.values, levels.counts()[1:], strict=True)
    told = {str(word): int(n) for word, n in words if word and word != filters.UNKNOWN and n}
    return min(told, key=lambda word: (-told[word], word), default="")
