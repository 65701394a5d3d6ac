"""More crashes than peers that differ among themselves explain: the negative binomial tail.

The chance of so many crashes at a place that is one of its peers. Peers differ, and the test knows
how much: so it raises no alarm on roads that are merely unlike, where `poisson_tail` does. It has
little power: it confirms, it does not search. Many places are compared, so the chances are adjusted
for false discoveries, by Benjamini and Yekutieli also where tests hang together, as windows do.
Sites are ranked by how surprising they are, that is by the number of noughts of the chance.

Source: reference methods, sections 0.3, 0.4 and 2.5 (scan, FDR); Benjamini and Hochberg 1995;
Benjamini and Yekutieli 2001.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import peers, stats
from crashkit.method import AgainstPeers, Measure, number, population, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """How sure one must be."""

    alpha: float = number(0.05, label="Share of false alarms accepted", low=0.0001, high=0.5)
    adjust: str = word("bh", label="Adjust for many places", choices=["bh", "by", "none"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=1, high=100000)
    anchor_crashes: float = number(
        0, label="Crashes the place was drawn around, no evidence", low=0, high=1
    )
    family: float = number(0, label="Places compared (0: those given)", low=0, high=100000000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how surprising the count of each site is, -log10 of the chance of it.

    Raises MethodError where the peers are not known.
    """
    places = Sites.of(sites)
    of, counts = population(reference).of(places), places.counts
    p = peers.chance(counts, of, anchored=params.anchor_crashes > 0)
    q = p
    if params.adjust != "none":
        q = stats.false_discovery(p, int(params.family), dependent=params.adjust == "by")
    return Scores(
        -np.log10(np.maximum(p, peers.SMALLEST)),
        (q <= params.alpha) & (counts >= params.min_crashes) & (counts > of.mean),
        {"expected": of.mean, "p": p, "q": q},
        lambda i: peers.surprise(int(counts[i]), float(of.mean[i]), float(p[i])),
    )


MEASURE = Measure(
    name="nb_tail",
    title="More crashes than its peers explain (negative binomial)",
    score=score,
    params=Params,
    needs=("population",),
    target="chance",
)
