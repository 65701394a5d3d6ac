from collections import namedtuple
from datetime import date

import pytest
from made_crashes import made

from crashkit import crosstabs, exposure
from crashkit.errors import MethodError
from crashkit.model import Period

Told = namedtuple("Told", "quantity area year value age_band sex", defaults=("", ""))
OSH = [Told("population", "osh", year, 200_000) for year in (2021, 2022)]


def crashes():
    rows = [
        {"admin1": name, "severity": "fatal" if i % 4 == 0 else "slight", "crash_date": day}
        for name in ("Osh", "Batken")
        for i, day in enumerate(["2021-03-01", "2022-04-01", "2022-05-01", "2023-02-01"] * 4)
    ]
    return made(rows, period=Period(date(2021, 1, 1), date(2023, 6, 30)))


def test_rates_of_areas_are_of_the_whole_years_that_are_told():
    found = exposure.rates(crashes(), "admin1", "severity", OSH)
    assert found.table.rows == ("Batken", "Osh")
    assert str(crosstabs.title(found)).endswith("Rates per 100000 people and year")
    assert found.table.total == 24
    # 4 fatal crashes of Osh in 2021 and 2022, for 400,000 people times years.
    assert found.figures[1][0] == pytest.approx(4 / 400_000 * 100_000)
    assert found.figures[0] == (None, None)
    said = [str(note) for note in found.notes]
    assert any("8 crashes of other times are left out" in note for note in said)
    assert any("1 area has no number" in note and "Batken" in note for note in said)


def test_rates_of_years_take_the_number_of_the_whole_data_set():
    told = [Told("vehicles", "", 2022, 1000.0), *OSH]
    found = exposure.rates(crashes(), "year", "severity", told, quantity="vehicles")
    assert found.table.rows == ("2022",)
    assert str(found.shown) == "Rates per 10000 registered vehicles and year"
    assert sum(found.figures[0]) == pytest.approx(16 / 1000 * 10_000)


def test_what_cannot_be_a_rate_says_why():
    with pytest.raises(MethodError, match="by year, area, age and sex, not by Severity"):
        exposure.rates(crashes(), "severity", "admin1", OSH)
    with pytest.raises(MethodError, match="is told of areas only"):
        exposure.rates(crashes(), "year", "severity", OSH)
    with pytest.raises(MethodError, match="There is no exposure “horses”"):
        exposure.rates(crashes(), "admin1", "severity", OSH, quantity="horses")
    with pytest.raises(MethodError, match="nobody has told"):
        exposure.rates(crashes(), "admin1", "severity", [])
