import sqlite3
from contextlib import closing

import made_extracts
import numpy as np
import pytest
import shapely

from crashkit.errors import IntakeError, NeedsChoice
from crashkit.extracts import reading
from crashkit.extracts.reading import Asked
from crashkit.mapfiles import Limits

ROAD = shapely.LineString([(70.0, 42.0), (70.5, 42.2)])
OTHER = shapely.LineString([(71.0, 42.0), (71.5, 42.2)])
LAKE = shapely.box(70, 41, 70.5, 41.5)


def rows(layers, name):
    return [one for layer in layers if layer.name == name for one in layer.words]


@pytest.fixture(scope="module")
def layers(tmp_path_factory):
    """What is read of the small extract."""
    file = tmp_path_factory.mktemp("osm") / "small.osm.pbf"
    file.write_bytes(made_extracts.osm())
    return reading.read_osm(file)


def test_an_extract_gives_main_roads_rivers_and_lakes_and_nothing_else(layers):
    assert rows(layers, "roads") == [
        {"class": "motorway", "ref": "M1", "name": "North Road", "name_ru": "Северная дорога"},
        {"class": "primary_link"},
    ]
    assert rows(layers, "waterways") == [{"class": "river", "name": "Naryn"}]
    assert rows(layers, "water") == [{"class": "surface", "name": "Ala-Kol"}]


def test_parts_of_a_road_are_joined(layers):
    roads = next(layer for layer in layers if layer.name == "roads")
    assert shapely.get_num_coordinates(roads.shapes).tolist() == [3, 2]


def test_a_class_of_road_begins_at_its_zoom_and_a_ramp_late(layers):
    roads = next(layer for layer in layers if layer.name == "roads")
    assert roads.from_zoom.tolist() == [4, reading.LINKS_FROM]


def test_a_package_as_geofabrik_makes_it_is_understood(tmp_path):
    file = made_extracts.package(
        tmp_path / "g.gpkg",
        {
            "gis_osm_roads_free": (
                [ROAD, OTHER],
                {"osm_id": ["1", "2"], "fclass": ["trunk", "footway"], "ref": ["A 5", None]},
            ),
            "gis_osm_water_a_free": ([LAKE], {"fclass": ["reservoir"], "name": ["Toktogul"]}),
            "gis_osm_waterways_free": ([OTHER], {"fclass": ["river"], "name": ["Chu"]}),
        },
    )
    layers = reading.read_package(file, Asked())
    assert rows(layers, "roads") == [{"class": "trunk", "ref": "A 5"}]
    assert rows(layers, "water") == [{"class": "surface", "name": "Toktogul"}]
    assert rows(layers, "waterways") == [{"class": "river", "name": "Chu"}]
    assert reading.comes_from_osm(file)


def test_a_package_in_metres_is_turned_into_degrees(tmp_path):
    line = shapely.LineString([(300_000, 4_600_000), (310_000, 4_600_000)])
    file = made_extracts.package(
        tmp_path / "m.gpkg", {"roads": ([line], {"road_class": ["National"]})}, system="EPSG:32643"
    )
    (roads,) = reading.read_package(file, Asked())
    west, south, east, _ = shapely.total_bounds(roads.shapes)
    assert (72.5 < west < east < 72.8) and 41.4 < south < 41.6
    assert roads.words == [{"class": "trunk"}]
    assert not reading.comes_from_osm(file)


def test_a_layer_called_roads_needs_no_classes(tmp_path):
    file = made_extracts.package(tmp_path / "r.gpkg", {"Main_Roads": ([ROAD], {"id": ["x"]})})
    (roads,) = reading.read_package(file, Asked())
    assert roads.words == [{"class": "road"}]


def test_a_package_that_tells_no_roads_asks_which_layer_they_are(tmp_path):
    file = made_extracts.package(
        tmp_path / "x.gpkg",
        {"lines2": ([ROAD], {"kind": ["x"]}), "parcels": ([LAKE], {"k": ["y"]})},
    )
    with pytest.raises(NeedsChoice) as asked:
        reading.read_package(file, Asked())
    assert (asked.value.option, asked.value.choices) == ("roads", ("lines2",))
    layers = reading.read_package(file, Asked(roads="lines2", water="parcels"))
    assert rows(layers, "roads") == [{"class": "road"}]
    assert rows(layers, "water") == [{"class": "surface"}]
    with pytest.raises(IntakeError, match="no layer “nope”"):
        reading.read_package(file, Asked(roads="nope"))


def test_a_field_can_be_named(tmp_path):
    file = made_extracts.package(
        tmp_path / "x.gpkg", {"net": ([ROAD, OTHER], {"kategorie": ["primary", "weg"]})}
    )
    layers = reading.read_package(file, Asked(roads="net", class_field="kategorie"))
    assert rows(layers, "roads") == [{"class": "primary"}]


def test_a_view_of_a_package_is_never_read(tmp_path):
    file = made_extracts.package(tmp_path / "v.gpkg", {"roads": ([ROAD], {"fclass": ["trunk"]})})
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("ALTER TABLE roads RENAME TO hidden")
        opened.execute("CREATE VIEW roads AS SELECT * FROM hidden")
        opened.commit()
    with pytest.raises(NeedsChoice):
        reading.read_package(file, Asked())


def test_a_system_nobody_knows_is_said(tmp_path):
    system = 'LOCAL_CS["own grid",UNIT["metre",1]]'
    file = made_extracts.package(
        tmp_path / "l.gpkg", {"roads": ([ROAD], {"fclass": ["trunk"]})}, system=system
    )
    with pytest.raises(IntakeError, match="WGS 84"):
        reading.read_package(file, Asked())


@pytest.mark.parametrize("length", [120, 200, 400])
def test_an_extract_cut_short_ends_in_a_sentence(tmp_path, length):
    file = tmp_path / "short.osm.pbf"
    file.write_bytes(made_extracts.osm()[:length])
    with pytest.raises(IntakeError, match="damaged"):
        reading.read_osm(file)


def test_a_damaged_package_ends_in_a_sentence(tmp_path):
    file = made_extracts.package(tmp_path / "a.gpkg", {"roads": ([ROAD], {"fclass": ["trunk"]})})
    whole = file.read_bytes()
    rng = np.random.default_rng(5)
    for length in rng.integers(100, len(whole), 8).tolist():
        file.write_bytes(whole[:length])
        with pytest.raises(IntakeError):
            reading.read_package(file, Asked())


def test_houses_and_trees_of_a_package_are_not_even_read(tmp_path, monkeypatch):
    file = made_extracts.package(
        tmp_path / "g.gpkg",
        {
            "gis_osm_buildings_a_free": ([LAKE] * 30, {"fclass": ["building"] * 30}),
            "gis_osm_roads_free": ([ROAD] * 30, {"fclass": ["trunk", *["footway"] * 29]}),
            "gis_osm_natural_free": ([shapely.Point(70, 42)] * 30, {"fclass": ["tree"] * 30}),
        },
    )
    monkeypatch.setattr(reading, "LIMITS", Limits(shapes=5, places=1000))
    assert rows(reading.read_package(file, Asked()), "roads") == [{"class": "trunk"}]
