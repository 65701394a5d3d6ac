"""How much of a month may still be missing: late registrations, and deaths still to come."""

from __future__ import annotations

from crashkit import completeness
from crashkit.blocks import Block, Heading, Note, Points
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month."""
    return facts.month is not None


def build(facts: Facts) -> list[Block]:
    """Return warnings first, then what is known of late registrations."""
    month = facts.month
    assert month is not None
    found = completeness.of_month(facts.everything, month)
    warnings: list[Block] = [Note(one.said, "warning") for one in found if one.is_grave]
    notes = tuple(one.said for one in found if not one.is_grave)
    told: list[Block] = [Points(notes)] if notes else []
    return [Heading(Message("What may still be missing")), *warnings, *told]


SECTION = Section(
    name="bulletin_late",
    title="What may still be missing",
    build=build,
    applies=applies,
    public=True,
)
