"""Stretches of road and their traffic: a crash gets the AADT of the stretch it lies on.

Nothing depends on the order of rows or files, and nothing here is a fact by which crashes are told
apart: the same crashes with and without a file of traffic are the same crashes.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.errors import Message
from crashkit.intake import coded, deriving
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.checked import Checked, quoted
from crashkit.intake.coded import Values, missing
from crashkit.intake.linking import Found
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import ACCEPTED, REJECTED, Part, Rows, Table, stacked
from crashkit.profiles import Profile

LEVEL = "section"
NOWHERE = -1

Floats = NDArray[np.float64]

NO_STRETCH = Fault("no_stretch", Message("This stretch of road has no {field}."))
BACKWARD = Fault(
    "backward_stretch",
    Message("The stretch {value} does not end beyond the km at which it begins."),
)
CONFLICT = Fault(
    "conflict",
    Message("Several rows say another AADT of the stretch {value}; none of them was taken."),
)
OVERLAP = Fault(
    "overlap",
    Message(
        "The stretch {value} overlaps another with another AADT ({other}). A crash on both gets "
        "that of the shorter one."
    ),
)
NO_CRASH = Fault(
    "no_new_crash",
    Message(
        "None of the crashes in these files is new, so that none gets the AADT of this stretch. "
        "Where they lack it, take the import of the crashes back and import all files together."
    ),
)


@dataclass(eq=False)
class Stretches:
    """The stretches of an import. `keep` are the rows that count, `road` is None elsewhere."""

    rows: Rows
    road: Values
    keep: Ints

    @property
    def parts(self) -> Sequence[Part]:
        """The sheets they come from, with what becomes of each row."""
        return self.rows.parts

    def value(self, name: str) -> Floats:
        """Return a number of each row."""
        found = self.rows.table.get(name)
        if found is None:
            return np.full(len(self.rows), np.nan)
        return coded.plain(found).astype(np.float64)

    def named(self, row: int) -> str:
        """Name a stretch so that people find it."""
        # A province stands in front of its road.
        road = str(self.road[row]).replace("\x1f", " ")
        return f"{road} {self.value('from_km')[row]:.3f}–{self.value('to_km')[row]:.3f} km"


def settle(found: Sequence[Checked], profile: Profile) -> Stretches:
    """Account for the rows of stretches: each counts once, and none of those in contradiction."""
    parts = [_part(one) for one in found if one.sheet.layout.level == LEVEL]
    rows = stacked(parts, LEVEL)
    stretches = Stretches(rows, _roads(rows.table, len(rows), profile), np.flatnonzero(rows.good))
    _refuse_incomplete(stretches)
    _refuse_backward(stretches)
    _settle_equal(stretches)
    stretches.keep = np.flatnonzero(rows.good)
    return stretches


def give(stretches: Stretches, found: Found, profile: Profile) -> None:
    """Give crashes without an AADT that of the stretch they lie on, and say how many got one.

    Crashes that an earlier import has stay as they are there; it is said how to add theirs.
    """
    if not stretches.parts:
        return
    lookup = _Lookup(stretches)
    aadt = stretches.value("aadt")
    table, count = found.new.crashes, len(found.new.crash_keys)
    on = lookup.on(table, count, profile)
    if (on != NOWHERE).any():
        given = np.where(on == NOWHERE, np.nan, aadt[np.maximum(on, 0)])
        own = table.get("aadt")
        table["aadt"] = given if own is None else coded.filled(own, given)
    known = len(found.same.crash_keys)
    _say_not_given(stretches, lookup.on(found.same.crashes, known, profile))
    if count:
        _say_given(stretches, on, count)
    else:
        for row in stretches.keep.tolist():
            _reject(stretches.rows, row, "aadt", NO_CRASH, stretches.named(row))


def _part(checked: Checked) -> Part:
    count = len(checked.sheet)
    status = np.where(checked.bad, REJECTED, ACCEPTED).astype(np.int8)
    none = np.empty(count, dtype=object)
    return Part(checked, np.full(count, NOWHERE), none, status, np.ones(count, dtype=bool))


def _roads(table: Table, count: int, profile: Profile) -> Values:
    """Return the road of each row; with its province where posts begin anew in each."""
    found = coded.plain(deriving.road_keys(table, count, profile))
    if not profile.posts_by_province:
        return found
    province = coded.plain(table.get("admin1", coded.nothing(count)))
    here = ~missing(found) & ~missing(province)
    found[here] = province[here] + "\x1f" + found[here]
    found[~here] = None
    return found


# ---------------------------------------------------------------- settling


def _refuse_incomplete(stretches: Stretches) -> None:
    rows = stretches.rows
    lacking = {"road_number": missing(stretches.road)}
    lacking |= {name: np.isnan(stretches.value(name)) for name in ("from_km", "to_km", "aadt")}
    for name, gaps in lacking.items():
        for row in np.flatnonzero(gaps & rows.good).tolist():
            _reject(rows, row, name, NO_STRETCH, "")


def _refuse_backward(stretches: Stretches) -> None:
    rows = stretches.rows
    backward = rows.good & ~(stretches.value("to_km") > stretches.value("from_km"))
    for row in np.flatnonzero(backward).tolist():
        _reject(rows, row, "to_km", BACKWARD, stretches.named(row))


def _settle_equal(stretches: Stretches) -> None:
    """Of rows of one stretch keep the first when all say the same AADT, else none."""
    rows = stretches.rows
    good = np.flatnonzero(rows.good)
    if not len(good):
        return
    road = pd.factorize(stretches.road[good])[0]
    ends = np.column_stack([road, stretches.value("from_km")[good], stretches.value("to_km")[good]])
    _, group = np.unique(ends, axis=0, return_inverse=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    first = np.diff(group.reshape(-1)[order], prepend=-1) != 0
    start, number = np.flatnonzero(first), np.cumsum(first) - 1
    good = good[order]
    aadt = stretches.value("aadt")[good]
    unequal = (np.minimum.reduceat(aadt, start) != np.maximum.reduceat(aadt, start))[number]
    for row in good[unequal].tolist():
        _reject(rows, row, "aadt", CONFLICT, stretches.named(row))
    again = ~unequal & ~first
    rows.repeat(good[again], good[start][number[again]])


def _reject(rows: Rows, row: int, name: str, fault: Fault, value: str) -> None:
    part, own = rows.parts[int(rows.part[row])], int(rows.row[row])
    part.checked.reject([own], name, fault, value)
    part.status[own] = REJECTED


# ----------------------------------------------------------------- looking up


class _Lookup:
    """Which stretch counts at each km of each road: of several, the shortest."""

    def __init__(self, stretches: Stretches) -> None:
        self.stretches = stretches
        self.start, self.end = stretches.value("from_km"), stretches.value("to_km")
        self.aadt = stretches.value("aadt")
        keep = stretches.keep
        codes, names = pd.factorize(stretches.road[keep])
        order = np.lexsort((self.end[keep], self.start[keep], codes))
        cuts = np.flatnonzero(np.diff(codes[order])) + 1
        self.roads = {
            names[codes[mine[0]]]: self._steps(keep[mine])
            for mine in np.split(order, cuts)
            if len(mine)
        }

    def _steps(self, rows: Ints) -> tuple[Floats, Ints]:
        """Return the kms of one road at which the stretch that counts changes, and that stretch.

        `rows` are ordered by where they begin. Overlaps that disagree are said.
        """
        steps = np.unique(np.concatenate([self.start[rows], self.end[rows]]))
        counts = np.full(len(steps), NOWHERE, dtype=np.int64)
        here: list[tuple[float, float, int]] = []
        begins = np.searchsorted(self.start[rows], steps, side="right").tolist()
        then = 0
        for step, km in enumerate(steps.tolist()):
            while here and self.end[here[0][2]] <= km:
                heapq.heappop(here)
            for row in rows[then : begins[step]].tolist():
                if here and self.aadt[here[0][2]] != self.aadt[row]:
                    self._say_overlap(row, here[0][2])
                # Rounded, so that stretches of one length are equal; then the first counts.
                length = round(float(self.end[row] - self.start[row]), 6)
                heapq.heappush(here, (length, km, row))
            then = begins[step]
            counts[step] = here[0][2] if here else NOWHERE
        return steps, counts

    def _say_overlap(self, row: int, other: int) -> None:
        rows = self.stretches.rows
        told = Message(OVERLAP.message.text, {"other": quoted(self.stretches.named(other))})
        rows.warn(row, "from_km", Fault(OVERLAP.code, told), self.stretches.named(row))

    def on(self, table: Table, count: int, profile: Profile) -> Ints:
        """Return for each crash without an AADT the stretch it lies on, or NOWHERE."""
        found = np.full(count, NOWHERE, dtype=np.int64)
        if "chainage_km" not in table:
            return found
        km = coded.plain(table["chainage_km"]).astype(np.float64)
        wanting = np.isfinite(km) & missing(table.get("aadt", np.full(count, np.nan)))
        codes, names = pd.factorize(_roads(table, count, profile))
        for number, name in enumerate(names):
            if name in self.roads:
                mine = np.flatnonzero(wanting & (codes == number))
                found[mine] = _at(km[mine], *self.roads[name])
        return found


def _at(km: Floats, steps: Floats, counts: Ints) -> Ints:
    """Return the stretch at each km: its begin belongs to it, its end where no other begins."""
    step = np.searchsorted(steps, km, side="right") - 1
    found = np.where(step >= 0, counts[np.maximum(step, 0)], NOWHERE)
    at_end: Flags = (found == NOWHERE) & (step > 0) & (steps[np.maximum(step, 0)] == km)
    found[at_end] = counts[step[at_end] - 1]
    return found


# --------------------------------------------------------------------- saying


def _counted(stretches: Stretches, on: Ints) -> list[int]:
    """Count the crashes on the stretches of each sheet."""
    part = stretches.rows.part[on[on != NOWHERE]]
    return [int(n) for n in np.bincount(part, minlength=len(stretches.parts))]


def _say_given(stretches: Stretches, on: Ints, crashes: int) -> None:
    for part, count in zip(stretches.parts, _counted(stretches, on), strict=True):
        part.checked.say(
            "aadt",
            "aadt_given",
            Message(
                "Crashes that got the AADT of the stretch of this file they lie on: {n} of "
                "{crashes}. The stretches themselves are not kept.",
                {"n": count, "crashes": crashes},
            ),
        )


def _say_not_given(stretches: Stretches, on: Ints) -> None:
    for part, count in zip(stretches.parts, _counted(stretches, on), strict=True):
        if count:
            part.checked.say(
                "aadt",
                "aadt_not_given",
                Message(
                    "Crashes on stretches of this file that an earlier import has: {n}. They stay "
                    "as they are, and no AADT was added to them. If they were imported without "
                    "this file, take that import back and import all files together.",
                    {"n": count},
                ),
            )
