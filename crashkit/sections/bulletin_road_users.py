"""A month, and the year up to it, by road user."""

from __future__ import annotations

from crashkit import monthly
from crashkit.blocks import Block, Heading, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month, and who was hurt is told one by one."""
    month = facts.month
    return month is not None and monthly.tells_road_users(facts.data, facts.everything, month)


def build(facts: Facts) -> list[Block]:
    """Return a row for each kind of road user, the most killed this year first."""
    month = facts.month
    assert month is not None
    line = monthly.worst(facts.data, facts.everything, month)
    heads = (
        Message("Road user"),
        Message("Casualties in the month"),
        Message("Killed in the month"),
    )
    groups = monthly.by_road_user(facts.data, month, line)
    found = monthly.grouped(groups, month, line, *heads, sums=bool(facts.public))
    return [Heading(Message("By road user")), Paragraph((monthly.together(),)), found]


SECTION = Section(
    name="bulletin_road_users",
    title="A month by road user",
    build=build,
    applies=applies,
    public=True,
)
