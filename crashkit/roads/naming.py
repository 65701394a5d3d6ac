"""Names of roads, folded for comparison: what looks alike is alike, whoever typed it."""

from __future__ import annotations

import re

_LOOKS_LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_DASH = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_NUMBERED = re.compile(r"[A-ZА-ЯЁ]{1,4}[ -]?[0-9]{1,5}[A-ZА-ЯЁ]{0,2}")


def latin(word: str) -> str:
    """Return capital letters with Latin for those Cyrillic ones that look the same."""
    return word.upper().translate(_LOOKS_LATIN)


def road_key(number: str | None, name: str | None, *, bare: bool = False) -> str | None:
    """Return a road folded for comparison: one kind of dash and blank, Latin for look-alikes.

    Only what looks alike is made alike, so that the key can be shown. `bare` drops dash and blank.
    """
    word = number or name
    if not word:
        return None
    text = _DASH.sub("-", " ".join(word.split())) if number else " ".join(word.split())
    upper = text.upper()
    if not _NUMBERED.fullmatch(upper):
        return text
    found = latin(upper)
    return found.replace("-", "").replace(" ", "") if bare else found


def called(key: str, number: str, name: str) -> set[str]:
    """Return what a stretch is called, folded: its key, its name, and each of its numbers."""
    parts = [key, name, *number.replace(",", ";").split(";")]
    return {folded(part) for part in parts} - {""}


def folded(name: str) -> str:
    """Return a name as spellings of it agree: letters and digits, in one case and one alphabet."""
    return "".join(sign for sign in latin(name) if sign.isalnum())
