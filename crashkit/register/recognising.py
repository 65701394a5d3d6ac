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

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit import geo
from crashkit.model import ScreeningResult, Site
from crashkit.register.nouns import NOMINATED, SiteRecord, Spot
from crashkit.roads import naming

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEEWAY_M = 100.0
"""So far an end may move from one data set to the next: posts are read to 100 m at the roadside."""

FAR_M = 10_000.0
"""Sections of one road and post whose middles lie farther apart than this, and than both are long
together, are of two provinces."""

DEGREE_M = 110_000.0
"""No degree of latitude is shorter."""

_NONE = np.empty(0, dtype=np.int64)

SHARED = 0.5
"""More than this share of the larger site's crashes makes two sites one."""


class Seen(NamedTuple):
    """A saved site that a finding is: its number, how it was recognised, how close (0 to 1)."""

    number: int
    by: str
    closeness: float


class Alike(NamedTuple):
    """A site of one list and one of another that are one place, by their positions from 0."""

    first: int
    second: int
    by: str
    closeness: float


class _Known(NamedTuple):
    """What is known of a site to recognise it by."""

    number: int
    spot: Spot
    crash_ids: Sequence[int]


def alike(first: Sequence[Site], second: Sequence[Site]) -> list[Alike]:
    """Return which sites of two lists are one place as the register knows it.

    A site may be alike to several; which list comes first is of no matter.
    """
    if not first or not second:
        return []
    among = _Findings(second)
    known = (_Known(n, spot_of(one), one.crash_ids) for n, one in enumerate(first))
    return [
        Alike(one.number, at, seen.by, seen.closeness)
        for one in known
        for at, seen in _close(one, among)
    ]


def spot_of(site: Site) -> Spot:
    """Return where a found site is."""
    lon, lat = (None if np.isnan(degrees) else degrees for degrees in (site.lon, site.lat))
    return Spot(lon, lat, site.road, site.from_m, site.to_m, site.radius_m)


def recognise_listed(result: ScreeningResult, saved: Sequence[SiteRecord]) -> dict[int, Seen]:
    """Return which findings of a list, by their place in it, are saved sites.

    What was found by looking at sites of the register bears their numbers; of a rule of parts, that
    is told by the part that each finding meets.
    """
    numbered = {one.preset for one in result.asked.each if one.place == NOMINATED}
    parts = [one.part or result.asked.preset for one in result.findings]
    known = {str(site.number): site.number for site in saved}
    found, rest = dict[int, Seen](), list[int]()
    for at, (part, one) in enumerate(zip(parts, result.findings, strict=True)):
        if part not in numbered:
            rest.append(at)
        elif one.site.id in known:
            found[at] = Seen(known[one.site.id], "number", 1.0)
    taken = {seen.number for seen in found.values()}
    left = [site for site in saved if site.number not in taken]
    others = recognise([result.findings[at].site for at in rest], left)
    return found | {rest[n]: seen for n, seen in others.items()}


def recognise(findings: Sequence[Site], saved: Sequence[SiteRecord]) -> dict[int, Seen]:
    """Return which of the findings, by their place in the list, are saved sites."""
    if not findings or not saved:
        return {}
    among = _Findings(findings)
    pairs = [(at, seen) for site in saved for at, seen in _close(_known(site), among)]
    pairs.sort(key=lambda pair: (-pair[1].closeness, pair[0], pair[1].number))
    found: dict[int, Seen] = {}
    taken: set[int] = set()
    for at, seen in pairs:
        if at not in found and seen.number not in taken:
            found[at] = seen
            taken.add(seen.number)
    return found


def _known(site: SiteRecord) -> _Known:
    return _Known(site.number, site.spot, site.last_seen.crash_ids if site.last_seen else ())


