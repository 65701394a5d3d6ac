"""Reporting units beside each other: funnels of what they tell, and a row for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from crashkit import charts, filters
from crashkit.blocks import Block, Column, Figure, Heading, Paragraph, Points, Table
from crashkit.errors import Message
from crashkit.quality import Funnel, Scorecard, Unit, funnels
from crashkit.quality.compared import BETTER, FALSE_ALARMS, LEAST_UNITS, WORSE
from crashkit.quality.units import LEAST_ROWS
from crashkit.section import Facts, Section
from crashkit.stats import FEW
from crashkit.trends import ranges

DRAWN = 2
"""So many funnels are drawn, those in which most units lie outside."""
ON_PAGES = 60
EXPECTED = ("located", "core_fields", "likely_duplicates", "timeliness")
"""Checks that readers look for in a unit: that they cannot be made is said."""
GRID = 80
"""Points of a limit as a curve."""


def applies(facts: Facts) -> bool:
    """Say whether the data tell who reported a crash."""
    return facts.quality is not None and len(facts.quality.units) > 1


def build(facts: Facts) -> list[Block]:
    """Return what lies outside in words, the funnels, and the table."""
    card = facts.quality
    if card is None:
        return []
    found = funnels(card)
    blocks: list[Block] = [Heading(Message("Units beside each other"))]
    if not found:
        few = Message(
            "Fewer than {n} units have crashes enough: none is set beside the others.",
            {"n": LEAST_UNITS},
        )
        return [*blocks, Paragraph((few,)), _table(card, found)]
    blocks.append(Points(tuple(_said(found))))
    out = [one for one in found if (np.abs(one.band) == BETTER).any()]
    most = sorted(out, key=lambda one: -int((np.abs(one.band) == BETTER).sum()))
    blocks += [_figure(one) for one in most[:DRAWN]]
    notes = Points((*_untold(card), *_method(found[0])))
    return [*blocks, _table(card, found), notes]


def _said(found: tuple[Funnel, ...]) -> Iterator[Message]:
    for one in found:
        worse = [one.names[i] for i in np.flatnonzero(one.band == WORSE).tolist()]
        if worse:
            yield Message(
                "{check}: worse than the scatter of all units: {units}.",
                {"check": one.check.title, "units": worse},
            )
    alike = [one.check.title for one in found if not (one.band == WORSE).any()]
    if alike:
        yield Message("No unit is worse than the scatter of all: {checks}.", {"checks": alike})


def _untold(card: Scorecard) -> Iterator[Message]:
    lacking = [
        one.check.title
        for one in card.judged
        if one.check.id in EXPECTED and all(one.check.id not in unit.marks for unit in card.units)
    ]
    if lacking:
        yield Message(
            "The data tell of no unit, and so it is judged of none: {checks}.", {"checks": lacking}
        )


def _method(one: Funnel) -> Iterator[Message]:
    inner, outer = (charts.per_cent(level) for level in one.levels)
    yield Message(
        "A unit is worse or better where its share lies outside of the {outer} % limits about the "
        "share of all, which are wider by how much the units scatter (Spiegelhalter 2005). They "
        "are set for the {n} shares of units that are compared in all checks together: the chance "
        "that any of them lies outside though only chance is at work is at most {percent} % "
        "(Bonferroni). Between them and the {inner} % limits it is perhaps worse or better, and "
        "one in twenty is there by chance alone.",
        {"outer": outer, "inner": inner, "n": one.compared, "percent": round(100 * FALSE_ALARMS)},
    )
    yield Message(
        "Units with fewer than {n} crashes have no grade and are not compared. A low share tells "
        "of reporting, not of the people who report: forms, distances and devices differ.",
        {"n": LEAST_ROWS},
    )


def _figure(one: Funnel) -> Figure:
    at = np.unique(np.rint(np.geomspace(one.rows.min() / 1.15, one.rows.max() * 1.15, GRID)))
    curve = [ranges.share_limits(one.share, at, one.phi, level) for level in one.levels]
    title = Message("{check}, by reporting unit, in %", {"check": one.check.title})
    across = Message("Crashes of the unit")
    points = [
        {"label": filters.plain(name), "x": x, "y": 100 * y, "band": band}
        for name, x, y, band in zip(
            one.names, one.rows.tolist(), one.shares.tolist(), one.band.tolist(), strict=True
        )
    ]
    data: dict[str, Any] = {
        "points": points,
        "at": at.tolist(),
        "common": 100 * one.share,
        "limits": [
            {
                "level": level,
                "low": (100 * limit[:, 0]).tolist(),
                "high": (100 * limit[:, 1]).tolist(),
            }
            for level, limit in zip(one.levels, curve, strict=True)
        ],
        "across": across,
        "up": title,
    }
    words = {
        "check": one.check.title,
        "n": len(one.names),
        "worse": int((one.band == WORSE).sum()),
    }
    alt = Message("{check}: {n} units in a funnel, {worse} of them worse than the limits.", words)
    return Figure("funnel", title, alt, data)


def _table(card: Scorecard, found: tuple[Funnel, ...]) -> Table:
    split = [
        one.check
        for one in card.judged
        if one.check.kind == "percent" and any(one.check.id in unit.marks for unit in card.units)
    ]
    columns = (
        Column(filters.label(card.unit_field)),
        Column(Message("Crashes"), "int"),
        Column(Message("Quality grade")),
        *(Column(check.title, "percent", 1) for check in split),
        Column(Message("Worse in"), "int"),
    )
    rows = tuple(
        (
            unit.name or Message("not known"),
            unit.crashes,
            unit.grade or "–",
            *(_share(unit, one.id) for one in split),
            sum(one.of(unit.name) == WORSE for one in found) if unit.name else None,
        )
        for unit in card.units
    )
    caption = Message("Checks of the reporting units, those with the most crashes first")
    return Table(caption, columns, rows, on_paper=ON_PAGES)


def _share(unit: Unit, check: str) -> float | None:
    mark = unit.marks.get(check)
    return None if mark is None or mark.rows < FEW else mark.value


SECTION = Section(
    name="unit_comparison",
    title="Units beside each other",
    build=build,
    applies=applies,
    needs="quality",
)
