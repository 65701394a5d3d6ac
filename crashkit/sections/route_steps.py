"""The numbers of the strip of a route, step by step."""

from __future__ import annotations

from dataclasses import replace

from crashkit import analysis
from crashkit.blocks import Block, Heading
from crashkit.errors import Message
from crashkit.section import Facts, Section, route_of

ON_PAGES = 60
"""So many steps stand on pages."""


def applies(facts: Facts) -> bool:
    """Say whether a road or corridor with crashes is known."""
    return route_of(facts) is not None


def build(facts: Facts) -> list[Block]:
    """Return the table of the strip."""
    route = route_of(facts)
    if route is None:
        return []
    found = analysis.answer("corridor", replace(route.asked, chosen={"by": route.way.word}))
    return [Heading(Message("The strip in numbers")), replace(found.table, on_paper=ON_PAGES)]


SECTION = Section(
    name="route_steps",
    title="The strip in numbers",
    build=build,
    applies=applies,
)
