"""Windows along roads, each kernel beside a slow twin that says what it means."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels

POSITIONS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 300)), max_size=30).map(sorted)


@given(POSITIONS, st.integers(0, 120))
def test_a_window_holds_every_crash_within_its_length(positions, length):
    road = np.array([road for road, _ in positions], dtype=np.int64)
    at_m = np.array([at for _, at in positions], dtype=np.int64)
    ends = kernels.window_ends(road, at_m, np.full(len(positions), length))
    twin = [
        max(j for j, (r, a) in enumerate(positions) if r == road[i] and a - at_m[i] <= length) + 1
        for i in range(len(positions))
    ]
    assert ends.tolist() == twin


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=20))
def test_the_widest_ranges_are_those_within_no_other(sizes):
    ranges = sorted({(start, start + size) for start, size in sizes}, key=lambda r: (r[0], -r[1]))
    starts = np.array([start for start, _ in ranges], dtype=np.int64)
    ends = np.array([end for _, end in ranges], dtype=np.int64)
    twin = [
        not any(a <= start and end <= b and (a, b) != (start, end) for a, b in ranges)
        for start, end in ranges
    ]
    assert kernels.widest(starts, ends).tolist() == twin
