"""Weather: a table is read before the eyes of the engineer, kept, downloaded and removed."""

import io
import json
from pathlib import Path

import jsonschema
import kept_crashes
import pytest

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
TABLE = "date,tmax,weather\n2020-01-13,-3,glaze\n2020-01-14,4,frogs\nsoon,5,\n"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def add(person, text=TABLE, **words):
    form = {"file": (io.BytesIO(text.encode()), "days.csv"), **words}
    return person.send("/d/mine/weather", form, content_type="multipart/form-data")


def kept(person):
    found = person.get("/d/mine/weather.json").json
    jsonschema.validate(found, json.loads((SCHEMAS / "weather.json").read_text("utf-8")))
    return found["weather"]


def test_without_weather_the_page_says_how_to_add_it(aida, mine):
    page = aida.see("/d/mine/weather")
    assert "No weather is told yet" in page and "Add a table" in page
    assert "/d/mine/weather" in aida.see("/d/mine")
    assert kept(aida) == []


def test_every_row_is_accounted_for(aida, mine):
    page = add(aida).get_data(as_text=True)
    assert "2 days of days.csv are kept" in page
    assert "Row 3: The date is not understood." in page
    assert "frogs" in page
    assert [one["phenomena"] for one in kept(aida)] == [["ice"], []]


def test_what_was_downloaded_can_be_added_again(aida, mine):
    add(aida)
    before = kept(aida)
    again = aida.see("/d/mine/weather.csv").lstrip("\ufeff")
    assert "Days replaced: 2" in add(aida, again).get_data(as_text=True)
    assert kept(aida) == before


def test_what_is_unclear_is_asked_for_and_can_be_told(aida, mine):
    text = "date,heat\n02/01/2020,95\n03/01/2020,99\n"
    words = {"column_temp_max": "heat"}
    for missing, answer in (("more than any heat", {"unit_temp_max": "F"}), ("two ways", {})):
        asked = add(aida, text, **words)
        assert asked.status_code == 400 and missing in asked.get_data(as_text=True)
        words |= answer
    assert add(aida, text, **words, order="dmy").status_code == 200
    first, _ = kept(aida)
    assert (first["date"], round(first["temp_max"])) == ("2020-01-02", 35)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "date,tmax\nsoon,1\n"])
def test_a_table_that_is_of_no_use_changes_nothing(aida, mine, text):
    assert add(aida, text).status_code == 400
    assert kept(aida) == []


def test_weather_is_removed(aida, mine):
    add(aida)
    assert aida.send("/d/mine/weather/remove", {}).status_code == 303
    assert kept(aida) == []
    assert aida.send("/d/mine/weather/remove", {}).status_code == 404
