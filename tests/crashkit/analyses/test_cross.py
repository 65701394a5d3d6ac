from collections import namedtuple
from dataclasses import replace

import pytest
from invented import sample

from crashkit import api
from crashkit.errors import MethodError

EN = api.speaker("en")
Told = namedtuple("Told", "quantity area year value age_band sex", defaults=("", ""))


def ask(unit="crashes", told=(), **chosen):
    return replace(api.question(sample(), unit=unit, chosen=chosen), exposure=told)


@pytest.mark.parametrize("unit", api.UNITS)
def test_the_numbers_are_those_of_the_cross_table(unit):
    columns = {"crashes": "severity", "casualties": "injury", "vehicles": "unit_type"}[unit]
    found = api.analyse("cross", ask(unit, rows="light", columns=columns))
    table = api.cross_table(sample(), "light", columns, unit=unit)
    body = [list(row[1:-1]) for row in found.table.rows[:-1]]
    assert body == [list(row) for row in table.table.cells]
    assert found.table.rows[-1][-1] == table.table.total
    assert found.finding == table.finding
    assert [list(one["values"]) for one in found.figure.data["series"]] == [
        list(column) for column in zip(*table.table.cells, strict=True)
    ]


def test_shares_stand_beside_the_counts_of_their_rows():
    found = api.analyse("cross", ask(rows="light", columns="severity", show="rows"))
    for row in found.table.rows:
        assert row[-1] < 10 or sum(row[1:-1]) == pytest.approx(100)
    assert api.export_analysis(found, "svg", api.speaker("ru")).startswith(b"<?xml")


def test_two_long_sides_are_a_grid():
    found = api.analyse("cross", ask(rows="month", columns="hour"))
    assert found.figure.kind == "heat"
    assert api.draw_analysis(found, EN)["data"][0]["type"] == "heatmap"


def test_rates_are_by_the_exposure_kept_and_stand_side_by_side():
    told = [Told("population", "", year, 1e6) for year in range(2016, 2026)]
    found = api.analyse("cross", ask(told=told, rows="year", columns="severity", show="rates"))
    year = found.table.rows[0]
    assert sum(year[1:-1]) == pytest.approx(year[-1] / 10)
    assert api.draw_analysis(found, EN)["layout"]["barmode"] == "group"
    assert api.export_analysis(found, "png", EN).startswith(b"\x89PNG")
    with pytest.raises(MethodError, match="Rates need an exposure"):
        api.analyse("cross", ask(rows="year", columns="severity", show="rates"))


def test_what_is_usual_are_two_fields_that_the_data_have():
    found = api.analyse("cross", ask())
    assert EN.say(found.title) == "Crashes: Year × Severity"
