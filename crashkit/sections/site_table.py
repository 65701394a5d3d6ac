"""The ranked list: where each site is, what happened there, and why it is listed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from crashkit.blocks import (
    Block,
    Column,
    Heading,
    Note,
    Table,
)
from crashkit.errors import Message
from crashkit.model import Finding, ScreeningResult
from crashkit.section import Facts, Section

MOST_SITES = 500
"""A longer list is no reading matter: the whole of it is a download of its own."""

Value = Callable[[int, Finding], Any]


def applies(facts: Facts) -> bool:
    """Say whether a screening was run."""
    return facts.screening is not None


def build(facts: Facts) -> list[Block]:
    """Return the table; columns that no site fills are left out."""
    result = facts.screening
    assert result is not None
    found: list[Block] = [Heading(Message("Ranked list of sites"))]
    if not result.findings:
        return [*found, Note(_nothing(result))]
    if len(result.findings) > MOST_SITES:
        found.append(
            Note(
                Message(
                    "Only the first {shown} of {sites} sites stand here; the whole list is a "
                    "download of its own.",
                    {"shown": MOST_SITES, "sites": len(result.findings)},
                )
            )
        )
    return [*found, _table(result)]


def _nothing(result: ScreeningResult) -> Message:
    return Message(
        "None of the {compared} places compared meets the rule on these crashes.",
        {"compared": result.compared},
    )


def _table(result: ScreeningResult) -> Table:
    numbered = list(enumerate(result.findings[:MOST_SITES], 1))
    columns, cells = [], []
    by_km = all(one.site.from_m is not None for _, one in numbered)
    by_chance = all("p" in one.score.detail for _, one in numbered)
    for column, value in _columns(by_km=by_km, by_chance=by_chance):
        values = [value(number, one) for number, one in numbered]
        if any(cell is not None and cell != "" for cell in values):
            columns.append(column)
            cells.append(values)
    caption = Message(
        "Sites by rank, worst first; crashes from {start} to {end}",
        {"start": result.period.start, "end": result.period.end},
    )
    return Table(caption, tuple(columns), tuple(zip(*cells, strict=True)))


def _columns(*, by_km: bool, by_chance: bool) -> Iterator[tuple[Column, Value]]:
    yield Column(Message("No."), "int"), lambda number, one: number
    yield Column(Message("Rank"), "int"), lambda number, one: one.rank
    yield Column(Message("Site")), lambda number, one: one.site.id
    yield Column(Message("Place")), lambda number, one: one.site.place
    yield Column(Message("Road")), lambda number, one: one.site.road
    yield Column(Message("From km"), "float", 3), lambda number, one: _km(one.site.from_m)
    yield Column(Message("To km"), "float", 3), lambda number, one: _km(one.site.to_m)
    if not by_km:
        yield Column(Message("Latitude"), "float", 5), lambda number, one: _finite(one.site.lat)
        yield Column(Message("Longitude"), "float", 5), lambda number, one: _finite(one.site.lon)
    yield Column(Message("Crashes"), "int"), lambda number, one: one.counts.get("crashes")
    yield Column(Message("Killed"), "int"), lambda number, one: one.counts.get("killed")
    yield Column(Message("Injured"), "int"), lambda number, one: one.counts.get("injured")
    yield Column(Message("Score"), "float", 1), lambda number, one: _finite(one.score.value)
    yield (
        Column(Message("Peers have"), "float", 1),
        lambda number, one: _finite(one.evidence.expected),
    )
    yield (
        Column(Message("Chance taken out"), "float", 1),
        lambda number, one: _finite(one.evidence.estimate),
    )
    yield (
        Column(Message("Surely worse"), "percent"),
        lambda number, one: _finite(one.evidence.worse),
    )
    yield Column(Message("Stays"), "percent"), lambda number, one: one.evidence.stability
    yield Column(Message("Probability"), "chance", 4), _detail("p")
    # A test against chance gives no other reason than the numbers before.
    if not by_chance:
        yield Column(Message("Why listed")), lambda number, one: one.score.reason


def _detail(name: str) -> Value:
    return lambda number, one: _finite(one.score.detail.get(name))


def _km(at_m: int | None) -> float | None:
    return None if at_m is None else at_m / 1000


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


SECTION = Section(
    name="site_table",
    title="Ranked list of sites",
    build=build,
    applies=applies,
    needs="screening",
)
