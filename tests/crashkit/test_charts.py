import json

import pytest
from invented import sample, tiny

from crashkit import charts, tables
from crashkit.errors import ReportError
from crashkit.text import Speaker

SAY = Speaker("en").say


@pytest.fixture(scope="module")
def by_year():
    return tables.cross(tiny(), "year", "severity")


@pytest.fixture(scope="module")
def grid():
    return tables.cross(sample(), "weekday", "hour")


def test_stacked_bars_hold_the_numbers_of_the_table(by_year):
    drawn = charts.figure(by_year, "stacked", SAY)
    assert [(t["name"], t["x"], t["y"]) for t in drawn["data"]] == [
        ("Fatal", ["2021", "2022", "2023"], [1, 0, 0]),
        ("Serious", ["2021", "2022", "2023"], [0, 0, 1]),
        ("Slight", ["2021", "2022", "2023"], [1, 0, 1]),
    ]
    assert drawn["layout"]["barmode"] == "stack"


def test_severities_have_the_colours_of_the_map_and_a_pattern(by_year):
    looks = [t["marker"] for t in charts.stacked(by_year, SAY)["data"]]
    assert [look["color"] for look in looks] == ["#3b0f70", "#d1420e", "#f2b701"]
    assert [look["pattern"]["shape"] for look in looks] == ["", "/", ""]


def test_bars_are_the_totals_of_the_rows(by_year):
    [trace] = charts.figure(by_year, "bars", SAY)["data"]
    assert trace["y"] == [2, 0, 2]


def test_a_grid_leaves_unknown_out_of_the_picture_and_tells_it(grid):
    table = tables.cross(tiny(), "weekday", "hour")
    drawn = charts.heat(table, SAY)
    [trace] = drawn["data"]
    assert sum(map(sum, trace["z"])) == 3
    assert (len(trace["y"]), len(trace["x"])) == (7, 24)
    assert "without a known value of hour" in drawn["layout"]["title"]["subtitle"]["text"]


def test_every_chart_says_what_it_counts_how_many_and_when(by_year):
    for kind in charts.KINDS:
        title = charts.figure(by_year, kind, SAY)["layout"]["title"]
        assert title["text"].startswith("Crashes: Year")
        assert "Crashes are counted, each once." in title["subtitle"]["text"]
        assert "4 in total." in title["subtitle"]["text"]
        assert "1 Jan 2021" in title["subtitle"]["text"]


def test_a_chart_is_plain_json(grid):
    for kind in charts.KINDS:
        assert json.loads(json.dumps(charts.figure(grid, kind, SAY)))


def test_names_with_angle_brackets_are_no_markup():
    data = tiny("| admin1 | severity |\n| <b>A & B</b> | fatal |")
    drawn = charts.stacked(tables.cross(data, "admin1", "severity"), SAY)
    assert drawn["data"][0]["x"] == ["&lt;b&gt;A &amp; B&lt;/b&gt;"]


def test_unknown_is_hollow():
    data = tiny("| crash_id | severity |\n| 1 | fatal |\n| 2 |  |")
    *_, unknown = charts.stacked(tables.cross(data, "year", "severity"), SAY)["data"]
    assert (unknown["name"], unknown["marker"]["color"]) == ("Unknown", "#ffffff")


def test_other_fields_have_the_safe_palette_and_then_patterns():
    table = tables.cross(sample(), "year", "crash_type")
    looks = [t["marker"] for t in charts.stacked(table, SAY)["data"]]
    assert [look["color"] for look in looks[:3]] == list(charts.PALETTE[:3])
    pairs = [(look["color"], look["pattern"]["shape"]) for look in looks]
    assert len(set(pairs)) == len(pairs) > len(charts.PALETTE)


def test_a_grid_suits_two_long_sides(grid, by_year):
    assert charts.suited(grid) == "heat"
    assert charts.suited(by_year) == "stacked"


def test_another_kind_of_chart_is_refused_by_name(by_year):
    with pytest.raises(ReportError, match="no chart pie; there are stacked, bars, heat"):
        charts.figure(by_year, "pie", SAY)


def test_a_notebook_gets_a_plotly_figure(by_year):
    drawn = charts.notebook(charts.stacked(by_year, SAY))
    assert len(drawn.data) == 3 and drawn.layout.barmode == "stack"
