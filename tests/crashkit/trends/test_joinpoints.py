"""Joinpoints: found where the trend turned, and not where it did not."""

import numpy as np
import pytest

from crashkit.trends import joinpoints

YEARS = np.arange(1969, 1985)
BRITAIN = np.array(
    [19951, 21939, 22309, 23540, 23850, 21460, 19213, 19229]
    + [19363, 20441, 19970, 18932, 19149, 19460, 15472, 16421]
)
STRAIGHT = np.rint(2000 * np.exp(-0.03 * np.arange(16)) + 40 * np.sin(np.arange(16) * 2.4))
BENT = np.array([200, 214, 226, 243, 255, 274, 250, 228, 212, 195, 178, 165])


def test_british_drivers_turned_in_1972():
    found = joinpoints.joinpoints(BRITAIN, YEARS, number=1, family="poisson")
    assert found.years == (1972,)
    percents = [one.annual_percent for one in found.segments]
    assert percents == pytest.approx([4.0519, -2.60671], abs=1e-4)
    assert [(one.first, one.last) for one in found.segments] == [(1969, 1972), (1972, 1984)]


@pytest.mark.parametrize("choose", ["bic", "permutation"])
def test_a_bend_is_found_and_a_straight_line_left_straight(choose):
    bent = joinpoints.joinpoints(BENT, range(12), choose=choose)
    assert bent.years == (5,)
    assert bent.segments[0].lower > 0 > bent.segments[1].upper
    straight = joinpoints.joinpoints(STRAIGHT, range(16), choose=choose)
    assert straight.years == ()
    assert len(straight.segments) == 1


def test_two_bends_need_a_long_series():
    t = np.arange(27)
    ups = np.rint(np.exp(6 + 0.1 * t - 0.2 * np.maximum(t - 8, 0) + 0.2 * np.maximum(t - 18, 0)))
    assert joinpoints.joinpoints(ups, t).years == (8, 18)
    assert joinpoints.joinpoints(ups, t, choose="permutation").years == (8, 18)
    assert len(joinpoints.joinpoints(ups[:24], t[:24]).years) == 1


def test_how_many_are_looked_for_goes_by_the_length():
    assert [joinpoints.most(n) for n in (9, 10, 24, 25, 60)] == [0, 1, 1, 2, 2]


def test_the_scatter_of_the_years_is_no_bend():
    found = [
        joinpoints.joinpoints(BRITAIN, YEARS, family=family, at_most=2, choose="bic").years
        for family in ("poisson", "quasi_poisson")
    ]
    assert len(found[0]) == 2
    assert len(found[1]) < 2


def test_the_ends_are_kept_free():
    found = joinpoints.joinpoints(BRITAIN, YEARS, number=1, family="poisson", min_end=5)
    assert 1974 <= found.years[0] <= 1979
    assert joinpoints.joinpoints(BRITAIN, YEARS, number=1, min_end=9).reason


def test_the_same_seed_gives_the_same_p():
    p = [joinpoints.joinpoints(BENT, range(12), choose="permutation").p for _ in range(2)]
    assert p[0] == p[1]
    assert 0 < p[0][0] <= 0.05


def test_a_short_series_is_not_looked_at():
    assert "too short" in str(joinpoints.joinpoints([5, 3, 4], range(3)).reason)
    with pytest.raises(ValueError, match="rising"):
        joinpoints.joinpoints(BENT, [0] * 12)
