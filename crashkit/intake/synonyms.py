"""What columns are called: words of column names in the languages of the region, from a data file.

`synonyms.csv` holds, for each field (or kind of personal data) and language, the names it goes by.
Names marked "unverified" there were not yet confirmed by a native speaker.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crashkit.intake.mapping import fold

PERSONAL = "personal."
"""Targets that name a kind of personal data begin with this."""

LEAST_SHARE = 0.4
"""A name that is part of a longer one counts when it fills at least this share of its letters."""

PARTING = " / "
"""Stands between the parts of a name that came from several rows."""

_CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_APOSTROPHES = re.compile("['`´\u02bb\u02bc\u2018\u2019\u02b9]")
_SIGNS = re.compile(r"[\W_]+")
_SPELLED = str.maketrans(
    {"№": " номер ", "ي": "ی", "ى": "ی", "ك": "ک", "ہ": "ه", "ۂ": "ه", "ة": "ه", "\u200c": " "}
)
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Match:
    """A target whose name is in a column name: the language, and the share of letters it fills."""

    target: str
    language: str
    share: float

    @property
    def whole(self) -> bool:
        """Whether the column bears exactly this name."""
        return self.share == 1.0

    @property
    def personal(self) -> str:
        """The kind of personal data, or ""."""
        return self.target.removeprefix(PERSONAL) if self.target.startswith(PERSONAL) else ""


def plain(name: str) -> str:
    """Return a column name for comparison: small letters without marks, words parted by blanks."""
    parted = _APOSTROPHES.sub("", _CAMEL.sub(" ", name)).translate(_SPELLED)
    letters = unicodedata.normalize("NFKD", fold(parted))
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return _SIGNS.sub(" ", bare.replace("ı", "i")).strip()


@cache
def names() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return for each plain name the targets that bear it, each with the language."""
    found: dict[str, dict[str, str]] = {}
    for target, language, words in _rows():
        for word in words:
            found.setdefault(plain(word), {}).setdefault(target, language)
    return {word: tuple(targets.items()) for word, targets in found.items()}


@cache
def matches(name: str) -> tuple[Match, ...]:
    """Return the targets of the longest known name in a column name; of equal ones, all."""
    given = plain(name)
    if given in names():
        return tuple(Match(target, language, 1.0) for target, language in names()[given])
    # Of a heading of several rows the lowest tells: "Casualties / killed".
    _, parted, own = name.rpartition(PARTING)
    if parted and (found := matches(own)):
        return found
    parts = sorted((len(word) / len(given), word) for word in _names_in(given))
    best = max((share for share, _ in parts), default=0.0)
    if best < LEAST_SHARE:
        return ()
    longest = [word for share, word in parts if share == best]
    return tuple(
        Match(target, language, best) for word in longest for target, language in names()[word]
    )


def _names_in(given: str) -> Iterator[str]:
    """Yield the known names that stand in a name as whole words; Chinese has no blanks."""
    words = given.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            part = " ".join(words[start:end])
            if part in names():
                yield part
    if _HAN.search(given):
        yield from (word for word in names() if len(word) > 1 and word in given)


def languages() -> tuple[str, ...]:
    """Return the languages that names are known in."""
    return tuple(dict.fromkeys(language for _, language, _ in _rows()))


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    text = resources.files("crashkit.intake").joinpath("synonyms.csv").read_text(encoding="utf-8")
    return tuple(
        (row["target"], row["language"], tuple(word.strip() for word in row["words"].split("|")))
        for row in csv.DictReader(text.splitlines())
    )
