"""Places with many crashes among places with many: local Moran's I.

It tells whether a place and its neighbours are alike in being above, or below, the mean. Listed are
those that are high among high. Chances are those of exchanging values, adjusted for false
discoveries; the smallest chance that draws can give is one in their number, so where there are many
places the gamma distribution with the moments of all draws tells more.

Source: Anselin 1995; reference methods, section 2.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from crashkit import geo, kernels, stats
from crashkit.errors import Message
from crashkit.method import Measure, number, side_by_side, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores

HIGH_AMONG_HIGH = 1


@dataclass(frozen=True)
class Params:
    """How near neighbours are, how often chance is drawn, and how sure one must be."""

    reach_m: float = number(1000, label="Reach of neighbours", unit="m", low=10, high=100000)
    chance: str = word("gamma", label="Chance by", choices=["gamma", "draws"])
    draws: float = number(999, label="Draws of chance", low=99, high=99999)
    alpha: float = number(0.05, label="Share of false alarms accepted", low=0.0001, high=0.5)
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return local Moran's I of each place; NaN where all are alike.

    Raises MethodError for places that overlap.
    """
    places = side_by_side(sites)
    values, around = places.counts.astype(float), geo.near(places, params.reach_m)
    draws = int(params.draws) if params.chance == "draws" else 0
    found = kernels.local_moran(values, around, draws=draws)
    p = found.p
    if params.chance == "gamma":
        p = stats.drawn_sum_tail(values, *geo.neighbour_sums(around, values))
    q = stats.false_discovery(p)
    high = (found.quadrant == HIGH_AMONG_HIGH) & (q <= params.alpha)
    return Scores(
        found.value,
        high & (places.counts >= params.min_crashes),
        {"p": p, "q": q},
        lambda i: (
            Message("All places are alike.")
            if np.isnan(found.value[i])
            else Message(
                "{n} crashes, and many at its neighbours: I is {value}.",
                {"n": int(places.counts[i]), "value": Decimal(f"{found.value[i]:.1f}")},
            )
        ),
    )


MEASURE = Measure(
    name="local_moran",
    title="Many crashes among many (local Moran)",
    score=score,
    params=Params,
    target="chance",
)
