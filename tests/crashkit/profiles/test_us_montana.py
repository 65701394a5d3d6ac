"""Montana: 9,634 crashes on five highways, by corridor and reference post in miles.

No row is rejected: 64 points cannot be true (see below), but each of these crashes keeps its
corridor and post, so nothing that places it is lost. With the traffic counts each has an AADT.
"""

import pytest
import recount
import sources

from crashkit.model import Upload

KM_PER_MILE = 1.609344

LOST_MINUS = {
    "I-15-crashes.csv": [1384, 1857],
    "US-2-crashes.csv": [718, 757, 766, 3219, 3228, 3253, 3289, 3413, 3480, 3563, 3591],
    "MT-200-crashes.csv": [1616, 1630, 1641, 1656, 1663],
    "MT-59-crashes.csv": [5],
}
"""Longitudes without their minus sign: 111.8 degrees east is in China."""

ELSEWHERE = {"US-2-crashes.csv": [748, 3568]}
"""5.17, 81 and a point in Colorado."""

EQUAL = {
    "I-15-crashes.csv": [305, 1187, 1292, 1715, 2636, 3097],
    "US-2-crashes.csv": [79, 2021, 2247, 3004, 3103],
    "MT-200-crashes.csv": [114],
}
"""Rows equal in every cell to one before: two crashes or one twice, the file cannot say."""


@pytest.fixture(scope="module")
def batch():
    return sources.imported("us_montana")


def by_file(told):
    found = {}
    for file, row, _ in told:
        found.setdefault(file, []).append(row)
    return found


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {
            "I-15-crashes.csv": 3_300,
            "US-2-crashes.csv": 3_750,
            "MT-200-crashes.csv": 1_670,
            "MT-83-crashes.csv": 581,
            "MT-59-crashes.csv": 333,
        },
        "total": 9_634,
        "accepted": 9_634,
        "rejected": {},
        "duplicates": 0,
        "warnings": {
            ("crash_id", "possible_duplicate"): 12,
            # Once for each file: 1,366 + 1,244 + 597 + 196 + 107 rows have no latitude.
            ("lat", "missing_value"): 5,
            ("lat", "zero_coordinates"): 40,
            ("lat", "outside_area"): 2,
            ("lat", "looks_unsigned"): 19,
            ("lat", "not_degrees"): 2,
            ("lat", "whole_degrees"): 1,
            ("chainage_km", "converted"): 5,
        },
        "crashes": 9_634,
        "vehicles": 0,
        "people": 0,
        "places": {"point": 6_060, "route": 3_574},
        "severity": {"unknown": 9_634},
        "period": ("2019-01-01", "2023-12-31"),
    }


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.us_montana()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["places"]["point"] == counted.located
    assert told["severity"] == counted.by_severity
    assert (told["period"][0][:4], told["period"][1][:4]) == (counted.first, counted.last)


def test_points_that_cannot_be_true_are_named(batch):
    assert by_file(sources.told(batch, "outside_area")) == ELSEWHERE
    # A longitude that lost its decimal point, and feet of a map grid.
    assert by_file(sources.told(batch, "not_degrees")) == {
        "US-2-crashes.csv": [3338],
        "MT-59-crashes.csv": [66],
    }
    assert sources.told(batch, "whole_degrees") == [("US-2-crashes.csv", 723, "14, 23")]
    assert {
        file: len(rows) for file, rows in by_file(sources.told(batch, "zero_coordinates")).items()
    } == {
        "I-15-crashes.csv": 8,
        "US-2-crashes.csv": 26,
        "MT-200-crashes.csv": 6,
    }


def test_a_lost_minus_sign_is_offered_and_given_back_when_the_user_allows_it(batch):
    assert by_file(sources.told(batch, "looks_unsigned")) == LOST_MINUS
    assert [(one.kind, one.count) for one in batch.proposals] == [("lost_sign", 19)]
    files = sources.uploads("us_montana")
    allowed = sources.read("us_montana", files, repairs="lost_sign")
    assert sources.outcome(allowed)["places"] == {"point": 6_079, "route": 3_555}
    assert sources.keys(allowed) == sources.keys(batch)


def test_equal_rows_are_kept_and_pointed_out(batch):
    assert by_file(sources.told(batch, "possible_duplicate")) == EQUAL
    assert len(set(batch.crashes["crash_id"])) == 9_634


def test_every_crash_has_a_post_in_kilometres_and_a_direction(batch):
    crashes = batch.crashes
    assert crashes["chainage_km"].notna().all()
    assert crashes["road_number"].notna().all()
    assert sources.counted(crashes["direction"]) == {"inc": 7_582, "dec": 2_052}
    assert sources.counted(crashes["road_key"]) == {
        "C000001": 3_750,
        "C000015": 3_300,
        "C000024": 1_001,
        "C000006": 613,
        "C000083": 581,
        "C000023": 268,
        "C000051": 56,
        "C000018": 42,
        "C000054": 23,
    }
    files = {
        path.name: recount.rows(path) for path in recount.paths("us_montana", *recount.MONTANA)
    }
    miles = [float(row["REF_POINT_FLOAT"]) for rows in files.values() for row in rows]
    assert list(crashes["chainage_km"]) == pytest.approx(
        [one * KM_PER_MILE for one in miles], abs=1e-6
    )


def test_a_post_may_be_more_than_a_mile_long(batch):
    crash = batch.crashes.iloc[sources.row_of(batch, "US-2-crashes.csv", 723)]
    assert crash["chainage_km"] == pytest.approx(32.035 * KM_PER_MILE)
    assert (crash["location_kind"], crash["road_number"]) == ("route", "C000001")


