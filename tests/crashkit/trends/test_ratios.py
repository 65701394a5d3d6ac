"""Two counts compared: exact limits, and changes of small counts that say they are small."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.rates import test_poisson_2indep as poisson_two

from crashkit.trends import ratios


def test_a_rate_has_exact_limits():
    found = ratios.rate(137, 24.19893)
    assert (found.rate, found.lower, found.upper) == pytest.approx(
        (5.661407343, 4.753124805, 6.692709334)
    )
    deaths = ratios.rate(10, 1_000_000, per=100_000)
    assert (deaths.lower, deaths.upper) == pytest.approx((0.47954, 1.83904), abs=1e-5)


def test_nothing_counted_has_an_upper_limit():
    found = ratios.rate(0, 2.0)
    assert (found.rate, found.lower) == (0, 0)
    assert found.upper == pytest.approx(3.68888 / 2, abs=1e-5)


def test_no_exposure_has_no_rate_and_says_why():
    assert "no exposure" in str(ratios.rate(3, 0).reason)
    assert "no exposure" in str(ratios.rate_ratio(3, 0, 2, 1).reason)


def test_two_rates_are_compared_as_published():
    found = ratios.rate_ratio(11, 800, 21, 3011)
    assert (found.ratio, found.lower, found.upper, found.p) == pytest.approx(
        (1.971488095, 0.8584264034, 4.2772659437, 0.07966863303)
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.floats(0.1, 50), st.integers(0, 40), st.floats(0.1, 50))
def test_scipy_agrees_with_the_exact_test(first, e1, second, e2):
    if first + second:
        oracle = scipy_stats.binomtest(first, first + second, e1 / (e1 + e2))
        found = ratios.rate_ratio(first, e1, second, e2)
        assert found.p == pytest.approx(oracle.pvalue, abs=1e-6)
        limits = oracle.proportion_ci(0.95, method="exact")
        assert found.lower == pytest.approx(limits.low / (1 - limits.low) * e2 / e1)


@pytest.mark.parametrize(
    ("first", "e1", "second", "e2"), [(0, 100, 3, 100), (11, 800, 21, 3011), (30, 7.5, 12, 5.5)]
)
def test_scipy_and_statsmodels_agree_with_the_e_tests(first, e1, second, e2):
    oracle = scipy_stats.poisson_means_test(first, e1, second, e2)
    found = ratios.rate_ratio(first, e1, second, e2, test="etest_wald")
    assert found.p == pytest.approx(oracle.pvalue, abs=1e-6)
    oracle = poisson_two(first, e1, second, e2, method="etest")
    found = ratios.rate_ratio(first, e1, second, e2, test="etest")
    assert found.p == pytest.approx(oracle.pvalue, abs=1e-6)


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_ratio_lies_within_its_limits_and_turns_round(first, second):
    found, turned = ratios.rate_ratio(first, 2, second, 3), ratios.rate_ratio(second, 3, first, 2)
    assert found.lower <= found.ratio <= found.upper
    assert found.p == pytest.approx(turned.p)
    assert turned.lower == pytest.approx(1 / found.upper, rel=1e-9)


def test_counts_of_nothing_have_limits_all_the_same():
    assert ratios.rate_ratio(4, 1, 0, 1).ratio == float("inf")
    assert ratios.rate_ratio(4, 1, 0, 1).lower > 0
    neither = ratios.rate_ratio(0, 1, 0, 1)
    assert np.isnan(neither.ratio)
    assert neither.p == ratios.e_test(0, 1, 0, 1) == 1


def test_a_change_of_small_counts_says_that_it_is_small():
    assert ratios.change(8, 4).is_small
    found = ratios.change(40, 20)
    assert not found.is_small
    assert found.percent == -50
    assert found.lower < -50 < found.upper < 0


def test_few_years_are_compared_by_two_means():
    found = ratios.two_means([60, 58, 62, 40, 38, 42])
    assert found.percent == pytest.approx(100 * (120 / 180 - 1))
    se = np.sqrt(1 / 120 + 1 / 180)
    assert found.upper == pytest.approx(100 * (120 / 180 * np.exp(1.959964 * se) - 1), abs=1e-4)


def test_a_year_in_both_means_is_not_taken_for_two():
    five = ratios.two_means([60, 58, 62, 40, 38])
    # A = 180, B = 140, C = 62 is in both.
    spread = 1 / 180 + 1 / 140 - 2 * 62 / (180 * 140)
    assert np.log1p(five.upper / 100) - np.log1p(five.percent / 100) == pytest.approx(
        1.959964 * np.sqrt(spread), abs=1e-6
    )
    # Two years are one each.
    assert ratios.two_means([60, 30]).percent == pytest.approx(-50)


def test_means_of_nothing_have_no_change_but_limits():
    assert ratios.two_means([0, 0, 0, 0]).reason
    found = ratios.two_means([4, 3, 5, 0, 0, 0])
    assert found.is_small
    assert -100 < found.lower < found.percent < 0
    with pytest.raises(ValueError, match="two years"):
        ratios.two_means([3])


def test_what_is_no_count_is_refused():
    for wrong in (lambda: ratios.rate(-1), lambda: ratios.rate_ratio(-1, 1, 2, 1)):
        with pytest.raises(ValueError, match="negative"):
            wrong()
    with pytest.raises(ValueError, match="etest"):
        ratios.rate_ratio(1, 1, 2, 1, test="t")
