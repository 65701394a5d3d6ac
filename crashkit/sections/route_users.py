"""What happens on a route and to whom: types of crashes beside those elsewhere, road users hurt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crashkit import contrasts, filters, stats, tabulating
from crashkit.blocks import Block, Column, Heading, Paragraph, Table
from crashkit.contrasts import Contrast, Share
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
    columns = [Column(filters.label("crash_type")), Column(Message("Crashes on the route"), "int")]
    names = sorted(here, key=lambda name: (-here[name], name))
    if n < FEW or others < FEW:
        rows = tuple((filters.value_label("crash_type", one), here[one]) for one in names)
        return [Table(Message("Crashes on the route by type"), tuple(columns), rows)]
    pairs = {name: (Share(here[name], n), Share(elsewhere.get(name, 0), others)) for name in names}
    found = {name: contrasts.share_ratio(*pair) for name, pair in pairs.items()}
    tried = [name for name in names if np.isfinite(found[name].p)]
    p = stats.holm(np.array([found[name].p for name in tried]))
    sure = {name for name, one in zip(tried, p.tolist(), strict=True) if one <= SURE}
    more = [name for name in names if name in sure and found[name].value > 1]
    columns += [
        Column(Message("Share on the route"), "percent", 1),
        Column(Message("Share elsewhere"), "percent", 1),
        Column(Message("Times as large"), "float", 2),
        Column(Message("95 % from"), "float", 2),
        Column(Message("95 % to"), "float", 2),
        Column(Message("Judged")),
    ]
    table = tuple(
        (
            filters.value_label("crash_type", name),
            here[name],
            *(one.value for one in pairs[name]),
            *_times(here[name], found[name]),
            Message("more than elsewhere") if name in more else "",
        )
        for name in names
    )
    return [
        Paragraph((_said(more, len(tried)), _method())),
        Table(Message("Crashes of known type on the route by type"), tuple(columns), table),
    ]


def _times(n: int, found: Contrast) -> tuple[float | None, ...]:
    """Return how many times as large the share is, with limits; nothing of few crashes."""
    told = (found.value, found.lower, found.upper)
    return tuple(one if n >= FEW and np.isfinite(one) else None for one in told)


def _said(more: list[str], tried: int) -> Message:
    if not more:
        return Message(
            "Of {n} types of crash none is more frequent on the route than chance allows.",
            {"n": tried},
        )
    labels = [filters.value_label("crash_type", name) for name in more]
    return Message(
        "More frequent on the route than elsewhere, beyond chance: {types}.", {"types": labels}
    )


def _method() -> Message:
    return Message(
        "Shares are of the crashes whose type is known, and beside them those of all other crashes "
        "of the report. Both are counts that chance moves: two shares are compared (exact test of "
        "Fisher, chi-square where many are expected, limits by Donner and Zou 2012), adjusted for "
        "the number of types by Holm 1979; the limits are of each by itself. Other roads may "
        "differ in traffic and setting."
    )


SECTION = Section(
    name="route_users",
    title="What happens, and to whom",
    build=build,
    applies=applies,
)
