"""Fields of a crash that contradict each other: people, severity, light and sun, type and units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crashkit import filters
from crashkit.errors import Message, counted
from crashkit.model import CrashData
from crashkit.quality import columns
from crashkit.quality.answers import Answer, Flags, Floats, Known, of_marks

HOURS_OFF = 3.0
"""Clocks may run so far from the sun: zones of whole countries, summer time."""

TWILIGHT_DEG = 6.0
"""With the sun so far below the horizon it is dark, so far above it is light.

Source: the definition of civil twilight, 6 degrees.
"""


@dataclass(frozen=True, eq=False)
class Contradiction:
    """A test of each crash: whether it can be made (`asked`), and whether it fails (`wrong`)."""

    field: str
    asked: Flags
    wrong: Flags
    message: Message


def consistency(data: CrashData, known: Known) -> Answer:
    """Return the share of crashes without a contradiction, of those that can be tested."""
    tests = contradictions(data)
    asked = np.any([test.asked for test in tests], axis=0)
    wrong = np.any([test.wrong for test in tests], axis=0)
    details = [
        counted(
            "{n} crash: {fault}", "{n} crashes: {fault}", int(test.wrong.sum()), fault=test.message
        )
        for test in tests
        if test.wrong.any()
    ]
    nothing = Message("No crash has two fields that could contradict each other.")
    return of_marks(asked, ~wrong, *details, nothing=nothing)


def contradictions(data: CrashData) -> tuple[Contradiction, ...]:
    """Make every test of every crash."""
    return (
        _hurt(data),
        _deaths(data),
        _serious(data),
        _unhurt(data),
        _listed(data),
        *_sun(data),
        _vehicles(data),
        _pedestrians(data),
    )


def _test(field: str, asked: Flags, wrong: Flags, message: Message) -> Contradiction:
    return Contradiction(field, asked, asked & wrong, message)


def _is(data: CrashData, name: str, *codes: str) -> Flags:
    return np.asarray(columns.texts(data, name).isin(codes), dtype=bool)


def _hurt(data: CrashData) -> Contradiction:
    killed, injured, people = (
        columns.numbers(data, name) for name in ("n_killed", "n_injured", "n_persons")
    )
    hurt = killed + injured
    return _test(
        "n_persons",
        np.isfinite(hurt + people),
        hurt > people,
        Message("More people were hurt than were involved."),
    )


def _deaths(data: CrashData) -> Contradiction:
    killed = columns.numbers(data, "n_killed")
    asked = np.isfinite(killed) & columns.known(data, "severity")
    return _test(
        "severity",
        asked,
        _is(data, "severity", "fatal") != (killed > 0),
        Message("The severity and the number of killed do not agree."),
    )


def _serious(data: CrashData) -> Contradiction:
    serious = columns.numbers(data, "n_serious")
    # A fatal crash may have seriously injured as well; one of unknown class may have none.
    asked = np.isfinite(serious) & _is(data, "severity", "serious", "slight", "pdo")
    return _test(
        "severity",
        asked,
        _is(data, "severity", "serious") != (serious > 0),
        Message("The severity and the number of seriously injured do not agree."),
    )


def _unhurt(data: CrashData) -> Contradiction:
    injured = columns.numbers(data, "n_injured")
    return _test(
        "severity",
        np.isfinite(injured) & _is(data, "severity", "pdo"),
        injured > 0,
        Message("The crash has damage only, and yet people were injured."),
    )


def _listed(data: CrashData) -> Contradiction:
    """Compare the deaths of a crash with the people listed as killed."""
    killed = columns.numbers(data, "n_killed")
    listed = _members(data, "injury", "killed")
    return _test(
        "n_killed",
        np.isfinite(killed) & np.isfinite(listed),
        listed > killed,
        Message("More people are listed as killed than the crash counts."),
    )


def _members(data: CrashData, name: str, code: str) -> Floats:
    """Count the people of each crash with a code; NaN where one of them is not known, or none is.

    Of the killed, those listed are enough: who is not known was at least not counted.
    """
    people = data.people
    if name not in people.columns or not len(people):
        return np.full(len(data), np.nan)
    values = people[name].astype(object)
    row = pd.Index(data.crashes["id"]).get_indexer(pd.Index(people["crash"]))
    unknown = np.asarray(values.isna() | (values == filters.UNKNOWN), dtype=bool)
    size = len(data)
    there = np.bincount(row, minlength=size)
    lost = np.bincount(row[unknown], minlength=size)
    found = np.bincount(row[np.asarray(values == code, dtype=bool)], minlength=size)
    return np.where((there > 0) & (lost == 0), found, np.nan)


# --------------------------------------------------------------- light and sun


def _sun(data: CrashData) -> tuple[Contradiction, Contradiction]:
    """Compare the light with the height of the sun, whatever the time zone of the clock."""
    low, high = sun_heights(data)
    asked = np.isfinite(low)
    day = _is(data, "light", "day")
    dark = np.asarray(columns.texts(data, "light").str.startswith("dark"), dtype=bool)
    return (
        _test(
            "light",
            asked & day,
            high < -TWILIGHT_DEG,
            Message("Daylight is noted for a time of deep night."),
        ),
        _test(
            "light",
            asked & dark,
            low > TWILIGHT_DEG,
            Message("Darkness is noted for a time of full day."),
        ),
    )


def sun_heights(data: CrashData) -> tuple[Floats, Floats]:
    """Return the lowest and the highest sun, in degrees, within HOURS_OFF of each crash.

    sin h = sin lat sin d + cos lat cos d cos H, with the declination d of the day and the hour
    angle H. Source: Cooper 1969, Solar Energy 12: 333-346, for the declination.
    """
    lat, hours = np.radians(columns.numbers(data, "lat")), _hours(data)
    turn = np.radians(_day_of_year(data) + 284) * 360 / 365
    declination = np.radians(23.45) * np.sin(turn)
    from_noon = hours - 12
    ends = np.abs(np.stack([from_noon - HOURS_OFF, from_noon + HOURS_OFF]))
    # A day is a circle: 13 hours from noon are 11 hours from the next.
    ends = np.minimum(ends, 24 - ends)
    near = np.where(np.abs(from_noon) <= HOURS_OFF, 0.0, ends.min(axis=0))
    far = np.where(12 - np.abs(from_noon) <= HOURS_OFF, 12.0, ends.max(axis=0))
    high, low = (
        np.degrees(
            np.arcsin(
                np.clip(
                    np.sin(lat) * np.sin(declination)
                    + np.cos(lat) * np.cos(declination) * np.cos(np.radians(15 * apart)),
                    -1,
                    1,
                )
            )
        )
        for apart in (near, far)
    )
    return low, high


def _hours(data: CrashData) -> Floats:
    exact = columns.minutes(data) / 60
    return np.where(np.isfinite(exact), exact, columns.numbers(data, "hour") + 0.5)


def _day_of_year(data: CrashData) -> Floats:
    if "crash_date" not in data.crashes.columns:
        return np.full(len(data), np.nan)
    days = data.crashes["crash_date"].dt.day_of_year.to_numpy(dtype=float, na_value=np.nan)
    return np.where(columns.to_the_day(data), days, np.nan)


# ------------------------------------------------------- type, vehicles, people


def _vehicles(data: CrashData) -> Contradiction:
    vehicles = columns.numbers(data, "n_vehicles")
    return _test(
        "n_vehicles",
        np.isfinite(vehicles) & _is(data, "crash_type", "vehicle_vehicle"),
        vehicles < 2,
        Message("Vehicles collided, but fewer than two are counted."),
    )


def _pedestrians(data: CrashData) -> Contradiction:
    walking = _members(data, "road_user_type", "pedestrian")
    return _test(
        "crash_type",
        np.isfinite(walking) & _is(data, "crash_type", "pedestrian"),
        walking == 0,
        Message("A pedestrian was hit, but none is listed."),
    )
