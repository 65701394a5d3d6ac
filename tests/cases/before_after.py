"""What works achieved: the cases of "before_after"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cases import spf as models
from crashkit import evaluation, shrinkage

Inputs = Mapping[str, Any]


def _effect(found: evaluation.Effect, level: float = 0.95) -> dict[str, Any]:
    return {
        "observed_after": found.observed,
        "expected_after": found.expected,
        "var_expected_after": found.variance,
        "sd_expected": np.sqrt(found.variance),
        "naive_ratio": found.crude,
        "theta": found.ratio,
        "se_theta": found.se,
        "se": found.se,
        "z": found.z,
        "percent_change": found.percent,
        "ci95": found.limits(level),
        "ci": found.limits(level),
        "confidence": found.confidence,
        "usable": found.reason is None,
    }


def naive(given: Inputs) -> dict[str, Any]:
    found = evaluation.naive(
        given["before"],
        given["after"],
        years_before=given.get("years_before", 1.0),
        years_after=given.get("years_after", given.get("duration_ratio", 1.0)),
    )
    return {**_effect(found), "percent_reduction_crude": 100 * (1 - found.crude)}


def tanner(given: Inputs) -> dict[str, Any]:
    found = evaluation.tanner(
        given["site_before"],
        given["site_after"],
        given["control_before"],
        given["control_after"],
        level=given.get("level", 0.95),
    )
    return {
        "k": found.k,
        "percent_change": found.percent,
        "percent_reduction": -found.percent,
        "chi2": found.chi2,
        "p": found.p,
        "chi2_yates": found.chi2_yates,
        "p_yates": found.p_yates,
        "ci95": (found.lower, found.upper),
        "ci": (found.lower, found.upper),
    }


def comparison_group(given: Inputs) -> dict[str, Any]:
    omega = given.get("var_omega", 0.0)
    if "history_treated" in given:
        history = evaluation.suitability(given["history_treated"], given["history_comparison"])
        omega = history.var_omega
    found = evaluation.comparison(
        given["treated_before"],
        given["treated_after"],
        given["comparison_before"],
        given["comparison_after"],
        var_omega=omega,
        variant=given.get("variant", evaluation.CORRECTED),
    )
    ratio = found.expected / given["treated_before"] if given["treated_before"] else None
    return {**_effect(found), "ratio": ratio, "var_omega": omega}


def suitability(given: Inputs) -> dict[str, Any]:
    found = evaluation.suitability(given["treated"], given["comparison"])
    return {
        "odds_ratios": found.odds_ratios,
        "mean": found.mean,
        "mean_odds_ratio": found.mean,
        "var_omega": found.var_omega,
    }


def log_odds(given: Inputs) -> dict[str, Any]:
    names = ("treated_before", "treated_after", "comparison_before", "comparison_after")
    found = evaluation.pooled(
        [[site[name] for name in names] for site in given["sites"]],
        level=given.get("level", 0.95),
    )
    return {
        "L": found.steps,
        "weights": found.weights,
        "pooled_L": found.step,
        "pooled_ratio": found.ratio,
        "percent_change": found.percent,
        "z": found.z,
        "ci95": (found.lower, found.upper),
        "ci": (found.lower, found.upper),
        "chi2_homogeneity": found.chi2_homogeneity,
        "df": found.df,
        "p_homogeneity": found.p_homogeneity,
    }


def empirical_bayes(given: Inputs) -> dict[str, Any]:
    before, after, k = _predicted(given)
    n_b, n_a = np.asarray(given["observed_before"]), np.asarray(given["observed_after"])
    hsm, hauer = (
        evaluation.empirical_bayes(n_b, n_a, before, after, k, errors=errors)
        for errors in (evaluation.HSM, evaluation.HAUER)
    )
    whole = hsm.whole
    sites = {
        f"site_{i + 1}": {
            "weight": hsm.weight[i],
            "expected_before": hsm.site_expected_before[i],
            "expected_after": hsm.site_expected_after[i],
            "var_expected_after": hsm.site_variance[i],
            "odds_ratio": hsm.site_ratio[i],
            "se_hsm": hsm.site_se[i],
            "se_hauer": hauer.site_se[i],
        }
        for i in range(n_b.size)
    }
    return {
        **_effect(whole),
        "sum_observed_before": n_b.sum(),
        "sum_observed_after": n_a.sum(),
        "sum_predicted_before": hsm.predicted_before,
        "sum_expected_before": hsm.expected_before,
        "sum_expected_after": whole.expected,
        "odds_ratio_biased": whole.crude,
        "odds_ratio": whole.ratio,
        "effectiveness_percent": -whole.percent,
        "var_odds_ratio_hsm": whole.se**2,
        "se_hsm": whole.se,
        "se_hauer": hauer.whole.se,
        "site_odds_ratio": hsm.site_ratio,
        "site_weights": hsm.weight,
        **sites,
    }


def _predicted(given: Inputs) -> tuple[Any, Any, Any]:
    if "predicted_before" in given:
        return given["predicted_before"], given["predicted_after"], given["k"]
    lengths = {name: np.asarray(value) for name, value in given.items() if "length" in name}
    km, unit = models.length({**lengths, **_unit(given)})
    used = models.model(given["spf"], given.get("k"), unit)
    factor = given.get("calibration", 1.0)
    before, after = (
        used.predict(
            {"aadt": given[f"aadt_{when}"]},
            length_km=km,
            years=given[f"years_{when}"],
            factor=factor,
        )
        for when in ("before", "after")
    )
    return before, after, used.k(km)


def _unit(given: Inputs) -> dict[str, Any]:
    return {"length_unit": given["length_unit"]} if "length_unit" in given else {}


def regression_to_mean(given: Inputs) -> dict[str, Any]:
    if "mean" in given:
        seen = given.get("observed", given.get("x"))
        found = shrinkage.from_moments(given["mean"], given["variance"], seen)
        return {
            "weight": found.weight,
            "expected": found.adjusted,
            "rtm_percent": found.rtm_percent,
            "percent_change": found.rtm_percent,
        }
    groups = given["groups"]
    return {
        "percent_change": evaluation.percent_change(
            [one["before_per_year"] for one in groups], [one["after_per_year"] for one in groups]
        )
    }


def one_site(given: Inputs) -> dict[str, Any]:
    found = evaluation.one_site(
        given["before"],
        given["after"],
        years_before=given["years_before"],
        years_after=given["years_after"],
        level=given.get("level", 0.95),
    )
    return {
        "ratio": found.ratio,
        "theta": found.ratio,
        "p": found.p,
        "lower": found.lower,
        "upper": found.upper,
        "percent_change": found.percent,
    }


def shift_in_proportions(given: Inputs) -> dict[str, Any]:
    if "difference" in given:
        found = evaluation.shift(given["difference"])
    else:
        names = ("type_before", "all_before", "type_after", "all_after")
        found = evaluation.shift_of(*(given[name] for name in names))
    return {
        "n": found.n,
        "w_plus": found.w_plus,
        "p": found.p,
        "mean_difference": found.mean,
        "method": found.method,
    }


def interrupted_series(given: Inputs) -> dict[str, Any]:
    counts = given.get("counts", given.get("sites"))
    after = given.get("after")
    if not isinstance(after, list):
        after = [year >= given["works_year"] for year in given["years"]]
    found = evaluation.interrupted(
        counts, given["region"], after, family=given.get("family", "quasi_poisson")
    )
    return {
        "ratio": found.ratio,
        "theta": found.ratio,
        "se": found.se_log,
        "p": found.p,
        "ci95": (found.lower, found.upper),
        "percent_change": found.percent,
        "phi": found.phi,
    }


METHODS = {
    "before_after_naive": naive,
    "before_after_tanner": tanner,
    "before_after_comparison_group": comparison_group,
    "comparison_group_suitability": suitability,
    "before_after_log_odds": log_odds,
    "before_after_eb": empirical_bayes,
    "regression_to_mean": regression_to_mean,
    "before_after_one_site": one_site,
    "shift_in_proportions": shift_in_proportions,
    "interrupted_series": interrupted_series,
}
