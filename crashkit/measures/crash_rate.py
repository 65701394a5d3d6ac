"""Crashes by traffic: per million vehicle-km, or per million vehicles that enter a junction.

It asks how dangerous it is for one who passes, not how much is to be saved. Crashes do not grow in
step with traffic, so quiet places look worse than they are, and few crashes on little traffic make
any rate. Never choose sites by it alone.

Source: Highway Safety Manual, measure 2; reference methods, sections 0.3 and 2.1, row and note 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crashkit import rates
from crashkit.errors import Message
from crashkit.method import UNKNOWN_TRAFFIC, AgainstTraffic, Measure, number, traffic
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstTraffic):
    """What a rate is for, and how many crashes a site must have."""

    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the rate of each site; NaN with a reason where its traffic is not known."""
    places = Sites.of(sites)
    exposure = traffic(places, data.period.years, params.per)
    value = rates.rate(places.counts, exposure)
    return Scores(
        value,
        (places.counts >= params.min_crashes) & (value > 0),
        {"exposure": exposure},
        lambda i: (
            UNKNOWN_TRAFFIC
            if not exposure[i] > 0
            else Message(
                "{n} crashes on {exposure} units of traffic.",
                {"n": int(places.counts[i]), "exposure": float(exposure[i])},
            )
        ),
    )


MEASURE = Measure(
    name="crash_rate",
    title="Crashes by traffic",
    score=score,
    params=Params,
    needs=("aadt",),
    target="rate",
)
