"""Which crashes pass a filter: one mask per key over whole columns, joined by AND."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import bands
from crashkit.columnar import Levels, Table
from crashkit.errors import NotFound
from crashkit.filters import mapped, reading, shapes, spelling
from crashkit.filters.reading import Filter
from crashkit.filters.spelling import UNKNOWN
from crashkit.model import CrashData, Period, Stretch

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

    Years and dates narrow the period, also where each alternative of a group says some; months,
    weekdays and hours do not. An empty filter returns the data themselves.
    """
    if not chosen:
        return data
    mask, period = keeps(chosen, data), data.period.within(_days(chosen))
    if _asks_undated(chosen) and np.isnan(numbers(data, "year")[mask]).any():
        period = replace(period, undated=True)
    return data.keep(mask, period=period)


def keeps(chosen: Filter, data: CrashData) -> Flags:
    """Say for each crash whether it passes the filter."""
    mask = np.ones(len(data), dtype=bool)
    for name, value in chosen.terms:
        if "." not in name:
            mask &= _MASKS[reading.kinds()[name]](name, value, data)
    for table in mapped.MEMBERS:
        # All that is said of vehicles is said of one vehicle, and so with people.
        said = [term for term in chosen.terms if term[0].startswith(f"{table}.")]
        if said:
            mask &= _with_such(table, said, data)
    return mask


def _days(chosen: Filter) -> Sequence[Stretch]:
    """Return the days on which a crash that passes may have been, if its day is known."""
    query = chosen.query
    start = date.fromisoformat(query["from"]) if "from" in query else date.min
    end = date.fromisoformat(query["to"]) if "to" in query else date.max
    days = Period(start, end)
    years = reading.whole_numbers(query.get("year", UNKNOWN))
    if years:
        days = days.within([(date(year, 1, 1), date(year, 12, 31)) for year in years])
    for group in chosen.either:
        # One alternative is enough, so the days of all of them count.
        days = days.within([stretch for one in group for stretch in _days(one)])
    return days.stretches


def _asks_undated(chosen: Filter) -> bool:
    """Say whether crashes of an unknown year are asked for, also in an alternative."""
    asked = UNKNOWN in chosen.query.get("year", "").split(",")
    return asked or any(_asks_undated(one) for group in chosen.either for one in group)


def numbered(words: str, data: CrashData) -> CrashData:
    """Return the crashes whose crash number is these words, else those whose number holds them.

    Case does not count; data without crash numbers are searched by the number of the data set.
    """
    wanted = words.strip().casefold()
    name = "crash_id" if data.has("crash_id") else "id"
    numbers = data.table("crash").column(name).astype(str).str.casefold()
    same = (numbers == wanted).to_numpy(dtype=bool)
    if same.any() or not wanted:
        return data.keep(same)
    return data.keep(numbers.str.contains(wanted, regex=False).to_numpy(dtype=bool))


