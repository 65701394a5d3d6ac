"""A network of roads: stretches with their lines, km posts, class and traffic, and their versions.

A stretch is what a source tells in one row: a piece of one road that has one class, one traffic
volume, one speed limit. Its line runs in the direction of its km posts. Posts are nominal: between
two posts the way may be longer or shorter than they say, so a place on a stretch is found by shares
of its length. Where the posts of a road jump, a chainage equation tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo
from crashkit.roads import naming

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BOTH, FORWARD, BACKWARD = "both", "inc", "dec"
"""Whom a stretch carries: both directions, or one, with or against the km posts."""

TEXTS = ("road_key", "road_number", "road_name", "road_class", "area_type", "direction", "source")
NUMBERS = ("aadt", "speed_limit", "from_m", "to_m", "length_m")
DATES = ("valid_from", "valid_to")
COLUMNS = (*TEXTS, *NUMBERS, *DATES)
"""What is known of a stretch.

`road_key` is the road folded for comparison as that of a crash, "" where the road has neither
number nor name. `area_type` is "urban", "rural" or "". `source` is what its source calls it.
`aadt` is in vehicles a day, `speed_limit` in km/h, `from_m` and `to_m` are the km posts in whole
metres, the lower first, `length_m` is measured along the line, or told where there is none. Numbers
that are not known are NaN. A stretch stands from the day `valid_from` to the day `valid_to`, both
included; NaT is open.
"""

LEVEL = "level"
"""A further column that a source may tell: 0 on the ground, 1 on a bridge, -1 in a tunnel."""

CALLED = ("road_key", "road_number", "road_name")
EQUATION_COLUMNS = ("road_key", "back_m", "ahead_m")


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of n stretches, in degrees.

    `lonlat` has shape (vertices, 2); line i has the vertices `offsets[i]` to `offsets[i + 1]`, none
    where a stretch has no line.
    """

    lonlat: Floats
    offsets: Ints

    def __len__(self) -> int:
        return self.offsets.size - 1

    @classmethod
    def of(cls, lines: Sequence[Any]) -> Lines:
        """Lay out lines, each a sequence of (lon, lat), or None."""
        parts = [
            np.asarray(line, dtype=float).reshape(-1, 2) if line is not None else np.empty((0, 2))
            for line in lines
        ]
        offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        return cls(np.concatenate([np.empty((0, 2)), *parts]), offsets)

    def line(self, i: int) -> Floats:
        """Return the vertices of one line, shape (vertices, 2)."""
        return self.lonlat[self.offsets[i] : self.offsets[i + 1]]

    def keep(self, chosen: Ints) -> Lines:
        """Cut, and bring into another order."""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes) + np.arange(offsets[-1])
        return Lines(self.lonlat[rows], offsets)

    def turned(self, chosen: Flags) -> Lines:
        """Turn some lines round."""
        place = np.arange(len(self.lonlat))
        sizes = np.diff(self.offsets)
        back = np.repeat(self.offsets[:-1] + self.offsets[1:] - 1, sizes) - place
        return Lines(self.lonlat[np.where(np.repeat(chosen, sizes), back, place)], self.offsets)

    def measures_m(self) -> Floats:
        """Return for each vertex how far it is from the beginning of its line, on the ellipsoid."""
        steps = np.zeros(len(self.lonlat))
        if len(self.lonlat) > 1:
            lon, lat = self.lonlat[:, 0], self.lonlat[:, 1]
            steps[1:] = geo.distances_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
        sizes = np.diff(self.offsets)
        starts = self.offsets[:-1][sizes > 0]
        steps[starts] = 0.0
        total = np.cumsum(steps)
        return total - np.repeat(total[starts], sizes[sizes > 0])

    def lengths_m(self) -> Floats:
        """Return how long each line is on the ellipsoid; NaN where there is none."""
        found = np.full(len(self), np.nan)
        there = np.diff(self.offsets) > 0
        found[there] = self.measures_m()[self.offsets[1:][there] - 1]
        return found


def no_equations() -> pd.DataFrame:
    """Return no chainage equation."""
    made = pd.DataFrame({name: [] for name in EQUATION_COLUMNS})
    return made.astype({"road_key": object, "back_m": float, "ahead_m": float})


