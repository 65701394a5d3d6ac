"""Are the values around a place unusual? Told by drawing other neighbours for it, many times.

A place keeps its own value; its neighbours are drawn from all other places. Draws can be shared by
all places, as PySAL does it. Place i then takes the numbers q of a draw from 0 to n - 2, moved up
by one from i on to leave itself out. So the sum of a draw is the same for all places between two of
its numbers: a few sums a draw are enough, where each place with own draws needs them all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crashkit.kernels.compiling import Floats, Ints, compiled

Lists = tuple[Ints, Ints]


class Hot(NamedTuple):
    """Gi* of each place: its standard score, and how often a draw was as extreme, one-sided."""

    z: Floats
    p: Floats


class Moran(NamedTuple):
    """Local Moran's I of each place, its quadrant, and how often a draw was as extreme, one-sided.

    Quadrants: 1 high among high, 2 low among high, 3 low among low, 4 high among low; 0 where there
    is no neighbour.
    """

    value: Floats
    quadrant: Ints
    p: Floats


def gi_star(
    values: Floats, around: Lists, *, draws: int = 999, seed: int = 1, own: bool = False
) -> Hot:
    """Return Gi* for values (n,) of places, each with its neighbours.

    The neighbours of place i are `members[offsets[i]:offsets[i + 1]]` of `around`, offsets and
    members; all count the same, and the place itself counts too, told or not. z is NaN where all
    values are the same or all places are neighbours. p is the smaller share of draws with a sum at
    least, or at most, as large, the place itself counted as one draw; double it for two sides.
    With `own`, each place has draws of its own, otherwise all share theirs.

    Source: reference methods, section 2.5 (Getis-Ord Gi*).
    """
    x = np.ascontiguousarray(values, dtype=float)
    n = x.size
    if not n:
        return Hot(x, x)
    offsets, members = _others(around)
    sums = _sums(offsets, members, x)
    weight = np.diff(offsets) + 1.0
    spread = x.std() * np.sqrt((n * weight - weight**2) / max(n - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(spread > 0, (sums + x - x.mean() * weight) / spread, np.nan)
    more, less = _drawn(x, offsets, sums, (draws, seed), own)
    return Hot(z, (np.minimum(more, less) + 1) / (draws + 1))


def local_moran(
    values: Floats, around: Lists, *, draws: int = 999, seed: int = 1, own: bool = False
) -> Moran:
    """Return local Moran's I for values (n,) of places, each with its neighbours.

    I is the deviation of a place from the mean, times the mean deviation of its neighbours, by the
    variance (with n, as in spdep; PySAL divides by n - 1). Neighbours, draws and p as in `gi_star`,
    except that the place itself is no neighbour.

    Source: reference methods, section 2.5 (local Moran).
    """
    x = np.ascontiguousarray(values, dtype=float)
    offsets, members = _others(around)
    sums, sizes = _sums(offsets, members, x), np.diff(offsets)
    away = x - x.mean() if x.size else x
    among = np.where(sizes > 0, sums / np.maximum(sizes, 1) - (x - away), 0.0)
    variance = (away**2).mean() if x.size else 0.0
    value = away * among / variance if variance > 0 else np.full(x.size, np.nan)
    quadrant = np.where(among > 0, np.where(away > 0, 1, 2), np.where(away > 0, 4, 3))
    more, less = _drawn(x, offsets, sums, (draws, seed), own)
    # A place at the mean has the same I whatever its neighbours.
    p = np.where(away == 0, 1.0, (np.minimum(more, less) + 1) / (draws + 1))
    return Moran(value, np.where(sizes > 0, quadrant, 0), p)


def _others(around: Lists) -> Lists:
    """Leave out of its neighbours the place itself."""
    offsets, members = around
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    is_other = members != owner
    sizes = np.bincount(owner[is_other], minlength=offsets.size - 1)
    return np.concatenate([[0], np.cumsum(sizes)]), members[is_other].astype(np.int64)


def _sums(offsets: Ints, members: Ints, values: Floats) -> Floats:
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    found = np.bincount(owner, values[members], minlength=offsets.size - 1)
    return found.astype(float)


def _drawn(
    values: Floats, offsets: Ints, sums: Floats, chance: tuple[int, int], own: bool
) -> tuple[Ints, Ints]:
    """Return how many draws have a sum at least, and at most, as large as that of each place."""
    draws, seed = chance
    sizes = np.diff(offsets)
    more, less = np.zeros(values.size, np.int64), np.zeros(values.size, np.int64)
    if own:
        _count_own(values, sizes, sums, (draws, np.uint64(seed)), (more, less))
        return more, less
    numbers = _numbers(values.size - 1, int(sizes.max(initial=0)), draws, seed)
    for size in np.unique(sizes):
        places = np.flatnonzero(sizes == size)
        counted = _count_shared(values, numbers[:, :size].copy(), places, sums[places])
        more[places], less[places] = counted
    return more, less


def _numbers(below: int, most: int, draws: int, seed: int) -> Ints:
    """Draw `most` different numbers from 0 to before `below`, so many times: (draws, most)."""
    chance = np.random.default_rng(seed)
    numbers = np.empty((draws, most), np.int64)
    for draw in numbers if most else ():
        draw[:] = chance.choice(below, most, replace=False)
    return numbers


@compiled
def _count_shared(values: Floats, numbers: Ints, places: Ints, sums: Floats) -> Lists:
    """Count for places (m,), rising, the shared draws that reach, or do not pass, their sums.

    `numbers` (draws, k) are the draws; all these places have k neighbours.
    """
    more, less = np.zeros(places.size, np.int64), np.zeros(places.size, np.int64)
    size = numbers.shape[1]
    for draw in range(numbers.shape[0]):
        drawn = np.sort(numbers[draw])
        begin = 0
        for below in range(size + 1):
            # For the places from here on so many numbers of the draw lie below their own.
            end = places.size
            if below < size:
                end = np.searchsorted(places, drawn[below], side="right")
            total = 0.0
            for k in range(size):
                total += values[drawn[k] + (k >= below)]
            for i in range(begin, end):
                more[i] += total >= sums[i]
                less[i] += total <= sums[i]
            begin = max(begin, end)
    return more, less


@compiled
def _count_own(
    values: Floats, sizes: Ints, sums: Floats, chance: tuple[int, np.uint64], found: Lists
) -> None:
    """Count for each place its own draws that reach, or do not pass, its sum."""
    draws, seed = chance
    more, less = found
    drawn = np.empty(max(sizes.max(), 1), np.int64)
    for i in range(values.size):
        # Numbers of a place depend on the seed and on the place alone.
        state = _mixed(seed ^ _mixed(np.uint64(i + 1)))
        for _ in range(draws):
            total = 0.0
            # Different numbers, by Floyd's way: one that is there already becomes the last.
            for k in range(sizes[i]):
                last = values.size - 1 - sizes[i] + k
                state += np.uint64(0x9E3779B97F4A7C15)
                high = _mixed(state) >> np.uint64(32)
                number = np.int64(high * np.uint64(last + 1) >> np.uint64(32))
                for other in range(k):
                    if drawn[other] == number:
                        number = last
                drawn[k] = number
                total += values[number + (number >= i)]
            more[i] += total >= sums[i]
            less[i] += total <= sums[i]


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    """Return a number that looks drawn by chance.

    Source: Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators (SplitMix64).
    """
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def warm() -> None:
    """Make these kernels ready."""
    around = (np.array([0, 1, 2]), np.array([1, 0]))
    for own in (False, True):
        gi_star(np.arange(2.0), around, draws=1, own=own)
