"""Road layers of others: every feature is taken, or left out with its reason."""

import json
import sqlite3
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import made_extracts
import numpy as np
import pytest
import recount
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from crashkit.errors import IntakeError, NeedsChoice
from crashkit.mapfiles import Limits
from crashkit.roads import reading
from crashkit.roads.columns import REASONS, Asked

GEOD = Geod(ellps="WGS84")
SAMPLE = Path(__file__).parents[3] / "sample_data" / "country" / "roads.geojson"
LINE = [[70.0, 42.0], [70.1, 42.1]]


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def line(*places):
    return {"type": "LineString", "coordinates": list(places)}


def lines(*parts):
    return {"type": "MultiLineString", "coordinates": list(parts)}


def layer(folder, *features, crs=None):
    document = {"type": "FeatureCollection", "features": list(features)}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    (folder / "roads.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder / "roads.geojson"


def test_a_layer_becomes_a_network(tmp_path):
    file = layer(
        tmp_path,
        feature(line(*LINE), ref="М-39", highway="trunk", maxspeed="60 mph", aadt=2300),
        feature(line([71, 42], [71.1, 42]), name="Lenina", highway="residential", oneway="yes"),
    )
    found = reading.read_layer(file)
    stretches = found.network.stretches
    assert stretches["road_key"].tolist() == ["M-39", "Lenina"]
    assert stretches["road_class"].tolist() == ["national", "street"]
    assert stretches["speed_limit"].round(1).tolist()[0] == 96.6
    assert stretches["direction"].tolist() == ["both", "inc"]
    length = GEOD.line_length(*zip(*LINE, strict=True))
    assert stretches["length_m"][0] == pytest.approx(length, abs=0.01)
    assert (found.read, found.taken, found.left_out, found.issues) == (2, 2, {}, ())
    assert found.network.info == {"title": "roads", "file": "roads.geojson", "format": "GeoJSON"}


def test_what_cannot_be_a_road_is_left_out_with_number_and_reason(tmp_path):
    file = layer(
        tmp_path,
        feature(line(*LINE), highway="primary"),
        feature(None, highway="primary"),
        feature({"type": "Point", "coordinates": [70, 42]}, highway="primary"),
        feature(line([float("nan"), 42], [70, 42], [71, 42]), highway="primary"),
        feature(line([70, 42], [70, float("inf")]), highway="primary"),
        feature(line([170, 42], [190, 42]), highway="primary"),
        feature(line([70, 42], [70, 42]), highway="primary"),
        feature(line(*LINE), highway="footway"),
        feature(lines(), highway="primary"),
    )
    found = reading.read_layer(file)
    assert {name: rows.tolist() for name, rows in found.left_out.items()} == {
        "no_line": [2, 3, 9],
        "not_finite": [4, 5],
        "off_earth": [6],
        "no_length": [7],
        "not_a_road": [8],
    }
    assert set(found.left_out) <= set(REASONS)
    assert (found.read, found.taken, len(found.network)) == (9, 1, 1)
    told = found.document()["left_out"][0]
    assert (told["reason"], told["count"], told["rows"]) == ("no_line", 3, [2, 3, 9])
    assert told["message"] == "They are no lines, or broken ones."


def test_a_layer_without_any_road_says_why(tmp_path):
    with pytest.raises(IntakeError, match="no lines"):
        reading.read_layer(layer(tmp_path, feature({"type": "Point", "coordinates": [70, 42]})))


def test_parts_that_touch_are_one_line_and_others_stay_apart_without_posts(tmp_path):
    one, two, far = [[70, 42], [71, 42]], [[71, 42], [72, 42]], [[75, 42], [76, 42]]
    file = layer(
        tmp_path,
        feature(lines(two, one), ref="A 1", from_km=0, to_km=160),
        feature(lines(one, far), ref="A 2", from_km=0, to_km=160),
        feature(lines(one, two[::-1]), ref="A 3"),
        feature(lines(one, two[::-1]), ref="A 4", from_km=0, to_km=160),
    )
    found = reading.read_layer(file)
    stretches = found.network.stretches
    assert stretches["road_key"].tolist() == ["A 1", "A 2", "A 2", "A 3", "A 4", "A 4"]
    assert stretches["from_m"].notna().tolist() == [True] + [False] * 5
    assert found.network.lines.line(0).tolist() == [[70, 42], [71, 42], [72, 42]]
    assert (found.read, found.taken) == (4, 4)
    (issue,) = found.issues
    assert (issue.code, issue.row) == ("posts_not_taken", 2)


def test_a_line_drawn_against_its_posts_is_turned_with_its_direction(tmp_path):
    file = layer(
        tmp_path, feature(line(*LINE), ref="A 1", from_km=20, to_km=5, oneway="yes", valid_to=2019)
    )
    (row,) = reading.read_layer(file).network.stretches.to_dict("records")
    assert (row["from_m"], row["to_m"], row["direction"]) == (5000, 20000, "dec")
    assert str(row["valid_to"].date()) == "2019-12-31"


def test_a_layer_in_a_grid_comes_into_degrees(tmp_path):
    places = [[500_000, 4_649_776], [500_100, 4_649_776]]
    file = layer(tmp_path, feature(line(*places), ref="A 1"), crs="urn:ogc:def:crs:EPSG::32643")
    found = reading.read_layer(file).network
    assert found.lines.lonlat[0] == pytest.approx([75.0, 42.0], abs=1e-5)
    assert found.stretches["length_m"][0] == pytest.approx(100.04, abs=0.02)


def test_a_layer_without_a_system_is_asked_about(tmp_path):
    file = made_extracts.shapefile(tmp_path / "a.shp", [shapely.LineString(LINE)], "EPSG:4326")
    file.with_suffix(".prj").unlink()
    with pytest.raises(NeedsChoice) as asked:
        reading.read_layer(file)
    assert asked.value.option == "crs"
    assert len(reading.read_layer(file, Asked(system="EPSG:4326")).network) == 1
    with pytest.raises(IntakeError, match="does not know"):
        reading.read_layer(file, Asked(system="EPSG:1"))


@pytest.mark.parametrize("encoding", ["cp1251", "UTF-8"])
def test_the_letters_of_a_shapefile_are_asked_about_where_it_does_not_tell(tmp_path, encoding):
    words = {"УЛИЦА": ["Бишкек – Ош"], "ref": ["М-41"]}
    line = [shapely.LineString(LINE)]
    file = made_extracts.shapefile(tmp_path / "a.shp", line, "EPSG:4326", words, encoding)
    assert reading.read_layer(file).network.stretches["road_name"][0] == "Бишкек – Ош"
    file.with_suffix(".cpg").unlink()
    table = bytearray(file.with_suffix(".dbf").read_bytes())
    table[29] = 0x57
    file.with_suffix(".dbf").write_bytes(table)
    if encoding == "cp1251":
        with pytest.raises(NeedsChoice) as asked:
            reading.read_layer(file)
        assert asked.value.option == "encoding"
        ((_, shown),) = asked.value.examples["cp1251"]
        assert "Бишкек – Ош" in shown
    found = reading.read_layer(file, Asked(encoding=encoding))
    assert found.columns["road_name"] == "УЛИЦА"
    assert found.network.stretches["road_name"][0] == "Бишкек – Ош"
    for wrong in ("ascii", "nonsense"):
        with pytest.raises(IntakeError, match="cannot be read as"):
            reading.read_layer(file, Asked(encoding=wrong))


def test_a_damaged_file_of_any_kind_ends_in_a_sentence(tmp_path):
    line = shapely.LineString(LINE)
    package = made_extracts.package(tmp_path / "a.gpkg", {"roads": ([line], {"ref": ["A 1"]})})
    shape = made_extracts.shapefile(tmp_path / "b.shp", [line], "EPSG:4326")
    extract = tmp_path / "c.osm.pbf"
    extract.write_bytes(made_extracts.osm())
    rng = np.random.default_rng(7)
    for file in (package, shape, shape.with_suffix(".dbf"), shape.with_suffix(".prj"), extract):
        whole = file.read_bytes()
        for _ in range(12):
            changed = bytearray(whole)
            for at in rng.integers(0, len(whole), rng.integers(1, 20)):
                changed[at] = rng.integers(256)
            file.write_bytes(changed)
            with suppress(IntakeError):
                reading.read_layer(shape if file.stem == "b" else file)
        file.write_bytes(whole)


def test_a_package_with_several_layers_of_lines_is_asked_about(tmp_path):
    road = shapely.LineString(LINE)
    columns = {"ref": ["A 1"], "houses": ["7"]}
    file = made_extracts.package(
        tmp_path / "a.gpkg", {"one": ([road], columns), "two": ([road], columns)}
    )
    with pytest.raises(NeedsChoice) as asked:
        reading.read_layer(file)
    assert (asked.value.option, asked.value.choices) == ("layer", ("one", "two"))
    assert reading.read_layer(file, Asked(layer="two")).network.stretches["road_key"][0] == "A 1"
    with pytest.raises(IntakeError, match="no layer"):
        reading.read_layer(file, Asked(layer="three"))
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("ALTER TABLE two RENAME TO hidden")
        opened.execute("CREATE VIEW two AS SELECT * FROM hidden")
        opened.commit()
    assert len(reading.read_layer(file).network) == 1


def test_an_extract_gives_roads_and_nothing_else(tmp_path):
    file = tmp_path / "small.osm.pbf"
    file.write_bytes(made_extracts.osm())
    found = reading.read_layer(file)
    assert set(found.network.stretches["road_class"]) == {"motorway", "national"}
    assert found.network.stretches["road_key"].tolist()[0] == "M1"
    assert "ODbL" in found.network.info["credit"]


@pytest.mark.parametrize("limits", [Limits(1, 100), Limits(10, 3)])
def test_a_layer_too_large_is_refused(tmp_path, monkeypatch, limits):
    monkeypatch.setattr(reading, "LIMITS", limits)
    with pytest.raises(IntakeError, match="more than"):
        reading.read_layer(layer(tmp_path, *[feature(line(*LINE))] * 2))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["a.geojson", "a.gpkg", "a.shp", "a.zip"]))
