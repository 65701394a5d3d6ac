"""What comes out of the benchmark: figures of methods with their errors, and bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit.errors import Message


@dataclass(frozen=True)
class Figure:
    """The mean of a figure over replicates, its standard error, and what was measured before.

    NaN where it could not be told: no error of one replicate, no earlier figure.
    """

    value: float
    error: float
    anchor: float = float("nan")

    @classmethod
    def of(cls, values: Sequence[float], anchor: float = float("nan")) -> Figure:
        """Take the mean of the replicates in which there is a figure."""
        known = np.asarray(values, dtype=float)
        known = known[np.isfinite(known)]
        if not known.size:
            return cls(float("nan"), float("nan"), anchor)
        error = known.std(ddof=1) / np.sqrt(known.size) if known.size > 1 else float("nan")
        return cls(float(known.mean()), float(error), anchor)


@dataclass(frozen=True)
class Row:
    """The figures of one method in one design of a world.

    `ranked_by` is "value", "chance", or "own limit" where all is flagged that the method lists.
    """

    world: str
    design: str
    place: str
    measure: str
    peers: str
    ranked_by: str
    figures: Mapping[str, Figure]

    def is_of(self, world: str, design: str, measure: str, peers: str = "") -> bool:
        """Say whether this is the row of a measure, against these peers, in a design."""
        return (world, design, measure, peers) == (
            self.world,
            self.design,
            self.measure,
            self.peers,
        )


@dataclass(frozen=True)
class Bar:
    """What must hold. `value` is None where it was not measured, and `holds` is None too.

    `limits` are the least and the largest value; `error` is that of the value.
    """

    id: str
    text: Message
    value: float | None
    limits: tuple[float, float]
    error: float = 0.0

    @property
    def limit(self) -> float:
        """The limit that is nearer to the value; the one there is."""
        low, high = self.limits
        if not np.isfinite(low) or self.value is None:
            return high if np.isfinite(high) else low
        return low if not np.isfinite(high) or self.value - low < high - self.value else high

    @property
    def holds(self) -> bool | None:
        """Whether the value is within its limits."""
        if self.value is None:
            return None
        return self.limits[0] <= self.value <= self.limits[1]


@dataclass(frozen=True)
class Result:
    """All rows and bars. `replicates` says how many there were of each world."""

    seed: int
    short: bool
    replicates: Mapping[str, int]
    rows: tuple[Row, ...] = ()
    bars: tuple[Bar, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no bar that was measured is broken."""
        return all(bar.holds is not False for bar in self.bars)
