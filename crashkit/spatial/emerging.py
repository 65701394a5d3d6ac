"""Emerging hot spots: how a place became hot or cold over time, in one of 17 classes.

Each step of time has a Gi* of its own, with neighbours in space and time. The class is told by
which steps are significant, and by whether the Gi* rise or fall (Mann-Kendall).

Source: the list of classes of Esri, Emerging Hot Spot Analysis; their order and limits: reference
methods, section 2.5 (not verified). The R package sfdep differs: there "intensifying" counts hot
and cold steps alike, and "historical" needs a Gi* below zero in the last step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit.errors import Message
from crashkit.trends import ranks

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOSTLY = 0.9
"""A place with this share of its steps hot is hot nearly always."""
LEAST_STEPS = 10
"""Fewer steps of time hardly tell a class; quarters are fine where years are too few."""
KINDS = (
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
)
NO_PATTERN = "no pattern"
CLASSES = (
    *(f"{kind} hot spot" for kind in KINDS),
    *(f"{kind} cold spot" for kind in KINDS),
    NO_PATTERN,
)
FEW_STEPS = Message("Emerging hot spots need {need} steps of time; there are {steps}.")


@dataclass(frozen=True)
class Emerging:
    """The class of one place, one of CLASSES; the shares of its steps that are hot and cold.

    `trend` is 1 where its Gi* rise, -1 where they fall, 0 where neither is sure.
    """

    category: str
    hot: float
    cold: float
    trend: int
    notes: tuple[Message, ...] = ()


def hot_and_cold(gi: ArrayLike, p: ArrayLike, *, alpha: float = 0.05) -> tuple[Flags, Flags]:
    """Say of each step whether it is significantly hot, and whether significantly cold."""
    z, sure = np.asarray(gi, dtype=float), np.asarray(p, dtype=float) <= alpha
    return sure & (z > 0), sure & (z < 0)


def classify(gi: ArrayLike, p: ArrayLike, *, alpha: float = 0.05) -> Emerging:
    """Put one place in its class, by its Gi* and their p-values, one for each step of time.

    In this order: *new*, only the last step is hot; *consecutive*, the hot steps are one run of two
    or more up to the end, less than 90 % of all; hot in 90 % or more: *intensifying*,
    *diminishing* or *persistent* where the last step is hot and the Gi* rise, fall or neither (at
    `alpha`), *historical* where it is not hot; *oscillating*, the last step is hot and an earlier
    one was cold; *sporadic*, the last step is hot and none was cold; else no pattern. Cold spots
    are the mirror of hot ones.

    >>> classify([0.1, -0.3, 2.2, 2.4, 2.6], [0.4, 0.4, 0.014, 0.008, 0.005]).category
    'consecutive hot spot'
    """
    z = np.asarray(gi, dtype=float)
    hot, cold = hot_and_cold(z, p, alpha=alpha)
    trend = _trend(z, alpha)
    sides = [(hot, cold, "hot", trend), (cold, hot, "cold", -trend)]
    # What the last step says leads: a place long hot and now cold is a new cold spot.
    sides.sort(key=lambda side: not side[0][-1:].any())
    found = [(_kind(mine, other, turn), word) for mine, other, word, turn in sides]
    named = [f"{kind} {word} spot" for kind, word in found if kind]
    category = named[0] if named else NO_PATTERN
    few = z.size < LEAST_STEPS
    note = Message(FEW_STEPS.text, {"need": LEAST_STEPS, "steps": z.size})
    share = [float(one.mean()) if z.size else 0.0 for one in (hot, cold)]
    return Emerging(category, share[0], share[1], trend, (note,) if few else ())


def _trend(z: Floats, alpha: float) -> int:
    if z.size < 2:
        return 0
    found = ranks.mann_kendall(z)
    return int(np.sign(found.s)) if found.p <= alpha else 0


def _kind(mine: Flags, other: Flags, trend: int) -> str:
    """Return the kind of a series of hot steps, or of cold ones: the mirror; "" for none."""
    n, count = mine.size, int(mine.sum())
    if not count:
        return ""
    last = bool(mine[-1])
    if last and count == 1:
        return "new"
    mostly = count >= MOSTLY * n
    if last and not mostly and mine[n - count :].all():
        return "consecutive"
    if mostly:
        return (
            {1: "intensifying", -1: "diminishing", 0: "persistent"}[trend]
            if last
            else ("historical")
        )
    if not last:
        return ""
    return "oscillating" if other.any() else "sporadic"
