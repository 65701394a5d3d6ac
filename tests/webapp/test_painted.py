"""Roads of the map by class, traffic and risk: the links, the legend, the colours, the table."""

import csv
import io

import kept_crashes
import pytest


def road(number, km, **words):
    line = {"type": "LineString", "coordinates": [[70, 42], [70 + km / 83, 42]]}
    return {"type": "Feature", "geometry": line, "properties": {"road_number": number, **words}}


ROADS = {
    "type": "FeatureCollection",
    "features": [
        road("M39", 100, road_class="national", aadt=4000),
        road("M41", 50, road_class="<b>local</b>"),
    ],
}


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    store.save_layer("mine", "roads", ROADS)


def test_the_map_offers_the_ways_and_shows_plain_roads_first(aida, mine):
    page = aida.see("/d/mine/map?severity=fatal")
    assert 'data-paint=""' in page
    assert "?severity=fatal&amp;paint=rate" in page
    assert "The roads as a table" not in page


def test_a_way_brings_its_legend_and_its_words(aida, mine):
    page = aida.see("/d/mine/map?severity=fatal&paint=rate")
    assert 'data-paint="/d/mine/roads.json?severity=fatal&amp;paint=rate&amp;v=1"' in page
    assert "divided by AADT × 365" in page
    assert "&lt;b&gt;local" in aida.see("/d/mine/map?paint=class")
    assert "paint=rate" in aida.see("/d/mine/map?paint=rate")


def test_colours_are_those_of_the_filter(aida, mine):
    def crashes(words):
        found = aida.get(f"/d/mine/roads.json?paint=density{words}").json
        return [dict(one["rows"]).get("Crashes") for one in found["roads"]]

    assert crashes("") == ["24", "0"]
    assert crashes("&severity=fatal") == ["6", "0"]
    found = aida.get("/d/mine/roads.json?paint=class").json
    assert found["shades"] == ["class-0", "class-1"]
    assert [line["text"] for line in found["legend"]] == ["national", "<b>local</b>"]
    assert found["lines"] == [0, 1]
    assert found["layer"] == "/d/mine/layers/roads.geojson"


def test_roads_are_there_as_a_table(aida, mine):
    text = aida.see("/d/mine/roads.csv?paint=density").lstrip("\ufeff")
    heads, first, second = csv.reader(io.StringIO(text))
    assert heads == [
        *("Road", "From km", "To km", "Length, km", "Class", "AADT", "Crashes"),
        "Crashes per km and year",
    ]
    assert (first[0], first[6], second[6]) == ("M39", "24", "0")
    years = 3
    assert float(first[7]) == pytest.approx(24 / float(first[3]) / years, rel=1e-3)


def test_a_way_the_layer_cannot_have_is_not_there(aida, mine, store):
    assert aida.get("/d/mine/roads.json?paint=beauty").status_code == 404
    assert aida.get("/d/mine/roads.json").status_code == 404
    assert 'data-paint=""' in aida.see("/d/mine/map?paint=beauty")


def test_roads_of_a_user_are_coloured_too(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    assert "Roads by" not in aida.see("/d/mine/map")
    about = {"title": "Net", "kind": "roads", "colour": "blue", "features": 2, "shapes": []}
    store.add_layer("mine", ROADS, about)
    found = aida.get("/d/mine/roads.json?paint=aadt").json
    assert found["layer"] == "/d/mine/layers/net.geojson"
    assert "Roads by" in aida.see("/d/mine/map")
