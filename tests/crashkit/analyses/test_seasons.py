"""Weather and season: the planted ice is found, what is not known is told."""

import math
from dataclasses import replace
from datetime import date

import pytest
from invented import land, sample, tiny
from scipy.stats import norm

from crashkit import api, daylight, weather
from crashkit.model import Upload
from crashkit.synth import country, skies
from crashkit.weather import risk as weather_risk

EN = api.speaker("en")


@pytest.fixture(scope="module")
def told():
    columns = country.weather_columns(land())
    rows = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
    found = weather.read(Upload("weather.csv", "\n".join(rows).encode()))
    assert found.accepted == found.rows and not found.strange
    return weather.gathered(found.days)


def ask(data, told, whole=None, **chosen):
    question = api.question(data, whole=whole, chosen=chosen)
    return api.analyse("seasons", replace(question, weather=lambda: told))


def row(found, name):
    (one,) = [one for one in found.table.rows if EN.say(one[0]).startswith(name)]
    return one


def test_the_planted_ice_is_found_and_nothing_else_claims_to_be_worse(told):
    found = ask(sample(), told)
    ratio, lower, upper = row(found, "Ice on the road")[5:8]
    assert lower < skies.ICE_FACTOR < upper
    assert ratio == pytest.approx(skies.ICE_FACTOR, rel=0.15)
    worse = [EN.say(one["label"]) for one in found.figure.data["rows"] if one["mark"] == 1]
    assert worse == ["Ice on the road"]
    assert "Ice on the road" in EN.say(found.finding)
    assert "not traffic" in EN.say(found.finding)


def test_crashes_and_days_with_and_without_are_all_of_them(told):
    found = ask(sample(), told)
    one = row(found, "Frost (")
    assert one[1] + one[3] == len(sample())
    assert one[2] + one[4] == len(told)


def test_few_crashes_get_no_ratio(told):
    part = api.cut(sample(), api.parse_filter("severity=fatal; year=2016"))
    found = ask(part, told, whole=sample())
    assert all(one[5] is None for one in found.table.rows if one[1] < 10)


def test_the_calendar_tells_the_seasons(told):
    found = ask(sample(), told, show="calendar")
    frost = row(found, "Frost (")
    assert frost[1] > 90 and frost[7] == 0
    assert "Usual, on at least half of the days" in EN.say(found.finding)
    places = ask(sample(), told, show="calendar", by="ice")
    assert len(places.table.rows) == 5
    assert "Nothing of this is usual" in EN.say(places.finding)


def test_without_a_table_the_record_is_counted_and_no_risk_is_claimed():
    found = api.analyse("seasons", sample())
    table = api.tabulate(sample(), "weather", "month")
    known = sum(
        sum(row)
        for key, row in zip(table.rows, table.cells, strict=True)
        if key not in ("", "unknown")
    )
    assert sum(sum(one[1:]) for one in found.table.rows) == known
    assert "cannot be told" in EN.say(found.finding)
    assert api.analyse(
        "seasons", api.question(sample(), chosen={"show": "surface_condition"})
    ).table.rows


def test_months_without_weather_are_blank_and_told():
    one = weather.gathered([weather.Day("", date(2021, 3, 1), {"temp_min": 1.0})])
    found = ask(tiny(), one, show="calendar")
    assert found.figure.data["cells"] == ((None, None, 0, *[None] * 9),)
    assert any("not told" in EN.say(note) for note in found.notes)


def test_limits_of_marked_conditions_are_widened_for_the_choice(told):
    data = sample()
    found = weather_risk.compared(data, daylight.day_numbers(data), told).risks
    tried = [one for one in found.values() if one.enough]
    marked = [one for one in tried if one.sign]
    assert 0 < len(marked) < len(tried)
    z = norm.ppf(1 - 0.05 * len(marked) / len(tried) / 2)
    for one in marked:
        error = abs(math.log(one.found.ratio)) / norm.isf(one.found.p / 2)
        assert math.log(one.found.upper / one.found.ratio) == pytest.approx(z * error, rel=1e-3)


def test_crashes_without_weather_are_told():
    data = tiny()
    whole = weather.gathered([weather.Day("", date(2021, 3, 1), {"temp_min": -1.0})])
    notes = " ".join(map(EN.say, ask(data, whole).notes))
    assert "3 crashes happened on days without weather" in notes
    assert api.lacking("seasons", api.question(data)) is not None
