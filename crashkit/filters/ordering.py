"""In which order crashes are listed: the newest first, or the worst."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crashkit.filters import keeping
from crashkit.model import SEVERITIES, CrashData


def newest_first(data: CrashData) -> NDArray[np.int64]:
    """Return the rows of the crashes, the newest first; those of one day by their id."""
    found: NDArray[np.int64] = data.once(
        "newest first", lambda _: np.lexsort((data.crash_ids, -_days(data)))
    )
    return found


def worst_first(data: CrashData) -> NDArray[np.int64]:
    """Return the rows of the crashes by severity, the worst first; then the newest, then by id."""
    found: NDArray[np.int64] = data.once("worst first", _worst_first)
    return found


def _worst_first(data: CrashData) -> NDArray[np.int64]:
    rows = newest_first(data)
    levels = keeping.levels(data, "severity")
    if levels is None:
        return rows
    place = {name: number for number, name in enumerate(SEVERITIES)}
    places = [place.get(value, place["unknown"]) for value in levels.values]
    rank = np.array([*places, place["unknown"]], dtype=np.int8)[levels.codes]
    return rows[np.argsort(rank[rows], kind="stable")]


def _days(data: CrashData) -> NDArray[np.int64]:
    """Return numbers that grow with the date, -1 where there is none."""
    days = keeping.levels(data, "crash_date")
    if days is None:
        return np.full(len(data), -1)
    rank = np.argsort(np.argsort(np.array(days.values, dtype=object)))
    return np.array([*rank, -1], dtype=np.int64).take(days.codes)
