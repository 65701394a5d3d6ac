"""How much sites differ that look the same: overdispersion, in types that carry their unit.

There are two words for one thing, and each is the inverse of the other. The Highway Safety Manual
has k, with the variance mu + k mu² of a count, and for a stretch of road k = k0/L. Hauer has phi
for a unit of length, with k = 1/(phi L). Both change with the unit of length: 0.236/L in miles is
0.380/L in kilometres. So neither is a bare number here: a model holds `ConstantK`, `HsmK` or
`HauerPhi`, each of which knows its unit and gives the k of a site of so many kilometres.

Source: reference methods, sections 2.3 (k and length) and 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import units

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ConstantK:
    """One k for all sites, however long: junctions, or stretches of one length. It has no unit."""

    k: float

    def of(self, length_km: ArrayLike | None = None) -> Floats:
        """Return the k of each site; 0 means that counts differ by chance alone (Poisson)."""
        shape = () if length_km is None else np.shape(length_km)
        return np.full(shape, self.k)


@dataclass(frozen=True)
class HsmK:
    """k = k0/L: the k of the Highway Safety Manual for stretches, with L in `unit` (km or mi)."""

    k0: float
    unit: str

    def of(self, length_km: ArrayLike | None = None) -> Floats:
        """Return the k of each site; NaN where it has no length."""
        return _by_length(self.per_km, length_km)

    @property
    def per_km(self) -> float:
        """k0 where lengths are in kilometres."""
        return self.k0 * units.km_per(self.unit)

    def to(self, unit: str) -> HsmK:
        """Return the same with lengths in another unit."""
        return HsmK(self.per_km / units.km_per(unit), unit)

    def as_phi(self) -> HauerPhi:
        """Return the same in the words of Hauer; infinite where there is no overdispersion."""
        return HauerPhi(_inverse(self.k0), self.unit)


@dataclass(frozen=True)
class HauerPhi:
    """k = 1/(phi L): the parameter of Hauer for stretches, phi for one `unit` of length."""

    phi: float
    unit: str

    def of(self, length_km: ArrayLike | None = None) -> Floats:
        """Return the k of each site; NaN where it has no length."""
        return self.as_k().of(length_km)

    @property
    def per_km(self) -> float:
        """Phi for one kilometre."""
        return self.phi / units.km_per(self.unit)

    def to(self, unit: str) -> HauerPhi:
        """Return the same for another unit of length."""
        return HauerPhi(self.per_km * units.km_per(unit), unit)

    def as_k(self) -> HsmK:
        """Return the same in the words of the Highway Safety Manual."""
        return HsmK(_inverse(self.phi), self.unit)


Dispersion = ConstantK | HsmK | HauerPhi


def _inverse(value: float) -> float:
    return 1 / value if value else float("inf")


def _by_length(per_km: float, length_km: ArrayLike | None) -> Floats:
    km = np.asarray(np.nan if length_km is None else length_km, dtype=float)
    return np.asarray(np.divide(per_km, km, out=np.full(km.shape, np.nan), where=km > 0))
