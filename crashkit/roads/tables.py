"""Plain tables to a network without lines: routes with km posts, traffic, class and dates.

A second table may tell the chainage equations: where posts jump, because a road was lengthened,
shortened or measured anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.errors import IntakeError, NeedsChoice, counted
from crashkit.model import Issue
from crashkit.roads import columns
from crashkit.roads.columns import OF_EQUATIONS, POSTS, Asked, RoadsRead, Words
from crashkit.roads.linear import POST_M
from crashkit.roads.network import DATES, EQUATION_COLUMNS, Lines, Network, network

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


def read_table(
    words: Mapping[str, Words], asked: Asked | None = None, *, file: str = "roads.csv"
) -> RoadsRead:
    """Read a table of stretches, its columns given by name as words.

    Every row is taken, or left out with its reason; rows are numbered from 1 below the column
    names. Raises IntakeError where the table has no road or no km posts, NeedsChoice where only the
    user can say in which unit posts are, or which year counts.
    """
    asked = asked or Asked()
    count = _count(words)
    which, others = columns.chosen(list(words), asked, file, words)
    _need(which, file, "road_number", *POSTS)
    told = columns.understand(words, which, asked, file, count)
    posts = told.frame[list(POSTS)]
    reasons = {
        "no_road": (told.frame["road_key"] == "").to_numpy(),
        "no_posts": (posts.isna().any(axis=1) | (posts["from_m"] == posts["to_m"])).to_numpy(),
        "other_year": _other_year(words, which, asked, count),
    }
    taken, left_out = _sorted_out(reasons, count)
    frame = told.frame.assign(direction=columns.directed(told.frame, told.one_way))
    stretches = frame[taken].reset_index(drop=True)
    return RoadsRead(
        network=network(stretches, Lines.of([None] * len(stretches)), info={"file": file}),
        read=count,
        columns=which,
        others=others,
        classes=told.classes,
        units=told.units,
        left_out=left_out,
        issues=(*told.issues, *_overlapping(stretches, np.flatnonzero(taken) + 1, file)),
        theirs=tuple(words),
    )


def read_equations(
    words: Mapping[str, Words], asked: Asked | None = None, *, file: str = "equations.csv"
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Read a table of chainage equations: road, post back, post ahead. Returns complaints, too.

    Raises IntakeError where a row does not tell all three: a road whose posts jump at a place that
    is not known would be measured wrongly from there on.
    """
    asked = replace(asked or Asked(), columns={})
    found = columns.candidates(list(words), OF_EQUATIONS)
    which = {name: theirs[0] for name, theirs in found.items()}
    _need(which, file, "road_number", *OF_EQUATIONS)
    frame, issues = columns.measures(words, which, asked, file, _count(words))
    incomplete = (frame["road_key"] == "") | frame[list(OF_EQUATIONS)].isna().any(axis=1)
    if incomplete.any():
        raise IntakeError(
            "Row {row} of {file} does not tell a road, a km post back and a km post ahead.",
            row=int(np.flatnonzero(incomplete)[0]) + 1,
            file=file,
        )
    return frame[list(EQUATION_COLUMNS)].drop_duplicates(ignore_index=True), issues


def with_equations(found: Network, equations: pd.DataFrame) -> Network:
    """Return the network with these chainage equations in place of its own."""
    return replace(found, equations=equations.reset_index(drop=True))


def _count(words: Mapping[str, Words]) -> int:
    return len(next(iter(words.values()), ()))


def _overlapping(stretches: pd.DataFrame, rows: Ints, file: str) -> tuple[Issue, ...]:
    """Say which rows tell again a length of a road that another row of the same dates tells."""
    ends = pd.DataFrame(
        {
            "low": stretches[list(POSTS)].min(axis=1),
            "high": stretches[list(POSTS)].max(axis=1),
            "way": stretches.groupby(
                ["road_key", "direction", *DATES], dropna=False, sort=False
            ).ngroup(),
            "row": rows,
        }
    ).sort_values(["way", "low", "high", "row"])
    before = ends.groupby("way")["high"].cummax().groupby(ends["way"]).shift()
    again = ends["row"][ends["low"] < before - POST_M].sort_values()
    if again.empty:
        return ()
    message = counted(
        "{n} row overlaps another of its road; both are taken, and crashes there are on one of "
        "them.",
        "{n} rows overlap others of their road; all are taken, and crashes there are on one of "
        "them.",
        len(again),
    )
    return (Issue(file, int(again.iloc[0]), "from_m", "", "overlap", message),)


def _need(which: Mapping[str, str], file: str, *names: str) -> None:
    named = "road_number" in which or "road_name" in which
    missing = [name for name in names if name not in which and not (name == names[0] and named)]
    if missing:
        raise IntakeError(
            "{file} has no column that is called as one of: {names}. Rename a column, or say which "
            "it is.",
            file=file,
            names=missing,
        )


def _other_year(
    words: Mapping[str, Words], which: Mapping[str, str], asked: Asked, count: int
) -> Flags:
    """Mark the rows of other years than the one that counts. Raises NeedsChoice for several."""
    if "year" not in which:
        return np.zeros(count, bool)
    years = pd.Series(words[which["year"]], dtype=object).astype(str).str.removesuffix(".0")
    different = sorted(set(years) - {""})
    if asked.year:
        return (years != asked.year).to_numpy()
    if len(different) > 1:
        raise NeedsChoice(
            "The table tells the traffic of several years. Say which year counts.",
            option="year",
            choices=different,
        )
    return np.zeros(count, bool)


def _sorted_out(reasons: Mapping[str, Flags], count: int) -> tuple[Flags, dict[str, Ints]]:
    left_out: dict[str, Ints] = {}
    settled = np.zeros(count, bool)
    for reason, wrong in reasons.items():
        numbers = np.flatnonzero(wrong & ~settled)
        settled |= wrong
        if numbers.size:
            left_out[reason] = numbers + 1
    return ~settled, left_out
