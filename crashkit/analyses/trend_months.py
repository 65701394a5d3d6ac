"""Months one after the other beside what the years before let expect, or by the month of year."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, stats, timeline
from crashkit.analysis import (
    Analysis,
    Answer,
    Choice,
    Options,
    Question,
    always,
    chosen,
    chosen_by,
    cut_off,
)
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message
from crashkit.stats import FEW
from crashkit.timeline import YEARS_BEFORE, Timeline
from crashkit.trends import expected

Floats = NDArray[np.float64]

MONTHS = 12
ALPHA = 0.05
"""Of the months that are marked, at most this share is so by chance (on average)."""


def lacks(question: Question) -> Message | None:
    """Say whether the month of any crash is known."""
    found = timeline.lacks(question.data) or timeline.untold(
        question.data, question.whole, question.unit, question.chosen.get(SHOW.name, "")
    )
    if found is not None:
        return found
    if any(timeline.of(question.data, whole=question.whole).by_month.values()):
        return None
    return Message("The data do not tell the month of any crash.")


def _shown(question: Question) -> Options:
    return timeline.offered(question.whole, question.unit)


def _ways(_: Question) -> Options:
    return (("order", Message("Month after month")), ("season", Message("Month of the year")))


SHOW = Choice("show", Message("What is counted"), _shown)
BY = Choice("by", Message("By"), _ways)


def answer(question: Question) -> Answer:
    """Return the months in order, or those of the year."""
    show = chosen(SHOW, question)
    line = timeline.of(question.data, whole=question.whole, unit=question.unit, show=show)
    left_out = frozenset(month - 1 for month in cut_off(question, "month"))
    if chosen(BY, question) == "season":
        return _season(line, left_out, chosen_by(question, {"month"}))
    return _in_order(line, left_out)


def _left_out(left_out: frozenset[int]) -> Iterable[Message]:
    """Say which months of the year the filter leaves out, counted from nought."""
    if left_out:
        names = [filters.value_label("month", str(month + 1)) for month in sorted(left_out)]
        yield Message(
            "The filter leaves out {months}: these months are not counted as nought, nor compared.",
            {"months": names},
        )


# ------------------------------------------------------------ month after month


@dataclass(frozen=True, eq=False)
class _Months:
    """Every month, and for those with five comparable years before them what was to be expected.

    `expected`, `lower` and `upper` are NaN for the other months, `q` is 1 there.
    """

    line: Timeline
    months: tuple[int, ...]
    counts: Floats
    expected: Floats
    lower: Floats
    upper: Floats
    q: Floats
    scatter: float

    @cached_property
    def tested(self) -> int:
        """How many months could be compared."""
        return int(np.isfinite(self.expected).sum())

    def marked(self, way: int) -> Floats:
        """Say which months have more (1) or fewer (-1) than chance lets expect."""
        apart = np.sign(self.counts - self.expected) == way
        return np.asarray((self.q <= ALPHA) & apart)


def _months(line: Timeline, left_out: frozenset[int]) -> _Months:
    there = {*line.days_in_month, *line.by_month}
    span = range(min(there), max(there) + 1) if there else ()
    months = tuple(
        month
        for month in span
        if month % MONTHS not in left_out and month // MONTHS not in line.untold
    )
    counts = np.array([line.by_month.get(month, 0) for month in months], dtype=float)
    rows = [i for i, month in enumerate(months) if _compares(line, month)]
    before = [[months[i] - MONTHS * k for k in range(YEARS_BEFORE, 0, -1)] for i in rows]
    past = np.array([[line.by_month.get(one, 0) for one in five] for five in before], dtype=float)
    days = np.array([[timeline.days_of_month(one) for one in five] for five in before], dtype=float)
    found = {name: np.full(len(months), np.nan) for name in ("expected", "lower", "upper")}
    q = np.ones(len(months))
    if not rows:
        return _Months(line, months, counts, **found, q=q, scatter=line.clustering)
    own = np.array([timeline.days_of_month(months[i]) for i in rows], dtype=float)
    sums, share = past.sum(axis=1), own / (own + days.sum(axis=1))
    # No less than several in one crash make by themselves.
    spread = max(line.clustering, expected.scatter(past, days))
    found["expected"][rows] = sums * own / days.sum(axis=1)
    found["lower"][rows], found["upper"][rows] = expected.limits(sums, share, scatter=spread)
    q[rows] = stats.false_discovery(expected.p_values(counts[rows], sums, share, scatter=spread))
    return _Months(line, months, counts, **found, q=q, scatter=spread)


def _compares(line: Timeline, month: int) -> bool:
    """Say whether a month counts whole, and so do the five years before its year."""
    is_whole = line.days_in_month.get(month, 0) == timeline.days_of_month(month)
    year = month // MONTHS
    vague = line.vague_years & {*range(year - YEARS_BEFORE, year + 1)}
    return is_whole and not vague and bool(line.before(year))


def _in_order(line: Timeline, left_out: frozenset[int]) -> Answer:
    found = _months(line, left_out)
    title = Message("{what} by month", {"what": line.what})
    table = Table(
        title,
        (
            Column(filters.label("month")),
            Column(line.what, "int"),
            Column(Message("Expected by the five years before"), "float", 1),
            Column(Message("95 % limits, lower"), "float"),
            Column(Message("95 % limits, upper"), "float"),
            Column(Message("Remark")),
        ),
        tuple(_row(found, i) for i in range(len(found.months))),
    )
    notes = (
        *line.notes,
        *_left_out(left_out),
        *timeline.vague(line, month_is_enough=True),
        *timeline.beside_no_others(line),
        *_untested(found),
    )
    return Answer(
        title=title,
        finding=_finding(found),
        figure=Figure("series", title, _alt(found), _drawn(found), table),
        method=(*_method_in_order(found),),
        notes=notes,
        warnings=tuple(step.message for step in line.steps),
    )


def _row(found: _Months, i: int) -> tuple[Any, ...]:
    line, month = found.line, found.months[i]
    numbers = (_or_none(values[i]) for values in (found.expected, found.lower, found.upper))
    return timeline.month_label(month), int(found.counts[i]), *numbers, _remark(found, i, line)


def _remark(found: _Months, i: int, line: Timeline) -> Message | None:
    month = found.months[i]
    days = line.days_in_month.get(month, 0)
    if days < timeline.days_of_month(month):
        return Message("part of a month: {n} days", {"n": days})
    if found.q[i] > ALPHA:
        return None
    if found.counts[i] > found.expected[i]:
        return Message("more than chance")
    return Message("fewer than chance")


def _finding(found: _Months) -> Message:
    line = found.line
    if line.total < FEW:
        return Message("{what}: {n}, too few to compare months.", _words(line, n=line.total))
    if not found.tested:
        return Message(
            "No month has five whole years before it that compare, so nothing is said of what was "
            "to be expected."
        )
    more, fewer = (int(found.marked(way).sum()) for way in (1, -1))
    if not more + fewer:
        return Message(
            "{what}: none of {tested} months is apart from the same months of the five years "
            "before it beyond chance (at most 5 % false discoveries).",
            _words(line, tested=found.tested),
        )
    i = int(np.argmin(np.where(np.isfinite(found.expected), found.q, 2.0)))
    return Message(
        "{what}: of {tested} months, {more} had more and {fewer} had fewer than the same months of "
        "the five years before let expect (at most 5 % of them by chance); the farthest is "
        "{month}: {n}, where {expected} were expected (95 % limits {low} to {high}).",
        _words(
            line,
            tested=found.tested,
            more=more,
            fewer=fewer,
            month=timeline.month_label(found.months[i]),
            n=int(found.counts[i]),
            expected=round(float(found.expected[i]), 1),
            low=round(float(found.lower[i])),
            high=round(float(found.upper[i])),
        ),
    )


def _untested(found: _Months) -> Iterable[Message]:
    untested = len(found.months) - found.tested
    if untested and found.tested:
        yield Message(
            "Of {n} months nothing is expected: they do not count whole, or there are no five "
            "whole years before them that compare.",
            {"n": untested},
        )


def _method_in_order(found: _Months) -> Iterable[Message]:
    yield Message(
        "Expected is the mean of the same month in the five years before, by its days. The limits "
        "hold 95 of 100 counts where nothing but chance moves both: given the sum of both times a "
        "month is binomial (Przyborowski and Wilenski 1940)."
    )
    if found.scatter > 1:
        yield Message(
            "The same months of five years scatter {factor} times as much as chance makes them; "
            "numbers are divided by that first, which widens the limits (Rao and Scott 1999).",
            {"factor": round(found.scatter, 2)},
        )
    yield Message(
        "Many months are looked at, so some are outside their limits by chance. Those that are "
        "marked hold the share of false discoveries at 5 % (Benjamini and Hochberg 1995)."
    )
    yield Message(
        "A level that rises or falls over the years sets months apart as well: see the trend by "
        "year."
    )


def _alt(found: _Months) -> Message:
    i = int(np.argmax(found.counts)) if found.counts.size else 0
    return Message(
        "{what} by month; the most were in {month}: {n}.",
        _words(
            found.line,
            month=timeline.month_label(found.months[i]),
            n=int(found.counts[i]),
        ),
    )


def _drawn(found: _Months) -> dict[str, Any]:
    line, counts = found.line, found.counts.astype(int).tolist()
    series: list[dict[str, Any]] = [
        {
            "key": "count",
            "label": line.what,
            "form": "bars",
            "values": counts,
            "hollow": [
                line.days_in_month.get(one, 0) < timeline.days_of_month(one) for one in found.months
            ],
        }
    ]
    bands = []
    if found.tested:
        values = [_or_none(one) for one in found.expected]
        label = Message("Expected by the five years before")
        series.append({"key": "mean", "label": label, "form": "line", "values": values})
        bands.append(
            {
                "label": Message("95 % limits of what was expected"),
                "lower": [_or_none(one) for one in found.lower],
                "upper": [_or_none(one) for one in found.upper],
            }
        )
    for key, way, label in (
        ("more", 1, Message("More than chance")),
        ("fewer", -1, Message("Fewer than chance")),
    ):
        is_marked = found.marked(way)
        if is_marked.any():
            values = [n if there else None for n, there in zip(counts, is_marked, strict=True)]
            series.append({"key": key, "label": label, "form": "points", "values": values})
    # The first month of the year that is there stands for its year.
    first = min((month % MONTHS for month in found.months), default=0)
    return {
        "categories": [timeline.month_label(month) for month in found.months],
        "series": series,
        "bands": bands,
        "marks": [
            {
                "key": "break",
                "at": sum(month < MONTHS * step.after.year for month in found.months) - 0.5,
                "label": Message("Recording changed"),
            }
            for step in line.steps
        ],
        "ticks": [
            (i, filters.plain(str(month // MONTHS)))
            for i, month in enumerate(found.months)
            if month % MONTHS == first
        ]
        or None,
        "across": filters.label("month"),
        "unit": line.what,
    }


# ---------------------------------------------------------- month of the year


@dataclass(frozen=True, eq=False)
class _Season:
    """Of each month of the year: how many, on how many days, and its rate by that of all months.

    Limits hold for all twelve together.
    """

    counts: Floats
    days: Floats
    index: Floats
    lower: Floats
    upper: Floats

    @property
    def per_day(self) -> Floats:
        """How many a day."""
        return stats.divided(self.counts, self.days)


def _seasons(line: Timeline, left_out: frozenset[int]) -> tuple[_Season, float]:
    """Return the months of the year, from the days that count, and how much they scatter.

    Of months that are left out no day counts.
    """
    months = [month for month in line.by_month if line.days_in_month.get(month)]
    counts, days = np.zeros(MONTHS), np.zeros(MONTHS)
    for month in months:
        counts[month % MONTHS] += line.by_month[month]
    for month, n in line.days_in_month.items():
        days[month % MONTHS] += n
    days[list(left_out)] = 0
    scatter = max(line.clustering, _between_years(line, left_out))
    share = stats.divided(days, days.sum())
    ends = [_share_limits(n, float(counts.sum()), scatter) for n in counts]
    low, high = (np.array(one) for one in zip(*ends, strict=True))
    return (
        _Season(
            counts,
            days,
            stats.divided(stats.divided(counts, counts.sum()), share),
            stats.divided(low, share),
            stats.divided(high, share),
        ),
        scatter,
    )


def _between_years(line: Timeline, left_out: frozenset[int]) -> float:
    """Return how much more the months of whole years scatter about season and year than chance."""
    years = line.whole_years
    months = [month for month in range(MONTHS) if month not in left_out]
    if len(years) < 2 or len(months) < 2:
        return 1.0
    table = np.array([[line.by_month.get(MONTHS * y + m, 0) for m in months] for y in years])
    means = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1)
    apart = np.divide((table - means) ** 2, means, out=np.zeros_like(means), where=means > 0)
    return max(1.0, float(apart.sum() / ((len(years) - 1) * (len(months) - 1))))


def _share_limits(n: float, total: float, scatter: float) -> tuple[float, float]:
    # Twelve limits at once: each takes a twelfth of the 5 % (Bonferroni).
    return stats.clopper_pearson(n / scatter, total / scatter, 1 - 0.05 / MONTHS)


def _season(line: Timeline, left_out: frozenset[int], by_filter: Message | None) -> Answer:
    found, scatter = _seasons(line, left_out)
    total = int(found.counts.sum())
    few = total < FEW
    title = Message("{what} a day by month of the year", {"what": line.what})
    columns = [
        Column(filters.label("month")),
        Column(line.what, "int"),
        Column(Message("Days"), "int"),
        Column(Message("A day"), "float", 2),
        Column(Message("By the mean day of all months"), "float", 2),
        Column(Message("Limits for all months, lower"), "float", 2),
        Column(Message("Limits for all months, upper"), "float", 2),
    ]
    labels = [filters.value_label("month", str(i + 1)) for i in range(MONTHS)]
    parts = (found.per_day, found.index, found.lower, found.upper)
    rows = [
        (
            labels[i],
            int(found.counts[i]) if found.days[i] else None,
            int(found.days[i]),
            *(
                None if few and values is not found.per_day else _or_none(values[i], 4)
                for values in parts
            ),
        )
        for i in range(MONTHS)
    ]
    table = Table(title, tuple(columns), tuple(rows))
    return Answer(
        title=title,
        finding=by_filter or _season_finding(line, found, labels, total),
        figure=Figure(
            "series",
            title,
            _season_alt(line, found, labels),
            _season_drawn(line, found, labels),
            table,
        ),
        method=(*_season_method(scatter),),
        notes=(
            *line.notes,
            *_left_out(left_out),
            *timeline.vague(line, month_is_enough=True),
        ),
        warnings=tuple(step.message for step in line.steps),
    )


def _season_finding(
    line: Timeline, found: _Season, labels: Sequence[Message], total: int
) -> Message:
    if total < FEW:
        return Message("{what}: {n}, too few to compare months.", _words(line, n=total))
    if not (found.days > 0).all():
        return Message("Not every month of the year counts, so months are not compared.")
    most, least = int(np.argmax(found.index)), int(np.argmin(found.index))
    if found.lower[most] <= 1 and found.upper[least] >= 1:
        return Message(
            "{what}: no month of the year has more or fewer a day than the mean of all months "
            "beyond chance.",
            _words(line),
        )
    i = most if found.lower[most] > 1 else least
    percent, low, high = (
        round(100 * (float(edge[i]) - 1), 1) for edge in (found.index, found.lower, found.upper)
    )
    return Message(
        "{what}: {month} stands out, {percent} % a day against the mean of all months (limits that "
        "hold for all twelve months together: {low} % to {high} %).",
        _words(line, month=labels[i], percent=percent, low=low, high=high),
    )


def _season_method(scatter: float) -> Iterable[Message]:
    yield Message(
        "Months differ in days: numbers are divided by the days of each month that count. The "
        "share of a month by its share of the days has exact limits (Clopper and Pearson 1934), "
        "each at 99.6 %, so that all twelve hold together at 95 % (Bonferroni)."
    )
    if scatter > 1:
        yield Message(
            "Months scatter {factor} times as much about season and year as chance makes them; "
            "numbers are divided by that first, which widens the limits (Rao and Scott 1999).",
            {"factor": round(scatter, 2)},
        )
    yield Message("A month of more crashes need not be more dangerous: more traffic may run in it.")


def _season_alt(line: Timeline, found: _Season, labels: Sequence[Message]) -> Message:
    i = int(np.argmax(np.nan_to_num(found.per_day)))
    return Message(
        "{what} a day by month of the year; the most are in {month}.", _words(line, month=labels[i])
    )


def _season_drawn(line: Timeline, found: _Season, labels: Sequence[Message]) -> Mapping[str, Any]:
    mean = float(stats.divided(found.counts.sum(), found.days.sum()))
    label = Message("Mean of all months")
    few = found.counts.sum() < FEW
    return {
        "categories": labels,
        "series": [
            {
                "key": "count",
                "label": Message("{what} a day", {"what": line.what}),
                "form": "bars",
                "values": [_or_none(one, 4) for one in found.per_day],
                "lower": None if few else [_or_none(one * mean, 4) for one in found.lower],
                "upper": None if few else [_or_none(one * mean, 4) for one in found.upper],
            },
            {"key": "mean", "label": label, "form": "line", "values": [round(mean, 4)] * MONTHS},
        ],
        "bands": [],
        "marks": [],
        "ticks": None,
        "across": filters.label("month"),
        "unit": Message("{what} a day", {"what": line.what}),
    }


def _words(line: Timeline, **words: Any) -> dict[str, Any]:
    return {"what": line.what, **words}


def _or_none(number: float, digits: int = 2) -> float | None:
    return round(float(number), digits) if math.isfinite(number) else None


ANALYSIS = Analysis(
    name="trend_months",
    title="Months and seasons",
    summary="Month after month beside the years before, and the months of the year a day.",
    theme="when",
    order=20,
    answer=answer,
    choices=(SHOW, BY),
    lacks=lacks,
    public=always,
)
