"""FARS 2013 to 2015: 92,424 crashes in which somebody died; case numbers begin anew each year.

No row is rejected: the numbers that mean "not reported" are named, and all others can be read.
"""

from collections import Counter

import made_files
import pytest
import recount
import sources

YEARS = ("2013", "2014", "2015")

CRASHES = (
    "STATE,ST_CASE,VE_TOTAL,PEDS,COUNTY,DAY,MONTH,YEAR,HOUR,MINUTE,RUR_URB,ROUTE,TWAY_ID,MILEPT,"
    "LATITUDE,LONGITUD,HARM_EV,MAN_COLL,RELJCT2,WRK_ZONE,LGT_COND,WEATHER1,WEATHER2,FATALS\n"
    "1,10001,2,0,7,4,5,2015,8,5,1,1,I-59,1589,33.791964,-86.383703,12,2,1,0,1,12,10,1\n"
    "2,20001,1,1,9,4,5,2015,99,99,2,6,MAIN ST,0,77.77770000,777.777700000000,8,0,2,1,2,99,0,1\n"
)
VEHICLES = (
    "STATE,ST_CASE,VEH_NO,HIT_RUN,MAKE,MODEL,BODY_TYP,MOD_YEAR,VIN,DR_ZIP,TOW_VEH,SPEC_USE\n"
    "1,10001,1,0,12,401,4,2009,INVENTED1,35004,0,0\n"
    "1,10001,2,0,82,881,66,9999,INVENTED2,35005,1,0\n"
    "2,20001,1,1,12,421,31,2001,INVENTED3,99501,0,0\n"
)
PEOPLE = (
    "STATE,ST_CASE,VEH_NO,PER_NO,AGE,SEX,PER_TYP,INJ_SEV,SEAT_POS,REST_USE,DRINKING,DRUGS\n"
    "1,10001,1,1,44,1,1,4,11,3,1,8\n"
    "1,10001,2,1,998,2,1,0,11,7,0,0\n"
    "2,20001,0,1,31,2,5,4,0,,9,9\n"
    "2,20001,1,1,19,1,1,0,11,3,0,0\n"
)


@pytest.fixture(scope="module")
def batch():
    return sources.imported("us_fars")


@pytest.fixture(scope="module")
def linked():
    files = made_files.three(CRASHES, VEHICLES, PEOPLE)
    return made_files.imported(files, "us_fars")


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {
            "accident_2013.csv": 30_202,
            "accident_2014.csv": 30_056,
            "accident_2015.csv": 32_166,
        },
        "total": 92_424,
        "accepted": 92_424,
        "rejected": {},
        "duplicates": 0,
        # Once for each file: 355 + 160 + 207 points and 227 + 223 + 252 times are not reported.
        "warnings": {
            ("chainage_km", "converted"): 3,
            ("crash_time", "missing_value"): 3,
            ("lat", "missing_value"): 3,
            # One street of 2014 is UNKNOWN.
            ("road_name", "missing_value"): 1,
        },
        "crashes": 92_424,
        "vehicles": 0,
        "people": 0,
        "places": {"point": 91_702, "route": 106, "area": 616},
        "severity": {"fatal": 92_424},
        "period": ("2013-01-01", "2015-12-31"),
    }


def test_a_plain_reader_counts_the_same(batch):
    counted = recount.us_fars()
    told = sources.outcome(batch)
    assert told["rows"] == counted.rows
    assert told["places"]["point"] == counted.located
    assert told["severity"] == counted.by_severity
    assert set(batch.crashes["crash_id"]) == counted.crash_ids
    assert sources.summed(batch, "n_killed") == counted.killed
    assert sources.summed(batch, "n_vehicles") == counted.vehicles
    assert told["period"] == (counted.first, counted.last)


def test_deaths_and_vehicles_of_each_year_are_those_published(batch):
    by_year = batch.crashes.groupby("year")[["n_killed", "n_vehicles"]].sum()
    assert by_year.astype(int).to_dict("list") == {
        "n_killed": [32_893, 32_744, 35_092],
        "n_vehicles": [46_247, 46_039, 50_056],
    }


def test_a_case_number_of_each_year_is_a_crash_of_its_own(batch):
    assert sources.counted(batch.crashes["source_id"]) == {
        "fars_2013": 30_202,
        "fars_2014": 30_056,
        "fars_2015": 32_166,
    }
    first = batch.crashes[batch.crashes["crash_id"] == "10001"]
    assert list(first["road_name"]) == ["I-59", "CR-67", "SR-5"]


