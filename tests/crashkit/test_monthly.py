"""A month beside the years before: counts, which years compare, what chance explains."""

from datetime import date

import numpy as np
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


def alone(one):
    """What is said of a count that is judged by itself."""
    (found,) = monthly.judged([one])
    return found.words


def test_a_month_is_set_beside_the_same_month_of_five_years():
    found = crashes(by_months({**STEADY, (2023, 3): 40}), monthly.of_month(MARCH))
    assert (found.n, found.last, found.mean) == (40, 20, 20)
    assert found.years == (2018, 2019, 2020, 2021, 2022)
    assert found.change == pytest.approx(expected.change(40, 100, 5))
    assert alone(found) == monthly.MORE


def test_the_year_so_far_ends_with_the_month():
    numbers = {**STEADY, (2022, 4): 99, (2023, 2): 0}
    found = crashes(by_months(numbers), monthly.so_far(MARCH))
    assert (found.n, found.last, found.mean) == (40, 60, 60)
    assert alone(found) == monthly.FEWER


def beside(n, *before, **more):
    return monthly.Beside(n=n, before=before, **more)


def test_what_is_steady_is_by_chance():
    assert alone(crashes(by_months(STEADY), monthly.of_month(MARCH))) == monthly.BY_CHANCE


def test_too_few_is_told_by_what_is_counted_in_both_times_together():
    assert alone(beside(1, 2, 1, 2, 2, 1)) == monthly.TOO_FEW
    # A jump from one a year to nine is no matter of few, though before there are fewer than ten.
    jump = beside(9, 1, 1, 1, 1, 1)
    assert alone(jump) == monthly.MORE
    assert jump.change is None
    assert alone(beside(1, 12, 11, 13, 12, 12)) == monthly.FEWER
    assert alone(beside(3)) is None


def test_totals_and_groups_have_one_rule_of_few():
    group = monthly.Group(label=timeline.month_label(1), month=(0,), n=4, before=(1,) * 5)
    ((_, of_groups),) = monthly.among_groups([group], 1.0)
    assert of_groups.words == alone(beside(4, 1, 1, 1, 1, 1)) == monthly.TOO_FEW


def test_a_change_among_many_has_to_be_surer():
    one, others = beside(31, 20, 20, 20, 20, 20), [beside(20, 20, 20, 20, 20, 20)] * 11
    assert one.change[1] > 0
    assert alone(one) == monthly.MORE
    verdict, *_ = monthly.judged([one, *others])
    assert verdict.words == monthly.BY_CHANCE
    assert verdict.chance == pytest.approx(12 * one.chance)


def test_what_is_too_few_to_say_makes_nothing_else_less_sure():
    one, little = beside(31, 20, 20, 20, 20, 20), beside(1, 1, 1, 1, 1, 1)
    assert [said.words for said in monthly.judged([one, *[little] * 11])] == [
        monthly.MORE,
        *[monthly.TOO_FEW] * 11,
    ]


def test_at_the_limits_the_chance_is_one_in_twenty_and_beyond_it_that_of_few_years():
    for n in (45, 60, 75):
        few = beside(n, 30, 10, 20, 30, 10, scatter=8.0, freedom=4)
        many = beside(n, 30, 10, 20, 30, 10, scatter=8.0)
        assert (few.chance < 0.05) == (few.change[1] > 0) == (many.chance < 0.05)
        assert few.chance >= many.chance or few.chance > 0.05


def test_false_alarms_of_twelve_totals_are_as_rare_as_said():
    draw = np.random.default_rng(1).poisson(20, size=(100, 12, 6))
    worlds = [[beside(int(x[0]), *x[1:]) for x in world] for world in draw]
    each = sum(any(one.chance < 0.05 for one in world) for world in worlds)
    together = sum(any(one.is_claim for one in monthly.judged(world)) for world in worlds)
    # Each by itself would cry in some 40 of 100; 5 are allowed, and 10 of 100 hardly by chance.
    assert each > 25
    assert together <= 10


