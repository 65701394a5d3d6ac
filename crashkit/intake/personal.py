"""Personal data, told by the names of columns and by what their values look like.

Source: security.md P01, P02. What is found is left out by default, and its values are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crashkit.errors import Message
from crashkit.intake import synonyms
from crashkit.intake.values import Values

KINDS: Mapping[str, Message] = {
    "name": Message("names of people"),
    "plate": Message("number plates"),
    "phone": Message("phone numbers"),
    "document": Message("numbers of documents"),
    "birth_date": Message("dates of birth"),
    "address": Message("addresses of people"),
    "email": Message("e-mail addresses"),
    "narrative": Message("free descriptions"),
}

LEAST = 0.5
"""A column holds personal data when at least this share of its filled rows looks like it."""

OLD, YOUNG = 1990, 2015
"""Years of birth reach back before the one, and hardly beyond the other."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_PHONE = re.compile(r"(?=.*[+()\-\s])\+?[0-9(][0-9()\-\s]{8,17}[0-9]")
_DAY = re.compile(r"[0-9]{1,4}[-./\s][0-9]{1,2}[-./\s][0-9]{1,4}.*")
_PLATES = re.compile(
    "|".join(
        (
            r"[АВЕКМНОРСТУХABEKMHOPCTYX]\s?[0-9]{3}\s?[АВЕКМНОРСТУХABEKMHOPCTYX]{2}\s?[0-9]{2,3}",
            r"[0-9]{3}\s?[A-Z]{2,3}\s?[0-9]{2}",
            r"[0-9]{2}\s?[A-Z]\s?[0-9]{3}\s?[A-Z]{2}",
            r"[0-9]{2}\s?KG\s?[0-9]{3}\s?[A-Z]{2,3}",
            r"[0-9]{2}[ -][A-Z]{2}[ -][0-9]{3}",
            r"[A-Z]{2}[ -][0-9]{3}[ -][A-Z]{2}",
            r"[0-9]{4}\s?[A-ZА-ЯҮӨ]{2,3}(?:\s?[0-9]{2})?",
            r"[\u4e00-\u9fff][A-Z][·\s]?[A-Z0-9]{5,6}",
        )
    )
)
_VIN = re.compile(r"(?=.*[A-Z])(?=.*[0-9])[A-HJ-NPR-Z0-9]{17}")
_CNIC = re.compile(r"[0-9]{5}-[0-9]{7}-[0-9]")
_PASSPORT = re.compile(r"[A-ZА-Я]{1,2}\s?(?:No\.?|№)?\s?[0-9]{7,8}")
_FATHERS = re.compile(
    r"\S+\s.*(?:вич|вна|ovich|evich|ovna|evna|оглы|кызы|ұлы|қызы|улы|уулу|кизи|o['‘’ʻ`]g['‘’ʻ`]li|"
    r"qizi|oğlu|qızı|оғлу)\b.*",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[^\W\d_][\w'’-]+\s+[^\W\d_]\.\s?(?:[^\W\d_]\.)?")
_PATTERNS = (
    ("email", _EMAIL),
    ("document", _CNIC),
    ("plate", _PLATES),
    ("plate", _VIN),
    ("document", _PASSPORT),
    ("name", _FATHERS),
    ("name", _INITIALS),
)
LONG = 60
"""Letters of a text, on average, from which on it is a description."""


def by_name(name: str) -> str:
    """Return the kind of personal data that a column name speaks of, or "".

    A name that means a field of ours as well is none: "vehicle number" of a file of vehicles.
    """
    found = synonyms.matches(name)
    kinds = [match.personal for match in found]
    return kinds[0] if kinds and all(kinds) else ""


def by_values(values: Values) -> str:
    """Return the kind of personal data that the values look like, or ""."""
    if not values.filled:
        return ""
    for kind, pattern in _PATTERNS:
        if values.share(lambda word, pattern=pattern: bool(pattern.fullmatch(word))) >= LEAST:  # type: ignore[misc]
            return kind
    if values.share(_is_phone) >= LEAST:
        return "phone"
    if values.dates and _are_births(values.looked_at):
        return "birth_date"
    return "narrative" if _are_descriptions(values) else ""


def _is_phone(word: str) -> bool:
    digits = sum(sign.isdigit() for sign in word)
    least = 9 if word.startswith(("+", "(", "0", "8")) else 10
    return least <= digits <= 15 and bool(_PHONE.fullmatch(word)) and not _DAY.fullmatch(word)


def _are_births(words: Iterable[str]) -> bool:
    years = sorted(
        int(match) for word in words for match in re.findall(r"(?<![0-9])(?:19|20)[0-9]{2}", word)
    )
    # Crashes of a file lie within few years; those who had them were born over many.
    return (
        bool(years) and years[0] < OLD and years[-1] <= YOUNG and years[len(years) // 2] < OLD + 10
    )


def _are_descriptions(values: Values) -> bool:
    long = sum(len(word) for word in values.looked_at) / len(values.looked_at)
    return long > LONG and values.distinct > 0.8 * values.filled and values.distinct > 3


def masked(word: str) -> str:
    """Return a word with its letters and digits hidden: only its shape is left."""
    return "".join("0" if sign.isdigit() else "x" if sign.isalpha() else sign for sign in word[:40])
