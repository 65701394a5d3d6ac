"""Windows along one road: where they lie, what is expected in them, and which of them is the peak.

The places `windows` and `peaks` search whole networks with the same loops; here one road is looked
at, as in a worked example, with its values at hand.

Source: reference methods, section 2.3 (sliding window, peak searching, k and length).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import kernels, shrinkage, spf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIMIT, STRICT = 0.5, 0.25
"""The largest coefficient of variation of a peak, and the strict one of the worked example.

Source: reference methods, section 0.4 (peak-search CV limit).
"""


@dataclass(frozen=True, eq=False)
class Along:
    """Windows in order: starts and ends in metres, crashes, and what is expected of each."""

    start_m: Ints
    end_m: Ints
    counts: Ints
    estimate: shrinkage.Shrunk

    @property
    def worst(self) -> int:
        """The place of the window with the largest excess; of equals the first."""
        return int(np.argmax(self.estimate.excess))


def sliding(
    at_m: ArrayLike,
    *,
    length_m: int,
    window_m: int,
    step_m: int,
    per_km: float,
    dispersion: spf.Dispersion,
) -> Along:
    """Move a window along a road and estimate the crashes of each.

    `at_m` (n,) says where the crashes are, in whole metres; a window holds what lies from its start
    to before its end. `per_km` is what is predicted per km for the whole period. The last window is
    moved back so that it ends where the road ends. Where the overdispersion is one of length
    (HsmK, HauerPhi), all windows of the road have one weight, whatever their length.

    Source: reference methods, section 2.3 (sliding window, k and length) and 2.4.
    """
    at = np.asarray(at_m, dtype=np.int64)
    found = kernels.sliding(
        np.zeros(at.size, dtype=np.int64),
        at,
        np.ones((1, at.size), dtype=np.int64),
        lengths_m=np.array([length_m], dtype=np.int64),
        window_m=window_m,
        step_m=step_m,
    )
    km = (found.end_m - found.start_m) / 1000
    counts = found.sums[0]
    estimate = shrinkage.expected(counts, per_km * km, dispersion.of(km))
    return Along(found.start_m, found.end_m, counts, estimate)


@dataclass(frozen=True, eq=False)
class Peak:
    """The windows of one width: how sure their values are, and the largest that is sure enough.

    `variation` is the coefficient of variation of each; `window` the place of the peak, None where
    none is sure enough: then windows are widened.
    """

    mean: float
    variance: float
    variation: Floats
    window: int | None
    value: float

    @property
    def passes(self) -> bool:
        """Whether a window is sure enough."""
        return self.window is not None


def peak(values: ArrayLike, *, limit: float = LIMIT) -> Peak:
    """Find the largest value whose coefficient of variation is at most `limit`.

    `values` (n,) are those of windows of one width along a stretch, per unit of length. CV_i is the
    standard deviation of all of them (with n - 1) by the value itself; one window alone has none,
    and a value of zero is never sure. Of equals the first leads.

    >>> found = peak([6.5, 4.45, 3.8, 7.15], limit=0.25)
    >>> found.variation.round(2).tolist(), found.value
    ([0.25, 0.36, 0.42, 0.22], 7.15)

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.3, peak searching).
    """
    found = np.asarray(values, dtype=float)
    mean = float(found.mean()) if found.size else np.nan
    variance = float(found.var(ddof=1)) if found.size > 1 else np.nan
    variation = np.full(found.shape, np.inf)
    if found.size > 1:
        np.divide(np.sqrt(variance), found, out=variation, where=found > 0)
    sure = np.flatnonzero(variation <= limit)
    if not sure.size:
        return Peak(mean, variance, variation, None, np.nan)
    best = int(sure[np.argmax(found[sure])])
    return Peak(mean, variance, variation, best, float(found[best]))


def widened(values: Sequence[ArrayLike], *, limit: float = LIMIT) -> tuple[int, Peak]:
    """Return the narrowest width with a peak, and that peak; the last width where none has one.

    `values` holds the values of the windows of each width, the narrowest first.
    Source: as `peak`.
    """
    for width, of_width in enumerate(values):
        found = peak(of_width, limit=limit)
        if found.passes or width == len(values) - 1:
            return width, found
    raise ValueError("there must be one width at least")


def laid(length: float, window: float, step: float) -> list[tuple[float, float]]:
    """Return where windows along a stretch begin and end, in the unit of `length`.

    The last one is moved back so that it ends with the stretch; a shorter stretch is one window.

    >>> laid(1.0, 0.5, 0.25)
    [(0.0, 0.5), (0.25, 0.75), (0.5, 1.0)]
    """
    if length <= window:
        return [(0.0, length)]
    last = length - window
    starts = np.arange(0.0, last, step).tolist()
    starts = [start for start in starts if last - start > step * 1e-9]
    return [(start, start + window) for start in [*starts, last]]
