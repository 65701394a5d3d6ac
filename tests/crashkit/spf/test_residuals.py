import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spf

SITES = st.lists(
    st.tuples(st.integers(0, 30), st.floats(0.1, 30), st.floats(0, 100)), min_size=1, max_size=40
)


@given(SITES)
def test_the_walk_is_of_what_was_seen_above_the_prediction_and_ends_at_its_sum(sites):
    x, mu, by = (np.array(one, dtype=float) for one in zip(*sites, strict=True))
    found = spf.cure(x, mu, by)
    # nbeb.py walks the other way: predicted minus observed.
    assert found.walk[-1] == pytest.approx((x - mu).sum(), abs=1e-9)
    assert (np.diff(found.covariate) >= 0).all()
    assert found.limit[-1] == 0
    assert found.mad == pytest.approx(np.abs(x - mu).mean())
    assert found.accepted is None


def test_equal_values_keep_the_order_of_the_sites():
    found = spf.cure([1, 2, 3, 4], [2, 2, 2, 2], [5, 1, 5, 1])
    assert found.order.tolist() == [1, 3, 0, 2]
    assert found.walk.tolist() == [0, 2, 1, 2]


def sample(n=400):
    chance = np.random.default_rng(1)
    aadt = np.exp(chance.normal(8, 0.6, n))
    mu = np.exp(-6 + 0.9 * np.log(aadt))
    return chance.poisson(mu * chance.gamma(2, 0.5, n)), mu, aadt


def test_a_good_model_is_accepted_and_a_bent_one_is_not():
    x, mu, aadt = sample()
    even = mu + np.where(np.argsort(np.argsort(aadt)) % 2, 1, -1)
    assert spf.cure(even, mu, aadt).accepted is True
    bent = mu**0.3
    assert spf.cure(x, bent * mu.sum() / bent.sum(), aadt).accepted is False
    assert spf.cure(x, mu, aadt).outside <= spf.cure(x, mu, aadt, limit=1.0).outside


def test_few_sites_are_not_judged_and_it_is_said():
    found = spf.cure([1, 2], [1.5, 1.5], [1, 2])
    assert found.accepted is None
    assert "100" in str(found.notes[0])
    assert np.isnan(spf.cure([], [], []).outside)


def test_the_modified_share_leaves_out_what_chance_makes():
    x, mu, aadt = sample()
    found = spf.cure(x, mu, aadt)
    plain = 1 - ((x - mu) ** 2).sum() / ((x - x.mean()) ** 2).sum()
    assert found.modified_r2 > plain
    assert np.isnan(spf.cure([2, 2], [2, 2], [1, 2]).modified_r2)
