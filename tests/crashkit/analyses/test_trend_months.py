"""Months beside the years before them, and the months of the year by their days."""

from datetime import date

import pytest
from made_crashes import made
from scipy import stats as scipy_stats

from crashkit import api
from crashkit.model import Period

EN = api.speaker("en")
SIX = Period(date(2015, 1, 1), date(2020, 12, 31))


def months(number, odd=None):
    """Make `number` crashes in each month of six years, but for those of `odd`."""
    rows = [
        {"crash_date": f"{year}-{month:02d}-05", "severity": "slight"}
        for year in range(2015, 2021)
        for month in range(1, 13)
        for _ in range((odd or {}).get((year, month), number))
    ]
    return made(rows, period=SIX)


def ask(data, unit="crashes", **chosen):
    return api.analyse("trend_months", api.question(data, unit=unit, chosen=chosen))


def test_a_month_apart_from_five_years_is_marked_and_others_are_not():
    found = ask(months(20, {(2020, 7): 60}))
    assert len(found.table.rows) == 72
    label, n, expected, low, high, remark = found.table.rows[-6]
    assert (EN.say(label), n, expected) == ("July 2020", 60, 20)
    # Given 100 before, a count is refused from where a binomial tail falls to 2.5 %.
    tails = [scipy_stats.binom.sf(x - 1, 100 + x, 1 / 6) > 0.025 for x in range(60)]
    assert high == max(x for x, is_in in enumerate(tails) if is_in)
    assert low < 20 < high and EN.say(remark) == "more than chance"
    assert [row[-1] for row in found.table.rows if row[-1]] == [remark]
    assert "of 12 months, 1 had more and 0 had fewer" in EN.say(found.finding)
    assert [one["key"] for one in found.figure.data["series"]] == ["count", "mean", "more"]


def test_without_five_whole_years_nothing_is_expected():
    found = ask(months(20).replace(period=Period(date(2015, 2, 1), date(2020, 12, 31))))
    assert "No month has five whole years before it" in EN.say(found.finding)
    assert all(row[2] is None for row in found.table.rows)


def test_months_all_alike_stand_out_nowhere():
    assert "none of 12 months" in EN.say(ask(months(20)).finding)


def test_by_season_february_has_more_a_day_for_the_same_number():
    rows = ask(months(31), by="season").table.rows
    assert EN.say(rows[1][0]) == "February"
    # 29 days in 2016 and 2020.
    assert rows[1][1:3] == (186, 4 * 28 + 2 * 29)
    assert rows[1][3] == pytest.approx(186 / 170, abs=1e-4)
    assert rows[1][4] == pytest.approx(186 / 170 / (12 * 186 / 2192), abs=1e-4)


def test_a_season_stands_out_with_limits_for_all_months():
    found = ask(months(20, {(year, 8): 45 for year in range(2015, 2021)}), by="season")
    assert "August stands out" in EN.say(found.finding)
    share = scipy_stats.binomtest(270, 270 + 11 * 120).proportion_ci(1 - 0.05 / 12, "exact")
    low, high = found.table.rows[7][-2:]
    assert low == pytest.approx(share.low / (186 / 2192), abs=1e-4)
    assert high == pytest.approx(share.high / (186 / 2192), abs=1e-4)


def test_few_are_counts_alone():
    data = made([{"crash_date": f"2016-0{i}-01"} for i in range(1, 6)], period=SIX)
    assert "too few to compare months" in EN.say(ask(data).finding)
    rows = ask(data, by="season").table.rows
    assert all(cell is None for row in rows for cell in row[4:])


def test_only_a_year_is_no_month():
    data = made([{"crash_date": "2016-01-01", "date_precision": "year"}], period=SIX)
    assert "month" in EN.say(api.lacking("trend_months", api.question(data)))


def through(words, by="order", said=True):
    data, passed = months(20, {(2020, 7): 60}), api.parse_filter(words)
    asked = api.question(
        api.cut(data, passed), whole=data, passed=passed if said else None, chosen={"by": by}
    )
    return api.analyse("trend_months", asked)


@pytest.mark.parametrize("said", [True, False])
def test_months_that_the_filter_leaves_out_are_no_months_without_crashes(said):
    found = through("month=6-7", said=said)
    assert len(found.table.rows) == 12
    assert all(row[1] for row in found.table.rows)
    assert "of 2 months, 1 had more and 0 had fewer" in EN.say(found.finding)
    notes = " ".join(EN.say(note) for note in found.notes)
    assert "The filter leaves out January, February, March, April, May, August," in notes


def test_months_of_the_year_that_the_filter_chose_are_not_compared():
    found = through("month=6-7", by="season")
    assert "The filter itself chooses by month" in EN.say(found.finding)
    assert [row[1] for row in found.table.rows] == [None] * 5 + [120, 160] + [None] * 5
    assert all(row[3] is None for i, row in enumerate(found.table.rows) if i not in (5, 6))
    either = through("(month=6 | severity=slight)", by="season")
    assert "The filter itself chooses by month" in EN.say(either.finding)


def test_months_of_a_year_of_which_many_are_known_to_the_year_only_are_no_measure():
    data = months(20)
    frame = data.crashes
    vague = (frame["crash_date"].dt.year == 2017) & (frame.index % 10 == 0)
    kinds = vague.map({True: "year", False: "day"}).astype("category")
    found = ask(data.replace(crashes=frame.assign(date_precision=kinds)))
    assert all(row[2] is None for row in found.table.rows)
    assert any("Of 2017 more than 2 % are known" in EN.say(one) for one in found.notes)
