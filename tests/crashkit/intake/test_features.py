"""GeoJSON: each feature is a row, whatever profile reads it, and what is no JSON is refused."""

import json

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import IntakeError
from crashkit.intake import features

ROWS = [
    {"crash_id": "0001", "crash_date": "2023-02-07", "severity": "fatal", "n_killed": 1},
    {"crash_id": "0002", "crash_date": "2023-03-16", "severity": "slight", "n_killed": 0},
]
PLAIN = profiles.parse(
    "plain",
    """
title = "t"
source = "s"
country = "KGZ"
boxes = [{ west = 69.2, south = 39.1, east = 80.3, north = 43.3 }]
[[files]]
name = "crashes"
level = "crash"
needs = ["crash_id", "crash_date"]
key = "crash_id"
[files.crash]
crash_date = "crash_date"
lat = "latitude"
lon = "longitude"
""",
)

PLACES = [[73.93586, 42.22967], [75.28213, 42.83209]]


def point(coordinates):
    return {"type": "Point", "coordinates": coordinates}


def collection(rows=ROWS, geometries=None, **more):
    given = geometries or [point(place) for place in PLACES]
    found = [
        {"type": "Feature", "geometry": geometry, "properties": row}
        for row, geometry in zip(rows, given, strict=True)
    ]
    return {"type": "FeatureCollection", "features": found, **more}


def imported(data, profile="crashkit", **options):
    text = data if isinstance(data, str | bytes) else json.dumps(data, ensure_ascii=False)
    return made_files.imported(made_files.upload(text, "crashes.geojson"), profile, **options)


def column(batch, name):
    return [None if one is None or one != one else one for one in batch.crashes[name]]


def test_features_are_crashes_and_their_points_have_the_names_the_profile_looks_for():
    batch = imported(collection())
    assert (batch.ledger.total, batch.ledger.accepted) == (2, 2)
    assert column(batch, "lon") == [73.93586, 75.28213]
    assert column(batch, "lat") == [42.22967, 42.83209]
    assert column(batch, "n_killed") == [1, 0]
    (file,) = batch.ledger.files
    assert (file.rows, file.table, file.delimiter) == (2, "crash", "json")


def test_the_same_rows_as_a_table_are_duplicates():
    first = imported(collection())
    rows = [(*ROWS[0], "lon", "lat")]
    rows += [(*row.values(), *place) for row, place in zip(ROWS, PLACES, strict=True)]
    again = made_files.imported(
        made_files.upload(made_files.table(rows)), known=made_files.keys(first)
    )
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 2)


def test_properties_of_these_names_lead_over_the_geometry():
    rows = [{**row, "lon": 74.51, "lat": 42.51} for n, row in enumerate(ROWS)]
    batch = imported(collection(rows))
    assert column(batch, "lon") == [74.51, 74.51]
    assert "longitude, latitude" in " ".join(str(one.message) for one in batch.ledger.warnings)


def test_a_column_that_lacks_is_named_with_those_that_are_there():
    with pytest.raises(IntakeError, match="its features have number, crash_date, but crash_id"):
        imported(collection([{"number": 1, "crash_date": "2023-02-07"}] * 2))


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": PLACES},
        {"type": "Polygon", "coordinates": [[*PLACES, [74, 41], PLACES[0]]]},
        point([]),
        point([74.5]),
        point(["74.5", "42.5"]),
        point([None, None]),
        {"type": "Point"},
        "POINT (74 42)",
        [74, 42],
    ],
)
def test_a_crash_whose_geometry_is_no_point_is_kept_without_a_place(geometry):
    batch = imported(collection(geometries=[geometry, point(PLACES[1])]))
    assert batch.ledger.accepted == 2
    assert column(batch, "lat") == [None, 42.83209]
    assert (1, "", "no_point") in made_files.codes(batch.ledger.warnings)


def test_a_crash_without_a_geometry_has_no_place_and_nothing_more_is_said_of_it():
    batch = imported(collection(geometries=[None, point(PLACES[1])]))
    assert batch.ledger.accepted == 2
    assert "no_point" not in {issue.code for issue in batch.ledger.warnings}


@pytest.mark.parametrize("number", ["1e400", "-1e999"])
def test_a_number_beyond_all_numbers_is_no_point(number):
    text = json.dumps(collection()).replace("73.93586", number)
    batch = imported(text)
    assert batch.ledger.accepted == 2
    assert column(batch, "lon") == [None, 75.28213]
    assert (1, "", "no_point") in made_files.codes(batch.ledger.warnings)


def test_exchanged_axes_are_offered_to_be_put_right_for_the_whole_file():
    turned = [point(place[::-1]) for place in PLACES]
    batch = imported(collection(geometries=turned), PLAIN)
    assert "lon" not in batch.crashes
    assert {"looks_swapped"} <= {issue.code for issue in batch.ledger.warnings}
    (offer,) = batch.proposals
    assert (offer.kind, offer.count) == ("swapped_axes", 2)


def test_what_is_no_feature_is_a_row_that_is_rejected():
    data = collection()
    data["features"] += [None, 7, {"type": "Feature"}, {"type": "Point", "coordinates": [1, 2]}]
    batch = imported(data, PLAIN)
    assert (batch.ledger.total, batch.ledger.accepted, batch.ledger.rejected) == (6, 2, 4)
    assert {issue.code for issue in batch.ledger.issues} == {"bad_feature"}
    assert batch.ledger.cells["crashes.geojson", 6]["crashkit_text"].startswith('{"type": "Point"')


