"""A year so far: its running total beside the five years before, to the same day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from crashkit import filters, timeline
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message
from crashkit.stats import FEW
from crashkit.timeline import YEARS_BEFORE, Timeline
from crashkit.trends import expected

MONTHS = 12


def lacks(question: Question) -> Message | None:
    """Say whether the day or the month of any crash is known."""
    found = timeline.lacks(question.data) or timeline.untold(
        question.data, question.whole, question.unit, question.chosen.get(SHOW.name, "")
    )
    if found is not None:
        return found
    if _ways(question):
        return None
    return Message("The data do not tell the month of any crash.")


def _shown(question: Question) -> Options:
    return timeline.offered(question.whole, question.unit)


def _ways(question: Question) -> Options:
    line = timeline.of(question.data, whole=question.whole)
    by_day = [("day", Message("Day by day"))] if line.numbers[0].any() else []
    by_month = [("month", Message("Month by month"))] if any(line.by_month.values()) else []
    return [*by_day, *by_month]


def _years(question: Question) -> Options:
    line = timeline.of(question.data, whole=question.whole, unit=question.unit)
    years = sorted(set(line.days_in) - line.untold, reverse=True)
    return [(str(year), filters.plain(str(year))) for year in years]


SHOW = Choice("show", Message("What is counted"), _shown)
YEAR = Choice("in_year", filters.label("year"), _years)
BY = Choice("by", Message("By"), _ways)


@dataclass(frozen=True)
class Running:
    """The running totals of a year to the end of each of `days`, and of the years before it.

    `now` ends with the last day of the data; `before` has a row for each year of `years`, none
    where they do not compare.
    """

    line: Timeline
    year: int
    by_month: bool
    days: tuple[date, ...]
    years: tuple[int, ...]

    @cached_property
    def until(self) -> date:
        """The last day to which the year can be told: the end of its last whole month by months."""
        last = max(day for day in self._ends if day.year == self.year)
        if not self.by_month or (last + timedelta(days=1)).day == 1:
            return last
        return last.replace(day=1) - timedelta(days=1)

    @cached_property
    def _ends(self) -> tuple[date, ...]:
        within = (date(self.year, 1, 1), date(self.year, 12, 31))
        return tuple(end for _, end in self.line.period.within([within]).stretches)

    @cached_property
    def now(self) -> tuple[int | None, ...]:
        """The running total of the year; None after the last day of the data."""
        return tuple(
            self._total(self.year, day) if day <= self.until else None for day in self.days
        )

    @cached_property
    def before(self) -> tuple[tuple[int, ...], ...]:
        """The running totals of each year before."""
        return tuple(tuple(self._total(year, day) for day in self.days) for year in self.years)

    def _total(self, year: int, day: date) -> int:
        return self.line.running_total(year, day, by_month=self.by_month)

    @cached_property
    def means(self) -> tuple[float, ...]:
        """The mean of the years before."""
        return tuple(sum(totals) / len(totals) for totals in zip(*self.before, strict=True))

    @cached_property
    def lowest(self) -> tuple[int, ...]:
        """The lowest of the years before."""
        return tuple(min(totals) for totals in zip(*self.before, strict=True))

    @cached_property
    def highest(self) -> tuple[int, ...]:
        """The highest of the years before."""
        return tuple(max(totals) for totals in zip(*self.before, strict=True))

    @cached_property
    def place(self) -> int | None:
        """The place of the last day told; None where no whole month is."""
        return self.days.index(self.until) if self.until in self.days else None

    def scatter(self, place: int) -> float:
        """How many times more the years before scatter than chance, as five years can tell it."""
        totals = [one[place] for one in self.before]
        found = expected.by_few(expected.scatter([totals]), len(totals) - 1)
        return max(self.line.clustering, found if expected.scatter([totals]) > 1 else 1.0)


def answer(question: Question) -> Answer:
    """Return the running total of a year beside the five years before."""
    show = chosen(SHOW, question)
    line = timeline.of(question.data, whole=question.whole, unit=question.unit, show=show)
    year = int(chosen(YEAR, question))
    by_month = chosen(BY, question) == "month"
    before = line.before(year) if _counts_from_the_first(line, year) else ()
    vague = line.vague_years if by_month else line.years_of_vague_days
    before = () if vague & {year, *before} else before
    found = Running(line, year, by_month, _days(year, by_month=by_month), before)
    title = Message("{what} in {year} so far", {"what": line.what, "year": str(year)})
    return Answer(
        title=title,
        finding=_finding(found),
        figure=Figure("series", title, _alt(found), _drawn(found), _table(found, title)),
        method=METHOD,
        notes=(
            *line.notes,
            *timeline.vague(line, month_is_enough=by_month),
            *timeline.beside_no_others(line, month_is_enough=by_month),
            *_notes(found),
        ),
        warnings=tuple(step.message for step in line.steps if _touches(step.after.year, year)),
    )


METHOD = (
    Message(
        "Each year is added up to the same day. 29 February is counted with 28 February in years "
        "that have none."
    ),
    Message(
        "The mean is that of the five years before; all of them must be whole, with no break of "
        "recording between them. The range is from the lowest to the highest of the five."
    ),
    Message(
        "Given the sum of both times, the number of this year is binomial; the limits of the "
        "change are exact (Przyborowski and Wilenski 1940; Clopper and Pearson 1934)."
    ),
    Message(
        "Where the five years scatter more than chance, or several in one crash do, numbers are "
        "divided by that first (Rao and Scott 1999); that five years tell little of their scatter "
        "widens the limits as those of t with four degrees of freedom."
    ),
)


def _touches(broken: int, year: int) -> bool:
    return year - YEARS_BEFORE < broken <= year


def _days(year: int, *, by_month: bool) -> tuple[date, ...]:
    """Return every day of a year, or the last of each month."""
    if by_month:
        return tuple(
            timeline.first_of(MONTHS * year + month) - timedelta(days=1)
            for month in range(1, MONTHS + 1)
        )
    first = date(year, 1, 1)
    return tuple(first + timedelta(days=i) for i in range(timeline.days_of_year(year)))


def _counts_from_the_first(line: Timeline, year: int) -> bool:
    """Say whether a year counts without a gap from 1 January on, as the years before it do."""
    stretches = line.period.within(_within(year)).stretches
    return len(stretches) == 1 and stretches[0][0] == date(year, 1, 1)


def _finding(found: Running) -> Message:
    place, line = found.place, found.line
    if place is None:
        return Message("There is no whole month in {year}.", {"year": str(found.year)})
    n = found.now[place] or 0
    words = {"what": line.what, "day": found.until, "n": n}
    if not found.years:
        return Message(
            "{what}: {n} by {day}; the five years before are not all there whole and comparable, "
            "so there is nothing to set it against.",
            words,
        )
    total = sum(one[place] for one in found.before)
    words |= {
        "first": str(found.years[0]),
        "last": str(found.years[-1]),
        "mean": round(found.means[place], 1),
        "low": found.lowest[place],
        "high": found.highest[place],
    }
    if min(n, total) < FEW:
        return Message(
            "{what}: {n} by {day}; the mean of {first} to {last} to that day is {mean} (range "
            "{low} to {high}). That is too few for a change in per cent.",
            words,
        )
    percent, lower, upper = expected.change(
        n, total, len(found.years), scatter=found.scatter(place)
    )
    if lower <= 0 <= upper:
        verdict = Message("chance alone can explain it")
    else:
        verdict = Message("fewer than before") if upper < 0 else Message("more than before")
    return Message(
        "{what}: {n} by {day}; the mean of {first} to {last} to that day is {mean} (range {low} to "
        "{high}), so {percent} % (95 % limits {lower} % to {upper} %); {verdict}.",
        {
            **words,
            "percent": round(percent, 1),
            "lower": round(lower, 1),
            "upper": round(upper, 1),
            "verdict": verdict,
        },
    )


def _notes(found: Running) -> Iterable[Message]:
    if not found.years:
        yield Message(
            "To be compared, {first} to {last} must all be whole years of these data and pass the "
            "filter, with no break of recording.",
            {"first": str(found.year - YEARS_BEFORE), "last": str(found.year - 1)},
        )
    if found.until < date(found.year, 12, 31):
        yield Message("The last days of a running year may still be incomplete.")
    first = min(start for start, _ in found.line.period.within(_within(found.year)).stretches)
    if first > date(found.year, 1, 1):
        yield Message(
            "{year} counts from {day} on only; the years before count from 1 January on.",
            {"year": str(found.year), "day": first},
        )


def _within(year: int) -> Sequence[tuple[date, date]]:
    return [(date(year, 1, 1), date(year, 12, 31))]


def _table(found: Running, caption: Message) -> Table:
    heads = [
        Column(Message("To the end of"), "date"),
        Column(filters.plain(str(found.year)), "int"),
    ]
    if found.years:
        heads += [
            Column(Message("Five-year mean"), "float", 1),
            Column(Message("Lowest of the five years"), "int"),
            Column(Message("Highest of the five years"), "int"),
            *(Column(filters.plain(str(year)), "int") for year in found.years),
        ]
    rows = tuple(_row(found, i) for i in range(len(found.days)))
    return Table(caption, tuple(heads), rows)


def _row(found: Running, i: int) -> tuple[Any, ...]:
    own = (found.days[i], found.now[i])
    if not found.years:
        return own
    edges = (round(found.means[i], 2), found.lowest[i], found.highest[i])
    return (*own, *edges, *(one[i] for one in found.before))


def _alt(found: Running) -> Message:
    return Message(
        "Running total of {year}, beside the five years before: {finding}",
        {"year": str(found.year), "finding": _finding(found)},
    )


def _drawn(found: Running) -> dict[str, Any]:
    line, year = found.line, filters.plain(str(found.year))
    series: list[dict[str, Any]] = [
        {"key": "this", "label": year, "form": "line", "values": [*found.now]}
    ]
    bands = []
    if found.years:
        span = {"first": str(found.years[0]), "last": str(found.years[-1])}
        mean = Message("Mean of {first} to {last}", span)
        series.insert(0, {"key": "mean", "label": mean, "form": "line", "values": [*found.means]})
        label = Message("Range of {first} to {last}", span)
        bands.append({"label": label, "lower": [*found.lowest], "upper": [*found.highest]})
    starts = [(i, day) for i, day in enumerate(found.days) if found.by_month or day.day == 1]
    return {
        "categories": [Message("{day}", {"day": day}) for day in found.days],
        "series": series,
        "bands": bands,
        "marks": [],
        "ticks": [(i, filters.value_label("month", str(day.month))) for i, day in starts],
        "across": Message("To the end of"),
        "unit": line.what,
    }


ANALYSIS = Analysis(
    name="this_year",
    title="This year so far",
    summary="The running total of a year beside the five years before, to the same day.",
    theme="when",
    order=30,
    answer=answer,
    choices=(SHOW, YEAR, BY),
    lacks=lacks,
)
