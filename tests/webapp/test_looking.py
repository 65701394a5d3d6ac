"""What a page looks at: one data set at its newest version, in every process."""

import json

import kept_crashes
import pytest

from crashkit import api
from crashkit.columnar import Framed
from webapp import config, create_app


@pytest.fixture
def other(app):
    """Another process that serves the same store."""
    made = create_app(config.read({}))
    yield made.test_client()
    made.extensions["crashkit.board"].close()


def figures(client):
    return json.loads(client.get("/d/mine/map.json").data)


def test_several_processes_stay_in_step_after_an_import(aida, store, other):
    kept_crashes.keep(store, kept_crashes.road())
    assert figures(aida)["crashes"] == figures(other)["crashes"] == 24
    kept_crashes.keep(store, kept_crashes.road()[:3], keys=["x", "y", "z"])
    assert figures(aida)["crashes"] == figures(other)["crashes"] == 27
    assert figures(other)["data_version"] == "mine v2"
    tile = other.get("/d/mine/tiles/0/0/0.mvt?v=1").data
    assert tile == aida.get("/d/mine/tiles/0/0/0.mvt?v=1").data


def test_pages_work_on_the_copy_and_make_no_frame_of_all_crashes(aida, store, monkeypatch):
    kept_crashes.keep(store, kept_crashes.road())
    data = api.load(store, "mine")
    assert not isinstance(data.table("crash"), Framed)
    for page in ("map", "map.json", "explore", "crashes", "map/list?place=68,40,70,42"):
        assert aida.get(f"/d/mine/{page}").status_code == 200
        words = "&severity=fatal" if "?" in page else "?severity=fatal"
        assert aida.get(f"/d/mine/{page}{words}").status_code == 200
    for table in ("crash", "vehicle", "person"):
        assert "frame" not in vars(data.table(table))


def test_an_area_of_a_layer_that_was_removed_keeps_no_numbers(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    ring = [[69, 40], [71, 40], [71, 42], [69, 42], [69, 40]]
    square = {"type": "Polygon", "coordinates": [ring]}
    district = {"type": "Feature", "properties": {"name": "Chui"}, "geometry": square}
    words = {"title": "Districts", "kind": "areas", "colour": "blue"}
    key, _ = api.add_layer(store, "mine", json.dumps(district).encode(), **words)
    places = [f"/d/mine/{name}?within=area:{key}/Chui" for name in ("map.json", "tiles/0/0/0.mvt")]
    assert [aida.get(place).status_code for place in places] == [200, 200]
    store.remove_layer("mine", key)
    assert [aida.get(place).status_code for place in places] == [400, 400]
