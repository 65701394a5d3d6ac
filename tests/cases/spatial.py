"""Adapters of the topic "spatial"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from crashkit import spatial, stats

Inputs = Mapping[str, Any]


def around(given: Inputs) -> spatial.Around:
    """Read who is next to whom: a distance, lists, a table of zeros and ones, or words."""
    if "distance_band" in given:
        return spatial.within(given["points"], given["distance_band"])
    if "neighbours" in given:
        listed = given["neighbours"]
        if isinstance(listed, Mapping):
            listed = [listed[str(place)] for place in range(len(listed))]
        return spatial.by_lists(listed)
    weights = given.get("weights")
    if isinstance(weights, Sequence) and not isinstance(weights, str):
        return spatial.by_lists([np.flatnonzero(row).tolist() for row in weights])
    said = [number for word, number in REACH.items() if word in str(weights)]
    return spatial.along_a_line(
        len(given["values"]), reach=given.get("reach", max(said, default=1))
    )


REACH = {"two": 2, "three": 3, "four": 4}
"""How many neighbours on each side, in words."""


def getis_ord(given: Inputs) -> dict[str, Any]:
    """Tell which places are hot."""
    found = spatial.getis_ord(given["values"], around(given))
    answer = {"gi_star": found.z, "z": found.z, "p": found.p, "p_adjusted": found.adjusted()}
    for percent in (90, 95, 99):
        answer[f"hot_{percent}"] = found.hot(percent / 100)
        answer[f"cold_{percent}"] = found.cold(percent / 100)
    return answer


def local_moran(given: Inputs) -> dict[str, Any]:
    """Tell which places are like their neighbours."""
    told = str(given.get("weights", ""))
    standardised = "binary" not in told or "row" in told
    found = spatial.local_moran(given["values"], around(given), row_standardised=standardised)
    return {
        "normalised_n": found.value,
        "normalised_n_minus_1": found.by_n_minus_1,
        "quadrant": found.quadrant,
    }


def multiple_testing(given: Inputs) -> dict[str, Any]:
    """Adjust p-values for how many there are."""
    p, alpha = np.asarray(given["p"]), given.get("alpha", 0.05)
    ways = {
        "bh": stats.false_discovery(p),
        "by": stats.false_discovery(p, dependent=True),
        "bonferroni": stats.family_wise(p),
    }
    answer: dict[str, Any] = {
        f"rejected_{name}": int((one <= alpha).sum()) for name, one in ways.items()
    }
    answer |= {f"adjusted_{name}": one for name, one in ways.items()}
    answer |= {"adjusted": ways["bh"], "adjusted_p": ways["bh"]}
    for number, value in enumerate(np.sort(ways["bh"]).tolist(), start=1):
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
        answer[f"adjusted_p_{number}{ending}"] = value
    return answer


def emerging(given: Inputs) -> dict[str, Any]:
    """Put a place in its class by its series."""
    found = spatial.classify(given["gi"], given["p"], alpha=given.get("alpha", 0.05))
    return {"category": found.category, "hot_share": found.hot, "cold_share": found.cold}


def kde_1d(given: Inputs) -> dict[str, Any]:
    """Draw the density along a line."""
    events = given["events_m"]
    found = spatial.line_density(
        events,
        given["eval_m"],
        given["bandwidth_m"],
        kernel=given.get("kernel", "epanechnikov"),
        section_m=given.get("section_m", given.get("length_m")),
        edge=given.get("edge_correction", "none"),
    )
    return {"intensity_per_m": found, "density": found / len(events)}


def kde_planar(given: Inputs) -> dict[str, Any]:
    """Tell the height of a kernel on a plane, and its volume."""
    how = {"kernel": given.get("kernel", "quartic")}
    heights = spatial.kernel_planar(given["distances_m"], given["bandwidth_m"], **how)
    return {
        "per_m2": heights,
        "density": heights.sum(),
        "integral": spatial.planar_sum(given["bandwidth_m"], **how),
    }


def kde_plus(given: Inputs) -> dict[str, Any]:
    """Tell which density chance stays below."""
    found = spatial.chance_limit(
        given["crashes"],
        section_m=given["section_m"],
        bandwidth_m=given["bandwidth_m"],
        quantile=given.get("quantile", 0.95),
        edge=given.get("edge_correction", "reflect"),
    )
    return {"threshold": found}


def dbscan(given: Inputs) -> dict[str, Any]:
    """Find crowds."""
    found = spatial.crowds(given["points_m"], eps_m=given["eps_m"], least=given["min_samples"])
    return {
        "labels": found,
        "clusters": int(found.max(initial=-1)) + 1,
        "noise": int((found < 0).sum()),
    }


def network_k(given: Inputs) -> dict[str, Any]:
    """Count pairs within a distance along a line."""
    found = spatial.k_on_line(
        given["points_m"],
        given["length_m"],
        given["t"],
        correction=str(given.get("correction", "none")).lower(),
    )
    return {"K": found}


METHODS = {
    "dbscan": dbscan,
    "emerging_hot_spots": emerging,
    "getis_ord": getis_ord,
    "kde_1d": kde_1d,
    "kde_planar": kde_planar,
    "kde_plus": kde_plus,
    "local_moran": local_moran,
    "multiple_testing": multiple_testing,
    "network_k": network_k,
}
