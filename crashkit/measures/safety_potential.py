"""What the crashes of a section cost above what they would on a road of best practice.

The cost of crashes per km and year less the one that traffic makes unavoidable there: the basic
cost rate of its class times its traffic. Ranked in 1000 of the currency per km and year. Costs and
basic rates are those of a country and stand in the preset with their source.

Source: Empfehlungen für die Sicherheitsanalyse von Straßennetzen (ESN), FGSV 2003, as in reference
methods, section 2.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crashkit import casualties, severity, stats
from crashkit.errors import Message, MethodError
from crashkit.method import UNKNOWN_TRAFFIC, Measure, mapping, number
from crashkit.model import SEVERITIES, CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params:
    """What crashes cost by severity, in 1000, and the basic rates by class of road."""

    costs: Mapping[str, float] = mapping(
        label="Cost of a crash by severity, in 1000", words=SEVERITIES
    )
    basic_rates: Mapping[str, float] = mapping(
        label="Basic cost rate by class of road, per 1000 vehicle-km"
    )
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)

    def __post_init__(self) -> None:
        if not self.costs or "other" not in self.basic_rates:
            raise MethodError(
                "The safety potential needs costs by severity, and basic rates by class of road "
                "with one for “other”."
            )


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the safety potential of each section; NaN where its traffic is not known."""
    places = Sites.of(sites)
    costs = places.sums(data, stats.severity_points(data, params.costs, unit="crashes"))
    classes = [str(group).split(" ")[0] for group in places.words("group")]
    basic = [params.basic_rates.get(name, params.basic_rates["other"]) for name in classes]
    found = severity.safety_potential(
        costs,
        length_km=places.length_m / 1000,
        years=data.period.years * places.watched,
        aadt=places.numbers("aadt"),
        basic_rate=basic,
    )
    return Scores(
        found.potential,
        (places.counts >= params.min_crashes) & (found.potential > 0),
        {"density": found.cost_density, "basic": found.basic_density},
        lambda i: _reason(float(found.cost_density[i]), float(found.basic_density[i])),
    )


def _reason(density: float, basic: float) -> Message:
    if math.isnan(density):
        return Message("A place without length has no cost per km.")
    if math.isnan(basic):
        return UNKNOWN_TRAFFIC
    return Message(
        "Crashes cost {density} per km and year, in 1000; {basic} is unavoidable.",
        {"density": density, "basic": basic},
    )


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say that crashes of unknown severity count nothing for severity."""
    yield from casualties.unweighed_notes(data, params.costs, "crashes")


MEASURE = Measure(
    name="safety_potential",
    title="Safety potential: cost above what is unavoidable",
    score=score,
    params=Params,
    needs=("aadt", "severity"),
    target="excess",
)
