"""The sun against worked examples that others published."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import sun
from crashkit.synth import happenings


def days(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp() / 86_400


def test_declination_and_equation_of_time_are_those_of_meeus():
    # Astronomical Algorithms, examples 25.a and 28.a: 1992 October 13, 0 h.
    found = sun.orbit([days(1992, 10, 13)])
    assert found.declination[0] == pytest.approx(-7.78507, abs=0.0005)
    assert found.equation[0] == pytest.approx(13.70940, abs=0.01)


def test_height_and_bearing_are_those_of_the_solar_position_algorithm():
    # Reda and Andreas 2008, NREL/TP-560-34302, table A5.1, Golden (Colorado): zenith 50.11162 with
    # a refraction of 0.0164, azimuth 194.34024.
    height, bearing = sun.stands(days(2003, 10, 17, 19, 30, 30), 39.742476, -105.1786)
    assert float(height) == pytest.approx(90 - 50.11162 - 0.0164, abs=0.01)
    assert float(bearing) == pytest.approx(194.34024, abs=0.01)


def test_the_sun_stands_overhead_where_the_year_turns():
    # Solstice of June 2020: 20 June 21:44 UTC (almanac); its declination is the tilt of the axis.
    assert sun.orbit([days(2020, 6, 20, 21, 44)]).declination[0] == pytest.approx(23.437, abs=0.002)
    # Equinox of March 2020: 20 March 03:50 UTC (almanac).
    assert sun.orbit([days(2020, 3, 20, 3, 50)]).declination[0] == pytest.approx(0, abs=0.005)


def test_the_sun_rises_and_sets_at_the_height_that_is_asked_for():
    noon = [days(2020, month, 15, 12) for month in range(1, 13)]
    for height in (sun.RISEN_DEG, sun.TWILIGHT_DEG):
        for when in sun.crossings(noon, 41.3, 69.25, height):
            np.testing.assert_allclose(sun.stands(when, 41.3, 69.25).height, height, atol=0.002)


def test_in_the_polar_night_the_sun_does_not_rise():
    rise, _ = sun.crossings([days(2020, 12, 21, 12)], 70.0, 25.0, sun.RISEN_DEG)
    assert np.isnan(rise).all()


@settings(max_examples=50)
@given(st.integers(0, 20_000), st.floats(0, 24), st.floats(-60, 60), st.floats(-170, 170))
def test_another_series_puts_the_sun_within_half_a_degree(day, hour, lat, lon):
    height, bearing = sun.stands(day + (hour - 5) / 24, lat, lon)
    other = happenings.sun_height(
        np.array([day]), np.array([hour]), np.array([lat]), np.array([lon])
    )
    assert float(height) == pytest.approx(float(other[0]), abs=0.9)
    assert 0 <= float(bearing) < 360
