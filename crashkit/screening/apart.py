"""Keep sites apart: the worst first, then what it leaves of the places it touches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo, kernels
from crashkit.errors import Message
from crashkit.model import CrashData, Progress, no_progress
from crashkit.sites import Scores, Sites

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Scored:
    """Places with what a measure says of them."""

    sites: Sites
    scores: Scores

    def __len__(self) -> int:
        return len(self.sites)

    def take(self, rows: NDArray[np.int64]) -> Scored:
        """Cut, or put in another order."""
        return Scored(self.sites.take(rows), self.scores.take(rows))

    def joined(self, more: Scored) -> Scored:
        """Return these places and more."""
        return Scored(self.sites.joined(more.sites), self.scores.joined(more.scores))

    def worst_first(self) -> Scored:
        """Put the worst first; of equals the one with more crashes, then from west to east."""
        sites = self.sites
        lon, lat = (np.nan_to_num(sites.numbers(name)) for name in ("lon", "lat"))
        roads = pd.factorize(sites.words("road").astype(object), sort=True)[0]
        from_m = np.nan_to_num(sites.numbers("from_m"))
        keys = (lat, lon, from_m, roads, -sites.counts, -self.scores.values)
        order = np.lexsort(keys)
        alike = np.logical_and.reduce([key[order[1:]] == key[order[:-1]] for key in keys])
        twins = np.unique(order[np.flatnonzero(alike)[:, None] + [0, 1]])
        if twins.size:
            # Names are slow to write for half a million windows, and hardly ever decide.
            names = np.zeros(len(self), dtype=np.int64)
            names[twins] = pd.factorize(sites.take(twins).names(), sort=True)[0]
            order = np.lexsort((names, *keys))
        return self.take(order)


def keep_apart(
    again: Callable[[CrashData], Scored],
    data: CrashData,
    *,
    overlaps: bool,
    anew: bool,
    progress: Progress = no_progress,
) -> Scored:
    """Keep the worst sites, cut what is left of those they touch anew, until nothing passes.

    Where the place is not cut `anew`, what touches a worse site is left out.
    """
    kept = found = again(data).worst_first()
    if not overlaps or not len(found):
        return found
    kept, left = _split(found)
    while anew and len(left):
        progress(len(kept) / (len(kept) + len(left)), Message("Keeping sites apart"))
        found = again(_rest(data, kept.sites, left.sites)).worst_first()
        if not len(found):
            break
        best, left = _split(found)
        kept = kept.joined(best)
    return kept.worst_first()


def _split(found: Scored) -> tuple[Scored, Scored]:
    """Part sites, worst first, into those that share no crash with a worse one, and the others."""
    members = found.sites.crash_ids
    lowest = int(members.min(initial=0))
    size = int(members.max(initial=0)) - lowest + 1
    free = kernels.keep_apart(found.sites.offsets, members - lowest, size)
    return found.take(np.flatnonzero(free)), found.take(np.flatnonzero(~free))


def _rest(data: CrashData, kept: Sites, left: Sites) -> CrashData:
    """Return the crashes of the sites that lost some to a worse one, roads broken at the worse."""
    ids = data.crashes["id"].to_numpy()
    crashes = data.crashes[np.isin(ids, left.crash_ids) & ~np.isin(ids, kept.crash_ids)]
    broken = _breaks(crashes, _starts(data, kept))
    return data.replace(crashes=crashes.assign(**{geo.BROKEN: broken}).reset_index(drop=True))


def _starts(data: CrashData, kept: Sites) -> pd.DataFrame:
    """Return where the kept sites begin, by the label of their road and the metre."""
    along = np.flatnonzero(np.isfinite(kept.numbers("from_m")))
    # One number may be a road in each province: the label of a crash tells which it is.
    firsts = pd.Index(data.crashes["id"]).get_indexer(kept.crash_ids[kept.offsets[along]])
    labels = data.crashes[geo.LABEL].to_numpy()[firsts]
    return pd.DataFrame({"road": labels, "at": kept.numbers("from_m")[along]})


def _breaks(crashes: pd.DataFrame, starts: pd.DataFrame) -> Ints:
    """Return for each crash how many kept sites begin before it on its road."""
    # Windows on a network lie along roads of crashes that may name no km post.
    if starts.empty or "chainage_km" not in crashes.columns:
        return np.zeros(len(crashes), dtype=np.int64)
    roads = pd.Index(sorted(set(starts["road"])))
    code = roads.get_indexer(crashes[geo.LABEL].astype(object))
    at_m = np.rint(crashes["chainage_km"].to_numpy(dtype=float) * 1000)
    far = 1e9
    lines = np.sort(roads.get_indexer(starts["road"]) * far + starts["at"].to_numpy(dtype=float))
    passed: Ints = np.searchsorted(lines, code * far + at_m).astype(np.int64)
    return passed
