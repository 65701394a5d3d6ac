"""People hurt in each crash: those listed one by one, and those a crash only counts.

Whatever tells of people killed or injured counts them here, so that no two pages differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, stats
from crashkit.model import CrashData

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HURT = {"killed": "n_killed", "serious": "n_serious", "slight": "n_slight"}
"""Codes of `injury` that make a person a casualty, and the crash field that counts them."""

INJURED = "injured"
"""All who were hurt and not killed."""


def records(data: CrashData, what: str) -> bool:
    """Say whether a source counts such people: a code of HURT, or injured."""
    people = data.table("person")
    listed = "injury" in people and people.is_told("injury")
    columns = ("n_injured", "n_serious", "n_slight") if what == INJURED else (f"n_{what}",)
    return listed or any(data.has(column) for column in columns)


def deaths(data: CrashData) -> Floats:
    """Return the people killed in each crash.

    Where the source counts nobody killed, of no crash, each fatal crash is one death.
    """
    found: Floats = data.each("deaths", _deaths)
    return found


def _deaths(data: CrashData) -> Floats:
    if not records(data, "killed"):
        return stats.deaths(data)
    crash, _rows, injury = listed(data)
    (more, *_), _lists_more = further(data, crash, injury)
    return np.bincount(crash[injury == 0], minlength=len(data)) + more


def listed(data: CrashData) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """Return the rows of the crashes of people hurt, their own rows, and their places in HURT."""
    rows, crash = members(data, "person")
    if "injury" not in data.table("person"):
        return crash[:0], rows[:0], np.zeros(0, dtype=np.int8)
    levels = data.table("person").levels("injury")
    place = {code: i for i, code in enumerate(HURT)}
    places = np.array([*(place.get(value, -1) for value in levels.values), -1], dtype=np.int8)
    injury = places[levels.codes][rows]
    hurt = injury >= 0
    return crash[hurt], rows[hurt], injury[hurt]


def further(
    data: CrashData, crash: Ints, injury: NDArray[np.int8]
) -> tuple[Sequence[Floats], NDArray[np.bool_]]:
    """Return how many more each crash counts than it lists, and which crashes do.

    The numbers are by HURT, and at the end of those of whom nobody knows how badly.
    """
    there = np.bincount(crash, minlength=len(data)).astype(float)
    said = [np.nan_to_num(filters.numbers(data, column)) for column in HURT.values()]
    injured = np.nan_to_num(filters.numbers(data, "n_injured"))
    total = said[0] + np.maximum(injured, said[1] + said[2])
    more: list[Any] = []
    left = np.maximum(total - there, 0)
    for place, number in enumerate(said):
        listed_so = np.bincount(crash[injury == place], minlength=len(data))
        more.append(np.minimum(left, np.maximum(number - listed_so, 0)))
        left = left - more[-1]
    return [*more, left], (total > 0) & (there > total)


def members(data: CrashData, table: str) -> tuple[Ints, Ints]:
    """Return the rows of members whose crash is in the data, and the row of that crash."""
    crash = data.crash_of(table)
    rows = np.flatnonzero(crash >= 0)
    return rows, crash[rows].astype(np.int64)
