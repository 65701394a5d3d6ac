"""Two filters beside each other: how many a day, how they are made up, and what differs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crashkit import breaks, contrasts, rankings, tables, traits
from crashkit.analysis import Analysis, Answer, Question, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.contrasts import Contrast, Count
from crashkit.errors import Message, counted, within
from crashkit.model import CrashData
from crashkit.rankings import NAN
from crashkit.stats import FEW
from crashkit.traits import Tally

WISHED = ("injury", "unit_type", "severity", "crash_type")


def offered(question: Question) -> list[tuple[str, Message]]:
    """List the fields that can be compared, how severe it was or what it was first."""
    found = rankings.offered(question)
    place = {name: i for i, name in enumerate(reversed(WISHED), 1)}
    return sorted(found, key=lambda one: -place.get(one[0], 0))


BY = rankings.field_choice(offered)


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two filters: its crashes, how many are counted, in how many days."""

    data: CrashData
    tally: Tally
    total: Count

    def count(self, value: str) -> Count:
        """Return how many have a value.

        Its design effect is its own where that is larger than the one of the total: the passengers
        of a bus come in larger numbers than others do.
        """
        n, effect = float(self.tally.count(value)), self.total.effect
        if n:
            squares = float(self.tally.squares[self.tally.place[value]])
            own = contrasts.count_effect(n, squares, self.tally.crashes)
            # An effect that is not known (NaN) stays so.
            effect = own if own > effect else effect
        return replace(self.total, n=n, effect=effect)


@dataclass(frozen=True)
class Line:
    """One value on both sides; `value` is None for all together."""

    value: str | None
    label: Message
    first: Count
    second: Count
    rates: Contrast
    shares: tuple[float, float] = (NAN, NAN)
    difference: Contrast = Contrast(NAN, NAN, NAN)
    q: float = NAN
    mark: int = 0


def lacks(question: Question) -> Message | None:
    """Say what a second filter lacks."""
    if question.other is None:
        return Message("Choose a second filter to compare with.")
    if not len(question.other):
        return Message("No crash passes the second filter.")
    if not offered(question):
        return Message("The data tell nothing by which these could be compared.")
    return None


def answer(question: Question) -> Answer:
    """Return counts, rates a day and shares of both, with what is in both allowed for."""
    if question.other is None:
        raise TypeError("a comparison has a second filter")
    name = chosen(BY, question)
    first, second = (_side(one, name, question.unit) for one in (question.data, question.other))
    both = _both(question.data, question.other)
    shared = None if both is None else _side(both, name, question.unit)
    total = Line(
        None,
        Message("All"),
        first.total,
        second.total,
        _rates(first.total, second.total, 0.0 if shared is None else shared.total.n),
    )
    values = rankings.tried_values(first.tally, second.tally)
    lines = _judged([_line(value, first, second, shared) for value in _order(name, values)])
    return _answer(question, name, (first, second, shared), [total, *lines])


# ----------------------------------------------------------------------- what is compared


def _side(data: CrashData, name: str, unit: str) -> Side:
    tally = traits.tally(data, name, unit)
    days = float(data.period.days)
    if unit == "crashes":
        return Side(data, tally, Count(float(len(data)), days))
    each = traits.sizes(data, unit).astype(np.float64)
    n, crashes = float(each.sum()), int(np.count_nonzero(each))
    effect = contrasts.count_effect(n, float((each**2).sum()), crashes)
    return Side(data, tally, Count(n, days, effect))


def _both(first: CrashData, second: CrashData) -> CrashData | None:
    """Return the crashes that pass both filters; None where none does."""
    mask = np.isin(first.crash_ids, second.crash_ids)
    return first.keep(mask) if mask.any() else None


def _rates(first: Count, second: Count, shared: float) -> Contrast:
    return contrasts.rate_ratio(first, second, shared=shared)


