"""In which order crashes are listed where the gravest are looked at first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crashkit.filters import keeping
from crashkit.model import SEVERITIES, CrashData


def worst_first(data: CrashData) -> NDArray[np.int64]:
    """Return the rows of the crashes by severity, the worst first; then the newest, then by id."""
    rows = keeping.newest_first(data)
    levels = keeping.levels(data, "severity")
    if levels is None:
        return rows
    place = {name: number for number, name in enumerate(SEVERITIES)}
    places = [place.get(value, place["unknown"]) for value in levels.values]
    rank = np.array([*places, place["unknown"]], dtype=np.int8).take(levels.codes)
    return rows[np.argsort(rank[rows], kind="stable")]
