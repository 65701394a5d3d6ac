"""The invented crashes as crash data at once, without files and without a store."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crashkit import fields
from crashkit.model import CrashData
from crashkit.synth import happenings
from crashkit.synth.country import CRASH_COLUMNS, PERSON_COLUMNS, VEHICLE_COLUMNS, Country


def crash_data(country: Country) -> CrashData:
    """Return what happened in the country as crash data, every crash with its exact place."""
    crashes = _typed("crash", country.crashes, CRASH_COLUMNS[4:])
    crashes.insert(0, "id", np.arange(1, len(crashes) + 1, dtype=np.int64))
    crashes["crash_id"] = country.crashes["crash_id"].astype(object)
    crashes["country"] = _all(country.land.code, len(crashes))
    crashes["crash_date"] = country.crashes["crash_date"].to_numpy().astype("datetime64[s]")
    _derive(crashes, country)
    return CrashData(
        crashes,
        _members("vehicle", country.vehicles, VEHICLE_COLUMNS[1:]),
        _members("person", country.people, PERSON_COLUMNS[1:]),
        country.period,
    )


def _derive(crashes: pd.DataFrame, country: Country) -> None:
    minute = country.crashes["minute"]
    times = [f"{m // 60:02d}:{m % 60:02d}" for m in range(24 * 60)]
    crashes["crash_time"] = pd.Series(
        np.array(times, dtype=object)[minute.to_numpy()], dtype=object
    )
    when = crashes["crash_date"].dt
    for name, values in (
        ("year", when.year),
        ("month", when.month),
        ("weekday", when.day_of_week + 1),
        ("hour", minute // 60),
    ):
        crashes[name] = values.to_numpy().astype("int32")
        crashes[name] = crashes[name].astype("Int32")
    numbered = crashes["road_number"] != ""
    crashes["road_key"] = crashes["road_number"].where(numbered, crashes["road_name"])
    crashes["location_kind"] = _coded("location_kind", "point", len(crashes))
    crashes["killed_definition"] = _coded("killed_definition", "30d", len(crashes))


def _all(text: str, count: int) -> Any:
    return pd.Series([text] * count, dtype=object)


def _coded(list_name: str, word: str, count: int) -> Any:
    return happenings.coded(list_name, (word,), np.zeros(count, dtype=np.int64))


def _members(table: str, frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    members = _typed(table, frame, names)
    members.insert(0, "crash", frame["crash"].to_numpy().astype(np.int64) + 1)
    return members


def _typed(table: str, frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: _column(fields.get(table, name), frame[name]) for name in names})


def _column(field: fields.Field, values: pd.Series[Any]) -> Any:
    if field.type in ("text", "codes"):
        # On foot there is no vehicle number; the drawing says 0.
        empty = ("nan", "0") if field.name == "unit_no" else ("nan",)
        said = ["" if word in empty else word for word in values.astype(str).tolist()]
        return pd.Series(said, dtype=object)
    if field.type == "int":
        whole = values.astype("Int32")
        return whole.mask(values == 0) if field.name == "model_year" else whole
    return values.astype("float64") if field.type == "float" else values
