"""Crashes above the mean of its class, drawn towards it by the method of moments.

The counts of the sites of a class say how much they differ: what is more than chance would make is
real. Sites should be of one size and kind, such as junctions. On the basis of the period it is the
mean of the gamma posterior; on the annual basis it is as the Highway Safety Manual has it, which
draws too far, as if a mean of several years were as uncertain as the count of one.

Source: Highway Safety Manual, measure 6; Abbess, Jarrett and Wright 1981; reference methods,
sections 0.4 and 2.1, row and note 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import peers, shrinkage
from crashkit.errors import Message
from crashkit.method import AgainstClass, Measure, number, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstClass):
    """On which counts the spread is worked out, and who is compared."""

    basis: str = word("period", label="Worked out on", choices=["period", "annual"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the crashes above the mean of the class: of the period, or of a year.

    Raises MethodError for places that overlap: their variance would say nothing.
    """
    places = Sites.of(sites)
    peers.check_apart(places)
    names = params.classes(places)
    pooled = params.pooled(names)
    classes = shrinkage.moments_by_class(
        places.counts,
        names.tolist(),
        years=data.period.years,
        basis=params.basis,
        fewest=int(params.min_class),
    )
    value, mean, weight = (np.full(len(places), np.nan) for _ in range(3))
    for name, one in classes.items():
        rows = names == name
        value[rows], mean[rows], weight[rows] = one.potential, one.mean, one.weight
    missing = {name: one.reason for name, one in classes.items() if np.isnan(one.weight)}
    # Where a class is alike nothing is to be ranked.
    passed = (places.counts >= params.min_crashes) & (value > 0) & (weight < 1)
    return Scores(
        value,
        passed,
        {"expected": mean, "weight": weight},
        lambda i: (
            missing.get(str(names[i]))
            or Message(
                "{n} crashes; {excess} above the mean {mean} of all places, chance taken out."
                if pooled[i]
                else "{n} crashes; {excess} above the mean {mean} of its class, chance taken out.",
                {"n": int(places.counts[i]), "excess": float(value[i]), "mean": float(mean[i])},
            )
        ),
    )


MEASURE = Measure(
    name="excess_moments",
    title="Crashes above the mean of its class (method of moments)",
    score=score,
    params=Params,
    target="excess",
)
