"""Crashes put on roads: each on a stretch with a grade and a reason, or on none and why.

Distance alone does not say on which of two roads a crash lies, so the road that it names decides
where there is one; its km post speaks for or against. A crash is put on the roads that stood on
its day.

Grades: good, the place is where it should be; fair, it is likely; ambiguous, another road is as
likely, or what is told contradicts itself; unmatched, there is no road for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.columnar import Levels
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.roads import linear, naming, nearby
from crashkit.roads.network import BACKWARD, FORWARD, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

GOOD, FAIR, AMBIGUOUS, UNMATCHED = range(4)
GRADES = ("good", "fair", "ambiguous", "unmatched")

REASONS = {
    "named": Message("It lies at the road it names."),
    "named_off": Message("It lies off the road it names, but no farther than is usual."),
    "alone": Message("It names no road; one is near, and no other."),
    "alone_off": Message("It names no road; the nearest is some way off, and no other is near."),
    "name_unknown": Message("No road of the network has the name it gives; one is near."),
    "post": Message("It has no point; the road carries its km post once."),
    "post_differs": Message("Its km post lies far from its point."),
    "rivals": Message("Two roads are about as near, and it does not say which."),
    "named_elsewhere": Message("The road it names is not near its point; another one is."),
    "post_twice": Message("It has no point, and the road carries its km post more than once."),
    "nothing_near": Message("No road is near its point."),
    "post_beyond": Message("It has no point, and the road has no such km post."),
    "road_unknown": Message("It has no point, and the network has no road of its name."),
    "no_place": Message("It has neither a point nor a road with a km post."),
}
"""Why a crash has its grade; the codes are kept, the sentences are for people."""
NAMES = tuple(REASONS)
"""The reasons, each at the place of its code."""
_CODE = {name: code for code, name in enumerate(NAMES)}
_GRADE_OF = {
    GOOD: ("named", "alone", "post"),
    FAIR: ("named_off", "alone_off", "name_unknown", "post_differs"),
    AMBIGUOUS: ("rivals", "named_elsewhere", "post_twice"),
    UNMATCHED: ("nothing_near", "post_beyond", "road_unknown", "no_place"),
}
_GRADES = np.array([g for name in NAMES for g, names in _GRADE_OF.items() if name in names])

NAME_UNKNOWN = ("name_unknown", "road_unknown")
"""Reasons that tell of a name the network lacks."""

CANDIDATES = 4
"""So many stretches near a point are looked at: more hardly ever meet at one place."""
NOWHERE = nearby.NONE
REACH_DEG = 0.01
"""About a kilometre: points this far from the outermost road may still belong to it."""


def code(reason: str) -> int:
    """Return the code of a reason."""
    return _CODE[reason]


def grade_of(reason: str) -> int:
    """Return the grade that a reason stands for."""
    return int(_GRADES[_CODE[reason]])


@dataclass(frozen=True)
class Limits:
    """How near is near, in metres.

    `reach_m`: a road farther from a point than this has nothing to do with it. `sure_m`: so far
    from its line a road still is, half of a wide road and the error of the drawing; the accuracy of
    the point is added. `rival_m`: a road no more than this farther off than the nearest is as
    likely. `post_m`: a km post farther than this from the point, along the road, contradicts it;
    the accuracy of the post is added. `divided_m`: carriageways of one road lie within this.
    """

    reach_m: float = 250.0
    sure_m: float = 30.0
    rival_m: float = 15.0
    post_m: float = 1000.0
    divided_m: float = 60.0


USUAL = Limits()


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where each crash lies, in the order of the data.

    `network` is the network with its equations applied; `stretch` is the row there, or NOWHERE;
    `share` the share of the way along it. `distance_m` is how far the point is off, NaN where the
    crash was placed by its km post. `grade` is a place in GRADES, `reason` one in REASONS.
    """

    network: Network
    stretch: Ints
    share: Floats
    distance_m: Floats
    grade: Ints
    reason: Ints

    def keep(self, rows: Ints) -> Snapped:
        """Cut, or put in another order."""
        names = ("stretch", "share", "distance_m", "grade", "reason")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def why(self, crash: int) -> Message:
        """Say why a crash has its grade."""
        return REASONS[NAMES[int(self.reason[crash])]]

    def counts(self) -> dict[str, int]:
        """Count the crashes of each grade."""
        found = np.bincount(self.grade, minlength=len(GRADES)).tolist()
        return dict(zip(GRADES, found, strict=True))

    def reasons(self) -> dict[str, int]:
        """Count the crashes of each reason that occurs."""
        found = np.bincount(self.reason, minlength=len(NAMES)).tolist()
        return {name: n for name, n in zip(NAMES, found, strict=True) if n}

    def posts_m(self) -> Floats:
        """Return the km post of each crash, in metres; NaN where the stretch has none."""
        low, high = (self.network.stretches[name].to_numpy() for name in ("from_m", "to_m"))
        found = np.full(self.stretch.size, np.nan)
        on = self.stretch != NOWHERE
        at = self.stretch[on]
        found[on] = low[at] + self.share[on] * (high - low)[at]
        return found


