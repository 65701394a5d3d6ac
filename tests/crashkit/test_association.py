from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import Table, Table2x2

from crashkit import association
from crashkit.association import Clusters

CELLS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 60), min_size=width, max_size=width), min_size=1, max_size=4
    )
)


def one_each(cells: list[list[int]]) -> Clusters:
    """Put each one counted into a crash of its own."""
    flat = np.repeat(np.arange(np.size(cells)), np.ravel(cells))
    return Clusters(np.arange(flat.size), flat, np.ones(flat.size))


def test_the_chi_square_test_is_that_of_the_textbook() -> None:
    # Agresti 2002, Categorical Data Analysis, table 3.2: education and belief; X2 = 69.2, 4 df.
    cells = [[178, 138, 108], [570, 648, 442], [138, 252, 252]]
    found = association.judged(cells)
    assert (found.kind, found.df) == ("chi_square", 4)
    assert round(found.statistic, 1) == 69.2
    assert round(found.residuals[0, 0], 1) == 4.5
    assert round(found.residuals[2, 2], 1) == 6.3


@given(CELLS)
@settings(max_examples=60, deadline=None)
def test_the_chi_square_test_is_that_of_scipy_and_statsmodels(cells: list[list[int]]) -> None:
    found = association.judged(cells)
    if found.kind != "chi_square":
        return
    filled = np.array(cells)[np.sum(cells, axis=1) > 0][:, np.sum(cells, axis=0) > 0]
    theirs = scipy_stats.chi2_contingency(filled, correction=False)
    assert found.statistic == pytest.approx(theirs.statistic, abs=1e-9)
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-12)
    whole = np.array(cells)
    if filled.shape == whole.shape:
        residuals = Table(filled, shift_zeros=False).standardized_resids
        assert found.residuals == pytest.approx(residuals, abs=1e-9)


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
@settings(max_examples=80, deadline=None)
def test_the_exact_test_of_four_cells_is_that_of_scipy(cells: list[int]) -> None:
    theirs = scipy_stats.fisher_exact(np.reshape(cells, (2, 2))).pvalue
    assert association.fisher(cells) == pytest.approx(theirs, abs=1e-9)


def test_a_larger_table_with_few_in_its_cells_is_tested_among_drawn_tables() -> None:
    cells = [[4, 1, 0], [1, 3, 1], [0, 1, 5]]
    found = association.judged(cells)
    assert found.kind == "drawn"
    draw = np.random.default_rng(5)
    sides = np.sum(cells, axis=1), np.sum(cells, axis=0)
    tables = scipy_stats.random_table(*sides, seed=draw).rvs(4000)
    as_far = [association.pearson(one.astype(float)) >= found.statistic - 1e-9 for one in tables]
    theirs = float(np.mean(as_far))
    assert found.p == pytest.approx(theirs, abs=0.01)
    assert association.judged(cells).p == found.p