def _line(value: str, first: Side, second: Side, shared: Side | None) -> Line:
    one, other = first.count(value), second.count(value)
    in_both = 0.0 if shared is None else float(shared.tally.count(value))
    few = min(first.tally.known, second.tally.known) < FEW
    if few or rankings.is_mostly_unknown(first.tally, second.tally):
        nothing = Contrast(NAN, NAN, NAN)
        return Line(value, first.tally.value_label(value), one, other, nothing)
    a, b = first.tally.shares([value])[0], second.tally.shares([value])[0]
    known = 0.0 if shared is None else shared.tally.known
    together = known / math.sqrt(a.n * b.n)
    return Line(
        value,
        first.tally.value_label(value),
        one,
        other,
        _rates(one, other, in_both),
        (a.value, b.value),
        contrasts.share_difference(a, b, together=together),
    )


def _order(name: str, values: Sequence[str]) -> list[str]:
    texts = name in (*tables.TEXTS, *traits.CAUSES)
    return list(values) if texts else tables.in_order(name, values)


def _judged(lines: Sequence[Line]) -> list[Line]:
    """Mark the values whose rate differs beyond chance, of all that were tried."""
    found = contrasts.picked([line.rates.p for line in lines])
    return [
        replace(line, q=float(q), mark=(1 if line.rates.value > 1 else -1) if out else 0)
        for line, q, out in zip(lines, found.q, found.out, strict=True)
    ]


# ------------------------------------------------------------------------------- answered


def _answer(
    question: Question, name: str, sides: tuple[Side, Side, Side | None], lines: list[Line]
) -> Answer:
    first, second, shared = sides
    unit = tables.UNIT_LABELS[question.unit]
    title = Message(
        "{unit} a day through two filters, by {field}",
        {"unit": unit, "field": within(first.tally.label)},
    )
    drawn = lines[: 1 + rankings.MOST_DRAWN]
    data = rankings.ratio_data(
        [_drawn(one) for one in drawn],
        across=Message("Times as many a day as through the second filter"),
        more=Message("More through the first"),
        less=Message("Fewer through the first"),
    )
    alt = Message(
        "Ratios of the two filters with their limits, all together and by {field}.",
        {"field": within(first.tally.label)},
    )
    return Answer(
        title=title,
        finding=_finding(question, lines, shared),
        figure=Figure("ratios", title, alt, data, _table(title, first.tally.label, lines)),
        method=METHOD,
        notes=tuple(_notes(question, sides, lines)),
        warnings=tuple(_warnings(question, shared)),
    )


def _table(title: Message, field: Message, lines: Sequence[Line]) -> Table:
    columns = (
        Column(field),
        Column(Message("First"), "int"),
        Column(Message("Second"), "int"),
        Column(Message("First, per year"), "float", 1),
        Column(Message("Second, per year"), "float", 1),
        Column(Message("Ratio of rates"), "float", 2),
        Column(Message("Lower limit (95 %)"), "float", 2),
        Column(Message("Upper limit (95 %)"), "float", 2),
        Column(Message("q (false discoveries)"), "chance", 3),
        Column(Message("Share of the first"), "percent", 1),
        Column(Message("Share of the second"), "percent", 1),
        Column(Message("Difference of shares"), "percent", 1),
        Column(Message("Lower limit (95 %)"), "percent", 1),
        Column(Message("Upper limit (95 %)"), "percent", 1),
    )
    return Table(title, columns, tuple(_cells(one) for one in lines))


YEAR = 365.25


def _cells(line: Line) -> tuple[Any, ...]:
    ratio, gap = line.rates, line.difference
    return (
        line.label,
        round(line.first.n),
        round(line.second.n),
        YEAR * line.first.rate,
        YEAR * line.second.rate,
        *(rankings.finite(one) for one in (ratio.value, ratio.lower, ratio.upper)),
        line.q,
        *line.shares,
        gap.value,
        gap.lower,
        gap.upper,
    )


