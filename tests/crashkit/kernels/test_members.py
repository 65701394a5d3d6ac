"""Members of several kinds in groups, beside slow twins."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit import kernels

KINDS = 3
MEMBERS = st.lists(st.tuples(st.integers(-1, KINDS - 1), st.integers(0, 4)), max_size=5)


@given(st.lists(MEMBERS, max_size=8), st.data())
def test_moments_of_kinds_are_those_of_each_group_added_up(groups, data):
    kept = data.draw(st.lists(st.sampled_from(range(len(groups))), unique=True)) if groups else []
    listed = [one for group in groups for one in group]
    found = kernels.kind_moments(
        np.array(kept, dtype=np.int32),
        np.cumsum([0, *map(len, groups)]).astype(np.int32),
        np.array([kind for kind, _ in listed], dtype=np.int32),
        np.array([number for _, number in listed], dtype=np.int32),
        KINDS,
    )
    sums, squares, cross, sizes, there = [0] * KINDS, [0] * KINDS, [0] * KINDS, 0, 0
    for group in (groups[i] for i in kept):
        each = Counter()
        for kind, number in group:
            each[kind] += number if kind >= 0 else 0
        m = sum(each.values())
        sizes, there = sizes + m * m, there + (m > 0)
        for kind in range(KINDS):
            sums[kind] += each[kind]
            squares[kind] += each[kind] ** 2
            cross[kind] += each[kind] * m
    assert [one.tolist() for one in found] == [sums, squares, cross, [sizes, there]]


def test_numbers_are_summed_by_kind_those_of_none_first():
    kinds, numbers = [0, -1, 1, 0, 1], [3, 2, 0, 1, 5]
    found = kernels.sums_by_kind(
        np.array(kinds, dtype=np.int32), np.array(numbers, dtype=np.int32), KINDS
    )
    by = {
        kind: [n for k, n in zip(kinds, numbers, strict=True) if k == kind]
        for kind in range(-1, KINDS)
    }
    twin = [
        [sum(n > 0 for n in one) for one in by.values()],
        [sum(one) for one in by.values()],
        [sum(n * n for n in one) for one in by.values()],
    ]
    assert [one.tolist() for one in found] == twin
