"""Counts: the figures above every view, and tables of one unit by two fields.

A table counts crashes, or casualties (people killed or injured), or vehicles, never a mixture.
What is not known is shown as a row or column of its own, so that totals always agree.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import bands, blocks, breaks, casualties, fields, filters
from crashkit.columnar import Levels, Table, smallest
from crashkit.errors import Message, MethodError, NotFound, counted, within
from crashkit.model import SEVERITIES, UNITS, CrashData, CrossTable, CutData, Summary

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNIT_LABELS = {
    "crashes": blocks.CRASHES,
    "casualties": blocks.CASUALTIES,
    "vehicles": blocks.VEHICLES,
}
COUNTED = {
    "crashes": Message("Crashes are counted, each once."),
    "casualties": Message("People killed or injured are counted."),
    "vehicles": Message("Vehicles in crashes are counted."),
}
HURT = casualties.HURT
INJURED = casualties.INJURED
TABLE_OF = {"crashes": "crash", "casualties": "person", "vehicles": "vehicle"}

WHOLE_AXES = {"month": range(1, 13), "weekday": range(1, 8), "hour": range(24)}
"""Fields whose every value is shown, also where nothing happened."""

SMALL_NUMBERS = ("year", "month", "weekday", "hour", "speed_limit", "n_lanes")
TEXTS = ("admin1", "admin2", "settlement", "road")
AS_WRITTEN = {
    "crashes": (),
    "casualties": ("ped_action",),
    "vehicles": ("manoeuvre", "first_impact", "object_hit_off"),
}
"""Fields in words or codes of the source's own: a table may ask for them, no choice offers them."""
MOST_TEXTS = 60
"""Roads and areas beyond the most frequent ones are added up in one line."""

OTHERS = "others"
OTHERS_LABEL = blocks.ALL_OTHERS
UNKNOWN = ""


# ---------------------------------------------------------------- summary


def summary(data: CrashData, everything: CrashData) -> Summary:
    """Count the crashes of `data`, the people hurt and the vehicles; `everything` is the whole.

    What the whole data set never records, and what none of the crashes tells, is None: nought would
    be a lie. `untold` says how many crashes are not in a sum because they do not tell it.
    """
    sums = {code: _sum(data, code) for code in HURT}
    sums[INJURED] = _sum(data, UNKNOWN) + sums["serious"] + sums["slight"]
    sums[VEHICLES] = _sum(data, VEHICLES)
    known = {
        name: n if records(everything, name) and not is_untold(data, name) else None
        for name, n in sums.items()
    }
    untold = {name: n_untold(data, name) for name in known if records(everything, name)}
    return Summary(
        crashes=len(data),
        of=len(everything),
        **known,
        located=int(filters.located(data).sum()),
        by_severity=_by_severity(data),
        untold={name: n for name, n in untold.items() if n},
        deadly_untold=casualties.deadly_untold(data) if untold.get("killed") else 0,
    )


SUMMED: Mapping[str, Message] = {
    "killed": Message("Killed"),
    "serious": Message("Seriously injured"),
    "slight": Message("Slightly injured"),
    INJURED: Message("Injured"),
    "vehicles": Message("Vehicles"),
}
"""What a summary sums, in words."""


def untold_notes(found: Summary, names: Collection[str] = tuple(SUMMED)) -> tuple[Message, ...]:
    """Say of each sum how many crashes are not in it, as they do not tell how many they had."""
    together: dict[tuple[bool, int], list[Message]] = {}
    for name, n in found.untold.items():
        if name in names:
            lacking = getattr(found, name) is None
            together.setdefault((lacking, n), []).append(SUMMED[name])
    said = tuple(
        no_sum(n, what) if lacking else casualties.not_in_sum(n, what)
        for (lacking, n), what in sorted(together.items(), key=lambda one: one[0])
    )
    return (*said, *(_at_least(found) if "killed" in names else ()))


