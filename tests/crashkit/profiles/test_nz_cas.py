"""CAS 2000 to 2019: 10,000 rows, one a crash, latitude under "longitude" and the other way round.

21 rows are rejected: a comma in an address shifted their cells, so that a word or nothing stands
where the year belongs, and numbers of six digits where people are counted.
"""

import pytest
import recount
import sources

SHIFTED = [
    *(111, 420, 619, 700, 1390, 1735, 2798, 2969, 3024, 4719, 5056),
    *(5239, 5248, 5960, 6748, 7434, 7456, 7475, 7920, 8522, 8569),
]


@pytest.fixture(scope="module")
def batch():
    return sources.imported("nz_cas")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {recount.CAS: 10_000},
        "total": 10_000,
        "accepted": 9_979,
        # What is wrong with the 21 rows; each has several faults.
        "rejected": {
            "bad_date": 19,
            "no_date": 2,
            "unknown_code": 43,
            "out_of_range": 16,
            "not_a_number": 12,
        },
        "duplicates": 0,
        # One row has neither a region nor coordinates.
        "warnings": {("lat", "missing_value"): 1},
        "crashes": 9_979,
        "vehicles": 0,
        "people": 0,
        "places": {"point": 9_978, "none": 1},
        "severity": {"fatal": 327, "serious": 1_910, "slight": 7_742},
        "period": ("2000-01-01", "2019-12-31"),
    }


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.nz_cas()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["severity"] == counted.by_severity
    assert told["places"]["point"] == counted.located
    assert set(batch.crashes["crash_id"]) == counted.crash_ids
    assert (told["period"][0][:4], told["period"][1][:4]) == (counted.first, counted.last)
    assert {
        name: sources.counted(batch.crashes[name]).get("yes") for name in counted.flags
    } == counted.flags
    people = [sources.summed(batch, f"n_{what}") for what in ("killed", "serious", "slight")]
    assert people == [counted.killed, counted.serious, counted.slight] == [362, 2_288, 10_734]


def test_shifted_rows_are_rejected_and_no_others(batch):
    assert sorted({issue.row for issue in batch.ledger.issues}) == SHIFTED
    (path,) = recount.paths("nz_cas", recount.CAS)
    shifted = [
        line for line, row in enumerate(recount.rows(path), 2) if recount.cas_is_shifted(row)
    ]
    assert shifted == SHIFTED


def test_latitude_is_taken_from_where_it_stands(batch):
    crashes = batch.crashes[batch.crashes["lat"].notna()]
    assert crashes["lat"].between(-47.6, -34).all()
    # Four crashes lie on the Chatham Islands, beyond the 180th meridian.
    assert (crashes["lon"] < 0).sum() == 4
    first = sources.crash(batch, "497738")
    assert (first["lat"], first["lon"]) == (-36.872313, 174.465296)
    assert (first["road_name"], first["admin1"]) == ("BETHELLS ROAD", "Auckland Region")


def test_nothing_is_said_of_the_month_or_of_people_nobody_counted(batch):
    crashes = batch.crashes
    assert set(crashes["date_precision"]) == {"year"}
    assert "month" not in crashes or crashes["month"].isna().all()
    assert sources.counted(crashes["pedestrian_involved"]) == {"yes": 971}
    assert sources.counted(crashes["cyclist_involved"]) == {"yes": 778, "no": 9_201}
    assert sources.counted(crashes["light"]) == {"day": 6_816, "dark": 2_689, "twilight": 469}


def test_the_file_given_again_brings_nothing_new(batch):
    again = sources.read("nz_cas", sources.uploads("nz_cas"), sources.keys(batch))
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 9_979)
