"""Severity with chance taken out: equivalent crashes with damage only, by empirical Bayes.

Crashes with people hurt and crashes with damage only are drawn towards what the peers have of each,
apart. A crash with people hurt counts what such crashes of all places together weigh on average, so
that one fatal crash does not carry a site to the top.

Source: Highway Safety Manual, measures 12 and 13; reference methods, sections 0.4 and 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import shrinkage
from crashkit.errors import Message, MethodError
from crashkit.method import AgainstPeers, Measure, mapping, number, population, word
from crashkit.model import SEVERITIES, CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.shrinkage import Shrunk
from crashkit.sites import Flags, Scores, Sites

INJURY = ("serious", "slight", "injury")


@dataclass(frozen=True)
class Params(AgainstPeers):
    """The weights of a fatal crash and of one with injury, and what is ranked."""

    weights: Mapping[str, float] = mapping(label="Weights", words=SEVERITIES)
    rank_by: str = word("excess", label="Ranked by", choices=["excess", "expected"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)

    def __post_init__(self) -> None:
        if not {"fatal", "injury"} <= set(self.weights):
            raise MethodError("The weights need one for “fatal” and one for “injury”.")


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the equivalent crashes expected at each site, or those above its peers.

    Raises MethodError where the peers are not known.
    """
    places, known = Sites.of(sites), population(reference)
    severity = data.crashes["severity"].astype(object).to_numpy()
    hurt = np.isin(severity, ["fatal", *INJURY])
    weight = shrinkage.severe_weight(
        float((severity == "fatal").sum()),
        float(np.isin(severity, INJURY).sum()),
        weight_fatal=params.weights["fatal"],
        weight_injury=params.weights["injury"],
    ).value
    severe = _shrunk(places, data, known, hurt)
    damage = _shrunk(places, data, known, severity == "pdo")
    expected = shrinkage.epdo_expected(severe.expected, np.nan_to_num(damage.expected), weight)
    usual = shrinkage.epdo_expected(severe.predicted, np.nan_to_num(damage.predicted), weight)
    value = expected - usual if params.rank_by == "excess" else expected
    return Scores(
        value,
        (places.counts >= params.min_crashes) & (value > 0),
        {"expected": usual},
        lambda i: (
            severe.reasons.get(i)
            or Message(
                "{n} crashes, {estimate} points with chance taken out; peers have {expected}.",
                {
                    "n": int(places.counts[i]),
                    "estimate": float(expected[i]),
                    "expected": float(usual[i]),
                },
            )
        ),
    )


def _shrunk(sites: Sites, data: CrashData, known: Reference, chosen: Flags) -> Shrunk:
    """Return the estimates of the chosen crashes alone."""
    peers = known.only(data.crash_ids[chosen]).of(sites)
    return shrinkage.expected(sites.sums(data, chosen.astype(float)), peers.mean, peers.k)


MEASURE = Measure(
    name="epdo_expected",
    title="Severity expected at the site (empirical Bayes)",
    score=score,
    params=Params,
    needs=("population", "severity"),
    target="severity",
)
