"""Cases with numbers drawn anew, each answered by a second library: scipy, statsmodels, and others.

Nothing here shares a line with the library: where no other library knows a method, its formula is
written out with plain numpy once more.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import cases
import esda
import numpy as np
import pytest
import reference_cases
import statsmodels.api as sm
from libpysal.weights import W
from scipy import optimize, stats
from sklearn.cluster import DBSCAN
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import test_poisson_2indep as poisson_two

METHODS = cases.methods()
KM_PER_MILE = 1.609344
Case = tuple[str, dict[str, Any], dict[str, Any], float]


def drawn(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


# ------------------------------------------------------------------------- traffic and severity


def rates() -> Iterator[Case]:
    chance = drawn(11)
    for unit, per in (("km", 1e6), ("km", 1e8), ("mi", 1e6), ("mi", 1e8)):
        x, q, km = (
            chance.integers(0, 40, 5),
            chance.integers(300, 30000, 5),
            chance.uniform(1, 9, 5),
        )
        told = {"kind": "segment", "crashes": x.tolist(), "aadt": q.tolist(), "years": 4}
        told |= {f"length_{unit}": km.tolist(), "per": per}
        exposure = 365 * 4 * q * km / per
        yield "crash_rate", told, {"exposure": exposure, "rate": x / exposure}, 1e-12
    q = [12000, 11000, 3000, 3400]
    told = {"kind": "intersection", "crashes": 31, "approach_aadt": q, "years": 5}
    yield "crash_rate", told, {"rate": 31 / (sum(q) / 2 * 365 * 5 / 1e6)}, 1e-12
    names = chance.choice(["a", "b"], 20).tolist()
    x, major = chance.integers(0, 60, 20), chance.integers(9000, 40000, 20)
    minor = major // 4
    e = (major + minor) * 365 * 3 / 1e6
    mean = np.array([x[[n == m for n in names]].sum() for m in names]) / np.array(
        [e[[n == m for n in names]].sum() for m in names]
    )
    told = {"id": list(range(20)), "control": names, "crashes": x.tolist(), "years": 3}
    told |= {"aadt_major": major.tolist(), "aadt_minor": minor.tolist()}
    for level, z in ((0.85, 1.036), (0.9, 1.282), (0.95, 1.645), (0.99, 2.326)):
        limit = mean + z * np.sqrt(mean / e) + 1 / (2 * e)
        is_over = x / e > limit
        yield (
            "critical_rate",
            {**told, "confidence": level},
            {
                "critical_rate": {str(i): one for i, one in enumerate(limit)},
                "flagged_ids": np.flatnonzero(is_over).tolist(),
            },
            1e-12,
        )
    plain = mean + 1.645 * np.sqrt(mean / e)
    answer = {str(i): one for i, one in enumerate(plain)}
    yield "critical_rate", {**told, "form": "plain"}, {"critical_rate": answer}, 1e-12
    quadrant = {
        "average_rate": 45,
        "exposure": [15, 3, 0.5],
        "z": 3.09,
        "observed_rate": [70, 50, 60],
    }
    limit = 45 + 3.09 * np.sqrt(45 / np.array([15, 3, 0.5])) + 0.5 / np.array([15, 3, 0.5])
    yield (
        "critical_rate",
        quadrant,
        {"critical_rate": limit, "flagged": [True, False, False]},
        1e-12,
    )
    metric = {
        "aadt": 8200,
        "length_km": 3.4,
        "years": 4,
        "counts": {"fatal": 2, "injury": 21, "pdo": 40},
        "average_per_100mvk": {"fatal": 3, "injury": 60, "pdo": 110},
        "weights": {"fatal": 9, "injury": 3, "pdo": 1},
        "z": 1.282,
    }
    e = 8200 * 3.4 * 4 * 365 / 1e8
    limit = 317 + 1.282 * math.sqrt(317 / e) + 0.5 / e
    seen = (18 + 63 + 40) / e
    answer = {"exposure_100mvk": e, "critical_rate": limit, "rate": seen, "ratio": seen / limit}
    yield "critical_rate", metric, {**answer, "flagged": seen > limit}, 1e-12


def severities() -> Iterator[Case]:
    counts, weights = {"K": 2, "A": 1, "B": 7, "O": 30}, {"K": 76.8, "A": 76.8, "B": 8.4, "O": 1}
    total = 3 * 76.8 + 7 * 8.4 + 30
    told = {"counts": counts, "weights": weights, "years": 4}
    yield (
        "epdo",
        told,
        {"epdo": total, "severity_index": total / 40, "epdo_per_year": total / 4},
        1e-12,
    )
    yield "epdo", {**told, "cap": 10}, {"epdo": 30 + 58.8 + 30}, 1e-12
    cost = {"fatal": 900000, "serious": 90000, "slight": 9000}
    yield "epdo_weights", {"cost": cost}, {"fatal": 100, "serious": 10, "slight": 1}, 1e-12
    chance = drawn(12)
    kinds, control = ["rear", "angle", "other"], ["s", "t", "s", "t", "s"]
    n = chance.integers(0, 9, (5, 3))
    costs = {"s": [10.0, 40, 25], "t": [12.0, 60, 30]}
    each = np.array([costs[one] for one in control])
    spent, all_ = (n * each).sum(axis=1), n.sum(axis=1)
    usual = {
        one: spent[[c == one for c in control]].sum() / all_[[c == one for c in control]].sum()
        for one in ("s", "t")
    }
    told = {
        "id": list("abcde"),
        "control": control,
        "counts_by_type": [dict(zip(kinds, row.tolist(), strict=True)) for row in n],
        "cost_by_control_and_type": {
            one: dict(zip(kinds, row, strict=True)) for one, row in costs.items()
        },
    }
    index = dict(zip("abcde", spent / all_, strict=True))
    yield "relative_severity_index", told, {"rsi": index, "class_average": usual}, 1e-12
    told = {
        "length_km": [4.2, 1.0],
        "years": [3, 5],
        "aadt": [6500, 0],
        "crash_cost_1000": [10, 500],
        "basic_rate_per_1000_vehkm": [28.0, 28.0],
    }
    best = 28 * 6500 * 365 / 1e6
    yield "safety_potential", told, {"safety_potential": [10 / 12.6 - best, None]}, 1e-12


def services() -> Iterator[Case]:
    seen, mu, k = np.array([1, 4, 9, 0.5, 2.0]), np.array([2.0, 2, 3, 4, 2]), 0.6
    sigma = np.sqrt(k) * mu
    told = {"k": k, "observed_per_year": seen.tolist(), "predicted_per_year": mu.tolist()}
    low, high = mu - 1.5 * sigma, mu + 1.5 * sigma
    levels = [
        "I" if n < a else "II" if n < m else "III" if n < b else "IV"
        for n, a, m, b in zip(seen, low, mu, high, strict=True)
    ]
    answer = {"loss": levels, "sigma": sigma, "lower": low, "upper": high}
    yield "loss", {**told, "variant": "hsm_1.5_sigma"}, answer, 1e-12
    for variant, shares in (("gamma_20_80", (0.2, 0.8)), ("kentucky_5_95", (0.05, 0.95))):
        low, high = (stats.gamma.ppf(p, 1 / k, scale=k * mu) for p in shares)
        drawn_in = (mu / k + seen * mu) / (1 / k + mu)
        answer = {"lower": low, "upper": high, "compared": drawn_in}
        yield "loss", {**told, "variant": variant}, answer, 1e-9


def shares() -> Iterator[Case]:
    chance = drawn(13)
    n = chance.integers(1, 30, 25)
    x = chance.binomial(n, chance.beta(3, 7, 25))
    some = n >= 2
    p = x.sum() / n.sum()
    m = some.sum()
    s2 = ((x**2 - x)[some] / (n**2 - n)[some]).sum() - ((x / n)[some].sum()) ** 2 / m
    s2 /= m - 1
    a = (p**2 - p**3 - s2 * p) / s2
    b = a / p - a
    answer = {"p_star": p, "variance": s2, "alpha": a, "beta": b}
    answer["probability"] = stats.beta.sf(p, a + x, b + n - x)
    told = {"x": x.tolist(), "n": n.tolist()}
    yield "type_proportion", told, answer, 1e-10
    yield "excess_proportion", told, {"excess": x / n - p}, 1e-12
    even = {"x": [2, 2, 2], "n": [4, 4, 4]}
    yield "type_proportion", even, {"alpha": 0.5, "beta": 0.5, "probability": [0.5] * 3}, 1e-12


# -------------------------------------------------------------------------------- empirical Bayes


def estimates() -> Iterator[Case]:
    chance = drawn(14)
    mu, x = chance.uniform(0.3, 20, 6), chance.integers(0, 40, 6)
    for k in (0.05, 0.7, 3.0):
        w = 1 / (1 + k * mu)
        gamma = stats.gamma(1 / k + x, scale=k * mu / (1 + k * mu))
        told = {"k": k, "predicted": mu.tolist(), "observed": x.tolist(), "multiple": 1.5}
        low, high = gamma.interval(0.9)
        answer = {"mean": w * mu + (1 - w) * x, "variance": gamma.var(), "q05": low, "q95": high}
        yield "eb_posterior", told, {**answer, "p_exceed_multiple": gamma.sf(1.5 * mu)}, 1e-8
    by_year, seen = [1.0, 1.2, 1.5, 1.1], [0, 4, 2, 3]
    w = 1 / (1 + 0.45 * sum(by_year))
    first = w * 1.0 + (1 - w) * sum(seen) / (sum(by_year) / 1.0)
    answer = {"weight": w, "expected_year_1": first, "expected_year_n": first * 1.1}
    answer |= {"excess_year_n": first * 1.1 - 1.1}
    told = {"k": 0.45, "predicted_by_year": by_year, "observed_by_year": seen}
    yield "eb_expected", told, answer, 1e-12
    e, n = chance.uniform(0.5, 6, 30), chance.integers(0, 25, 30)
    b = n.sum() / e.sum()
    s2 = (e * (n / e - b) ** 2).sum() / e.sum()
    a = max(0.0, s2 - b / e.mean())
    found = b + a / (a + b / e) * (n / e - b)
    answer = {"a": a, "b": b, "estimate": found, "excess": (found - b) * e}
    yield "eb_marshall", {"counts": n.tolist(), "exposure": e.tolist()}, answer, 1e-10
    n = chance.negative_binomial(1.5, 0.25, 12)
    m, s2 = n.mean(), n.var(ddof=1)
    told = {"crashes": n.tolist(), "years": 4, "basis": "period"}
    moved = n + m / s2 * (m - n)
    yield (
        "method_of_moments",
        told,
        {"adjusted": moved, "potential_for_improvement": moved - m},
        1e-12,
    )
    y = n / 4
    literal = y + y.mean() / y.var(ddof=1) * (y.mean() - y)
    if y.mean() < y.var(ddof=1):
        yield "method_of_moments", {**told, "basis": "annual"}, {"adjusted": literal}, 1e-12
    shape, rate = 2.5**2 / (6.0 - 2.5), 2.5 / (6.0 - 2.5)
    told = {"group_mean": 2.5, "group_variance": 6.0, "observed": 7}
    answer = {"gamma_shape": shape, "gamma_rate": rate, "eb": (shape + 7) / (rate + 1)}
    yield "eb_method_of_moments", told, answer, 1e-12
    share = 12 / 160
    told = {"fatal": 12, "injury": 148, "weight_fatal": 76.8, "weight_injury": 8.4}
    more = {"expected_fi": 5.5, "expected_pdo": 9.0}
    weight = share * 76.8 + (1 - share) * 8.4
    yield "epdo_eb", {**told, **more}, {"weight_fi": weight, "epdo": 5.5 * weight + 9}, 1e-12
    # The same section told in miles or kilometres, with the k of the manual or the phi of Hauer.
    seen, km, q = [3, 6, 4], 3.2, 7100
    total = q * (km / KM_PER_MILE) * 365e-6 * math.exp(-0.312) * 3
    k = 0.236 / (km / KM_PER_MILE)
    w = 1 / (1 + k * total)
    form = {"form": "AADT*L*365e-6*exp(c) per year", "c": -0.312, "length_unit": "mi"}
    answer = {"predicted_total": total, "weight": w, "eb_total": w * total + (1 - w) * 13}
    answer["sd_total"] = math.sqrt((1 - w) * answer["eb_total"])
    base = {"spf": form, "aadt": q, "observed_by_year": seen, "years": 3}
    of_miles = {"form": "k0/L", "k0": 0.236, "length_unit": "mi"}
    of_km = {"form": "k0/L", "k0": 0.236 * KM_PER_MILE, "length_unit": "km"}
    for k0 in (of_miles, of_km):
        for length in ({"length_km": km}, {"length_mi": km / KM_PER_MILE}):
            yield "eb_expected", {**base, **length, "k": k0}, answer, 1e-10
    for unit, phi in (("mi", 1 / 0.236), ("km", 1 / (0.236 * KM_PER_MILE))):
        yield "eb_expected", {**base, "length_km": km, f"phi_per_{unit}": phi}, answer, 1e-10


# ----------------------------------------------------------------------------------------- models


def sites(seed: int) -> tuple[Any, Any, Any]:
    chance = drawn(seed)
    aadt = np.round(chance.lognormal(8.2, 0.7, 220))
    km = chance.uniform(0.3, 4.0, 220).round(2)
    mu = np.exp(-7.4) * aadt**0.85 * km * 3
    return aadt, km, chance.poisson(mu * chance.gamma(1 / 0.4, 0.4, 220))


def models() -> Iterator[Case]:
    for seed in (15, 16):
        aadt, km, x = sites(seed)
        columns = sm.add_constant(np.log(aadt) - np.log(aadt).mean())
        model = NegativeBinomial(x, columns, offset=np.log(km * 3))
        theirs = model.fit(disp=0, method="newton", maxiter=200, start_params=[-0.5, 0.8, 0.4])
        b0, b1, k = theirs.params
        told = {"aadt": aadt.tolist(), "length_km": km.tolist(), "crashes": x.tolist(), "years": 3}
        words = {"model": "ln mu = b0 + b1 ln AADT + ln(L T), NB2, constant k"}
        answer = {"b0": b0 - b1 * np.log(aadt).mean(), "b1": b1, "k": k, "se_b1": theirs.bse[1]}
        answer |= {"log_likelihood": theirs.llf, "se_k": theirs.bse[2]}
        yield "spf_fit", {**told, **words}, answer, 2e-5
        mu = theirs.predict(columns, offset=np.log(km * 3))
        order = np.argsort(aadt, kind="stable")
        walk = np.cumsum((x - mu)[order])
        s = np.cumsum(((x - mu)[order]) ** 2)
        limit = 2 * np.sqrt(s) * np.sqrt(1 - s / s[-1])
        answer = {
            "max_abs_cure": np.abs(walk).max(),
            "mad": np.abs(x - mu).mean(),
            "percent_outside": 100 * (np.abs(walk) > limit).mean(),
        }
        yield "cure", {**told, **words, "limit": 2}, answer, 2e-3
    seen, predicted = drawn(17).integers(0, 9, 40), drawn(18).uniform(0.5, 6, 40)
    c = seen.sum() / predicted.sum()
    v = (seen + 0.3 * seen**2).sum() / predicted.sum() ** 2
    told = {"observed": seen.tolist(), "predicted": predicted.tolist(), "k": 0.3}
    yield "calibration", told, {"factor": c, "variance": v, "cv": math.sqrt(v) / c}, 1e-12
    form = {"form": "exp(b0 + b1 ln AADT_maj + b2 ln AADT_min)", "b0": -9.1, "b1": 0.7, "b2": 0.3}
    told = {**form, "aadt_maj": [9000, 4000], "aadt_min": [900, 1500], "years": 4}
    mu = np.exp(-9.1) * np.array([9000, 4000]) ** 0.7 * np.array([900, 1500]) ** 0.3
    answer = {"predicted_per_year": mu * 0.8, "predicted_total": mu * 3.2}
    yield "spf_predict", {**told, "calibration": 1.0, "cmf": [0.8]}, answer, 1e-12
    told = {"form": "a*AADT^b per mi and year", "a": 0.01, "b": 0.6, "aadt": 5000, "length_km": 3}
    mu = 0.01 * 5000**0.6 * 3 / KM_PER_MILE
    yield "spf_predict", told, {"predicted_per_year": mu}, 1e-12


# ----------------------------------------------------------------------------------------- ground


def windows() -> Iterator[Case]:
    chance = drawn(19)
    at = np.sort(chance.integers(0, 7300, 40))
    starts = [*range(0, 7300 - 400, 100), 7300 - 400]
    starts = list(dict.fromkeys(starts))
    counts = np.array([((at >= a) & (at < a + 400)).sum() for a in starts])
    mu, k = 2.2 * 0.4, 0.35 / 0.4
    w = 1 / (1 + k * mu)
    best = int(np.argmax(counts))
    told = {"crash_km": (at / 1000).tolist(), "length_km": 7.3, "window_km": 0.4, "step_km": 0.1}
    told |= {"pred_per_km_period": 2.2, "k_per_km": 0.35}
    answer = {"n_windows": len(starts), "max_count": counts.max(), "w": w}
    answer |= {"best_start": starts[best] / 1000}
    answer |= {"best_excess": w * mu + (1 - w) * counts[best] - mu}
    yield "sliding_window", told, answer, 1e-9
    values = chance.uniform(1, 9, 12)
    cv = values.std(ddof=1) / values
    told = {"values": values.tolist(), "cv_limit": 0.5, "window_km": 0.1, "segment_km": 1.2}
    passing = values[cv <= 0.5]
    answer = {"mean": values.mean(), "variance": values.var(ddof=1), "cv": cv}
    answer |= {"any_passes": bool(passing.size)}
    answer |= {"ranking_value": passing.max() if passing.size else None}
    yield "peak_search", told, answer, 1e-12


def tails() -> Iterator[Case]:
    chance = drawn(20)
    x, mu = chance.integers(0, 20, 8), chance.uniform(0.2, 12, 8)
    told = {"observed": x.tolist(), "mean": mu.tolist()}
    yield "poisson_tail", told, {"p": stats.poisson.sf(x - 1, mu)}, 1e-12
    for k in (0.01, 0.5, 4.0):
        p = stats.nbinom.sf(x - 1, 1 / k, 1 / (1 + k * mu))
        yield "poisson_tail", {**told, "k": k}, {"p": p}, 1e-10
    told = {"crashes": 230, "segments": 150, "alpha": 0.001}
    mean = 230 / 150
    least = next(n for n in itertools.count() if stats.poisson.sf(n - 1, mean) < 0.001)
    answer = {"min_count": least, "p_at_min": stats.poisson.sf(least - 1, mean)}
    yield "poisson_tail", told, answer, 1e-12
    p = chance.uniform(0, 1, 40) ** 4
    answer = {
        f"adjusted_{ours}": multipletests(p, 0.1, theirs)[1]
        for ours, theirs in (("bh", "fdr_bh"), ("by", "fdr_by"), ("bonferroni", "bonferroni"))
    }
    answer |= {"rejected_by": int(multipletests(p, 0.1, "fdr_by")[0].sum())}
    yield "multiple_testing", {"p": p.tolist(), "alpha": 0.1}, answer, 1e-12


def neighbours() -> Iterator[Case]:
    chance = drawn(21)
    points, values = chance.uniform(0, 100, (40, 2)), chance.poisson(3, 40).astype(float)
    far = np.hypot(*(points[:, None] - points[None]).T)
    near = {i: [j for j in range(40) if j != i and far[i, j] <= 22] for i in range(40)}
    weights = W(near, silence_warnings=True)
    told = {"points": points.tolist(), "values": values.tolist(), "distance_band": 22}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moran = esda.Moran_Local(values, weights, permutations=0)
        hot = esda.G_Local(values, weights, star=True, transform="B", permutations=0)
    yield "local_moran", told, {"normalised_n_minus_1": moran.Is}, 1e-10
    yield "getis_ord", told, {"z": hot.Zs, "p": stats.norm.sf(np.abs(hot.Zs))}, 1e-10
    lists = [near[i] for i in range(40)]
    yield "getis_ord", {"values": values.tolist(), "neighbours": lists}, {"z": hot.Zs}, 1e-10
    points = np.vstack([chance.normal(c, 15, (30, 2)) for c in (0, 200, 500)]).round(1)
    for eps, least in ((12, 4), (25, 6)):
        found = DBSCAN(eps=eps, min_samples=least).fit(points).labels_
        told = {"points_m": points.tolist(), "eps_m": eps, "min_samples": least}
        answer = {"clusters": int(found.max()) + 1, "noise": int((found < 0).sum())}
        yield "dbscan", told, answer, 0
    at, where = np.sort(chance.uniform(0, 900, 15)), np.linspace(0, 900, 19)
    away = np.abs(where[:, None] - at) / 80
    flat = np.where(away < 1, 0.75 * (1 - away**2), 0).sum(axis=1) / 80
    told = {"events_m": at.tolist(), "eval_m": where.tolist(), "bandwidth_m": 80}
    yield "kde_1d", told, {"intensity_per_m": flat, "density": flat / 15}, 1e-12
    ends = [-at, 1800 - at]
    more = sum(
        (np.where(a < 1, 0.75 * (1 - a**2), 0).sum(axis=1) / 80)
        for a in (np.abs(where[:, None] - one) / 80 for one in ends)
    )
    told = {**told, "section_m": 900, "edge_correction": "reflect"}
    yield "kde_1d", told, {"intensity_per_m": flat + more}, 1e-12
    d = [0.0, 40, 149, 150, 151]
    quartic = [3 / (math.pi * 150**2) * max(0.0, 1 - (x / 150) ** 2) ** 2 for x in d]
    yield "kde_planar", {"distances_m": d, "bandwidth_m": 150}, {"per_m2": quartic}, 1e-12
    at, t = [3.0, 10, 22, 40, 41], [1, 12, 40]
    k = [50 / 20 * sum(abs(a - b) <= one for a, b in itertools.permutations(at, 2)) for one in t]
    told = {"points_m": at, "length_m": 50, "t": t, "correction": "none"}
    yield "network_k", told, {"K": k}, 1e-12


# ------------------------------------------------------------------------------------------- time


def kendall(values: Any) -> tuple[float, float]:
    """Return S and its variance, corrected for ties."""
    n, ties = len(values), np.unique(values, return_counts=True)[1]
    s = sum(np.sign(b - a) for a, b in itertools.combinations(values, 2))
    v = n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()
    return float(s), v / 18


def trends() -> Iterator[Case]:
    chance = drawn(22)
    years = np.arange(14)
    y = chance.negative_binomial(30, 30 / (30 + 200 * np.exp(-0.04 * years)))
    fit = sm.GLM(y, sm.add_constant(years - years.mean()), family=sm.families.Poisson()).fit()
    told = {"deaths": y.tolist(), "first_year": 2008}
    phi = fit.pearson_chi2 / fit.df_resid
    answer = {
        "slope": fit.params[1],
        "se": fit.bse[1],
        "deviance": fit.deviance,
        "pearson_phi": phi,
    }
    yield "trend_loglinear", {**told, "family": "poisson"}, answer, 1e-8
    se = fit.bse[1] * math.sqrt(max(1, phi))
    t = stats.t.ppf(0.975, 12)
    ends = [100 * math.expm1(fit.params[1] + sign * t * se) for sign in (-1, 1)]
    yield "trend_loglinear", told, {"se": se, "ci95": ends}, 1e-7
    exposure = np.linspace(5, 8, 14)
    fit = sm.GLM(
        y, sm.add_constant(years), family=sm.families.Poisson(), offset=np.log(exposure)
    ).fit()
    told = {**told, "exposure": exposure.tolist(), "family": "poisson"}
    yield "trend_loglinear", told, {"slope": fit.params[1], "se": fit.bse[1]}, 1e-8
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = NegativeBinomial(y, sm.add_constant((years - 6.5) / 10)).fit(disp=0, maxiter=300)
    told = {"deaths": y.tolist(), "family": "nb"}
    answer = {"slope": fit.params[1] / 10, "k": fit.params[2], "se": fit.bse[1] / 10}
    yield "trend_loglinear", told, answer, 1e-5
    for seed, n in ((23, 9), (24, 15), (25, 30)):
        values = drawn(seed).integers(20, 40, n).tolist()
        s, v = kendall(values)
        z = (s - np.sign(s)) / math.sqrt(v)
        answer = {"s": s, "variance": v, "z": z, "p": 2 * stats.norm.sf(abs(z))}
        answer |= {"sen_slope": stats.theilslopes(values).slope}
        yield "mann_kendall", {"values": values}, answer, 1e-10
    values = drawn(26).permutation(9).tolist()
    pairs = list(itertools.combinations(range(9), 2))
    s = sum(np.sign(values[j] - values[i]) for i, j in pairs)
    p = stats.kendalltau(range(9), values, method="exact").pvalue
    yield "mann_kendall", {"values": values}, {"s": s, "p_exact": p, "tau": s / 36}, 1e-10
    values = drawn(27).poisson(20, 48).tolist()
    each = [kendall(values[month::12]) for month in range(12)]
    s, v = (sum(one) for one in zip(*each, strict=True))
    z = (s - np.sign(s)) / math.sqrt(v)
    answer = {"s": s, "z": z, "p": 2 * stats.norm.sf(abs(z))}
    yield "mann_kendall", {"values": values, "period": 12}, answer, 1e-10
    for count, level in ((0, 0.95), (3, 0.9), (48, 0.99)):
        a = (1 - level) / 2
        low = stats.chi2.ppf(a, 2 * count) / 2 if count else 0.0
        high = stats.chi2.ppf(1 - a, 2 * count + 2) / 2
        told = {"count": count, "exposure": 2.5, "level": level}
        yield "poisson_ci", told, {"lower": low / 2.5, "upper": high / 2.5}, 1e-10
    for a, e, b, f in ((4, 10, 9, 12), (30, 100, 12, 90), (0, 5, 6, 5)):
        p = stats.binomtest(a, a + b, e / (e + f)).pvalue
        low, high = proportion_confint(a, a + b, 0.05, "beta")
        told = {"count_1": a, "exposure_1": e, "count_2": b, "exposure_2": f}
        answer = {"ratio": (a / e) / (b / f), "p": p}
        if a:
            answer |= {"lower": low / (1 - low) * f / e, "upper": high / (1 - high) * f / e}
        yield "rate_ratio", told, answer, 1e-8
    theirs = poisson_two(14, 20, 25, 21, method="etest")
    told = {"count_1": 14, "exposure_1": 20, "count_2": 25, "exposure_2": 21, "test": "etest"}
    yield "rate_ratio", told, {"p": theirs.pvalue}, 1e-6
    told = {"base_year": 2021, "base_value": 480, "target_year": 2030, "year": 2025, "value": 450}
    answer = {"annual_percent": 100 * (0.5 ** (1 / 9) - 1)}
    answer |= {"required_annual_percent": 100 * ((240 / 450) ** (1 / 5) - 1)}
    yield "target_path", told, answer, 1e-10


def hidden() -> Iterator[Case]:
    told = {"n1": 340, "n2": 210, "m": 65, "level": 0.9}
    total = 341 * 211 / 66 - 1
    v = 341 * 211 * 275 * 145 / (66**2 * 67)
    z = stats.norm.ppf(0.95)
    answer = {"estimate": total, "variance": v, "lower": total - z * math.sqrt(v), "usable": True}
    yield "capture_recapture", told, answer, 1e-8
    names = ["A", "B", "C"]
    counts = {"A": 60, "B": 80, "C": 50, "AB": 31, "AC": 22, "BC": 35, "ABC": 17}
    y = np.array(list(counts.values()))
    x = np.array([[1, *(name in key for name in names)] for key in counts], dtype=float)
    pairs = {"A*B": (1, 2), "A*C": (1, 3), "B*C": (2, 3)}
    unseen = {}
    for words in ([], ["A*B"], ["B*C"], ["A*B", "A*C"]):
        more = [x[:, a] * x[:, b] for a, b in (pairs[one] for one in words)]
        fit = sm.GLM(y, np.column_stack([x, *more]), family=sm.families.Poisson()).fit()
        unseen[" + ".join(words) or "independence"] = math.exp(fit.params[0])
    told = {"counts": counts, "sources": dict(zip(names, names, strict=True))}
    yield "capture_recapture_loglinear", told, {"unseen": unseen}, 1e-4
    n = np.array([[90, 40, 9], [60, 55, 12], [30, 44, 20], [20, 35, 22]])
    rows = ["60 day", "90 day", "60 night", "90 night"]
    flat = [(i, j) for i in range(4) for j in range(3) for _ in range(n[i, j])]
    x = np.array([[i % 2 == 0, i >= 2] for i, _ in flat], dtype=float)
    fit = OrderedModel(np.array([j for _, j in flat]), x, distr="logit").fit(
        method="bfgs", disp=0, gtol=1e-9
    )
    cuts = fit.model.transform_threshold_params(fit.params)
    answer = {"speed60": fit.params[0], "night": fit.params[1], "cut1": cuts[1], "cut2": cuts[2]}
    told = {"n": n.tolist(), "rows": rows, "cols": ["PDO", "Injury", "Fatal"]}
    yield "severity_model", told, {**answer, "deviance": -2 * fit.llf}, 1e-4


# ------------------------------------------------------------------------------------------ works


def works() -> Iterator[Case]:
    b, a, c, d = 61, 40, 410, 455
    ratio = d / c / (1 + 1 / c)
    pi = b * ratio
    v = pi**2 * (1 / b + 1 / c + 1 / d + 0.002)
    theta = a / pi / (1 + v / pi**2)
    se = math.sqrt(theta**2 * (1 / a + v / pi**2)) / (1 + v / pi**2)
    told = {
        "treated_before": b,
        "treated_after": a,
        "comparison_before": c,
        "comparison_after": d,
        "var_omega": 0.002,
        "variant": "corrected_ratio",
    }
    answer = {"expected_after": pi, "var_expected_after": v, "theta": theta, "se_theta": se}
    yield "before_after_comparison_group", told, answer, 1e-9
    tables = [(14, 9, 160, 150), (22, 11, 210, 230), (8, 7, 90, 80)]
    steps = np.array([math.log((a * c) / (b * d)) for b, a, c, d in tables])
    w = np.array([1 / sum(1 / n for n in one) for one in tables])
    pooled = (w * steps).sum() / w.sum()
    names = ("treated_before", "treated_after", "comparison_before", "comparison_after")
    told = {"sites": [dict(zip(names, one, strict=True)) for one in tables]}
    q = (w * (steps - pooled) ** 2).sum()
    answer = {"L": steps, "weights": w, "pooled_ratio": math.exp(pooled), "chi2_homogeneity": q}
    answer |= {"z": pooled * math.sqrt(w.sum()), "p_homogeneity": stats.chi2.sf(q, 2)}
    yield "before_after_log_odds", told, answer, 1e-9
    table = np.array([[18, 31], [240, 255]])
    told = {"site_before": 31, "site_after": 18, "control_before": 255, "control_after": 240}
    yates = stats.chi2_contingency(table)
    plain = stats.chi2_contingency(table, correction=False)
    answer = {"chi2": plain.statistic, "chi2_yates": yates.statistic, "p_yates": yates.pvalue}
    yield "before_after_tanner", {**told}, {**answer, "k": 18 / 31 / (240 / 255)}, 1e-9
    told = {"site": [9, 21], "reference": [300, 1500]}
    table = np.array([[9, 21], [300, 1500]])
    plain = stats.chi2_contingency(table, correction=False)
    exact = stats.fisher_exact(table, alternative="greater").pvalue
    answer = {"chi2": plain.statistic, "p": plain.pvalue, "fisher_one_sided": exact}
    yield "over_representation_chi2", told, answer, 1e-9
    told = {"x": 9, "n": 31, "p0": 0.17}
    answer = {"p_one_sided": stats.binom.sf(8, 31, 0.17), "ratio": 9 / (31 * 0.17)}
    yield "over_representation_binomial", told, answer, 1e-10
    for n in (9, 14):
        away = drawn(n).normal(0.03, 0.1, n).round(4).tolist()
        theirs = stats.wilcoxon(away, method="exact")
        up = sum(r for r, one in zip(stats.rankdata(np.abs(away)), away, strict=True) if one > 0)
        yield "shift_in_proportions", {"difference": away}, {"w_plus": up, "p": theirs.pvalue}, 1e-9
    mu_b, mu_a = np.array([4.0, 9, 6.5]), np.array([3.0, 7, 5.0])
    n_b, n_a, k = np.array([7, 15, 6]), np.array([3, 6, 5]), np.array([0.4, 0.2, 0.3])
    w = 1 / (1 + k * mu_b)
    eb = w * mu_b + (1 - w) * n_b
    r = mu_a / mu_b
    e, v = (eb * r).sum(), (eb * r**2 * (1 - w)).sum()
    theta = n_a.sum() / e / (1 + v / e**2)
    se = math.sqrt((n_a.sum() / e) ** 2 * (1 / n_a.sum() + v / e**2) / (1 + v / e**2))
    told = {
        "predicted_before": mu_b.tolist(),
        "predicted_after": mu_a.tolist(),
        "observed_before": n_b.tolist(),
        "observed_after": n_a.tolist(),
        "k": k.tolist(),
    }
    answer = {"odds_ratio": theta, "sum_expected_after": e, "var_expected_after": v, "se_hsm": se}
    hauer = theta * math.sqrt(1 / n_a.sum() + v / e**2) / (1 + v / e**2)
    yield "before_after_eb", told, {**answer, "se_hauer": hauer}, 1e-9


def money() -> Iterator[Case]:
    for rate, life, growth in ((0.1, 20, 0.0), (0.06, 7, 0.02), (0.0, 12, 0.0), (0.05, 9, 0.05)):
        factor = sum((1 + growth) ** (t - 1) / (1 + rate) ** t for t in range(1, life + 1))
        told = {"rate": rate, "years": life, "growth": growth}
        yield "annuity_factor", told, {"factor": factor}, 1e-6
    lam = np.array([6.0, 1, 4, 9, 3, 2, 8, 0.5])
    score = np.array([5.0, 0.2, 1, 3, 4, 2, 1.5, 0.1])
    true, told_worst = set(np.argsort(-lam)[:3]), set(np.argsort(-score)[:3])
    right = len(true & told_worst)
    answer = {"false_identification": 1 - right / 3, "sensitivity": right / 3}
    answer |= {"specificity": (8 - len(true | told_worst)) / 5}
    given = {"true_lambda": lam.tolist(), "score": score.tolist(), "top": 3}
    yield "identification_metrics", given, answer, 1e-10


def lengths() -> Iterator[Case]:
    aadt, km, x = sites(17)

    def worse(b: Any) -> float:
        mu = np.exp(b[0] + b[1] * np.log(aadt)) * km * 3
        k = np.exp(b[2]) / km
        return -float(stats.nbinom.logpmf(x, 1 / k, 1 / (1 + k * mu)).sum())

    found = optimize.minimize(worse, [-7.4, 0.85, -1.0], method="Nelder-Mead", tol=1e-12)
    found = optimize.minimize(worse, found.x, method="Nelder-Mead", options={"xatol": 1e-10})
    told = {"aadt": aadt.tolist(), "crashes": x.tolist(), "years": 3}
    told |= {"model": "ln mu = b0 + b1 ln AADT + ln(L T); k_i = k0/L"}
    answer = {"b0": found.x[0], "b1": found.x[1], "k0_per_km": math.exp(found.x[2])}
    yield (
        "spf_fit",
        {**told, "length_km": km.tolist()},
        {**answer, "log_likelihood": -found.fun},
        2e-4,
    )
    # In miles the model is per mile and year, and k0 is in miles; it is the same model.
    miles = {"length_mi": (km / KM_PER_MILE).tolist()}
    answer |= {"b0": found.x[0] + math.log(KM_PER_MILE)}
    answer |= {"k0_per_mi": answer["k0_per_km"] / KM_PER_MILE}
    yield "spf_fit", {**told, **miles}, answer, 2e-4


def joints() -> Iterator[Case]:
    chance = drawn(31)
    years = np.arange(18)
    y = chance.poisson(np.exp(5 + 0.05 * years - 0.11 * np.maximum(years - 8, 0)))
    fits = {}
    for at in range(2, 16):
        x = np.column_stack([np.ones(18), years, np.maximum(years - at, 0)])
        fits[at] = sm.GLM(y, x, family=sm.families.Poisson()).fit()
    at = min(fits, key=lambda one: fits[one].deviance)
    first, more = fits[at].params[1:]
    line = sm.GLM(y, sm.add_constant(years), family=sm.families.Poisson()).fit()
    answer = {"joinpoint_year": 2000 + at, "deviance": fits[at].deviance}
    answer |= {"deviance_no_joinpoint": line.deviance, "annual_percent_1": 100 * math.expm1(first)}
    answer |= {"annual_percent_2": 100 * math.expm1(first + more)}
    told = {"deaths": y.tolist(), "first_year": 2000, "min_end": 2, "family": "poisson"}
    yield "joinpoint", told, answer, 1e-6


def rules() -> Iterator[Case]:
    scores = np.array([3.0, 12, 7, 30, 5, 9, 11])
    mean = scores.mean()
    told = {"scores": scores.tolist(), "psi": 1.645}
    limits = mean + 1.645 * np.sqrt(mean)
    assert limits > 0
    yield "control_limit", told, {"mean": mean}, 1e-12
    chance = drawn(32)
    points = chance.uniform(0, 300, (14, 2)).round(1)
    centres = [*points]
    for a, b in itertools.permutations(points, 2):
        half = np.hypot(*(b - a)) / 2
        if half <= 60:
            across = np.array([-(b - a)[1], (b - a)[0]]) / (2 * half)
            centres.append((a + b) / 2 + across * math.sqrt(60**2 - half**2))
    most = max(int((np.hypot(*(points - c).T) <= 60 + 1e-6).sum()) for c in centres)
    told = {"points_m": points.tolist(), "radius_m": 60, "min_count": 3, "years": 3}
    yield "circular_window", told, {"max_count": most, "flagged": most >= 3}, 0
    at = np.sort(chance.integers(0, 9000, 40)).tolist()
    kinds = chance.choice(list("ABC"), 40).tolist()
    meets = np.zeros(40, dtype=bool)
    for i in range(40):
        for j in range(i, 40):
            if at[j] - at[i] <= 500:
                inside = kinds[i : j + 1]
                if len(inside) >= 5 or max(map(inside.count, "ABC")) >= 3:
                    meets[i : j + 1] = True
    told = {"chainage_m": at, "type": kinds, "max_length_m": 500, "years": 1}
    told |= {"rule": {"combine": "any", "same_type_min": 3, "any_type_min": 5}}
    yield "anchored_window", told, {"flagged": bool(meets.any())}, 0


def programmes() -> Iterator[Case]:
    factor = sum(1 / 1.06**t for t in range(1, 16))
    benefit = 1.8 * 0.25 * 120000 + 6 * 0.1 * 5000
    cost = 210000 + 3000 * factor
    told = {
        "expected_fi_per_year": 1.8,
        "cmf_fi": 0.75,
        "cost_fi": 120000,
        "expected_pdo_per_year": 6.0,
        "cmf_pdo": 0.9,
        "cost_pdo": 5000,
        "discount_rate": 0.06,
        "life_years": 15,
        "capital": 210000,
        "annual_maintenance": 3000,
    }
    answer = {"pv_benefit": benefit * factor, "npv": benefit * factor - cost}
    answer |= {"bcr": benefit * factor / cost}
    inner = optimize.brentq(
        lambda r: (benefit - 3000) * (1 - (1 + r) ** -15) / r - 210000, 1e-6, 5, xtol=1e-12
    )
    yield "appraisal", told, {**answer, "irr": inner}, 1e-5
    chance = drawn(33)
    costs, benefits = chance.integers(10, 60, 9), chance.integers(10, 200, 9)
    options = [
        {"name": f"o{i}", "cost": int(c), "benefit": int(b)}
        for i, (c, b) in enumerate(zip(costs, benefits, strict=True))
    ]
    best = max(
        sum(one["benefit"] - one["cost"] for one in some)
        for n in range(10)
        for some in itertools.combinations(options, n)
        if sum(one["cost"] for one in some) <= 130
    )
    told = {"options": options, "budget": 130, "rule": "knapsack"}
    yield "budget", told, {"npv": best}, 1e-9
    for cmf in ([0.7, 0.8], [0.5, 0.6, 0.9]):
        told = {"cmf": cmf, "rule": "multiplicative"}
        yield "cmf_combine", told, {"cmf_total": math.prod(cmf)}, 1e-12
    told = {"v_before": 64, "v_after": 58.5, "exponent": 4.1, "outcome": "fatal crashes"}
    yield "power_model", told, {"ratio": (58.5 / 64) ** 4.1}, 1e-12
    told = {"v_before": 64, "v_after": 58.5, "beta": 0.07}
    yield "exponential_model", told, {"ratio": math.exp(0.07 * -5.5)}, 1e-12
    told = {"speeds": [35, 90], "reaction_s": 2.0, "deceleration": 4.5, "round_up_to": 1}
    d = [0.278 * v * 2.0 + 0.039 * v**2 / 4.5 for v in (35, 90)]
    answer = {"distance": d, "design_distance": np.ceil(d)}
    yield "stopping_sight_distance", told, answer, 1e-9


def ranges() -> Iterator[Case]:
    x, e = np.array([4, 30, 12, 9, 41, 7]), np.array([1.0, 4, 2.5, 3, 3.5, 1.2])
    fit = NegativeBinomial(x, np.ones((6, 1)), offset=np.log(e)).fit(disp=0)
    told = {"counts": x.tolist(), "exposure": e.tolist()}
    answer = {"rate": math.exp(fit.params[0]), "k": fit.params[1], "rates": x / e}
    yield "funnel", told, answer, 1e-4
    told = {"mean": 3.2, "variance": 7.4, "observed": 11}
    w = 3.2 / 7.4
    answer = {"weight": w, "expected": w * 3.2 + (1 - w) * 11}
    answer |= {"rtm_percent": 100 * ((w * 3.2 + (1 - w) * 11) / 11 - 1)}
    yield "regression_to_mean", told, answer, 1e-10
    told = {"count": 120, "completeness": 0.6, "variance": 0.0016}
    v = 120 / 0.36 + 120**2 * 0.0016 / 0.6**4
    yield "completeness_adjustment", told, {"adjusted": 200, "variance": v}, 1e-9
    told = {"deaths": 731, "definition_days": 3, "factors": {"3": 1.12}}
    yield "deaths_30day", told, {"deaths_30d": 731 * 1.12}, 1e-9
    values = drawn(34).integers(10, 90, 22).astype(float)
    residual = values - stats.theilslopes(values).slope * np.arange(1, 23)
    rank = stats.rankdata(residual)
    centred = rank - rank.mean()
    r = np.array([(centred[: 22 - i] * centred[i:]).sum() for i in range(1, 22)])
    r = r / (centred**2).sum()
    limit = stats.norm.ppf(0.975) / math.sqrt(22)
    i = np.arange(1, 22)
    terms = (22 - i) * (22 - i - 1) * (22 - i - 2) * r
    grown = 1 + 2 / (22 * 21 * 20) * terms[np.abs(r) > limit].sum()
    s, v = kendall(values)
    z = (s - np.sign(s)) / math.sqrt(v * grown)
    told = {"values": values.tolist(), "variant": "hamed_rao"}
    yield "mann_kendall", told, {"s": s, "z": z}, 1e-8


GROUPS: tuple[Callable[[], Iterator[Case]], ...] = (
    *(rates, severities, services, shares, estimates, models, windows, tails, neighbours),
    *(trends, hidden, works, money),
    *(lengths, joints, rules, programmes, ranges),
)
ALL = [case for group in GROUPS for case in group()]


@pytest.mark.parametrize(
    ("method", "inputs", "expected", "near"),
    ALL,
    ids=[f"{number}-{case[0]}" for number, case in enumerate(ALL)],
)
def test_a_second_library_says_the_same(method, inputs, expected, near):
    case = {"method": method, "inputs": inputs, "expected": expected, "tolerance": {"abs": near}}
    assert reference_cases.failures(reference_cases.plain(case), METHODS) == []
