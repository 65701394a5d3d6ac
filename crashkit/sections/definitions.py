"""What the counted things and the fields mean: the words of the data dictionary."""

from __future__ import annotations

from collections.abc import Iterator

from crashkit import fields, tables
from crashkit.blocks import Block, Heading, Pairs
from crashkit.errors import Message
from crashkit.section import Facts, Section

EXPLAINED = {
    "crash": (
        *("severity", "n_killed", "n_serious", "n_slight", "crash_type", "collision_manner"),
        *("road_class", "area_type", "speed_limit", "junction", "light", "surface_condition"),
        *("weather", "main_cause", "hit_and_run", "admin1", "admin2"),
    ),
    "vehicle": ("unit_type",),
    "person": ("road_user_type", "injury", "age", "sex", "safety_equipment", "alcohol", "drugs"),
}


def build(facts: Facts) -> list[Block]:
    """Return what is counted, and the meaning of each field that these data have."""
    return [
        Heading(Message("Definitions")),
        Pairs((*_counted(), *_fields(facts))),
    ]


def _counted() -> Iterator[tuple[Message, Message]]:
    for unit, label in tables.UNIT_LABELS.items():
        yield label, tables.COUNTED[unit]


def _fields(facts: Facts) -> Iterator[tuple[Message, Message]]:
    for table, names in EXPLAINED.items():
        records = facts.everything.table(table)
        for name in names:
            if name in records and records.is_told(name):
                field = fields.get(table, name)
                yield Message(field.label), Message(field.meaning)


SECTION = Section(
    name="definitions",
    title="Definitions",
    build=build,
)