def test_the_numbers_for_not_reported_are_no_places(batch):
    crashes = batch.crashes
    assert crashes["lat"].isna().groupby(crashes["year"]).sum().tolist() == [355, 160, 207]
    assert crashes["crash_time"].isna().groupby(crashes["year"]).sum().tolist() == [227, 223, 252]
    without = [
        sum(row["MILEPT"] in recount.FARS_NO_POST for row in recount.rows(path))
        for path in recount.paths("us_fars", *recount.FARS)
    ]
    assert without == [14_041, 13_991, 14_816]
    assert crashes["chainage_km"].isna().groupby(crashes["year"]).sum().tolist() == without


def test_a_mile_post_is_tenths_of_a_mile_and_means_the_middle_of_one(batch):
    first = sources.crash(batch, "10001")
    assert first["chainage_km"] == pytest.approx(158.95 * 1.609344)
    assert first["chainage_accuracy_m"] == pytest.approx(0.05 * 1609.344)
    assert (first["lat"], first["lon"]) == (33.79196389, -86.38370278)
    assert (first["crash_date"], first["crash_time"], first["weekday"]) == (
        "2013-01-06",
        "00:55",
        7,
    )
    assert (first["admin1"], first["admin2"], first["road_class"]) == (
        "Alabama",
        "1-115",
        "motorway",
    )


def test_the_setting_is_read_before_and_after_the_layout_changed(batch):
    crashes = batch.crashes
    by_year = {
        int(year): sources.counted(part["area_type"]) for year, part in crashes.groupby("year")
    }
    assert by_year == {
        2013: {"rural": 16_023, "urban": 14_147, "unknown": 32},
        2014: {"rural": 15_108, "urban": 14_914, "unknown": 34},
        2015: {"rural": 15_293, "urban": 14_414, "unknown": 2_459},
    }


def test_codes_agree_with_what_the_files_confirm(batch):
    found = [row for path in recount.paths("us_fars", *recount.FARS) for row in recount.rows(path)]
    harm = Counter(row["HARM_EV"] for row in found)
    types = sources.counted(batch.crashes["crash_type"])
    assert types["pedestrian"] == harm["8"] + harm["15"]
    assert types["bicycle"] == harm["9"]
    assert all(row["PEDS"] != "0" for row in found if row["HARM_EV"] in ("8", "9"))
    assert all(int(row["VE_FORMS"]) > 1 for row in found if row["HARM_EV"] == "12")
    nobody = sum(row["PEDS"] == "0" for row in found)
    assert sources.counted(batch.crashes["pedestrian_involved"])["no"] == nobody


def test_vehicles_and_people_join_their_crash(linked):
    outcome = sources.outcome(linked)
    assert (outcome["total"], outcome["accepted"], outcome["rejected"]) == (9, 9, {})
    assert list(linked.vehicles["unit_type"]) == ["car", "heavy_goods", "light_goods"]
    assert list(linked.vehicles["trailer"]) == ["no", "yes", "no"]
    people = linked.people[["person_no", "road_user_type", "injury", "safety_equipment"]]
    assert people.astype(object).where(people.notna(), None).to_numpy().tolist() == [
        ["1-1", "driver", "killed", "belt"],
        ["2-1", "driver", "none", "none"],
        ["0-1", "pedestrian", "killed", None],
        ["1-1", "driver", "none", "belt"],
    ]
    assert sources.counted(linked.crashes["heavy_vehicle_involved"]) == {"yes": 1, "no": 1}
    assert sources.counted(linked.crashes["pedestrian_involved"]) == {"yes": 1, "no": 1}


def test_two_weathers_are_kept_and_freezing_rain_is_rain(linked):
    assert list(linked.crashes["weather"].astype(object).fillna("")) == ["cloudy|rain", ""]


def test_people_of_two_years_at_once_are_refused_by_reason():
    again = CRASHES.replace(",2015,", ",2016,")
    files = [
        made_files.upload(CRASHES, "a.csv"),
        made_files.upload(again, "b.csv"),
        made_files.upload(PEOPLE, "c.csv"),
    ]
    told = sources.outcome(made_files.imported(files, "us_fars"))
    assert (told["accepted"], told["rejected"]) == (4, {"ambiguous": 4})
