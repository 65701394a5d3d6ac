"""Ask again with something changed, and see which sites stay: the stability of a list.

What is changed: the size of a place, by a fifth; the years, one left out at a time; the weights of
severity; and where the crashes are, by as much as their locations may be wrong. Each time the list
is as long as it was, whatever thresholds say: a site stays if half of its crashes, among those
that are still there, lie at one site of the new list.

Source: reference methods, sections 0.2 and 1.1 (weights matter: Geurts); issue of regression to
the mean, section 0.5.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo, method
from crashkit.errors import Message, MethodError
from crashkit.method import Measure, Place
from crashkit.model import CrashData, Period, Progress, Stretch
from crashkit.peers import Reference
from crashkit.roads import along, linear, placing
from crashkit.roads.placing import Placed
from crashkit.roads.topology import NOWHERE
from crashkit.screening import apart, judging
from crashkit.screening import treated as treating
from crashkit.screening.apart import Scored
from crashkit.screening.treated import Treated
from crashkit.sites import Scores, Sites

SIZES = (
    *("radius_m", "urban_radius_m", "length_m", "urban_length_m", "bandwidth_m"),
    *("urban_bandwidth_m", "reach_m", "junction_m", "urban_junction_m"),
)
"""Parameters of places that say how large a place is."""
SEED = 2003
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Question:
    """A question with all that it is asked of: `data` are the crashes that count."""

    place: Place
    measure: Measure
    place_params: Any
    measure_params: Any
    data: CrashData
    roads: Placed | None = None
    treated: tuple[Treated, ...] = ()

    def cut(self, data: CrashData) -> Sites:
        """Cut places."""
        sites = Sites.of(self.place.cut(data, self.place_params, self.roads))
        return treating.marked(sites, self.treated, data.period) if self.treated else sites

    def peers(self) -> Reference | None:
        """Return what peers of the places have; None where it cannot be known."""
        return judging.reference(
            self.place,
            self.measure_params,
            self.data,
            self.place_params,
            self.roads,
            treated=self.treated,
        )

    def worst(self, n: int) -> Sites:
        """Return the worst places, kept apart, whether they pass or not."""
        first = self.cut(self.data)
        known = self.peers()

        def all_of(rest: CrashData) -> Scored:
            sites = first if rest is self.data else self.cut(rest)
            found = Scores.of(self.measure.score(sites, self.data, self.measure_params, known))
            some = np.flatnonzero((sites.counts > 0) & np.isfinite(found.values))
            # Only what may reach the list: of places that overlap, more than are wanted.
            order = np.argsort(-found.values[some], kind="stable")
            enough = found.values[some][order[: 50 * n]].min(initial=np.inf)
            return Scored(sites, found).take(some[found.values[some] >= enough])

        overlaps = self.place.overlaps and self.place.apart
        kept = apart.keep_apart(all_of, self.data, overlaps=overlaps, anew=False)
        return kept.sites[:n]


Change = tuple[Message, Callable[[], Question]]


def stability(
    asked: Question, listed: Sites, progress: Progress
) -> tuple[list[float | None], tuple[Message, ...]]:
    """Return the share of repeats in which each listed site stays, and what was changed in each."""
    changes = list(_changes(asked)) if len(listed) else []
    stays, done = np.zeros(len(listed)), []
    for i, (said, changed) in enumerate(changes):
        progress(i / len(changes), said)
        again = changed()
        try:
            stays += _found_again(listed, again.worst(len(listed)), again.data)
        except MethodError:
            # What is left cannot be judged, such as a rule on a field that no other year has.
            continue
        done.append(said)
    if not done:
        return [None] * len(listed), ()
    return (stays / len(done)).tolist(), tuple(done)


def _found_again(listed: Sites, again: Sites, data: CrashData) -> NDArray[np.bool_]:
    """Mark sites of which half the crashes, among those of data, lie at one of others."""
    rows = np.repeat(np.arange(len(listed)), listed.counts)
    here = np.isin(listed.crash_ids, data.crash_ids)
    left = np.bincount(rows[here], minlength=len(listed))
    ids, first = np.unique(again.crash_ids, return_index=True)
    owner = np.repeat(np.arange(len(again)), again.counts)[first]
    at = np.searchsorted(ids, listed.crash_ids).clip(max=max(ids.size - 1, 0))
    shared = here & (ids[at] == listed.crash_ids) if ids.size else np.zeros_like(here)
    pairs = pd.Series(1, index=[rows[shared], owner[at[shared]]] if ids.size else [[], []])
    most = pairs.groupby(level=[0, 1]).sum().groupby(level=0).max()
    best = np.zeros(len(listed))
    best[most.index.to_numpy(dtype=np.int64)] = most.to_numpy()
    found: NDArray[np.bool_] = (left > 0) & (2 * best >= left)
    return found


# ------------------------------------------------------------------------ what is changed


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "repeating.toml").read_text("utf-8"))


def _changes(asked: Question) -> Iterator[Change]:
    yield from _sizes(asked)
    yield from _years(asked)
    yield from _weights(asked)
    yield _moved(asked)


def _sizes(asked: Question) -> Iterator[Change]:
    known = {info.name: info for info in method.describe(type(asked.place_params))}
    sizes = {
        name: getattr(asked.place_params, name)
        for name in SIZES
        if name in known and getattr(asked.place_params, name)
    }
    share = float(_told()["size"]["share"])
    for sign, words in (
        (-1, Message("Places smaller by {share} %", {"share": round(100 * share)})),
        (1, Message("Places larger by {share} %", {"share": round(100 * share)})),
    ):
        limits = {name: (known[name].low or 0.0, known[name].high or np.inf) for name in sizes}
        changed = {
            name: float(np.clip(value * (1 + sign * share), *limits[name]))
            for name, value in sizes.items()
        }
        if changed and changed != sizes:
            yield words, _with(asked, place_params=replace(asked.place_params, **changed))


def _years(asked: Question) -> Iterator[Change]:
    period = asked.data.period
    years = period.calendar_years
    if len(years) < 2 or period.undated:
        return
    of = pd.to_datetime(asked.data.crashes["crash_date"]).dt.year.to_numpy()
    for year in years[-int(_told()["years"]["most"]) :]:
        if not 0 < (of == year).sum() < of.size:
            continue
        kept = period.within([*_without(period.stretches, year)])
        words = Message("Without the year {year}", {"year": str(year)})
        yield words, partial(_kept, asked, of != year, kept)


def _kept(asked: Question, rows: NDArray[np.bool_], period: Period) -> Question:
    return replace(asked, data=asked.data.keep(rows, period=period))


def _without(stretches: Iterable[Stretch], year: int) -> Iterator[Stretch]:
    """Give what is left of stretches of days when a year is taken out."""
    for start, end in stretches:
        if start.year < year:
            yield start, min(end, start.replace(year=year - 1, month=12, day=31))
        if end.year > year:
            yield max(start, end.replace(year=year + 1, month=1, day=1)), end


def _weights(asked: Question) -> Iterator[Change]:
    given = getattr(asked.measure_params, "weights", None)
    if not given:
        return
    for one in _told()["weights"]["sets"]:
        weights = {name: float(one.get(name, one["slight"])) for name in given}
        if weights != dict(given):
            told = Message(
                "Weights {slight} : {serious} : {killed} for slight, serious and killed",
                {name: method.exact(one[name]) for name in ("slight", "serious", "killed")},
            )
            yield told, _with(asked, measure_params=replace(asked.measure_params, weights=weights))


def _with(asked: Question, **changed: Any) -> Callable[[], Question]:
    return lambda: replace(asked, **changed)


def _moved(asked: Question) -> Change:
    """Move each crash at random, by as much as its location may be wrong."""
    metres = _errors(asked)
    usual = round(float(np.median(metres))) if metres.size else 0
    words = Message("Crashes moved by some {metres} m at random", {"metres": usual})
    return words, partial(_all_moved, asked, metres)


def _errors(asked: Question) -> Floats:
    """Return how far the location of each crash may be wrong, in metres."""
    by_point, by_post = (
        _told_error(asked.data, name) for name in ("coord_accuracy_m", "chainage_accuracy_m")
    )
    if "chainage" in asked.place.needs:
        return by_post
    snapped = asked.roads.of(asked.data).snapped if asked.roads else None
    if snapped is None:
        return by_point
    return np.where(np.isfinite(snapped.distance_m), by_point, by_post)


def _told_error(data: CrashData, column: str) -> Floats:
    told = np.full(len(data), np.nan)
    if data.has(column):
        told = data.crashes[column].to_numpy(dtype=float, na_value=np.nan)
    return np.where(told > 0, told, float(_told()["places"]["unknown_m"]))


def _all_moved(asked: Question, metres: Floats) -> Question:
    """Move points on the ground, km posts along their road, and what lies on roads along these.

    The same crash goes the same way in whatever order they come.
    """
    data = asked.data
    chance = np.random.default_rng(SEED)
    highest = int(data.crash_ids.max(initial=0))
    steps_m = chance.standard_normal((3, highest + 1))[:, data.crash_ids] * metres
    crashes, changed = data.crashes, {}
    if {"lon", "lat"} <= set(crashes.columns):
        lon, lat = (crashes[name].to_numpy(dtype=float) for name in ("lon", "lat"))
        changed["lon"], changed["lat"] = geo.moved_all(lon, lat, steps_m[0], steps_m[1])
    if "chainage_km" in crashes.columns:
        at_km = crashes["chainage_km"].to_numpy(dtype=float, na_value=np.nan)
        changed["chainage_km"] = np.maximum(at_km + steps_m[2] / 1000, 0)
    moved = replace(asked, data=data.replace(crashes=crashes.assign(**changed)))
    return moved if asked.roads is None else _on_roads(moved, asked.roads.of(data), steps_m[2])


def _on_roads(moved: Question, roads: Placed, steps_m: Floats) -> Question:
    """Move along its road what was put on one: it may come to a junction, or leave one."""
    data, snapped = moved.data, roads.snapped
    if snapped is not None:
        snapped = along.moved(snapped, steps_m, data.period.end)
        on = np.flatnonzero(snapped.stretch != NOWHERE)
        there = linear.along(snapped.network.lines, snapped.stretch[on], snapped.share[on])
        data = data.replace(crashes=_put(data.crashes, on, lon=there[0], lat=there[1]))
    placed = placing.place(
        data, roads.junctions, topology=roads.topology, snapped=snapped, rules=roads.rules
    )
    return replace(moved, data=data, roads=replace(placed, corridors=roads.corridors))


def _put(crashes: pd.DataFrame, rows: NDArray[np.int64], **columns: Floats) -> pd.DataFrame:
    """Write numbers into some rows of columns, where crashes have these."""
    written = {}
    for name, values in columns.items():
        if name in crashes.columns:
            written[name] = crashes[name].to_numpy(dtype=float, na_value=np.nan).copy()
            written[name][rows] = values
    return crashes.assign(**written)