def test_a_date_is_known_to_the_month_and_the_weekday(batch):
    crashes = batch.crashes
    assert set(crashes["date_precision"]) == {"month"}
    assert "crash_time" not in crashes
    assert sources.counted(crashes["year"]) == {
        2019: 1_962,
        2020: 1_922,
        2021: 1_949,
        2022: 1_970,
        2023: 1_831,
    }
    assert sum(sources.counted(crashes["weekday"]).values()) == 9_634


def test_the_order_of_files_changes_nothing(batch):
    turned = sources.read("us_montana", sources.uploads("us_montana")[::-1])
    assert sources.keys(turned) == sources.keys(batch)


def test_the_files_given_again_bring_nothing_new(batch):
    again = sources.read("us_montana", sources.uploads("us_montana"), sources.keys(batch))
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 9_634)


def test_one_highway_after_another_is_the_same_as_all_at_once(batch):
    kept = {}
    for upload in sources.uploads("us_montana"):
        kept |= sources.keys(sources.read("us_montana", [upload], kept))
    assert kept == sources.keys(batch)


# ----------------------------------------------------------------- traffic

MILES_THAT_RUN_BACK = [880, 3373, 3589, 5248, 5396, 5653, 5772, 7707]
"""3+1.014 to 4+0.000: where a mile is longer than a mile, the sums of a post run back.

None of them is on a highway with crashes.
"""


def with_traffic(known=None):
    (path,) = recount.paths("us_montana", recount.MONTANA_TRAFFIC)
    return sources.read(
        "us_montana",
        [*sources.uploads("us_montana"), Upload(path.name, path.read_bytes())],
        known,
    )


@pytest.fixture(scope="module")
def traffic():
    return with_traffic()


def test_every_row_of_the_traffic_file_is_accounted_for(batch, traffic):
    alone, together = sources.outcome(batch), sources.outcome(traffic)
    assert together == alone | {
        "rows": alone["rows"] | {"TYC_2022.csv": 8_696},
        "total": 18_330,
        "accepted": 9_634 + 8_688,
        "rejected": {"backward_stretch": 8},
        "warnings": alone["warnings"]
        | {
            ("from_km", "converted"): 1,
            ("to_km", "converted"): 1,
            ("aadt", "aadt_given"): 1,
            # On one corridor without crashes here.
            ("from_km", "overlap"): 6,
        },
    }
    assert [(one.file, one.row) for one in traffic.ledger.issues] == [
        ("TYC_2022.csv", row) for row in MILES_THAT_RUN_BACK
    ]
    assert all("C000048" in value for _, _, value in sources.told(traffic, "overlap"))


def test_every_crash_gets_the_aadt_that_a_plain_reader_finds(traffic):
    found = recount.montana_aadt()
    assert len(found) == 9_634
    crashes = traffic.crashes
    assert list(crashes["road_number"]) == [crash["CORRIDOR"] for crash, _ in found]
    assert list(crashes["aadt"]) == [float(stretch["TYC_AADT"]) for _, stretch in found]
    assert crashes.groupby("road_key")["aadt"].sum().to_dict() == {
        "C000001": 32_438_606,
        "C000015": 20_341_306,
        "C000024": 2_889_415,
        "C000083": 1_381_619,
        "C000006": 1_374_551,
        "C000023": 773_047,
        "C000018": 69_633,
        "C000051": 33_880,
        "C000054": 12_377,
    }


def test_the_stretch_is_the_one_that_the_source_names(traffic):
    # Of 9,634 crashes 7,178 name a stretch of these counts (the others one of another year).
    (path,) = recount.paths("us_montana", recount.MONTANA_TRAFFIC)
    named = {
        f"{row['CORR_ID']}_{row['CORR_MP']}_{row['CORR_ENDMP']}": float(row["TYC_AADT"])
        for row in recount.rows(path)
    }
    paths = recount.paths("us_montana", *recount.MONTANA)
    rows = [row for path in paths for row in recount.rows(path)]
    said = [named.get(row["SEGMENT_KEY"].rpartition("_")[0]) for row in rows]
    pairs = zip(said, traffic.crashes["aadt"], rows, strict=True)
    differing = [(row["REF_POINT"], a, b) for a, b, row in pairs if a is not None and a != b]
    assert sum(one is not None for one in said) == 7_178
    # Each lies on the very post where one stretch ends and the next, which is ours, begins.
    assert differing == [
        ("136+0.641", 19_606, 21_763),
        ("082+0.983", 1_761, 1_399),
        ("000+0.076", 3_626, 3_714),
        ("137+0.288", 2_509, 1_952),
    ]


def test_the_traffic_changes_no_crash_beside_its_aadt(batch, traffic):
    assert sources.keys(traffic) == sources.keys(batch)
    assert "aadt" not in batch.crashes
    assert traffic.crashes.drop(columns="aadt").equals(batch.crashes)


def test_crashes_known_already_get_no_aadt_and_it_is_said(batch):
    again = with_traffic(sources.keys(batch))
    assert (len(again.crashes), again.ledger.accepted) == (0, 0)
    assert len(again.ledger.duplicates) == 9_634
    assert sum(one.code == "no_new_crash" for one in again.ledger.issues) == 8_688
    (said,) = [one for one in again.ledger.warnings if one.code == "aadt_not_given"]
    assert said.message.values == {"n": 9_634}
