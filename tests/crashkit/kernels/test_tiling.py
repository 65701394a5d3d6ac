"""Points and lines on a map, beside slow twins."""

import math
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels, mvt


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(0, 2), st.booleans()),
        max_size=40,
    )
)
def test_cells_of_a_square_are_added_up_point_by_point(points):
    x, y, rank, kept = (
        (np.array(column) for column in zip(*points, strict=True))
        if points
        else (np.zeros(0, int),) * 4
    )
    found = kernels.cell_sums(
        (x + 32).astype(np.int32),
        (y + 48).astype(np.int32),
        rank.astype(np.int8),
        kept.astype(bool),
        (32, 48, 4, 4),
    )
    slow = np.zeros((4, 16), dtype=int)
    for east, south, worst, counts in points:
        if counts:
            slow[:, south // 4 * 4 + east // 4] += [1, worst == 0, east, south]
    np.testing.assert_array_equal(np.array(found), slow)


def varint(number):
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F)
    return bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])


def block(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


point = st.tuples(
    st.integers(0, 2**62),
    st.tuples(st.integers(0, 2**20), st.integers(0, 2**20)),
    st.integers(-5000, 5000),
    st.integers(-5000, 5000),
)


@given(st.lists(point, min_size=1, max_size=20))
def test_features_are_written_as_the_specification_says(points):
    slow = b""
    for number, tags, x, y in points:
        pairs = b"".join(varint(key) + varint(tag) for key, tag in enumerate(tags))
        move = varint(9) + b"".join(varint(2 * n if n >= 0 else -2 * n - 1) for n in (x, y))
        slow += block(2, b"\x08" + varint(number) + block(2, pairs) + b"\x18\x01" + block(4, move))
    ids, tags, x, y = (np.array(column) for column in zip(*points, strict=True))
    assert kernels.point_features(ids, tags, x, y).tobytes() == slow


place = st.tuples(st.integers(-40, 140), st.integers(-40, 140))


def cut(line, low, high):
    """Cut a line to a square piece by piece, by shapely."""
    square = shapely.box(low, low, high, high)
    parts = []
    for one, other in pairwise(line):
        piece = shapely.intersection(shapely.LineString([one, other]), square)
        if piece.length == 0:
            continue
        ends = sorted(piece.coords, key=lambda end: math.dist(end, one))
        if parts and math.dist(parts[-1][-1], ends[0]) < 1e-9:
            parts[-1].append(ends[1])
        else:
            parts.append(ends)
    return parts


def decoded(content):
    layer = mvt.layer("ways", content.tobytes(), ["a"], [mvt.whole_value(n) for n in range(9)], 100)
    found = mapbox_vector_tile.decode(layer, default_options={"y_coord_down": True})
    return found["ways"]["features"]


@given(st.lists(st.lists(place, min_size=2, max_size=6), min_size=1, max_size=4))
def test_lines_are_cut_to_the_square_part_by_part(lines):
    x, y = (np.array([at[axis] for line in lines for at in line], dtype=float) for axis in (0, 1))
    offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    ids, tags = np.arange(len(lines)) + 1, np.arange(len(lines))[:, None] % 9
    features = {
        one["id"]: one
        for one in decoded(kernels.line_features(ids, tags, (x, y, offsets), (-10, 110, 1)))
    }
    for n, line in enumerate(lines):
        parts = cut(line, -10, 110)
        # Where a line only brushes the square, rounding decides whether a place is left of it.
        if not any(math.dist(part[0], part[-1]) > 2 for part in parts):
            continue
        one = features[n + 1]
        shape = shapely.geometry.shape(one["geometry"])
        assert one["properties"] == {"a": n % 9}
        assert shapely.hausdorff_distance(shape, shapely.MultiLineString(parts)) < 1.5


def test_a_line_that_leaves_and_comes_back_is_in_two_parts():
    x, y = np.array([0.0, 200, 200, 0, 50]), np.array([10.0, 10, 50, 50, 50])
    one = decoded(
        kernels.line_features(
            np.ones(1, int), np.ones((1, 1), int), (x, y, np.array([0, 5])), (0, 100, 1)
        )
    )
    assert one[0]["geometry"]["coordinates"] == [
        [[0, 10], [100, 10]],
        [[100, 50], [0, 50], [50, 50]],
    ]


def test_on_a_coarse_grid_short_lines_join_or_vanish():
    x, y = np.array([0.0, 3, 3, 7, 7, 9]), np.zeros(6)
    ids, tags = np.arange(3) + 1, np.zeros((3, 1), int)
    found = decoded(kernels.line_features(ids, tags, (x, y, np.array([0, 2, 4, 6])), (0, 100, 8)))
    assert [(one["id"], one["geometry"]["coordinates"]) for one in found] == [(2, [[0, 0], [8, 0]])]
    assert (
        kernels.line_features(ids[:1], tags[:1], (x + 500, y, np.array([0, 2])), (0, 100, 8)).size
        == 0
    )
