"""Strip charts: the crashes of a road by kilometre and severity, with the sites that were found.

A list of sites does not show whether they lie side by side or far apart, nor what lies between
them; a strip of the road does. Its kilometres are those of the km posts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import filters, geo, screening
from crashkit.chainage import SEVERITIES, Mark, settlements
from crashkit.columnar import levels_of
from crashkit.model import CrashData, Finding, ScreeningResult
from crashkit.roads import along
from crashkit.roads.placing import Placed, Rules
from crashkit.screening import parts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STEPS_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""How long a bar may be; the shortest is taken with which a road has not too many."""
SHORT_KM, SHORT_STEP_KM = 20.0, 0.5
"""A road so short has bars so long."""
MOST_BARS = 500


@dataclass(frozen=True)
class Bar:
    """A part of a road, in km, with its crashes by severity, worst first as in SEVERITIES."""

    from_km: float
    to_km: float
    counts: tuple[int, ...]

    @property
    def crashes(self) -> int:
        """All crashes of the part."""
        return sum(self.counts)

    @property
    def per_km(self) -> float:
        """Crashes for each kilometre."""
        return self.crashes / (self.to_km - self.from_km)


@dataclass(frozen=True)
class Band:
    """A site on its road: its position in the list from 1, and the finding itself."""

    position: int
    finding: Finding
    from_km: float
    to_km: float


@dataclass(frozen=True)
class Strip:
    """A road with sites: its bars from end to end, the sites as bands, settlements.

    `label` also tells apart the parts of a road whose posts start anew.
    """

    label: str
    road: str
    step_km: float
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]

    @property
    def from_km(self) -> float:
        """Where the strip begins."""
        return self.bars[0].from_km

    @property
    def to_km(self) -> float:
        """Where it ends."""
        return self.bars[-1].to_km

    @property
    def crashes(self) -> int:
        """All crashes of the strip."""
        return sum(one.crashes for one in self.bars)


@dataclass(frozen=True, eq=False)
class _Line:
    """The crashes of one road: their km posts in metres, severity classes, settlements."""

    label: str
    road: str
    at_m: Floats
    severity: Ints
    place: NDArray[np.object_]


def strips(
    data: CrashData, result: ScreeningResult, roads: Placed | None = None
) -> tuple[Strip, ...]:
    """Return the roads on which sites were found, that of the worst site first.

    `data` are those that were screened, all of them: the bars have the crashes that any part of
    the rule looks at. `roads` is where they are on a network, for lists that looked along one.
    Sites without km posts are on no strip.
    """
    bands = [
        (position, one)
        for position, one in enumerate(result.findings, 1)
        if one.site.from_m is not None and one.site.to_m is not None
    ]
    if not bands:
        return ()
    part = screening.looked_at(result.asked, data)
    lines = {one.label: one for one in _lines(part, roads)}
    by_road: dict[str, str] = {}
    for label, line in lines.items():
        by_road.setdefault(line.road, label)
    on: dict[str, list[tuple[int, Finding]]] = {}
    for position, one in bands:
        told = one.site.id.rpartition(":")[0]
        label = told if told in lines else by_road.get(one.site.road, "")
        if label:
            on.setdefault(label, []).append((position, one))
    return tuple(_strip(lines[label], found) for label, found in on.items())


def _lines(part: CrashData, roads: Placed | None) -> Iterator[_Line]:
    """Yield the roads with the crashes on them, by the network or by what the crashes tell."""
    if roads is not None and roads.snapped is not None:
        ids, road, at_m, labels, names = _on_network(part, roads)
    else:
        found = geo.on_roads(geo.labelled(part, by_province=parts.posts_by_province(part)))
        ids, road, at_m = found.ids, found.road, found.at_m.astype(float)
        labels, names = found.labels, found.names
    rows = _rows(part, ids)
    severity, place = _severity(part)[rows], _words(part, "place")[rows]
    for number, (label, name) in enumerate(zip(labels, names, strict=True)):
        here = road == number
        if here.any():
            yield _Line(label, name, at_m[here], severity[here], place[here])


