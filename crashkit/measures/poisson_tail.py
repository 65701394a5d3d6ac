"""More crashes than chance allows: the exact upper tail of the Poisson distribution.

The reference rate is the mean of all places of the same group, where those without crashes are
listed too (junctions, segments); else of all roads of the same class (along roads), or of all
ground of the same setting that has crashes (circles); or a known rate is given. A place that is
drawn around a crash holds that crash for certain: it is no evidence and is taken off before the
test. Many places are compared, so the p-values are adjusted for false discoveries. Sites are ranked
by the crashes above the expected number.

The test takes all places of a class for equally dangerous. Real roads differ; so it flags more
than it should. It is a first look, not a proof.

Source: reference methods, section 2.2 (exact Poisson, Malo 2004) and 0.4; Benjamini and Hochberg
1995; a Poisson process seen from one of its points: Slivnyak 1962.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, stats
from crashkit.errors import Message, MethodError
from crashkit.method import Measure, number, word
from crashkit.model import UNDATED, CrashData, Score, Site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELL_M = 1000.0
SMALLEST = 1e-12
"""Chances below this are not told apart: no model of crashes is that exact."""


@dataclass(frozen=True)
class Params:
    """Against which rate a place is tested, and how sure one must be."""

    alpha: float = number(0.05, label="Share of false alarms accepted", low=0.0001, high=0.5)
    adjust: str = word("bh", label="Adjust for many places", choices=["bh", "none"])
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=1, high=100000)
    rate: float = number(
        0, label="Known crashes per km or km² and year (0: from the data)", low=0, high=100000
    )
    compare_with: str = word("class", label="Compared with", choices=["class", "all"])
    min_class: float = number(
        10, label="Fewest places a class must have room for", low=1, high=10000
    )
    length_m: float = number(
        0, label="Length tested (0: that of the place)", unit="m", low=0, high=20000
    )
    anchor_crashes: float = number(
        1, label="Crashes the place was drawn around, no evidence", low=0, high=1
    )
    family: float = number(0, label="Places compared (0: those given)", low=0, high=100000000)


def score(sites: Sequence[Site], data: CrashData, params: Params) -> list[Score]:
    """Return the crashes above the expected number at each site, with the chance of them."""
    if not sites:
        return []
    counts = np.array([len(site.crash_ids) for site in sites], dtype=np.int64)
    means = _means(sites, data, params)
    anchors = int(params.anchor_crashes)
    p = stats.poisson_tail(counts - anchors, means)
    q = stats.false_discovery(p, int(params.family)) if params.adjust == "bh" else p
    passed = (q <= params.alpha) & (counts >= params.min_crashes) & (counts > means + anchors)
    rows = zip(
        counts.tolist(), (means + anchors).tolist(), p.tolist(), q.tolist(), passed, strict=True
    )
    return [_score(*row) for row in rows]


def _score(n: int, expected: float, p: float, q: float, passed: bool) -> Score:
    value = round(n - expected, 9)
    if not passed:
        return Score(value, False, detail={"expected": expected, "p": p, "q": q})
    low, high = stats.poisson_interval(n)
    reason = Message(
        "{n} crashes where {expected} are expected; the chance of so many is {p}.",
        {"n": n, "expected": expected, "p": f"{p:.2g}" if p >= SMALLEST else f"< {SMALLEST:g}"},
    )
    detail = {"expected": expected, "low": low, "high": high, "p": p, "q": q}
    return Score(value, True, reason, detail)


# ------------------------------------------------------------------ reference rates


def _means(sites: Sequence[Site], data: CrashData, params: Params) -> Floats:
    """Return the crashes expected at each site in the period, by the reference rate."""
    along = sites[0].from_m is not None
    sizes = np.array([_size(site, params) for site in sites])
    if params.rate:
        if data.period.undated:
            raise MethodError(UNDATED.text)
        return sizes * params.rate * data.period.years
    if not all(site.crash_ids for site in sites):
        return sizes * _peer_rates(sites, sizes, params)
    if sites[0].measured_m is not None:
        return sizes * _site_rates(sites, sizes, params)
    rates = _road_rates(sites, data, params) if along else _ground_rates(sites, data, params)
    return sizes * rates


def _size(site: Site, params: Params) -> float:
    """Return kilometres along a road, or square kilometres of a circle."""
    if site.radius_m is not None:
        return float(np.pi * (site.radius_m / 1000) ** 2)
    return (params.length_m or site.length_m or 0.0) / 1000


def _peer_rates(sites: Sequence[Site], sizes: Floats, params: Params) -> Floats:
    """Return crashes per km or km² of the group of each site; of all sites where it is small."""
    counts = np.array([len(site.crash_ids) for site in sites])
    names = [site.group if params.compare_with == "class" else "" for site in sites]
    group = np.unique(names, return_inverse=True)[1].ravel()
    size = np.bincount(group, sizes)
    own = np.bincount(group, counts) / np.where(size > 0, size, 1.0)
    large = np.bincount(group) >= params.min_class
    found: Floats = np.where(large, own, counts.sum() / sizes.sum())[group]
    return found


def _site_rates(sites: Sequence[Site], sizes: Floats, params: Params) -> Floats:
    """Return crashes per km of the places of each site's class; places without crashes count, too.

    Places that overlap count a crash as often as a metre of road, so that the rate is the same.
    """
    groups = [site.group if params.compare_with == "class" else "" for site in sites]
    _, classes = np.unique(groups, return_inverse=True)
    counts = np.array([len(site.crash_ids) for site in sites], dtype=np.int64)
    typical = float(np.median(sizes))
    return _rates(counts, sizes, classes, fewest=params.min_class * typical)[classes]


def _road_rates(sites: Sequence[Site], data: CrashData, params: Params) -> Floats:
    """Return crashes per km of all roads of the class of each site's road.

    A road is as long as from its first to its last crash, but no shorter than a place.
    """
    found = geo.on_roads(data)
    shortest = params.length_m or sites[0].length_m or 1000.0
    counts = np.bincount(found.road, minlength=len(found.names))
    ends = np.cumsum(counts)
    length = np.maximum(found.at_m[ends - 1] - found.at_m[ends - counts], shortest) / 1000
    classes = _classes(data, found, params)
    per_class = _rates(counts, length, classes, fewest=params.min_class * shortest / 1000)
    road_of = dict(zip(found.ids.tolist(), found.road.tolist(), strict=True))
    return per_class[classes[[road_of[site.crash_ids[0]] for site in sites]]]


def _classes(data: CrashData, found: geo.OnRoads, params: Params) -> Ints:
    """Return the number of the class of each road: the one that most of its crashes name."""
    crashes = data.crashes
    if params.compare_with == "all" or "road_class" not in crashes.columns:
        return np.zeros(len(found.names), dtype=np.int64)
    order = np.argsort(crashes["id"].to_numpy(), kind="stable")
    ids = crashes["id"].to_numpy()[order]
    codes = crashes["road_class"].cat.codes.to_numpy()[order][np.searchsorted(ids, found.ids)] + 1
    votes = np.zeros((len(found.names), int(codes.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(votes, (found.road, codes), 1)
    most: Ints = votes.argmax(axis=1).astype(np.int64)
    return most


def _rates(counts: Ints, sizes: Floats, classes: Ints, *, fewest: float) -> Floats:
    """Return the rate of each class; a class that is too small takes the rate of all."""
    n = int(classes.max()) + 1
    total = np.bincount(classes, weights=counts, minlength=n)
    size = np.bincount(classes, weights=sizes, minlength=n)
    own = total / np.where(size > 0, size, 1.0)
    return np.where(size >= fewest, own, counts.sum() / sizes.sum())


def _ground_rates(sites: Sequence[Site], data: CrashData, params: Params) -> Floats:
    """Return crashes per km² of the ground of each site's setting.

    Ground is what lies in a square of 1 km that has a crash; its setting is that of most crashes.
    """
    found = geo.located(data)
    _, square = np.unique(geo.cells(found.lon, found.lat, CELL_M), return_inverse=True)
    counts = np.bincount(square)
    urban = np.bincount(square, weights=found.urban) > counts / 2
    classes = urban.astype(np.int64) * int(params.compare_with == "class")
    circle = _size(sites[0], params)
    sizes = np.full(counts.size, (CELL_M / 1000) ** 2)
    rates = _rates(counts, sizes, classes, fewest=params.min_class * circle)
    share = stats.sum_groups(
        [site.crash_ids for site in sites], found.ids, found.urban[:, None].astype(float)
    )[:, 0]
    mostly = share > np.array([len(site.crash_ids) for site in sites]) / 2
    inside = mostly.astype(np.int64) * int(params.compare_with == "class")
    return rates[np.minimum(inside, rates.size - 1)]


MEASURE = Measure(
    name="poisson_tail",
    title="More crashes than chance allows",
    score=score,
    params=Params,
)
