"""What a filter says in words, and what a filter bar can offer for given data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from crashkit import fields
from crashkit.errors import Message
from crashkit.filters import keeping, reading, shapes, spelling
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


class Option(NamedTuple):
    """A value as the address writes it, its label, and how many crashes have it."""

    value: str
    label: Message
    crashes: int


@dataclass(frozen=True)
class FilterField:
    """One field of the filter bar. `left_off` counts options beyond MOST_OPTIONS.

    `kind` is date, choice, range (whole numbers, also as 7-9), text, km, near or bbox; all but
    date, km, near and bbox have options.
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
    for table in fields.TABLES:
        if fields.has(table, name):
            return Message(fields.get(table, name).label)
    return plain(name)


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
    if "|" in value:
        parts = [value_label(name, part) for part in value.split("|")]
        return Message("{values}", {"values": parts})
    return _code_labels(name).get(value) or plain(value)


@cache
def _code_labels(name: str) -> dict[str, Message]:
    lists = {"located": ("yes_no",), "road_user": ("unit_type", "road_user")}.get(name)
    found = lists or tuple(
        "yes_no" if field.type == "yes_no" else field.codes
        for table in fields.TABLES
        for field in fields.table(table)
        if field.name == name and (field.codes or field.type == "yes_no")
    )
    return {code.code: Message(code.label) for one in found for code in fields.codes(one)}


# --------------------------------------------------------------- sentence


def sentence(chosen: Filter) -> tuple[Message, ...]:
    """Say in words what a filter keeps, one sentence a key; an empty filter keeps all crashes."""
    if not chosen:
        return (Message("All crashes of the data set."),)
    said = [Message("{clause}.", {"clause": clause}) for clause in clauses(chosen)]
    if _has_gap(chosen.query.get("year", "")):
        said.append(Message("Years left out in between count as years without crashes."))
    return tuple(said)


def clauses(chosen: Filter) -> list[Message]:
    """Say each condition in words that can stand in a sentence."""
    return [_clause(*one.terms[0]) for one in ordered(chosen)]


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
    values = [_said_value(name, kind, part) for part in value.split(",")]
    return Message("{field}: {values}", {"field": label(name), "values": values})


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
    if kind == "text":
        return plain(spelling.unescape(part))
    if kind in ("numbers", "km") and "-" in part:
        first, _, last = part.partition("-")
        ends = {"first": value_label(name, first), "last": value_label(name, last)}
        return Message("{first} to {last}", ends)
    return value_label(name, part)


def _has_gap(years: str) -> bool:
    return len([part for part in years.split(",") if part and part != UNKNOWN]) > 1


# ---------------------------------------------------------------- choices


def choices(data: CrashData) -> list[FilterField]:
    """List what a filter bar can offer: only fields that these data have, with their counts."""
    found = [_field(name, kind, data) for name, kind in reading.kinds().items()]
    return [field for field in found if field]


def _field(name: str, kind: str, data: CrashData) -> FilterField | None:
    if name in ABOUT_THE_RECORD or kind == ANY:
        return None
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
        parts = [value] if name in reading.TEXTS else value.split("|")
        for part in parts:
            found[part or UNKNOWN] += count
    return found


def _order(name: str, kind: str, counts: dict[str, int]) -> list[str]:
    if kind == "text":
        return sorted(counts, key=lambda value: (value == UNKNOWN, -counts[value], value))
    if kind == "numbers":
        numbers = sorted((value for value in counts if value != UNKNOWN), key=float)
        return [*numbers, UNKNOWN]
    return list(reading.codes_of(name))


def _written(kind: str, value: str) -> str:
    if kind == "text" and value != UNKNOWN:
        return spelling.escape(value)
    return value
