"""Mann-Kendall and Sen, against scipy, and against all orders of a few values."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit.trends import ranks

FALLING = [61, 58, 64, 55, 52, 57, 49, 50, 44, 47, 41, 43]


def test_a_falling_series_is_told_as_published():
    found = ranks.mann_kendall(FALLING)
    assert (found.s, found.sen_slope) == (-52, -2.0)
    assert found.p_exact == pytest.approx(0.0001074234408)
    assert found.p == found.p_normal == pytest.approx(0.0004701692793)
    assert found.sen_limits[0] <= -2.0 <= found.sen_limits[1] < 0


@given(st.lists(st.integers(-1000, 1000), min_size=3, max_size=12, unique=True))
def test_without_ties_scipy_agrees(values):
    found = ranks.mann_kendall(values)
    oracle = scipy_stats.kendalltau(range(len(values)), values, method="exact")
    assert found.tau == pytest.approx(oracle.statistic)
    assert found.p_exact == pytest.approx(oracle.pvalue)
    assert found.sen_slope == pytest.approx(scipy_stats.theilslopes(values).slope)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=6))
def test_with_ties_the_exact_p_counts_all_orders(values):
    found = ranks.mann_kendall(values)
    every = [abs(ranks.mann_kendall(list(order)).s) for order in permutations(values)]
    assert found.p_exact == pytest.approx(np.mean([s >= abs(found.s) for s in every]))


def test_the_variance_allows_for_ties():
    # n = 6 with one pair and one triple: (6*5*17 - 2*1*9 - 3*2*11) / 18.
    found = ranks.mann_kendall([1, 1, 2, 2, 2, 3])
    assert found.variance == pytest.approx((510 - 18 - 66) / 18)
    oracle = scipy_stats.kendalltau(range(6), [1, 1, 2, 2, 2, 3])
    assert found.tau_b == pytest.approx(oracle.statistic)


def test_up_to_ten_values_are_judged_by_the_exact_p():
    found = ranks.mann_kendall([5, 4, 3, 2, 1, 0, -1, -2])
    assert found.p == found.p_exact == pytest.approx(2 / 40320)
    assert found.reason is None


def test_a_series_too_short_to_tell_says_so():
    assert "fewer than 8" in str(ranks.mann_kendall([3, 2, 1]).reason)
    empty = ranks.mann_kendall([])
    assert empty.n == 0
    assert np.isnan([empty.tau, empty.sen_slope, empty.p_exact]).all()


def test_missing_values_are_left_out_and_their_times_kept():
    found = ranks.mann_kendall([1, np.nan, 3, 4])
    assert (found.n, found.s, found.sen_slope) == (3, 3, 1.0)
    assert ranks.mann_kendall([4, 3, 1], [2025, 2024, 2022]).sen_slope == 1.0


def test_a_season_is_compared_with_itself_only():
    months = np.tile([10, 50, 30, 20], 6) + np.repeat(np.arange(6), 4)
    found = ranks.seasonal(months, 4)
    assert found.s == 4 * 15
    assert found.variance == pytest.approx(4 * 6 * 5 * 17 / 18)
    assert (found.sen_slope, found.tau) == (1.0, 1.0)
    assert abs(ranks.mann_kendall(months).tau) < 0.3


def test_one_season_is_the_plain_test():
    plain, one = ranks.mann_kendall(FALLING), ranks.seasonal(FALLING, 1)
    assert (plain.s, plain.z, plain.sen_slope) == (one.s, one.z, one.sen_slope)


def by_loops(values):
    """Hamed and Rao as printed, one lag after another."""
    n = len(values)
    left = np.array(values) - np.arange(n) * scipy_stats.theilslopes(values).slope
    r = scipy_stats.rankdata(left)
    r = r - r.mean()
    total = 0.0
    for lag in range(1, n):
        rho = sum(r[i] * r[i + lag] for i in range(n - lag)) / sum(r * r)
        if abs(rho) > 1.959963984540054 / np.sqrt(n):
            total += (n - lag) * (n - lag - 1) * (n - lag - 2) * rho
    return 1 + 2 / (n * (n - 1) * (n - 2)) * total


def test_values_that_hang_together_are_worth_less():
    slow = 50 + 10 * np.sin(np.arange(40) / 6)
    plain, corrected = ranks.mann_kendall(slow), ranks.hamed_rao(slow)
    assert corrected.variance / plain.variance == pytest.approx(by_loops(slow))
    assert corrected.variance > plain.variance
    assert abs(corrected.z) < abs(plain.z)


def test_the_lags_looked_at_can_be_limited():
    slow = 50 + 10 * np.sin(np.arange(40) / 6)
    assert ranks.hamed_rao(slow, lags=0).z == ranks.mann_kendall(slow).z
