"""The number of crashes at a place in the period.

The plainest measure, and the one to show beside every other. It favours busy roads, and a place
that had many crashes by chance will have fewer next time. The exact Poisson interval says how far
chance alone may move the number.

Source: Highway Safety Manual, measure 1 (average crash frequency); interval of Garwood 1936.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crashkit import stats
from crashkit.errors import counted
from crashkit.method import Measure, number
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params:
    """How many crashes a place must have to be listed."""

    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the number of crashes at each site, with its 95 % interval."""
    counts = Sites.of(sites).counts
    low, high = stats.poisson_limits(counts)
    return Scores(
        counts.astype(float),
        counts >= params.min_crashes,
        {"low": low, "high": high},
        lambda i: counted("One crash in the period.", "{n} crashes in the period.", int(counts[i])),
    )


MEASURE = Measure(
    name="count",
    title="Number of crashes",
    score=score,
    params=Params,
)