def test_any_bytes_end_in_a_sentence(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IntakeError):
        reading.read_layer(tmp_path / name)


COORDINATE = st.one_of(st.floats(), st.integers(-200, 200), st.text(max_size=1), st.none())
GEOMETRY = st.one_of(
    st.none(),
    st.builds(line, st.tuples(COORDINATE, COORDINATE), st.tuples(COORDINATE, COORDINATE)),
    st.builds(lines, *[st.lists(st.tuples(COORDINATE, COORDINATE), max_size=3)] * 2),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(GEOMETRY, max_size=6))
def test_every_feature_is_taken_or_left_out(tmp_path, geometries):
    found = reading.read_layer(
        layer(tmp_path, feature(line(*LINE)), *[feature(one) for one in geometries])
    )
    numbers = sorted(int(n) for some in found.left_out.values() for n in some)
    assert len(numbers) == len(set(numbers))
    assert found.taken + len(numbers) == found.read == len(geometries) + 1
    assert len(found.network) >= found.taken
    assert np.isfinite(found.network.lines.lonlat).all()


# --------------------------------------------------------------- real files


def test_the_roads_of_the_sample_country_are_read_whole():
    found = reading.read_layer(SAMPLE)
    assert (found.read, found.taken, found.issues) == (200, 200, ())
    first = found.network.stretches.iloc[0]
    assert (first["road_key"], first["road_class"], first["aadt"]) == ("M1", "national", 4550)
    assert first["length_m"] == pytest.approx(455_338, abs=1)


