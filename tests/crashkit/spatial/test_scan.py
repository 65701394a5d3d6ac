import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spatial


def even(seed, cells=60, crashes=40):
    return np.random.default_rng(seed).multinomial(crashes, np.full(cells, 1 / cells))


def plain(counts, exposure, first, end):
    """The likelihood ratio of one window, as in Kulldorff 1997."""
    n, total = counts[first:end].sum(), counts.sum()
    e = exposure[first:end].sum() / exposure.sum() * total
    inside = n * np.log(n / e) if n else 0.0
    outside = (total - n) * np.log((total - n) / (total - e)) if n < total else 0.0
    return inside + outside


def test_a_planted_crowd_is_found_where_it_is():
    counts = even(1)
    counts[20:23] += 8
    (found,) = spatial.scan(counts, np.ones(60), longest=6)
    assert 18 <= found.first <= 20
    assert 22 <= found.end <= 25
    assert found.p <= 0.01
    assert found.ratio == pytest.approx(plain(counts, np.ones(60), found.first, found.end))
    assert found.expected == pytest.approx(counts.sum() * (found.end - found.first) / 60)


@pytest.mark.parametrize("k", [0.0, 1.0])
def test_chance_alone_alarms_no_more_often_than_the_level_says(k):
    alarms = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        shares = chance.gamma(1 / k, k, 40) if k else np.ones(40)
        counts = chance.multinomial(50, shares / shares.sum())
        alarms += bool(spatial.scan(counts, np.ones(40), longest=4, k=k, draws=99, alpha=0.1))
    assert alarms <= 13  # 6 are expected; 13 or more are 1 in 200


def test_roads_that_differ_from_place_to_place_alarm_where_that_is_left_out():
    alarms = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        shares = chance.gamma(0.5, 2.0, 40)
        counts = chance.multinomial(80, shares / shares.sum())
        alarms += bool(spatial.scan(counts, np.ones(40), longest=4, draws=99))
    assert alarms >= 15


def test_no_window_reaches_into_another_road():
    counts = np.array([0, 0, 0, 9, 9, 0, 0, 0])
    roads = [0] * 4 + [1] * 4
    found = spatial.scan(counts, np.ones(8), longest=4, roads=roads)
    assert [(one.first, one.end) for one in found] == [(3, 4), (4, 5)]
    together = spatial.scan(counts, np.ones(8), longest=4)
    assert [(one.first, one.end) for one in together] == [(3, 5)]


@given(st.integers(0, 30), st.floats(0.01, 100))
def test_the_unit_of_exposure_changes_nothing_and_a_seed_repeats(seed, unit):
    counts = even(seed, 20)
    counts[5] += 15
    one = spatial.scan(counts, np.ones(20), longest=3, draws=49)
    other = spatial.scan(counts, np.full(20, unit), longest=3, draws=49)
    assert [(a.first, a.end, a.p) for a in one] == [(b.first, b.end, b.p) for b in other]


def test_without_crashes_or_exposure_nothing_is_found():
    assert spatial.scan([], [], longest=3) == []
    assert spatial.scan([0, 0], [1, 1], longest=3) == []
    assert spatial.scan([1, 2], [0, 0], longest=3) == []
