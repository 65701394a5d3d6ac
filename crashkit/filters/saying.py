"""What a filter says in words, and what a filter bar can offer for given data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crashkit import bands, fields
from crashkit.errors import FilterError, Message
from crashkit.filters import keeping, mapped, reading, shapes, spelling
from crashkit.filters.groups import ANY
from crashkit.filters.reading import Filter
from crashkit.filters.spelling import UNKNOWN
from crashkit.model import CrashData

LABELS = {
    "from": Message("From"),
    "to": Message("Until"),
    "road_user": Message("Road user"),
    "settlement": Message("Settlement"),
    "road": Message("Road"),
    "km": Message("Km post"),
    "located": Message("Has coordinates"),
    "near": Message("Around a point"),
    "bbox": Message("In a box"),
    "within": Message("Inside shapes"),
    "any": Message("Either one or another"),
}
TABLE_LABELS = {"vehicle": Message("Vehicle"), "person": Message("Person")}
OF_MEMBERS = {
    "vehicle": Message("At least one vehicle with {conditions}"),
    "person": Message("At least one person with {conditions}"),
}
MEANINGS = {
    "from": Message("The first day whose crashes count"),
    "to": Message("The last day whose crashes count"),
    "road_user": Message("Crashes in which at least one such person or vehicle was involved"),
    "km": Message("Two km posts, such as 10-20.5; both ends count"),
    "located": Message("Whether the crash has coordinates, so that a map can show it"),
}
"""What keys mean that are no field of the dictionary."""

MONTHS = (
    Message("January"),
    Message("February"),
    Message("March"),
    Message("April"),
    Message("May"),
    Message("June"),
    Message("July"),
    Message("August"),
    Message("September"),
    Message("October"),
    Message("November"),
    Message("December"),
)
WEEKDAYS = (
    Message("Monday"),
    Message("Tuesday"),
    Message("Wednesday"),
    Message("Thursday"),
    Message("Friday"),
    Message("Saturday"),
    Message("Sunday"),
)
UNKNOWN_LABEL = Message("Unknown")

ABOUT_THE_RECORD = (
    "date_calendar",
    "date_precision",
    "time_precision",
    "coord_source",
    "killed_definition",
    "direction",
)
"""Coded fields that tell of the record, not of the crash; parsed, but not offered in the bar."""

MOST_OPTIONS = 300
"""Of roads and areas so many are listed, the most frequent first; others can be typed."""


MOST_DISTINCT = 5000
"""Of a field with more texts none is listed."""


class Option(NamedTuple):
    """A value as the address writes it, its label, and how many crashes have it."""

    value: str
    label: Message
    crashes: int


@dataclass(frozen=True)
class FilterField:
    """One field of the filter bar. `left_off` counts options beyond MOST_OPTIONS.

    `kind` is date, choice, range (whole numbers, also as 7-9), text, km, near, bbox or within; of
    any other field also amounts (numbers and ranges), words, days or times. Only choice, range,
    text and words have options.
    """

    name: str
    label: Message
    kind: str
    options: tuple[Option, ...] = ()
    left_off: int = 0


# ----------------------------------------------------------------- labels


def label(name: str) -> Message:
    """Return the label of a key of the filter, or of a field of any table."""
    if name in LABELS:
        return LABELS[name]
    if name in bands.known():
        return bands.known()[name].label
    table, dot, bare = name.partition(".")
    if dot and mapped.field_of(name):
        return Message("{table}: {field}", {"table": TABLE_LABELS[table], "field": label(bare)})
    for table in fields.TABLES:
        if fields.has(table, name):
            return Message(fields.get(table, name).label)
    return plain(name)


def definition(name: str) -> Message | None:
    """Return what a key of the filter, or a field of any table, means; None where it says so."""
    if name in MEANINGS:
        return MEANINGS[name]
    field = mapped.field_of(name) or _first_field(keeping.COLUMN_OF.get(name, name))
    return Message(field.meaning) if field and field.meaning else None


def _first_field(name: str) -> fields.Field | None:
    tables = [table for table in fields.TABLES if fields.has(table, name)]
    return fields.get(tables[0], name) if tables else None


def value_definition(name: str, value: str) -> Message | None:
    """Return what a code of a field means; None where its label says it all."""
    found = {code.code: code.meaning for code in _codes(name.rpartition(".")[2])}
    return Message(found[value]) if found.get(value) else None


def plain(text: str) -> Message:
    """Return a text that is the same in all languages, such as a year or a road number."""
    return Message("{text}", {"text": text})


def value_label(name: str, value: str) -> Message:
    """Return the label of one value of a field; "" and "unknown" are unknown."""
    if value in ("", UNKNOWN):
        return UNKNOWN_LABEL
    if name == "month":
        return MONTHS[int(value) - 1]
    if name == "weekday":
        return WEEKDAYS[int(value) - 1]
    if name in bands.known():
        return bands.known()[name].label_of(value)
    if "|" in value:
        parts = [value_label(name, part) for part in value.split("|")]
        return Message("{values}", {"values": parts})
    return _code_labels(name).get(value) or plain(value)


@cache
def _code_labels(name: str) -> dict[str, Message]:
    return {code.code: Message(code.label) for code in _codes(name)}


@cache
def _codes(name: str) -> tuple[fields.Code, ...]:
    """Return the codes of a key of the filter, or of the fields of its name in any table."""
    lists = {"located": ("yes_no",), "road_user": ("unit_type", "road_user")}.get(name)
    found = lists or tuple(
        "yes_no" if field.type == "yes_no" else field.codes
        for table in fields.TABLES
        for field in fields.table(table)
        if field.name == name and (field.codes or field.type == "yes_no")
    )
    return tuple(code for one in found for code in fields.codes(one))


# --------------------------------------------------------------- sentence


def sentence(chosen: Filter) -> tuple[Message, ...]:
    """Say in words what a filter keeps, one sentence a key; an empty filter keeps all crashes."""
    if not chosen:
        return (Message("All crashes of the data set."),)
    return tuple(Message("{clause}.", {"clause": clause}) for clause in clauses(chosen))


def clauses(chosen: Filter) -> list[Message]:
    """Say each condition in words that can stand in a sentence.

    What one vehicle, or one person, has to be like is said together.
    """
    plain = [one.terms[0] for one in ordered(chosen)]
    said = [_clause(name, value) for name, value in plain if "." not in name]
    for table, text in OF_MEMBERS.items():
        each = [_said_field(*term) for term in plain if term[0].startswith(f"{table}.")]
        said += [Message(text.text, {"conditions": each})] if each else []
    return said


def ordered(chosen: Filter) -> list[Filter]:
    """Return the conditions of a filter in the order of the bar."""
    order = list(reading.kinds())
    return sorted(chosen.conditions, key=lambda one: order.index(one.terms[0][0]))


def _clause(name: str, value: str) -> Message:
    kind = reading.kinds()[name]
    if kind == ANY:
        return _said_group(value)
    if kind == "date":
        day = {"date": date.fromisoformat(value)}
        return Message("From {date}", day) if name == "from" else Message("Until {date}", day)
    if kind == "near":
        return _said_near(value)
    if kind == "bbox":
        west, south, east, north = value.split(",")
        return Message(
            "Longitude {west} to {east}, latitude {south} to {north}",
            {"west": west, "south": south, "east": east, "north": north},
        )
    if kind == "within":
        return Message("Inside {shapes}", {"shapes": shapes.said(value)})
    return _said_field(name, value)


def _said_field(name: str, value: str) -> Message:
    kind, bare = reading.kinds()[name], name.rpartition(".")[2]
    values = [_said_value(bare, kind, part) for part in value.split(",")]
    return Message("{field}: {values}", {"field": label(bare), "values": values})


def _said_group(value: str) -> Message:
    """Say the alternatives of one group."""
    (group,) = reading.alternatives(value)
    said = [_all_of(clauses(alternative)) for alternative in group]
    first, *others = said
    for other in others:
        first = Message("{one}; or {other}", {"one": first, "other": other})
    return Message("Either {alternatives}", {"alternatives": first}) if others else first


def _all_of(clauses: list[Message]) -> Message:
    first, *others = clauses
    for other in others:
        first = Message("{one}, together with {other}", {"one": first, "other": other})
    return first


def _said_near(value: str) -> Message:
    lon, lat, radius_m = value.split(",")
    return Message(
        "Within {radius} m of longitude {lon}, latitude {lat}",
        {"radius": radius_m, "lon": lon, "lat": lat},
    )


def _said_value(name: str, kind: str, part: str) -> Message:
    if part == UNKNOWN:
        return UNKNOWN_LABEL
    if kind in _SAID:
        return _SAID[kind](part)
    if kind in ("numbers", "km") and "-" in part:
        first, _, last = part.partition("-")
        ends = {"first": value_label(name, first), "last": value_label(name, last)}
        return Message("{first} to {last}", ends)
    return value_label(name, part)


def _said_text(part: str) -> Message:
    return plain(spelling.unescape(part, mapped.ANY_SIGNS))


def _said_amount(part: str) -> Message:
    [(low, high)] = mapped.amounts(part)
    first, last = (spelling.short(end, mapped.DIGITS) for end in (low, high))
    if math.isinf(high):
        return Message("{number} or more", {"number": first})
    if low == high:
        return plain(first)
    return Message("{first} to {last}", {"first": first, "last": last})


def _said_day(part: str) -> Message:
    return _said_span(part, date.fromisoformat)


def _said_time(part: str) -> Message:
    return _said_span(part, str)


def _said_span(part: str, read: Callable[[str], Any]) -> Message:
    first, between, last = part.partition(mapped.BETWEEN)
    if not between:
        return Message("{only}", {"only": read(first)})
    if not last:
        return Message("from {first} on", {"first": read(first)})
    if not first:
        return Message("up to {last}", {"last": read(last)})
    return Message("{first} to {last}", {"first": read(first), "last": read(last)})


_SAID: dict[str, Callable[[str], Message]] = {
    "text": _said_text,
    "words": _said_text,
    "amounts": _said_amount,
    "days": _said_day,
    "times": _said_time,
}


# ---------------------------------------------------------------- choices


def choices(data: CrashData) -> list[FilterField]:
    """List what a filter bar can offer: only fields that these data have, with their counts.

    Any other field is offered when it is asked for, see `choice`.
    """
    others = {*ABOUT_THE_RECORD, ANY, *mapped.member_kinds()}
    others |= {name for name, kind in mapped.crash_kinds().items() if kind != "codes"}
    offered = {*reading.kinds()} - (others - {*reading.NUMBERS, *reading.TEXTS})
    found = [_field(name, kind, data) for name, kind in reading.kinds().items() if name in offered]
    return [field for field in found if field]


def further(data: CrashData) -> list[FilterField]:
    """List all fields of crashes, vehicles and people that these data have, without options."""
    names = [*mapped.crash_kinds(), *mapped.member_kinds()]
    return [
        FilterField(name, label(name), reading.kinds()[name])
        for name in names
        if _is_there(name, data)
    ]


def _is_there(name: str, data: CrashData) -> bool:
    table, _, field = name.rpartition(".")
    if data.dataset is not None:
        # Counted at the import: nobody has to look at a million descriptions.
        return field in data.dataset.fields.get(table or "crash", ())
    found = data.table(table or "crash")
    return field in found and found.is_told(field)


def choice(name: str, data: CrashData) -> FilterField:
    """Offer one field of crashes, vehicles or people, with the options it has, if it has any.

    A crash counts at each value that one of its vehicles or people has. Raises FilterError where
    there is no such field.
    """
    kind = reading.kinds().get(name)
    if kind is None or mapped.field_of(name) is None:
        raise FilterError("There is no field “{name}”.", name=name)
    if kind not in ("codes", "words", "numbers", "text") or _is_crowded(name, data):
        return FilterField(name, label(name), kind)
    counts = _counts_by_member(name, data) if "." in name else _counts(name, data)
    counts = counts or {UNKNOWN: len(data)}
    order = _order(name, "text" if kind == "words" else kind, counts)
    options = tuple(
        Option(_written(kind, value), _value_label(name, value), counts[value])
        for value in order
        if value == UNKNOWN or counts.get(value)
    )
    shown = {"codes": "choice", "numbers": "range"}.get(kind, kind)
    left_off = max(len(options) - MOST_OPTIONS, 0)
    return FilterField(name, label(name), shown, options[:MOST_OPTIONS], left_off)


def _is_crowded(name: str, data: CrashData) -> bool:
    """Say whether a field has a text of its own for almost each row, as numbers of crashes are."""
    table, _, field = name.rpartition(".")
    found = data.table(table or "crash")
    return (
        reading.kinds()[name] == "words"
        and field in found
        and len(found.levels(field).values) > MOST_DISTINCT
    )


def _value_label(name: str, value: str) -> Message:
    if value != UNKNOWN and reading.kinds()[name] == "words":
        return plain(value)
    return value_label(name.rpartition(".")[2], value)


def _counts_by_member(name: str, data: CrashData) -> dict[str, int]:
    """Count the crashes that have a vehicle, or a person, with each value."""
    if reading.kinds()[name] == "codes":
        return {word: _count(name, word, data) for word in reading.codes_of(name)}
    table, _, field = name.partition(".")
    found: Counter[str] = Counter({UNKNOWN: _count(name, UNKNOWN, data)})
    if field not in data.table(table):
        return found
    levels = data.table(table).levels(field)
    crash = data.crash_of(table).astype(np.int64)
    told = (levels.codes >= 0) & (crash >= 0)
    # By hashing, not by sorting: millions of vehicles are many times as fast.
    pairs = pd.unique(crash[told] * len(levels.values) + levels.codes[told])
    counts = np.bincount(pairs % max(len(levels.values), 1), minlength=len(levels.values))
    for value, count in zip(levels.values, counts.tolist(), strict=True):
        if value.strip() and value != UNKNOWN:
            found[value] += count
    return found


def _field(name: str, kind: str, data: CrashData) -> FilterField | None:
    if kind in ("date", "near", "bbox", "km", "within"):
        offered = kind == "date" or data.has({"km": "chainage_km"}.get(kind, "lon"))
        return FilterField(name, label(name), kind) if offered else None
    options = _options(name, kind, data)
    if all(option.value == UNKNOWN for option in options):
        return None
    shown = {"numbers": "range", "text": "text"}.get(kind, "choice")
    left_off = max(len(options) - MOST_OPTIONS, 0)
    return FilterField(name, label(name), shown, options[:MOST_OPTIONS], left_off)


def _options(name: str, kind: str, data: CrashData) -> tuple[Option, ...]:
    if kind in ("road_user", "located"):
        counts = {word: _count(name, word, data) for word in reading.codes_of(name)}
    else:
        counts = _counts(name, data)
    order = _order(name, kind, counts)
    return tuple(
        Option(_written(kind, value), value_label(name, value), counts[value])
        for value in order
        if counts.get(value)
    )


def _count(name: str, word: str, data: CrashData) -> int:
    return int(keeping.keeps(Filter(((name, word),)), data).sum())


def _counts(name: str, data: CrashData) -> dict[str, int]:
    """Count crashes by value; one with several codes counts at each of them."""
    levels = keeping.levels(data, name)
    if levels is None:
        return {}
    none, *counts = levels.counts()
    found: Counter[str] = Counter({UNKNOWN: none})
    for value, count in zip(levels.values, counts, strict=True):
        is_code = reading.kinds()[name] in ("codes", "numbers")
        parts = value.split("|") if is_code else [value]
        for part in parts:
            found[part if part.strip() else UNKNOWN] += count
    return found


def _order(name: str, kind: str, counts: dict[str, int]) -> list[str]:
    if kind == "text":
        return sorted(counts, key=lambda value: (value == UNKNOWN, -counts[value], value))
    if kind == "numbers":
        numbers = sorted((value for value in counts if value != UNKNOWN), key=float)
        return [*numbers, UNKNOWN]
    return list(reading.codes_of(name))


def _written(kind: str, value: str) -> str:
    if kind in ("text", "words") and value != UNKNOWN:
        return spelling.escape(value, mapped.ANY_SIGNS if kind == "words" else "")
    return value
