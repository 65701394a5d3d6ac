"""What the sun did at each crash: day, twilight or night, by its place and its country's clock.

The clock is that of the country, from the IANA time zone database, or one that the user tells.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, sun
from crashkit.errors import Message
from crashkit.model import CrashData, Period

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BY_COUNTRY = "country"
"""The clock of the country; another word is one of TOLD."""
BY_SUN = "sun"
"""Whole hours by longitude, where no law is known. Also what a country without a zone gets."""
TOLD: Mapping[str, float] = {
    f"utc{hours:g}": hours
    for hours in sorted((*map(float, range(-11, 15)), -9.5, -3.5, 3.5, 4.5, 5.5, 5.75, 6.5, 9.5))
}
"""Hours ahead of UTC that can be told."""

STATES: Mapping[str, Message] = {
    "day": Message("Sun up"),
    "twilight": Message("Civil twilight"),
    "night": Message("Night"),
}
DAY, TWILIGHT, NIGHT = range(3)
UNKNOWN = -1
STEP_MINUTES = 10
EPOCH = date(1970, 1, 1)


@cache
def known() -> dict[str, Any]:
    """Return the zones of countries and the low sun: `daylight.toml`."""
    text = resources.files("crashkit").joinpath("daylight.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, eq=False)
class Seen:
    """What the sun did at each crash, in degrees and as a place in STATES (-1: not known).

    `guessed` marks crashes without coordinates that stand at the middle of their district, or of
    the data where `far` is true; `hourly` those of which only the hour is known: its middle counts.
    """

    height: NDArray[np.float32]
    bearing: NDArray[np.float32]
    state: NDArray[np.int8]
    guessed: NDArray[np.bool_]
    far: NDArray[np.bool_]
    hourly: NDArray[np.bool_]

    def take(self, rows: NDArray[Any]) -> Seen:
        """Return what was seen at some of the crashes."""
        return Seen(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Clock:
    """How far the clock is ahead of UTC: fixed `hours`, or by `zones` from west to east."""

    hours: float | None
    zones: tuple[tuple[ZoneInfo, float], ...] = ()

    @property
    def message(self) -> Message:
        """Which clock it is, in words."""
        if self.zones:
            names = [zone.key for zone, _ in self.zones]
            return Message("Times are read as those of the clock of {zones}.", {"zones": names})
        if self.hours is None:
            return Message(
                "The clock of this country is not known: times are read as whole hours by "
                "longitude (15 degrees each). Choose the clock if it is another one."
            )
        return Message(
            "Times are read as those of a clock {hours} hours ahead of UTC, as you chose.",
            {"hours": self.hours},
        )


def clock(data: CrashData, told: str = BY_COUNTRY) -> Clock:
    """Return the clock of the data, or the one that was told (one of TOLD)."""
    if told in TOLD:
        return Clock(TOLD[told])
    try:
        zones = known()["zones"].get(_country(data), ()) if told == BY_COUNTRY else ()
        return Clock(None, tuple((ZoneInfo(name), float(west)) for name, west in zones))
    except ZoneInfoNotFoundError:
        return Clock(None)


def _country(data: CrashData) -> str:
    if data.dataset is not None and data.dataset.country:
        return data.dataset.country
    levels = filters.levels(data, "country")
    if levels is None or not levels.values:
        return ""
    return levels.values[int(np.argmax(levels.counts()[1:]))]


def ahead(which: Clock, days: Ints, lon: Floats) -> Floats:
    """Return how many hours the clock is ahead of UTC at noon of each day (since 1970) there."""
    if which.hours is not None:
        return np.full(len(days), which.hours)
    if not which.zones:
        return np.asarray(np.round(lon / 15))
    distinct, place = np.unique(days, return_inverse=True)
    noons = [datetime.fromordinal(EPOCH.toordinal() + int(day)) for day in distinct.tolist()]
    found = np.empty((len(which.zones), len(days)))
    for row, (zone, _) in enumerate(which.zones):
        hours = [
            (noon.replace(hour=12, tzinfo=zone).utcoffset() or timedelta()).total_seconds() / 3600
            for noon in noons
        ]
        found[row] = np.array(hours)[place]
    wests = [west for _, west in which.zones]
    which_zone = np.clip(np.searchsorted(wests, lon, side="right") - 1, 0, len(wests) - 1)
    return np.asarray(found[which_zone, np.arange(len(days))])


# ----------------------------------------------------------------- crashes


def seen(data: CrashData, told: str = BY_COUNTRY) -> Seen:
    """Return what the sun did at each crash."""
    found: Seen = data.each(f"sun by {told} {_country(data)}", lambda whole: _seen(whole, told))
    return found


def _seen(data: CrashData, told: str) -> Seen:
    lat, lon, guessed, far = _places(data)
    days, hours, hourly = _days(data), *_hours(data)
    there = np.isfinite(days) & np.isfinite(hours) & np.isfinite(lat)
    # Whatever is not known is worked out for a day that is, and left out below.
    whole_days = np.where(there, days, 0).astype(np.int64)
    utc = days + (hours - ahead(clock(data, told), whole_days, np.where(there, lon, 0.0))) / 24
    height, bearing = sun.stands(utc, lat, lon)
    state = np.select(
        [~np.isfinite(height), height >= sun.RISEN_DEG, height >= sun.TWILIGHT_DEG],
        [UNKNOWN, DAY, TWILIGHT],
        NIGHT,
    )
    return Seen(
        height.astype(np.float32),
        bearing.astype(np.float32),
        state.astype(np.int8),
        guessed & there,
        far & there,
        hourly & there,
    )


def _places(data: CrashData) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return latitude and longitude, and which of them are middles: of districts, of all."""
    lat, lon = filters.numbers(data, "lat").copy(), filters.numbers(data, "lon").copy()
    here = np.isfinite(lat) & np.isfinite(lon)
    none = np.zeros(len(data), dtype=bool)
    if not here.any():
        return np.full(len(data), np.nan), np.full(len(data), np.nan), none, none
    guessed, far = ~here, none
    levels = filters.levels(data, "admin2")
    middle_lat, middle_lon = (np.full(len(data), np.nan) for _ in range(2))
    if levels is not None:
        codes = levels.codes.astype(np.intp) + 1
        size = len(levels.values) + 1
        count = np.bincount(codes[here], minlength=size)
        with np.errstate(invalid="ignore"):
            means = [
                np.bincount(codes[here], one[here], minlength=size) / count for one in (lat, lon)
            ]
        named = codes > 0
        middle_lat, middle_lon = (np.where(named, mean[codes], np.nan) for mean in means)
    far = guessed & ~np.isfinite(middle_lat)
    for one, middle in ((lat, middle_lat), (lon, middle_lon)):
        mean = float(one[here].mean())
        one[guessed] = np.where(np.isfinite(middle), middle, mean)[guessed]
    return lat, lon, guessed, far


