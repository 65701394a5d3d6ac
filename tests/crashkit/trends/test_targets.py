"""Targets: the path to half of what was, and where a trend leads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.trends import targets

HALF = targets.Target(2010, 1000, 2030)


def test_halving_in_twenty_years_needs_three_and_a_half_per_cent_a_year():
    assert HALF.annual_percent == pytest.approx(-3.41, abs=0.005)
    assert (HALF.value, HALF.path(2010), HALF.path(2030)) == (500, 1000, 500)


def test_who_is_behind_must_be_quicker():
    assert HALF.required(2020, 900) == pytest.approx(100 * ((500 / 900) ** 0.1 - 1))
    assert HALF.required(2020, 900) < HALF.annual_percent < HALF.required(2020, 600)
    assert np.isnan(HALF.required(2030, 700))


@given(st.integers(2010, 2029))
def test_who_is_on_the_path_goes_on_as_before(year):
    assert HALF.required(year, HALF.path(year)) == pytest.approx(HALF.annual_percent)


def test_a_target_before_its_base_is_refused():
    with pytest.raises(ValueError, match="after its base"):
        targets.Target(2030, 1000, 2010)


FALLING = [613, 586, 645, 556, 524, 573, 492, 503, 445, 471, 412, 433]


def test_a_fan_opens_with_the_years_and_its_limits_hold_each_other():
    found = targets.fan(FALLING, range(2010, 2022), range(2022, 2031))
    assert found.limits.shape == (3, 9, 2)
    widths = found.limits[..., 1] - found.limits[..., 0]
    assert (widths[0] < widths[1]).all()
    assert (widths[1] < widths[2]).all()
    assert (widths[2] / found.median)[-1] > (widths[2] / found.median)[0]
    assert found.chance_below(2030, found.median[-1]) == pytest.approx(0.5, abs=0.03)
    assert np.isnan(found.chance_below(2050, 1))


def test_the_same_seed_draws_the_same_futures():
    one, two = (targets.fan(FALLING, range(12), [12, 13], seed=7) for _ in range(2))
    assert np.array_equal(one.futures, two.futures)


def test_a_series_without_a_slope_has_no_fan():
    assert targets.fan([3, 2, 1], range(3), [4]) is None
