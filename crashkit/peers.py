"""Peers: what places of the same kind have, and how much they differ among themselves.

A place is judged by its peers: the places of its class, those without crashes too, that together
cover the roads once. Their crashes per km and year (or per km², or per place) are the mean; how far
they differ beyond chance is the overdispersion k. A class of too few places takes the values of
all. Where the places to judge overlap, or were drawn around crashes, their peers are not estimated
from them but from a partition: see `Place.partition`.

Source: Marshall 1991, Appl. Stat. 40: 283-294 (mean and variance of rates, by moments); reference
methods, sections 0.4 (class size) and 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit.errors import MethodError
from crashkit.sites import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


FEWEST = 10
"""A class of fewer places takes the values of all: reference methods, section 0.4."""


@dataclass(frozen=True)
class PeerClass:
    """What the places of one class have: `rate` is crashes per unit of size and year.

    Var(crashes) = mean + k mean²; k = 0 where they do not differ beyond chance.
    """

    rate: float
    k: float
    places: int
    crashes: int


@dataclass(frozen=True, eq=False)
class Peers:
    """What peers of each of several places have in the period; arrays have one number for each.

    `mean` is the crashes expected, `k` the overdispersion, `places` how many peers tell it;
    `pooled` marks places whose class is too small, so that all are their peers.
    """

    mean: Floats
    k: Floats
    places: Ints
    pooled: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Reference:
    """Classes of peers by group, and `every` place. `per` is "km", "km2" or "place".

    `length_m` is the length at which a place along a road is judged; 0: its own.
    """

    classes: Mapping[str, PeerClass]
    every: PeerClass
    per: str
    years: float
    fewest: int = FEWEST
    length_m: float = 0.0

    def of(self, sites: Sites) -> Peers:
        """Return the peers of each site: those of its group, or all where these are too few."""
        groups, which = np.unique(sites.words("group").astype(str), return_inverse=True)
        known = [self.classes.get(str(group)) for group in groups]
        small = [one is None or one.places < self.fewest for one in known]
        chosen = [
            self.every if is_small or one is None else one
            for one, is_small in zip(known, small, strict=True)
        ]
        size = sizes(sites, self.per, self.length_m) * self.years
        rows = which.ravel()
        return Peers(
            mean=np.array([one.rate for one in chosen])[rows] * size,
            k=np.array([one.k for one in chosen])[rows],
            places=np.array([one.places for one in chosen], dtype=np.int64)[rows],
            pooled=np.array(small, dtype=bool)[rows],
        )


def fit(
    partition: Sites,
    *,
    per: str,
    years: float,
    by_class: bool = True,
    fewest: int = FEWEST,
    length_m: float = 0.0,
) -> Reference:
    """Estimate peers from places that do not overlap and include those without crashes.

    `by_class`: places of one group are peers, else all are. Raises MethodError for places that
    share crashes: their variance would say nothing.
    """
    if partition.share_crashes:
        raise MethodError(
            "Peers cannot be told from places that overlap: a crash would count many times."
        )
    exposure = sizes(partition, per) * years
    real = exposure > 0
    exposure, counts = exposure[real], partition.counts[real]
    groups = partition.words("group").astype(str)[real]
    every = _class(counts, exposure)
    classes = {
        name: _class(counts[groups == name], exposure[groups == name])
        for name in sorted(set(groups.tolist()))
        if by_class
    }
    return Reference(classes, every, per, years, fewest, length_m)


def known(rate: float, *, per: str, years: float, length_m: float = 0.0) -> Reference:
    """Return peers of which only the rate is known: crashes per unit of size and year."""
    return Reference({}, PeerClass(rate, 0.0, 0, 0), per, years, 0, length_m)


def sizes(sites: Sites, per: str, length_m: float = 0.0) -> Floats:
    """Return the size of each site: km along the road, km² of its circle, or 1 for a place."""
    if per == "km2":
        return np.pi * (sites.numbers("radius_m") / 1000) ** 2
    if per == "place":
        return np.ones(len(sites))
    return np.full(len(sites), length_m / 1000) if length_m else sites.length_m / 1000


def _class(counts: Ints, exposure: Floats) -> PeerClass:
    """Return the rate and the overdispersion of a class by moments.

    b = ΣN / ΣE; s² = Σ E (N/E - b)² / ΣE; the variance of the rates beyond chance is
    a = s² - b / mean(E), no less than 0; k = a / b².
    """
    total = float(exposure.sum())
    if not total or not counts.sum():
        return PeerClass(0.0, 0.0, counts.size, int(counts.sum()))
    rate = float(counts.sum()) / total
    spread = float((exposure * (counts / exposure - rate) ** 2).sum()) / total
    beyond = max(0.0, spread - rate / float(exposure.mean()))
    return PeerClass(rate, beyond / rate**2, counts.size, int(counts.sum()))
