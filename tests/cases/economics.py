"""What works are worth: the cases of "economics"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import economics

Inputs = Mapping[str, Any]


def annuity_factor(given: Inputs) -> dict[str, Any]:
    factor = economics.annuity(given["rate"], given["years"], growth=given.get("growth", 0.0))
    return {"factor": factor}


def cmf_combine(given: Inputs) -> dict[str, Any]:
    factors = given.get("cmf") or [1 - one for one in given["reductions"]]
    found = economics.combined(
        factors, rule=RULES.get(given.get("rule"), given.get("rule", "bounded"))
    )
    return {
        "cmf_total": found.factor,
        "reduction_total": 1 - found.factor,
        "warn": bool(found.notes),
    }


RULES = {
    "incremental": "product",
    "multiplicative": "product",
    "capped": "bounded",
    "cap": "bounded",
}


def cmf_apply(given: Inputs) -> dict[str, Any]:
    after = economics.treated(given["expected_per_year"], given["cmf"])
    return {"after_per_year": after, "saved_per_year": given["expected_per_year"] - after}


def annual_saving(given: Inputs) -> dict[str, Any]:
    found = economics.saving(
        given["crashes"], given["unit_cost"], given["cmf"], years=given.get("years", 1)
    )
    return {"annual_cost": found.cost, "annual_saving": found.saved}


def appraisal(given: Inputs) -> dict[str, Any]:
    if "annual_benefit" in given:
        benefit = given["annual_benefit"]
    else:
        parts = [name.removeprefix("cost_") for name in given if name.startswith("cost_")]
        benefit = economics.saving(
            {one: given[f"expected_{one}_per_year"] for one in parts},
            {one: given[f"cost_{one}"] for one in parts},
            {one: given[f"cmf_{one}"] for one in parts},
        ).saved
    found = economics.appraise(
        benefit,
        given["capital"],
        rate=given["discount_rate"],
        life=given["life_years"],
        upkeep=given.get("annual_maintenance", 0.0),
        growth=given.get("growth", given.get("traffic_growth", 0.0)),
    )
    is_net = str(given.get("bcr_form", "a")) in ("b", "net")
    return {
        "annual_benefit": found.annual_benefit,
        "pv_benefit": found.pv_benefit,
        "pv_cost": found.pv_cost,
        "pv_maintenance": found.pv_upkeep,
        "npv": found.npv,
        "bcr": found.ratio_net if is_net else found.ratio,
        "bcr_a": found.ratio,
        "bcr_b": found.ratio_net,
        "fyrr": found.first_year_percent,
        "fyrr_percent": found.first_year_percent,
        "payback": found.payback,
        "payback_years": found.payback,
        "irr": found.internal.rate,
    }


def incremental_bcr(given: Inputs) -> dict[str, Any]:
    options = [economics.Option(**one) for one in given["options"]]
    found = economics.choose(options, least_ratio=given.get("min_bcr", 1.0))
    return {
        "bcr": [one.ratio for one in options],
        "incremental": [
            {"step": f"{one.option}-{one.against}", "ibcr": one.ratio, "accept": one.accepted}
            for one in found.steps
        ],
        "best": found.best,
    }


def budget(given: Inputs) -> dict[str, Any]:
    options = [
        economics.Option(one["name"], one["cost"], one["benefit"], one.get("site", one["name"]))
        for one in given["options"]
    ]
    is_exact = given.get("rule", given.get("method")) == "knapsack"
    found = (economics.best_programme if is_exact else economics.greedy)(options, given["budget"])
    return {
        "chosen": [one.name for one in found.chosen],
        "cost": found.cost,
        "benefit": found.benefit,
        "npv": found.benefit - found.cost,
    }


def crash_cost(given: Inputs) -> dict[str, Any]:
    if "gdp_per_capita" in given:
        return economics.by_income(
            given["gdp_per_capita"],
            fatal=given.get("fatal_multiple"),
            serious=given.get("serious_multiple"),
        )
    people, unit = given["casualties_per_crash"], given["unit_cost"]
    return {"cost": economics.crash_cost(people, unit, given.get("property", 0.0))}


def fsi_ratio(given: Inputs) -> dict[str, Any]:
    found = economics.deaths_among(given["fsi"], serious_per_death=given.get("serious_per_death"))
    return {
        "deaths": found.deaths,
        "total_fsi": found.total,
        "fsi_per_death": found.per_death,
    }


def appraisal_consistency(given: Inputs) -> dict[str, Any]:
    found = economics.consistency(given["benefit_million"], given["npv_million"], given["bcr"])
    return {
        "cost_from_bcr": found.cost_from_ratio,
        "npv_from_cost": found.npv_from_cost,
        "consistent": found.agrees,
    }


METHODS = {
    "annuity_factor": annuity_factor,
    "cmf_combine": cmf_combine,
    "cmf_apply": cmf_apply,
    "annual_saving": annual_saving,
    "appraisal": appraisal,
    "incremental_bcr": incremental_bcr,
    "budget": budget,
    "crash_cost": crash_cost,
    "fsi_ratio": fsi_ratio,
    "appraisal_consistency": appraisal_consistency,
}
