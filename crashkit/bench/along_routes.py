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
RECORDS = ("clean", "sigma_50", "sigma_200", "sigma_500", "rounded", "poor")
BRIEF = ("clean", "sigma_200")
"""What a short run looks at."""

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
        found[name] = [_figures(one, cut, truth, seed) for one in judged]
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


def _figures(one: Method, cut: Cut, truth: _Truth, seed: int) -> dict[str, float]:
    sites = cut.places(one)
    if not len(sites):
        return dict.fromkeys(FIGURES, 0.0)
    scores = one.scores(sites, cut.data, cut.reference(one))
    values = one.ranking(scores)
    if one.own_limit:
        chosen, budget = np.flatnonzero(scores.passed), np.inf
    else:
        values = np.where(sites.counts > 0, values, np.nan)
        order = metrics.worst(values, len(sites), seed=seed)
        chosen = order[_apart(sites, order)]
        budget = numbers()["routes"]["budget"] * truth.length_m
    stretches, covered = flagged(sites.take(chosen), budget, truth.axis_m)
    length = float(covered.sum())
    captured = metrics.prediction(
        float(covered[truth.later.astype(np.int64)].sum()),
        truth.later.size,
        area=length,
        total_area=truth.length_m,
    )
    tolerance = numbers()["routes"]["tolerance_m"]
    return {
        "recall": metrics.hotspot_recall(truth.spots, stretches),
        "precision": metrics.length_precision(truth.spots, stretches, tolerance=tolerance),
        "pai": captured.pai,
        "flagged": length / truth.length_m,
    }


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
    starts, ends = (
        np.rint(_axis(_routes(sites), sites.numbers(name))).astype(np.int64).tolist()
        for name in ("from_m", "to_m")
    )
    covered, used, found = np.zeros(axis_m, dtype=bool), 0, []
    for start, end in zip(starts, ends, strict=True):
        used += int((~covered[start:end]).sum())
        if used > budget_m:
            break
        covered[start:end] = True
        found.append((float(start), float(end)))
    return found, covered


def _routes(sites: Sites) -> Ints:
    return np.array([routes.number(one) for one in sites.words("road")], dtype=np.int64)


def rows(replicates: Sequence[Mapping[str, list[dict[str, float]]]]) -> Iterator[Row]:
    """Return a row for each kind of records and method, beside what was measured before."""
    for name in replicates[0] if replicates else ():
        for i, one in enumerate(methods("C")):
            anchors = dict(zip(FIGURES, one.anchors.get(name, ()), strict=False))
            figures = {
                figure: Figure.of(
                    [each[name][i][figure] for each in replicates], anchors.get(figure, np.nan)
                )
                for figure in FIGURES
            }
            yield Row("C", name, one.where, one.measure, one.peers, one.ranked_by, figures)
