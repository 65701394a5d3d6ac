"""Of what kind the people hurt were on the road: their own kind, or the vehicle they were in.

Source: the classes of road_users.toml, which names where they are from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from crashkit.columnar import Levels, Taken
from crashkit.errors import Message
from crashkit.model import CrashData, CutData

OCCUPANT = "occupant"
"""The class of people of whom only the vehicle would tell the class, and it is not known."""


@dataclass(frozen=True)
class Class:
    """A class of road users: `own` kinds of people, and the `vehicles` whose users they are."""

    label: Message
    own: tuple[str, ...]
    vehicles: tuple[str, ...]


@cache
def classes() -> Mapping[str, Class]:
    """Return the classes by name, in the order of tables."""
    text = resources.files("crashkit").joinpath("road_users.toml").read_text("utf-8")
    return {
        name: Class(Message(row["label"]), (*row["as"],), (*row["in"],))
        for name, row in tomllib.loads(text).items()
    }


def of_people(data: CrashData) -> Levels:
    """Return the class of each person listed; worked out once for all crashes of the data set."""
    people = data.table("person")
    if isinstance(data, CutData) and isinstance(people, Taken):
        return of_people(data.whole).take(people.rows)
    found: Levels = data.once("classes of road users", _of_people)
    return found


def _of_people(data: CrashData) -> Levels:
    people = data.table("person")
    names = tuple(classes())
    place = {kind: names.index(name) for name, one in classes().items() for kind in one.own}
    if "road_user_type" not in people:
        own = np.full(len(people), -1, dtype=np.int8)
    else:
        kinds = people.levels("road_user_type")
        own = np.array([*(place.get(kind, -1) for kind in kinds.values), -1], np.int8)[kinds.codes]
    ridden = _by_vehicle(data)
    # Who is on foot stays so, whichever vehicle the record names beside.
    by_itself = (own >= 0) & (own != names.index(OCCUPANT))
    return Levels(np.where(by_itself | (ridden < 0), own, ridden).astype(np.int8), names)


def _by_vehicle(data: CrashData) -> NDArray[np.int8]:
    """Return the class of the vehicle that each person was in; -1 where it is not known."""
    people, vehicles = data.table("person"), data.table("vehicle")
    nothing = np.full(len(people), -1, dtype=np.int8)
    if not len(vehicles) or "unit_type" not in vehicles:
        return nothing
    if "unit_no" not in people or "unit_no" not in vehicles:
        return nothing
    names = tuple(classes())
    place = {kind: names.index(name) for name, one in classes().items() for kind in one.vehicles}
    kinds = vehicles.levels("unit_type")
    of = np.array([*(place.get(kind, -1) for kind in kinds.values), -1], np.int8)[kinds.codes]
    numbers = vehicles.levels("unit_no")
    known = {value: i for i, value in enumerate(numbers.values)}
    there = people.levels("unit_no")
    codes = np.array([*(known.get(value, -1) for value in there.values), -1])[there.codes]
    each = len(known) + 1
    keys = data.crash_of("vehicle").astype(np.int64) * each + numbers.codes
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    wanted = data.crash_of("person").astype(np.int64) * each + codes
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((codes >= 0) & (keys[at] == wanted), of[order[at]], nothing).astype(np.int8)
