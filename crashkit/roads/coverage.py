"""How well crashes were put on roads: by grade and reason, by road, and which names nobody knows.

A name that the network lacks is often one it has, written in another way. What it may be is
proposed, never taken: a person accepts it, and from then on it is an alias of the road.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.errors import Message, NotFound, counted
from crashkit.model import CrashData
from crashkit.roads import linear, naming, snapping
from crashkit.roads.network import Network
from crashkit.roads.snapping import GRADES, NOWHERE, Snapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIKE = 0.75
"""Names that share less than this part of their signs are not proposed for one another."""
SHARES = (0.5, 0.9, 0.99)


@dataclass(frozen=True)
class UnknownName:
    """A road that crashes name and the network lacks: how many crashes, and what it may be.

    `near` is the road that most of these crashes with a point lie next to, `alike` the one whose
    name is written most like it; "" where there is none.
    """

    name: str
    crashes: int
    near: str
    alike: str


@dataclass(frozen=True)
class OfRoad:
    """Crashes and metres of one road of the network. `usual` counts good and fair places."""

    road: str
    length_m: float
    crashes: int
    usual: int


@dataclass(frozen=True)
class Coverage:
    """What became of the crashes of a data set on a network.

    `grades` and `reasons` count crashes; `distances_m` are the median, the 90th and the 99th
    percentile of the distance from the point to the road; `roads` are those with most crashes
    first. `notes` are what a reader must know.
    """

    crashes: int
    grades: Mapping[str, int]
    reasons: Mapping[str, int]
    distances_m: tuple[float, ...]
    unknown: tuple[UnknownName, ...]
    roads: tuple[OfRoad, ...]
    notes: tuple[Message, ...]

    @property
    def placed(self) -> int:
        """How many crashes are good or fair."""
        return self.grades["good"] + self.grades["fair"]


def coverage(snapped: Snapped, data: CrashData) -> Coverage:
    """Judge how well crashes were put on roads."""
    off = snapped.distance_m[np.isfinite(snapped.distance_m) & (snapped.stretch != NOWHERE)]
    return Coverage(
        crashes=len(data),
        grades=snapped.counts(),
        reasons=snapped.reasons(),
        distances_m=tuple(np.quantile(off, SHARES).tolist()) if off.size else (),
        unknown=unknown_names(snapped, data),
        roads=_roads(snapped),
        notes=tuple(_notes(snapped)),
    )


def unknown_names(snapped: Snapped, data: CrashData) -> tuple[UnknownName, ...]:
    """List the roads that crashes name and the network lacks, those of most crashes first."""
    table = data.table("crash")
    if "road_key" not in table:
        return ()
    told = table.levels("road_key")
    lacking = np.isin(snapped.reason, [snapping.code(one) for one in snapping.NAME_UNKNOWN])
    counts = np.bincount(told.codes[lacking & (told.codes >= 0)], minlength=len(told.values))
    keys = snapped.network.stretches["road_key"].to_numpy()
    alike = _Alike(snapped.network)
    found = []
    for name in np.flatnonzero(counts).tolist():
        there = lacking & (told.codes == name) & (snapped.stretch != NOWHERE)
        near = pd.Series(keys[snapped.stretch[there]]).replace("", None).mode()
        word = told.values[name]
        found.append(
            UnknownName(word, int(counts[name]), near.iloc[0] if len(near) else "", alike.to(word))
        )
    return tuple(sorted(found, key=lambda one: (-one.crashes, one.name)))


class _Alike:
    """The names of a network, to find the one most like a word."""

    def __init__(self, network: Network) -> None:
        self.key_of: dict[str, str] = {}
        kinds, called = network.called()
        first = np.unique(kinds, return_index=True)[1]
        for key, names in zip(network.stretches["road_key"].to_numpy()[first], called, strict=True):
            for one in sorted(names):
                self.key_of.setdefault(one, str(key))

    def to(self, word: str) -> str:
        """Return the key of the road whose name is most like a word; "" where none is.

        A road of another number is another road, however alike the two are written.
        """
        may = [name for name in self.key_of if _numbers(name) == _numbers(word)]
        found = get_close_matches(naming.folded(word), may, n=1, cutoff=LIKE)
        return self.key_of[found[0]] if found else ""


def _numbers(name: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", name)]


def _roads(snapped: Snapped) -> tuple[OfRoad, ...]:
    stretches = snapped.network.stretches
    codes, keys = pd.factorize(stretches["road_key"], sort=True)
    length = np.bincount(codes, stretches["length_m"].fillna(0).to_numpy(), minlength=len(keys))
    on = snapped.stretch != NOWHERE
    crashes = np.bincount(codes[snapped.stretch[on]], minlength=len(keys))
    usual = on & (snapped.grade <= snapping.FAIR)
    sure = np.bincount(codes[snapped.stretch[usual]], minlength=len(keys))
    rows = zip(map(str, keys), length.tolist(), crashes.tolist(), sure.tolist(), strict=True)
    return tuple(sorted((OfRoad(*row) for row in rows), key=lambda one: (-one.crashes, one.road)))


def _notes(snapped: Snapped) -> Sequence[Message]:
    found = []
    counts = snapped.counts()
    if counts["unmatched"]:
        found.append(
            counted(
                "One crash lies on no road of the network: it is in no site along roads.",
                "{n} crashes lie on no road of the network: they are in no site along roads.",
                counts["unmatched"],
            )
        )
    if counts["ambiguous"]:
        found.append(
            counted(
                "One crash may lie on another road as well: it is left out of sites along roads.",
                "{n} crashes may lie on another road as well: they are left out of sites along "
                "roads.",
                counts["ambiguous"],
            )
        )
    twice = snapped.reasons().get("post_twice", 0)
    if twice:
        found.append(
            counted(
                "The km post of one crash stands more than once on its road: posts start anew "
                "there, or a kilometre is long.",
                "The km posts of {n} crashes stand more than once on their road: posts start anew "
                "there, or a kilometre is long.",
                twice,
            )
        )
    return found


@dataclass(frozen=True)
class RoadPlace:
    """Where one crash lies on the network, in words fit for a table; None where not known.

    `number` is the crash's own, `named` the road it names, `road` the one it was put on, `post_km`
    the km post there. `lon` and `lat` are of its point, else of its place on the road.
    """

    id: int
    number: str
    named: str
    grade: str
    reason: str
    why: Message
    road: str | None
    post_km: float | None
    distance_m: float | None
    lon: float | None
    lat: float | None


def places(snapped: Snapped, data: CrashData, reason: str = "") -> list[RoadPlace]:
    """List where crashes lie; of one reason, or of all. Raises NotFound for another reason."""
    if reason and reason not in snapping.REASONS:
        raise NotFound("There is no reason “{reason}”.", reason=reason)
    chosen = (
        np.arange(len(data))
        if not reason
        else np.flatnonzero(snapped.reason == snapping.code(reason))
    )
    table = data.table("crash").frame_of(chosen)
    keys = snapped.network.stretches["road_key"].to_numpy()
    on = snapped.stretch[chosen]
    lon, lat = _points(snapped, table, chosen)
    columns = (
        table["id"].tolist(),
        _texts(table, "crash_id"),
        _texts(table, "road_key"),
        snapped.grade[chosen].tolist(),
        snapped.reason[chosen].tolist(),
        [str(keys[one]) if one != NOWHERE else None for one in on.tolist()],
        _or_none(snapped.posts_m()[chosen] / 1000, 3),
        _or_none(snapped.distance_m[chosen], 1),
        _or_none(lon, 6),
        _or_none(lat, 6),
    )
    return [
        RoadPlace(
            id_,
            number,
            named,
            GRADES[grade],
            snapping.NAMES[why],
            snapping.REASONS[snapping.NAMES[why]],
            *rest,
        )
        for id_, number, named, grade, why, *rest in zip(*columns, strict=True)
    ]


def _points(snapped: Snapped, table: pd.DataFrame, chosen: Ints) -> tuple[Floats, Floats]:
    """Return the points of crashes, else their places on the road."""
    own = [
        table[name].to_numpy(dtype=float, na_value=np.nan) if name in table else np.nan
        for name in ("lon", "lat")
    ]
    on = snapped.stretch[chosen] != NOWHERE
    road = np.full((2, chosen.size), np.nan)
    road[:, on] = linear.along(
        snapped.network.lines, snapped.stretch[chosen[on]], snapped.share[chosen[on]]
    )
    known = np.isfinite(own[0]) & np.isfinite(own[1])
    return np.where(known, own[0], road[0]), np.where(known, own[1], road[1])


def _texts(table: pd.DataFrame, name: str) -> list[str]:
    if name not in table:
        return [""] * len(table)
    found: list[str] = (
        table[name].astype(object).where(table[name].notna(), "").astype(str).tolist()
    )
    return found


def _or_none(values: Floats, digits: int) -> list[float | None]:
    return [round(one, digits) if np.isfinite(one) else None for one in values.tolist()]
