"""The map: its page, tiles, the card of one crash, the layers of a data set."""

import csv
import io
import json
import re
from pathlib import Path

import kept_crashes
import mapbox_vector_tile
import pytest

import webapp
from crashkit import api, tiles
from webapp.map import map_modules

BOUNDS = re.compile(r'data-bounds="([^"]+)"')


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def test_the_page_says_what_the_map_shows(aida, mine):
    page = aida.see("/d/mine/map?severity=fatal,serious")
    assert "12 of 24 crashes" in page
    assert "<span>6 killed</span>" in page
    assert "<span>6 seriously injured</span>" in page
    assert "/tiles/{z}/{x}/{y}.mvt?severity=fatal%2Cserious&amp;v=1" in page
    assert 'href="/d/mine/crashes.csv?severity=fatal%2Cserious"' in page


def test_the_map_begins_where_the_crashes_are(aida, mine):
    west, south, east, north = map(float, BOUNDS.search(aida.see("/d/mine/map"))[1].split(","))
    assert 69.09 < west < 69.11 < 69.7 < east < 69.9
    assert south == north == 41.0


def test_tiles_hold_the_crashes_of_the_filter(aida, mine):
    def count(words=""):
        content = aida.get(f"/d/mine/tiles/0/0/0.mvt{words}").data
        layers = mapbox_vector_tile.decode(content)
        return sum(len(layer["features"]) for layer in layers.values())

    assert count() == 24
    assert count("?severity=fatal") == 6


def test_the_page_says_which_cells_are_dark_at_each_zoom_level(aida, mine, monkeypatch):
    monkeypatch.setattr(tiles, "MOST_POINTS", 4)
    api.tile_index.cache_clear()
    api.cell_limits.cache_clear()
    told = json.loads(re.search(r'data-cells="([^"]+)"', aida.see("/d/mine/map"))[1])
    assert len(told) > 1
    assert all(limits == sorted(set(limits)) for limits in told)
    assert told[0] == [20, 50, 100, 200]
    fatal = json.loads(
        re.search(r'data-cells="([^"]+)"', aida.see("/d/mine/map?severity=fatal"))[1]
    )
    assert fatal[0] == [5, 10, 20, 50]


def test_an_empty_tile_is_no_content(aida, mine):
    assert aida.get("/d/mine/tiles/10/1/1.mvt").status_code == 204
    assert aida.get("/d/mine/tiles/99/1/1.mvt").status_code in (204, 400, 404)


