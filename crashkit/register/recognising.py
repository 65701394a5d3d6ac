"""Recognise saved sites among the findings of a screening, though they moved a little.

A finding is a saved site where

- both lie on one road and their posts overlap, or are no more than LEEWAY_M apart; or
- one of them has no posts, and their points are no farther apart than the smaller of the two
  reaches (a radius, or half a section; LEEWAY_M at least); or
- they share more than half of the crashes of the larger one, by the last screening that found it.

Posts on one road count only where the points agree that it is the same stretch: in many countries
posts start anew in each province. Each finding is one site at most, each site one finding: the
closest pair is taken first, so the order of neither list matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit import geo
from crashkit.model import Site
from crashkit.register.nouns import SiteRecord, Spot
from crashkit.roads import naming

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEEWAY_M = 100.0
"""So far an end may move from one data set to the next: posts are read to 100 m at the roadside."""

FAR_M = 10_000.0
"""Sections of one road and post whose middles lie farther apart than this, and than both are long
together, are of two provinces."""

SHARED = 0.5
"""More than this share of the larger site's crashes makes two sites one."""


class Seen(NamedTuple):
    """A saved site that a finding is: its number, how it was recognised, how close (0 to 1)."""

    number: int
    by: str
    closeness: float


def recognise(
    findings: Sequence[Site], saved: Sequence[SiteRecord], *, numbered: bool = False
) -> dict[int, Seen]:
    """Return which of the findings, by their place in the list, are saved sites.

    `numbered`: the findings are sites of the register themselves and bear their numbers.
    """
    if numbered:
        known = {str(site.number): site.number for site in saved}
        named = {at: known.get(one.id) for at, one in enumerate(findings)}
        return {at: Seen(n, "number", 1.0) for at, n in named.items() if n is not None}
    if not findings or not saved:
        return {}
    among = _Findings(findings)
    pairs = [(at, seen) for site in saved for at, seen in _close(site, among)]
    pairs.sort(key=lambda pair: (-pair[1].closeness, pair[0], pair[1].number))
    found: dict[int, Seen] = {}
    taken: set[int] = set()
    for at, seen in pairs:
        if at not in found and seen.number not in taken:
            found[at] = seen
            taken.add(seen.number)
    return found


class _Findings:
    """The findings as arrays: roads, ends (NaN without), points, reaches; who has which crash."""

    def __init__(self, sites: Sequence[Site]) -> None:
        spots = [Spot(None, None, one.road, one.from_m, one.to_m, one.radius_m) for one in sites]
        self.roads = np.array([naming.folded(one.road) for one in sites], dtype=object)
        self.low = np.array([one.from_m if one.has_posts else np.nan for one in spots], float)
        self.high = np.array([one.to_m if one.has_posts else np.nan for one in spots], float)
        self.lon = np.array([one.lon for one in sites], float)
        self.lat = np.array([one.lat for one in sites], float)
        self.xyz_m = geo.geocentric(self.lon, self.lat)
        self.reach_m = np.array([_reach_m(one) for one in spots])
        self.sizes = [len(one.crash_ids) for one in sites]
        self.at: dict[int, list[int]] = {}
        for n, one in enumerate(sites):
            for crash in one.crash_ids:
                self.at.setdefault(crash, []).append(n)


def _reach_m(spot: Spot) -> float:
    """Return how far around its point a site reaches: its radius, or half its section."""
    half = 0.0
    if spot.from_m is not None and spot.to_m is not None:
        half = (spot.to_m - spot.from_m) / 2
    return max(spot.radius_m or half, LEEWAY_M)


def _close(site: SiteRecord, among: _Findings) -> Iterator[tuple[int, Seen]]:
    """Yield the findings that may be a site, each by its closest likeness."""
    likeness = {
        "posts": _by_posts(site.spot, among),
        "point": _by_point(site.spot, among),
        "crashes": _by_crashes(site, among),
    }
    kinds, values = list(likeness), np.stack([*likeness.values()])
    best = values.argmax(axis=0)
    for at in np.flatnonzero(values.max(axis=0) > 0).tolist():
        yield at, Seen(site.number, kinds[best[at]], float(values[best[at], at]))


def _apart_m(spot: Spot, among: _Findings) -> Floats:
    """Return the metres from a site to each finding; NaN where a point is not known."""
    if spot.lon is None or spot.lat is None:
        return np.full(len(among.sizes), np.nan)
    here = geo.geocentric(np.array([spot.lon]), np.array([spot.lat]))
    found: Floats = np.linalg.norm(among.xyz_m - here, axis=1)
    return found


def _by_posts(spot: Spot, among: _Findings) -> Floats:
    """Return how much of the shorter of two sections lies in the other; a gap counts little."""
    if spot.from_m is None or spot.to_m is None or not spot.road:
        return np.zeros(len(among.sizes))
    shared = np.minimum(among.high, spot.to_m) - np.maximum(among.low, spot.from_m)
    length = np.minimum(among.high - among.low, spot.to_m - spot.from_m)
    part = np.clip(shared, 0, None) / np.maximum(length, 1.0)
    part = np.where((shared >= 0) & (length < 1), 1.0, part)
    longest = (among.high - among.low) + (spot.to_m - spot.from_m)
    same = among.roads == naming.folded(spot.road)
    same &= ~(_apart_m(spot, among) > np.maximum(FAR_M, longest))
    meets: Flags = same & (shared >= -LEEWAY_M)
    return np.where(meets, 0.5 + 0.5 * np.nan_to_num(part), 0.0)


def _by_point(spot: Spot, among: _Findings) -> Floats:
    """Return how near a finding is, within the smaller of the two reaches."""
    apart, reach = _apart_m(spot, among), np.minimum(among.reach_m, _reach_m(spot))
    posted = np.isfinite(among.low) & spot.has_posts
    near = (apart <= reach) & ~posted
    return np.where(near, 1 - 0.5 * np.nan_to_num(apart) / reach, 0.0)


def _by_crashes(site: SiteRecord, among: _Findings) -> Floats:
    """Return which share of the crashes of the larger one both have."""
    found = np.zeros(len(among.sizes))
    mine = site.last_seen.crash_ids if site.last_seen else ()
    for crash in mine:
        for at in among.at.get(crash, ()):
            found[at] += 1
    larger = np.maximum(np.array(among.sizes, float), max(len(mine), 1))
    share = found / larger
    return np.where(share > SHARED, share, 0.0)
