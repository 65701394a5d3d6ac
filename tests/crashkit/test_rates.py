import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import rates
from crashkit.errors import MethodError

KM_PER_MILE = 1.609344


def test_the_published_segment_has_its_rate_in_every_unit():
    # FHWA-SA-11-09, appendix C: 27.4 per 100 million vehicle-miles.
    miles = rates.travelled(2500, 12, 5, per=1e8)
    found = rates.rate(15, miles)
    assert found == pytest.approx(27.4, abs=0.05)
    km = rates.rate(15, rates.travelled(2500, 12 * KM_PER_MILE, 5))
    assert km == pytest.approx(found * 0.6214 / 100, rel=1e-4)
    both = {"unit": "mi", "to_unit": "km", "per": 1e8, "to_per": 1e6}
    assert rates.converted(found, **both) == pytest.approx(km)


def test_a_junction_is_entered_by_both_roads_or_by_half_of_its_legs():
    assert rates.entered(rates.entering(21000, 1000), 3) == pytest.approx(24.09)
    assert rates.entering_by_legs(21000, 21000, 1000, 1000) == 22000
    assert rates.rate(34, 24.09) == pytest.approx(1.4114, abs=1e-4)


@given(st.integers(0, 100), st.integers(100, 50_000), st.floats(0.1, 50), st.integers(1, 5))
def test_a_rate_is_the_same_road_in_miles_and_in_kilometres(crashes, aadt, km, years):
    metric = rates.rate(crashes, rates.travelled(aadt, km, years))
    imperial = rates.rate(crashes, rates.travelled(aadt, km / KM_PER_MILE, years))
    assert rates.converted(imperial, unit="mi") == pytest.approx(metric)


def test_without_traffic_length_or_years_there_is_no_rate():
    exposure = rates.travelled([0, 1000, 1000, np.nan], [1, 0, 1, 1], [3, 3, 0, 3])
    assert np.isnan(rates.rate([1, 1, 1, 1], exposure)).all()
    assert np.isnan(rates.frequency([1], [0])).all()
    assert rates.frequency(6, 3, length_km=4) == 0.5


def test_the_average_rate_is_weighted_by_volume():
    # The seven stop-controlled junctions of the manual: 1.03, where the plain mean would be 1.10.
    crashes = np.array([35, 23, 34, 17, 17, 13, 11])
    aadt = np.array([13200, 18800, 22000, 16500, 26500, 17600, 17900])
    exposure = rates.entered(aadt, 3)
    assert rates.average_rate(crashes, exposure) == pytest.approx(1.0339, abs=1e-4)
    assert rates.rate(crashes, exposure).mean() == pytest.approx(1.1018, abs=1e-4)
    assert np.isnan(rates.average_rate([], []))


@pytest.mark.parametrize(
    ("confidence", "z"),
    [(0.85, 1.036), (0.90, 1.282), (0.95, 1.645), (0.99, 2.326), (0.995, 2.576), (0.999, 3.09)],
)
def test_the_points_are_those_of_the_books(confidence, z):
    assert rates.z_of(confidence) == z


def test_the_term_of_norden_is_added_when_asked_for():
    plain, manual, norden = (
        rates.critical_rate(16.5, 6.0, z=2.576, form=form) for form in ("plain", "hsm", "norden")
    )
    assert manual - plain == pytest.approx(1 / 12)
    assert norden - manual == pytest.approx(0.829 / 6)
    other = rates.critical_rate(1.0, 1.0, z=1.645, form="norden")
    assert other == pytest.approx(1 + 1.645 + 0.5 + 1.645**2 / 8)
    with pytest.raises(MethodError, match="form"):
        rates.critical_rate(1.0, 1.0, form="kgm")


@given(st.floats(0.01, 50), st.floats(0.1, 100), st.floats(0.01, 100))
def test_a_place_is_flagged_in_any_unit_of_exposure_alike(average, exposure, unit):
    one = rates.against_critical(average * 1.5, exposure, average=average)
    other = rates.against_critical(average * 1.5 / unit, exposure * unit, average=average / unit)
    assert other.ratio == pytest.approx(one.ratio)


def test_a_place_without_exposure_is_not_flagged():
    found = rates.critical_by_class([5, 9, 1], [1.0, 0.0, 2.0], ["a", "a", "b"])
    assert np.isnan(found.critical).tolist() == [False, True, False]
    assert found.average.tolist() == [5.0, 5.0, 0.5]
    assert found.flagged.tolist() == [False, False, False]


def test_the_matrix_parts_places_at_the_averages():
    found = rates.frequency_rate_matrix([10, 10, 1, 1], [1.0, 50.0, 0.5, 20.0])
    assert found == [
        "high frequency, high rate",
        "high frequency, low rate",
        "low frequency, high rate",
        "low frequency, low rate",
    ]


def test_three_criteria_are_counted_one_by_one():
    crashes, points = np.array([30, 2, 3, 4]), np.array([150, 2, 3, 4])
    found = rates.critical_triple(
        crashes, points, exposure=[5.0, 5, 5, 5], length_km=[1.0, 1, 1, 1]
    )
    assert found.met.tolist() == [3, 0, 0, 0]
    assert found.by_severity.average[0] == pytest.approx(159 / 39)
