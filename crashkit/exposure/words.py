"""What exposure is called, by us and in the tables of others: exposure.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from crashkit.errors import Message
from crashkit.roads.columns import plain

YEAR, AREA = "year", "area"
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


def is_whole(area: str) -> bool:
    """Say whether the word of an area means the whole data set."""
    return not plain(area) or plain(area) in known()["whole"]