def the_one(words: str, data: CrashData) -> int:
    """Return the id of the one crash with this crash number, else the id itself if there is one.

    Raises NotFound where there is none, or more than one.
    """
    ids = data.table("crash").column("id")
    named = (
        ids[(data.table("crash").column("crash_id") == words).to_numpy(dtype=bool)]
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
    if name in data.table("crash"):
        return data.table("crash").column(name)
    made = levels(data, name)
    return None if made is None else pd.Series(made.numbers([float(one) for one in made.values]))


def levels(data: CrashData, name: str) -> Levels | None:
    """Return what a key or a field looks at, as numbers: see Levels; None where it is absent."""
    name, table = COLUMN_OF.get(name, name), data.table("crash")
    if name in table:
        return table.levels(name)
    if name in _MADE and _MADE[name][0] in table:
        made: Levels = data.each(name, _MADE[name][1])
        return made
    if name in bands.of(bands.HOUR) and levels(data, "hour") is not None:
        banded: Levels = data.each(name, lambda whole: _in_bands(whole, bands.known()[name]))
        return banded
    return None


def _in_bands(data: CrashData, asked: bands.Bands) -> Levels:
    hours = levels(data, "hour")
    return hours.renamed([asked.key_of(float(hour)) for hour in hours.values])  # type: ignore[union-attr]


def numbers(data: CrashData, name: str) -> NDArray[np.float64]:
    """Return a number of each crash, NaN where it is not known."""
    if name in data.table("crash"):
        return data.table("crash").numbers(name)
    made = levels(data, name)
    if made is None:
        return np.full(len(data), np.nan)
    return made.numbers([float(one) for one in made.values])


def located(data: CrashData) -> Flags:
    """Say which crashes have coordinates."""
    found: Flags = data.each("located", _located)
    return found


def _located(data: CrashData) -> Flags:
    return np.isfinite(numbers(data, "lon")) & np.isfinite(numbers(data, "lat"))


def prepare(data: CrashData) -> None:
    """Work out what filters ask of these crashes again and again."""
    located(data)
    for name in _MADE:
        levels(data, name)
    for table, _ in MEMBERS:
        data.crash_of(table)


def _year(data: CrashData) -> Levels:
    days = data.table("crash").levels("crash_date")
    return days.renamed([str(date.fromisoformat(day).year) for day in days.values])


def _month(data: CrashData) -> Levels:
    return _of_days(data, lambda day: str(day.month), enough=("day", "month"))


def _weekday(data: CrashData) -> Levels:
    return _of_days(data, lambda day: str(day.isoweekday()), enough=("day",))


def _of_days(data: CrashData, part: Callable[[date], str], *, enough: tuple[str, ...]) -> Levels:
    table = data.table("crash")
    days = table.levels("crash_date")
    found = days.renamed([part(date.fromisoformat(day)) for day in days.values])
    if "date_precision" not in table:
        return found
    # The first of a month stands for a date of which only the month is known.
    precision = table.levels("date_precision")
    known = precision.look_up([value in enough for value in precision.values], missing=True)
    return Levels(np.where(known, found.codes, np.int8(-1)), found.values)


def _hour(data: CrashData) -> Levels:
    times = data.table("crash").levels("crash_time")
    return times.renamed([_hour_of(time) for time in times.values])


def _hour_of(time: str) -> str | None:
    return str(int(time[:2])) if time[:2].isdecimal() else None


_MADE: dict[str, tuple[str, Callable[[CrashData], Levels]]] = {
    "year": ("crash_date", _year),
    "month": ("crash_date", _month),
    "weekday": ("crash_date", _weekday),
    "hour": ("crash_time", _hour),
}
"""Columns that are made from another where a source does not have them."""


# ------------------------------------------------------------------ masks


def _mask_codes(name: str, value: str, data: CrashData) -> Flags:
    wanted = set(value.split(","))
    found = levels(data, name)
    if found is None:
        return np.full(len(data), UNKNOWN in wanted)
    # A field with several codes holds them joined by "|".
    hits = [not wanted.isdisjoint(one.split("|") if one else [UNKNOWN]) for one in found.values]
    return found.look_up(hits, missing=UNKNOWN in wanted)


def _mask_numbers(name: str, value: str, data: CrashData) -> Flags:
    wanted = {str(number) for number in reading.whole_numbers(value)}
    missing = UNKNOWN in value.split(",")
    found = levels(data, name)
    if found is None:
        return np.full(len(data), missing)
    return found.look_up([one in wanted for one in found.values], missing=missing)


def _mask_text(name: str, value: str, data: CrashData) -> Flags:
    wanted = {text.casefold() for text in reading.texts(value)}
    found = levels(data, name)
    if found is None:
        return np.full(len(data), UNKNOWN in wanted)
    written = [" ".join(text.casefold().split()) or UNKNOWN for text in found.values]
    if name == "road":
        wanted = _roads(wanted, set(written))
    return found.look_up([text in wanted for text in written], missing=UNKNOWN in wanted)


def _roads(wanted: set[str], known: set[str]) -> set[str]:
    """Return the roads meant: as written, or else without spaces and hyphens (M-39 is M39)."""
    close = {_bare(road) for road in wanted - known - {UNKNOWN}}
    return (wanted & known) | ({UNKNOWN} & wanted) | {r for r in known if _bare(r) in close}


def _bare(road: str) -> str:
    return "".join(sign for sign in road if sign.isalnum())


def _mask_km(name: str, value: str, data: CrashData) -> Flags:
    at_km = numbers(data, COLUMN_OF[name])
    mask = np.isnan(at_km) if UNKNOWN in value else np.zeros(len(data), dtype=bool)
    for low, high in reading.stretches_km(value):
        # Half a metre more at both ends: 10.1 km may be kept as 10.0999999.
        mask |= (at_km >= low - 5e-4) & (at_km <= high + 5e-4)
    return mask


def _mask_date(name: str, value: str, data: CrashData) -> Flags:
    days = levels(data, "crash_date")
    if days is None:
        return np.zeros(len(data), dtype=bool)
    # Days are written so that the order of their letters is that of time.
    hits = [day >= value if name == "from" else day <= value for day in days.values]
    return days.look_up(hits, missing=False)


def _mask_located(name: str, value: str, data: CrashData) -> Flags:
    here = located(data)
    wanted = value.split(",")
    return (here & ("yes" in wanted)) | (~here & ("no" in wanted))


def _mask_bbox(name: str, value: str, data: CrashData) -> Flags:
    west, south, east, north = reading.floats(value)
    lon, lat = numbers(data, "lon"), numbers(data, "lat")
    across = (
        (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    )  # a box whose west lies east of its east crosses the date line
    return across & (lat >= south) & (lat <= north)


def _mask_near(name: str, value: str, data: CrashData) -> Flags:
    lon, lat, radius_m = reading.floats(value)
    circle = shapes.Circle(lon, lat, radius_m)
    return shapes.in_circle(numbers(data, "lon"), numbers(data, "lat"), circle)


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


MEMBERS = (("person", "road_user_type"), ("vehicle", "unit_type"))


def _with_members(data: CrashData, wanted: set[str]) -> Flags:
    """Say which crashes have a person or a vehicle of one of these kinds."""
    mask = np.zeros(len(data) + 1, dtype=bool)
    for table, kind in MEMBERS:
        if kind in data.table(table) and wanted:
            found = data.table(table).levels(kind)
            if wanted.isdisjoint(found.values):
                continue
            hits = found.look_up([word in wanted for word in found.values], missing=False)
            mask[data.crash_of(table)[hits]] = True
    # The last flag is that of the crash -1, which is not there.
    return mask[:-1]


# ----------------------------------------------------------------- shapes


def _mask_within(name: str, value: str, data: CrashData) -> Flags:
    lon, lat = numbers(data, "lon"), numbers(data, "lat")
    mask = np.zeros(len(data), dtype=bool)
    for shape in shapes.shapes(value):
        if isinstance(shape, shapes.Circle):
            mask |= shapes.in_circle(lon, lat, shape)
        elif isinstance(shape, shapes.Polygon):
            mask |= shapes.in_polygon(lon, lat, shape)
        elif isinstance(shape, shapes.Area):
            mask |= shapes.in_area(lon, lat, shape, data.layers)
        elif isinstance(shape, shapes.Junction):
            mask |= shapes.at_junction(lon, lat, shape, data.layers)
        else:
            mask |= _on_stretch(shape, data)
    return mask


def _on_stretch(shape: shapes.Stretch, data: CrashData) -> Flags:
    mask = _mask_text("road", spelling.escape(shape.road), data)
    if shape.km is not None:
        mask &= _mask_km("km", spelling.stretches([shape.km])[0], data)
    return mask


# ----------------------------------------------------------------- groups


def _mask_any(name: str, value: str, data: CrashData) -> Flags:
    mask = np.ones(len(data), dtype=bool)
    for group in reading.alternatives(value):
        mask &= np.logical_or.reduce([keeps(one, data) for one in group])
    return mask


# -------------------------------------------------------------- any field


def _mask_field(name: str, value: str, data: CrashData) -> Flags:
    return _rows_with(data.table("crash"), name, value)


def _with_such(table: str, said: Sequence[tuple[str, str]], data: CrashData) -> Flags:
    """Say which crashes have a vehicle, or a person, of which all this is true.

    A crash that lists none counts as one with one of which nothing is known.
    """
    members = data.table(table)
    rows = np.ones(len(members), dtype=bool)
    for name, value in said:
        rows &= _rows_with(members, name, value)
    crash = data.crash_of(table)
    # The last flag is that of the crash -1, which is not there.
    mask = np.zeros(len(data) + 1, dtype=bool)
    mask[crash[rows]] = True
    if all(UNKNOWN in value.split(",") for _, value in said):
        listed = np.zeros(len(data) + 1, dtype=bool)
        listed[crash] = True
        mask |= ~listed
    return mask[:-1]


def _rows_with(table: Table, name: str, value: str) -> Flags:
    """Say which rows of a table have one of these values."""
    kind, field = reading.kinds()[name], name.rpartition(".")[2]
    missing = UNKNOWN in value.split(",")
    if field not in table:
        return np.full(len(table), missing)
    if kind == "amounts":
        return _in_spans(table.numbers(field), value, missing=missing)
    found = table.levels(field)
    test = _TESTS[kind](value)
    hits = [test(one) or (missing and not one.strip()) for one in found.values]
    return found.look_up(hits, missing=missing)


def _in_spans(numbers: NDArray[np.float64], value: str, *, missing: bool) -> Flags:
    mask = np.isnan(numbers) if missing else np.zeros(len(numbers), dtype=bool)
    for low, high in mapped.amounts(value):
        # A little more at both ends: 0.3 may be kept as 0.30000000000000004.
        mask |= (numbers >= low - 1e-9) & (numbers <= high + 1e-9)
    return mask


def _code_test(value: str) -> Callable[[str], bool]:
    wanted = set(value.split(","))
    return lambda one: not wanted.isdisjoint(one.split("|"))


_TESTS: dict[str, Callable[[str], Callable[[str], bool]]] = {
    "codes": _code_test,
    "words": mapped.word_test,
    "days": mapped.span_test,
    "times": mapped.span_test,
}

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
    "any": _mask_any,
    **dict.fromkeys(("amounts", "words", "days", "times"), _mask_field),
}
