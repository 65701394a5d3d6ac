"""The trend by year against a worked series, statsmodels' own, and data that tell too little."""

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm
from made_crashes import made
from made_years import yearly
from scipy import stats as scipy_stats

from crashkit import api, timeline
from crashkit.model import Period

EN = api.speaker("en")
FALLING = (61, 58, 64, 55, 52, 57, 49, 50, 44, 47, 41, 43)


def ask(data, unit="crashes", **chosen):
    return api.analyse("trend_years", api.question(data, unit=unit, chosen=chosen))


def test_the_slope_is_that_of_a_quasi_poisson_model():
    found = ask(yearly(FALLING))
    years = np.arange(len(FALLING))
    fit = sm.GLM(FALLING, sm.add_constant(years), family=sm.families.Poisson()).fit()
    spread = max(1.0, fit.pearson_chi2 / fit.df_resid)
    half = scipy_stats.t.ppf(0.975, fit.df_resid) * fit.bse[1] * spread**0.5
    ends = [round(100 * float(np.expm1(fit.params[1] + k * half)), 1) for k in (0, -1, 1)]
    assert "{} % a year (95 % limits {} % to {} %); a fall".format(*ends) in EN.say(found.finding)
    assert any("Mann-Kendall" in EN.say(note) for note in found.notes)


def test_counts_have_exact_limits_and_a_mean_of_five_years_with_its_range():
    rows = ask(yearly(FALLING)).table.rows
    year, n, low, high, mean, below, above, remark = rows[2]
    assert (year, n, remark) == ("2017", 64, None)
    assert low == pytest.approx(scipy_stats.chi2.ppf(0.025, 128) / 2, abs=0.01)
    assert high == pytest.approx(scipy_stats.chi2.ppf(0.975, 130) / 2, abs=0.01)
    assert mean == 58
    assert (below, above) == pytest.approx((58 - 2 * 58**0.5, 58 + 2 * 58**0.5), abs=0.01)
    assert rows[1][4] is None


def test_part_of_a_year_is_hollow_and_in_no_trend():
    data = yearly((*FALLING, 9)).replace(period=Period(date(2015, 1, 1), date(2027, 3, 1)))
    found = ask(data)
    assert "2015 to 2026" in EN.say(found.finding)
    assert found.figure.data["series"][0]["hollow"] == [False] * 12 + [True]
    assert EN.say(found.table.rows[-1][-1]) == "part of a year: 60 days"


def test_a_break_of_recording_is_marked_and_parts_the_trend():
    rows = [
        {"crash_date": f"{2010 + i}-05-01", "severity": "fatal" if j < 40 else "slight"}
        for i in range(12)
        for j in range(80 if i < 5 else 200)
    ]
    data = made(rows, period=Period(date(2010, 1, 1), date(2021, 12, 31)))
    found = ask(data)
    assert len(found.warnings) == 1 and "2015 to 2021" in EN.say(found.finding)
    assert [one["at"] for one in found.figure.data["marks"]] == [4.5]
    (why,) = [EN.say(note) for note in found.notes if "The trend begins" in EN.say(note)]
    assert why.startswith("The trend begins in 2015, because recording seems to have changed")
    assert "2010, 2011, 2012, 2013 and 2014" in why
    assert not ask(data, show="fatal").warnings


def test_few_years_compare_two_means_and_fewer_compare_two_years():
    assert "last three years of 2015 to 2019" in EN.say(ask(yearly(FALLING[:5])).finding)
    assert "Crashes, 2016 against 2015" in EN.say(ask(yearly((30, 20))).finding)
    assert "one whole year" in EN.say(ask(yearly((30,))).finding)
    assert "too few to tell a trend" in EN.say(ask(yearly((1, 2, 3))).finding)


def test_a_joinpoint_is_said_and_marked():
    found = ask(yearly([40, 48, 58, 70, 84, 100, 84, 70, 58, 48, 40, 34]))
    assert "the trend changed in 2020" in EN.say(found.finding)
    assert [one["key"] for one in found.figure.data["marks"]] == ["joinpoint"]