def _at_least(found: Summary) -> tuple[Message, ...]:
    """Say how many were killed at the least: one in each fatal crash that tells no number."""
    if not found.deadly_untold:
        return ()
    return (
        Message(
            "Killed, at least: {least}, as somebody died in each fatal crash that does not tell "
            "it.",
            {"least": (found.killed or 0) + found.deadly_untold},
        ),
    )


def no_sum(n: int, what: Sequence[Message]) -> Message:
    """Say that a sum is not known, as `n` crashes do not tell it and no other has any."""
    return counted(
        "{what}: not known, {n} crash does not tell it.",
        "{what}: not known, {n} crashes do not tell it.",
        n,
        what=what,
    )


VEHICLES = "vehicles"
"""Beside the codes of HURT, and UNKNOWN for people hurt nobody knows how badly: what is summed."""


def _sum(data: CrashData, what: str) -> int:
    """Sum the people so hurt, or the vehicles, over all crashes."""
    return int(by_crash(data, what).sum(dtype=np.int64))


def by_crash(data: CrashData, what: str) -> NDArray[np.signedinteger[Any]]:
    """Count the people so hurt (a code of HURT, or UNKNOWN), or the vehicles, of each crash."""
    found: NDArray[np.signedinteger[Any]] = data.each(
        f"sum of {what}", lambda whole: _by_crash(whole, what)
    )
    return found


def prepare(data: CrashData) -> None:
    """Work out the sums of each crash that every summary asks for."""
    for what in (*HURT, UNKNOWN, VEHICLES):
        _sum(data, what)


def per_crash(data: CrashData, unit: str, worst: Sequence[str] = ()) -> Floats:
    """Count for each crash how many of a unit it is: itself, its casualties or its vehicles.

    With `worst`, codes of severity from fatal on, only crashes of these, vehicles in such crashes,
    and casualties of the injuries they stand for: killed, serious. Raises MethodError for another
    unit.
    """
    if unit not in UNITS:
        raise MethodError(
            "{unit} cannot be counted; there are {units}.", unit=unit, units=", ".join(UNITS)
        )
    if unit == "casualties":
        codes = [INJURY_OF[one] for one in worst] if worst else [*HURT, UNKNOWN]
        return np.asarray(sum(by_crash(data, code).astype(np.float64) for code in codes))
    each = np.ones(len(data)) if unit == "crashes" else by_crash(data, VEHICLES).astype(np.float64)
    if not worst:
        return each
    levels = _Crashes().levels(data, "severity")
    return each * levels.look_up([value in worst for value in levels.values], missing=False)


INJURY_OF = {"fatal": "killed", "serious": "serious", "slight": "slight"}
"""The injury that a crash of this severity has at its worst."""


def _by_crash(data: CrashData, what: str) -> NDArray[np.signedinteger[Any]]:
    """Count the people so hurt, or the vehicles, of each crash."""
    if what == VEHICLES:
        return _counted(data, "vehicles").by_crash(len(data), NOT_KNOWN)
    return _counted(data, "casualties").by_crash(len(data), [*HURT, UNKNOWN].index(what))


def records(data: CrashData, what: str) -> bool:
    """Say whether a source counts such people (a code of HURT, or injured), or vehicles."""
    if what == VEHICLES:
        return len(data.table("vehicle")) > 0 or data.has("n_vehicles")
    return casualties.records(data, what)


def untold(data: CrashData, unit: str) -> Message | None:
    """Say that the data do not have what would be counted; None where they do."""
    if unit == "vehicles" and not records(data, VEHICLES):
        return Message(
            "The data tell of no vehicles: they have neither a table of vehicles nor their number "
            "in each crash."
        )
    if unit == "casualties" and not any(records(data, one) for one in (*HURT, INJURED)):
        return Message(
            "The data tell of no people hurt: they have neither a table of people with their "
            "injuries nor the number of killed or injured in each crash."
        )
    return None


