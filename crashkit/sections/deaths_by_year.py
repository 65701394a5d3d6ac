"""Deaths of each year as counted and, beside them, as they would be within 30 days."""

from __future__ import annotations

from crashkit import quality
from crashkit.blocks import (
    Block,
    Column,
    Heading,
    Note,
    Paragraph,
    Table,
)
from crashkit.errors import Message
from crashkit.quality import Deaths
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether the data tell of deaths."""
    return bool(quality.deaths(facts.data).killed)


def build(facts: Facts) -> list[Block]:
    """Return the table of the years, and by which factor the estimate was made."""
    found = quality.deaths(facts.data)
    return [
        Heading(Message("Deaths as counted, and within 30 days")),
        Paragraph((_factor(found),)),
        *(Note(one, "warning") for one in found.notes),
        _table(found),
    ]


def _factor(found: Deaths) -> Message:
    if found.factor is None:
        return Message(
            "It is not known how long after a crash a death counts, so there is no estimate of the "
            "deaths within 30 days."
        )
    if found.factor.factor == 1:
        return Message("A person counts as killed who dies within 30 days of the crash.")
    words = {"percent": round(found.factor.factor * 100), "source": found.factor.source}
    if found.factor.verified:
        return Message("The estimate is {percent} % of the count. Source: {source}.", words)
    return Message(
        "The estimate is {percent} % of the count, by a factor that was not verified. Source: "
        "{source}.",
        words,
    )


def _table(found: Deaths) -> Table:
    columns = [
        Column(Message("Year")),
        Column(Message("Crashes"), "int"),
        Column(Message("Killed, as counted"), "int"),
    ]
    if found.factor:
        columns.append(Column(Message("Killed within 30 days, estimated"), "float"))
    columns.append(Column(Message("Crashes per death"), "float", 1))
    rows = tuple(
        (
            str(year.year),
            year.crashes,
            year.killed,
            *((found.estimate(year.killed),) if found.factor else ()),
            year.per_death,
        )
        for year in found.years
    )
    return Table(Message("Crashes and people killed, by year"), tuple(columns), rows)


SECTION = Section(
    name="deaths_by_year",
    title="Deaths by year",
    build=build,
    applies=applies,
    needs="quality",
    public=True,
)
