"""Crashes along a road or a corridor, step by step of its chainage: how many, and how sure that is.

Where a network is known it tells where roads begin, end and have a gap, and their traffic; without
one the km posts of the crashes do, from the first crash of a road to its last.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields, filters, geo, stats, tables
from crashkit.columnar import Levels, levels_of
from crashkit.model import CrashData, CutData
from crashkit.roads import along, corridors
from crashkit.roads.corridors import Corridor
from crashkit.roads.network import Network
from crashkit.roads.placing import Placed, Rules
from crashkit.roads.strips import Strips
from crashkit.roads.topology import NOWHERE
from crashkit.screening import parts

Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SEVERITIES = (*fields.code_names("severity")[:-1], "")
"""The classes of a step, worst first; "" is not known."""
SEVERE = ("killed", "serious")
"""Those of tables.HURT who are summed."""
MOST_MARKS = 12
LEAST_NAMED = 3
"""A settlement is marked where so many crashes of the road name it."""
DAYS = 365.25
PER_KM = 1e6
"""Rates are crashes for so many vehicle-km."""
FALSE_ALARMS = 0.05
FULLEST = 0.05
"""The share of the steps whose share of the crashes is told."""
ENOUGH_ON_NETWORK = 0.5
"""A network is taken where it holds so great a share of the crashes that tell road and km post."""
HALF_M = 0.5
"""Posts of crashes are whole metres, the ends of roads need not be."""
DRAWS, SEED = 400, 20251128
"""So often crashes are spread over a road by chance, to see what its fullest steps then hold."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Roads, and where each crash of some data is on them.

    `road` is the number of the road of each crash (NOWHERE: on none), `post_m` its km post in
    metres. `labels` name the roads, and tell those apart whose posts start anew; `keys` are the
    roads as crashes name them. `ends_m` has the first and the last post of each, shape (roads, 2).
    `placed` and `strips` are those of the network, None without one.
    """

    road: Ints
    post_m: Floats
    labels: tuple[str, ...]
    keys: tuple[str, ...]
    ends_m: Floats
    placed: Placed | None = None
    strips: Strips | None = None

    def counts(self) -> NDArray[np.intp]:
        """Count the crashes of each road."""
        found: NDArray[np.intp] = np.bincount(
            self.road[self.road != NOWHERE], minlength=len(self.labels)
        )
        return found

    def pieces(self, road: int) -> Floats:
        """Return what a network knows of a road: first and last post in metres, AADT or NaN."""
        if self.strips is None:
            return np.array([[*self.ends_m[road], np.nan]])
        chosen = np.flatnonzero(self.strips.strip == road)
        stretch = self.strips.order[chosen]
        told = self.strips.routes.network.stretches
        begins = self.strips.begins_m[chosen]
        length = told["length_m"].to_numpy()[stretch]
        low, high = (told[name].to_numpy(dtype=float)[stretch] for name in ("from_m", "to_m"))
        posted = np.isfinite(low) & np.isfinite(high)
        low, high = np.where(posted, low, begins), np.where(posted, high, begins + length)
        return np.column_stack([low, high, told["aadt"].to_numpy(dtype=float)[stretch]])


@dataclass(frozen=True)
class Leg:
    """A road between two posts in metres, and where that begins along the whole, in km."""

    road: int
    from_m: float
    to_m: float
    begins_km: float


@dataclass(frozen=True)
class Mark:
    """A settlement or a junction beside the road, by its km along the whole."""

    name: str
    at_km: float


@dataclass(frozen=True, eq=False)
class Steps:
    """A road or corridor cut into n steps; arrays have one number, or one row, for each.

    `leg` is its place among the legs, `from_km` and `to_km` its km posts, `at_km` where it begins
    along the whole, `km` how much road there is in it. `counts` are its crashes by SEVERITIES,
    `hurt` the people killed or seriously injured, `untold` the crashes that do not tell how many,
    `aadt` its traffic (NaN: not known). `rows` are the crashes, `along_km` where each is along the
    whole.
    """

    leg: Ints
    from_km: Floats
    to_km: Floats
    at_km: Floats
    km: Floats
    counts: Ints
    hurt: Ints
    untold: Ints
    aadt: Floats
    rows: Ints
    along_km: Floats

    def __len__(self) -> int:
        return self.km.size

    @property
    def crashes(self) -> Ints:
        """All crashes of each step."""
        found: Ints = self.counts.sum(axis=1)
        return found

    @property
    def hurt_told(self) -> tuple[int | None, ...]:
        """The people of each step; None where none of its crashes that may have any tells it."""
        pairs = zip(self.hurt.tolist(), self.untold.tolist(), strict=True)
        return tuple(n if n or not untold else None for n, untold in pairs)

    @property
    def per_km(self) -> Floats:
        """Crashes for each km."""
        found: Floats = self.crashes / self.km
        return found

    def rates(self, years: float) -> Floats:
        """Return crashes for a million vehicle-km, NaN where traffic is not known.

        Source: reference methods, section 4 (crash rate of a segment).
        """
        travel = self.aadt * DAYS * years * self.km
        return stats.divided(self.crashes * PER_KM, np.where(travel > 0, travel, np.nan))


# ------------------------------------------------------------------ where crashes are


def lines(data: CrashData, whole: CrashData, roads: Placed | None) -> Lines:
    """Return the roads with the crashes on them, by a network or by what the crashes tell.

    `whole` is what `data` was cut from: roads end where all crashes say, or where the network does.
    """
    told = _told(data, whole)
    if roads is None or roads.snapped is None:
        return told
    found = _on_network(whole, roads)
    if found.counts().sum() < ENOUGH_ON_NETWORK * _told(whole, whole).counts().sum():
        return told
    rows = _rows(data, whole)
    return Lines(
        found.road[rows],
        found.post_m[rows],
        found.labels,
        found.keys,
        found.ends_m,
        found.placed,
        found.strips,
    )


def _rows(data: CrashData, whole: CrashData) -> Ints:
    """Return the rows of crashes in the data that they were cut from."""
    if data is whole:
        return np.arange(len(data))
    if isinstance(data, CutData) and data.whole is whole:
        return data.rows
    return pd.Index(whole.crash_ids).get_indexer(pd.Index(data.crash_ids))


def _told(data: CrashData, whole: CrashData) -> Lines:
    label: Levels = data.each("road with its own posts", _labelled)
    post_m = np.rint(filters.numbers(data, "chainage_km") * 1000)
    keys, ends_m = whole.once("ends of roads with their own posts", _ends)
    return Lines(
        np.where(np.isfinite(post_m), label.codes, NOWHERE), post_m, label.values, keys, ends_m
    )


def _labelled(data: CrashData) -> Levels:
    """Name the road of each crash, apart by province where posts start anew in each."""
    crash = data.table("crash")
    names = [name for name in ("id", "road_key", "admin1", "chainage_km") if name in crash]
    none = pd.DataFrame({"crash": np.zeros(0, dtype=np.int64)})
    few = CrashData(
        pd.DataFrame({name: crash.column(name) for name in names}), none, none, data.period
    )
    found = geo.labelled(few, by_province=parts.posts_by_province(data)).crashes
    return levels_of(found[geo.LABEL].astype(object))


def _ends(whole: CrashData) -> tuple[tuple[str, ...], Floats]:
    """Return how crashes name each road, and its first and last post in metres."""
    label: Levels = whole.each("road with its own posts", _labelled)
    post_m = np.rint(filters.numbers(whole, "chainage_km") * 1000)
    here = np.flatnonzero((label.codes != NOWHERE) & np.isfinite(post_m))
    found = np.full((len(label.values), 2), np.nan)
    keys = np.array(label.values, dtype=object)
    if here.size:
        frame = pd.DataFrame({"road": label.codes[here], "post": post_m[here]})
        by_road = frame.groupby("road")["post"].agg(["min", "max"])
        found[by_road.index.to_numpy()] = by_road.to_numpy()
        named = whole.table("crash").levels("road_key")
        words = np.array([*named.values, ""], dtype=object)
        keys[label.codes[here]] = words[named.codes[here]]
    return tuple(map(str, keys)), found


def _on_network(whole: CrashData, roads: Placed) -> Lines:
    """Put all crashes on the lines of a network; what was found last is kept with their places."""
    before = roads.lined_up.get("chainage")
    if before is not None and before[0]() is whole and isinstance(before[1], Lines):
        return before[1]
    lined = along.lined_up(whole, roads, together=True, alike=False, rules=Rules(apart=False))
    made, told = lined.strips, lined.strips.routes.network.stretches
    stretch, share = made.at(lined.strip, lined.at_m.astype(float))
    posts = made.routes.posts_m(stretch, share)
    rows = pd.Index(whole.crash_ids).get_indexer(pd.Index(lined.ids))
    road, post_m = np.full(len(whole), NOWHERE), np.full(len(whole), np.nan)
    road[rows] = lined.strip
    post_m[rows] = np.where(np.isfinite(posts), np.rint(posts), lined.at_m)
    firsts = made.order[np.searchsorted(made.strip, np.arange(len(made)))]
    keys = tuple(map(str, told["road_key"].to_numpy()[firsts]))
    labels = tuple(map(str, along.labels(made)))
    found = Lines(road, post_m, labels, keys, _posts_of(made), roads, made)
    roads.lined_up["chainage"] = (weakref.ref(whole), found)
    return found


def _posts_of(made: Strips) -> Floats:
    """Return the first and the last post of each strip, or the metres along it without posts."""
    told = made.routes.network.stretches.iloc[made.order]
    frame = pd.DataFrame({"strip": made.strip, "low": told["from_m"].to_numpy(dtype=float)})
    frame["high"] = told["to_m"].to_numpy(dtype=float)
    ends = frame.groupby("strip").agg({"low": "min", "high": "max"}).to_numpy(dtype=float)
    alone = ~np.isfinite(ends).all(axis=1)
    ends[alone] = np.column_stack([np.zeros(len(made)), made.lengths_m])[alone]
    return ends


# ------------------------------------------------------------------ legs and steps


def road(found: Lines, number: int) -> tuple[Leg, ...]:
    """Return a whole road as one leg, along its own posts."""
    low, high = found.ends_m[number].tolist()
    return (Leg(number, low, high, low / 1000),)


def corridor(found: Lines, one: Corridor) -> tuple[Leg, ...]:
    """Return the legs of a corridor in the order it was told, each part of a road once."""
    if found.placed is None or found.placed.snapped is None:
        return ()
    spans: list[tuple[int, float, float]] = []
    for section in one.sections:
        named = set(_keys(found.placed.snapped.network, section.road))
        for number in (n for n, key in enumerate(found.keys) if key in named):
            low, high = found.ends_m[number].tolist()
            part = (max(low, section.from_m), min(high, section.to_m))
            taken = [span[1:] for span in spans if span[0] == number]
            spans += [(number, *piece) for piece in _left(part, taken)]
    begins = np.cumsum([0.0, *((high - low) / 1000 for _, low, high in spans)]).tolist()
    return tuple(Leg(*span, at) for span, at in zip(spans, begins, strict=False))


@lru_cache(maxsize=256)
def _keys(network: Network, road: str) -> tuple[str, ...]:
    return corridors.keys_of(network, road)


def _left(
    part: tuple[float, float], taken: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return what of a part of a road is not yet taken."""
    pieces = [part]
    for low, high in taken:
        pieces = [
            piece
            for first, last in pieces
            for piece in ((first, min(last, low)), (max(first, high), last))
        ]
    return [(first, last) for first, last in pieces if last > first]


