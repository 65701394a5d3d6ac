"""How many for so many people, vehicles or vehicle-kilometres, from year to year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crashkit import exposure, filters, stats, timeline
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message, TooLittle
from crashkit.timeline import Timeline
from crashkit.trends import ratios, slopes

PER = {
    "population": Message("{what} per {per} people, by year"),
    "vehicles": Message("{what} per {per} registered vehicles, by year"),
    "vehicle_km": Message("{what} per {per} vehicle-kilometres, by year"),
}
WORST_FIRST = (timeline.FATAL, timeline.SEVERE, timeline.ALL)


def _shown(question: Question) -> Options:
    """Return what can be counted; of people the killed come first: rates are compared by them."""
    offered = dict(timeline.offered(question.whole, question.unit))
    order = WORST_FIRST if question.unit == "casualties" else tuple(offered)
    return [(word, offered[word]) for word in order if word in offered]


def _quantities(question: Question) -> Options:
    told = {one.quantity for one in question.exposure if not one.area}
    return [(name, label) for name, label in exposure.QUANTITIES.items() if name in told]


SHOW = Choice("show", Message("What is counted"), _shown)
KIND = Choice("kind", Message("Rate by"), _quantities)


def lacks(question: Question) -> Message | None:
    """Say whether any exposure of whole years is told of all that is counted."""
    reason = timeline.lacks(question.data)
    if reason is not None:
        return reason
    years = {one.year for one in question.exposure if not one.area}
    if years & set(question.data.period.whole_years):
        return None
    return Message(
        "Nobody has told population, vehicles or vehicle-kilometres of a whole year of these data: "
        "add a table of them to the data set."
    )


@dataclass(frozen=True)
class Year:
    """How many there were in a year, by how much exposure, and the rate with its limits."""

    year: int
    n: int
    exposure: float
    rate: float
    lower: float
    upper: float


def answer(question: Question) -> Answer:
    """Return the rate of each whole year with its limits, and how it changed."""
    show, quantity = chosen(SHOW, question), chosen(KIND, question)
    by = exposure.covered(
        question.data, question.exposure, quantity, "year", question.whole, unit=question.unit
    )
    line = timeline.of(by.data, whole=question.whole, unit=question.unit, show=show)
    years = [
        _year(line, year, by.amounts[str(year)], by.per)
        for year in by.years
        if year not in line.untold
    ]
    if not years:
        raise TooLittle("Of no year with exposure the data tell “{what}”.", what=line.what)
    title = Message(PER[quantity].text, {"what": line.what, "per": by.per})
    return Answer(
        title=title,
        finding=_finding(line, years, title),
        figure=Figure(
            "series", title, _alt(years, title), _drawn(years, title), _table(
                years, title, (line.what, exposure.QUANTITIES[quantity])
            )
        ),
        method=(*line.method, *METHOD),
        notes=(*line.notes, *by.notes),
        warnings=tuple(step.message for step in line.steps),
    )  # fmt: skip


METHOD = (
    Message(
        "A rate is the count of a whole year by the exposure told for that year. Its limits are "
        "those of the count: population, vehicles and traffic are taken as known."
    ),
    Message(
        "The change of a rate is log-linear with the logarithm of the exposure as offset; limits "
        "are those of t for years that scatter more than chance (quasi-Poisson; McCullagh and "
        "Nelder 1989)."
    ),
)


def _year(line: Timeline, year: int, amount: float, per: int) -> Year:
    n = line.by_year.get(year, 0)
    low, high = line.limits(n)
    scale = per / amount
    return Year(year, n, amount, n * scale, low * scale, high * scale)


def _finding(line: Timeline, years: Sequence[Year], title: Message) -> Message:
    last = years[-1]
    words: dict[str, Any] = {
        "title": title,
        "year": str(last.year),
        "rate": _told(last.rate),
        "low": _told(last.lower),
        "high": _told(last.upper),
    }
    together = set(line.runs[-1]) if line.runs else set()
    compared = [one for one in years if one.year in together]
    if sum(one.n for one in compared) < stats.FEW or len(compared) < 2:  # noqa: PLR2004
        return Message("{title}: {rate} in {year} (95 % limits {low} to {high}).", words)
    change = _change(line, compared)
    if change is None:
        return Message("{title}: {rate} in {year} (95 % limits {low} to {high}).", words)
    return Message(
        "{title}: {rate} in {year} (95 % limits {low} to {high}). {change}",
        {**words, "change": change},
    )


def _change(line: Timeline, years: Sequence[Year]) -> Message | None:
    first, last = str(years[0].year), str(years[-1].year)
    counts, amounts = [one.n for one in years], [one.exposure for one in years]
    found = slopes.slope(counts, [one.year for one in years], exposure=amounts)
    if found.reason is None:
        words = _percents(found.annual_percent, *found.limits)
        return Message(
            "From {first} to {last} it changed by {percent} % a year (95 % limits {low} % to "
            "{high} %); {verdict}.",
            {**words, "first": first, "last": last},
        )
    if min(counts[0], counts[-1]) <= ratios.SMALL:
        return None
    change = ratios.two_means(
        [counts[0], counts[-1]], exposure=[amounts[0], amounts[-1]], span=1, phi=line.clustering
    )
    words = _percents(change.percent, change.lower, change.upper)
    return Message(
        "{last} against {first}: {percent} % (95 % limits of chance alone {low} % to {high} %); "
        "{verdict}.",
        {**words, "first": first, "last": last},
    )


def _percents(percent: float, low: float, high: float) -> dict[str, Any]:
    if low <= 0 <= high:
        verdict = Message("chance alone can explain it")
    else:
        verdict = Message("a fall") if high < 0 else Message("a rise")
    numbers = {"percent": percent, "low": low, "high": high}
    return {**{name: round(one, 1) for name, one in numbers.items()}, "verdict": verdict}


def _told(rate: float) -> float:
    return round(rate, 1 if rate >= stats.FEW else 2)


def _alt(years: Iterable[Year], title: Message) -> Message:
    most = max(years, key=lambda one: one.rate)
    words = {"title": title, "year": str(most.year), "rate": _told(most.rate)}
    return Message("{title}; the highest was in {year}: {rate}.", words)


def _drawn(years: Sequence[Year], title: Message) -> dict[str, Any]:
    rates = {
        "key": "count",
        "label": title,
        "form": "bars",
        "values": [one.rate for one in years],
        "lower": [one.lower for one in years],
        "upper": [one.upper for one in years],
    }
    return {
        "categories": [filters.plain(str(one.year)) for one in years],
        "series": [rates],
        "bands": [],
        "marks": [],
        "ticks": None,
        "across": filters.label("year"),
        "unit": title,
    }


def _table(years: Iterable[Year], title: Message, heads: tuple[Message, Message]) -> Table:
    columns = (
        Column(filters.label("year")),
        Column(heads[0], "int"),
        Column(heads[1], "int"),
        Column(Message("Rate"), "float", 2),
        Column(Message("95 % limits, lower"), "float", 2),
        Column(Message("95 % limits, upper"), "float", 2),
    )
    rows = (
        (str(one.year), one.n, round(one.exposure), one.rate, one.lower, one.upper) for one in years
    )
    return Table(title, columns, tuple(rows))


ANALYSIS = Analysis(
    name="rates_by_year",
    title="Rates by year",
    summary="Killed, hurt or crashes for so many people, vehicles or vehicle-km, year by year.",
    theme="when",
    order=15,
    answer=answer,
    units=("casualties", "crashes"),
    choices=(SHOW, KIND),
    lacks=lacks,
    by_years=lambda question: True,
)
