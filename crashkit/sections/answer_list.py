"""The newest crashes at one place, one by one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crashkit import filters
from crashkit.blocks import Block, Column, Heading, Table
from crashkit.errors import Message
from crashkit.quick import LISTED
from crashkit.section import Facts, Section

CELLS = (
    ("crash_date", "date", 0),
    ("chainage_km", "float", 3),
    ("severity", "code", 0),
    ("n_killed", "int", 0),
    ("n_injured", "int", 0),
    ("crash_type", "code", 0),
)
"""Fields of a crash that stand in the list, their kind and decimals; unknown ones are left out."""


def applies(facts: Facts) -> bool:
    """Say whether a place was asked for that has crashes."""
    return facts.answer is not None and facts.summary.crashes > 0


def build(facts: Facts) -> list[Block]:
    """Return the table, the newest crash first."""
    newest = filters.newest_first(facts.data)[:LISTED]
    part = facts.data.table("crash").frame_of(newest)
    told = [one for one in CELLS if one[0] in part and part[one[0]].notna().any()]
    columns = [
        Column(filters.label(name), "text" if kind == "code" else kind, digits)
        for name, kind, digits in told
    ]
    rows = [
        tuple(_cell(name, kind, value) for (name, kind, _), value in zip(told, row, strict=True))
        for row in part[[name for name, _, _ in told]].itertuples(index=False)
    ]
    caption = Message("The crashes one by one, the newest first")
    if facts.summary.crashes > LISTED:
        numbers = {"shown": LISTED, "all": facts.summary.crashes}
        caption = Message("The newest {shown} of {all} crashes", numbers)
    return [Heading(Message("Crashes")), Table(caption, tuple(columns), tuple(rows))]


def _cell(name: str, kind: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    if kind == "date":
        return value.date()
    if kind == "code":
        return filters.value_label(name, str(value))
    return {"int": int, "float": float}.get(kind, str)(value)


SECTION = Section(
    name="answer_list",
    title="The newest crashes of a place",
    build=build,
    applies=applies,
    needs="place",
)