def told(data: CrashData, what: str) -> NDArray[np.bool_]:
    """Say of which crashes the data tell how many they are of a unit, or of HURT; none included."""
    if what == "crashes":
        return np.ones(len(data), dtype=bool)
    return _vehicles_told(data) if what == VEHICLES else casualties.told(data, what)


def _vehicles_told(data: CrashData) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = data.each("told vehicles", _find_vehicles_told)
    return found


def _find_vehicles_told(data: CrashData) -> NDArray[np.bool_]:
    found = np.isfinite(filters.numbers(data, "n_vehicles"))
    found[casualties.members(data, "vehicle")[1]] = True
    return found


def n_untold(data: CrashData, what: str) -> int:
    """Count the crashes that do not tell how many they are of a unit, or of HURT."""
    if isinstance(data, CutData) and not n_untold(data.whole, what):
        return 0
    found: int = data.once(f"untold {what}", lambda all_: int((~told(all_, what)).sum()))
    return found


def is_untold(data: CrashData, what: str) -> bool:
    """Say that no crash which may have any tells it by number or list, and not all by severity.

    Their sum would be nought, and it would say what nobody told.
    """
    if what == "crashes" or not n_untold(data, what):
        return False
    if what == VEHICLES:
        return not _vehicles_told(data).any()
    return not casualties.has_number(data, what).any()


def untold_years(data: CrashData, what: str) -> frozenset[int]:
    """Return the years whose crashes do not tell it: see `is_untold`."""
    return frozenset(int(float(year)) for year in untold_values(data, what, "year"))


def untold_values(data: CrashData, what: str, field: str) -> frozenset[str]:
    """Return the values of a field of crashes at which they do not tell it: see `is_untold`."""
    if what == "crashes" or not n_untold(data, what) or not is_of_crashes(field):
        return frozenset()
    found: frozenset[str] = data.once(
        f"untold values of {field}, {what}", lambda all_: _untold_values(all_, what, field)
    )
    return found


def _untold_values(data: CrashData, what: str, field: str) -> frozenset[str]:
    levels = filters.levels(data, field)
    if levels is None:
        return frozenset()
    has_number = _vehicles_told(data) if what == VEHICLES else casualties.has_number(data, what)
    lacking = levels.sums((~told(data, what)).astype(float))[1:]
    known = levels.sums(has_number.astype(float))[1:]
    by_value = zip(levels.values, lacking, known, strict=True)
    return frozenset(value for value, some, n in by_value if some and not n)


def untold_crashes(data: CrashData, unit: str) -> tuple[Message, ...]:
    """Say how many crashes tell nothing of the people or vehicles that are counted, or half."""
    n = n_untold(data, unit)
    nothing = (_untold(n, unit),) if n else ()
    return (*nothing, *(_half_told(data) if unit == "casualties" else ()))


def _untold(n: int, unit: str) -> Message:
    if unit == "vehicles":
        return counted(
            "{n} crash does not tell how many vehicles there were: none of it is counted.",
            "{n} crashes do not tell how many vehicles there were: none of them is counted.",
            n,
        )
    return counted(
        "{n} crash does not tell how many people were hurt: nobody of it is counted.",
        "{n} crashes do not tell how many people were hurt: nobody of them is counted.",
        n,
    )


def _half_told(data: CrashData) -> Iterable[Message]:
    """Say how many crashes tell of one kind of people hurt only; where all do, the title does."""
    if not (records(data, "killed") and records(data, INJURED)):
        return
    killed, injured = (told(data, one) for one in ("killed", INJURED))
    only_injured = int((injured & ~killed).sum())
    only_killed = int((killed & ~injured & casualties.numbered(data, "killed")).sum())
    if only_injured:
        yield counted(
            "{n} crash tells how many were injured and not how many were killed.",
            "{n} crashes tell how many were injured and not how many were killed.",
            only_injured,
        )
    if only_killed:
        yield counted(
            "{n} crash tells how many were killed and not how many were injured.",
            "{n} crashes tell how many were killed and not how many were injured.",
            only_killed,
        )


