"""Written rules: the cases of "presets"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crashkit import rules, severity

Inputs = Mapping[str, Any]


def control_limit(given: Inputs) -> dict[str, Any]:
    if "upper_control_limit" in given:
        limits = rules.control_limits(given["score"])
        return {"flagged": limits.above(given["upper_control_limit"])}
    found = rules.control_limits(given["scores"], psi=given.get("psi"))
    return {
        "mean": found.mean,
        "bka": found.bka,
        "ucl_literal": found.literal,
        "ucl_norden": found.norden,
        "flag_bka": found.above(found.bka),
        "flag_ucl_literal": found.above(found.literal),
        "flag_ucl_norden": found.above(found.norden),
    }


def weighted_score(given: Inputs) -> dict[str, Any]:
    weights = given["weights"]
    score = severity.epdo({name: given[name] for name in weights if name in given}, weights)
    least = given.get("min_score")
    flagged = None if least is None else rules.meets({"score": score}, {"score": least})
    return {"score": score, "flagged": flagged}


def threshold_rule(given: Inputs) -> dict[str, Any]:
    rule = given["rule"]
    limits = {name.removeprefix("min_"): limit for name, limit in rule.items() if name != "combine"}
    told = {name: given.get(name, given.get(f"{name}_crashes")) for name in limits}
    values = {name: np.atleast_1d(_value(name, one, given)) for name, one in told.items()}
    flagged = rules.meets(values, limits, combine=rule.get("combine", "any"))
    return {"flagged": flagged}


def _value(name: str, told: Any, given: Inputs) -> Any:
    """Return what is told of a limit, or the density that it speaks of."""
    if told is not None:
        return told
    if name.endswith("per_km_year"):
        counted = given[name.removesuffix("_per_km_year")]
        per_km = rules.per_length(counted, given["length_km"], per_km=1.0)
        return per_km / given["years"]
    return given["crashes"]


def rate_per_10km(given: Inputs) -> dict[str, Any]:
    sections = given.get("sections", ())
    km, crashes, deaths = (
        given.get(total, sum(one[name] for one in sections))
        for total, name in (("total_km", "km"), ("crashes", "crashes"), ("deaths", "deaths"))
    )
    return {
        "total_km": km,
        "crashes": crashes,
        "deaths": deaths,
        "crashes_per_10km": rules.per_length(crashes, km),
        "deaths_per_10km": rules.per_length(deaths, km),
    }


def stability_class(given: Inputs) -> dict[str, Any]:
    order = given.get("order", ["earliest", "previous", "latest"])
    place = [order.index(when) for when in ("earliest", "previous", "latest")]
    return {"class": [rules.stability([one[i] for i in place]) for one in given["histories"]]}


def circular_window(given: Inputs) -> dict[str, Any]:
    most = rules.fullest_circle(
        given["points_m"], given["radius_m"], centres=given.get("centres", "best")
    )
    flagged = rules.meets({"crashes": most}, {"crashes": given["min_count"]})
    return {"flagged": flagged, "max_count": most}


def anchored_window(given: Inputs) -> dict[str, Any]:
    told = given["rule"]
    rule = rules.Rule(
        any_type=told.get("any_type_min", 0),
        same_type=told.get("same_type_min", 0),
        combine=told.get("combine", "any"),
    )
    at, length = given["chainage_m"], given["max_length_m"]
    kinds = given.get("type", [""] * len(at))
    found = rules.clusters(at, kinds, length_m=length, rule=rule)
    fixed = rules.bins(at, kinds, length_m=given.get("bin_m", 1000), rule=rule)
    return {
        "clusters": [
            {
                "start": one.start_m,
                "end": one.end_m,
                "count": one.count,
                "max_same_type": one.same_type,
            }
            for one in found
        ],
        "fixed_1km_bins_flagged": [[one.start_m, one.end_m] for one in fixed],
        "flagged": bool(found),
    }


METHODS = {
    "control_limit": control_limit,
    "weighted_score": weighted_score,
    "threshold_rule": threshold_rule,
    "rate_per_10km": rate_per_10km,
    "stability_class": stability_class,
    "circular_window": circular_window,
    "anchored_window": anchored_window,
}
