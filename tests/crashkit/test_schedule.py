"""When a report is due next."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.errors import Refused
from crashkit.schedule import LAST_DAY, Rhythm, next_after

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
RHYTHMS = st.one_of(
    st.builds(Rhythm, st.just("day"), st.just(1), st.integers(0, 23)),
    st.builds(Rhythm, st.just("week"), st.integers(1, 7), st.integers(0, 23)),
    st.builds(Rhythm, st.just("month"), st.integers(1, LAST_DAY), st.integers(0, 23)),
)


@pytest.mark.parametrize(
    ("rhythm", "moment", "due"),
    [
        (Rhythm("day"), "2024-02-28T05:59", "2024-02-28T06:00"),
        (Rhythm("day"), "2024-02-28T06:00", "2024-02-29T06:00"),
        # 2024-02-28 is a Wednesday.
        (Rhythm("week", 3), "2024-02-28T06:00", "2024-03-06T06:00"),
        (Rhythm("week", 1), "2024-02-28T07:00", "2024-03-04T06:00"),
        (Rhythm("week", 7), "2024-02-28T07:00", "2024-03-03T06:00"),
        (Rhythm("month", 28, 23), "2024-12-31T07:00", "2025-01-28T23:00"),
        (Rhythm("month", 5), "2024-01-31T07:00", "2024-02-05T06:00"),
    ],
)
def test_the_next_time_is_the_first_after_the_moment(rhythm, moment, due):
    assert next_after(rhythm, datetime.fromisoformat(moment)) == datetime.fromisoformat(due)


@given(RHYTHMS, MOMENTS)
def test_the_next_time_is_later_and_of_the_rhythm(rhythm, moment):
    due = next_after(rhythm, moment)
    longest = {"day": 1, "week": 7, "month": 31}[rhythm.every]
    assert moment < due <= moment + timedelta(days=longest)
    assert (due.hour, due.minute, due.second) == (rhythm.hour, 0, 0)
    assert rhythm.every != "week" or due.isoweekday() == rhythm.day
    assert rhythm.every != "month" or due.day == rhythm.day
    assert next_after(rhythm, due - timedelta(seconds=1)) == due


@pytest.mark.parametrize(
    ("every", "day", "hour"),
    [("year", 1, 6), ("day", 2, 6), ("week", 8, 6), ("month", 29, 6), ("day", 1, 24)],
)
def test_a_rhythm_that_is_none_is_refused(every, day, hour):
    with pytest.raises(Refused, match="from 1 to 28"):
        Rhythm(every, day, hour)