def _days(data: CrashData) -> Floats:
    """Return the day of each crash since 1970; NaN where it is not known to the day."""
    levels = filters.levels(data, "crash_date")
    if levels is None:
        return np.full(len(data), np.nan)
    first = EPOCH.toordinal()
    days = levels.numbers([date.fromisoformat(one).toordinal() - first for one in levels.values])
    precision = filters.levels(data, "date_precision")
    if precision is None:
        return days
    exact = precision.look_up([one == "day" for one in precision.values], missing=True)
    return np.where(exact, days, np.nan)


def day_numbers(data: CrashData) -> Floats:
    """Return the day of each crash since 1970; NaN where it is not known to the day."""
    found: Floats = data.each("day since 1970", _days)
    return found


def _hours(data: CrashData) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the time of each crash in hours, and where only the hour is known: its middle."""
    hour = filters.numbers(data, "hour")
    levels = filters.levels(data, "crash_time")
    if levels is None:
        return hour + 0.5, np.isfinite(hour)
    exact = levels.numbers([_clock(one) for one in levels.values])
    precision = filters.levels(data, "time_precision")
    if precision is not None:
        fine = precision.look_up(
            [one in ("minute", "5min") for one in precision.values], missing=True
        )
        exact = np.where(fine, exact, np.nan)
    hourly = ~np.isfinite(exact)
    return np.where(hourly, hour + 0.5, exact), hourly & np.isfinite(hour)


def _clock(time: str) -> float:
    hour, _, minute = time.partition(":")
    return int(hour) + int(minute) / 60 if hour.isdecimal() and minute.isdecimal() else np.nan


def date_of(day: int) -> date:
    """Return the date of a day since 1970."""
    return EPOCH + timedelta(days=day)


# ------------------------------------------------------------ hours of light


def middle(data: CrashData) -> tuple[float, float] | None:
    """Return the mean latitude and longitude of the crashes that have them, found once."""
    found: tuple[float, float] | None = data.once("the middle", _middle)
    return found


def _middle(data: CrashData) -> tuple[float, float] | None:
    here = filters.located(data)
    if not here.any():
        return None
    return tuple(float(filters.numbers(data, name)[here].mean()) for name in ("lat", "lon"))  # type: ignore[return-value]


def hours_of(period: Period, at: tuple[float, float]) -> Floats:
    """Return how many hours of day, twilight and night the days of a period have at a place.

    The sun of each day of a year of 366 days is asked every ten minutes; the time of the clock
    does not matter to whole days.
    """
    of_year = np.arange(366)
    leap = (date(2000, 1, 1) - EPOCH).days
    steps = (np.arange(0, 1440, STEP_MINUTES) + STEP_MINUTES / 2) / 1440
    height, _ = sun.stands((leap + of_year)[:, None] + steps[None, :] - at[1] / 360, *at)
    night = (height < sun.TWILIGHT_DEG).sum(axis=1)
    up = (height >= sun.RISEN_DEG).sum(axis=1)
    states = np.stack([up, len(steps) - up - night, night], axis=1) * STEP_MINUTES / 60
    times = np.zeros(366)
    for start, end in period.stretches:
        every = np.arange(start.toordinal(), end.toordinal() + 1) - EPOCH.toordinal()
        times += np.bincount(sun.day_of_year(every), minlength=366)
    return np.asarray(times @ states)


@dataclass(frozen=True)
class Curve:
    """When the sun crosses a height through the year: day of the year and hour of the clock.

    `twilight` is the height at which civil twilight ends, else that of sunrise and sunset.
    """

    label: Message
    twilight: bool
    morning: bool
    days: tuple[float, ...]
    hours: tuple[float, ...]


def curves(data: CrashData, at: tuple[float, float], told: str = BY_COUNTRY) -> tuple[Curve, ...]:
    """Return dawn, sunrise, sunset and dusk of the middle year of the data, by its clock."""
    year = (data.period.start.year + data.period.end.year) // 2
    first = (date(year, 1, 1) - EPOCH).days
    days = np.arange(1, 366, 5)
    hours = ahead(clock(data, told), first + days, np.full(len(days), at[1]))
    noon = first + days + 0.5
    found = []
    for height, names in (
        (sun.TWILIGHT_DEG, (Message("Dawn"), Message("Dusk"))),
        (sun.RISEN_DEG, (Message("Sunrise"), Message("Sunset"))),
    ):
        for label, when in zip(names, sun.crossings(noon, *at, height), strict=True):
            morning = label is names[0]
            clocked = (when - first - days) * 24 + hours
            kept = np.isfinite(clocked)
            found.append(
                Curve(
                    label,
                    height == sun.TWILIGHT_DEG,
                    morning,
                    tuple(days[kept].astype(float).tolist()),
                    tuple(np.round(clocked[kept] % 24, 3).tolist()),
                )
            )
    return tuple(found)


def recorded(data: CrashData) -> tuple[NDArray[np.int8], Sequence[str]]:
    """Return the light of each crash as recorded: day, twilight or night, -1 for not known."""
    levels = filters.levels(data, "light")
    if levels is None:
        return np.full(len(data), UNKNOWN, dtype=np.int8), ()
    of = {"day": DAY, "twilight": TWILIGHT}
    states = [NIGHT if one.startswith("dark") else of.get(one, UNKNOWN) for one in levels.values]
    return np.array([*states, UNKNOWN], dtype=np.int8)[levels.codes], levels.values
