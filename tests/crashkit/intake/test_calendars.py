"""Days of other calendars against published pairs, and against each other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.intake import calendars


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        # New year's days, and the last days of leap years before them.
        ((1375, 12, 30), date(1997, 3, 20)),
        ((1380, 1, 1), date(2001, 3, 21)),
        ((1396, 1, 1), date(2017, 3, 21)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1402, 1, 1), date(2023, 3, 21)),
        ((1403, 1, 1), date(2024, 3, 20)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1404, 1, 1), date(2025, 3, 21)),
        # Days of history that stand in both calendars.
        ((1352, 4, 26), date(1973, 7, 17)),
        ((1357, 2, 7), date(1978, 4, 27)),
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1367, 11, 26), date(1989, 2, 15)),
        ((1400, 5, 24), date(2021, 8, 15)),
    ],
)
def test_solar_hijri_days_are_those_of_published_pairs(theirs, ours):
    assert calendars.day("solar_hijri", *theirs) == ours


@pytest.mark.parametrize(
    "theirs", [(1402, 12, 30), (1402, 7, 31), (1402, 13, 1), (1402, 1, 32), (1402, 1, 0), (1, 1, 1)]
)
def test_solar_hijri_days_that_do_not_exist_are_refused(theirs):
    with pytest.raises(ValueError, match="no such"):
        calendars.day("solar_hijri", *theirs)


def test_solar_hijri_days_follow_each_other_without_a_gap():
    day = calendars.day("solar_hijri", 1300, 1, 1)
    for year in range(1300, 1450):
        for month in range(1, 13):
            for number in range(1, 32):
                try:
                    found = calendars.day("solar_hijri", year, month, number)
                except ValueError:
                    continue
                assert found == day
                day += timedelta(days=1)


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_calendars_with_our_months_differ_by_years_only(day):
    assert calendars.day("roc", day.year - 1911, day.month, day.day) == day
    assert calendars.day("thai", day.year + 543, day.month, day.day) == day


def test_a_year_says_which_calendars_it_could_belong_to():
    today = date(2026, 7, 1)
    assert calendars.could_be(2023, today) == ("gregorian",)
    assert calendars.could_be(1402, today) == ("solar_hijri", "lunar_hijri")
    assert calendars.could_be(1445, today) == ("lunar_hijri",)
    assert calendars.could_be(107, today) == ("roc",)
    assert calendars.could_be(2566, today) == ("thai",)
    assert calendars.could_be(2081, today) == ("bikram_sambat",)
    assert calendars.could_be(9999, today) == calendars.could_be(1066, today) == ()
