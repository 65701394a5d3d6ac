"""Along roads: from a road and a km post to a point, from a point on a stretch to its km post.

Stretches of one road that continue each other make a run. A run ends where the road has a gap,
where its posts start anew, and at the end of the road; a chainage equation joins what it says it
joins. Inside a run, places are told by true metres from its beginning; posts are what signs say.

A post is found on every stretch that carries it. Where the posts of a road start anew, or where a
kilometre is long, there are several: nothing is chosen silently.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo
from crashkit.roads.network import BACKWARD, BOTH, FORWARD, Lines, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

GAP_M = 100.0
"""Lines whose ends are farther apart are not one road there: no map is drawn so roughly."""
POST_M = 1.0
"""Posts of neighbours that differ by less than this are the same post, rounded."""
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Routes:
    """Stretches with posts as unbroken runs. All arrays have one number for each stretch.

    `run` is the number of the run (NOWHERE: the stretch has no posts), `begins_m` the true metres
    from the beginning of the run to that of the stretch, `before` the stretch that it continues
    (or NOWHERE). `after_equation` marks the stretches that begin at a chainage equation.
    """

    network: Network
    run: Ints
    begins_m: Floats
    before: Ints
    after_equation: Flags

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.run.max(initial=NOWHERE)) + 1

    def along_m(self, stretch: Ints, share: Floats) -> Floats:
        """Return true metres from the beginning of the run; `share` is that of the posts."""
        length = self.network.stretches["length_m"].to_numpy()
        found: Floats = self.begins_m[stretch] + share * length[stretch]
        return found

    def posts_m(self, stretch: Ints, share: Floats) -> Floats:
        """Return the km post, in metres, of a place: `share` of the way between its two posts."""
        low, high = self._posts
        found: Floats = low[stretch] + share * (high - low)[stretch]
        return found

    def points(self, stretch: Ints, share: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude of places; NaN where the stretch has no line."""
        return along(self.network.lines, stretch, share)

    def carriers(
        self,
        roads: Collection[str],
        posts_m: Floats,
        directions: NDArray[np.object_] | None = None,
    ) -> tuple[Ints, Ints, Floats]:
        """Return every stretch of a road, by its keys, that carries each of some posts.

        The answer has three numbers for each find, by post: which post, which stretch, the share of
        the way along the stretch. A stretch for the other direction does not carry a post where its
        direction ("inc", "dec") is told. A post where two stretches of a run meet is on the one
        that begins there; at the end of a run, on its last.
        """
        low, high = self._posts
        of = np.flatnonzero(self.network.stretches["road_key"].isin(list(roads)).to_numpy())
        of = of[self.run[of] != NOWHERE]
        posts = posts_m[:, None]
        here = (low[of] - POST_M / 2 <= posts) & (posts <= high[of] + POST_M / 2)
        if directions is not None:
            way = self.network.stretches["direction"].to_numpy()[of]
            told = np.isin(directions, (FORWARD, BACKWARD))[:, None]
            here &= ~told | (way == BOTH) | (way == directions[:, None])
        goes_on = np.isin(of, self.before)
        here &= ~((posts > high[of] - POST_M / 2) & goes_on & ~self._before_equation[of])
        post, place = np.nonzero(here)
        found = of[place]
        size = np.maximum(high - low, 1e-9)[found]
        return post, found, np.clip((posts_m[post] - low[found]) / size, 0.0, 1.0)

    @property
    def _posts(self) -> tuple[Floats, Floats]:
        stretches = self.network.stretches
        return stretches["from_m"].to_numpy(), stretches["to_m"].to_numpy()

    @property
    def _before_equation(self) -> Flags:
        """Mark the stretches behind which the posts jump: their last post is theirs alone."""
        found = np.zeros(len(self.network), bool)
        found[self.before[self.after_equation]] = True
        return found


def routes(network: Network, stands: Flags | None = None) -> Routes:
    """Join the stretches of each road into runs, its equations applied; only those that stand.

    Where equations cut stretches, the network of the answer has more of them; `stands` is told of a
    network that has its equations applied already.
    """
    network = with_equations(network)
    stretches = network.stretches
    told = stretches["from_m"].notna() & stretches["to_m"].notna() & (stretches["road_key"] != "")
    posted = told.to_numpy() if stands is None else told.to_numpy() & stands
    before, by_equation = _before(network, posted)
    run, begins = _runs(before, posted, stretches)
    return Routes(network, run, begins, before, by_equation)


