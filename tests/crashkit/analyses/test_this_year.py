"""A year so far beside the five before it: worked numbers, and years that do not compare."""

from datetime import date

import pytest
from made_crashes import made

from crashkit import api
from crashkit.model import Period
from crashkit.trends import expected

EN = api.speaker("en")
BY_JUNE = {2015: 120, 2016: 130, 2017: 140, 2018: 155, 2019: 155, 2020: 123}
UNTIL = Period(date(2015, 1, 1), date(2020, 6, 14))


def crashes(**more):
    """Make so many crashes on 2 March of each year, and ten on 1 July where the year is whole."""
    rows = [
        {"crash_date": f"{year}-{day}", "n_killed": 1, "severity": "fatal", **more}
        for year, n in BY_JUNE.items()
        for day, times in (("03-02", n), ("07-01", 10 if year < 2020 else 0))
        for _ in range(times)
    ]
    return made(rows, period=UNTIL)


def ask(data, unit="casualties", **chosen):
    return api.analyse("this_year", api.question(data, unit=unit, chosen=chosen))


def test_the_running_total_stands_beside_the_five_years_to_the_same_day():
    found = ask(crashes(), show="fatal")
    said = EN.say(found.finding)
    assert "People killed: 123 by 14 Jun 2020; the mean of 2015 to 2019" in said
    assert "is 140.0 (range 120 to 155), so -12.1 %" in said
    # X2 of the five is 950 / 140 on four degrees of freedom, widened as t with four.
    spread = expected.by_few(950 / 140 / 4, 4)
    low, high = (round(one, 1) for one in expected.change(123, 700, 5, scatter=spread)[1:])
    assert f"(95 % limits {low} % to {high} %); chance alone can explain it." in said
    rows = {row[0]: row for row in found.table.rows}
    assert rows[date(2020, 6, 14)][1:5] == (123, 140, 120, 155)
    assert rows[date(2020, 6, 15)][1] is None
    assert rows[date(2020, 12, 31)][2] == 150
    assert len(rows) == 366


def test_by_month_the_last_whole_month_is_the_last():
    found = ask(crashes(), by="month")
    assert "by 31 May 2020" in EN.say(found.finding)
    assert len(found.table.rows) == 12


def test_another_year_can_be_chosen():
    assert "155 by 31 Dec 2019" not in EN.say(ask(crashes(), in_year="2019").finding)
    assert "165 by 31 Dec 2019" in EN.say(ask(crashes(), in_year="2019").finding)


def test_years_that_do_not_compare_are_not_compared():
    data = crashes().replace(period=Period(date(2015, 1, 2), date(2020, 6, 14)))
    found = ask(data)
    assert "nothing to set it against" in EN.say(found.finding)
    assert any("2015 to 2019 must all be whole" in EN.say(note) for note in found.notes)
    assert len(found.table.columns) == 2


def test_a_year_that_counts_from_march_on_is_not_compared_with_years_from_january_on():
    whole, part = (date(2015, 1, 1), date(2019, 12, 31)), (date(2020, 3, 1), date(2020, 6, 14))
    found = ask(crashes().replace(period=Period(whole[0], part[1], (whole, part))))
    assert "nothing to set it against" in EN.say(found.finding)
    assert any("counts from 1 Mar 2020 on only" in EN.say(note) for note in found.notes)


def test_few_are_told_without_a_per_cent():
    data = made([{"crash_date": f"{year}-02-28"} for year in range(2015, 2021)], period=UNTIL)
    said = EN.say(ask(data, unit="crashes").finding)
    assert "too few for a change in per cent" in said and "mean of 2015 to 2019" in said


@pytest.mark.parametrize(("kind", "offered"), [("month", ["month"]), ("day", ["day", "month"])])
def test_days_are_offered_where_they_are_known(kind, offered):
    choices = {one.name: one for one in api.list_analyses()["this_year"].choices}
    asked = api.question(crashes(date_precision=kind))
    assert [word for word, _ in choices["by"].options(asked)] == offered


@pytest.mark.parametrize("year", [2018, 2020])
def test_a_year_of_which_many_are_known_to_the_year_only_is_beside_no_other(year):
    data = crashes()
    frame = data.crashes
    vague = (frame["crash_date"].dt.year == year) & (frame.index % 10 == 0)
    kinds = vague.map({True: "year", False: "day"}).astype("category")
    found = ask(data.replace(crashes=frame.assign(date_precision=kinds)), show="fatal")
    assert "the mean of" not in EN.say(found.finding)
    assert any(f"Of {year} the day of more than 2 %" in EN.say(one) for one in found.notes)


def test_days_compare_with_none_where_many_are_known_to_the_month_only():
    data = crashes()
    frame = data.crashes
    vague = (frame["crash_date"].dt.year == 2018) & (frame.index % 10 == 0)
    kinds = vague.map({True: "month", False: "day"}).astype("category")
    part = data.replace(crashes=frame.assign(date_precision=kinds))
    by_day, by_month = (ask(part, show="fatal", by=by) for by in ("day", "month"))
    assert "the mean of" not in EN.say(by_day.finding)
    assert any("Of 2018 the day of more than 2 %" in EN.say(one) for one in by_day.notes)
    assert "the mean of" in EN.say(by_month.finding)
