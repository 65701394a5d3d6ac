"""Crashes at one place by year and severity, and the people killed and injured in them.

Crashes and people stand in the same line of a year, each under its own head: they are not added.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crashkit.blocks import TOTAL, Block, Column, Heading, Table
from crashkit.errors import Message
from crashkit.model import Summary
from crashkit.quick import YearCount
from crashkit.section import Facts, Section

Value = Callable[[Summary], Any]

COLUMNS: tuple[tuple[Message, Value], ...] = (
    (Message("Crashes"), lambda of: of.crashes),
    (Message("Fatal crashes"), lambda of: of.by_severity.get("fatal", 0)),
    (Message("Killed"), lambda of: of.killed),
    (Message("Seriously injured"), lambda of: of.serious),
    (Message("Injured"), lambda of: of.injured),
)
"""What stands beside each year; what the source does not tell is left out."""

MOST_YEARS = 12
"""So many years stand in the table, the last ones; those before are added up."""


def applies(facts: Facts) -> bool:
    """Say whether a place was asked for, and its years are known."""
    return facts.answer is not None and bool(facts.answer.years) and facts.summary.crashes > 0


def build(facts: Facts) -> list[Block]:
    """Return the table; of years that are covered in part it says so."""
    assert facts.answer is not None
    return [Heading(Message("By year")), table(facts.answer.years, facts.summary)]


def table(years: tuple[YearCount, ...], total: Summary) -> Table:
    """Return the years, the last ones one by one, with their sum."""
    shown = [(title, value) for title, value in COLUMNS if value(total) is not None]
    early, late = years[:-MOST_YEARS], years[-MOST_YEARS:]
    rows = [(_name(one), *(value(one.summary) for _, value in shown)) for one in late]
    if early:
        span = {"first": str(early[0].year), "last": str(early[-1].year)}
        sums = (_sum(value(one.summary) for one in early) for _, value in shown)
        rows.insert(0, (Message("{first}–{last}", span), *sums))
    caption = Message("Crashes and people hurt in them, by year; “*”: not the whole year counts")
    if all(one.is_whole for one in years):
        caption = Message("Crashes and people hurt in them, by year")
    return Table(
        caption,
        (Column(Message("Year")), *(Column(title, "int") for title, _ in shown)),
        (*rows, (TOTAL, *(value(total) for _, value in shown))),
        total_row=True,
    )


def _name(one: YearCount) -> str:
    return str(one.year) if one.is_whole else f"{one.year}*"


def _sum(values: Any) -> int | None:
    told = [one for one in values if one is not None]
    return sum(told) if told else None


SECTION = Section(
    name="answer_years",
    title="Crashes at a place by year",
    build=build,
    applies=applies,
    needs="place",
)