def _drawn(line: Line) -> dict[str, Any]:
    ratio = line.rates
    counts = {"first": round(line.first.n), "second": round(line.second.n)}
    note = Message("{first} : {second}", counts)
    if math.isfinite(ratio.value):
        note = Message(
            "× {ratio} ({first} : {second})", {"ratio": rankings.told(ratio.value), **counts}
        )
    return {
        "label": line.label,
        "note": note,
        "told": Message(
            "{first} through the first, {second} through the second: ratio {ratio} a day ({low} to "
            "{high})",
            {**counts, **_said(ratio)},
        ),
        "ratio": ratio.value,
        "lower": ratio.lower,
        "upper": ratio.upper,
        "mark": line.mark if line.value is not None else _mark_of_all(ratio),
    }


def _mark_of_all(ratio: Contrast) -> int:
    """Say whether all together differ: asked once, so their limits serve as they are."""
    return int(ratio.lower > 1) - int(ratio.upper < 1)


def _said(ratio: Contrast) -> dict[str, Any]:
    ends = (("ratio", ratio.value), ("low", ratio.lower), ("high", ratio.upper))
    return {name: rankings.told(value) if math.isfinite(value) else None for name, value in ends}


# ------------------------------------------------------------------------- what is said


def _finding(question: Question, lines: Sequence[Line], shared: Side | None) -> Message:
    all_ = lines[0]
    words: dict[str, Any] = {
        "unit": tables.UNIT_LABELS[question.unit],
        "first": round(all_.first.n),
        "second": round(all_.second.n),
        **_said(all_.rates),
    }
    if shared is not None and shared.total.n >= max(all_.first.n, all_.second.n):
        return Message(
            "{unit}: the same {first} pass both filters, so that there is nothing to compare.",
            words,
        )
    if math.isnan(all_.rates.lower):
        return Message(
            "{unit}: {first} through the first filter and {second} through the second; too few "
            "crashes for limits of their ratio.",
            words,
        )
    return Message(
        "{counts} {chance} {values}",
        {
            "counts": Message(
                "{unit}: {first} through the first filter and {second} through the second, that is "
                "{ratio} times as many a day (95 % limits {low} to {high}).",
                words,
            ),
            "chance": _chance(all_.rates),
            "values": _values(lines[1:]),
        },
    )


def _chance(ratio: Contrast) -> Message:
    if _mark_of_all(ratio):
        return Message("That is more than chance.")
    return Message("That can be chance.")


def _values(lines: Sequence[Line]) -> Message:
    tried = sum(not math.isnan(line.rates.p) for line in lines)
    if not tried:
        return Message("Of too few a value is known to compare these.")
    out = [line for line in lines if line.mark]
    if not out:
        return Message("No value differs beyond chance ({tried} tried).", {"tried": tried})
    far = max(out, key=lambda line: abs(math.log(line.rates.value or 1e-9)))
    return Message(
        "Values that differ beyond chance: {out} of {tried} that were tried, most of all “{value}” "
        "({first} against {second}).",
        {
            "tried": tried,
            "out": len(out),
            "value": far.label,
            "first": round(far.first.n),
            "second": round(far.second.n),
        },
    )


def _warnings(question: Question, shared: Side | None) -> Iterable[Message]:
    if question.other is None:
        return
    pair = (question.data, question.other)
    if question.data.period.stretches != question.other.period.stretches:
        steps = {step.message.text + str(step.message.values): step for step in _steps(question)}
        yield from (step.message for step in steps.values())
    nested = shared is not None and any(len(shared.data) == len(one) for one in pair)
    if nested:
        yield Message(
            "All crashes of one filter pass the other as well: a part is compared with the whole "
            "that holds it. “What is unusual here” compares a part with the rest."
        )


def _steps(question: Question) -> list[breaks.Step]:
    """Return the breaks of recording between the first and the last year of both."""
    years = [
        year
        for one in (question.data, question.other)
        if one is not None
        for year in one.period.calendar_years
    ]
    return [
        step
        for step in breaks.found(question.whole)
        if min(years) <= step.before.year and step.after.year <= max(years)
    ]


