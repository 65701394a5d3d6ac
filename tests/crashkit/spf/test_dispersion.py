import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import shrinkage, spf

K = st.floats(0.01, 10)
KM = st.floats(0.05, 50)


@given(K, KM)
def test_the_two_words_for_overdispersion_are_inverses(k0, km):
    hsm = spf.HsmK(k0, "km")
    hauer = hsm.as_phi()
    assert hauer == spf.HauerPhi(1 / k0, "km")
    assert hauer.of(km) == pytest.approx(hsm.of(km))
    assert hauer.as_k().k0 == pytest.approx(k0)


@given(K, KM)
def test_the_unit_of_length_changes_no_site(k, km):
    for one in (spf.HsmK(k, "mi"), spf.HauerPhi(k, "mi")):
        assert one.to("km").of(km) == pytest.approx(one.of(km))
        assert one.to("km").to("mi").per_km == pytest.approx(one.per_km)


def test_the_k_of_the_manual_is_larger_in_kilometres():
    assert spf.HsmK(0.236, "mi").per_km == pytest.approx(0.380, abs=5e-4)


def test_a_site_without_length_has_no_k_of_its_length():
    assert np.isnan(spf.HsmK(0.236, "km").of([0.0, 1.0])).tolist() == [True, False]
    assert np.isnan(spf.HauerPhi(2.0, "km").of())
    assert spf.ConstantK(0.24).of() == 0.24
    assert spf.ConstantK(0.24).of([1.0, 2.0]).tolist() == [0.24, 0.24]


def test_no_overdispersion_is_endless_phi():
    assert spf.HsmK(0.0, "km").as_phi().phi == float("inf")
    assert spf.HauerPhi(float("inf"), "km").of(1.0) == 0


def test_years_are_in_the_prediction_and_not_in_the_length():
    # SPF-R divides by a length that already holds the years, right only for a phi per year.
    phi = spf.HauerPhi(2.05, "km")
    three_years = shrinkage.expected(27, 3 * 4.336, phi.of(1.8))
    assert three_years.weight == pytest.approx(1 / (1 + 3 * 4.336 / (2.05 * 1.8)))
    assert three_years.weight == pytest.approx(0.221, abs=5e-4)
