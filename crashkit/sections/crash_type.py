"""Which kinds of crashes there are, and how severe they are."""

from __future__ import annotations

from crashkit import tables
from crashkit.blocks import (
    Block,
    Heading,
)
from crashkit.errors import Message
from crashkit.section import (
    Facts,
    Section,
    counts,
    told,
)

MOST = 7


def applies(facts: Facts) -> bool:
    """Say whether the type is known of at least one crash."""
    return facts.summary.crashes > 0 and _known(facts)


def _known(facts: Facts) -> bool:
    if "crash_type" not in facts.data.crashes.columns:
        return False
    values = facts.data.crashes["crash_type"]
    return bool((values.notna() & (values.astype(object) != "unknown")).any())


def build(facts: Facts) -> list[Block]:
    """Return the types by severity, the most frequent first."""
    table = tables.cross(facts.data, "crash_type", "severity")
    caption = Message("Crashes by type and severity") if told(table) else Message("Crashes by type")
    return [Heading(Message("Crash type")), counts(table, caption, most=MOST)]


SECTION = Section(
    name="crash_type",
    title="Crash type and severity",
    build=build,
    applies=applies,
    public=True,
)
