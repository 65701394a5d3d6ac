"""Values of fields as rows: how often each is there, and against others, with what is unsure.

Few show counts and no shares. What is unknown is told, and in no share. A field that the filter
itself chooses is no finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from crashkit import charts, contrasts, filters, patterns, stats, tables, traits
from crashkit.analysis import Answer, Choice, Question, chosen_by
from crashkit.blocks import Column, Figure, Table
from crashkit.contrasts import Contrast, Share
from crashkit.errors import Message, counted, within
from crashkit.stats import FEW
from crashkit.traits import Tally

MOST_DRAWN = 15
MOST_ON_PAPER = 25
"""Rows of a table on a page: the police write many causes once only."""
"""The chart shows so many rows; the table shows all."""

EVERY = "every"
EVERY_FIELD = Message("Every field")

NAN = float("nan")


def told(value: float) -> Decimal:
    """Write a ratio or a rate with as many digits as it deserves.

    >>> str(told(0.4567)), str(told(2.345)), str(told(23.45))
    ('0.46', '2.3', '23')
    """
    digits = 2 if value < 2 else 1 if value < FEW else 0
    return Decimal(f"{value:.{digits}f}")


def percent(share: float) -> Decimal:
    """Write a share of 0 to 1 in per cent; below one with two digits."""
    return Decimal(f"{100 * share:.{1 if 100 * share >= 1 or not share else 2}f}")


# ------------------------------------------------------------------------ choices


def field_choice(offered: Callable[[Question], list[tuple[str, Message]]]) -> Choice:
    """Return the choice of the field whose values are looked at."""
    return Choice("by", Message("By"), offered)


def offered(question: Question) -> list[tuple[str, Message]]:
    """List the fields whose values can be counted, those of the whole data set."""
    return traits.offered(question.whole, question.unit)


# --------------------------------------------------------------------------- notes


def basic_notes(question: Question) -> tuple[Message, ...]:
    """Say what is counted, and of which days."""
    period = question.data.period
    return (
        tables.COUNTED[question.unit],
        Message("Crashes from {start} to {end}.", {"start": period.start, "end": period.end}),
        *period.notes,
    )


def notes_of(tally: Tally, shares: Sequence[Share]) -> Iterable[Message]:
    """Say what is not known of a field, who counts several times, and how sure people are."""
    if tally.unknown:
        yield counted(
            "{n} is without a known value of {field}: shown, but in no share.",
            "{n} are without a known value of {field}: shown, but in no share.",
            round(tally.unknown),
            field=within(tally.label),
        )
    if tally.several:
        yield Message(
            "One crash can have several values of {field} and counts once at each, so that shares "
            "add up to more than 100 %.",
            {"field": within(tally.label)},
        )
    if shares:
        yield from clustered_notes(tally, shares)


def clustered_notes(tally: Tally, shares: Sequence[Share]) -> Iterable[Message]:
    """Say how much people or vehicles of one crash tell."""
    if tally.unit == "crashes" or tally.known < FEW:
        return
    effective = [share.effective for share in shares if not math.isnan(share.effect)]
    if not effective:
        yield Message(
            "There are no limits: fewer than {n} crashes do not tell how much crashes differ from "
            "each other.",
            {"n": contrasts.LEAST_CRASHES},
        )
        return
    words = {"n": round(tally.known), "low": round(min(effective)), "high": round(max(effective))}
    if words["low"] == words["high"]:
        yield Message(
            "Those of one crash are no independent witnesses: the shares of these {n} are as sure "
            "as those of {low} independent ones.",
            words,
        )
        return
    yield Message(
        "Those of one crash are no independent witnesses: the shares of these {n} are as sure as "
        "those of {low} to {high} independent ones.",
        words,
    )


EXACT = Message(
    "Limits of shares are exact (Clopper and Pearson 1934), each for itself; they say what chance "
    "alone does, not what was never recorded."
)
CLUSTERED = Message(
    "For casualties and vehicles they are those of the effective number: the design effect between "
    "crashes is taken from the data (Korn and Graubard 1998)."
)


# ------------------------------------------------------------------------ rankings


@dataclass(frozen=True)
class Row:
    """One value: its label, how many have it, and its share among the known with limits."""

    value: str
    label: Message
    n: int
    share: Share
    lower: float = NAN
    upper: float = NAN


def ranked(tally: Tally, *, order: Sequence[str] = ()) -> list[Row]:
    """Return the values of a field, the most frequent first, or in an order."""
    values = [value for value in order if tally.count(value)]
    values += sorted(set(tally.values) - set(values), key=lambda one: (-tally.count(one), one))
    return [
        Row(value, tally.value_label(value), tally.count(value), share, *_limits(share))
        for value, share in zip(values, tally.shares(values), strict=True)
    ]


def _limits(share: Share) -> tuple[float, float]:
    return share.limits() if share.n >= FEW else (NAN, NAN)


def ranking(
    question: Question,
    tally: Tally,
    *,
    title: Message,
    order: Sequence[str] = (),
    finding: Message | None = None,
    more: Sequence[Message] = (),
    warnings: Sequence[Message] = (),
) -> Answer:
    """Answer how often each value of a field is there: bars with limits, table, finding."""
    rows = ranked(tally, order=order)
    shown = rows[: tables.MOST_TEXTS]
    shares = tally.known >= FEW
    lines: list[tuple[Any, ...]] = [
        (one.label, one.n, one.share.value, one.lower, one.upper) for one in shown
    ]
    others = sum(one.n for one in rows[tables.MOST_TEXTS :])
    if others:
        lines.append((tables.OTHERS_LABEL, others, NAN, NAN, NAN))
    if tally.unknown:
        lines.append((filters.value_label("", ""), round(tally.unknown), NAN, NAN, NAN))
    columns = (
        Column(tally.label),
        Column(tables.UNIT_LABELS[tally.unit], "int"),
        Column(Message("Share of known"), "percent", 1),
        Column(Message("Lower limit (95 %)"), "percent", 1),
        Column(Message("Upper limit (95 %)"), "percent", 1),
    )
    width = len(columns) if shares else 2
    table = Table(
        title, columns[:width], tuple(line[:width] for line in lines), on_paper=MOST_ON_PAPER
    )
    return Answer(
        title=title,
        finding=chosen_by(question, {tally.field}) or finding or most_frequent(tally, rows),
        figure=Figure("ranks", title, _alt(rows), bars(tally, rows, percent=shares), table),
        method=(*more, EXACT, CLUSTERED),
        notes=(
            *basic_notes(question),
            *notes_of(tally, [one.share for one in rows]),
            *_left_undrawn(len(rows)),
        ),
        warnings=tuple(warnings),
    )


def _alt(rows: Sequence[Row]) -> Message:
    if not rows:
        return Message("Nothing is known of it.")
    return Message(
        "Bars of the values; the longest is that of {value}: {n}.",
        {"value": rows[0].label, "n": rows[0].n},
    )


def _left_undrawn(rows: int) -> tuple[Message, ...]:
    if rows <= MOST_DRAWN:
        return ()
    return (
        Message(
            "The chart shows {n} of {all} values; the table shows more.",
            {"n": MOST_DRAWN, "all": rows},
        ),
    )


def bars(tally: Tally, rows: Sequence[Row], *, percent: bool) -> dict[str, Any]:
    """Return the data of a figure of bars that lie: shares with limits, or counts."""
    return {
        "rows": tuple(_bar(one, tally.known, percent=percent) for one in rows[:MOST_DRAWN]),
        "field": tally.field,
        "percent": percent,
        "across": Message("Share of those known") if percent else tables.UNIT_LABELS[tally.unit],
    }


def _bar(one: Row, known: float, *, percent: bool) -> dict[str, Any]:
    note = Message("{n}", {"n": one.n})
    said = Message("{n} of {known}", {"n": one.n, "known": round(known)})
    if percent:
        note = Message("{n} ({share} %)", {"n": one.n, "share": _percent(one.share.value)})
        said = Message(
            "{n} of {known}: {share} % (95 % limits {low} to {high} %)",
            {
                "n": one.n,
                "known": round(known),
                "share": _percent(one.share.value),
                **_low_high(one.lower, one.upper),
            },
        )
    return {
        "key": SEVERITY_KEYS.get(one.value, one.value),
        "label": one.label,
        "note": note,
        "told": said,
        "value": one.share.value if percent else float(one.n),
        "lower": one.lower if percent else NAN,
        "upper": one.upper if percent else NAN,
    }


SEVERITY_KEYS = {"killed": "fatal"}
"""Values whose colour is that of another one."""


def _percent(share: float) -> Decimal | None:
    return None if math.isnan(share) else percent(share)


def _low_high(low: float, high: float) -> dict[str, Any]:
    return {"low": _percent(low), "high": _percent(high)}


MOST_FREQUENT = Message(
    "{field}: “{value}” is the most frequent with {share} % of the {n} that are known (95 % limits "
    "{low} to {high} %), before “{second}” with {share2} %."
)
TIED = Message(
    "{field}: “{value}” with {share} % of the {n} that are known (95 % limits {low} to {high} %) "
    "and “{second}” with {share2} % are the most frequent; which of both is, these numbers do not "
    "tell."
)


def most_frequent(tally: Tally, rows: Sequence[Row]) -> Message:
    """Say which value is the most frequent, where it is so beyond chance."""
    if tally.known < FEW or not rows:
        return Message(
            "Of {n} too few for shares: only counts are shown.", {"n": round(tally.known)}
        )
    first = max(rows, key=lambda one: one.n)
    words = {
        "field": tally.label,
        "value": first.label,
        "share": percent(first.share.value),
        "n": round(tally.known),
    }
    if math.isnan(first.lower):
        return Message(
            "{field}: “{value}” is the most frequent with {share} % of the {n} that are known; "
            "limits are not known.",
            words,
        )
    words |= _low_high(first.lower, first.upper)
    others = [one for one in rows if one is not first]
    if not others:
        return Message(
            "{field}: all {n} that are known have “{value}” (95 % limits {low} to {high} %).", words
        )
    second = max(others, key=lambda one: one.n)
    words |= {"second": second.label, "share2": percent(second.share.value)}
    return Message((MOST_FREQUENT if _is_ahead(first, second) else TIED).text, words)


def _is_ahead(first: Row, second: Row) -> bool:
    """Say whether the first is more frequent beyond chance: more than half of both."""
    effect = max(first.share.effect, second.share.effect)
    low, _ = stats.clopper_pearson(first.n / effect, (first.n + second.n) / effect)
    return low > 0.5


# ---------------------------------------------------------------------- contrasts


@dataclass(frozen=True)
class Against:
    """One value here and among others: shares, their ratio, its q; `mark` is +1 more, -1 less.

    `unknown` is of how many the value is not known, here and among the others.
    """

    field: str
    value: str
    label: Message
    here: Share
    there: Share
    contrast: Contrast
    q: float = NAN
    mark: int = 0
    unknown: tuple[float, float] = (0.0, 0.0)

    @property
    def is_obscure(self) -> bool:
        """Say whether of more than half, on either side, the value is not known."""
        return self.unknown[0] > self.here.n or self.unknown[1] > self.there.n

    @property
    def possible(self) -> tuple[float, float]:
        """The ends of the ratio whatever the unknown are: all of one side have the value, or none.

        Source: Horowitz and Manski 2000, J. Am. Stat. Assoc. 95: 77-84.
        """
        a, b = self.unknown
        here, there = self.here.n + a, self.there.n + b
        most = (self.here.x + a) / here, (self.there.x + b) / there
        least = self.here.x / here, self.there.x / there
        low = least[0] / most[1] if most[1] else NAN
        return low, most[0] / least[1] if least[1] else math.inf

    @property
    def n(self) -> int:
        """How many here have the value."""
        return round(self.here.x)

    @property
    def is_few(self) -> bool:
        """Say whether few here have the value."""
        return self.n < FEW


def is_mostly_unknown(here: Tally, there: Tally) -> bool:
    """Say whether of more than half, on either side, nobody knows the value.

    Then what is known tells whose value is known, not whose it is: nothing is compared.
    """
    return any(one.unknown > one.known for one in (here, there))


def tried_values(here: Tally, there: Tally) -> list[str]:
    """Return the values of a field that are compared: known, and not too rare on both sides.

    Of yes and no only yes; of texts the most frequent. Which are rare is judged by here and there
    together, so that the choice does not favour either.
    """
    both = {
        value: here.count(value) + there.count(value) for value in (*here.values, *there.values)
    }
    kept = [value for value, n in both.items() if n >= patterns.least_crashes()]
    if set(kept) <= {"yes", "no"}:
        return [value for value in kept if value == "yes"]
    kept.sort(key=lambda value: (-both[value], value))
    return kept[: tables.MOST_TEXTS]


def judged(rows: Sequence[Against]) -> list[Against]:
    """Mark what stands out of all that were tried, and widen the limits of those."""
    least = patterns.least_crashes()
    may = [not one.contrast.value > 1 or one.n >= least for one in rows]
    found = contrasts.picked([one.contrast.p for one in rows], may)
    return [
        _marked(one, float(q), found.level) if out else replace(one, q=float(q))
        for one, q, out in zip(rows, found.q, found.out, strict=True)
    ]


def _marked(one: Against, q: float, level: float) -> Against:
    wide = contrasts.share_ratio(one.here, one.there, level=level)
    mark = 1 if one.contrast.value > 1 else -1
    return replace(one, q=q, mark=mark, contrast=replace(wide, p=one.contrast.p))


def ratio_data(
    rows: Sequence[dict[str, Any]], *, across: Message, more: Message, less: Message
) -> dict[str, Any]:
    """Return the data of a figure of ratios, the ends of its axis among them."""
    ends = [value for one in rows for value in (one["ratio"], one["lower"], one["upper"])]
    return {
        "rows": tuple(rows),
        "range": charts.ratio_range(ends),
        "across": across,
        "marks": ((1, more), (-1, less), (0, Message("Within what chance does"))),
    }


BANDS = {
    patterns.STRONG: Message("much more often"),
    patterns.SOME: Message("more often"),
    patterns.USUAL: Message("about as often"),
    patterns.LESS: Message("less often"),
}


def band_of(ratio: float) -> Message | None:
    """Say in words how far a ratio is from 1; None where there is none."""
    return None if math.isnan(ratio) else BANDS[patterns.band(ratio)]


def finite(value: float) -> float:
    """Return a number, NaN for one that has no end: a cell of a table shows none."""
    return value if math.isfinite(value) else NAN
