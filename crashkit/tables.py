"""Counts: the figures above every view, and tables of one unit by two fields.

A table counts crashes, or casualties (people killed or injured), or vehicles, never a mixture.
What is not known is shown as a row or column of its own, so that totals always agree.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import breaks, fields, filters
from crashkit.errors import Message, MethodError, NotFound, counted
from crashkit.model import SEVERITIES, UNITS, CrashData, CrossTable, Summary, constant

Ints = NDArray[np.int64]

UNIT_LABELS = {
    "crashes": Message("Crashes"),
    "casualties": Message("Casualties"),
    "vehicles": Message("Vehicles"),
}
COUNTED = {
    "crashes": Message("Crashes are counted, each once."),
    "casualties": Message("People killed or injured are counted."),
    "vehicles": Message("Vehicles in crashes are counted."),
}
TABLE_OF = {"crashes": "crash", "casualties": "person", "vehicles": "vehicle"}
HURT = {"killed": "n_killed", "serious": "n_serious", "slight": "n_slight"}
"""Codes of `injury` that make a person a casualty, and the crash field that counts them."""

WHOLE_AXES = {"month": range(1, 13), "weekday": range(1, 8), "hour": range(24)}
"""Fields whose every value is shown, also where nothing happened."""

SMALL_NUMBERS = ("year", "month", "weekday", "hour", "speed_limit", "n_lanes")
TEXTS = ("admin1", "admin2", "settlement", "road")
MOST_TEXTS = 60
"""Roads and areas beyond the most frequent ones are added up in one line."""

OTHERS = "others"
OTHERS_LABEL = Message("All others")
UNKNOWN = ""


# ---------------------------------------------------------------- summary


def summary(data: CrashData, everything: CrashData) -> Summary:
    """Count the crashes of `data`, the people hurt and the vehicles; `everything` is the whole.

    What the whole data set never records is None: nought would be a lie.
    """
    hurt = _casualties(data)
    told = {code: int(hurt.weights[hurt.injury == code].sum()) for code in HURT}
    told["injured"] = int(hurt.weights.sum()) - told["killed"]
    lon, lat = (_numbers(data, name) for name in ("lon", "lat"))
    return Summary(
        crashes=len(data),
        of=len(everything),
        **{name: n if _records(everything, name) else None for name, n in told.items()},
        vehicles=int(_vehicles(data).weights.sum()) if _records_vehicles(everything) else None,
        located=int((np.isfinite(lon) & np.isfinite(lat)).sum()),
        by_severity=_by_severity(data),
    )


def _records(data: CrashData, name: str) -> bool:
    """Say whether a source counts such people, by crash or one by one."""
    listed = "injury" in data.people.columns and bool(data.people["injury"].notna().any())
    columns = ("n_injured", "n_serious", "n_slight") if name == "injured" else (f"n_{name}",)
    return listed or any(data.has(column) for column in columns)


def _records_vehicles(data: CrashData) -> bool:
    return len(data.vehicles) > 0 or data.has("n_vehicles")


def _by_severity(data: CrashData) -> dict[str, int]:
    if "severity" not in data.crashes.columns:
        return {code: len(data) if code == "unknown" else 0 for code in SEVERITIES}
    counts = data.crashes["severity"].astype(object).fillna("unknown").value_counts()
    return {code: int(counts.get(code, 0)) for code in SEVERITIES}


# ------------------------------------------------------------ cross-table


def cross(
    data: CrashData,
    rows: str,
    columns: str,
    *,
    unit: str = "crashes",
    whole: CrashData | None = None,
) -> CrossTable:
    """Count one unit by two fields of the dictionary.

    A field of people goes with casualties, a field of vehicles with vehicles. Where years are
    counted, the table warns of breaks in the `whole` data that `data` was cut from. Raises NotFound
    for a field that does not exist, MethodError for one that does not go with the unit.
    """
    _check(rows, unit)
    _check(columns, unit)
    things = _things(data, unit)
    down, across = _axis(data, things, rows), _axis(data, things, columns)
    width = len(across.keys)
    flat = np.bincount(
        down.codes * width + across.codes,
        weights=things.weights,
        minlength=len(down.keys) * width,
    )
    cells = np.rint(flat).astype(int).reshape(len(down.keys), width)
    return CrossTable(
        row_field=rows,
        column_field=columns,
        unit=unit,
        rows=down.keys,
        columns=across.keys,
        cells=tuple(tuple(row) for row in cells.tolist()),
        row_labels=tuple(_label(rows, key) for key in down.keys),
        column_labels=tuple(_label(columns, key) for key in across.keys),
        notes=tuple(_notes(data, unit, (rows, down), (columns, across))),
        warnings=_warnings(data, whole) if "year" in (rows, columns) else (),
    )


def _warnings(data: CrashData, whole: CrashData | None) -> tuple[Message, ...]:
    found = breaks.found(data if whole is None else whole, data)
    return tuple(step.message for step in found)


def row_totals(table: CrossTable) -> tuple[int, ...]:
    """Sum each row."""
    return tuple(sum(row) for row in table.cells)


def column_totals(table: CrossTable) -> tuple[int, ...]:
    """Sum each column."""
    return tuple(sum(row[i] for row in table.cells) for i in range(len(table.columns)))


def as_document(table: CrossTable, version: str, say: Callable[..., str]) -> dict[str, Any]:
    """Return the JSON document of a table, as in docs/schema/tabulate.json."""
    return {
        "rows_field": table.row_field,
        "columns_field": table.column_field,
        "unit": table.unit,
        "data_version": version,
        "rows": list(table.rows),
        "columns": list(table.columns),
        "row_labels": [say(label) for label in table.row_labels],
        "column_labels": [say(label) for label in table.column_labels],
        "cells": [list(row) for row in table.cells],
        "total": table.total,
        "notes": [say(note) for note in (*table.warnings, *table.notes)],
    }


def title(table: CrossTable) -> Message:
    """Say what a table counts and by what, such as "Crashes: Year × Severity"."""
    return Message(
        "{unit}: {rows} × {columns}",
        {
            "unit": UNIT_LABELS[table.unit],
            "rows": filters.label(table.row_field),
            "columns": filters.label(table.column_field),
        },
    )


def fields_offered(data: CrashData, *, unit: str = "crashes") -> list[tuple[str, Message]]:
    """List the fields that can stand in a table of these data, with their labels."""
    things = _things(data, unit)
    return [
        (name, filters.label(name))
        for name in _known(unit)
        if _is_told(_levels(data, things, name))
    ]


def _is_told(levels: tuple[Ints, list[str]]) -> bool:
    codes, distinct = levels
    told = {i for i, value in enumerate(distinct) if value not in (UNKNOWN, filters.UNKNOWN)}
    return bool(told & set(np.unique(codes).tolist()))


# ----------------------------------------------------------------- fields


@cache
def _known(unit: str) -> tuple[str, ...]:
    """Return the fields that go with a unit: those of its own table, then those of crashes."""
    own = [] if unit == "crashes" else _coded(TABLE_OF[unit])
    about = filters.ABOUT_THE_RECORD
    coded = [name for name in _coded("crash") if name not in about]
    return tuple(dict.fromkeys([*own, *SMALL_NUMBERS[:4], *coded, *SMALL_NUMBERS[4:], *TEXTS]))


def _coded(table: str) -> list[str]:
    kinds = ("code", "codes", "yes_no")
    return [field.name for field in fields.table(table) if field.type in kinds]


def _check(name: str, unit: str) -> None:
    if unit not in UNITS:
        raise MethodError(
            "{unit} cannot be counted; there are {units}.", unit=unit, units=", ".join(UNITS)
        )
    if name in _known(unit) or name in filters.ABOUT_THE_RECORD:
        return
    for other in UNITS:
        if name in _known(other):
            raise MethodError(
                "The field {field} does not go with {unit}; count {other} to use it.",
                field=name,
                unit=unit,
                other=other,
            )
    near = difflib.get_close_matches(name, _known(unit), n=3) or _known(unit)
    raise NotFound(
        "There is no field {field} for a table; there are {near}.",
        field=name,
        near=", ".join(near),
    )


def _label(name: str, key: str) -> Message:
    return OTHERS_LABEL if key == OTHERS and name in TEXTS else filters.value_label(name, key)


# ----------------------------------------------- what is counted, one by one


@dataclass(frozen=True, eq=False)
class _Things:
    """What is counted: for each thing its crash (a row number), its own row, and how many.

    `member` is a row of `members` (people or vehicles), or -1 for those known by number only.
    """

    crash: Ints
    member: Ints
    weights: NDArray[np.float64]
    members: pd.DataFrame
    injury: NDArray[np.object_]
    disagree: int = 0


def _things(data: CrashData, unit: str) -> _Things:
    if unit == "casualties":
        return _casualties(data)
    if unit == "vehicles":
        return _vehicles(data)
    rows = np.arange(len(data), dtype=np.int64)
    return _plain(rows, np.full(len(data), -1, dtype=np.int64), data.crashes)


def _plain(crash: Ints, member: Ints, members: pd.DataFrame) -> _Things:
    none = constant(len(crash), UNKNOWN)
    return _Things(crash, member, np.ones(len(crash)), members, none)


def _vehicles(data: CrashData) -> _Things:
    """Return the vehicles listed, and those a crash only counts."""
    listed, crash = _members(data, data.vehicles)
    there = np.bincount(crash, minlength=len(data))
    said = np.nan_to_num(_numbers(data, "n_vehicles"))
    rest = np.maximum(said - there, 0)
    more = np.flatnonzero(rest)
    disagree = int(((said > 0) & (there > said)).sum())
    return _Things(
        crash=np.concatenate([crash, more]),
        member=np.concatenate([listed, np.full(len(more), -1)]),
        weights=np.concatenate([np.ones(len(crash)), rest[more]]),
        members=data.vehicles,
        injury=constant(len(crash) + len(more), UNKNOWN),
        disagree=disagree,
    )


def _casualties(data: CrashData) -> _Things:
    """Return the people hurt that are listed, and those a crash only counts."""
    listed, crash = _members(data, data.people)
    injury = _texts(data.people, "injury")[listed]
    hurt = np.isin(injury, list(HURT))
    listed, crash, injury = listed[hurt], crash[hurt], injury[hurt]
    there = np.bincount(crash, minlength=len(data)).astype(float)
    said = {code: np.nan_to_num(_numbers(data, column)) for code, column in HURT.items()}
    injured = np.nan_to_num(_numbers(data, "n_injured"))
    total = said["killed"] + np.maximum(injured, said["serious"] + said["slight"])
    parts = [_plain(crash, listed, data.people)]
    injuries = [injury]
    left = np.maximum(total - there, 0)
    for code in (*HURT, UNKNOWN):
        listed_so = np.bincount(crash[injury == code], minlength=len(data))
        rest = np.minimum(left, np.maximum(said[code] - listed_so, 0)) if code else left
        more = np.flatnonzero(rest)
        numbered = _plain(more, np.full(len(more), -1), data.people)
        parts.append(_weighted(numbered, rest[more]))
        injuries.append(constant(len(more), code))
        left = left - rest
    return _Things(
        crash=np.concatenate([part.crash for part in parts]),
        member=np.concatenate([part.member for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        members=data.people,
        injury=np.concatenate(injuries),
        disagree=int(((total > 0) & (there > total)).sum()),
    )


def _weighted(things: _Things, weights: NDArray[np.float64]) -> _Things:
    return _Things(things.crash, things.member, weights, things.members, things.injury)


def _members(data: CrashData, members: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the rows of `members` whose crash is in the data, and the row of that crash."""
    if not len(members):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    crash = pd.Index(data.crashes["id"]).get_indexer(pd.Index(members["crash"]))
    rows = np.flatnonzero(crash >= 0)
    return rows.astype(np.int64), crash[rows].astype(np.int64)


