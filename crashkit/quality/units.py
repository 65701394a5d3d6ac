"""The checks unit by unit: who reported the crashes, as far as the data tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import stats
from crashkit.errors import MethodError
from crashkit.model import CrashData
from crashkit.quality import columns
from crashkit.quality.answers import Answer, Floats
from crashkit.quality.check import Check, worst

FIELDS = ("admin2", "admin1", "source_id")
"""Fields that can stand for the unit that reported: district, province, source."""

MOST_UNITS = 150
"""A field with more values than this is not taken unless it is asked for."""

LEAST_ROWS = 30
"""Nothing is graded on fewer rows. Source: data standards, section 4."""


@dataclass(frozen=True)
class Mark:
    """The value of a check in a unit, with its limits and its grade ("" on too few rows)."""

    value: float
    low: float
    high: float
    rows: int
    grade: str


@dataclass(frozen=True)
class Unit:
    """A reporting unit ("" where it is not known), its crashes, and its checks by id."""

    name: str
    crashes: int
    grade: str
    marks: Mapping[str, Mark]


def field_of(data: CrashData, asked: str | None = None) -> str:
    """Return the field that tells units apart, "" for none. Raises MethodError for another one."""
    if asked:
        if asked not in FIELDS:
            raise MethodError(
                "{field} does not tell who reported a crash; there are {fields}.",
                field=asked,
                fields=", ".join(FIELDS),
            )
        return asked if data.has(asked) else ""
    for name in FIELDS:
        if data.has(name) and 1 < data.crashes[name].nunique() <= MOST_UNITS:
            return name
    return ""


def names(data: CrashData, field: str) -> pd.Series:
    """Return the unit of each crash, "" where it is not known."""
    return columns.texts(data, field) if field else pd.Series("", index=data.crashes.index)


def by_unit(
    data: CrashData, field: str, answers: Sequence[tuple[Check, Answer]]
) -> tuple[Unit, ...]:
    """Grade each unit by the checks that can be split, the unit with most crashes first."""
    if not field:
        return ()
    codes, found = pd.factorize(names(data, field), sort=True)
    size = len(found)
    crashes = np.bincount(codes, minlength=size)
    marked = [
        (check, answer, _sums(answer, codes, size))
        for check, answer in answers
        if answer.marks is not None
    ]
    made = []
    for number, name in enumerate(found.tolist()):
        marks = {
            check.id: mark
            for check, answer, sums in marked
            if (mark := _mark(check, answer, sums[:, number])) is not None
        }
        blocking = [
            marks[check.id].grade for check, _, _ in marked if check.blocking and check.id in marks
        ]
        made.append(Unit(str(name), int(crashes[number]), worst(blocking), marks))
    return tuple(sorted(made, key=lambda unit: (unit.name == "", -unit.crashes, unit.name)))


def _sums(answer: Answer, codes: NDArray[np.int64], size: int) -> Floats:
    """Return asked, found and rows of each unit, shape (3, units)."""
    marks = answer.marks
    if marks is None:
        return np.zeros((3, size))
    rows = (marks.asked > 0).astype(float)
    return np.stack(
        [np.bincount(codes, part, minlength=size) for part in (marks.asked, marks.found, rows)]
    )


def _mark(check: Check, answer: Answer, sums: Floats) -> Mark | None:
    asked, found, rows = (float(one) for one in sums)
    if not rows:
        return None
    share = found / asked
    low, high = (answer.of_share(limit) for limit in stats.wilson(share * rows, rows))
    value = answer.of_share(share)
    return Mark(value, low, high, round(rows), check.grade(value) if rows >= LEAST_ROWS else "")
