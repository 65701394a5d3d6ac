"""How long the list is, of how many places, and which part of all crashes lies at its sites."""

from __future__ import annotations

from crashkit.blocks import (
    Block,
    KeyFigure,
    KeyFigures,
)
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether a screening was run."""
    return facts.screening is not None


def build(facts: Facts) -> list[Block]:
    """Return the large numbers of a list of sites."""
    result = facts.screening
    assert result is not None
    at_sites = sum(len(one.site.crash_ids) for one in result.findings)
    figures = [
        KeyFigure(Message("Sites listed"), len(result.findings), Message("places")),
        KeyFigure(Message("Compared"), result.compared, Message("places")),
        KeyFigure(
            Message("Crashes looked at"),
            result.located,
            Message("of {of} that the rule counts", {"of": result.crashes}),
        ),
        KeyFigure(Message("Crashes at the sites"), at_sites, Message("crashes")),
    ]
    if result.located:
        figures.append(
            KeyFigure(
                Message("Share at the sites"),
                at_sites / result.located,
                Message("of the crashes looked at"),
                kind="percent",
            )
        )
    if any("killed" in one.counts for one in result.findings):
        killed = sum(one.counts.get("killed", 0) for one in result.findings)
        figures.append(KeyFigure(Message("Killed at the sites"), killed, Message("people")))
    return [KeyFigures(tuple(figures))]


SECTION = Section(
    name="screening_figures",
    title="Figures of the list",
    build=build,
    applies=applies,
    needs="screening",
)
