"""Checks of where: inside the region, stacked, exact, near the road, twice at one place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import geo
from crashkit.errors import Message, counted
from crashkit.model import CrashData
from crashkit.quality import columns, imports
from crashkit.quality.answers import Answer, Flags, Floats, Known, of_counts, of_marks, unjudged

Ints = NDArray[np.int64]

GOOD_M = 50.0
"""A place known to so many metres is a good one. Source: methods, section 0.2, rung L2."""

GRID_M = 15.0
"""A point less exact than so many metres stands for a grid: that others share it says nothing.

Half a second of arc, the grid of coordinates in whole seconds, is 15 m.
"""

METRE = 5
"""Decimals of a degree that tell about a metre."""

SECONDS = 0.99
"""Where so large a share of points lies on whole seconds of arc, the seconds are the grid."""

NEAR_M = 50.0
"""Crashes at the same time so near are likely one. Source: data standards, section 4, check 12."""

ENOUGH = 4
"""Decimals that make a point exact. Source: data standards, section 4, check 7."""

NO_POINT = Message("No crash has coordinates.")


def in_region(data: CrashData, known: Known) -> Answer:
    """Return the share of points that lie in the region the profile states."""
    if known.profile is None or not known.profile.boxes:
        return unjudged(Message("The profile states no region in which crashes can lie."))
    if not known.ledgers:
        return unjudged(imports.NO_ACCOUNT)
    inside = int(columns.has_point(data).sum())
    outside = len(imports.faulty(known.ledgers, "in_region"))
    if not inside + outside:
        return unjudged(NO_POINT)
    return of_counts(inside, inside + outside)


# ------------------------------------------------------------------ stacking


def stacking(data: CrashData, known: Known) -> Answer:
    """Return the share of crashes that share a point of one metre with another."""
    point = columns.has_point(data)
    if not point.any():
        return unjudged(NO_POINT)
    if _on_seconds(data, point):
        return unjudged(
            Message("The points are whole seconds of arc, about 30 m: sharing one is the grid.")
        )
    exact = point & ~_is_grid(data)
    at = _counts_at(data, exact)
    details = [
        Message("There is no road network: a junction with many crashes counts as stacked, too."),
        counted(
            "No two crashes lie on one point.",
            "At most {n} crashes lie on one point.",
            int(at.max(initial=1)),
        ),
    ]
    grid = Message(
        "The points are known to more than {m} m only: sharing one is the grid.", {"m": int(GRID_M)}
    )
    return of_marks(exact, at > 1, *details, nothing=grid)


def _is_grid(data: CrashData) -> Flags:
    """Say which points stand for a place wider than a metre or two, or come from a km post."""
    rough = columns.numbers(data, "coord_accuracy_m") > GRID_M
    return np.asarray(rough | (columns.texts(data, "coord_source") == "linear_ref"), dtype=bool)


def _on_seconds(data: CrashData, point: Flags) -> bool:
    seconds = [columns.numbers(data, name)[point] * 3600 for name in ("lon", "lat")]
    whole = np.all([np.abs(one - np.rint(one)) < 0.02 for one in seconds], axis=0)
    return bool(whole.mean() >= SECONDS)


def _counts_at(data: CrashData, chosen: Flags) -> Floats:
    """Return how many crashes lie on the point of each, 0 for those that are not chosen."""
    lon, lat = (columns.numbers(data, name)[chosen].round(METRE) for name in ("lon", "lat"))
    _, place, times = np.unique(
        np.column_stack([lon, lat]), axis=0, return_inverse=True, return_counts=True
    )
    found = np.zeros(len(data))
    found[chosen] = times[place.reshape(-1)]
    return found


# ----------------------------------------------------------------- precision


def precision(data: CrashData, known: Known) -> Answer:
    """Return the share of located crashes known to metres, corrected for zeros by chance.

    Of numbers typed with d decimals, one in 10^(d-3) ends so that three or fewer are seen; of
    points both numbers must. Source: data standards, section 3.3, low precision.
    """
    point, post = columns.has_point(data), columns.has_post(data)
    digits = _decimals(data, point)
    exact = is_exact_point(data, digits) | is_exact_post(data)
    usual = int(np.bincount(digits[point]).argmax()) if point.any() else 0
    chance = 10.0 ** (-2 * (usual - ENOUGH + 1)) if usual >= ENOUGH else 0.0
    nothing = Message("No crash is located.")
    return of_marks(
        point | post, exact, nothing=nothing, of_share=lambda share: min(1.0, share / (1 - chance))
    )


def is_exact_point(data: CrashData, digits: Ints | None = None) -> Flags:
    """Say which points have enough decimals, and no stated accuracy that is worse."""
    point = columns.has_point(data)
    seen = _decimals(data, point) if digits is None else digits
    rough = columns.numbers(data, "coord_accuracy_m") > GOOD_M
    return np.asarray(point & (seen >= ENOUGH) & ~rough, dtype=bool)


def is_exact_post(data: CrashData) -> Flags:
    """Say which km posts are known to metres, or hundreds of metres."""
    return columns.has_post(data) & (columns.numbers(data, "chainage_accuracy_m") <= GOOD_M)


def _decimals(data: CrashData, point: Flags) -> Ints:
    """Return the decimals of the finer number of each point, up to 7; 0 where there is none."""
    found = np.zeros(len(data), dtype=np.int64)
    for name in ("lon", "lat"):
        values = columns.numbers(data, name)[point]
        digits = np.full(len(values), 7, dtype=np.int64)
        for places in range(6, -1, -1):
            digits[np.abs(values - values.round(places)) < 1e-9] = places
        found[point] = np.maximum(found[point], digits)
    return found


def road_distance(data: CrashData, known: Known) -> Answer:
    """Say that there is no network to measure the distance to."""
    return unjudged(Message("No road network is loaded to measure the distance to."))


# ---------------------------------------------------------- likely duplicates


def likely_duplicates(data: CrashData, known: Known) -> Answer:
    """Return the share of crashes that repeat another at the same time and place."""
    asked = comparable(data)
    found = np.zeros(len(data))
    found[[later for _, later in twins(data)]] = 1.0
    return of_marks(
        asked, found, nothing=Message("No crash has a day, a time to the minute and a point.")
    )


def comparable(data: CrashData) -> Flags:
    """Say which crashes have a day, a minute and a point."""
    timed = columns.to_the_day(data) & np.isfinite(columns.minutes(data))
    return np.asarray(timed & columns.has_point(data), dtype=bool)


def twins(data: CrashData) -> Iterator[tuple[int, int]]:
    """Yield the rows of two crashes alike; each crash comes second once at most."""
    rows = np.flatnonzero(comparable(data))
    if not len(rows):
        return
    alike = pd.DataFrame(
        {
            "day": data.crashes["crash_date"].to_numpy()[rows],
            "minute": columns.minutes(data)[rows],
            "kind": columns.texts(data, "crash_type").to_numpy()[rows],
        }
    )
    group = alike.groupby(["day", "minute", "kind"], sort=False).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    xyz = geo.geocentric(columns.numbers(data, "lon")[rows], columns.numbers(data, "lat")[rows])
    for members in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(members) > 1:
            for place, later in enumerate(members.tolist()):
                earlier = members[:place]
                near = np.linalg.norm(xyz[earlier] - xyz[later], axis=1) <= NEAR_M
                if near.any():
                    yield int(rows[earlier[near][0]]), int(rows[later])
