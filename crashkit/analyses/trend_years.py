"""How it changed from year to year: counts with limits, their moving mean, and their trend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crashkit import evidence, filters, timeline
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, always, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message
from crashkit.stats import FEW
from crashkit.timeline import Timeline
from crashkit.trends import joinpoints, ranges, ranks, ratios, slopes

LEAST_YEARS = 4
"""With fewer years two means of three years would be nearly the same."""

BOTH_MEANS = 3
"""So many years are in each of two means that are compared where years are few."""


def lacks(question: Question) -> Message | None:
    """Say whether the years, and what is to be counted, are known."""
    return timeline.lacks(question.data) or timeline.untold(
        question.data, question.whole, question.unit, question.chosen.get(SHOW.name, "")
    )


def _shown(question: Question) -> Options:
    return timeline.offered(question.whole, question.unit)


SHOW = Choice("show", Message("What is counted"), _shown)


@dataclass(frozen=True)
class Mean:
    """The moving mean about a year, its range of chance, and whether the count is outside."""

    mean: float
    lower: float
    upper: float


def answer(question: Question) -> Answer:
    """Return the years with their limits, and their trend where recording did not change."""
    show = chosen(SHOW, question)
    line = timeline.of(question.data, whole=question.whole, unit=question.unit, show=show)
    title = Message("{what} by year", {"what": line.what})
    trend = _trend(line)
    means = _means(line)
    table = _table(line, means, title)
    return Answer(
        title=title,
        finding=trend.sentence,
        figure=Figure("series", title, _alt(line), _drawn(line, means, trend), table),
        method=(*line.method, *METHOD),
        notes=(*line.notes, *_parts_of_years(line), *_begins_late(line), *trend.notes),
        warnings=tuple(step.message for step in line.steps),
    )


METHOD = (
    Message(
        "The five-year mean stands in the middle year of five whole ones. Its range is where "
        "chance alone moves a year: the mean and twice its square root to both sides, exact limits "
        "for means below 20 (Transport Scotland, Reported Road Casualties, appendix G)."
    ),
    Message(
        "The trend is log-linear: the same per cent from year to year. Its limits are those of t "
        "for years that scatter more than chance (quasi-Poisson; McCullagh and Nelder 1989). From "
        "ten years on it may change once, from 25 twice, where a permutation test finds that it "
        "did (Kim and others 2000); limits then take the year of the change as known and are "
        "rather too narrow."
    ),
    Message(
        "With fewer than six years there is no slope: the mean of the last three years is compared "
        "with that of the first three."
    ),
    Message(
        "Part of a year is drawn hollow and is in no mean and no trend. No mean and no trend goes "
        "across a break of recording."
    ),
    Message(
        "The test of Mann (1945) and Kendall (1975) looks at the order of the years alone; from "
        "eight years on it is told beside the trend."
    ),
)

# ------------------------------------------------------------------- trend


@dataclass(frozen=True)
class _Trend:
    """What is said of the trend: the finding, what stands beside it, and where it changed."""

    sentence: Message
    notes: tuple[Message, ...] = ()
    changes: tuple[int, ...] = ()


def _trend(line: Timeline) -> _Trend:
    years = line.runs[-1] if line.runs else ()
    numbers = [line.by_year.get(year, 0) for year in years]
    if line.total < FEW:
        return _Trend(Message("{what}: {n}, too few to tell a trend.", _what(line, n=line.total)))
    if len(years) < 2:
        return _Trend(_too_short(line))
    if sum(numbers) < FEW:
        words = _what(line, n=sum(numbers), first=str(years[0]), last=str(years[-1]))
        few = "{what}, {first} to {last}: {n}, too few to tell a trend."
        return _Trend(Message(few, words))
    if len(years) < slopes.LEAST_YEARS:
        return _Trend(_two_means(line, years, numbers))
    found = joinpoints.joinpoints(numbers, years)
    if not found.segments:
        return _Trend(_two_means(line, years, numbers))
    changes = tuple(round(year) for year in found.years)
    return _Trend(_slopes(line, found), tuple(_ranked(years, numbers)), changes)


def _too_short(line: Timeline) -> Message:
    if not line.runs:
        return Message("There is no whole year in these data, so there is no trend.")
    year = line.runs[-1][-1]
    n = line.by_year.get(year, 0)
    low, high = line.limits(n)
    return Message(
        "{what} in {year}: {n} (95 % limits of chance alone {low} to {high}); one whole year that "
        "compares is no trend.",
        _what(line, year=str(year), n=n, low=math.floor(low), high=math.ceil(high)),
    )


def _slopes(line: Timeline, found: joinpoints.Joinpoints) -> Message:
    *before, last = found.segments
    words = _what(
        line,
        first=str(round(last.first)),
        last=str(round(last.last)),
        **_percents(last.annual_percent, last.lower, last.upper),
    )
    if not before:
        return Message(
            "{what}, {first} to {last}: {percent} % a year (95 % limits {low} % to {high} %); "
            "{verdict}.",
            words,
        )
    return Message(
        "{what}, {first} to {last}: {percent} % a year (95 % limits {low} % to {high} %); "
        "{verdict}. Before that, from {start} on, it was {before} % a year: the trend changed in "
        "{first}.",
        {
            **words,
            "start": str(round(before[-1].first)),
            "before": round(before[-1].annual_percent, 1),
        },
    )


def _two_means(line: Timeline, years: Sequence[int], numbers: Sequence[int]) -> Message:
    span = BOTH_MEANS if len(years) >= LEAST_YEARS else 1
    found = ratios.two_means(numbers, span=span, phi=line.clustering)
    words = _what(
        line,
        first=str(years[0]),
        last=str(years[-1]),
        **_percents(found.percent, found.lower, found.upper),
    )
    if span == 1:
        return Message(
            "{what}, {last} against {first}: {percent} % (95 % limits of chance alone {low} % to "
            "{high} %); {verdict}.",
            words,
        )
    return Message(
        "{what}, the last three years of {first} to {last} against the first three: {percent} "
        "% (95 % limits of chance alone {low} % to {high} %); {verdict}.",
        words,
    )


def _ranked(years: Sequence[int], numbers: Sequence[int]) -> Iterable[Message]:
    if len(years) < ranks.USABLE:
        return
    found = ranks.mann_kendall(numbers, years)
    low, high = found.sen_limits
    yield Message(
        "By the order of the years alone (Mann-Kendall): {p}, the middle of all slopes {slope} a "
        "year (95 % limits {low} to {high}).",
        {
            "p": evidence.probability(found.p),
            "slope": round(found.sen_slope, 1),
            "low": round(low, 1),
            "high": round(high, 1),
        },
    )


def _percents(percent: float, low: float, high: float) -> dict[str, object]:
    if low <= 0 <= high:
        verdict = Message("chance alone can explain it")
    else:
        verdict = Message("a fall") if high < 0 else Message("a rise")
    numbers = {"percent": percent, "low": low, "high": high}
    return {**{name: round(one, 1) for name, one in numbers.items()}, "verdict": verdict}


def _what(line: Timeline, **words: Any) -> dict[str, Any]:
    return {"what": line.what, **words}


# ----------------------------------------------------------------- numbers


def _means(line: Timeline) -> dict[int, Mean]:
    """Return the moving means of the years that have one, each within one run."""
    found = {}
    for run in line.runs:
        # Several in one crash: chance moves them as if they were so many times fewer.
        scaled = [line.by_year.get(year, 0) / line.clustering for year in run]
        band = ranges.random_range(scaled)
        for i, year in enumerate(run):
            if math.isfinite(band.means[i]):
                edges = (band.means[i], max(0.0, band.lower[i]), band.upper[i])
                found[year] = Mean(*(float(line.clustering * edge) for edge in edges))
    return found


def _table(line: Timeline, means: dict[int, Mean], caption: Message) -> Table:
    return Table(
        caption,
        (
            Column(filters.label("year")),
            Column(line.what, "int"),
            Column(Message("95 % limits, lower"), "float", 1),
            Column(Message("95 % limits, upper"), "float", 1),
            Column(Message("Five-year mean"), "float", 1),
            Column(Message("Range of chance, lower"), "float", 1),
            Column(Message("Range of chance, upper"), "float", 1),
            Column(Message("Remark")),
        ),
        tuple(_row(line, year, means.get(year)) for year in line.years),
    )


def _row(line: Timeline, year: int, mean: Mean | None) -> tuple[Any, ...]:
    n = line.by_year.get(year, 0)
    edges = (None,) * 3 if mean is None else (mean.mean, mean.lower, mean.upper)
    numbers = (*line.limits(n), *edges)
    rounded = (None if one is None else round(one, 2) for one in numbers)
    return (str(year), n, *rounded, _remark(line, year, n, mean))


def _remark(line: Timeline, year: int, n: int, mean: Mean | None) -> Message | None:
    if not line.is_whole(year):
        return Message("part of a year: {n} days", {"n": line.days_in.get(year, 0)})
    if mean is None or mean.lower <= n <= mean.upper:
        return None
    return Message("above the range") if n > mean.upper else Message("below the range")


def _parts_of_years(line: Timeline) -> tuple[Message, ...]:
    parts = [str(year) for year in line.years if not line.is_whole(year)]
    if not parts:
        return ()
    return (
        Message("Only part of {years} counts: it is in no mean and no trend.", {"years": parts}),
    )


def _begins_late(line: Timeline) -> Iterable[Message]:
    """Say why whole years before the trend are not in it."""
    before = [str(year) for run in line.runs[:-1] for year in run]
    if not before:
        return
    first = line.runs[-1][0]
    words = {"first": str(first), "years": before}
    if any(step.after.year == first for step in line.steps):
        yield Message(
            "The trend begins in {first}, because recording seems to have changed before it; not "
            "compared with it: {years}.",
            words,
        )
        return
    yield Message(
        "The trend begins in {first}, because the year before it does not count whole, or is not "
        "told; not compared with it: {years}.",
        words,
    )


def _alt(line: Timeline) -> Message:
    most = max(line.years, key=lambda year: line.by_year.get(year, 0))
    return Message(
        "{what} by year; the most were in {year}: {n}.",
        _what(line, year=str(most), n=line.by_year.get(most, 0)),
    )


def _drawn(line: Timeline, means: dict[int, Mean], trend: _Trend) -> dict[str, Any]:
    years = line.years
    numbers = [line.by_year.get(year, 0) for year in years]
    limits = [line.limits(n) for n in numbers]
    found = [means.get(year) for year in years]
    series = [
        {
            "key": "count",
            "label": line.what,
            "form": "bars",
            "values": numbers,
            "lower": [low for low, _ in limits],
            "upper": [high for _, high in limits],
            "hollow": [not line.is_whole(year) for year in years],
        }
    ]
    bands = []
    if means:
        mean = [one and one.mean for one in found]
        label = Message("Five-year mean")
        series.append({"key": "mean", "label": label, "form": "line", "values": mean})
        bands.append(
            {
                "label": Message("Range of chance about the mean"),
                "lower": [one and one.lower for one in found],
                "upper": [one and one.upper for one in found],
            }
        )
    place = {year: i for i, year in enumerate(years)}
    marks = [
        {"key": "break", "at": place[one.after.year] - 0.5, "label": Message("Recording changed")}
        for one in line.steps
        if one.after.year in place
    ]
    marks += [
        {"key": "joinpoint", "at": place[year], "label": Message("The trend changed")}
        for year in trend.changes
    ]
    return {
        "categories": [filters.plain(str(year)) for year in years],
        "series": series,
        "bands": bands,
        "marks": marks,
        "ticks": None,
        "across": filters.label("year"),
        "unit": line.what,
    }


ANALYSIS = Analysis(
    name="trend_years",
    title="Trend by year",
    summary="How it changed over the years, and whether chance alone explains it.",
    theme="when",
    order=10,
    answer=answer,
    choices=(SHOW,),
    lacks=lacks,
    public=always,
)