def untold_part(data: CrashData, unit: str) -> Message | None:
    """Say which of the people hurt the data do not have, where they have others."""
    if unit != "casualties" or records(data, "killed") == records(data, INJURED):
        return None
    if records(data, "killed"):
        return Message("People killed are counted; the data tell of nobody injured.")
    return Message("People injured are counted; the data tell of nobody killed.")


def _by_severity(data: CrashData) -> dict[str, int]:
    levels = filters.levels(data, "severity")
    if levels is None:
        return {code: len(data) if code == "unknown" else 0 for code in SEVERITIES}
    none, *counts = levels.counts()
    found = dict(zip(levels.values, counts, strict=True))
    found["unknown"] = found.get("unknown", 0) + none
    return {code: found.get(code, 0) for code in SEVERITIES}


# ------------------------------------------------------------ cross-table


def cross(
    data: CrashData,
    rows: str,
    columns: str,
    *,
    unit: str = "crashes",
    whole: CrashData | None = None,
    most: int | None = MOST_TEXTS,
) -> CrossTable:
    """Count one unit by two fields of the dictionary; of texts the `most` frequent, None for all.

    A field of people goes with casualties, a field of vehicles with vehicles. Where years are
    counted, the table warns of breaks in the `whole` data that `data` was cut from. Raises NotFound
    for a field that does not exist, MethodError for one that does not go with the unit.
    """
    return joint(data, rows, columns, unit=unit, whole=whole, most=most).table


@dataclass(frozen=True, eq=False)
class Joint:
    """A table, and for people or vehicles the crash, the cell (row by row) and the number of each.

    Crashes stand for themselves: they have no such `members`.
    """

    table: CrossTable
    members: tuple[Ints, Ints, Floats] | None


def joint(
    data: CrashData,
    rows: str,
    columns: str,
    *,
    unit: str = "crashes",
    whole: CrashData | None = None,
    most: int | None = MOST_TEXTS,
) -> Joint:
    """Count as `cross` does, and keep which people or vehicles came in one crash."""
    _check(rows, unit)
    _check(columns, unit)
    things = _things(data, unit)
    down, across = (_axis(data, things, one, most) for one in (rows, columns))
    width = len(across.keys)
    places = down.codes * width + across.codes
    flat = things.count(places, len(down.keys) * width)
    cells = np.rint(flat).astype(int).reshape(len(down.keys), width)
    table = CrossTable(
        row_field=rows,
        column_field=columns,
        unit=unit,
        rows=down.keys,
        columns=across.keys,
        cells=tuple(tuple(row) for row in cells.tolist()),
        row_labels=tuple(_label(rows, key) for key in down.keys),
        column_labels=tuple(_label(columns, key) for key in across.keys),
        notes=tuple(_notes(data, things, (rows, down), (columns, across))),
        warnings=(
            *_of_untold_values(data, unit, dict.fromkeys((rows, columns))),
            *untold_crashes(data, unit),
            *(_warnings(data, whole) if "year" in (rows, columns) else ()),
        ),
    )
    return Joint(table, things.of_crashes(places))


@dataclass(frozen=True, eq=False)
class EachOne:
    """People hurt or vehicles one by one: the row of the crash, how many each is, its values.

    `weight` is above 1 where a crash only counts them; of those most values are not known.
    """

    crash: Ints
    weight: Floats
    values: Mapping[str, Levels]


def one_by_one(data: CrashData, unit: str, names: Sequence[str]) -> EachOne:
    """Return the casualties or vehicles that tables count, with the values of these fields.

    A field that the data lack is known of none.
    """
    things = _counted(data, unit)
    return EachOne(things.crash, things.weights, {one: things.levels(data, one) for one in names})


