"""Adapters of the topic "spf", and the models that cases write as formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crashkit import spf, units

Inputs = Mapping[str, Any]


def model(given: Inputs, k: Any = None, length_unit: str = "") -> spf.Spf:
    """Read a model from the text of its form and its coefficients."""
    form = given["form"]
    per = re.search(r"\bper (km|mi)\b", form)
    along = per or re.search(r"\bL\b|length", form)
    unit = given.get("length_unit") or (per[1] if per else length_unit or "km") if along else ""
    spread = dispersion(k, unit)
    if "exp(c)" in form:
        return spf.vehicle_km(given["c"], unit=unit, dispersion=spread)
    if "a" in given and "b" in given:
        return spf.power_law(given["a"], given["b"], unit=unit, dispersion=spread)
    names = [name.lower() for name in re.findall(r"ln\s*\(?\s*(AADT\w*)", form, re.I)]
    powers = {NAMES.get(name, name): given[f"b{n}"] for n, name in enumerate(names, start=1)}
    return spf.Spf(given["b0"], powers, unit, dispersion=spread)


NAMES = {"aadt_maj": spf.MAJOR, "aadt_min": spf.MINOR, "aadt_total": spf.ENTERING}


def dispersion(given: Any, unit: str = "") -> spf.Dispersion | None:
    """Read an overdispersion: a number, or k0/L with its unit."""
    if given is None:
        return None
    if isinstance(given, Mapping):
        return spf.HsmK(given["k0"], given.get("length_unit", unit))
    return spf.ConstantK(given)


def phi(given: Inputs) -> spf.HauerPhi | None:
    """Read the parameter of Hauer, whose name says its unit."""
    for unit in ("km", "mi"):
        if f"phi_per_{unit}" in given:
            return spf.HauerPhi(given[f"phi_per_{unit}"], unit)
    return None


def length(given: Inputs) -> tuple[float | None, str]:
    """Return a length in kilometres, and the unit it was given in."""
    for unit in units.KM_PER:
        if f"length_{unit}" in given:
            return given[f"length_{unit}"] * units.km_per(unit), unit
    if "length" in given:
        unit = given.get("length_unit", "km")
        return given["length"] * units.km_per(unit), unit
    return None, ""


def traffic(given: Inputs) -> dict[str, Any]:
    """Return what a case tells of traffic."""
    return {name: given[name] for name in spf.TRAFFIC if name in given}


def predict(given: Inputs) -> dict[str, Any]:
    """Predict the crashes of a year, and of the years of the case."""
    km, unit = length(given)
    whole = given.get("spf", given)
    used = model(whole, given.get("k"), unit)
    used = replace(used, dispersion=phi(given) or used.dispersion)
    years = given.get("years", 1)
    per_year = used.predict(traffic(given), length_km=km, factor=given.get("calibration", 1))
    total = used.predict(
        traffic(given), length_km=km, years=years, factor=given.get("calibration", 1)
    )
    return {
        "predicted_per_year": per_year,
        "predicted": total,
        "predicted_total": total,
        "k": used.k(km),
    }


METHODS = {"spf_predict": predict}