def test_totals_of_month_and_year_are_one_family():
    found = monthly.totals(by_months({**STEADY, (2023, 3): 34}), by_months(STEADY), MARCH)
    assert [one.span for one in found] == [monthly.of_month(MARCH)] * (len(found) // 2) + [
        monthly.so_far(MARCH)
    ] * (len(found) // 2)
    p = [one.count.chance for one in found]
    assert min(one.verdict.chance for one in found) == pytest.approx(
        min(1.0, min(p) * monthly.compared_of(found))
    )
    (said,) = {one.finding.values["verdict"].text for one in found[:1]}
    assert said == "by itself it would be more than chance, but not among so many comparisons"


def test_a_month_that_does_not_count_whole_ends_the_years_before():
    data = by_months(STEADY).replace(period=Period(date(2020, 3, 2), date(2023, 3, 31)))
    assert crashes(data, monthly.of_month(MARCH)).years == (2021, 2022)
    assert alone(crashes(data, monthly.of_month(date(2021, 2, 1)))) is None


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
    assert [said.words for _, said in monthly.among_groups([south, north], 1.0)] == [
        monthly.BY_CHANCE
    ] * 2
    assert expected.p_values(41, 150, 1 / 6) > 0.02


def test_a_group_far_off_is_called_so_and_a_small_one_is_not():
    groups = [
        monthly.Group(label=timeline.month_label(1), month=(0,), n=n, before=before)
        for n, before in [(90, (30,) * 5), (5, (30,) * 5), (3, (1,) * 5), (30, (30,) * 5)]
    ]
    assert [said.words for _, said in monthly.among_groups(groups, 1.0)] == [
        monthly.MORE,
        monthly.FEWER,
        monthly.TOO_FEW,
        monthly.BY_CHANCE,
    ]


def test_a_sentence_brings_what_a_reader_can_work_out_of_it():
    data = by_months({**STEADY, (2023, 3): 40})
    (first, *_) = monthly.totals(data, data, MARCH)
    assert first.finding.values["before"] == sum(first.count.before) == 100


def test_groups_that_scatter_from_year_to_year_have_to_be_farther_off():
    calm, wild = (
        [
            monthly.Group(label=timeline.month_label(i), month=(0,), n=n, before=before)
            for i, n in enumerate([52, 30, 30], 1)
        ]
        for before in [(30,) * 5, (10, 50, 30, 15, 45)]
    )
    assert [said.words for _, said in monthly.among_groups(calm, 1.0)][0] == monthly.MORE
    assert [said.words for _, said in monthly.among_groups(wild, 1.0)][0] == monthly.BY_CHANCE


def test_deaths_of_twelve_months_stand_beside_the_path():
    data = yearly([100, 90, 80, 70, 90], first=2010)
    found = monthly.on_path(data, data, date(2014, 12, 1))
    assert found.n == 90
    assert found.path == pytest.approx(100 * 0.5 ** (4 / 20))
    assert found.warnings == ()
    # 90 against a path of 87: chance. The limits hold that of the base year, too.
    assert found.is_by_chance
    low, high = found.limits
    assert low < found.path - 2 * found.path**0.5
    assert high > found.path + 2 * found.path**0.5
    far = yearly([100, 90, 80, 70, 160], first=2010)
    assert not monthly.on_path(far, far, date(2014, 12, 1)).is_by_chance
    halfway = monthly.on_path(data, data, date(2014, 6, 1))
    assert halfway.path == pytest.approx(100 * 0.5 ** (3.5 / 20))


def deaths(by_month, first, end):
    """A death in each of so many crashes of the months of some years, others have 12."""
    rows = [
        {"crash_date": f"{year}-{month:02d}-{1 + i:02d}", "severity": "fatal", "n_killed": 1}
        for year in range(first, end.year + 1)
        for month in range(1, 13 if year < end.year else end.month + 1)
        for i in range(by_month.get((year, month), 12))
    ]
    return made(rows, period=Period(date(first, 1, 1), end))


@pytest.mark.parametrize("few", [(2021, 12), (2022, 12)])
def test_the_path_gives_no_few_deaths_away_that_other_months_leave(few):
    november = date(2023, 11, 1)

    def found(n, public):
        data = deaths({few: n}, 2021, date(2023, 11, 30))
        return monthly.on_path(data, data, november, public=public)

    assert found(2, 0) is not None
    assert found(2, 5) is None
    assert found(0, 5) is not None
    assert found(5, 5) is not None


def test_there_is_no_path_where_twelve_months_do_not_count():
    data = yearly([100, 90], first=2010)
    assert monthly.on_path(data, data, date(2010, 11, 1)) is None


def test_what_no_crash_of_the_year_tells_has_no_total():
    told = by_months({(year, 3): 20 for year in range(2018, 2024)})
    frame = told.crashes.assign(
        n_killed=told.crashes["n_killed"].where(told.crashes["crash_date"] < "2023-01-01")
    )
    data = told.replace(crashes=frame)
    names = [str(one.count.what) for one in monthly.totals(data, data, MARCH)]
    assert "Crashes" in names and "People killed" not in names
    assert "People killed" in [str(one.count.what) for one in monthly.totals(told, told, MARCH)]


def told_until(data, day, also=()):
    """Take away the number of killed of all crashes from a day on, but of the first of `also`."""
    frame = data.crashes
    keeps = (frame["crash_date"] < day) | frame.index.isin(also)
    return data.replace(crashes=frame.assign(n_killed=frame["n_killed"].where(keeps)))


def killed_of(found):
    return [one for one in found if str(one.count.what) == "People killed"]


def test_what_hardly_any_crash_of_the_year_tells_is_no_fall():
    whole = by_months(STEADY)
    (first, *_) = np.flatnonzero(whole.crashes["crash_date"] >= "2023-01-01")
    data = told_until(whole, "2023-01-01", also=[whole.crashes.index[first]])
    month, so_far = killed_of(monthly.totals(data, data, MARCH))
    assert month.count.told is None and month.verdict.words is None
    assert "{n} crashes do not tell it" in month.finding.plural and month.count.untold == 20
    assert so_far.count.told == 1 and so_far.verdict.words is None
    # Crashes compare as before, and are what groups count.
    assert monthly.totals(data, data, MARCH)[0].verdict.words == monthly.BY_CHANCE
    assert monthly.worst(data, data, MARCH).unit == "crashes"
    assert not monthly.tells_road_users(data, data, MARCH)
    areas = monthly.by_area(data, MARCH, monthly.worst(data, data, MARCH), "admin1")
    assert [one.n for one in areas] == [30, 30]


def test_a_year_before_that_hardly_tells_is_no_measure():
    data = by_months(STEADY)
    frame = data.crashes
    odd = (frame["crash_date"].dt.year == 2021) & (np.arange(len(frame)) % 4 == 0)
    some = data.replace(crashes=frame.assign(n_killed=frame["n_killed"].mask(odd)))
    line = timeline.of(some, unit="casualties", show=timeline.FATAL)
    assert monthly.comparable(line, monthly.so_far(MARCH)) == (2022,)
    assert any("set beside no others" in str(one) for one in line.notes)
    assert line.doubtful == {2021}


def test_the_base_year_says_nothing_against_itself():
    data = yearly([100, 160], first=2010)
    assert monthly.on_path(data, data, date(2010, 12, 1)) is None
    assert monthly.on_path(data, data, date(2011, 6, 1)) is None
    found = monthly.on_path(data, data, date(2011, 12, 1))
    assert str(found.finding.values["verdict"]).endswith("judged alone")


def test_years_that_scatter_about_the_path_widen_what_is_to_be_expected():
    calm, wild = (
        monthly.on_path(data, data, date(2014, 12, 1))
        for data in (
            yearly(n, first=2010) for n in ([100, 97, 93, 90, 150], [100, 40, 150, 60, 150])
        )
    )
    assert not calm.is_by_chance and wild.is_by_chance
    assert wild.limits[0] < calm.limits[0] and wild.limits[1] > calm.limits[1]


def test_where_only_deaths_compare_with_years_before_the_table_shows_them():
    days = [f"{year}-12-{1 + i % 28:02d}" for year in range(2018, 2024) for i in range(40)]
    rows = [{"crash_date": day, "severity": "fatal", "n_killed": 1} for day in days]
    slight = {2023: 400}
    rows += [
        {"crash_date": f"{year}-12-05", "severity": "slight", "n_killed": 0}
        for year in range(2018, 2024)
        for _ in range(slight.get(year, 40))
    ]
    data = made(rows, period=Period(date(2018, 1, 1), date(2023, 12, 31)))
    december = date(2023, 12, 1)
    found = [one for one in monthly.totals(data, data, december) if one.span.first == 12]
    # Crashes of 2023 were recorded otherwise; deaths were not.
    assert found[0].count.years == () and found[0].verdict.words is None
    laid = monthly.table(found, found[0].count.what)
    killed = [str(row[0]) for row in laid.rows].index("People killed")
    assert laid.rows[killed][1:4] == (40, 40, 40.0)
    assert laid.rows[0][2:] == (None,) * 6


def test_a_part_of_the_months_asked_for_is_set_beside_no_whole_ones():
    parts = (date(2018, 1, 1), date(2022, 12, 31)), (date(2023, 3, 1), date(2023, 3, 31))
    data = by_months(STEADY).replace(period=Period(parts[0][0], parts[1][1], parts=parts))
    so_far = crashes(data, monthly.so_far(MARCH))
    assert not so_far.is_whole and so_far.before == () and alone(so_far) is None
    assert crashes(data, monthly.of_month(MARCH)).last == 20


def test_an_area_that_stopped_telling_its_deaths_has_no_fall():
    numbers = {(year, month): 600 for year in range(2018, 2024) for month in (1, 2, 3)}
    data = by_months(numbers)
    frame = data.crashes
    far = (np.arange(len(frame)) % 100 == 1).astype(bool)
    silent = far & (frame["crash_date"] >= "2023-01-01").to_numpy()
    frame = frame.assign(
        admin1=frame["admin1"].astype(object).mask(far, "Far"),
        n_killed=frame["n_killed"].mask(silent),
    )
    some = data.replace(crashes=frame)
    line = timeline.of(some, unit="casualties", show=timeline.FATAL)
    assert monthly.comparable(line, monthly.so_far(MARCH))
    groups = monthly.by_area(some, MARCH, line, "admin1")
    (one,) = (group for group in groups if str(group.label) == "Far")
    assert (one.month, one.told, one.before) == ((6, None), None, ())
    verdicts = {str(group.label): said.words for group, said in monthly.among_groups(groups, 1.0)}
    assert verdicts == {
        "Far": None,
        "North": monthly.BY_CHANCE,
        "South": monthly.BY_CHANCE,
    }
    (note,) = monthly.doubtful(groups, line.what)
    assert "Far: more crashes do not tell" in str(note)
    laid = monthly.grouped(groups, MARCH, line, *[line.what] * 3, sums=True)
    assert next(row for row in laid.rows if str(row[0]) == "Far")[3:] == (None,) * 5


def test_years_known_to_the_year_only_have_no_months_to_compare():
    data = by_months(STEADY)
    frame = data.crashes
    vague = (frame["crash_date"].dt.year == 2021) & (np.arange(len(frame)) % 4 == 0)
    frame = frame.assign(date_precision=np.where(vague, "year", "day"))
    some = data.replace(crashes=frame.astype({"date_precision": "category"}))
    line = timeline.of(some)
    assert line.vague_years == {2021} and line.by_year[2021] == 60
    assert monthly.comparable(line, monthly.so_far(MARCH)) == (2022,)
    assert timeline.of(data).vague_years == frozenset()


def test_a_base_year_that_nobody_counts_is_no_path():
    data = yearly([100, 90, 200], first=2010)
    frame = data.crashes
    silent = frame.assign(n_killed=frame["n_killed"].mask(frame["crash_date"] < "2011-01-01"))
    december = date(2012, 12, 1)
    assert monthly.on_path(data, data, december) is not None
    some = data.replace(crashes=silent)
    assert monthly.on_path(some, some, december) is None
