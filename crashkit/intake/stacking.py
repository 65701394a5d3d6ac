"""Points that many crashes share: often a landmark that an address was taken for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crashkit.errors import Message
from crashkit.intake import coded
from crashkit.intake.rows import Part, Table

STACK = 5
SHARE = 0.1
LEAST = 30
"""So many crashes at one point are a stack; of so many points, such a share in stacks is told.

Source: data standards, section 4, check 6 and the rule that nothing is judged below 30 rows.
"""
FINE_M = 10.0
"""Coarser points are a grid of their own, such as whole seconds: there crashes share by chance."""


def say(crashes: Table, parts: Sequence[Part]) -> None:
    """Say how many crashes of an import share their exact point with many others."""
    points = _fine(crashes)
    if len(points) < LEAST:
        return
    places, counts = np.unique(points, return_counts=True)
    stacked = int(counts[counts >= STACK].sum())
    if stacked <= SHARE * len(points):
        return
    # Of equal stacks the first by its numbers, so that the order of rows does not matter.
    most = int(np.argmax(counts))
    lat, lon = (place / PER_DEGREE for place in divmod(int(places[most]), AROUND))
    part = min(
        (part for part in parts if "lat" in part.checked.tables.get("crash", {})),
        key=lambda part: part.checked.sheet.file,
    )
    part.checked.say(
        "lat",
        "stacked_points",
        Message(
            "Crashes that share their exact point with at least four others: {n} of {points}; most "
            "of them, {most}, at {place}. It may be a landmark that an address was taken for, so a "
            "blackspot there may be none.",
            {
                "n": stacked,
                "points": len(points),
                "most": int(counts[most]),
                "place": f"{lat - 90:.6f}, {lon - 180:.6f}",
            },
        ),
    )


PER_DEGREE = 1_000_000
AROUND = 360 * PER_DEGREE + 1
"""Places of six decimals from -180 to 180 degrees."""


def _fine(crashes: Table) -> NDArray[np.int64]:
    """Return the points that were written finely, to six decimals, each as one whole number."""
    if not {"lat", "lon", "coord_accuracy_m"} <= set(crashes):
        return np.zeros(0, dtype=np.int64)
    lat, lon, accuracy = (
        coded.plain(crashes[name]).astype(np.float64, copy=False)
        for name in ("lat", "lon", "coord_accuracy_m")
    )
    here = np.isfinite(lat) & np.isfinite(lon) & (accuracy < FINE_M)
    north = np.round((lat[here] + 90) * PER_DEGREE).astype(np.int64)
    east = np.round((lon[here] + 180) * PER_DEGREE).astype(np.int64)
    found: NDArray[np.int64] = north * AROUND + east
    return found
