"""A point typed in whole degrees is a sheet of a map, not a place."""

import made_files
import pytest

from crashkit import profiles

PROFILE = """
title = "Police"
source = "The ministry"
[[boxes]]
west = 65
south = 39
east = 87
north = 55
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
lat = "lat"
lon = "lon"
"""


def imported(lat, lon):
    text = f"no,date,lat,lon\n1,2023-05-06,{lat},{lon}\n"
    return made_files.imported(made_files.upload(text), profiles.parse("police", PROFILE))


@pytest.mark.parametrize(("lat", "lon"), [("42", "74"), ("42.0", "74.5"), ("74.5", "42.0")])
def test_a_point_with_one_decimal_at_most_is_kept_off_the_map(lat, lon):
    batch = imported(lat, lon)
    assert [issue.code for issue in batch.ledger.warnings] == ["whole_degrees"]
    assert "lat" not in batch.crashes
    assert list(batch.crashes["location_kind"]) == ["none"]


@pytest.mark.parametrize(("lat", "lon"), [("42.87", "74.5"), ("42", "74.5912")])
def test_one_fine_number_makes_a_point(lat, lon):
    batch = imported(lat, lon)
    assert batch.ledger.warnings == ()
    assert list(batch.crashes["location_kind"]) == ["point"]


def test_metres_of_a_map_grid_are_called_what_they_are():
    (issue,) = imported("4747013.2", "999999999").ledger.warnings
    assert issue.code == "not_degrees"
