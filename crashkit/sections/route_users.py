"""What happens on a route and to whom: types of crashes beside those elsewhere, road users hurt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crashkit import filters, patterns, tabulating
from crashkit.blocks import Block, Column, Heading, Paragraph, Table
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.section import Facts, Section, route_of
from crashkit.stats import FEW

SURE = 0.05


def applies(facts: Facts) -> bool:
    """Say whether the type of any crash on the route is known, or who was hurt."""
    route = route_of(facts)
    if route is None:
        return False
    return bool(_types(route.data)) or _has_users(route.data)


def _has_users(data: CrashData) -> bool:
    return "road_user_type" in tabulating.fields_of(data, "casualties")


def build(facts: Facts) -> list[Block]:
    """Return types of crashes, and the casualties by road user."""
    route = route_of(facts)
    if route is None:
        return []
    found: list[Block] = [Heading(Message("What happens, and to whom"))]
    here = _types(route.data)
    if here:
        elsewhere = np.ones(len(route.asked.data), dtype=bool)
        elsewhere[route.rows] = False
        found += _of_types(here, _types(route.asked.data.keep(elsewhere)))
    if _has_users(route.data):
        found.append(tabulating.one_way(route.data, "casualties", "road_user_type"))
    return found


def _types(data: CrashData) -> dict[str, int]:
    """Count the crashes of each known type."""
    levels = filters.levels(data, "crash_type")
    if levels is None:
        return {}
    counts = zip(levels.values, levels.counts()[1:], strict=True)
    return {word: n for word, n in counts if n and word not in ("", filters.UNKNOWN)}


def _of_types(here: Mapping[str, int], elsewhere: Mapping[str, int]) -> list[Block]:
    n, others = sum(here.values()), sum(elsewhere.values())
    enough = n >= FEW and others >= FEW
    columns = [Column(filters.label("crash_type")), Column(Message("Crashes on the route"), "int")]
    names = sorted(here, key=lambda name: (-here[name], name))
    if not enough:
        rows = tuple((filters.value_label("crash_type", one), here[one]) for one in names)
        return [Table(Message("Crashes on the route by type"), tuple(columns), rows)]
    tested = {
        name: patterns.binomial(here[name], n, elsewhere.get(name, 0) / others) for name in names
    }
    sure = {one.name for one in patterns.tried(tested) if one.adjusted <= SURE}
    more = [
        name for name in names if name in sure and here[name] * others > elsewhere.get(name, 0) * n
    ]
    columns += [
        Column(Message("Share on the route"), "percent", 1),
        Column(Message("Share elsewhere"), "percent", 1),
        Column(Message("Judged")),
    ]
    table = tuple(
        (
            filters.value_label("crash_type", name),
            here[name],
            here[name] / n,
            elsewhere.get(name, 0) / others,
            Message("more than elsewhere") if name in more else "",
        )
        for name in names
    )
    return [
        Paragraph((_said(more), _method())),
        Table(Message("Crashes of known type on the route by type"), tuple(columns), table),
    ]


def _said(more: list[str]) -> Message:
    if not more:
        return Message("No type of crash is more frequent on the route than chance allows.")
    labels = [filters.value_label("crash_type", name) for name in more]
    return Message(
        "More frequent on the route than elsewhere, beyond chance: {types}.", {"types": labels}
    )


def _method() -> Message:
    return Message(
        "Shares are of the crashes whose type is known, and beside them those of all other crashes "
        "of the report (exact binomial test, adjusted for the number of types by Holm 1979). Other "
        "roads may differ in traffic and setting."
    )


SECTION = Section(
    name="route_users",
    title="What happens, and to whom",
    build=build,
    applies=applies,
)
