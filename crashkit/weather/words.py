"""What weather is called, by us and in the tables of others: weather.toml and conditions.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from crashkit.errors import Message
from crashkit.roads.columns import plain

DATE, PLACE, LAT, LON, PHENOMENA = "date", "place", "lat", "lon", "phenomena"
QUANTITIES: Mapping[str, Message] = {
    "temp_min": Message("Lowest temperature, °C"),
    "temp_mean": Message("Mean temperature, °C"),
    "temp_max": Message("Highest temperature, °C"),
    "precipitation": Message("Precipitation, mm"),
    "snow": Message("Snow lying, cm"),
    "wind": Message("Strongest wind, m/s"),
    "visibility": Message("Visibility, km"),
}
"""What is measured on a day, in the unit in which it is kept."""
COLUMNS: Mapping[str, Message] = {
    DATE: Message("Date"),
    PLACE: Message("Place of the weather"),
    LAT: Message("Latitude"),
    LON: Message("Longitude"),
    **QUANTITIES,
    PHENOMENA: Message("Phenomena"),
}
"""What a column of a table may be."""


@cache
def known() -> dict[str, Any]:
    """Return what is known of the names, units and words of others: `weather.toml`."""
    return _read("weather.toml")


@cache
def rules() -> dict[str, Any]:
    """Return the conditions of days and what makes a season: `conditions.toml`."""
    return _read("conditions.toml")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("crashkit.weather").joinpath(name).read_text("utf-8"))


@dataclass(frozen=True)
class Condition:
    """A condition of a day: `tests` look at a column (below, from) or at a phenomenon."""

    name: str
    title: Message
    source: str
    tests: tuple[Mapping[str, Any], ...]


@cache
def conditions() -> Mapping[str, Condition]:
    """Return the conditions by name, in the order of lists."""
    return {
        one["name"]: Condition(
            one["name"], Message(one["title"]), one["source"], tuple(one["tests"])
        )
        for one in rules()["condition"]
    }


@cache
def is_whole(place: str) -> bool:
    """Say whether the word of a place means the whole data set."""
    return not plain(place) or plain(place) in known()["whole"]


@cache
def folded(place: str) -> str:
    """Return the name of a place for comparison."""
    return plain(place)


def bare(column: str) -> str:
    """Return the name of a column for comparison; signs of degrees stay as letters."""
    return plain(column.replace("℃", " c").replace("℉", " f"))


@cache
def units_of(quantity: str) -> Mapping[str, Any]:
    """Return the units of a quantity, the one in which it is kept first."""
    found: Mapping[str, Any] = known()["units"][known()["quantities"][quantity]["measured"]]
    return found


def unit_named(quantity: str, column: str) -> tuple[bool, str]:
    """Say whether a column may be this quantity, and in which unit its name says it is ("")."""
    told = bare(column)
    for name in known()["quantities"][quantity]["names"]:
        if told == name:
            return True, ""
        if told.startswith(name + " "):
            rest = told[len(name) + 1 :]
            for unit, about in units_of(quantity).items():
                if rest in about["names"]:
                    return True, unit
    return False, ""


_SIGNS = re.compile(r"[,;|/+&\n()\[\]。，；、]")


@cache
def phenomena(cell: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return which phenomena a cell names, and the words that are not understood."""
    found: set[str] = set()
    strange = []
    for part in _SIGNS.split(cell):
        word = plain(part)
        if not word or word in known()["nothing"]:
            continue
        named = _named(word)
        found |= named
        strange += [] if named else [part.strip()]
    return frozenset(found - {"clear"}), tuple(strange)


def _named(word: str) -> set[str]:
    """Return what a word names; of words within each other the longest counts."""
    hits: list[tuple[int, int, str]] = []
    for name, called in known()["phenomena"].items():
        for one in called:
            hits += [(*span, name) for span in _places(one, word)]
    return {
        name
        for start, end, name in hits
        if not any(
            first <= start and end <= last and last - first > end - start for first, last, _ in hits
        )
    }


def _places(wanted: str, word: str) -> Sequence[tuple[int, int]]:
    edge = "" if not wanted[0].isalpha() or ord(wanted[0]) >= 0x2E80 else r"\b"
    return [match.span() for match in re.finditer(f"{edge}{re.escape(wanted)}{edge}", word)]
