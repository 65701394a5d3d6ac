"""Crashes by year and severity, as bars and as a table."""

from __future__ import annotations

from crashkit import tables
from crashkit.errors import Message
from crashkit.model import CrossTable
from crashkit.section import Block, Facts, Figure, Heading, Note, Section, Table, counts, told

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
    return [Heading(Message("Trend")), *warnings, figure]


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
    order={"area_one_pager": 30},
)
