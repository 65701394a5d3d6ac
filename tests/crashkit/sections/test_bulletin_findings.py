from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from invented import facts, with_info
from made_crashes import made

from crashkit import monthly, timeline
from crashkit.blocks import Points
from crashkit.model import Period
from crashkit.sections import bulletin_findings

FIRST, LAST = 2018, 2023
COLUMNS = ["crash_date", "severity", "n_killed", "admin1"]


def months(counts, areas=("North", "South"), end=date(LAST, 12, 31)):
    """Facts of so many fatal crashes each March, of a year more each, in turn in the areas."""
    rows = [
        {
            "crash_date": f"{FIRST + i}-03-{1 + j % 28:02d}",
            "severity": "fatal",
            "n_killed": 1,
            "admin1": areas[j % len(areas)] if areas else "",
        }
        for i, n in enumerate(counts)
        for j in range(n)
    ]
    data = with_info(made(rows, period=Period(date(FIRST, 1, 1), end)))
    return replace(facts(data), options={"month": f"{LAST}-03"})


def said(told):
    first, *_ = (one for one in bulletin_findings.build(told) if isinstance(one, Points))
    return first.items


def claims(told):
    return [one for one in said(told) if "strength" in one.values]


def test_a_steady_month_claims_nothing_and_says_of_how_many():
    told = months([60] * 6)
    assert not claims(told)
    n = int(said(told)[-1].values["compared"])
    assert n == monthly.compared_of(monthly.totals(told.data, told.data, date(LAST, 3, 1)))
    assert f"judged together: 0 of {n}. That the others" in str(said(told)[-1])


def test_chance_seldom_makes_a_claim():
    drawn = np.random.default_rng(20261128).poisson(60, size=(20, 6))
    assert sum(bool(claims(months(row.tolist()))) for row in drawn) <= 2


def test_a_planted_rise_is_claimed_in_the_words_of_the_table():
    told = months([60, 60, 60, 60, 60, 150])
    first = claims(told)[0]
    totals = monthly.totals(told.data, told.data, date(LAST, 3, 1))
    assert first.values["finding"] in [one.finding for one in totals]
    assert str(first).endswith("all totals judged together: very strong.")


def test_an_area_that_rises_is_named_and_the_other_is_not():
    told = months([60, 60, 60, 60, 60, 120], areas=("North", "South", "South", "South"))
    steady = months([20] * 6, areas=("North",))
    both = pd.concat([told.data.crashes, steady.data.crashes])[COLUMNS]
    data = with_info(made(both.to_dict("records"), period=told.data.period))
    told = replace(facts(data), options=told.options)
    named = [str(one) for one in claims(told) if "all areas" in str(one)]
    assert len(named) == 1
    assert "South" in named[0]


def test_one_rise_is_not_told_in_every_total_that_shows_it():
    told = months([60, 60, 60, 60, 60, 150])
    of_totals = [one for one in claims(told) if "all totals" in str(one)]
    assert len(of_totals) == 3
    assert str(of_totals[0]).startswith("People killed")


def test_where_the_area_is_not_known_none_is_named():
    told = months([20, 20, 20, 20, 20, 200], areas=("North", "South", "", "", "", "", "", ""))
    assert not any("not known" in str(one).lower() for one in claims(told))


def test_a_fall_in_a_month_that_just_ended_may_be_what_is_not_known_yet():
    fall = [80, 80, 80, 80, 80, 20]
    fresh = [str(one) for one in said(months(fall, end=date(LAST, 3, 31)))]
    assert any(one.startswith("Fewer may also be what is not known yet") for one in fresh)
    settled = [str(one) for one in said(months(fall))]
    assert not any(one.startswith("Fewer may also") for one in settled)


def test_a_first_year_compares_with_nothing():
    told = months([30])
    told = replace(told, options={"month": f"{FIRST}-03"})
    (only,) = said(told)
    assert str(only).endswith("no change can be claimed.")


@pytest.mark.parametrize("public", [0, 5])
def test_the_deaths_of_twelve_months_do_not_tell_the_few_of_one(public):
    rows = [
        {"crash_date": f"{year}-{month:02d}-{1 + i % 28:02d}", "severity": "fatal", "n_killed": 1}
        for year in (2021, 2022, 2023)
        for month in range(1, 13 if year < LAST else 12)
        for i in range(3 if month == 12 and year == 2022 else 12 if year < LAST else 40)
    ]
    data = with_info(made(rows, period=Period(date(2021, 1, 1), date(LAST, 11, 30))))
    told = replace(facts(data), options={"month": f"{LAST}-11"}, public=public)
    # 443 less the 440 of the year so far would be the three of December.
    assert any(str(one).startswith("443 people") for one in said(told)) == (not public)


@pytest.mark.parametrize(("n", "warned"), [(400, True), (600, False)])
def test_few_deaths_on_the_path_may_be_what_is_not_known_yet(monkeypatch, n, warned):
    told = months([60] * 6, end=date(LAST, 3, 31))
    below = SimpleNamespace(n=n, limits=(500, 700), is_by_chance=not warned, warnings=())
    below.finding = timeline.month_label(1)
    monkeypatch.setattr(monthly, "on_path", lambda *_, **__: below)
    assert any("Fewer may also be" in str(one) for one in said(told)) == warned
