"""Any field of the dictionary as a key of a filter: `aadt=1000-5000`, `person.age=0-17`.

A field of crashes is a key by its name, one of vehicles or people behind `vehicle.` or `person.`.
Codes are read as everywhere; numbers, days and times of day as ranges that may be open at one end,
texts as they are written or with `*` for any signs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

from crashkit import fields
from crashkit.fields import Field
from crashkit.filters import spelling
from crashkit.filters.spelling import UNKNOWN, Wrong

MEMBERS = ("vehicle", "person")
"""Tables whose fields are keys behind the name of the table."""

OTHERWISE_NAMED = frozenset({"crash_date", "road_key", "place", "chainage_km"})
"""Fields of crashes at which another key looks: from and to, road, settlement, km."""

KINDS = {
    **{"code": "codes", "codes": "codes", "yes_no": "codes", "int": "amounts", "float": "amounts"},
    **{"text": "words", "date": "days", "time": "times"},
}
"""How the values of a key are written, by the type of its field."""

DIGITS = 6


@cache
def field_of(name: str) -> Field | None:
    """Return the field of a key of a crash, vehicle or person; None where there is none."""
    table, dot, rest = name.partition(".")
    table, rest = (table, rest) if dot else ("crash", name)
    if table not in fields.TABLES or (table == "crash") == bool(dot):
        return None
    found = {one.name: one for one in fields.table(table) if not one.personal}
    return found.get(rest)


def is_field(name: str) -> bool:
    """Say whether a key is a field of crashes, vehicles or people."""
    return field_of(name) is not None


@cache
def crash_kinds() -> dict[str, str]:
    """Return every field of crashes that is a key, with the kind of its values."""
    return {
        field.name: KINDS[field.type]
        for field in fields.table("crash")
        if not field.personal and field.name not in OTHERWISE_NAMED
    }


@cache
def member_kinds() -> dict[str, str]:
    """Return every field of vehicles and people as a key, with the kind of its values."""
    return {
        f"{table}.{field.name}": KINDS[field.type]
        for table in MEMBERS
        for field in fields.table(table)
        if not field.personal
    }


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _canonical(name: str, value: str, read: Callable[[str], str]) -> str:
    """Read part by part, the unknown last, in order and each once."""
    parts = _parts(value)
    known = sorted({read(part) for part in parts if part.lower() != UNKNOWN})
    unknown = [UNKNOWN] if any(part.lower() == UNKNOWN for part in parts) else []
    if not parts:
        raise Wrong("{name} has no value.", name=name)
    return ",".join([*known, *unknown])


# ---------------------------------------------------------------- numbers

Span = tuple[float, float]
"""Two ends, both inclusive; an open end is infinite."""

_AMOUNT = re.compile(r"(-?\d{1,12}(?:\.\d{1,9})?)?(\s*[-–]\s*)?(-?\d{1,12}(?:\.\d{1,9})?)?")


def read_amounts(name: str, value: str) -> str:
    """Return the canonical spelling of numbers and ranges of them: joined where they meet."""
    parts = _parts(value)
    spans = sorted(_span(name, part) for part in parts if part.lower() != UNKNOWN)
    unknown = [UNKNOWN] if any(part.lower() == UNKNOWN for part in parts) else []
    if not parts:
        raise Wrong("{name} has no value.", name=name)
    return ",".join([*(_written(span) for span in _merged(name, spans)), *unknown])


def _span(name: str, words: str) -> Span:
    field = field_of(name)
    assert field is not None
    low_limit = -math.inf if field.low is None else field.low
    # "-5" is up to five where nothing is below nought, and minus five where something is.
    if words.startswith(("-", "–")) and low_limit >= 0:
        words = f"{spelling.short(low_limit, DIGITS)}-{words[1:].strip()}"
    found = _AMOUNT.fullmatch(words)
    if not found or found[1] is None or (found[2] is None and found[3] is not None):
        raise _no_amount(name, words, field)
    low = float(found[1])
    high = low if found[2] is None else math.inf if found[3] is None else float(found[3])
    known = [end for end in (low, high) if math.isfinite(end)]
    if low > high or not all(_possible(end, field) for end in known):
        raise _no_amount(name, words, field)
    return low, high


def _possible(number: float, field: Field) -> bool:
    low = -math.inf if field.low is None else field.low
    high = math.inf if field.high is None else field.high
    return low <= number <= high and (field.type != "int" or number == int(number))


def _no_amount(name: str, words: str, field: Field) -> Wrong:
    low, high = ("" if end is None else spelling.short(end, 2) for end in (field.low, field.high))
    values = {"name": name, "value": words, "low": low, "high": high}
    if field.type == "int":
        return Wrong(
            "{name} is “{value}”; write whole numbers {low}…{high} or ranges of them, "
            "such as 3,5-10,20-.",
            **values,
        )
    return Wrong(
        "{name} is “{value}”; write numbers {low}…{high} or ranges of them, such as 3,5.5-10,20-.",
        **values,
    )


def _merged(name: str, spans: Sequence[Span]) -> list[Span]:
    field = field_of(name)
    step = 1 if field is not None and field.type == "int" else 0
    merged: list[Span] = []
    for low, high in spans:
        if merged and low <= merged[-1][1] + step:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return merged


def _written(span: Span) -> str:
    low, high = (spelling.short(end, DIGITS) if math.isfinite(end) else "" for end in span)
    return low if low == high else f"{low}-{high}"


def amounts(value: str) -> list[Span]:
    """Return the ranges of a canonical value such as "2-5,8-,unknown"."""
    return [_ends(part) for part in value.split(",") if part != UNKNOWN]


def _ends(part: str) -> Span:
    found = _AMOUNT.fullmatch(part)
    assert found is not None
    low = float(found[1])
    return low, low if found[2] is None else math.inf if found[3] is None else float(found[3])


# ------------------------------------------------------------------ texts

ANY_SIGNS = "*"


def read_words(name: str, value: str) -> str:
    """Return the canonical spelling of texts, capitals and blanks apart; `*` stays."""
    folded: dict[str, str] = {}
    for part in sorted(_parts(value), reverse=True):
        pieces = [_folded(piece) for piece in part.split(ANY_SIGNS)]
        written = re.sub(r"\*+", ANY_SIGNS, ANY_SIGNS.join(pieces))
        if written:
            folded[written.casefold()] = written
    return _canonical(name, ",".join(folded.values()), lambda part: part)


def _folded(piece: str) -> str:
    return spelling.escape(spelling.one_spaced(spelling.unescape(piece, ANY_SIGNS)), ANY_SIGNS)


def word_test(value: str) -> Callable[[str], bool]:
    """Return a test of whether a text is one of a canonical value."""
    parts = [part.casefold() for part in value.split(",") if part != UNKNOWN]
    whole = {spelling.unescape(part, ANY_SIGNS) for part in parts if ANY_SIGNS not in part}
    loose = [
        [spelling.unescape(piece, ANY_SIGNS) for piece in part.split(ANY_SIGNS)]
        for part in parts
        if ANY_SIGNS in part
    ]

    def test(text: str) -> bool:
        text = " ".join(text.casefold().split())
        if not text:
            return False
        return text in whole or any(_has_pieces(text, pieces) for pieces in loose)

    return test


def _has_pieces(text: str, pieces: Sequence[str]) -> bool:
    """Say whether a text is these pieces in order, with anything in between.

    Each piece is taken where it first comes: that never spoils a match, and nothing is tried twice.
    """
    first, *middle, last = pieces
    if len(text) < len(first) + len(last):
        return False
    if not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


# ---------------------------------------------------------- days and times

BETWEEN = "/"
"""Stands between two days or two times of day; either may be left out."""


def read_days(name: str, value: str) -> str:
    """Return the canonical spelling of days and spans of them, such as 2023-01-01/2023-03-31."""
    return _canonical(name, value, lambda part: _read_days(name, part))


def _read_days(name: str, part: str) -> str:
    ends = _ends_in(part, _day)
    if not ends or (all(ends) and ends != sorted(ends)):
        raise Wrong(
            "{name} is “{value}”; write days as year-month-day, or two with / between, such as "
            "2023-01-01/2023-03-31.",
            name=name,
            value=part,
        )
    return BETWEEN.join(ends)


def read_times(name: str, value: str) -> str:
    """Return the canonical spelling of times of day and spans, such as 22:00/05:30."""
    return _canonical(name, value, lambda part: _read_times(name, part))


def _read_times(name: str, part: str) -> str:
    ends = _ends_in(part, _time)
    if not ends:
        raise Wrong(
            "{name} is “{value}”; write times as hours:minutes, or two with / between, such as "
            "22:00/05:30.",
            name=name,
            value=part,
        )
    return BETWEEN.join(ends)


def _ends_in(part: str, read: Callable[[str], str]) -> list[str]:
    """Return one end, or two of which one may be open; none where the words cannot be read."""
    try:
        ends = [read(end.strip()) if end.strip() else "" for end in part.split(BETWEEN)]
    except ValueError:
        return []
    if len(ends) > 2 or not any(ends):
        return []
    return ends[:1] if len(set(ends)) == 1 else ends


def _day(words: str) -> str:
    return date.fromisoformat(words).isoformat()


_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _time(words: str) -> str:
    found = _TIME.fullmatch(words)
    if not found:
        raise ValueError(words)
    return f"{int(found[1]):02d}:{found[2]}"


def span_test(value: str) -> Callable[[str], bool]:
    """Return a test of whether a day or a time lies in one of the spans of a canonical value.

    Times from evening to morning run over midnight.
    """
    spans = [ends_of(part) for part in value.split(",") if part != UNKNOWN]

    def test(text: str) -> bool:
        return any(
            low <= text <= high if low <= high else text >= low or text <= high
            for low, high in spans
        )

    return test


def ends_of(part: str) -> tuple[str, str]:
    """Return both ends of a span; an open one sorts before or after all others."""
    low, between, high = part.partition(BETWEEN)
    return low, (high or "~") if between else low
