"""What must not matter: the order of rows, the unit of length, and that it is done again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from crashkit import spf
from crashkit.bench import along_routes, at_sites
from crashkit.bench.along_routes import Cut
from crashkit.bench.methods import Method
from crashkit.model import CrashData
from crashkit.sites import Sites
from crashkit.synth import known_sites, routes
from crashkit.synth.metrics import Floats
from crashkit.synth.routes import Routes

SAME = 1e-9
"""Sums of the same numbers in another order differ by less than this share."""

_BY_TRAFFIC = Method(
    "eb_excess", "windows", "traffic", place_params={"length_m": 300, "step_m": 50}
)


def broken(seed: int) -> list[str]:
    """Return the names of the checks that do not hold; none where all is well."""
    return [name for name, holds in _checks(np.random.SeedSequence(seed)) if not holds]


def _checks(children: np.random.SeedSequence) -> Iterator[tuple[str, bool]]:
    of_sites, of_routes = children.spawn(2)
    once, again = (at_sites.judge("A", "main", _child(of_sites)) for _ in range(2))
    yield "sites again", repr(once) == repr(again)
    yield "sites in another order", _sites_in_any_order(_child(of_sites))
    world, data = _recorded(_child(of_routes))
    first, second = (
        along_routes.judge(_child(of_routes), ("clean",), (_BY_TRAFFIC,)) for _ in range(2)
    )
    yield "routes again", repr(first) == repr(second)
    yield "crashes in another order", _crashes_in_any_order(world, data)
    yield "kilometres or miles", _any_unit(Cut.of(data, world))


def _child(of: np.random.SeedSequence) -> np.random.SeedSequence:
    """Return the same seed anew: a sequence counts what it has spawned."""
    return np.random.SeedSequence(of.entropy, spawn_key=of.spawn_key)


def _recorded(child: np.random.SeedSequence) -> tuple[Routes, CrashData]:
    rng = np.random.default_rng(child)
    world = routes.draw(rng)
    return world, routes.recorded(world, "poor", rng)


def _sites_in_any_order(child: np.random.SeedSequence) -> bool:
    known = known_sites.with_traffic("main", np.random.default_rng(child))
    order = np.random.default_rng(child).permutation(len(known.sites))
    first, second = (
        at_sites.rankings("A", replace(known, sites=sites))
        for sites in (known.sites, known.sites.take(order))
    )
    return all(same(one[order], other) for one, other in zip(first, second, strict=True))


def _crashes_in_any_order(world: Routes, data: CrashData) -> bool:
    """Say whether windows are judged the same when the rows of the file stand in another order."""
    order = np.random.default_rng(len(data)).permutation(len(data))
    ids = np.arange(1, len(data) + 1)
    other = data.replace(crashes=data.crashes.iloc[order].reset_index(drop=True).assign(id=ids))
    first, second = (_values(Cut.of(rows, world)) for rows in (data, other))
    return same(first, second)


def _values(cut: Cut) -> Floats:
    reference = cut.reference(_BY_TRAFFIC)
    return _BY_TRAFFIC.scores(cut.places(_BY_TRAFFIC), cut.data, reference).values


def _any_unit(cut: Cut) -> bool:
    """Say whether a model of miles predicts what one of kilometres does."""
    known = cut.reference(_BY_TRAFFIC)
    sites = known.partition if known and known.partition else Sites.of([])
    traffic, km = {spf.AADT: sites.numbers("aadt")}, sites.length_m / 1000
    found = []
    for unit in ("km", "mi"):
        fit = spf.fit(spf.Sample(sites.counts, traffic, 1.0, km, unit=unit), kind=spf.PER_LENGTH)
        found.append(fit.predict(traffic, length_km=km))
        found.append(np.zeros(0) if fit.spf.dispersion is None else fit.spf.dispersion.of(km))
    return same(found[0], found[2]) and same(found[1], found[3], 1e-6)


def same(one: Floats, other: Floats, share: float = SAME) -> bool:
    """Say whether two columns are the same but for the order in which they were added up."""
    return bool(np.allclose(one, other, rtol=share, atol=SAME, equal_nan=True))
