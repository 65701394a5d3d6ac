"""Windows along roads: which crashes each holds, and which windows lie in no other."""

from __future__ import annotations

import numpy as np

from crashkit.kernels.compiling import Flags, Ints, compiled


@compiled
def window_ends(road: Ints, at_m: Ints, length_m: Ints) -> Ints:
    """Return for each crash the index after the last crash of the window that starts at it.

    All arrays have shape (n,), ordered by `road`, then `at_m`. The window that starts at crash i
    holds every crash of the same road from `at_m[i]` to `at_m[i] + length_m[i]`, both included.
    """
    n = road.size
    ends = np.empty(n, np.int64)
    end = 0
    for start in range(n):
        end = max(end, start)
        while end < n and road[end] == road[start] and at_m[end] - at_m[start] <= length_m[start]:
            end += 1
        ends[start] = end
    return ends


@compiled
def widest(starts: Ints, ends: Ints) -> Flags:
    """Mark the ranges [start, end) that lie in no other; of equal ranges the first is kept.

    Both arrays have shape (n,), ordered by `starts`, then by falling `ends`.
    """
    keep = np.zeros(starts.size, np.bool_)
    reached = -1
    for i in range(starts.size):
        if ends[i] > reached:
            keep[i] = True
            reached = ends[i]
    return keep


def warm() -> None:
    """Make these kernels ready."""
    two = np.arange(2)
    window_ends(two, two, two)
    widest(two, two)
