"""The number of crashes at a place in the period.

The plainest measure, and the one to show beside every other. It favours busy roads, and a place
that had many crashes by chance will have fewer next time. The exact Poisson interval says how far
chance alone may move the number.

Source: Highway Safety Manual, measure 1 (average crash frequency); interval of Garwood 1936.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from crashkit import stats
from crashkit.errors import counted
from crashkit.method import Measure, number
from crashkit.model import CrashData, Score, Site


@dataclass(frozen=True)
class Params:
    """How many crashes a place must have to be listed."""

    min_crashes: float = number(3, label="Fewest crashes to be listed", low=1, high=100000)


def score(sites: Sequence[Site], data: CrashData, params: Params) -> list[Score]:
    """Return the number of crashes at each site, with its 95 % interval."""
    return [_score(len(site.crash_ids), params) for site in sites]


@cache
def _score(n: int, params: Params) -> Score:
    if n < params.min_crashes:
        return Score(float(n), False)
    low, high = stats.poisson_interval(n)
    reason = counted("One crash in the period.", "{n} crashes in the period.", n)
    return Score(float(n), True, reason, {"low": low, "high": high})


MEASURE = Measure(
    name="count",
    title="Number of crashes",
    score=score,
    params=Params,
)
