"""Neighbours and circles on the ground, beside slow twins."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from crashkit import kernels

COORDINATES = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3))
POINTS = arrays.arrays(float, st.tuples(st.integers(0, 25), st.just(3)), elements=COORDINATES)


def groups(bounds, members):
    return [members[bounds[i] : bounds[i + 1]].tolist() for i in range(len(bounds) - 1)]


@given(POINTS, st.floats(10, 90))
def test_neighbours_are_all_points_within_the_radius(points, radius):
    found = groups(*kernels.neighbours(kernels.ground(points, radius)))
    twin = [
        [j for j, b in enumerate(points) if ((a - b) ** 2).sum() <= radius * radius] for a in points
    ]
    assert found == twin
    assert kernels.crowds(kernels.ground(points, radius)).tolist() == [len(row) for row in twin]
    some = np.arange(0, len(points), 2)[::-1]
    assert groups(*kernels.neighbours(kernels.ground(points, radius), some)) == [
        twin[i] for i in some
    ]


@settings(max_examples=40)
@given(arrays.arrays(float, st.tuples(st.integers(1, 9), st.just(2)), elements=COORDINATES))
def test_no_circle_holds_more_than_the_fullest_with_a_crash_on_its_rim(flat):
    radius = 40.0
    points = np.column_stack([flat, np.zeros(len(flat))])
    ups = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    around = kernels.neighbours(kernels.ground(points, 2 * radius))
    centres = kernels.best_centres(points, ups, around, radius)
    inside = groups(*kernels.within(centres, points, around, radius + 1e-3))
    tried = [(x, y) for x in np.arange(-150, 151, 6.0) for y in np.arange(-150, 151, 6.0)]
    fullest = max(sum(math.hypot(x - a, y - b) <= radius for a, b in flat) for x, y in tried)
    assert max(map(len, inside)) >= fullest


def test_four_crashes_on_one_rim_are_found_in_one_circle():
    points = np.array([[50.0, 0, 0], [-50, 0, 0], [0, 50, 0], [0, -50, 0]])
    ups = np.tile([0.0, 0.0, 1.0], (4, 1))
    around = kernels.neighbours(kernels.ground(points, 100.0))
    centres = kernels.best_centres(points, ups, around, 50.0)
    assert groups(*kernels.within(centres, points, around, 50.001)) == [[0, 1, 2, 3]] * 4
