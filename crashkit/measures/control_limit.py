"""Severity points of a section above the limits of chance about the mean of all sections.

Each section has the sum of the weights of its people and crashes (AEK in Indonesia). Two limits are
printed: BKA = C + 3 √C about the mean C of all sections, one for all; and UCL, which differs from
section to section. The printed UCL is a corrupted form of Norden's limit, which keeps two
corrections outside the root: it is here because it is asked for, not because it is right. The right
one can be chosen.

Source: Pd T-09-2004-B; Norden, Orlansky and Jacobs 1956; reference methods, section 1.1, notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from crashkit import casualties, rules, stats
from crashkit.errors import Message
from crashkit.method import Measure, exact, mapping, number, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params:
    """What is weighted, and which limit a section must pass."""

    weights: Mapping[str, float] = mapping(label="Weights")
    unit: str = word("people", label="What is weighted", choices=["people", "crashes"])
    limit: str = word("either", label="Limit", choices=["either", "bka", "printed", "norden"])
    min_crashes: float = number(1, label="Fewest crashes to be listed", low=1, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how many times its limit the points of each site are; NaN without points."""
    places = Sites.of(sites)
    points = places.sums(data, stats.severity_points(data, params.weights, unit=params.unit))
    found = rules.control_limits(points)
    limits = {
        "bka": np.full(len(places), found.bka),
        "printed": found.literal,
        "norden": found.norden,
        "either": np.fmin(found.bka, found.literal),
    }[params.limit]
    ratio = np.divide(points, limits, out=np.full(len(places), np.nan), where=points > 0)
    values = np.round(ratio, 9)
    return Scores(
        values,
        (values > 1) & (places.counts >= params.min_crashes),
        {"points": points, "limit": limits},
        lambda i: (
            Message(
                "{points} points, above the limit of {limit}; the mean of all is {mean}.",
                {
                    "points": exact(points[i]),
                    "limit": Decimal(f"{limits[i]:.2f}"),
                    "mean": Decimal(f"{found.mean:.2f}"),
                },
            )
            if points[i] > 0
            else Message("A place without points has no limit of its own.")
        ),
    )


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say of how many crashes the points are not, or not all, known."""
    yield from casualties.unweighed_notes(data, params.weights, params.unit)


MEASURE = Measure(
    name="control_limit",
    title="Severity points above a control limit",
    score=score,
    params=Params,
    needs=("severity",),
    target="rule",
)