def _of_untold_values(data: CrashData, unit: str, names: Iterable[str]) -> Iterable[Message]:
    # Of other fields a table shows no value that nothing was counted at.
    for name in (one for one in names if one == "year" or _whole_axis(one)):
        untold = in_order(name, untold_values(data, unit, name))
        if untold:
            yield Message(
                "The data do not tell “{what}” where {field} is {values}: that is not nought, and "
                "the table does not show it.",
                {
                    "what": UNIT_LABELS[unit],
                    "field": within(filters.label(name)),
                    "values": [_label(name, value) for value in untold],
                },
            )


def _warnings(data: CrashData, whole: CrashData | None) -> tuple[Message, ...]:
    found = breaks.found(data if whole is None else whole, data)
    if whole is None or len(whole) == len(data):
        return tuple(step.message for step in found)
    # The years of a site or of a district have other crashes and deaths than these.
    return tuple(
        Message(
            "{warning} The numbers of this warning are of the whole data set.",
            {"warning": step.message},
        )
        for step in found
    )


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
    return [(name, filters.label(name)) for name in _told(data, unit, _known(unit))]


def as_written(data: CrashData, unit: str) -> list[str]:
    """List the fields in words or codes of the source's own that these data tell of a unit."""
    return [*_told(data, unit, AS_WRITTEN[unit])]


def _told(data: CrashData, unit: str, names: Iterable[str]) -> Iterator[str]:
    things = _things(data, unit)
    return (name for name in names if _is_told(things.levels(data, name)))


def _is_told(levels: Levels) -> bool:
    _, *counts = levels.counts()
    found = zip(levels.values, counts, strict=True)
    return any(n for value, n in found if value not in (UNKNOWN, filters.UNKNOWN))


# ----------------------------------------------------------------- fields


@cache
def _known(unit: str) -> tuple[str, ...]:
    """Return the fields that go with a unit: those of its own table, then those of crashes."""
    own = [] if unit == "crashes" else _coded(TABLE_OF[unit])
    own += bands.of(bands.AGE) if unit == "casualties" else ()
    hours = bands.of(bands.HOUR)
    about = filters.ABOUT_THE_RECORD
    coded = [name for name in _coded("crash") if name not in about]
    return tuple(
        dict.fromkeys([*own, *SMALL_NUMBERS[:4], *hours, *coded, *SMALL_NUMBERS[4:], *TEXTS])
    )


def _coded(table: str) -> list[str]:
    kinds = ("code", "codes", "yes_no")
    return [field.name for field in fields.table(table) if field.type in kinds]


def _check(name: str, unit: str) -> None:
    if unit not in UNITS:
        raise MethodError(
            "{unit} cannot be counted; there are {units}.", unit=unit, units=", ".join(UNITS)
        )
    if name in (*_known(unit), *AS_WRITTEN[unit], *filters.ABOUT_THE_RECORD):
        return
    for other in UNITS:
        if name in (*_known(other), *AS_WRITTEN[other]):
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
    return OTHERS_LABEL if key == OTHERS and _is_text(name) else filters.value_label(name, key)


def _is_text(name: str) -> bool:
    return name in TEXTS or any(name in written for written in AS_WRITTEN.values())


# ----------------------------------------------- what is counted, one by one


class _Crashes:
    """What is counted: each crash, once."""

    unit = "crashes"
    disagree = 0

    def count(self, numbers: Ints, kinds: int) -> NDArray[np.float64]:
        """Add up the crashes by their numbers, from 0 to `kinds`."""
        return np.bincount(numbers, minlength=kinds).astype(np.float64)

    def of_crashes(self, _: Ints) -> None:
        """Return nothing: each crash stands for itself."""

    def levels(self, data: CrashData, name: str) -> Levels:
        """Return the value of each crash."""
        found = filters.levels(data, name)
        return Levels(np.full(len(data), -1, dtype=np.int8), ()) if found is None else found


