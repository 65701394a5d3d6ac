import json
from copy import deepcopy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crashkit import layers
from crashkit.errors import IntakeError, SettingError

SQUARE = [[[70, 42], [71, 42], [71, 43], [70, 43], [70, 42]]]
DISTRICT = {
    "type": "Feature",
    "properties": {"name": "Chui", "name_ru": "Чуй"},
    "geometry": {"type": "Polygon", "coordinates": SQUARE},
}


def feature(kind, coordinates, **words):
    return {
        "type": "Feature",
        "properties": words,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def test_signs_written_in_two_halves_are_kept_whole():
    content = collection(feature("Point", [70, 42], name="\U0001f6b2 Ош"))
    (kept,) = layers.read(content, kind="other").geojson["features"]
    assert b"\\ud83d" in content
    assert kept["properties"] == {"name": "\U0001f6b2 Ош"}


def test_a_layer_of_each_kind_is_read():
    road = feature("LineString", [[70, 42], [71, 43]], ref="M39")
    crossing = feature("Point", [70.5, 42.5])
    found = layers.read(collection(DISTRICT, road, crossing), kind="other")
    assert (found.features, found.places) == (3, 8)
    assert found.shapes == ("line", "point", "surface")
    assert found.geojson["features"][0]["properties"] == {"name": "Chui", "name_ru": "Чуй"}
    for kind, one in {"areas": DISTRICT, "roads": road, "junctions": crossing}.items():
        assert layers.read(collection(one), kind=kind).features == 1


def test_one_feature_alone_and_a_mark_at_the_start_are_read():
    content = b"\xef\xbb\xbf" + json.dumps(DISTRICT).encode()
    assert layers.read(content, kind="areas").features == 1


def test_heights_and_what_cannot_be_shown_are_left_out_and_told():
    odd = feature("Point", [70, 42, 800], arms=[1, 2], inner={"a": 1}, big=1e300, ok=True, no=None)
    found = layers.read(collection(odd), kind="other")
    (kept,) = found.geojson["features"]
    assert kept["geometry"]["coordinates"] == [70, 42]
    assert kept["properties"] == {"ok": True, "no": None}
    assert found.left_out == 3
    assert "3 properties" in str(layers.left_out(3))


def test_text_is_kept_as_text_and_cut_where_it_is_too_long():
    odd = feature("Point", [70, 42], name="<script>alert(1)</script>", long="x" * 9000)
    (kept,) = layers.read(collection(odd), kind="other").geojson["features"]
    assert kept["properties"]["name"] == "<script>alert(1)</script>"
    assert len(kept["properties"]["long"]) == layers.LONGEST_WORD


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_the_one_system_of_the_format_may_be_named(name):
    system = {"type": "name", "properties": {"name": name}}
    assert layers.read(collection(DISTRICT, crs=system), kind="areas").features == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no GeoJSON"),
        (b"\xff\xfe", "no GeoJSON"),
        (b"[" * 100_000, "no GeoJSON"),
        (collection(feature("Point", [70, 42], name="\ud83d")), "no GeoJSON"),
        (b"[]", "no collection"),
        (b'{"type": "FeatureCollection", "features": 5}', "no collection"),
        (collection(), "empty"),
        (collection(feature("Point", [500_000, 4_600_000])), "Feature 1 lies at"),
        (collection(DISTRICT, feature("Point", [])), "feature 2 is empty"),
        (collection(feature("Point", ["a", 1])), "empty or broken"),
        (b'{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,1]}}', "no GeoJSON"),
        (b'{"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,1]}}', "lies at"),
        (collection({"type": "Feature", "geometry": None}), "no shape"),
        (collection(feature("GeometryCollection", [])), "GeometryCollection"),
        (collection(feature("LineString", [[70, 42]])), "a line of one place"),
        (collection(feature("Polygon", [SQUARE[0][:4]])), "not closed"),
        (
            collection(DISTRICT, feature("Polygon", [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]])),
            "crosses itself",
        ),
        (
            collection(DISTRICT, crs={"type": "name", "properties": {"name": "EPSG:32643"}}),
            "EPSG:32643",
        ),
        (collection(DISTRICT, crs={"type": "link"}), "another coordinate system"),
        (b" " * (layers.MOST_BYTES + 1), "too large"),
    ],
)
def test_what_is_wrong_is_said(content, said):
    with pytest.raises(IntakeError) as wrong:
        layers.read(content, kind="other")
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("LineString", [[170, 65], [-170, 66]]),
        ("MultiLineString", [[[1, 2], [3, 4]], [[170, 65], [-170, 66]]]),
        ("Polygon", [[[170, 65], [-170, 65], [-170, 70], [170, 70], [170, 65]]]),
        ("MultiPolygon", [[[[180, 65], [-170, 65], [-170, 70], [180, 65]]]]),
    ],
)
def test_a_shape_across_the_date_line_is_refused(kind, coordinates):
    with pytest.raises(IntakeError, match="Feature 2 crosses the date line.*Cut the shape in two"):
        layers.read(collection(DISTRICT, feature(kind, coordinates)), kind="other")


def test_shapes_cut_at_the_date_line_are_read():
    east = [[[170, 65], [180, 65], [180, 70], [170, 70], [170, 65]]]
    west = [[[-180, 65], [-170, 65], [-170, 70], [-180, 70], [-180, 65]]]
    pole = [[[-180, -80], [0, -70], [180, -80], [180, -90], [-180, -90], [-180, -80]]]
    shapes = [feature("MultiPolygon", [east, west]), feature("Polygon", pole)]
    shapes.append(feature("MultiPoint", [[179, 1], [-179, 1]]))
    assert layers.read(collection(*shapes), kind="other").features == 3


def test_too_many_features_or_places_are_refused(monkeypatch):
    monkeypatch.setattr(layers, "MOST_FEATURES", 3)
    with pytest.raises(IntakeError, match="4 features"):
        layers.read(collection(*[DISTRICT] * 4), kind="areas")
    monkeypatch.setattr(layers, "MOST_PLACES", 9)
    with pytest.raises(IntakeError, match="10 places"):
        layers.read(collection(*[DISTRICT] * 2), kind="areas")


def test_a_kind_needs_its_shapes():
    with pytest.raises(IntakeError, match="needs lines"):
        layers.read(collection(DISTRICT), kind="roads")
    with pytest.raises(SettingError, match="no kind"):
        layers.read(collection(DISTRICT), kind="pubs")


def test_titles_and_colours_are_checked():
    assert layers.check_title(" Bus \n stops\x07 ") == "Bus stops"
    for bad in ("", " ", "x" * 61):
        with pytest.raises(SettingError):
            layers.check_title(bad)
    with pytest.raises(SettingError):
        layers.check_colour("red; background: url(x)")


jsons = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@example(odd=True, where="properties")
@given(jsons, st.sampled_from(["geometry", "properties", "coordinates", "type", "crs"]))
def test_any_json_ends_in_a_layer_or_a_sentence(odd, where):
    one = deepcopy(DISTRICT)
    more = {}
    if where in ("coordinates", "type"):
        one["geometry"][where] = odd
    elif where == "crs":
        more = {"crs": odd}
    else:
        one[where] = odd
    try:
        found = layers.read(collection(one, **more), kind="other")
    except IntakeError:
        return
    json.dumps(found.geojson, allow_nan=False)
