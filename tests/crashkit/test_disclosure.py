"""Hidden cells: nothing small is seen, and no hidden cell can be worked out from the totals."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from crashkit import disclosure

ATTACK = Path(__file__).resolve().parents[3] / "shared" / "checks" / "check_suppression.py"
TABLES = st.integers(1, 5).flatmap(
    lambda wide: st.lists(
        st.lists(st.integers(0, 40) | st.integers(0, 6), min_size=wide, max_size=wide),
        min_size=1,
        max_size=6,
    )
)


def twin(table, threshold):
    """Say what a reader works out: the plain attack, cell by cell, without a thought of speed."""
    told = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) if n is None]
    found = [n for row in table for n in row if n is not None and 0 < n < threshold]
    rows, columns = len(table), len(table[0])
    lines = [[(i, j) for j in range(columns)] for i in range(rows)]
    lines += [[(i, j) for i in range(rows)] for j in range(columns)]
    left, right = [], []
    for line in lines:
        signs = {at: -1 if n == len(line) - 1 else 1 for n, at in enumerate(line)}
        left.append([signs.get(at, 0) for at in told])
        right.append(-sum(s * (table[i][j] or 0) for (i, j), s in signs.items()))
    for n, _ in enumerate(told):
        aim = [float(k == n) for k in range(len(told))]
        low = linprog(aim, A_eq=left, b_eq=right)
        high = linprog([-one for one in aim], A_eq=left, b_eq=right)
        if high.status == 0 and -high.fun - low.fun < threshold - 1e-6:
            found.append((low.fun, -high.fun))
    return found


@given(TABLES, st.integers(3, 11))
@settings(deadline=None)
def test_nothing_can_be_worked_out(counts, threshold):
    published = disclosure.protect(counts, threshold)
    assert twin(published.cells, threshold) == []
    body = np.asarray(counts)
    seen = ~published.hidden[:-1, :-1]
    assert (published.counts[:-1, :-1][seen] == body[seen]).all()


@pytest.mark.skipif(not ATTACK.exists(), reason="the attack on published tables is not here")
def test_the_attack_of_others_finds_nothing():
    spec = importlib.util.spec_from_file_location("check_suppression", ATTACK)
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    random = np.random.default_rng(7)
    for _ in range(40):
        counts = random.negative_binomial(0.6, 0.04, (random.integers(2, 8), random.integers(2, 6)))
        published = disclosure.protect(counts.tolist())
        assert theirs.attack([list(row) for row in published.cells]) == []


def test_enough_in_each_cell_hides_nothing():
    assert not disclosure.protect([[5, 20, 0], [10, 10, 7]]).hidden.any()


def test_a_hidden_cell_takes_others_along_in_its_row_and_column():
    published = disclosure.protect([[1, 36, 40], [12, 19, 30], [22, 31, 18]])
    assert published.cells[0][0] is None
    assert sum(n is None for n in published.cells[0]) > 1
    assert sum(row[0] is None for row in published.cells) > 1
    assert published.cells[-1][-1] == 209


def test_a_list_of_counts_is_a_table_of_one_row():
    published = disclosure.protect([[2, 30, 50]])
    assert published.cells[0][:3] == (None, None, 50)


@pytest.mark.parametrize("threshold", [2, 12])
def test_another_threshold_is_refused(threshold):
    with pytest.raises(ValueError, match="3 to 11"):
        disclosure.protect([[1]], threshold)


def test_what_is_no_count_is_refused():
    with pytest.raises(ValueError, match="counts"):
        disclosure.protect([[-1, 3]])
