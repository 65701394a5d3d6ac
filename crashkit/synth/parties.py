"""The vehicles and people of the invented crashes, and who of them was hurt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.synth import happenings

Ints = NDArray[np.int64]

UNITS = (
    *("car", "taxi", "minibus", "bus", "trolley_tram", "light_goods", "medium_goods"),
    *("heavy_goods", "motorcycle", "moped", "agri", "bicycle", "animal_drawn", "unknown"),
)
UNITS_BY_SETTING = (
    (0.62, 0.03, 0.05, 0.02, 0.0, 0.08, 0.05, 0.095, 0.025, 0.005, 0.02, 0.0, 0.0, 0.005),
    (0.70, 0.075, 0.055, 0.03, 0.005, 0.055, 0.02, 0.01, 0.025, 0.015, 0.003, 0.0, 0.0, 0.007),
)
PASSENGERS = (0.85, 0.9, 3.2, 4.5, 4.0, 0.4, 0.3, 0.25, 0.3, 0.15, 0.2, 0.0, 0.6, 0.0)
RISK = (1.0, 1.0, 1.0, 0.8, 0.6, 0.9, 0.6, 0.35, 5.0, 4.0, 0.8, 9.0, 3.0, 0.5)
TWO_WHEELS = ("motorcycle", "moped")
MANOEUVRES = (
    *("going ahead", "turning left", "turning right", "overtaking", "changing lane"),
    *("reversing", "starting", "stopped"),
)


def vehicles(crashes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the vehicles of each crash. `crash` is the row of the crash."""
    owner = np.repeat(np.arange(len(crashes)), crashes["n_vehicles"].to_numpy())
    number = np.arange(len(owner)) - np.searchsorted(owner, owner) + 1
    kind = crashes["crash_type"].astype(str).to_numpy()[owner]
    urban = (crashes["area_type"] == "urban").to_numpy()[owner]
    unit = happenings.pick_by(UNITS_BY_SETTING, urban.astype(np.int64), rng)
    second = number == 2
    unit = np.where(second & (kind == "bicycle"), UNITS.index("bicycle"), unit)
    unit = np.where(second & (kind == "animal_drawn"), UNITS.index("animal_drawn"), unit)
    motor = unit < UNITS.index("bicycle")
    year = crashes["crash_date"].dt.year.to_numpy()[owner]
    built = year - np.minimum(rng.gamma(2.4, 5.0, len(owner)).astype(np.int64), 38)
    right = np.where(rng.random(len(owner)) < 0.14, 1, 0)
    move = happenings.pick(
        np.array([0.62, 0.09, 0.05, 0.08, 0.05, 0.04, 0.04, 0.03]), rng.random(len(owner))
    )
    parked = second & (kind == "stationary_vehicle")
    move = np.where(parked, MANOEUVRES.index("stopped"), move)
    return pd.DataFrame(
        {
            "crash": owner,
            "unit_no": number,
            "unit_type": happenings.coded("unit_type", UNITS, unit),
            "model_year": np.where(motor, built, 0),
            "steering_side": happenings.coded(
                "side", ("left", "right"), np.where(motor & (unit < 8), right, -1)
            ),
            "manoeuvre": happenings.category(move, MANOEUVRES),
            "unit": unit,
            "empty": parked & (rng.random(len(owner)) < 0.6),
        }
    )


