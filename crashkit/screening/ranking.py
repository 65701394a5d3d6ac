"""Rank sites, count their crashes and people, and say where they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, geo, stats
from crashkit.model import SEVERITIES, CrashData, Evidence, Finding, Site
from crashkit.screening.apart import Scored
from crashkit.sites import Sites

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PEOPLE = {"killed": "n_killed", "injured": "n_injured"}


def rank(kept: Scored, data: CrashData, judged: Sequence[Evidence]) -> tuple[Finding, ...]:
    """Return the sites, given worst first, with rank, counts, and names of place and road.

    `judged` is how sure one may be of each.
    """
    ranks = stats.competition_ranks(np.round(kept.scores.values, 9).tolist())
    sites, counts = _named(kept.sites, data), _counts(kept.sites, data)
    rows = zip(sites, kept.scores, ranks, counts, judged, strict=True)
    return tuple(Finding(*row) for row in rows)


def _counts(sites: Sites, data: CrashData) -> list[dict[str, int]]:
    """Return for each site its crashes by severity, and its people killed and injured."""
    crashes = data.crashes
    columns: dict[str, NDArray[Any]] = {"crashes": np.ones(len(crashes))}
    if "severity" in crashes.columns:
        severity = crashes["severity"].astype(object).fillna("unknown").to_numpy()
        columns |= {code: severity == code for code in SEVERITIES}
    for name, column in PEOPLE.items():
        if column in crashes.columns:
            columns[name] = crashes[column].fillna(0).to_numpy(dtype=float)
    values = np.column_stack([column.astype(float) for column in columns.values()])
    sums = np.rint(sites.sums(data, values)).tolist()
    return [dict(zip(columns, map(int, row), strict=True)) for row in sums]


def _named(sites: Sites, data: CrashData) -> list[Site]:
    """Give each site the settlement or district, and the road, that most of its crashes name."""
    crashes = data.crashes
    texts = {
        name: crashes[name].astype(object).fillna("").to_numpy()
        for name in ("place", "admin2", "admin1", "road_key")
        if name in crashes.columns
    }
    points = np.column_stack([filters.numbers(data, name) for name in ("lon", "lat")])
    rows, bounds = sites.rows_of(data), sites.offsets.tolist()
    return [
        _with_point(_name(site, rows[start:end], texts), points[rows[start:end]])
        for site, start, end in zip(sites, bounds[:-1], bounds[1:], strict=True)
    ]


def _name(site: Site, rows: Ints, texts: Mapping[str, NDArray[Any]]) -> Site:
    common = {name: geo.most_common(column[rows].tolist()) for name, column in texts.items()}
    area = common.get("place") or common.get("admin2") or common.get("admin1") or ""
    return replace(site, place=area, road=site.road or common.get("road_key", ""))


def _with_point(site: Site, points: Floats) -> Site:
    """Give a site without a point that of its crash nearest their middle, if any has one.

    A network that is told by a table has no lines, but its crashes may have points.
    """
    known = points[np.isfinite(points).all(axis=1)]
    if math.isfinite(site.lon) or not len(known):
        return site
    middle = known.mean(axis=0)
    squeezed = (known - middle) * [math.cos(math.radians(float(middle[1]))), 1.0]
    lon, lat = known[int((squeezed**2).sum(axis=1).argmin())].tolist()
    return replace(site, lon=lon, lat=lat)
