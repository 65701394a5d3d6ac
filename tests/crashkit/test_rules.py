"""Written rules on plain numbers: limits, scores, and stretches against trying every window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import rules, severity

SCORES = [8, 15, 36, 11, 20, 9]


def test_the_printed_limit_of_indonesia_is_a_corrupted_norden_limit():
    found = rules.control_limits(SCORES)
    assert (found.mean, found.bka) == pytest.approx((16.5, 28.686), abs=1e-3)
    assert found.literal[:2] == pytest.approx([22.897, 24.079], abs=1e-3)
    assert found.norden[:2] == pytest.approx([20.366, 19.29], abs=1e-3)
    assert found.above(found.literal).tolist() == [False, False, True, False, False, False]
    assert found.above(found.norden).tolist() == [False, False, True, False, True, False]


def test_a_section_without_points_has_no_limit_of_its_own():
    found = rules.control_limits([0, 9])
    assert np.isnan(found.norden[0])
    assert not found.above(found.norden)[0]
    assert np.isnan(rules.control_limits([]).mean)
    assert rules.control_limits([4, 4], psi=0).norden[0] == pytest.approx(4 + 0.829 / 4 + 1 / 8)


def test_austria_divides_by_what_the_traffic_lets_expect():
    assert rules.relative_number([4, 4], [10_000, 0]) == pytest.approx(
        [4 / 1.2, np.nan], nan_ok=True
    )


def test_scores_and_limits_make_a_rule():
    weights = severity.weight_set("de_muko").weights
    points = severity.epdo({"serious": [1, 2, 0], "slight": [5, 2, 8]}, weights)
    assert points.tolist() == [15, 14, 16]
    assert rules.meets({"score": points}, {"score": 15}).tolist() == [True, False, True]


def test_any_or_all_of_the_limits_must_be_reached():
    values, least = {"crashes": [5, 5, 1], "deaths": [0, 10, 3]}, {"crashes": 5, "deaths": 10}
    assert rules.meets(values, least).tolist() == [True, True, False]
    assert rules.meets(values, least, combine="all").tolist() == [False, True, False]
    for wrong in (lambda: rules.meets(values, {}), lambda: rules.meets(values, least, combine="x")):
        with pytest.raises(ValueError, match="limits"):
            wrong()


def test_there_are_so_many_on_ten_kilometres():
    assert rules.per_length([1203, 451], 153) == pytest.approx([78.6275, 29.4771], abs=1e-4)
    assert np.isnan(rules.per_length(3, 0))
    assert rules.per_length(3, 2, per_km=1) == 1.5


def test_a_place_is_stable_migrating_or_not_known_to_us():
    histories = [[True] * 3, [False, True, True], [True, False, True], [True, True, False]]
    assert [rules.stability(one) for one in histories] == ["stable", "stable", "migrating", None]
    with pytest.raises(ValueError, match="three"):
        rules.stability([True])


# --------------------------------------------------------------------------- along a road

RUSSIA = rules.Rule(any_type=5, same_type=3)
AT = [120, 450, 980, 1100, 1850, 2600, 2640, 2700, 2950, 3400, 5200]
KINDS = list("ABAACBBABBC")


def test_windows_from_crash_to_crash_find_what_fixed_kilometres_miss():
    found = rules.clusters(AT, KINDS, length_m=1000, rule=RUSSIA)
    assert found == (rules.Cluster(120, 1100, 4, 3), rules.Cluster(2600, 3400, 5, 4))
    fixed = rules.bins(AT, KINDS, length_m=1000, rule=RUSSIA)
    assert [(one.start_m, one.end_m) for one in fixed] == [(2000, 3000)]


def test_windows_that_share_a_crash_are_one_stretch():
    found = rules.clusters([0, 400, 900, 1300, 1800], list("AAAAA"), length_m=1000, rule=RUSSIA)
    assert found == (rules.Cluster(0, 1800, 5, 5),)
    apart = rules.clusters([0, 1, 2, 5000, 5001, 5002], list("AAABBB"), length_m=1000, rule=RUSSIA)
    assert len(apart) == 2


def every_window(at, kinds, length, rule):
    """Mark each crash that lies in any window that meets the rule."""
    order = sorted(range(len(at)), key=lambda i: (at[i], kinds[i]))
    inside = set()
    for i in range(len(order)):
        for j in range(i, len(order)):
            members = order[i : j + 1]
            same = max(sum(kinds[k] == kind for k in members) for kind in kinds)
            if at[order[j]] - at[order[i]] <= length and rule.is_met(len(members), same):
                inside |= set(members)
    return inside


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from("AB")), min_size=1, max_size=14),
    st.integers(10, 1500),
    st.sampled_from([RUSSIA, rules.Rule(any_type=3), rules.Rule(4, 2, "all")]),
    st.randoms(),
)
def test_no_window_that_meets_the_rule_is_missed_in_any_order(crashes, length, rule, chance):
    at, kinds = [place for place, _ in crashes], [kind for _, kind in crashes]
    found = rules.clusters(at, kinds, length_m=length, rule=rule)
    assert sum(one.count for one in found) == len(every_window(at, kinds, length, rule))
    chance.shuffle(crashes)
    again = rules.clusters(
        [place for place, _ in crashes], [kind for _, kind in crashes], length_m=length, rule=rule
    )
    assert again == found


def test_a_rule_without_a_limit_is_refused():
    for wrong in ({}, {"any_type": 3, "combine": "none"}):
        with pytest.raises(ValueError, match="limits"):
            rules.Rule(**wrong)


# ----------------------------------------------------------------------------- in the plane


def test_a_circle_round_a_crash_holds_four():
    points = [[0, 0], [30, 0], [60, 0], [49, 40], [400, 0]]
    assert rules.fullest_circle(points, 50) == 4
    assert rules.fullest_circle([], 50) == 0


def test_circles_round_crashes_only_can_miss_a_fuller_one():
    # Four corners of a square; the circle about its middle holds them all.
    corners = [[0, 0], [60, 0], [60, 60], [0, 60]]
    assert rules.fullest_circle(corners, 45, centres="crashes") == 1
    assert rules.fullest_circle(corners, 45) == 4
    with pytest.raises(ValueError, match="centres"):
        rules.fullest_circle(corners, 45, centres="x")


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=12),
    st.integers(5, 120),
)
def test_no_circle_through_two_crashes_is_fuller(points, radius):
    z = np.array([complex(*point) for point in points])
    centres = list(z)
    for a in z:
        for b in z:
            half = abs(b - a) / 2
            if 0 < half <= radius:
                up = 1j * (b - a) / abs(b - a)
                centres.append((a + b) / 2 + up * np.sqrt(radius**2 - half**2))
    most = max(int((np.abs(z - centre) <= radius + 1e-6).sum()) for centre in centres)
    assert rules.fullest_circle(points, radius) == most
