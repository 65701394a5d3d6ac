"""dtp-stat: 1,000 crashes with 1,605 vehicles and 2,476 participants, labels in Russian.

No row is rejected. 24 points are no places or lie elsewhere, one with its axes exchanged, and
7 crashes never had one: they are kept by their region.
"""

import pytest
import recount
import sources

CRASHES = "sample_accidents.csv"


@pytest.fixture(scope="module")
def batch():
    return sources.imported("ru_dtpstat_csv")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {
            "sample_accidents.csv": 1_000,
            "sample_vehicles.csv": 1_605,
            "sample_participants.csv": 2_476,
        },
        "total": 5_081,
        "accepted": 5_081,
        "rejected": {},
        "duplicates": 0,
        "warnings": {
            # Once for the file: 7 of its rows have no latitude.
            ("lat", "missing_value"): 1,
            ("lat", "whole_degrees"): 21,
            ("lat", "outside_area"): 2,
            ("lat", "looks_swapped"): 1,
            ("n_killed", "counts_disagree"): 1,
            ("n_injured", "counts_disagree"): 5,
            ("n_persons", "counts_disagree"): 16,
        },
        "crashes": 1_000,
        "vehicles": 1_605,
        "people": 2_476,
        "places": {"point": 969, "area": 31},
        "severity": {"fatal": 94, "serious": 337, "slight": 569},
        # Without a stated period, the whole months with crashes.
        "period": ("2015-01-01", "2024-05-31"),
    }


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.ru_dtpstat_csv()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["severity"] == counted.by_severity
    assert told["places"]["point"] == counted.located
    assert set(batch.crashes["crash_id"]) == counted.crash_ids
    assert (told["vehicles"], told["people"]) == (counted.vehicles, counted.people)
    assert sources.summed(batch, "n_killed") == counted.killed == 112
    assert sources.summed(batch, "n_injured") == counted.injured == 1_271
    assert (min(batch.crashes["crash_date"]), max(batch.crashes["crash_date"])) == (
        counted.first,
        counted.last,
    )


def test_exchanged_axes_of_one_crash_are_offered_to_be_put_right(batch):
    assert sources.told(batch, "looks_swapped") == [(CRASHES, 764, "35.8329, 54.0549")]
    assert sources.crash(batch, recount.EXCHANGED)["location_kind"] == "area"
    (offered,) = batch.proposals
    assert (offered.kind, offered.count, offered.made) == ("swapped_axes", 1, False)


def test_exchanged_axes_are_put_right_when_the_user_allows_it(batch):
    files = sources.uploads("ru_dtpstat_csv")
    allowed = sources.read("ru_dtpstat_csv", files, repairs="swapped_axes")
    kaluga = sources.crash(allowed, recount.EXCHANGED)
    assert (kaluga["lat"], kaluga["lon"]) == (54.0549, 35.8329)
    assert sources.told(allowed, "axes_swapped") == [(CRASHES, 764, "35.8329, 54.0549")]
    assert sources.keys(allowed) == sources.keys(batch)


def test_points_far_outside_are_no_places(batch):
    assert sources.told(batch, "outside_area") == [
        (CRASHES, 459, "40.7439, 41.7269"),  # 1826012, Dagestan
        (CRASHES, 787, "23.7594, 45.7322"),  # 2000855, Nizhny Novgorod
    ]
    for crash_id in recount.FAR_OUTSIDE:
        assert sources.crash(batch, crash_id)["location_kind"] == "area"


def test_chukotka_lies_beyond_the_180th_meridian(batch):
    assert sources.crash(batch, "2095670")["lon"] == -171.701514


def test_deaths_that_the_tables_tell_differently_are_named(batch):
    (issue,) = (one for one in batch.ledger.warnings if one.field == "n_killed")
    assert (issue.file, issue.row, issue.value) == (CRASHES, 685, "1")
    assert sources.crash(batch, "2568703")["n_killed"] == 1
    assert sources.counted(batch.people["injury"]) == {
        "killed": 113,
        "serious": 437,
        "slight": 831,
        "treated_not_injured": 48,
        "none": 1_041,
    }


