"""Adapters of the topic "empirical_bayes"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cases import spf as models
from crashkit import shrinkage

Inputs = Mapping[str, Any]


def expected(given: Inputs) -> dict[str, Any]:
    """Estimate one site: by a prediction of each year, or by a model of traffic and length."""
    if "spf" not in given:
        return _yearly(given)
    km, unit = models.length(given)
    used = models.model(given["spf"], given.get("k"), unit)
    used = replace(used, dispersion=models.phi(given) or used.dispersion)
    seen = given["observed_by_year"]
    years = given.get("years", len(seen))
    before = {**models.traffic(given), "aadt": given.get("aadt", given.get("aadt_before"))}
    if np.ndim(before["aadt"]):
        k, each = used.k(km), used.predict(before, length_km=km)
        return _yearly({**given, "predicted_by_year": each, "k": float(k)})
    per_year = used.predict(before, length_km=km)
    k = used.k(km)
    found = shrinkage.expected(sum(seen), used.predict(before, length_km=km, years=years), k)
    a_year = found.per(years)
    answer = {
        "mu_per_year": per_year,
        "predicted_before_per_year": per_year,
        "predicted_total": found.predicted,
        "predicted_before_total": found.predicted,
        "k": k,
        "weight": found.weight,
        "eb_total": found.expected,
        "expected_before_total": found.expected,
        "sd_total": found.standard_error,
        "variance_total": found.variance,
        "excess_total": found.excess,
        "eb_per_year": a_year.value,
        "sd_per_year": a_year.standard_error,
    }
    if km is not None:
        for name in ("km", "mi"):
            answer |= _per_length(found, used, before, name, km, years)
    if "aadt_after" in given:
        after = used.predict({**before, "aadt": given["aadt_after"]}, length_km=km)
        carried = found.carried(after)
        answer["predicted_after_per_year"] = after
        answer["expected_after_per_year"] = carried.value
        answer["sd_after_per_year"] = carried.standard_error
    return answer


def _per_length(
    found: shrinkage.Shrunk, used: Any, traffic: Inputs, unit: str, km: float, years: float
) -> dict[str, Any]:
    one = models.units.km_per(unit)
    rate = found.per(km / one * years)
    return {
        f"mu_per_{unit}_year": used.predict(traffic, length_km=one),
        f"eb_per_{unit}_year": rate.value,
        f"sd_per_{unit}_year": rate.standard_error,
    }


def _yearly(given: Inputs) -> dict[str, Any]:
    k = models.dispersion(given["k"])
    km, _ = models.length(given)
    predicted = given.get("predicted_by_year", [_whole(given, "predicted")])
    observed = given.get("observed_by_year", [_whole(given, "observed")])
    found = shrinkage.yearly(observed, predicted, k.of(km))
    total = found.total
    return {
        "weight": total.weight,
        "corrections": found.corrections,
        "expected_by_year": found.expected,
        "expected_year_1": found.expected[..., 0],
        "expected_year_n": found.expected[..., -1],
        "excess_by_year": found.excess,
        "excess_year_n": found.excess[..., -1],
        "eb": total.expected,
        "expected": total.expected,
        "expected_total": total.expected,
        "eb_total": total.expected,
        "variance": total.variance,
        "sd_total": total.standard_error,
        "excess": total.excess,
    }


def _whole(given: Inputs, name: str) -> float:
    return given.get(f"{name}_total", given.get(name, np.nan))


def posterior(given: Inputs) -> dict[str, Any]:
    """Tell what is believed of the true mean of one site."""
    found = shrinkage.expected(given["observed"], given["predicted"], given["k"])
    low, high = found.posterior.interval(given.get("level", 0.90))
    return {
        "mean": found.posterior.mean,
        "variance": found.posterior.variance,
        "weight": found.weight,
        **{f"q{share:02d}": found.posterior.quantile(share / 100) for share in range(1, 100)},
        "lower": low,
        "upper": high,
        "p_exceed_multiple": found.exceeds(given.get("multiple", 1)),
    }


def marshall(given: Inputs) -> dict[str, Any]:
    """Draw rates of unequal exposure towards the rate of all."""
    found = shrinkage.marshall(given["counts"], given["exposure"])
    return {
        "b": found.rate,
        "a": found.between,
        "weight": found.weight,
        "estimate": found.estimate,
        "excess": found.excess,
    }


def moments(given: Inputs) -> dict[str, Any]:
    """Draw a count towards the mean of a group of which mean and variance are known."""
    found = shrinkage.from_moments(given["group_mean"], given["group_variance"], given["observed"])
    return {
        "weight_on_mean": found.weight,
        "eb": found.adjusted,
        "potential_for_improvement": found.potential,
        "rtm_percent": found.rtm_percent,
        "gamma_shape": found.prior.shape if found.prior else None,
        "gamma_rate": found.prior.rate if found.prior else None,
    }


def epdo(given: Inputs) -> dict[str, Any]:
    """Weigh crashes with people hurt by the shares of their class."""
    found = shrinkage.severe_weight(
        given["fatal"],
        given["injury"],
        weight_fatal=given["weight_fatal"],
        weight_injury=given["weight_injury"],
    )
    answer = {
        "share_fatal": found.share_fatal,
        "share_injury": found.share_injury,
        "weight_fi": found.value,
    }
    if "expected_fi" in given:
        answer["epdo"] = shrinkage.epdo_expected(
            given["expected_fi"], given["expected_pdo"], found.value
        )
    return answer


METHODS = {
    "eb_expected": expected,
    "eb_posterior": posterior,
    "eb_marshall": marshall,
    "eb_method_of_moments": moments,
    "epdo_eb": epdo,
}
