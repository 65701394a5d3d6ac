from collections import namedtuple
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm
from made_crashes import made
from scipy import stats

from crashkit import api
from crashkit.errors import MethodError
from crashkit.model import Period

EN = api.speaker("en")
Told = namedtuple("Told", "quantity area year value age_band sex", defaults=("", ""))
DEATHS = {2015: 40, 2016: 38, 2017: 41, 2018: 30, 2019: 28, 2020: 25, 2021: 24}


def deaths(by_year=DEATHS, end=None):
    rows = [
        {"crash_date": f"{year}-0{1 + i % 9}-1{i % 10}", "severity": "fatal", "n_killed": 1}
        for year, n in by_year.items()
        for i in range(n)
    ]
    return made(rows, period=Period(date(min(by_year), 1, 1), end or date(max(by_year), 12, 31)))


def people(years=DEATHS, growth=1.02):
    return [Told("population", "", year, 500_000 * growth**i) for i, year in enumerate(years)]


def ask(data, told, unit="casualties", **chosen):
    asked = replace(api.question(data, unit=unit, chosen=chosen), exposure=told)
    return api.analyse("rates_by_year", asked)


def test_rates_are_by_the_people_of_each_year_with_exact_limits():
    found = ask(deaths(), people())
    assert EN.say(found.title) == "People killed per 100,000 people, by year"
    year, n, amount, rate, low, high = found.table.rows[1]
    assert (year, n, amount) == ("2016", 38, 510_000)
    per = 100_000 / 510_000
    exact = [stats.chi2.ppf(0.025, 76) / 2 * per, stats.chi2.ppf(0.975, 78) / 2 * per]
    assert [rate, low, high] == pytest.approx([38 * per, *exact])


def test_the_change_is_that_of_the_rate_not_of_the_count():
    years, counts = np.array([*DEATHS]), np.array([*DEATHS.values()])
    fit = sm.GLM(
        counts,
        sm.add_constant(years - years.mean()),
        family=sm.families.Poisson(),
        offset=np.log([one.value for one in people()]),
    ).fit()
    annual = 100 * np.expm1(fit.params[1])
    said = EN.say(ask(deaths(), people()).finding)
    assert f"changed by {annual:.1f} % a year" in said.replace("−", "-")
    assert "a fall" in said


def test_few_years_are_compared_by_their_ends_and_chance_is_told():
    few = {2020: 30, 2021: 28}
    said = EN.say(ask(deaths(few), people(few)).finding)
    assert "2021 against 2020" in said and "chance alone can explain it" in said


def test_few_deaths_have_a_rate_and_no_change():
    few = {2020: 3, 2021: 2}
    said = EN.say(ask(deaths(few), people(few)).finding)
    assert "in 2021 (95 % limits" in said and "against" not in said


def test_a_part_of_a_year_and_a_year_without_a_number_have_no_rate():
    told = [one for one in people() if one.year != 2016]
    found = ask(deaths(end=date(2021, 6, 30)), told)
    assert [row[0] for row in found.table.rows] == ["2015", "2017", "2018", "2019", "2020"]


def test_what_counts_and_by_what_is_chosen():
    told = [*people(), *(Told("vehicle_km", "", year, 2e9) for year in DEATHS)]
    found = ask(deaths(), told, unit="crashes", kind="vehicle_km")
    assert EN.say(found.title).startswith("Crashes per 100,000,000 vehicle-kilometres")
    assert found.table.rows[0][3] == pytest.approx(40 / 20)


@pytest.mark.parametrize("told", [(), [Told("population", "Osh", 2016, 5e5)]])
def test_without_the_exposure_of_all_it_says_what_to_do(told):
    with pytest.raises(MethodError, match="add a table of them"):
        ask(deaths(), told)
