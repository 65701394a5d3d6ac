"""Counts along time: by what is known of the date, by unit, in whole years that compare."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import sample
from made_crashes import made
from made_years import yearly

from crashkit import api, filters, timeline
from crashkit.errors import MethodError
from crashkit.model import Period

SPAN = Period(date(2015, 1, 1), date(2021, 6, 30))


@pytest.mark.parametrize("unit", api.UNITS)
def test_years_and_months_are_those_of_the_tables(unit):
    data = sample()
    line = timeline.of(data, unit=unit)
    other = "severity" if unit == "crashes" else "light"
    by_year = api.tabulate(data, "year", other, unit=unit)
    assert [line.by_year[int(key)] for key in by_year.rows if key] == [
        sum(row) for key, row in zip(by_year.rows, by_year.cells, strict=True) if key
    ]
    assert sum(line.by_month.values()) == line.total


def test_the_worst_are_counted_within_the_unit():
    rows = [
        {"crash_date": "2016-05-01", "severity": "fatal", "n_killed": 3, "n_serious": 1},
        {"crash_date": "2016-05-02", "severity": "serious", "n_killed": 0, "n_serious": 2},
        {"crash_date": "2017-05-02", "severity": "slight", "n_killed": 0, "n_serious": 0},
    ]
    data = made(rows, period=SPAN)
    found = {
        (unit, show): timeline.of(data, unit=unit, show=show).by_year.get(2016, 0)
        for unit in ("crashes", "casualties")
        for show in ("all", "fatal", "severe")
    }
    assert [*found.values()] == [2, 1, 2, 6, 3, 6]
    assert [word for word, _ in timeline.offered(data, "casualties")] == ["all", "fatal", "severe"]
    bare = made([{"crash_date": "2016-05-01"}], period=SPAN)
    assert [word for word, _ in timeline.offered(bare, "crashes")] == ["all"]


def test_several_in_one_crash_widen_the_limits():
    line = timeline.of(
        made([{"crash_date": "2016-05-01", "n_killed": n} for n in (1, 3)], period=SPAN),
        unit="casualties",
        show="fatal",
    )
    # (1 + 9) / (1 + 3)
    assert line.clustering == pytest.approx(2.5)
    assert line.limits(0)[1] == pytest.approx(2.5 * 3.6889, rel=1e-4)
    assert timeline.of(yearly([3]), unit="crashes").clustering == 1


def test_a_vague_date_counts_where_it_is_known_well_enough():
    rows = [
        {"crash_date": "2016-03-01", "date_precision": kind}
        for kind in ("day", "month", "year", "")
    ]
    line = timeline.of(made(rows, period=SPAN))
    assert line.by_year[2016] == 4
    assert line.by_month[12 * 2016 + 2] == 3
    assert line.running_total(2016, date(2016, 3, 1)) == 2
    assert line.running_total(2016, date(2016, 3, 31), by_month=True) == 3
    assert len(timeline.vague(line, month_is_enough=False)) == 1


def test_the_day_that_most_years_lack_is_counted_with_the_one_before():
    rows = [{"crash_date": day} for day in ("2016-02-29", "2017-02-28", "2017-03-01")]
    line = timeline.of(made(rows, period=SPAN))
    assert line.running_total(2016, date(2017, 2, 28)) == 0
    assert line.running_total(2016, date(2017, 3, 1)) == 1
    assert line.running_total(2017, date(2016, 2, 29)) == 1


def test_part_of_a_year_and_a_gap_are_no_years_to_compare():
    line = timeline.of(yearly([1] * 7).replace(period=SPAN))
    assert line.whole_years == (2015, 2016, 2017, 2018, 2019, 2020)
    assert line.before(2021) == (2016, 2017, 2018, 2019, 2020) and line.before(2019) == ()
    apart = line.period.within([(date(y, 1, 1), date(y, 12, 31)) for y in (2015, 2017)])
    assert timeline.of(yearly([1] * 7).replace(period=apart)).runs == ((2015,), (2017,))


def test_a_break_of_recording_parts_the_years_but_not_those_of_deaths():
    rows = [
        {"crash_date": f"{year}-05-01", "severity": "fatal" if i < 40 else "slight"}
        for year, n in zip(range(2015, 2021), (80, 80, 80, 200, 200, 200), strict=True)
        for i in range(n)
    ]
    data = made(rows, period=Period(date(2015, 1, 1), date(2020, 12, 31)))
    line = timeline.of(data)
    assert line.runs == ((2015, 2016, 2017), (2018, 2019, 2020))
    assert len(line.steps) == 1
    assert timeline.of(data, show="fatal").runs == (tuple(range(2015, 2021)),)


def test_no_dates_and_other_units_are_refused():
    undated = sample().replace(period=Period(SPAN.start, SPAN.end, undated=True))
    with pytest.raises(MethodError, match="without a date"):
        timeline.of(undated)
    with pytest.raises(MethodError, match="cannot be counted"):
        timeline.of(sample(), unit="horses")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dates(date(2015, 1, 1), date(2020, 12, 31)), min_size=1, max_size=30))
def test_running_totals_never_fall_and_end_in_the_year(days):
    data = made([{"crash_date": day.isoformat()} for day in days], period=SPAN)
    line = timeline.of(data)
    totals = [line.running_total(2017, date(2017, m, 28)) for m in range(1, 13)]
    assert totals == sorted(totals)
    assert line.running_total(2017, date(2017, 12, 31)) == line.by_year.get(2017, 0)
    assert filters.numbers(data, "year").size == line.total == len(days)


def test_a_year_that_tells_no_deaths_is_no_year_of_nought():
    data = made(
        [
            {"crash_date": "2021-02-01", "severity": "fatal", "n_killed": 2, "n_injured": 0},
            {"crash_date": "2021-03-01", "severity": "fatal", "n_injured": 1},
            {"crash_date": "2022-02-01", "severity": "fatal", "n_injured": 4},
            {"crash_date": "2023-02-01", "severity": "slight", "n_injured": 1},
        ]
    )
    killed = timeline.of(data, unit="casualties", show=timeline.FATAL)
    assert (killed.untold, killed.untold_crashes) == ({2022}, 2)
    assert [*killed.years] == [2021, 2023]
    assert "2 crashes do not tell “People killed”" in " ".join(map(str, killed.notes))
    everybody = timeline.of(data, unit="casualties")
    assert everybody.untold == {2022}
    part = data.keep(np.array([False, True, False, False]))
    assert timeline.of(part, whole=data, unit="casualties", show=timeline.FATAL).untold == {
        2021,
        2022,
    }
