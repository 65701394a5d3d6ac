"""Explore: tables with their charts, in the numbers of the files beside them."""

import csv
import html
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


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def figures(page):
    return [json.loads(text) for text in FIGURE.findall(page)]


def test_explore_lists_the_analyses_and_leads_to_the_tables_often_asked_for(aida, mine):
    page = aida.see("/d/mine/explore?year=2021")
    assert not figures(page)
    tables = re.findall(r'href="(/d/mine/explore/table\?rows=[^"]*)"', page)
    assert [html.unescape(one) for one in tables] == [
        "/d/mine/explore/table?rows=year&columns=severity&unit=crashes&year=2021",
        "/d/mine/explore/table?rows=weekday&columns=hour&unit=crashes&year=2021",
    ]
    assert "Year × Severity</a>" in page
    made = aida.see(html.unescape(tables[0]))
    assert "Crashes: Year × Severity" in made
    people = aida.see("/d/mine/explore?unit=casualties")
    assert "Year × Injury</a>" in people


def test_page_and_files_say_the_same(aida, mine, store):
    words = "rows=crash_type&columns=light&unit=crashes&severity=slight"
    table = aida.get(f"/d/mine/explore.json?{words}").json
    jsonschema.validate(table, SCHEMA)
    part = api.cut(api.load(store, "mine"), api.parse_filter("severity=slight"))
    own = api.tabulate(part, "crash_type", "light")
    assert table["cells"] == [list(row) for row in own.cells]
    rows = list(csv.reader(io.StringIO(aida.see(f"/d/mine/explore.csv?{words}"))))
    assert [row[1:-1] for row in rows[1:-1]] == [[str(n) for n in row] for row in own.cells]


def test_files_say_what_they_are(aida, mine):
    answer = aida.get("/d/mine/explore.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert (
        "attachment; filename=mine_crashes_year_severity.csv"
        in answer.headers["Content-Disposition"]
    )
    assert aida.get("/d/mine/explore.xlsx").data.startswith(b"PK")


def test_two_fields_of_ones_own_have_their_own_page(aida, mine):
    assert 'action="/d/mine/explore/table"' in aida.see("/d/mine/explore")
    old = aida.get("/d/mine/explore?rows=light&columns=severity&year=2021")
    assert old.status_code == 302
    assert old.headers["Location"] == "/d/mine/explore/table?rows=light&columns=severity&year=2021"


def test_no_crash_explains_itself(aida, mine):
    page = aida.see("/d/mine/explore?severity=pdo")
    assert "No crash passes this filter" in page
    assert not figures(page)


def test_a_table_that_the_data_cannot_fill_is_not_offered(aida, store):
    kept_crashes.keep(store, kept_crashes.thin(), "thin")
    kept_crashes.keep(store, kept_crashes.points(), "points")
    assert "Often asked for" not in aida.see("/d/thin/explore")
    points = aida.see("/d/points/explore")
    assert "Year × Severity</a>" in points
    assert "Weekday × Hour" not in points


def test_deaths_stand_twice_and_the_table_by_year_warns_of_a_break(aida, store):
    years = [(400, 40), (400, 40), (1600, 40)]
    rows = [
        {
            "crash_date": f"{2020 + i}-05-{1 + n % 28:02d}",
            "severity": "fatal" if n < deaths else "slight",
            "n_killed": int(n < deaths),
            "killed_definition": "7d",
        }
        for i, (crashes, deaths) in enumerate(years)
        for n in range(crashes)
    ]
    kept_crashes.keep(store, rows)
    page = aida.see("/d/mine/explore")
    assert '<td class="num">40</td>' in page
    assert '<td class="num">43</td>' in page
    by_year = "/d/mine/explore/table?rows=year&columns=severity"
    warned = [
        "Between 2021 and 2022" in aida.see(by_year + more)
        for more in ("", "&severity=slight", "&severity=fatal", "&year=2020-2021")
    ]
    assert warned == [True, True, False, False]
    assert "Between 2021 and 2022" in aida.get("/d/mine/explore.json").json["notes"][0]