@dataclass(frozen=True, eq=False)
class _Crashes:
    """What crashes say of their place."""

    lon: Floats
    lat: Floats
    accuracy_m: Floats
    road: Ints
    names: tuple[str, ...]
    post_m: Floats
    post_accuracy_m: Floats
    direction: NDArray[np.object_]
    day: NDArray[np.datetime64]

    def keep(self, rows: Ints) -> _Crashes:
        cut: dict[str, Any] = {
            name: value[rows] for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        return replace(self, **cut)


def snap(
    network: Network,
    data: CrashData,
    limits: Limits = USUAL,
    aliases: Mapping[str, str] | None = None,
) -> Snapped:
    """Put each crash on a road of the version of its day; undated ones on that of the last day.

    `aliases` tell which road of the network is meant by a name that crashes give.
    """
    whole = linear.with_equations(network)
    crashes = _crashes(data, {naming.folded(name): road for name, road in (aliases or {}).items()})
    n = len(data)
    found = Snapped(
        whole,
        np.full(n, NOWHERE, np.int64),
        np.full(n, np.nan),
        np.full(n, np.nan),
        np.full(n, UNMATCHED, np.int64),
        np.full(n, _CODE["no_place"], np.int64),
    )
    for stands, rows in _versions(whole, crashes.day):
        if stands.any():
            _snap_version(found, stands, rows, crashes.keep(rows), limits)
        else:
            found.reason[rows] = _without_roads(crashes.keep(rows))
    found.grade[:] = _GRADES[found.reason]
    return found


def _versions(network: Network, day: NDArray[np.datetime64]) -> Iterator[tuple[Flags, Ints]]:
    """Give the stretches of each version of the network, and the crashes of its days."""
    edges = np.array(network.versions(), dtype="datetime64[D]")
    number = np.searchsorted(edges, day, side="right")
    for version in np.unique(number).tolist():
        rows = np.flatnonzero(number == version)
        yield network.stands_on(day[rows[0]].astype(object)), rows


def _snap_version(
    found: Snapped, stands: Flags, rows: Ints, crashes: _Crashes, limits: Limits
) -> None:
    network = found.network
    near = nearby.index(network.lines, stands).nearest(
        crashes.lon, crashes.lat, limits.reach_m, CANDIDATES
    )
    names = _Names.of(network, stands, crashes.names)
    asked = _Asked(
        replace(crashes, road=names.one[crashes.road]),
        near,
        names,
        linear.routes(network, stands),
        limits,
    )
    pick, reason = _by_point(asked)
    here = np.arange(rows.size)
    stretch, share = near.stretch[here, pick], near.share[here, pick]
    _by_post(asked, stretch, share, reason)
    _doubt(asked, stretch, share, reason)
    found.stretch[rows], found.share[rows] = stretch, share
    found.distance_m[rows], found.reason[rows] = near.distance_m[here, pick], reason


def _without_roads(crashes: _Crashes) -> Ints:
    """Say why crashes lie on no road where there is none."""
    posted = (crashes.road != NOWHERE) & np.isfinite(crashes.post_m)
    pointed = np.isfinite(crashes.lon) & np.isfinite(crashes.lat)
    return np.select(
        [pointed, posted], [_CODE["nothing_near"], _CODE["road_unknown"]], _CODE["no_place"]
    )


def share_in_reach(
    data: CrashData, network: Network, aliases: Mapping[str, str] | None = None
) -> float:
    """Return the share of crashes that may lie on a network, 0 to 1; none is put on a road.

    With a point a crash may where that is in the rectangle of the lines, REACH_DEG wider on each
    side; without, or where the network has no lines, where the network knows the road.
    """
    if not len(data):
        return 0.0
    crashes = _crashes(data, {naming.folded(name): road for name, road in (aliases or {}).items()})
    known = set().union(*network.called()[1])
    named = np.array([*(naming.folded(name) in known for name in crashes.names), False])
    may = named[crashes.road]
    vertices = network.lines.lonlat
    if len(vertices):
        points = np.column_stack([crashes.lon, crashes.lat])
        low, high = vertices.min(axis=0) - REACH_DEG, vertices.max(axis=0) + REACH_DEG
        inside = ((points >= low) & (points <= high)).all(axis=1)
        may = np.where(np.isfinite(points).all(axis=1), inside, may)
    return float(may.mean())


# ------------------------------------------------------------------- names


@dataclass(frozen=True, eq=False)
class _Names:
    """The roads that crashes name, in the network: by number of the name.

    `one` is the number that stands for a name in all its spellings. `known` marks names that a
    stretch has. `of_stretch` has a row for each stretch: the numbers of its names among those of
    crashes, NOWHERE where it has fewer. `road` tells roads apart: a number for each stretch, the
    same for stretches of one road.
    """

    one: Ints
    known: Flags
    of_stretch: Ints
    road: Ints

    @classmethod
    def of(cls, network: Network, stands: Flags, names: Sequence[str]) -> _Names:
        """Find names in a network. A stretch is called by its key, its numbers and its name."""
        # Several spellings of crashes may be one name: all have the number of the first.
        number: dict[str, int] = {}
        first = [number.setdefault(naming.folded(name), i) for i, name in enumerate(names)]
        stretches = network.stretches
        alike, called = network.called()
        kinds = [sorted({number[one] for one in row if one in number}) for row in called]
        most = max([1, *map(len, kinds)])
        rows = [row + [NOWHERE] * (most - len(row)) for row in kinds]
        table = np.array(rows, dtype=np.int64).reshape(-1, most)[alike]
        table[~stands] = NOWHERE
        known = np.zeros(len(names) + 1, bool)
        known[table[table != NOWHERE]] = True
        road, _ = pd.factorize(stretches["road_key"].replace("", None))
        alone = -2 - np.arange(road.size)
        road = np.where(road >= 0, road, alone).astype(np.int64)
        return cls(np.array([*first, NOWHERE], dtype=np.int64), known, table, road)

    def agrees(self, stretch: Ints, name: Ints) -> Flags:
        """Say for each crash and candidate whether the stretch has the name; shape (m, count)."""
        own = self.of_stretch[stretch]
        agree: Flags = ((own == name[:, None, None]) & (own != NOWHERE)).any(axis=2)
        agree &= (stretch != NOWHERE) & (name != NOWHERE)[:, None]
        return agree


@dataclass(frozen=True, eq=False)
class _Asked:
    """Crashes of one version of the network, and what there is to place them by."""

    crashes: _Crashes
    near: nearby.Near
    names: _Names
    routes: linear.Routes
    limits: Limits


# ----------------------------------------------------------------- by point


def _by_point(asked: _Asked) -> tuple[Ints, Ints]:
    """Choose among the stretches near each point; return the place among them, and the reason."""
    crashes, near, names, limits = asked.crashes, asked.near, asked.names, asked.limits
    there = near.stretch != NOWHERE
    own = names.agrees(near.stretch, crashes.road)
    own &= ~_of_other_direction(asked, own)
    named = own.any(axis=1)
    pick = np.where(named, own.argmax(axis=1), 0)
    distance = near.distance_m[np.arange(pick.size), pick]
    exact = distance <= limits.sure_m + np.nan_to_num(crashes.accuracy_m)
    road = names.road[near.stretch]
    as_near = there & (near.distance_m <= near.distance_m[:, :1] + limits.rival_m)
    rivals = (as_near & (road != road[:, :1])).any(axis=1)
    told = crashes.road != NOWHERE
    in_network = told & names.known[crashes.road]
    cases = {
        "nothing_near": ~there[:, 0],
        "named": named & exact,
        "named_off": named,
        "named_elsewhere": in_network,
        "rivals": rivals,
        "name_unknown": told,
        "alone": exact,
    }
    codes = [_CODE[name] for name in cases]
    reason = np.select(list(cases.values()), codes, _CODE["alone_off"])
    return pick, np.where(np.isfinite(crashes.lon), reason, _CODE["no_place"])


def _of_other_direction(asked: _Asked, own: Flags) -> Flags:
    """Mark carriageways for the other direction where that of the crash is beside them."""
    near, crashes, network = asked.near, asked.crashes, asked.routes.network
    way = network.stretches["direction"].to_numpy()[near.stretch]
    wanted = crashes.direction[:, None]
    told = np.isin(crashes.direction, (FORWARD, BACKWARD))[:, None]
    fits = own & told & (way == wanted)
    first = np.where(fits.any(axis=1), fits.argmax(axis=1), 0)
    best = np.where(fits.any(axis=1), near.distance_m[np.arange(first.size), first], np.inf)[
        :, None
    ]
    against = own & told & np.isin(way, (FORWARD, BACKWARD)) & (way != wanted)
    marked: Flags = against & (best <= near.distance_m + asked.limits.divided_m)
    return marked


# ------------------------------------------------------------------ by post


def _by_post(asked: _Asked, stretch: Ints, share: Floats, reason: Ints) -> None:
    """Place crashes without a point, or with one far from any road, by their km post. In place."""
    crashes = asked.crashes
    pointless = reason == _CODE["no_place"]
    lost = pointless | (reason == _CODE["nothing_near"])
    told = (crashes.road != NOWHERE) & np.isfinite(crashes.post_m)
    reason[pointless & told] = _CODE["road_unknown"]
    for keys, rows in _by_road(asked, told & lost):
        which, on, at = asked.routes.carriers(keys, crashes.post_m[rows], crashes.direction[rows])
        times = np.bincount(which, minlength=rows.size)
        first = np.searchsorted(which, np.flatnonzero(times))
        placed = rows[times > 0]
        stretch[placed], share[placed] = on[first], at[first]
        reason[placed] = np.where(times[times > 0] > 1, _CODE["post_twice"], _CODE["post"])
        reason[rows[(times == 0) & pointless[rows]]] = _CODE["post_beyond"]


def _by_road(asked: _Asked, chosen: Flags) -> Iterator[tuple[set[str], Ints]]:
    """Give the keys of each road with posts that some of the chosen crashes name, and these."""
    keys = asked.routes.network.stretches["road_key"].to_numpy()
    keys_of: dict[int, set[str]] = {}
    for row in np.flatnonzero(asked.routes.run != linear.NOWHERE).tolist():
        for name in asked.names.of_stretch[row].tolist():
            if name != NOWHERE:
                keys_of.setdefault(name, set()).add(str(keys[row]))
    road = asked.crashes.road
    order = np.flatnonzero(chosen)
    order = order[np.argsort(road[order], kind="stable")]
    for rows in np.split(order, np.flatnonzero(np.diff(road[order])) + 1):
        if rows.size and int(road[rows[0]]) in keys_of:
            yield keys_of[int(road[rows[0]])], rows


def _doubt(asked: _Asked, stretch: Ints, share: Floats, reason: Ints) -> None:
    """Mark crashes at the road they name whose km post lies elsewhere on it. In place."""
    crashes, routes = asked.crashes, asked.routes
    rows = np.flatnonzero(np.isin(reason, (_CODE["named"], _CODE["named_off"])))
    rows = rows[routes.run[stretch[rows]] != linear.NOWHERE]
    apart = np.abs(routes.posts_m(stretch[rows], share[rows]) - crashes.post_m[rows])
    allowed = asked.limits.post_m + np.nan_to_num(crashes.post_accuracy_m[rows])
    reason[rows[apart > allowed]] = _CODE["post_differs"]


# ----------------------------------------------------------------- crashes


def _crashes(data: CrashData, aliases: Mapping[str, str]) -> _Crashes:
    table = data.table("crash")

    def numbers(name: str) -> Floats:
        return table.numbers(name) if name in table else np.full(len(data), np.nan)

    def words(name: str) -> Levels:
        return table.levels(name) if name in table else Levels(np.full(len(data), -1), ())

    road, direction = words("road_key"), words("direction")
    last = np.datetime64(data.period.end, "D")
    day = np.full(len(data), last)
    if "crash_date" in table:
        told = table.column("crash_date").to_numpy(dtype="datetime64[D]")
        day = np.where(np.isnat(told), last, told)
    return _Crashes(
        lon=numbers("lon"),
        lat=numbers("lat"),
        accuracy_m=numbers("coord_accuracy_m"),
        road=road.codes.astype(np.int64),
        names=tuple(aliases.get(naming.folded(name), name) for name in road.values),
        post_m=numbers("chainage_km") * 1000,
        post_accuracy_m=numbers("chainage_accuracy_m"),
        direction=np.array([*direction.values, ""], dtype=object)[direction.codes],
        day=day,
    )
