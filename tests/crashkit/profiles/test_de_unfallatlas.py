"""Unfallatlas, Regensburg: 3,167 crashes, semicolons, decimal commas, an invented day.

No row is rejected: every value can be read, and NA is the source's word for "unknown".
"""

import pytest
import recount
import sources


@pytest.fixture(scope="module")
def batch():
    return sources.imported("de_unfallatlas")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {recount.UNFALLATLAS: 3_167},
        "total": 3_167,
        "accepted": 3_167,
        "rejected": {},
        "duplicates": 0,
        "warnings": {},
        "crashes": 3_167,
        "vehicles": 0,
        "people": 0,
        "places": {"point": 3_167},
        "severity": {"fatal": 6, "serious": 393, "slight": 2_768},
        "period": ("2016-01-01", "2020-12-31"),
    }
    (file,) = batch.ledger.files
    assert (file.encoding, file.delimiter) == ("utf-8", ";")


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.de_unfallatlas()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["severity"] == counted.by_severity
    assert told["places"]["point"] == counted.located
    assert set(batch.crashes["crash_id"]) == counted.crash_ids
    assert (told["period"][0][:7], told["period"][1][:7]) == (counted.first, counted.last)
    assert {
        name: sources.counted(batch.crashes[name]).get("yes") for name in counted.flags
    } == counted.flags


def test_the_invented_day_is_not_believed(batch):
    crashes = batch.crashes
    assert set(crashes["date_precision"]) == {"month"}
    assert set(crashes["time_precision"]) == {"hour"}
    assert {day[8:] for day in crashes["crash_date"]} == {"01"}
    # The weekday is that of the source, not that of the first of the month: they agree by chance.
    assert sources.counted(crashes["weekday"]) == {
        1: 480,
        2: 540,
        3: 534,
        4: 538,
        5: 532,
        6: 324,
        7: 219,
    }


def test_nothing_is_invented_about_people_and_vehicles(batch):
    names = ("n_killed", "n_serious", "n_slight", "n_injured", "n_vehicles", "n_persons")
    assert [sources.summed(batch, name) for name in names] == [None] * 6


def test_bike_is_a_motorcycle_and_goods_vehicles_of_2017_are_not_known(batch):
    assert sources.counted(batch.crashes["motorcycle_involved"]) == {"yes": 400, "no": 2_767}
    assert sources.counted(batch.crashes["cyclist_involved"]) == {"yes": 1_332, "no": 1_835}
    heavy = batch.crashes["heavy_vehicle_involved"]
    assert sources.counted(heavy) == {"yes": 115, "no": 2_409}
    assert sources.counted(batch.crashes["year"][heavy.isna()]) == {2017: 643}


def test_decimal_commas_are_points(batch):
    first = sources.crash(batch, "1")
    assert (first["lat"], first["lon"]) == (49.055728765, 12.124606179)
    assert (first["crash_date"], first["weekday"], first["hour"]) == ("2016-01-01", 1, 6)
    assert (first["severity"], first["light"], first["surface_condition"]) == (
        "slight",
        "dark",
        "ice",
    )


def test_crashes_at_one_point_are_kept(batch):
    points = list(zip(batch.crashes["lat"], batch.crashes["lon"], strict=True))
    assert len(points) - len(set(points)) == 68
