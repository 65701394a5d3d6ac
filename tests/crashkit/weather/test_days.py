"""Whose weather a crash has, which condition a day had, and what is usual in the year."""

from datetime import date, timedelta

import numpy as np
import pytest
from made_crashes import made, table

from crashkit import weather
from crashkit.weather import days, words

CRASHES = """
| crash_date | lon   | lat   | admin2 | admin1 | severity |
| ---------- | ----- | ----- | ------ | ------ | -------- |
| 2021-01-01 | 69.2  | 41.3  | A      | North  | slight   |
| 2021-01-01 |       |       | A      | North  | slight   |
| 2021-01-01 |       |       | B      | North  | slight   |
| 2021-01-01 |       |       |        |        | slight   |
| 2021-01-01 | 10.0  | 10.0  |        | South  | slight   |
"""


def kept(*told):
    return weather.gathered(
        [weather.Day(place, date(2021, 1, 1), {}, None, *at) for place, *at in told]
    )


def test_a_crash_has_the_nearest_station_else_its_district_else_its_province():
    told = kept(("Far", 42.0, 69.2), ("Near", 41.5, 69.2), ("a",), ("NORTH",))
    found = days.lying(made(table(CRASHES)), told)
    names = [told.places[i] if i >= 0 else None for i in found.place]
    assert names == ["Near", "a", "NORTH", None, None]
    assert [days.HOW[i] for i in found.how[:3]] == ["station", "admin2", "admin1"]


def test_weather_of_the_whole_is_that_of_all_others():
    told = kept(("",), ("A",))
    found = days.lying(made(table(CRASHES)), told)
    assert [told.places[i] for i in found.place] == ["A", "A", "", "", ""]


def test_a_condition_holds_fails_or_is_not_known():
    told = weather.gathered(
        [
            weather.Day("", date(2021, 1, 1), {"snow": 3.0}),
            weather.Day("", date(2021, 1, 2), {"snow": 0.0}, frozenset({"snow"})),
            weather.Day("", date(2021, 1, 3), {"snow": 0.5}),
            weather.Day("", date(2021, 1, 4), {"temp_max": -1.0}),
        ]
    )
    assert days.has(told, words.conditions()["snow"]).tolist() == [1, 1, -1, -1]
    assert days.has(told, words.conditions()["ice_day"]).tolist() == [-1, -1, -1, 1]
    assert days.has(told, words.conditions()["ice"]).tolist() == [-1, 0, -1, -1]


def test_a_season_runs_over_the_new_year():
    first = date(2019, 1, 1)
    every = [first + timedelta(days=i) for i in range(3 * 365)]
    told = weather.gathered(
        [
            weather.Day("", day, {"temp_min": -5.0 if day.month in (12, 1, 2) else 5.0})
            for day in every
        ]
    )
    frost = days.has(told, words.conditions()["frost"])
    share = days.usual(told, frost, np.ones(len(told), dtype=bool))
    start, end = days.season(share)
    # 1 December is day 335 of a year of 366, the last of February day 59; the window is smooth.
    assert start == pytest.approx(335, abs=1)
    assert end == pytest.approx(59, abs=2)
    assert days.season(np.zeros(366)) is None
    assert days.season(np.ones(366)) == (0, 365)


def test_no_weather_is_none():
    assert weather.gathered([]) is None


def test_what_a_place_never_tells_is_no_test_of_a_condition():
    told = weather.gathered(
        [
            weather.Day("", date(2021, 1, 1), {"snow": 3.0}),
            weather.Day("", date(2021, 1, 2), {"snow": 0.0}),
        ]
    )
    assert days.has(told, words.conditions()["snow"]).tolist() == [1, 0]
