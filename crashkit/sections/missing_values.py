"""How often each field that every record should have is not known: crashes, vehicles, people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crashkit import fields, filters
from crashkit.blocks import Block, Column, Heading, Points, Table
from crashkit.columnar import Table as Records
from crashkit.errors import Message
from crashkit.section import Facts, Section

TABLES = {
    "crash": Message("Crashes"),
    "vehicle": Message("Vehicles"),
    "person": Message("People"),
}
USES = ("mandatory", "location", "core")
NOT_ASKED = (
    *("crash_id", "source_id", "country", "date_precision", "time_precision", "coord_source"),
    *("coord_accuracy_m", "chainage_accuracy_m", "unit_no", "person_no", "killed_definition"),
)
"""Fields of the record itself, or that are empty where all is well."""


@dataclass(frozen=True)
class Missing:
    """A field of a table: of how many records it is asked, and of how many it is not known."""

    table: str
    label: Message
    records: int
    missing: int


def applies(facts: Facts) -> bool:
    """Say whether there is any crash."""
    return bool(len(facts.data))


def build(facts: Facts) -> list[Block]:
    """Return the fields that are kept, those least known first, and which are not kept at all."""
    found = [*_found(facts)]
    kept = [one for one in found if one.missing < one.records]
    rows = [
        (TABLES[one.table], one.label, one.records, one.missing, _share(one))
        for one in sorted(kept, key=lambda one: -_of_all(one))
    ]
    title = Message("Values that are not known, by field")
    columns = (
        Column(Message("Records")),
        Column(Message("Field")),
        Column(Message("All"), "int"),
        Column(Message("Not known"), "int"),
        Column(Message("Share"), "percent", 1),
    )
    absent = [one.label for one in found if one.missing == one.records]
    notes = [
        Message(
            "Some fields do not concern every record: nobody on foot has a seat belt, and a "
            "junction control needs a junction."
        )
    ]
    if absent:
        notes.append(Message("Not recorded at all: {fields}.", {"fields": absent}))
    return [
        Heading(Message("What is not known")),
        Table(title, columns, tuple(rows)),
        Points(tuple(notes)),
    ]


FEW = 10
"""Of fewer records there are counts and no shares."""


def _of_all(one: Missing) -> float:
    return one.missing / one.records


def _share(one: Missing) -> float | None:
    return _of_all(one) if one.records >= FEW else None


def _found(facts: Facts) -> Iterator[Missing]:
    for name in TABLES:
        records = facts.data.table(name)
        if not len(records):
            continue
        for field in fields.table(name):
            if field.use in USES and field.name not in NOT_ASKED:
                missing = _missing(records, field.name)
                yield Missing(name, Message(field.label), len(records), missing)


def _missing(records: Records, name: str) -> int:
    """Count the records without a value, or with one that says that it is not known."""
    if name not in records:
        return len(records)
    if records.is_float(name):
        return int((~np.isfinite(records.numbers(name))).sum())
    levels = records.levels(name)
    lost = [value in ("", filters.UNKNOWN) for value in levels.values]
    return int(levels.look_up(lost, missing=True).sum())


SECTION = Section(
    name="missing_values",
    title="Values that are not known",
    build=build,
    applies=applies,
)
