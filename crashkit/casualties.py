"""People hurt in each crash: those listed one by one, and those a crash only counts.

Whatever tells of people killed or injured counts them here, so that no two pages differ. A crash
that tells nothing of them is not one in which nobody was hurt: `told` says which do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import evidence, filters, stats
from crashkit.errors import Message, counted
from crashkit.model import CrashData

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HURT = {"killed": "n_killed", "serious": "n_serious", "slight": "n_slight"}
"""Codes of `injury` that make a person a casualty, and the crash field that counts them."""

INJURED = "injured"
"""All who were hurt and not killed."""


ANYBODY = "casualties"
"""All who were killed or injured."""

COUNTED_BY: Mapping[str, tuple[str, ...]] = {
    "killed": ("n_killed",),
    "serious": ("n_serious",),
    "slight": ("n_slight",),
    INJURED: ("n_injured", "n_serious", "n_slight"),
    ANYBODY: ("n_killed", "n_injured", "n_serious", "n_slight"),
}
"""The fields of crashes that count such people."""

SPARING: Mapping[str, tuple[str, ...]] = {
    "killed": ("serious", "slight", "pdo"),
    "serious": ("slight", "pdo"),
    "slight": ("pdo",),
    INJURED: ("pdo",),
    ANYBODY: ("pdo",),
}
"""The severities of a crash in which there are no such people."""


def records(data: CrashData, what: str) -> bool:
    """Say whether a source counts such people: a code of HURT, or injured."""
    people = data.table("person")
    listed = "injury" in people and people.is_told("injury")
    return listed or any(data.has(column) for column in COUNTED_BY[what])


def numbered(data: CrashData, what: str) -> Flags:
    """Say which crashes count such people, none included, or list who was in them."""
    found: Flags = data.each(f"numbered {what}", lambda whole: _numbered(whole, what))
    return found


def _numbered(data: CrashData, what: str) -> Flags:
    found = np.zeros(len(data), dtype=bool)
    for column in COUNTED_BY[what]:
        found |= np.isfinite(filters.numbers(data, column))
    if what in ("serious", "slight"):
        found |= filters.numbers(data, "n_injured") == 0
    people = data.table("person")
    if "injury" in people:
        rows, crash = members(data, "person")
        levels = people.levels("injury")
        known = levels.look_up([one != filters.UNKNOWN for one in levels.values], missing=False)
        found[crash[known[rows]]] = True
    return found


def told(data: CrashData, what: str) -> Flags:
    """Say of which crashes it is known how many such people there are.

    What is a code of HURT, injured or casualties. A crash tells it by a number or by a list, or by
    a severity at which there are none.
    """
    found: Flags = data.each(f"told {what}", lambda whole: _told(whole, what))
    return found


def _told(data: CrashData, what: str) -> Flags:
    return numbered(data, what) | _is_spared(data, what)


def _is_spared(data: CrashData, what: str) -> Flags:
    """Say in which crashes there are no such people, by their severity."""
    levels = filters.levels(data, "severity")
    if levels is None:
        return np.zeros(len(data), dtype=bool)
    return levels.look_up([one in SPARING[what] for one in levels.values], missing=False)


def has_number(data: CrashData, what: str) -> Flags:
    """Say which crashes that may have such people count them.

    Nought of a crash whose severity says as much tells nothing of the others.
    """
    found: Flags = data.each(
        f"number of {what}", lambda whole: numbered(whole, what) & ~_is_spared(whole, what)
    )
    return found


def deaths(data: CrashData) -> Floats:
    """Return the people killed in each crash.

    Where the source counts nobody killed, of no fatal crash of a year, each fatal crash of the year
    is one death: at least that many died.
    """
    found: Floats = data.each("deaths", _deaths)
    return found


def _deaths(data: CrashData) -> Floats:
    if not records(data, "killed"):
        return stats.deaths(data)
    crash, _rows, injury = listed(data)
    (more, *_), _lists_more = further(data, crash, injury)
    counted = np.bincount(crash[injury == 0], minlength=len(data)) + more
    return np.where(_in_uncounted_years(data), np.maximum(counted, _is_fatal(data)), counted)


def deadly_untold(data: CrashData) -> int:
    """Count the fatal crashes that do not tell how many were killed: at least one in each."""
    return int((_is_fatal(data) & ~told(data, "killed")).sum())


def uncounted_years(data: CrashData) -> tuple[int, ...]:
    """Return the years whose fatal crashes are taken for one death each, as nobody counts them."""
    here = _in_uncounted_years(data) & _is_fatal(data)
    return tuple(np.unique(filters.numbers(data, "year")[here]).astype(int).tolist())


def uncounted_notes(years: Sequence[int]) -> tuple[Message, ...]:
    """Say what is counted in years of which nobody tells how many were killed."""
    if not years:
        return ()
    words = {"years": [str(year) for year in years]}
    return (
        Message(
            "Of {years} no fatal crash tells how many were killed: each fatal crash of these years "
            "counts as one death, the fewest that can be.",
            words,
        ),
    )


def _in_uncounted_years(data: CrashData) -> Flags:
    """Say which crashes are of years in which no fatal crash counts the killed, where others do."""
    found: Flags = data.each("in years without a number of killed", _find_uncounted)
    return found


def _find_uncounted(data: CrashData) -> Flags:
    years = filters.levels(data, "year")
    if years is None or not records(data, "killed"):
        return np.zeros(len(data), dtype=bool)
    has_number = years.sums((numbered(data, "killed") & _is_fatal(data)).astype(np.float64))[1:] > 0
    return years.look_up((~has_number).tolist(), missing=False)


def _is_fatal(data: CrashData) -> Flags:
    levels = filters.levels(data, "severity")
    if levels is None:
        return np.zeros(len(data), dtype=bool)
    return levels.look_up([value == "fatal" for value in levels.values], missing=False)


def most_untold() -> float:
    """Return how much may be untold in per cent, as a limit of a rule: see `is_much`."""
    return evidence.limit(lacking("untold"))


@cache
def lacking(of: str) -> float:
    """Return how much may be lacking in per cent, "untold" or "late": see lacking.toml."""
    text = resources.files("crashkit").joinpath("lacking.toml").read_text(encoding="utf-8")
    return float(tomllib.loads(text)[of]["percent"])


def is_much(untold: Any, counted: Any) -> Any:
    """Say whether crashes that do not tell it are too many beside what is counted, also of arrays.

    What is counted is then less than there was, and would look like a fall.
    """
    return 100 * untold > lacking("untold") * (untold + counted)


def doubtful_years(data: CrashData) -> tuple[int, ...]:
    """Return the years of which too many crashes do not tell how many were killed: see `is_much`.

    Years of which none does are not among them: these are `uncounted_years`.
    """
    years = filters.levels(data, "year")
    if years is None or not records(data, "killed"):
        return ()
    untold = (~told(data, "killed") & ~_in_uncounted_years(data)).astype(np.float64)
    much = is_much(years.sums(untold), years.sums(deaths(data)))[1:]
    pairs = zip(years.values, much.tolist(), strict=True)
    return tuple(sorted(int(float(year)) for year, it in pairs if it))


def doubtful_notes(years: Sequence[int]) -> tuple[Message, ...]:
    """Say which years are left out, as too many of their crashes do not tell the killed."""
    if not years:
        return ()
    words = {"years": [str(year) for year in years], "percent": most_untold()}
    return (
        Message(
            "Of {years} more crashes do not tell how many were killed than {percent} % of the "
            "deaths: these years are left out, as they would look like a fall.",
            words,
        ),
    )


def not_in_sum(n: int, what: Sequence[Message]) -> Message:
    """Say how many crashes are not in a sum, as they do not tell how many they had."""
    return counted(
        "{what}: {n} crash does not tell it and is not in the sum.",
        "{what}: {n} crashes do not tell it and are not in the sum.",
        n,
        what=what,
    )


WEIGHED: Mapping[str, tuple[str, Message]] = {
    "killed": ("killed", Message("Killed")),
    "serious": ("serious", Message("Seriously injured")),
    "slight": ("slight", Message("Slightly injured")),
    "unclassified": (INJURED, Message("Injured")),
}
"""What sets of weights for people weigh: whom crashes must tell of, and the words for it."""


def unweighed(data: CrashData, weights: Mapping[str, float], unit: str) -> Flags:
    """Say which crashes do not tell all that a set of weights weighs: it counts as none of it.

    `unit` as in `stats.severity_points`.
    """
    if unit == "crashes" or not stats.counts_people(data):
        return _of_unknown_severity(data) & ("unknown" not in weights)
    whom = [told(data, WEIGHED[one][0]) for one in WEIGHED if weights.get(one)]
    return np.asarray(~np.all(whom, axis=0)) if whom else np.zeros(len(data), dtype=bool)


def unweighed_notes(
    data: CrashData, weights: Mapping[str, float], unit: str
) -> tuple[Message, ...]:
    """Say how many crashes have no weight, or not all of it, as they do not tell what is weighed.

    `unit` as in `stats.severity_points`.
    """
    if unit == "crashes" or not stats.counts_people(data):
        is_lacking = unweighed(data, weights, unit).any()
        text = Message("Crashes of unknown severity have no weight: severity is a lower bound.")
        return (text,) if is_lacking else ()
    together: dict[int, list[Message]] = {}
    for name, (code, label) in WEIGHED.items():
        n = int((~told(data, code)).sum()) if weights.get(name) else 0
        if n:
            together.setdefault(n, []).append(label)
    return tuple(not_in_sum(n, labels) for n, labels in sorted(together.items()))


def _of_unknown_severity(data: CrashData) -> Flags:
    levels = filters.levels(data, "severity")
    if levels is None:
        return np.ones(len(data), dtype=bool)
    return levels.look_up([one in ("", filters.UNKNOWN) for one in levels.values], missing=True)


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
