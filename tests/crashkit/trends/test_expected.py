"""A count beside earlier ones: the conditional test, its limits turned round, and the scatter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit.trends import expected, ratios


@pytest.mark.parametrize(("x", "before"), [(12, 25), (0, 25), (3, 0), (0, 0), (123, 700)])
def test_the_p_value_is_twice_the_smaller_binomial_tail(x, before):
    law = scipy_stats.binom(x + before, 1 / 6)
    wanted = min(1.0, 2 * min(law.cdf(x), law.sf(x - 1)))
    assert expected.p_values([x], [before], 1 / 6)[0] == pytest.approx(wanted, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.floats(0.05, 0.6), st.sampled_from([1.0, 1.7, 5.0]))
def test_limits_hold_just_the_counts_that_the_test_does_not_refuse(before, share, scatter):
    low, high = (int(one) for one in expected.limits(before, share, scatter=scatter))
    counts = np.arange(max(0, low - 1), high + 2)
    p = expected.p_values(counts, np.full(counts.size, before), share, scatter=scatter)
    inside = (counts >= low) & (counts <= high)
    assert (inside == (p > 0.05 + 1e-12)).all() or np.isclose(p, 0.05).any()


def test_a_change_without_scatter_is_the_exact_ratio():
    found = ratios.rate_ratio(123, 1, 700, 5)
    percents = [100 * (one - 1) for one in (found.ratio, found.lower, found.upper)]
    assert expected.change(123, 700, 5) == pytest.approx(percents)
    wider = expected.change(123, 700, 5, scatter=3)
    assert wider[0] == pytest.approx(percents[0])
    assert wider[1] < percents[1] and wider[2] > percents[2]


def test_nothing_before_is_no_end_of_the_change():
    assert expected.change(3, 0, 5)[2] == float("inf")
    assert expected.change(0, 20, 5)[:2] == (-100, -100)


def test_scatter_is_pearson_by_its_degrees_of_freedom_and_one_at_least():
    # (100 + 0 + 100) / 20 / 2
    assert expected.scatter([[10, 20, 30]]) == pytest.approx(5)
    assert expected.scatter([[20, 20, 20], [0, 0, 0]]) == 1
    # Twice the days, twice the count: no scatter beyond chance.
    assert expected.scatter([[10, 20]], [[1, 2]]) == 1


def test_few_years_widen_as_t_does():
    assert expected.by_few(1.0, 4) == pytest.approx((2.776445 / 1.959964) ** 2, rel=1e-5)
