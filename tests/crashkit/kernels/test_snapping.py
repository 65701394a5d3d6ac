"""The nearest lines of points, beside a slow twin and shapely."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from crashkit import kernels

# Few whole numbers: many pieces are equally near, have no length, or lie on the edge of a cell.
SPOT = st.tuples(st.integers(-4, 12), st.integers(-4, 12))
PIECES = st.lists(st.tuples(SPOT, SPOT, st.integers(0, 3)), min_size=1, max_size=9)


def laid(pieces, cell_m):
    starts, ends, line = (np.array(part) for part in zip(*pieces, strict=True))
    return kernels.lay_grid(starts.astype(float), ends.astype(float), line, cell_m)


def twin(pieces, point, most_m, count):
    """Measure every piece, keep the best of each line."""
    best = {}
    for number, (start, end, line) in enumerate(pieces):
        step = np.subtract(end, start)
        along = np.dot(np.subtract(point, start), step) / max(np.dot(step, step), 1e-300)
        share = min(max(along, 0.0), 1.0)
        distance = math.dist(point, start + share * step)
        if distance <= most_m:
            told = (round(distance, 9), line, number, share)
            best[line] = min(best.get(line, told), told)
    return sorted(best.values())[:count]


@given(
    PIECES,
    st.lists(SPOT, min_size=1, max_size=8),
    st.sampled_from([1.0, 2.0, 7.0, 100.0]),
    # No whole points lie just as far apart.
    st.integers(0, 20).map(lambda metres: metres + 0.001),
    st.integers(1, 3),
)
@example(pieces=[((0, 7), (0, 0), 0)], points=[(0, 0)], cell_m=1.0, most_m=0.0, count=1)
@example(
    pieces=[((0, 0), (1, 2), 0), ((1, 2), (0, 0), 1)],
    points=[(0, 1)],
    cell_m=1.0,
    most_m=1.001,
    count=1,
)
def test_the_nearest_lines_are_those_of_measuring_every_piece(
    pieces, points, cell_m, most_m, count
):
    grid = laid(pieces, cell_m)
    piece, distance, share = kernels.nearest(grid, np.array(points, float), most_m, count)
    for row, point in enumerate(points):
        told = twin(pieces, point, most_m, count)
        found = piece[row][piece[row] >= 0].tolist()
        assert [round(d, 9) for d in distance[row][: len(found)]] == [d for d, *_ in told]
        assert [pieces[number][2] for number in found] == [line for _, line, *_ in told]
        for number, at, d in zip(found, share[row], distance[row], strict=False):
            start, end, _ = pieces[number]
            place = np.add(start, at * np.subtract(end, start))
            assert math.dist(point, place) == pytest.approx(d, abs=1e-9)


def test_where_lines_meet_the_lower_number_leads_whatever_their_order():
    meet, ends = (10.0, 0.0), [(0.0, 3.0), (0.3, -7.1), (3.3, 0.7)]
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        pieces = [
            (meet, ends[line], line) if line % 2 else (ends[line], meet, line) for line in order
        ]
        piece, distance, _ = kernels.nearest(laid(pieces, 3.0), np.array([[11.7, 0.1]]), 5.0, 3)
        assert [pieces[number][2] for number in piece[0]] == [0, 1, 2]
        assert len(set(distance[0])) == 1


def test_a_point_that_is_nowhere_or_too_far_is_near_nothing():
    grid = laid([((0, 0), (1, 0), 0)], 10.0)
    points = np.array([[np.nan, 0.0], [0.0, np.inf], [0.0, 5.001], [1e9, -1e9], [0.5, 5.0]])
    piece, distance, share = kernels.nearest(grid, points, 5.0)
    assert piece[:, 0].tolist() == [-1, -1, -1, -1, 0]
    assert distance[:, 0].tolist() == [np.inf] * 4 + [5.0]
    assert np.isnan(share[:4]).all()
    assert share[4, 0] == 0.5


def test_no_reach_at_all_still_ends_and_finds_the_nearest():
    grid = laid([((0, 0), (1, 0), 4)], 1.0)
    piece, distance, _ = kernels.nearest(grid, np.array([[30_001.0, 0.0]]), np.inf, 2)
    assert piece.tolist() == [[0, -1]]
    assert distance[0, 0] == 30_000.0


def test_without_lines_nothing_is_near():
    nothing = np.empty((0, 2))
    grid = kernels.lay_grid(nothing, nothing, np.empty(0, np.int64), 10.0)
    assert kernels.nearest(grid, np.zeros((2, 2)), 10.0)[0].tolist() == [[-1], [-1]]


def test_a_country_of_two_far_places_does_not_fill_the_memory():
    pieces = [((0, 0), (10, 0), 0), ((9e6, 9e6), (9e6, 9e6 + 10), 1)]
    grid = laid(pieces, 1.0)
    assert grid.offsets.size < 2 * kernels.snapping.MOST_CELLS
    assert kernels.nearest(grid, np.array([[9e6 + 3, 9e6 + 5]]), 5.0)[0].tolist() == [[1]]


def test_counts_and_distances_are_those_of_shapely():
    chance = np.random.default_rng(5)
    starts = chance.uniform(0, 20_000, (1500, 2))
    ends = starts + chance.normal(0, 400, (1500, 2))
    points = chance.uniform(-500, 20_500, (3000, 2))
    lines = shapely.linestrings(np.stack([starts, ends], axis=1))
    rows, distances = shapely.STRtree(lines).query_nearest(
        shapely.points(points), max_distance=250.0, return_distance=True, all_matches=False
    )
    grid = kernels.lay_grid(starts, ends, np.arange(1500), 150.0)
    piece, distance, share = kernels.nearest(grid, points, 250.0)
    near = np.flatnonzero(piece[:, 0] >= 0)
    assert near.tolist() == rows[0].tolist()
    np.testing.assert_allclose(distance[near, 0], distances, atol=1e-9)
    along = shapely.line_locate_point(lines[piece[near, 0]], shapely.points(points[near]))
    np.testing.assert_allclose(
        share[near, 0] * shapely.length(lines[piece[near, 0]]), along, atol=1e-6
    )
    turned = chance.permutation(len(points))
    np.testing.assert_array_equal(kernels.nearest(grid, points[turned], 250.0)[0], piece[turned])
