"""How many crashes and casualties have each value of two fields: the usual pairs."""

from __future__ import annotations

from crashkit import tables, tabulating
from crashkit.blocks import Block, Heading, Paragraph, Table
from crashkit.errors import Message
from crashkit.section import Facts, Section

PAIRS = (
    ("casualties", "age_10", "road_user_type"),
    ("casualties", "sex", "road_user_type"),
    ("casualties", "road_user_type", "alcohol"),
    ("casualties", "road_user_type", "safety_equipment"),
    ("vehicles", "crash_type", "unit_type"),
    ("vehicles", "manoeuvre", "unit_type"),
    ("vehicles", "manoeuvre", "crash_type"),
    ("vehicles", "manoeuvre", "direction"),
    ("vehicles", "first_impact", "unit_type"),
    ("casualties", "ped_action", "age_10"),
    ("crashes", "month", "year"),
    ("crashes", "weekday", "hour_3"),
    ("crashes", "crash_type", "year"),
    ("crashes", "crash_type", "light"),
    ("crashes", "crash_type", "surface_condition"),
    ("crashes", "crash_type", "junction"),
    ("crashes", "crash_type", "junction_control"),
    ("crashes", "crash_type", "collision_manner"),
    ("crashes", "direction", "collision_manner"),
    ("crashes", "light", "surface_condition"),
)
"""What is counted, by what, and by what again; what is split by severity or injury stands field by
field. Source: the tabulation of Toronto MOVE (reference peers, section 7)."""


def applies(facts: Facts) -> bool:
    """Say whether both fields of any pair are told."""
    return facts.summary.crashes > 0 and bool(_tables(facts))


def _tables(facts: Facts) -> list[Table]:
    """Return the tables of the pairs that are told."""
    found = (tabulating.two_way(facts.data, *pair) for pair in PAIRS if _may_stand(pair, facts))
    return [one for one in found if one]


def _may_stand(pair: tuple[str, str, str], facts: Facts) -> bool:
    """Leave out, for the public, what is in the words of the source."""
    unit, *names = pair
    return not facts.public or not set(names) & set(tables.AS_WRITTEN[unit])


def build(facts: Facts) -> list[Block]:
    """Return one table a pair."""
    said = (
        Message("The title of each table says what is counted: crashes, casualties or vehicles."),
    )
    return [Heading(Message("Two fields together")), Paragraph(said), *_tables(facts)]


SECTION = Section(
    name="tabulated_pairs",
    title="Two fields together",
    build=build,
    applies=applies,
    public=True,
)