def test_the_days_from_crash_to_death_are_read_from_the_label(batch):
    days = sources.counted(batch.people["death_day"])
    assert sum(days.values()) == 113
    assert (days[0], days[1], max(days)) == (79, 17, 21)


def test_labels_are_understood_whatever_their_letters_and_blanks(batch):
    crashes = batch.crashes
    assert sources.counted(crashes["light"]) == {
        "day": 624,
        "twilight": 32,
        "dark_lit": 228,
        "dark_unlit_present": 7,
        "dark_none": 109,
    }
    assert sources.counted(crashes["crash_type"]) == {
        "vehicle_vehicle": 454,
        "pedestrian": 287,
        "overturn": 62,
        "obstacle": 53,
        "run_off": 51,
        "passenger_fall": 32,
        "stationary_vehicle": 31,
        "bicycle": 21,
        "other": 5,
        "animal": 4,
    }
    # No label of the whole delivery is unknown to the profile.
    assert not [one for one in batch.ledger.warnings if one.code == "unknown_code"]


def test_several_words_in_one_cell_are_taken_apart(batch):
    weather = sources.counted(batch.crashes["weather"])
    assert weather["cloudy|rain"] == 8
    assert weather["fog|extreme_temp"] == 2
    assert sources.counted(batch.crashes["surface_condition"]) == {
        "dry": 656,
        "wet": 198,
        "treated": 65,
        "snow": 65,
        "ice": 10,
        "mud": 4,
        "fresh_dressing": 2,
    }
    marking = "Отсутствие, плохая различимость горизонтальной разметки проезжей части"
    defects = batch.crashes["road_defects"]
    assert defects.notna().sum() == 375
    assert sources.counted(defects)[marking] == 121
    assert not defects.dropna().str.contains("Сухое|Мокрое").any()


def test_vehicles_and_people_are_joined_by_their_numbers(batch):
    assert sources.counted(batch.vehicles["unit_type"]) == {
        "car": 1_256,
        "minibus": 38,
        "bus": 38,
        "trolley_tram": 9,
        "light_goods": 35,
        "medium_goods": 46,
        "heavy_goods": 34,
        "motorcycle": 48,
        "moped": 35,
        "bicycle": 22,
        "agri": 4,
        "other": 39,
        "unknown": 1,
    }
    units = set(zip(batch.vehicles["crash_key"], batch.vehicles["unit_no"], strict=True))
    people = batch.people.dropna(subset=["unit_no"])
    assert set(zip(people["crash_key"], people["unit_no"], strict=True)) <= units
    # Only pedestrians are without a vehicle.
    assert sources.counted(batch.people["road_user_type"][batch.people["unit_no"].isna()]) == {
        "pedestrian": 296
    }
    assert batch.vehicles["model_year"].between(1960, 2023).sum() == 1_549


def test_a_crash_that_cannot_be_read_takes_its_vehicles_and_people_along(batch):
    files = sources.uploads("ru_dtpstat_csv")
    broken = files[0].content.replace(b"2022-01-12 12:05:00", b"2022-31-12 12:05:00")
    told = sources.read(
        "ru_dtpstat_csv", [type(files[0])(files[0].name, broken), *files[1:]]
    ).ledger
    assert [(one.row, one.field, one.code) for one in told.issues if one.file == CRASHES] == [
        (2, "crash_date", "bad_date")
    ]
    rest = [one for one in told.issues if one.file != CRASHES]
    assert {one.code for one in rest} == {"parent_rejected"}
    assert {one.value for one in rest} == {"2685304"}
    assert (told.accepted, told.rejected) == (5_081 - 1 - len(rest), 1 + len(rest))


def test_the_files_given_again_bring_nothing_new(batch):
    again = sources.read("ru_dtpstat_csv", sources.uploads("ru_dtpstat_csv"), sources.keys(batch))
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 5_081)
