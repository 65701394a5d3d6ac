"""Ranges of chance: of years about their mean, of districts about their rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit.trends import ranges


def test_a_mean_of_five_years_stands_in_the_last_or_in_the_middle():
    values = [1, 2, 3, 4, 5, 6]
    assert ranges.moving_mean(values) == pytest.approx([np.nan] * 4 + [3, 4], nan_ok=True)
    middle = ranges.moving_mean(values, centred=True)
    assert middle == pytest.approx([np.nan] * 2 + [3, 4] + [np.nan] * 2, nan_ok=True)
    assert np.isnan(ranges.moving_mean([1, 2])).all()
    with pytest.raises(ValueError, match="odd"):
        ranges.moving_mean(values, 4, centred=True)


def test_a_year_outside_the_range_of_chance_is_told():
    found = ranges.random_range([100, 96, 160, 104, 100, 98, 102])
    assert found.is_outside.tolist() == [False, False, True, False, False, False, False]
    assert found.upper[2] == pytest.approx(112 + 2 * np.sqrt(112))


def test_small_means_have_exact_limits():
    found = ranges.random_range([4, 5, 3, 6, 2])
    assert found.lower[2] == pytest.approx(scipy_stats.chi2.ppf(0.02275, 8) / 2, abs=1e-4)
    assert found.upper[2] == pytest.approx(scipy_stats.chi2.ppf(0.97725, 10) / 2, abs=1e-4)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.998])
@pytest.mark.parametrize("mean", [0.03, 1.7, 24.0, 310.5])
@pytest.mark.parametrize("k", [0.0, 0.05, 1.3])
def test_the_limits_of_a_count_are_those_of_scipy(mean, k, level):
    law = scipy_stats.nbinom(1 / k, 1 / (1 + k * mean)) if k else scipy_stats.poisson(mean)
    found = ranges.count_limits(mean, k, level)
    assert found == tuple(law.ppf([(1 - level) / 2, (1 + level) / 2]))


def test_a_funnel_narrows_with_exposure_and_points_at_the_odd_one():
    rng = np.random.default_rng(5)
    exposure = np.geomspace(10, 1000, 40)
    counts = rng.poisson(0.5 * exposure)
    counts[35] = 3 * 0.5 * exposure[35]
    found = ranges.funnel(counts, exposure)
    assert found.band[35] >= 1
    assert (np.abs(found.band) > 0).sum() <= 4
    widths = found.limits[0, :, 1] - found.limits[0, :, 0]
    assert widths[0] > widths[-1]


def test_a_district_without_exposure_is_in_no_band():
    found = ranges.funnel([3, 5, 7], [10, 0, 12])
    assert found.band[1] == 0
    assert np.isnan(found.rates[1])
    assert ranges.funnel([3, 5], [10, 0]).reason


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=20))
def test_the_bands_do_not_know_the_order(counts):
    exposure = np.linspace(5, 60, len(counts))
    found = ranges.funnel(counts, exposure)
    turned = ranges.funnel(counts[::-1], exposure[::-1])
    assert found.band.tolist() == turned.band[::-1].tolist()


def test_districts_that_all_scatter_widen_the_limits_and_one_outlier_does_not():
    expected = np.full(20, 50.0)
    even = 50 + np.tile([5, -5], 10)
    assert ranges.overdispersed(even, expected).phi == 1
    outlier = even.copy()
    outlier[0] = 500
    assert ranges.overdispersed(outlier, expected).phi == 1
    wide = ranges.overdispersed(50 + np.tile([20, -20], 10), expected)
    assert wide.phi == pytest.approx(8)
    half = 1.959964 * 0.4
    assert wide.limits[0, 0] == pytest.approx([1 - half, 1 + half], abs=1e-5)
    with pytest.raises(ValueError, match="expected"):
        ranges.overdispersed([1], [0])


def test_limits_of_counts_are_the_quantiles_of_their_law():
    for mean in (0.01, 0.7, 4.0, 60.0, 4000.0):
        for level in (0.95, 0.998):
            tails = [(1 - level) / 2, (1 + level) / 2]
            assert ranges.count_limits(mean, 0.0, level) == tuple(
                scipy_stats.poisson(mean).ppf(tails)
            )
            law = scipy_stats.nbinom(1 / 0.4, 1 / (1 + 0.4 * mean))
            assert ranges.count_limits(mean, 0.4, level) == tuple(law.ppf(tails))


def test_a_funnel_of_shares_that_scatter_as_by_chance_has_binomial_limits():
    found = ranges.share_funnel([10, 11, 9, 10], [50, 50, 50, 50])
    assert found.phi == 1
    assert found.limits[0, 0] == pytest.approx(scipy_stats.binom(50, 0.2).ppf([0.025, 0.975]) / 50)
    assert not found.band.any()


def test_a_funnel_of_shares_widens_where_districts_differ():
    found = ranges.share_funnel([5, 45, 5, 45, 25], [50] * 5)
    assert found.phi == pytest.approx(4 * (0.4**2 / (0.25 / 50)) / 5)
    assert not (np.abs(found.band) == 2).any()
