from collections import namedtuple
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from made_crashes import made
from scipy import stats
from statsmodels.discrete.discrete_model import NegativeBinomial

from crashkit import api
from crashkit.errors import MethodError, TooLittle
from crashkit.model import Period

EN = api.speaker("en")
Told = namedtuple("Told", "quantity area year value age_band sex", defaults=("", ""))
COUNTS = {"A": 40, "B": 55, "C": 48, "D": 52, "E": 47, "F": 160, "G": 5}


def districts(counts=COUNTS, fatal=5, years=(2022, 2023)):
    """Make crashes of districts, spread over the years; every `fatal`-th is fatal."""
    rows = [
        {
            "admin2": name,
            "crash_date": f"{years[i % len(years)]}-05-0{1 + i % 9}",
            "severity": "slight" if i % fatal else "fatal",
            "n_killed": 0 if i % fatal else 1,
            "n_slight": 2,
        }
        for name, n in counts.items()
        for i in range(n)
    ]
    return made(rows, period=Period(date(2022, 1, 1), date(2023, 12, 31)))


def asked(data, told=(), unit="crashes", **chosen):
    return replace(api.question(data, unit=unit, chosen=chosen), exposure=told)


def people(names=COUNTS, years=(2022, 2023)):
    return [Told("population", name, year, 50_000) for name in names for year in years]


def rows(found):
    return {row[0]: row[1:] for row in found.table.rows}


def test_rates_are_by_the_people_of_the_years_and_limits_those_of_the_common_scatter():
    found = api.analyse("districts", asked(districts(), people()))
    assert rows(found)["F"][:3] == (160, 100_000, 160.0)
    counts = np.array([*COUNTS.values()], dtype=float)
    fit = NegativeBinomial(counts, np.ones(7)).fit(disp=0)
    mean, k = np.exp(fit.params[0]), fit.params[1]
    law = stats.nbinom(1 / k, 1 / (1 + k * mean))
    assert rows(found)["A"][3:5] == pytest.approx(law.ppf([0.025, 0.975]), abs=1)
    assert EN.say(found.title) == "Crashes per 100,000 people and year, by District"


def test_one_that_differs_from_many_that_are_alike_is_named():
    counts = {f"D{i}": 50 + i % 7 for i in range(40)} | {"Far": 400}
    found = api.analyse("districts", asked(districts(counts), people(counts)))
    assert "1 above the 99.8 % limits: Far" in EN.say(found.finding)
    point = next(one for one in found.figure.data["points"] if one["label"] == "Far")
    assert point["band"] == 2


def test_how_severe_is_a_share_of_crashes_with_binomial_limits():
    even = {name: 100 for name in "ABCDEF"}
    found = api.analyse("districts", asked(districts(even), show="severity", kind="fatal"))
    low, high = stats.binom(100, 0.2).ppf([0.025, 0.975])
    assert rows(found)["A"][:5] == pytest.approx((20, 100, 20.0, low, high))
    assert "None of 6 areas" in EN.say(found.finding)


def test_people_are_counted_where_people_are_asked_for():
    found = api.analyse("districts", asked(districts(), people(), "casualties", kind="killed"))
    assert rows(found)["F"][0] == 32
    assert EN.say(found.title).startswith("People killed per 100,000")


def test_districts_without_exposure_are_told_and_left_out():
    found = api.analyse("districts", asked(districts(), people("ABCDE")))
    assert set(rows(found)) == {*"ABCDE"}
    notes = [EN.say(note) for note in found.notes]
    assert any(note.endswith("have no number for these years, and so no rate: F and G") for note in
               notes)  # fmt: skip
    assert any(note.startswith("165 are of none of these areas") for note in notes)


def test_years_that_not_all_are_told_for_do_not_count():
    told = people() + [Told("population", "A", 2021, 1)]
    told = [one for one in told if (one.area, one.year) != ("B", 2023)]
    found = api.analyse("districts", asked(districts(), told))
    assert rows(found)["A"][:2] == (20, 50_000)
    assert "202 crashes of other times are left out." in [EN.say(note) for note in found.notes]


def test_without_exposure_the_rate_is_refused_in_a_sentence():
    with pytest.raises(MethodError, match="There is no exposure: nobody has told"):
        api.analyse("districts", asked(districts(), show="population"))
    with pytest.raises(MethodError, match="do not tell districts"):
        api.analyse("districts", asked(made([{"severity": "fatal"}])))


def test_few_districts_get_no_verdict():
    few = {"A": 40, "B": 90}
    found = api.analyse("districts", asked(districts(few), people(few)))
    assert "too few for a funnel" in EN.say(found.finding)


@pytest.mark.parametrize("unit, kind", [("crashes", "fatal"), ("casualties", "killed")])
@pytest.mark.parametrize("show", ["severity", "population"])
def test_where_nobody_is_so_badly_hurt_the_funnel_says_so(unit, kind, show):
    whole = districts()
    data = api.cut(whole, api.parse_filter({"severity": "slight"}))
    asks = replace(asked(data, people(), unit, show=show, kind=kind), whole=whole)
    with pytest.raises(TooLittle, match="have none of these: (Fatal crashes|People killed)"):
        api.analyse("districts", asks)


def test_one_area_alone_is_no_funnel():
    whole = districts()
    data = api.cut(whole, api.parse_filter({"admin2": "A"}))
    asks = replace(asked(data, show="severity", kind="fatal"), whole=whole)
    with pytest.raises(TooLittle, match="needs two areas"):
        api.analyse("districts", asks)


def test_years_in_which_nobody_tells_the_killed_are_no_years_of_nought():
    data = districts()
    frame = data.crashes
    silent = data.replace(
        crashes=frame.assign(n_killed=frame["n_killed"].mask(frame["crash_date"] < "2023-01-01"))
    )
    found = api.analyse("districts", asked(silent, people(), unit="casualties", kind="killed"))
    assert rows(found)["F"][1] == 50_000
    found = api.analyse("districts", asked(silent, people(), unit="casualties", kind="all"))
    assert rows(found)["F"][1] == 100_000
