"""What is wrong with a profile, all of it at once."""

from __future__ import annotations

import codecs
import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from crashkit import fields, grids
from crashkit.errors import Message
from crashkit.profiles import renaming
from crashkit.profiles.words import (
    CALENDARS,
    DEGREES,
    FORMATS,
    LEVELS,
    POSTS,
    UNITS,
    UNLISTED,
    WAYS_TO_PLACE,
)

TABLES = (*fields.TABLES, "section")
TEXTS = ("title", "source", "country", "licence", "attribution", "source_id", "encoding", "crs")
CHOICES = {
    "date_order": ("dmy", "mdy", "ymd"),
    "calendar": CALENDARS,
    "decimal": (".", ","),
    "thousands": (" ", ",", ".", "'"),
    "killed_definition": fields.code_names("killed_definition"),
}
LISTS = ("notes", "missing")
SWITCHES = ("synthetic", "verified", "guarded", "bare_roads", "posts_by_province")
KNOWN = {*TEXTS, *CHOICES, *LISTS, *SWITCHES, "period", "boxes", "codes", "files"}

FILE_TEXTS = ("name", "level", "encoding", "decimal", "path")
FILE_LISTS = ("needs", "identity", "ignore", "personal", "missing")
FILE_KNOWN = {*FILE_TEXTS, *FILE_LISTS, "key", "partial", *TABLES}
TABLES_OF = {
    "crash": ("crash",),
    "crash_part": ("crash",),
    "casualty": ("crash", "person"),
    "vehicle": ("vehicle", "crash"),
    "person": ("person", "crash"),
    "section": ("section",),
}
STRETCH = ("from_km", "to_km", "aadt")
"""What a file of stretches must tell of each, beside the road."""
MEMBERS = ("vehicle", "person")

RECIPE_TEXTS = (*renaming.COLUMNS, "template", "value", "after", "after_last", "several", "format")
RECIPE_CHOICES = {
    "decimal": (".", ","),
    "thousands": (" ", ",", ".", "'"),
    "zero": ("missing", "value"),
    "whole_km": ("begun", "nearest", "exact"),
    "unlisted": UNLISTED,
    "unit": tuple(theirs for theirs, _ in UNITS),
}
RECIPE_KNOWN = {*RECIPE_TEXTS, *RECIPE_CHOICES, "needs", "missing", "codes", "scale", "century"}
INVOLVED = (
    *("pedestrian_involved", "cyclist_involved", "motorcycle_involved"),
    "heavy_vehicle_involved",
)
DERIVED = ("weekday", "location_flag", *INVOLVED)
"""Derived fields that a source may say itself: it may know them where we cannot derive them."""


A_TEXT = Message("a text")
A_TABLE = Message("a table")
TABLES_LISTED = Message("a list of tables")
TEXTS_LISTED = Message("a list of texts")
A_DATE = Message("a date")
YES_OR_NO = Message("true or false")
TO_CODES = Message("a table of words and their codes")
NOT_HERE = Message("not in a file of this level")
"""What must stand in a place."""


def at(place: str, what: Message) -> Message:
    """Say what is wrong in a place of a profile, or what must stand there."""
    return Message("{place}: {what}", {"place": place, "what": what})


def missing(place: str) -> Message:
    """Say that something a profile needs is not there."""
    return Message("{place} is missing", {"place": place})


def unknown(place: str) -> Message:
    """Say that a profile has a word that nobody reads."""
    return Message("{place} is no word of a profile", {"place": place})


def one_of(choices: Iterable[str]) -> Message:
    """Say which words may stand in a place."""
    return Message("one of {choices}", {"choices": ", ".join(choices)})


