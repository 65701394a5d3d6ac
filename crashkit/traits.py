"""What crashes, casualties and vehicles are like: how many have each value of a field.

A crash can have several values of one field: the road users in it, the ages of its drivers, rain
and fog. It counts once at each, so that such counts add up to more than the crashes. What people of
one crash share is kept with the counts, as their spread between crashes. Counts of a part can be
taken from those of the whole: the rest is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import bands, clustered, contrasts, fields, filters, kernels, road_users, tables
from crashkit.columnar import Levels, Rows, smallest
from crashkit.errors import Message
from crashkit.model import CrashData, CutData, Period

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]
Kinds = NDArray[np.signedinteger[Any]]

ROAD_USER, DRIVER_AGE = "road_user", "driver_age"
CAUSES = ("main_cause", "violations", "road_defects", "defects", "ped_action")
"""Fields in which the police write why, in their own words."""

LABELS = {
    ROAD_USER: Message("Road users involved"),
    DRIVER_AGE: Message("Age of the drivers involved"),
    "road_user_class": Message("Road user"),
}
DRIVER_BANDS = "age_irtad"
BETWEEN = ("|", "; ")
"""What stands between several values of one field."""

DOUBLE = ("year", "hour", "location_kind", "official_blackspot")
"""Fields not tried with all others: of the record, or told in broader bands by another field."""

FLAGS = ("pedestrian_involved", "cyclist_involved", "motorcycle_involved", "heavy_vehicle_involved")
"""Fields that say again which road users and vehicles are involved."""

MOST_TEXTS = tables.MOST_TEXTS


@dataclass(frozen=True, eq=False)
class Tally:
    """How many have each value of a field; `unknown` is how many have none that is known.

    Of crashes `squares` and `cross` are the counts themselves. Of people or vehicles, with a of m
    known ones in each crash: `squares` the sum of a² for each value, `cross` of a m, `sizes` of m².
    `crashes` are those with any that is known.
    """

    field: str
    unit: str
    values: tuple[str, ...]
    counts: Floats
    squares: Floats
    cross: Floats
    known: float
    sizes: float
    crashes: int
    unknown: float
    several: bool = False

    @property
    def label(self) -> Message:
        """The label of the field."""
        return label(self.field)

    @property
    def place(self) -> dict[str, int]:
        """The place of each value."""
        return {value: i for i, value in enumerate(self.values)}

    def value_label(self, value: str) -> Message:
        """Return the label of one value."""
        return value_label(self.field, value)

    def count(self, value: str) -> int:
        """Return how many have a value."""
        at = self.place.get(value)
        return 0 if at is None else round(float(self.counts[at]))

    def shares(self, values: Sequence[str]) -> list[contrasts.Share]:
        """Return the share of each value among those that are known, with its design effect."""
        at = [self.place.get(value, -1) for value in values]
        x, squares, cross = (
            np.append(one, 0.0)[at] for one in (self.counts, self.squares, self.cross)
        )
        effects = np.ones(len(at))
        if self.unit != "crashes":
            effects = clustered.design_effects(
                x,
                self.known,
                squares=squares,
                cross=cross,
                sizes=self.sizes,
                crashes=self.crashes,
            )
        return [
            contrasts.Share(float(a), self.known, float(effect))
            for a, effect in zip(x, effects, strict=True)
        ]

    def less(self, part: Tally) -> Tally:
        """Return what is left of these when a part of them is taken away."""
        at = [part.place.get(value, -1) for value in self.values]

        def left(whole: Floats, taken: Floats) -> Floats:
            return np.asarray(np.maximum(whole - np.append(taken, 0.0)[at], 0.0))

        return self._joined(part, self.values, left, -1)

    def plus(self, other: Tally) -> Tally:
        """Return these and those of other crashes together."""
        values = tuple(dict.fromkeys((*self.values, *other.values)))
        own, theirs = ([one.place.get(value, -1) for value in values] for one in (self, other))

        def both(a: Floats, b: Floats) -> Floats:
            return np.asarray(np.append(a, 0.0)[own] + np.append(b, 0.0)[theirs])

        return self._joined(other, values, both, 1)

    def _joined(
        self,
        other: Tally,
        values: tuple[str, ...],
        join: Callable[[Floats, Floats], Floats],
        sign: int,
    ) -> Tally:
        return Tally(
            self.field,
            self.unit,
            values,
            join(self.counts, other.counts),
            join(self.squares, other.squares),
            join(self.cross, other.cross),
            self.known + sign * other.known,
            self.sizes + sign * other.sizes,
            self.crashes + sign * other.crashes,
            self.unknown + sign * other.unknown,
            self.several or other.several,
        )


# ------------------------------------------------------------------------- fields


def label(name: str) -> Message:
    """Return the label of a field."""
    return LABELS.get(name) or filters.label(name)


def value_label(name: str, value: str) -> Message:
    """Return the label of a value of a field."""
    if name == DRIVER_AGE:
        return bands.known()[DRIVER_BANDS].label_of(value)
    if name in CAUSES:
        return filters.plain(value)
    if name == CLASS:
        return road_users.classes()[value].label
    return filters.value_label(name, value)


def offered(data: CrashData, unit: str) -> list[tuple[str, Message]]:
    """List the fields whose values can be counted in these data, found once."""
    found: list[tuple[str, Message]] = data.once(
        f"traits of {unit}", lambda whole: _offered(whole, unit)
    )
    return found


def _offered(data: CrashData, unit: str) -> list[tuple[str, Message]]:
    names = [*causes(data), *(name for name in _MADE if _is_told(data, name))]
    listed = [(name, label(name)) for name in names]
    return [*listed, *tables.fields_offered(data, unit=unit)]


def causes(data: CrashData) -> list[str]:
    """List the fields of these data in which the police say why."""
    found: list[str] = data.once(
        "causes", lambda all_: [name for name in CAUSES if _is_told(all_, name)]
    )
    return found


def _is_told(data: CrashData, name: str) -> bool:
    _, *counts = levels(data, name).counts()
    return any(counts)


def tried_together(names: Iterable[str]) -> list[str]:
    """Return the fields that are tried where all are: no place, nothing told twice."""
    given = list(names)
    left_out = {*DOUBLE, *tables.TEXTS, *(FLAGS if ROAD_USER in given else ())}
    hours = bands.of(bands.HOUR)
    left_out |= {*(hours[1:] if hours[0] in given else ())}
    ages = bands.of(bands.AGE)
    left_out |= {*ages[1:]}
    return [name for name in given if name not in left_out]


# ------------------------------------------------------------------------- counts


def tally(data: CrashData, name: str, unit: str) -> Tally:
    """Count what is counted by one field of those `offered`; it is counted once."""
    found: Tally = data.once(f"tally of {unit} by {name}", lambda all_: _tally(all_, name, unit))
    return found


def _tally(data: CrashData, name: str, unit: str) -> Tally:
    if unit == "crashes":
        return _of_crashes(levels(data, name), name, unit, None)
    if name in (*_MADE, *CAUSES) or tables.is_of_crashes(name):
        return _of_crashes(levels(data, name), name, unit, sizes(data, unit))
    return _of_members(data, name, unit, _kinds(data, name, unit), _total(data, unit))


def sizes(data: CrashData, unit: str) -> Numbers:
    """Return how many people hurt, or vehicles, each crash has."""
    found: Numbers = data.each(f"{unit} of each crash", lambda whole: _sizes(whole, unit))
    return found


def _sizes(data: CrashData, unit: str) -> Numbers:
    members = tables.members(data, unit)
    if members is None:
        return np.ones(len(data), dtype=np.int32)
    found = np.bincount(members.crash, weights=members.weights, minlength=len(data))
    return np.rint(found).astype(np.int32)


def _total(data: CrashData, unit: str) -> int:
    found: int = data.once(f"all {unit}", lambda part: int(sizes(part, unit).sum(dtype=np.int64)))
    return found


def _whole(data: CrashData) -> tuple[CrashData, Rows | None]:
    """Return the crashes that these were cut from, and their rows there; None for all of them."""
    return (data.whole, data.rows) if isinstance(data, CutData) else (data, None)


@dataclass(frozen=True, eq=False)
class _InOrder:
    """People hurt or vehicles in the order of their crashes: those of crash i stand together.

    They begin at `offsets[i]` and end at `offsets[i + 1]`; `order` is where the table of counts has
    them, and `numbers` for how many each stands.
    """

    order: Ints
    offsets: Numbers
    numbers: Numbers


def _in_order(whole: CrashData, unit: str) -> _InOrder:
    found: _InOrder = whole.once(f"{unit} in order", lambda all_: _ordered(all_, unit))
    return found


def _ordered(data: CrashData, unit: str) -> _InOrder:
    members = _members(data, unit)
    of_each = np.bincount(members.crash, minlength=len(data))
    order = np.argsort(members.crash, kind="stable")
    return _InOrder(
        order,
        np.concatenate([[0], np.cumsum(of_each)]).astype(np.int32),
        np.rint(members.weights[order]).astype(np.int32),
    )


def _members(data: CrashData, unit: str) -> tables.Members:
    members = tables.members(data, unit)
    if members is None:
        raise TypeError("people and vehicles are counted by their own fields, crashes are not")
    return members


def _kinds(data: CrashData, name: str, unit: str) -> Levels:
    """Return the known value of each of those `_in_order`, found once for all crashes."""
    whole, _ = _whole(data)
    found: Levels = whole.once(
        f"{unit} in order by {name}", lambda all_: _kinds_of_all(all_, name, unit)
    )
    return found


def _kinds_of_all(data: CrashData, name: str, unit: str) -> Levels:
    told = _members(data, unit).levels(data, name).take(_in_order(data, unit).order)
    return told.renamed([value if _parts(value) else None for value in told.values])


@dataclass(frozen=True, eq=False)
class _Moments:
    """What a `Tally` keeps of people or vehicles, by kind."""

    counts: Ints
    squares: Ints
    cross: Ints
    sizes: int
    crashes: int


def _laid_out(kinds: Levels) -> Kinds:
    """Lay codes out as the loops know them, which are compiled for numbers of two sizes."""
    codes = kinds.codes
    size = np.int8 if codes.dtype == np.int8 else np.int32
    # Codes that nobody may write to, as those of a file are, would be compiled for anew.
    if codes.dtype == size and codes.flags.writeable and codes.flags.c_contiguous:
        return codes
    return np.array(codes, dtype=size)


def _moments(data: CrashData, unit: str, kinds: Levels) -> _Moments:
    """Count the kinds of those `_in_order` over the crashes of these data."""
    whole, rows = _whole(data)
    listed = _in_order(whole, unit)
    groups = np.arange(len(whole), dtype=np.int32) if rows is None else rows
    sums, squares, cross, together = kernels.kind_moments(
        groups.astype(np.int32, copy=False),
        listed.offsets,
        _laid_out(kinds),
        listed.numbers,
        len(kinds.values),
    )
    return _Moments(sums, squares, cross, *together.tolist())


def share_of_crashes(
    data: CrashData, unit: str, has: NDArray[np.bool_], known: NDArray[np.bool_]
) -> contrasts.Share:
    """Return the share of those counted who are in crashes that have something.

    `known` marks the crashes of which it is known, with a flag for each crash, as `has`.
    """
    kinds = np.where(known, has, -1).astype(np.int32)
    crashes, sums, squares = kernels.sums_by_kind(kinds, sizes(data, unit), 2)
    if unit == "crashes":
        return contrasts.Share(float(sums[2]), float(sums[1:].sum()))
    # All of a crash are of one kind.
    own = squares[1:]
    return _share(_Moments(sums[1:], own, own, int(own.sum()), int(crashes[1:].sum())), 1)


def share_together(data: CrashData, name: str, unit: str, values: Sequence[str]) -> contrasts.Share:
    """Return the share of those with any of several values of a field of people or vehicles.

    Those of different values come in one crash too, so that the spread of all together is more
    than that of each.
    """
    kinds = _kinds(data, name, unit)
    of_them = kinds.look_up([value in values for value in kinds.values], missing=False)
    parted = np.where(kinds.codes < 0, -1, np.where(of_them, 0, 1)).astype(np.int8)
    return _share(_moments(data, unit, Levels(parted, ("any", "other"))), 0)


def _share(found: _Moments, kind: int) -> contrasts.Share:
    """Return the share of those of one kind, with its design effect."""
    x, n = float(found.counts[kind]), float(found.counts.sum())
    (effect,) = clustered.design_effects(
        [x],
        n,
        squares=[float(found.squares[kind])],
        cross=[float(found.cross[kind])],
        sizes=float(found.sizes),
        crashes=found.crashes,
    )
    return contrasts.Share(x, n, float(effect))


CLASS = "road_user_class"


def by_road_user(data: CrashData, injuries: Sequence[str]) -> Tally:
    """Count the casualties with one of these injuries by class of road user, see `road_users`."""
    whole, _ = _whole(data)
    kinds: Levels = whole.once(
        f"road users of {', '.join(injuries)}", lambda all_: _road_users_hurt(all_, injuries)
    )
    hurt = sum(int(tables.by_crash(data, one).sum(dtype=np.int64)) for one in injuries)
    return _of_members(data, CLASS, "casualties", kinds, hurt)


def tells_road_users(data: CrashData) -> bool:
    """Say whether the class of at least one casualty is known, without counting them."""
    told: NDArray[np.bool_] = data.each("crashes that tell a road user", _tell_a_road_user)
    return bool(told.any())


def _tell_a_road_user(data: CrashData) -> NDArray[np.bool_]:
    members, order = _members(data, "casualties"), _in_order(data, "casualties").order
    known = _road_users_hurt(data, tuple(tables.HURT)).codes >= 0
    found = np.zeros(len(data), dtype=bool)
    found[members.crash[order][known]] = True
    return found


def _road_users_hurt(data: CrashData, injuries: Sequence[str]) -> Levels:
    """Return the class of those `_in_order` who have one of these injuries."""
    members, order = _members(data, "casualties"), _in_order(data, "casualties").order
    classes = road_users.of_people(data)
    codes = np.append(classes.codes, np.int8(-1))[members.member]
    wanted = [place for place, injury in enumerate((*tables.HURT, "")) if injury in injuries]
    codes[~np.isin(members.injury, wanted)] = -1
    return Levels(codes[order], classes.values)


def _of_crashes(found: Levels, name: str, unit: str, each: Numbers | None) -> Tally:
    """Count by a field of crashes; `each` is how many people or vehicles each has."""
    if each is None:
        crashes = counts = alike = np.array(found.counts())
    else:
        crashes, counts, alike = kernels.sums_by_kind(_laid_out(found), each, len(found.values))
    parts = [_parts(value) for value in found.values]
    told = np.array([False, *(bool(some) for some in parts)])
    values = list(dict.fromkeys(part for some in parts for part in some))
    place = {value: i for i, value in enumerate(values)}
    x, x2 = np.zeros(len(values)), np.zeros(len(values))
    for i, some in enumerate(parts, 1):
        for part in some:
            x[place[part]] += counts[i]
            x2[place[part]] += alike[i]
    there = x > 0
    return Tally(
        field=name,
        unit=unit,
        values=tuple(value for value, is_there in zip(values, there, strict=True) if is_there),
        counts=x[there],
        squares=x2[there],
        cross=x2[there],
        known=float(counts[told].sum()),
        sizes=float(alike[told].sum()),
        crashes=int(crashes[told].sum()),
        unknown=float(counts[~told].sum()),
        several=any(len(some) > 1 for some in parts),
    )


def _of_members(data: CrashData, name: str, unit: str, kinds: Levels, whole: int) -> Tally:
    """Count by a field of people or vehicles, who differ within a crash; `whole` are all."""
    found = _moments(data, unit, kinds)
    there = found.counts > 0
    known = int(found.counts.sum())
    return Tally(
        field=name,
        unit=unit,
        values=tuple(value for value, here in zip(kinds.values, there, strict=True) if here),
        counts=found.counts[there].astype(np.float64),
        squares=found.squares[there].astype(np.float64),
        cross=found.cross[there].astype(np.float64),
        known=float(known),
        sizes=float(found.sizes),
        crashes=found.crashes,
        unknown=float(whole - known),
    )


@lru_cache(maxsize=20_000)
def _parts(value: str) -> tuple[str, ...]:
    """Return the known values that stand in one."""
    found = [value]
    for sign in BETWEEN:
        found = [part for one in found for part in one.split(sign)]
    told = (part.strip() for part in found)
    return tuple(dict.fromkeys(part for part in told if part and part != filters.UNKNOWN))


# ------------------------------------------------------- fields that are made for this


def levels(data: CrashData, name: str) -> Levels:
    """Return the values of each crash of a field, several joined by "|"."""
    if name in _MADE:
        made: Levels = data.each(f"trait {name}", _MADE[name])
        return made
    if name in CAUSES:
        written: Levels = data.each(f"trait {name}", lambda whole: _written(whole, name))
        return written
    found = filters.levels(data, name)
    return Levels(np.full(len(data), -1, dtype=np.int8), ()) if found is None else found


def _written(data: CrashData, name: str) -> Levels:
    """Return what is written of a crash, or of its people or vehicles."""
    table = next((one for one in fields.TABLES if fields.has(one, name)), "crash")
    if name not in data.table(table):
        return Levels(np.full(len(data), -1, dtype=np.int8), ())
    told = data.table(table).levels(name)
    return told if table == "crash" else _joined(data, table, told)


def _road_users(data: CrashData) -> Levels:
    # A driver is in nearly every crash, which tells nothing; the vehicles tell of what.
    words = dict.fromkeys([*fields.code_names("road_user"), *fields.code_names("unit_type")])
    ridden = {vehicle for vehicles in RIDDEN.values() for vehicle in vehicles}
    flags = {
        word: filters.keeps(
            filters.parse({ROAD_USER: ",".join([word, *RIDDEN.get(word, ())])}), data
        )
        for word in words
        if word not in ("driver", filters.UNKNOWN, *ridden)
    }
    return _of_flags(len(data), {word: here for word, here in flags.items() if here.any()})


RIDDEN = {"cyclist": ("bicycle",)}
"""Road users told as well by what they rode: a bicycle in a crash is a cyclist in it."""


def _driver_ages(data: CrashData) -> Levels:
    people = data.table("person")
    if "road_user_type" not in people or not {"age", "age_band"} & set(people.names):
        return _of_flags(len(data), {})
    ages = tables.in_age_bands(people, DRIVER_BANDS)
    kinds = people.levels("road_user_type")
    drives = kinds.look_up([value == "driver" for value in kinds.values], missing=False)
    return _joined(data, "person", Levels(np.where(drives, ages.codes, -1), ages.values))


_MADE: dict[str, Callable[[CrashData], Levels]] = {
    ROAD_USER: _road_users,
    DRIVER_AGE: _driver_ages,
}


def _joined(data: CrashData, table: str, told: Levels) -> Levels:
    """Return for each crash the values that its people or vehicles have; each of them once."""
    crash = data.crash_of(table)
    rows = np.flatnonzero((told.codes >= 0) & (crash >= 0))
    codes, owner = told.codes[rows].astype(np.int64), crash[rows].astype(np.int64)
    kinds = max(len(told.values), 1)
    pairs = np.sort(pd.unique(owner * kinds + codes))
    owner, codes = np.divmod(pairs, kinds)
    if len(told.values) <= MOST_FLAGS:
        bits = np.zeros(len(data), dtype=np.int64)
        np.bitwise_or.at(bits, owner, np.int64(1) << codes)
        return _of_bits(bits, told.values)
    texts = pd.Series(np.array(told.values, dtype=object)[codes]).groupby(owner).agg("|".join)
    found, distinct = pd.factorize(texts)
    place = np.full(len(data), -1, dtype=np.int64)
    place[texts.index.to_numpy()] = found
    return Levels(smallest(place, len(distinct)), tuple(distinct))


MOST_FLAGS = 62
"""So many values fit in one number, a flag each."""


def _of_flags(crashes: int, flags: dict[str, Any]) -> Levels:
    bits = np.zeros(crashes, dtype=np.int64)
    for i, here in enumerate(flags.values()):
        bits |= here.astype(np.int64) << i
    return _of_bits(bits, tuple(flags))


def _of_bits(bits: Ints, values: Sequence[str]) -> Levels:
    codes, distinct = pd.factorize(bits)
    texts = [
        "|".join(value for i, value in enumerate(values) if number >> i & 1) or None
        for number in distinct.tolist()
    ]
    plain = Levels(smallest(codes, len(distinct)), tuple(map(str, distinct.tolist())))
    return plain.renamed(texts)


# ------------------------------------------------------------------------- the rest


@dataclass(frozen=True, eq=False)
class Peers:
    """All crashes of the days that a part looks at, in pieces that are counted once for all."""

    pieces: tuple[CrashData, ...]

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def tally(self, name: str, unit: str) -> Tally:
        """Count all of them by one field."""
        first, *others = (tally(piece, name, unit) for piece in self.pieces)
        for other in others:
            first = first.plus(other)
        return first


def of_period(whole: CrashData, period: Period) -> Peers:
    """Return the crashes of the days that a part looks at; whole years are pieces of their own."""
    if period.stretches == whole.period.stretches:
        return Peers((whole,))
    if period.undated or not _are_whole_years(period, whole.period):
        return Peers((_on_the_days(whole, period),))
    by_year: dict[int, CrashData] = whole.once("crashes by year", _by_year)
    years = [by_year[year] for year in period.calendar_years if year in by_year]
    return Peers(tuple(years) or (_on_the_days(whole, period),))


def _are_whole_years(period: Period, covered: Period) -> bool:
    return not covered.parts and all(
        (start == covered.start or (start.month, start.day) == (1, 1))
        and (end == covered.end or (end.month, end.day) == (12, 31))
        for start, end in period.stretches
    )


def _by_year(whole: CrashData) -> dict[int, CrashData]:
    found = filters.levels(whole, "year")
    if found is None:
        return {}
    return {
        int(float(value)): whole.keep(found.codes == code)
        for code, value in enumerate(found.values)
    }


@lru_cache(maxsize=4)
def _on_the_days(whole: CrashData, period: Period) -> CrashData:
    days = filters.levels(whole, "crash_date")
    if days is None:
        return whole
    hits = [
        any(start.isoformat() <= day <= end.isoformat() for start, end in period.stretches)
        for day in days.values
    ]
    return whole.keep(days.look_up(hits, missing=period.undated), period=period)
