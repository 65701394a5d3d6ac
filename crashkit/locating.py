"""Which crashes are most worth a place on the map, and where each may have been.

A crash waits when it has no coordinates, or when those it has are rougher than a km post. Fatal and
serious crashes come first, then those with the most other crashes around: a place that may turn
out a blackspot is worth the work. Nothing is placed by itself: a person accepts a suggestion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo, units
from crashkit.errors import Message, NotFound
from crashkit.model import CrashData, constant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUGH_M = 500.0
"""A point as rough as a whole kilometre is doubtful: it shows no better than a km post.

Source: data standards, section 2: "km 684" is known to 500 m.
"""

NEAR_M = 1_000
"""Crashes within this distance along the road may make one blackspot with the crash that waits."""

REACH_M = 5_000
"""A crash farther along the road says nothing of where another one was."""

WORST_M = 2_000.0
"""A suggestion rougher than this would put the crash into the wrong place rather than the right."""

LEAST = 2
"""So many located crashes with the same words make a place of them; one may be wrong itself."""

POST_M = 5.0
"""How exact a km post is taken to be where the source does not say: it was written to the metre."""

FIRST = {"fatal": 0, "serious": 1}
WORDS = (
    (("admin1", "admin2", "place", "road_key"), "geocoded"),
    (("admin1", "admin2", "place"), "place_centroid"),
)
"""Fields that together name a place, the narrowest first, and what a point from them is called."""

PLACED = ("linear_ref", *(source for _, source in WORDS))
"""What a point is called that was found from a km post or from words."""

NOT_LOCATED = Message("It has no coordinates.")
REFUSED = {
    "repair_offered": Message("Its coordinates were not kept; a repair of them was offered."),
    "outside": Message("Its coordinates were not kept: they lie outside the area of the source."),
    "no_place": Message("Its coordinates were not kept: they are too rough, or cannot be a place."),
}
"""What is said of a crash without a point, by the doubt about the one that its source gave."""

ROUGH = Message("Its coordinates are known to {metres} m only.")


@dataclass(frozen=True)
class Waiting:
    """A crash that waits for a place: its id, why, and how many crashes are around it.

    `around` counts those within 1 km on the same road, else those at a place of the same words.
    """

    id: int
    severity: str
    why: Message
    around: int


@dataclass(frozen=True)
class Suggestion:
    """Where a crash may have been, within so many metres, and how that was found.

    `source` is a code of the field coord_source.
    """

    lon: float
    lat: float
    accuracy_m: float
    source: str
    why: Message


# -------------------------------------------------------------------- the queue


def queue(data: CrashData) -> tuple[Waiting, ...]:
    """Return the crashes that wait for a place, the one most worth it first."""
    waits, rough_m = _waits(data)
    rows = np.flatnonzero(waits)
    if not len(rows):
        return ()
    around = _around(data, rows)
    severity = _texts(data, "severity")[rows]
    flags = _texts(data, "location_flag")[rows]
    ids = data.crashes["id"].to_numpy(dtype=np.int64)[rows]
    days = data.crashes["crash_date"].to_numpy(dtype="datetime64[D]").astype(np.int64)[rows]
    tier = np.array([FIRST.get(word, len(FIRST)) for word in severity], dtype=np.int64)
    order = np.lexsort((ids, -days, -around, tier))
    return tuple(
        Waiting(
            id=int(ids[one]),
            severity=severity[one] or "unknown",
            why=_why(float(rough_m[rows[one]]), flags[one]),
            around=int(around[one]),
        )
        for one in order.tolist()
    )


def _sure(data: CrashData) -> tuple[Flags, Floats]:
    """Say which crashes have a point that is not rough; and how rough each is, NaN without one."""
    there = np.isfinite(_numbers(data, "lon")) & np.isfinite(_numbers(data, "lat"))
    accuracy = np.where(there, _numbers(data, "coord_accuracy_m"), np.nan)
    return there & (np.nan_to_num(accuracy) < ROUGH_M), accuracy


def _waits(data: CrashData) -> tuple[Flags, Floats]:
    """Say which crashes wait, and how rough their points are."""
    sure, accuracy = _sure(data)
    # Placed as well as its km post or its words allow: asking again would bring nothing better.
    placed = np.isin(_texts(data, "coord_source"), PLACED) & (accuracy <= WORST_M)
    return ~sure & ~placed, accuracy


def _why(rough_m: float, flag: str) -> Message:
    if np.isnan(rough_m):
        return REFUSED.get(flag, NOT_LOCATED)
    return Message(ROUGH.text, {"metres": round(rough_m)})


def _around(data: CrashData, rows: Ints) -> Ints:
    """Count the other crashes near each row."""
    found = np.zeros(len(data), dtype=np.int64)
    names, _ = WORDS[0]
    codes = _places(data, names)
    known = codes >= 0
    found[known] = np.bincount(codes[known], minlength=1)[codes[known]] - 1
    roads = _roads(data)
    if len(roads.ids):
        keys = _along(roads)
        near = np.searchsorted(keys, keys + NEAR_M, side="right") - np.searchsorted(
            keys, keys - NEAR_M
        )
        ids = data.crashes["id"].to_numpy(dtype=np.int64)
        found[np.searchsorted(ids, roads.ids)] = near - 1
    return found[rows]


def _along(roads: geo.OnRoads) -> Ints:
    """Return one growing number along all roads, far apart from road to road."""
    first, far = roads.part.min(), int(roads.at_m.max()) + 10 * REACH_M
    stretch = roads.road * (roads.part.max() - first + 1) + roads.part - first
    return np.asarray(stretch * far + roads.at_m, dtype=np.int64)


def _places(data: CrashData, names: Sequence[str]) -> Ints:
    """Number the places that these words name; -1 where one of them is not known.

    Only the province and the district may be unknown: a road alone is no place, it is too long.
    """
    needed = [name for name in names if not name.startswith("admin")]
    if not all(data.has(name) for name in needed):
        return np.full(len(data), -1, dtype=np.int64)
    codes, known = np.zeros(len(data), dtype=np.int64), np.ones(len(data), dtype=bool)
    for name in names:
        of, words = pd.factorize(_texts(data, name))
        folded, plain = pd.factorize(np.array([word.strip().casefold() for word in words]))
        codes = codes * (len(plain) + 1) + folded[of]
        if name in needed:
            known &= (plain != "")[folded][of]
    return np.where(known, np.unique(codes, return_inverse=True)[1].ravel(), -1)


@lru_cache(maxsize=2)
def _roads(data: CrashData) -> geo.OnRoads:
    """Return the crashes along their roads; one page asks for them twice."""
    return geo.on_roads(data)


def _texts(data: CrashData, name: str) -> NDArray[np.object_]:
    if name not in data.crashes.columns:
        return constant(len(data), "")
    found = data.crashes[name].astype(object)
    return found.where(found.notna(), "").to_numpy(dtype=object)


def _numbers(data: CrashData, name: str) -> Floats:
    if name not in data.crashes.columns:
        return np.full(len(data), np.nan)
    return data.crashes[name].to_numpy(dtype=float, na_value=np.nan)


# --------------------------------------------------------------- suggestions


def suggest(data: CrashData, crash: int) -> Suggestion | None:
    """Say where a crash may have been, by its km post, else by the words of its place.

    None where nothing is known that puts it within 2 km. Raises NotFound.
    """
    ids = data.crashes["id"].to_numpy(dtype=np.int64)
    row = int(np.searchsorted(ids, crash))
    if row >= len(ids) or ids[row] != crash:
        raise NotFound("This data set has no crash number {number}.", number=str(crash))
    sure, _ = _sure(data)
    return _by_post(data, crash, sure) or _by_words(data, row, sure)


def _by_post(data: CrashData, crash: int, sure: Flags) -> Suggestion | None:
    """Place a crash between its located neighbours along the road."""
    roads = _roads(data)
    here = np.flatnonzero(roads.ids == crash)
    if not len(here):
        return None
    own = int(here[0])
    rows = np.searchsorted(data.crashes["id"].to_numpy(dtype=np.int64), roads.ids)
    same = (roads.road == roads.road[own]) & (roads.part == roads.part[own]) & sure[rows]
    at_m = roads.at_m - roads.at_m[own]
    before = np.flatnonzero(same & (at_m <= 0) & (at_m >= -REACH_M))
    after = np.flatnonzero(same & (at_m >= 0) & (at_m <= REACH_M))
    if not len(before) or not len(after):
        return None
    one, other = int(before[np.argmax(at_m[before])]), int(after[np.argmin(at_m[after])])
    post_m = np.nan_to_num(_numbers(data, "chainage_accuracy_m"), nan=POST_M)[rows]
    found = _between(roads, one, other, abs(at_m) + post_m + post_m[own])
    if found is None or found[2] > WORST_M:
        return None
    numbers = _texts(data, "crash_id" if data.has("crash_id") else "id")[rows]
    return Suggestion(
        lon=found[0],
        lat=found[1],
        accuracy_m=_rounded(found[2]),
        source="linear_ref",
        why=Message(
            "Located from km {km} of {road}, between the crashes {one} and {other}.",
            {
                "km": units.post(roads.at_m[own] / 1000),
                "road": roads.names[int(roads.road[own])],
                "one": str(numbers[one]),
                "other": str(numbers[other]),
            },
        ),
    )


def _between(
    roads: geo.OnRoads, one: int, other: int, most_m: Floats
) -> tuple[float, float, float] | None:
    """Return lon, lat on the straight line between two crashes, and how far off the crash can be.

    The crash is at most `most_m` from each neighbour, the length of the road between them and what
    the km posts leave open: it lies where two circles overlap, and no point of the overlap is
    farther than its corners. None where the circles do not meet, so that a point or a km post must
    be wrong.

    Source: Stewart's theorem, for the distance of a corner from the point on the line.
    """
    lon, lat = roads.lon, roads.lat
    chord = geo.distance_m(lon[one], lat[one], lon[other], lat[other])
    length = float(most_m[one] + most_m[other])
    if chord > length:
        return None
    share = float(most_m[one]) / length
    return (
        float(lon[one] + share * (lon[other] - lon[one])),
        float(lat[one] + share * (lat[other] - lat[one])),
        float(np.sqrt((length**2 - chord**2) * share * (1 - share))),
    )


def _rounded(metres: float) -> float:
    """Round up to what can be meant: tens of metres."""
    return float(np.ceil(max(metres, 10.0) / 10) * 10)


def _by_words(data: CrashData, row: int, sure: Flags) -> Suggestion | None:
    """Place a crash in the middle of the located crashes whose place has the same words."""
    for names, source in WORDS:
        codes = _places(data, names)
        same = np.flatnonzero((codes == codes[row]) & (codes >= 0) & sure)
        if codes[row] < 0 or len(same) < LEAST:
            continue
        lon, lat = (np.median(_numbers(data, name)[same]) for name in ("lon", "lat"))
        far = [
            geo.distance_m(lon, lat, *point)
            for point in zip(
                _numbers(data, "lon")[same].tolist(),
                _numbers(data, "lat")[same].tolist(),
                strict=True,
            )
        ]
        # Nine of ten lie within: one stray crash does not make a village as wide as a district.
        rough = float(np.quantile(far, 0.9))
        if rough <= WORST_M:
            place = [text for name in names if (text := _texts(data, name)[row])]
            return Suggestion(
                lon=float(lon),
                lat=float(lat),
                accuracy_m=_rounded(rough),
                source=source,
                why=Message(
                    "Located from {n} crashes at the same place: {place}.",
                    {"n": len(same), "place": ", ".join(place)},
                ),
            )
    return None
