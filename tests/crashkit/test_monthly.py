"""A month beside the years before: counts, which years compare, what chance explains."""

from datetime import date

import pytest
from made_crashes import made
from made_years import yearly

from crashkit import monthly, timeline
from crashkit.model import Period
from crashkit.trends import expected

MARCH = date(2023, 3, 1)


def by_months(numbers, **more):
    """Make so many fatal crashes in each month: {(year, month): n}, from 2018 to 2023."""
    rows = [
        {
            "crash_date": f"{year}-{month:02d}-{1 + i % 28:02d}",
            "severity": "fatal",
            "n_killed": 1,
            "admin1": "North" if i % 2 else "South",
            **more,
        }
        for (year, month), n in numbers.items()
        for i in range(n)
    ]
    return made(rows, period=Period(date(2018, 1, 1), date(2023, 3, 31)))


STEADY = {(year, month): 20 for year in range(2018, 2024) for month in (1, 2, 3)}


def crashes(data, span):
    return monthly.compared([timeline.of(data)], span)[0]


def test_a_month_is_set_beside_the_same_month_of_five_years():
    found = crashes(by_months({**STEADY, (2023, 3): 40}), monthly.of_month(MARCH))
    assert (found.n, found.last, found.mean) == (40, 20, 20)
    assert found.years == (2018, 2019, 2020, 2021, 2022)
    assert found.change == pytest.approx(expected.change(40, 100, 5))
    assert found.verdict == monthly.MORE


def test_the_year_so_far_ends_with_the_month():
    numbers = {**STEADY, (2022, 4): 99, (2023, 2): 0}
    found = crashes(by_months(numbers), monthly.so_far(MARCH))
    assert (found.n, found.last, found.mean) == (40, 60, 60)
    assert found.verdict == monthly.FEWER


def test_what_is_steady_is_by_chance_and_little_is_too_few():
    assert crashes(by_months(STEADY), monthly.of_month(MARCH)).verdict == monthly.BY_CHANCE
    few = crashes(by_months({**STEADY, (2023, 3): 9}), monthly.of_month(MARCH))
    assert few.verdict == monthly.TOO_FEW
    assert few.change is None


def test_a_month_that_does_not_count_whole_ends_the_years_before():
    data = by_months(STEADY).replace(period=Period(date(2020, 3, 2), date(2023, 3, 31)))
    assert crashes(data, monthly.of_month(MARCH)).years == (2021, 2022)
    assert crashes(data, monthly.of_month(date(2021, 2, 1))).verdict is None


def test_years_that_scatter_widen_the_limits():
    calm = crashes(by_months({**STEADY, (2023, 3): 32}), monthly.of_month(MARCH))
    wild = crashes(
        by_months({**STEADY, (2019, 3): 5, (2020, 3): 35, (2023, 3): 32}),
        monthly.of_month(MARCH),
    )
    assert calm.mean == wild.mean
    assert wild.change[1] < calm.change[1]
    assert wild.change[2] > calm.change[2]


def test_areas_are_counted_in_the_month_and_in_the_year_so_far():
    data = by_months({**STEADY, (2023, 3): 41})
    line = timeline.of(data, unit="casualties", show=timeline.FATAL)
    south, north = monthly.by_area(data, MARCH, line, "admin1")
    assert str(south.label) == "South"
    assert (south.month, south.n, south.before) == ((21, 21), 41, (30,) * 5)
    assert (north.month, north.n) == ((20, 20), 40)
    # By itself one of them would be called different; both together, neither is.
    assert monthly.verdicts([south, north], 1.0) == [monthly.BY_CHANCE] * 2
    assert expected.p_values(41, 150, 1 / 6) > 0.02


def test_a_group_far_off_is_called_so_and_a_small_one_is_not():
    groups = [
        monthly.Group(timeline.month_label(1), (0,), n, before)
        for n, before in [(90, (30,) * 5), (5, (30,) * 5), (3, (1,) * 5), (30, (30,) * 5)]
    ]
    assert monthly.verdicts(groups, 1.0) == [
        monthly.MORE,
        monthly.FEWER,
        monthly.TOO_FEW,
        monthly.BY_CHANCE,
    ]


def test_deaths_of_twelve_months_stand_beside_the_path():
    data = yearly([100, 90, 80, 70, 90], first=2010)
    found = monthly.on_path(data, data, date(2014, 12, 1))
    assert found.n == 90
    assert found.path == pytest.approx(100 * 0.5 ** (4 / 20))
    assert found.warnings == ()
    halfway = monthly.on_path(data, data, date(2014, 6, 1))
    assert halfway.path == pytest.approx(100 * 0.5 ** (3.5 / 20))


def test_there_is_no_path_where_twelve_months_do_not_count():
    data = yearly([100, 90], first=2010)
    assert monthly.on_path(data, data, date(2010, 11, 1)) is None