def _notes(
    question: Question, sides: tuple[Side, Side, Side | None], lines: Sequence[Line]
) -> Iterable[Message]:
    first, second, shared = sides
    yield tables.COUNTED[question.unit]
    for text, side, words in (
        (FIRST, first, question.words),
        (SECOND, second, question.other_words),
    ):
        period = side.data.period
        yield Message(
            text.text,
            {
                "words": _in_a_row(words),
                "start": period.start,
                "end": period.end,
                "days": period.days,
            },
        )
        yield from period.notes
    if shared is not None:
        yield counted(
            "{n} crash passes both filters and is counted on both sides; limits and tests allow "
            "for that by the correlation that it makes.",
            "{n} crashes pass both filters and are counted on both sides; limits and tests allow "
            "for that by the correlation that they make.",
            len(shared.data),
        )
    else:
        yield Message("No crash passes both filters.")
    unknown = (round(first.tally.unknown), round(second.tally.unknown))
    if any(unknown):
        yield Message(
            "{field} is not known of {n} of the first and of {m} of the second; they are in no "
            "share.",
            {"field": first.tally.label, "n": unknown[0], "m": unknown[1]},
        )
    if first.tally.several or second.tally.several:
        yield Message(
            "One crash can have several values of {field} and counts once at each, so that shares "
            "add up to more than 100 %.",
            {"field": within(first.tally.label)},
        )
    if min(first.tally.known, second.tally.known) < FEW:
        yield Message(
            "On one side fewer than {n} are known: values show counts, neither shares nor ratios.",
            {"n": FEW},
        )
    elif rankings.is_mostly_unknown(first.tally, second.tally):
        yield Message(
            "On one side more than half are of unknown {field}: values show counts, neither shares "
            "nor ratios.",
            {"field": within(first.tally.label)},
        )
    effects = [one.total.effect for one in (first, second)]
    if question.unit != "crashes" and not any(map(math.isnan, effects)):
        yield Message(
            "Several come in one crash, so counts vary more than crashes do: their variance is "
            "{first} and {second} times as wide, which the limits allow for.",
            {"first": rankings.told(effects[0]), "second": rankings.told(effects[1])},
        )
    if len(lines) - 1 > rankings.MOST_DRAWN:
        yield Message(
            "The chart shows {n} of {all} values; the table shows more.",
            {"n": rankings.MOST_DRAWN, "all": len(lines) - 1},
        )


def _in_a_row(words: Sequence[Message]) -> Message:
    """Say sentences one after the other."""
    if not words:
        return Message("Not said.")
    first, *others = words
    for other in others:
        first = Message("{one} {other}", {"one": first, "other": other})
    return first


FIRST = Message("First filter: {words} {days} days from {start} to {end}.")
SECOND = Message("Second filter: {words} {days} days from {start} to {end}.")

METHOD = (
    Message(
        "Rates are counts by the days of the period of each filter. Months, weekdays and hours of "
        "a filter do not make its period shorter."
    ),
    Message(
        "Limits of the ratio of two rates are exact: given the sum of both, the first count is "
        "binomial (Przyborowski and Wilenski 1940; Clopper and Pearson 1934). Where crashes pass "
        "both filters, the exact limits of both counts (Garwood 1936) are joined with the "
        "correlation that these make (Donner and Zou 2012)."
    ),
    Message(
        "Limits of the difference of two shares join their exact limits (Newcombe 1998; Donner and "
        "Zou 2012), with the same correlation."
    ),
    Message(
        "Many values are tried, so some differ by chance: q is p adjusted for all that were tried "
        "(Benjamini and Hochberg 1995); those with q up to 0.05 are marked. All together are one "
        "question, and not among them."
    ),
    Message(
        "The limits are of chance alone. Years differ by more than that, by weather, traffic and "
        "recording: a difference beyond chance is not yet an effect of works or rules."
    ),
    rankings.CLUSTERED,
)

ANALYSIS = Analysis(
    name="two_filters",
    title="Two filters compared",
    summary="Counts, rates a day and shares through two filters, such as two roads or two periods.",
    theme="compare",
    order=20,
    answer=answer,
    choices=(BY,),
    lacks=lacks,
    compares=True,
)
