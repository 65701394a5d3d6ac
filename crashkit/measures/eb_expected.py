"""The crashes to be expected at a site, with chance taken out: the empirical Bayes estimate.

The count of a site is drawn towards what its peers have, the more the less there is to know it by.
Sites are ranked by the estimate of the period, or by that of one km and year, so that long places
do not come first by being long. It finds the places with the highest number of crashes, busy ones
among them; `eb_excess` finds those that are worse than places like them.

Source: Highway Safety Manual, measure 11; Hauer et al. 2002; where no traffic is known Marshall
1991 (equals EBest of the R package spdep); reference methods, sections 0.2, 2.1 and 2.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import shrinkage
from crashkit.method import AgainstPeers, Measure, number, population, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """What is ranked, and how many crashes a site must have."""

    rank_by: str = word("site", label="Ranked by crashes of", choices=["site", "unit"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)
    min_expected: float = number(0, label="Least estimate to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the estimate of each site in the period, or of each unit of size and year.

    Raises MethodError where the peers are not known.
    """
    places, known = Sites.of(sites), population(reference)
    peers = known.of(places)
    found = shrinkage.expected(places.counts, peers.mean, peers.k)
    by = np.ones(len(places))
    if params.rank_by == "unit":
        by = known.exposure(places)
    low, high = found.posterior.interval()
    value = found.expected / by
    return Scores(
        value,
        (places.counts >= params.min_crashes) & (value >= params.min_expected),
        {"expected": peers.mean / by, "low": low / by, "high": high / by},
        found.told,
    )


MEASURE = Measure(
    name="eb_expected",
    title="Crashes expected at the site (empirical Bayes)",
    score=score,
    params=Params,
    needs=("population",),
    target="mean",
)
