"""The clock of a country, places that are not known, and hours of light."""

from datetime import date

import numpy as np
import pytest
from invented import tiny, with_info
from made_crashes import made, table

from crashkit import daylight
from crashkit.model import Period

TASHKENT = (41.3, 69.25)


def day(*parts):
    return (date(*parts) - date(1970, 1, 1)).days


def hours(country, days, lon):
    which = daylight.clock(tiny(country=country))
    return daylight.ahead(which, np.array(days), np.array(lon)).tolist()


def test_the_clock_is_that_of_the_law_at_the_time():
    # Kazakhstan has had one clock since March 2024; before, the west was an hour behind Almaty.
    assert hours("KAZ", [day(2023, 7, 1)] * 2, [77.0, 54.0]) == [6, 5]
    assert hours("KAZ", [day(2025, 7, 1)] * 2, [77.0, 54.0]) == [5, 5]
    assert hours("GBR", [day(2020, 1, 1), day(2020, 7, 1)], [0.0, 0.0]) == [0, 1]


def test_a_country_without_a_clock_has_the_hours_of_its_longitude():
    assert hours("XTE", [day(2020, 1, 1)] * 2, [69.25, -100.0]) == [5, -7]
    assert "not known" in str(daylight.clock(tiny(country="XTE")).message)


def test_a_clock_can_be_told():
    which = daylight.clock(tiny(), "utc5.75")
    assert daylight.ahead(which, np.array([0]), np.array([0.0])).tolist() == [5.75]


CRASHES = """
| crash_date | crash_time | lon   | lat  | admin2 | date_precision | time_precision | light |
| ---------- | ---------- | ----- | ---- | ------ | -------------- | -------------- | ----- |
| 2021-06-21 | 12:30      | 69.2  | 41.3 | A      | day            | minute         | day   |
| 2021-12-21 | 17:20      | 69.2  | 41.3 | A      | day            | minute         | dark  |
| 2021-12-21 | 23:00      |       |      | A      | day            | hour           | day   |
| 2021-12-21 | 23:00      |       |      | B      | day            | minute         |       |
| 2021-12-01 | 23:00      | 69.2  | 41.3 | A      | month          | minute         | dark  |
| 2021-12-21 |            | 69.2  | 41.3 | A      | day            |                | dark  |
"""


def test_day_twilight_and_night_are_told_and_what_is_not_known_is_not():
    data = with_info(made(table(CRASHES)), country="UZB")
    found = daylight.seen(data)
    names = [*daylight.STATES, "unknown"]
    assert [names[one] for one in found.state] == [
        "day", "twilight", "night", "night", "unknown", "unknown",
    ]  # fmt: skip
    assert found.guessed.tolist() == [False, False, True, True, False, False]
    assert found.far.tolist() == [False, False, False, True, False, False]
    assert found.hourly.tolist() == [False, False, True, False, False, False]


def test_a_part_sees_the_same_sun_as_the_whole():
    data = with_info(made(table(CRASHES)), country="UZB")
    mask = np.array([False, True, True, True, False, True])
    part = daylight.seen(data.keep(mask))
    assert part.height[:3].tolist() == daylight.seen(data).height[mask][:3].tolist()


def test_hours_of_day_twilight_and_night_fill_the_period():
    year = Period(date(2019, 1, 1), date(2020, 12, 31))
    up, twilight, night = daylight.hours_of(year, TASHKENT)
    assert up + twilight + night == pytest.approx(24 * 731)
    # At 41 degrees the sun is up for about 4,460 hours of a year, in twilight for about 360.
    assert up / 2 == pytest.approx(4_460, rel=0.01)
    assert twilight / 2 == pytest.approx(365, rel=0.04)


def test_a_winter_has_more_night_than_a_summer():
    winter, summer = (
        daylight.hours_of(Period(date(2020, month, 1), date(2020, month, 28)), TASHKENT)[2]
        for month in (12, 6)
    )
    assert winter > 1.6 * summer
