"""Words of the calendar and of tables in the languages of the region; they stand in words.csv."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crashkit.intake.mapping import fold

_SAME_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "\u200c": None, "\u200d": None, "\u0654": None}
)
"""Arabic letters that Persian and Urdu keyboards write either way, and marks between letters."""


@dataclass(frozen=True)
class Month:
    """A month by its number in its own calendar."""

    number: int
    calendar: str


@dataclass(frozen=True)
class _Row:
    kind: str
    calendar: str
    words: tuple[str, ...]


@cache
def _rows() -> tuple[_Row, ...]:
    text = resources.files("crashkit.intake").joinpath("words.csv").read_text(encoding="utf-8")
    return tuple(
        _Row(row["kind"], row["calendar"], tuple(row["words"].split("|")))
        for row in csv.DictReader(text.splitlines())
    )


def plain(text: str) -> str:
    """Return a text in one spelling of the Arabic letters, without marks between and above them."""
    return text if text.isascii() else text.translate(_SAME_LETTERS)


def key(word: str) -> str:
    """Return a word of a calendar for comparison, see `mapping.fold`."""
    return fold(plain(word)).rstrip(".")


@cache
def months() -> Mapping[str, Month]:
    """Return the names of months, folded, in all languages and calendars."""
    return {
        key(word): Month(number, row.calendar)
        for row in _rows()
        if row.kind == "month"
        for number, word in enumerate(row.words, start=1)
    }


@cache
def weekdays() -> Mapping[str, int]:
    """Return the names of weekdays, folded: 1 is Monday, 7 Sunday."""
    return {
        key(word): number
        for row in _rows()
        if row.kind == "weekday"
        for number, word in enumerate(row.words, start=1)
    }


@cache
def _totals() -> tuple[re.Pattern[str], frozenset[str]]:
    found = {word for row in _rows() if row.kind == "total" for word in row.words}
    longest_first = sorted(map(re.escape, found), key=lambda word: (-len(word), word))
    letters = {letter for word in found for letter in (word[0], word[0].upper())}
    # A letter behind it makes it another word: "totally", "sums".
    return re.compile(rf"\W*(?:{'|'.join(longest_first)})(?![^\W\d_])", re.I), frozenset(letters)


def is_total(cell: str) -> bool:
    """Say whether a cell begins as the lines of sums above and below a table do."""
    pattern, letters = _totals()
    # Most cells of a file are settled by their first letter.
    start = cell[:1]
    return bool((start in letters or not start.isalnum()) and pattern.match(cell))


@cache
def _plain(kind: str) -> frozenset[str]:
    return frozenset(key(word) for row in _rows() if row.kind == kind for word in row.words)


def is_year_word(word: str) -> bool:
    """Say whether a word is one that stands beside a year: г., жылы, yil."""
    return key(word) in _plain("year")


def is_of_china(word: str) -> bool:
    """Say whether a word names the era of the Republic of China."""
    return key(word) in _plain("roc")


_TOO_NARROW = re.compile("#{2,}")
"""What a spreadsheet shows, and saves as text, where a column is too narrow for its number."""


def is_cell_error(word: str) -> bool:
    """Say whether a word is what a spreadsheet writes where a cell has no value: #N/A, #ЗНАЧ!."""
    if word[:1] not in BEGIN_ERRORS:
        return False
    return bool(_TOO_NARROW.fullmatch(word)) or key(word) in _plain("cell_error")


BEGIN_ERRORS = "#eE"
"""Words for errors of cells begin with one of these."""


def half_of_day(word: str) -> str:
    """Return "a" for a word that means before noon, "p" for one after noon, "" for others."""
    letters = _letters(word)
    for half in ("am", "pm"):
        if letters in {_letters(known) for known in _plain(half)}:
            return half[0]
    return ""


def _letters(word: str) -> str:
    return "".join(filter(str.isalpha, key(word)))
