"""The crashes along a route by km: the strip that the whole report is read beside."""

from __future__ import annotations

from dataclasses import replace

from crashkit import analysis
from crashkit.blocks import Block, Heading, Note, Paragraph, Points
from crashkit.errors import Message
from crashkit.section import Facts, Section, route_of


def applies(facts: Facts) -> bool:
    """Say whether a road or corridor with crashes is known."""
    return route_of(facts) is not None


def build(facts: Facts) -> list[Block]:
    """Return the strip with what it shows in a sentence; its numbers stand at the end."""
    route = route_of(facts)
    if route is None:
        return []
    asked = replace(route.asked, chosen={"by": route.way.word})
    found = analysis.answer("corridor", asked)
    return [
        Heading(Message("Where along the route")),
        *(Note(one, "warning") for one in found.warnings),
        Paragraph((found.finding,)),
        replace(found.figure, table=None),
        *([Points(found.notes)] if found.notes else []),
    ]


SECTION = Section(
    name="route_strip",
    title="Where along the route",
    build=build,
    applies=applies,
)