def _texts(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame.columns:
        return constant(len(frame), UNKNOWN)
    return np.asarray(frame[name].astype(object).fillna(UNKNOWN).to_numpy())


def _numbers(data: CrashData, name: str) -> NDArray[np.float64]:
    found = filters.column(data, name)
    if found is None:
        return np.full(len(data), np.nan)
    return np.asarray(found.to_numpy(dtype="float64", na_value=np.nan))


# ------------------------------------------------------------------- axes


@dataclass(frozen=True, eq=False)
class _Axis:
    """The keys of one side of a table, the key of each thing, and how many are not known."""

    keys: tuple[str, ...]
    codes: Ints
    unknown: int


def _levels(data: CrashData, things: _Things, name: str) -> tuple[Ints, list[str]]:
    """Return for each thing the number of its value (-1 for none), and the values."""
    if name == "injury":
        return filters.levels(pd.Series(things.injury, dtype=object))
    if things.members is not data.crashes and name in things.members.columns:
        codes, distinct = filters.levels(things.members[name])
        return np.append(codes, -1)[things.member], distinct
    values = filters.column(data, filters.COLUMN_OF.get(name, name))
    if values is None:
        return np.full(len(things.crash), -1, dtype=np.int64), []
    codes, distinct = filters.levels(values)
    return codes[things.crash], distinct


def _axis(data: CrashData, things: _Things, name: str) -> _Axis:
    codes, distinct = _levels(data, things, name)
    counts = np.bincount(codes + 1, weights=things.weights, minlength=len(distinct) + 1)
    found = dict(zip(distinct, counts[1:].tolist(), strict=True))
    for nothing in (UNKNOWN, filters.UNKNOWN):
        found.pop(nothing, None)
    keys = _keys(data, name, found)
    place = {key: i for i, key in enumerate(keys)}
    unknown, others = len(keys), place.get(OTHERS, len(keys))
    of_level = [
        place.get(value, others if value in found else unknown) for value in [*distinct, UNKNOWN]
    ]
    numbers = np.array(of_level, dtype=np.int64)[codes]
    lost = float(things.weights[numbers == unknown].sum())
    if lost or not keys:
        keys = [*keys, UNKNOWN]
    return _Axis(tuple(keys), numbers, round(lost))


def _keys(data: CrashData, name: str, found: dict[str, float]) -> list[str]:
    """Return the known values in the order people expect them."""
    there = [value for value, count in found.items() if count]
    if name == "year":
        return _years(data, there)
    if name in WHOLE_AXES:
        return [str(number) for number in WHOLE_AXES[name]] if there or not len(data) else []
    if name in SMALL_NUMBERS:
        return sorted(there, key=float)
    if name in TEXTS:
        return _most_frequent({value: found[value] for value in there})
    codes = _codes(name)
    order = {code: i for i, code in enumerate(codes)}
    if not there and not len(data):
        return list(codes)
    return sorted(there, key=lambda value: [order.get(part, 99) for part in value.split("|")])


def _years(data: CrashData, there: Iterable[str]) -> list[str]:
    years = [*data.period.calendar_years, *(int(float(year)) for year in there)]
    return [str(year) for year in range(min(years), max(years) + 1)]


def _most_frequent(found: dict[str, float]) -> list[str]:
    ordered = sorted(found, key=lambda value: (-found[value], value))
    return ordered if len(ordered) <= MOST_TEXTS else [*ordered[:MOST_TEXTS], OTHERS]


@cache
def _codes(name: str) -> tuple[str, ...]:
    for table in fields.TABLES:
        if fields.has(table, name):
            field = fields.get(table, name)
            listed = "yes_no" if field.type == "yes_no" else field.codes
            return tuple(c for c in fields.code_names(listed) if c != filters.UNKNOWN)
    return ()


# ------------------------------------------------------------------ notes


def _notes(data: CrashData, unit: str, *axes: tuple[str, _Axis]) -> Iterable[Message]:
    """Say what is counted, of which period, and what is not known."""
    yield COUNTED[unit]
    yield Message(
        "Crashes from {start} to {end}.", {"start": data.period.start, "end": data.period.end}
    )
    for name, axis in dict(axes).items():
        if axis.unknown:
            yield counted(
                "{n} is without a known value of {field}.",
                "{n} are without a known value of {field}.",
                axis.unknown,
                field=filters.label(name),
            )
        if OTHERS in axis.keys and name in TEXTS:
            yield Message(
                "Only the {shown} most frequent values of {field} are shown one by one.",
                {"shown": MOST_TEXTS, "field": filters.label(name)},
            )
    disagree = _things(data, unit).disagree
    if disagree:
        yield counted(
            "{n} crash lists more than it counts; what it lists is counted.",
            "{n} crashes list more than they count; what they list is counted.",
            disagree,
        )