def test_the_streets_of_sydney_are_read_from_a_zipped_shapefile():
    (file,) = recount.paths("roads_stplanr", "sydroads.zip")
    found = reading.read_layer(file)
    assert (found.read, found.taken) == (4451, 2911)
    assert len(found.left_out["not_a_road"]) == 1540
    assert found.issues == ()
    stretches = found.network.stretches
    assert (stretches["road_number"] == "A4").sum() == 42
    assert (stretches["speed_limit"] == 50).sum() == 483
    assert (stretches["direction"] == "inc").sum() == 891
    assert (stretches["level"] == 1).sum() == 72


def test_the_highways_of_montana_are_read_with_posts_in_miles():
    (file,) = recount.paths("us_montana", "I-15.geojson")
    found = reading.read_layer(file)
    assert (found.read, found.taken, len(found.network)) == (93, 93, 93)
    assert found.units["from_m"] == "mi"
    assert found.columns["road_number"] == "CORR_ID"
    assert found.others["road_number"] == ("CORRIDOR",)
    stretches = found.network.stretches
    assert set(stretches["road_class"]) == {"motorway"}
    # The posts of Montana are miles, nominal: over all they are as long as the lines.
    posts = (stretches["to_m"] - stretches["from_m"]).sum()
    assert posts == pytest.approx(stretches["length_m"].sum(), rel=0.01)


def test_montana_in_an_archive_is_the_same(tmp_path):
    (file,) = recount.paths("us_montana", "MT-83.geojson")
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, "roads/MT-83.geojson")
    bare, packed = reading.read_layer(file), reading.read_layer(tmp_path / "m.zip")
    assert packed.network.stretches.equals(bare.network.stretches)
