"""Layers of users: added, refused, renamed, removed, and on the maps of their data set."""

import html
import io
import json
import re

import kept_crashes
import pytest

AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Chui", "name_ru": "<b>Чуй</b>"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[70, 42], [71, 42], [71, 43], [70, 43], [70, 42]]],
            },
        }
    ],
}


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def send(aida, document=AREAS, **words):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    data = {"file": (io.BytesIO(content), "districts.geojson"), "kind": "areas", "colour": "green"}
    return aida.send("/d/mine/layers", data | words, content_type="multipart/form-data")


def on_map(page):
    found = re.search(r'data-layers="([^"]+)"', page)
    return json.loads(html.unescape(found[1])) if found else []


def test_a_layer_is_added_and_stands_on_the_maps(aida, mine, store):
    assert "None yet" in aida.see("/d/mine/layers")
    assert send(aida, title="My <i>areas</i>").status_code == 303
    page = aida.see("/d/mine/layers")
    assert "My &lt;i&gt;areas&lt;/i&gt; is on the maps" in page
    (layer,) = on_map(aida.see("/d/mine/map"))
    assert (layer["title"], layer["kind"], layer["colour"]) == ("My <i>areas</i>", "areas", "green")
    assert aida.get(layer["url"]).get_json(force=True) == AREAS
    assert f'data-switch="layer-{layer["key"]}"' in aida.see("/d/mine/map")
    crash = store.load("mine").crashes["id"].iloc[0]
    assert on_map(aida.see(f"/d/mine/crashes/{crash}")) == [layer]


def test_a_layer_without_a_title_is_called_as_its_file(aida, mine):
    send(aida)
    (row,) = aida.get("/d/mine/layers.json").json["layers"]
    assert (row["id"], row["title"], row["own"]) == ("districts", "districts", True)
    assert "districts" in aida.see("/d/mine/layers.csv")


def test_a_layer_is_renamed_and_removed(aida, mine):
    send(aida)
    words = {"title": "Районы", "colour": "pink"}
    assert aida.send("/d/mine/layers/districts", words).status_code == 303
    (layer,) = on_map(aida.see("/d/mine/map"))
    assert (layer["title"], layer["colour"]) == ("Районы", "pink")
    wrong = aida.send("/d/mine/layers/districts", {"title": "", "colour": "pink"})
    assert wrong.status_code == 400
    assert 'Remove<span class="visually-hidden">: Районы</span>' in aida.see("/d/mine/layers")
    aida.send("/d/mine/layers/districts/remove")
    assert "The layer Районы is deleted." in aida.see("/d/mine/layers")
    assert on_map(aida.see("/d/mine/map")) == []
    assert aida.get("/d/mine/layers/districts.geojson").status_code == 404


@pytest.mark.parametrize("document", [b"", b"{", b"PK\x03\x04", {"type": "x"}, AREAS | {"crs": {}}])
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_is_kept(aida, mine, document):
    answer = send(aida, document)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert aida.get("/d/mine/layers.json").json["layers"] == []


def test_words_that_are_none_of_those_offered_are_refused(aida, mine):
    assert send(aida, kind="pubs").status_code == 400
    assert send(aida, colour="red;x").status_code == 400
    assert send(aida, title="x" * 99).status_code == 400


def test_a_layer_that_came_with_the_data_stays(aida, mine, store):
    store.save_layer("mine", "roads", {"type": "FeatureCollection", "features": []})
    assert aida.send("/d/mine/layers/roads/remove").status_code == 404
    assert "Came with the data" in aida.see("/d/mine/layers")


def test_roads_of_a_user_are_roads(aida, mine):
    line = {"type": "LineString", "coordinates": [[70, 42], [71, 43]]}
    roads = {"type": "Feature", "properties": {}, "geometry": line}
    assert "No roads are loaded" in aida.see("/d/mine/map")
    send(aida, roads, kind="roads")
    assert "No roads are loaded" not in aida.see("/d/mine/map")


def test_a_layer_of_another_data_set_is_not_there(aida, mine, store):
    send(aida)
    kept_crashes.keep(store, kept_crashes.points(), name="other")
    assert on_map(aida.see("/d/other/map")) == []
    assert aida.get("/d/other/layers/districts.geojson").status_code == 404
    assert aida.get("/d/nothing/layers").status_code == 404


def test_crashes_are_selected_by_the_name_of_an_area(aida, mine):
    send(aida)
    form = {"shape": "named", "named": "chui"}
    answer = aida.get("/d/mine/map/select", query_string=form)
    assert "within=area%3Adistricts%2FChui" in answer.headers["Location"]
    assert aida.get(f"{answer.headers['Location'].replace('/map?', '/map.json?')}").json["of"] == 24