def people(crashes: pd.DataFrame, units: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw drivers, passengers and pedestrians; the worst hurt is hurt as the crash is severe.

    Passengers who were not hurt are left out, as police forms leave them out.
    """
    frame = _everybody(crashes, units, rng)
    _injuries(frame, crashes, rng)
    told = (frame["role"] != 1).to_numpy() | (frame["injury_rank"] < 3).to_numpy()
    frame = frame[told].reset_index(drop=True)
    _traits(frame, crashes, rng)
    first = np.searchsorted(frame["crash"].to_numpy(), frame["crash"].to_numpy())
    frame.insert(1, "person_no", np.arange(len(frame)) - first + 1)
    return frame


def _everybody(
    crashes: pd.DataFrame, units: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Rows of crash, unit_no (0 on foot), unit, role (0 driver, 1 passenger, 2 on foot)."""
    unit = units["unit"].to_numpy()
    driver = ~units["empty"].to_numpy()
    riding = np.where(driver, rng.poisson(np.array(PASSENGERS)[unit]), 0)
    kind = crashes["crash_type"].astype(str).to_numpy()
    needs_rider = (kind == "passenger_fall")[units["crash"].to_numpy()]
    riding = np.minimum(np.where(needs_rider, np.maximum(riding, 1), riding), 30)
    walkers = np.where(kind == "pedestrian", 1 + (rng.random(len(crashes)) < 0.07), 0)
    seats = np.repeat(np.arange(len(units)), riding)
    on_foot = np.repeat(np.arange(len(crashes)), walkers)
    drivers = np.flatnonzero(driver)
    owner = units["crash"].to_numpy()
    number = units["unit_no"].to_numpy()
    crash = np.concatenate([owner[drivers], owner[seats], on_foot])
    unit_no = np.concatenate([number[drivers], number[seats], np.zeros(len(on_foot), int)])
    role = np.repeat([0, 1, 2], [len(drivers), len(seats), len(on_foot)])
    what = np.concatenate([unit[drivers], unit[seats], np.full(len(on_foot), -1)])
    order = np.lexsort((role, np.where(role == 2, 99, unit_no), crash))
    return pd.DataFrame(
        {"crash": crash[order], "unit_no": unit_no[order], "unit": what[order], "role": role[order]}
    )


def _injuries(frame: pd.DataFrame, crashes: pd.DataFrame, rng: np.random.Generator) -> None:
    """Rank 0 killed, 1 serious, 2 slight, 3 none; nobody worse than the crash, one as bad."""
    owner = frame["crash"].to_numpy()
    severity = crashes["severity"].cat.codes.to_numpy()[owner]
    unit, role = frame["unit"].to_numpy(), frame["role"].to_numpy()
    kind = crashes["crash_type"].astype(str).to_numpy()[owner]
    risk = np.where(role == 2, 30.0, np.array([*RISK, 0.0])[unit])
    risk = np.where((kind == "passenger_fall") & (role == 1), 30.0, risk)
    chance = rng.random(len(frame)) ** (1 / risk)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    worst = np.maximum.reduceat(chance, starts)
    first = chance == np.repeat(worst, np.diff([*starts, len(owner)]))
    hurt = rng.random(len(frame)) < np.clip(0.32 * np.sqrt(risk), 0, 0.9)
    u = rng.random(len(frame))
    dies = (severity == 0) & (u < 0.13)
    badly = (severity <= 1) & (u < 0.42)
    rank = np.where(hurt, np.where(dies, 0, np.where(badly, 1, 2)), 3)
    frame["injury_rank"] = np.where(first, severity, np.maximum(rank, severity))


def _traits(frame: pd.DataFrame, crashes: pd.DataFrame, rng: np.random.Generator) -> None:
    role, unit = frame["role"].to_numpy(), frame["unit"].to_numpy()
    bicycle = unit == UNITS.index("bicycle")
    who = np.where(bicycle & (role == 0), 3, role)
    words = ("driver", "passenger", "pedestrian", "cyclist")
    frame["road_user_type"] = happenings.coded("road_user", words, who)
    frame["age"] = _ages(who, rng)
    male = rng.random(len(frame)) < np.array([0.87, 0.46, 0.56, 0.8])[who]
    frame["sex"] = happenings.coded("sex", ("female", "male"), male.astype(int))
    injuries = ("killed", "serious", "slight", "none")
    frame["injury"] = happenings.coded("injury", injuries, frame["injury_rank"].to_numpy())
    frame["safety_equipment"] = _equipment(frame, rng)
    frame["alcohol"] = _alcohol(frame, crashes, rng)
    seat = np.where(role == 0, 0, np.where(rng.random(len(frame)) < 0.45, 1, 2))
    seat = np.where((role == 2) | (unit > 7) | (unit < 0), -1, seat)
    frame["seat"] = happenings.coded("seat", ("driver", "front", "rear"), seat)


def _ages(who: Ints, rng: np.random.Generator) -> Ints:
    """Drivers from 16, passengers of all ages, children and the old on foot."""
    count = len(who)
    driver = np.minimum(17 + rng.gamma(2.6, 7.8, count), 84)
    rider = np.clip(np.abs(rng.normal(28, 19, count)), 0, 90)
    branch = rng.random(count)
    child, old = rng.triangular(3, 8, 18, count), np.clip(rng.normal(64, 10, count), 40, 94)
    adult = np.clip(rng.normal(37, 13, count), 14, 80)
    walker = np.where(branch < 0.27, child, np.where(branch < 0.52, old, adult))
    cyclist = np.where(branch < 0.45, rng.triangular(6, 12, 18, count), adult)
    return np.choose(who, [driver, rider, walker, cyclist]).astype(np.int64)


def _equipment(frame: pd.DataFrame, rng: np.random.Generator) -> Any:
    unit, role, age = (frame[name].to_numpy() for name in ("unit", "role", "age"))
    u = rng.random(len(frame))
    belted = np.where(role == 0, 0.63, 0.34) * np.where(frame["injury_rank"] == 0, 0.6, 1.0)
    code = np.where(u < belted, 0, np.where(u < belted + 0.3, 3, 4))
    code = np.where((age < 8) & (role == 1), np.where(u < 0.22, 1, 3), code)
    riders = np.isin(unit, [UNITS.index(name) for name in TWO_WHEELS])
    code = np.where(riders, np.where(u < 0.42, 2, 3), code)
    code = np.where((role == 2) | (unit >= UNITS.index("agri")), -1, code)
    words = ("belt", "child_seat", "helmet", "none", "unknown")
    return happenings.coded("safety_equipment", words, code)


def _alcohol(frame: pd.DataFrame, crashes: pd.DataFrame, rng: np.random.Generator) -> Any:
    minute = crashes["minute"].to_numpy()[frame["crash"].to_numpy()]
    night = (minute >= 22 * 60) | (minute < 5 * 60)
    drunk = np.where(night, 0.17, 0.045)
    u = rng.random(len(frame))
    code = np.where(u < drunk, 1, np.where(u < drunk + 0.7, 0, np.where(u > 0.99, 2, 3)))
    code = np.where(frame["role"] == 0, code, np.where(frame["role"] == 1, -1, 3))
    words = ("negative", "positive", "refused", "not_tested")
    return happenings.coded("alcohol", words, code)


def count(frame: pd.DataFrame, crashes: int, mask: Any) -> Ints:
    """Count the people of each crash for whom `mask` is true."""
    return np.bincount(frame["crash"].to_numpy()[mask], minlength=crashes).astype(np.int64)
