"""From words to a Filter and back: one canonical spelling, so equal filters look equal.

A filter is written `severity=fatal,serious; year=2020-2023`: keys are joined by AND, the values of
one key by OR. A comma, semicolon or percent sign inside a text is written %2C, %3B or %25. Groups
in brackets hold alternatives, of which one has to hold.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from crashkit import fields
from crashkit.errors import FilterError, Message
from crashkit.filters import groups, mapped, shapes, spelling
from crashkit.filters.groups import ANY
from crashkit.filters.spelling import UNKNOWN, Wrong

_PAGE_KEYS = """
bandwidth base_value base_year by chart columns crash csrf_token dataset density field format
in_year kind lang language less limit lixel name network network_by next on order other page
paint place preset public q rank result rows set show size sort tab target_year title unit v
view width x y z zoom
"""
NOT_FILTER = frozenset(_PAGE_KEYS.split())
"""Keys of a web address that belong to the page, not to the filter; ignored in a mapping only."""

NUMBERS = {
    "year": (1900, 2100),
    "month": (1, 12),
    "weekday": (1, 7),
    "hour": (0, 23),
    "speed_limit": (0, 160),
}
ROUND = ("month", "weekday", "hour")
"""Numbers that come round again: hour=22-5 is the night."""

TEXTS = ("admin1", "admin2", "settlement", "road")


MOST_COMPLAINTS = 20
"""So many are made at once about one filter; nobody reads more."""


@dataclass(frozen=True)
class Filter:
    """Which crashes to keep. Made by `parse`, which gives `terms` their canonical form."""

    terms: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """Key to value, sorted by key: the query string of a page."""
        return dict(self.terms)

    @property
    def words(self) -> str:
        """The filter as one line that the command line takes and `parse` reads back."""
        plain = [f"{name}={value}" for name, value in self.terms if name != ANY]
        return "; ".join([*plain, *(value for name, value in self.terms if name == ANY)])

    @property
    def conditions(self) -> tuple[Filter, ...]:
        """What has to hold, one by one: each key, and each group of alternatives."""
        plain = [Filter((term,)) for term in self.terms if term[0] != ANY]
        grouped = groups.parts(self.query.get(ANY, ""))
        return (*plain, *(Filter(((ANY, group),)) for group in grouped))

    @property
    def either(self) -> tuple[tuple[Filter, ...], ...]:
        """The alternatives of each group."""
        return alternatives(self.query[ANY]) if ANY in self.query else ()

    def without(self, name: str) -> Filter:
        """Return the filter with one key taken away."""
        return Filter(tuple(term for term in self.terms if term[0] != name))

    def less(self, condition: Filter) -> Filter:
        """Return the filter without one of its `conditions`."""
        return joined(one for one in self.conditions if one != condition)

    def __bool__(self) -> bool:
        return bool(self.terms)


def joined(conditions: Iterable[Filter]) -> Filter:
    """Return the filter that has these conditions, each of another key or a group."""
    plain: dict[str, str] = {}
    grouped: list[str] = []
    for one in conditions:
        plain |= one.without(ANY).query
        grouped += [one.query[ANY]] if ANY in one.query else []
    if grouped:
        plain[ANY] = "; ".join(sorted(grouped))
    return Filter(tuple(sorted(plain.items())))


def all_of(filters: Iterable[Filter]) -> Filter:
    """Return the filter that keeps what all of these keep. Raises FilterError for a key twice."""
    return parse("; ".join(one.words for one in filters))


def any_of(alternatives: Iterable[Filter]) -> Filter:
    """Return the filter that keeps what one of these keeps, as one group of alternatives."""
    return parse({ANY: "|".join(groups.inside(one.words) for one in alternatives)})


def parse(words: str | Mapping[str, Any] = "") -> Filter:
    """Read a filter from one line of words, or from the query of a web address.

    In a mapping, the page's own keys (NOT_FILTER) and empty values are passed over; a key may
    have several values (a list, or a MultiDict). Raises FilterError naming each wrong key and
    value, with what comes near.
    """
    complaints: list[Message] = []
    try:
        pairs = _pairs_of_line(words) if isinstance(words, str) else _pairs_of_query(words)
    except Wrong as wrong:
        raise FilterError(wrong.complaint.text, **wrong.complaint.values) from None
    terms = _terms([pair for pair in pairs if pair[0] != ANY], complaints)
    if grouped := _read_groups([value for name, value in pairs if name == ANY], complaints):
        terms[ANY] = grouped
    _complain(complaints)
    return Filter(tuple(sorted(terms.items())))


def readable(query: Mapping[str, Any]) -> Filter:
    """Return what can be read of a filter that `parse` refuses, condition by condition."""
    kept: list[Filter] = []
    several = query.lists() if hasattr(query, "lists") else query.items()
    for name, value in several:
        try:
            kept.append(parse({name: value}))
        except FilterError:
            continue
    try:
        return all_of(kept)
    except FilterError:
        # Each can be read, and together they contradict each other.
        return Filter()


def _terms(pairs: Iterable[tuple[str, str]], complaints: list[Message]) -> dict[str, str]:
    """Return the canonical value of each key; what is wrong is added to the complaints."""
    terms: dict[str, str] = {}
    for name, value in pairs:
        if len(complaints) == MOST_COMPLAINTS:
            break
        try:
            if name in terms:
                raise Wrong("{name} is given twice.", name=name)
            terms[name] = _canonical(name, value)
        except Wrong as wrong:
            complaints.append(wrong.complaint)
    complaints += _contradictions(terms)
    return terms


def _read_groups(values: Sequence[str], complaints: list[Message]) -> str:
    """Return the canonical spelling of groups of alternatives, "" for none."""
    try:
        found = groups.alternatives(values)
        if values and not found:
            raise Wrong("An alternative of a group has nothing in it.")
        if sum(map(len, found)) > groups.MOST_ALTERNATIVES:
            raise Wrong("Groups may have {most} alternatives.", most=groups.MOST_ALTERNATIVES)
        return groups.write([[_alternative(words, complaints) for words in one] for one in found])
    except Wrong as wrong:
        complaints.append(wrong.complaint)
        return ""


def _alternative(words: str, complaints: list[Message]) -> str:
    pairs = _pairs_of_line(words)
    if not pairs:
        raise Wrong("An alternative of a group has nothing in it.")
    if any(name == ANY for name, _ in pairs):
        raise Wrong("A group cannot hold another group: “{group}”.", group=words)
    return Filter(tuple(sorted(_terms(pairs, complaints).items()))).words


@lru_cache(maxsize=64)
def alternatives(value: str) -> tuple[tuple[Filter, ...], ...]:
    """Return the alternatives of each group of a canonical value of ANY."""
    return tuple(tuple(parse(words) for words in group) for group in groups.alternatives([value]))


def _pairs_of_line(words: str) -> list[tuple[str, str]]:
    pairs = []
    for part in groups.parts(words):
        name, _, value = (ANY, "", part) if part.startswith("(") else part.partition("=")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _pairs_of_query(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    # A MultiDict keeps every ticked box of a form; its items() would show only the first.
    several = query.lists() if hasattr(query, "lists") else query.items()
    pairs: list[tuple[str, str]] = []
    for name, value in several:
        if name == ANY:
            pairs += [(ANY, one) for one in _values(value)]
        elif name not in NOT_FILTER:
            pairs.append((name, ("|" if name == "within" else ",").join(_values(value))))
    return [(name, value) for name, value in pairs if value]


def _values(value: Any) -> list[str]:
    several = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return [written for one in several if (written := str(one).strip())]


def _complain(complaints: list[Message]) -> None:
    if len(complaints) == 1:
        raise FilterError(complaints[0].text, **complaints[0].values)
    if complaints:
        holes = {f"complaint_{i}": one for i, one in enumerate(complaints, 1)}
        raise FilterError(" ".join(f"{{{hole}}}" for hole in holes), **holes)


def _contradictions(terms: Mapping[str, str]) -> list[Message]:
    if "from" in terms and "to" in terms and terms["from"] > terms["to"]:
        values = {"start": terms["from"], "end": terms["to"]}
        return [Message("The filter begins on {start}, after it ends on {end}.", values)]
    return []


def fields_of(chosen: Filter) -> frozenset[str]:
    """Return the keys of a filter, also those of its alternatives."""
    plain = {name for name, _ in chosen.terms if name != ANY}
    return frozenset(plain).union(*(fields_of(one) for group in chosen.either for one in group))


# ------------------------------------------------------------------- keys


@cache
def kinds() -> dict[str, str]:
    """Return every key of a filter with the kind of its values, in the order of a form."""
    coded = {name: kind for name, kind in mapped.crash_kinds().items() if kind == "codes"}
    first = {"from": "date", "to": "date", "severity": "codes", "road_user": "road_user"}
    numbers = dict.fromkeys(NUMBERS, "numbers")
    texts = dict.fromkeys(TEXTS, "text")
    last = {"km": "km", "located": "located", "near": "near", "bbox": "bbox", "within": "within"}
    last[ANY] = ANY
    known = {**first, **numbers, **coded, **texts}
    others = {name: kind for name, kind in mapped.crash_kinds().items() if name not in known}
    return {**known, **others, **mapped.member_kinds(), **last}


@cache
def codes_of(name: str) -> tuple[str, ...]:
    """Return the words that may stand behind a coded key, "unknown" among them."""
    if name == "road_user":
        return tuple(dict.fromkeys(_without_unknown("road_user", "unit_type"))) + (UNKNOWN,)
    if name == "located":
        return ("yes", "no")
    field = mapped.field_of(name)
    assert field is not None
    listed = "yes_no" if field.type == "yes_no" else field.codes
    known = [code for code in fields.code_names(listed) if code != UNKNOWN]
    return (*known, UNKNOWN)


def _without_unknown(*lists: str) -> list[str]:
    return [code for name in lists for code in fields.code_names(name) if code != UNKNOWN]


def _canonical(name: str, value: str) -> str:
    if name not in kinds():
        raise _unknown_key(name)
    if not value:
        raise Wrong("{name} has no value.", name=name)
    return _READERS[kinds()[name]](name, value)


def _unknown_key(name: str) -> Wrong:
    near = difflib.get_close_matches(name, kinds(), n=3)
    if near:
        return Wrong(
            "There is no filter “{name}”; did you mean {near}?", name=name, near=", ".join(near)
        )
    return Wrong(
        "There is no filter “{name}”; there are {known}.", name=name, known=", ".join(kinds())
    )


# ----------------------------------------------------------------- values


def _read_codes(name: str, value: str) -> str:
    allowed = codes_of(name)
    given = [word.strip().lower() for word in value.split(",") if word.strip()]
    wrong = [word for word in given if word not in allowed]
    if wrong or not given:
        raise _unknown_code(name, wrong[0] if wrong else value, allowed)
    return ",".join(code for code in allowed if code in given)


def _unknown_code(name: str, word: str, allowed: tuple[str, ...]) -> Wrong:
    near = difflib.get_close_matches(word, allowed, n=3)
    if near:
        return Wrong(
            "{name} has no value “{value}”; did you mean {near}?",
            name=name,
            value=word,
            near=", ".join(near),
        )
    return Wrong(
        "{name} has no value “{value}”; allowed are {allowed}.",
        name=name,
        value=word,
        allowed=", ".join(allowed),
    )


_WHOLE = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")


def _read_numbers(name: str, value: str) -> str:
    words = [word.strip().lower() for word in value.split(",") if word.strip()]
    numbers = {n for word in words if word != UNKNOWN for n in _range(name, word)}
    parts = [*spelling.runs(numbers), *([UNKNOWN] if UNKNOWN in words else [])]
    if not parts:
        raise _not_a_number(name, value)
    return ",".join(parts)


def _range(name: str, word: str) -> Iterable[int]:
    low, high = NUMBERS[name]
    found = _WHOLE.fullmatch(word)
    if not found:
        raise _not_a_number(name, word)
    first, last = int(found[1]), int(found[2] or found[1])
    if not (low <= first <= high and low <= last <= high):
        raise _not_a_number(name, word)
    if first <= last:
        return range(first, last + 1)
    if name not in ROUND:
        raise Wrong("{name} is {value}; write the smaller number first.", name=name, value=word)
    return [*range(first, high + 1), *range(low, last + 1)]


def _not_a_number(name: str, word: str) -> Wrong:
    low, high = NUMBERS[name]
    return Wrong(
        "{name} is “{value}”; write whole numbers from {low} to {high}, such as {example}.",
        name=name,
        value=word,
        low=str(low),
        high=str(high),
        example="2020-2023" if name == "year" else f"{low},{low + 2}-{low + 4}",
    )


def whole_numbers(value: str) -> frozenset[int]:
    """Return the numbers of a canonical value such as "1-3,7,unknown"."""
    found: set[int] = set()
    for part in value.split(","):
        if part != UNKNOWN:
            first, _, last = part.partition("-")
            found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _read_text(name: str, value: str) -> str:
    given = [spelling.one_spaced(spelling.unescape(word)) for word in value.split(",")]
    named = {text.casefold(): text for text in sorted(given, reverse=True) if text}
    if not named:
        raise Wrong("{name} has no value.", name=name)
    return ",".join(spelling.escape(text) for _, text in sorted(named.items()))


def texts(value: str) -> tuple[str, ...]:
    """Return the texts of a canonical value."""
    return tuple(spelling.unescape(word) for word in value.split(","))


def _read_km(name: str, value: str) -> str:
    words = [word.strip().lower() for word in value.split(",") if word.strip()]
    found = sorted({spelling.stretch(name, word) for word in words if word != UNKNOWN})
    parts = [*spelling.stretches(found), *([UNKNOWN] if UNKNOWN in words else [])]
    if not parts:
        raise Wrong("{name} has no value.", name=name)
    return ",".join(parts)


def stretches_km(value: str) -> list[tuple[float, float]]:
    """Return the stretches of a canonical value such as "10-20.5,unknown"."""
    parts = [part.split("-") for part in value.split(",") if part != UNKNOWN]
    return [(float(low), float(high)) for low, high in parts]


def _read_date(name: str, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Wrong(
            "{name} is “{value}”; write a date as year-month-day, such as 2023-01-31.",
            name=name,
            value=value,
        ) from None


def _read_near(name: str, value: str) -> str:
    found = _floats(value)
    if (
        len(found) != 3
        or not spelling.on_earth(*found[:2])
        or not 0 < found[2] <= spelling.LONGEST_RADIUS_M
    ):
        raise Wrong(
            "{name} is “{value}”; write longitude, latitude and a radius in metres, "
            "such as 69.28,41.31,500.",
            name=name,
            value=value,
        )
    lon, lat = (spelling.short(number, 6) for number in found[:2])
    return f"{lon},{lat},{spelling.short(max(found[2], 0.1), 1)}"


def _read_bbox(name: str, value: str) -> str:
    found = _floats(value)
    if (
        len(found) != 4
        or not (spelling.on_earth(*found[:2]) and spelling.on_earth(*found[2:]))
        or found[1] > found[3]
    ):
        raise Wrong(
            "{name} is “{value}”; write west, south, east and north in degrees, "
            "such as 69.1,41.2,69.4,41.4.",
            name=name,
            value=value,
        )
    return ",".join(spelling.short(number, 6) for number in found)


def floats(value: str) -> list[float]:
    """Return the numbers of a canonical value such as "69.28,41.31,500"."""
    return [float(part) for part in value.split(",")]


def _floats(value: str) -> list[float]:
    try:
        return floats(value)
    except ValueError:
        return []


_READERS = {
    "codes": _read_codes,
    "road_user": _read_codes,
    "located": _read_codes,
    "numbers": _read_numbers,
    "text": _read_text,
    "km": _read_km,
    "date": _read_date,
    "near": _read_near,
    "bbox": _read_bbox,
    "within": shapes.read,
    "amounts": mapped.read_amounts,
    "words": mapped.read_words,
    "days": mapped.read_days,
    "times": mapped.read_times,
}
