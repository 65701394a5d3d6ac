import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from crashkit import spatial

POINTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40)


@given(POINTS, st.integers(1, 8), st.integers(1, 6))
def test_crowds_are_numbered_as_by_scikit_learn(points, eps, least):
    at = np.array(points, dtype=float)
    theirs = DBSCAN(eps=eps, min_samples=least).fit(at).labels_
    assert spatial.crowds(at, eps_m=eps, least=least).tolist() == theirs.tolist()


def test_no_points_are_no_crowd():
    assert spatial.crowds(np.empty((0, 2)), eps_m=1, least=2).size == 0
    assert spatial.crowds([[np.nan, 1.0], [0, 0], [0, 0.5]], eps_m=1, least=2).tolist() == [
        -1,
        0,
        0,
    ]
