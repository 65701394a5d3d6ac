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

from crashkit.errors import Message
from crashkit.method import Measure, number
from crashkit.model import CrashData, Score, Site


@dataclass(frozen=True)
class Params:
    """How many crashes a cluster must have, and how strong it must be."""

    min_crashes: float = number(4, label="Fewest crashes to be listed", low=1, high=100000)
    min_strength: float = number(0, label="Least strength to be listed", low=0, high=1)


def score(sites: Sequence[Site], data: CrashData, params: Params) -> list[Score]:
    """Return the strength of each site; NaN with a reason where the place brings none."""
    return [_score(site, params) for site in sites]


def _score(site: Site, params: Params) -> Score:
    if site.strength is None:
        reason = Message("This way to cut places tells no strength; KDE+ does.")
        return Score(math.nan, False, reason)
    n, strength = len(site.crash_ids), site.strength
    passed = n >= params.min_crashes and strength >= params.min_strength
    reason = Message("Strength {strength}, {n} crashes.", {"strength": f"{strength:.2f}", "n": n})
    return Score(strength, passed, reason if passed else None)


MEASURE = Measure(name="strength", title="Strength of a cluster", score=score, params=Params)
