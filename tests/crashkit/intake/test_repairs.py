"""Repairs of places are offered for a whole file, and made only on the user's word."""

import made_files
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice

PROFILE = """
title = "Test"
source = "Nobody"
[[boxes]]
west = 69
south = 39
east = 81
north = 44
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "day"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "day"
lat = "lat"
lon = "lon"
"""
GOOD = [(f"42.8712{n}", f"74.5912{n}") for n in range(9)]
UTM = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32643", always_xy=True)
SK42 = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:28413", always_xy=True)


def imported(places, text=PROFILE, *, known=None, **options):
    rows = [("no", "day", "lat", "lon")]
    rows += [(n, "2023-02-07", *place) for n, place in enumerate(places, 1)]
    upload = made_files.upload(made_files.table(rows))
    return made_files.imported(upload, profiles.parse("test", text), known=known, **options)


def places(batch):
    crashes = batch.crashes.reindex(columns=["lat", "lon"])
    return [tuple(row) for row in crashes.round(6).to_numpy()]


def told(batch):
    return [(one.row, one.code, one.value) for one in batch.ledger.warnings if one.row]


def on_grid(way, n=5):
    found = [way.transform(74.59 + place / 100, 42.87 + place / 100) for place in range(n)]
    return [(f"{y:.1f}", f"{x:.1f}") for x, y in found]


# ------------------------------------------------------------------- offered


def test_a_swapped_point_is_offered_to_be_put_right_not_moved():
    batch = imported([*GOOD, ("74.59123", "42.87123")])
    assert np.isnan(places(batch)[9]).all()
    assert told(batch) == [(11, "looks_swapped", "74.59123, 42.87123")]
    (offer,) = batch.proposals
    assert (offer.kind, offer.count, offer.made) == ("swapped_axes", 1, False)
    assert str(offer.message) == "Latitude and longitude seem to be exchanged in 1 row."
    (example,) = offer.examples
    assert (example.row, example.value, example.becomes) == (
        11,
        "74.59123, 42.87123",
        "42.871230, 74.591230",
    )


def test_a_swapped_point_is_put_right_when_allowed_and_its_old_value_is_said():
    batch = imported([*GOOD, ("74.59123", "42.87123")], repairs="swapped_axes")
    assert places(batch)[9] == (42.87123, 74.59123)
    assert told(batch) == [(11, "axes_swapped", "74.59123, 42.87123")]
    assert batch.proposals[0].made
    assert batch.options == {"repairs": "swapped_axes"}


def test_a_file_with_all_axes_exchanged_is_offered_whole():
    batch = imported([(lon, lat) for lat, lon in GOOD])
    (offer,) = batch.proposals
    assert offer.count == 9
    assert len(offer.examples) == 5
    assert "in the whole file: 9 of 9" in str(offer.message)
    assert places(imported([(lon, lat) for lat, lon in GOOD], repairs="all"))[0] == (
        42.8712,
        74.5912,
    )


@pytest.mark.parametrize("place", [("42.87123", "-74.59123"), ("-42.87123", "74.59123")])
def test_a_lost_or_added_minus_sign_is_offered(place):
    (offer,) = imported([*GOOD, place]).proposals
    assert (offer.kind, offer.count) == ("lost_sign", 1)
    batch = imported([*GOOD, place], repairs="lost_sign")
    assert places(batch)[9] == (42.87123, 74.59123)
    assert told(batch)[0][1] == "sign_given"


def test_whole_numbers_are_offered_with_the_factor_that_fits():
    whole = [(lat.replace(".", ""), lon.replace(".", "")) for lat, lon in GOOD]
    (offer,) = imported(whole).proposals
    assert (offer.kind, offer.count) == ("scaled", 9)
    assert "degrees times 100000: 9 of 9" in str(offer.message)
    batch = imported(whole, repairs="scaled")
    assert places(batch)[3] == (42.87123, 74.59123)
    assert list(batch.crashes["coord_accuracy_m"])[:2] == [5.0, 5.0]


def test_a_few_whole_numbers_among_degrees_are_not_offered_a_factor():
    batch = imported([*GOOD, ("4287123", "7459123")])
    assert batch.proposals == ()
    assert told(batch)[0][1] == "not_degrees"


def test_each_kind_of_repair_is_allowed_by_itself():
    mixed = [*GOOD, ("74.59123", "42.87123"), ("42.87123", "-74.59123")]
    one = imported(mixed, repairs="swapped_axes")
    assert [(offer.kind, offer.made) for offer in one.proposals] == [
        ("swapped_axes", True),
        ("lost_sign", False),
    ]
    assert np.isnan(places(one)[10]).all()
    both = imported(mixed, repairs=" lost_sign , swapped_axes ")
    assert np.isfinite(places(both)).all()


