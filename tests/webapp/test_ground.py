"""What lies under the crashes: extracts on every map, and the word where there are no roads."""

import html
import json
import re

import kept_crashes
import made_extracts
import pytest
import shapely

from crashkit import api
from webapp import config, create_app


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def add(app, tmp_path):
    """Add an extract with one road from a place to another."""

    def made(start, end, **words):
        road = shapely.LineString([start, end])
        layers = {"roads": ([road], {"fclass": ["trunk"]})}
        name = words.setdefault("name", "kg")
        return api.add_extract(made_extracts.package(tmp_path / f"{name}.gpkg", layers), **words)

    return made


def plans(page):
    found = re.search(r'data-extracts="([^"]+)"', page)
    return json.loads(html.unescape(found[1])) if found else []


def test_an_extract_is_on_every_map_with_its_attribution(aida, mine, add):
    add((69, 40), (76, 44), attribution="Roads & Rails")
    page = aida.see("/d/mine/map")
    (plan,) = plans(page)
    assert plan["plan"]["roads"]["layer"] == "roads"
    assert "GeoNames (CC BY 4.0); Roads &amp; Rails" in page
    assert 'data-switch="extracts"' in page
    answer = aida.get(plan["url"], headers={"Range": "bytes=0-6"})
    assert (answer.status_code, answer.data) == (206, b"PMTiles")
    answer.close()
    crash = api.load(aida.board.store, "mine").crashes["id"].iloc[0]
    assert plans(aida.see(f"/d/mine/crashes/{crash}")) == [plan]


def test_an_attribution_that_is_a_sentence_keeps_one_full_stop(aida, mine, add):
    add((69, 40), (76, 44), attribution="Made by Roads & Rails.")
    page = aida.see("/d/mine/map")
    assert "Made by Roads &amp; Rails" in page
    assert ".." not in html.unescape(page.split("Made by", 1)[1].split("</figcaption>")[0])


def test_another_version_of_an_extract_has_another_address(aida, mine, add):
    import os

    add((69, 40), (76, 44))
    before = plans(aida.see("/d/mine/map"))[0]["url"]
    os.utime(api.extract_file("kg"), (1, 1))
    assert plans(aida.see("/d/mine/map"))[0]["url"] != before


def test_where_there_are_no_roads_the_map_says_how_to_add_them(aida, mine, store, add):
    told = "No roads are loaded for this area"
    assert told in aida.see("/d/mine/map")
    add((10, 50), (11, 51), name="elsewhere")
    assert told in aida.see("/d/mine/map")
    add((60, 30), (80, 50), name="here")
    assert told not in aida.see("/d/mine/map")
    api.remove_extract("here")
    store.save_layer("mine", "roads", {"type": "FeatureCollection", "features": []})
    assert told not in aida.see("/d/mine/map")


def test_a_damaged_extract_leaves_the_map_in_peace(aida, mine, add):
    add((69, 40), (76, 44))
    file = api.extract_file("kg")
    file.write_bytes(file.read_bytes()[:200])
    assert plans(aida.see("/d/mine/map")) == []


@pytest.mark.parametrize("name", ["nope", "..%2Fcrashkit", "%2e%2e", ".kg"])
def test_only_extracts_are_served(aida, name):
    assert aida.get(f"/basemap/{name}.pmtiles").status_code == 404


@pytest.fixture
def served(home):
    """A dashboard whose administrator allowed a map server."""
    words = "Office <map>|https://tiles.example.org/{z}/{x}/{y}.png|© Somebody"
    made = create_app(config.read({"CRASHKIT_MAP_SERVER": words}))
    kept_crashes.keep(made.extensions["crashkit.store"], kept_crashes.road())
    yield made.test_client()
    made.extensions["crashkit.board"].close()


def test_a_map_server_is_named_and_off_until_somebody_wants_it(served):
    page = served.get("/d/mine/map").get_data(as_text=True)
    (switch,) = re.findall(r"<input[^>]*data-switch=.server.[^>]*>", page)
    assert "checked" not in switch
    assert "Map pictures of Office &lt;map&gt;" in page
    assert "They come from outside this computer, from tiles.example.org" in page
    assert "<span data-server-credit hidden>Office &lt;map&gt;: © Somebody; </span>" in page


def test_the_policy_opens_to_the_map_server_on_the_map_only(served):
    opened = served.get("/d/mine/map").headers["Content-Security-Policy"].split("; ")
    closed = served.get("/d/mine").headers["Content-Security-Policy"].split("; ")
    changed = [rule for rule in opened if rule not in closed]
    assert changed == [
        "img-src 'self' data: blob: https://tiles.example.org",
        "connect-src 'self' https://tiles.example.org",
    ]
    for path in ("/", "/d/mine/crashes", "/d/nothing/map", "/d/mine/map.json"):
        answer = served.get(path)
        assert "example.org" not in answer.headers["Content-Security-Policy"], path
        answer.close()


def test_without_a_map_server_no_page_speaks_of_one(aida, mine):
    answer = aida.get("/d/mine/map")
    assert 'data-switch="server"' not in answer.get_data(as_text=True)
    assert "http" not in answer.headers["Content-Security-Policy"]
