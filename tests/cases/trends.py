"""Trends, limits, ratios: the cases of the topic "trends"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crashkit.trends import joinpoints, ranges, ranks, ratios, slopes, targets

Inputs = Mapping[str, Any]

FAMILIES = {
    "quasi-poisson": "quasi_poisson",
    "quasipoisson": "quasi_poisson",
    "nb": "negative_binomial",
    "nb2": "negative_binomial",
    "negbin": "negative_binomial",
}


def _family(given: Inputs, default: str = "quasi_poisson") -> str:
    named = str(given.get("family", default)).lower()
    return FAMILIES.get(named, named)


def _series(given: Inputs) -> tuple[list[float], list[float]]:
    counts = next(
        given[name] for name in ("deaths", "counts", "crashes", "values") if name in given
    )
    first = given.get("first_year", 0)
    return counts, given.get("years") or [first + i for i in range(len(counts))]


def trend(given: Inputs) -> dict[str, Any]:
    counts, years = _series(given)
    found = slopes.slope(
        counts,
        years,
        exposure=given.get("exposure", 1.0),
        family=_family(given),
        level=given.get("level", 0.95),
    )
    fit = found.fit
    return {
        "slope": found.slope,
        "se": found.se,
        "annual_percent": found.annual_percent,
        "ci95": found.limits,
        "ci": found.limits,
        "slope_ci": found.slope_limits,
        "p": found.p,
        "phi": found.phi,
        "pearson_phi": fit.pearson_phi if fit else None,
        "deviance": fit.deviance if fit else None,
        "df": fit.df if fit else None,
        "aic": fit.aic if fit else None,
        "k": fit.k if fit else None,
        "alpha": fit.k if fit else None,
        "usable": found.reason is None,
    }


def joinpoint(given: Inputs) -> dict[str, Any]:
    counts, years = _series(given)
    chosen = bool({"max_joinpoints", "choose", "selection"} & set(given))
    found = joinpoints.joinpoints(
        counts,
        years,
        exposure=given.get("exposure", 1.0),
        number=None if chosen else given.get("n_joinpoints", given.get("joinpoints", 1)),
        at_most=given.get("max_joinpoints"),
        choose=given.get("choose", given.get("selection", "bic")),
        min_end=given.get("min_end", 2),
        min_between=given.get("min_between", 2),
        family=_family(given),
        level=given.get("level", 0.95),
    )
    one_slope = joinpoints.joinpoints(counts, years, number=0, exposure=given.get("exposure", 1.0))
    percents = {
        f"annual_percent_{i}": one.annual_percent for i, one in enumerate(found.segments, 1)
    }
    return {
        "joinpoint_year": found.years[0] if found.years else None,
        "joinpoint_years": found.years,
        "deviance": found.deviance,
        "deviance_no_joinpoint": one_slope.deviance,
        "phi": found.phi,
        **percents,
    }


def mann_kendall(given: Inputs) -> dict[str, Any]:
    variant = str(given.get("variant", given.get("test", "original"))).lower().replace("-", "_")
    values = next(given[name] for name in ("values", "counts", "deaths") if name in given)
    if variant == "seasonal" or "period" in given:
        found = ranks.seasonal(values, given.get("period", 12))
    elif variant == "hamed_rao":
        found = ranks.hamed_rao(values, lags=given.get("lag"))
    else:
        found = ranks.mann_kendall(values, given.get("times", given.get("years")))
    return {
        "s": found.s,
        "variance": found.variance,
        "z": found.z,
        "p": found.p_normal,
        "p_normal": found.p_normal,
        "p_exact": found.p_exact,
        "tau": found.tau,
        "tau_b": found.tau_b,
        "sen_slope": found.sen_slope,
        "sen_ci": found.sen_limits,
        "n": found.n,
    }


def poisson_ci(given: Inputs) -> dict[str, Any]:
    counts, exposure = np.broadcast_arrays(given["count"], given.get("exposure", 1.0))
    how = {"level": given.get("level", 0.95), "per": given.get("per", 1.0)}
    found = [
        ratios.rate(n, e, **how)
        for n, e in zip(counts.ravel().tolist(), exposure.ravel().tolist(), strict=True)
    ]
    several = counts.ndim > 0
    return {
        name: [getattr(one, name) for one in found] if several else getattr(found[0], name)
        for name in ("rate", "lower", "upper")
    }


def rate_ratio(given: Inputs) -> dict[str, Any]:
    test = str(given.get("test", given.get("method", "exact"))).lower()
    test = test.replace("-", "_").replace("e_test", "etest").replace("etest_score", "etest")
    found = ratios.rate_ratio(
        given["count_1"],
        given.get("exposure_1", 1.0),
        given["count_2"],
        given.get("exposure_2", 1.0),
        level=given.get("level", 0.95),
        test=test if test in ratios.TESTS else "exact",
    )
    return {
        "ratio": found.ratio,
        "lower": found.lower,
        "upper": found.upper,
        "p": found.p,
        "percent_change": found.percent,
    }


def target_path(given: Inputs) -> dict[str, Any]:
    target = targets.Target(
        given["base_year"],
        given.get("base_value", 1.0),
        given.get("target_year", 2030),
        given.get("reduction", 0.5),
    )
    year, value = given.get("year", target.base_year), given.get("value", target.base_value)
    years = given.get("years", range(target.base_year, target.year + 1))
    return {
        "annual_percent": target.annual_percent,
        "required_annual_percent": target.required(year, value),
        "target_value": target.value,
        "path_value": target.path(year),
        "path": [target.path(one) for one in years],
    }


def two_means(given: Inputs) -> dict[str, Any]:
    found = ratios.two_means(
        _series(given)[0],
        exposure=given.get("exposure", 1.0),
        span=given.get("span", 3),
        level=given.get("level", 0.95),
    )
    limits = (found.lower, found.upper)
    return {"percent_change": found.percent, "ci95": limits, "ci": limits, "p": found.p}


def random_range(given: Inputs) -> dict[str, Any]:
    found = ranges.random_range(
        _series(given)[0], given.get("span", 5), centred=given.get("centred", True)
    )
    return {
        "mean": found.means,
        "lower": found.lower,
        "upper": found.upper,
        "outside": found.is_outside,
    }


def funnel(given: Inputs) -> dict[str, Any]:
    found = ranges.funnel(
        given["counts"], given["exposure"], levels=given.get("levels", (0.95, 0.998))
    )
    return {
        "rate": found.rate,
        "rates": found.rates,
        "k": found.k,
        "lower": found.limits[..., 0],
        "upper": found.limits[..., 1],
        "band": found.band,
        "flagged": np.abs(found.band) > 0,
    }


def overdispersed(given: Inputs) -> dict[str, Any]:
    found = ranges.overdispersed(
        given["counts"], given["expected"], winsorised=given.get("winsorised", 0.1)
    )
    return {
        "ratio": found.ratios,
        "z": found.z,
        "phi": found.phi,
        "lower": found.limits[..., 0],
        "upper": found.limits[..., 1],
    }


METHODS = {
    "trend_loglinear": trend,
    "joinpoint": joinpoint,
    "mann_kendall": mann_kendall,
    "poisson_ci": poisson_ci,
    "rate_ratio": rate_ratio,
    "target_path": target_path,
    "two_means": two_means,
    "random_range": random_range,
    "funnel": funnel,
    "overdispersion_phi": overdispersed,
}
