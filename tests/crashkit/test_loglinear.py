"""Log-linear models against statsmodels, and what must hold of every fit."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from scipy.optimize import minimize_scalar

from crashkit import loglinear

T = np.arange(12.0)
X = np.column_stack([np.ones(12), T - T.mean()])
SCATTERED = np.array([61, 20, 94, 55, 12, 57, 89, 50, 24, 67, 31, 43])
EVEN = np.array([61, 58, 64, 55, 52, 57, 49, 50, 44, 47, 41, 43])


def test_a_poisson_fit_is_the_one_of_statsmodels():
    exposure = np.linspace(1, 3, 12)
    oracle = sm.GLM(SCATTERED, X, family=sm.families.Poisson(), offset=np.log(exposure)).fit()
    found = loglinear.poisson(SCATTERED, X, np.log(exposure))
    assert found.coefficients == pytest.approx(oracle.params, rel=1e-9)
    assert found.covariance == pytest.approx(oracle.cov_params(), rel=1e-5)
    assert found.deviance == pytest.approx(oracle.deviance)
    assert found.pearson_phi == pytest.approx(oracle.pearson_chi2 / 10)
    assert found.aic == pytest.approx(oracle.aic)


def test_a_negative_binomial_fit_is_the_one_of_statsmodels():
    oracle = sm.NegativeBinomial(SCATTERED, X).fit(disp=0, maxiter=200)
    found = loglinear.negative_binomial(SCATTERED, X)
    assert found.coefficients == pytest.approx(oracle.params[:2], abs=1e-5)
    assert found.k == pytest.approx(oracle.params[2], rel=1e-4)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(oracle.bse[:2], rel=1e-4)
    assert found.aic == pytest.approx(oracle.aic, abs=1e-6)


def test_counts_that_scatter_less_than_chance_are_poisson():
    found = loglinear.negative_binomial(EVEN, X)
    assert found.k == 0
    assert found.deviance == loglinear.poisson(EVEN, X).deviance


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 500), min_size=4, max_size=20).filter(any), st.randoms())
def test_the_fit_keeps_the_sum_and_does_not_know_the_order(counts, chance):
    t = np.arange(float(len(counts)))
    x = np.column_stack([np.ones(t.size), t - t.mean()])
    found = loglinear.poisson(counts, x)
    if found.converged:
        assert found.means.sum() == pytest.approx(sum(counts), rel=1e-6)
    order = list(range(len(counts)))
    chance.shuffle(order)
    again = loglinear.poisson(np.array(counts)[order], x[order])
    assert again.deviance == pytest.approx(found.deviance, abs=1e-6)


def test_large_counts_that_scatter_a_little_more_than_chance_are_not_poisson():
    y = np.array([1_000_000, 1_001_500, 998_700, 1_003_000, 997_100, 1_000_400])
    found = loglinear.negative_binomial(y, np.ones((6, 1)))
    oracle = minimize_scalar(
        lambda k: -scipy_stats.nbinom.logpmf(y, 1 / k, 1 / (1 + k * y.mean())).sum(),
        bounds=(1e-8, 1e-5),
        method="bounded",
        options={"xatol": 1e-13},
    )
    assert found.k == pytest.approx(oracle.x, rel=1e-3)


def test_no_counts_at_all_are_not_fitted():
    assert not loglinear.poisson(np.zeros(12), X).converged


def test_columns_that_say_the_same_are_not_fitted():
    assert not loglinear.poisson(EVEN, np.ones((12, 2))).converged


@pytest.mark.parametrize(
    ("counts", "columns", "offset"),
    [
        ([1, -1], np.ones((2, 1)), 0.0),
        ([1, 2], np.ones((3, 1)), 0.0),
        ([1, 2], np.ones((2, 1)), np.inf),
    ],
)
def test_what_are_no_counts_is_refused(counts, columns, offset):
    with pytest.raises(ValueError, match=r"count|finite"):
        loglinear.poisson(counts, columns, offset)


@pytest.mark.parametrize("counts", [[2981, 1747, 1024, 600], [0, 0, 0, 10**6], [9, 800, 2, 68, 4]])
def test_counts_too_even_or_too_wild_are_fitted_too(counts):
    t = np.arange(len(counts))
    x = np.column_stack([np.ones(t.size), t - t.mean()])
    found = loglinear.poisson(counts, x)
    assert found.converged
    assert x.T @ (np.array(counts) - found.means) == pytest.approx([0, 0], abs=1e-3 * sum(counts))
    assert (np.diag(loglinear.negative_binomial(counts, x).covariance) > 0).all()
