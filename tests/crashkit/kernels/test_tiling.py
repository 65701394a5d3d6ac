"""Points on a map, beside slow twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels


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
