import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit import proportions

X, N = np.array([21, 2, 5, 2, 1, 2, 0]), np.array([35, 23, 34, 17, 17, 13, 11])
"""Right-angle crashes of the stop-controlled junctions of the manual, and all their crashes."""


def test_the_sample_of_the_manual_has_its_prior_and_its_probabilities():
    found = proportions.shares(X, N)
    assert found.threshold == pytest.approx(0.22)
    assert (found.prior.alpha, found.prior.beta) == pytest.approx((0.91, 3.2), abs=0.05)
    assert found.probability[[0, 2]] == pytest.approx([1.0, 0.1347], abs=1e-4)
    assert found.excess[0] == pytest.approx(0.38)
    assert found.over().tolist() == [True] + [False] * 6


SITES = st.lists(
    st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=20,
)


@given(SITES)
def test_the_probability_is_the_tail_of_the_beta_distribution_of_scipy(sites):
    x, n = (np.array(one) for one in zip(*sites, strict=True))
    found = proportions.shares(x, n)
    if not n.sum():
        assert np.isnan(found.probability).all()
        return
    beta = scipy_stats.beta(found.prior.alpha + x, found.prior.beta + n - x)
    some = n > 0
    assert found.probability[some] == pytest.approx(beta.sf(found.threshold)[some], abs=1e-9)
    assert np.isnan(found.probability[~some]).all()
    assert (found.excess[some] * n[some]).sum() == pytest.approx(0, abs=1e-9)


def test_places_that_do_not_differ_get_a_prior_that_knows_nothing():
    found = proportions.shares([5, 5, 5], [10, 10, 10])
    assert (found.prior.alpha, found.prior.beta) == (0.5, 0.5)
    assert found.prior.reason == proportions.ALIKE
    assert not found.over().any()
    assert proportions.prior([3, 1, 0], [9, 1, 1]).reason == proportions.TOO_FEW


def test_a_place_with_one_crash_is_judged_but_says_nothing_of_the_others():
    alone = proportions.prior([21, 2, 5], [35, 23, 34])
    with_one = proportions.prior([21, 2, 5, 1], [35, 23, 34, 1])
    assert with_one.variance == alone.variance
    assert proportions.shares([21, 2, 5, 1], [35, 23, 34, 1]).probability[3] > 0.5
