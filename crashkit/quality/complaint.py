"""What to send back to each reporting unit: rejected rows, doubtful values, contradictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crashkit.errors import Message
from crashkit.model import CrashData, Issue, Ledger
from crashkit.profiles import Profile
from crashkit.quality import columns, consistency, places, units
from crashkit.quality.answers import Flags
from crashkit.quality.check import ADVICE, checks, faults


@dataclass(frozen=True)
class Complaint:
    """One thing to mend: whose, in which file and row or which crash, and what to do.

    `unit` is "" where it is not known; `row` is None for a crash that was kept, which is named by
    its number instead.
    """

    unit: str
    file: str
    row: int | None
    crash: str
    field: str
    value: str
    wrong: Message
    advice: Message


def complaints(
    data: CrashData, ledgers: Sequence[Ledger], profile: Profile | None, *, by: str | None = None
) -> tuple[Complaint, ...]:
    """List what each unit should mend, unit by unit; crashes that were kept come after the rows.

    Raises MethodError for a field that tells no units apart.
    """
    field = units.field_of(data, by)
    kept = set(columns.texts(data, "crash_id").tolist()) - {""}
    found = [*_of_rows(ledgers, profile, field, kept), *_of_crashes(data, field)]
    # Sorting keeps the order within a unit; those of no known unit come last.
    return tuple(sorted(found, key=lambda one: (one.unit == "", one.unit)))


# -------------------------------------------------------------- rows of the files


def _of_rows(
    ledgers: Sequence[Ledger], profile: Profile | None, field: str, kept: set[str]
) -> Iterator[Complaint]:
    """Yield what is wrong with rows, each thing once, however often the row was imported."""
    crashes = {file.name for one in ledgers for file in one.files if file.table == "crash"}
    found: dict[tuple[str, int | None], list[Complaint]] = {}
    for ledger in ledgers:
        told = list(_of_ledger(ledger, profile, field))
        # Of a row that was mended and came back the last account holds, not those before it.
        for place in {ledger.origin(*place) for place in ledger.cells} - set(ledger.cells):
            found.get(place, []).clear()
        for one in told:
            known = found.setdefault((one.file, one.row), [])
            # A rejected crash that is there now was mended and sent again.
            if one not in known and not (one.crash in kept and one.file in crashes):
                known.append(one)
    for known in found.values():
        yield from known


def _of_ledger(ledger: Ledger, profile: Profile | None, field: str) -> Iterator[Complaint]:
    for issue in (*ledger.issues, *ledger.warnings):
        if issue.row is None:
            continue
        cells = ledger.cells.get((issue.file, issue.row), {})
        # The police know the row by their own file, not by the one it came back in.
        file, row = ledger.origin(issue.file, issue.row)
        yield Complaint(
            unit=_cell(cells, profile, field),
            file=file,
            row=row,
            crash=_cell(cells, profile, "crash_id"),
            field=issue.field,
            value=issue.value,
            wrong=issue.message,
            advice=_advice(issue),
        )


def _advice(issue: Issue) -> Message:
    fault = faults().get(issue.code)
    return fault.advice if fault else ADVICE


def _cell(cells: Mapping[str, str], profile: Profile | None, field: str) -> str:
    """Return what a rejected row says of a field, where the profile takes it from one column."""
    if profile is None or not cells:
        return ""
    recipes = (layout.recipes.get("crash", {}).get(field) for layout in profile.files)
    named = (recipe.column for recipe in recipes if recipe and recipe.column)
    return next((cells[column].strip() for column in named if cells.get(column)), "")


# ------------------------------------------------------------ crashes that were kept


def _of_crashes(data: CrashData, field: str) -> Iterator[Complaint]:
    say = _Crashes(data, field)
    located = columns.has_point(data) | columns.has_post(data)
    yield from say.each(
        _lacking(located),
        "lat",
        Message("The crash has neither coordinates nor road and km post."),
        checks()["located"].advice,
    )
    yield from say.each(
        _lacking(columns.known(data, "severity")),
        "severity",
        Message("The severity is not known."),
        checks()["severity"].advice,
    )
    for test in consistency.contradictions(data):
        yield from say.each(test.wrong, test.field, test.message, checks()["consistency"].advice)
    for earlier, later in places.twins(data):
        message = Message(
            "The same day, time, type and place as crash {other}.",
            {"other": say.number(earlier)},
        )
        yield say.one(later, "crash_id", message, checks()["likely_duplicates"].advice)


def _lacking(known: Flags) -> Flags:
    """Return who lacks what others have; what a source never tells is no fault of a unit."""
    return ~known if known.any() else np.zeros_like(known)


class _Crashes:
    """Names crashes and their units."""

    def __init__(self, data: CrashData, field: str) -> None:
        self.data = data
        self.units = units.names(data, field).tolist()
        self.numbers = columns.texts(data, "crash_id").tolist()
        self.values: dict[str, list[Any]] = {}

    def number(self, row: int) -> str:
        """Return the number of a crash, as the source gave it."""
        return str(self.numbers[row])

    def each(
        self, wrong: Flags, field: str, message: Message, advice: Message
    ) -> Iterator[Complaint]:
        """Complain about every crash of which `wrong` is true."""
        for row in np.flatnonzero(wrong).tolist():
            yield self.one(row, field, message, advice)

    def one(self, row: int, field: str, message: Message, advice: Message) -> Complaint:
        """Complain about one crash."""
        return Complaint(
            unit=str(self.units[row]),
            file="",
            row=None,
            crash=self.number(row),
            field=field,
            value=self._value(row, field),
            wrong=message,
            advice=advice,
        )

    def _value(self, row: int, field: str) -> str:
        if field not in self.data.crashes.columns:
            return ""
        if field not in self.values:
            self.values[field] = self.data.crashes[field].astype(object).tolist()
        value = self.values[field][row]
        return "" if pd.isna(value) else str(value)
