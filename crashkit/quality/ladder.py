"""The rung of the data ladder: what the data have, and what is missing for the next rung."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.quality import columns, places
from crashkit.quality.answers import Flags

ENOUGH = 0.60
"""Data have what so large a share of their crashes has: the limit of grade C of check 1."""

YEARS = 5
GEOMETRY = ("n_lanes", "width_m", "curve", "grade", "carriageway")


@dataclass(frozen=True)
class Rung:
    """A rung: its name, what can be asked of such data, and what should not be asked.

    `missing` says what the data lack for the next rung.
    """

    id: str
    title: Message
    summary: Message
    note: Message
    missing: tuple[Message, ...] = ()


@cache
def _rungs() -> Mapping[str, Rung]:
    file = resources.files("crashkit.quality").joinpath("ladder.toml")
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["rungs"]
    return {
        row["id"]: Rung(
            row["id"], Message(row["title"]), Message(row["summary"]), Message(row["note"])
        )
        for row in rows
    }


def rung(data: CrashData, *, with_traffic: bool = False) -> Rung:
    """Return the highest rung of which the data have everything, and all below it.

    `with_traffic`: a network of roads tells the traffic, so the crashes need not.
    """
    reached = list(_rungs().values())[0]
    for id_, lacking in (
        ("L1", _for_places(data)),
        ("L2", _for_good_places(data)),
        ("L3", () if with_traffic else _for_traffic(data)),
        ("L4", _for_everything(data)),
    ):
        if lacking:
            return Rung(**{**vars(reached), "missing": lacking})
        reached = _rungs()[id_]
    return reached


def _share(flags: Flags) -> float:
    return float(flags.mean()) if flags.size else 0.0


def _lacks(share: float, text: Message) -> tuple[Message, ...]:
    if share >= ENOUGH:
        return ()
    words = {"what": text, "share": int(share * 100), "enough": round(ENOUGH * 100)}
    return (Message("{what}: {share} % of the crashes have it, {enough} % are needed.", words),)


def _for_places(data: CrashData) -> tuple[Message, ...]:
    there = columns.has_point(data) | columns.has_post(data)
    return _lacks(_share(there), Message("Coordinates, or road and km post"))


def _for_good_places(data: CrashData) -> tuple[Message, ...]:
    good = places.is_exact_point(data) | places.is_exact_post(data)
    return _lacks(_share(good), Message("A place known to 50 m"))


def _for_traffic(data: CrashData) -> tuple[Message, ...]:
    return _lacks(_share(columns.known(data, "aadt")), Message("The traffic of the road (AADT)"))


def _for_everything(data: CrashData) -> tuple[Message, ...]:
    geometry = np.any([columns.known(data, name) for name in GEOMETRY], axis=0)
    found = list(_lacks(_share(geometry), Message("The shape of the road")))
    if data.period.years < YEARS:
        found.append(Message("Five years of crashes or more."))
    found.append(Message("Sites that were treated, with the day of the works."))
    return tuple(found)