@dataclass(frozen=True, eq=False)
class Members:
    """What is counted: people or vehicles, each with the row of its crash, and how many they are.

    `member` is a row of `table`, or -1 for those a crash only counts; of crashes cut from others it
    is the row there. `injury` is the place in HURT, NOT_KNOWN after those. `lists_more` marks the
    crashes that list more than they count.
    """

    unit: str
    table: str
    crash: Ints
    member: Ints
    weights: NDArray[np.float64]
    injury: NDArray[np.int8]
    lists_more: NDArray[np.bool_]

    @property
    def disagree(self) -> int:
        """How many crashes list more than they count."""
        return int(self.lists_more.sum())

    def within(self, data: CutData) -> Members:
        """Return those of crashes that were cut from the data that these are of."""
        place = np.full(len(data.whole), -1, dtype=np.int32)
        place[data.rows] = np.arange(len(data.rows), dtype=np.int32)
        crash = place.take(self.crash)
        kept = np.flatnonzero(crash >= 0)
        return Members(
            self.unit,
            self.table,
            crash.take(kept).astype(np.int64),
            self.member.take(kept),
            self.weights.take(kept),
            self.injury.take(kept),
            self.lists_more[data.rows],
        )

    def count(self, numbers: Ints, kinds: int) -> NDArray[np.float64]:
        """Add up the members by their numbers, from 0 to `kinds`."""
        return np.bincount(numbers, weights=self.weights, minlength=kinds).astype(np.float64)

    def of_crashes(self, places: Ints) -> tuple[Ints, Ints, Floats]:
        """Return the crash of each member, its place and how many it is."""
        return self.crash, places, self.weights

    def levels(self, data: CrashData, name: str) -> Levels:
        """Return the value of each member, or else of its crash."""
        if name == "injury":
            return Levels(self.injury, (*HURT, UNKNOWN))
        found = self._own(data.whole if isinstance(data, CutData) else data, name)
        if found is not None:
            return Levels(self._of_members(found.codes), found.values)
        return _Crashes().levels(data, name).take(self.crash)

    def _of_members(self, codes: NDArray[np.signedinteger[Any]]) -> NDArray[np.signedinteger[Any]]:
        """Return the code of each member; -1 for those a crash only counts."""
        if not codes.size:
            return np.full(len(self.member), -1, dtype=codes.dtype)
        found = codes.take(self.member)
        found[self._only_counted] = -1
        return found

    @cached_property
    def _only_counted(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.member < 0)

    def _own(self, data: CrashData, name: str) -> Levels | None:
        table = data.table(self.table)
        if name in table:
            return table.levels(name)
        if self.table == "person" and name in bands.of(bands.AGE):
            found: Levels = data.once(f"people by {name}", lambda _: in_age_bands(table, name))
            return found
        return None

    def by_crash(self, crashes: int, injury: int) -> NDArray[np.signedinteger[Any]]:
        """Add up those of one injury for each crash."""
        here = self.injury == injury
        sums = np.bincount(self.crash[here], weights=self.weights[here], minlength=crashes)
        return smallest(np.rint(sums), int(sums.max(initial=0)))


def in_age_bands(people: Table, name: str) -> Levels:
    """Return the band of each person: of the age, or else of the band the source gives.

    A band of the source that lies in no single band of ours is not known.
    """
    asked = bands.known()[name]
    place: dict[str | None, int] = {key: i for i, key in enumerate(asked.keys)}

    def placed(column: str, key_of: Callable[[str], str | None]) -> NDArray[np.int8]:
        if column not in people:
            return np.full(len(people), -1, dtype=np.int8)
        told = people.levels(column)
        found = [*(place.get(key_of(value), -1) for value in told.values), -1]
        codes: NDArray[np.int8] = np.array(found, dtype=np.int8)[told.codes]
        return codes

    ages = placed("age", lambda value: asked.key_of(float(value)))
    written = placed("age_band", asked.key_of_words)
    return Levels(np.where(ages >= 0, ages, written), asked.keys)


