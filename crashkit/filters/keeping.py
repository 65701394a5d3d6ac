"""Which crashes pass a filter: one mask per key over whole columns, joined by AND."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo
from crashkit.errors import NotFound
from crashkit.filters import reading, shapes, spelling
from crashkit.filters.reading import Filter
from crashkit.filters.spelling import UNKNOWN
from crashkit.model import CrashData, Period

Flags = NDArray[np.bool_]

COLUMN_OF = {"road": "road_key", "settlement": "place", "km": "chainage_km"}
"""The column a key looks at, where it is not of the same name."""

FLAG_OF = {
    "pedestrian": "pedestrian_involved",
    "cyclist": "cyclist_involved",
    "bicycle": "cyclist_involved",
    "motorcycle": "motorcycle_involved",
}
"""Crash fields that tell of road users where a source has no people and vehicles."""


def apply(chosen: Filter, data: CrashData) -> CrashData:
    """Return the crashes that pass, with their vehicles and people, and the period narrowed.

    Years and dates narrow the period; months, weekdays and hours do not. An empty filter returns
    the data themselves.
    """
    if not chosen:
        return data
    return data.keep(keeps(chosen, data), period=_period(chosen, data.period))


def keeps(chosen: Filter, data: CrashData) -> Flags:
    """Say for each crash whether it passes the filter."""
    mask = np.ones(len(data), dtype=bool)
    for name, value in chosen.terms:
        mask &= _MASKS[reading.kinds()[name]](name, value, data)
    return mask


def _period(chosen: Filter, period: Period) -> Period:
    query = chosen.query
    start, end = (date.fromisoformat(query[k]) if k in query else None for k in ("from", "to"))
    narrowed = period.cut(start, end)
    years = reading.whole_numbers(query.get("year", UNKNOWN))
    if years and UNKNOWN not in query["year"]:
        narrowed = narrowed.cut(date(min(years), 1, 1), date(max(years), 12, 31))
    return narrowed


def numbered(words: str, data: CrashData) -> CrashData:
    """Return the crashes whose crash number is these words, else those whose number holds them.

    Case does not count; data without crash numbers are searched by the number of the data set.
    """
    wanted = words.strip().casefold()
    name = "crash_id" if data.has("crash_id") else "id"
    numbers = data.crashes[name].astype(str).str.casefold()
    same = (numbers == wanted).to_numpy(dtype=bool)
    if same.any() or not wanted:
        return data.keep(same)
    return data.keep(numbers.str.contains(wanted, regex=False).to_numpy(dtype=bool))


def the_one(words: str, data: CrashData) -> int:
    """Return the id of the one crash with this crash number, else the id itself if there is one.

    Raises NotFound where there is none, or more than one.
    """
    ids = data.crashes["id"]
    named = (
        ids[(data.crashes["crash_id"] == words).to_numpy(dtype=bool)]
        if data.has("crash_id")
        else ids[:0]
    )
    found = named.tolist() or ids[ids.astype(str) == words].tolist()
    if not found:
        raise NotFound("This data set has no crash number {number}.", number=words)
    if len(found) > 1:
        raise NotFound(
            "Several crashes have the number {number}. Within the data set they are the numbers "
            "{ids}: change one of them on its page.",
            number=words,
            ids=[str(one) for one in found],
        )
    return int(found[0])


# ---------------------------------------------------------------- columns


def column(data: CrashData, name: str) -> pd.Series | None:
    """Return a column of the crashes; year, month, weekday and hour are made where absent."""
    crashes = data.crashes
    if name in crashes.columns:
        return crashes[name]
    if name in _FROM_DATE and "crash_date" in crashes.columns:
        return _from_date(crashes, name)
    if name == "hour" and "crash_time" in crashes.columns:
        return pd.to_numeric(crashes["crash_time"].str.slice(0, 2), errors="coerce")
    return None


_FROM_DATE = {"year": 0, "month": 0, "weekday": 1}


def _from_date(crashes: pd.DataFrame, name: str) -> pd.Series:
    days = pd.to_datetime(crashes["crash_date"]).dt
    found = (
        days.day_of_week.astype("float64") + 1
        if name == "weekday"
        else getattr(days, name).astype("float64")
    )
    if name == "year" or "date_precision" not in crashes.columns:
        return found
    # The first of a month stands for a date of which only the month is known.
    enough = ("day", "month") if name == "month" else ("day",)
    precision = crashes["date_precision"].astype(object)
    return found.where(precision.isna() | precision.isin(enough))


def _numbers(data: CrashData, name: str) -> NDArray[np.float64]:
    found = column(data, name)
    if found is None:
        return np.full(len(data), np.nan)
    return found.to_numpy(dtype="float64", na_value=np.nan)


def _looked_up(wanted: list[bool], codes: NDArray[np.int64], *, missing: bool) -> Flags:
    """Turn flags per distinct value into flags per row; code -1 is a missing value."""
    return np.array([*wanted, missing], dtype=bool)[codes]


def levels(values: pd.Series) -> tuple[NDArray[np.int64], list[str]]:
    """Return for each row the number of its distinct value (-1 for none), and those values."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy().astype(np.int64), [str(c) for c in values.cat.categories]
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int64), [_written(value) for value in distinct]


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


