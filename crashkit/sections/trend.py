"""Crashes by year and severity, as bars and as a table, and whether chance explains the trend."""

from __future__ import annotations

from crashkit import breaks, tables
from crashkit.blocks import (
    Block,
    Figure,
    Heading,
    Note,
    Points,
    Table,
)
from crashkit.errors import Message
from crashkit.model import CrossTable
from crashkit.section import (
    Facts,
    Section,
    counts,
    told,
)
from crashkit.trends import joinpoints, ratios, slopes

MOST_YEARS = 15
"""The table holds so many years, the last ones; the bars show all."""


def applies(facts: Facts) -> bool:
    """Say whether there are crashes, and more than one year to compare."""
    return facts.summary.crashes > 0 and len(facts.data.period.calendar_years) > 1


def build(facts: Facts) -> list[Block]:
    """Return the bars, with the numbers below; breaks between years are said first."""
    table = tables.cross(facts.data, "year", "severity", whole=facts.everything)
    caption = Message("Crashes by year and severity") if told(table) else Message("Crashes by year")
    laid = counts(table, caption)
    highest = max(laid.rows[:-1], key=lambda row: row[-1])
    alt = Message(
        "Bars of the crashes of each year; the most were in {year}: {n}.",
        {"year": highest[0], "n": highest[-1]},
    )
    figure = Figure("bars", caption, alt, _bars(table), _last_years(laid))
    warnings = [Note(warning, "warning") for warning in table.warnings]
    changes = _changes(facts)
    points = [Points(changes)] if changes else []
    return [Heading(Message("Trend")), *warnings, figure, *points]


# ------------------------------------------------------------------------------- the trend

LEAST_YEARS = 4
"""With fewer years two means of three years would be nearly the same."""


def _changes(facts: Facts) -> tuple[Message, ...]:
    """Say how deaths and crashes changed over the whole years, each with its limits.

    Crashes are left out where recording changed: their trend would be one of recording.
    """
    data = facts.data
    years = breaks.whole_years(data)
    if data.period.undated or len(years) < LEAST_YEARS:
        return ()
    times = [year.year for year in years]
    found = _change(Message("People killed"), [year.killed for year in years], times)
    if not breaks.found(facts.everything, data):
        crashes = [year.crashes for year in years]
        found += _change(tables.UNIT_LABELS["crashes"], crashes, times)
    return found


def _change(what: Message, numbers: list[int], years: list[int]) -> tuple[Message, ...]:
    if len(years) < slopes.LEAST_YEARS:
        return _two_means(what, numbers, years)
    return tuple(
        Message(
            "{what}, {first} to {last}: {percent} % a year (95 % limits {low} % to {high} %); "
            "{verdict}.",
            {
                "what": what,
                "first": str(round(one.first)),
                "last": str(round(one.last)),
                **_percents(one.annual_percent, one.lower, one.upper),
            },
        )
        for one in joinpoints.joinpoints(numbers, years).segments
    )


def _two_means(what: Message, numbers: list[int], years: list[int]) -> tuple[Message, ...]:
    found = ratios.two_means(numbers)
    if found.reason is not None:
        return ()
    return (
        Message(
            "{what}, the last three years of {first} to {last} against the first three: {percent} "
            "% (95 % limits of chance alone {low} % to {high} %); {verdict}.",
            {
                "what": what,
                "first": str(years[0]),
                "last": str(years[-1]),
                **_percents(found.percent, found.lower, found.upper),
            },
        ),
    )


def _percents(percent: float, low: float, high: float) -> dict[str, object]:
    if low <= 0 <= high:
        verdict = Message("chance alone can explain it")
    else:
        verdict = Message("a fall") if high < 0 else Message("a rise")
    numbers = {"percent": percent, "low": low, "high": high}
    return {**{name: round(one, 1) for name, one in numbers.items()}, "verdict": verdict}


def _bars(table: CrossTable) -> dict[str, object]:
    """Return one series a severity, or one of all crashes where none is told."""
    series = [
        {
            "key": table.columns[j],
            "label": table.column_labels[j],
            "values": tuple(row[j] for row in table.cells),
        }
        for j in told(table)
    ]
    field = "severity" if series else ""
    if not series:
        label = tables.UNIT_LABELS["crashes"]
        series = [{"key": "all", "label": label, "values": tables.row_totals(table)}]
    return {
        "categories": table.row_labels,
        "series": tuple(series),
        "field": field,
        "unit": tables.UNIT_LABELS["crashes"],
    }


def _last_years(laid: Table) -> Table:
    *years, total = laid.rows
    if len(years) <= MOST_YEARS:
        return laid
    caption = Message(
        "{caption}: the last {n} years, and the total of all years",
        {"caption": laid.caption, "n": MOST_YEARS},
    )
    return Table(caption, laid.columns, (*years[-MOST_YEARS:], total), total_row=True)


SECTION = Section(
    name="trend",
    title="Trend by year",
    build=build,
    applies=applies,
    public=True,
)
