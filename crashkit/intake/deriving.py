"""What follows from what is known: the calendar, the kind of place, counts, severity, road users.

What a source says itself is kept; where its people say another number, a warning names the crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields
from crashkit.errors import Message
from crashkit.intake import coded
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.coded import Coded, Laid, missing
from crashkit.intake.linking import Linked
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import Table
from crashkit.profiles import Profile
from crashkit.roads import naming

WORST = ("killed", "serious", "slight")
SEVERITY_OF = {"killed": "fatal", "serious": "serious", "slight": "slight"}
COUNTS: Mapping[str, tuple[str, ...]] = {
    "n_killed": ("killed",),
    "n_serious": ("serious",),
    "n_slight": ("slight",),
    "n_injured": ("serious", "slight"),
}
COUNTED: Mapping[str, str] = {
    "n_injured": "injury",
    "n_slight": "slight",
    "n_serious": "serious",
    "n_killed": "fatal",
}
"""The severity that a count of people hurt tells of, the worst last."""
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
            _fill(table, name, coded.constant(count, value))


def _fill(table: Table, name: str, values: Laid) -> None:
    """Give a field values where it has none."""
    table[name] = coded.filled(table[name], values) if name in table else values


# --------------------------------------------------------------- calendar


def _calendar(table: Table, count: int) -> None:
    codes, days = coded.factorized(table.get("crash_date", coded.nothing(count)))
    when = np.array([*days, "NaT"], dtype="datetime64[D]")
    # The last is no day, and nothing is known of it.
    year, month, weekday = np.full((3, len(when)), np.nan)
    year[:-1] = when[:-1].astype("datetime64[Y]").astype(np.int64) + 1970
    month[:-1] = when[:-1].astype("datetime64[M]").astype(np.int64) % 12 + 1
    # 1 January 1970 was a Thursday.
    weekday[:-1] = (when[:-1].astype(np.int64) + 3) % 7 + 1
    precision = table.get("date_precision", coded.nothing(count))
    coarse = coded.equal(precision, "year")
    table["year"], table["month"] = year[codes], np.where(coarse, np.nan, month[codes])
    coarse |= (codes < 0) | coded.equal(precision, "month")
    said = table.get("weekday")
    table["weekday"] = np.where(coarse, np.nan if said is None else _floats(said), weekday[codes])
    if "crash_time" in table:
        codes, words = coded.factorized(table["crash_time"])
        hours = np.array([float(word[:2]) for word in words] + [np.nan])
        table["hour"] = hours[codes]


# ----------------------------------------------------------------- counts


def _tally(values: Laid, words: tuple[str, ...], of: Ints, count: int) -> Ints:
    """Count the members of each crash whose value is one of these words."""
    chosen = coded.is_one_of(values, words)
    return np.bincount(of[chosen], minlength=count).astype(np.int64)


def _counts(linked: Linked, count: int) -> None:
    injury = linked.people.get("injury")
    if injury is not None:
        listed = np.bincount(linked.person_of, minlength=count) > 0
        for name, words in COUNTS.items():
            _count(linked, name, _tally(injury, words, linked.person_of, count), listed)
        if coded.equal(injury, "none").any():
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
    if name in linked.crashes:
        said = coded.plain(linked.crashes[name])
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
        told = ~missing(said) & ~coded.equal(said, "unknown") & ~missing(by_people)
        rows = np.flatnonzero(told)
        differ = coded.plain(said[rows]) != coded.plain(by_people[rows])
        for crash in rows[differ].tolist():
            _say(linked, crash, "severity", str(said[crash]), str(by_people[crash]))
    _fill(table, "severity", by_people)
    _fill(table, "severity", worst_of_counts(table, count))
    _fill(table, "severity", coded.constant(count, "unknown"))


def _worst_of_people(linked: Linked, count: int) -> Coded:
    found = np.full(count, -1, dtype=np.int8)
    injury = linked.people.get("injury", coded.nothing(len(linked.person_of)))
    for place, word in reversed(list(enumerate(WORST))):
        found[_tally(injury, (word,), linked.person_of, count) > 0] = place
    return coded.chosen([SEVERITY_OF[word] for word in WORST], found)


def worst_of_counts(table: Mapping[str, Laid], count: int) -> Coded:
    """Return the severity that the counts of people hurt tell of; None where nobody was counted."""
    found = np.full(count, -1, dtype=np.int8)
    for place, name in enumerate(COUNTED):
        if name in table:
            found[np.nan_to_num(_floats(table[name])) > 0] = place
    return coded.chosen(list(COUNTED.values()), found)


# --------------------------------------------------------------- involved


def _involved(linked: Linked, count: int) -> None:
    """Say whether a kind of road user took part: yes, no, or nothing where nobody can tell."""
    users, units = linked.people.get("road_user_type"), linked.vehicles.get("unit_type")
    kind = linked.crashes.get("crash_type", coded.nothing(count))
    for name, (people, vehicles, kinds) in INVOLVED.items():
        yes = coded.is_one_of(kind, kinds)
        known = np.zeros(count, dtype=bool)
        for values, of, words in (
            (users, linked.person_of, people),
            (units, linked.vehicle_of, vehicles),
        ):
            if values is not None and words:
                yes |= _tally(values, words, of, count) > 0
                known |= _all_known(values, of, count)
        if (known | yes).any():
            said = np.where(yes, 1, np.where(known, 0, -1)).astype(np.int8)
            _fill(linked.crashes, name, coded.chosen(("no", "yes"), said))


def _all_known(values: Laid, of: Ints, count: int) -> Flags:
    """Say for which crashes there are members and the kind of each is known."""
    odd = missing(values) | coded.equal(values, "unknown")
    members, unknown = (np.bincount(some, minlength=count) for some in (of, of[odd]))
    return np.asarray((members > 0) & (unknown == 0), dtype=bool)


# ------------------------------------------------------------------ places


def _roads(table: Table, count: int, profile: Profile) -> None:
    if "road_number" in table or "road_name" in table:
        table["road_key"] = road_keys(table, count, profile)


def road_keys(table: Table, count: int, profile: Profile) -> Laid:
    """Return the road of each row, folded for comparison; None where it is not known."""
    told = (table.get(name, coded.nothing(count)) for name in ("road_number", "road_name"))
    (number, numbers), (name, names) = (coded.factorized(one) for one in told)
    pairs = (number.astype(np.int64) + 1) * (len(names) + 1) + name + 1
    codes, different = pd.factorize(pairs)
    # The last of each is where there is none, at -1.
    numbers, names = (np.append(one, [None]) for one in (numbers, names))
    keys = [
        naming.road_key(numbers[one - 1], names[two - 1], bare=profile.bare_roads)
        for one, two in zip(*np.divmod(different, len(names)), strict=True)
    ]
    return coded.laid(keys, codes)


def _kind_of_place(table: Table, count: int) -> None:
    """Say by what a crash can be placed: a point, a road with a km post, an area, or nothing."""
    found = np.zeros(count, dtype=np.int8)
    for name in ("place", "admin2", "admin1"):
        if name in table:
            found[~missing(table[name])] = 1
    if "road_key" in table and "chainage_km" in table:
        found[~missing(table["road_key"]) & ~missing(table["chainage_km"])] = 2
    if "lat" in table:
        found[~missing(table["lat"])] = 3
    table["location_kind"] = coded.chosen(("none", "area", "route", "point"), found)


def _floats(values: Laid) -> NDArray[np.float64]:
    return coded.plain(values).astype(np.float64, copy=False)


def frame(table: Table, kind: str) -> pd.DataFrame:
    """Return the columns in the order of the dictionary, those without any value left out."""
    order: list[str] = []
    for field in fields.table(kind):
        order += [field.name, f"{field.name}_src"]
    named = [name for name in order if name in table and _has_values(table[name])]
    return pd.DataFrame({name: _series(table[name]) for name in named}, copy=False)


def _has_values(values: Laid) -> bool:
    # The first row settles it for most columns.
    return not missing(values[:1]).all() or not missing(values).all()


def _series(values: Laid) -> pd.Series[Any]:
    if isinstance(values, Coded):
        # In the order of letters, so that neither the order of rows nor other rows show in it.
        own = values.in_order()
        words = pd.Index(own.words, dtype=object)
        return pd.Series(pd.Categorical.from_codes(own.codes, words, validate=False))
    return pd.Series(values, dtype=values.dtype if values.dtype.kind == "f" else object, copy=False)
