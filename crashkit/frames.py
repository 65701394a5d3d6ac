"""Crashes, vehicles and people from plain tables, typed by the data dictionary.

A table has the names of the dictionary as its columns and its codes as words. What cannot be read
is refused with the column and the values; columns that mean nothing here are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields
from crashkit.errors import IntakeError, Message
from crashkit.fields import Field
from crashkit.model import CrashData, CutData, Period
from crashkit.roads import naming

Column = pd.Series
OWN = {"crash": "id", "vehicle": "crash", "person": "crash"}
"""The column of whole numbers that names a crash; `crash_id`, a text, may stand in its place."""
CRASH_ID = "crash_id"
YES_NO = ("yes", "no", "unknown")
NAMED = 5
"""So many values or columns are named in one sentence."""
MADE = {"year": "crash_date", "month": "crash_date", "weekday": "crash_date", "hour": "crash_time"}
"""What is never read where it follows from another column."""
TOLD = "told of its tables"
TABLES = {
    "crash": Message("crashes"),
    "vehicle": Message("vehicles"),
    "person": Message("people"),
}


def crash_data(
    crashes: pd.DataFrame,
    vehicles: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    period: Period | None = None,
) -> CrashData:
    """Return crash data of tables; `told` says what is to be known of them.

    `crashes` needs `crash_date`. Its rows are named by `id` (whole numbers) or `crash_id` (text),
    else by their order from 1; `vehicles` and `people` name their crash by `crash` (that number) or
    `crash_id`. Without a `period` it is assumed to be the calendar years from the first date to the
    last. Raises IntakeError for a value that the data dictionary does not know, a crash named
    twice, and a vehicle or person of no crash.
    """
    given = {"crash": crashes, "vehicle": vehicles, "person": people}
    tables = {name: one.reset_index(drop=True) for name, one in given.items() if one is not None}
    notes = [note for name, one in tables.items() for note in _strange(name, one)]
    made = _typed("crash", tables["crash"])
    if "crash_date" not in made or made["crash_date"].isna().all():
        raise IntakeError("The table of crashes has no column crash_date with a date in it.")
    if period is None:
        period, note = _years(made["crash_date"])
        notes.append(note)
    _check_dates(made["crash_date"], period)
    ids, called = _ids(tables["crash"])
    made.insert(0, "id", ids)
    return CrashData(
        _with_roads(made).sort_values("id", kind="stable").reset_index(drop=True),
        _members("vehicle", tables.get("vehicle"), called),
        _members("person", tables.get("person"), called),
        period,
        found={TOLD: tuple(notes)},
    )


def told(data: CrashData) -> tuple[Message, ...]:
    """Return what is to be known of the tables that data were made from."""
    whole = data.whole if isinstance(data, CutData) else data
    found: tuple[Message, ...] = whole.found.get(TOLD, ())
    return found


def _strange(table: str, given: pd.DataFrame) -> list[Message]:
    """Tell the columns that the data dictionary does not have, or that nobody may keep."""
    names = [str(name) for name in given.columns]
    strange = [name for name in names if name not in _known(table, names)]
    strange = [name for name in strange if name not in (OWN[table], CRASH_ID)]
    if not strange:
        return []
    words = {"table": TABLES[table], "names": strange}
    return [Message("Columns of {table} that are no fields are left out: {names}", words)]


def _known(table: str, names: Iterable[str]) -> list[str]:
    return [
        name for name in names if fields.has(table, name) and not fields.get(table, name).personal
    ]


def _years(days: Column) -> tuple[Period, Message]:
    first, last = days.min().date(), days.max().date()
    found = Period(first.replace(month=1, day=1), last.replace(month=12, day=31))
    words = {"first": str(first.year), "last": str(last.year)}
    note = Message(
        "The period is not told; it is assumed to be the whole years {first} to {last} in which "
        "the dates lie.",
        words,
    )
    return found, note


def _check_dates(days: Column, period: Period) -> None:
    outside = (days < pd.Timestamp(period.start)) | (days > pd.Timestamp(period.end))
    if outside.any():
        raise IntakeError(
            "{n} crashes lie outside the period from {start} to {end}: {values}",
            n=int(outside.sum()),
            start=period.start,
            end=period.end,
            values=[str(one.date()) for one in days[outside].iloc[:NAMED]],
        )


def _with_roads(made: pd.DataFrame) -> pd.DataFrame:
    """Fold the names of roads for comparison, where the table does not."""
    named = [name for name in ("road_number", "road_name") if name in made]
    if "road_key" in made or not named:
        return made
    empty = pd.Series(None, index=made.index, dtype=object)
    number, name = (made.get(one, empty) for one in ("road_number", "road_name"))
    keys = [
        naming.road_key(one, two) for one, two in zip(_texts(number), _texts(name), strict=True)
    ]
    return made.assign(road_key=pd.Series(keys, index=made.index, dtype=object))


def _texts(column: Column) -> list[str | None]:
    return [one if isinstance(one, str) else None for one in column.tolist()]


# ------------------------------------------------------------------ who is who


def _ids(crashes: pd.DataFrame) -> tuple[NDArray[np.int64], dict[Any, int]]:
    """Return a number for each crash, and the numbers by what vehicles and people call them."""
    key = next((name for name in (OWN["crash"], CRASH_ID) if name in crashes), None)
    ids = np.arange(1, len(crashes) + 1, dtype=np.int64)
    if key is not None:
        named = crashes[key]
        if named.isna().any() or named.duplicated().any():
            wrong = named[named.isna() | named.duplicated()].unique()[:NAMED]
            raise IntakeError(
                "The column {column} names each crash once; it is empty or comes twice: {values}",
                column=key,
                values=[str(one) for one in wrong],
            )
        if key == OWN["crash"]:
            ids = _numbers(named, key, whole=True).to_numpy(dtype=np.int64)
    called: dict[Any, int] = {str(one): one for one in ids.tolist()}
    if CRASH_ID in crashes:
        called |= {f"# {one}": n for one, n in zip(crashes[CRASH_ID], ids.tolist(), strict=True)}
    return ids, called


def _members(table: str, given: pd.DataFrame | None, called: Mapping[Any, int]) -> pd.DataFrame:
    if given is None:
        return pd.DataFrame({"crash": np.zeros(0, dtype=np.int64)})
    key = next((name for name in (OWN[table], CRASH_ID) if name in given), None)
    if key is None:
        raise IntakeError(
            "The table of {table} has neither a column crash nor crash_id to name the crash.",
            table=TABLES[table],
        )
    sign = "# " if key == CRASH_ID else ""
    crash = given[key].map(lambda one: called.get(f"{sign}{one}"))
    if crash.isna().any():
        raise IntakeError(
            "{n} rows of {table} belong to no crash of the table: {values}",
            n=int(crash.isna().sum()),
            table=TABLES[table],
            values=[str(one) for one in given[key][crash.isna()].unique()[:NAMED]],
        )
    made = _typed(table, given)
    made.insert(0, "crash", crash.to_numpy(dtype=np.int64))
    return made.sort_values("crash", kind="stable").reset_index(drop=True)


# ------------------------------------------------------------------ columns


def _typed(table: str, given: pd.DataFrame) -> pd.DataFrame:
    """Return the columns as the data dictionary has them. Raises IntakeError."""
    names = [name for name in _known(table, map(str, given.columns))]
    if table == "crash":
        names = [name for name in names if MADE.get(name) not in given]
    columns = {name: _read(given[name], fields.get(table, name)) for name in names}
    return pd.DataFrame(columns, index=given.index)


def _read(column: Column, field: Field) -> Column:
    empty = column.isna() | column.astype(object).eq("")
    return READ[field.type](column.astype(object).where(~empty, None), field)


def _refused(field: str, values: Column, why: Message) -> IntakeError:
    return IntakeError(
        "Column {field}: {values} cannot be read. {why}",
        field=field,
        values=[str(one) for one in values.unique()[:NAMED]],
        why=why,
    )


def _text(column: Column, field: Field) -> Column:
    return column.map(str, na_action="ignore")


def _code(column: Column, field: Field) -> Column:
    known = YES_NO if field.type == "yes_no" else fields.code_names(field.codes)
    words = column.map(_yes_or_no if field.type == "yes_no" else str, na_action="ignore")
    wrong = words.notna() & ~words.isin(known)
    if wrong.any():
        raise _refused(field.name, words[wrong], Message("Codes are {known}.", {"known": known}))
    return words.astype(pd.CategoricalDtype(list(known)))


def _yes_or_no(value: Any) -> str:
    return ("no", "yes")[int(value)] if isinstance(value, bool | np.bool_) else str(value)


def _codes(column: Column, field: Field) -> Column:
    known, words = set(fields.code_names(field.codes)), _text(column, field)
    wrong = words.map(lambda one: one is not None and not set(one.split("|")) <= known)
    if wrong.any():
        why = Message("Codes are {known}, joined by “|”.", {"known": sorted(known)})
        raise _refused(field.name, words[wrong], why)
    return words


def _numbers(column: Column, name: str, *, whole: bool) -> Column:
    found = pd.to_numeric(column, errors="coerce")
    wrong = column.notna() & found.isna()
    if whole:
        wrong |= found.notna() & (found % 1 != 0)
    if wrong.any():
        why = Message("It holds whole numbers.") if whole else Message("It holds numbers.")
        raise _refused(name, column[wrong], why)
    return found.astype("float64")


def _number(column: Column, field: Field) -> Column:
    found = _numbers(column, field.name, whole=field.type == "int")
    low = -np.inf if field.low is None else field.low
    high = np.inf if field.high is None else field.high
    wrong = (found < low) | (found > high)
    if wrong.any():
        limits = Message("It lies between {low} and {high}.", {"low": low, "high": high})
        raise _refused(field.name, column[wrong], limits)
    return found.astype("Int32") if field.type == "int" else found


def _date(column: Column, field: Field) -> Column:
    found = pd.to_datetime(column, errors="coerce", format="ISO8601")
    wrong = column.notna() & found.isna()
    if wrong.any():
        raise _refused(field.name, column[wrong], Message("It holds dates such as 2024-03-31."))
    return found.dt.normalize().astype("datetime64[s]")


TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def _time(column: Column, field: Field) -> Column:
    words = column.map(
        lambda one: one.strftime("%H:%M") if isinstance(one, time) else str(one), na_action="ignore"
    )
    wrong = words.map(lambda one: one is not None and not TIME.fullmatch(one))
    if wrong.any():
        raise _refused(field.name, words[wrong], Message("It holds times such as 17:05."))
    return words.str[:5].astype(object)


READ: Mapping[str, Callable[[Column, Field], Column]] = {
    "text": _text,
    "int": _number,
    "float": _number,
    "date": _date,
    "time": _time,
    "code": _code,
    "codes": _codes,
    "yes_no": _code,
}
