"""Sites that were treated: they are screened on the time after their works, and say so.

What happened at a site before its works, or during them, happened on another road. These crashes
are left out, and the place is compared with what its peers have in the time that is left. Treated
sites are no peers of others.

Source: reference methods, section 7 (treated sites out of the reference set; the period of works
is excluded).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo, method
from crashkit.model import CrashData, Period, Site
from crashkit.register import NOMINATED, SiteRecord, Spot
from crashkit.roads import naming
from crashkit.screening import parts
from crashkit.sites import Sites

Floats = NDArray[np.float64]
REACH_M = 250.0
"""So far around a point works reach where the register does not say."""


@dataclass(frozen=True)
class Treated:
    """A site of the register with the last day of its works."""

    number: int
    spot: Spot
    until: date


def from_register(sites: Sequence[SiteRecord]) -> tuple[Treated, ...]:
    """Return the sites whose works are done, with the last day of them."""
    found = []
    for site in sites:
        ends = [
            one.until
            for one in site.events
            if one.kind == "works" and one.until is not None and not one.withdrawn
        ]
        if ends:
            found.append(Treated(site.number, site.spot, max(ends)))
    return tuple(found)


def without_before(data: CrashData, treated: Sequence[Treated]) -> CrashData:
    """Leave out the crashes at treated sites up to the last day of their works."""
    if not treated or not len(data):
        return data
    days = pd.to_datetime(data.crashes["crash_date"]).to_numpy()
    ids, gone = data.crash_ids, np.zeros(len(data), dtype=bool)
    for one, site in zip(treated, _cut(data, treated), strict=True):
        gone |= np.isin(ids, site.crash_ids) & ~(days > np.datetime64(one.until))
    return data.keep(~gone, period=data.period) if gone.any() else data


def _cut(data: CrashData, treated: Sequence[Treated]) -> Sequence[Site]:
    """Return the sites with their crashes, as they are looked at when people propose them."""
    place = parts.place_named("nominated")
    features = [
        {"properties": {"number": one.number, "origin": NOMINATED, **vars(one.spot)}}
        for one in treated
    ]
    here = data.replace(layers=lambda: {"sites": {"features": features}})
    return place.cut(here, method.read(place.params, {"which": NOMINATED}))


def marked(sites: Sites, treated: Sequence[Treated], period: Period) -> Sites:
    """Tell of each place how much of the period counts there, and since when.

    A place of which only a part was treated is watched for longer on the rest: its time is the mean
    by length.
    """
    watched, since = np.ones(len(sites)), np.full(len(sites), np.nan)
    for one in treated:
        left = _share_after(period, one.until)
        if left >= 1:
            continue
        part = _shared(sites, one.spot)
        now = 1 - part * (1 - left)
        since = np.where(now < watched, one.until.toordinal(), since)
        watched = np.minimum(watched, now)
    if (watched == 1).all():
        return sites
    return replace(sites, columns={**sites.columns, "watched": watched, "since": since})


def untouched(sites: Sites) -> Sites:
    """Return the places that were not treated: only these are peers."""
    return sites.take(np.flatnonzero(sites.watched == 1))


def _share_after(period: Period, day: date) -> float:
    """Return the share of a period that lies after a day."""
    if day < period.start:
        return 1.0
    if day >= period.end:
        return 0.0
    return period.cut(day + timedelta(days=1), period.end).years / period.years


def _shared(sites: Sites, spot: Spot) -> Floats:
    """Return which share of each place lies at a spot: along its road, else around its point."""
    found = np.zeros(len(sites))
    low, high = sites.numbers("from_m"), sites.numbers("to_m")
    if spot.has_posts and np.isfinite(low).any():
        roads, which = np.unique(sites.words("road").astype(str), return_inverse=True)
        wanted = naming.folded(spot.road)
        same = np.array([naming.folded(road) == wanted for road in roads])[which.ravel()]
        begin, end = float(spot.from_m or 0), float(spot.to_m or 0)
        both = np.minimum(high, max(end, begin + 1)) - np.maximum(low, begin)
        found = np.where(same, np.clip(both / np.maximum(high - low, 1.0), 0.0, 1.0), 0.0)
    elif spot.lon is not None and spot.lat is not None:
        here = geo.geocentric(np.array([spot.lon]), np.array([spot.lat]))
        there = geo.geocentric(sites.numbers("lon"), sites.numbers("lat"))
        apart = np.linalg.norm(there - here, axis=1)
        found = (apart <= (spot.radius_m or REACH_M)).astype(float)
    return np.nan_to_num(found)
