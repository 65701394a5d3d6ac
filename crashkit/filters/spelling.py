"""How the values of a filter are spelled: texts between signs, short numbers, runs, complaints."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from typing import Any

from crashkit.errors import Message

UNKNOWN = "unknown"

LONGEST_RADIUS_M = 200_000
MOST_KM = 20_000

_MARKS = {"%": "%25", ",": "%2C", ";": "%3B"}
_SIGNS = {mark[1:].lower(): sign for sign, mark in _MARKS.items()}


class Wrong(Exception):
    """Carries one complaint to where all of them are collected."""

    def __init__(self, text: str, **values: Any) -> None:
        self.complaint = Message(text, values)
        super().__init__(text)


def escape(text: str, more: str = "") -> str:
    """Write a text so that it can stand between commas and semicolons, and the signs of `more`."""
    for sign, mark in _MARKS.items():
        text = text.replace(sign, mark)
    for sign in more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def unescape(text: str, more: str = "") -> str:
    """Read a text that `escape` wrote."""
    signs = _SIGNS | {f"{ord(sign):02x}": sign for sign in more}
    written = re.compile("%(" + "|".join(signs) + ")", re.IGNORECASE)
    return written.sub(lambda found: signs[found[1].lower()], text)


def one_spaced(text: str) -> str:
    """Return a text without blanks around it, and with single ones between its words."""
    return " ".join(text.split())


def short(number: float, digits: int) -> str:
    """Write a number without needless zeros: 10.500 becomes 10.5."""
    written = f"{number:.{digits}f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written == "-0" else written


def on_earth(lon: float, lat: float) -> bool:
    """Say whether there is such a place."""
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90


def runs(numbers: Collection[int]) -> list[str]:
    """Write whole numbers as ranges, in order: 1, 2, 3, 7 becomes 1-3 and 7."""
    there = set(numbers)
    starts = sorted(n for n in there if n - 1 not in there)
    ends = sorted(n for n in there if n + 1 not in there)
    return [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]


_STRETCH = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)\s*[-–]\s*(\d{1,5}(?:\.\d{1,6})?)")
_BAD_STRETCH = "{name} is “{value}”; write two km posts, the smaller first, such as 10-20.5."


def stretch(name: str, words: str) -> tuple[float, float]:
    """Read two km posts such as "10-20.5", to the metre. Raises Wrong."""
    found = _STRETCH.fullmatch(words)
    low, high = (round(float(found[1]), 3), round(float(found[2]), 3)) if found else (1.0, 0.0)
    if not low <= high <= MOST_KM:
        raise Wrong(_BAD_STRETCH, name=name, value=words)
    return low, high


def stretches(stretches_km: Iterable[tuple[float, float]]) -> list[str]:
    """Write pairs of km posts."""
    return [f"{short(low, 3)}-{short(high, 3)}" for low, high in stretches_km]
