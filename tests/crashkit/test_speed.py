"""What speed does: printed figures, and what must hold between any two speeds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import speed
from crashkit.errors import NotFound

KMH = st.floats(10, 130)


@pytest.mark.parametrize(
    ("outcome", "ratio"), [("fatal_crashes", 0.624295), ("injury_crashes", 0.790123)]
)
def test_nilsson_is_as_printed(outcome, ratio):
    e = speed.exponent(outcome, model="nilsson")
    assert speed.power(90, 80, e) == pytest.approx(ratio, abs=1e-6)


def test_elvik_knows_the_setting_and_nilsson_does_not():
    assert speed.exponent("fatalities", setting="rural") == 4.6
    assert speed.exponent("fatalities", setting="urban") == 3.0
    assert speed.exponent("fatalities") == 4.3
    assert speed.exponent("fatal_crashes", model="nilsson", setting="urban") == 4


@given(KMH, KMH, KMH, st.floats(0.5, 6))
def test_two_changes_after_each_other_are_one(v0, v1, v2, e):
    twice = speed.power(v0, v1, e) * speed.power(v1, v2, e)
    assert speed.power(v0, v2, e) == pytest.approx(twice)
    b = e / 50
    twice = speed.exponential(v0, v1, b) * speed.exponential(v1, v2, b)
    assert speed.exponential(v0, v2, b) == pytest.approx(twice)


@given(KMH, st.floats(0, 30))
def test_slower_is_never_worse(before, less):
    after = max(5.0, before - less)
    found = speed.victims(before, after, fatal_crashes=10, fatalities=12)
    assert found.fatal_crashes <= 10 + 1e-9
    assert found.fatal_crashes <= found.fatalities <= 12 + 1e-9
    assert speed.exponential(before, after, 0.08) <= 1


def test_people_killed_follow_crashes_with_several_of_them():
    found = speed.victims(90, 80, fatal_crashes=10, fatalities=12)
    assert (found.fatal_crashes, found.fatalities) == pytest.approx((6.24295, 7.02244), abs=1e-4)
    same = speed.victims(90, 80, fatal_crashes=10, fatalities=10, of_crashes=2)
    assert same.fatalities == same.fatal_crashes == pytest.approx(10 * (8 / 9) ** 2)


def test_no_speed_has_no_ratio():
    assert np.isnan(speed.power([0, 50], [50, 0], 4)).all()


def test_a_forecast_shows_the_models_beside_each_other():
    found = speed.forecast(90, 80, "fatal_crashes", setting="rural")
    assert found.first.ratio == pytest.approx((8 / 9) ** 4.1)
    assert [one.model for one in found.beside] == ["Nilsson", "Elvik and others 2019"]
    assert found.range == pytest.approx((np.exp(-0.8), (8 / 9) ** 4))
    assert found.notes == ()
    assert not found.first.verified


def test_a_forecast_says_what_is_doubtful():
    town = speed.forecast(60, 50, "fatal_crashes", setting="urban")
    assert "urban arterials" in str(town.notes[0])
    assert "far apart" in str(speed.forecast(100, 40, "injured").notes[0])
    assert speed.forecast(60, 50, "injured").beside == ()


@pytest.mark.parametrize(
    "asked",
    [
        lambda: speed.exponent("fatalities", model="x"),
        lambda: speed.exponent("fatalities", model="nilsson"),
        lambda: speed.exponent("fatalities", setting="moon"),
        lambda: speed.forecast(60, 50, "fatalities", setting="moon"),
        lambda: speed.coefficient("injured"),
        lambda: speed.driver_risk(60, curve="x"),
    ],
)
def test_what_no_model_knows_is_said(asked):
    with pytest.raises(NotFound):
        asked()


def test_a_limit_moves_the_mean_by_a_quarter():
    assert speed.mean_after_limit(84, 90, 70) == 79


def test_risk_grows_with_speed_as_printed():
    assert speed.driver_risk([60, 65, 70]) == pytest.approx([1.0, 1.815, 3.573], abs=5e-3)
    assert speed.driver_risk([0, 10, 20], curve="rural") == pytest.approx([1, 2.20, 5.77], abs=5e-3)
    assert speed.pedestrian_death([30, 50, 70]) == pytest.approx([0.0148, 0.0832, 0.3543], abs=1e-4)


def test_distances_to_stop_are_rounded_up_to_five_metres():
    found = speed.stopping_distance([50, 80, 100, 120])
    assert speed.design_distance(found).tolist() == [65, 130, 185, 250]
    assert speed.design_distance([65.0, 65.1], step_m=10).tolist() == [70, 70]
    assert speed.stopping_distance(50, reaction_s=2, deceleration=4) == pytest.approx(52.175)


def test_every_model_names_its_source():
    book = speed._book()
    kinds = ("power", "exponential", "driver", "pedestrian", "stopping")
    assert all(one["source"] for kind in kinds for one in book[kind].values())
