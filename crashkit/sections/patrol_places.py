"""The places of a patrol one by one: where, what happened in its hours, what to watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from crashkit import filters, patrols, tables
from crashkit.blocks import Block, Heading, Pairs
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.patrols import Shift, Spot
from crashkit.section import Facts, Section

RULE = "_" * 34
INVOLVED = {
    "pedestrian_involved": "pedestrian",
    "cyclist_involved": "cyclist",
    "motorcycle_involved": "motorcycle",
    "heavy_vehicle_involved": "heavy_vehicle",
}
WATCHED = {
    "crash_type": Message("Most frequent type"),
    "main_cause": Message("Most frequent cause"),
    "light": Message("Most frequent light"),
    "surface_condition": Message("Most frequent surface"),
}
LEAST = 2
"""What one crash tells is not what is frequent."""

Pair = tuple[Message, Any]


def applies(facts: Facts) -> bool:
    """Say whether any place can be drawn."""
    return bool(patrols.plan(facts.data, facts.options).spots)


def build(facts: Facts) -> list[Block]:
    """Return what is known of each place, and lines to fill in by hand."""
    found = patrols.plan(facts.data, facts.options)
    said: list[Block] = [Heading(Message("Places to go to, in the order of the draw"))]
    for number, spot in enumerate(found.spots, 1):
        title = Message("{number}. {place}", {"number": str(number), "place": patrols.name(spot)})
        said += [Heading(title, 2), Pairs((*_pairs(spot, found.shift, facts), *_to_fill()))]
    return said


def _pairs(spot: Spot, shift: Shift, facts: Facts) -> Iterator[Pair]:
    point = patrols.middle(spot)
    if point:
        yield Message("Coordinates (latitude, longitude)"), f"{point[1]:.5f}, {point[0]:.5f}"
    yield Message("Crashes in these hours"), _by_severity(spot.crashes)
    people = _people(spot.crashes, facts)
    if people:
        yield Message("People"), people
    yield Message("Crashes by hour"), _by_hour(spot.crashes, shift)
    yield Message("Crashes by day of the week"), _by_weekday(spot.crashes)
    for field, label in WATCHED.items():
        most = _most_frequent(spot.crashes, field)
        if most:
            yield label, most
    who = _involved(spot.crashes)
    if who:
        yield Message("Crashes with"), who


def _by_severity(data: CrashData) -> Message:
    table = tables.cross(data, "year", "severity")
    parts = [
        Message("{label}: {n}", {"label": label, "n": n})
        for label, n in zip(table.column_labels, tables.column_totals(table), strict=True)
        if n
    ]
    return Message("{total} in all; {parts}", {"total": len(data), "parts": parts})


def _people(data: CrashData, facts: Facts) -> Message | None:
    known = tables.summary(data, facts.everything)
    if known.killed is None:
        return None
    if known.serious is not None:
        return Message(
            "{killed} killed, {serious} seriously injured",
            {"killed": known.killed, "serious": known.serious},
        )
    if known.injured is None:
        return Message("{killed} killed", {"killed": known.killed})
    return Message(
        "{killed} killed, {injured} injured", {"killed": known.killed, "injured": known.injured}
    )


def _by_hour(data: CrashData, shift: Shift) -> Message:
    hour = filters.numbers(data, "hour")
    parts = [
        Message("{hour} to {next} h: {n}", {"hour": str(h), "next": str(h + 1), "n": n})
        for h in shift.in_order
        if (n := int((hour == h).sum()))
    ]
    return Message("{values}", {"values": parts})


def _by_weekday(data: CrashData) -> Message:
    table = tables.cross(data, "weekday", "severity")
    parts = [
        Message("{label}: {n}", {"label": label, "n": n})
        for label, n in zip(table.row_labels, tables.row_totals(table), strict=True)
        if n
    ]
    return Message("{values}", {"values": parts})


def _most_frequent(data: CrashData, field: str) -> Message | None:
    """Name the most frequent known value, all of them where several are as frequent."""
    levels = filters.levels(data, field)
    if levels is None:
        return None
    counts = dict(zip(levels.values, levels.counts()[1:], strict=True))
    known = {key: int(n) for key, n in counts.items() if key not in ("", filters.UNKNOWN) and n}
    most = max(known.values(), default=0)
    if most < LEAST:
        return None
    named = [filters.value_label(field, key) for key, n in known.items() if n == most]
    several = len(named) > 1
    return Message(
        "{label}: {n} of {known} each" if several else "{label}: {n} of {known}",
        {"label": named, "n": most, "known": sum(known.values())},
    )


def _involved(data: CrashData) -> Message | None:
    parts = [
        Message("{label}: {n}", {"label": filters.value_label("road_user", code), "n": n})
        for field, code in INVOLVED.items()
        if (n := _yes(data, field))
    ]
    return Message("{values}", {"values": parts}) if parts else None


def _yes(data: CrashData, field: str) -> int:
    levels = filters.levels(data, field)
    if levels is None:
        return 0
    flags = levels.look_up([value == "yes" for value in levels.values], missing=False)
    return int(np.asarray(flags).sum())


def _to_fill() -> Iterator[Pair]:
    yield Message("Arrived, left"), RULE
    yield Message("Vehicles stopped"), RULE
    yield Message("Seen and done"), RULE


SECTION = Section(
    name="patrol_places",
    title="Places of a patrol",
    build=build,
    applies=applies,
)
