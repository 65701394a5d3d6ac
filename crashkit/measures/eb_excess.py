"""Crashes above those of its peers, with chance taken out: the empirical Bayes excess.

The count of a site is drawn towards what its peers have, the more the less there is to know it by,
and what the peers have is taken off. What is left are the crashes that could be saved if the site
behaved like its peers. Sites are ranked by it; negative excess is a site better than its peers.
Regression to the mean is allowed for.

Source: Highway Safety Manual, measure 13; Hauer, Harwood, Council and Griffith 2002, Transportation
Research Record 1784: 126-131; where no traffic is known Marshall 1991; reference methods, sections
0.2, 2.1 and 2.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crashkit import shrinkage
from crashkit.method import AgainstPeers, Measure, number, population
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """How many crashes a site must have, and how many above its peers."""

    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)
    min_excess: float = number(0, label="Least excess to be listed", low=-100000, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the crashes of the period above those of the peers, by empirical Bayes.

    Raises MethodError where the peers are not known.
    """
    places = Sites.of(sites)
    peers = population(reference).of(places)
    found = shrinkage.expected(places.counts, peers.mean, peers.k)
    low, high = found.posterior.interval()
    passed = (places.counts >= params.min_crashes) & (found.excess > params.min_excess)
    return Scores(
        found.excess,
        passed,
        {"expected": peers.mean, "low": low - peers.mean, "high": high - peers.mean},
        found.told,
    )


MEASURE = Measure(
    name="eb_excess",
    title="Crashes above those of its peers (empirical Bayes)",
    score=score,
    params=Params,
    needs=("population",),
    target="excess",
)