def with_equations(network: Network) -> Network:
    """Cut stretches where a chainage equation lies inside, so that it stands between two of them.

    An equation lies inside a stretch when its post back lies between the posts of the stretch.
    """
    cut = network
    told = network.equations
    for road, back_m, ahead_m in zip(
        told["road_key"], told["back_m"], told["ahead_m"], strict=True
    ):
        cut = _cut(cut, str(road), float(back_m), float(ahead_m))
    return cut


def _cut(network: Network, road: str, back_m: float, ahead_m: float) -> Network:
    stretches = network.stretches
    here = stretches["road_key"] == road
    here &= (stretches["from_m"] + POST_M < back_m) & (stretches["to_m"] > back_m + POST_M)
    if ahead_m < back_m:
        # Posts are there twice: what has them behind the equation is not what it cuts.
        here &= stretches["from_m"] < ahead_m - POST_M
    inside = here.to_numpy()
    if not inside.any():
        return network
    before, behind = network.keep(inside), network.keep(inside)
    low, high = before.stretches["from_m"], before.stretches["to_m"]
    share = ((back_m - low) / ((back_m - low) + (high - ahead_m))).to_numpy()
    before.stretches["to_m"], behind.stretches["from_m"] = back_m, ahead_m
    for part, of in ((before, share), (behind, 1 - share)):
        part.stretches["length_m"] = part.stretches["length_m"] * of
    first, second = zip(
        *(_halves(before.lines.line(i), one) for i, one in enumerate(share)), strict=True
    )
    rest = network.keep(~inside)
    frames = [rest.stretches, before.stretches, behind.stretches]
    lines = [rest.lines.line(i) for i in range(len(rest))]
    return Network(
        pd.concat(frames, ignore_index=True),
        Lines.of([*lines, *first, *second]),
        network.equations,
        network.info,
    )


def _halves(line: Floats, share: float) -> tuple[Floats, Floats]:
    """Cut a line at a share of its length."""
    if not len(line):
        return line, line
    cut = Lines.of([line])
    (lon,), (lat,) = along(cut, np.zeros(1, np.int64), np.array([share]))
    steps = cut.measures_m()
    here = np.array([[lon, lat]])
    before = steps < share * steps[-1]
    return np.concatenate([line[before], here]), np.concatenate([here, line[~before]])


def _ends(lines: Lines) -> tuple[Floats, Floats]:
    """Return where each line begins and ends: degrees, shape (n, 2); NaN where there is none."""
    first = np.full((len(lines), 2), np.nan)
    last = first.copy()
    there = np.diff(lines.offsets) > 0
    first[there] = lines.lonlat[lines.offsets[:-1][there]]
    last[there] = lines.lonlat[lines.offsets[1:][there] - 1]
    return first, last


def _before(network: Network, posted: Flags) -> tuple[Ints, Flags]:
    """Return the stretch that each one continues, and whether it does so by an equation."""
    stretches = network.stretches
    begins, ends = _ends(network.lines)
    before = np.full(len(network), NOWHERE, np.int64)
    by_equation = np.zeros(len(network), bool)
    leads_on = np.zeros(len(network), bool)

    def join(back: Ints, ahead: Ints, *, equation: bool) -> None:
        for one in back:
            if leads_on[one]:
                continue
            free = ahead[(before[ahead] == NOWHERE) & (ahead != one)]
            if not free.size:
                continue
            apart = _apart_m(ends[one], begins[free])
            nearest = int(free[np.argmin(apart)])
            if apart.min() <= GAP_M:
                before[nearest], by_equation[nearest] = one, equation
                leads_on[one] = True

    ways = stretches.assign(order=np.arange(len(network)))[posted]
    for (road, _), way in ways.groupby(["road_key", "direction"], sort=True):
        rows = way.sort_values(["from_m", "to_m", "order"], kind="stable")
        order, froms, tos = (rows[name].to_numpy() for name in ("order", "from_m", "to_m"))
        told = network.equations[network.equations["road_key"] == road]
        for back_m, ahead_m in zip(told["back_m"], told["ahead_m"], strict=True):
            back, ahead = np.abs(tos - back_m) < POST_M, np.abs(froms - ahead_m) < POST_M
            join(order[back], order[ahead], equation=True)
        at = np.searchsorted(froms, tos - POST_M)
        until = np.searchsorted(froms, tos + POST_M, side="right")
        for i, one in enumerate(order):
            # A stretch of no length would continue itself.
            join(np.array([one]), order[at[i] : until[i]], equation=False)
    return before, by_equation


