"""Deaths of the last twelve months beside the path to the target."""

from __future__ import annotations

from crashkit import monthly, tables
from crashkit.blocks import Block, Heading, KeyFigure, KeyFigures, Note, Paragraph
from crashkit.errors import Message
from crashkit.monthly import OnPath
from crashkit.section import Facts, Section

PEOPLE = Message("people")


def _found(facts: Facts) -> OnPath | None:
    month = facts.month
    if month is None or not tables.records(facts.everything, "killed"):
        return None
    return monthly.on_path(facts.data, facts.everything, month, public=facts.public)


def applies(facts: Facts) -> bool:
    """Say whether the deaths of twelve whole months and of the base year are known."""
    return _found(facts) is not None


def build(facts: Facts) -> list[Block]:
    """Return both numbers, and whether chance alone explains how far they are apart."""
    found = _found(facts)
    assert found is not None
    target = found.target.target
    named = found.named if found.n == found.this_year else ()
    figures = (
        KeyFigure(Message("Killed in the last twelve months"), found.n, PEOPLE, named=named),
        KeyFigure(Message("On the path"), round(found.path), PEOPLE),
        KeyFigure(
            Message("Target of {year}", {"year": str(target.year)}), round(target.value), PEOPLE
        ),
    )
    warnings = [Note(one, "warning") for one in found.warnings]
    return [
        Heading(Message("Deaths against the target")),
        *warnings,
        KeyFigures(figures),
        Paragraph((found.finding,)),
    ]


SECTION = Section(
    name="bulletin_path",
    title="Deaths of twelve months against the target",
    build=build,
    applies=applies,
    public=True,
)