@dataclass(frozen=True, eq=False)
class Network:
    """Stretches of road (a frame of COLUMNS), their lines, and the chainage equations of roads.

    `equations` is a frame of EQUATION_COLUMNS: where a road that came to post `back_m` goes on from
    post `ahead_m`. `info` tells where it comes from: title, source, licence.
    """

    stretches: pd.DataFrame
    lines: Lines
    equations: pd.DataFrame = field(default_factory=no_equations)
    info: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.stretches) != len(self.lines):
            raise ValueError(f"{len(self.stretches)} stretches, {len(self.lines)} lines")

    def __len__(self) -> int:
        return len(self.stretches)

    def keep(self, chosen: Ints | Flags) -> Network:
        """Cut."""
        rows: Ints = np.arange(len(self), dtype=np.int64)[chosen]
        kept = self.stretches.iloc[rows].reset_index(drop=True)
        return replace(self, stretches=kept, lines=self.lines.keep(rows))

    def called(self) -> tuple[Ints, list[set[str]]]:
        """Return what stretches are called, folded: a number for each, and the names by number."""
        told = self.stretches[list(CALLED)]
        kinds: Ints = told.groupby(list(CALLED), sort=False).ngroup().to_numpy().astype(np.int64)
        different = told.drop_duplicates().itertuples(index=False)
        return kinds, [naming.called(*row) for row in different]

    def names(self) -> NDArray[np.object_]:
        """Return how people call the road of each stretch: by number, else by name, else ""."""
        told = self.stretches
        found: NDArray[np.object_] = (
            told["road_number"].where(told["road_number"] != "", told["road_name"]).to_numpy()
        )
        return found

    def stands_on(self, day: date) -> Flags:
        """Mark the stretches that stand on a day."""
        first, last = (self.stretches[name] for name in DATES)
        when = pd.Timestamp(day)
        found: Flags = (
            (first.isna() | (first <= when)) & (last.isna() | (last >= when))
        ).to_numpy()
        return found

    def on(self, day: date) -> Network:
        """Return the version of a day."""
        return self.keep(self.stands_on(day))

    def versions(self) -> tuple[date, ...]:
        """List the days on which something is new, or no more, in order."""
        first, last = (self.stretches[name].dropna() for name in DATES)
        days = {*first.dt.date, *(last + pd.Timedelta(days=1)).dt.date}
        return tuple(sorted(days))


def network(
    stretches: pd.DataFrame,
    lines: Lines,
    equations: pd.DataFrame | None = None,
    info: Mapping[str, str] | None = None,
) -> Network:
    """Make a network of what is known: missing columns are filled, lengths measured where not told.

    A stretch that was told from its higher post to its lower is turned round, with its line. A
    length that the source tells is kept where there is no line; on a line it is measured. Where
    there is neither, it is the distance between the posts.
    """
    made = pd.DataFrame(index=pd.RangeIndex(len(stretches)))
    given = stretches.reset_index(drop=True)
    for name in TEXTS:
        made[name] = given[name].fillna("") if name in given else ""
        made[name] = made[name].astype(object)
    for name in NUMBERS:
        made[name] = pd.to_numeric(given[name]).astype(float) if name in given else np.nan
    for name in DATES:
        made[name] = pd.to_datetime(given[name]) if name in given else pd.NaT
        made[name] = made[name].astype("datetime64[s]")
    made["direction"] = made["direction"].replace("", BOTH)
    falling = (made["to_m"] < made["from_m"]).to_numpy()
    made.loc[falling, ["from_m", "to_m"]] = made.loc[falling, ["to_m", "from_m"]].to_numpy()
    lines = lines.turned(falling)
    posts = made["to_m"] - made["from_m"]
    made["length_m"] = pd.Series(lines.lengths_m()).fillna(made["length_m"]).fillna(posts)
    made = made[list(COLUMNS)]
    if LEVEL in given:
        made = made.assign(**{LEVEL: pd.to_numeric(given[LEVEL]).astype(float)})
    return Network(
        made,
        lines,
        no_equations() if equations is None else equations.reset_index(drop=True),
        info or {},
    )
