"""Places along roads with crashes at them, made from counts: for tests of measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from made_crashes import made

from crashkit import peers
from crashkit.model import CrashData, Site
from crashkit.peers import Reference
from crashkit.sites import Sites

KM = 1000
NOTHING = {"severity": "slight", "crash_type": "pedestrian", "n_killed": 0}


def places(
    counts: Sequence[int],
    *,
    lengths_m: Sequence[int] | None = None,
    groups: Sequence[str] | None = None,
    aadt: Sequence[float | None] | None = None,
) -> Sites:
    """Return places of 1 km, if not told, with so many crashes each; their ids count from 1."""
    ends = np.cumsum([1, *counts]).tolist()
    return Sites.of(
        [
            Site(
                id=f"P{i}",
                place="",
                lon=70.0 + i / 100,
                lat=40.0,
                crash_ids=tuple(range(ends[i], ends[i + 1])),
                road="M39",
                from_m=0 if lengths_m is None or lengths_m[i] else None,
                to_m=KM if lengths_m is None else lengths_m[i] or None,
                group=groups[i] if groups else "",
                aadt=aadt[i] if aadt else None,
            )
            for i in range(len(counts))
        ]
    )


def crashes(counts: Sequence[int], **columns: Any) -> CrashData:
    """Return the crashes of those places, all alike, or with a list of values for a field."""
    n = sum(counts)
    rows: list[dict[str, Any]] = [{} for _ in range(n)]
    for name, told in columns.items():
        values = told if isinstance(told, list) else [told] * n
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    return made(rows) if rows else made([NOTHING]).keep(np.zeros(1, dtype=bool))


def prior(mean: float, k: float, *, years: float = 3.0, per: str = "km") -> Reference:
    """Return peers of 40 places that have `mean` crashes a unit in the period, and differ by k."""
    return Reference({}, peers.PeerClass(mean / years, k, 40, 400), per, years)
