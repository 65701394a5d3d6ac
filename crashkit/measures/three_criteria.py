"""Crash rate, frequency and severity of a section, each beside its critical value.

The frequency is crashes per km, the severity points per crash, the rate crashes for the traffic.
Each has a critical value: what all sections have on the average, and on top what chance alone
passes once in so many. A section is listed when it is above any of the three, or above all if so
asked; the manual itself says that all three need not be met. Where traffic is not known, the rate
stays open and the other two decide. It takes all sections for alike and does not allow for
regression to the mean.

Source: KGM and SweRoad 2001; Norden, Orlansky and Jacobs 1956; reference methods, section 2.2
(KGM/SweRoad triple), not verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import casualties, rates, stats
from crashkit.errors import Message
from crashkit.method import AgainstTraffic, Measure, mapping, number, traffic, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

NAMES = (Message("its rate"), Message("its frequency"), Message("its severity"))


@dataclass(frozen=True)
class Params(AgainstTraffic):
    """How severe crashes are weighted, how sure one must be, and how many criteria must be met."""

    weights: Mapping[str, float] = mapping(label="Weights")
    combine: str = word("any", label="Criteria to be met", choices=["any", "all"])
    confidence: float = number(0.95, label="Confidence", low=0.5, high=0.9999)
    form: str = word(rates.HSM, label="Form of the limit", choices=list(rates.FORMS))
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how many times over its critical value each site is; NaN where none can be judged.

    The greatest of the three decides, or the least where all must be met.
    """
    places = Sites.of(sites)
    points = stats.severity_points(data, params.weights, unit="crashes")
    found = rates.critical_triple(
        places.counts,
        places.sums(data, points),
        exposure=traffic(places, data.period.years, params.per),
        length_km=places.length_m / 1000,
        z=rates.z_of(params.confidence),
        form=params.form,
    )
    ratios = np.column_stack(
        [found.by_rate.ratio, found.by_frequency.ratio, found.by_severity.ratio]
    )
    known = np.isfinite(ratios).any(axis=1)
    lowest, highest = np.nan_to_num(ratios, nan=np.inf), np.nan_to_num(ratios, nan=-np.inf)
    best = highest.max(axis=1) if params.combine == "any" else lowest.min(axis=1)
    values = np.where(known, np.round(best, 9), np.nan)
    return Scores(
        values,
        (values > 1) & (places.counts >= params.min_crashes),
        {"rate": found.by_rate.rate, "frequency": found.by_frequency.rate},
        lambda i: _reason(ratios[i].tolist()),
    )


def _reason(ratios: Sequence[float]) -> Message:
    above = [name for name, ratio in zip(NAMES, ratios, strict=True) if ratio > 1]
    is_open = [name for name, ratio in zip(NAMES, ratios, strict=True) if not np.isfinite(ratio)]
    if len(is_open) == len(NAMES):
        return Message("It has no crashes, no length or no traffic to judge it by.")
    if not is_open:
        return Message("Above the critical value: {above}.", {"above": above})
    return Message(
        "Above the critical value: {above}. It stays open, as it is not known: {open}.",
        {"above": above, "open": is_open},
    )


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say that crashes of unknown severity count nothing for severity."""
    yield from casualties.unweighed_notes(data, params.weights, "crashes")


MEASURE = Measure(
    name="three_criteria",
    title="Rate, frequency and severity above their critical values",
    score=score,
    params=Params,
    needs=("severity",),
    target="rule",
)
