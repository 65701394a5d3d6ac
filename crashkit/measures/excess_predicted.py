"""Crashes above what its peers have, as counted: chance is still in it.

The count less what is predicted for such a place. A site that was unlucky comes first and will
improve by itself (regression to the mean): prefer `eb_excess`.

Source: Highway Safety Manual, measure 8; reference methods, section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crashkit.errors import Message
from crashkit.method import AgainstPeers, Measure, number, population
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.shrinkage import NO_PREDICTION
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """How many crashes a site must have."""

    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the crashes of the period above those of the peers.

    Raises MethodError where the peers are not known.
    """
    places = Sites.of(sites)
    means, counts = population(reference).of(places).mean, places.counts
    return Scores(
        counts - means,
        (counts >= params.min_crashes) & (counts > means),
        {"expected": means},
        lambda i: (
            NO_PREDICTION
            if np.isnan(means[i])
            else Message(
                "{n} crashes where peers have {expected}.",
                {"n": int(counts[i]), "expected": float(means[i])},
            )
        ),
    )


MEASURE = Measure(
    name="excess_predicted",
    title="Crashes above those of its peers, as counted",
    score=score,
    params=Params,
    needs=("population",),
    target="excess",
)
