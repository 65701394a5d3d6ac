import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made
from scipy import stats as scipy_stats

from crashkit import stats


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.68888), (5, 1.62348639, 11.66833208), (10, 4.79539, 18.39036)],
)
def test_the_interval_of_a_count_is_the_exact_one(count, low, high):
    assert stats.poisson_interval(count) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize(
    ("observed", "mean", "p"),
    [(6, 2.0, 0.01656360848), (4, 0.5, 0.001752), (0, 3.0, 1.0), (-1, 3.0, 1.0), (1, 0.0, 0.0)],
)
def test_the_tail_holds_the_observed_count_itself(observed, mean, p):
    found = stats.poisson_tail(np.array([observed]), np.array([mean]))
    assert found == pytest.approx([p], abs=1e-6)


@given(st.integers(0, 200), st.floats(0.01, 100))
def test_the_tail_agrees_with_scipy(count, mean):
    expected = scipy_stats.poisson.sf(count - 1, mean)
    assert stats.poisson_tail(np.array([count]), np.array([mean]))[0] == pytest.approx(expected)


P_VALUES = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    + [0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
)


def test_the_adjustment_flags_four_of_the_published_fifteen():
    adjusted = stats.false_discovery(P_VALUES)
    assert (adjusted <= 0.05).sum() == 4
    assert adjusted[3] == pytest.approx(0.035625)
    assert adjusted == pytest.approx(scipy_stats.false_discovery_control(P_VALUES))


def test_a_larger_family_of_tests_flags_less():
    assert (stats.false_discovery(P_VALUES, 100) <= 0.05).sum() == 2
    assert stats.false_discovery(np.array([]), 10).size == 0


def test_equal_values_share_the_better_rank():
    assert stats.competition_ranks([9, 7, 7, 7, 2]) == [1, 2, 2, 2, 5]


WEIGHTS = {"killed": 5, "serious": 3, "slight": 1, "unclassified": 1}


def test_people_are_weighted_each_and_the_unclassified_are_counted_once():
    data = made(
        [
            {"n_killed": 1, "n_serious": 2, "n_slight": 1, "n_injured": 3},
            {"n_killed": "", "n_serious": 0, "n_slight": 0, "n_injured": 4},
        ]
    )
    assert stats.severity_points(data, WEIGHTS, unit="people").tolist() == [12, 4]


def test_crashes_are_weighted_by_their_worst_injury():
    data = made([{"severity": "fatal"}, {"severity": "pdo"}, {"severity": ""}])
    weights = {"fatal": 542, "slight": 11, "pdo": 1}
    assert stats.severity_points(data, weights, unit="crashes").tolist() == [542, 1, 0]
    assert stats.severity_points(made([{}]), weights, unit="crashes").tolist() == [0]


def test_people_on_foot_on_bicycles_and_on_mopeds_count_more():
    data = made([{"n_killed": 1, "n_slight": 1}, {"n_slight": 1}, {"n_serious": 1}])
    people = pd.DataFrame(
        {
            "crash": [1, 1, 2, 3],
            "unit_no": [None, "1", "7", "2"],
            "road_user_type": ["pedestrian", "driver", "driver", "driver"],
            "injury": ["killed", "slight", "slight", "serious"],
        }
    )
    vehicles = pd.DataFrame({"crash": [1, 2], "unit_no": ["1", "7"], "unit_type": ["car", "moped"]})
    full = type(data)(data.crashes, vehicles, people, data.period)
    points = stats.severity_points(full, WEIGHTS, unit="people", vru_factor=1.7)
    assert points == pytest.approx([1.7 * 5 + 1, 1.7, 3])
    assert stats.severity_points(data, WEIGHTS, unit="people", vru_factor=1.7).tolist() == [6, 1, 3]


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (29, 29, 0.8830, 1),
    ],
)
def test_the_limits_of_a_share_are_those_of_the_published_table(found, of, low, high):
    # Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3.
    assert stats.wilson(found, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_limits_of_a_share_hold_the_share(of, share):
    low, high = stats.wilson(share * of, of)
    assert 0 <= low <= share * of / of <= high <= 1


def test_nothing_to_divide_by_can_be_any_share():
    assert stats.wilson(0, 0) == (0, 1)


def test_two_lists_tell_how_many_there_are_in_all():
    found = stats.chapman(616, 1092, 489)
    # Karachi 2008, Lateef 2010: at least 1,375 deaths (methods, section 9.5).
    assert found.total == pytest.approx(1375.3, abs=0.1)
    assert found.limits[0] < 1375 < found.limits[1]
    assert found.limits[0] >= 616 + 1092 - 489


@given(st.integers(0, 500), st.integers(0, 500), st.data())
def test_there_are_never_fewer_people_than_both_lists_name(first, second, data):
    both = data.draw(st.integers(0, min(first, second)))
    found = stats.chapman(first, second, both)
    assert found.total >= first + second - both - 1e-9
    assert found.limits[0] <= found.total + 1e-9 <= found.limits[1] + 2e-9
    assert found.variance >= 0


def test_more_in_both_lists_than_in_one_is_refused():
    with pytest.raises(ValueError, match="both"):
        stats.chapman(3, 5, 4)
