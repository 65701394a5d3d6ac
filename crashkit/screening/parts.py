"""The parts of a screening that were dropped in, and whether data have what they need."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import dropins, profiles
from crashkit.errors import MethodError
from crashkit.method import Measure, Place
from crashkit.model import (
    CrashData,
)
from crashkit.roads.placing import Placed
from crashkit.roads.topology import NOWHERE

LOCATED = {
    "coordinates": ("lon", "lat"),
    "chainage": ("road_key", "chainage_km"),
}


@cache
def places() -> dict[str, Place]:
    """Return every way to cut places, by name."""
    return dropins.parts("crashkit.places", "PLACE", Place)


@cache
def measures() -> dict[str, Measure]:
    """Return every measure, by name."""
    return dropins.parts("crashkit.measures", "MEASURE", Measure)


def posts_by_province(data: CrashData) -> bool:
    """Say whether the source counts its km posts anew in each province, by its import profile."""
    if data.dataset is None:
        return False
    shipped = profiles.all_profiles().get(data.dataset.profile)
    return data.dataset.posts_by_province if shipped is None else shipped.posts_by_province


def place_named(name: str) -> Place:
    """Return one way to cut places. Raises MethodError naming those there are."""
    if name not in places():
        raise MethodError(
            "There is no place {name}; known are {known}.", name=name, known=[*places()]
        )
    return places()[name]


def measure_named(name: str) -> Measure:
    """Return one measure. Raises MethodError naming those there are."""
    if name not in measures():
        raise MethodError(
            "There is no measure {name}; known are {known}.", name=name, known=[*measures()]
        )
    return measures()[name]


def names(params: type[Any]) -> list[str]:
    """Return the names of the parameters of a place or a measure."""
    return [item.name for item in dataclasses.fields(params)]


def has_place(crashes: pd.DataFrame, need: str) -> NDArray[np.bool_]:
    """Say of each crash whether it has the "coordinates" or the "chainage" that are needed."""
    columns = LOCATED[need]
    if not all(name in crashes.columns for name in columns):
        return np.zeros(len(crashes), dtype=bool)
    here = crashes[list(columns)].replace("", None).notna().all(axis=1)
    return here.to_numpy(dtype=bool)


def located(data: CrashData, place: Place, roads: Placed | None = None) -> NDArray[np.bool_]:
    """Say of each crash whether the place can use it."""
    found = np.ones(len(data), dtype=bool)
    for need in place.needs:
        if need in LOCATED:
            found &= has_place(data.crashes, need)
    if "nominated" in place.needs:
        somewhere = has_place(data.crashes, "coordinates") | has_place(data.crashes, "chainage")
        found &= somewhere & bool(data.layers.get("sites"))
    if on_roads(place):
        here = None if lacking(place, roads) or roads is None else roads.of(data)
        found &= False if here is None else (here.junction != NOWHERE) | (here.link != NOWHERE)
    return found


def on_roads(place: Place) -> bool:
    """Say whether a place needs to know where crashes are on roads."""
    return bool({"roads", "topology"} & set(place.needs))


def looks_at_roads(name: str) -> bool:
    """Say whether the place of this name needs to know where crashes are on roads."""
    return on_roads(place_named(name))


def lacking(place: Place, roads: Placed | None) -> str:
    """Return the need of a place, "roads" or "topology", that is not met, or ""."""
    if "roads" in place.needs and (roads is None or roads.topology is None):
        return "roads"
    if "topology" in place.needs and (roads is None or not len(roads.junctions)):
        return "topology"
    return ""


def known(data: CrashData, column: str) -> bool:
    """Say whether a coded field has any value that is known."""
    if not data.has(column):
        return False
    return bool((data.crashes[column].astype(object).fillna("unknown") != "unknown").any())
