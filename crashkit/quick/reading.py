"""From one line of words to what it may mean: a km post, a point, a name, and how far around.

One line can be read in several ways ("39 km 41": km 41 of road 39, or km 39 of road 41); all are
returned, the likeliest first, and the data decide which of them is a place.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LONGEST = 200
"""Signs of a line that are read; nobody writes a place in more."""


@dataclass(frozen=True)
class Posts:
    """A km post of a road, or a stretch between two; `road` as written, "" where none is named."""

    road: str
    low_km: float
    high_km: float

    @property
    def is_stretch(self) -> bool:
        """Say whether two posts were named."""
        return self.high_km > self.low_km


@dataclass(frozen=True)
class Point:
    """A point in degrees. `is_told`: the words say which number is the latitude."""

    lat: float
    lon: float
    is_told: bool


@dataclass(frozen=True)
class Named:
    """Something with a name."""

    name: str


@dataclass(frozen=True)
class SiteNumber:
    """A site of the register, by its number."""

    number: int


Meaning = Posts | Point | Named | SiteNumber


@dataclass(frozen=True)
class Line:
    """What a line may mean, the likeliest first, and how far around it says to look (metres)."""

    meanings: tuple[Meaning, ...]
    width_m: float | None


@cache
def known() -> dict[str, Any]:
    """Return the words of words.toml."""
    text = resources.files("crashkit.quick").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


def read(words: str) -> Line:
    """Return what a line may mean; nothing where it says nothing."""
    line, width_m = _without_width(tidy(words))
    site = _site_pattern().fullmatch(line)
    if site is not None:
        return Line((SiteNumber(int(site[1])),), width_m)
    points = tuple(_points(line))
    # Two numbers that are a point are no km posts of a road called by a number.
    found: tuple[Meaning, ...] = points or tuple(dict.fromkeys(_posts(line)))
    named = (Named(line),) if line and not points else ()
    return Line((*found, *named), width_m)


def tidy(words: str) -> str:
    """Return a line with one kind of blank, quotation, dash, degree and digit."""
    line = words[:LONGEST].replace("º", "°").replace("˚", "°")
    line = unicodedata.normalize("NFKC", line)
    line = "".join(_plain_digit(sign) for sign in line)
    line = re.sub(r"[‐-―−]", "-", line)
    line = re.sub(r"[?!?«»“”„]", " ", line) if "°" not in line else line
    return " ".join(line.split())


def _plain_digit(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def number(text: str) -> float:
    """Return a number with either decimal mark."""
    return float(text.replace(",", "."))


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for one of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# ---------------------------------------------------------------- how far around

_NUMBER = r"\d+(?:[.,]\d+)?"


@cache
def _width_pattern() -> re.Pattern[str]:
    words = known()["width"]
    units = any_of([*words["metres"], *words["kilometres"]])
    return re.compile(
        rf"[,;(]?\s*(?:{any_of(words['spelled'])})\s*({_NUMBER})\s*({units})?\b\)?", re.IGNORECASE
    )


def _without_width(line: str) -> tuple[str, float | None]:
    found = _width_pattern().search(line)
    if found is None:
        return line, None
    in_km = (found[2] or "").lower() in known()["width"]["kilometres"]
    rest = f"{line[: found.start()]} {line[found.end() :]}"
    return " ".join(rest.split()), number(found[1]) * (1000.0 if in_km else 1.0)


@cache
def _site_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{any_of(known()['site']['spelled'])})\s*(?:#|No\.?)?\s*(\d{{1,9}})", re.I
    )


# --------------------------------------------------------------------- km posts

_POST = r"\d{1,5}(?:[.,]\d{1,3})?(?:\s?\+\s?\d{1,3}(?!\d))?"


@cache
def _post_patterns() -> tuple[re.Pattern[str], ...]:
    """Return the ways to write a post, the surest first: km 41, 41 km, and a number at the end."""
    words = known()["km"]
    km, to = any_of(words["spelled"]), any_of(words["to"])
    ordinal = any_of(known()["left_out"]["ordinals"])
    second = rf"(?:\s*(?:{to})\s*(?:(?:{km})\s*)?(?P<high>{_POST}))?"
    span = rf"(?P<low>{_POST}){second}"
    # No letter stands before; a Chinese sign may, for its words are written without blanks.
    free = r"(?<![A-Za-zА-Яа-яЁё0-9.,+-])"
    return (
        re.compile(rf"(?<![A-Za-zА-Яа-яЁё])(?:{km})\s*{span}(?!\w)", re.IGNORECASE),
        re.compile(rf"{free}{span}(?:{ordinal})?\s*(?:{km})(?![A-Za-zА-Яа-яЁё0-9])", re.IGNORECASE),
        re.compile(rf"(?<=[\s,;:]){span}$", re.IGNORECASE),
        re.compile(rf"^(?P<low>\d{{1,5}}\s?\+\s?\d{{1,3}}){second}(?=\s|$)", re.IGNORECASE),
    )


def _posts(line: str) -> Iterator[Posts]:
    for pattern in _post_patterns():
        for found in pattern.finditer(line):
            low = _km(found["low"])
            high = _km(found["high"]) if found["high"] else low
            road = _one_blank(f"{line[: found.start()]} {line[found.end() :]}")
            yield Posts(road, min(low, high), max(low, high))


def _km(text: str) -> float:
    """Return 41+300 and 41,3 as 41.3."""
    km, _, metres = text.replace(" ", "").partition("+")
    return round(number(km) + (int(metres) / 1000 if metres else 0.0), 3)


def _one_blank(text: str) -> str:
    return " ".join(text.split()).strip(" ,;:()")


# ----------------------------------------------------------------------- points


@cache
def _point_pattern() -> re.Pattern[str]:
    words = known()["hemisphere"]
    side = any_of([one for sides in words.values() for one in sides])

    def angle(n: int) -> str:
        part = rf"\s*(?P<{{}}{n}>{_NUMBER})\s*"
        minutes = part.format("minutes") + r"(?:'(?!')|′(?!′)|’|分)"
        seconds = part.format("seconds") + r"(?:\"|''|′′|″|”|秒)"
        return (
            rf"(?:(?P<before{n}>{side})\s*)?(?P<degrees{n}>[+-]?{_NUMBER})\s*(?P<sign{n}>°|度)?"
            rf"(?:{minutes})?(?:{seconds})?\s*(?:(?P<after{n}>{side})\.?)?"
        )

    return re.compile(rf"\(?{angle(1)}\s*[,;/ ]\s*{angle(2)}\)?", re.IGNORECASE)


def _points(line: str) -> Iterator[Point]:
    """Yield the points a line can mean: both orders, where nobody says which number is which."""
    found = _point_pattern().fullmatch(line)
    if found is None or not _looks_exact(found):
        return
    first, second = _angle(found, 1), _angle(found, 2)
    sides = [_side(found[f"before{n}"] or found[f"after{n}"]) for n in (1, 2)]
    if any(sides):
        yield from _told(first, second, sides)
        return
    for lat, lon in ((first, second), (second, first)):
        if abs(lat) <= 90 and abs(lon) <= 180:
            yield Point(lat, lon, is_told=False)


def _looks_exact(found: re.Match[str]) -> bool:
    """Say whether these are degrees, and not two whole numbers that may mean anything."""
    told = any(found[f"{part}{n}"] for n in (1, 2) for part in ("sign", "before", "after"))
    return told or all(re.search("[.,]", found[f"degrees{n}"]) for n in (1, 2))


def _angle(found: re.Match[str], n: int) -> float:
    degrees, minutes, seconds = (
        number(found[f"{part}{n}"] or "0") for part in ("degrees", "minutes", "seconds")
    )
    size = abs(degrees) + minutes / 60 + seconds / 3600
    return -size if found[f"degrees{n}"].startswith("-") else size


def _side(word: str | None) -> str:
    if not word:
        return ""
    sides: dict[str, list[str]] = known()["hemisphere"]
    return next(side for side, words in sides.items() if word.lower() in words)


def _told(first: float, second: float, sides: Sequence[str]) -> Iterator[Point]:
    turned = [
        -size if side in ("south", "west") else size
        for size, side in zip((first, second), sides, strict=True)
    ]
    lon_first = sides[0] in ("east", "west") or sides[1] in ("north", "south")
    lat, lon = (turned[1], turned[0]) if lon_first else (turned[0], turned[1])
    if abs(lat) <= 90 and abs(lon) <= 180 and sides[0] != sides[1]:
        yield Point(lat, lon, is_told=True)
