"""Roads of a kept network on the map: the links, the legend, the tiles, one road, the table."""

import csv
import io

import kept_crashes
import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest

from crashkit import geo
from crashkit.roads.network import Lines, network

LINES = [[(69.0, 41.0), (69.4, 41.0)], [(69.4, 41.0), (69.9, 41.0)], [(69.0, 42.0), (69.1, 42.0)]]


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())
    frame = pd.DataFrame(
        {
            "road_key": ["M39", "M39", ""],
            "road_number": ["<b>M39</b>", "<b>M39</b>", ""],
            "road_class": ["national", "local", "local"],
            "aadt": [4000.0, 2000.0, 100.0],
        }
    )
    store.save_roads("main", network(frame, Lines.of(LINES)), title="Main <i>roads</i>")


def address(aida, words):
    page = aida.see(f"/d/mine/map?{words}")
    found = page.partition('data-network="')[2].partition('"')[0]
    return found.replace("&amp;", "&")


def tile(aida, words, zoom=5, lon=69.2, lat=41.0):
    x, y = (int(one[0] * 2**zoom) for one in geo.mercator(np.array([lon]), np.array([lat])))
    place = f"{zoom}/{x}/{y}"
    answer = aida.get(address(aida, words).replace("{z}/{x}/{y}", place))
    assert answer.status_code == 200
    return mapbox_vector_tile.decode(answer.data)["lines"]["features"]


def test_without_a_network_nothing_is_offered(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    page = aida.see("/d/mine/map")
    assert "Roads of a network" not in page
    assert "data-network" not in page


def test_the_map_offers_networks_and_then_their_ways(aida, mine):
    page = aida.see("/d/mine/map?severity=fatal")
    assert 'data-network=""' in page
    assert "?severity=fatal&amp;network=main" in page
    assert "Main &lt;i&gt;roads&lt;/i&gt;" in page
    assert "network_by=rate" not in page
    assert "network=main&amp;network_by=rate" in aida.see("/d/mine/map?network=main")


def test_tiles_tell_the_name_and_the_shade_of_roads(aida, mine):
    plain = tile(aida, "network=main")
    assert {one["properties"]["name"] for one in plain} == {"<b>M39</b>", ""}
    assert "shade" not in plain[0]["properties"]
    found = tile(aida, "network=main&network_by=class")
    assert sorted(one["properties"]["shade"] for one in found) == ["class-0", "class-0", "class-1"]
    nowhere = address(aida, "network=main").replace("{z}/{x}/{y}", "8/0/0")
    assert aida.get(nowhere).status_code == 204


def test_only_colours_by_crashes_hang_on_the_filter(aida, mine):
    words = "network=main&network_by={}&severity=fatal"
    assert "severity" not in address(aida, words.format("class"))
    assert "severity=fatal" in address(aida, words.format("density"))
    here = "/d/mine/network/main/1.json?network_by=density"
    counts = [
        dict(aida.get(f"{here}{more}").json["rows"])["Crashes"] for more in ("", "&severity=fatal")
    ]
    assert counts == ["17", "5"]


def test_a_road_is_told_as_text(aida, mine):
    found = aida.get("/d/mine/network/main/1.json").json
    assert found["name"] == "<b>M39</b>"
    assert ["AADT", "4,000"] in found["rows"]
    assert aida.get("/d/mine/network/main/4.json").status_code == 404
    assert aida.get("/d/mine/network/other/1.json").status_code == 404


def test_the_legend_and_the_roads_are_there_as_files(aida, mine):
    page = aida.see("/d/mine/map?network=main&network_by=rate")
    assert "divided by AADT × 365" in page
    assert "/d/mine/network/main.csv?network_by=rate" in page
    found = aida.get("/d/mine/network/main.json?network_by=class").json
    assert [line["text"] for line in found["legend"]] == ["local", "national"]
    assert aida.get("/d/mine/network/main.json?network_by=whim").status_code == 404
    text = aida.see("/d/mine/network/main.csv?network_by=density").lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Road"], row["Crashes"]) for row in rows] == [
        ("<b>M39</b>", "17"),
        ("<b>M39</b>", "7"),
        ("", "0"),
    ]


def test_a_new_file_of_the_network_has_new_tiles(aida, mine, store):
    before = address(aida, "network=main")
    store.save_roads("main", store.roads("main").keep(np.array([0])), replace=True)
    assert address(aida, "network=main") != before
    assert len(tile(aida, "network=main")) == 1