def _apart_m(end: Floats, begins: Floats) -> Floats:
    """Return how far places are from one; 0 where either is not known."""
    here = np.broadcast_to(end, begins.shape)
    known = np.isfinite(here).all(axis=1) & np.isfinite(begins).all(axis=1)
    found = np.zeros(len(begins))
    if known.any():
        found[known] = geo.distances_m(
            here[known, 0], here[known, 1], begins[known, 0], begins[known, 1]
        )
    return found


def _runs(before: Ints, posted: Flags, stretches: pd.DataFrame) -> tuple[Ints, Floats]:
    """Number the runs by road, direction and first post; return where in it each stretch begins."""
    run = np.full(before.size, NOWHERE, np.int64)
    begins = np.zeros(before.size)
    after = np.full(before.size, NOWHERE, np.int64)
    after[before[before != NOWHERE]] = np.flatnonzero(before != NOWHERE)
    # What continues something comes last: only a ring of equations has no beginning of its own.
    heads = stretches.assign(later=before != NOWHERE)[posted].sort_values(
        ["later", "road_key", "direction", "from_m", "to_m"], kind="stable"
    )
    length_m, number = stretches["length_m"].to_numpy(), 0
    for head in heads.index:
        one, at = int(head), 0.0
        if run[one] != NOWHERE:
            continue
        while one != NOWHERE and run[one] == NOWHERE:
            run[one], begins[one] = number, at
            at += length_m[one]
            one = int(after[one])
        number += 1
    return run, begins


# --------------------------------------------------------------- along lines


def along(lines: Lines, line: Ints, share: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude at a share (0 to 1) of the length of lines; NaN where none."""
    at = lines.measures_m()
    first, last = lines.offsets[line], lines.offsets[line + 1] - 1
    lon, lat = np.full(line.size, np.nan), np.full(line.size, np.nan)
    there = np.flatnonzero(last > first)
    if not there.size:
        return lon, lat
    first, last = first[there], last[there]
    wanted = share[there] * at[last]
    # Lines lie one behind the other: a number larger than all before tells their vertices apart.
    longest = at.max() + 1.0
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.offsets))
    vertex = np.searchsorted(owner * longest + at, line[there] * longest + wanted, side="right") - 1
    vertex = np.clip(vertex, first, last - 1)
    step = at[vertex + 1] - at[vertex]
    part = np.where(step > 0, (wanted - at[vertex]) / np.where(step > 0, step, 1.0), 0.0)[:, None]
    places = lines.lonlat[vertex] * (1 - part) + lines.lonlat[vertex + 1] * part
    lon[there], lat[there] = places[:, 0], places[:, 1]
    return lon, lat


def parts(lines: Lines, line: Ints, from_share: Floats, to_share: Floats) -> Lines:
    """Return parts of lines, each from one share of the length of its line to another."""
    at = lines.measures_m()
    first, last = lines.offsets[line], np.maximum(lines.offsets[line + 1] - 1, 0)
    length = np.where(last > first, at[last], 0.0) if at.size else np.zeros(line.size)
    longest = at.max(initial=0.0) + 1.0
    keys = np.repeat(np.arange(len(lines)), np.diff(lines.offsets)) * longest + at
    after = np.searchsorted(keys, line * longest + from_share * length, side="right")
    before = np.searchsorted(keys, line * longest + to_share * length, side="left")
    inner = np.maximum(before - after, 0)
    offsets = np.concatenate([[0], np.cumsum(inner + 2)]).astype(np.int64)
    found = np.empty((int(offsets[-1]), 2))
    begins, ends = offsets[:-1], offsets[1:] - 1
    found[begins] = np.column_stack(along(lines, line, from_share))
    found[ends] = np.column_stack(along(lines, line, to_share))
    rows = np.repeat(begins + 1 - np.concatenate([[0], np.cumsum(inner)])[:-1], inner)
    turn = np.arange(int(inner.sum()))
    source = np.repeat(after - np.concatenate([[0], np.cumsum(inner)])[:-1], inner)
    found[rows + turn] = lines.lonlat[source + turn]
    return Lines(found, offsets)
