"""Target: a verdict, a chart that needs no script, the table and the method, and files."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import jsonschema
import kept_crashes
import pytest

from crashkit import api
from crashkit.model import Period

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/target.json").read_text("utf-8"))
KILLED = (31, 30, 26, 28, 25, 22, 23, 20)
TOLD = "?base_year=2010&base_value=40"


@pytest.fixture
def mine(store):
    rows = [
        {
            "crash_date": f"{2015 + i}-0{1 + j % 9}-11",
            "severity": "fatal",
            "n_killed": 1,
            "admin1": "North" if j % 2 else "South",
        }
        for i, n in enumerate(KILLED)
        for j in range(n)
    ]
    kept_crashes.keep(store, rows, period=Period(date(2015, 1, 1), date(2022, 12, 31)))


def test_a_base_that_is_not_in_the_data_is_asked_for(aida, mine):
    page = aida.see("/d/mine/target")
    assert "The base year 2010 is no whole year of these data (2015 to 2022)" in page
    assert "target-chart" not in page and 'name="base_value"' in page
    assert "/d/mine/target" in aida.see("/d/mine")


def test_chart_table_and_method_are_addresses(aida, mine, store):
    found = api.track_target(api.load(store, "mine"), api.TargetAsked(base_value=40))
    chart = aida.see(f"/d/mine/target{TOLD}")
    assert api.speaker("en").say(found.verdict) in chart
    assert 'src="/d/mine/target.svg?base_year=2010&amp;base_value=40"' in chart
    table = aida.see(f"/d/mine/target{TOLD}&tab=table")
    assert '<th scope="row">2030</th><td class="num">20</td>' in table
    assert "target-chart" not in table
    assert "negative binomial" in aida.see(f"/d/mine/target{TOLD}&tab=method")


def test_page_json_and_csv_say_the_same(aida, mine, store):
    told = aida.get(f"/d/mine/target.json{TOLD}").json
    jsonschema.validate(told, SCHEMA)
    found = api.track_target(api.load(store, "mine"), api.TargetAsked(base_value=40))
    assert told == api.target_document(found, api.speaker("en"))
    rows = list(csv.reader(io.StringIO(aida.see(f"/d/mine/target.csv{TOLD}").lstrip("\ufeff"))))
    counted = {row["year"]: row["deaths"] for row in told["years"] if row["deaths"] is not None}
    assert {int(row[0]): int(row[2]) for row in rows[1:] if row[2]} == counted
    assert tuple(counted.values()) == KILLED


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("xlsx", b"PK")]
)
def test_the_chart_and_the_table_can_be_taken_away(aida, mine, ending, start):
    assert aida.get(f"/d/mine/target.{ending}{TOLD}").data.startswith(start)


def test_a_filter_tracks_a_part(aida, mine):
    told = aida.get("/d/mine/target.json?base_year=2015&admin1=North").json
    assert told["base"] == {"year": 2015, "deaths": 15.0, "told": False}
    assert "admin1=North" in aida.see("/d/mine/target?base_year=2015&admin1=North")


@pytest.mark.parametrize(
    "words", ["?base_year=soon", "?base_year=2015&less=150", "?base_value=nan", "?target_year=9999"]
)
def test_a_target_that_cannot_be_is_said(aida, mine, words):
    assert aida.get(f"/d/mine/target{words}").status_code == 400
    assert aida.get(f"/d/mine/target.json{words}").status_code == 400


def test_an_empty_data_set_has_no_target(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    assert "no whole year" in aida.get("/d/mine/target").get_data(as_text=True)
