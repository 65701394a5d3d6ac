"""Density on a plane, beside the sum over all points in every cell."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels

BOX = (1000.0, 2000.0, 3000.0, 3000.0)
SHAPE = (100, 200)
CELL_M2 = 10.0 * 10.0
KERNELS = {
    "quartic": lambda far, h: 3 / (math.pi * h**2) * np.maximum(1 - far**2 / h**2, 0) ** 2,
    "epanechnikov": lambda far, h: 2 / (math.pi * h**2) * np.maximum(1 - far**2 / h**2, 0),
    "gaussian": lambda far, h: np.exp(-(far**2) / (2 * h**2)) / (2 * math.pi * h**2),
}


def crowd(n, low=0.0, high=1.0):
    chance = np.random.default_rng(4)
    x, y = chance.uniform(low, high, (2, n))
    return BOX[0] + x * 2000, BOX[1] + y * 1000


def twin(x, y, kernel, bandwidth_m):
    east = BOX[0] + 5 + 10 * np.arange(SHAPE[1])
    north = BOX[1] + 5 + 10 * np.arange(SHAPE[0])
    far = np.hypot(east[None, :, None] - x, north[:, None, None] - y)
    return KERNELS[kernel](far, bandwidth_m).sum(axis=2)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_cell_has_the_sum_of_all_points_around_it(kernel):
    x, y = crowd(40, -0.1, 1.1)
    bandwidth_m = 60.0 if kernel == "gaussian" else 200.0
    found = kernels.planar_density(x, y, BOX, SHAPE, bandwidth_m, kernel=kernel)
    exact = twin(x, y, kernel, bandwidth_m)
    # At its rim this one has an edge, which cells round off.
    most = 2e-2 if kernel == "epanechnikov" else 5e-3
    assert np.abs(found - exact).max() < most * exact.max()


@pytest.mark.parametrize("kernel", KERNELS)
def test_no_point_is_lost(kernel):
    x, y = crowd(500, 0.3, 0.7)
    found = kernels.planar_density(x, y, BOX, SHAPE, 60.0, kernel=kernel)
    assert found.sum() * CELL_M2 == pytest.approx(500, rel=1e-3)
    assert (found >= 0).all()


@given(st.randoms())
def test_the_order_of_points_changes_nothing(chance):
    x, y = crowd(60)
    order = list(range(60))
    chance.shuffle(order)
    found, turned = (
        kernels.planar_density(x[rows], y[rows], BOX, (10, 20), 300.0) for rows in (..., order)
    )
    assert turned.tolist() == found.tolist()


def test_a_point_that_counts_three_times_is_three_points():
    x, y = crowd(2)
    heavy = kernels.planar_density(x, y, BOX, SHAPE, 100.0, amounts=np.array([3, 1]))
    thrice = kernels.planar_density(x[[0, 0, 0, 1]], y[[0, 0, 0, 1]], BOX, SHAPE, 100.0)
    assert heavy.tolist() == thrice.tolist()


def test_a_bandwidth_smaller_than_a_cell_shows_the_cells():
    found = kernels.planar_density(np.array([1005.0]), np.array([2005.0]), BOX, SHAPE, 1.0)
    assert found[0, 0] * CELL_M2 == pytest.approx(1.0)
    assert np.count_nonzero(found) == 1


def test_points_that_are_nowhere_or_out_of_reach_count_nowhere():
    x, y = np.array([np.nan, 1e9, 1100.0]), np.array([2500.0, 2500.0, -np.inf])
    assert not kernels.planar_density(x, y, BOX, SHAPE, 100.0).any()
    assert not kernels.planar_density(x[:0], y[:0], BOX, SHAPE, 100.0).any()
