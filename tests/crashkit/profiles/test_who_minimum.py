"""WHO minimum data elements: three small invented files, in the words of the elements."""

import made_files
import pytest
import sources

CRASHES = (
    ("Crash identifier", "Crash date", "Crash time", "Crash region", "Crash municipality")
    + ("Latitude", "Longitude", "Road number", "Kilometre", "Crash type", "Impact type")
    + ("Weather conditions", "Light conditions", "Type of roadway", "Road functional class")
    + ("Speed limit", "Road obstacles", "Road surface conditions", "Junction")
    + ("Traffic control at junction", "Road curve", "Road segment grade"),
    ("A-1", "2024-02-03", "07:15", "North", "Askar", 42.81234, 74.51234, "M-39", 12.3)
    + ("Crash with pedestrian", "No impact between motor vehicles", "Fog, mist or smoke")
    + ("Dark with street lights lit", "Urban road, two-way", "Secondary arterial", 60, "No")
    + ("Wet, damp", "At-grade, roundabout", "Uncontrolled", "No curve", "No"),
    ("A-2", "2024-02-17", "18:40", "North", "Boru", "", "", "M-39", 41)
    + ("Crash with two or more vehicles", "Head on impact", "Clear", "Daylight")
    + ("Road outside a built-up area", "Principal arterial", 90, "Yes")
    + ("Snow, frost, ice, slush", "Not at junction", "", "Tight curve", "Yes"),
)
VEHICLES = (
    ("Crash identifier", "Vehicle number", "Vehicle type", "Vehicle make", "Registration number"),
    ("A-1", 1, "Passenger car", "Lada", "X 000"),
    ("A-2", 1, "Heavy goods vehicle", "MAN", "X 001"),
    ("A-2", 2, "Two/three-wheel motor vehicle", "Ural", "X 002"),
)
PEOPLE = (
    ("Crash identifier", "Person ID", "Occupant's vehicle number", "Date of birth", "Sex")
    + ("Type of road user", "Injury severity", "Safety equipment", "Alcohol test", "Age"),
    ("A-1", 1, "", "1950-01-02", "Female", "Pedestrian", "Fatal injury", "", "", 74),
    ("A-1", 2, 1, "1988-01-02", "Male", "Driver", "No injury", "Seat-belt used", "Negative", 36),
    ("A-2", 1, 1, "1979-01-02", "Male", "Driver", "No injury", "", "Test refused", 45),
    ("A-2", 2, 2, "2001-01-02", "Male", "Motorcyclist", "Serious injury", "Helmet used", "", 23),
)


@pytest.fixture(scope="module")
def batch():
    return made_files.imported(
        made_files.three(*map(made_files.table, (CRASHES, VEHICLES, PEOPLE))), "who_minimum"
    )


def test_every_row_is_accounted_for(batch):
    assert sources.outcome(batch) == {
        "rows": {"crashes.csv": 2, "vehicles.csv": 3, "people.csv": 4},
        "total": 9,
        "accepted": 9,
        "rejected": {},
        "duplicates": 0,
        "warnings": {("lat", "missing_value"): 1},
        "crashes": 2,
        "vehicles": 3,
        "people": 4,
        "places": {"point": 1, "route": 1},
        "severity": {"fatal": 1, "serious": 1},
        "period": ("2024-02-01", "2024-02-29"),
    }


def test_words_become_codes(batch):
    told = {
        name: batch.crashes[name].astype(object).fillna("").tolist()
        for name in (
            *("crash_type", "collision_manner", "weather", "light", "area_type", "road_class"),
            *("surface_condition", "junction", "junction_control", "curve", "grade"),
            "road_defects",
        )
    }
    assert told == {
        "crash_type": ["pedestrian", "vehicle_vehicle"],
        "collision_manner": ["", "front_front"],
        "weather": ["fog", "clear"],
        "light": ["dark_lit", "day"],
        "area_type": ["urban", "rural"],
        "road_class": ["regional", "national"],
        "surface_condition": ["wet", "ice"],
        "junction": ["roundabout", "none"],
        "junction_control": ["none", ""],
        "curve": ["straight", "curve"],
        "grade": ["level", "grade"],
        "road_defects": ["", "Obstacles on the road"],
    }
    assert list(batch.vehicles["unit_type"]) == ["car", "medium_goods", "motorcycle"]
    assert list(batch.people["injury"]) == ["killed", "none", "none", "serious"]
    assert list(batch.people["alcohol"].astype(object).fillna("")) == [
        "",
        "negative",
        "refused",
        "",
    ]


def test_a_code_number_is_unknown_and_said(batch):
    crashes = made_files.table([CRASHES[0], ("7", *CRASHES[2][1:9], "1", *CRASHES[2][10:])])
    told = made_files.imported(made_files.upload(crashes), "who_minimum")
    assert list(told.crashes["crash_type"]) == ["unknown"]
    assert ("crash_type", "unknown_code") in sources.outcome(told)["warnings"]


def test_births_and_plates_are_nowhere(batch):
    frames = (batch.crashes, batch.vehicles, batch.people)
    kept = " ".join(frame.to_csv() for frame in frames)
    assert "-01-02" not in kept
    assert "X 00" not in kept
