"""Crowds of points, beside a slow twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels

# Whole numbers: many points are the same, or exactly as far apart as may be.
POINTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=40)
REACHES = st.sampled_from([1.0, 2**0.5, 2.0, 3.0, 5.0, 7.3])


def twin(points, eps, least):
    """Tell core points, walk from each to all it reaches, then give the others away."""
    places = np.array(points, float).reshape(-1, 2)
    near = ((places[:, None] - places[None]) ** 2).sum(axis=2) <= eps * eps
    core = near.sum(axis=1) >= least
    labels = np.full(len(points), -1)
    number = 0
    for start in sorted(np.flatnonzero(core), key=lambda i: points[i]):
        if labels[start] < 0:
            waiting = [start]
            while waiting:
                i = waiting.pop()
                if labels[i] < 0:
                    labels[i] = number
                    waiting += np.flatnonzero(near[i] & core).tolist()
            number += 1
    for i in np.flatnonzero(~core):
        labels[i] = min(labels[near[i] & core], default=-1)
    return labels.tolist()


@given(POINTS, REACHES, st.integers(1, 6))
def test_clusters_are_those_of_walking_from_point_to_point(points, eps, least):
    places = np.array(points, float).reshape(-1, 2)
    assert kernels.dbscan(places, eps, least).tolist() == twin(points, eps, least)


@given(POINTS, REACHES, st.randoms())
def test_the_order_of_points_changes_no_cluster(points, eps, chance):
    order = list(range(len(points)))
    chance.shuffle(order)
    places = np.array(points, float).reshape(-1, 2)
    turned = kernels.dbscan(places[order], eps, 4)
    assert turned.tolist() == kernels.dbscan(places, eps, 4)[order].tolist()


def test_a_point_that_is_nowhere_is_in_no_cluster():
    places = np.array([[0.0, 0.0], [np.nan, 0.0], [1.0, 0.0], [np.inf, 1.0]])
    assert kernels.dbscan(places, 2.0, 2).tolist() == [0, -1, 0, -1]


def test_far_points_do_not_fill_the_memory():
    places = np.array([[0.0, 0.0], [0.5, 0.0], [1e7, 1e7], [1e7, 1e7 + 0.5]])
    assert kernels.dbscan(places, 1.0, 2).tolist() == [0, 0, 1, 1]
