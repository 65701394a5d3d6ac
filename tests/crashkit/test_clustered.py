import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from crashkit import clustered, contrasts
from crashkit.contrasts import Share


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


def test_people_who_are_alike_in_each_crash_are_as_sure_as_the_crashes():
    # Of 100 crashes with 4 people each, 30 are dark: 120 of 400 people tell what 100 crashes tell.
    effect = clustered.design_effects(
        [120.0], 400, squares=[480.0], cross=[480.0], sizes=1600, crashes=100
    )[0]
    t = float(stats.t.ppf(0.975, 99) / stats.t.ppf(0.975, 399))
    assert effect == pytest.approx(4 * 100 / 99 * 399 / 400 * t**2)
    assert clustered.share([1] * 120 + [0] * 280, np.arange(400) // 4).low == pytest.approx(
        Share(120, 400, effect).limits()[0]
    )


def test_few_crashes_do_not_tell_how_their_people_differ():
    effects = clustered.design_effects([5.0], 20, squares=[5.0], cross=[5.0], sizes=20, crashes=29)
    assert np.isnan(effects).all()
    assert np.isnan(Share(5, 20, effects[0]).limits()).all()
    assert math.isnan(contrasts.tested(Share(5, 20, effects[0]), Share(5, 200)))


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
