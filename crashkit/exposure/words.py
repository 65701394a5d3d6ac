"""What exposure is called, by us and in the tables of others: exposure.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from crashkit import bands
from crashkit.errors import Message
from crashkit.intake import parsing
from crashkit.roads.columns import plain

YEAR, AREA, AGE_BAND, SEX = "year", "area", "age_band", "sex"
QUANTITIES: Mapping[str, Message] = {
    "population": Message("Population"),
    "vehicles": Message("Registered vehicles"),
    "vehicle_km": Message("Vehicle-kilometres"),
}
"""What deaths can be divided by."""

_RATES = {
    "population": Message("Deaths per {per} people"),
    "vehicles": Message("Deaths per {per} vehicles"),
    "vehicle_km": Message("Deaths per {per} vehicle-kilometres"),
}


_AGE_SIGNS = re.compile(r"years?( old)?|лет|года?|周?岁")
_FROM_TO = re.compile(r"(\d{1,3})(?:\s*(?:[-\u2010-\u2015~\uff5e至]|to|до)\s*(\d{1,3}))?")


@cache
def known() -> dict[str, Any]:
    """Return what is known of the names and units of others: `exposure.toml`."""
    text = resources.files("crashkit.exposure").joinpath("exposure.toml").read_text("utf-8")
    return tomllib.loads(text)


def per(quantity: str) -> int:
    """Return for how many people, vehicles or vehicle-km deaths are told."""
    return int(known()["per"][quantity])


def rate_title(quantity: str) -> Message:
    """Return what a rate is called, such as deaths per 100,000 people."""
    return Message(_RATES[quantity].text, {"per": per(quantity)})


_RATES_OF = {
    "population": Message("Rates per {per} people and year"),
    "vehicles": Message("Rates per {per} registered vehicles and year"),
    "vehicle_km": Message("Rates per {per} vehicle-kilometres"),
}


def rates_of(quantity: str) -> Message:
    """Return what rates in a table are called, whatever is counted."""
    return Message(_RATES_OF[quantity].text, {"per": per(quantity)})


def age_band(word: str) -> str | None:
    """Return a band of ages as it is kept: 5-9, 85+, "" for every age; None for what is none.

    >>> age_band("5–9 лет"), age_band("85岁及以上"), age_band("total"), age_band("May-09")
    ('5-9', '85+', '', None)
    """
    told = _AGE_SIGNS.sub("", parsing.digits(word).lower()).strip()
    if not told or is_all(word):
        return ""
    for sign in known()["ages"]["older"]:
        if told.endswith(sign) and told.removesuffix(sign).strip().isdecimal():
            first = int(told.removesuffix(sign))
            return f"{first}+" if 0 < first <= bands.OLDEST else None
    match = _FROM_TO.fullmatch(told)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return f"{first}-{last}" if first <= last < bands.OLDEST else None


def sex(word: str) -> str | None:
    """Return the code of a sex, "" for both; None for what is none."""
    told = plain(word)
    if not told or is_all(word):
        return ""
    return next((code for code, names in known()["sexes"].items() if told in names), None)


def is_all(word: str) -> bool:
    """Say whether a word means every age, or both sexes."""
    return plain(word) in known()["all"] or plain(word) in known()["whole"]


def is_whole(area: str) -> bool:
    """Say whether the word of an area means the whole data set."""
    return not plain(area) or plain(area) in known()["whole"]
