"""Target: an analysis with free words, led to from its old address; files for programs."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import jsonschema
import kept_crashes
import pandas as pd
import pytest

from crashkit import api
from crashkit.model import Period
from crashkit.roads.corridors import Corridor, Section
from crashkit.roads.network import Lines, network

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/target.json").read_text("utf-8"))
KILLED = (31, 30, 26, 28, 25, 22, 23, 20)
TOLD = "?base_year=2010&base_value=40"
HERE = "/d/mine/explore/target"
EN = api.speaker("en")


@pytest.fixture
def mine(store):
    rows = [
        {
            "crash_date": f"{2015 + i}-0{1 + j % 9}-11",
            "severity": "fatal",
            "n_killed": 1,
            "admin1": "North" if j % 2 else "South",
            "road_key": "M39" if j % 4 else "A2",
            "road_number": "M39" if j % 4 else "A2",
            "chainage_km": 12.0,
            "lon": 69.12,
            "lat": 41.0 if j % 4 else 41.2,
        }
        for i, n in enumerate(KILLED)
        for j in range(n)
    ]
    kept_crashes.keep(store, rows, period=Period(date(2015, 1, 1), date(2022, 12, 31)))


@pytest.fixture
def corridors(store):
    frame = pd.DataFrame(
        {
            "road_key": ["M39", "A2"],
            "road_number": ["M39", "A2"],
            "from_m": [0, 0],
            "to_m": [90_000, 90_000],
        }
    )
    lines = [[(69.0, 41.0), (69.9, 41.0)], [(69.0, 41.2), (69.9, 41.2)]]
    store.save_roads("main", network(frame, Lines.of(lines)), title="Main roads")
    told = Corridor("CAREC <1>", (Section("M39"),))
    store.save_road_corridors("main", (told,))


def test_the_old_address_leads_to_the_analysis(aida, mine):
    answer = aida.get("/d/mine/target?admin1=North&base_year=2015")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{HERE}?admin1=North&base_year=2015"
    assert HERE in aida.see("/d/mine") and HERE in aida.see("/d/mine/explore")


def test_a_base_that_is_not_in_the_data_gives_way_or_is_told(aida, mine, store):
    assert "do not hold 2010, so the path begins in 2015" in aida.see(HERE)
    found = api.track_target(api.load(store, "mine"), api.TargetAsked(base_value=40))
    assert EN.say(found.verdict) in aida.see(f"{HERE}{TOLD}")
    asked = aida.get(f"{HERE}?base_year=2010")
    assert asked.status_code == 400
    assert "The base year 2010 is no whole year" in asked.get_data(as_text=True)


def test_deaths_are_counted_so_there_is_no_unit_to_choose(aida, mine):
    assert '<select name="unit">' not in aida.see(HERE)
    assert '<select name="unit">' in aida.see("/d/mine/explore/trend_years")


def test_table_and_method_are_addresses(aida, mine):
    table = aida.see(f"{HERE}{TOLD}&view=table")
    assert '<th scope="row">2030</th><td class="num">20.0</td>' in " ".join(table.split()).replace(
        "</th> <td", "</th><td"
    )
    assert "negative binomial" in aida.see(f"{HERE}{TOLD}&view=method")


def test_a_named_corridor_can_be_chosen(aida, mine, corridors, store):
    page = aida.see(f"{HERE}?base_year=2015")
    assert '<option value="CAREC &lt;1&gt;">' in page
    on = "on=CAREC+%3C1%3E&base_year=2015"
    assert "on CAREC &lt;1&gt;" in aida.see(f"{HERE}?{on}")
    told = aida.get(f"/d/mine/target.json?{on}").json
    own = [sum(1 for j in range(n) if j % 4) for n in KILLED]
    assert [row["deaths"] for row in told["years"] if row["deaths"] is not None] == own
    assert aida.get("/d/mine/target.json?on=other&base_year=2015").status_code == 404


def test_json_and_csv_say_the_same(aida, mine, store):
    told = aida.get(f"/d/mine/target.json{TOLD}").json
    jsonschema.validate(told, SCHEMA)
    found = api.track_target(api.load(store, "mine"), api.TargetAsked(base_value=40))
    assert told == api.target_document(found, EN)
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


@pytest.mark.parametrize(
    "words", ["?base_year=soon", "?base_year=2015&less=150", "?base_value=nan", "?target_year=9999"]
)
def test_a_target_that_cannot_be_is_said(aida, mine, words):
    assert aida.get(f"{HERE}{words}").status_code == 400
    assert aida.get(f"/d/mine/target.json{words}").status_code == 400


def test_an_empty_data_set_has_no_target(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    assert "no whole year" in aida.get(HERE).get_data(as_text=True)