@given(CELLS, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_turned_or_shuffled_table_has_the_same_answer(
    cells: list[list[int]], shuffling: object
) -> None:
    found, turned = association.judged(cells), association.judged(np.transpose(cells))
    assert turned.kind == found.kind
    assert turned.p == pytest.approx(found.p, nan_ok=True)
    assert np.allclose(turned.q.T, found.q, equal_nan=True)
    shuffled = association.judged(cells[::-1])
    assert shuffled.p == pytest.approx(found.p, nan_ok=True)
    assert found.expected.sum() == pytest.approx(np.sum(cells), abs=1e-6) or np.sum(cells) == 0


def test_people_who_come_one_to_a_crash_are_as_good_as_independent() -> None:
    cells = [[60, 140], [40, 160]]
    alone = association.judged(cells)
    found = association.judged(cells, one_each(cells))
    assert found.kind == "rao_scott"
    assert found.statistic == pytest.approx(alone.statistic, rel=0.03)
    assert found.p == pytest.approx(alone.p, abs=0.003)


def test_people_who_come_in_pairs_alike_count_half() -> None:
    cells = [[60, 140], [40, 160]]
    alone = association.judged(cells, one_each(cells))
    once = one_each(cells)
    pairs = Clusters(*(np.repeat(part, 2) for part in (once.crash, once.cell, once.weight)))
    twice = association.judged(2 * np.array(cells), pairs)
    assert twice.p == pytest.approx(alone.p)
    assert twice.residuals == pytest.approx(alone.residuals)
    # Two listed, or one that counts for two, are the same.
    heavy = Clusters(once.crash, once.cell, 2 * once.weight)
    assert association.judged(2 * np.array(cells), heavy).p == pytest.approx(alone.p)
    wide = association.times(2 * np.array(cells), 0, 0, clusters=pairs)
    usual = association.times(cells, 0, 0, clusters=once)
    assert wide is not None
    assert usual is not None
    assert wide.upper == pytest.approx(usual.upper)


def test_the_spread_between_crashes_is_that_of_each_crash_by_itself() -> None:
    draw = np.random.default_rng(7)
    crash, cell = draw.integers(0, 80, 300), draw.integers(0, 6, 300)
    weight = draw.integers(1, 3, 300).astype(float)
    counts = np.bincount(cell, weights=weight, minlength=6).reshape(2, 3)
    found = association.judged(counts, Clusters(crash, cell, weight))
    total, share = counts.sum(), counts / counts.sum()
    r, c = share.sum(axis=1), share.sum(axis=0)
    w = np.outer(r, c)
    spread = np.zeros((6, 6))
    for one in np.unique(crash):
        here = crash == one
        x = np.bincount(cell[here], weights=weight[here], minlength=6).reshape(2, 3)
        d = x - np.outer(x.sum(axis=1), c) - np.outer(r, x.sum(axis=0)) + (2 * w - share) * x.sum()
        spread += np.outer(d, d)
    m = np.unique(crash).size
    spread *= m / (m - 1) / total**2
    delta = np.diag(total / w.ravel()) @ spread
    design, square = np.trace(delta), np.trace(delta @ delta)
    statistic, df = association.pearson(counts) / design, design**2 / square
    assert found.statistic == pytest.approx(statistic)
    assert found.df == pytest.approx(df)
    assert found.p == pytest.approx(scipy_stats.f.sf(statistic, df, df * (m - 1)))
    assert found.residuals.ravel() == pytest.approx((share - w).ravel() / np.sqrt(np.diag(spread)))


def test_crashes_full_of_people_alike_raise_no_false_alarm() -> None:
    draw = np.random.default_rng(11)
    naive, corrected = [], []
    for _ in range(300):
        size = draw.integers(1, 6, 150)
        row, column = draw.integers(0, 2, 150), draw.integers(0, 3, 150)
        crash = np.repeat(np.arange(150), size)
        cell = np.repeat(row * 3 + column, size)
        counts = np.bincount(cell, minlength=6).reshape(2, 3)
        members = Clusters(crash, cell, np.ones(cell.size))
        naive.append(association.judged(counts).p)
        corrected.append(association.judged(counts, members).p)
    assert np.mean(np.array(naive) <= 0.05) > 0.25
    assert np.mean(np.array(corrected) <= 0.05) < 0.09


def test_what_cannot_be_tested_says_why() -> None:
    assert association.judged([[3, 4]]).reason == association.ONE_VALUE
    assert association.judged([[3, 0], [4, 0]]).reason == association.ONE_VALUE
    assert association.judged([[0, 0], [0, 0]]).reason == association.ONE_VALUE
    few = [[3, 1], [1, 3]]
    assert association.judged(few, one_each(few)).reason == association.SMALL_CLUSTERED
    once = Clusters(np.zeros(80, dtype=np.int64), np.repeat(np.arange(4), 20), np.ones(80))
    reason = association.judged([[20, 20], [20, 20]], once).reason
    assert reason == association.FEW_CLUSTERED
    # Every crash holds one of each: nothing differs between them.
    same = Clusters(np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40), np.ones(160))
    assert association.judged([[40, 40], [40, 40]], same).reason == association.NO_SPREAD
    wide = np.full((40, 40), 10)
    assert association.judged(wide, one_each(wide.tolist())).reason == association.LARGE_CLUSTERED


def test_what_is_in_no_cell_is_not_tested() -> None:
    cells = [[60, 140], [40, 160]]
    once = one_each(cells)
    more = Clusters(np.append(once.crash, [900, 901]), np.append(once.cell, [-1, -1]), np.ones(402))
    assert association.judged(cells, more).p == association.judged(cells, once).p


def test_a_row_without_anything_is_left_aside() -> None:
    found = association.judged([[30, 70], [0, 0], [10, 90]])
    assert (found.df, round(found.statistic, 2)) == (1, 12.5)
    assert found.expected[1].tolist() == [0, 0]
    assert np.isnan(found.residuals[1]).all()
    assert found.marked.tolist() == [[True, True], [False, False], [True, True]]


def test_a_cell_that_expects_few_is_never_marked() -> None:
    found = association.judged([[9, 1], [1, 900]])
    assert found.kind == "fisher"
    assert not found.marked[0, 0]
    assert found.p < 1e-6


@given(st.lists(st.integers(1, 200), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_how_many_times_is_the_ratio_of_risks_of_statsmodels(cells: list[int]) -> None:
    table = np.reshape(cells, (2, 2))
    found, theirs = association.times(table, 0, 0), Table2x2(table, shift_zeros=False)
    assert found is not None
    assert found.ratio == pytest.approx(theirs.riskratio)
    assert (found.lower, found.upper) == pytest.approx(theirs.riskratio_confint(), rel=1e-9)


def test_nothing_has_no_ratio() -> None:
    assert association.times([[0, 5], [3, 5]], 0, 0) is None
