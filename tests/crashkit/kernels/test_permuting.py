"""Unusual values among neighbours, beside slow twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels
from crashkit.kernels import permuting


@st.composite
def places(draw):
    """Draw whole values, so that sums are often the same, and some neighbours for each."""
    values = draw(st.lists(st.integers(0, 4), min_size=2, max_size=14))
    others = [[j for j in range(len(values)) if j != i] for i in range(len(values))]
    chosen = [draw(st.lists(st.sampled_from(rest), max_size=4, unique=True)) for rest in others]
    return np.array(values, float), chosen


def listed(chosen):
    offsets = np.cumsum([0] + [len(one) for one in chosen])
    return offsets, np.array([j for one in chosen for j in one], dtype=np.int64)


def folded(values, i, chosen, drawn):
    """Count draws as extreme as the neighbours of place i; a place is never its own neighbour."""
    told = values[chosen].sum()
    sums = [values[[q + (q >= i) for q in draw[: len(chosen)]]].sum() for draw in drawn]
    more, less = (sum(one) for one in ([s >= told for s in sums], [s <= told for s in sums]))
    return (min(more, less) + 1) / (len(drawn) + 1)


@given(places(), st.integers(0, 99))
def test_shared_draws_are_those_of_drawing_for_each_place(case, seed):
    values, chosen = case
    most = max(len(one) for one in chosen)
    drawn = permuting._numbers(len(values) - 1, most, 19, seed).tolist()
    twin = [folded(values, i, one, drawn) for i, one in enumerate(chosen)]
    found = kernels.gi_star(values, listed(chosen), draws=19, seed=seed)
    np.testing.assert_allclose(found.p, twin)
    moran = kernels.local_moran(values, listed(chosen), draws=19, seed=seed)
    at_mean = values == values.mean()
    np.testing.assert_allclose(moran.p, np.where(at_mean, 1.0, twin))


@given(places())
def test_the_scores_are_those_of_their_formulas(case):
    values, chosen = case
    n, mean, deviation = len(values), values.mean(), values.std()
    found = kernels.gi_star(values, listed([[i, *one] for i, one in enumerate(chosen)]), draws=1)
    moran = kernels.local_moran(values, listed(chosen), draws=1)
    for i, one in enumerate(chosen):
        w = len(one) + 1
        if deviation == 0:
            assert np.isnan(found.z[i])
            assert np.isnan(moran.value[i])
            continue
        if w < n:
            below = deviation * ((n * w - w * w) / (n - 1)) ** 0.5
            told = (values[one].sum() + values[i] - mean * w) / below
            assert found.z[i] == pytest.approx(told)
        around = (values[one] - mean).mean() if one else 0.0
        told = (values[i] - mean) * around / deviation**2
        assert moran.value[i] == pytest.approx(told, abs=1e-12)


def ring(n):
    return [[(i + step) % n for step in (-2, -1, 1, 2)] for i in range(n)]


@pytest.mark.parametrize("own", [False, True])
def test_a_hot_stretch_is_found_and_chance_alone_finds_as_many_as_it_should(own):
    chance = np.random.default_rng(8)
    values = chance.poisson(3.0, 400).astype(float)
    calm = kernels.gi_star(values, listed(ring(400)), own=own)
    assert 0.02 < (calm.p <= 0.05).mean() < 0.2
    values[100:106] += 15
    hot = kernels.gi_star(values, listed(ring(400)), own=own)
    assert (hot.p[101:105] <= 0.002).all()
    assert (hot.z[101:105] > 4).all()
    moran = kernels.local_moran(values, listed(ring(400)), own=own)
    assert moran.quadrant[102] == 1
    assert moran.p[102] <= 0.002


def test_own_draws_come_near_to_shared_ones_and_are_the_same_again():
    values = np.random.default_rng(2).poisson(2.0, 60).astype(float)
    around = listed(ring(60))
    own, again, other, shared = (
        kernels.gi_star(values, around, draws=4000, seed=seed, own=kind).p
        for seed, kind in ((1, True), (1, True), (2, True), (1, False))
    )
    assert own.tolist() == again.tolist()
    assert own.tolist() != other.tolist()
    assert np.abs(own - shared).max() < 0.05


def test_own_draws_take_each_other_place_equally_often_and_none_twice():
    """With a value of its own power of two for each place, a sum tells which places were drawn."""
    values = 2.0 ** np.arange(6)
    around = listed([[1, 2], [0, 2], [0, 1], [0, 1], [0, 1], [0, 1]])
    p = kernels.gi_star(values, around, draws=20_000, own=True).p
    pairs = [values[[a, b]].sum() for a in range(5) for b in range(a)]
    assert len(set(pairs)) == 10
    # Of the ten pairs of the last place its own is the smallest.
    assert p[5] == pytest.approx(0.1, abs=0.01)


def test_a_place_without_neighbours_is_nothing_unusual():
    around = listed([[1], [0], []])
    moran = kernels.local_moran(np.array([1.0, 2.0, 9.0]), around)
    assert (moran.quadrant[2], moran.p[2]) == (0, 1.0)
    assert kernels.gi_star(np.array([1.0, 2.0, 9.0]), around).p[2] == 1.0
