"""What the values of a column look like, without knowing what the column is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crashkit import fields
from crashkit.intake import coordinates, marks, parsing
from crashkit.intake.cells import Column
from crashkit.intake.mapping import fold as folded
from crashkit.intake.mapping import own_words, sounds_empty

MOST_LOOKED_AT = 2_000
"""Distinct words of a column that are looked at, spread evenly over those there are."""

MOST = 0.8
"""A column looks like something when at least this share of its filled rows does."""

FEW = 60
"""A column with at most so many distinct words may hold codes."""

MONTHS = 12
"""So many distinct dates with one and the same day are no chance."""

SMALLEST_M, LARGEST_M = 10_000, 40_000_000
"""Eastings and northings of map grids, with or without the number of the zone before them."""

LONGEST_EMPTY = 30
"""Words that mean "not known" are shorter."""

PARTINGS = ("; ", ";", "|", ", ", "/")
"""Signs that may part several words in one cell."""

_CLOCK = re.compile(
    r"(?:.*[T\s])?(?:[01]?[0-9]|2[0-4])[:.][0-5][0-9](?:[:.][0-9]{2}(?:\.[0-9]+)?)?Z?"
)
_LATE = re.compile(r".*[T\s,]\s*([0-9]{1,2}[:.][0-9]{2}).*")
_HHMM = re.compile(r"(?:[01]?[0-9]|2[0-4])?[0-5]?[0-9]")
_KM_M = re.compile(r"[0-9]{1,4}\s?\+\s?[0-9]{1,3}")
_POST_DISTANCE = re.compile(r"[0-9]{1,4}\s?\+\s?[0-9]+[.,][0-9]+")
_YYYYMMDD = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_PLAIN = re.compile(r"[0-9]+(?:[.,]0+)?")
_BARE = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True, eq=False)
class Values:
    """The distinct words of a column that say something, each with the number of its rows.

    `hollow` are the words in it that seem to mean "not known".
    """

    counts: dict[str, int]
    rows: int
    hollow: frozenset[str] = frozenset()

    @classmethod
    def of(cls, column: Column) -> Values:
        """Count the words of a column; empty cells and words for "not known" are left out."""
        counts = np.bincount(column.codes, minlength=len(column.words)).tolist()
        found: dict[str, int] = {}
        for word, count in zip(column.cleaned, counts, strict=True):
            if word and count:
                found[word] = found.get(word, 0) + count
        hollow = frozenset(word for word in found if _is_hollow(word))
        told = {word: count for word, count in found.items() if word not in hollow}
        return cls(told, len(column.codes), hollow)

    @property
    def filled(self) -> int:
        """Rows with a word that says something."""
        return sum(self.counts.values())

    @property
    def distinct(self) -> int:
        """Distinct words."""
        return len(self.counts)

    @property
    def unique(self) -> bool:
        """Whether next to no word occurs twice."""
        return self.distinct > 1 and self.distinct >= 0.98 * self.rows

    @cached_property
    def looked_at(self) -> list[str]:
        """The words that are looked at."""
        words = list(self.counts)
        return words[:: len(words) // MOST_LOOKED_AT + 1]

    def share(self, good: Callable[[str], bool]) -> float:
        """Return the share of filled rows whose word is good."""
        all_rows = sum(self.counts[word] for word in self.looked_at)
        rows = sum(self.counts[word] for word in self.looked_at if good(word))
        return rows / all_rows if all_rows else 0.0

    def mostly(self, good: Callable[[str], bool]) -> bool:
        """Say whether most filled rows hold a good word."""
        return self.share(good) >= MOST

    # -------------------------------------------------------------- shapes

    @cached_property
    def mark(self) -> str:
        """The decimal mark."""
        told = marks.find(self.looked_at)
        return told.marks.decimal if told else "."

    def number(self, word: str) -> float | None:
        """Read a word as a number, or not."""
        found = parsing.number(word, self.mark)
        return found if isinstance(found, float) else None

    @cached_property
    def numeric(self) -> bool:
        """Whether these are numbers."""
        return self.mostly(lambda word: self.number(word) is not None)

    def within(self, low: float | None, high: float | None, *, whole: bool = False) -> bool:
        """Say whether these are numbers between two limits, inclusive."""

        def good(word: str) -> bool:
            found = self.number(word)
            if found is None or (whole and not found.is_integer()):
                return False
            return (low is None or found >= low) and (high is None or found <= high)

        return self.mostly(good)

    @cached_property
    def fractions(self) -> bool:
        """Whether these are numbers with at least three decimals, as degrees have."""

        def good(word: str) -> bool:
            place = word.rfind(self.mark)
            return self.number(word) is not None and place >= 0 and len(word) - place > 3

        return self.mostly(good)

    @cached_property
    def dates(self) -> bool:
        """Whether these are dates."""
        return self.digit_dates or self.mostly(_is_date)

    @cached_property
    def digit_dates(self) -> bool:
        """Whether these are dates of eight digits."""
        return self.mostly(lambda word: bool(_YYYYMMDD.fullmatch(word)))

    @cached_property
    def order(self) -> str:
        """The order of day and month ("dmy", "mdy") where every row agrees and some prove it."""
        parts = [found for word in self.counts if (found := parsing.triple(word))]
        if any(one.year_first for one in parts):
            return ""
        first = any(one.named or int(one.first) > 12 for one in parts)
        second = any(int(one.middle) > 12 for one in parts)
        return "" if first == second else "dmy" if first else "mdy"

    @cached_property
    def monthly(self) -> bool:
        """Whether these are many dates that all have the same day: only the month is known."""
        parts = [found for word in self.looked_at if (found := parsing.triple(word))]
        days = {one.last if one.year_first else one.first for one in parts}
        return self.dates and self.distinct >= MONTHS and len(days) == 1

    @cached_property
    def moments(self) -> bool:
        """Whether these are dates with times behind, which are not all the same."""
        late = {match[1] for word in self.looked_at if (match := _LATE.fullmatch(word))}
        return self.dates and len(late) > 1

    @cached_property
    def clocks(self) -> bool:
        """Whether these are times of the day."""
        return self.mostly(lambda word: bool(_CLOCK.fullmatch(word)))

    @cached_property
    def hours(self) -> bool:
        """Whether these are whole hours."""
        return self.within(0, 24, whole=True)

    @cached_property
    def digit_times(self) -> bool:
        """Whether these are times as digits, 1715 for 17:15."""
        return not self.hours and self.mostly(lambda word: bool(_HHMM.fullmatch(word)))

    @cached_property
    def posts(self) -> str:
        """How km posts are written ("km+m", "post+distance"), or ""."""
        if self.mostly(lambda word: bool(_POST_DISTANCE.fullmatch(word))):
            return "post+distance"
        return "km+m" if self.mostly(lambda word: bool(_KM_M.fullmatch(word))) else ""

    @cached_property
    def weekdays(self) -> bool:
        """Whether these are days of the week."""
        return self.distinct <= 14 and self.mostly(lambda word: parsing.weekday(word) is not None)

    @cached_property
    def months(self) -> bool:
        """Whether these are months."""
        return self.distinct <= 24 and self.mostly(
            lambda word: (parsing.month(word) or 0) in range(1, 13)
        )

    @cached_property
    def years(self) -> bool:
        """Whether these are years, with four digits or two."""
        four, two = self.within(1900, 2100, whole=True), self.within(0, 99, whole=True)
        return (four or two) and self.distinct <= 100

    @cached_property
    def plain_numbers(self) -> bool:
        """Whether these are whole numbers and nothing else, as numbered codes are."""
        return self.share(lambda word: bool(_PLAIN.fullmatch(word))) == 1.0

    @cached_property
    def measured(self) -> Values:
        """The values without noughts."""
        told = {word: n for word, n in self.counts.items() if self.number(word) != 0.0}
        return Values(told, self.rows, self.hollow)

    @cached_property
    def metres(self) -> bool:
        """Whether these are numbers as map grids have them: far too large for degrees."""
        return self.within(SMALLEST_M, LARGEST_M)

    @cached_property
    def middle(self) -> float:
        """The median of the distinct words that are numbers, of which there must be some."""
        found = [number for word in self.looked_at if (number := self.number(word)) is not None]
        return float(np.median(found))

    # --------------------------------------------------------------- codes

    @property
    def few(self) -> bool:
        """Whether there are few enough distinct words for codes."""
        return 0 < self.distinct <= FEW

    def parting(self, list_name: str) -> str:
        """Return the sign that parts several known words in one cell, or ""."""
        known = own_words(list_name)
        best, alone = "", self.share(lambda word: folded(word) in known)
        for sign in PARTINGS:
            holding = [word for word in self.looked_at if sign in word]
            parted = self.share(lambda word, sign=sign: _any_known(word, sign, known))  # type: ignore[misc]
            if holding and parted > alone:
                best, alone = sign, parted
        return best

    def known(self, list_name: str) -> float:
        """Return the share of filled rows with a word that a code list knows."""
        known = own_words(list_name)
        return self.share(lambda word: folded(word) in known)


def _is_hollow(word: str) -> bool:
    # "No" may be an answer; what else sounds empty says nothing of a column.
    return (
        len(word) < LONGEST_EMPTY
        and not word[0].isdigit()
        and sounds_empty(word)
        and folded(word) not in own_words("yes_no")
    )


def _any_known(cell: str, sign: str, known: Iterable[str]) -> bool:
    return any(folded(piece) in known for piece in cell.split(sign))


def _is_date(word: str) -> bool:
    parts = parsing.triple(word)
    if parts is None:
        return False
    if parts.year_first:
        year, middle, last = parts.first, parts.middle, parts.last
    else:
        last, middle, year = parts.first, parts.middle, parts.last
    month = parsing.month(middle) or parsing.month(last)
    return len(year) in (2, 4) and month is not None and 1 <= _least(middle, last) <= 12


def _least(*parts: str) -> int:
    """Return the smallest of the parts that are numbers; a month by name is one."""
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
    return 1 if len(numbers) < len(parts) else min(numbers)


def fits(values: Values, field: fields.Field) -> bool | None:
    """Say whether the values suit a field; None where any text would."""
    return _SUITS[field.type](values, field)


def _codes_suit(values: Values, field: fields.Field) -> bool | None:
    if not values.filled:
        return None
    share = max(values.known(field.codes or "yes_no"), 0.0)
    if share >= MOST or values.parting(field.codes or "yes_no"):
        return True
    return None if values.few else (None if field.type == "codes" and not values.numeric else False)


def _texts_suit(values: Values, field: fields.Field) -> bool | None:
    # Names of roads and places are words; numbers and ids may be anything but measured values.
    if field.name == "point":
        return values.mostly(
            lambda word: isinstance(coordinates.point(word), coordinates.Point | None)
        )
    if field.name in ("road_name", "admin1", "admin2", "place", "main_cause"):
        return False if values.dates or values.fractions else None
    return False if values.dates and not values.digit_dates else None


def _is_spelt(word: str, axis: str) -> bool:
    """Say whether a word is degrees with minutes, or with letters, on this axis."""
    found = coordinates.angle(word, axis)
    return isinstance(found, coordinates.Angle) and not _BARE.fullmatch(word)


def _number_suits(values: Values, field: fields.Field) -> bool | None:
    if field.name.endswith("_km"):
        return bool(values.posts) or values.within(field.low, field.high)
    if field.name in ("lat", "lon"):
        # A nought was never measured, and lies within the limits of everything.
        return values.measured.within(field.low, field.high) or values.mostly(
            lambda word: _is_spelt(word, field.name)
        )
    whole = field.type == "int"
    return values.within(field.low, field.high, whole=whole)


_SUITS: dict[str, Callable[[Values, fields.Field], bool | None]] = {
    "text": _texts_suit,
    "int": _number_suits,
    "float": _number_suits,
    "date": lambda values, field: values.dates,
    "time": lambda values, field: (
        values.clocks or values.moments or values.hours or values.digit_times
    ),
    "code": _codes_suit,
    "codes": _codes_suit,
    "yes_no": _codes_suit,
}


def form(values: Values, field: fields.Field) -> str:
    """Return the FORMATS word for how a field is written, "" where it needs none."""
    if field.name.endswith("_km"):
        return values.posts
    if field.type == "date":
        return "yyyymmdd" if values.digit_dates else values.order
    if field.type == "time" and not values.clocks:
        return "hour" if values.hours else "hhmm" if values.digit_times else ""
    return ""
