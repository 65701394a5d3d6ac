"""The cross-table of one's own: finding, table, chart, method and files say the same."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import kept_crashes
import pytest

from crashkit import api

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/tabulate.json").read_text("utf-8"))
FIGURE = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
HERE = "/d/mine/explore/table"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def nights(store):
    """In the dark three of ten are fatal, by day one."""
    rows = [
        {
            "crash_date": f"2021-05-{1 + n % 28:02d}",
            "light": "dark_none" if n < 100 else "day",
            "severity": "fatal" if n < 30 or n >= 190 else "slight",
            "n_killed": int(n < 30 or n >= 190),
        }
        for n in range(200)
    ]
    kept_crashes.keep(store, rows)


def figure(page):
    (drawn,) = FIGURE.findall(page)
    return json.loads(drawn)


def test_the_page_says_in_one_sentence_what_the_table_tells(aida, nights):
    page = aida.see(f"{HERE}?rows=light&columns=severity&show=rows")
    assert "Crashes: Light × Severity. Per cent of each row" in page
    assert "3.0 times as often (1.6 to 5.8)" in page
    assert '30.0 % <small>30</small> <span class="cell-mark" aria-hidden="true">▲</span>' in page
    assert "more than expected" in page


def test_page_chart_and_files_say_the_same(aida, nights, store):
    words = "rows=light&columns=severity&show=rows"
    own = api.cross_table(api.load(store, "mine"), "light", "severity", show="rows")
    document = aida.get(f"{HERE}.json?{words}").json
    jsonschema.validate(document, SCHEMA)
    assert document["figures"] == [list(row) for row in own.figures]
    chart = figure(aida.see(f"{HERE}?{words}&view=chart"))
    assert [bar["y"] for bar in chart["data"]] == [
        list(column) for column in zip(*own.figures, strict=True)
    ]
    rows = list(csv.reader(io.StringIO(aida.see(f"{HERE}.csv?{words}").removeprefix("\ufeff"))))
    assert [[float(n) for n in row[1:-1]] for row in rows[1:]] == document["figures"]
    assert aida.get(f"{HERE}.xlsx?{words}").data.startswith(b"PK")


def test_the_method_shows_what_was_expected(aida, nights):
    page = aida.see(f"{HERE}?rows=light&columns=severity&view=method")
    assert "20.0 <small>3.5</small>" in page
    assert "Chi-square test: X² = 12.5 with 1 degrees of freedom" in page


def test_a_field_of_people_goes_with_casualties_only(aida, mine):
    page = aida.see(f"{HERE}?rows=injury&columns=year&unit=casualties")
    assert "Casualties: Injury" in page
    wrong = aida.get(f"{HERE}?rows=injury&columns=year&unit=crashes")
    assert wrong.status_code == 400
    assert "count casualties to use it" in wrong.get_data(as_text=True)
    unknown = aida.get(f"{HERE}?rows=colour&unit=horses")
    assert unknown.status_code == 400
    assert "horses cannot be counted" in unknown.get_data(as_text=True)


def test_rates_without_an_exposure_are_refused_with_a_sentence(aida, mine):
    page = aida.get(f"{HERE}?rows=light&columns=severity&show=rates")
    assert page.status_code == 400
    assert "Rates need an exposure" in page.get_data(as_text=True)


def test_no_crash_explains_itself(aida, mine):
    assert "No crash passes this filter" in aida.see(f"{HERE}?severity=pdo")


def test_what_charts_draw_is_data_and_no_markup(aida, mine):
    page = aida.see(f"{HERE}?rows=settlement&columns=severity&view=chart")
    assert "<b>Aksu" not in page
    assert figure(page)["data"][0]["x"][0] == "&lt;b&gt;Aksu&lt;/b&gt;"


def test_rates_are_by_the_exposure_kept_and_the_analysis_leads_here(aida, store, tmp_path):
    kept_crashes.keep(store, [{**one, "admin1": "Osh"} for one in kept_crashes.road()])
    address = "/d/mine/explore/table?rows=admin1&columns=severity&show=rates"
    assert aida.get(address).status_code == 400
    (tmp_path / "people.csv").write_text(OSH, "utf-8")
    api.add_exposure(store, "mine", api.read_exposure(tmp_path / "people.csv"))
    page = aida.see(address)
    assert "Rates are of the whole years with a number of “Population”: 2020 and 2021." in page
    moved = aida.get("/d/mine/explore/cross?rows=light&columns=severity")
    assert moved.location.endswith("/d/mine/explore/table?rows=light&columns=severity")
    assert aida.get("/d/mine/explore/cross.json?rows=light&columns=severity").status_code == 200


def test_the_quantity_of_rates_is_chosen_where_several_are_told(aida, store, tmp_path):
    kept_crashes.keep(store, [{**one, "admin1": "Osh"} for one in kept_crashes.road()])
    assert '<select name="kind">' not in aida.see(HERE)
    told = "area,year,population,vehicles\nOsh,2020,100000,20000\nOsh,2021,100000,30000\n"
    (tmp_path / "told.csv").write_text(told, "utf-8")
    api.add_exposure(store, "mine", api.read_exposure(tmp_path / "told.csv"))
    asked = "rows=admin1&columns=severity&show=rates"
    page = aida.see(f"{HERE}?{asked}&kind=vehicles")
    assert '<option value="vehicles" selected>' in page
    assert "a number of “Registered vehicles”" in page
    assert 'name="chosen-kind" value="vehicles"' in page
    found = aida.get(f"{HERE}.json?{asked}&kind=vehicles").json
    row = found["rows"].index("Osh")
    shown = [n * found["per"] / 50_000 for n in found["cells"][row]]
    assert found["figures"][row] == pytest.approx(shown)
    # By people without a word, as in the analysis.
    assert "a number of “Population”" in aida.see(f"{HERE}?{asked}")
    assert aida.get(f"{HERE}?{asked}&kind=horses").status_code == 400
    assert "kind=vehicles" in re.search(r'href="([^"]*table.csv[^"]*)"', page)[1]


OSH = "area,year,population\nOsh,2020,100000\nOsh,2021,100000\n"