def test_casualties_are_counted_as_such():
    found = ask(yearly((20, 20, 20)), unit="casualties", show="fatal")
    assert EN.say(found.title) == "People killed by year"
    assert "injured" not in " ".join(map(EN.say, found.notes))
    assert [row[1] for row in found.table.rows] == [20, 20, 20]


@pytest.mark.parametrize(
    "counts", [(0, 0, 0, 0, 0, 12), (12, 0, 0, 0, 0, 0), (0,) * 7 + (8, 9, 7, 8, 9)]
)
def test_years_with_nothing_but_at_one_end_have_no_slope(counts):
    said = EN.say(ask(yearly(counts)).finding)
    assert "% a year" not in said
    assert "against the first three" in said


def test_a_year_that_is_left_out_parts_the_trend_and_that_is_said():
    data = api.cut(yearly(FALLING), api.parse_filter("year=2015-2018,2020-2026"))
    (why,) = [EN.say(note) for note in ask(data).notes if "The trend begins" in EN.say(note)]
    assert "begins in 2020, because the year before it does not count whole" in why
    assert "not compared with it: 2015" in why


@pytest.mark.parametrize(
    ("language", "slight", "clear"),
    [("en", "p = 0.28", "p < 0.001"), ("ru", "p = 0,28", "p < 0,001")],
)
def test_the_probability_of_mann_and_kendall_is_told_once_and_in_the_language(
    language, slight, clear
):
    speaker = api.speaker(language)
    for numbers, p in (((60, 58, 64, 55, 52, 57, 61, 50), slight), (FALLING, clear)):
        notes = ask(yearly(numbers)).notes
        (told,) = [speaker.say(one) for one in notes if "Mann-Kendall" in EN.say(one)]
        assert p in told and "p = <" not in told and "p = p" not in told


def casualties(counts, first=2015):
    """Make twelve crashes a year, with so many hurt in all, or None where that is not told."""
    rows = [
        {"crash_date": f"{first + i}-{month:02d}-03", "n_injured": None if n is None else n // 12}
        for i, n in enumerate(counts)
        for month in range(1, 13)
    ]
    return made(rows, period=Period(date(first, 1, 1), date(first + len(counts) - 1, 12, 31)))


def test_years_of_which_the_data_tell_no_casualties_are_no_years_of_nought():
    data = casualties((None, None, 24, 36, 24, 24))
    found = ask(data, unit="casualties")
    assert [(row[0], row[1]) for row in found.table.rows] == [
        ("2017", 24),
        ("2018", 36),
        ("2019", 24),
        ("2020", 24),
    ]
    assert "2017 to 2020" in EN.say(found.finding)
    assert "Of 2015 and 2016 the data do not tell “Casualties”: these are no years of nought." in [
        EN.say(note) for note in found.notes
    ]
    asked = api.question(data, unit="casualties")
    assert len(api.analyse("trend_months", asked).table.rows) == 48
    assert [row[0] for row in ask(data).table.rows][0] == "2015"


def test_where_all_years_of_a_filter_are_untold_that_is_what_is_said():
    data = casualties((None, 24, 24))
    part = api.cut(data, api.parse_filter("year=2015"))
    for name in ("trend_years", "trend_months", "this_year"):
        asked = api.question(part, whole=data, unit="casualties")
        assert "do not tell of any “Casualties”" in EN.say(api.lacking(name, asked))


def test_a_year_in_which_nobody_was_hurt_is_one_of_nought():
    found = ask(casualties((24, 0, 24)), unit="casualties")
    assert [row[1] for row in found.table.rows] == [24, 0, 24]
    damage = made([{"crash_date": f"{y}-05-01", "severity": "pdo"} for y in (2021, 2022)])
    mixed = damage.replace(
        crashes=damage.crashes.assign(n_injured=[2.0, float("nan")], n_killed=[0.0, float("nan")])
    )
    line = timeline.of(mixed, unit="casualties")
    assert (line.untold, line.by_year.get(2022, 0)) == (frozenset(), 0)
