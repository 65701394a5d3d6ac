import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import shrinkage, spf
from crashkit.errors import MethodError, NotFound
from crashkit.spf import forms

KM_PER_MILE = 1.609344


def test_the_published_models_predict_what_was_published():
    road = spf.model("hsm_rural_two_lane")
    found = road.predict({"aadt": 10_000}, length_km=1.5 * KM_PER_MILE)
    assert found == pytest.approx(4.008, abs=1e-3)
    assert road.k(4 * KM_PER_MILE) == pytest.approx(0.059)
    crossing = spf.model("hsm_rural_four_leg_stop")
    found = crossing.predict({"aadt_major": 1000, "aadt_minor": 100})
    assert found == pytest.approx(0.20065, abs=1e-5)
    assert crossing.k() == 0.24
    assert spf.model("hauer_2002").predict({"aadt": 4000}, length_km=1) == pytest.approx(
        2.4089, abs=1e-4
    )


def test_every_model_of_a_book_names_its_source():
    assert [name for name, one in spf.models().items() if not (one.source and one.title)] == []
    with pytest.raises(NotFound, match="hauer_2002"):
        spf.model("none")


@given(st.floats(100, 50_000), st.floats(0.1, 30), st.floats(0.5, 5))
def test_a_model_in_miles_and_its_twin_in_kilometres_are_one(aadt, km, years):
    miles = spf.power_law(0.0224, 0.564, unit="mi", dispersion=spf.HsmK(0.5, "mi"))
    twin = spf.power_law(
        0.0224 / KM_PER_MILE, 0.564, unit="km", dispersion=spf.HsmK(0.5, "mi").to("km")
    )
    one, other = (m.predict({"aadt": aadt}, length_km=km, years=years) for m in (miles, twin))
    assert one == pytest.approx(other)
    ours, theirs = (shrinkage.expected(9, one, m.k(km)) for m in (miles, twin))
    assert ours.expected == pytest.approx(theirs.expected)


def test_years_length_and_factors_multiply():
    road = spf.vehicle_km(-0.312, unit="km")
    once = road.predict({"aadt": 5000}, length_km=2)
    assert road.predict({"aadt": 5000}, length_km=4, years=3, factor=1.1) == pytest.approx(
        once * 6.6
    )


def test_what_is_missing_predicts_nothing():
    road = spf.power_law(0.02, 0.6, unit="km")
    found = road.predict({"aadt": [4000, 0, np.nan, 4000]}, length_km=[1, 1, 1, 0])
    assert np.isnan(found).tolist() == [False, True, True, True]
    assert np.isnan(road.predict({"aadt": 4000}))
    assert np.isnan(road.k([1.0])).all()
    with pytest.raises(MethodError, match="aadt_minor"):
        spf.junction(-8, 0.6, 0.6).predict({"aadt_major": 1000})


def test_traffic_entering_may_stand_for_both_roads():
    model = spf.Spf(-9.0, {spf.ENTERING: 0.8})
    assert model.predict({"aadt_entering": 1100}) == pytest.approx(np.exp(-9) * 1100**0.8)
    assert forms.ENTERING in forms.TRAFFIC
