"""Cases of the same methods with other numbers, units and options, by plain formulas and scipy."""

from __future__ import annotations

from typing import Any

import cases
import numpy as np
import pytest
import reference_cases
from scipy import stats

METHODS = cases.methods()
KM_PER_MILE = 1.609344
GROUPED = {"fatal": 8, "injury": 3, "pdo": 1}
HAUER = {"form": "a*AADT^b per km and year", "a": 0.0224, "b": 0.564}
HSM = {"form": "AADT*L*365e-6*exp(c) per year", "c": -0.312, "length_unit": "mi"}
SHORT = {"form": "k0/L", "k0": 0.236, "length_unit": "mi"}

MILLION_KM = 8000 * 365 * 3 * 12.5 / 1e6
LIMIT_99 = 1.2 + 2.326 * (1.2 / 8) ** 0.5 + 1 / 16
SITE = {"aadt": 5000, "observed_by_year": [3, 4]}
HAUER_MU = 0.0224 * 5000**0.564 * 2.5 * 2
HSM_MU = 5000 * 2.5 / KM_PER_MILE * 365e-6 * np.exp(-0.312) * 2
LOW, HIGH = stats.gamma.ppf([0.2, 0.8], 2, scale=3.0)
PERIOD = {"predicted_by_year": [1, 2, 3], "observed_by_year": [4, 0, 2]}
HALF_MILE = {"length_mi": 1.0, "window_mi": 0.3, "step_mi": 0.1, "pred_per_mi_period": 2}
PEAK = {"window_mi": 0.1, "segment_mi": 0.47, "values": [5.2, 7.8, 1.1, 6.5, 7.8]}

Case = tuple[str, dict[str, Any], dict[str, Any]]

