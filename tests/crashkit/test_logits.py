"""Severity models against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from crashkit import logits

N = np.array([[120, 60, 4], [80, 70, 10], [30, 45, 12], [50, 40, 6], [35, 48, 14], [12, 30, 15]])
X = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 1], [0, 1, 1], [0, 0, 1]])
ROWS = np.repeat(np.repeat(np.arange(6), 3), N.ravel())
SEVERITY = np.repeat(np.tile([0, 1, 2], 6), N.ravel())


def test_an_ordered_model_is_the_published_one_and_that_of_statsmodels():
    found = logits.ordered(N, X)
    assert found.converged
    assert found.coefficients == pytest.approx([-1.405765, -0.735683, 0.644889], abs=1e-6)
    assert found.cuts == pytest.approx([-0.721977, 1.854581], abs=1e-6)
    assert found.deviance == pytest.approx(1201.362024)
    oracle = OrderedModel(SEVERITY, X[ROWS], distr="logit").fit(method="bfgs", disp=0, gtol=1e-8)
    assert found.errors == pytest.approx(oracle.bse[:3], rel=1e-3)
    assert found.chances(X) == pytest.approx(oracle.predict(X), abs=1e-5)


def test_a_binary_model_is_that_of_statsmodels():
    whole = np.column_stack([np.ones(6), X])
    found = logits.binary(N[:, 2], N.sum(axis=1), whole)
    oracle = sm.Logit(SEVERITY == 2, whole[ROWS]).fit(disp=0)
    assert found.coefficients == pytest.approx(oracle.params, abs=1e-7)
    assert found.errors == pytest.approx(oracle.bse, rel=1e-6)
    assert found.deviance == pytest.approx(-2 * oracle.llf)
    assert found.chances(whole) == pytest.approx(oracle.predict(whole))


def test_a_multinomial_model_is_that_of_statsmodels():
    whole = np.column_stack([np.ones(6), X])
    found = logits.multinomial(N, whole)
    oracle = sm.MNLogit(SEVERITY, whole[ROWS]).fit(disp=0)
    assert found.coefficients == pytest.approx(oracle.params, abs=1e-6)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(
        np.asarray(oracle.bse).ravel(order="F"), rel=1e-5
    )
    assert found.chances(whole).sum(axis=1) == pytest.approx(np.ones(6))


def drawn(rng, b_low, b_high, n=4000):
    x = rng.normal(size=(n, 1))
    u = rng.logistic(size=n)
    severe = (u + b_low * x[:, 0] > 0.5).astype(int)
    severe += severe * (u + b_high * x[:, 0] > 1.5)
    return np.eye(3)[severe], x


def test_proportional_odds_pass_the_test_of_brant_and_others_do_not():
    rng = np.random.default_rng(4)
    p = [logits.brant(*drawn(rng, 0.6, 0.6)).p for _ in range(60)]
    assert 0.3 < np.mean(p) < 0.7
    assert logits.brant(*drawn(rng, 0.2, 0.9)).p < 1e-4


def test_the_test_of_brant_agrees_with_the_robust_covariance():
    n, x = drawn(np.random.default_rng(9), 0.5, 0.6)
    whole = np.column_stack([np.ones(len(x)), x])
    above = [n[:, 1:].sum(axis=1), n[:, 2]]
    pushes = []
    slopes = []
    for y in above:
        fit = logits.binary(y, np.ones(len(y)), whole)
        slopes.append(fit.coefficients[1])
        pushes.append(((y - fit.chances(whole))[:, None] * whole @ fit.covariance)[:, 1])
    spread = np.sum((pushes[1] - pushes[0]) ** 2)
    found = logits.brant(n, x)
    assert found.chi2 == pytest.approx((slopes[1] - slopes[0]) ** 2 / spread, rel=0.1)
    assert found.df == 1
    assert found.by_column == ((found.chi2, 1, found.p),)


def test_indicators_leave_the_base_out():
    columns, levels = logits.indicators(["day", "night", "dusk", "night"], "day")
    assert levels == ("night", "dusk")
    assert columns.tolist() == [[0, 0], [1, 0], [0, 1], [1, 0]]
    with pytest.raises(ValueError, match="base"):
        logits.indicators(["day"], "night")


def test_what_cannot_be_fitted_is_refused_or_said():
    with pytest.raises(ValueError, match="occurs"):
        logits.ordered([[3, 0, 2], [1, 0, 1]], [[0], [1]])
    with pytest.raises(ValueError, match="three"):
        logits.brant([[3, 2], [1, 1]], [[0], [1]])
    with pytest.raises(ValueError, match="negative"):
        logits.ordered([[3, -2], [1, 1]], [[0], [1]])
    with pytest.raises(ValueError, match="row"):
        logits.ordered([[3, 2]], [[0], [1]])
    # All severe crashes by night: the coefficient runs away.
    apart = logits.binary([0, 10], [10, 10], [[1, 0], [1, 1]])
    assert not apart.converged
