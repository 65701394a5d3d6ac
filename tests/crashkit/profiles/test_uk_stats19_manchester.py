"""Greater Manchester, STATS19: 20,435 casualties in one file are 15,645 crashes.

No row is rejected: the only values that mean nothing are -1, which the source uses for "unknown".
"""

from collections import Counter

import pytest
import recount
import sources


@pytest.fixture(scope="module")
def batch():
    return sources.imported("uk_stats19_manchester")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {recount.MANCHESTER: 20_435},
        "total": 20_435,
        "accepted": 20_435,
        "rejected": {},
        "duplicates": 0,
        # 769 casualties look like another of their crash; nobody numbers them, so all are kept.
        "warnings": {("", "possible_duplicate"): 1, ("speed_limit", "converted"): 1},
        "crashes": 15_645,
        "vehicles": 0,
        "people": 20_435,
        "places": {"point": 15_645},
        "severity": {"fatal": 329, "serious": 3_460, "slight": 11_856},
        "period": ("2019-01-01", "2024-06-30"),
    }


def test_people_and_vehicles_are_those_of_the_file(batch):
    names = ("n_killed", "n_serious", "n_slight", "n_injured", "n_vehicles")
    assert [sources.summed(batch, name) for name in names] == [342, 3_823, 16_270, 20_093, 29_439]
    assert sources.counted(batch.people["injury"]) == {
        "killed": 342,
        "serious": 3_823,
        "slight": 16_270,
    }


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.uk_stats19_manchester()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["severity"] == counted.by_severity
    assert told["period"] == (counted.first, counted.last)
    assert told["places"]["point"] == counted.located
    assert told["people"] == counted.people
    assert [sources.summed(batch, f"n_{what}") for what in ("killed", "serious", "slight")] == [
        counted.killed,
        counted.serious,
        counted.slight,
    ]
    assert sources.summed(batch, "n_vehicles") == counted.vehicles
    assert {
        name: sources.counted(batch.crashes[name]).get("yes") for name in counted.flags
    } == counted.flags


def test_crash_numbers_keep_their_letters(batch):
    ids = set(batch.crashes["crash_id"])
    assert ids == recount.uk_stats19_manchester().crash_ids
    assert sum(not one.isdigit() for one in ids) == 6_251
    assert {len(one) for one in ids} == {13}


def test_crashes_have_as_many_casualties_as_the_file_says(batch):
    (path,) = recount.paths("uk_stats19_manchester", recount.MANCHESTER)
    said = {row["AREFNO"]: int(row["number_casualties"]) for row in recount.rows(path)}
    of = Counter(batch.people["crash_key"])
    ids = dict(zip(batch.crashes["crash_key"], batch.crashes["crash_id"], strict=True))
    assert {ids[key]: count for key, count in of.items()} == said


def test_looking_alike_is_pointed_out_with_its_number(batch):
    (issue,) = (one for one in batch.ledger.warnings if one.code == "possible_duplicate")
    assert issue.message.values["n"] == 769


def test_miles_become_kilometres_and_minus_one_is_not_known(batch):
    assert sources.counted(batch.crashes["speed_limit"]) == {
        32: 1_246,
        48: 12_297,
        64: 777,
        80: 262,
        97: 133,
        113: 922,
    }
    assert batch.crashes["speed_limit"].isna().sum() == 8
    assert batch.people["sex"].isna().sum() == 168
    assert batch.people["age_band"].isna().sum() == 287


def test_road_users_are_told_from_the_mode(batch):
    assert sources.counted(batch.people["road_user_type"]) == {
        "pedestrian": 3_612,
        "cyclist": 2_489,
        "unknown": 14_334,
    }
    assert sources.counted(batch.crashes["light"]) == {"day": 10_910, "dark": 4_735}


def test_one_crash_in_full(batch):
    wanted = rows_of("201906E138182")
    crash = sources.crash(batch, "201906E138182")
    assert crash["crash_date"] == wanted[0]["date"]
    assert crash["crash_time"] == wanted[0]["output_time"][:5]
    assert crash["lat"] == float(wanted[0]["lat"])
    assert crash["lon"] == float(wanted[0]["lon"])
    assert crash["n_vehicles"] == int(wanted[0]["number_vehicles"])
    assert crash["admin2"] == wanted[0]["area_name"]
    assert crash["severity_src"] == wanted[0]["collision_severity"]


def rows_of(crash_id):
    (path,) = recount.paths("uk_stats19_manchester", recount.MANCHESTER)
    return [row for row in recount.rows(path) if row["AREFNO"] == crash_id]


def test_the_file_given_again_brings_nothing_new(batch):
    again = sources.read(
        "uk_stats19_manchester", sources.uploads("uk_stats19_manchester"), sources.keys(batch)
    )
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 20_435)
    assert len(again.crashes) == 0
