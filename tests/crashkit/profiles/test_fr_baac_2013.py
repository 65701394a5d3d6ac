"""BAAC 2013: 58,397 crashes in two tables and their 98,925 vehicles.

No row is rejected: noughts and blanks are the source's way to say that it does not know.
"""

import pytest
import recount
import sources

from crashkit import profiles

CRASHES = "caracteristiques_2013.csv"


@pytest.fixture(scope="module")
def batch():
    return sources.imported("fr_baac_2013")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {
            "caracteristiques_2013.csv": 58_397,
            "lieux_2013.csv": 58_397,
            "vehicules_2013.csv": 98_925,
        },
        "total": 215_719,
        "accepted": 215_719,
        "rejected": {},
        "duplicates": 0,
        "warnings": {
            # Once for the file: 38,339 of its rows have no latitude.
            ("lat", "missing_value"): 1,
            ("lat", "half_a_place"): 14,
            ("lat", "outside_area"): 3,
            # Once for the file: rows with neither number nor name of the road.
            ("road_name", "missing_value"): 1,
            ("width_m", "converted"): 1,
        },
        "crashes": 58_397,
        "vehicles": 98_925,
        "people": 0,
        # 20,058 latitudes: 13 without a longitude, 3 of La Reunion that lie elsewhere.
        "places": {"point": 20_042, "route": 10_151, "area": 28_204},
        "severity": {"unknown": 58_397},
        "period": ("2013-01-01", "2013-12-31"),
    }
    assert [file.encoding for file in batch.ledger.files] == ["iso-8859-1", "utf-8", "utf-8"]


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.fr_baac_2013()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["places"]["point"] == counted.located
    assert set(batch.crashes["crash_id"]) == counted.crash_ids
    assert told["vehicles"] == counted.vehicles == sources.summed(batch, "n_vehicles")
    assert (min(batch.crashes["crash_date"]), max(batch.crashes["crash_date"])) == (
        counted.first,
        counted.last,
    )
    assert {
        name: sources.counted(batch.crashes[name]).get("yes") for name in counted.flags
    } == counted.flags


def test_nobody_knows_who_was_hurt(batch):
    names = ("n_killed", "n_serious", "n_slight", "n_injured", "n_persons")
    assert [sources.summed(batch, name) for name in names] == [None] * 5


def test_points_that_lie_elsewhere_are_named(batch):
    assert sources.told(batch, "outside_area") == [
        (CRASHES, 57972, "20.93729, 5.29534"),
        (CRASHES, 58034, "55.64823, 2.96761"),
        (CRASHES, 58302, "21.28884, 5.47171"),
    ]
    assert [row for _, row, _ in sources.told(batch, "half_a_place")] == [
        *(393, 2906, 13279, 13280, 13284, 16793, 18023),
        *(19183, 20907, 24845, 28073, 31099, 31482, 31483),
    ]


def test_whole_numbers_become_degrees(batch):
    first = sources.crash(batch, "201300000001")
    assert (first["lat"], first["lon"]) == (50.51199, 2.90046)


def test_times_without_leading_noughts_are_read(batch):
    (path,) = recount.paths("fr_baac", CRASHES)
    rows = recount.rows(path, encoding="iso-8859-1")
    wanted = [f"{row['hrmn']:0>4}" for row in rows]
    assert [time.replace(":", "") for time in batch.crashes["crash_time"]] == wanted
    assert sum(len(row["hrmn"]) < 4 for row in rows) == 14_761


def test_reference_posts_are_kilometres_and_nought_is_not_known(batch):
    (path,) = recount.paths("fr_baac", "lieux_2013.csv")
    wanted = {
        row["Num_Acc"]: float(row["pr"]) + float(row["pr1"]) / 1000
        for row in recount.rows(path)
        if recount.baac_has_post(row)
    }
    assert len(wanted) == 21_219
    crashes = batch.crashes.set_index("crash_id")
    fine = crashes[crashes["chainage_accuracy_m"] == 5]
    assert fine["chainage_km"].to_dict() == pytest.approx(wanted)
    # A post without metres: the crash lies in the kilometre after it.
    coarse = crashes[crashes["chainage_km"].notna() & (crashes["chainage_accuracy_m"] > 5)]
    assert len(coarse) == 103


def test_roads_are_named_by_class_and_number(batch):
    first = sources.crash(batch, "201300000001")
    assert (first["road_number"], first["chainage_km"]) == ("D39", 10.91)
    roads = sources.counted(batch.crashes["road_number"])
    assert (roads["A86"], roads["A6"]) == (543, 318)
    # Municipal roads have their numbers in their commune only: 605 of them are left out.
    assert {road[0] for road in roads} == {"A", "N", "D"}
    assert sum(roads.values()) == 23_131


def test_a_crash_without_a_point_is_placed_by_road_and_post():
    numbered = {
        row["Num_Acc"]
        for row in places()
        if row["catr"] in "123" and row["voie"] not in ("", "0") and has_post(row)
    }
    (path,) = recount.paths("fr_baac", CRASHES)
    crashes = recount.rows(path, encoding="iso-8859-1")
    pointed = {row["Num_Acc"] for row in crashes if recount.baac_has_point(row)}
    assert len(numbered - pointed) == 10_151


def has_post(row):
    return recount.baac_has_post(row) or (row["pr1"] == "" and row["pr"] not in ("", "0"))


def places():
    (path,) = recount.paths("fr_baac", "lieux_2013.csv")
    return recount.rows(path)


def test_a_road_of_one_number_is_another_in_each_department(batch):
    assert profiles.get("fr_baac_2013").posts_by_province
    first = batch.crashes[batch.crashes["road_number"] == "D1"]
    assert first["admin1"].nunique() == 71


def test_departments_and_communes_keep_their_digits(batch):
    first = sources.crash(batch, "201300000001")
    assert (first["admin1"], first["admin2"]) == ("Nord", "590052")
    departments = sources.counted(batch.crashes["admin1"])
    assert len(departments) == 101
    assert (departments["Ain"], departments["Corse-du-Sud"], departments["Mayotte"]) == (
        count_of("010"),
        162,
        28,
    )


def count_of(department):
    (path,) = recount.paths("fr_baac", CRASHES)
    return sum(row["dep"] == department for row in recount.rows(path, encoding="iso-8859-1"))


def test_addresses_keep_their_accents(batch):
    assert batch.crashes["place"].str.contains("écluse de Négra").any()


def test_vehicles_keep_their_numbers(batch):
    assert sources.counted(batch.vehicles["unit_type"]) == {
        "car": 60_951,
        "motorcycle": 14_257,
        "moped": 8_219,
        "light_goods": 5_663,
        "bicycle": 4_326,
        "heavy_goods": 1_607,
        "medium_goods": 1_450,
        "bus": 1_011,
        "other": 1_101,
        "agri": 187,
        "trolley_tram": 153,
    }
    pairs = set(zip(batch.vehicles["crash_key"], batch.vehicles["unit_no"], strict=True))
    assert len(pairs) == 98_925
