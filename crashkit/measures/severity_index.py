"""The mean severity of the crashes of a site: points by crash.

It finds places where crashes are grave, not where they are many. One fatal crash among few decides
alone: show the count beside it. The weights stand in the preset with their source.

Source: NCDOT TEAAS (severity index); reference methods, section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import casualties, severity, stats
from crashkit.errors import Message
from crashkit.method import Measure, exact, mapping, number
from crashkit.model import SEVERITIES, CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params:
    """The weights by the worst injury of a crash, and how many crashes a site must have."""

    weights: Mapping[str, float] = mapping(label="Weights", words=SEVERITIES)
    min_crashes: float = number(5, label="Fewest crashes to be listed", low=1, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the points of each site by its crashes; NaN where it has none."""
    places = Sites.of(sites)
    points = places.sums(data, stats.severity_points(data, params.weights, unit="crashes"))
    value = severity.severity_index(points, places.counts)
    return Scores(
        value,
        (places.counts >= params.min_crashes) & (value > 0),
        {"points": points},
        lambda i: (
            Message("A place without crashes has no severity.")
            if np.isnan(value[i])
            else Message(
                "{score} points from {n} crashes.",
                {"score": exact(points[i]), "n": int(places.counts[i])},
            )
        ),
    )


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say that crashes of unknown severity count nothing for severity."""
    yield from casualties.unweighed_notes(data, params.weights, "crashes")


MEASURE = Measure(
    name="severity_index",
    title="Mean severity of crashes",
    score=score,
    params=Params,
    needs=("severity",),
    target="severity",
)
