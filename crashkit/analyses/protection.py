"""Alcohol, drugs, seat belts and helmets: what is known of them, by how severe it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import clustered, filters, rankings, road_users, tables
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, chosen
from crashkit.blocks import TOTAL, Column, Figure, Table
from crashkit.errors import Message, NoCount
from crashkit.model import SEVERITIES, CrashData, CutData
from crashkit.rankings import NAN
from crashkit.stats import FEW

Flags = NDArray[np.bool_]
EQUIPMENT = "safety_equipment"


@dataclass(frozen=True)
class Asked:
    """One thing that can be known: its words, the values that say it, and those that deny it.

    `classes` are the road users it is asked of; of crashes it is asked of their drivers.
    """

    unit: str
    field: str
    label: Message
    title: Message
    found: Message
    yes: tuple[str, ...]
    no: tuple[str, ...]
    finding: Message
    classes: tuple[str, ...] = ()


BELT_FINDING = Message(
    "Of {n} {who} whose seat belt or child seat is known {share} % used none (95 % limits {low} to "
    "{high} %)."
)
HELMET_FINDING = Message(
    "Of {n} {who} whose helmet is known {share} % wore none (95 % limits {low} to {high} %)."
)
ALCOHOL_FINDING = Message(
    "In {share} % of the {n} {who} with a known test for alcohol a driver was found positive (95 % "
    "limits {low} to {high} %)."
)
DRUGS_FINDING = Message(
    "In {share} % of the {n} {who} with a known test for drugs a driver was found positive (95 % "
    "limits {low} to {high} %)."
)
THINGS: Mapping[str, Asked] = {
    "belt": Asked(
        "casualties",
        EQUIPMENT,
        Message("Seat belts and child seats"),
        Message("Casualties in cars, buses and goods vehicles by injury and seat belt"),
        Message("Without"),
        yes=("none",),
        no=("belt", "child_seat"),
        finding=BELT_FINDING,
        classes=("car", "bus", "goods"),
    ),
    "helmet": Asked(
        "casualties",
        EQUIPMENT,
        Message("Helmets of riders"),
        Message("Riders of motorcycles, mopeds and three-wheelers hurt, by injury and helmet"),
        Message("Without"),
        yes=("none",),
        no=("helmet",),
        finding=HELMET_FINDING,
        classes=("rider",),
    ),
    "alcohol": Asked(
        "crashes",
        "alcohol",
        Message("Alcohol of drivers"),
        Message("Crashes by severity and alcohol of a driver"),
        Message("A driver positive"),
        yes=("positive",),
        no=("negative",),
        finding=ALCOHOL_FINDING,
    ),
    "drugs": Asked(
        "crashes",
        "drugs",
        Message("Drugs of drivers"),
        Message("Crashes by severity and drugs of a driver"),
        Message("A driver positive"),
        yes=("positive",),
        no=("negative",),
        finding=DRUGS_FINDING,
    ),
}
ROWS = {"casualties": tuple(tables.HURT), "crashes": SEVERITIES}
FIELD = {"casualties": "injury", "crashes": "severity"}


@dataclass(frozen=True, eq=False)
class Known:
    """Those asked about, one by one: their crash, how many, how severe, and what is known.

    `level` is the place of the severity in ROWS, after them what is unknown; `has` and `known` say
    whether it is so, and whether that is known.
    """

    crash: NDArray[np.int64]
    weight: NDArray[np.float64]
    level: NDArray[np.int8]
    has: Flags
    known: Flags

    def by_level(self, levels: int) -> Iterator[Known]:
        """Cut those of each of the first `levels` levels out, after one sort of all."""
        order = np.argsort(self.level, kind="stable")
        every = Known(*(one[order] for one in self._columns))
        ends = np.searchsorted(every.level, np.arange(levels + 1))
        for start, end in pairwise(ends):
            yield Known(*(one[start:end] for one in every._columns))

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.crash, self.weight, self.level, self.has, self.known


def _offered(question: Question) -> Options:
    return tuple(
        (name, one.label)
        for name, one in THINGS.items()
        if one.unit == question.unit and _is_told(question.whole, name)
    )


def _is_told(data: CrashData, name: str) -> bool:
    told: bool = data.once(
        f"known: {name}", lambda whole: bool(_known(whole, THINGS[name]).known.any())
    )
    return told


BY = Choice("by", Message("What is asked"), _offered)


def lacks(question: Question) -> Message | None:
    """Say whether any belt or helmet of people hurt, or any test of a driver, is known."""
    if _offered(question):
        return None
    if question.unit == "crashes":
        return Message("The data do not tell the test of any driver for alcohol or drugs.")
    return Message("The data do not tell of anybody hurt whether a belt or a helmet was used.")


def answer(question: Question) -> Answer:
    """Return what is known by severity, with the share among the known and its limits."""
    asked = THINGS[chosen(BY, question)]
    known = _known(question.data, asked)
    lines = [*_lines(known, asked)]
    return Answer(
        title=asked.title,
        finding=_finding(lines, asked),
        figure=Figure("ranks", asked.title, _alt(lines, asked), _drawn(lines, asked), _table(
            lines, asked
        )),
        method=METHOD[asked.unit],
        notes=(*rankings.basic_notes(question), *_notes(known)),
    )  # fmt: skip


# ------------------------------------------------------------------ counts


def _known(data: CrashData, asked: Asked) -> Known:
    return _of_crashes(data, asked) if asked.unit == "crashes" else _of_people(data, asked)


def _of_people(data: CrashData, asked: Asked) -> Known:
    members = tables.members(data, "casualties")
    if members is None:
        raise TypeError("casualties are counted one by one")
    # Of crashes cut from others the members are rows of the people of all.
    classes = road_users.of_people(data.whole if isinstance(data, CutData) else data)
    here = np.flatnonzero(np.append(_is(classes, asked.classes), False)[members.member])
    found = members.levels(data, asked.field)
    has, denied = (_is(found, words)[here] for words in (asked.yes, asked.no))
    return Known(
        members.crash[here],
        members.weights[here],
        members.injury[here].astype(np.int8),
        has,
        has | denied,
    )


def _of_crashes(data: CrashData, asked: Asked) -> Known:
    n = len(data)
    has, denied = (_any_driver(data, asked.field, words) for words in (asked.yes, asked.no))
    severities = filters.levels(data, "severity")
    place = {code: i for i, code in enumerate(SEVERITIES)}
    level = np.full(n, len(SEVERITIES), dtype=np.int8)
    if severities is not None:
        places = [*(place.get(one, len(SEVERITIES)) for one in severities.values), len(SEVERITIES)]
        level = np.array(places, dtype=np.int8)[severities.codes]
    return Known(np.arange(n, dtype=np.int64), np.ones(n), level, has, has | denied)


def _any_driver(data: CrashData, field: str, words: Sequence[str]) -> Flags:
    """Say of each crash whether one of its drivers has one of the words."""
    people = data.table("person")
    found = np.zeros(len(data), dtype=bool)
    if field not in people:
        return found
    such = _is(people.levels(field), words)
    if "road_user_type" in people:
        such &= _is(people.levels("road_user_type"), ("driver",))
    crash = data.crash_of("person")[such]
    found[crash[crash >= 0]] = True
    return found


def _is(levels: Any, words: Sequence[str]) -> Flags:
    flags: Flags = levels.look_up([one in words for one in levels.values], missing=False)
    return flags


# ------------------------------------------------------------------- lines


@dataclass(frozen=True)
class Line:
    """One severity: how many are so, are not so, and are not known; the share of the known."""

    key: str
    label: Message
    has: int
    has_not: int
    unknown: int
    share: clustered.Limits | None

    @property
    def known(self) -> int:
        """Those of whom it is known."""
        return self.has + self.has_not


def _lines(known: Known, asked: Asked) -> Iterator[Line]:
    """Return a line for each severity that is there, and one for all."""
    keys = ROWS[asked.unit]
    for key, those in zip(keys, known.by_level(len(keys)), strict=True):
        if those.weight.sum():
            yield _line(key, filters.value_label(FIELD[asked.unit], key), those)
    yield _line("", TOTAL, known)


def _line(key: str, label: Message, those: Known) -> Line:
    told = np.flatnonzero(those.known)
    has, weight = those.has[told], those.weight[told]
    x, n, every = (round(float(one.sum())) for one in (weight[has], weight, those.weight))
    share = clustered.share(has, those.crash[told], weight) if n >= FEW else None
    return Line(key, label, x, n - x, every - n, share)


def _finding(lines: Sequence[Line], asked: Asked) -> Message:
    """Say the share of the worst of whom enough is known; of few, and of unknown ones, none."""
    total = lines[-1]
    if total.known < FEW:
        return Message("It is known of {n}: too few for shares.", {"n": total.known})
    first = next(one for one in lines if one.share is not None)
    if first.unknown > first.known:
        return Message(
            "It is known of {n} and not known of {unknown}: those known may differ from the "
            "others, so nothing is said of all.",
            {"n": first.known, "unknown": first.unknown},
        )
    if first.share is None:
        raise AssertionError("a line with a share was asked for")
    who = WHO[first.key] if first.key in WHO else tables.UNIT_LABELS[asked.unit]
    found = first.share
    numbers = {"share": found.value, "low": found.low, "high": found.high}
    words = {name: round(100 * one, 1) for name, one in numbers.items()}
    return Message(asked.finding.text, {**words, "n": first.known, "who": who})


WHO = {
    "killed": Message("killed"),
    "serious": Message("seriously injured"),
    "slight": Message("slightly injured"),
    "fatal": Message("fatal crashes"),
}


def _alt(lines: Sequence[Line], asked: Asked) -> Message:
    return Message(
        "Bars of the share by severity: {title}. It is known of {n}.",
        {"title": asked.title, "n": lines[-1].known},
    )


def _drawn(lines: Sequence[Line], asked: Asked) -> dict[str, Any]:
    """Return a bar for each severity that has a share; counts where shares say nothing."""
    enough = any(one.share is not None for one in lines)
    drawn = [one for one in lines if one.share is not None or not enough]
    return {
        "rows": tuple(_bar(one, enough=enough) for one in drawn),
        "field": FIELD[asked.unit],
        "percent": enough,
        "across": Message("{found}, share of those known", {"found": asked.found})
        if enough
        else asked.found,
    }


def _bar(one: Line, *, enough: bool) -> dict[str, Any]:
    said = Message("{n} of {known}", {"n": one.has, "known": one.known})
    found = one.share
    return {
        "key": rankings.SEVERITY_KEYS.get(one.key, one.key),
        "label": one.label,
        "note": said,
        "told": said,
        "value": (NAN if found is None else found.value) if enough else float(one.has),
        "lower": NAN if found is None else found.low,
        "upper": NAN if found is None else found.high,
    }


def _table(lines: Sequence[Line], asked: Asked) -> Table:
    has_not = Message("With") if asked.unit == "casualties" else Message("Drivers tested negative")
    columns = (
        Column(filters.label(FIELD[asked.unit])),
        Column(asked.found, "int"),
        Column(has_not, "int"),
        Column(Message("Not known"), "int"),
        Column(Message("Share of known"), "percent", 1),
        Column(Message("Lower limit (95 %)"), "percent", 1),
        Column(Message("Upper limit (95 %)"), "percent", 1),
    )
    rows = []
    for one in lines:
        found = one.share
        shares = (NAN,) * 3 if found is None else (found.value, found.low, found.high)
        rows.append((one.label, one.has, one.has_not, one.unknown, *shares))
    width = len(columns) if any(one.share is not None for one in lines) else 4
    return Table(asked.title, columns[:width], tuple(row[:width] for row in rows), total_row=True)


def _notes(known: Known) -> Iterator[Message]:
    lost = round(float(known.weight[~known.known].sum()))
    if lost:
        every = round(float(known.weight.sum()))
        words = {"n": lost, "all": every}
        yield Message("Of {n} of {all} it is not known; they are in no share.", words)


SEVERITY_GIVEN = Message(
    "Limits of shares are those of Korn and Graubard (1998), by the spread between crashes. Fewer "
    "than {n} have no share.",
    {"n": NoCount(FEW)},
)
METHOD = {
    "casualties": (
        Message(
            "Counted are people hurt, by what they rode in. The share among those hurt is not the "
            "share on the road: who is protected is often not hurt, and not in these data."
        ),
        SEVERITY_GIVEN,
    ),
    "crashes": (
        Message(
            "A crash counts as known where a driver was found positive or negative; refused tests "
            "and drivers not tested are not known. Who is tested is seldom drawn by chance: where "
            "the police test on suspicion, the share is too high."
        ),
        SEVERITY_GIVEN,
    ),
}

ANALYSIS = Analysis(
    name="protection",
    title="Alcohol, belts and helmets",
    summary="Seat belts and helmets of those hurt, alcohol and drugs of drivers, by severity.",
    theme="who",
    order=30,
    answer=answer,
    units=("casualties", "crashes"),
    choices=(BY,),
    lacks=lacks,
)
