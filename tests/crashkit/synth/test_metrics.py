import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.synth import metrics

SCORES = st.lists(st.integers(0, 9), min_size=1, max_size=30)


@given(SCORES, st.integers(0, 30))
def test_the_worst_have_the_highest_scores_whatever_draws_their_order(scores, top):
    one, other = metrics.worst(scores, top), metrics.worst(scores, top, seed=7)
    highest = sorted(scores, reverse=True)[:top]
    for found in (one, other):
        assert [scores[place] for place in found] == highest
    assert metrics.worst(scores, top).tolist() == one.tolist()


def test_equal_scores_are_not_put_in_the_order_of_the_file():
    firsts = {metrics.worst([1.0] * 9, 1, seed=seed)[0] for seed in range(40)}
    assert len(firsts) > 4
    assert metrics.worst([np.nan, 2.0], 2).tolist() == [1]


def test_a_budget_of_length_is_spent_from_the_worst_on():
    assert metrics.within_budget([3, 2, 1], [0.3, 0.3, 0.3], 0.6).tolist() == [0, 1]


@given(SCORES, st.integers(1, 10))
def test_the_truth_itself_finds_everything(truth, top):
    distinct = 1 + np.array(truth) + np.arange(len(truth)) / 100
    found = metrics.identified(distinct, distinct, top, excess=distinct + 1)
    assert (found.false_identification, found.sensitivity, found.pmd, found.loss) == (0, 1, 0, 0)
    if top < len(truth):
        assert found.specificity == 1


def test_what_is_missed_is_told_as_a_share():
    truth, score = [9, 8, 7, 3, 2, 1], [5, 9, 2, 6, 1, 0]
    found = metrics.identified(truth, score, 3, excess=[6, 5, 4, 1, 0, -1])
    assert found.false_identification == pytest.approx(1 / 3)
    assert found.specificity == pytest.approx(2 / 3)
    assert found.pmd == pytest.approx(4 / 24)
    assert found.loss == pytest.approx(3 / 15)


def test_a_hotspot_is_found_by_half_of_its_length():
    spots, flagged = [(100, 300), (1000, 1200)], [(150, 200), (200, 260), (1150, 1300)]
    assert metrics.hotspot_recall(spots, flagged) == 0.5
    assert metrics.hotspot_recall(spots, flagged, share=0.25) == 1.0
    assert metrics.length_precision(spots, flagged) == pytest.approx(160 / 260)
    assert metrics.length_precision(spots, flagged, tolerance=100) == 1.0
    assert np.isnan(metrics.hotspot_recall([], flagged))
    assert np.isnan(metrics.length_precision(spots, []))


def test_limits_and_alarms_are_counted():
    assert metrics.coverage([1, 2], [3, 4], [2, 5]) == 0.5
    assert metrics.false_discovery_share([True, False, False], [True, True, False]) == 0.5
    assert metrics.false_discovery_share([True], [False]) == 0
    assert metrics.false_alarm_share([[False, True], [False, False]]) == 0.5


FIRST, SECOND = list("ABCDEFGH"), list("BAECDFHG")
CRASHES = dict(A=9, B=12, C=6, D=5, E=7, F=3, G=1, H=2)


def test_two_rankings_are_compared_as_published():
    assert metrics.consistency(FIRST, SECOND, CRASHES, 3) == metrics.Consistency(27, 2, 3)
    same = metrics.consistency(FIRST, FIRST, CRASHES, 3)
    assert (same.mct, same.trdt) == (3, 0)
    gone = metrics.consistency(["X", "A"], ["A"], {}, 1)
    assert gone == metrics.Consistency(0, 0, 1)


def test_the_best_method_of_all_tests_scores_100():
    best, worse = metrics.Consistency(50, 8, 10), metrics.Consistency(25, 4, 20)
    assert metrics.total_score([best, worse]) == pytest.approx([100, 50])
    assert metrics.total_score([metrics.Consistency(0, 0, 0)]) == pytest.approx([100])


def test_more_than_two_periods_are_compared_too():
    found = metrics.over_periods([FIRST, SECOND, FIRST], [CRASHES] * 3, 3)
    assert found.csct == 2
    assert found.hcct == 27 + 27 + 28
    assert found.ardt == 3 + 4
    assert metrics.mean_difference({"A": 2.0, "B": 5}, {"A": 3.0, "B": 1}, ["A", "B"]) == 5


def test_captured_crashes_are_set_against_the_ground():
    found = metrics.prediction(40, 400, area=5, total_area=250, most=70)
    assert (found.hit_rate, found.pai) == (0.1, pytest.approx(5))
    assert found.pei == pytest.approx(40 / 70)
    best = metrics.prediction(70, 400, area=5, total_area=250)
    assert found.pei == pytest.approx(found.pai / best.pai)
    assert np.isnan(metrics.prediction(0, 0, area=1, total_area=2).pai)
    index = metrics.recapture_index(40, 400, captured_before=60, crashes_before=300)
    assert index == pytest.approx(0.5)
