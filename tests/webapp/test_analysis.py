"""Explore: tables with their charts, in the numbers of the files beside them."""

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


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def figures(page):
    return [json.loads(text) for text in FIGURE.findall(page)]


def test_year_by_severity_and_weekday_by_hour_stand_as_table_and_chart(aida, mine):
    page = aida.see("/d/mine/explore")
    bars, grid = figures(page)
    assert "Crashes: Year × Severity" in page
    assert [bar["name"] for bar in bars["data"]] == ["Fatal", "Serious", "Slight"]
    assert sum(sum(bar["y"]) for bar in bars["data"]) == 24
    assert sum(map(sum, grid["data"][0]["z"])) == 24
    assert page.count("<tfoot>") == 2


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


def test_few_crashes_show_counts_and_no_shares(aida, mine):
    assert '<th scope="col" class="num">Share</th>' in aida.see("/d/mine/explore")
    few = aida.see("/d/mine/explore?severity=fatal")
    assert "Share" not in few
    assert "fewer than 10" in few


def test_no_crash_explains_itself(aida, mine):
    page = aida.see("/d/mine/explore?severity=pdo")
    assert "No crash passes this filter" in page
    assert not figures(page)


def test_thin_data_show_what_they_know(aida, store):
    kept_crashes.keep(store, kept_crashes.thin(), "thin")
    kept_crashes.keep(store, kept_crashes.points(), "points")
    thin = aida.see("/d/thin/explore")
    assert "Crashes: Year</h2>" in thin
    assert "Crashes: Weekday</h2>" in thin
    assert [figure["data"][0]["type"] for figure in figures(thin)] == ["bar", "bar"]
    points = aida.see("/d/points/explore")
    assert "Crashes: Year × Severity" in points
    assert "Weekday" not in points


def test_a_trend_chart_warns_of_a_break_and_shows_deaths_twice(aida, store):
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
    assert page.count("Between 2021 and 2022") == 1
    assert page.index("notice-warn") < page.index('data-chart="standing-1"')
    assert '<td class="num">40</td>' in page
    assert '<td class="num">43</td>' in page
    slight = aida.see("/d/mine/explore?severity=slight")
    assert "Between 2021 and 2022" in slight
    assert "Between 2021 and 2022" not in aida.see("/d/mine/explore?severity=fatal")
    assert "Between 2021 and 2022" not in aida.see("/d/mine/explore?year=2020-2021")
    assert "Between 2021 and 2022" in aida.get("/d/mine/explore.json").json["notes"][0]
