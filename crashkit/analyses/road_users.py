"""Who is hurt: people by road user, the killed and seriously injured first; vehicles by type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from crashkit import contrasts, filters, rankings, stats, tables, traits
from crashkit.analysis import Analysis, Answer, Question, always
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message
from crashkit.rankings import NAN
from crashkit.stats import FEW
from crashkit.traits import Tally

INJURIES = (*tables.HURT, "")
WORST = ("killed", "serious")


def lacks(question: Question) -> Message | None:
    """Say whether any road user, or type of vehicle, is known."""
    if question.unit == "vehicles":
        known = traits.tally(question.data, "unit_type", "vehicles").known
        return None if known else Message("The data do not tell the type of any vehicle.")
    if traits.tells_road_users(question.data):
        return None
    return Message(
        "The data do not tell who was hurt: that needs the people of crashes one by one, each with "
        "the kind of road user."
    )


def answer(question: Question) -> Answer:
    """Return people by road user and injury, or vehicles by type."""
    if question.unit == "vehicles":
        tally = traits.tally(question.data, "unit_type", "vehicles")
        return rankings.ranking(question, tally, title=Message("Vehicles in crashes by type"))
    return _people(question)


def _people(question: Question) -> Answer:
    of = {injury: traits.by_road_user(question.data, (injury,)) for injury in INJURIES}
    severe = traits.by_road_user(question.data, WORST)
    every = traits.by_road_user(question.data, INJURIES)
    names = sorted(every.values, key=lambda one: (-severe.count(one), -every.count(one), one))
    title = Message("Casualties by road user and injury")
    shares = dict(zip(names, severe.shares(names), strict=True))
    lines = [
        (
            every.value_label(name),
            *(of[injury].count(name) for injury in INJURIES),
            every.count(name),
            *_share(shares[name]),
        )
        for name in names
    ]
    if every.unknown:
        counts = (round(of[injury].unknown) for injury in INJURIES)
        unknown = filters.value_label("", "")
        lines.append((unknown, *counts, round(every.unknown), NAN, NAN, NAN))
    columns = (
        Column(Message("Road user")),
        *(Column(_injury(injury), "int") for injury in INJURIES),
        Column(Message("All casualties"), "int", of_all=True),
        Column(Message("Share of the killed and seriously injured"), "percent", 1),
        Column(Message("Lower limit (95 %)"), "percent", 1),
        Column(Message("Upper limit (95 %)"), "percent", 1),
    )
    told = [i for i, injury in enumerate(INJURIES) if of[injury].known + of[injury].unknown]
    kept = [0, *(1 + i for i in told), *range(1 + len(INJURIES), len(columns))]
    table = Table(
        title,
        tuple(columns[i] for i in kept),
        tuple(tuple(line[i] for i in kept) for line in lines),
    )
    return Answer(
        title=title,
        finding=_finding(names, severe, every),
        figure=Figure("ranks", title, _alt(names, severe), _drawn(names, severe), table),
        method=METHOD,
        notes=(
            *rankings.basic_notes(question),
            *rankings.notes_of(every, ()),
            *rankings.clustered_notes(severe, list(shares.values())),
        ),
    )


def _injury(injury: str) -> Message:
    return filters.value_label("injury", injury) if injury else Message("How badly is not known")


def _share(share: contrasts.Share) -> tuple[float, float, float]:
    return (share.value, *share.limits()) if share.n >= FEW else (NAN, NAN, NAN)


def _alt(names: Sequence[str], severe: Tally) -> Message:
    return Message(
        "Bars of the killed and seriously injured by road user; the longest is {value}: {n}.",
        {"value": severe.value_label(names[0]), "n": severe.count(names[0])},
    )


def _drawn(names: Sequence[str], severe: Tally) -> dict[str, Any]:
    """Return bars of the killed and seriously injured; the table tells all casualties."""
    is_enough = severe.known >= FEW
    data = rankings.bars(severe, rankings.ranked(severe, order=names), percent=is_enough)
    across = (
        Message("Share of the killed and seriously injured")
        if is_enough
        else Message("Killed and seriously injured")
    )
    return {**data, "across": across}


def _finding(names: Sequence[str], severe: Tally, every: Tally) -> Message:
    total = round(severe.known)
    if total < FEW:
        return Message(
            "Of {n} casualties with a known road user {severe} were killed or seriously injured: "
            "too few for shares.",
            {"n": round(every.known), "severe": total},
        )
    unknown = round(severe.unknown)
    if unknown > total:
        return Message(
            "Of {all} killed or seriously injured the road user of {unknown} is not known: who is "
            "hurt most, these numbers do not tell.",
            {"all": total + unknown, "unknown": unknown},
        )
    first = severe.shares([names[0]])[0]
    low, high = first.limits()
    words: dict[str, Any] = {
        "value": every.value_label(names[0]),
        "share": rankings.percent(first.value),
        "n": total,
        "all": rankings.percent(every.shares([names[0]])[0].value),
    }
    if math.isnan(low):
        return Message(
            "Of the {n} killed or seriously injured {share} % are “{value}” ({all} % of all "
            "casualties). They were hurt in too few crashes to tell how sure that share is.",
            words,
        )
    words |= {"low": rankings.percent(low), "high": rankings.percent(high)}
    if len(names) > 1 and not _is_ahead(severe, names[0], names[1]):
        return Message(
            "Of the {n} killed or seriously injured {share} % are “{value}” (95 % limits {low} to "
            "{high} %; {all} % of all casualties), and about as many are “{second}”: which of both "
            "are more, these numbers do not tell.",
            words | {"second": every.value_label(names[1])},
        )
    return Message(
        "Of the {n} killed or seriously injured {share} % are “{value}” (95 % limits {low} to "
        "{high} %), more than of any other road user; of all casualties they are {all} %.",
        words,
    )


def _is_ahead(severe: Tally, first: str, second: str) -> bool:
    one, other = severe.shares([first, second])
    effect = max(one.effect, other.effect)
    if math.isnan(effect):
        return False
    return stats.clopper_pearson(one.x / effect, (one.x + other.x) / effect)[0] > 0.5


METHOD = (
    Message(
        "Drivers and passengers stand with the vehicle they were in; of whom it is not known, they "
        "stand for themselves. Classes: WHO, Global status report on road safety; IRTAD."
    ),
    Message(
        "The most killed and seriously injured stand first. Shares are of the killed and seriously "
        "injured whose road user is known."
    ),
    rankings.EXACT,
    rankings.CLUSTERED,
    Message(
        "How much each of them travels is not known here: more casualties are not more risk for "
        "each."
    ),
)

ANALYSIS = Analysis(
    name="road_users",
    title="Road users",
    summary="Who is killed or hurt, by road user; which vehicles are in crashes.",
    theme="who",
    order=20,
    answer=answer,
    units=("casualties", "vehicles"),
    lacks=lacks,
    rests_on=frozenset({traits.ROAD_USER, "road_user_type", "unit_type", *traits.FLAGS}),
    public=always,
)
