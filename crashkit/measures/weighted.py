"""The sum of severity weights at a place in the period.

People hurt, or crashes by their worst injury, are weighted and added up. The weights stand in the
preset with their source: they are a choice of a country, not a law of nature. One death can move a
site many ranks up; show the number of crashes beside the sum.

Source: Highway Safety Manual, measure 3 (equivalent property-damage-only crashes); Flanders,
dangerous points (weights by person).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import casualties, stats
from crashkit.errors import Message, MethodError
from crashkit.method import Measure, exact, mapping, number, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

WORDS = {
    "people": ("killed", "serious", "slight", "unclassified"),
    "crashes": ("fatal", "serious", "slight", "injury", "pdo", "unknown"),
}


@dataclass(frozen=True)
class Params:
    """What is weighted, and which places are listed."""

    weights: Mapping[str, float] = mapping(label="Weights")
    unit: str = word("people", label="What is weighted", choices=["people", "crashes"])
    min_score: float = number(0, label="Lowest sum to be listed", low=0, high=1000000)
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=1, high=100000)

    def __post_init__(self) -> None:
        unknown = [name for name in self.weights if name not in WORDS[self.unit]]
        if unknown or not self.weights:
            raise MethodError(
                "The weights are for {given}; with the unit {unit} they can be for {known}.",
                given=list(self.weights),
                unit=self.unit,
                known=list(WORDS[self.unit]),
            )


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the sum of weights at each site."""
    places = Sites.of(sites)
    points = stats.severity_points(data, params.weights, unit=params.unit)
    sums, counts = np.round(places.sums(data, points), 9), places.counts
    untold = places.sums(
        data, casualties.unweighed(data, params.weights, params.unit).astype(float)
    )
    passed = (counts >= params.min_crashes) & (sums >= params.min_score) & (sums != 0)
    return Scores(
        sums,
        passed,
        reason=lambda i: _reason(float(sums[i]), int(counts[i]), round(untold[i])),
    )


def _reason(points: float, crashes: int, untold: int) -> Message:
    words = {"score": exact(points), "n": crashes, "untold": untold}
    if not untold:
        return Message("{score} points from {n} crashes.", words)
    return Message(
        "{score} points from {n} crashes, at the least: {untold} of them do not tell all that has "
        "points.",
        words,
    )


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say when people had to be guessed from the worst injury, and what is not told at all."""
    if params.unit == "people" and not stats.counts_people(data):
        yield Message(
            "These data do not say how many people were hurt: each crash counts as one person "
            "with its worst injury."
        )
    yield from casualties.unweighed_notes(data, params.weights, params.unit)


MEASURE = Measure(
    name="weighted",
    title="Sum of severity weights",
    score=score,
    params=Params,
    target="severity",
    needs=("severity",),
)
