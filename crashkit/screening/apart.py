"""Keep sites apart: the worst first, then what it leaves of the places it touches."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo, kernels, stats
from crashkit.errors import Message
from crashkit.model import (
    CrashData,
    Progress,
    Score,
    Site,
)

Ints = NDArray[np.int64]
Scored = tuple[Site, Score]


def keep_apart(
    again: Callable[[CrashData], list[Scored]],
    data: CrashData,
    *,
    overlaps: bool,
    anew: bool,
    progress: Progress,
) -> list[Scored]:
    """Keep the worst sites, cut what is left of those they touch anew, until nothing passes.

    Where the place is not cut `anew`, what touches a worse site is left out.
    """
    found = sorted(again(data), key=_worst_first)
    kept: list[Scored] = []
    while found:
        best, left = _split(found) if overlaps else (found, [])
        kept += best
        progress(0.5 + 0.4 * len(kept) / (len(kept) + len(left)), Message("Keeping sites apart"))
        if not left or not anew:
            break
        found = sorted(again(_rest(data, kept, left)), key=_worst_first)
    return sorted(kept, key=_worst_first)


def _worst_first(scored: Scored) -> tuple[float, int, str, int, float, float, str]:
    site, score = scored
    lon, lat = (value if math.isfinite(value) else 0.0 for value in (site.lon, site.lat))
    return (-score.value, -len(site.crash_ids), site.road, site.from_m or 0, lon, lat, site.id)


def _split(found: list[Scored]) -> tuple[list[Scored], list[Scored]]:
    """Part sites, worst first, into those that share no crash with a worse one, and the others."""
    offsets, members = stats.flatten([site.crash_ids for site, _ in found])
    lowest, highest = int(members.min()), int(members.max())
    free = kernels.keep_apart(offsets, members - lowest, highest - lowest + 1).tolist()
    pairs = list(zip(found, free, strict=True))
    return [one for one, is_free in pairs if is_free], [
        one for one, is_free in pairs if not is_free
    ]


def _rest(data: CrashData, kept: list[Scored], left: list[Scored]) -> CrashData:
    """Return the crashes of the sites that lost some to a worse one, roads broken at the worse."""
    taken = stats.flatten([site.crash_ids for site, _ in kept])[1]
    wanted = stats.flatten([site.crash_ids for site, _ in left])[1]
    ids = data.crashes["id"].to_numpy()
    mask = np.isin(ids, wanted) & ~np.isin(ids, taken)
    crashes = data.crashes[mask]
    broken = _breaks(crashes, _starts(data, [site for site, _ in kept if site.from_m is not None]))
    return data.replace(crashes=crashes.assign(**{geo.BROKEN: broken}).reset_index(drop=True))


def _starts(data: CrashData, kept: list[Site]) -> pd.DataFrame:
    """Return where the kept sites begin, by the label of their road and the metre."""
    if not kept:
        return pd.DataFrame({"road": [], "at": []})
    # One number may be a road in each province: the label of a crash tells which it is.
    firsts = pd.Index(data.crashes["id"]).get_indexer([site.crash_ids[0] for site in kept])
    labels = data.crashes[geo.LABEL].to_numpy()[firsts]
    return pd.DataFrame({"road": labels, "at": [site.from_m for site in kept]})


def _breaks(crashes: pd.DataFrame, starts: pd.DataFrame) -> Ints:
    """Return for each crash how many kept sites begin before it on its road."""
    if starts.empty:
        return np.zeros(len(crashes), dtype=np.int64)
    roads = pd.Index(sorted(set(starts["road"])))
    code = roads.get_indexer(crashes[geo.LABEL].astype(object))
    at_m = np.rint(crashes["chainage_km"].to_numpy(dtype=float) * 1000)
    far = 1e9
    lines = np.sort(roads.get_indexer(starts["road"]) * far + starts["at"].to_numpy(dtype=float))
    passed: Ints = np.searchsorted(lines, code * far + at_m).astype(np.int64)
    return passed
