"""Adapters of the topic "spf", and the models that cases write as formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

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
    if "a" in given and "b1" in given:
        flows = [name.lower() for name in re.findall(r"(AADT\w*)\s*(?:\^|\*\*)", form, re.I)]
        powers = {NAMES.get(name, name): given[f"b{n}"] for n, name in enumerate(flows, start=1)}
        return spf.Spf(float(np.log(given["a"])), powers, unit, dispersion=spread)
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
        if "k0" in given:
            return spf.HsmK(given["k0"], given.get("length_unit", unit))
        return spf.ConstantK(given.get("k", given.get("value", np.nan)))
    return spf.ConstantK(given)


def phi(given: Inputs) -> spf.HauerPhi | None:
    """Read the parameter of Hauer, whose name says its unit."""
    for unit in ("km", "mi"):
        if f"phi_per_{unit}" in given:
            return spf.HauerPhi(given[f"phi_per_{unit}"], unit)
    return None


def length(given: Inputs) -> tuple[Any, str]:
    """Return a length in kilometres, and the unit it was given in."""
    for unit in units.KM_PER:
        if f"length_{unit}" in given:
            return np.multiply(given[f"length_{unit}"], units.km_per(unit)), unit
    if "length" in given:
        unit = given.get("length_unit", "km")
        return np.multiply(given["length"], units.km_per(unit)), unit
    return None, ""


def traffic(given: Inputs) -> dict[str, Any]:
    """Return what a case tells of traffic."""
    own = {NAMES.get(name, name): value for name, value in given.items()}
    return {name: own[name] for name in spf.TRAFFIC if name in own}


def predict(given: Inputs) -> dict[str, Any]:
    """Predict the crashes of a year, and of the years of the case."""
    km, unit = length(given)
    whole = given.get("spf", given)
    used = model(whole, given.get("k"), unit)
    used = replace(used, dispersion=phi(given) or used.dispersion)
    years = given.get("years", 1)
    factor = np.prod([given.get("calibration", 1), *given.get("cmf", [])])
    per_year = used.predict(traffic(given), length_km=km, factor=factor)
    total = used.predict(traffic(given), length_km=km, years=years, factor=factor)
    return {
        "predicted_per_year": per_year,
        "predicted": total,
        "predicted_total": total,
        "k": used.k(km),
    }


def _sample(given: Inputs) -> spf.Sample:
    km, unit = length(given)
    return spf.Sample(
        given["crashes"],
        traffic(given),
        given.get("years", 1),
        km,
        given.get("class"),
        unit or "km",
    )


def _kind(text: str) -> str:
    """Read from the text of a model which overdispersion it asks for."""
    if "k0/L" in text or "k_i" in text or "per length" in text:
        return spf.PER_LENGTH
    return spf.BEST if "AIC" in text else spf.CONSTANT


def fit(given: Inputs) -> dict[str, Any]:
    """Fit a model to sites."""
    found = spf.fit(_sample(given), kind=_kind(given.get("model", "")))
    answer = {f"b{n}": value for n, value in enumerate(found.coefficients.tolist())}
    answer |= {f"se_b{n}": value for n, value in enumerate(found.errors.tolist())}
    answer |= {"log_likelihood": found.log_likelihood, "aic": found.aic}
    answer |= {"converged": found.converged, "se_k": found.k_error}
    if isinstance(found.spf.dispersion, spf.HsmK):
        return {
            **answer,
            "k0_per_km": found.spf.dispersion.per_km,
            "k0_per_mi": found.spf.dispersion.to("mi").k0,
            "phi_per_km": found.spf.dispersion.as_phi().phi,
        }
    return {**answer, "k": found.k, "alpha": found.k}


def calibration(given: Inputs) -> dict[str, Any]:
    """Calibrate predictions, by a factor and by a function."""
    km, unit = length(given)
    seen, predicted = given["observed"], given["predicted"]
    spread = phi(given) or dispersion(given["k"], unit)
    found = spf.calibrate(seen, predicted, spread, length_km=km, years=given.get("years", 1))
    function = spf.calibration_function(seen, predicted)
    return {
        "factor": found.factor,
        "variance": found.variance,
        "cv": found.cv,
        "accepted": found.verdict != "not accepted",
        "k": found.dispersion.of(km),
        "a": function.a,
        "b": function.b,
    }


def cure(given: Inputs) -> dict[str, Any]:
    """Walk along the residuals of a model: fitted to the sites, or with predictions at hand."""
    if "predicted" in given:
        seen, predicted = given.get("observed", given.get("crashes")), given["predicted"]
        by = given.get("covariate", given.get("aadt"))
    else:
        seen, by = given["crashes"], given["aadt"]
        predicted = spf.fit(_sample(given), kind=_kind(given["model"])).means
    found = spf.cure(seen, predicted, by, limit=given.get("limit"))
    return {
        "percent_outside": 100 * found.outside,
        "max_abs_cure": found.farthest,
        "mad": found.mad,
        "modified_r2": found.modified_r2,
        "cure": found.walk,
        "limit": found.limit,
        "accepted": found.accepted,
    }


METHODS = {"spf_predict": predict, "spf_fit": fit, "calibration": calibration, "cure": cure}
