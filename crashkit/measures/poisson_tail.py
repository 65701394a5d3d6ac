"""More crashes than chance allows: the exact upper tail of the Poisson distribution.

The crashes expected are those of the peers of a place: see `crashkit.peers`; or a known rate is
given. A place that is drawn around a crash holds that crash for certain: it is no evidence and is
taken off before the test. Many places are compared, so the p-values are adjusted for false
discoveries. Sites are ranked by the crashes above the expected number.

The test takes all places of a class for equally dangerous. Real roads differ; so it flags more
than it should: `nb_tail` does not. It is a first look, not a proof.

Source: reference methods, section 2.2 (exact Poisson, Malo 2004) and 0.4; Benjamini and Hochberg
1995; a Poisson process seen from one of its points: Slivnyak 1962.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import peers, stats
from crashkit.method import AgainstPeers, Measure, number, population, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Params(AgainstPeers):
    """Against which rate a place is tested, and how sure one must be."""

    alpha: float = number(0.05, label="Share of false alarms accepted", low=0.0001, high=0.5)
    adjust: str = word("bh", label="Adjust for many places", choices=["bh", "none"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=1, high=100000)
    anchor_crashes: float = number(
        1, label="Crashes the place was drawn around, no evidence", low=0, high=1
    )
    family: float = number(0, label="Places compared (0: those given)", low=0, high=100000000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the crashes above the expected number at each site, with the chance of them.

    Raises MethodError where the peers are not known.
    """
    places = Sites.of(sites)
    means, counts = population(reference).of(places).mean, places.counts
    anchors = int(params.anchor_crashes)
    p = stats.poisson_tail(counts - anchors, means)
    q = stats.false_discovery(p, int(params.family)) if params.adjust == "bh" else p
    expected = means + anchors
    low, high = stats.poisson_limits(counts)
    return Scores(
        np.round(counts - expected, 9),
        (q <= params.alpha) & (counts >= params.min_crashes) & (counts > expected),
        {"expected": expected, "low": low, "high": high, "p": p, "q": q},
        lambda i: peers.surprise(int(counts[i]), float(expected[i]), float(p[i])),
    )


MEASURE = Measure(
    name="poisson_tail",
    title="More crashes than chance allows",
    score=score,
    params=Params,
    needs=("population",),
    target="excess",
)
