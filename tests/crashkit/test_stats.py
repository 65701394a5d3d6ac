from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
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


@given(st.integers(0, 200), st.floats(0.01, 100), st.floats(0.001, 10))
def test_the_tail_of_sites_that_differ_agrees_with_scipy(count, mean, k):
    expected = scipy_stats.nbinom.sf(count - 1, 1 / k, 1 / (1 + k * mean))
    found = stats.negative_binomial_tail(np.array([count]), np.array([mean]), np.array([k]))
    assert found[0] == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(st.integers(0, 50), st.floats(0.01, 50))
def test_the_tail_without_overdispersion_is_that_of_poisson(count, mean):
    one = stats.negative_binomial_tail(np.array([count]), np.array([mean]), np.array([0.0]))
    near = stats.negative_binomial_tail(np.array([count]), np.array([mean]), np.array([1e-9]))
    assert one == stats.poisson_tail(np.array([count]), np.array([mean]))
    assert near == pytest.approx(one, rel=1e-4, abs=1e-9)


@given(st.floats(0.01, 50), st.floats(0.001, 0.5))
def test_the_least_count_is_the_first_that_is_rare(mean, alpha):
    least = stats.least_count(mean, alpha)
    assert scipy_stats.poisson.sf(least - 1, mean) < alpha
    assert least == 0 or scipy_stats.poisson.sf(least - 2, mean) >= alpha


def test_dependent_tests_and_no_false_alarm_at_all_flag_three_of_the_published_fifteen():
    dependent = stats.false_discovery(P_VALUES, dependent=True)
    assert dependent == pytest.approx(scipy_stats.false_discovery_control(P_VALUES, method="by"))
    assert (dependent <= 0.05).sum() == (stats.family_wise(P_VALUES) <= 0.05).sum() == 3
    assert stats.family_wise(P_VALUES, 100)[0] == pytest.approx(0.01)


def test_where_all_are_flagged_the_limit_is_still_that_of_false_discoveries():
    # esda's fdr() says Bonferroni here and returns alpha.
    assert stats.false_discovery(np.array([0.01, 0.02, 0.05])).tolist() == [0.03, 0.03, 0.05]


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
    # The police miss 55 %, the hospitals 20.6 %.
    assert found.completeness == pytest.approx((0.448, 0.794), abs=5e-4)
    assert np.isnan(stats.chapman(0, 0, 0).completeness).all()


@given(st.integers(0, 500), st.integers(0, 500), st.data())
def test_there_are_never_fewer_people_than_both_lists_name(first, second, data):
    both = data.draw(st.integers(0, min(first, second)))
    found = stats.chapman(first, second, both)
    assert found.total >= first + second - both - 1e-9
    assert found.limits[0] <= found.total + 1e-9 <= found.limits[1] + 2e-9
    assert found.variance >= 0


def test_two_lists_have_askew_limits_too():
    found = stats.chapman(100, 100, 20)
    assert found.limits_at(0.95) == found.limits == pytest.approx((323.983092, 645.540717))
    low, high = found.log_limits_at(0.95)
    # Chao 1987: (4.848 - 1.8) hundred unseen, times and by exp(1.96 sqrt(ln(1 + V / unseen^2))).
    times = np.exp(1.959964 * np.sqrt(np.log1p(found.variance / (found.total - 180) ** 2)))
    assert (low, high) == pytest.approx((180 + 304.7619 / times, 180 + 304.7619 * times), rel=1e-6)
    assert high - found.total > found.total - low


def test_too_few_in_both_lists_say_nothing():
    assert not stats.chapman(30, 20, 0).is_usable
    assert stats.chapman(30, 20, 0).total == 650
    assert not stats.chapman(30, 20, 6).is_usable
    assert stats.chapman(30, 20, 7).is_usable
    assert stats.chapman(20, 20, 20).log_limits_at(0.95) == (20, 20)


def test_strata_add_up():
    parts = [stats.chapman(100, 80, 40), stats.chapman(60, 70, 10)]
    whole = stats.stratified(parts)
    assert (whole.first, whole.second, whole.both) == (160, 150, 50)
    assert whole.total == parts[0].total + parts[1].total
    assert whole.variance == parts[0].variance + parts[1].variance
    assert whole.total > stats.chapman(160, 150, 50).total


