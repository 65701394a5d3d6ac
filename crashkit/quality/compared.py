"""Reporting units beside each other: whose share is worse than the scatter of all; over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, stats
from crashkit.model import CrashData
from crashkit.quality import units
from crashkit.quality.answers import Flags, Floats, Known, Marks
from crashkit.quality.check import Check
from crashkit.quality.scorecard import MEASURES, Scorecard
from crashkit.quality.units import LEAST_ROWS, Mark, Unit
from crashkit.trends import ranges

LEAST_UNITS = 5
"""Of fewer units the scatter between them is not known, and none is compared."""
PERHAPS, OUTER = 0.95, 0.998
FALSE_ALARMS = 0.05
"""The chance that any unit is called worse or better in any check where only chance is at work."""
BETTER, WORSE = 2, -2
"""Places of a unit outside the outer limits; 1 and -1 lie between both."""
STEPS = {1: 24, 3: 16, 12: 10}
"""How many months go together, and how many such steps are told, the last ones."""
TOLD = ("located", "core_fields")
"""The checks that are told over time."""
Share = tuple[float, float, float]
"""A share and its 95 % limits."""


@dataclass(frozen=True, eq=False)
class Funnel:
    """A check of all units with rows enough: shares, their common one, and how far each is out.

    `band` is BETTER or WORSE outside of the outer one of the two `levels`, 1 or -1 outside of the
    inner one, else 0; better is up or down as the check has it. `phi` is how much more than chance
    units scatter. `compared` is how many units are compared in all checks together.
    """

    check: Check
    names: tuple[str, ...]
    shares: Floats
    rows: Floats
    share: float
    phi: float
    band: NDArray[np.int64]
    levels: tuple[float, float]
    compared: int

    def of(self, name: str) -> int | None:
        """Return the band of a unit, None where it has too few rows."""
        return int(self.band[self.names.index(name)]) if name in self.names else None


def funnels(card: Scorecard) -> tuple[Funnel, ...]:
    """Set units beside each other by every check that is a share and can be split.

    A unit is compared from 30 rows on, and a check from five units on. Limits are of a binomial
    share about the common one, wider by the scatter of the units (Spiegelhalter 2005, see
    `trends.ranges.share_funnel`); the outer ones are those of `levels`.
    """
    checks = [one.check for one in card.judged if one.check.kind == "percent"]
    told = [(check, _told(check, card.units)) for check in checks]
    can = [(check, units) for check, units in told if _differ(units)]
    compared = sum(len(units) for _, units in can)
    return tuple(_funnel(check, units, compared) for check, units in can)


def levels(compared: int) -> tuple[float, float]:
    """Return the levels of the limits where so many units of all checks are compared.

    The outer ones hold all of them but with a chance of FALSE_ALARMS (Bonferroni), and 99.8 % at
    least; the level is rounded up to one digit.

    >>> levels(10), levels(300)
    ((0.95, 0.998), (0.95, 0.9999))
    """
    tail = Decimal(str(FALSE_ALARMS)) / max(compared, 1)
    tail = tail.quantize(Decimal(1).scaleb(tail.adjusted()), ROUND_DOWN)
    return PERHAPS, max(OUTER, float(1 - tail))


Told = list[tuple[str, Mark]]


def _told(check: Check, known: Sequence[Unit]) -> Told:
    return [
        (one.name, one.marks[check.id])
        for one in known
        if one.name and check.id in one.marks and one.marks[check.id].rows >= LEAST_ROWS
    ]


def _differ(told: Told) -> bool:
    """Say whether there are units enough, and not all of them tell everything, or nothing."""
    shares = {mark.value for _, mark in told}
    return len(told) >= LEAST_UNITS and shares not in ({0.0}, {1.0})


def _funnel(check: Check, told: Told, compared: int) -> Funnel:
    rows = np.array([mark.rows for _, mark in told], dtype=float)
    shares = np.array([mark.value for _, mark in told])
    both = levels(compared)
    found = ranges.share_funnel(shares * rows, rows, levels=both)
    way = 1 if check.better == "high" else -1
    names = tuple(name for name, _ in told)
    return Funnel(
        check, names, shares, rows, found.share, found.phi, way * found.band, both, compared
    )


@dataclass(frozen=True)
class Span:
    """Some months of a unit: its crashes, and the share of each of TOLD with its 95 % limits.

    `month` is the first of them. A share is None where few crashes have no shares.
    """

    year: int
    month: int
    months: int
    crashes: int
    shares: tuple[Share | None, ...]


def in_time(data: CrashData, field: str, names: Sequence[str]) -> dict[str, tuple[Span, ...]]:
    """Return for some units how what they tell went on, the oldest first.

    By months where most of the last ones have crashes enough for shares, else by quarters, else by
    years. Only what the data cover is told.
    """
    year, month = filters.numbers(data, "year"), filters.numbers(data, "month")
    at = 12 * year + month - 1
    answers = [MEASURES[one](data, Known()).marks for one in TOLD]
    of = units.names(data, field).to_numpy()
    known = np.isfinite(at)
    return {name: _spans(data, at, (of == name) & known, answers) for name in names}


def _spans(
    data: CrashData, at: Floats, here: Flags, answers: Sequence[Marks | None]
) -> tuple[Span, ...]:
    end = 12 * data.period.end.year + data.period.end.month - 1
    start = 12 * data.period.start.year + data.period.start.month - 1
    for months, most in STEPS.items():
        last = end // months
        first = max(last - most + 1, start // months)
        place = np.floor(at / months)
        rows = np.flatnonzero(here & (place >= first) & (place <= last))
        into = (place[rows] - first).astype(np.int64)
        n = np.bincount(into, minlength=last - first + 1)
        if np.median(n) >= stats.FEW or months == max(STEPS):
            break
    shares = [_shares(marks, rows, into, n) for marks in answers]
    return tuple(
        Span(
            year=(first + i) * months // 12,
            month=(first + i) * months % 12 + 1,
            months=months,
            crashes=int(n[i]),
            shares=tuple(one[i] for one in shares),
        )
        for i in range(n.size)
    )


def _shares(
    marks: Marks | None, rows: NDArray[np.int64], into: NDArray[np.int64], n: NDArray[np.int64]
) -> list[Share | None]:
    if marks is None:
        return [None] * n.size
    asked = np.bincount(into, marks.asked[rows], minlength=n.size)
    told = np.bincount(into, marks.found[rows], minlength=n.size)
    return [_share(*one) for one in zip(told.tolist(), asked.tolist(), n.tolist(), strict=True)]


def _share(found: float, asked: float, crashes: int) -> Share | None:
    """Return a share with its limits: what is asked several times of a crash counts once."""
    if crashes < stats.FEW or not asked:
        return None
    share = found / asked
    low, high = stats.wilson(share * crashes, crashes)
    return share, low, high
