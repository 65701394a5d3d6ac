"""Crashes per km of road and year, or per year at a place without length.

The plain density. It does not ask for traffic and does not allow for chance: short places with a
few crashes come first. Show the count and the empirical Bayes estimate beside it.

Source: Highway Safety Manual, measure 1 (average crash frequency); reference methods, section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import rates
from crashkit.errors import Message
from crashkit.method import Measure, number
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params:
    """How many crashes a site must have."""

    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return crashes per km and year, or per year where a place has no length."""
    places = Sites.of(sites)
    km = places.length_m / 1000
    per_km = np.isfinite(km) & (km > 0)
    years = data.period.years * places.watched
    value = np.where(
        per_km,
        rates.frequency(places.counts, years, length_km=km),
        rates.frequency(places.counts, years),
    )
    return Scores(
        value,
        places.counts >= params.min_crashes,
        reason=lambda i: Message(
            "{n} crashes: {rate} per km and year." if per_km[i] else "{n} crashes: {rate} a year.",
            {"n": int(places.counts[i]), "rate": float(value[i])},
        ),
    )


MEASURE = Measure(
    name="frequency",
    title="Crashes per km and year",
    score=score,
    params=Params,
    target="frequency",
)
