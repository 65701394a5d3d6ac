from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.model import CrashData, FileRead, Ledger, Period, Screening, constant


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (date(2020, 1, 1), date(2022, 12, 31), 3.0),
        (date(2019, 7, 1), date(2020, 6, 30), 1.0),
        (date(2023, 1, 1), date(2023, 1, 1), 1 / 365.25),
    ],
)
def test_whole_years_are_whole_numbers(start, end, years):
    assert Period(start, end).years == pytest.approx(years)


def test_a_period_is_cut_honestly():
    period = Period(date(2019, 1, 1), date(2024, 6, 30))
    assert period.cut(date(2020, 1, 1), date(2030, 1, 1)) == Period(
        date(2020, 1, 1), date(2024, 6, 30)
    )
    assert period.calendar_years == (2019, 2020, 2021, 2022, 2023, 2024)


def test_a_period_of_stretches_is_cut_stretch_by_stretch():
    period = Period(date(2015, 3, 1), date(2024, 12, 31))
    years = [(date(year, 1, 1), date(year, 12, 31)) for year in (2024, 2017, 2018)]
    apart = period.within(years)
    assert apart.parts == ((date(2017, 1, 1), date(2018, 12, 31)), years[0])
    assert (apart.years, apart.days) == (3.0, 365 + 365 + 366)
    assert apart.cut(date(2018, 1, 1), None).years == 2.0
    assert apart.cut(date(2020, 1, 1), None) == Period(date(2024, 1, 1), date(2024, 12, 31))
    assert apart.within([(date(2020, 1, 1), date(2020, 12, 31))]).days == 1
    assert period.within([(date.min, date.max)]) == period


days = st.dates(date(2018, 1, 1), date(2021, 12, 31))
spans = st.lists(st.tuples(days, days).map(sorted).map(tuple), min_size=1, max_size=4)


@given(spans, spans)
def test_a_day_counts_where_both_say_so(one, other):
    period = Period(date(2019, 1, 1), date(2020, 12, 31)).within(one)
    both = period.within(other)

    def counts(day, stretches):
        return any(start <= day <= end for start, end in stretches)

    every = [
        date.fromordinal(n)
        for n in range(date(2018, 1, 1).toordinal(), date(2022, 1, 1).toordinal())
    ]
    expected = [day for day in every if counts(day, period.stretches) and counts(day, other)]
    if expected:
        assert [day for day in every if counts(day, both.stretches)] == expected
        assert both.days == len(expected)
    else:
        assert both.days == 1


def three_crashes():
    return CrashData(
        crashes=pd.DataFrame({"id": [1, 2, 3], "severity": ["fatal", "slight", None]}),
        vehicles=pd.DataFrame({"crash": [1, 1, 3], "unit_no": ["1", "2", "1"]}),
        people=pd.DataFrame({"crash": [2], "age": [30]}),
        period=Period(date(2020, 1, 1), date(2020, 12, 31)),
    )


def test_a_cut_hits_all_three_tables():
    kept = three_crashes().keep(np.array([True, False, True]))
    assert list(kept.crashes["id"]) == [1, 3]
    assert list(kept.vehicles["crash"]) == [1, 1, 3]
    assert len(kept.people) == 0
    assert len(kept) == 2


def test_crashes_are_found_by_their_ids():
    assert list(three_crashes().ids(np.array([2])).crashes["id"]) == [2]


def test_a_cut_of_a_cut_is_cut_from_the_whole():
    data = three_crashes()
    cut = data.keep(np.array([True, False, True])).keep(np.array([False, True]))
    assert cut.whole is data
    assert list(cut.crashes["id"]) == [3]
    assert list(cut.vehicles["unit_no"]) == ["1"]
    assert cut.crash_of("vehicle").tolist() == [0]
    assert len(cut.keep(np.array([False])).crashes) == 0


def test_what_is_found_for_each_crash_is_found_once_and_cut():
    data, worked = three_crashes(), []

    def double(whole):
        worked.append(len(whole))
        return whole.crash_ids * 2

    cut = data.keep(np.array([False, True, True]))
    assert cut.each("double", double).tolist() == [4, 6]
    assert data.each("double", double).tolist() == [2, 4, 6]
    assert worked == [3]


def test_members_of_crashes_that_are_not_there_belong_to_none():
    data = three_crashes().replace(people=pd.DataFrame({"crash": [2, 9]}))
    assert data.crash_of("person").tolist() == [1, -1]
    assert list(data.keep(np.array([True, True, False])).people["crash"]) == [2]


def test_with_other_crashes_everything_is_found_anew():
    data = three_crashes()
    assert data.once("number", len) == 3
    assert data.replace(period=data.period).once("number", lambda _: 0) == 3
    assert data.replace(crashes=data.crashes[:1]).once("number", len) == 1


def test_a_field_counts_as_there_only_with_a_value():
    data = three_crashes()
    assert data.has("severity")
    assert not data.has("light")


def ledger(*, total, accepted, rejected):
    read = FileRead("a.csv", "00", 1, total, "crash", "utf-8", ",")
    return Ledger((read,), total, accepted, rejected, (), (), ())


def test_a_ledger_whose_sums_do_not_close_cannot_be_made():
    with pytest.raises(ValueError, match="must equal the rows read"):
        ledger(total=3, accepted=1, rejected=1)


@pytest.mark.parametrize(
    ("accepted", "rejected", "status"),
    [(3, 0, "accepted"), (2, 1, "partial"), (0, 3, "rejected"), (0, 0, "accepted")],
)
def test_the_status_of_an_import_follows_from_its_counts(accepted, rejected, status):
    assert ledger(total=accepted + rejected, accepted=accepted, rejected=rejected).status == status


def test_a_column_of_one_text_holds_it_once():
    found = constant(1000, "not known " + str(date(2020, 1, 1)))
    assert len({id(one) for one in found}) == 1
    assert constant(0, None).tolist() == []


def asking(chosen, *parts):
    each = tuple(Screening("part", "circles", "count", {}, {}, one) for one in parts)
    return Screening("whole", "", "", {}, {}, chosen, parts=each)


@pytest.mark.parametrize(
    ("chosen", "parts", "left"),
    [
        ({}, [{"severity": "fatal,slight"}, {"severity": "slight"}], {}),
        ({}, [{"severity": "fatal", "year": "2021"}, {"year": "2021"}], {"year": "2021"}),
        (
            {"severity": "fatal,slight", "km": "0-2"},
            [{"severity": "fatal,slight", "km": "0-2"}, {"severity": "slight", "km": "0-2"}],
            {"severity": "fatal,slight", "km": "0-2"},
        ),
    ],
)
def test_what_the_user_chose_stands_where_the_parts_of_a_rule_narrow_it(chosen, parts, left):
    assert asking(chosen, *parts).crashes == left


def test_whole_years_are_those_of_which_all_days_count():
    days = Period(date(2019, 2, 1), date(2023, 12, 31))
    assert days.whole_years == (2020, 2021, 2022, 2023)
    stretches = days.within(
        [(date(2020, 1, 1), date(2020, 12, 31)), (date(2022, 1, 1), date(2022, 6, 30))]
    )
    assert stretches.whole_years == (2020,)
    assert Period(date(2023, 1, 1), date(2023, 12, 30)).whole_years == ()
