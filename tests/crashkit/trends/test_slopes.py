"""The slope of a series: its limits know how much the years scatter."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit.trends import slopes

YEARS = np.arange(1969, 1985)
BRITAIN = np.array(
    [19951, 21939, 22309, 23540, 23850, 21460, 19213, 19229]
    + [19363, 20441, 19970, 18932, 19149, 19460, 15472, 16421]
)


def test_national_totals_scatter_far_more_than_chance():
    found = slopes.slope(BRITAIN, YEARS)
    poisson = slopes.slope(BRITAIN, YEARS, family="poisson")
    # Methods, section 9.1: phi = 114, so a Poisson error is 10.7 times too small.
    assert found.phi == pytest.approx(114, abs=0.5)
    assert found.se / poisson.se == pytest.approx(10.7, abs=0.05)
    assert found.slope == poisson.slope


def test_a_quasi_poisson_trend_is_the_one_of_statsmodels():
    x = sm.add_constant(YEARS - YEARS.mean())
    oracle = sm.GLM(BRITAIN, x, family=sm.families.Poisson()).fit(scale="X2", use_t=True)
    found = slopes.slope(BRITAIN, YEARS)
    assert found.slope_limits == pytest.approx(tuple(oracle.conf_int()[1]), rel=1e-7)
    assert found.p == pytest.approx(oracle.pvalues[1], rel=1e-6)


def test_even_counts_are_not_taken_as_surer_than_chance():
    counts = [61, 58, 64, 55, 52, 57, 49, 50, 44, 47, 41, 43]
    found = slopes.slope(counts, range(2010, 2022))
    assert found.phi == 1.0
    assert found.fit.pearson_phi == pytest.approx(0.17489, abs=1e-5)
    assert found.limits[0] < -5.77 < -1.355 < found.limits[1]
    assert found.is_told_from_chance


def test_a_negative_binomial_trend_has_wide_limits_too():
    found = slopes.slope(BRITAIN, YEARS, family="negative_binomial")
    assert found.fit.k > 0
    assert found.se > 5 * slopes.slope(BRITAIN, YEARS, family="poisson").se


def test_fewer_than_six_years_have_no_slope_and_say_so():
    found = slopes.slope([5, 4, 3, 2, 1], range(5))
    assert np.isnan([found.slope, found.annual_percent, *found.limits]).all()
    assert "needs 6 years" in str(found.reason)
    assert not found.is_told_from_chance


def test_nothing_counted_has_no_trend():
    assert "no crashes" in str(slopes.slope(np.zeros(8), range(8)).reason)


def test_another_family_is_refused():
    with pytest.raises(ValueError, match="family"):
        slopes.slope([1] * 8, range(8), family="gauss")


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(1, 400), min_size=6, max_size=15),
    st.floats(0.5, 50),
    st.integers(1900, 2100),
)
def test_the_trend_knows_neither_the_unit_of_exposure_nor_the_first_year(counts, unit, first):
    years = np.arange(len(counts))
    found = slopes.slope(counts, years)
    other = slopes.slope(counts, years + first, exposure=np.full(years.size, unit))
    assert other.slope == pytest.approx(found.slope, abs=1e-8)
    assert found.slope_limits[0] <= found.slope <= found.slope_limits[1]


def test_years_with_nothing_but_at_one_end_have_no_slope():
    found = slopes.slope([0, 0, 0, 0, 0, 12], range(6))
    assert np.isnan(found.slope) and found.reason
