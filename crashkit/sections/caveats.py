"""What a reader must know to judge the numbers: gaps, definitions, crashes never reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crashkit import filters
from crashkit.blocks import (
    Block,
    Heading,
    Note,
    Points,
)
from crashkit.errors import Message, counted
from crashkit.model import Period
from crashkit.section import Facts, Section


def build(facts: Facts) -> list[Block]:
    """Return the caveats; where nothing passes the filter, that comes first."""
    found: list[Block] = []
    if not facts.summary.crashes:
        found.append(
            Note(
                Message(
                    "No crash passes this filter. Widen the years or the area, or take a condition "
                    "away."
                ),
                "warning",
            )
        )
    return [*found, Heading(Message("How to read these numbers")), Points(tuple(_said(facts)))]


def _said(facts: Facts) -> Iterator[Message]:
    yield from _unlocated(facts)
    yield from _severity(facts)
    yield _killed(facts.dataset.killed_definition)
    yield from facts.data.period.notes
    yield from _broken_years(facts)
    yield Message(
        "Police records miss a part of the crashes, most of all slight ones and those of "
        "pedestrians and cyclists; the true numbers are higher."
    )


def _unlocated(facts: Facts) -> Iterator[Message]:
    lost = facts.summary.crashes - facts.summary.located
    if lost:
        yield counted(
            "One crash has no coordinates: it is counted in the tables, but is not on the map.",
            "{n} crashes have no coordinates: they are counted in the tables, but are not on the "
            "map.",
            lost,
        )


def _severity(facts: Facts) -> Iterator[Message]:
    unknown = facts.summary.by_severity.get(filters.UNKNOWN, 0)
    if facts.summary.crashes and unknown == facts.summary.crashes:
        yield Message("The source does not tell how severe the crashes were.")
    elif unknown:
        yield counted(
            "The severity of one crash is not known.",
            "The severity of {n} crashes is not known.",
            unknown,
        )


def _killed(definition: str) -> Message:
    if definition in ("", filters.UNKNOWN):
        return Message(
            "It is not known how long after a crash a death still counts; numbers of killed may "
            "not be comparable with those of other countries."
        )
    if definition == "30d":
        return Message("A person counts as killed who dies within 30 days of the crash.")
    return Message(
        "Deaths are counted as follows: {definition}. Most countries count 30 days: their numbers "
        "are not comparable.",
        {"definition": filters.value_label("killed_definition", definition)},
    )


def _broken_years(facts: Facts) -> Iterator[Message]:
    """Name the years of which the data cover only a part."""
    period = facts.data.period
    for year in period.calendar_years:
        whole = Period(date(year, 1, 1), date(year, 12, 31))
        if whole.within(period.stretches) != whole:
            yield Message("Of the year {year} only a part is covered.", {"year": str(year)})


SECTION = Section(
    name="caveats",
    title="How to read the numbers",
    build=build,
    public=True,
)
