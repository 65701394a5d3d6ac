"""A month, and the year up to it, by region."""

from __future__ import annotations

from crashkit import filters, monthly
from crashkit.blocks import Block, Heading, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month, and more than one area."""
    return facts.month is not None and bool(monthly.widest_area(facts.data))


def build(facts: Facts) -> list[Block]:
    """Return a row for each area, the most of this year first."""
    month, name = facts.month, monthly.widest_area(facts.data)
    assert month is not None
    line = monthly.worst(facts.data, facts.everything, month)
    counted = [Message("Crashes in the month")]
    if line.unit == "casualties":
        counted.append(Message("Killed in the month"))
    sums = bool(facts.public)
    groups = monthly.by_area(facts.data, month, line, name)
    found = monthly.grouped(groups, month, line, filters.label(name), *counted, sums=sums)
    said = Paragraph((monthly.together(), *monthly.doubtful(groups, line.what)))
    return [Heading(Message("By area")), said, found]


SECTION = Section(
    name="bulletin_areas",
    title="A month by area",
    build=build,
    applies=applies,
    public=True,
)
