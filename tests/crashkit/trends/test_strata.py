"""One ratio of daily rates within strata, against a regression with a dummy for each stratum."""

import numpy as np
import pytest
import statsmodels.api as sm

from crashkit.trends import strata


def made(ratio, seed=1, groups=40, days=30, spread=0.0):
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(groups), days)
    base = rng.gamma(2, 0.5, groups)[stratum]
    exposed = rng.random(len(stratum)) < rng.uniform(0.05, 0.6, groups)[stratum]
    mean = base * np.where(exposed, ratio, 1)
    if spread:
        mean = mean * rng.gamma(1 / spread, spread, len(mean))
    return rng.poisson(mean), exposed, stratum


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_ratio_and_limits_are_those_of_quasi_poisson_regression(spread):
    events, exposed, stratum = made(1.6, spread=spread)
    found = strata.ratio(events, exposed, stratum)
    told = [
        s for s in range(40) if 0 < exposed[stratum == s].sum() < 30 and events[stratum == s].sum()
    ]
    rows = np.isin(stratum, told)
    design = np.column_stack(
        [exposed[rows].astype(float), *((stratum[rows] == s).astype(float) for s in told)]
    )
    fit = sm.GLM(events[rows], design, family=sm.families.Poisson()).fit(scale="X2", tol=1e-12)
    assert found.ratio == pytest.approx(np.exp(fit.params[0]), rel=1e-6)
    assert found.overdispersion == pytest.approx(max(fit.scale, 1), rel=1e-6)
    if fit.scale > 1:
        assert [found.lower, found.upper] == pytest.approx(np.exp(fit.conf_int()[0]), rel=1e-4)
        assert found.p == pytest.approx(fit.pvalues[0], rel=1e-3, abs=1e-12)
    assert found.strata == len(told)


def test_a_single_stratum_is_the_plain_ratio():
    found = strata.ratio(
        np.array([3, 3, 2, 0]), np.array([True, True, False, False]), np.zeros(4, dtype=int)
    )
    assert found.ratio == pytest.approx(3.0)


def test_strata_that_cannot_compare_tell_nothing():
    events = np.array([5, 5, 1, 2, 0, 0])
    exposed = np.array([True, True, True, False, True, False])
    found = strata.ratio(events, exposed, np.array([0, 0, 1, 1, 2, 2]))
    assert (found.strata, found.days_with, found.events_with) == (1, 1, 1)


def test_without_events_on_one_side_there_is_no_ratio():
    found = strata.ratio(np.array([0, 2]), np.array([True, False]), np.array([0, 0]))
    assert np.isnan(found.ratio)
    assert strata.ratio(np.zeros(0, int), np.zeros(0, bool), np.zeros(0, int)).strata == 0


def test_limits_hold_the_truth_as_often_as_they_say():
    held = 0
    for seed in range(60):
        found = strata.ratio(*made(1.5, seed=seed, groups=12, days=20, spread=0.5))
        held += found.lower <= 1.5 <= found.upper
    assert held >= 52
