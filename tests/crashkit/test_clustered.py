import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from crashkit import clustered


def test_people_alone_in_their_crash_have_the_exact_limits():
    found = clustered.share([1] * 7 + [0] * 33, np.arange(40))
    exact = proportion_confint(7, 40, method="beta")
    assert (found.low, found.high) == pytest.approx(exact)
    assert (found.value, found.n, found.crashes) == (7 / 40, 40, 40)


def test_people_who_are_all_alike_in_a_crash_tell_as_much_as_the_crashes():
    alone = clustered.share([1] * 20 + [0] * 20, np.arange(40))
    five = clustered.share(np.repeat([1] * 20 + [0] * 20, 5), np.repeat(np.arange(40), 5))
    assert five.value == alone.value
    assert five.high - five.low == pytest.approx(alone.high - alone.low, rel=0.05)


def test_an_entry_that_stands_for_three_is_three_people_of_one_crash():
    heavy = clustered.share([1, 0, 0, 1], np.arange(4), [3, 1, 2, 1])
    flags, crash = np.repeat([1, 0, 0, 1], [3, 1, 2, 1]), np.repeat(np.arange(4), [3, 1, 2, 1])
    listed = clustered.share(flags, crash)
    assert heavy == listed


def test_the_median_has_the_limits_of_its_order_statistics():
    ages = np.arange(1, 101)
    found = clustered.median(ages, np.arange(100))
    low, high = stats.binom.interval(0.95, 100, 0.5)
    assert found.value == 50.5
    assert (found.low, found.high) == pytest.approx((ages[int(low) - 1], ages[int(high)]), abs=1)


def test_limits_of_the_median_hold_it_as_often_as_they_say_where_families_are_alike():
    draw = np.random.default_rng(5)
    held = wrong = 0
    for _ in range(300):
        ages = np.repeat(draw.normal(40, 15, 60), 3) + draw.normal(0, 2, 180)
        crash = np.repeat(np.arange(60), 3)
        found = clustered.median(ages, crash)
        held += found.low <= 40 <= found.high
        alone = clustered.median(ages, np.arange(180))
        wrong += alone.low <= 40 <= alone.high
    assert held / 300 >= 0.91
    assert wrong < held


def test_few_have_no_median_and_nobody_no_share():
    assert clustered.median([30] * 9, np.arange(9)) is None
    assert clustered.share([], np.zeros(0, dtype=int)) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_limits_hold_the_share(people):
    flags, crash = zip(*people, strict=True)
    found = clustered.share(flags, np.array(crash))
    assert 0 <= found.low <= found.value <= found.high <= 1
