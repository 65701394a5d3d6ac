"""Adapters of the topic "benchmark_metrics"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crashkit.synth import metrics

Inputs = Mapping[str, Any]


def identification(given: Inputs) -> dict[str, Any]:
    """Compare what is flagged with what is truly worst."""
    top = given["top"]
    if top < 1:
        top = round(top * len(given["score"]))
    found = metrics.identified(
        given["true_lambda"], given["score"], top, excess=given.get("true_excess")
    )
    return {
        "false_identification": found.false_identification,
        "sensitivity": found.sensitivity,
        "specificity": found.specificity,
        "pmd_relative": found.pmd,
        "psi_loss": found.loss,
    }


def consistency(given: Inputs) -> dict[str, Any]:
    """Compare two rankings, of one method or of several."""
    if "methods" in given:
        crashes, top = given["crashes_period2"], given["top"]
        found = {
            name: metrics.consistency(one["rank_period1"], one["rank_period2"], crashes, top)
            for name, one in given["methods"].items()
        }
        scores = metrics.total_score(list(found.values()))
        told = {"SCT": "sct", "MCT": "mct", "TRDT": "trdt"}
        answer: dict[str, Any] = {
            key: {name: getattr(one, field) for name, one in found.items()}
            for key, field in told.items()
        }
        return answer | {"TST": dict(zip(found, scores.tolist(), strict=True))}
    if isinstance(given.get("SCT"), list):
        parts = zip(given["SCT"], given["MCT"], given["TRDT"], strict=True)
        return {"TST": metrics.total_score([metrics.Consistency(*one) for one in parts])}
    one = metrics.consistency(
        given["rank_period1"], given["rank_period2"], given["crashes_period2"], given["top"]
    )
    return {"SCT": one.sct, "MCT": one.mct, "TRDT": one.trdt}


def prediction(given: Inputs) -> dict[str, Any]:
    """Tell how many crashes flagged ground captures."""
    found = metrics.prediction(
        given["n"],
        given["N"],
        area=given["area"],
        total_area=given["total_area"],
        most=given.get("n_max"),
    )
    answer = {"hit_rate": found.hit_rate, "pai": found.pai, "pei": found.pei}
    if "n_before" in given:
        answer["rri"] = metrics.recapture_index(
            given["n"],
            given["N"],
            captured_before=given["n_before"],
            crashes_before=given["N_before"],
        )
    return answer


METHODS = {
    "consistency_tests": consistency,
    "identification_metrics": identification,
    "prediction_accuracy": prediction,
}