def holes(template: str) -> tuple[str, ...]:
    """Return the columns that a template names, in order."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


def filled(template: str, shown: Mapping[str, str]) -> str:
    """Return a template with its columns filled in; one without a value is left out."""
    # A name may hold a point (НДУ.1), which `format` would take for an attribute.
    parts = string.Formatter().parse(template)
    return "".join(text + shown.get(name or "", "") for text, name, _, _ in parts)


def of_profile(given: Mapping[str, Any]) -> list[Message]:
    """Return every complaint about a profile: where it is wrong, and what is."""
    found = [unknown(name) for name in given if name not in KNOWN]
    found += [missing(name) for name in ("title", "source", "files") if not given.get(name)]
    found += _no_texts(given, TEXTS, "") + _no_lists(given, LISTS, "") + _bad_choices(given, "")
    found += [at(name, YES_OR_NO) for name in SWITCHES if not _is(given, name, bool)]
    found += (
        _encoding(given, "") + _system(given) + _country(given) + _period(given) + _boxes(given)
    )
    found += _codes(given.get("codes", {}))
    files = given.get("files")
    if not isinstance(files, list):
        return found + ([at("files", TABLES_LISTED)] if files else [])
    for number in range(len(files)):
        found += _kind(files, number, given.get("codes", {}), found)
    found += _names_twice(files)
    return found


def _is(given: Mapping[str, Any], name: str, kind: type) -> bool:
    return name not in given or isinstance(given[name], kind)


def _no_texts(given: Mapping[str, Any], names: tuple[str, ...], place: str) -> list[Message]:
    return [at(f"{place}{name}", A_TEXT) for name in names if not _is(given, name, str)]


def _no_lists(given: Mapping[str, Any], names: tuple[str, ...], place: str) -> list[Message]:
    return [at(f"{place}{name}", TEXTS_LISTED) for name in names if not _texts(given.get(name, []))]


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _bad_choices(
    given: Mapping[str, Any], place: str, choices: Mapping[str, tuple[str, ...]] = CHOICES
) -> list[Message]:
    return [
        at(f"{place}{name}", one_of(allowed))
        for name, allowed in choices.items()
        if name in given and given[name] not in allowed
    ]


def _encoding(given: Mapping[str, Any], place: str) -> list[Message]:
    name = given.get("encoding", "")
    if not isinstance(name, str) or not name:
        return []
    try:
        codecs.lookup(name)
    except LookupError:
        return [at(f"{place}encoding", Message("nobody knows {name}", {"name": name}))]
    return []


def _system(given: Mapping[str, Any]) -> list[Message]:
    name = given.get("crs", "")
    known = not name or not isinstance(name, str) or grids.is_known(name)
    return [] if known else [at("crs", Message("nobody knows {name}", {"name": name}))]


def _country(given: Mapping[str, Any]) -> list[Message]:
    code = given.get("country", "")
    good = not code or (isinstance(code, str) and len(code) == 3 and code.isupper())
    return [] if good else [at("country", Message("three capital letters"))]


def _period(given: Mapping[str, Any]) -> list[Message]:
    period = given.get("period", {})
    if not isinstance(period, Mapping):
        return [at("period", A_TABLE)]
    found = [unknown(f"period.{name}") for name in period if name not in ("from", "to")]
    return found + [at(f"period.{n}", A_DATE) for n in ("from", "to") if not _is(period, n, date)]


def _boxes(given: Mapping[str, Any]) -> list[Message]:
    boxes = given.get("boxes", [])
    if not isinstance(boxes, list):
        return [at("boxes", TABLES_LISTED)]
    return [at(f"boxes[{i}]", why) for i, box in enumerate(boxes) for why in _box(box)]


def _box(box: Any) -> Iterator[Message]:
    edges = ("west", "south", "east", "north")
    if not isinstance(box, Mapping) or set(box) - {*edges, "name"}:
        yield Message("west, south, east, north and a name")
        return
    if not all(isinstance(box.get(edge), int | float) for edge in edges):
        yield Message("four numbers")
    elif box["west"] >= box["east"] or box["south"] >= box["north"]:
        yield Message("west before east, south before north")
    if not isinstance(box.get("name", ""), str):
        yield at("name", A_TEXT)


def _codes(codes: Any) -> list[Message]:
    if not isinstance(codes, Mapping):
        return [at("codes", A_TABLE)]
    return [at(f"codes.{name}", TO_CODES) for name, words in codes.items() if not _words(words)]


def _words(words: Any) -> bool:
    return isinstance(words, Mapping) and all(isinstance(code, str) for code in words.values())


# ------------------------------------------------------------------- files


def _kind(files: list[Any], number: int, codes: Any, before: list[Message]) -> list[Message]:
    given, place = files[number], f"files[{number}]"
    if not isinstance(given, Mapping) or "like" not in given:
        return _file(given, place, codes)
    wrong = _likeness(given, place, files[:number])
    # What is wrong with the kind that it is like is told there, not again here.
    if wrong or before:
        return wrong
    return _file(renaming.whole(files[: number + 1], codes)[-1], place, codes)


def _likeness(given: Mapping[str, Any], place: str, earlier: list[Any]) -> list[Message]:
    """Return what keeps a kind of file from being `like` another."""
    found = (
        [] if isinstance(given.get("name"), str) and given["name"] else [missing(f"{place}.name")]
    )
    names = [one.get("name") for one in earlier if isinstance(one, Mapping)]
    if given["like"] not in names:
        found.append(at(f"{place}.like", Message("a kind of file described before")))
    columns = given.get("columns", {})
    if not isinstance(columns, Mapping) or not all(
        isinstance(name, str) and name for name in columns.values()
    ):
        found.append(at(f"{place}.columns", Message("names of columns to their other names")))
    return found


def _file(given: Any, place: str, codes: Any) -> list[Message]:
    if not isinstance(given, Mapping):
        return [at(place, A_TABLE)]
    found = [unknown(f"{place}.{name}") for name in given if name not in FILE_KNOWN]
    needed = ("name", "level", "needs")
    found += [missing(f"{place}.{name}") for name in needed if not given.get(name)]
    found += _no_texts(given, FILE_TEXTS, f"{place}.") + _no_lists(given, FILE_LISTS, f"{place}.")
    found += _encoding(given, f"{place}.")
    found += [] if _is(given, "partial", bool) else [at(f"{place}.partial", YES_OR_NO)]
    found += _bad_choices(given, f"{place}.", {"level": tuple(LEVELS), "decimal": (".", ",")})
    if found:
        return found
    return _key(given, place) + _tables(given, place, codes)


def _names_twice(files: list[Any]) -> Iterator[Message]:
    names = [one["name"] for one in files if isinstance(one, Mapping) and "name" in one]
    if len({str(name) for name in names}) < len(names):
        yield at("files", Message("two have the same name"))


def _key(given: Mapping[str, Any], place: str) -> list[Message]:
    key = given.get("key", [])
    if not isinstance(key, str) and not _texts(key):
        return [at(f"{place}.key", Message("a column, or a list of columns"))]
    if given["level"] == "section":
        return [at(f"{place}.{n}", NOT_HERE) for n in ("key", "identity") if n in given]
    if not key and given["level"] != "crash":
        return [missing(f"{place}.key")]
    return []


def _tables(given: Mapping[str, Any], place: str, codes: Any) -> list[Message]:
    wanted = TABLES_OF[given["level"]]
    found = [
        at(f"{place}.{name}", NOT_HERE) for name in TABLES if name in given and name not in wanted
    ]
    for name in wanted:
        table = given.get(name, {})
        if not isinstance(table, Mapping):
            found.append(at(f"{place}.{name}", A_TABLE))
            continue
        for field, recipe in table.items():
            told = f"{place}.{name}.{field}"
            if name == "crash" and given["level"] in MEMBERS and field not in INVOLVED:
                found.append(
                    at(told, Message("rows of vehicles and people tell only who was involved"))
                )
            else:
                found += _recipe(name, field, recipe, told, codes)
    found += _one_way(given.get("crash", {}), f"{place}.crash")
    if not any(given.get(name) for name in wanted):
        found.append(at(place, Message("nothing is taken from it")))
    elif given["level"] == "section" and isinstance(given["section"], Mapping):
        found += _stretch(given["section"], f"{place}.section")
    return found


def _one_way(table: Any, place: str) -> Iterator[Message]:
    """Say when a kind of file says in two ways where a crash is: nobody would know which leads."""
    ways = [way for way in WAYS_TO_PLACE if isinstance(table, Mapping) and set(way) & set(table)]
    if len(ways) > 1:
        yield at(place, one_of(" + ".join(way) for way in ways))


def _stretch(table: Mapping[str, Any], place: str) -> Iterator[Message]:
    yield from (missing(f"{place}.{name}") for name in STRETCH if name not in table)
    if not {"road_number", "road_name"} & set(table):
        yield at(place, Message("road_number or road_name is missing"))


# ------------------------------------------------------------------ recipes


def _recipe(table: str, name: str, given: Any, place: str, codes: Any) -> list[Message]:
    refused = _no_field(table, name)
    if refused:
        return [at(place, refused)]
    if isinstance(given, str) and given:
        return []
    if not isinstance(given, Mapping):
        return [at(place, Message("a column or a table"))]
    field = fields.get(table, name)
    return _words_of(given, place) or [
        at(place, why) for why in (*_origin(field, given), *_reading(field, given, codes))
    ]


def _no_field(table: str, name: str) -> Message | None:
    if not fields.has(table, name):
        return Message("no such field")
    field = fields.get(table, name)
    if field.personal:
        return Message("personal data are never kept")
    derived = field.use == "derived" and name not in DERIVED
    return Message("this field is derived") if derived else None


def _words_of(given: Mapping[str, Any], place: str) -> list[Message]:
    found = [unknown(f"{place}.{word}") for word in given if word not in RECIPE_KNOWN]
    found += _no_texts(given, RECIPE_TEXTS, f"{place}.")
    found += _no_lists(given, ("needs", "missing"), f"{place}.")
    found += _bad_choices(given, f"{place}.", RECIPE_CHOICES)
    if not _is(given, "century", int) or not isinstance(given.get("scale", 1), int | float):
        found.append(at(place, Message("century and scale are numbers")))
    return found


def _origin(field: fields.Field, given: Mapping[str, Any]) -> Iterator[Message]:
    origins = [word for word in ("column", "template", "value", "year") if given.get(word)]
    if len(origins) != 1:
        words = ("column", "template", "value", *(("year",) if field.type == "date" else ()))
        yield one_of(words)
    if field.type != "date" and {"year", "month", "day", "weekday", "century"} & set(given):
        yield Message("year, month, day, weekday and century are for dates")
    if "day" in given and "month" not in given:
        yield Message("a day needs a month")
    if {"plus_m", "whole_km"} & set(given) and field.name not in POSTS:
        yield Message("plus_m and whole_km are for km posts")
    if set(given.get("needs", ())) - set(holes(given.get("template", ""))):
        yield at("needs", Message("columns of the template"))


def _reading(field: fields.Field, given: Mapping[str, Any], codes: Any) -> Iterator[Message]:
    kind = "chainage" if field.name in POSTS else field.type
    kind = "degrees" if field.name in DEGREES else kind
    if "format" in given and given["format"] not in FORMATS.get(kind, {}):
        known = FORMATS.get(kind, {})
        yield at("format", one_of(known) if known else Message("this field has none"))
    if "unit" in given and (given["unit"], field.unit) not in UNITS:
        yield at(
            "unit", Message("{unit} is not a unit of this field", {"unit": str(given["unit"])})
        )
    if "several" in given and field.type not in ("codes", "text"):
        yield Message("several is for texts and fields with several codes")
    yield from _code_lists(field, given.get("codes", []), codes)


def _code_lists(field: fields.Field, given: Any, codes: Any) -> Iterator[Message]:
    lists: dict[str, Any]
    if isinstance(given, Mapping):
        lists = {"codes": given}
    else:
        names = [given] if isinstance(given, str) else given
        if not _texts(names):
            yield at("codes", Message("a table, a name or several"))
            return
        lists = {name: codes.get(name) if isinstance(codes, Mapping) else None for name in names}
    for name, words in lists.items():
        if words is None:
            yield Message("there is no list {name}", {"name": name})
        elif not _words(words):
            yield at(name, TO_CODES)
        else:
            yield from _codes_of(field, words)


def _codes_of(field: fields.Field, words: Mapping[str, str]) -> Iterator[Message]:
    if field.type not in ("code", "codes", "yes_no"):
        return
    allowed = {*fields.code_names(field.codes or "yes_no"), ""}
    parts = (part for code in words.values() for part in _parts(field, code))
    wrong = sorted({part for part in parts if part not in allowed})
    if wrong:
        yield Message("no such code: {codes}", {"codes": ", ".join(wrong)})


def _parts(field: fields.Field, code: str) -> list[str]:
    return code.split("|") if field.type == "codes" else [code]
