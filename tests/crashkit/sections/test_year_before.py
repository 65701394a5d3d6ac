from datetime import date

import pytest
from invented import facts, with_info
from made_crashes import made

from crashkit.blocks import Paragraph, Table
from crashkit.model import Period
from crashkit.sections import year_before
from crashkit.trends import ratios


def yearly(by_year, end=None):
    rows = [
        {
            "crash_date": f"{year}-0{1 + i % 9}-1{i % 10}",
            "severity": "fatal" if i % 4 == 0 else "slight",
            "n_killed": 1 if i % 4 == 0 else 0,
            "n_slight": 1,
        }
        for year, n in by_year.items()
        for i in range(n)
    ]
    last = end or date(max(by_year), 12, 31)
    return facts(with_info(made(rows, period=Period(date(min(by_year), 1, 1), last))))


SIX = {2018: 100, 2019: 104, 2020: 96, 2021: 98, 2022: 102, 2023: 60}


def rows(told, which=0):
    tables = [one for one in year_before.build(told) if isinstance(one, Table)]
    return {str(row[0]): row[1:] for row in tables[which].rows}


def test_the_year_stands_beside_the_one_before_and_the_mean_of_five():
    before, n, change, low, high = rows(yearly(SIX))["Crashes"]
    found = ratios.change(102, 60)
    assert (before, n) == (102, 60)
    assert (change, low, high) == pytest.approx((found.percent, found.lower, found.upper))
    assert rows(yearly(SIX), 1)["Crashes"][:3] == (100.0, 60, pytest.approx(-40.0))


def test_small_counts_have_no_per_cent():
    small = rows(yearly({2022: 40, 2023: 36}))["Fatal crashes"]
    assert small == (10, 9, None, None, None)


def test_what_chance_explains_is_no_fall():
    (said,) = (one for one in year_before.build(yearly(SIX)) if isinstance(one, Paragraph))
    assert str(said.sentences[0]).endswith("a fall.")
    assert str(said.sentences[1]).endswith("chance alone can explain it.")


def test_many_counts_beside_the_year_before_are_judged_together():
    # By itself a fall from 102 to 74 is more than chance (p = 0.04), among several it is not.
    (said,) = (
        one for one in year_before.build(yearly({**SIX, 2023: 74})) if isinstance(one, Paragraph)
    )
    assert len(said.sentences) > 2
    assert str(said.sentences[0]).endswith("but not among so many comparisons.")


def test_the_year_is_the_newest_whole_one():
    assert rows(yearly(SIX, end=date(2023, 6, 30)))["Crashes"][:2] == (98, 102)


def test_one_year_has_nothing_beside_it():
    assert not year_before.applies(yearly({2023: 40}))
    assert not year_before.applies(yearly({2023: 40}, end=date(2023, 6, 1)))


def test_a_year_of_which_one_month_tells_the_killed_is_no_fall():
    told = yearly(SIX)
    frame = told.data.crashes
    late = frame["crash_date"] >= "2023-02-01"
    data = with_info(told.data.replace(crashes=frame.assign(n_killed=frame["n_killed"].mask(late))))
    blocks = year_before.build(facts(data))
    assert rows(facts(data))["People killed"][0] is None
    (said,) = (one for one in blocks if isinstance(one, Paragraph))
    assert not any(str(one).startswith("People killed:") for one in said.sentences)
    assert any("set beside no others" in str(one) for one in blocks[-1].items)
