"""Crash rates above what chance makes of the rate of the class at so much traffic.

The rate of a site is set beside a critical one: that of its class, and on top what chance alone
passes once in so many. The less traffic, the higher the bar. Sites are ranked by how far they are
above it. It takes all sites of a class for alike and does not allow for regression to the mean.

Source: Norden, Orlansky and Jacobs 1956; Highway Safety Manual, measure 5; Garber and Hoel;
reference methods, section 2.1, row and note 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crashkit import rates
from crashkit.errors import Message
from crashkit.method import (
    UNKNOWN_TRAFFIC,
    AgainstClass,
    AgainstTraffic,
    Measure,
    number,
    traffic,
    word,
)
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstTraffic, AgainstClass):
    """How sure one must be, and by which form."""

    confidence: float = number(0.95, label="Confidence", low=0.5, high=0.9999)
    form: str = word(rates.HSM, label="Form of the limit", choices=list(rates.FORMS))
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how far above its critical rate each site is; NaN where traffic is not known."""
    places = Sites.of(sites)
    exposure = traffic(places, data.period.years, params.per)
    names = params.classes(places)
    pooled = params.pooled(names)
    found = rates.critical_by_class(
        places.counts,
        exposure,
        names.tolist(),
        z=rates.z_of(params.confidence),
        form=params.form,
        fewest=int(params.min_class),
    )
    return Scores(
        found.rate - found.critical,
        found.flagged & (places.counts >= params.min_crashes),
        {"expected": found.average * exposure, "rate": found.rate, "critical": found.critical},
        lambda i: (
            UNKNOWN_TRAFFIC
            if not exposure[i] > 0
            else Message(
                "A rate of {rate}, above the critical {critical}; all places have {average}."
                if pooled[i]
                else "A rate of {rate}, above the critical {critical}; its class has {average}.",
                {
                    "rate": float(found.rate[i]),
                    "critical": float(found.critical[i]),
                    "average": float(found.average[i]),
                },
            )
        ),
    )


MEASURE = Measure(
    name="critical_rate",
    title="Crash rate above the critical one",
    score=score,
    params=Params,
    needs=("aadt",),
    target="rate",
)
