"""Judge places by their peers: what these have, and how sure one may be of a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import peers, shrinkage, stats
from crashkit.errors import MethodError
from crashkit.method import Place
from crashkit.model import UNDATED, CrashData, Evidence
from crashkit.peers import Reference
from crashkit.roads.placing import Placed
from crashkit.screening import treated as treating
from crashkit.screening.treated import Treated
from crashkit.shrinkage import Posterior
from crashkit.sites import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORSE = 1.5
"""So many times what its peers have makes a site worse: reference methods, section 0.2."""
LEVEL = 0.90
DRAWS, MOST_DRAWN = 999, 4_000_000
"""How often ranks are drawn; fewer times where there are many sites, to last a second at most."""
SEED = 1997


def reference(
    place: Place,
    measure_params: Any,
    data: CrashData,
    place_params: Any,
    roads: Placed | None = None,
    *,
    treated: Sequence[Treated] = (),
) -> Reference | None:
    """Return what the peers of places cut like this have; None where it cannot be known.

    `measure_params` may ask for a known rate, for all places as peers, or for a length at which
    all are judged. `treated` sites are no peers. Raises MethodError for a known rate and data
    without dates.
    """
    length_m = float(getattr(measure_params, "length_m", 0))
    rate = float(getattr(measure_params, "rate", 0))
    years = data.period.years
    if rate:
        if data.period.undated:
            raise MethodError(UNDATED.text)
        return peers.known(rate, per=place.per, years=years, length_m=length_m)
    if place.partition is None:
        return None
    partition = Sites.of(place.partition(data, place_params, roads))
    if treated:
        partition = treating.untouched(treating.marked(partition, treated, data.period))
    if not len(partition):
        return None
    return peers.fit(
        partition,
        per=place.per,
        years=years,
        like=getattr(measure_params, "compare_with", peers.TRAFFIC),
        fewest=int(getattr(measure_params, "min_class", shrinkage.FEWEST)),
        length_m=length_m,
    )


def family(sites: Sites, known: Reference | None) -> int:
    """Return how many places were compared: where only those with crashes are cut, the others too.

    A place without crashes could have been found as well.
    """
    partition = known.partition if known else None
    return max(len(sites), 0 if partition is None else len(partition))


def evidence(
    sites: Sites,
    known: Reference | None,
    *,
    target: str,
    anchored: bool,
    compared: int,
    by: Floats | float = 1.0,
) -> list[Evidence]:
    """Return for each listed site, the worst first, how sure one may be of it.

    `compared` is the number of places that were looked at; `target` what the list is ranked by,
    and `by` what crashes are divided by for that, of each site. Where all places together are fewer
    than a class should have, nothing is said.

    Chances are adjusted so that the limit holds however places hang together: windows overlap, and
    danger wanders along a road. Of a hundred networks without any hotspot, some of them unlike
    along their roads, at most five then show a place that looks certain; merely independent tests
    showed more (reference methods, section 11.7, B6).
    """
    if known is None or not len(sites):
        return [Evidence(since=_day(day)) for day in sites.numbers("since").tolist()]
    of = known.of(sites)
    found = shrinkage.expected(sites.counts, of.mean, of.k)
    low, high = found.posterior.interval(LEVEL)
    p = peers.chance(sites.counts, of, anchored=anchored)
    above = of.mean if target in ("excess", "chance") else 0.0
    best, worst = _ranks(found.posterior, above, by)
    columns = zip(
        of.mean.tolist(),
        found.expected.tolist(),
        low.tolist(),
        high.tolist(),
        found.exceeds(WORSE).tolist(),
        p.tolist(),
        stats.false_discovery(p, compared, dependent=True).tolist(),
        of.places.tolist(),
        of.pooled.tolist(),
        best.tolist(),
        worst.tolist(),
        strict=True,
    )
    since = sites.numbers("since").tolist()
    few = (of.places > 0) & (of.places < shrinkage.FEWEST)
    return [
        replace(Evidence() if too_few else Evidence(*row), since=_day(day))
        for row, too_few, day in zip(columns, few.tolist(), since, strict=True)
    ]


def _day(ordinal: float) -> date | None:
    return date.fromordinal(round(ordinal)) if np.isfinite(ordinal) else None


def _ranks(posterior: Posterior, above: Floats | float, by: Floats | float) -> tuple[Ints, Ints]:
    """Return the best and the worst rank that each site may have with 90 %, by drawn true means.

    `above` is taken off: what the peers have, where sites are ranked by what is above that; what is
    left is divided `by` the size of a site, where they are ranked by the unit.
    """
    n = posterior.mean.size
    draws = max(99, min(DRAWS, MOST_DRAWN // max(n, 1)))
    chance_of = np.random.default_rng(SEED)
    sure = ~np.isfinite(posterior.shape)
    shape = np.where(sure, 1.0, posterior.shape)
    drawn = chance_of.gamma(shape, np.where(sure, 0.0, posterior.scale), (draws, n))
    drawn = (np.where(sure, posterior.mean, drawn) - above) / by
    ranks = np.empty((draws, n), dtype=np.int32)
    rows = np.arange(draws)[:, None]
    ranks[rows, np.argsort(-drawn, axis=1, kind="stable")] = np.arange(1, n + 1)
    limits = np.quantile(ranks, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0, method="nearest")
    return limits[0].astype(np.int64), limits[1].astype(np.int64)
