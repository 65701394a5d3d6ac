"""What comparisons of rules and of periods have in common: to ask, to describe, to give reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crashkit import screening
from crashkit.comparing import agreeing, reasoning, wording
from crashkit.comparing.grouping import Place
from crashkit.comparing.reasoning import Asked
from crashkit.errors import MethodError
from crashkit.model import (
    Absence,
    ComparedPlace,
    CrashData,
    ListPair,
    Progress,
    Screening,
    ScreeningResult,
)
from crashkit.roads.placing import Placed
from crashkit.screening import Treated

Ints = NDArray[np.int64]

MOST = len(wording.LETTERS)


def check(questions: Sequence[Screening], *, most: int = MOST) -> None:
    """Raise MethodError where lists cannot be put side by side."""
    if not 2 <= len(questions) <= most:
        raise MethodError(
            "Between two and {most} lists can be put side by side; these are {n}.",
            most=most,
            n=len(questions),
        )
    for n, one in enumerate(questions):
        if one in questions[:n]:
            raise MethodError(
                "{preset} is asked twice. Choose different rules, or different periods.",
                preset=one.preset,
            )


def ask_all(
    questions: Sequence[Screening],
    data: CrashData,
    *,
    roads: Placed | None,
    treated: Sequence[Treated],
    data_version: str,
    progress: Progress,
) -> list[Asked]:
    """Ask each question, by the version of its rule that it names, and keep all it looked at."""
    found = []
    for n, question in enumerate(questions):
        mine = screening.between(progress, n / len(questions), (n + 1) / len(questions))
        looking, listing = screening.between(mine, 0, 0.7), screening.between(mine, 0.7, 1)
        looked = screening.survey(
            question, data, roads=roads, treated=treated, progress=looking, as_named=True
        )
        answer = screening.answer(
            looked, data, progress=listing, data_version=data_version, repeat=False
        )
        found.append(Asked.of(data, looked, answer))
    return found


def pairs(asked: Sequence[Asked], found: Sequence[Place]) -> tuple[ListPair, ...]:
    """Return how far each two of the lists agree."""
    lists, looked = [one.answer for one in asked], [one.ids for one in asked]
    return tuple(
        agreeing.pair(lists, looked, found, i, j) for i, j in combinations(range(len(lists)), 2)
    )


def described(
    lists: Sequence[ScreeningResult],
    found: Sequence[Place],
    absent: Sequence[tuple[Absence | None, ...]],
) -> Iterator[ComparedPlace]:
    """Describe each place: its sites by list, and why a list lacks it."""
    for place, why in zip(found, absent, strict=True):
        core = place[0]
        positions = [
            tuple(sorted(one.at + 1 for one in place if one.list == at)) for at in range(len(lists))
        ]
        yield ComparedPlace(
            site=lists[core.list].findings[core.at].site,
            found=tuple(positions),
            absent=why,
            crashes=len(crashes(lists, place)),
        )


def crashes(lists: Sequence[ScreeningResult], place: Place) -> Ints:
    """Return the crashes of all sites of a place, each once."""
    ids = [id_ for one in place for id_ in lists[one.list].findings[one.at].site.crash_ids]
    return np.unique(np.array(ids, dtype=np.int64))


def absences(
    asked: Sequence[Asked], found: Sequence[Place], grounds: Sequence[Sequence[Ints]]
) -> list[tuple[Absence | None, ...]]:
    """Return for each place, list by list, why it is not there; None where it is.

    `grounds` are, list by list, the crashes of each place that its question is asked of.
    """
    columns: list[list[Absence | None]] = []
    for at, (one, of) in enumerate(zip(asked, grounds, strict=True)):
        lacked = [n for n, place in enumerate(found) if all(each.list != at for each in place)]
        reasons = reasoning.absences(one, [of[n] for n in lacked])
        column: list[Absence | None] = [None] * len(found)
        for n, reason in zip(lacked, reasons, strict=True):
            column[n] = reason
        columns.append(column)
    return [*zip(*columns, strict=True)]