OTHERS: list[Case] = [
    # -------------------------------------------------- many at once, and without ids
    (
        "method_of_moments",
        {"class": ["a", "b", "a", "b"], "crashes": [1, 2, 9, 4], "years": 3},
        {"mean": {"a": 5, "b": 3}, "adjusted": [1 + 5 / 32 * 4, 3, 9 - 5 / 32 * 4, 3]},
    ),
    (
        "excess_predicted",
        {"years": 3, "predicted_by_year": [[1, 1, 1], [2, 2, 2]], "observed_total": [6, 9]},
        {"excess_per_year": [1, 1]},
    ),
    (
        "excess_predicted",
        {"years": 2, "predicted_total": {"a": 4.0}, "observed_total": {"a": 7}},
        {"excess_per_year": {"a": 1.5}},
    ),
    (
        "poisson_ci",
        {"count": [0, 5], "exposure": [1.0, 2.0]},
        {"rate": [0, 2.5], "lower": [0, stats.chi2.ppf(0.025, 10) / 4]},
    ),
    ("deaths_30day", {"deaths": [100, 200], "definition_days": 7}, {"deaths_30d": [108, 216]}),
    # ------------------------------------------------------------------ rates
    (
        "crash_rate",
        {"kind": "segment", "crashes": 22, "aadt": 8000, "years": 3, "length": 12.5, "per": 1e6},
        {"rate": 22 / MILLION_KM, "exposure": MILLION_KM},
    ),
    (
        "crash_rate",
        {"kind": "segment", "crashes": 22, "aadt": 8000, "years": 3, "length_km": 12.5, "per": 1e8},
        {"rate": 2200 / MILLION_KM},
    ),
    (
        "crash_rate",
        {"kind": "segment", "crashes": [1, 2], "aadt": [8000, 0], "years": 3, "length": 12.5},
        {"rate": [1 / MILLION_KM, None]},
    ),
    (
        "critical_rate",
        {"average_rate": 1.2, "exposure": 8, "confidence": 0.99, "observed_rate": 2.5},
        {"critical_rate": LIMIT_99, "ratio": 2.5 / LIMIT_99, "flagged": True},
    ),
    (
        "critical_rate",
        {"average_rate": 1.2, "exposure": 8, "z": 2.576, "variant": "norden"},
        {"critical_rate": 1.2 + 2.576 * (1.2 / 8) ** 0.5 + 1 / 16 + 0.829 / 8},
    ),
    (
        "critical_rate",
        {
            "aadt": 9000,
            "length_km": 3,
            "years": 3,
            "counts": {"fatal": 1, "injury": 9, "pdo": 20},
            "average_per_100mvk": {"fatal": 2, "injury": 20, "pdo": 60},
            "weights": GROUPED,
            "z": 1.645,
        },
        {"average_rate": 136, "exposure_100mvk": 9000 * 9 * 365 / 1e8},
    ),
    (
        "crash_frequency",
        {"id": ["a", "b"], "crashes": [3, 6], "years": [2, 3]},
        {"crashes_per_year": {"a": 1.5, "b": 2}},
    ),
    (
        "crash_frequency",
        {"crashes": [3, 6], "years": 3, "length_km": [2, 4]},
        {"crashes_per_km_year": [0.5, 0.5]},
    ),
    # --------------------------------------------------------------- severity
    ("epdo", {"counts": {"fatal": 1, "pdo": 3}, "weights": "hsm"}, {"epdo": 545}),
    ("epdo_weights", {"cost": {"fatal": 600, "slight": 6}}, {"fatal": 100, "slight": 1}),
    (
        "safety_potential",
        {
            "length_km": 2,
            "years": 3,
            "aadt": 5000,
            "crash_cost_1000": 900,
            "basic_rate_per_1000_vehkm": 30.0,
        },
        {"cost_density": 150, "safety_potential": 150 - 30 * 5000 * 365 / 1e6},
    ),
    # --------------------------------------------------------- service, tails
    (
        "loss",
        {
            "k": 0.5,
            "observed_per_year": {"a": 14},
            "predicted_per_year": {"a": 6.0},
            "variant": "gamma_20_80",
        },
        {"loss": {"a": "IV"}, "lower": {"a": LOW}, "upper": {"a": HIGH}, "compared": {"a": 12}},
    ),
    (
        "loss",
        {
            "k": 0.5,
            "observed_per_year": [14],
            "predicted_per_year": [6.0],
            "variant": "kentucky_5_95",
        },
        {"loss": ["III"]},
    ),
    ("poisson_tail", {"observed": [0, 3], "mean": [1, 1]}, {"p": [1, stats.poisson.sf(2, 1)]}),
    ("poisson_tail", {"observed": 5, "mean": 2, "k": 0.5}, {"p": stats.nbinom.sf(4, 2, 0.5)}),
    ("poisson_tail", {"observed": 5, "rate": 2, "exposure": 1.5}, {"p": stats.poisson.sf(4, 3)}),
    ("poisson_tail", {"crashes": 60, "segments": 100, "alpha": 0.05}, {"min_count": 3}),
    # -------------------------------------------------------- empirical Bayes
    (
        "eb_expected",
        {"k": 0.3, **PERIOD},
        {"weight": 1 / 2.8, "expected_year_n": 3.0, "expected_total": 6.0},
    ),
    (
        "eb_expected",
        {"k": 0.3, "predicted": 6, "observed": 9},
        {"weight": 1 / 2.8, "eb_total": 6 / 2.8 + 9 * 1.8 / 2.8},
    ),
    (
        "eb_expected",
        {"spf": HAUER, "length_km": 2.5, "phi_per_km": 2.05, "years": 2, **SITE},
        {"predicted_total": HAUER_MU, "weight": 1 / (1 + HAUER_MU / (2.05 * 2.5))},
    ),
    (
        "eb_expected",
        {"spf": HAUER, "length_mi": 2.5 / KM_PER_MILE, "phi_per_km": 2.05, "years": 2, **SITE},
        {"predicted_total": HAUER_MU, "weight": 1 / (1 + HAUER_MU / (2.05 * 2.5))},
    ),
    (
        "eb_expected",
        {"spf": HSM, "k": SHORT, "length_km": 2.5, "aadt_after": 6000, **SITE},
        {
            "predicted_before_total": HSM_MU,
            "k": 0.236 / (2.5 / KM_PER_MILE),
            "predicted_after_per_year": HSM_MU * 0.6,
        },
    ),
    (
        "eb_expected",
        {
            "spf": HSM,
            "k": SHORT,
            "length_mi": 1.0,
            "aadt": [4000, 8000],
            "observed_by_year": [1, 2],
        },
        {"corrections": [1, 2]},
    ),
    (
        "eb_posterior",
        {"k": 0.3, "predicted": 6, "observed": 9, "multiple": 1.5},
        {"p_exceed_multiple": stats.gamma.sf(9, 1 / 0.3 + 9, scale=1.8 / 2.8)},
    ),
    (
        "eb_posterior",
        {"k": 0, "predicted": 6, "observed": 9, "multiple": 1.5},
        {"mean": 6, "p_exceed_multiple": 0.0},
    ),
    (
        "eb_marshall",
        {"counts": [1, 1, 1], "exposure": [1, 1, 1]},
        {"a": 0, "b": 1, "estimate": [1, 1, 1]},
    ),
    (
        "eb_method_of_moments",
        {"group_mean": 2, "group_variance": 1.5, "observed": 5},
        {"weight_on_mean": 1, "eb": 2, "gamma_shape": None},
    ),
    # ----------------------------------------------------------------- models
    (
        "spf_predict",
        {"form": "exp(b0 + b1 ln AADT) per km", "b0": -7, "b1": 0.8, "aadt": 3000, "length_km": 2},
        {"predicted_per_year": 2 * np.exp(-7) * 3000**0.8},
    ),
    (
        "spf_predict",
        {**HSM, "aadt": 10000, "length_mi": 1.5, "k": SHORT},
        {"predicted_per_year": 15000 * 365e-6 * np.exp(-0.312), "k": 0.236 / 1.5},
    ),
    (
        "spf_predict",
        {"form": "exp(b0 + b1 ln AADT_total)", "b0": -9, "b1": 0.8, "aadt_total": 9000, "years": 3},
        {"predicted_total": 3 * np.exp(-9) * 9000**0.8},
    ),
    (
        "calibration",
        {"observed": [3, 1, 4], "predicted": [2.0, 2, 2], "k": 0.2},
        {"factor": 8 / 6, "variance": (8 + 0.2 * 26) / 36},
    ),
    (
        "cure",
        {"observed": [1, 2, 3, 4], "predicted": [2, 2, 2, 2], "covariate": [4, 3, 2, 1]},
        {"cure": [2, 3, 3, 2], "mad": 1, "max_abs_cure": 3},
    ),
    # ---------------------------------------------------------------- windows
    (
        "sliding_window",
        {"crash_mi": [0.1, 0.2, 0.25, 0.9], "k_per_mi": 0.4, **HALF_MILE},
        {"n_windows": 8, "max_count": 3, "best_start": 0.0, "w": 1 / 1.8},
    ),
    ("peak_search", {**PEAK, "cv_limit": 0.25}, {"any_passes": False, "ranking_value": None}),
    ("peak_search", {**PEAK, "cv_limit": 0.4}, {"any_passes": True, "ranking_value": 7.8}),
    # ---------------------------------------------------------------- spatial
    (
        "dbscan",
        {"points_m": [[0, 0], [5, 0], [100, 0]], "eps_m": 10, "min_samples": 2},
        {"labels": [0, 0, -1], "clusters": 1, "noise": 1},
    ),
    (
        "emerging_hot_spots",
        {"gi": [0.1] * 9 + [-2.5], "p": [0.4] * 9 + [0.01], "alpha": 0.05},
        {"category": "new cold spot"},
    ),
    (
        "multiple_testing",
        {"p": [0.01, 0.02, 0.03, 0.04], "alpha": 0.05},
        {"rejected_bh": 4, "rejected_bonferroni": 1},
    ),
    (
        "network_k",
        {"points_m": [10, 40], "length_m": 100, "t": [30], "correction": "ang"},
        {"K": [75.0]},
    ),
    # ---------------------------------------------------------------- metrics
    ("prediction_accuracy", {"n": 10, "N": 100, "area": 1, "total_area": 50}, {"pai": 5}),
    ("consistency_tests", {"SCT": [50, 25], "MCT": [8, 4], "TRDT": [10, 20]}, {"TST": [100, 50]}),
]


@pytest.mark.parametrize(
    ("method", "inputs", "expected"),
    OTHERS,
    ids=[f"{number}-{case[0]}" for number, case in enumerate(OTHERS)],
)
def test_a_case_with_other_numbers_units_or_options_is_answered_too(method, inputs, expected):
    case = {"method": method, "inputs": inputs, "expected": expected, "tolerance": {"abs": 1e-9}}
    assert reference_cases.failures(reference_cases.plain(case), METHODS) == []
