import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from scipy.optimize import minimize_scalar

from crashkit import spf

OBSERVED = [3, 0, 5, 2, 8, 1, 4, 6, 2, 9]
PREDICTED = [2.1, 0.8, 3.9, 2.5, 6.0, 1.4, 4.4, 4.1, 1.9, 6.6]


def test_the_factor_makes_the_sums_equal_and_says_how_sure_it_is():
    found = spf.calibrate(OBSERVED, PREDICTED, spf.ConstantK(0.35))
    assert found.factor * sum(PREDICTED) == pytest.approx(sum(OBSERVED))
    assert (found.variance, found.cv) == pytest.approx((0.109185, 0.278388), abs=1e-6)
    assert found.verdict == "not accepted"
    assert len(found.notes) == 2


def many(seed=1, n=300, k=0.4):
    chance = np.random.default_rng(seed)
    km = chance.uniform(0.3, 4, n)
    mu = np.exp(chance.normal(1.2, 0.6, n)) * km
    counts = chance.poisson(1.3 * mu * chance.gamma(km / k, k / km))
    return counts, mu, km


def test_many_sites_are_accepted_and_their_dispersion_is_fitted_anew():
    counts, mu, km = many()
    found = spf.calibrate(counts, mu, spf.HsmK(0.9, "km"), length_km=km)
    assert found.verdict == "good"
    assert found.notes == ()

    def loss(ln_k):
        k = np.exp(ln_k) / km
        means = found.factor * mu
        return -scipy_stats.nbinom.logpmf(counts, 1 / k, 1 / (1 + k * means)).sum()

    best = minimize_scalar(loss, bounds=(-4, 2), method="bounded")
    assert found.dispersion.per_km == pytest.approx(np.exp(best.x), rel=1e-3)


def test_the_dispersion_stays_of_its_kind_and_unit():
    counts, mu, km = many()
    in_miles = spf.calibrate(counts, mu, spf.HsmK(0.9, "mi"), length_km=km).dispersion
    hauer = spf.calibrate(counts, mu, spf.HauerPhi(2.0, "km"), length_km=km).dispersion
    one = spf.calibrate(counts, mu, spf.HsmK(0.9, "km"), length_km=km).dispersion
    assert in_miles.unit == "mi"
    assert in_miles.per_km == pytest.approx(one.per_km)
    assert hauer.phi == pytest.approx(1 / one.k0)
    assert isinstance(spf.calibrate(counts, mu, spf.ConstantK(1)).dispersion, spf.ConstantK)


def test_even_counts_have_no_dispersion():
    assert spf.refit_dispersion([3, 3, 3], [3.0, 3.0, 3.0], spf.ConstantK(1)) == spf.ConstantK(0.0)


@given(st.floats(0.1, 10))
def test_predictions_so_many_times_higher_have_a_factor_so_many_times_lower(times):
    one = spf.calibrate(OBSERVED, PREDICTED, spf.ConstantK(0.35))
    other = spf.calibrate(OBSERVED, np.array(PREDICTED) * times, spf.ConstantK(0.35))
    assert other.factor * times == pytest.approx(one.factor)
    assert other.cv == pytest.approx(one.cv)


def test_the_function_bends_where_the_model_errs_at_busy_sites():
    chance = np.random.default_rng(3)
    mu = np.exp(chance.normal(1, 0.8, 2000))
    counts = chance.poisson(0.7 * mu**1.4 * chance.gamma(2, 0.5, 2000))
    found = spf.calibration_function(counts, mu)
    assert found.converged
    assert (found.a, found.b) == pytest.approx((0.7, 1.4), abs=4 * found.b_error)
    assert found.apply([1.0, 10.0]) == pytest.approx([found.a, found.a * 10**found.b])


def test_without_crashes_or_predictions_there_is_no_factor():
    assert np.isnan(spf.calibrate([0, 0], [1.0, 2.0], spf.ConstantK(0.3)).factor)
    assert np.isnan(spf.calibrate([1], [np.nan], spf.ConstantK(0.3)).factor)
    assert not spf.calibration_function([1, 2, 3], [1.0, 1.0, 1.0]).converged