def length_km(legs: Sequence[Leg]) -> float:
    """Return how long legs are together by their posts."""
    return sum(leg.to_m - leg.from_m for leg in legs) / 1000


def on_legs(found: Lines, legs: Sequence[Leg]) -> Ints:
    """Return the crashes that lie on legs."""
    rows: list[Ints] = [np.zeros(0, dtype=np.int64)]
    for number in {leg.road for leg in legs}:
        here = np.flatnonzero(found.road == number)
        post = found.post_m[here]
        inside = np.zeros(here.size, dtype=bool)
        for leg in (one for one in legs if one.road == number):
            inside |= (post >= leg.from_m - HALF_M) & (post <= leg.to_m + HALF_M)
        rows.append(here[inside])
    return np.concatenate(rows)


def cut(found: Lines, legs: Sequence[Leg], step_km: float, data: CrashData) -> Steps:
    """Cut legs at whole multiples of a step, with the crashes of `data` in each.

    What is left at an end and is shorter than half a step belongs to the step beside it. Where no
    network tells where a road ends, its first and its last step are whole. Parts of a network
    without road are no steps.
    """
    edges = [_edges(leg, step_km * 1000, whole=found.strips is None) for leg in legs]
    sizes = [one.size - 1 for one in edges]
    firsts = np.cumsum([0, *sizes])
    rows, place, along_km = _in_steps(found, legs, edges, firsts)
    n = int(firsts[-1])
    low, high = (np.concatenate([np.zeros(0), *(one[at] for one in edges)]) for at in _ENDS)
    leg = np.repeat(np.arange(len(legs)), sizes)
    begins = np.array([one.begins_km for one in legs])[leg]
    starts = np.array([one.from_m for one in legs])[leg]
    km, aadt = _road_in(found, legs, edges)
    if found.strips is None:
        aadt = _told_aadt(data, rows, place, n)
    counts = np.zeros((n, len(SEVERITIES)), dtype=np.int64)
    np.add.at(counts, (place, _severity(data)[rows]), 1)
    hurt = sum(tables.by_crash(data, code)[rows].astype(np.int64) for code in SEVERE)
    untold = np.any([~tables.told(data, code)[rows] for code in SEVERE], axis=0)
    steps = Steps(
        leg=leg,
        from_km=low / 1000,
        to_km=high / 1000,
        at_km=begins + (low - starts) / 1000,
        km=km,
        counts=counts,
        hurt=np.bincount(place, hurt, minlength=n).astype(np.int64),
        untold=np.bincount(place, untold, minlength=n).astype(np.int64),
        aadt=aadt,
        rows=rows,
        along_km=along_km,
    )
    return _there(steps)


