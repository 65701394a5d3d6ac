"""Level of service of safety: in which of four classes a site is among places like it.

I: few crashes could be saved, to IV: many. Ranked by how far above what is predicted a site is, in
standard deviations of such sites. The default compares the empirical Bayes estimate with the
spread of the true means (20 and 80 %); the form of the Highway Safety Manual compares the count,
with bounds that leave out chance.

Source: Highway Safety Manual, measure 7; Kononov and Allery 2003; reference methods, sections 0.4
and 2.1, row and note 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import service
from crashkit.errors import Message
from crashkit.method import AgainstPeers, Measure, number, population, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.shrinkage import NO_PREDICTION
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """How the bounds are drawn, and which classes are listed."""

    variant: str = word(
        service.COLORADO,
        label="Bounds of the classes",
        choices=[service.COLORADO, service.KENTUCKY, service.HSM],
    )
    worst: str = word("IV", label="Classes listed", choices=["IV", "III"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how many standard deviations each site is above what is predicted.

    Raises MethodError where the peers are not known.
    """
    places = Sites.of(sites)
    peers = population(reference).of(places)
    found = service.level_of_service(places.counts, peers.mean, peers.k, variant=params.variant)
    listed = service.LEVELS[service.LEVELS.index(params.worst) :]
    spread = np.where(found.sigma > 0, found.sigma, np.nan)
    value = (found.compared - peers.mean) / spread
    return Scores(
        value,
        np.isin(found.levels, listed) & np.isfinite(value) & (places.counts >= params.min_crashes),
        {"expected": peers.mean, "low": found.lower, "high": found.upper},
        lambda i: _reason(found.levels[i], int(places.counts[i]), float(peers.mean[i]), value[i]),
    )


def _reason(level: str, n: int, expected: float, value: float) -> Message:
    if not expected > 0:
        return NO_PREDICTION
    if np.isnan(value):
        return Message("Its peers do not differ beyond chance: there are no classes.")
    return Message(
        "Class {level}: {n} crashes where {expected} are expected.",
        {"level": level, "n": n, "expected": expected},
    )


MEASURE = Measure(
    name="loss",
    title="Level of service of safety",
    score=score,
    params=Params,
    needs=("population",),
    target="excess",
)