def test_tiles_are_packed_for_browsers_that_unpack(aida, mine):
    answer = aida.get("/d/mine/tiles/0/0/0.mvt", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_the_card_of_a_crash_is_text_in_the_language_of_the_page(aida, mine, store):
    number = int(store.load("mine").crashes["id"].iloc[0])
    card = aida.get(f"/d/mine/crash/{number}.json").json
    assert card["title"] == "Fatal"
    rows = dict(card["rows"])
    assert rows["Settlement"] == "<b>Aksu</b>"
    assert rows["Road"] == "M39"
    assert rows["Crash type"] == "Collision between moving vehicles"
    assert rows["Killed"] == "1"
    assert aida.get("/d/mine/crash/999999.json").status_code == 404


def test_layers_that_a_data_set_brings_can_be_switched(aida, mine, store):
    roads = {"type": "FeatureCollection", "features": []}
    store.save_layer("mine", "roads", roads)
    page = aida.see("/d/mine/map")
    assert 'data-switch="roads"' in page
    assert 'data-switch="lakes"' not in page
    assert json.loads(aida.get("/d/mine/layers/roads.geojson").data) == roads
    assert aida.get("/d/mine/layers/lakes.geojson").status_code == 404
    assert aida.get("/d/mine/layers/secrets.geojson").status_code == 404


def test_data_without_coordinates_are_told_not_drawn(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    page = aida.see("/d/mine/map")
    assert "None of these crashes has coordinates" in page
    assert "by road and km post" in page
    assert "data-map=" not in page
    assert " killed</span>" not in page
    assert aida.get("/d/mine/tiles/0/0/0.mvt").status_code == 204


def test_no_crash_explains_itself(aida, mine):
    assert "No crash passes this filter" in aida.see("/d/mine/map?severity=pdo")


def test_the_base_map_is_read_by_parts(aida):
    answer = aida.get("/basemap.pmtiles", headers={"Range": "bytes=0-6"})
    assert (answer.status_code, answer.data) == (206, b"PMTiles")
    answer.close()


def test_page_and_files_say_the_same(aida, mine):
    found = aida.get("/d/mine/map.json?severity=fatal,serious").json
    assert (found["crashes"], found["of"], found["located"]) == (12, 24, 12)
    assert (found["killed"], found["serious"]) == (6, 6)
    assert found["by_severity"]["fatal"] == 6
    rows = list(csv.reader(io.StringIO(aida.see("/d/mine/map.csv").lstrip("\ufeff"))))
    assert rows == [["Severity", "Crashes"], ["Fatal", "6"], ["Serious", "6"], ["Slight", "12"]]


def test_the_figures_say_what_emptied_them(aida, mine):
    assert aida.get("/d/mine/map.json?severity=fatal").json["emptied_by"] == []
    assert aida.get("/d/mine/map.json?severity=pdo&year=2021").json["emptied_by"][1] == {
        "condition": "year=2021",
        "says": "Year: 2021: alone it keeps 8; without it 0 crashes would be left.",
        "alone": 8,
        "without": 0,
        "query": {"severity": "pdo"},
    }


def test_data_that_name_nobody_hurt_give_no_nought(aida, store):
    kept_crashes.keep(store, kept_crashes.points())
    assert aida.get("/d/mine/map.json").json["killed"] is None


def test_how_crashes_are_shown_stands_in_the_address_and_stays_there(aida, mine):
    page = aida.see("/d/mine/map?severity=fatal&view=heat")
    assert 'data-view="heat"' in page
    assert (
        '<a href="?severity=fatal&amp;view=heat" data-follow aria-current="true">Heat</a>' in page
    )
    assert '<a href="?severity=fatal" data-follow>Crashes</a>' in page
    assert '<input type="hidden" name="view" value="heat">' in page
    assert 'data-view=""' in aida.see("/d/mine/map?view=nonsense")


def test_the_map_is_a_picture_where_the_browser_cannot_draw_it(aida, mine):
    page = aida.see("/d/mine/map?severity=fatal")
    assert 'src="/d/mine/map.png?severity=fatal"' in page
    assert "Map of 6 crashes between longitude 69.10 and" in page
    answer = aida.get("/d/mine/map.png?severity=fatal")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    assert answer.data != aida.get("/d/mine/map.png").data


def test_no_picture_is_drawn_of_nothing(aida, mine):
    assert "map.png" not in aida.see("/d/mine/map?severity=pdo")
    assert aida.get("/d/mine/map.png?severity=pdo").status_code == 404


def test_months_are_counted_without_a_gap(aida, mine):
    found = aida.get("/d/mine/map/months.json?severity=fatal,serious").json
    months = [one["month"] for one in found["months"]]
    assert months == list(range(months[0], months[-1] + 1))
    assert sum(one["crashes"] for one in found["months"]) + found["undated"] == 12
    assert f'data-months="{months[0]},{months[-1]}"' in aida.see("/d/mine/map?view=months")


def test_every_script_of_a_map_is_fetched_at_once():
    static = Path(webapp.__file__).parent / "static"
    seen, left = set(), {"map.js"}
    while left:
        name = left.pop()
        seen.add(name)
        imported = re.findall(r'from "\./([\w./-]+)"', (static / name).read_text("utf-8"))
        left |= {one for one in imported if not one.startswith("vendor/")} - seen
        seen |= {one for one in imported if one.startswith("vendor/")}
    assert seen - {"map.js"} == set(map_modules())
