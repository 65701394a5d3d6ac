"""Invented STATS19 tables in the layout in which the national ones are published.

Nothing in them happened: numbers are drawn from a seed within the code lists of the guide of 2024.
"""

from __future__ import annotations

from random import Random
from typing import Any

import made_files

from crashkit.model import Upload

COLLISIONS = (
    *("collision_index", "collision_year", "collision_ref_no", "location_easting_osgr"),
    *("location_northing_osgr", "longitude", "latitude", "police_force", "collision_severity"),
    *("number_of_vehicles", "number_of_casualties", "date", "day_of_week", "time"),
    *("local_authority_district", "local_authority_ons_district", "local_authority_highway"),
    *("local_authority_highway_current", "first_road_class", "first_road_number", "road_type"),
    *("speed_limit", "junction_detail_historic", "junction_detail", "junction_control"),
    *("second_road_class", "second_road_number", "pedestrian_crossing_human_control_historic"),
    *("pedestrian_crossing_physical_facilities_historic", "pedestrian_crossing"),
    *("light_conditions", "weather_conditions", "road_surface_conditions"),
    *("special_conditions_at_site", "carriageway_hazards_historic", "carriageway_hazards"),
    *("urban_or_rural_area", "did_police_officer_attend_scene_of_accident", "trunk_road_flag"),
    *("lsoa_of_accident_location", "enhanced_severity_collision", "collision_injury_based"),
    *("collision_adjusted_severity_serious", "collision_adjusted_severity_slight"),
)
VEHICLES = (
    *("collision_index", "collision_year", "collision_ref_no", "vehicle_reference"),
    *("vehicle_type", "towing_and_articulation", "vehicle_manoeuvre_historic"),
    *("vehicle_manoeuvre", "vehicle_direction_from", "vehicle_direction_to"),
    *("vehicle_location_restricted_lane_historic", "vehicle_location_restricted_lane"),
    *("junction_location", "skidding_and_overturning", "hit_object_in_carriageway"),
    *("vehicle_leaving_carriageway", "hit_object_off_carriageway", "first_point_of_impact"),
    *("vehicle_left_hand_drive", "journey_purpose_of_driver_historic"),
    *("journey_purpose_of_driver", "sex_of_driver", "age_of_driver", "age_band_of_driver"),
    *("engine_capacity_cc", "propulsion_code", "age_of_vehicle", "generic_make_model"),
    *("driver_imd_decile", "lsoa_of_driver", "escooter_flag", "driver_distance_banding"),
)
CASUALTIES = (
    *("collision_index", "collision_year", "collision_ref_no", "vehicle_reference"),
    *("casualty_reference", "casualty_class", "sex_of_casualty", "age_of_casualty"),
    *("age_band_of_casualty", "casualty_severity", "pedestrian_location"),
    *("pedestrian_movement", "car_passenger", "bus_or_coach_passenger"),
    *("pedestrian_road_maintenance_worker", "casualty_type", "casualty_imd_decile"),
    *("lsoa_of_casualty", "enhanced_casualty_severity", "casualty_injury_based"),
    *("casualty_adjusted_severity_serious", "casualty_adjusted_severity_slight"),
    "casualty_distance_banding",
)
BEFORE_2024 = {
    "collision_index": "accident_index",
    "collision_year": "accident_year",
    "collision_ref_no": "accident_reference",
    "collision_severity": "accident_severity",
    "pedestrian_crossing_human_control_historic": "pedestrian_crossing_human_control",
    "pedestrian_crossing_physical_facilities_historic": "pedestrian_crossing_physical_facilities",
}
"""Names of columns before the guide of 2024, which added the columns _historic and new lists."""

NEW = (
    *("junction_detail_historic", "pedestrian_crossing", "carriageway_hazards_historic"),
    *("vehicle_manoeuvre_historic", "vehicle_location_restricted_lane_historic"),
    *("journey_purpose_of_driver_historic", "local_authority_highway_current"),
    *("enhanced_severity_collision", "enhanced_casualty_severity", "driver_distance_banding"),
    *("casualty_distance_banding", "collision_injury_based", "casualty_injury_based"),
    *("collision_adjusted_severity_serious", "collision_adjusted_severity_slight"),
    *("casualty_adjusted_severity_serious", "casualty_adjusted_severity_slight"),
)

Rows = list[dict[str, Any]]


