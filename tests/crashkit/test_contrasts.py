import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.multitest import multipletests

from crashkit import contrasts
from crashkit.contrasts import Count, Share


def test_limits_of_a_share_are_those_of_scipy():
    own = Share(8, 40).limits()
    theirs = scipy_stats.binomtest(8, 40).proportion_ci(method="exact")
    assert own == pytest.approx((theirs.low, theirs.high))


def test_small_tables_are_tested_as_scipy_does_and_large_ones_by_chi_square():
    found = contrasts.tested(Share(8, 20), Share(30, 200))
    assert found == pytest.approx(scipy_stats.fisher_exact([[8, 12], [30, 170]]).pvalue)
    large = contrasts.tested(Share(300, 1000), Share(2500, 10_000))
    table = [[300, 700], [2500, 7500]]
    assert large == pytest.approx(scipy_stats.chi2_contingency(table, correction=False).pvalue)


def test_limits_of_a_ratio_hold_what_they_promise_also_where_few_are_counted():
    n, m = 15, 30
    for second, ratio in itertools.product((0.1, 0.3, 0.45), (0.5, 1.0, 2.0)):
        chance_x = scipy_stats.binom.pmf(range(n + 1), n, second * ratio)
        chance_y = scipy_stats.binom.pmf(range(m + 1), m, second)
        held = 0.0
        for x, y in itertools.product(range(n + 1), range(m + 1)):
            chance = chance_x[x] * chance_y[y]
            if chance > 1e-9:
                found = contrasts.share_ratio(Share(x, n), Share(y, m))
                held += chance * (found.lower - 1e-12 <= ratio <= found.upper + 1e-12)
        assert held >= 0.95


@given(st.integers(0, 40), st.integers(40, 80), st.integers(0, 40), st.integers(40, 80))
def test_a_ratio_lies_between_its_limits_and_turns_with_its_sides(x, n, y, m):
    found, turned = (
        contrasts.share_ratio(a, b) for a, b in itertools.permutations((Share(x, n), Share(y, m)))
    )
    assert found.p == pytest.approx(turned.p, nan_ok=True)
    if x and y:
        assert found.lower <= found.value <= found.upper
        assert found.lower == pytest.approx(1 / turned.upper)


def test_none_of_one_side_has_a_ratio_with_one_end():
    assert contrasts.share_ratio(Share(0, 24), Share(30, 100)).lower == 0
    only = contrasts.share_ratio(Share(5, 24), Share(0, 100))
    assert math.isinf(only.value) and math.isinf(only.upper) and only.lower > 1


def test_rates_have_the_exact_limits_of_r():
    # R: poisson.test(c(11, 21), c(800, 3011))
    found = contrasts.rate_ratio(Count(11, 800), Count(21, 3011))
    ends = (found.value, found.lower, found.upper, found.p)
    assert ends == pytest.approx((1.971488, 0.858426, 4.277266, 0.07967), abs=2e-5)


def test_what_is_on_both_sides_makes_the_limits_narrower():
    apart = contrasts.rate_ratio(Count(100, 365), Count(120, 365))
    shared = contrasts.rate_ratio(Count(100, 365), Count(120, 365), shared=80)
    assert shared.value == apart.value
    assert apart.lower < shared.lower < shared.upper < apart.upper
    # 20 against 40 are not in both: their own test says nearly the same.
    assert shared.p == pytest.approx(scipy_stats.binomtest(20, 60).pvalue, abs=0.005)


def test_people_of_few_crashes_have_wider_limits_of_rates():
    plain, clustered = (
        contrasts.rate_ratio(Count(90, 365, effect), Count(120, 365, effect)) for effect in (1, 3)
    )
    assert clustered.lower < plain.lower and clustered.upper > plain.upper
    assert math.isnan(contrasts.rate_ratio(Count(9, 9, math.nan), Count(9, 9)).lower)


def test_what_is_picked_is_that_of_statsmodels_with_wider_limits():
    p = [0.001, 0.008, 0.039, 0.041, 0.6, math.nan]
    found = contrasts.picked(p)
    out, q, *_ = multipletests(p[:-1], 0.05, method="fdr_bh")
    assert found.q[:-1] == pytest.approx(q) and math.isnan(found.q[-1])
    assert found.out.tolist() == [*out, False]
    assert found.level == pytest.approx(1 - 0.05 * 2 / 5)