_Things = _Crashes | Members

NOT_KNOWN = len(HURT)
"""The place of people hurt nobody knows how badly, after those of HURT."""


def _things(data: CrashData, unit: str) -> _Things:
    return _counted(data, unit) if unit in _FOUND else _Crashes()


def _counted(data: CrashData, unit: str) -> Members:
    """Return the people hurt, or the vehicles: found once for all crashes, then cut."""
    if isinstance(data, CutData):
        return _cut(data, unit)
    found: Members = data.once(f"every one of {unit}", _FOUND[unit])
    return found


@lru_cache(maxsize=4)
def _cut(data: CutData, unit: str) -> Members:
    return _counted(data.whole, unit).within(data)


def members(data: CrashData, unit: str) -> Members | None:
    """Return the people hurt, or the vehicles, with their crashes; None for crashes themselves."""
    things = _things(data, unit)
    return things if isinstance(things, Members) else None


def is_of_crashes(name: str) -> bool:
    """Say whether a field is one of crashes, so that all people of a crash share its value."""
    return name in _known("crashes")


def in_order(name: str, values: Iterable[str]) -> list[str]:
    """Return the values of a field of few values in the order people expect them."""
    if name in bands.known():
        return sorted(values, key=bands.known()[name].keys.index)
    if name in (*SMALL_NUMBERS, *WHOLE_AXES):
        return sorted(values, key=float)
    order = {code: i for i, code in enumerate(_codes(name))}
    return sorted(values, key=lambda value: (order.get(value, len(order)), value))


def _together(
    unit: str,
    table: str,
    listed: tuple[Ints, Ints, NDArray[np.int8]],
    more: Sequence[Floats],
    lists_more: NDArray[np.bool_],
) -> Members:
    """Join the members that are listed and, by injury, how many `more` each crash counts."""
    crash, member, injury = listed
    found = [np.flatnonzero(numbers) for numbers in more]
    places = range(NOT_KNOWN + 1 - len(more), NOT_KNOWN + 1)
    return Members(
        unit=unit,
        table=table,
        crash=np.concatenate([crash, *found]),
        member=np.concatenate([member, np.full(sum(map(len, found)), -1, dtype=np.int64)]),
        weights=np.concatenate(
            [np.ones(len(crash)), *(n[at] for n, at in zip(more, found, strict=True))]
        ),
        injury=np.concatenate(
            [injury, *(np.full(len(at), i, np.int8) for i, at in zip(places, found, strict=True))]
        ),
        lists_more=lists_more,
    )


def _vehicles(data: CrashData) -> Members:
    """Return the vehicles listed, and those a crash only counts."""
    rows, crash = casualties.members(data, "vehicle")
    there = np.bincount(crash, minlength=len(data))
    said = np.nan_to_num(filters.numbers(data, "n_vehicles"))
    listed = crash, rows, np.full(len(rows), NOT_KNOWN, dtype=np.int8)
    more = [np.maximum(said - there, 0)]
    return _together("vehicles", "vehicle", listed, more, (said > 0) & (there > said))


def _casualties(data: CrashData) -> Members:
    """Return the people hurt that are listed, and those a crash only counts."""
    listed = casualties.listed(data)
    more, lists_more = casualties.further(data, listed[0], listed[2])
    return _together("casualties", "person", listed, more, lists_more)


_FOUND: Mapping[str, Callable[[CrashData], Members]] = {
    "casualties": _casualties,
    "vehicles": _vehicles,
}


# ------------------------------------------------------------------- axes


@dataclass(frozen=True, eq=False)
class _Axis:
    """The keys of one side of a table, the key of each thing, and how many are not known."""

    keys: tuple[str, ...]
    codes: Ints
    unknown: int


