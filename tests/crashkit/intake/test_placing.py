"""Points are checked against the area of the source; what is dropped is said."""

import made_files
import pytest

from crashkit import profiles

PROFILE = """
title = "Test"
source = "Nobody"
[[boxes]]
west = 69
south = 39
east = 81
north = 44
[[boxes]]
name = "island"
west = -62
south = 14
east = -60
north = 15
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


def read(lat, lon, text=PROFILE):
    rows = [("no", "day", "lat", "lon"), ("1", "2023-02-07", lat, lon)]
    upload = made_files.upload(made_files.table(rows))
    batch = made_files.imported(upload, profiles.parse("test", text))
    (crash,) = batch.crashes.to_dict("records")
    told = [one.code for one in batch.ledger.warnings if one.row]
    return (crash.get("lat"), crash.get("lon")), told, crash


@pytest.mark.parametrize(
    ("lat", "lon", "place", "said"),
    [
        ("42.87123", "74.59123", (42.87123, 74.59123), []),
        ("14.60123", "-61.07123", (14.60123, -61.07123), []),
        ("74.59123", "42.87123", (None, None), ["looks_swapped"]),
        ("0", "0", (None, None), ["zero_coordinates"]),
        ("0.0", "0.000000", (None, None), ["zero_coordinates"]),
        ("", "74.59123", (None, None), ["half_a_place"]),
        ("55.75123", "37.61123", (None, None), ["outside_area"]),
        ("4745012", "7421536", (None, None), ["not_degrees"]),
        ("99.9999", "999.9999", (None, None), ["not_degrees"]),
        ("", "", (None, None), []),
    ],
)
def test_a_point_is_kept_or_dropped(lat, lon, place, said):
    found, told, crash = read(lat, lon)
    assert (found, told) == (place, said)
    assert crash["location_kind"] == ("point" if place[0] else "none")


def test_without_an_area_any_point_on_earth_will_do():
    text = PROFILE[: PROFILE.index("[[boxes]]")] + PROFILE[PROFILE.index("[[files]]") :]
    assert read("-33.86123", "151.20123", text)[:2] == ((-33.86123, 151.20123), [])
    assert read("151.20123", "-33.86123", text)[1] == ["looks_swapped"]


def test_a_point_with_few_decimals_is_rough():
    assert read("42.87", "74.59")[2]["coord_accuracy_m"] == 556.6
    assert read("42.871", "74.59")[2]["coord_accuracy_m"] == 55.7
    assert read("42.8712", "74.5912")[2]["coord_accuracy_m"] == 5.6
    assert read("42.871234", "74.591234")[2]["coord_accuracy_m"] == 5.0


def of_countries(*rows):
    lines = ["crash_id,crash_date,country,lat,lon"]
    lines += [f"{n},2023-02-07,{country},{point}" for n, (country, point) in enumerate(rows)]
    batch = made_files.imported(made_files.upload("\n".join(lines) + "\n"))
    return batch, [one.code for one in batch.ledger.warnings if one.field == "lat" and one.row]


def test_rows_that_name_their_country_are_checked_against_its_borders():
    batch, told = of_countries(("KGZ", "42.87123,74.59123"), ("KGZ", "74.60123,42.86123"))
    assert (batch.bounded, told) == (True, ["looks_swapped"])
    # In Uzbekistan, which no row names; and in Kazakhstan, which one does.
    batch, told = of_countries(("KGZ", "41.30123,66.20123"), ("KAZ", "43.24123,76.89123"))
    assert (batch.bounded, told) == (True, [])
    batch, told = of_countries(("KGZ", "38.55123,68.78123"))
    assert (batch.bounded, told) == (True, ["outside_area"])


@pytest.mark.parametrize("other", ["", "XZZ", "PER"])
def test_where_borders_of_one_row_are_not_known_none_are_used(other):
    batch, told = of_countries(("KGZ", "42.87123,74.59123"), (other, "74.60123,42.86123"))
    assert (batch.bounded, told) == (False, [])
