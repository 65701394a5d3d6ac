"""Map files of others: told apart by their bytes, and nothing read that somebody else chose."""

import json
import socket
import sqlite3
import zipfile
from contextlib import closing

import made_extracts
import numpy as np
import pyogrio
import pytest
import shapely

from crashkit import mapfiles
from crashkit.errors import IntakeError
from crashkit.mapfiles import Limits

MANY = Limits(1000, 10_000)
ROAD = shapely.LineString([(70.0, 42.0), (70.5, 42.2)])
TRAP = "<OGRVRTDataSource><OGRVRTLayer name='roads'><SrcDataSource>{}</SrcDataSource>"


def geojson(file, *geometries, crs=None, **more):
    features = [
        {"type": "Feature", "properties": {"ref": f"M{n}"} | more, "geometry": one}
        for n, one in enumerate(geometries)
    ]
    document = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def line(*places):
    return {"type": "LineString", "coordinates": places}


def test_of_all_readers_of_the_library_three_are_in_service():
    assert set(pyogrio.list_drivers()) == set(mapfiles.READERS)


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.geojson", "roads.shp"])
def test_a_file_that_points_to_other_files_reads_nothing_and_opens_no_socket(
    tmp_path, monkeypatch, name
):
    monkeypatch.setattr(socket, "socket", None)
    other = geojson(tmp_path / "other.json", line((70, 42), (71, 42)))
    for target in (other, "/vsicurl/http://127.0.0.1:9/a.geojson"):
        file = tmp_path / name
        file.write_text(TRAP.format(target))
        with pytest.raises(IntakeError, match="none of the kinds"), mapfiles.safely(file):
            pass
        assert mapfiles.kind(file.read_bytes()) is None
        # Nor does the library itself, were it asked.
        with pytest.raises(IntakeError, match="damaged"):
            mapfiles.read(file, None, MANY)


def test_lines_of_geojson_are_read_and_what_is_none_is_nothing(tmp_path):
    file = geojson(
        tmp_path / "a.geojson",
        line((70, 42), (71, 42, 900.0)),
        {"type": "Point", "coordinates": [70, 42]},
        None,
        {"type": "MultiLineString", "coordinates": [[[70, 42], [71, 42]], [[71, 42], [72, 43]]]},
        line((70, 42)),
        line(("x", 42), (71, 42)),
        {"type": "LineString", "coordinates": {"a": 1}},
        line((10**400, 42), (71, 42)),
        {"type": "MultiLineString", "coordinates": [[[72, 42], [73, 42]]]},
    )
    table = mapfiles.read_geojson(file, MANY)
    assert [shapely.to_wkt(one, rounding_precision=0) if one else None for one in table.shapes] == [
        "LINESTRING (70 42, 71 42)",
        None,
        None,
        "MULTILINESTRING ((70 42, 71 42), (71 42, 72 43))",
        *[None] * 4,
        "LINESTRING (72 42, 73 42)",
    ]
    assert table.words("ref").tolist() == [f"M{n}" for n in range(9)]
    assert table.system == "EPSG:4326"


def test_words_are_as_they_would_be_written(tmp_path):
    file = geojson(
        tmp_path / "a.geojson",
        line((70, 42), (71, 42)),
        a=True,
        b=12.0,
        c=1.5,
        d=None,
        e=[1],
        f=" x ",
        g="\ud800",
    )
    table = mapfiles.read_geojson(file, MANY)
    found = {name: table.words(name)[0] for name in "abcdefg"}
    assert found == {"a": "true", "b": "12", "c": "1.5", "d": "", "e": "", "f": "x", "g": ""}


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', '{"features": [1]}', "[" * 100_000])
def test_what_is_no_geojson_ends_in_a_sentence(tmp_path, text):
    (tmp_path / "a.geojson").write_text(text)
    with pytest.raises(IntakeError, match="GeoJSON"):
        mapfiles.read_geojson(tmp_path / "a.geojson", MANY)


@pytest.mark.parametrize("limits", [Limits(1, 100), Limits(100, 3)])
def test_more_shapes_or_places_than_allowed_are_refused(tmp_path, limits):
    file = geojson(tmp_path / "a.geojson", *[line((70, 42), (71, 42))] * 2)
    with pytest.raises(IntakeError, match="more than"):
        mapfiles.read_geojson(file, limits)


@pytest.mark.parametrize("named", [True, False])
def test_a_layer_in_metres_comes_into_degrees(tmp_path, named):
    system = "urn:ogc:def:crs:EPSG::32643"
    if not named:
        from pyproj import CRS

        system = CRS("EPSG:32643").to_wkt("WKT1_ESRI")
    table = mapfiles.Table(
        np.array([shapely.LineString([(500_000, 4_649_776), (500_100, 4_649_776)]), None]),
        {},
        mapfiles._named_system({"crs": {"properties": {"name": system}}}) if named else system,
    )
    found = mapfiles.in_degrees(table, "a.geojson")
    assert shapely.get_coordinates(found.shapes)[0] == pytest.approx([75.0, 42.0], abs=1e-5)
    assert mapfiles.on_earth(found.shapes).tolist() == [True, False]


def shapefile(folder, name="roads", *, geometries=(ROAD,), system="EPSG:4326"):
    """Write a Shapefile; our readers write none, so the library of another process does."""
    return made_extracts.shapefile(folder / f"{name}.shp", geometries, system)


def test_a_shapefile_is_read_from_a_folder_of_ours_zipped_or_bare(tmp_path):
    file = shapefile(tmp_path)
    packed = tmp_path / "roads.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(tmp_path.glob("roads.*")):
            if part.suffix != ".zip":
                archive.write(part, f"../../{part.name}")
    for given in (file, packed):
        with mapfiles.safely(given) as (path, kind):
            assert kind == mapfiles.SHAPEFILE
            assert path.parent != tmp_path
            table = mapfiles.read(path, None, MANY)
            assert table.shapes[0].equals(ROAD)
            assert table.system == "EPSG:4326"
    (tmp_path / "roads.dbf").unlink()
    with pytest.raises(IntakeError, match=r"missing: .*\.dbf"), mapfiles.safely(file):
        pass


def test_an_archive_has_one_layer_of_bounded_size(tmp_path, monkeypatch):
    packed = tmp_path / "roads.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(IntakeError, match="with 0 map layers"), mapfiles.safely(packed):
        pass
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * 30_000_000)
    with pytest.raises(IntakeError, match="larger than"), mapfiles.safely(packed):
        pass
    packed.write_bytes(packed.read_bytes()[:100])
    with pytest.raises(IntakeError, match="damaged"), mapfiles.safely(packed):
        pass


def test_views_and_triggers_of_a_package_do_nothing(tmp_path):
    file = made_extracts.package(tmp_path / "v.gpkg", {"roads": ([ROAD], {"fclass": ["trunk"]})})
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("CREATE TABLE seen (n)")
        opened.execute("CREATE VIEW looked AS SELECT * FROM roads")
        opened.execute(
            "CREATE TRIGGER spy AFTER INSERT ON roads BEGIN INSERT INTO seen VALUES (1); END"
        )
        opened.execute(
            "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('looked', 'features')"
        )
        opened.commit()
    before = file.read_bytes()
    with mapfiles.safely(file) as (path, kind):
        assert kind == mapfiles.PACKAGE
        assert mapfiles.layers(path) == ["roads"]
        assert mapfiles.read(path, "roads", MANY).words("fclass").tolist() == ["trunk"]
    assert file.read_bytes() == before
