"""The density of crashes on the map: the kinds, the lengths, the legend, tiles and files."""

import csv
import io

import kept_crashes
import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from crashkit import geo
from crashkit.roads.network import Lines, network

LINES = [[(69.0, 41.0), (69.4, 41.0)], [(69.4, 41.0), (69.9, 41.0)]]


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def roads(mine, store):
    frame = pd.DataFrame({"road_key": ["M39"] * 2, "road_number": ["<b>M39</b>"] * 2})
    store.save_roads("main", network(frame, Lines.of(LINES)), title="Main")


def address(aida, words, attribute="density"):
    page = aida.see(f"/d/mine/map?{words}")
    found = page.partition(f'data-{attribute}="')[2].partition('"')[0]
    return found.replace("&amp;", "&")


def place(zoom, lon=69.3, lat=41.0):
    x, y = (int(one[0] * 2**zoom) for one in geo.mercator(np.array([lon]), np.array([lat])))
    return f"{zoom}/{x}/{y}"


def test_without_a_network_there_is_the_plane_only(aida, mine):
    page = aida.see("/d/mine/map")
    assert 'data-density=""' in page
    assert "On the plane" in page
    assert "Along the roads" not in page
    assert 'data-plane=""' in aida.see("/d/mine/map?density=continuous")


def test_density_along_roads_has_its_tiles_its_unit_and_its_lengths(aida, roads):
    page = aida.see("/d/mine/map?density=continuous&severity=fatal")
    assert 'data-density-unit="Crashes per km and year"' in page
    assert 'name="bandwidth" min="50" max="2000" step="1" required value="200"' in page
    assert "equal split continuous" in page
    tiles = address(aida, "density=continuous&bandwidth=500&lixel=100")
    assert "bandwidth=500" in tiles
    assert "lixel=100" in tiles
    content = aida.get(tiles.replace("{z}/{x}/{y}", place(6))).data
    drawn = mapbox_vector_tile.decode(content)["lines"]["features"]
    assert {one["properties"]["name"] for one in drawn} == {"<b>M39</b>"}
    assert aida.get(tiles.replace("{z}/{x}/{y}", "6/0/0")).status_code == 204
    assert aida.get(tiles.replace("{z}/{x}/{y}.mvt", "6/0/0.png")).status_code == 404


def test_the_plane_is_a_picture_and_says_so(aida, mine):
    page = aida.see("/d/mine/map?density=planar")
    assert page.count("A picture, not a ranking") >= 2
    assert 'data-density-unit="Crashes per square km and year"' in page
    assert 'name="lixel"' not in page
    tiles = address(aida, "density=planar", "plane")
    answer = aida.get(tiles.replace("{z}/{x}/{y}", place(9)))
    assert answer.mimetype == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size == (256, 256)
    whole = aida.get("/d/mine/density.png?density=planar")
    assert max(Image.open(io.BytesIO(whole.data)).size) <= 1000
    assert aida.get("/d/mine/density.csv?density=planar").status_code == 404


def test_a_number_that_makes_no_sense_is_said_and_the_usual_one_taken(aida, roads):
    page = aida.see("/d/mine/map?density=continuous&bandwidth=9")
    assert "9 m is not between 50 and 2,000 m." in page
    assert "bandwidth=200" in page
    assert aida.get("/d/mine/density.json?density=continuous&bandwidth=9").status_code == 400
    assert aida.get("/d/mine/density.json?density=whim").status_code == 404
    assert "data-map" in aida.see("/d/mine/map?density=whim&bandwidth=x")


def test_the_densest_places_are_listed_and_there_as_files(aida, roads):
    page = aida.see("/d/mine/map?density=discontinuous")
    assert "The densest places along roads" in page
    assert "&lt;b&gt;M39" in page
    found = aida.get("/d/mine/density.json?density=discontinuous").json
    assert (found["crashes"], found["not_counted"], found["network"]) == (24, 0, "main")
    values = [one["density"] for one in found["densest"]]
    assert values == sorted(values, reverse=True)
    text = aida.see("/d/mine/density.csv?density=discontinuous").lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert float(rows[0]["Crashes per km and year"]) == pytest.approx(values[0])
    fatal = aida.get("/d/mine/density.json?density=discontinuous&severity=fatal").json
    assert fatal["crashes"] < 24


def test_the_bandwidth_follows_the_setting_of_the_crashes(aida, store):
    kept_crashes.keep(store, [{**row, "area_type": "urban"} for row in kept_crashes.road()])
    assert 'name="bandwidth" min="50" max="2000" step="1" required value="200"' in aida.see(
        "/d/mine/map?density=planar"
    )


def test_another_kind_keeps_the_filter_and_the_network(aida, roads, store):
    store.save_roads("other", store.roads("main"), title="Other")
    page = aida.see("/d/mine/map?density=continuous&network=other&severity=fatal")
    assert "?severity=fatal&amp;network=other&amp;density=discontinuous" in page
    assert "network=other" in address(aida, "density=continuous&network=other")
    assert '<input type="hidden" name="severity" value="fatal">' in page
