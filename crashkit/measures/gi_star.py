"""Hot spots by their neighbourhood: Getis and Ord's Gi*.

A place is hot where it and its neighbours along the road, or around it, together have more than
chance puts there. Values may be counts, or what is left when the expected crashes of the peers are
taken off. It stands firm against errors of location, but it smooths: it says where, not which
hundred metres. Pieces shorter than some 500 m have counts of 0 and 1 that are not normal: take the
excess there. Chances are adjusted for false discoveries.

Source: Ord and Getis 1995; Benjamini and Hochberg 1995; reference methods, sections 0.4 and 2.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy import special

from crashkit import geo, kernels, shrinkage, stats
from crashkit.errors import Message
from crashkit.method import AgainstPeers, Measure, number, population, side_by_side, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Floats, Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """Which values, how near neighbours are, and how sure one must be."""

    values: str = word("counts", label="Values", choices=["counts", "excess"])
    reach_m: float = number(1000, label="Reach of neighbours", unit="m", low=10, high=100000)
    chance: str = word("normal", label="Chance by", choices=["normal", "gamma", "draws"])
    draws: float = number(999, label="Draws of chance", low=99, high=99999)
    alpha: float = number(0.05, label="Share of false alarms accepted", low=0.0001, high=0.5)
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return z of Gi* of each place; NaN where all are alike.

    Raises MethodError for places that overlap.
    """
    places = side_by_side(sites)
    values, around = _values(places, params, reference), geo.near(places, params.reach_m)
    found = kernels.gi_star(
        values, around, draws=int(params.draws) if params.chance == "draws" else 0
    )
    # One side: hot spots are looked for, not cold ones.
    p = found.p
    if params.chance == "normal":
        p = special.ndtr(-found.z)
    elif params.chance == "gamma":
        sums, sizes = geo.neighbour_sums(around, values)
        p = stats.drawn_sum_tail(values, sums + values, sizes + 1, itself=True)
    p = np.where(found.z > 0, p, 1.0)
    q = stats.false_discovery(p)
    return Scores(
        found.z,
        (q <= params.alpha) & (found.z > 0) & (places.counts >= params.min_crashes),
        {"p": p, "q": q},
        lambda i: (
            Message("All places are alike, or all are neighbours.")
            if np.isnan(found.z[i])
            else Message(
                "{n} crashes here; with its neighbours {z} standard deviations above the mean.",
                {"n": int(places.counts[i]), "z": Decimal(f"{found.z[i]:.1f}")},
            )
        ),
    )


def _values(sites: Sites, params: Params, reference: Reference | None) -> Floats:
    if params.values == "counts":
        return sites.counts.astype(float)
    of = population(reference).of(sites)
    return np.nan_to_num(shrinkage.expected(sites.counts, of.mean, of.k).excess)


MEASURE = Measure(
    name="gi_star",
    title="Hot spots by their neighbourhood (Gi*)",
    score=score,
    params=Params,
    target="chance",
)
