"""Getis-Ord Gi* and local Moran: is a place, with its neighbours, higher or lower than chance?

Counts of 0 and 1 are far from normal: use pieces of 500 m or more, rates, or the excess of an
empirical Bayes estimate. Many places are compared, so the p-values are adjusted (`adjusted`).

Source: Getis and Ord 1992, Geographical Analysis 24: 189-206; Ord and Getis 1995, 27: 286-306;
Anselin 1995, 27: 93-115; reference methods, section 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import kernels, stats
from crashkit.errors import Message
from crashkit.spatial.around import Around

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = {0.90: 1.645, 0.95: 1.96, 0.99: 2.576}
"""Two-sided points of the normal distribution, as books print them."""
QUADRANTS = ("", "HH", "LH", "LL", "HL")
BOTH_SIDES = 2.0

SPREADLESS = Message("All values are the same: no place is hotter or colder than another.")
TOO_FEW_DRAWS = Message(
    "Of {draws} draws the smallest p is {least}; with {places} places nothing could be found "
    "however hot it is: the p of the formula is used."
)


@dataclass(frozen=True, eq=False)
class Hot:
    """Gi* of each place: its standard score `z` and its one-sided `p`; arrays over places.

    `by` says what p was read from: "formula" or "draws". Double p for two sides.
    """

    z: Floats
    p: Floats
    by: str = "formula"
    notes: tuple[Message, ...] = ()

    def hot(self, confidence: float = 0.95) -> Ints:
        """Return which places are hot on their own: z at the two-sided point or above it."""
        return np.flatnonzero(self.z >= _point(confidence)).astype(np.int64)

    def cold(self, confidence: float = 0.95) -> Ints:
        """Return which places are cold on their own."""
        return np.flatnonzero(self.z <= -_point(confidence)).astype(np.int64)

    def adjusted(self, *, dependent: bool = False) -> Floats:
        """Return the two-sided p of each place, adjusted for false discoveries among all.

        Neighbours share values, so the tests depend on each other: `dependent` allows for whatever
        dependence there is, at the price of power; without it, it is as Esri does it.
        """
        both = np.minimum(BOTH_SIDES * np.nan_to_num(self.p, nan=1.0), 1.0)
        return stats.false_discovery(both, dependent=dependent)


def _point(confidence: float) -> float:
    return LEVELS.get(confidence) or float(special.ndtri((1 + confidence) / 2))


def getis_ord(
    values: ArrayLike, around: Around, *, draws: int = 0, seed: int = 1, alpha: float = 0.05
) -> Hot:
    """Return Gi* of each place; the place itself counts among its neighbours.

    z = (sum w x - mean sum w)/(s sqrt((n sum w² - (sum w)²)/(n - 1))), with s by n; p is that of
    the normal distribution, one-sided. With `draws` p is read from so many draws of other
    neighbours, where they are enough to find anything among so many places: at least places/alpha;
    else the formula stands, and a note says so. z is NaN where all values are the same, or where
    all places are neighbours.

    >>> from crashkit.spatial.around import along_a_line
    >>> getis_ord([1, 0, 2, 8, 9, 7, 1, 0, 2], along_a_line(9)).hot().tolist()
    [4]

    Source: Ord and Getis 1995; reference methods, section 2.5 (Getis-Ord Gi*).
    """
    x = np.asarray(values, dtype=float)
    if not x.size:
        return Hot(x, x)
    found = kernels.gi_star(x, around, draws=draws, seed=seed)
    # Equal values may have a spread in the last digit: that is no score.
    spreadless = not np.ptp(x) > 0
    z = np.full(x.shape, np.nan) if spreadless else found.z
    notes = (SPREADLESS,) if spreadless else ()
    formula = np.asarray(special.ndtr(-np.abs(z)))
    if not draws:
        return Hot(z, formula, notes=notes)
    if draws < x.size / alpha - 1:
        least = {"draws": draws, "least": f"{1 / (draws + 1):.2g}", "places": x.size}
        return Hot(z, formula, notes=(*notes, Message(TOO_FEW_DRAWS.text, least)))
    return Hot(z, np.where(np.isfinite(z), found.p, np.nan), by="draws", notes=notes)


@dataclass(frozen=True, eq=False)
class Moran:
    """Local Moran's I of each place; arrays over places.

    `value` divides by the variance with n, as spdep does; `by_n_minus_1` with n - 1, as PySAL:
    (n - 1)/n of it. `quadrant` is HH (high among high), LL, HL (high among low), LH, or "" where
    there is no neighbour. `p` is one-sided, from draws of other neighbours.
    """

    value: Floats
    quadrant: tuple[str, ...]
    p: Floats

    @property
    def by_n_minus_1(self) -> Floats:
        """The same, divided by the variance with n - 1."""
        n = self.value.size
        return np.asarray(self.value * (n - 1) / n if n else self.value)

    def adjusted(self, *, dependent: bool = False) -> Floats:
        """Return the two-sided p of each place, adjusted for false discoveries among all."""
        both = np.minimum(BOTH_SIDES * np.nan_to_num(self.p, nan=1.0), 1.0)
        return stats.false_discovery(both, dependent=dependent)


def local_moran(
    values: ArrayLike,
    around: Around,
    *,
    draws: int = 999,
    seed: int = 1,
    row_standardised: bool = True,
) -> Moran:
    """Return local Moran's I: I_i = z_i sum w z/m2, with the deviations z and their variance m2.

    Neighbours have the weight of one by their number (`row_standardised`), or one each. The
    quadrant and p do not depend on that.

    Source: Anselin 1995; reference methods, section 2.5 (local Moran).
    """
    found = kernels.local_moran(np.asarray(values, dtype=float), around, draws=draws, seed=seed)
    times = 1.0 if row_standardised else np.diff(around.offsets)
    quadrants = tuple(QUADRANTS[code] for code in found.quadrant.tolist())
    return Moran(np.asarray(found.value * times), quadrants, found.p)
