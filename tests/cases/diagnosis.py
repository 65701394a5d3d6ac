"""What is unusual about a place: the cases of "diagnosis"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit import patterns

Inputs = Mapping[str, Any]


def _over(found: patterns.Over) -> dict[str, Any]:
    return {
        "p_one_sided": found.p,
        "p": found.p,
        "p0": found.p0,
        "expected": found.expected,
        "ratio": found.ratio,
        "band": found.band,
        "method": found.method,
    }


def binomial(given: Inputs) -> dict[str, Any]:
    return _over(patterns.binomial(given["x"], given["n"], given["p0"]))


def poisson(given: Inputs) -> dict[str, Any]:
    return _over(patterns.poisson(given["x"], given["expected"]))


def beta_binomial(given: Inputs) -> dict[str, Any]:
    found = patterns.among_peers(given["x"], given["n"], given["peers_x"], given["peers_n"])
    return _over(found)


def chi2(given: Inputs) -> dict[str, Any]:
    found = patterns.table(tuple(given["site"]), tuple(given["reference"]))
    return {
        "chi2": found.chi2,
        "p": found.p,
        "chi2_yates": found.chi2_yates,
        "p_yates": found.p_yates,
        "fisher_one_sided": found.fisher,
        "usable": found.is_usable,
        "ratio": found.ratio,
    }


def shares(given: Inputs) -> dict[str, Any]:
    if "subset" in given:
        found = patterns.compared(given["subset"], given["all"], given["category"])
        return {
            "share_subset": found.share,
            "share_all": found.share_of_all,
            "ratio": found.ratio,
        }
    share = patterns.shares(given["counts"], given.get("total"))
    return {"share": share, "percent": {name: 100 * one for name, one in share.items()}}


def several(given: Inputs) -> dict[str, Any]:
    factors = {
        one["name"]: patterns.binomial(one["x"], one["n"], one["p0"]) for one in given["factors"]
    }
    found = {one.name: one for one in patterns.tried(factors, adjust=given.get("adjust", "holm"))}
    return {
        "p": {name: one.over.p for name, one in found.items()},
        "adjusted": {name: one.adjusted for name, one in found.items()},
        "ratio": {name: one.over.ratio for name, one in found.items()},
        "band": {name: one.over.band for name, one in found.items()},
    }


METHODS = {
    "over_representation_binomial": binomial,
    "over_representation_poisson": poisson,
    "over_representation_beta_binomial": beta_binomial,
    "over_representation_chi2": chi2,
    "over_representation": several,
    "shares": shares,
}
