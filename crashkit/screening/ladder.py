"""The data ladder: what a data set has, and so which screenings suit it.

Source: reference methods, section 0.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.screening import parts

EXACT_M, ROUGH_M = 50.0, 200.0
"""A location is good where it is this exact, and rough from the other on."""


@dataclass(frozen=True)
class Rung:
    """What data have to be screened by, and the presets that suit, best first."""

    has: Message
    presets: tuple[str, ...]


def rung(data: CrashData, *, on_network: bool = False, with_traffic: bool = False) -> Rung:
    """Return where data stand; `on_network` where roads are known, `with_traffic` their AADT."""
    by_road, by_point = _share(data, "chainage"), _share(data, "coordinates")
    located = max(by_road, by_point) >= 0.5
    if not located:
        return Rung(
            Message("Most of these crashes have neither a km post nor coordinates."),
            ("count_1km",) if by_road > by_point else ("count_circles",),
        )
    exact = (by_point >= 0.5 and _error(data, "coord_accuracy_m") < ROUGH_M) or (
        by_road >= 0.5 and _error(data, "chainage_accuracy_m") < ROUGH_M
    )
    if on_network and exact:
        return Rung(
            Message("These crashes lie on a network of roads whose traffic is known.")
            if with_traffic
            else Message("These crashes have good locations and lie on a network of roads."),
            ("eb_excess_windows", "worse_windows", "eb_excess_junctions"),
        )
    if by_road >= 0.5:
        return Rung(
            Message("These crashes have roads and km posts."),
            ("eb_excess_1km", "eb_rate_1km", "nb_1km"),
        )
    return Rung(
        Message("These crashes have coordinates, but no network of roads to compare with."),
        ("eb_excess_circles", "count_circles", "poisson_circles"),
    )


def _share(data: CrashData, need: str) -> float:
    return float(parts.has_place(data.crashes, need).mean()) if len(data) else 0.0


def _error(data: CrashData, column: str) -> float:
    """Return the usual error of locations in metres, as good as exact where it is not told."""
    if not data.has(column):
        return EXACT_M
    return float(np.nanmedian(data.crashes[column].to_numpy(dtype=float, na_value=np.nan)))