ON_LISTS = {"P": 180, "H": 220, "PH": 95, "M": 60, "PM": 40, "HM": 70, "PHM": 55}


def test_three_lists_give_a_range_and_no_single_number():
    found = stats.lists(ON_LISTS, "PHM")
    by_name = {model.name: model for model in found.models}
    assert len(by_name) == 8
    assert found.named == 720
    assert by_name["independence"].unseen == pytest.approx(256.2866031)
    assert found.best.name == "P*M + H*M"
    assert found.best.unseen == pytest.approx(416.8421053)
    low, high = found.unseen_range
    assert low == pytest.approx(180)
    assert high >= 416
    assert found.best.limits_at(0.95)[0] < found.best.total < found.best.limits_at(0.95)[1]


def test_the_letters_of_the_lists_may_come_in_any_order():
    turned = {key[::-1]: count for key, count in ON_LISTS.items()}
    assert stats.lists(turned, "PHM") == stats.lists(ON_LISTS, "PHM")


def test_four_lists_have_sixty_four_models():
    every = ["".join(on) for n in range(1, 5) for on in combinations("ABCD", n)]
    found = stats.lists({on: 90 - 20 * len(on) for on in every}, "ABCD")
    assert len(found.models) == 64


def test_a_model_without_a_finite_answer_is_left_out():
    # Nobody stands on P and H: how they depend cannot be told.
    found = stats.lists({"P": 50, "H": 60, "M": 40, "PM": 10, "HM": 12}, "PHM")
    assert 0 < len(found.models) < 8
    assert np.isfinite(found.unseen_range).all()


@pytest.mark.parametrize(
    ("counts", "sources"),
    [({"P": 1}, "PH"), ({"X": 1}, "PHM"), ({"PH": 1, "HP": 2}, "PHM"), ({"": 3}, "PHM")],
)
def test_lists_that_do_not_fit_are_refused(counts, sources):
    with pytest.raises(ValueError, match=r"lists"):
        stats.lists(counts, sources)


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_exact_limits_of_a_share_are_those_of_scipy(found, of):
    found = min(found, of)
    oracle = scipy_stats.binomtest(found, of).proportion_ci(0.95, method="exact")
    assert stats.clopper_pearson(found, of) == pytest.approx((oracle.low, oracle.high), abs=1e-9)
    assert stats.clopper_pearson(0, 0) == (0, 1)


def test_more_in_both_lists_than_in_one_is_refused():
    with pytest.raises(ValueError, match="both"):
        stats.chapman(3, 5, 4)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.floats(0.3, 4), st.integers(1, 6))
def test_the_tail_of_drawn_sums_is_that_of_many_draws(seed, mean, near):
    chance = np.random.default_rng(seed)
    values = chance.poisson(mean * chance.gamma(1.5, 1 / 1.5, 400)).astype(float)
    drawn = chance.permuted(np.tile(values[1:], (20_000, 1)), axis=1)[:, :near].sum(axis=1)
    for wanted in (0.5, 0.2, 0.05, 0.01):
        at = np.quantile(drawn, 1 - wanted)
        sums, sizes = np.full(400, at), np.full(400, near)
        found = stats.drawn_sum_tail(values, sums, sizes)[0]
        assert abs(found - (drawn >= at).mean()) < 0.06


def test_the_tail_of_drawn_sums_says_nothing_where_nothing_differs():
    alike, none = np.ones(9), np.zeros(9, dtype=int)
    assert stats.drawn_sum_tail(alike, alike, none + 1).tolist() == [1.0] * 9
    assert stats.drawn_sum_tail(np.arange(9.0), alike, none).tolist() == [1.0] * 9
    assert stats.drawn_sum_tail(alike[:3], alike[:3], none[:3]).tolist() == [1.0] * 3


def test_what_was_not_tested_takes_nothing_from_the_others():
    p = np.array([0.01, np.nan, 0.04])
    adjusted = stats.false_discovery(p)
    assert adjusted[[0, 2]].tolist() == [0.02, 0.04] and np.isnan(adjusted[1])
    assert stats.false_discovery(p, 30)[0] == pytest.approx(0.3)