def _on_network(
    part: CrashData, roads: Placed
) -> tuple[Ints, Ints, Floats, Sequence[str], Sequence[str]]:
    """Return ids, number of the road and post of the crashes on a network, and its names."""
    lines = along.lined_up(part, roads, together=True, alike=False, rules=Rules(apart=False))
    made = lines.strips
    stretch, share = made.at(lines.strip, lines.at_m.astype(float))
    posts = made.routes.posts_m(stretch, share)
    at_m = np.where(np.isfinite(posts), posts, lines.at_m)
    firsts = made.order[np.searchsorted(made.strip, np.arange(len(made)))]
    keys = made.routes.network.stretches["road_key"].to_numpy()[firsts]
    labels = [str(one) for one in along.labels(made)]
    return lines.ids, lines.strip, at_m, labels, [str(one) for one in keys]


def _rows(part: CrashData, ids: Ints) -> Ints:
    order = np.argsort(part.crash_ids, kind="stable")
    found: Ints = order[np.searchsorted(part.crash_ids, ids, sorter=order)].astype(np.int64)
    return found


def _severity(part: CrashData) -> Ints:
    """Return the place of each crash's severity in SEVERITIES."""
    place = {code: i for i, code in enumerate(SEVERITIES)}
    words = _words(part, "severity")
    return np.array([place.get(str(word), len(SEVERITIES) - 1) for word in words], dtype=np.int64)


def _words(part: CrashData, name: str) -> NDArray[np.object_]:
    if name not in part.crashes.columns:
        return np.full(len(part), "", dtype=object)
    column = part.crashes[name].astype(object)
    found: NDArray[np.object_] = column.where(column.notna(), "").to_numpy()
    return found


def _strip(line: _Line, found: Sequence[tuple[int, Finding]]) -> Strip:
    sites = [one.site for _, one in found]
    ends = [*line.at_m.tolist(), *(float(m) for s in sites for m in (s.from_m or 0, s.to_m or 0))]
    low, high = min(ends) / 1000, max(ends) / 1000
    step = next((one for one in STEPS_KM if (high - low) / one <= MOST_BARS), STEPS_KM[-1])
    if high - low <= SHORT_KM:
        step = SHORT_STEP_KM
    return Strip(
        label=line.label,
        road=line.road,
        step_km=step,
        bars=_bars(line, low, high, step),
        bands=tuple(
            Band(position, one, (one.site.from_m or 0) / 1000, (one.site.to_m or 0) / 1000)
            for position, one in found
        ),
        marks=settlements(levels_of(pd.Series(line.place).replace("", None)), line.at_m / 1000),
    )


def _bars(line: _Line, low: float, high: float, step: float) -> tuple[Bar, ...]:
    """Cut a road at whole multiples of the step; parts without crashes are there, too."""
    metres = round(step * 1000)
    first = math.floor(round(low * 1000) / metres)
    several = max(math.floor(round(high * 1000) / metres) - first + 1, 1)
    place = np.floor(np.rint(line.at_m) / metres).astype(np.int64) - first
    counts = np.zeros((several, len(SEVERITIES)), dtype=np.int64)
    np.add.at(counts, (place, line.severity), 1)
    return tuple(
        Bar((first + i) * metres / 1000, (first + i + 1) * metres / 1000, tuple(row))
        for i, row in enumerate(counts.tolist())
    )


def as_document(found: Sequence[Strip]) -> dict[str, Any]:
    """Return strips as one JSON document: each road with its bars, sites and settlements."""
    return {
        "severities": [one or filters.UNKNOWN for one in SEVERITIES],
        "roads": [
            {
                "road": one.label,
                "step_km": one.step_km,
                "crashes": one.crashes,
                "bars": [
                    {"from_km": bar.from_km, "to_km": bar.to_km, "counts": list(bar.counts)}
                    for bar in one.bars
                ],
                "sites": [
                    {
                        "position": band.position,
                        "rank": band.finding.rank,
                        "from_km": band.from_km,
                        "to_km": band.to_km,
                        "crashes": len(band.finding.site.crash_ids),
                    }
                    for band in one.bands
                ],
                "settlements": [{"name": mark.name, "km": mark.at_km} for mark in one.marks],
            }
            for one in found
        ],
    }
