"""Crashes lined up along strips of road, and sites made of what lies between two metres of a strip.

What is lined up are the crashes whose place is certain enough (good or fair), by strip and metre.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.model import CrashData, Site
from crashkit.roads import linear
from crashkit.roads import strips as stripping
from crashkit.roads.network import Network
from crashkit.roads.placing import Placed, Rules
from crashkit.roads.snapping import Snapped
from crashkit.roads.strips import Strips
from crashkit.roads.topology import NOWHERE, Topology
from crashkit.sites import Sites, offsets_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LinedUp:
    """Crashes by strip, metre and id: all arrays have one number for each crash."""

    strips: Strips
    ids: Ints
    strip: Ints
    at_m: Ints


def lined_up(
    data: CrashData,
    roads: Placed,
    *,
    together: bool,
    rules: Rules,
    alike: bool = True,
    each: bool = False,
) -> LinedUp:
    """Line up the crashes of data along the roads that stand on the last day of its period.

    Places and their peers are cut from the same crashes: what was lined up last is kept with them.

    `together`: carriageways of a road are one; `rules` say which crashes are at junctions, and so
    are left out; `alike`: strips end where class or setting change; `each`: every stretch is one.
    """
    asked = (together, rules, alike, each)
    before = roads.lined_up.get(asked)
    if before is not None and before[0]() is data and isinstance(before[1], LinedUp):
        return before[1]
    lines = _in_order(data, roads.of(data).ruled(data, rules), together, alike, each)
    roads.lined_up[asked] = (weakref.ref(data), lines)
    return lines


def _in_order(data: CrashData, found: Placed, together: bool, alike: bool, each: bool) -> LinedUp:
    """Line up crashes that are placed, in the order of the data."""
    snapped = found.snapped
    if snapped is None:
        raise ValueError("These crashes were not put on roads.")
    made = _strips(snapped.network, data.period.end, alike, together, each)
    stretch = np.where(found.link != NOWHERE, snapped.stretch, NOWHERE)
    share = snapped.share
    if together:
        stretch, share = stripping.beside(made.routes, stretch, share)
    strip, at_m = made.where(stretch, share)
    on = np.flatnonzero(strip != NOWHERE)
    ids, strip, at_m = found.ids[on], strip[on], at_m[on]
    far = int(at_m.max(initial=0)) + 1
    by_id = np.argsort(ids, kind="stable")
    order = by_id[np.argsort((strip * far + at_m)[by_id], kind="stable")]
    return LinedUp(made, ids[order], strip[order], at_m[order])


def moved(snapped: Snapped, steps_m: Floats, day: date) -> Snapped:
    """Move crashes along the roads that stand on a day, by so many metres, on to other stretches.

    At the end of a road the way goes back, as in a mirror: no crash is lost, and none piles up.
    """
    made = _strips(snapped.network, day, False, False, False)
    strip, at_m = made.where(snapped.stretch, snapped.share)
    on = np.flatnonzero(strip != NOWHERE)
    long = np.maximum(made.lengths_m[strip[on]], 1).astype(float)
    there_and_back = np.mod(at_m[on] + steps_m[on], 2 * long)
    away_m = np.where(there_and_back > long, 2 * long - there_and_back, there_and_back)
    stretch, share = snapped.stretch.copy(), snapped.share.copy()
    stretch[on], share[on] = made.at(strip[on], away_m)
    return replace(snapped, stretch=stretch, share=share)


def _strips(network: Network, day: date, alike: bool, together: bool, each: bool) -> Strips:
    """Join the stretches of a day to strips, once for all that ask."""
    return _joined(network, network.stands_on(day).tobytes(), alike, together, each)


# Days on which the same stretches stand share their strips; so these are told by what stands.
@lru_cache(maxsize=8)
def _joined(network: Network, stands: bytes, alike: bool, together: bool, each: bool) -> Strips:
    chosen = np.frombuffer(stands, dtype=np.bool_).copy()
    return stripping.strips(
        _routes(network, stands), chosen, alike=alike, together=together, each=each
    )


@lru_cache(maxsize=2)
def _routes(network: Network, stands: bytes) -> linear.Routes:
    return linear.routes(network, np.frombuffer(stands, dtype=np.bool_).copy())


def sites(lines: LinedUp, strip: Ints, start_m: Ints, end_m: Ints) -> Sites:
    """Return sites on strips from one metre to before another; at the end of a strip, to it.

    Posts are those of the road; a road without posts is told by the metres from its beginning.
    """
    made, stretches = lines.strips, lines.strips.routes.network.stretches
    far = int(made.lengths_m.max(initial=0)) + 2
    keys = lines.strip * far + lines.at_m
    last = end_m == made.lengths_m[strip]
    first = np.searchsorted(keys, strip * far + start_m)
    until = np.searchsorted(keys, strip * far + end_m + last)
    begin, share = made.at(strip, start_m.astype(float))
    end, end_share = made.at(strip, end_m.astype(float), end=True)
    middle, middle_share = made.at(strip, (start_m + end_m) / 2)
    lon, lat = made.routes.points(middle, middle_share)
    from_m, to_m = _told(made, begin, share, start_m), _told(made, end, end_share, end_m)
    offsets = offsets_of(until - first)
    inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], until - first)
    names = labels(made)
    return Sites(
        offsets,
        lines.ids[np.repeat(first, until - first) + inside],
        {
            "road": stretches["road_key"].to_numpy(dtype=object)[begin],
            "lon": lon,
            "lat": lat,
            "from_m": from_m.astype(float),
            "to_m": to_m.astype(float),
            "measured_m": (end_m - start_m).astype(float),
            "group": _groups(stretches)[middle],
            "aadt": stretches["aadt"].to_numpy(dtype=float)[middle],
            "equation": made.crosses_equation(strip, start_m, end_m),
            "line": strip.astype(float),
            "along_m": (start_m + end_m) / 2,
        },
        lambda i: f"{names[strip[i]]}:{from_m[i]}-{to_m[i]}",
    )


def side_by_side(lines: LinedUp, length_m: int) -> Sites:
    """Return sites of one length side by side; what is left at the end of a strip is shorter."""
    longest = lines.strips.lengths_m
    several = np.maximum(-(-longest // length_m), 1)
    offsets = offsets_of(several)
    strip = np.repeat(np.arange(longest.size), several)
    start_m = (np.arange(offsets[-1]) - np.repeat(offsets[:-1], several)) * length_m
    return sites(lines, strip, start_m, np.minimum(start_m + length_m, longest[strip]))


def on_link(topology: Topology, link: int, start_m: float, end_m: float, ids: Ints) -> Site:
    """Return a site on a link from one metre of it to another, with the crashes of these ids."""
    links, stretches = topology.links, topology.network.stretches
    stretch = int(links.stretch[link])
    whole = float(stretches["length_m"].iloc[stretch]) or 1.0
    begin = float(links.from_share[link])
    first, last = (begin + at / whole for at in (start_m, end_m))
    (lon,), (lat,) = linear.along(
        topology.network.lines, np.array([stretch]), np.array([(first + last) / 2])
    )
    low, high = (float(stretches[name].iloc[stretch]) for name in ("from_m", "to_m"))
    told = [low + share * (high - low) for share in (first, last)]
    from_m, to_m = told if np.isfinite(low) and np.isfinite(high) else (start_m, end_m)
    row = stretches.iloc[stretch]
    name = row["road_key"] or row["road_name"]
    return Site(
        id=f"{name}#{link}:{round(start_m)}-{round(end_m)}",
        place="",
        lon=float(lon),
        lat=float(lat),
        crash_ids=tuple(ids.tolist()),
        road=str(row["road_key"]),
        from_m=round(from_m),
        to_m=round(to_m),
        group=_groups(stretches.iloc[[stretch]])[0],
        aadt=float(row["aadt"]) if np.isfinite(row["aadt"]) else None,
        measured_m=end_m - start_m,
    )


def _told(made: Strips, stretch: Ints, share: Floats, at_m: Ints) -> Ints:
    """Return km posts in whole metres, or where there are none the metres along the strip."""
    posts = made.routes.posts_m(stretch, share)
    return np.rint(np.where(np.isfinite(posts), posts, at_m)).astype(np.int64)


@lru_cache(maxsize=8)
def labels(made: Strips) -> NDArray[np.object_]:
    """Return a name for each strip: its road, with a number where one road has several runs."""
    stretches = made.routes.network.stretches
    firsts = made.order[np.searchsorted(made.strip, np.arange(len(made)))]
    run = made.routes.run[firsts]
    keys = stretches["road_key"].to_numpy()[firsts].astype(object)
    names = np.where(keys == "", stretches["road_name"].to_numpy()[firsts], keys)
    # A stretch without posts is a run of its own.
    whole = np.where(run == linear.NOWHERE, -1 - np.arange(run.size), run)
    frame = pd.DataFrame({"name": names, "run": whole})
    runs = frame.drop_duplicates()
    nth = runs.groupby("name", sort=False).cumcount() + 1
    several = runs.groupby("name", sort=False)["run"].transform("size") > 1
    named = runs["name"].where(~several, runs["name"] + "/" + nth.astype(str))
    merged = frame.merge(runs.assign(label=named), on=["name", "run"], how="left")
    found: NDArray[np.object_] = merged["label"].to_numpy(dtype=object)
    return found


def _groups(stretches: pd.DataFrame) -> NDArray[np.object_]:
    """Return the class and the setting of stretches, the words of which sites are peers."""
    words = stretches[list(stripping.KIND)].itertuples(index=False)
    return np.array([" ".join(filter(None, row)) for row in words], dtype=object)
