"""Crashes on roads: how many, how surely, and which names the network lacks."""

import kept_crashes
import pandas as pd
import pytest

from crashkit.roads.network import Lines, network

LINES = [[(69.0, 41.0), (69.4, 41.0)], [(69.4, 41.0), (69.9, 41.0)]]


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def keep_roads(store, key="M39"):
    frame = pd.DataFrame(
        {"road_key": key, "road_name": "<b>Silk</b>", "road_class": "national"}, index=[0, 1]
    )
    store.save_roads("main", network(frame, Lines.of(LINES)), title="Main <i>roads</i>")


def test_without_a_network_the_page_says_how_to_add_one(aida, mine):
    page = aida.see("/d/mine/on-roads")
    assert "No network of roads is loaded" in page
    assert 'href="/roads"' in page
    assert aida.get("/d/mine/on-roads.json").status_code == 404


def test_every_crash_is_counted_with_its_grade(aida, mine, store):
    keep_roads(store)
    page = aida.see("/d/mine/on-roads")
    assert "24 of 24 crashes lie on a road" in page
    assert "Main &lt;i&gt;roads&lt;/i&gt;" in page
    found = aida.get("/d/mine/on-roads.json").json
    assert found["grades"] == {"good": 24, "fair": 0, "ambiguous": 0, "unmatched": 0}
    assert found["of_roads"][0]["road"] == "M39"
    assert aida.get("/d/mine/on-roads.csv").data.decode("utf-8-sig").count("\n") == 25


def test_a_reason_lists_its_crashes_and_shows_them_alone(aida, mine, store):
    keep_roads(store)
    page = aida.see("/d/mine/on-roads?reason=named")
    assert page.count('data-label="Crash"') == 24
    assert "reason=named" in page
    points = aida.get("/d/mine/on-roads/points.geojson?reason=named").get_json(force=True)
    assert {one["properties"]["tone"] for one in points["features"]} == {"good"}
    assert aida.get("/d/mine/on-roads?reason=whim").status_code == 404
    assert aida.get("/d/mine/on-roads?roads=other").status_code == 404
    lines = aida.get("/d/mine/on-roads/lines.geojson").get_json(force=True)
    assert [one["geometry"]["coordinates"][0] for one in lines["features"]] == [
        [69.0, 41.0],
        [69.4, 41.0],
    ]


def test_a_name_is_said_to_be_a_road_and_taken_back(aida, mine, store):
    keep_roads(store, key="M-41")
    page = aida.see("/d/mine/on-roads")
    assert "Names the network lacks" in page
    assert aida.get("/d/mine/on-roads.json").json["unknown_names"][0]["name"] == "M39"
    words = {"roads": "main", "name": "M39", "road": "M-41"}
    assert aida.send("/d/mine/on-roads/names", words).status_code == 303
    found = aida.get("/d/mine/on-roads.json").json
    assert (found["grades"]["good"], found["unknown_names"]) == (24, [])
    assert "Said before" in aida.see("/d/mine/on-roads")
    aida.send("/d/mine/on-roads/names", {**words, "do": "forget"})
    assert aida.get("/d/mine/on-roads.json").json["grades"]["good"] == 0


def test_a_road_that_is_not_there_is_refused_in_words(aida, mine, store):
    keep_roads(store)
    aida.send("/d/mine/on-roads/names", {"roads": "main", "name": "x", "road": "Z-9"})
    assert "has no road “Z-9”" in aida.see("/d/mine/on-roads")
