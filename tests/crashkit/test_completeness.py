from datetime import date, timedelta

import pytest
from made_crashes import made

from crashkit import completeness, publishing
from crashkit.blocks import Note
from crashkit.model import Period

END, DECEMBER = date(2022, 12, 31), date(2022, 12, 1)


def entered(*waits, end=END):
    """Crashes of June 2021, entered so many days after they happened."""
    day = date(2021, 6, 1)
    rows = [
        {
            "crash_date": day.isoformat(),
            "entry_date": (day + timedelta(wait)).isoformat(),
            "severity": "slight",
        }
        for wait in waits
    ]
    return made(rows, period=Period(date(2021, 1, 1), end))


@pytest.mark.parametrize(("days", "late"), [(30, 10), (5, 10), (4, 50), (60, 0)])
def test_those_entered_later_are_counted_among_all(days, late):
    assert completeness.late(entered(*[5] * 40, *[60] * 10), days) == (late, 50)


def test_of_few_or_without_a_day_of_entry_it_is_not_told():
    assert completeness.late(entered(*[5] * 9), 30) is None
    rows = [{"crash_date": "2021-06-01", "severity": "slight"}] * 50
    assert completeness.late(made(rows, period=Period(date(2021, 1, 1), END)), 30) is None


def test_a_month_that_just_ended_is_warned_of_twice():
    deaths, late = completeness.of_month(entered(*[5] * 40, *[60] * 10), DECEMBER)
    assert deaths.is_grave
    assert late.is_grave
    assert late.said.values["percent"] == 100.0
    assert deaths.said.values["days"] == 0


def test_the_public_is_warned_by_the_same_days():
    end = date(2023, 1, 3)
    warned = [
        Note(one.said) for one in completeness.of_month(entered(*[5] * 40, end=end), DECEMBER)
    ]
    assert "3 days after the month" in str(warned[0].text)
    assert publishing.publish(warned, 5, days=[end]).blocks == tuple(warned)


def test_a_month_long_past_has_nothing_to_warn_of():
    (only,) = completeness.of_month(entered(*[5] * 50), date(2022, 3, 1))
    assert not only.is_grave
    assert only.said.values["n"] == 0


def test_a_crash_of_which_only_the_month_is_known_waited_for_nobody_knows_how_long():
    vague = entered(*[5] * 40, *[60] * 10)
    frame = vague.crashes
    frame = frame.assign(date_precision=["day"] * 40 + ["month"] * 10)
    some = vague.replace(crashes=frame.astype({"date_precision": "category"}))
    assert completeness.late(some, 30) == (0, 40)
