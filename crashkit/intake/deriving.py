"""What follows from what is known: the calendar, the kind of place, counts, severity, road users.

What a source says itself is kept; where its people say another number, a warning names the crash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields
from crashkit.errors import Message
from crashkit.intake import mapping
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.checked import Values, missing
from crashkit.intake.linking import Linked
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import Table
from crashkit.model import constant
from crashkit.profiles import Profile

WORST = ("killed", "serious", "slight")
SEVERITY_OF = {"killed": "fatal", "serious": "serious", "slight": "slight"}
COUNTS: Mapping[str, tuple[str, ...]] = {
    "n_killed": ("killed",),
    "n_serious": ("serious",),
    "n_slight": ("slight",),
    "n_injured": ("serious", "slight"),
}
HEAVY = ("medium_goods", "heavy_goods", "bus", "trolley_tram")
INVOLVED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "pedestrian_involved": (("pedestrian",), (), ("pedestrian",)),
    "cyclist_involved": (("cyclist",), ("bicycle",), ("bicycle",)),
    "motorcycle_involved": ((), ("motorcycle", "moped"), ()),
    "heavy_vehicle_involved": ((), HEAVY, ()),
}
"""For each: the road users, the vehicles and the types of crash that tell of it."""

DISAGREES = Fault(
    "counts_disagree",
    Message(
        "{field} is {value} in the file of crashes, but its people and vehicles make {counted}."
    ),
)

_DASH = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_NUMBERED = re.compile(r"[A-ZА-ЯЁ]{1,4}[ -]?[0-9]{1,5}[A-ZА-ЯЁ]{0,2}")


def derive(linked: Linked, profile: Profile) -> None:
    """Add to the crashes what follows from them, their vehicles and people."""
    table = linked.crashes
    count = len(linked.crash_keys)
    _constants(table, count, profile)
    _calendar(table, count)
    _counts(linked, count)
    _severity(linked, count)
    _involved(linked, count)
    _roads(table, count, profile)
    _kind_of_place(table, count)


def _constants(table: Table, count: int, profile: Profile) -> None:
    for name, value in (
        ("source_id", profile.source_id),
        ("country", profile.country),
        ("killed_definition", profile.killed_definition),
    ):
        if value:
            _fill(table, name, constant(count, value))


def _fill(table: Table, name: str, values: Values) -> None:
    """Give a field values where it has none."""
    before = table.get(name)
    if before is None:
        table[name] = values
    elif (gaps := missing(before)).any():
        table[name] = np.where(gaps, values, before)


# --------------------------------------------------------------- calendar


def _calendar(table: Table, count: int) -> None:
    codes, days = pd.factorize(table.get("crash_date", np.empty(count, dtype=object)))
    when = np.array([*days, "NaT"], dtype="datetime64[D]")
    # The last is no day, and nothing is known of it.
    year, month, weekday = np.full((3, len(when)), np.nan)
    year[:-1] = when[:-1].astype("datetime64[Y]").astype(np.int64) + 1970
    month[:-1] = when[:-1].astype("datetime64[M]").astype(np.int64) % 12 + 1
    # 1 January 1970 was a Thursday.
    weekday[:-1] = (when[:-1].astype(np.int64) + 3) % 7 + 1
    precision = table.get("date_precision")
    coarse = np.zeros(count, dtype=bool) if precision is None else precision == "year"
    table["year"], table["month"] = year[codes], month[codes]
    table["month"][coarse] = np.nan
    coarse |= codes < 0
    if precision is not None:
        coarse |= precision == "month"
    said = table.get("weekday", np.full(count, np.nan))
    table["weekday"] = np.where(coarse, said, weekday[codes])
    time = table.get("crash_time")
    if time is not None:
        codes, words = pd.factorize(time)
        hours = np.array([float(word[:2]) for word in words] + [np.nan])
        table["hour"] = hours[codes]


# ----------------------------------------------------------------- counts


def is_one_of(values: Values, words: Sequence[str]) -> Flags:
    """Say of each value whether it is one of these words."""
    return np.array(pd.Series(values, dtype=object, copy=False).isin(words), dtype=bool)


def _tally(values: Values, words: tuple[str, ...], of: Ints, count: int) -> Ints:
    """Count the members of each crash whose value is one of these words."""
    chosen = is_one_of(values, words)
    return np.bincount(of[chosen], minlength=count).astype(np.int64)


def _counts(linked: Linked, count: int) -> None:
    injury = linked.people.get("injury")
    if injury is not None:
        listed = np.bincount(linked.person_of, minlength=count) > 0
        for name, words in COUNTS.items():
            _count(linked, name, _tally(injury, words, linked.person_of, count), listed)
        if (injury == "none").any():
            # A source that lists the unhurt lists everybody.
            _compare(linked, "n_persons", np.bincount(linked.person_of, minlength=count), listed)
    if len(linked.vehicle_of):
        number = np.bincount(linked.vehicle_of, minlength=count).astype(np.int64)
        _count(linked, "n_vehicles", number, number > 0)


def _count(linked: Linked, name: str, counted: Ints, listed: Flags) -> None:
    _compare(linked, name, counted, listed)
    _fill(linked.crashes, name, np.where(listed, counted.astype(float), np.nan))


def _compare(linked: Linked, name: str, counted: Ints, listed: Flags) -> None:
    """Name the crashes of which the source says another number than its rows make."""
    said = linked.crashes.get(name)
    if said is not None:
        for crash in np.flatnonzero(listed & ~np.isnan(said) & (said != counted)).tolist():
            _say(linked, crash, name, f"{said[crash]:g}", str(counted[crash]))


def _say(linked: Linked, crash: int, name: str, said: str, counted: str) -> None:
    told = Message(DISAGREES.message.text, {"counted": counted})
    linked.warn(crash, name, Fault(DISAGREES.code, told), said)


# --------------------------------------------------------------- severity


def _severity(linked: Linked, count: int) -> None:
    """Derive the severity from people, else from counts; a crash nobody knows of is unknown."""
    table = linked.crashes
    by_people = _worst_of_people(linked, count)
    said = table.get("severity")
    if said is not None:
        told = ~missing(said) & (said != "unknown") & ~missing(by_people) & (said != by_people)
        for crash in np.flatnonzero(told).tolist():
            _say(linked, crash, "severity", str(said[crash]), str(by_people[crash]))
    _fill(table, "severity", by_people)
    _fill(table, "severity", worst_of_counts(table, count))
    _fill(table, "severity", constant(count, "unknown"))


def _worst_of_people(linked: Linked, count: int) -> Values:
    found = np.empty(count, dtype=object)
    injury = linked.people.get("injury")
    if injury is not None:
        for word in reversed(WORST):
            found[_tally(injury, (word,), linked.person_of, count) > 0] = SEVERITY_OF[word]
    return found


def worst_of_counts(table: Table, count: int) -> Values:
    """Return the severity that the counts of people hurt tell of; None where nobody was counted."""
    found = np.empty(count, dtype=object)
    for name, severity in (
        ("n_injured", "injury"),
        ("n_slight", "slight"),
        ("n_serious", "serious"),
        ("n_killed", "fatal"),
    ):
        if name in table:
            found[np.nan_to_num(table[name]) > 0] = severity
    return found


# --------------------------------------------------------------- involved


def _involved(linked: Linked, count: int) -> None:
    """Say whether a kind of road user took part: yes, no, or nothing where nobody can tell."""
    users, units = linked.people.get("road_user_type"), linked.vehicles.get("unit_type")
    kind = linked.crashes.get("crash_type", np.empty(count, dtype=object))
    for name, (people, vehicles, kinds) in INVOLVED.items():
        yes = is_one_of(kind, kinds)
        known = np.zeros(count, dtype=bool)
        for values, of, words in (
            (users, linked.person_of, people),
            (units, linked.vehicle_of, vehicles),
        ):
            if values is not None and words:
                yes |= _tally(values, words, of, count) > 0
                known |= _all_known(values, of, count)
        found = np.empty(count, dtype=object)
        found[known] = "no"
        found[yes] = "yes"
        if (known | yes).any():
            _fill(linked.crashes, name, found)


def _all_known(values: Values, of: Ints, count: int) -> Flags:
    """Say for which crashes there are members and the kind of each is known."""
    odd = missing(values) | (values == "unknown")
    members, unknown = (
        np.bincount(of, minlength=count),
        np.bincount(of[odd.astype(bool)], minlength=count),
    )
    return np.asarray((members > 0) & (unknown == 0), dtype=bool)


# ------------------------------------------------------------------ places


def road_key(number: str | None, name: str | None, *, bare: bool = False) -> str | None:
    """Return a road folded for comparison: one kind of dash and blank, Latin for look-alikes.

    Only what looks alike is made alike, so that the key can be shown. `bare` drops dash and blank.
    """
    word = number or name
    if not word:
        return None
    text = _DASH.sub("-", " ".join(word.split())) if number else " ".join(word.split())
    upper = text.upper()
    if not _NUMBERED.fullmatch(upper):
        return text
    found = mapping.latin(upper)
    return found.replace("-", "").replace(" ", "") if bare else found


def _roads(table: Table, count: int, profile: Profile) -> None:
    if "road_number" in table or "road_name" in table:
        table["road_key"] = road_keys(table, count, profile)


def road_keys(table: Table, count: int, profile: Profile) -> Values:
    """Return the road of each row, folded for comparison; None where it is not known."""
    number = table.get("road_number")
    name = table.get("road_name")
    empty = np.empty(count, dtype=object)
    number, name = (empty if one is None else one for one in (number, name))
    known: dict[tuple[Any, Any], str | None] = {}
    found = np.empty(count, dtype=object)
    for row, pair in enumerate(zip(number.tolist(), name.tolist(), strict=True)):
        if pair not in known:
            known[pair] = road_key(*pair, bare=profile.bare_roads)
        found[row] = known[pair]
    return found


def _kind_of_place(table: Table, count: int) -> None:
    """Say by what a crash can be placed: a point, a road with a km post, an area, or nothing."""
    found = constant(count, "none")
    for name in ("place", "admin2", "admin1"):
        if name in table:
            found[~missing(table[name])] = "area"
    if "road_key" in table and "chainage_km" in table:
        found[~missing(table["road_key"]) & ~np.isnan(_floats(table["chainage_km"]))] = "route"
    if "lat" in table:
        found[~np.isnan(_floats(table["lat"]))] = "point"
    table["location_kind"] = found


def _floats(values: Values) -> NDArray[np.float64]:
    return values.astype(np.float64)


def frame(table: Table, kind: str) -> pd.DataFrame:
    """Return the columns in the order of the dictionary, those without any value left out."""
    order: list[str] = []
    for field in fields.table(kind):
        order += [field.name, f"{field.name}_src"]
    named = [name for name in order if name in table and _has_values(table[name])]
    return pd.DataFrame({name: _series(table[name]) for name in named}, copy=False)


def _has_values(values: Values) -> bool:
    # The first row settles it for most columns.
    return not missing(values[:1]).all() or not missing(values).all()


def _series(values: Values) -> pd.Series[Any]:
    return pd.Series(values, dtype=values.dtype if values.dtype.kind == "f" else object, copy=False)
