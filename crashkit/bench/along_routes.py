"""World C: crashes along routes, as police files have them. Where does each place and measure look?

The same share of length is flagged by each method, the worst first, no stretch twice; a hotspot is
found where half of its length is flagged. The crashes of the next years, where they truly happen,
tell how many of them were foreseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crashkit import kernels, method
from crashkit.bench.methods import Method, methods
from crashkit.bench.results import Figure, Row
from crashkit.model import CrashData
from crashkit.peers import Reference
from crashkit.roads import junctions, snapping, topology
from crashkit.roads.placing import Placed, place
from crashkit.screening import judging, parts
from crashkit.sites import Sites
from crashkit.synth import metrics, routes
from crashkit.synth.known_sites import numbers
from crashkit.synth.metrics import Ints, Stretch
from crashkit.synth.routes import Routes

FIGURES = ("recall", "precision", "pai", "flagged")
CONSISTENCY = ("sct", "mct", "trdt", "tst")
RECORDS = ("clean", "sigma_50", "sigma_200", "sigma_500", "rounded", "poor")
BRIEF = ("clean", "sigma_200")
"""What a short run looks at."""

TWICE = "clean"
"""The records of which the next period is judged as well, for the consistency tests."""

BETWEEN_M = 5_000
"""Routes are laid end to end on one axis, with this much between them."""


def judge(
    child: np.random.SeedSequence, records: Sequence[str], judged: Sequence[Method]
) -> dict[str, list[dict[str, float]]]:
    """Draw one replicate and judge methods on each kind of records."""
    rng = np.random.default_rng(child)
    world = routes.draw(rng)
    seed = int(child.generate_state(1)[0])
    truth = _Truth.of(world)
    found = {}
    for name in records:
        cut = Cut.of(routes.recorded(world, name, rng), world)
        flags = [_flagged(one, cut, truth, seed) for one in judged]
        found[name] = [_figures(one, truth) for one in flags]
        if name == TWICE:
            again = routes.recorded(world, name, np.random.default_rng(seed), later=True)
            steady = _steadiness(judged, flags, Cut.of(again, world), truth)
            found[name] = [{**one, **two} for one, two in zip(found[name], steady, strict=True)]
    return found


def placed(world: Routes, data: CrashData) -> Placed:
    """Put crashes on the routes, as the product does."""
    made = topology.build(world.network)
    snapped = snapping.snap(world.network, data)
    return place(data, junctions.derived(made), topology=made, snapped=snapped)


@dataclass(frozen=True, eq=False)
class Cut:
    """Recorded crashes on roads, and the places and peers that were already made of them."""

    data: CrashData
    roads: Placed
    sites: dict[str, Sites]
    peers: dict[str, Reference | None]

    @classmethod
    def of(cls, data: CrashData, world: Routes) -> Cut:
        """Put the crashes on the roads of a world."""
        return cls(data, placed(world, data), {}, {})

    def places(self, one: Method) -> Sites:
        """Return the places of a method."""
        if one.where not in self.sites:
            kind, params = self._place(one)
            self.sites[one.where] = Sites.of(kind.cut(self.data, params, self.roads))
        return self.sites[one.where]

    def reference(self, one: Method) -> Reference | None:
        """Return the peers by which a method judges."""
        key = f"{one.where} {one.peers}"
        if one.peers and key not in self.peers:
            kind, params = self._place(one)
            asked = one.measure_params()
            self.peers[key] = judging.reference(kind, asked, self.data, params, self.roads)
        return self.peers.get(key)

    def _place(self, one: Method) -> tuple[method.Place, Any]:
        kind = parts.place_named(one.place)
        return kind, method.read(kind.params, one.place_params)


@dataclass(frozen=True, eq=False)
class _Truth:
    """Hotspots and the crashes of the next period on one axis of so many metres."""

    spots: list[Stretch]
    later: metrics.Floats
    length_m: float
    axis_m: int

    @classmethod
    def of(cls, world: Routes) -> _Truth:
        starts, ends = (
            _axis(world.spots["route"].to_numpy(dtype=np.int64), world.spots[name].to_numpy())
            for name in ("from_m", "to_m")
        )
        return cls(
            list(zip(starts.tolist(), ends.tolist(), strict=True)),
            _axis(world.later.route, world.later.at_m),
            world.length_m,
            len(world.network) * _step(),
        )


def _step() -> int:
    return int(numbers()["routes"]["length_m"]) + BETWEEN_M


def _axis(route: Ints, at_m: metrics.Floats) -> metrics.Floats:
    return np.asarray(route * float(_step()) + at_m)


@dataclass(frozen=True, eq=False)
class _Flagged:
    """Sites in order, the worst first; those flagged, as stretches, and each metre of these."""

    ranked: Sites
    stretches: list[Stretch]
    covered: metrics.Flags


def _flagged(one: Method, cut: Cut, truth: _Truth, seed: int) -> _Flagged:
    sites = cut.places(one)
    scores = one.scores(sites, cut.data, cut.reference(one))
    if one.own_limit:
        ranked, budget = sites.take(np.flatnonzero(scores.passed)), np.inf
    else:
        values = np.where(sites.counts > 0, one.ranking(scores), np.nan)
        order = metrics.worst(values, len(sites), seed=seed)
        ranked = sites.take(order[_apart(sites, order)])
        budget = numbers()["routes"]["budget"] * truth.length_m
    return _Flagged(ranked, *flagged(ranked, budget, truth.axis_m))


def _figures(found: _Flagged, truth: _Truth) -> dict[str, float]:
    length = float(found.covered.sum())
    captured = metrics.prediction(
        float(found.covered[truth.later.astype(np.int64)].sum()),
        truth.later.size,
        area=length,
        total_area=truth.length_m,
    )
    tolerance = numbers()["routes"]["tolerance_m"]
    return {
        "recall": metrics.hotspot_recall(truth.spots, found.stretches),
        "precision": metrics.length_precision(truth.spots, found.stretches, tolerance=tolerance),
        "pai": captured.pai,
        "flagged": length / truth.length_m,
    }


def _steadiness(
    judged: Sequence[Method], first: Sequence[_Flagged], cut: Cut, truth: _Truth
) -> list[dict[str, float]]:
    """Return the consistency tests of the methods that flag the same length; none of the others.

    Windows and clusters of the next period lie a little elsewhere: that one is the same site in
    whose stretch its middle lies.
    """
    rows = [i for i, one in enumerate(judged) if not one.own_limit]
    again = [_flagged(judged[i], cut, truth, seed=i) for i in rows]
    tests = [_consistency(first[i], next_, truth) for i, next_ in zip(rows, again, strict=True)]
    found: list[dict[str, float]] = [dict.fromkeys(CONSISTENCY, np.nan) for _ in judged]
    for i, one, total in zip(rows, tests, metrics.total_score(tests).tolist(), strict=True):
        found[i] = {"sct": one.sct, "mct": one.mct, "trdt": one.trdt, "tst": total}
    return found


def _consistency(first: _Flagged, second: _Flagged, truth: _Truth) -> metrics.Consistency:
    owner = np.full(truth.axis_m, -1)
    # The worst last, so that where two overlap the worse one has the ground.
    for i, (start, end) in reversed([*enumerate(first.stretches)]):
        owner[int(start) : int(end)] = i
    starts, ends = _ends(second.ranked)
    names = [str(i) for i in owner[(starts + ends) // 2].tolist()]
    met: set[str] = set()
    order = []
    for nth, name in enumerate(names):
        known = name != "-1" and name not in met
        order.append(name if known else f"other {nth}")
        met.add(name)
    captured = np.bincount(owner[truth.later.astype(np.int64)] + 1, minlength=len(first.stretches))
    crashes = {str(i): float(n) for i, n in enumerate(captured[1:].tolist())}
    flags = [str(i) for i in range(len(first.stretches))]
    return metrics.consistency(flags, order, crashes, len(flags))


def _apart(sites: Sites, order: Ints) -> metrics.Flags:
    """Mark those, in this order, that share no crash with one before them."""
    if not sites.share_crashes:
        return np.ones(order.size, dtype=bool)
    ranked = sites.take(order)
    lowest = int(ranked.crash_ids.min())
    size = int(ranked.crash_ids.max()) - lowest + 1
    return kernels.keep_apart(ranked.offsets, ranked.crash_ids - lowest, size)


def flagged(sites: Sites, budget_m: float, axis_m: int) -> tuple[list[Stretch], metrics.Flags]:
    """Flag sites along routes, in order, until the next one is more than the length of a budget.

    Returns their stretches on the axis, and a mark for each metre of it that is flagged.
    """
    starts, ends = (side.tolist() for side in _ends(sites))
    covered, used, found = np.zeros(axis_m, dtype=bool), 0, []
    for start, end in zip(starts, ends, strict=True):
        used += int((~covered[start:end]).sum())
        if used > budget_m:
            break
        covered[start:end] = True
        found.append((float(start), float(end)))
    return found, covered


def _ends(sites: Sites) -> tuple[Ints, Ints]:
    """Return where sites begin and end on the axis, in whole metres."""
    route = np.array([routes.number(one) for one in sites.words("road")], dtype=np.int64)
    start, end = (
        np.rint(_axis(route, sites.numbers(name))).astype(np.int64) for name in ("from_m", "to_m")
    )
    return start, end


def rows(replicates: Sequence[Mapping[str, list[dict[str, float]]]]) -> Iterator[Row]:
    """Return a row for each kind of records and method, beside what was measured before."""
    for name in replicates[0] if replicates else ():
        for i, one in enumerate(methods("C")):
            anchors = dict(zip(FIGURES, one.anchors.get(name, ()), strict=False))
            figures = {
                figure: Figure.of([each[name][i][figure] for each in replicates], anchor)
                for figure in replicates[0][name][i]
                for anchor in [anchors.get(figure, np.nan)]
            }
            yield Row("C", name, one.where, one.measure, one.peers, one.ranked_by, figures)
