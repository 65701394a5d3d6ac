"""Adapters of the topic "screening"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cases import spf as models
from crashkit import proportions, rates, service, severity, shrinkage, spf, stats, windows

Inputs = Mapping[str, Any]


def by_id(given: Inputs, values: Any) -> Any:
    """Give the values of sites by their ids, where they have any."""
    if "id" not in given:
        return values
    return dict(zip(given["id"], np.asarray(values).tolist(), strict=True))


def frequency(given: Inputs) -> dict[str, Any]:
    """Count crashes a year, and per km and year."""
    km, _ = models.length(given)
    answer = {"crashes_per_year": by_id(given, rates.frequency(given["crashes"], given["years"]))}
    if km is not None:
        per_km = rates.frequency(given["crashes"], given["years"], length_km=km)
        answer["crashes_per_km_year"] = by_id(given, per_km)
    return answer


def _entering(given: Inputs) -> Any:
    if "entering_aadt" in given:
        return given["entering_aadt"]
    if "approach_aadt" in given:
        return rates.entering_by_legs(*given["approach_aadt"])
    return rates.entering(given["aadt_major"], given["aadt_minor"])


def _length(given: Inputs) -> tuple[Any, str]:
    """Return a length as it stands, and its unit."""
    for unit in ("km", "mi"):
        if f"length_{unit}" in given:
            return given[f"length_{unit}"], unit
    return given.get("length"), given.get("length_unit", "km")


def _exposure(given: Inputs, per: float) -> Any:
    length, _ = _length(given)
    if given.get("kind") == "intersection" or length is None:
        return rates.entered(_entering(given), given["years"], per=per)
    return rates.travelled(given["aadt"], length, given["years"], per=per)


def crash_rate(given: Inputs) -> dict[str, Any]:
    """Divide crashes by the traffic that could have had them."""
    per = given.get("per", rates.MILLION)
    exposure = _exposure(given, per)
    return {
        "exposure": by_id(given, exposure),
        "rate": by_id(given, rates.rate(given["crashes"], exposure)),
    }


def critical(given: Inputs) -> dict[str, Any]:
    """Set rates beside what chance allows: given, of classes, or weighted by severity."""
    z = given.get("z") or rates.z_of(given.get("confidence", 0.95))
    form = given.get("form", given.get("variant", rates.HSM))
    how = {"z": z, "form": form}
    if "weights" in given:
        return _weighted(given, how)
    if "crashes" in given:
        return _of_classes(given, how)
    found = rates.against_critical(
        given.get("observed_rate", np.nan),
        given["exposure"],
        average=given["average_rate"],
        **how,
    )
    return _told(given, found)


def _told(given: Inputs, found: rates.Critical) -> dict[str, Any]:
    return {
        "average_rate": found.average,
        "critical_rate": by_id(given, found.critical),
        "rate": by_id(given, found.rate),
        "ratio": by_id(given, found.ratio),
        "flagged": by_id(given, found.flagged),
    }


def _weighted(given: Inputs, how: Inputs) -> dict[str, Any]:
    exposure = _exposure(given, 1e8)
    name = next(name for name in given if name.startswith("average_per_100m"))
    average = severity.epdo(given[name], given["weights"])
    points = severity.epdo(given["counts"], given["weights"])
    found = rates.against_critical(rates.rate(points, exposure), exposure, average=average, **how)
    return {**_told(given, found), name.replace("average_per", "exposure"): exposure}


def _of_classes(given: Inputs, how: Inputs) -> dict[str, Any]:
    exposure = given.get("exposure") or _exposure(given, given.get("per", rates.MILLION))
    names = given.get("control", given.get("class", ["all"] * len(given["crashes"])))
    found = rates.critical_by_class(given["crashes"], exposure, names, **how)
    flagged = np.flatnonzero(found.flagged).tolist()
    return {
        **_told(given, found),
        "average_rate": dict(zip(names, found.average.tolist(), strict=True)),
        "flagged_ids": [given["id"][row] for row in flagged] if "id" in given else flagged,
    }


def epdo(given: Inputs) -> dict[str, Any]:
    """Weigh crashes by severity."""
    weights = given["weights"]
    if isinstance(weights, str):
        weights = severity.weight_set(weights).weights
    points = severity.epdo(given["counts"], weights, most=given.get("cap"))
    crashes = severity.epdo(given["counts"], dict.fromkeys(given["counts"], 1.0))
    answer = {"epdo": points, "severity_index": severity.severity_index(points, crashes)}
    if "years" in given:
        answer["epdo_per_year"] = rates.frequency(points, given["years"])
    return answer


def epdo_weights(given: Inputs) -> dict[str, Any]:
    """Make weights of costs."""
    return severity.weights_from_costs(given["cost"], base=given.get("base"))


def severity_index(given: Inputs) -> dict[str, Any]:
    """Divide points by crashes."""
    return {"severity_index": severity.severity_index(given["epdo"], given["crashes"])}


def relative_severity(given: Inputs) -> dict[str, Any]:
    """Compare the cost of the types of crashes of sites with their class."""
    if "cost_by_type" in given:
        names, costs = ["all"], {"all": given["cost_by_type"]}
        counts = {kind: np.array([n]) for kind, n in given["counts_by_type"].items()}
        found = severity.relative_severity(counts, costs, names)
        return {"total_cost": found.total[0], "rsi": found.index[0]}
    names = given.get("control", given.get("class"))
    kinds = {kind for one in given["counts_by_type"] for kind in one}
    counts = {
        kind: np.array([one.get(kind, 0) for one in given["counts_by_type"]]) for kind in kinds
    }
    costs = next(value for name, value in given.items() if name.startswith("cost_by_"))
    found = severity.relative_severity(counts, costs, names)
    return {
        "total_cost": by_id(given, found.total),
        "rsi": by_id(given, found.index),
        "class_average": found.averages,
        "above_average": by_id(given, found.above),
    }


def moments(given: Inputs) -> dict[str, Any]:
    """Draw counts towards the mean of their class."""
    how = {"years": given.get("years", 1), "basis": given.get("basis", shrinkage.PERIOD)}
    if "control" not in given and "class" not in given:
        found = shrinkage.moments(given["crashes"], **how)
        return {
            "mean": found.mean,
            "variance": found.variance,
            "weight": found.weight,
            "adjusted": by_id(given, found.adjusted),
            "potential_for_improvement": by_id(given, found.potential),
        }
    names = given.get("control", given.get("class"))
    of = shrinkage.moments_by_class(given["crashes"], names, fewest=2, **how)
    rows = {name: [i for i, other in enumerate(names) if other == name] for name in of}
    together = {}
    for key, field in (("adjusted", "adjusted"), ("potential_for_improvement", "potential")):
        values = np.zeros(len(names))
        for name, one in of.items():
            values[rows[name]] = getattr(one, field)
        together[key] = by_id(given, values)
    return {
        "mean": {name: one.mean for name, one in of.items()},
        "variance": {name: one.variance for name, one in of.items()},
        "weight": {name: one.weight for name, one in of.items()},
        **together,
    }


def loss(given: Inputs) -> dict[str, Any]:
    """Put sites in one of four classes."""
    variant = _variant(given.get("variant", service.COLORADO))
    seen, predicted = given["observed_per_year"], given["predicted_per_year"]
    if not isinstance(seen, Mapping):
        found = service.level_of_service(seen, predicted, given["k"], variant=variant)
        names = None
    else:
        names = list(seen)
        found = service.level_of_service(
            [seen[name] for name in names],
            [predicted[name] for name in names],
            given["k"],
            variant=variant,
        )

    def told(values: Any) -> Any:
        listed = list(values) if isinstance(values, tuple) else np.asarray(values).tolist()
        return dict(zip(names, listed, strict=True)) if names else listed

    return {
        "loss": told(found.levels),
        "sigma": told(found.sigma),
        "lower": told(found.lower),
        "upper": told(found.upper),
        "compared": told(found.compared),
    }


def _variant(name: str) -> str:
    """Return our name of a variant by what is said in its own."""
    said = {"hsm": service.HSM, "20_80": service.COLORADO, "colorado": service.COLORADO}
    said |= {"5_95": service.KENTUCKY, "kentucky": service.KENTUCKY}
    plain = name.lower().replace("/", "_").replace("-", "_")
    return next((ours for word, ours in said.items() if word in plain), name)


def excess_predicted(given: Inputs) -> dict[str, Any]:
    """Subtract what is predicted from what was seen."""
    seen, years = given["observed_total"], given["years"]
    predicted = given.get("predicted_by_year", given.get("predicted_total"))
    if isinstance(seen, Mapping):
        names = list(seen)
        found = [spf.excess(seen[name], predicted[name], years=years) for name in names]
        return {"excess_per_year": dict(zip(names, found, strict=True))}
    return {"excess_per_year": by_id(given, spf.excess(seen, predicted, years=years))}


def type_proportion(given: Inputs) -> dict[str, Any]:
    """Tell how probable it is that a share is above that of the class."""
    if "alpha" in given:
        found = proportions.probability_above(
            given["x"],
            given["n"],
            alpha=given["alpha"],
            beta=given["beta"],
            limit=given["p_star"],
        )
        return {"probability": found}
    return _shares(given)


def _shares(given: Inputs) -> dict[str, Any]:
    found = proportions.shares(given["x"], given["n"])
    return {
        "p_star": found.threshold,
        "variance": found.prior.variance,
        "alpha": found.prior.alpha,
        "beta": found.prior.beta,
        "probability": by_id(given, found.probability),
        "excess": by_id(given, found.excess),
        "flagged": by_id(given, found.over(given.get("limit", proportions.LIMIT))),
    }


def poisson_tail(given: Inputs) -> dict[str, Any]:
    """Tell the chance of so many crashes, or how many have so small a chance."""
    if "observed" in given:
        mean = given.get("mean")
        if mean is None:
            mean = np.multiply(given["rate"], given["exposure"])
        found = stats.poisson_tail(np.asarray(given["observed"]), np.asarray(mean, dtype=float))
        if "k" in given:
            found = stats.negative_binomial_tail(
                np.asarray(given["observed"]), np.asarray(mean, dtype=float), given["k"]
            )
        return {"p": found, "flagged": found < given.get("alpha", 0.05)}
    mean = float(rates.rate(given["crashes"], given["segments"]))
    least = stats.least_count(mean, given["alpha"])
    return {
        "mean": mean,
        "min_count": least,
        "p_at_min": stats.poisson_tail(np.array(least), np.array(mean)),
    }


def potential(given: Inputs) -> dict[str, Any]:
    """Tell what crashes of a section cost above what is unavoidable."""
    km, _ = models.length(given)
    found = severity.safety_potential(
        given["crash_cost_1000"],
        length_km=km,
        years=given["years"],
        aadt=given["aadt"],
        basic_rate=given["basic_rate_per_1000_vehkm"],
    )
    return {
        "cost_density": found.cost_density,
        "cost_rate": found.cost_rate,
        "basic_cost_density": found.basic_density,
        "safety_potential": found.potential,
    }


def dataset_check(given: Inputs) -> dict[str, Any]:
    """Say whether the breakdowns of a data set add up."""
    severities = [name for name in ("fatal", "injury", "pdo") if name in given]
    parts = [[given[name] for name in severities]]
    if "crashes_by_year" in given:
        parts.append(list(np.transpose(given["crashes_by_year"])))
    if "types" in given:
        parts.append(list(given["types"].values()))
    agrees = severity.adds_up(given["total"], *parts)
    control = given.get("control", [])
    return {
        "n_sites": len(given["total"]),
        "total": sum(given["total"]),
        **{name: sum(given[name]) for name in severities},
        **{f"n_{name.lower()}": control.count(name) for name in set(control)},
        "row_sums_consistent": bool(agrees.all()),
    }


def sliding_window(given: Inputs) -> dict[str, Any]:
    """Move a window along a road; a thousandth of a mile is as good as one of a kilometre."""
    unit = "km" if "length_km" in given else "mi"
    found = windows.sliding(
        [_thousandths(at) for at in given[f"crash_{unit}"]],
        length_m=_thousandths(given[f"length_{unit}"]),
        window_m=_thousandths(given[f"window_{unit}"]),
        step_m=_thousandths(given[f"step_{unit}"]),
        per_km=given[f"pred_per_{unit}_period"],
        dispersion=_dispersion(given, unit),
    )
    best = found.worst
    return {
        "n_windows": found.counts.size,
        "starts": found.start_m / 1000,
        "counts": found.counts,
        "max_count": int(found.counts.max()),
        "best_start": found.start_m[best] / 1000,
        "best_excess": found.estimate.excess[best],
        "best_expected": found.estimate.expected[best],
        "w": found.estimate.weight[best],
    }


def _thousandths(length: float) -> int:
    return round(length * 1000)


def _dispersion(given: Inputs, unit: str) -> spf.Dispersion:
    if f"k_per_{unit}" in given:
        return spf.HsmK(given[f"k_per_{unit}"], "km")
    if f"phi_per_{unit}" in given:
        return spf.HauerPhi(given[f"phi_per_{unit}"], "km")
    return spf.ConstantK(given["k"])


def peak_search(given: Inputs) -> dict[str, Any]:
    """Find the window that is sure enough."""
    found = windows.peak(given["values"], limit=given.get("cv_limit", windows.LIMIT))
    unit = "km" if "window_km" in given else "mi"
    laid = given.get(f"window_positions_{unit}")
    if laid is None and f"segment_{unit}" in given:
        step = given.get(f"step_{unit}", 0.1)
        laid = windows.laid(given[f"segment_{unit}"], given[f"window_{unit}"], step)
    chosen = None if found.window is None or laid is None else list(laid[found.window])
    return {
        "mean": found.mean,
        "variance": found.variance,
        "cv": found.variation,
        "any_passes": found.passes,
        f"selected_window_{unit}": chosen,
        "ranking_value": found.value,
    }


METHODS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "crash_frequency": frequency,
    "crash_rate": crash_rate,
    "critical_rate": critical,
    "dataset_check": dataset_check,
    "epdo": epdo,
    "epdo_weights": epdo_weights,
    "excess_predicted": excess_predicted,
    "excess_proportion": _shares,
    "loss": loss,
    "method_of_moments": moments,
    "peak_search": peak_search,
    "poisson_tail": poisson_tail,
    "relative_severity_index": relative_severity,
    "safety_potential": potential,
    "severity_index": severity_index,
    "sliding_window": sliding_window,
    "type_proportion": type_proportion,
}
