"""From words that people type to places, events and fields of a site."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from crashkit.errors import Refused
from crashkit.register.nouns import SiteRecord, Spot
from crashkit.register.rules import check_spot
from crashkit.roads import naming

LONGEST_NAME = 120
LONGEST_TEXT = 2_000
DIGITS = 6
"""Decimals of degrees that are kept: a tenth of a metre."""

PLACES = ("lon", "lat", "road", "from_km", "to_km", "radius_m")
"""Words that say where a site is."""
WORDS = {"name": LONGEST_NAME, "settlement": LONGEST_NAME, "why": LONGEST_TEXT}
"""Other words of a site that can be changed, each with the signs it may have."""


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return words as they are kept: on one line, without signs that no screen shows."""
    shown = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C" or sign in "\n\t")
    return " ".join(shown.split())[:longest]


def file_name(name: str) -> str:
    """Return the name of a file as a text: no folders, no signs that no screen shows."""
    return plain(re.split(r"[/\\]", name)[-1], LONGEST_NAME) or "file"


def spot(said: Mapping[str, str]) -> Spot:
    """Read where a site is: lon, lat, road, from_km, to_km, radius_m. Raises Refused.

    A road with one post is that one place; a post may be written 41.350, 41,350 or 41+350.
    """
    first, last = _metres(said.get("from_km", "")), _metres(said.get("to_km", ""))
    lon, lat = _number(said.get("lon", "")), _number(said.get("lat", ""))
    road = plain(said.get("road", ""), LONGEST_NAME)
    found = Spot(
        lon=None if lon is None else round(lon, DIGITS),
        lat=None if lat is None else round(lat, DIGITS),
        road=naming.road_key(road, None) or "",
        from_m=last if first is None else first,
        to_m=first if last is None else last,
        radius_m=_number(said.get("radius_m", "")),
    )
    check_spot(found)
    return found


def _number(words: str) -> float | None:
    text = words.strip().replace(",", ".").replace("\u2212", "-")
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise Refused("“{word}” is no number.", word=plain(words, 40))
    return found


def _metres(words: str) -> int | None:
    km, plus, metres = words.partition("+")
    whole, rest = _number(km), _number(metres)
    if plus and (whole is None or rest is None or not 0 <= rest < 1000):
        raise Refused("“{word}” is no km post; write 41.350 or 41+350.", word=plain(words, 40))
    return None if whole is None else round(whole * 1000 + (rest or 0))


def event(said: Mapping[str, str]) -> tuple[str, date, date | None, str]:
    """Read kind, first day, last day (or None) and text of an event. Raises Refused."""
    until = said.get("until", "").strip()
    first = _day(said.get("day", ""))
    return (
        said.get("kind", "").strip(),
        first,
        _day(until) if until else None,
        plain(said.get("text", "")),
    )


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        raise Refused(
            "“{word}” is no day; write it as 2024-05-31.", word=plain(words, 40)
        ) from None


def fields_of(site: SiteRecord, said: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Return the fields that words change, each with what it is and what it becomes.

    Words that are not said stay as they are. Raises Refused for a word that is none of a site, and
    for a place that cannot be.
    """
    unknown = [name for name in said if name not in (*PLACES, *WORDS)]
    if unknown:
        raise Refused(
            "A site has no field {name} to change; it has: {known}",
            name=unknown[0],
            known=[*WORDS, *PLACES],
        )
    made = {name: plain(said[name], most) for name, most in WORDS.items() if name in said}
    found = {name: (getattr(site, name), new) for name, new in made.items()}
    if any(name in said for name in PLACES):
        new = spot({**words_of(site.spot), **said})
        pairs = {name: (getattr(site.spot, name), getattr(new, name)) for name in SPOT}
        found |= pairs
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


SPOT = ("lon", "lat", "road", "from_m", "to_m", "radius_m")


def words_of(spot: Spot) -> dict[str, str]:
    """Return a place as people type it: what `spot` reads as the same place."""
    return {
        "lon": "" if spot.lon is None else f"{spot.lon:.6f}".rstrip("0").rstrip("."),
        "lat": "" if spot.lat is None else f"{spot.lat:.6f}".rstrip("0").rstrip("."),
        "road": spot.road,
        "from_km": _km(spot.from_m),
        "to_km": _km(spot.to_m),
        "radius_m": "" if spot.radius_m is None else f"{spot.radius_m:g}",
    }


def _km(metres: int | None) -> str:
    return "" if metres is None else f"{metres / 1000:.3f}".rstrip("0").rstrip(".")
