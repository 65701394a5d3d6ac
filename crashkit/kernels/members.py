"""Groups whose members are of several kinds: how many of each, and how they go together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit.kernels.compiling import Ints, Places, compiled

Kinds = NDArray[np.signedinteger[Any]]
"""Codes of 8 or 32 bits."""


@compiled
def kind_moments(
    groups: Places, offsets: Places, kinds: Kinds, numbers: Places, n: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return moments of the members of each of `n` kinds over groups.

    Member k is of kind `kinds[k]`, -1 for none, and stands for `numbers[k]`, not below 0; group i
    has the members `offsets[i]` to `offsets[i + 1]`. With a of m members of a group, all of any
    kind: the sums of a, a², and a m, of shape (n,), and of m² and of groups with any, shape (2,).
    """
    sums, squares, cross = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    here, whole = np.zeros(n, np.int64), np.zeros(2, np.int64)
    for group in groups:
        first, last = offsets[group], offsets[group + 1]
        if last - first == 1:
            # Most groups have one member, who is all of it.
            a = np.int64(numbers[first])
            kind = kinds[first]
            if kind >= 0 and a:
                sums[kind] += a
                squares[kind] += a * a
                cross[kind] += a * a
                whole[0] += a * a
                whole[1] += 1
            continue
        m = np.int64(0)
        for k in range(first, last):
            if kinds[k] >= 0:
                here[kinds[k]] += numbers[k]
                m += numbers[k]
        if m == 0:
            continue
        for k in range(first, last):
            # A kind that several members have is taken at the first of them.
            if kinds[k] >= 0 and here[kinds[k]]:
                a = here[kinds[k]]
                here[kinds[k]] = 0
                sums[kinds[k]] += a
                squares[kinds[k]] += a * a
                cross[kinds[k]] += a * m
        whole[0] += m * m
        whole[1] += 1
    return sums, squares, cross, whole


@compiled
def sums_by_kind(kinds: Kinds, numbers: Places, n: int) -> tuple[Ints, Ints, Ints]:
    """Return for each kind how many numbers above 0 it has, their sum and that of their squares.

    Number k is of kind `kinds[k]`, -1 for none; the results have the shape (n + 1,), none first.
    """
    found, sums = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    squares = np.zeros(n + 1, np.int64)
    for k in range(kinds.size):
        place, number = kinds[k] + 1, np.int64(numbers[k])
        found[place] += number > 0
        sums[place] += number
        squares[place] += number * number
    return found, sums, squares


def warm() -> None:
    """Make these kernels ready."""
    one = np.array([0], np.int32)
    both: tuple[Kinds, ...] = (np.zeros(1, np.int8), one)
    for kinds in both:
        kind_moments(one, np.array([0, 1], np.int32), kinds, one, 1)
        sums_by_kind(kinds, one, 1)
