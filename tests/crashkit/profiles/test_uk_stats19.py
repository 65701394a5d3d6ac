"""STATS19 of the whole country: three invented tables in the published layout, new and old.

What an import must give is counted from the invented rows, which know nothing of the profile.
"""

from collections import Counter

import made_files
import made_stats19
import pytest
import sources

SEVERITY = {1: "fatal", 2: "serious", 3: "slight"}
COUNT, SEED = 300, 19


@pytest.fixture(scope="module", params=[False, True], ids=["guide of 2024", "before 2024"])
def era(request):
    return request.param


@pytest.fixture(scope="module")
def made(era):
    return made_stats19.make(COUNT, SEED, before_2024=era)


@pytest.fixture(scope="module")
def batch(made, era):
    return made_files.imported(made_stats19.files(made, before_2024=era), "uk_stats19")


def test_every_row_is_accounted_for(made, batch):
    collisions, vehicles, casualties = made
    located = sum(row["latitude"] != "NULL" for row in collisions)
    outcome = sources.outcome(batch)
    assert outcome.pop("warnings") == {
        ("lat", "missing_value"): 1,
        ("road_name", "missing_value"): 1,
        ("speed_limit", "converted"): 1,
    }
    assert outcome == {
        "rows": {
            "collision.csv": COUNT,
            "vehicle.csv": len(vehicles),
            "casualty.csv": len(casualties),
        },
        "total": COUNT + len(vehicles) + len(casualties),
        "accepted": COUNT + len(vehicles) + len(casualties),
        "rejected": {},
        "duplicates": 0,
        "crashes": COUNT,
        "vehicles": len(vehicles),
        "people": len(casualties),
        "places": {"point": located, "area": COUNT - located},
        "severity": dict(Counter(SEVERITY[row["collision_severity"]] for row in collisions)),
        "period": ("2024-01-01", "2024-12-31"),
    }


def test_people_and_vehicles_are_those_of_the_tables(made, batch):
    collisions, _, casualties = made
    hurt = Counter(row["casualty_severity"] for row in casualties)
    assert [sources.summed(batch, f"n_{what}") for what in ("killed", "serious", "slight")] == [
        hurt[1],
        hurt[2],
        hurt[3],
    ]
    assert sources.summed(batch, "n_vehicles") == sum(r["number_of_vehicles"] for r in collisions)


def test_only_roads_with_a_number_have_one(made, batch):
    letters = {1: "M", 2: "A", 3: "A", 4: "B"}
    wanted = Counter(
        f"{letters[row['first_road_class']]}{row['first_road_number']}"
        for row in made[0]
        if row["first_road_class"] in letters and row["first_road_number"]
    )
    assert sources.counted(batch.crashes["road_number"]) == wanted


def junction(row):
    """What the three columns say together, told once more by hand."""
    detail, control = row["junction_detail"], row["junction_control"]
    if row["road_type"] == 1 or detail in (1, 2):
        return "roundabout"
    if detail in (0, 8, 18):
        return "none" if detail == 0 else "access"
    known = {1: "other", 2: "signal", 3: "priority", 4: "priority"}
    return known.get(control, "unknown" if detail == 99 else "other")


def test_a_junction_is_told_by_its_list_its_control_and_the_type_of_the_road(made, batch):
    assert sources.counted(batch.crashes["junction"]) == Counter(map(junction, made[0]))


def test_codes_become_ours(made, batch):
    collisions, vehicles, casualties = made
    weather = sources.counted(batch.crashes["weather"])
    assert weather["rain|wind"] == sum(row["weather_conditions"] == 5 for row in collisions)
    assert sources.counted(batch.crashes["work_zone"])["yes"] == sum(
        row["special_conditions_at_site"] == 4 for row in collisions
    )
    types = sources.counted(batch.vehicles["unit_type"])
    assert types["heavy_goods"] == sum(row["vehicle_type"] == 21 for row in vehicles)
    users = sources.counted(batch.people["road_user_type"])
    assert users["pedestrian"] == sum(row["casualty_class"] == 3 for row in casualties)
    assert users["cyclist"] == sum(row["casualty_type"] == 1 for row in casualties)
    assert sources.counted(batch.crashes["speed_limit"])[48] == sum(
        row["speed_limit"] == 30 for row in collisions
    )
    assert set(batch.crashes["admin1"]) == {
        "Metropolitan Police",
        "Greater Manchester",
        "Police Scotland",
    }


def test_days_come_first(made, batch):
    first = made[0][0]
    day, month, year = first["date"].split("/")
    told = sources.crash(batch, first["collision_index"])
    assert (told["crash_date"], told["crash_time"]) == (f"{year}-{month}-{day}", first["time"])


def test_where_people_live_is_nowhere(batch):
    kept = " ".join(frame.to_csv() for frame in (batch.crashes, batch.vehicles, batch.people))
    assert "E01000002" not in kept
    assert "E01000003" not in kept


def test_the_files_given_again_bring_nothing_new(made, batch, era):
    again = made_files.imported(
        made_stats19.files(made, before_2024=era), "uk_stats19", known=sources.keys(batch)
    )
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, batch.ledger.total)
