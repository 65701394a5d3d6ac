"""What is unusual: values of fields that are more, or less, frequent here than among the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crashkit import bands, contrasts, rankings, tables, traits
from crashkit.analysis import Analysis, Answer, Question, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message, counted, within
from crashkit.rankings import EVERY, NAN, Against
from crashkit.stats import FEW
from crashkit.traits import Tally

SAME = {
    "severity": ("injury",),
    "hour": bands.of(bands.HOUR),
    "road_user": ("road_user_type", "unit_type", *traits.FLAGS),
    "person.age": (traits.DRIVER_AGE, *bands.of(bands.AGE)),
    "person.age_band": (traits.DRIVER_AGE, *bands.of(bands.AGE)),
    "person.road_user_type": (traits.ROAD_USER,),
    "vehicle.unit_type": (traits.ROAD_USER,),
    "pedestrian_involved": (traits.ROAD_USER,),
    "cyclist_involved": (traits.ROAD_USER,),
    "motorcycle_involved": (traits.ROAD_USER,),
}
"""Fields that say the same as a key of the filter, by that key."""


def offered(question: Question) -> list[tuple[str, Message]]:
    """List every field together, and each for itself."""
    return [(EVERY, rankings.EVERY_FIELD), *rankings.offered(question)]


BY = rankings.field_choice(offered)


@dataclass(frozen=True, eq=False)
class Compared:
    """The fields of the crashes through the filter and of the rest, side by side.

    `by_filter` are fields that the filter itself chooses, `obscure` those of which most is unknown:
    both are not compared.
    """

    fields: tuple[tuple[Tally, Tally], ...]
    by_filter: tuple[str, ...]
    obscure: tuple[tuple[Tally, Tally], ...]
    rest: int


def lacks(question: Question) -> Message | None:
    """Say whether anything is known of what is counted."""
    if rankings.offered(question):
        return None
    return Message("The data tell nothing by which these could be compared.")


def answer(question: Question) -> Answer:
    """Return what stands out against the rest, or without a rest how often each value is there."""
    name = chosen(BY, question)
    peers = traits.of_period(question.whole, question.data.period)
    if len(peers) <= len(question.data):
        return _without_rest(question, name)
    fields = _tried(question, peers) if name == EVERY else [name]
    compared = _compared(question, peers, fields)
    rows = rankings.judged(list(_rows(compared, every=name == EVERY)))
    return _answer(question, name, compared, _ordered(rows, name))


# ---------------------------------------------------------------------- without a rest


def _without_rest(question: Question, name: str) -> Answer:
    field = name if name != EVERY else _first(question)
    tally = traits.tally(question.data, field, question.unit)
    whole = len(question.data) == len(question.whole)
    reason = (
        Message(
            "All crashes pass, so there is no rest to compare with: this is a ranking. Choose a "
            "filter, such as a road, a place or a severity, to see what is unusual there."
        )
        if whole
        else Message(
            "All crashes of these days pass, so there is no rest of the same days to compare with: "
            "this is a ranking. To compare with other days, use “Two filters compared”."
        )
    )
    title = Message(
        "{unit} by {field}, with no rest to compare with",
        {"unit": tables.UNIT_LABELS[question.unit], "field": within(tally.label)},
    )
    return rankings.ranking(question, tally, title=title, warnings=(reason,))


def _first(question: Question) -> str:
    names = traits.tried_together([code for code, _ in rankings.offered(question)])
    wished = [one for one in ("crash_type", "injury", "unit_type") if one in names]
    return (wished or names or [code for code, _ in rankings.offered(question)])[0]


# ------------------------------------------------------------------------- compared


def _tried(question: Question, peers: traits.Peers) -> list[str]:
    """Return the fields tried together; where most road users are unknown, the flags of each kind.

    A source can tell of every crash whether a pedestrian was in it, and of few who else was.
    """
    names = [code for code, _ in rankings.offered(question)]
    if traits.ROAD_USER in names:
        here = traits.tally(question.data, traits.ROAD_USER, question.unit)
        there = peers.tally(traits.ROAD_USER, question.unit).less(here)
        if rankings.is_mostly_unknown(here, there):
            names.remove(traits.ROAD_USER)
    return traits.tried_together(names)


def _compared(question: Question, peers: traits.Peers, names: Sequence[str]) -> Compared:
    chosen_by = {other for key in question.by_filter for other in (key, *SAME.get(key, ()))}
    chosen_by |= {key.rpartition(".")[2] for key in question.by_filter}
    found, left_out, obscure, rest = [], [], [], 0.0
    for name in names:
        here = traits.tally(question.data, name, question.unit)
        there = peers.tally(name, question.unit).less(here)
        rest = there.known + there.unknown
        if name in chosen_by or _is_parted(here, there):
            left_out.append(name)
        elif rankings.is_mostly_unknown(here, there):
            obscure.append((here, there))
        else:
            found.append((here, there))
    if not found:
        # A field that is asked for alone is shown all the same.
        here = traits.tally(question.data, names[0], question.unit)
        found = [(here, peers.tally(names[0], question.unit).less(here))]
    return Compared(tuple(found), tuple(left_out), tuple(obscure), round(rest))


def _is_parted(here: Tally, there: Tally) -> bool:
    """Say whether no value is on both sides: the filter chose by this field."""
    if min(here.known, there.known) < FEW or (here.unknown and there.unknown):
        return False
    return not any(here.count(value) and there.count(value) for value in here.values)


def _is_the_filter(here: Tally, there: Tally, value: str) -> bool:
    """Say whether all here have a value and none of the rest has it: it is the filter again."""
    return here.count(value) == round(here.known) >= FEW and not there.count(value)


def _rows(compared: Compared, *, every: bool) -> Iterable[Against]:
    for here, there in compared.fields:
        values = [
            value
            for value in rankings.tried_values(here, there)
            if not (every and _is_the_filter(here, there, value))
        ]
        pairs = zip(values, here.shares(values), there.shares(values), strict=True)
        unknown = (here.unknown, there.unknown)
        enough = (
            min(here.known, there.known) >= FEW
            and here.field not in compared.by_filter
            and not rankings.is_mostly_unknown(here, there)
        )
        for value, one, other in pairs:
            label = here.value_label(value)
            if every:
                label = Message("{field}: {value}", {"field": here.label, "value": label})
            found = (
                contrasts.share_ratio(one, other) if enough else contrasts.Contrast(NAN, NAN, NAN)
            )
            yield Against(here.field, value, label, one, other, found, unknown=unknown)


def _ordered(rows: list[Against], name: str) -> list[Against]:
    """Return fields in their own order as they are, else what stands out first."""
    if name in (*tables.WHOLE_AXES, *tables.SMALL_NUMBERS, *bands.known()):
        place = {value: i for i, value in enumerate(tables.in_order(name, [r.value for r in rows]))}
        return sorted(rows, key=lambda one: place[one.value])

    def order(one: Against) -> tuple[bool, int, float, float, str]:

        ratio = one.contrast.value
        certain = one.contrast.lower if one.mark > 0 else one.contrast.p
        far = -certain if one.mark > 0 else certain
        high = math.inf if math.isnan(ratio) else -ratio
        return not one.mark, -one.mark, math.inf if math.isnan(far) else far, high, one.value

    return sorted(rows, key=order)


# -------------------------------------------------------------------------- answered


def _answer(question: Question, name: str, compared: Compared, rows: list[Against]) -> Answer:
    every = name == EVERY
    unit = tables.UNIT_LABELS[question.unit]
    field = rankings.EVERY_FIELD if every else traits.label(name)
    title = Message(
        "{unit}: what is more frequent here than among the rest. {field}",
        {"unit": unit, "field": field},
    )
    table = _table(title, field, rows)
    drawn = rows[: rankings.MOST_DRAWN]
    data = rankings.ratio_data(
        [_drawn(one) for one in drawn],
        across=Message("Times as frequent as among the rest"),
        more=Message("More frequent here"),
        less=Message("Less frequent here"),
    )
    alt = Message(
        "Ratios of {n} values with their limits; {more} are more frequent here beyond chance, "
        "{less} less.",
        {
            "n": len(drawn),
            "more": sum(one.mark > 0 for one in drawn),
            "less": sum(one.mark < 0 for one in drawn),
        },
    )
    return Answer(
        title=title,
        finding=_finding(question, compared, rows),
        figure=Figure("ratios", title, alt, data, table),
        method=METHOD,
        notes=(
            *rankings.basic_notes(question),
            Message(
                "The rest are all {n} others of the data set in the same days: {unit} that do not "
                "pass the filter.",
                {"n": compared.rest, "unit": unit},
            ),
            *_notes(compared, rows, every=every),
        ),
        warnings=tuple(_warnings(compared, rows, name)),
    )


def _table(title: Message, field: Message, rows: Sequence[Against]) -> Table:
    columns = (
        Column(field),
        Column(Message("Here"), "int"),
        Column(Message("Share here"), "percent", 1),
        Column(Message("The rest"), "int"),
        Column(Message("Share of the rest"), "percent", 1),
        Column(Message("Ratio"), "float", 2),
        Column(Message("Lower limit"), "float", 2),
        Column(Message("Upper limit"), "float", 2),
        Column(Message("q (false discoveries)"), "chance", 3),
        Column(Message("In words"), "text"),
    )
    return Table(title, columns, tuple(_line(one) for one in rows))


def _line(one: Against) -> tuple[Any, ...]:
    few_here, few_there = (side.n < FEW or one.is_obscure for side in (one.here, one.there))
    return (
        one.label,
        one.n,
        NAN if few_here else one.here.value,
        round(one.there.x),
        NAN if few_there else one.there.value,
        *(rankings.finite(x) for x in (one.contrast.value, one.contrast.lower, one.contrast.upper)),
        one.q,
        _in_words(one),
    )


BEYOND = {
    1: Message("{band}, beyond chance"),
    -1: Message("{band}, beyond chance"),
    0: Message("{band}, within what chance does"),
}


def _in_words(one: Against) -> Message | None:
    band = rankings.band_of(one.contrast.value)
    if band is None:
        return Message("mostly unknown") if one.is_obscure else Message("too few")
    said = Message(BEYOND[one.mark].text, {"band": band})
    return Message("{said}; few", {"said": said}) if one.is_few else said


def _drawn(one: Against) -> dict[str, Any]:
    ratio = one.contrast.value
    note = Message("{n}", {"n": one.n})
    if math.isfinite(ratio):
        note = Message("× {ratio} (n = {n})", {"ratio": rankings.told(ratio), "n": one.n})
    words = {
        "n": one.n,
        "known": round(one.here.n),
        "m": round(one.there.x),
        "rest": round(one.there.n),
        **_said(one),
    }
    return {
        "label": one.label,
        "note": note,
        "told": Message(
            "{n} of {known} here, {m} of {rest} of the rest: ratio {ratio} ({low} to {high})", words
        ),
        "ratio": ratio,
        "lower": one.contrast.lower,
        "upper": one.contrast.upper,
        "mark": one.mark,
    }


def _said(one: Against) -> dict[str, Any]:
    found = one.contrast
    return {
        name: rankings.told(value) if math.isfinite(value) else None
        for name, value in (("ratio", found.value), ("low", found.lower), ("high", found.upper))
    }


# ----------------------------------------------------------------------- what is said

MORE = Message(
    "{unit}: {value} is {ratio} times as frequent here as among the rest: {share} % against "
    "{others} % (95 % limits {low} to {high}, widened for the choice; n = {n}). Values that "
    "stand out: {out} of {tried} that were tried."
)
ONLY = Message(
    "{unit}: {value} is found only here: {n} of {known}, none of {rest} of the rest (at least "
    "{low} times as frequent). Values that stand out: {out} of {tried} that were tried."
)
RARER = Message(
    "{unit}: {value} is rarer here than among the rest: {share} % against {others} %, {ratio} "
    "times as frequent (95 % limits {low} to {high}, widened for the choice; n = {n}). Values "
    "that stand out: {out} of {tried} that were tried."
)


def _finding(question: Question, compared: Compared, rows: Sequence[Against]) -> Message:
    unit = tables.UNIT_LABELS[question.unit]
    tried = sum(not math.isnan(one.contrast.p) for one in rows)
    if compared.obscure and not tried:
        return _told_of_few(unit, compared)
    known = max((round(here.known) for here, _ in compared.fields), default=0)
    if known < FEW or compared.rest < FEW:
        return Message(
            "{unit}: {n} here and {rest} of the rest are too few to be compared.",
            {"unit": unit, "n": known, "rest": compared.rest},
        )
    out = [one for one in rows if one.mark]
    if not tried:
        return Message("{unit}: nothing here can be compared with the rest.", {"unit": unit})
    if not out:
        return Message(
            "{unit}: no value is more or less frequent here than chance allows ({tried} tried). "
            "That does not prove that here is like the rest.",
            {"unit": unit, "tried": tried},
        )
    first = _foremost(out)
    words = {
        "unit": unit,
        "value": _named(first, compared),
        "n": first.n,
        "known": round(first.here.n),
        "rest": round(first.there.n),
        "share": rankings.percent(first.here.value),
        "others": rankings.percent(first.there.value),
        "tried": tried,
        "out": len(out),
        **_said(first),
    }
    if math.isinf(first.contrast.value):
        return Message(ONLY.text, words)
    return Message((MORE if first.mark > 0 else RARER).text, words)


def _told_of_few(unit: Message, compared: Compared) -> Message:
    """Say that most is unknown of what would be compared."""
    here, there = compared.obscure[0]
    return Message(
        "{unit}: {field} is known of only {known} of {n} here and of {m} of {rest} of the rest: "
        "too few of them to say what is more frequent.",
        {
            "unit": unit,
            "field": within(here.label),
            "known": round(here.known),
            "n": round(here.known + here.unknown),
            "m": round(there.known),
            "rest": round(there.known + there.unknown),
        },
    )


def _foremost(out: Sequence[Against]) -> Against:
    """Return what is said first of what stands out.

    What is found only here is most often what the filter means; it is said where nothing else is.
    """
    return max(out, key=lambda one: (math.isfinite(one.contrast.value), one.mark, _certainty(one)))


def _certainty(one: Against) -> float:
    return one.contrast.lower if one.mark > 0 else -one.contrast.upper


def _named(one: Against, compared: Compared) -> Message:
    if len(compared.fields) > 1:
        return Message("“{value}”", {"value": one.label})
    (here, _) = compared.fields[0]
    return Message("“{field}: {value}”", {"field": here.label, "value": one.label})


def _warnings(compared: Compared, rows: Sequence[Against], name: str) -> Iterable[Message]:
    if name != EVERY and name in compared.by_filter:
        yield Message(
            "The filter itself chooses by {field}: here and the rest differ in it by choice, so "
            "only counts are shown. Compare by another field.",
            {"field": within(traits.label(name))},
        )
    out = [one for one in rows if one.mark]
    if out:
        yield from _doubtful(_foremost(out), compared)


def _doubtful(first: Against, compared: Compared) -> Iterable[Message]:
    """Warn where those whose value is unknown could by themselves explain what is said first."""
    low, high = first.possible
    if not low <= 1 <= high or not any(first.unknown):
        return
    words = {
        "value": _named(first, compared),
        "field": traits.label(first.field),
        "n": round(first.unknown[0]),
        "m": round(first.unknown[1]),
        "low": rankings.told(low),
    }
    if math.isinf(high):
        yield Message(
            "{field} is not known of {n} here and of {m} of the rest, who alone could explain what "
            "is said of {value}: whatever they are, it is at least {low} times as frequent here.",
            words,
        )
        return
    yield Message(
        "{field} is not known of {n} here and of {m} of the rest, who alone could explain what is "
        "said of {value}: whatever they are, it is {low} to {high} times as frequent here.",
        words | {"high": rankings.told(high)},
    )


def _notes(compared: Compared, rows: Sequence[Against], *, every: bool) -> Iterable[Message]:
    if every and compared.by_filter:
        yield Message(
            "Left out, because the filter itself chooses by it: {fields}.",
            {"fields": [within(traits.label(name)) for name in compared.by_filter]},
        )
    if every and compared.obscure:
        yield Message(
            "Left out, because it is unknown of more than half, here or of the rest: {fields}.",
            {"fields": [within(here.label) for here, _ in compared.obscure]},
        )
    if any(one.mark for one in rows):
        yield Message(
            "Limits are of 95 %; those of values that stand out are wider, because these were "
            "picked by what they are (Benjamini and Yekutieli 2005)."
        )
    few = sum(one.is_few and not math.isnan(one.contrast.value) for one in rows)
    if few:
        yield counted(
            "{n} value has fewer than {few} here: one more or less would move its ratio much.",
            "{n} values have fewer than {few} here: one more or less would move their ratios much.",
            few,
            few=FEW,
        )
    if every:
        most = max(compared.fields, key=lambda pair: pair[0].unknown, default=None)
        if most and most[0].unknown:
            yield Message(
                "Unknown values are in no share; most are unknown of {field}: {n} here, {m} of the "
                "rest.",
                {
                    "field": within(most[0].label),
                    "n": round(most[0].unknown),
                    "m": round(most[1].unknown),
                },
            )
    else:
        here, there = compared.fields[0]
        if here.unknown or there.unknown:
            yield Message(
                "{field} is not known of {n} here and of {m} of the rest; they are in no share.",
                {"field": here.label, "n": round(here.unknown), "m": round(there.unknown)},
            )
        if here.several or there.several:
            yield Message(
                "One crash can have several values of {field} and counts once at each, so that "
                "shares add up to more than 100 %.",
                {"field": within(here.label)},
            )
        yield from rankings.clustered_notes(here, [one.here for one in rows])
    if len(rows) > rankings.MOST_DRAWN:
        yield Message(
            "The chart shows {n} of {all} values; the table shows more.",
            {"n": rankings.MOST_DRAWN, "all": len(rows)},
        )


METHOD = (
    Message(
        "Ratio: the share of a value here by its share among the rest, each of those whose value "
        "is known. Its limits join the exact limits of both shares (Clopper and Pearson 1934; "
        "Donner and Zou 2012): they hold 95 % at least, also where few are counted."
    ),
    Message(
        "A field that is unknown of more than half, here or among the rest, is not compared: what "
        "is known would tell of whom it is known. Where the unknown alone could explain what is "
        "said first, the ends of its ratio are told, from all unknown of one side having the value "
        "to none (Horowitz and Manski 2000)."
    ),
    Message(
        "Test: the exact one of Fisher where a cell expects fewer than {n}, else chi-square, both "
        "two-sided.",
        {"n": int(contrasts.EXACT_BELOW)},
    ),
    Message(
        "Many values are tried, so some differ by chance: q is p adjusted for all that were tried "
        "(Benjamini and Hochberg 1995). Of those marked (q up to 0.05) at most one in twenty, on "
        "average, is marked by chance. Values with fewer than {n} here are never marked as more "
        "frequent.",
        {"n": 3},
    ),
    Message(
        "Words: much more often from 1.5 times on, more often from 1.1, less often up to 0.9 (Ohio "
        "DOT, CAM tool)."
    ),
    Message(
        "Casualties and vehicles come in crashes. Their numbers are divided by the design effect "
        "between crashes before they are tested (Rao and Scott 1992) and given limits (Korn and "
        "Graubard 1998); with fewer than 5 of such expected in a cell there is no test."
    ),
    Message(
        "The rest are all other crashes, not those of places like this one: what is usual for such "
        "roads stands out as well. What says nearly the same as the filter stands out of "
        "necessity. A ratio of shares says what is typical here, not that there is more of it: a "
        "share also grows when others are fewer."
    ),
)

ANALYSIS = Analysis(
    name="unusual",
    title="What is unusual here",
    summary="Causes, types and conditions that are more frequent here than among the rest.",
    theme="compare",
    order=10,
    answer=answer,
    choices=(BY,),
    lacks=lacks,
)
