"""Exposure: a table is read before the eyes of the engineer; rates stand beside their limits."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import kept_crashes
import pytest

from crashkit import api

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
TABLE = "year,population\n2020,1000000\n2021,1100000\nsoon,5\n"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def add(person, text=TABLE, **words):
    form = {"file": (io.BytesIO(text.encode()), "people.csv"), **words}
    return person.send("/d/mine/exposure", form, content_type="multipart/form-data")


def valid(found, schema):
    jsonschema.validate(found, json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")))
    return found


def test_without_exposure_the_page_says_what_is_missing_and_how_to_add_it(aida, mine):
    page = aida.see("/d/mine/exposure")
    assert "There is no exposure" in page and "Add a table" in page
    assert "/d/mine/exposure" in aida.see("/d/mine")


def test_every_row_is_accounted_for_and_rates_follow(aida, mine, store):
    answer = add(aida)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "2 numbers of people.csv are kept" in page
    assert "Row 3: The year is not understood." in page
    found = api.death_rates(store, api.load(store, "mine"), "population")
    first = found.rates[0]
    assert f">{first.deaths}<" in page and f"{first.rate.upper:.2f}" in page


def test_page_and_files_say_the_same(aida, mine):
    add(aida)
    kept = valid(aida.get("/d/mine/exposure.json").json, "exposure")["exposure"]
    assert [one["value"] for one in kept] == [1_000_000, 1_100_000]
    told = valid(aida.get("/d/mine/exposure/rates.json").json, "exposure_rates")
    rows = list(csv.reader(io.StringIO(aida.see("/d/mine/exposure/rates.csv").lstrip("\ufeff"))))
    assert [float(row[4]) for row in rows[1:]] == [one["rate"] for one in told["rates"]]
    assert aida.get("/d/mine/exposure/rates.xlsx").data[:2] == b"PK"


def test_what_was_downloaded_can_be_added_again(aida, mine):
    add(aida)
    before = aida.get("/d/mine/exposure.json").json
    again = aida.see("/d/mine/exposure.csv").lstrip("\ufeff")
    assert "Numbers replaced: 2" in add(aida, again).get_data(as_text=True)
    assert aida.get("/d/mine/exposure.json").json == before


def test_a_column_and_a_unit_can_be_told(aida, mine):
    words = {"column_year": "when", "column_vehicles": "fleet size", "unit_vehicles": "1000"}
    answer = add(aida, "when,fleet size,year\n2020,40,x\n", **words)
    assert answer.status_code == 200
    (kept,) = aida.get("/d/mine/exposure.json").json["exposure"]
    assert (kept["quantity"], kept["value"]) == ("vehicles", 40_000)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "year,population\nsoon,1\n"])
def test_a_table_that_is_of_no_use_changes_nothing(aida, mine, text):
    assert add(aida, text).status_code == 400
    assert aida.get("/d/mine/exposure.json").json == {"exposure": []}


def test_a_quantity_is_removed(aida, mine):
    add(aida)
    answer = aida.send("/d/mine/exposure/remove", {"quantity": "population"})
    assert answer.status_code == 303
    assert "There is no exposure" in aida.see("/d/mine/exposure")
    assert aida.send("/d/mine/exposure/remove", {"quantity": "population"}).status_code == 404
    assert aida.send("/d/mine/exposure/remove", {"quantity": "folk"}).status_code == 404
    assert aida.get("/d/mine/exposure/rates.json").status_code == 400


def test_areas_that_do_not_exist_are_said(aida, mine):
    add(aida)
    assert "Areas are told by one of" in aida.see("/d/mine/exposure?by=road")
    assert "No whole year and area" in aida.see("/d/mine/exposure?by=admin1")


def test_the_example_is_a_table_that_is_read_whole(aida, mine):
    assert 'href="/d/mine/exposure/example.csv"' in aida.see("/d/mine/exposure")
    text = aida.get("/d/mine/exposure/example.csv").get_data(as_text=True)
    page = add(aida, text.lstrip("\ufeff")).text
    assert "9 rows: 9 accepted" in page
    kept = aida.get("/d/mine/exposure.json").json["exposure"]
    by_age = [one["value"] for one in kept if one["sex"]]
    everybody = next(
        one["value"]
        for one in kept
        if one["quantity"] == "population" and not (one["area"] or one["sex"])
    )
    assert sum(by_age) == everybody == 100_000
    assert aida.get("/d/other/exposure/example.csv").status_code == 404