class _Findings:
    """The findings as arrays: ends (NaN without), points, reaches; by road, latitude and crash."""

    def __init__(self, sites: Sequence[Site]) -> None:
        spots = [Spot(None, None, one.road, one.from_m, one.to_m, one.radius_m) for one in sites]
        self.low = np.array([one.from_m if one.has_posts else np.nan for one in spots], float)
        self.high = np.array([one.to_m if one.has_posts else np.nan for one in spots], float)
        self.lon = np.array([one.lon for one in sites], float)
        self.lat = np.array([one.lat for one in sites], float)
        self.xyz_m = geo.geocentric(self.lon, self.lat)
        self.reach_m = np.array([_reach_m(one) for one in spots])
        self.sizes = [len(one.crash_ids) for one in sites]
        self._northward = np.argsort(self.lat, kind="stable")
        self._lats = self.lat[self._northward]
        on: dict[str, list[int]] = {}
        for n, one in enumerate(sites):
            on.setdefault(naming.folded(one.road), []).append(n)
        self._on = {road: np.array(rows, dtype=np.int64) for road, rows in on.items() if road}
        self._at: dict[int, list[int]] = {}
        for n, one in enumerate(sites):
            for crash in one.crash_ids:
                self._at.setdefault(crash, []).append(n)

    def on(self, road: str) -> Ints:
        """Return the findings with posts on a road, however it is spelt."""
        rows = self._on.get(naming.folded(road), _NONE)
        found: Ints = rows[np.isfinite(self.low[rows])]
        return found

    def around(self, lat: float, metres: float) -> Ints:
        """Return the findings no farther north or south than so many metres."""
        band = metres / DEGREE_M
        first, last = np.searchsorted(self._lats, [lat - band, lat + band])
        found: Ints = self._northward[first:last]
        return found

    def having(self, crash_ids: Sequence[int]) -> Counter[int]:
        """Count, for each finding that has some of these crashes, how many it has."""
        return Counter(at for crash in crash_ids for at in self._at.get(crash, ()))


def _reach_m(spot: Spot) -> float:
    """Return how far around its point a site reaches: its radius, or half its section."""
    half = 0.0
    if spot.from_m is not None and spot.to_m is not None:
        half = (spot.to_m - spot.from_m) / 2
    return max(spot.radius_m or half, LEEWAY_M)


def _close(site: _Known, among: _Findings) -> Iterator[tuple[int, Seen]]:
    """Yield the findings that may be a site, each by its closest likeness."""
    best: dict[int, tuple[float, str]] = {}
    for by, found in (
        ("posts", _by_posts(site.spot, among)),
        ("point", _by_point(site.spot, among)),
        ("crashes", _by_crashes(site.crash_ids, among)),
    ):
        for at, closeness in found:
            if closeness > best.get(at, (0.0, ""))[0]:
                best[at] = (closeness, by)
    for at, (closeness, by) in best.items():
        yield at, Seen(site.number, by, closeness)


def _apart_m(spot: Spot, among: _Findings, rows: Ints) -> Floats:
    """Return the metres from a site to some findings; NaN where a point is not known."""
    if spot.lon is None or spot.lat is None:
        return np.full(rows.size, np.nan)
    here = geo.geocentric(np.array([spot.lon]), np.array([spot.lat]))
    found: Floats = np.linalg.norm(among.xyz_m[rows] - here, axis=1)
    return found


def _by_posts(spot: Spot, among: _Findings) -> Iterator[tuple[int, float]]:
    """Yield how much of the shorter of two sections lies in the other; a gap counts little."""
    if spot.from_m is None or spot.to_m is None:
        return
    rows = among.on(spot.road)
    rows = rows[
        (among.low[rows] <= spot.to_m + LEEWAY_M) & (among.high[rows] >= spot.from_m - LEEWAY_M)
    ]
    low, high = among.low[rows], among.high[rows]
    shared = np.minimum(high, spot.to_m) - np.maximum(low, spot.from_m)
    length = np.minimum(high - low, spot.to_m - spot.from_m)
    part = np.clip(shared, 0, None) / np.maximum(length, 1.0)
    # A place told by one post lies within the other or not at all.
    part = np.where((shared >= 0) & (length < 1), 1.0, part)
    longest = (high - low) + (spot.to_m - spot.from_m)
    elsewhere = _apart_m(spot, among, rows) > np.maximum(FAR_M, longest)
    yield from zip(rows[~elsewhere].tolist(), (0.5 + 0.5 * part[~elsewhere]).tolist(), strict=True)


def _by_point(spot: Spot, among: _Findings) -> Iterator[tuple[int, float]]:
    """Yield how near findings are, within the smaller of the two reaches."""
    if spot.lon is None or spot.lat is None:
        return
    mine = _reach_m(spot)
    rows = among.around(spot.lat, mine)
    if spot.has_posts:
        # Where both have posts, these decide.
        rows = rows[np.isnan(among.low[rows])]
    apart, reach = _apart_m(spot, among, rows), np.minimum(among.reach_m[rows], mine)
    near = apart <= reach
    closeness = 1 - 0.5 * apart[near] / reach[near]
    yield from zip(rows[near].tolist(), closeness.tolist(), strict=True)


def _by_crashes(mine: Sequence[int], among: _Findings) -> Iterator[tuple[int, float]]:
    """Yield which share of the crashes of the larger one both have."""
    for at, shared in among.having(mine).items():
        share = shared / max(among.sizes[at], len(mine))
        if share > SHARED:
            yield at, share
