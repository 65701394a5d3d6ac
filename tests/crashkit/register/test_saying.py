"""A site in words and as documents."""

import json

import pytest
from made_sites import record

from crashkit import register
from crashkit.text import Speaker

SAY = Speaker("en").say


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"road": "M39", "from_m": 10_000, "to_m": 10_550}, "M39, km 10 to 10.55, Aksu"),
        ({"road": "M39", "from_m": 41_350, "to_m": 41_350}, "M39, km 41.35, Aksu"),
        ({"road": "M39", "lon": 69.0, "lat": 41.0}, "M39, Aksu"),
        ({"lon": 69.0, "lat": 41.0}, "Aksu"),
        ({"name": "The bend", "lon": 69.0, "lat": 41.0}, "The bend"),
        ({"settlement": "", "lon": 69.0, "lat": 41.0}, "Longitude 69.0000, latitude 41.0000"),
        ({"settlement": "", "road": "M39", "from_m": 0, "to_m": 0}, "M39, km 0"),
    ],
)
def test_a_site_is_named_by_road_km_and_settlement(facts, name):
    assert SAY(register.label(record(**{"settlement": "Aksu", **facts}))) == name


def test_a_post_is_written_as_the_language_writes_numbers():
    site = record(road="M39", from_m=41_350, to_m=41_350, settlement="")
    assert "41,35" in Speaker("ru").say(register.label(site))
    assert [SAY(register.shown("from_m", one)) for one in (0, 41_350, None)] == ["0", "41.35", "–"]


def test_a_document_says_everything_and_is_json():
    site = record(5, road="M39", from_m=10_000, to_m=11_000, crash_ids=(1, 2))
    document = json.loads(json.dumps(register.as_document(site, SAY), allow_nan=False))
    assert (document["number"], document["rank"], document["crashes"]) == (5, 1, 2)
    assert document["next"] == ["investigation", "programmed", "treated", "rejected"]
    assert document["sightings"][0]["by"] == "saved"


def test_a_site_without_a_point_has_no_geometry():
    there, nowhere = record(1, lon=69.0, lat=41.0), record(2, road="M39", from_m=1, to_m=2)
    found = register.as_geojson([there, nowhere], SAY)["features"]
    assert [one["geometry"] for one in found] == [
        {"type": "Point", "coordinates": [69.0, 41.0]},
        None,
    ]
    assert found[0]["properties"]["status_label"] == "Candidate"
