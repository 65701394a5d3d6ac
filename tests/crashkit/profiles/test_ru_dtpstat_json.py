"""dtp-stat as one nested GeoJSON: the same crashes, vehicles and people as its three tables."""

import json

import dtpstat
import made_files
import pandas as pd
import pytest
import recount
import sources
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import export, profiles
from crashkit.errors import IntakeError
from crashkit.model import Upload
from crashkit.text import Speaker

NAMES = ("accidents.csv", "vehicles.csv", "participants.csv")
SMALL = dtpstat.invented(12, seed=7)
DAY = SMALL[0][0]["datetime"].encode()
BROKEN = dtpstat.nested(SMALL).replace(DAY, b"2022-31-12 12:05:00", 1)


def tables(rows):
    return [
        Upload(name, made_files.table([list(part[0]), *(one.values() for one in part)]).encode())
        for name, part in zip(NAMES, rows, strict=True)
    ]


def from_tables(rows, **more):
    return made_files.imported(tables(rows), "ru_dtpstat_csv", **more)


def from_nested(rows, **more):
    content = rows if isinstance(rows, bytes) else dtpstat.nested(rows)
    return made_files.imported(Upload("kirov.geojson", content), "ru_dtpstat_json", **more)


def assert_same(one, other):
    for name, key in (("crashes", []), ("vehicles", ["unit_no"]), ("people", ["person_no"])):
        frames = [
            getattr(batch, name)
            .sort_values(["crash_key", *key], ignore_index=True)
            .dropna(axis="columns", how="all")
            # A table can hold half a place, which is flagged; a geometry is there or it is not.
            .drop(columns="location_flag", errors="ignore")
            for batch in (one, other)
        ]
        pd.testing.assert_frame_equal(*frames, check_like=True)


def test_three_tables_and_the_nested_file_say_the_same():
    one, other = from_tables(SMALL), from_nested(SMALL)
    assert other.ledger.total == sum(map(len, SMALL)) == other.ledger.accepted
    assert_same(one, other)


def test_what_came_as_tables_before_is_a_duplicate_in_the_nested_file_and_the_other_way_round():
    one, other = from_tables(SMALL), from_nested(SMALL)
    rows = sum(map(len, SMALL))
    assert len(from_nested(SMALL, known=made_files.keys(one)).ledger.duplicates) == rows
    assert len(from_tables(SMALL, known=made_files.keys(other)).ledger.duplicates) == rows


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_any_crashes_say_the_same_in_both_shapes(seed, n):
    rows = dtpstat.invented(n, seed)
    assert_same(from_tables(rows), from_nested(rows))


def test_rows_are_counted_within_the_list_they_stand_in():
    broken = json.loads(dtpstat.nested(SMALL))
    broken["features"][1]["properties"]["vehicles"][0]["participants"] = ["?"]
    told = from_nested(json.dumps(broken).encode()).ledger
    (issue,) = told.issues
    assert issue.code == "bad_feature"
    assert issue.file == "kirov.geojson/vehicles.participants"
    assert [file.name for file in told.files] == ["kirov.geojson"]
    assert told.files[0].table == "crash, vehicle, person"


def test_a_crash_that_cannot_be_read_takes_its_vehicles_and_people_along():
    told = from_nested(BROKEN).ledger
    assert {issue.code for issue in told.issues} == {"bad_date", "parent_rejected"}
    assert told.accepted + told.rejected == sum(map(len, SMALL))


def test_the_rejected_rows_are_read_again_by_the_same_profile():
    first = from_nested(BROKEN)
    rejects = export.rejects(first.ledger, Speaker("en").say).replace(
        b"2022-31-12 ", b"2022-12-31 "
    )
    again = made_files.imported(
        Upload("rejects.csv", rejects), "ru_dtpstat_json", known=made_files.keys(first)
    )
    assert (again.ledger.accepted, again.ledger.rejected) == (first.ledger.rejected, 0)


def test_tables_of_the_source_are_not_taken_for_its_nested_file():
    with pytest.raises(IntakeError, match="parent_region"):
        made_files.imported(tables(SMALL)[0], "ru_dtpstat_json")


def test_both_profiles_read_the_labels_by_the_same_lists():
    csv, nested = (profiles.get(name).codes for name in ("ru_dtpstat_csv", "ru_dtpstat_json"))
    for theirs, ours in (
        ("participants.person.injury", "health"),
        ("participants.person.death_day", "death_days"),
        ("participants.person.sex", "sex"),
        ("participants.person.road_user_type", "roles"),
        ("vehicles.vehicle.unit_type", "vehicles.vehicle.unit_type"),
        ("accidents.crash.crash_type", "crashes.crash.crash_type"),
        ("accidents.crash.road_defects", "crashes.crash.road_defects"),
        ("road_conditions", "road_conditions"),
    ):
        assert csv[theirs] == nested[ours]


def test_the_real_tables_nested_say_the_same():
    rows = tuple(
        recount.rows(path) for path in recount.paths("ru_dtpstat_sample", *recount.DTPSTAT)
    )
    told = sources.read("ru_dtpstat_json", [Upload("all.geojson", dtpstat.nested(rows))])
    assert (told.ledger.total, told.ledger.accepted) == (5_081, 5_081)
    assert_same(sources.imported("ru_dtpstat_csv"), told)