_ENDS = (slice(None, -1), slice(1, None))


def _edges(leg: Leg, metres: float, *, whole: bool) -> Floats:
    """Return the posts, in metres, at which a leg is cut."""
    first = int(np.floor(leg.from_m / metres))
    last = int(np.floor(leg.to_m / metres) + 1 if whole else np.ceil(leg.to_m / metres))
    edges: Floats = np.arange(first, max(last, first + 1) + 1, dtype=np.float64) * metres
    if whole:
        return edges
    edges = np.clip(edges, leg.from_m, leg.to_m)
    if edges.size > 2 and edges[1] - edges[0] < metres / 2:
        edges = np.delete(edges, 1)
    if edges.size > 2 and edges[-1] - edges[-2] < metres / 2:
        edges = np.delete(edges, -2)
    return edges


def _in_steps(
    found: Lines, legs: Sequence[Leg], edges: Sequence[Floats], firsts: Ints
) -> tuple[Ints, Ints, Floats]:
    """Return the crashes on the legs, the step of each, and its km along the whole."""
    free = np.ones(found.road.size, dtype=bool)
    none = np.zeros(0, dtype=np.int64)
    rows, place, along_km = [none], [none], [np.zeros(0)]
    for leg, cuts, first in zip(legs, edges, firsts.tolist(), strict=False):
        here = np.flatnonzero(found.road == leg.road)
        post = found.post_m[here]
        # Posts are whole metres; where two legs meet, a crash belongs to the first.
        here = here[(post >= leg.from_m - HALF_M) & (post <= leg.to_m + HALF_M) & free[here]]
        free[here] = False
        post = np.clip(found.post_m[here], cuts[0], cuts[-1])
        step = np.clip(np.searchsorted(cuts, post, side="right") - 1, 0, cuts.size - 2)
        rows.append(here)
        place.append(first + step)
        along_km.append(leg.begins_km + (post - leg.from_m) / 1000)
    return np.concatenate(rows), np.concatenate(place), np.concatenate(along_km)


