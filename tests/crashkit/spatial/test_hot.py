import esda
import libpysal
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spatial
from crashkit.spatial import hot

VALUES = [1.0, 0, 2, 8, 9, 7, 1, 0, 2]
LINE = spatial.along_a_line(9)


def points(seed=1, n=60):
    chance = np.random.default_rng(seed)
    return chance.uniform(0, 100, (n, 2)), chance.negative_binomial(1, 0.2, n).astype(float)


def weights(around):
    lists = np.split(around.members, around.offsets[1:-1])
    return libpysal.weights.W(
        {i: one.tolist() for i, one in enumerate(lists)}, silence_warnings=True
    )


def test_the_score_of_a_place_counts_itself_among_its_neighbours():
    found = spatial.getis_ord(VALUES, LINE)
    assert found.z[:5] == pytest.approx([-1.2601, -1.3728, 0, 1.7650, 2.7456], abs=1e-4)
    assert found.hot().tolist() == [4]
    assert found.hot(0.90).tolist() == [3, 4]
    assert found.cold(0.90).tolist() == []
    assert found.hot(0.80).tolist() == [3, 4, 5]


@pytest.mark.parametrize("seed", range(3))
def test_the_score_and_its_p_are_those_of_esda(seed):
    at, values = points(seed)
    around = spatial.within(at, 30)
    theirs = esda.G_Local(values, weights(around), transform="B", star=True, permutations=0)
    ours = spatial.getis_ord(values, around)
    assert ours.z == pytest.approx(theirs.Zs, abs=1e-9)
    assert ours.p == pytest.approx(theirs.p_norm, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_local_moran_is_that_of_esda_with_n_minus_1_and_that_of_spdep_with_n(seed):
    at, values = points(seed)
    around = spatial.within(at, 15)
    theirs = esda.Moran_Local(values, weights(around), transformation="r", permutations=0)
    ours = spatial.local_moran(values, around, draws=99)
    assert ours.by_n_minus_1 == pytest.approx(theirs.Is, abs=1e-9)
    assert ours.value * (values.size - 1) / values.size == pytest.approx(theirs.Is, abs=1e-9)
    names = {1: "HH", 2: "LH", 3: "LL", 4: "HL"}
    has_some = np.diff(around.offsets) > 0
    expected = [names[code] for code in theirs.q[has_some]]
    assert [one for one, some in zip(ours.quadrant, has_some, strict=True) if some] == expected


def test_weights_of_one_are_the_sum_of_neighbours():
    around = spatial.along_a_line(9)
    rows = spatial.local_moran(VALUES, around, draws=9)
    ones = spatial.local_moran(VALUES, around, draws=9, row_standardised=False)
    assert ones.value == pytest.approx(rows.value * [1, 2, 2, 2, 2, 2, 2, 2, 1])


def test_too_few_draws_for_so_many_places_leave_the_formula_standing():
    # With 999 draws the smallest p is 0.001: no false discovery control rejects anything on 400.
    values = np.zeros(400)
    values[198:203] = 30
    around = spatial.along_a_line(400)
    found = spatial.getis_ord(values, around, draws=999)
    assert found.by == "formula"
    assert "999" in str(found.notes[0])
    assert (found.adjusted() < 0.05).sum() >= 3
    enough = spatial.getis_ord(VALUES, LINE, draws=999)
    assert (enough.by, enough.notes) == ("draws", ())
    # Draws keep the value of the place itself, the formula does not: the order is the same.
    assert enough.p.argmin() == 4


def test_the_same_everywhere_is_hot_nowhere():
    found = spatial.getis_ord([0.1] * 9, LINE, draws=99, alpha=0.9)
    assert np.isnan(found.z).all()
    assert (found.adjusted() == 1).all()
    assert found.notes == (hot.SPREADLESS,)
    assert found.hot().size == 0
    assert spatial.getis_ord([], spatial.along_a_line(0)).z.size == 0


@given(st.integers(0, 100), st.floats(0.1, 100), st.floats(-50, 50))
def test_unit_and_level_of_the_values_change_nothing(seed, unit, level):
    at, values = points(seed, 30)
    around = spatial.within(at, 20)
    one, other = (spatial.getis_ord(v, around).z for v in (values, values * unit + level))
    assert other == pytest.approx(one, abs=1e-6)
    ours, theirs = (
        spatial.local_moran(v, around, draws=9).value for v in (values, values * unit + level)
    )
    assert theirs == pytest.approx(ours, abs=1e-6)


@given(st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_order_of_places_changes_nothing(seed, chance):
    at, values = points(seed, 25)
    order = list(range(25))
    chance.shuffle(order)
    one = spatial.getis_ord(values, spatial.within(at, 20)).z
    moved = spatial.getis_ord(values[order], spatial.within(at[order], 20)).z
    assert moved == pytest.approx(one[order], abs=1e-9)
