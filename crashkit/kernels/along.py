"""Windows along roads: anchored at crashes, moved by steps, or as narrow as chance allows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crashkit.kernels.compiling import Flags, Floats, Ints, Places, compiled, laid_out


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


def cell_counts(
    route: Ints, at_m: Ints, values: Ints, lengths_m: Ints, cell_m: int
) -> tuple[Ints, Ints]:
    """Add up values by cells of equal length along routes: offsets (routes + 1,), sums (k, cells).

    `route` and `at_m` (n,) say where the values (k, n) are, in whole metres; `lengths_m` (routes,)
    how long each route is. The cells of route i are `offsets[i]` to `offsets[i + 1]`, the last one
    may be shorter. What lies on an edge belongs to the next cell, at the end of a route to its
    last. What lies outside of its route is in no cell.
    """
    route, at_m, values, lengths_m = laid_out(route, at_m, values, lengths_m)
    offsets = _offsets(np.maximum(-(-lengths_m // cell_m), 1))
    place = _places(route, at_m, (offsets, lengths_m), lengths_m + 1, cell_m)
    return offsets, _add_up(place, values, int(offsets[-1]))


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])


@compiled
def _places(route: Ints, at_m: Ints, roads: tuple[Ints, Ints], cut_m: Ints, cell_m: int) -> Places:
    """Return the cell of each place, or -1 outside of its route.

    The cell in which the cut of a route lies is two: before the cut, and from it on.
    """
    offsets, lengths_m = roads
    place = np.empty(route.size, np.int32)
    side = np.uint64(cell_m)
    for n in range(route.size):
        i, at = route[n], at_m[n]
        place[n] = -1
        if 0 <= at <= lengths_m[i]:
            # Division of numbers known to be positive takes half the time.
            cell = offsets[i] + np.int64(np.uint64(at) // side) + (at >= cut_m[i])
            place[n] = min(cell, offsets[i + 1] - 1)
    return place


@compiled
def _add_up(place: Places, values: Ints, cells: int) -> Ints:
    sums = np.zeros((values.shape[0], cells), np.int64)
    for k in range(values.shape[0]):
        for n in range(place.size):
            if place[n] >= 0:
                sums[k, place[n]] += values[k, n]
    return sums


class Windows(NamedTuple):
    """Windows along routes, in order: their route, their ends in metres, their sums (k, windows).

    A window holds what lies from `start_m` to before `end_m`; one that ends with its route holds
    what lies at that end too.
    """

    route: Ints
    start_m: Ints
    end_m: Ints
    sums: Ints


def sliding(
    route: Ints, at_m: Ints, values: Ints, *, lengths_m: Ints, window_m: int, step_m: int
) -> Windows:
    """Move a window along each route and add up the values in it, without rounding.

    `route` and `at_m` (n,) say where the values (k, n) are, in whole metres, in any order;
    `lengths_m` (routes,) how long each route is. The last window of a route is moved back so that
    it ends with it; a route shorter than `window_m` has one window of its own length. No window
    reaches over the end of a route.

    Source: reference methods, section 2.3 (sliding window).
    """
    route, at_m, values, lengths_m = laid_out(route, at_m, values, lengths_m)
    # Every window is made of whole cells: the cell in which the last one of a route starts is cut.
    cell_m = math.gcd(window_m, step_m)
    last_m = np.maximum(lengths_m - window_m, 0)
    offsets = _offsets(np.maximum(-(-lengths_m // cell_m), 1) + 1)
    place = _places(route, at_m, (offsets, lengths_m), last_m, cell_m)
    cells = (offsets, _add_up(place, values, int(offsets[-1])))
    starts = _offsets(-(-last_m // step_m) + 1)
    owner, start_m, end_m = np.empty((3, int(starts[-1])), np.int64)
    found = Windows(owner, start_m, end_m, np.empty((len(values), owner.size), np.int64))
    _slide(cells, starts, lengths_m, (window_m, step_m, cell_m), found)
    return found


@compiled
def _slide(
    cells: tuple[Ints, Ints],
    starts: Ints,
    lengths_m: Ints,
    sizes: tuple[int, int, int],
    found: Windows,
) -> None:
    """Fill in the route, the start, the end and the sums of all windows.

    Those of route i are `starts[i]` to `starts[i + 1]`.
    """
    offsets, counts = cells
    window_m, step_m, cell_m = sizes
    stride, wide = step_m // cell_m, window_m // cell_m
    route, start_m, end_m, sums = found
    for i in range(lengths_m.size):
        last_m = max(lengths_m[i] - window_m, 0)
        cut = offsets[i] + last_m // cell_m
        for w in range(starts[i], starts[i + 1]):
            route[w] = i
            start_m[w] = min((w - starts[i]) * step_m, last_m)
            end_m[w] = min(start_m[w] + window_m, lengths_m[i])
        for k in range(counts.shape[0]):
            total, first, end = 0, offsets[i], offsets[i]
            for w in range(starts[i], starts[i + 1]):
                since = offsets[i] + (w - starts[i]) * stride
                to = since + wide
                # Behind the cut all cells have moved by one.
                to += to > cut
                if w == starts[i + 1] - 1:
                    since, to = cut + 1, offsets[i + 1]
                while end < to:
                    total += counts[k, end]
                    end += 1
                while first < since:
                    total -= counts[k, first]
                    first += 1
                sums[k, w] = total


class Peaks(NamedTuple):
    """The worst stretch of each route: its ends in metres, its value per metre, how sure that is.

    All have shape (routes,). `variation` is the coefficient of variation of the value; `passes`
    says whether it is low enough. Where none is, the stretch is the whole route.
    """

    start_m: Ints
    end_m: Ints
    value: Floats
    variation: Floats
    passes: Flags


def peaks(
    route: Ints,
    at_m: Ints,
    amounts: Ints,
    *,
    lengths_m: Ints,
    step_m: int,
    limit: float,
    weight: Floats | None = None,
    expected: Floats | None = None,
) -> Peaks:
    """Search each route for the narrowest windows that are sure enough, and take the worst of them.

    Windows of `step_m` metres are laid side by side, the last two overlapping; where none has a
    coefficient of variation of at most `limit`, they are widened by `step_m`, up to the whole
    route. The value of a window is the sum of its whole `amounts` (n,) per metre; its variation is
    the deviation of all values of that width (with n - 1) by its own. Of equals the first leads.

    With `weight` w (routes,), from 0 to 1, and `expected` mu (routes,) per metre, the value is the
    empirical Bayes estimate w mu + (1 - w) N / length, and its variation that of the estimate
    itself, sqrt((1 - w) EB) / EB.

    Source: reference methods, section 2.3 (peak searching, and k and length).
    """
    route, at_m, amounts, lengths_m = laid_out(route, at_m, amounts, lengths_m)
    inside = (at_m >= 0) & (at_m <= lengths_m[route])
    where, at, what = route[inside], at_m[inside], amounts[inside].reshape(1, -1)
    # Cells counted from the end are there for the window that ends with the route.
    back = np.maximum(lengths_m[where] - at - 1, 0)
    offsets, ahead = cell_counts(where, at, what, lengths_m, step_m)
    _, behind = cell_counts(where, back, what, lengths_m, step_m)
    n = lengths_m.size
    w = np.zeros(n) if weight is None else weight
    mu = np.zeros(n) if expected is None else expected
    whole = (np.zeros(n, np.int64), lengths_m.copy())
    found = Peaks(*whole, np.zeros(n), np.zeros(n), np.zeros(n, np.bool_))
    sums = (offsets, ahead[0], behind[0])
    _peaks(sums, lengths_m, (step_m, limit), (weight is not None, w, mu), found)
    return found


@compiled
def _peaks(
    cells: tuple[Ints, Ints, Ints],
    lengths_m: Ints,
    asked: tuple[int, float],
    prior: tuple[bool, Floats, Floats],
    found: Peaks,
) -> None:
    """Fill in the peak of each route."""
    offsets, ahead, behind = cells
    step_m, limit = asked
    shrunk, weight, expected = prior
    for i in range(lengths_m.size):
        side = offsets[i + 1] - offsets[i]
        values = np.empty(side)
        forward, backward = ahead[offsets[i] : offsets[i + 1]], behind[offsets[i] : offsets[i + 1]]
        for cells_wide in range(1, side + 1):
            wide_m = min(cells_wide * step_m, lengths_m[i])
            n = _values(forward, backward, (cells_wide, wide_m, lengths_m[i], step_m), values)
            if shrunk:
                for k in range(n):
                    values[k] = weight[i] * expected[i] + (1 - weight[i]) * values[k]
            best, deviation = _highest(values, n)
            value, variation = values[best], np.inf
            if shrunk and value > 0:
                variation = np.sqrt((1 - weight[i]) / (value * wide_m))
            elif value > 0 and n > 1:
                variation = deviation / value
            if variation <= limit or cells_wide == side:
                start = min(best * step_m, lengths_m[i] - wide_m)
                found.start_m[i], found.end_m[i] = start, start + wide_m
                found.value[i], found.variation[i] = value, variation
                found.passes[i] = variation <= limit
                break


@compiled
def _highest(values: Floats, n: int) -> tuple[int, float]:
    """Return which of the first n values is the highest, and their standard deviation (n - 1)."""
    best, mean = 0, 0.0
    for k in range(n):
        mean += values[k] / n
        if values[k] > values[best]:
            best = k
    squares = 0.0
    for k in range(n):
        squares += (values[k] - mean) ** 2
    return best, np.sqrt(squares / max(n - 1, 1))


@compiled
def _values(forward: Ints, backward: Ints, sizes: tuple[int, int, int, int], values: Floats) -> int:
    """Fill in the sums per metre of the windows of one width; return how many there are.

    `forward` and `backward` are the sums of cells from the start and from the end of a route.
    """
    cells_wide, wide_m, length_m, step_m = sizes
    aligned = max(length_m // step_m - cells_wide + 1, 0)
    total = 0
    for k in range(cells_wide):
        total += forward[k]
    for k in range(aligned):
        values[k] = total / wide_m
        if k + 1 < aligned:
            total += forward[k + cells_wide] - forward[k]
    if length_m % step_m == 0 and aligned:
        return aligned
    # A route without length has no value per metre.
    total = 0
    for k in range(cells_wide):
        total += backward[k]
    values[aligned] = total / wide_m if wide_m else 0.0
    return aligned + 1


def warm() -> None:
    """Make these kernels ready."""
    two = np.arange(2)
    window_ends(two, two, two)
    widest(two, two)
    sliding(two, two, two.reshape(1, 2), lengths_m=two, window_m=2, step_m=1)
    peaks(two, two, two, lengths_m=two, step_m=1, limit=0.5)
