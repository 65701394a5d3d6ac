"""Whether one kind of crash has too large a share at a site, by what such sites have.

The shares of a class of sites have a beta distribution; a site is judged by the probability that
its true share lies above that of all. It asks nothing of traffic, and does not say that a site has
many crashes. Where sites do not differ beyond chance, the prior is Jeffreys's, and it says so.

Source: Highway Safety Manual, measures 9 and 10; Heydecker and Wu 2001; reference methods, section
2.1, rows and note 9 and 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from crashkit import fields, proportions
from crashkit.errors import Message
from crashkit.method import AgainstClass, Measure, number, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

TOLD = Message("{x} of {n} crashes are of this kind, where {usual} % are usual; probability {p}.")
TOLD_BY_ALL = Message(
    "{x} of {n} crashes are of this kind, where {usual} % are usual at all places, as its class "
    "has too few; probability {p}."
)
TOLD_FREELY = Message(
    "{x} of {n} crashes are of this kind, where {usual} % are usual; probability {p}, by a prior "
    "that knows nothing: how much such places differ could not be told."
)
TOLD_FREELY_BY_ALL = Message(
    "{x} of {n} crashes are of this kind, where {usual} % are usual at all places, as its class "
    "has too few; probability {p}, by a prior that knows nothing: how much places differ could not "
    "be told."
)
KINDS = [one.code for one in fields.codes("crash_type") if one.code != "unknown"]


@dataclass(frozen=True)
class Params(AgainstClass):
    """Which kind of crash, what is ranked, and how sure one must be."""

    kind: str = word("pedestrian", label="Kind of crash", choices=KINDS)
    rank_by: str = word("probability", label="Ranked by", choices=["probability", "excess"])
    min_probability: float = number(0.9, label="Least probability to be listed", low=0, high=1)
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=1, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the probability that the kind has too large a share, or how much larger it is."""
    places = Sites.of(sites)
    is_kind = (data.crashes["crash_type"] == params.kind).fillna(False).to_numpy(dtype=bool)
    of = places.sums(data, is_kind.astype(float))
    names = params.classes(places)
    pooled = params.pooled(names)
    sure, excess, usual = (np.full(len(places), np.nan) for _ in range(3))
    free = np.zeros(len(places), dtype=bool)
    for name in np.unique(names):
        rows = names == name
        every = (of, places.counts) if pooled[rows].all() else None
        found = proportions.shares(of[rows], places.counts[rows], reference=every)
        sure[rows], excess[rows], usual[rows] = found.probability, found.excess, found.threshold
        free[rows] = found.prior.reason is not None
    return Scores(
        sure if params.rank_by == "probability" else excess,
        (sure >= params.min_probability) & (excess > 0) & (places.counts >= params.min_crashes),
        {"share": excess + usual, "usual": usual, "probability": sure},
        lambda i: (
            Message("A place without crashes has no share of any kind.")
            if np.isnan(sure[i])
            else replace(
                _sentence(pooled=bool(pooled[i]), free=bool(free[i])),
                values={
                    "x": round(float(of[i])),
                    "n": int(places.counts[i]),
                    "usual": f"{100 * usual[i]:.0f}",
                    "p": Decimal(f"{sure[i]:.2f}"),
                },
            )
        ),
    )


def _sentence(*, pooled: bool, free: bool) -> Message:
    """Return what is said of a site: whether all places tell what is usual, and the prior."""
    if free:
        return TOLD_FREELY_BY_ALL if pooled else TOLD_FREELY
    return TOLD_BY_ALL if pooled else TOLD


MEASURE = Measure(
    name="type_share",
    title="One kind of crash has too large a share",
    score=score,
    params=Params,
    needs=("crash_type",),
    target="share",
)