def _road_in(found: Lines, legs: Sequence[Leg], edges: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return how many km of road are in each step, and the mean AADT of these."""
    if found.strips is None:
        km = np.concatenate([np.zeros(0), *(np.diff(one) / 1000 for one in edges)])
        return km, np.full(km.size, np.nan)
    lengths, traffic = [np.zeros(0)], [np.zeros(0)]
    for leg, cuts in zip(legs, edges, strict=True):
        pieces = found.pieces(leg.road)
        low, high = (
            np.maximum(cuts[:-1, None], pieces[:, 0]),
            np.minimum(cuts[1:, None], pieces[:, 1]),
        )
        shared = np.maximum(high - low, 0.0)
        known = np.isfinite(pieces[:, 2])
        weights = shared[:, known]
        mean = stats.divided(weights @ pieces[known, 2], weights.sum(axis=1))
        lengths.append(np.minimum(shared.sum(axis=1), np.diff(cuts)) / 1000)
        traffic.append(mean)
    return np.concatenate(lengths), np.concatenate(traffic)


def _told_aadt(data: CrashData, rows: Ints, place: Ints, n: int) -> Floats:
    """Return the middle one of the traffic volumes that the crashes of a step tell."""
    told = pd.Series(filters.numbers(data, "aadt")[rows]).groupby(place).median()
    found = np.full(n, np.nan)
    found[told.index.to_numpy(dtype=np.int64)] = told.to_numpy(dtype=float)
    return np.where(found > 0, found, np.nan)


def _there(steps: Steps) -> Steps:
    """Leave out steps of which no road is known and that have no crash."""
    there = (steps.km > 0) | (steps.crashes > 0)
    km = np.where(steps.km > 0, steps.km, steps.to_km - steps.from_km)
    names = ("leg", "from_km", "to_km", "at_km", "counts", "hurt", "untold", "aadt")
    kept = {name: getattr(steps, name)[there] for name in names}
    return Steps(**kept, km=km[there], rows=steps.rows, along_km=steps.along_km)


def _severity(data: CrashData) -> Ints:
    """Return the place of each crash's severity in SEVERITIES."""
    levels = filters.levels(data, "severity")
    unknown = len(SEVERITIES) - 1
    if levels is None:
        return np.full(len(data), unknown)
    place = {code: i for i, code in enumerate(SEVERITIES)}
    found: Ints = np.array([*(place.get(value, unknown) for value in levels.values), unknown])
    severity: Ints = found[levels.codes]
    return severity


# ------------------------------------------------------------------ chance


@dataclass(frozen=True, eq=False)
class Judged:
    """What chance makes of the steps of a road that has the same crashes everywhere.

    `expected` and `q` (the chance of so many, adjusted for all steps) have a number for each step.
    `limit` is the count above which a whole step is `worse`. The `fullest` steps, so many, hold a
    `share` of the crashes; by chance alone it lies from `low` to `high` with 95 %.
    """

    expected: Floats
    q: Floats
    limit: int
    fullest: Ints
    share: float
    low: float
    high: float

    @property
    def worse(self) -> Flags:
        """Mark the steps that have more than chance allows."""
        found: Flags = self.q <= FALSE_ALARMS
        return found


def judge(steps: Steps, step_km: float) -> Judged:
    """Test each step against the mean of them all; false discoveries are held to 5 %.

    Source: exact Poisson tail; Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57: 289-300; the
    share of the fullest steps by random spreading of the crashes (reference methods, section 2).
    """
    crashes, total = steps.crashes, int(steps.crashes.sum())
    mean = total / float(steps.km.sum())
    expected = mean * steps.km
    q = stats.false_discovery(stats.poisson_tail(crashes, expected))
    many = max(int((q <= FALSE_ALARMS).sum()), 1)
    top = max(round(FULLEST * len(steps)), 1)
    fullest = np.argsort(-steps.per_km, kind="stable")[:top]
    low, high = _by_chance(total, tuple(steps.km.tolist()), top)
    return Judged(
        expected=expected,
        q=q,
        limit=stats.least_count(mean * step_km, FALSE_ALARMS * many / len(steps)),
        fullest=fullest,
        share=float(crashes[fullest].sum()) / total if total else 0.0,
        low=low,
        high=high,
    )


@lru_cache(maxsize=64)
def _by_chance(total: int, km: tuple[float, ...], top: int) -> tuple[float, float]:
    """Return the 95 % limits of the share of the fullest steps where chance spreads crashes."""
    if not total:
        return 0.0, 0.0
    length = np.array(km)
    drawn = np.random.default_rng(SEED).multinomial(total, length / length.sum(), size=DRAWS)
    order = np.argsort(-drawn / length, axis=1, kind="stable")[:, :top]
    shares = np.take_along_axis(drawn, order, axis=1).sum(axis=1) / total
    low, high = np.quantile(shares, [0.025, 0.975]).tolist()
    return low, high


# ------------------------------------------------------------------ beside the road


def settlements(names: Levels, along_km: Floats) -> tuple[Mark, ...]:
    """Return the settlements that most crashes name, each where half of these lie before it."""
    times = np.bincount(names.codes[names.codes != NOWHERE], minlength=len(names.values))
    known = [i for i, name in enumerate(names.values) if name and times[i] >= LEAST_NAMED]
    most = sorted(known, key=lambda i: (-int(times[i]), names.values[i]))[:MOST_MARKS]
    found = [Mark(names.values[i], float(np.median(along_km[names.codes == i]))) for i in most]
    return tuple(sorted(found, key=lambda one: (one.at_km, one.name)))


def junctions(found: Lines, legs: Sequence[Leg]) -> tuple[Mark, ...]:
    """Return the junctions of a network that lie on legs, in order along them."""
    marks = [
        Mark(name, leg.begins_km + (post - leg.from_m) / 1000)
        for leg in legs
        for post, name in _junctions_on(found, leg.road)
        if leg.from_m <= post <= leg.to_m
    ]
    return tuple(sorted(marks, key=lambda one: one.at_km))


def _junctions_on(found: Lines, number: int) -> list[tuple[float, str]]:
    """Return the post in metres and the name of each junction on a road."""
    placed, made = found.placed, found.strips
    if made is None or placed is None or placed.topology is None:
        return []
    of_node, links = placed.junctions.of_node, placed.topology.links
    if not of_node.size:
        return []
    on = np.flatnonzero(np.isin(links.stretch, made.order[made.strip == number]))
    node = np.concatenate([links.from_node[on], links.to_node[on]])
    stretch = np.tile(links.stretch[on], 2)
    share = np.concatenate([links.from_share[on], links.to_share[on]])
    there = node != NOWHERE
    which = of_node[node[there]]
    stretch, share = stretch[there][which != NOWHERE], share[there][which != NOWHERE]
    posts = made.routes.posts_m(stretch, share)
    along_m = made.where(stretch, share)[1]
    post = pd.Series(np.where(np.isfinite(posts), posts, along_m))
    middle = post.groupby(which[which != NOWHERE]).mean()
    names = placed.junctions.name
    which_one = middle.index.to_numpy(dtype=np.int64)
    return [(at, str(names[one])) for one, at in zip(which_one, middle.tolist(), strict=True)]
