"""Safety performance functions: the crashes of a year that sites like this one have.

All forms in use are one: ln mu = b0 + sum of b_j ln(traffic j) + p ln(length), with p = 1 for
stretches of road and no length for junctions. `a AADT^b` per km and year has b0 = ln a; the model
of the Highway Safety Manual for rural two-lane roads, AADT L 365e-6 exp(c), has
b0 = c + ln 365e-6 and b = 1, with L in miles. A model knows its unit of length; sites are given in
kilometres. Models from books stand in models.toml, each with its source.

Source: reference methods, section 3.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import units
from crashkit.errors import MethodError, NotFound
from crashkit.spf.dispersion import ConstantK, Dispersion, HauerPhi, HsmK

Floats = NDArray[np.float64]

AADT, MAJOR, MINOR, ENTERING = "aadt", "aadt_major", "aadt_minor", "aadt_entering"
TRAFFIC = (AADT, MAJOR, MINOR, ENTERING)
"""Traffic a model may ask for, vehicles a day: of a stretch; of the two roads; of both together."""
HSM_EXPOSURE = 365e-6
"""Million vehicles of a year where one vehicle passes a day; stands in the models of the HSM."""


@dataclass(frozen=True)
class Spf:
    """ln mu = `intercept` + sum of `powers` x ln(traffic) + `length_power` x ln(length), per year.

    `unit` is that of the length in the model, "" for junctions, which have none. `dispersion` is
    None where a source gives none.
    """

    intercept: float
    powers: Mapping[str, float]
    unit: str = ""
    length_power: float = 1.0
    dispersion: Dispersion | None = None
    title: str = ""
    source: str = ""
    verified: bool = False

    def predict(
        self,
        traffic: Mapping[str, ArrayLike],
        *,
        length_km: ArrayLike | None = None,
        years: ArrayLike = 1.0,
        factor: ArrayLike = 1.0,
    ) -> Floats:
        """Return the crashes predicted for each site in its `years`.

        `traffic` holds AADT by the names in `powers`, `length_km` the length of each stretch, in
        kilometres whatever the unit of the model; `factor` is what calibration and treatments
        multiply by. NaN where traffic, length or years are missing or not above zero. Raises
        MethodError where the model needs traffic that is not given at all.
        """
        if missing := sorted(self.powers.keys() - traffic.keys()):
            raise MethodError("This model needs {names}.", names=missing)
        total: Floats = np.asarray(self.intercept + _log(years) + _log(factor))
        for name, power in self.powers.items():
            total = total + power * _log(traffic[name])
        if self.unit:
            in_unit = np.asarray(np.nan if length_km is None else length_km, dtype=float)
            total = total + self.length_power * _log(in_unit / units.km_per(self.unit))
        return np.asarray(np.exp(total))

    def k(self, length_km: ArrayLike | None = None) -> Floats:
        """Return the overdispersion of each site; NaN where the model has none."""
        if self.dispersion is None:
            return np.full(() if length_km is None else np.shape(length_km), np.nan)
        return self.dispersion.of(length_km)


def excess(observed: ArrayLike, predicted: ArrayLike, *, years: ArrayLike = 1.0) -> Floats:
    """Return the crashes a year above what is predicted: (N - mu)/T, not drawn to anything.

    `observed` are the crashes of the period, `predicted` has the shape (..., years) where it is
    given for each year. Regression to the mean is in it: prefer the excess of `shrinkage`.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 8).
    """
    mu = np.asarray(predicted, dtype=float)
    x = np.asarray(observed, dtype=float)
    total = mu.sum(axis=-1) if mu.ndim > x.ndim else mu
    return np.asarray((x - total) / np.asarray(years, dtype=float))


def _log(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=float)
    return np.asarray(np.log(given, out=np.full(given.shape, np.nan), where=given > 0))


def power_law(a: float, b: float, *, unit: str, dispersion: Dispersion | None = None) -> Spf:
    """Return the model mu = a AADT^b for one `unit` of length (km or mi) and year.

    Source: Hauer, Harwood, Council and Griffith 2002, Transportation Research Record 1784: 126-131.
    """
    return Spf(float(np.log(a)), {AADT: b}, unit, dispersion=dispersion)


def vehicle_km(c: float, *, unit: str, dispersion: Dispersion | None = None) -> Spf:
    """Return the model mu = AADT L 365e-6 exp(c) of a year, with L in `unit` (km or mi).

    >>> road = vehicle_km(-0.312, unit="mi")
    >>> round(float(road.predict({"aadt": 10000}, length_km=1.5 * 1.609344)), 3)
    4.008

    Source: Highway Safety Manual 2010, chapter 10 (reference methods, section 3).
    """
    return Spf(c + float(np.log(HSM_EXPOSURE)), {AADT: 1.0}, unit, dispersion=dispersion)


def junction(
    b0: float, b_major: float, b_minor: float, *, dispersion: Dispersion | None = None
) -> Spf:
    """Return the model mu = exp(b0 + b1 ln AADT_major + b2 ln AADT_minor) of a junction and year.

    >>> model = junction(-8.56, 0.60, 0.61)
    >>> round(float(model.predict({"aadt_major": 1000, "aadt_minor": 100})), 5)
    0.20065

    Source: Highway Safety Manual 2010, chapter 10 (reference methods, section 3).
    """
    return Spf(b0, {MAJOR: b_major, MINOR: b_minor}, dispersion=dispersion)


@cache
def models() -> Mapping[str, Spf]:
    """Return the models of models.toml by their names."""
    text = resources.files("crashkit.spf").joinpath("models.toml").read_text(encoding="utf-8")
    return {name: _read(row) for name, row in tomllib.loads(text).items()}


def model(name: str) -> Spf:
    """Return a model of models.toml. Raises NotFound."""
    if name not in models():
        raise NotFound(
            "There is no model “{name}”; there are {known}.", name=name, known=sorted(models())
        )
    return models()[name]


_KINDS = {"constant_k": ConstantK, "hsm_k": HsmK, "hauer_phi": HauerPhi}


def _read(row: Mapping[str, Any]) -> Spf:
    """Build a model of a row; the intercept of the file leaves 365e-6 to the form."""
    exposure = float(np.log(HSM_EXPOSURE)) if row.get("exposure") else 0.0
    spread = {name: row[name] for name in _KINDS if name in row}
    kind = next(iter(spread), "")
    per = (row["length_unit"],) if kind and kind != "constant_k" else ()
    return Spf(
        intercept=row["intercept"] + exposure,
        powers=row["powers"],
        unit=row.get("length_unit", ""),
        dispersion=_KINDS[kind](spread[kind], *per) if kind else None,
        title=row["title"],
        source=row["source"],
        verified=row["verified"],
    )