def _axis(data: CrashData, things: _Things, name: str, most: int | None) -> _Axis:
    levels = things.levels(data, name)
    codes = levels.codes.astype(np.int64)
    counts = things.count(codes + 1, len(levels.values) + 1)
    found = dict(zip(levels.values, counts[1:].tolist(), strict=True))
    for nothing in (UNKNOWN, filters.UNKNOWN):
        found.pop(nothing, None)
    keys = _keys(data, name, found, most)
    untold = untold_values(data, things.unit, name)
    keys = [key for key in keys if key not in untold]
    place = {key: i for i, key in enumerate(keys)}
    unknown, others = len(keys), place.get(OTHERS, len(keys))
    of_level = [
        place.get(value, others if value in found else unknown)
        for value in [*levels.values, UNKNOWN]
    ]
    numbers = np.array(of_level, dtype=np.int64)[codes]
    lost = sum(
        count
        for number, count in zip(of_level, [*counts[1:], counts[0]], strict=True)
        if number == unknown
    )
    if lost or not keys:
        keys = [*keys, UNKNOWN]
    return _Axis(tuple(keys), numbers, round(lost))


def _keys(data: CrashData, name: str, found: dict[str, float], most: int | None) -> list[str]:
    """Return the known values in the order people expect them."""
    there = [value for value, count in found.items() if count]
    if name == "year":
        return _years(data, there)
    whole = _whole_axis(name)
    if whole:
        return whole if there or not len(data) else []
    if name in SMALL_NUMBERS:
        return sorted(there, key=float)
    if _is_text(name):
        return _most_frequent({value: found[value] for value in there}, most)
    codes = _codes(name)
    order = {code: i for i, code in enumerate(codes)}
    if not there and not len(data):
        return list(codes)
    return sorted(there, key=lambda value: [order.get(part, 99) for part in value.split("|")])


def _whole_axis(name: str) -> list[str]:
    if name in bands.known():
        return list(bands.known()[name].keys)
    return [str(number) for number in WHOLE_AXES.get(name, ())]


def _years(data: CrashData, there: Iterable[str]) -> list[str]:
    # A year that does not count is no year without crashes: it is left out.
    years = {*data.period.calendar_years, *(int(float(year)) for year in there)}
    return [str(year) for year in sorted(years)]


def _most_frequent(found: dict[str, float], most: int | None) -> list[str]:
    ordered = sorted(found, key=lambda value: (-found[value], value))
    return ordered if most is None or len(ordered) <= most else [*ordered[:most], OTHERS]


@cache
def _codes(name: str) -> tuple[str, ...]:
    for table in fields.TABLES:
        if fields.has(table, name):
            field = fields.get(table, name)
            listed = "yes_no" if field.type == "yes_no" else field.codes
            return tuple(c for c in fields.code_names(listed) if c != filters.UNKNOWN)
    return ()


# ------------------------------------------------------------------ notes


def _notes(data: CrashData, things: _Things, *axes: tuple[str, _Axis]) -> Iterable[Message]:
    """Say what is counted, of which period, and what is not known."""
    yield COUNTED[things.unit]
    yield Message(
        "Crashes from {start} to {end}.", {"start": data.period.start, "end": data.period.end}
    )
    yield from data.period.notes
    for name, axis in dict(axes).items():
        if axis.unknown:
            yield counted(
                "{n} is without a known value of {field}.",
                "{n} are without a known value of {field}.",
                axis.unknown,
                field=within(filters.label(name)),
            )
        if OTHERS in axis.keys and _is_text(name):
            yield Message(
                "Only the {shown} most frequent values of {field} are shown one by one.",
                {"shown": MOST_TEXTS, "field": within(filters.label(name))},
            )
    if things.disagree:
        yield counted(
            "{n} crash lists more than it counts; what it lists is counted.",
            "{n} crashes list more than they count; what they list is counted.",
            things.disagree,
        )