def test_a_repair_nobody_knows_is_refused():
    with pytest.raises(IntakeError, match="There is no repair everything"):
        imported(GOOD, repairs="everything")


def test_a_point_far_outside_is_offered_nothing():
    batch = imported([*GOOD, ("55.75123", "37.61123")])
    assert batch.proposals == ()
    assert told(batch)[0][1] == "outside_area"


# ---------------------------------------------------------- imported again


@pytest.mark.parametrize(("first", "then"), [("", "all"), ("all", ""), ("all", "all")])
def test_the_same_rows_are_duplicates_whatever_repairs_are_allowed(first, then):
    mixed = [*GOOD, ("74.59123", "42.87123"), ("42.87123", "-74.59123"), ("55.75123", "37.6")]
    before = imported(mixed, repairs=first)
    again = imported(mixed, known=made_files.keys(before), repairs=then)
    assert (again.ledger.accepted, again.ledger.rejected) == (0, 0)
    assert len(again.ledger.duplicates) == 12


def test_a_repair_of_rows_that_are_kept_already_is_said_not_to_be_made():
    mixed = [*GOOD, ("74.59123", "42.87123"), ("42.87123", "-74.59123")]
    first = imported(mixed)
    again = imported(mixed, after=first, repairs="swapped_axes")
    assert len(again.ledger.duplicates) == again.ledger.total
    assert [(code, row) for row, code in said(again)] == [
        ("repair_not_made", 11),
        ("looks_unsigned", 12),
    ]
    # What was put right when it was imported is as it should be.
    right = imported(mixed, repairs="swapped_axes")
    once_more = imported(mixed, after=right, repairs="swapped_axes")
    assert [code for _, code in said(once_more)] == ["axes_swapped", "looks_unsigned"]


def said(batch):
    return [(one.row, one.code) for one in batch.ledger.warnings if one.row]


def test_what_the_first_release_put_right_by_itself_is_known_again():
    right = imported([("42.87123", "74.59123")])
    again = imported([("74.59123", "42.87123")], known=made_files.keys(right))
    assert len(again.ledger.duplicates) == 1


@settings(max_examples=20, deadline=None)
@given(st.permutations([*GOOD, ("74.59123", "42.87123"), ("42.8", "-74.59"), ("0", "0"), ("", "")]))
def test_offers_do_not_depend_on_the_order_of_rows(rows):
    batch = imported(rows, repairs="swapped_axes")
    assert {(one.kind, one.count, one.made) for one in batch.proposals} == {
        ("swapped_axes", 1, True),
        ("lost_sign", 1, False),
    }
    assert batch.ledger.accepted == batch.ledger.total == 13
    assert int(batch.crashes["lat"].notna().sum()) == 10


# -------------------------------------------------------------------- grids


def test_metres_are_asked_of_which_grid_they_are_with_the_evidence():
    with pytest.raises(NeedsChoice, match="metres of a map grid") as asked:
        imported(on_grid(UTM))
    assert asked.value.option == "crs"
    assert {"EPSG:32643", "EPSG:2503", "none"} <= set(asked.value.choices)
    assert "EPSG:32643 (WGS 84 / UTM zone 43N) 5/5" in str(asked.value)
    (written, read), *_ = asked.value.examples["EPSG:32643"]
    assert (written, read) == (", ".join(on_grid(UTM)[0]), "42.87000, 74.59000")
    assert asked.value.message.values["point"] == written


def test_what_a_grid_makes_of_exchanged_axes_is_shown_as_it_would_be_put_right():
    with pytest.raises(NeedsChoice) as asked:
        imported([(x, y) for y, x in on_grid(UTM)])
    assert asked.value.examples["EPSG:32643"][0][1] == "42.87000, 74.59000"


def test_without_an_area_the_grid_of_eastings_is_asked_and_none_is_proposed():
    text = PROFILE.replace('lat = "lat"', 'northing = "lat"').replace(
        'lon = "lon"', 'easting = "lon"'
    )
    text = "\n".join(line for line in text.splitlines() if "box" not in line)
    for side in ("west", "south", "east", "north"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith(f"{side} ="))
    with pytest.raises(NeedsChoice) as asked:
        imported(on_grid(UTM), text)
    assert (asked.value.choices, asked.value.examples) == ((), {})


