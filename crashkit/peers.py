"""Peers: what places of the same kind have, and how much they differ among themselves.

A place is judged by its peers: the places of its class, those without crashes too, that together
cover the roads once. Their crashes per km and year (or per km², or per place) are the mean; how far
they differ beyond chance is the overdispersion k. A class of too few places takes the values of
all. Where traffic is known and the data are enough for a model of it, the mean is what the model
predicts for the class and the traffic of the place. Where the places to judge overlap, or were
drawn around crashes, their peers are not estimated from them but from a partition: see
`Place.partition`. Of ground only that with crashes is known: how much there is without any is then
told by how many places have one crash, two, and so on.

Source: Marshall 1991, Applied Statistics 40: 283-294 (mean and variance of rates, by moments);
reference methods, sections 0.4 (class size), 2.4 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crashkit import evidence, shrinkage, spf, stats
from crashkit.errors import Message, MethodError
from crashkit.shrinkage import FEWEST, NO_PREDICTION
from crashkit.sites import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ALL, CLASS, TRAFFIC = "all", "class", "traffic"
"""Who the peers of a place are: all places, those of its class, or these with its traffic."""
SMALLEST = 1e-12
"""Chances below this are not told apart: no model of crashes is that exact."""
KNOWN_TRAFFIC = 0.9
"""A model of traffic is asked for where so much of the exposure has a known AADT."""
LITTLE_TRAFFIC = Message(
    "A model needs the AADT of {need} % of all that is compared; it is known for {percent} %."
)


@dataclass(frozen=True)
class PeerClass:
    """What the places of one class have: `rate` is crashes per unit of size and year.

    Var(crashes) = mean + k mean²; k = 0 where they do not differ beyond chance. Where it is not
    `told` how much ground has no crashes, the rate is the most it can be.
    """

    rate: float
    k: float
    places: int
    crashes: int
    told: bool = True


@dataclass(frozen=True, eq=False)
class Peers:
    """What peers of each of several places have in the period; arrays have one number for each.

    `mean` is the crashes expected, `k` the overdispersion, `places` how many peers tell it;
    `pooled` marks places whose class is too small, so that all are their peers; `modelled` those
    whose mean is that of a model of traffic.
    """

    mean: Floats
    k: Floats
    places: Ints
    pooled: Flags
    modelled: Flags


@dataclass(frozen=True, eq=False)
class Reference:
    """Classes of peers by group, and `every` place. `per` is "km", "km2" or "place".

    `length_m` is the length at which a place along a road is judged; 0: its own. `model` is one of
    traffic, where there is one; `missing` says what there is too little of for one. `partition` are
    the places that the values are estimated from.
    """

    classes: Mapping[str, PeerClass]
    every: PeerClass
    per: str
    years: float
    fewest: int = FEWEST
    length_m: float = 0.0
    model: spf.Fit | None = None
    missing: tuple[Message, ...] = ()
    partition: Sites | None = None

    def of(self, sites: Sites) -> Peers:
        """Return the peers of each site: those of its group, or all where these are too few."""
        groups, which = np.unique(sites.words("group").astype(str), return_inverse=True)
        known = [self.classes.get(str(group)) for group in groups]
        small = [one is None or one.places < self.fewest for one in known]
        chosen = [
            self.every if is_small or one is None else one
            for one, is_small in zip(known, small, strict=True)
        ]
        size = self.exposure(sites)
        rows = which.ravel()
        found = Peers(
            mean=np.array([one.rate for one in chosen])[rows] * size,
            k=np.array([one.k for one in chosen])[rows],
            places=np.array([one.places for one in chosen], dtype=np.int64)[rows],
            pooled=np.array(small, dtype=bool)[rows] & bool(self.classes),
            modelled=np.zeros(len(sites), dtype=bool),
        )
        return found if self.model is None else self._modelled(sites, found, self.model)

    @property
    def is_told(self) -> bool:
        """Whether it is told how much ground has no crashes, for all classes that count."""
        large = [one for one in self.classes.values() if one.places >= self.fewest]
        return all(one.told for one in large or [self.every])

    def exposure(self, sites: Sites) -> Floats:
        """Return the units of size and years that each site had in the period to have crashes."""
        return sizes(sites, self.per, self.length_m) * self.years * sites.watched

    def _modelled(self, sites: Sites, found: Peers, model: spf.Fit) -> Peers:
        """Take what the model predicts where traffic is known and the model has seen the class."""
        one = np.ones(len(sites))
        km = sizes(sites, self.per, self.length_m) if self.per == "km" else None
        mean = model.predict(
            {spf.AADT: sites.numbers("aadt")},
            length_km=km,
            years=self.years * sites.watched,
            classes=sites.words("group").tolist(),
        )
        spread = model.spf.dispersion
        k = np.full(len(sites), np.nan) if spread is None else spread.of(one if km is None else km)
        told = np.isfinite(mean) & np.isfinite(k)
        return Peers(
            mean=np.where(told, mean, found.mean),
            k=np.where(told, k, found.k),
            places=np.where(told, model.sites, found.places),
            pooled=found.pooled & ~told,
            modelled=told,
        )

    def only(self, crash_ids: Ints) -> Reference:
        """Return the peers by these crashes alone, such as those of one severity.

        Raises MethodError where only a rate is known.
        """
        if self.partition is None:
            raise MethodError("Of a known rate it is not known how much of it is of one severity.")
        sites = self.partition
        chosen = np.isin(sites.crash_ids, crash_ids)
        sums = np.concatenate([[0], np.cumsum(chosen)])
        fewer = replace(sites, offsets=sums[sites.offsets], crash_ids=sites.crash_ids[chosen])
        return fit(
            fewer,
            per=self.per,
            years=self.years,
            like=TRAFFIC if self.model else CLASS if self.classes else ALL,
            fewest=self.fewest,
            length_m=self.length_m,
        )


def fit(
    partition: Sites,
    *,
    per: str,
    years: float,
    like: str = CLASS,
    fewest: int = FEWEST,
    length_m: float = 0.0,
) -> Reference:
    """Estimate peers from places that do not overlap and include those without crashes.

    `like` is ALL, CLASS or TRAFFIC. Raises MethodError for places that share crashes: their
    variance would say nothing.
    """
    check_apart(partition)
    exposure = sizes(partition, per) * years
    real = partition.take(np.flatnonzero(exposure > 0))
    exposure, counts = exposure[exposure > 0], real.counts
    groups = real.words("group").astype(str)
    # Of ground only that with crashes is known: see `Place.partition` of circles.
    seen = per == "km2" and bool((counts > 0).all())
    classes = {
        name: _class(counts[groups == name], exposure[groups == name], seen=seen)
        for name in sorted(set(groups.tolist()))
        if like != ALL
    }
    every = _class(counts, exposure, seen=seen)
    model, missing = _model(real, per, years) if like == TRAFFIC else (None, ())
    return Reference(classes, every, per, years, fewest, length_m, model, missing, real)


def check_apart(sites: Sites) -> None:
    """Raise MethodError for places that share crashes: their variance would say nothing."""
    if sites.share_crashes:
        raise MethodError(
            "Peers cannot be told from places that overlap: a crash would count many times."
        )


def known(rate: float, *, per: str, years: float, length_m: float = 0.0) -> Reference:
    """Return peers of which only the rate is known: crashes per unit of size and year."""
    return Reference({}, PeerClass(rate, 0.0, 0, 0), per, years, 0, length_m)


def sizes(sites: Sites, per: str, length_m: float = 0.0) -> Floats:
    """Return the size of each site: km along the road, km² of its circle, or 1 for a place.

    NaN where a site has none: nothing is known of its peers then.
    """
    if per == "km2":
        found = np.pi * (sites.numbers("radius_m") / 1000) ** 2
    elif per == "place":
        return np.ones(len(sites))
    else:
        found = np.full(len(sites), length_m / 1000) if length_m else sites.length_m / 1000
    return np.where(found > 0, found, np.nan)


def chance(counts: Ints, of: Peers, *, anchored: bool = False) -> Floats:
    """Return the chance of so many crashes at a place that is like its peers.

    Peers differ, so the tail is that of the negative binomial distribution. A place that is
    `anchored` holds the crash it was drawn around for certain, and places with many crashes are
    drawn more often: the others there have the gamma distribution of the peers weighted by size,
    that is of a shape larger by one.

    Source: reference methods, sections 0.4 and 2.5 (scan); Palm distributions of a gamma-Poisson
    process: Daley and Vere-Jones 2008, section 13.1.
    """
    if not anchored:
        return stats.negative_binomial_tail(counts, of.mean, of.k)
    return stats.negative_binomial_tail(counts - 1, of.mean * (1 + of.k), of.k / (1 + of.k))


def surprise(n: int, expected: float, p: float) -> Message:
    """Say how many crashes there are where so many are expected, and the chance of so many."""
    if np.isnan(expected) or np.isnan(p):
        return NO_PREDICTION
    return Message(
        "{n} crashes where {expected} are expected; the chance of so many is {p}.",
        {"n": n, "expected": expected, "p": evidence.chance(p)},
    )


def _class(counts: Ints, exposure: Floats, *, seen: bool) -> PeerClass:
    if seen and counts.size:
        rate, k, told = shrinkage.of_seen(counts, exposure)
        return PeerClass(rate, k, counts.size, int(counts.sum()), told)
    found = shrinkage.marshall(counts, exposure)
    rate = found.rate if counts.size else 0.0
    return PeerClass(rate, found.prior.k if found.prior else 0.0, counts.size, int(counts.sum()))


def _model(sites: Sites, per: str, years: float) -> tuple[spf.Fit | None, tuple[Message, ...]]:
    """Fit a model of traffic, if enough of it is known; or say what there is too little of."""
    aadt, size = sites.numbers("aadt"), sizes(sites, per)
    told = np.flatnonzero(aadt > 0)
    if not told.size:
        return None, ()
    share = float(size[told].sum() / size.sum())
    if share < KNOWN_TRAFFIC:
        percents = {"need": round(100 * KNOWN_TRAFFIC), "percent": round(100 * share)}
        return None, (replace(LITTLE_TRAFFIC, values=percents),)
    some = sites.take(told)
    sample = spf.Sample(
        crashes=some.counts,
        traffic={spf.AADT: some.numbers("aadt")},
        years=years,
        length_km=sizes(some, per) if per == "km" else None,
        classes=some.words("group").tolist(),
    )
    made = spf.develop(sample)
    return made.fit, made.missing
