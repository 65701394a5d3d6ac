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

from crashkit import stats
from crashkit.errors import Message, MethodError
from crashkit.method import Measure, mapping, number, word
from crashkit.model import CrashData, Score, Site

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


def score(sites: Sequence[Site], data: CrashData, params: Params) -> list[Score]:
    """Return the sum of weights at each site."""
    ids = data.crashes["id"].to_numpy(dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    points = stats.severity_points(data, params.weights, unit=params.unit)
    groups = [site.crash_ids for site in sites]
    sums = stats.sum_groups(groups, ids[order], points[order][:, None])[:, 0]
    return [
        _score(round(value, 9), len(site.crash_ids), params)
        for site, value in zip(sites, sums.tolist(), strict=True)
    ]


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say when people had to be guessed from the worst injury."""
    if params.unit == "people" and not stats.counts_people(data):
        yield Message(
            "These data do not say how many people were hurt: each crash counts as one person "
            "with its worst injury."
        )


def _score(value: float, crashes: int, params: Params) -> Score:
    if crashes < params.min_crashes or value < params.min_score or not value:
        return Score(value, False)
    reason = Message("{score} points from {n} crashes.", {"score": f"{value:g}", "n": crashes})
    return Score(value, True, reason)


MEASURE = Measure(
    name="weighted",
    title="Sum of severity weights",
    score=score,
    params=Params,
    needs=("severity",),
)
