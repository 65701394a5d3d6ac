"""Written rules on plain numbers: limits, densities, and where along a road a rule is met.

The rules of laws and manuals stand in presets and are asked of crash data by `screening`; here is
what they are made of, for numbers that somebody already has. Scores are those of `severity.epdo`.

Source: reference methods, section 1.1; numbers in rules.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import kernels

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING_M = 0.001
"""A crash on the rim of a circle lies in it, however the last digit falls."""


@cache
def _book() -> dict[str, Any]:
    text = resources.files("crashkit").joinpath("rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


# ---------------------------------------------------------------------------- control limits


@dataclass(frozen=True, eq=False)
class Limits:
    """The scores of sections beside the limits of chance about their mean.

    `bka` is one limit for all; `literal` is the limit as it is printed in Indonesia, `norden` the
    one it was made of, which keeps the corrections outside the root.
    """

    scores: Floats
    mean: float
    bka: float
    literal: Floats
    norden: Floats

    def above(self, limit: ArrayLike) -> Flags:
        """Say which scores are above a limit."""
        return np.asarray(self.scores > np.asarray(limit, dtype=float))


def control_limits(scores: ArrayLike, *, psi: float | None = None) -> Limits:
    """Return the control limits of sections with the `scores` m and the mean C.

    BKA = C + 3 sqrt(C); printed UCL = C + psi sqrt(C/m + 0.829/m + m/2), which is a corrupted form
    of Norden's C + psi sqrt(C/m) + 0.829/m + 1/(2m); psi 2.576 unless given. A score of 0 has no
    limit of its own: NaN.

    >>> found = control_limits([8, 15, 36, 11, 20, 9])
    >>> round(found.bka, 2), found.above(found.bka).tolist()
    (28.69, [False, False, True, False, False, False])

    Source: Pd T-09-2004-B; Norden, Orlansky and Jacobs 1956, Highway Research Board Bulletin 117.
    """
    book = _book()["control"]
    m = np.asarray(scores, dtype=float)
    z, norden = book["psi"] if psi is None else psi, book["norden"]
    mean = float(m.mean()) if m.size else float("nan")
    known = np.where(m > 0, m, np.nan)
    return Limits(
        scores=m,
        mean=mean,
        bka=mean + book["spread"] * float(np.sqrt(mean)),
        literal=mean + z * np.sqrt(mean / known + norden / known + 0.5 * known),
        norden=mean + z * np.sqrt(mean / known) + norden / known + 1 / (2 * known),
    )


def relative_number(crashes: ArrayLike, aadt: ArrayLike) -> Floats:
    """Return Rk = U/(0.5 + 7e-5 AADT), crashes by what the traffic lets expect; NaN without AADT.

    Source: RVS 02.02.21, Austria, in rules.toml [unverified].
    """
    one = _book()["relative"]["at_rvs"]
    u, q = np.asarray(crashes, dtype=float), np.asarray(aadt, dtype=float)
    return np.asarray(u / (one["base"] + one["per_aadt"] * np.where(q > 0, q, np.nan)))


# -------------------------------------------------------------------- limits and densities


def meets(
    values: Mapping[str, ArrayLike], least: Mapping[str, float], *, combine: str = "any"
) -> Flags:
    """Say which places reach any of the limits, or all: at least `least` of each of the `values`.

    Raises KeyError for a limit on what is not told, ValueError without limits or for another way to
    combine them.

    >>> meets({"crashes": [5, 1], "deaths": [0, 10]}, {"crashes": 5, "deaths": 10}).tolist()
    [True, True]
    """
    if combine not in ("any", "all") or not least:
        raise ValueError("a rule has limits, and any or all of them must be reached")
    reached = [np.asarray(values[name], dtype=float) >= limit for name, limit in least.items()]
    joined = np.any(reached, axis=0) if combine == "any" else np.all(reached, axis=0)
    return np.asarray(joined)


def per_length(count: ArrayLike, length_km: ArrayLike, *, per_km: float = 10.0) -> Floats:
    """Return how many there are on so many km, 10 unless told; NaN where there is no length."""
    n, km = np.asarray(count, dtype=float), np.asarray(length_km, dtype=float)
    return np.asarray(per_km * n / np.where(km > 0, km, np.nan))


def stability(history: Sequence[bool]) -> str | None:
    """Return the class of a place by whether it was found in three periods, the earliest first.

    None for a history whose class is not known to us.
    Raises ValueError for other than three periods.

    >>> stability([False, True, True])
    'stable'

    Source: ODM 218.4.004-2009, table 5.1, in rules.toml.
    """
    if len(history) != 3:
        raise ValueError("a history has three periods")
    found: str | None = _book()["stability"]["classes"].get("".join("01"[one] for one in history))
    return found


# ---------------------------------------------------------------------------- along a road


@dataclass(frozen=True)
class Rule:
    """How many crashes in a stretch are too many: of any kind, or of one kind; 0: no such limit."""

    any_type: int = 0
    same_type: int = 0
    combine: str = "any"

    def __post_init__(self) -> None:
        if self.combine not in ("any", "all") or max(self.any_type, self.same_type) < 1:
            raise ValueError("a rule has limits, and any or all of them must be reached")

    def is_met(self, count: int, same: int) -> bool:
        """Say whether so many crashes, so many of them of one kind, meet the rule."""
        told = [
            found >= least
            for found, least in ((count, self.any_type), (same, self.same_type))
            if least
        ]
        return any(told) if self.combine == "any" else all(told)


@dataclass(frozen=True)
class Cluster:
    """A stretch of road, its crashes, and how many of them are of the most frequent kind."""

    start_m: float
    end_m: float
    count: int
    same_type: int


def clusters(
    at_m: ArrayLike, kinds: Sequence[str], *, length_m: float, rule: Rule
) -> tuple[Cluster, ...]:
    """Return the stretches where windows from crash to crash, no longer than so, meet a rule.

    `at_m` (n,) are the places of the crashes of one road, in any order, `kinds` their types. Every
    window that starts and ends on a crash is looked at; those that meet the rule and share a crash
    are joined. Exact: no cluster is cut by an edge.

    >>> law = Rule(any_type=5, same_type=3)
    >>> clusters([120, 450, 980, 1100, 5200], list("ABAAC"), length_m=1000, rule=law)
    (Cluster(start_m=120.0, end_m=1100.0, count=4, same_type=3),)

    Source: reference methods, section 2.3 (anchored windows).
    """
    order = np.lexsort((np.asarray(kinds, dtype=object).astype(str), np.asarray(at_m, dtype=float)))
    at = np.asarray(at_m, dtype=float)[order]
    names = [kinds[i] for i in order.tolist()]
    # Whole millimetres: the kernel counts in integers, and no window gains or loses a crash by it.
    mm = np.rint(at * 1000).astype(np.int64)
    starts = np.arange(mm.size, dtype=np.int64)
    reach = np.full(mm.size, round(length_m * 1000), dtype=np.int64)
    ends = kernels.window_ends(np.zeros(mm.size, dtype=np.int64), mm, reach)
    met = [
        (int(start), int(end))
        for start, end in zip(starts, ends, strict=True)
        if rule.is_met(end - start, _most(names[start:end]))
    ]
    return tuple(
        Cluster(float(at[start]), float(at[end - 1]), end - start, _most(names[start:end]))
        for start, end in joined(met)
    )


def joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges [start, end) with those that have members in common made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def bins(
    at_m: ArrayLike, kinds: Sequence[str], *, length_m: float, rule: Rule
) -> tuple[Cluster, ...]:
    """Return the fixed stretches, from 0 on, that meet a rule: what anchored windows do better.

    A crash on an edge belongs to the next stretch.
    """
    which = np.floor(np.asarray(at_m, dtype=float) / length_m).astype(int)
    found = []
    for one in np.unique(which):
        names = [kinds[i] for i in np.flatnonzero(which == one).tolist()]
        if rule.is_met(len(names), _most(names)):
            start = float(one * length_m)
            found.append(Cluster(start, start + length_m, len(names), _most(names)))
    return tuple(found)


def _most(kinds: Sequence[str]) -> int:
    return max((kinds.count(kind) for kind in set(kinds)), default=0)


# ------------------------------------------------------------------------------ in the plane


def fullest_circle(points_m: ArrayLike, radius_m: float, *, centres: str = "best") -> int:
    """Return how many points the fullest circle of a radius holds.

    `points_m` has shape (n, 2), metres in a plane. With `centres` "crashes" circles are drawn
    around points only, which can miss a fuller one; "best" finds the fullest of all.
    Raises ValueError for other centres.

    >>> fullest_circle([[0, 0], [60, 0], [60, 60], [0, 60]], 45)
    4

    Source: reference methods, section 2.3 (circles).
    """
    if centres not in ("best", "crashes"):
        raise ValueError("circles have their centres at crashes, or where they are best")
    flat = np.atleast_2d(np.asarray(points_m, dtype=float))
    if not flat.size:
        return 0
    points = np.column_stack([flat, np.zeros(len(flat))])
    fullest = int(kernels.crowds(kernels.ground(points, radius_m + ROUNDING_M)).max())
    if centres == "crashes":
        return fullest
    ups = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    around = kernels.neighbours(kernels.ground(points, 2 * radius_m))
    best = kernels.best_centres(points, ups, around, radius_m)
    offsets, _ = kernels.within(best, points, around, radius_m + ROUNDING_M)
    return max(fullest, int(np.diff(offsets).max()))