@pytest.mark.parametrize(
    ("way", "answer"), [(UTM, "EPSG:32643"), (SK42, "SK-42"), (SK42, "28413"), (UTM, "epsg:32643")]
)
def test_the_answer_turns_metres_into_degrees(way, answer):
    batch = imported(on_grid(way), crs=answer)
    assert places(batch)[2] == (42.89, 74.61)
    (issue,) = batch.ledger.warnings
    assert issue.code == "converted_places"
    exact = batch.crashes["coord_accuracy_m"].iloc[0]
    assert exact == 5.0


def test_the_answer_none_keeps_the_crashes_without_a_point():
    batch = imported(on_grid(UTM), crs="none")
    assert batch.ledger.accepted == 5
    assert "lat" not in batch.crashes
    assert batch.proposals[0].kind == "projected"


def test_a_few_metres_among_degrees_are_pointed_out_with_the_systems_that_fit():
    batch = imported([*GOOD, *on_grid(UTM, 3)])
    (offer,) = batch.proposals
    assert (offer.kind, offer.count, offer.made) == ("projected", 3, False)
    assert "EPSG:32643" in offer.systems
    assert {one[1] for one in told(batch)} == {"looks_projected"}
    named = imported([*GOOD, *on_grid(UTM, 3)], crs="EPSG:32643")
    assert places(named)[9] == (42.87, 74.59)
    assert named.proposals == ()


def test_a_profile_names_its_grid_and_takes_eastings():
    text = PROFILE.replace('lat = "lat"', 'northing = "lat"').replace(
        'lon = "lon"', 'easting = "lon"'
    )
    with pytest.raises(NeedsChoice):
        imported(on_grid(SK42), text)
    batch = imported(on_grid(SK42), text.replace("title", 'crs = "EPSG:28413"\ntitle', 1))
    assert places(batch)[4] == (42.91, 74.63)


def test_axes_of_a_grid_that_are_named_the_other_way_are_offered_to_be_put_right():
    turned = [(x, y) for y, x in on_grid(SK42)]
    batch = imported(turned, crs="EPSG:28413")
    assert batch.proposals[0].kind == "swapped_axes"
    assert places(imported(turned, crs="EPSG:28413", repairs="all"))[0] == (42.87, 74.59)


def test_degrees_of_an_old_datum_are_moved_when_the_user_says_so():
    way = pyproj.Transformer.from_crs("EPSG:4284", "EPSG:4326", always_xy=True)
    lon, lat = way.transform(74.59, 42.87)
    batch = imported([("42.870000", "74.590000")], crs="EPSG:4284")
    assert places(batch)[0] == (round(lat, 6), round(lon, 6))
    assert "Pulkovo 1942" in str(batch.ledger.warnings[0].message)


def test_a_system_nobody_knows_is_refused_in_an_answer_and_in_a_profile():
    with pytest.raises(IntakeError, match="There is no coordinate system"):
        imported(GOOD, crs="+proj=utm +zone=43")
    with pytest.raises(profiles.DropinError, match="crs: nobody knows EPSG:1"):
        profiles.parse("test", PROFILE.replace("title", 'crs = "EPSG:1"\ntitle', 1))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1e9, 1e9, allow_nan=False).map(lambda one: f"{one:.3f}"),
            st.floats(-1e9, 1e9, allow_nan=False).map(lambda one: f"{one:.3f}"),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["", "none", "EPSG:28413", "SK-42", "GCJ-02", "EPSG:4284", "EPSG:3857"]),
)
def test_any_numbers_end_as_points_in_the_area_or_as_none(rows, system):
    try:
        batch = imported(rows, crs=system, repairs="all")
    except NeedsChoice:
        return
    assert batch.ledger.accepted == len(rows)
    for lat, lon in places(batch):
        assert np.isnan(lat) or (39 <= lat <= 44 and 69 <= lon <= 81)


# -------------------------------------------------------------------- flags


def flags(batch):
    found = batch.crashes.get("location_flag")
    return [] if found is None else [one if isinstance(one, str) else "" for one in found]


def test_each_crash_bears_what_is_doubtful_about_its_point():
    rows = [*GOOD[:2], ("74.59123", "42.87123"), ("55.75123", "37.6"), ("0", "0"), ("42", "74")]
    assert flags(imported(rows)) == ["", "", "repair_offered", "outside", "no_place", "no_place"]
    assert flags(imported(rows, repairs="all"))[2] == "repaired"
    assert flags(imported([*GOOD, ("", "")])) == []


def test_our_own_files_keep_the_flag_of_a_point():
    text = (
        "crash_id,crash_date,lat,lon,location_flag\n"
        "1,2023-02-07,42.87123,74.59123,repaired\n2,2023-02-07,,,outside\n3,2023-02-07,0,0,\n"
    )
    batch = made_files.imported(made_files.upload(text))
    assert flags(batch) == ["repaired", "outside", "no_place"]