def test_a_name_that_stands_twice_rejects_its_row_with_the_text_as_it_was():
    text = json.dumps(collection()).replace(
        '"severity": "slight"', '"n_killed": 5, "severity": "slight"'
    )
    batch = imported(text, PLAIN)
    assert made_files.codes(batch.ledger.issues) == [(2, "", "duplicate_key")]
    kept = batch.ledger.cells["crashes.geojson", 2]["crashkit_text"]
    assert '"n_killed": 5' in kept and '"n_killed": 0' in kept


def test_words_of_a_list_stand_in_one_cell_and_objects_within_lend_their_name():
    data = collection(
        [{**row, "who": {"a": 1}, "seen": ["rain", "wind"], "people": [{}]} for row in ROWS]
    )
    found = features.Collection("x", json.dumps(data))
    names = found.names[""]
    assert names[-3:] == ["who.a", "seen", "people"]
    (block,) = found.blocks("", names)
    assert block.rows[0][-3:] == ["1", "rain, wind", "[1]"]


def test_a_feature_may_bear_its_number_itself():
    data = collection([{"crash_date": "2023-02-07"}] * 2)
    for number, feature in enumerate(data["features"]):
        feature["id"] = number
    found = features.Collection("x", json.dumps(data))
    (block,) = found.blocks("", found.names[""])
    assert [row[-1] for row in block.rows] == ["0", "1"]


def test_coordinates_of_another_system_are_pointed_out():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32643"}}
    said = {issue.code for issue in imported(collection(crs=crs)).ledger.warnings}
    assert "other_crs" in said
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"):
        crs = {"type": "name", "properties": {"name": name}}
        said = {issue.code for issue in imported(collection(crs=crs)).ledger.warnings}
        assert "other_crs" not in said


# --------------------------------------------------------------- what is no JSON

DEEP = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Point", "coordinates": [74, 42]}', "FeatureCollection"),
        ('{"type": "Feature", "geometry": null, "properties": {}}', "FeatureCollection"),
        ('{"type": "FeatureCollection"}', "FeatureCollection"),
        ('[{"crash_id": 1}]', "FeatureCollection"),
        ('{"features": []}', "FeatureCollection"),
        ("{}", "FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "crash_id"),
        ('{"type": "FeatureCollection", "features": {}}', "not valid JSON"),
        ('{"type": "FeatureCollection", "features": [], "features": []}', "not valid JSON"),
        ('{"type": "FeatureCollection", "features": [{}', "not valid JSON"),
        ('{"type": "FeatureCollection", "features": [{},]}', "not valid JSON"),
        ('{"type": "FeatureCollection", "features": []} {}', "not valid JSON"),
        ('{"type": "FeatureCollection", "features": [{"a": NaN}]}', "NaN"),
        ('{"type": "FeatureCollection", "features": [{"a": -Infinity}]}', "-Infinity"),
        ('{"a": ' + "[" * 100_000, "within each other"),
        ('{"a": ' + '{"a": ' * 100_000, "within each other"),
        (DEEP + "[" * 900 + "]" * 900 + "}]}", "crash_id"),
        (DEEP + '{"a": ' + "[" * 900 + "]" * 900 + "}}]}", "within each other"),
        (DEEP + '{"a": ' * 900 + "1" + "}" * 900 + "}]}", "within each other"),
    ],
)
def test_what_is_no_collection_of_features_is_refused_in_a_sentence(text, said):
    with pytest.raises(IntakeError) as caught:
        imported(text)
    assert said in str(caught.value)
    assert "JSON" in str(caught.value) or "features" in str(caught.value)


def test_a_damaged_place_is_named():
    text = json.dumps(collection(), indent=1).replace('"severity": "slight"', '"severity" "slight"')
    with pytest.raises(IntakeError, match=r"line 3\d, at letter \d+"):
        imported(text)


def test_a_file_of_very_many_properties_is_refused_by_their_number():
    rows = [{**row, **{f"p{n}": n for n in range(2_000)}} for row in ROWS]
    with pytest.raises(IntakeError, match="columns"):
        imported(collection(rows))


def test_letters_of_another_encoding_are_asked_for():
    data = collection([{**row, "road_name": "Бишкек - Ош"} for row in ROWS])
    content = json.dumps(data, ensure_ascii=False).encode("cp1251")
    assert column(imported(content, encoding="cp1251"), "road_name") == ["Бишкек - Ош"] * 2
    with pytest.raises(IntakeError, match="encoding"):
        imported(content)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "features", "properties", "geometry", "coordinates", "crash_id", "id"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(anything, max_size=4), st.lists(anything, max_size=2))
def test_any_features_are_accounted_for_or_the_file_is_refused(found, bad):
    rows = [
        {"type": "Feature", "geometry": one, "properties": {**ROWS[0], "more": one}}
        for one in found
    ]
    try:
        batch = imported({"type": "FeatureCollection", "features": [*rows, *bad]})
    except IntakeError:
        return
    told = batch.ledger
    assert told.total == len(rows) + len(bad)
    assert told.accepted + told.rejected + len(told.duplicates) == told.total


@given(anything)
def test_any_json_ends_in_a_sentence_or_in_rows(data):
    try:
        imported(data if isinstance(data, dict) else [data])
    except IntakeError as error:
        assert str(error)


def test_where_properties_have_all_these_names_the_geometry_is_called_so():
    rows = [{**row, "longitude": 74.51, "latitude": 42.51} for row in ROWS]
    batch = imported(collection(rows), PLAIN)
    assert column(batch, "lat") == [42.51, 42.51]
    assert "geometry longitude" in " ".join(str(one.message) for one in batch.ledger.warnings)
