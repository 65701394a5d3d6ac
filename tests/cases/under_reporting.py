"""What is not reported, and severity given that it is: the cases of "under_reporting"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crashkit import logits, reporting, stats

Inputs = Mapping[str, Any]


def capture_recapture(given: Inputs) -> dict[str, Any]:
    found = stats.chapman(given["n1"], given["n2"], given["m"])
    level = given.get("level", 0.95)
    of_logarithm = "log" in str(given.get("interval", given.get("limits", "normal"))).lower()
    lower, upper = found.log_limits_at(level) if of_logarithm else found.limits_at(level)
    log_lower, log_upper = found.log_limits_at(level)
    return {
        "estimate": found.total,
        "variance": found.variance,
        "se": np.sqrt(found.variance),
        "lower": lower,
        "upper": upper,
        "lower_lognormal": log_lower,
        "upper_lognormal": log_upper,
        "usable": found.is_usable,
        "completeness_1": found.completeness[0],
        "completeness_2": found.completeness[1],
        "missed_1": 1 - found.completeness[0],
        "missed_2": 1 - found.completeness[1],
    }


def loglinear(given: Inputs) -> dict[str, Any]:
    sources = given.get("sources") or dict.fromkeys("".join(given["counts"]))
    found = stats.lists(given["counts"], tuple(sources))
    return {
        "unseen": {model.name: model.unseen for model in found.models},
        "total": {model.name: model.total for model in found.models},
        "aic": {model.name: model.aic for model in found.models},
        "deviance": {model.name: model.deviance for model in found.models},
        "best": found.best.name,
        "range": found.unseen_range,
    }


def severity_model(given: Inputs) -> dict[str, Any]:
    columns, names = _factors([row.split() for row in given["rows"]])
    fit = logits.ordered(given["n"], columns)
    test = logits.brant(given["n"], columns) if len(given["cols"]) > 2 else None
    return {
        **dict(zip(names, fit.coefficients, strict=True)),
        **{f"se_{name}": error for name, error in zip(names, fit.errors, strict=True)},
        **{f"cut{i}": cut for i, cut in enumerate(fit.cuts, 1)},
        "deviance": fit.deviance,
        "brant_chi2": test.chi2 if test else None,
        "brant_df": test.df if test else None,
        "brant_p": test.p if test else None,
    }


def _factors(rows: list[list[str]]) -> tuple[Any, list[str]]:
    """Name the columns of rows such as "60 day": a number is a speed, the fastest is the base."""
    columns, names = [], []
    for values in zip(*rows, strict=True):
        is_speed = all(value.isdigit() for value in values)
        base = max(values, key=int) if is_speed else values[0]
        found, levels = logits.indicators(values, base)
        columns.append(found)
        names += [f"speed{level}" if is_speed else str(level) for level in levels]
    return np.hstack(columns), names


DEFINITIONS = {0: "scene", 1: "24h", 3: "3d", 6: "6d", 7: "7d", 30: "30d", 365: "1y"}


def deaths_30day(given: Inputs) -> dict[str, Any]:
    days, own = given["definition_days"], given.get("factors", {})
    asked, told = np.broadcast_arrays(days, given["deaths"])
    found = [
        reporting.thirty_days(n, DEFINITIONS.get(one, f"{one}d"), factor=own.get(str(one)))
        for one, n in zip(asked.ravel().tolist(), told.ravel().tolist(), strict=True)
    ]
    deaths, factors = [one.deaths for one in found], [one.factor for one in found]
    several = asked.ndim > 0
    return {
        "deaths_30d": deaths if several else deaths[0],
        "factor": factors if several else factors[0],
    }


def completeness(given: Inputs) -> dict[str, Any]:
    found = reporting.complete(
        given.get("count", given.get("n")),
        given["completeness"],
        variance=given.get("var_completeness", given.get("variance", 0.0)),
        level=given.get("level", 0.95),
    )
    return {
        "adjusted": found.estimate,
        "estimate": found.estimate,
        "variance": found.variance,
        "lower": found.lower,
        "upper": found.upper,
    }


METHODS = {
    "capture_recapture": capture_recapture,
    "capture_recapture_loglinear": loglinear,
    "severity_model": severity_model,
    "deaths_30day": deaths_30day,
    "completeness_adjustment": completeness,
}
