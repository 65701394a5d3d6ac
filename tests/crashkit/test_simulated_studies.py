"""Made-up studies of which the truth is known: limits hold it, and designs find what is there."""

import numpy as np
import pytest

from crashkit import evaluation
from crashkit.trends import joinpoints, slopes

K = 0.8


def treated(rng, effect=1.0):
    """Make 400 sites, treat the forty with most crashes, and return what is known of these."""
    predicted = rng.uniform(1, 8, size=400)
    true = rng.gamma(1 / K, K * predicted)
    before, after = rng.poisson(true), rng.poisson(true)
    worst = np.argsort(-before, kind="stable")[:40]
    return before[worst], rng.binomial(after[worst], effect), predicted[worst]


def test_the_naive_design_takes_the_regression_to_the_mean_for_an_effect():
    rng = np.random.default_rng(11)
    naive, bayes, held = [], [], 0
    for _ in range(60):
        before, after, predicted = treated(rng)
        naive.append(evaluation.naive(before, after).ratio)
        found = evaluation.empirical_bayes(before, after, predicted, predicted, K).whole
        bayes.append(found.ratio)
        low, high = found.limits()
        held += low <= 1 <= high
    # Nothing was done to these sites.
    assert np.mean(naive) < 0.92
    assert np.mean(bayes) == pytest.approx(1, abs=0.03)
    assert held >= 54


def test_empirical_bayes_finds_the_effect_there_is():
    rng = np.random.default_rng(12)
    found = []
    for _ in range(60):
        before, after, predicted = treated(rng, effect=0.7)
        whole = evaluation.empirical_bayes(before, after, predicted, predicted, K).whole
        found.append(whole.ratio)
    assert np.mean(found) == pytest.approx(0.7, abs=0.02)


def scattered(rng, years, phi):
    """Make counts that fall by 2 % a year and scatter phi times more than chance."""
    means = 400 * np.exp(-0.02 * np.arange(years))
    return rng.poisson(rng.gamma(means / (phi - 1), phi - 1))


def test_the_limits_of_a_trend_hold_it_where_years_scatter_more_than_chance():
    rng = np.random.default_rng(13)
    held = {"quasi_poisson": 0, "poisson": 0}
    for _ in range(120):
        counts = scattered(rng, 12, 6)
        for family in held:
            low, high = slopes.slope(counts, range(12), family=family).slope_limits
            held[family] += low <= -0.02 <= high
    assert held["quasi_poisson"] >= 108
    assert held["poisson"] <= 90


@pytest.mark.slow
def test_a_trend_that_does_not_turn_is_seldom_said_to():
    rng = np.random.default_rng(14)
    turned = {"permutation": 0, "bic": 0}
    for _ in range(150):
        counts = scattered(rng, 16, 10)
        for choose in turned:
            turned[choose] += bool(joinpoints.joinpoints(counts, range(16), choose=choose).years)
    assert turned["permutation"] <= 15
    assert turned["bic"] > turned["permutation"]
