"""Groups of members: their sums, and which of them share no member with a better one."""

from __future__ import annotations

import numpy as np

from crashkit.kernels.compiling import Flags, Floats, Ints, compiled


@compiled
def sum_groups(offsets: Ints, members: Ints, values: Floats) -> Floats:
    """Return the sum of the rows of `values`, shape (rows, columns), over each group.

    Group i has the rows `members[offsets[i]:offsets[i + 1]]`; the result has shape (i, columns).
    """
    sums = np.zeros((offsets.size - 1, values.shape[1]))
    for i in range(sums.shape[0]):
        for k in range(offsets[i], offsets[i + 1]):
            for column in range(values.shape[1]):
                sums[i, column] += values[members[k], column]
    return sums


@compiled
def keep_apart(offsets: Ints, members: Ints, n: int) -> Flags:
    """Mark the sites, taken in the order given, that share no member with one taken before.

    Site i has the members `members[offsets[i]:offsets[i + 1]]`, numbers below `n`.
    """
    taken = np.zeros(n, np.bool_)
    kept = np.zeros(offsets.size - 1, np.bool_)
    for i in range(kept.size):
        free = True
        for k in range(offsets[i], offsets[i + 1]):
            if taken[members[k]]:
                free = False
                break
        if free:
            kept[i] = True
            for k in range(offsets[i], offsets[i + 1]):
                taken[members[k]] = True
    return kept


def warm() -> None:
    """Make these kernels ready."""
    offsets, members = np.array([0, 1]), np.array([0])
    sum_groups(offsets, members, np.eye(2))
    keep_apart(offsets, members, 2)
