"""The strength of a cluster: how far its density stands above what chance puts there, from 0 to 1.

Only places that bring a strength have one (KDE+). It says nothing of how many crashes there are: a
cluster of three on a short link may be the strongest. So a floor of crashes is asked for, and the
count stands beside it.

Source: Bíl, Andrášik and Janoška 2013; reference methods, section 2.5 (KDE+).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crashkit.errors import Message
from crashkit.method import Measure, number
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params:
    """How many crashes a cluster must have, and how strong it must be."""

    min_crashes: float = number(4, label="Fewest crashes to be listed", low=1, high=100000)
    min_strength: float = number(0, label="Least strength to be listed", low=0, high=1)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the strength of each site; NaN with a reason where the place brings none."""
    places = Sites.of(sites)
    counts, strength = places.counts, places.numbers("strength")
    passed = (counts >= params.min_crashes) & (strength >= params.min_strength)
    return Scores(strength, passed, reason=lambda i: _reason(float(strength[i]), int(counts[i])))


def _reason(strength: float, n: int) -> Message:
    if math.isnan(strength):
        return Message("This way to cut places tells no strength; KDE+ does.")
    return Message(
        "Strength {strength}, {n} crashes.", {"strength": Decimal(f"{strength:.2f}"), "n": n}
    )


MEASURE = Measure(
    name="strength",
    title="Strength of a cluster",
    score=score,
    params=Params,
    target="density",
)