# ------------------------------------------------------------------ masks


def _mask_codes(name: str, value: str, data: CrashData) -> Flags:
    wanted = set(value.split(","))
    values = column(data, name)
    if values is None:
        return np.full(len(data), UNKNOWN in wanted)
    codes, distinct = levels(values)
    # A field with several codes holds them joined by "|".
    hits = [not wanted.isdisjoint(one.split("|") if one else [UNKNOWN]) for one in distinct]
    return _looked_up(hits, codes, missing=UNKNOWN in wanted)


def _mask_numbers(name: str, value: str, data: CrashData) -> Flags:
    numbers = _numbers(data, name)
    known = np.isfinite(numbers)
    wanted = reading.whole_numbers(value)
    table = np.zeros(max(wanted, default=0) + 2, dtype=bool)
    table[list(wanted)] = True
    inside = known & (numbers >= 0) & (numbers < len(table) - 1)
    found = table[np.where(inside, numbers, len(table) - 1).astype(np.int64)]
    return found | ~known if UNKNOWN in value else found


def _mask_text(name: str, value: str, data: CrashData) -> Flags:
    wanted = {text.casefold() for text in reading.texts(value)}
    values = column(data, COLUMN_OF.get(name, name))
    if values is None:
        return np.full(len(data), UNKNOWN in wanted)
    codes, distinct = levels(values)
    written = [" ".join(text.casefold().split()) or UNKNOWN for text in distinct]
    if name == "road":
        wanted = _roads(wanted, set(written))
    return _looked_up([text in wanted for text in written], codes, missing=UNKNOWN in wanted)


def _roads(wanted: set[str], known: set[str]) -> set[str]:
    """Return the roads meant: as written, or else without spaces and hyphens (M-39 is M39)."""
    close = {_bare(road) for road in wanted - known - {UNKNOWN}}
    return (wanted & known) | ({UNKNOWN} & wanted) | {r for r in known if _bare(r) in close}


def _bare(road: str) -> str:
    return "".join(sign for sign in road if sign.isalnum())


def _mask_km(name: str, value: str, data: CrashData) -> Flags:
    at_km = _numbers(data, COLUMN_OF[name])
    mask = np.isnan(at_km) if UNKNOWN in value else np.zeros(len(data), dtype=bool)
    for low, high in reading.stretches_km(value):
        # Half a metre more at both ends: 10.1 km may be kept as 10.0999999.
        mask |= (at_km >= low - 5e-4) & (at_km <= high + 5e-4)
    return mask


