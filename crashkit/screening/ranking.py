"""Rank sites, count their crashes and people, and say where they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, stats
from crashkit.model import (
    SEVERITIES,
    CrashData,
    Finding,
    Score,
    Site,
)

Ints = NDArray[np.int64]
Scored = tuple[Site, Score]


PEOPLE = {"killed": "n_killed", "injured": "n_injured"}


def rank(kept: list[Scored], data: CrashData) -> tuple[Finding, ...]:
    """Return the sites, given worst first, with rank, counts, and names of place and road."""
    ranks = stats.competition_ranks(round(score.value, 9) for _, score in kept)
    counts = _counts([site for site, _ in kept], data)
    named = _named([site for site, _ in kept], data)
    return tuple(
        Finding(site, score, rank, count)
        for site, (_, score), rank, count in zip(named, kept, ranks, counts, strict=True)
    )


def _counts(sites: list[Site], data: CrashData) -> list[dict[str, int]]:
    """Return for each site its crashes by severity, and its people killed and injured."""
    crashes = data.crashes.sort_values("id")
    columns: dict[str, NDArray[Any]] = {"crashes": np.ones(len(crashes))}
    if "severity" in crashes.columns:
        severity = crashes["severity"].astype(object).fillna("unknown").to_numpy()
        columns |= {code: severity == code for code in SEVERITIES}
    for name, column in PEOPLE.items():
        if column in crashes.columns:
            columns[name] = crashes[column].fillna(0).to_numpy(dtype=float)
    values = np.column_stack([column.astype(float) for column in columns.values()])
    groups = [site.crash_ids for site in sites]
    sums = stats.sum_groups(groups, crashes["id"].to_numpy(dtype=np.int64), values)
    return [dict(zip(columns, map(int, row), strict=True)) for row in np.rint(sums).tolist()]


def _named(sites: list[Site], data: CrashData) -> list[Site]:
    """Give each site the settlement or district, and the road, that most of its crashes name."""
    crashes = data.crashes.sort_values("id")
    ids = crashes["id"].to_numpy()
    texts = {
        name: crashes[name].astype(object).fillna("").to_numpy()
        for name in ("place", "admin2", "admin1", "road_key")
        if name in crashes.columns
    }
    return [_name(site, np.searchsorted(ids, site.crash_ids), texts) for site in sites]


def _name(site: Site, rows: Ints, texts: Mapping[str, NDArray[Any]]) -> Site:
    common = {name: geo.most_common(column[rows].tolist()) for name, column in texts.items()}
    area = common.get("place") or common.get("admin2") or common.get("admin1") or ""
    return replace(site, place=area, road=site.road or common.get("road_key", ""))
