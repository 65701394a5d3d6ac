"""What is not reported: counts made whole, deaths by one definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import reporting


def test_a_count_is_made_whole_with_the_doubt_of_its_completeness():
    found = reporting.complete(100, 0.5, variance=0.0025)
    # 100 / 0.25 + 10000 * 0.0025 / 0.0625.
    assert (found.estimate, found.variance) == (200, pytest.approx(400 + 400))
    assert (found.lower, found.upper) == pytest.approx(
        (200 - 1.959964 * np.sqrt(800), 200 + 1.959964 * np.sqrt(800)), abs=1e-3
    )


@given(st.integers(0, 10_000), st.floats(0.01, 1), st.floats(0, 0.1))
def test_there_are_never_fewer_than_were_counted(count, completeness, variance):
    found = reporting.complete(count, completeness, variance=variance)
    assert count <= found.lower <= found.estimate * (1 + 1e-12) <= found.upper * (1 + 1e-9)
    assert found.raw == count


@pytest.mark.parametrize("share", [0.0, -0.1, 1.2, float("nan")])
def test_what_is_no_share_has_no_answer_and_says_so(share):
    found = reporting.complete(10, share)
    assert np.isnan(found.estimate)
    assert "share" in str(found.reason)


def test_deaths_are_brought_to_thirty_days_by_the_factors_of_the_file():
    found = [
        reporting.thirty_days(1000, name).deaths for name in ("scene", "3d", "6d", "7d", "30d")
    ]
    assert found == pytest.approx([1300, 1150, 1090, 1080, 1000])
    one = reporting.thirty_days(1000, "7d")
    assert (one.raw, one.verified) == (1000, False)
    assert "ECMT" in one.source


def test_the_factor_of_the_country_is_taken_where_there_is_one():
    assert reporting.thirty_days(1000, "7d", factor=1.05).deaths == 1050


def test_nothing_is_put_between_two_definitions():
    found = reporting.thirty_days(1000, "5d")
    assert np.isnan(found.deaths)
    assert "5d" in str(found.reason)


def test_every_factor_names_its_source_and_longer_definitions_miss_less():
    every = list(reporting.factors().values())
    assert all(one.source for one in every)
    assert [one.factor for one in every] == sorted((one.factor for one in every), reverse=True)