def make(count: int, seed: int, *, before_2024: bool = False) -> tuple[Rows, Rows, Rows]:
    """Draw crashes with their vehicles and casualties; each column that matters has its codes."""
    dice = Random(seed)
    collisions: Rows = []
    vehicles: Rows = []
    casualties: Rows = []
    for number in range(count):
        key = f"2024{dice.choice(['01', '06', '99'])}{number:06}"
        units = dice.randint(1, 3)
        hurt = dice.randint(1, 3)
        worst = 3
        head = {"collision_index": key, "collision_year": 2024, "collision_ref_no": key[4:]}
        for unit in range(1, units + 1):
            vehicles.append({**head, **_vehicle(dice, unit)})
        for person in range(1, hurt + 1):
            row = _casualty(dice, person, units)
            worst = min(worst, row["casualty_severity"])
            casualties.append({**head, **row})
        collisions.append({**head, **_collision(dice, units, hurt, worst, before_2024)})
    return collisions, vehicles, casualties


def files(made: tuple[Rows, Rows, Rows], *, before_2024: bool = False) -> list[Upload]:
    """Write the three tables as they are published: CSV, -1 for what is not known."""
    found = []
    for name, columns, rows in zip(
        ("collision", "vehicle", "casualty"), (COLLISIONS, VEHICLES, CASUALTIES), made, strict=True
    ):
        kept = [one for one in columns if not (before_2024 and one in NEW)]
        head = [BEFORE_2024.get(one, one) if before_2024 else one for one in kept]
        cells = [[row.get(one, -1) for one in kept] for row in rows]
        found.append(made_files.upload(made_files.table([head, *cells]), f"{name}.csv"))
    return found


def _collision(
    dice: Random, units: int, hurt: int, worst: int, before_2024: bool
) -> dict[str, Any]:
    located = dice.random() > 0.05
    junctions = (0, 1, 2, 3, 5, 6, 8, 9, 99) if before_2024 else (0, 13, 16, 18, 19, 99)
    return {
        "longitude": f"{dice.uniform(-3, 0.5):.6f}" if located else "NULL",
        "latitude": f"{dice.uniform(51, 55):.6f}" if located else "NULL",
        "police_force": dice.choice([1, 6, 99]),
        "collision_severity": worst,
        "number_of_vehicles": units,
        "number_of_casualties": hurt,
        "date": f"{dice.randint(1, 28):02}/{dice.randint(1, 12):02}/2024",
        "time": f"{dice.randint(0, 23):02}:{dice.randint(0, 59):02}",
        "local_authority_ons_district": dice.choice(["E09000001", "E08000003"]),
        "first_road_class": dice.randint(1, 6),
        "first_road_number": dice.choice([0, 1, 56, 4020]),
        "road_type": dice.choice([1, 2, 3, 6, 7, 9]),
        "speed_limit": dice.choice([20, 30, 60, 70, -1]),
        "junction_detail": dice.choice(junctions),
        "junction_control": dice.choice([-1, 0, 1, 2, 3, 4, 9]),
        "pedestrian_crossing_physical_facilities_historic": dice.choice([-1, 0, 1, 4, 5, 7, 8]),
        "light_conditions": dice.choice([1, 4, 5, 6, 7, -1]),
        "weather_conditions": dice.randint(1, 9),
        "road_surface_conditions": dice.randint(1, 7),
        "special_conditions_at_site": dice.choice([0, 1, 4, 5, 7, 9]),
        "urban_or_rural_area": dice.randint(1, 3),
        "lsoa_of_accident_location": "E01000001",
    }


def _vehicle(dice: Random, unit: int) -> dict[str, Any]:
    return {
        "vehicle_reference": unit,
        "vehicle_type": dice.choice([1, 2, 4, 8, 9, 11, 16, 19, 20, 21, 23, 90, 97, 98, -1]),
        "towing_and_articulation": dice.choice([0, 1, 4, 9, -1]),
        "vehicle_manoeuvre": dice.randint(1, 18),
        "hit_object_off_carriageway": dice.choice([0, 4, 7, -1]),
        "first_point_of_impact": dice.choice([0, 1, 2, 9]),
        "vehicle_left_hand_drive": dice.choice([1, 2, 9]),
        "generic_make_model": dice.choice(["FORD FIESTA", "-1"]),
        "lsoa_of_driver": "E01000002",
        "driver_imd_decile": dice.randint(1, 10),
    }


def _casualty(dice: Random, person: int, units: int) -> dict[str, Any]:
    kind = dice.choice([1, 2, 3])
    return {
        "vehicle_reference": dice.randint(1, units),
        "casualty_reference": person,
        "casualty_class": kind,
        "sex_of_casualty": dice.choice([1, 2, 9, -1]),
        "age_of_casualty": dice.choice([-1, 0, 8, 34, 99]),
        "casualty_severity": dice.choice([1, 2, 3, 3]),
        "pedestrian_movement": dice.randint(1, 9) if kind == 3 else 0,
        "car_passenger": dice.choice([1, 2]) if kind == 2 else 0,
        "casualty_type": 0 if kind == 3 else dice.choice([1, 4, 9, 16, 21, 113]),
        "lsoa_of_casualty": "E01000003",
        "casualty_imd_decile": dice.randint(1, 10),
    }
