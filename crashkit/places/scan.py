"""The most surprising stretches of roads: the scan statistic, with a level that holds for all.

Each road is cut into cells, and every window of cells up to a longest one is tried: how much more
likely are its crashes if it is worse than the rest of its road? Chance puts the crashes of each
road anew on its cells many times; a window must beat the largest ratio that chance brings forth
anywhere. So one false alarm in twenty lists is what is accepted, however many windows there are and
however they overlap. That cells differ without any hotspot is part of chance. It has little power:
it confirms, it does not search. Its strength is 1 less the chance.

Source: Kulldorff 1997, Communications in Statistics, Theory and Methods 26: 1481-1496; reference
methods, section 2.5 (scan).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit import geo, peers, spatial
from crashkit.method import Place, number, word
from crashkit.model import CrashData
from crashkit.roads.placing import Placed
from crashkit.sites import Floats, Ints, Sites, offsets_of


@dataclass(frozen=True)
class Params:
    """How fine cells are, how long a window may be, how often chance is drawn, how sure one is."""

    length_m: float = number(1000, label="Longest window", unit="m", low=100, high=20000)
    cell_m: float = number(100, label="Length of a cell", unit="m", low=20, high=5000)
    spread: str = word("peers", label="Cells differ without any hotspot", choices=["peers", "no"])
    draws: float = number(199, label="Draws of chance", low=99, high=9999)
    level: float = number(0.05, label="Chance of any false alarm accepted", low=0.001, high=1)


def cut(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return the windows beyond chance, the most surprising first; none overlap."""
    cells = _cells(data, params)
    if not len(cells):
        return Sites.of([])
    # The spread is that of all cells, so a hotspot on a short road is part of it.
    spread = peers.fit(cells, per="km", years=data.period.years).every.k
    found = spatial.scan(
        cells.counts,
        cells.length_m,
        longest=max(1, int(params.length_m // params.cell_m)),
        roads=cells.numbers("line"),
        k=spread if params.spread == "peers" else 0.0,
        draws=int(params.draws),
        alpha=params.level,
    )
    first = np.array([one.first for one in found], dtype=np.int64)
    last = np.array([one.end - 1 for one in found], dtype=np.int64)
    return _joined(cells, first, last, np.array([1 - one.p for one in found]))


def partition(data: CrashData, params: Params, roads: Placed | None = None) -> Sites:
    """Return sections as long as the longest window: windows are picked, so they are no peers."""
    return geo.sections(geo.on_roads(data), int(params.length_m), empty=True)


def _cells(data: CrashData, params: Params) -> Sites:
    """Return the cells, road by road and along each."""
    cells = geo.sections(geo.on_roads(data), int(params.cell_m), empty=True)
    return cells.take(np.lexsort((cells.numbers("along_m"), cells.numbers("line"))))


def _joined(cells: Sites, first: Ints, last: Ints, strength: Floats) -> Sites:
    """Return windows from a first cell to a last one, with the crashes of all between."""
    begin, end = cells.offsets[first], cells.offsets[last + 1]
    offsets = offsets_of(end - begin)
    inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], end - begin)
    low, high = cells.numbers("from_m")[first], cells.numbers("to_m")[last]
    lon, lat = (_middle(cells.numbers(name), first, last) for name in ("lon", "lat"))
    roads = cells.words("road")[first]
    columns = {
        "road": roads,
        "group": cells.words("group")[first],
        "from_m": low,
        "to_m": high,
        "lon": lon,
        "lat": lat,
        "strength": strength,
    }
    # The id of a cell begins with the label of its road, which tells provinces apart.
    labels = [cells.named(int(at)).rsplit(":", 1)[0] for at in first.tolist()]
    return Sites(
        offsets,
        cells.crash_ids[np.repeat(begin, end - begin) + inside],
        columns,
        lambda i: f"{labels[i]}:{low[i]:.0f}-{high[i]:.0f}",
    )


def _middle(values: Floats, first: Ints, last: Ints) -> Floats:
    """Return the mean of what is known between two cells; NaN where nothing is."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    n = counts[last + 1] - counts[first]
    found: Floats = np.where(n > 0, (sums[last + 1] - sums[first]) / np.maximum(n, 1), np.nan)
    return found


PLACE = Place(
    name="scan",
    title="The most surprising stretches of roads (scan statistic)",
    cut=cut,
    params=Params,
    overlaps=False,
    needs=("chainage",),
    partition=partition,
)
