"""A month, and the year up to it, by region."""

from __future__ import annotations

from crashkit import filters, monthly, tables, timeline
from crashkit.blocks import Block, Heading, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section
from crashkit.timeline import Timeline


def _area(facts: Facts) -> str:
    """Return the field of the widest areas of which there are several, "" where none is."""
    for name in ("admin1", "admin2"):
        found = filters.levels(facts.data, name)
        if found is not None and sum(1 for n in found.counts()[1:] if n) > 1:
            return name
    return ""


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month, and more than one area."""
    return facts.month is not None and bool(_area(facts))


def _line(facts: Facts) -> Timeline:
    """Count the killed, or crashes where the data do not tell who was killed."""
    if tables.records(facts.everything, "killed"):
        unit, show = "casualties", timeline.FATAL
    else:
        unit, show = "crashes", timeline.ALL
    return timeline.of(facts.data, whole=facts.everything, unit=unit, show=show)


def build(facts: Facts) -> list[Block]:
    """Return a row for each area, the most of this year first."""
    month, name, line = facts.month, _area(facts), _line(facts)
    assert month is not None
    counted = [Message("Crashes in the month")]
    if line.unit == "casualties":
        counted.append(Message("Killed in the month"))
    sums = bool(facts.public)
    groups = monthly.by_area(facts.data, month, line, name)
    found = monthly.grouped(groups, month, line, filters.label(name), *counted, sums=sums)
    return [Heading(Message("By area")), Paragraph((monthly.TOGETHER,)), found]


SECTION = Section(
    name="bulletin_areas",
    title="A month by area",
    build=build,
    applies=applies,
    public=True,
)