def _mask_date(name: str, value: str, data: CrashData) -> Flags:
    days = pd.to_datetime(data.crashes["crash_date"]).to_numpy(dtype="datetime64[s]")
    limit = np.datetime64(value, "s")
    if name == "from":
        return np.asarray(days >= limit)
    return np.asarray(days < limit + np.timedelta64(1, "D"))


def _mask_located(name: str, value: str, data: CrashData) -> Flags:
    here = np.isfinite(_numbers(data, "lon")) & np.isfinite(_numbers(data, "lat"))
    wanted = value.split(",")
    return (here & ("yes" in wanted)) | (~here & ("no" in wanted))


def _mask_bbox(name: str, value: str, data: CrashData) -> Flags:
    west, south, east, north = reading.floats(value)
    lon, lat = _numbers(data, "lon"), _numbers(data, "lat")
    across = (
        (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    )  # a box whose west lies east of its east crosses the date line
    return across & (lat >= south) & (lat <= north)


def _mask_near(name: str, value: str, data: CrashData) -> Flags:
    lon, lat, radius_m = reading.floats(value)
    lons, lats = _numbers(data, "lon"), _numbers(data, "lat")
    # A degree of latitude is never shorter than 110 km: the far ones need no exact distance.
    rows = np.flatnonzero(np.isfinite(lons) & (np.abs(lats - lat) <= radius_m / 110_000))
    centre = geo.geocentric(np.array([lon]), np.array([lat]))
    away_m = np.linalg.norm(geo.geocentric(lons[rows], lats[rows]) - centre, axis=1)
    mask = np.zeros(len(data), dtype=bool)
    mask[rows[away_m <= radius_m]] = True
    return mask


# ------------------------------------------------------------- road users


def _mask_road_user(name: str, value: str, data: CrashData) -> Flags:
    wanted = set(value.split(","))
    mask = _with_members(data, wanted - {UNKNOWN})
    for word in wanted & FLAG_OF.keys():
        mask |= _mask_codes(FLAG_OF[word], "yes", data)
    if UNKNOWN in wanted:
        known = set(reading.codes_of("road_user")) - {UNKNOWN}
        told = _with_members(data, known)
        for flag in set(FLAG_OF.values()):
            told |= _mask_codes(flag, "yes", data)
        mask |= ~told
    return mask


def _with_members(data: CrashData, wanted: set[str]) -> Flags:
    """Say which crashes have a person or a vehicle of one of these kinds."""
    ids = data.crashes["id"].to_numpy()
    mask = np.zeros(len(ids), dtype=bool)
    for members, kind in ((data.people, "road_user_type"), (data.vehicles, "unit_type")):
        if kind in members.columns and len(members) and wanted:
            codes, distinct = levels(members[kind])
            hits = _looked_up([word in wanted for word in distinct], codes, missing=False)
            mask |= np.isin(ids, members["crash"].to_numpy()[hits])
    return mask


# ----------------------------------------------------------------- shapes


def _mask_within(name: str, value: str, data: CrashData) -> Flags:
    lon, lat = _numbers(data, "lon"), _numbers(data, "lat")
    mask = np.zeros(len(data), dtype=bool)
    for shape in shapes.shapes(value):
        if isinstance(shape, shapes.Circle):
            mask |= shapes.in_circle(lon, lat, shape)
        elif isinstance(shape, shapes.Polygon):
            mask |= shapes.in_polygon(lon, lat, shape)
        else:
            mask |= _on_stretch(shape, data)
    return mask


def _on_stretch(shape: shapes.Stretch, data: CrashData) -> Flags:
    mask = _mask_text("road", spelling.escape(shape.road), data)
    if shape.km is not None:
        mask &= _mask_km("km", spelling.stretches([shape.km])[0], data)
    return mask


_MASKS = {
    "codes": _mask_codes,
    "road_user": _mask_road_user,
    "located": _mask_located,
    "numbers": _mask_numbers,
    "text": _mask_text,
    "km": _mask_km,
    "date": _mask_date,
    "near": _mask_near,
    "bbox": _mask_bbox,
    "within": _mask_within,
}
