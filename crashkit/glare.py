"""Crashes with a low sun: against the same hours of other seasons, and ahead against behind.

The clock goes on through the year and the sun does not keep to it: at one hour of the clock it is
low in some seasons and high in others. So an hour is compared with itself, and whoever drives at
that hour with whoever drives at it in another season. Who drives towards the low sun is compared
with who drives away from it, by how both share the same hours when the sun is high.

Source: Mitra 2014, Safety Science 70: 246-254, compares crashes towards the morning and evening sun
with others; the low sun and what is ahead are told in daylight.toml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit import daylight, filters, sun
from crashkit.model import CrashData, CutData
from crashkit.roads import linear
from crashkit.roads.placing import Placed
from crashkit.roads.snapping import Snapped
from crashkit.trends import strata
from crashkit.trends.strata import Odds, Stratified

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOURS = 24
CELL_DEG = 5.0
"""The sun is asked at the middle of cells so wide: it is ten minutes off at most."""
STEP_SHARE = 1e-3
"""A road leads where this share of its stretch before and behind a crash leads."""


class Hour(NamedTuple):
    """An hour of the clock: crashes and days with a low sun, and with a high one."""

    hour: int
    low: int
    low_days: int
    high: int
    high_days: int


@dataclass(frozen=True, eq=False)
class Season:
    """Crashes of an hour with a low sun against the same hours with a high one.

    `found` compares within hour, year and cell; `hours` are those with both kinds of sun. `days`
    are those of a place: with several cells a day counts in each.
    """

    found: Stratified
    hours: tuple[Hour, ...]


@dataclass(frozen=True)
class Turned:
    """Crashes of vehicles towards and away from the sun, while it is low and while it is high.

    `odds` compares both within hours of the clock; `unknown` are crashes with a low sun of which
    nobody knows where the vehicle went.
    """

    ahead: int
    behind: int
    odds: Odds
    unknown: int


def low_sun() -> tuple[float, float]:
    """Return from which height to which the sun is low, in degrees."""
    book = daylight.known()["low_sun"]
    return float(book["from_deg"]), float(book["to_deg"])


# ------------------------------------------------------------ the same hours of other seasons


def by_season(data: CrashData, told: str = daylight.BY_COUNTRY) -> Season:
    """Compare each hour of the clock with a low sun with the same hour with a high one.

    What is counted are crashes of a known day, hour and place; days of the period without any
    count too.
    """
    grid = _grid(data.whole if isinstance(data, CutData) else data, told)
    at: Ints = data.each("hour of the days by cell", lambda whole: _places(whole, _cells(whole)))
    events = np.bincount(at[at >= 0], minlength=grid.height.size).reshape(grid.height.shape)
    chosen = np.zeros(grid.days.size, dtype=bool)
    for start, end in data.period.stretches:
        chosen |= (grid.days >= start.toordinal() - _EPOCH) & (
            grid.days <= end.toordinal() - _EPOCH
        )
    events, height, days = events[:, chosen], grid.height[:, chosen], grid.days[chosen]
    first, last = low_sun()
    low, high = (height > first) & (height < last), height >= last
    return Season(_compared(events, low, high, days), tuple(_hours(events, low, high)))


_EPOCH = daylight.EPOCH.toordinal()


class Grid(NamedTuple):
    """The days on which anything happened or could, and the height of the sun: cell, day, hour."""

    days: Ints
    height: Floats


class Cells(NamedTuple):
    """The cell of each crash (-1: not known), and the middle of the crashes of each."""

    cell: Ints
    middles: list[tuple[float, float]]


def _grid(whole: CrashData, told: str) -> Grid:
    """Work out the sun once for all days of the whole data."""

    def work(data: CrashData) -> Grid:
        days = _days(data)
        middles = _cells(data).middles
        found = [_heights(data, days, middle, told) for middle in middles]
        return Grid(days, np.array(found).reshape(len(middles), days.size, HOURS))

    found: Grid = whole.once(f"the sun by hours, {told}", work)
    return found


def _days(whole: CrashData) -> Ints:
    return np.arange(whole.period.start.toordinal(), whole.period.end.toordinal() + 1) - _EPOCH


def _cells(whole: CrashData) -> Cells:
    found: Cells = whole.once("cells of the sun", _find_cells)
    return found


def _places(whole: CrashData, cells: Cells) -> Ints:
    """Return the place of each crash in the grid of cells, days and hours; -1 where not known."""
    day, hour = daylight.day_numbers(whole), filters.numbers(whole, "hour")
    days = _days(whole)
    kept = np.isfinite(day) & np.isfinite(hour) & (cells.cell >= 0)
    kept &= (day >= days[0]) & (day <= days[-1])
    found = np.full(len(whole), -1, dtype=np.int64)
    at = cells.cell[kept] * days.size + day[kept].astype(np.int64) - days[0]
    found[kept] = at * HOURS + hour[kept].astype(np.int64)
    return found


def _find_cells(data: CrashData) -> Cells:
    lat, lon = (filters.numbers(data, name) for name in ("lat", "lon"))
    here = filters.located(data)
    cell = np.full(len(data), -1, dtype=np.int64)
    rows, columns = (np.floor(one[here] / CELL_DEG).astype(np.int64) for one in (lat, lon))
    _, found = np.unique(rows * 1000 + columns, return_inverse=True)
    cell[here] = found
    n = np.bincount(cell[here])
    means = [np.bincount(cell[here], one[here]) / n for one in (lat, lon)]
    return Cells(cell, list(zip(*(one.tolist() for one in means), strict=True)))


def _heights(data: CrashData, days: Ints, at: tuple[float, float], told: str) -> Floats:
    """Return how high the sun stands at half past each hour of the clock of each day."""
    hours = daylight.ahead(daylight.clock(data, told), days, np.full(days.size, at[1]))
    which_day = sun.day_of_year(days)
    found = np.empty((days.size, HOURS))
    leap = 10957  # 2000-01-01, a year of 366 days.
    for ahead in np.unique(hours):
        clock = (np.arange(HOURS) + 0.5 - ahead) / HOURS
        height, _ = sun.stands(leap + np.arange(366)[:, None] + clock[None, :], *at)
        chosen = hours == ahead
        found[chosen] = height[which_day[chosen]]
    return found


def _compared(events: Ints, low: Flags, high: Flags, days: Ints) -> Stratified:
    years = (days.astype("datetime64[D]").astype("datetime64[Y]")).astype(np.int64)
    year = np.broadcast_to((years - years.min())[None, :, None], low.shape)
    hour = np.broadcast_to(np.arange(HOURS)[None, None, :], low.shape)
    cell = np.broadcast_to(np.arange(low.shape[0])[:, None, None], low.shape)
    stratum = (cell * (int(year.max()) + 1) + year) * HOURS + hour
    asked = low | high
    number = stratum[asked].astype(np.int64)
    # Strata are numbered without holes: hours of the dark are in none.
    dense = np.cumsum(np.bincount(number) > 0) - 1
    return strata.ratio(events[asked], low[asked], dense[number])


def _hours(events: Ints, low: Flags, high: Flags) -> list[Hour]:
    sums = [one.sum(axis=(0, 1)).tolist() for one in (events * low, low, events * high, high)]
    return [
        Hour(hour, *numbers)
        for hour, numbers in enumerate(zip(*sums, strict=True))
        if numbers[1] and numbers[3]
    ]


# ----------------------------------------------------------------- ahead and behind


def by_direction(data: CrashData, headings: Floats, told: str = daylight.BY_COUNTRY) -> Turned:
    """Compare crashes towards the sun with crashes away from it, while it is low and high.

    `headings` are where the vehicle of each crash went, in degrees from north by east, NaN where
    nobody knows.
    """
    seen, hour = daylight.seen(data, told), filters.numbers(data, "hour")
    first, last = low_sun()
    low, high = (seen.height > first) & (seen.height < last), seen.height >= last
    apart = np.abs((seen.bearing - headings + 180) % 360 - 180)
    within = float(daylight.known()["low_sun"]["ahead_deg"])
    ahead, behind = apart <= within, apart >= 180 - within
    known = np.isfinite(hour) & (ahead | behind) & (low | high)
    tables = np.zeros((HOURS, 2, 2))
    where = hour[known].astype(np.int64), (~low[known]).astype(int), (~ahead[known]).astype(int)
    np.add.at(tables, where, 1)
    return Turned(
        ahead=int((low & ahead).sum()),
        behind=int((low & behind).sum()),
        odds=strata.odds(tables),
        unknown=int((low & ~np.isfinite(headings)).sum()),
    )


def headings(data: CrashData, placed: Placed | None) -> Floats:
    """Return where the vehicle of each crash went, in degrees from north by east.

    It went with or against the chainage of its road, whose line leads somewhere. NaN where the
    direction, the road or its posts are not known.
    """
    found = np.full(len(data), np.nan)
    levels = filters.levels(data, "direction")
    if placed is None or placed.snapped is None or levels is None:
        return found
    where = np.full(len(data), -1, dtype=np.int64)
    _, ours, theirs = np.intersect1d(data.crash_ids, placed.ids, return_indices=True)
    where[ours] = theirs
    sign = levels.numbers([{"inc": 1.0, "dec": -1.0}.get(one, np.nan) for one in levels.values])
    rows = np.flatnonzero((where >= 0) & np.isfinite(sign))
    rows = rows[placed.snapped.stretch[where[rows]] != linear.NOWHERE]
    leads = _leads(placed.snapped, where[rows])
    found[rows] = np.where(sign[rows] > 0, leads, leads + 180) % 360
    return found


def _leads(snapped: Snapped, rows: Ints) -> Floats:
    """Return where the chainage of its road leads at each crash; NaN where posts do not rise."""
    stretch, share = snapped.stretch[rows], snapped.share[rows]
    ends = [np.clip(share + step, 0, 1) for step in (-STEP_SHARE, STEP_SHARE)]
    (lon, lat), (to_lon, to_lat) = (
        linear.along(snapped.network.lines, stretch, end) for end in ends
    )
    east = (to_lon - lon) * np.cos(np.radians((lat + to_lat) / 2))
    line = np.degrees(np.arctan2(east, to_lat - lat))
    low, high = (snapped.network.stretches[name].to_numpy()[stretch] for name in ("from_m", "to_m"))
    turned = np.select([high > low, high < low], [0.0, 180.0], np.nan)
    return np.asarray((line + turned) % 360)
