"""Tables for the public: small counts are hidden, and so many others that nobody works them out.

A count of 1 to t - 1 may point at a person. It is hidden (primary), and with it other cells
(complementary), until from all that is still to be seen no hidden cell can be told closer than to
`width` whole numbers. The audit is that of the attacker: the least and the greatest value of each
hidden cell that agree with the totals, by linear programming.

Source: Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, chapters 4 and 5;
Fischetti and Salazar 2001, Management Science 47: 1008-1027 (the audit).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

THRESHOLD, LEAST_THRESHOLD, MOST_THRESHOLD = 5, 3, 11
"""Counts below are hidden; which thresholds may be set. Source: reference security, P04."""

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Protected:
    """A two-way table with its totals in the last row and column; `hidden` cells are not shown."""

    counts: Ints
    hidden: Bools
    threshold: int

    @property
    def cells(self) -> tuple[tuple[int | None, ...], ...]:
        """The table as it is published; None for a hidden cell."""
        return tuple(
            tuple(None if hide else int(n) for n, hide in zip(row, mask, strict=True))
            for row, mask in zip(self.counts, self.hidden, strict=True)
        )


def protect(counts: Sequence[Sequence[int]], threshold: int = THRESHOLD) -> Protected:
    """Hide small counts of a table without totals, and what gives them away.

    Raises ValueError for a threshold outside of LEAST_THRESHOLD to MOST_THRESHOLD, counts below 0,
    and for rows that are not of one length.

    >>> protect([[1, 36, 40], [12, 9, 30]]).cells[0]
    (None, None, 40, 77)
    """
    if not LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
        raise ValueError("the threshold is 3 to 11")
    body = np.atleast_2d(np.asarray(counts, dtype=np.int64))
    if body.ndim != 2 or (body < 0).any():
        raise ValueError("counts are whole numbers from 0 on, in rows of one length")
    table = _with_totals(body)
    hidden = (table > 0) & (table < threshold)
    while (exposed := _alone(hidden) or _exposed(table, hidden, threshold)) is not None:
        hidden[_next(table, hidden, exposed)] = True
    return Protected(table, hidden, threshold)


def _with_totals(body: Ints) -> Ints:
    wide = np.hstack([body, body.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])


def _next(table: Ints, hidden: Bools, exposed: tuple[int, int]) -> tuple[int, int]:
    """Choose the cell whose hiding costs least: in the line with fewest hidden, the smallest.

    A zero says nothing and is a poor cover; a total is the last to go.
    """
    row, column = exposed
    across = [(row, j) for j in range(table.shape[1])]
    down = [(i, column) for i in range(table.shape[0])]
    lines = sorted((across, down), key=lambda line: sum(hidden[at] for at in line))
    last_row, last_column = table.shape[0] - 1, table.shape[1] - 1

    def price(at: tuple[int, int]) -> tuple[bool, bool, int, tuple[int, int]]:
        is_total = at[0] == last_row or at[1] == last_column
        return is_total, table[at] == 0, int(table[at]), at

    for line in lines:
        seen = [at for at in line if not hidden[at]]
        if seen:
            return min(seen, key=price)
    # Both of its lines are hidden whole: what else gives it away stands in another line.
    left = [(int(i), int(j)) for i, j in zip(*np.nonzero(~hidden), strict=True)]
    return min(left, key=price)


def _alone(hidden: Bools) -> tuple[int, int] | None:
    """Return a cell that is the only hidden one of its line, which any reader subtracts."""
    rows = hidden.sum(axis=1, keepdims=True) == 1
    columns = hidden.sum(axis=0, keepdims=True) == 1
    found = np.argwhere(hidden & (rows | columns))
    return (int(found[0][0]), int(found[0][1])) if found.size else None


def _exposed(table: Ints, hidden: Bools, width: int) -> tuple[int, int] | None:
    """Return a hidden cell that can be told closer than `width`; None where there is none."""
    for at, low, high in ranges(table, hidden):
        if high - low < width:
            return at
    return None


def ranges(table: Ints, hidden: Bools) -> Iterator[tuple[tuple[int, int], float, float]]:
    """Return each hidden cell with the least and the greatest value that fit what is seen.

    What nothing bounds from above is infinite.
    """
    cells = [(int(i), int(j)) for i, j in zip(*np.nonzero(hidden), strict=True)]
    if not cells or not (~hidden).any():
        return
    equations, sums = _equations(table, hidden, cells)
    for n, at in enumerate(cells):
        wanted = np.zeros(len(cells))
        wanted[n] = 1
        yield at, _end(wanted, equations, sums), -_end(-wanted, equations, sums)


def _equations(
    table: Ints, hidden: Bools, cells: list[tuple[int, int]]
) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Say that each line adds up: its cells less its total are 0."""
    rows, columns = table.shape
    signs = np.ones(table.shape)
    across, down = signs.copy(), signs.copy()
    across[:, -1], down[-1, :] = -1, -1
    matrix = sparse.lil_array((rows + columns, len(cells)))
    for n, (i, j) in enumerate(cells):
        matrix[i, n] = across[i, j]
        matrix[rows + j, n] = down[i, j]
    seen = np.where(hidden, 0, table)
    sums = -np.concatenate([(across * seen).sum(axis=1), (down * seen).sum(axis=0)])
    told = np.diff(matrix.tocsr().indptr) > 0
    return matrix.tocsr()[np.flatnonzero(told)], sums[told]


def _end(
    wanted: NDArray[np.float64], equations: sparse.csr_array, sums: NDArray[np.float64]
) -> float:
    found = optimize.linprog(wanted, A_eq=equations, b_eq=sums, bounds=(0, None), method="highs")
    return float(found.fun) if found.status == 0 else -np.inf


# ------------------------------------------------------ several tables at once


@dataclass(frozen=True)
class Sum:
    """Numbers that add up to another, all told by their place in a list."""

    parts: tuple[int, ...]
    total: int

    @property
    def all(self) -> tuple[int, ...]:
        """Every number of the sum."""
        return (*self.parts, self.total)


def protect_jointly(
    values: Sequence[int], sums: Sequence[Sum], threshold: int = THRESHOLD
) -> Bools:
    """Say which of the numbers of several tables to hide, so that all sums together tell none.

    A number that stands in two tables is one value with two sums, so that no table gives away what
    another hides. Raises ValueError for a threshold outside of LEAST_THRESHOLD to MOST_THRESHOLD,
    for counts below 0, and for a sum that is none.

    >>> protect_jointly([1, 36, 40, 77], [Sum((0, 1, 2), 3)]).tolist()
    [True, True, False, False]
    """
    if not LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
        raise ValueError("the threshold is 3 to 11")
    counts = np.asarray(values, dtype=np.int64)
    if (counts < 0).any():
        raise ValueError("counts are whole numbers from 0 on")
    if any(counts[list(one.parts)].sum() != counts[one.total] for one in sums):
        raise ValueError("a sum does not add up")
    return _Joint(counts, tuple(sums), threshold).protected()


@dataclass(frozen=True)
class _Joint:
    """Numbers, the sums between them, and the width that no hidden one may be told closer than."""

    counts: Ints
    sums: tuple[Sum, ...]
    width: int

    def protected(self) -> Bools:
        hidden: Bools = (self.counts > 0) & (self.counts < self.width)
        sure: set[frozenset[int]] = set()
        self._pair(hidden)
        passes = 0
        while more := self._covers(hidden, sure, whole=passes >= MOST_PASSES):
            passes += 1
            hidden[list(more)] = True
            self._pair(hidden)
        return hidden

    def _pair(self, hidden: Bools) -> None:
        """Hide a second number of each sum of which any reader subtracts the only hidden one."""
        waiting = list(self.sums)
        while waiting:
            one = waiting.pop()
            there = [at for at in one.all if hidden[at]]
            seen = [at for at in one.all if not hidden[at]]
            if len(there) == 1 and seen:
                chosen = min(seen, key=partial(self._price, hidden))
                hidden[chosen] = True
                waiting += [self.sums[i] for i in self._sums_of[chosen]]

    def _covers(self, hidden: Bools, sure: set[frozenset[int]], *, whole: bool = False) -> set[int]:
        """Return what to hide next: one number for each that can be told, but one a sum.

        With `whole` all sums of a group that tells too much are hidden: it would take long.
        """
        found: set[int] = set()
        for group in self._groups(hidden):
            if group in sure:
                continue
            before = len(found)
            if whole and next(self._exposed(sorted(group), hidden), None) is not None:
                sums = {self.sums[i] for at in group for i in self._sums_of[at]}
                found |= {at for one in sums for at in one.all if not hidden[at]}
                sure |= set() if len(found) > before else {group}
                continue
            for exposed in self._exposed(sorted(group), hidden, found):
                chosen = self._cover(exposed, group, hidden)
                found |= set() if chosen is None else {chosen}
            if len(found) == before:
                sure.add(group)
        return found

    def _cover(self, exposed: int, group: frozenset[int], hidden: Bools) -> int | None:
        """Choose what to hide with a number: in the sum with fewest hidden, what costs least."""
        lines = [self.sums[i].all for i in self._sums_of[exposed]]
        lines.sort(key=lambda line: sum(bool(hidden[at]) for at in line))
        # Where its own sums are hidden whole, what else gives it away stands in another.
        near = {at for one in group for i in self._sums_of[one] for at in self.sums[i].all}
        for line in (*lines, sorted(near)):
            seen = [at for at in line if not hidden[at]]
            if seen:
                return min(seen, key=partial(self._price, hidden))
        return None

    def _price(self, hidden: Bools, at: int) -> tuple[bool, bool, int, int, int]:
        """Say what it costs to hide a number: what would have to be hidden with it comes first."""
        others = (self.sums[i].all for i in self._sums_of[at])
        alone = sum(not any(hidden[one] for one in line if one != at) for line in others)
        return at in self._totals, self.counts[at] == 0, alone, int(self.counts[at]), at

    @cached_property
    def _totals(self) -> frozenset[int]:
        return frozenset(one.total for one in self.sums if len(one.parts) > 1)

    @cached_property
    def _sums_of(self) -> tuple[tuple[int, ...], ...]:
        found: list[list[int]] = [[] for _ in self.counts]
        for i, one in enumerate(self.sums):
            for at in one.all:
                found[at].append(i)
        return tuple(map(tuple, found))

    def _groups(self, hidden: Bools) -> Iterator[frozenset[int]]:
        """Return the hidden numbers that hang together by sums."""
        left = set(np.flatnonzero(hidden).tolist())
        while left:
            group, waiting = set(), [min(left)]
            while waiting:
                at = waiting.pop()
                if at in left:
                    left.remove(at)
                    group.add(at)
                    sums = (self.sums[i] for i in self._sums_of[at])
                    waiting += [other for one in sums for other in one.all if other in left]
            yield frozenset(group)

    def _exposed(
        self, group: list[int], hidden: Bools, found_near: Collection[int] = ()
    ) -> Iterator[int]:
        """Return the numbers that can be told closer than the width.

        Those are not looked at that stand in one sum with any of `found_near`, which may grow.
        """
        equations, sums = self._equations(group, hidden)
        # The truth is possible, and so is whatever many searches at once come by.
        low, high = self._possible(group, equations, sums)
        for n, at in enumerate(group):
            if high[n] - low[n] >= self.width - NEARLY or self._is_near(at, found_near):
                continue
            for sign in (-1.0, 1.0):
                # What other searches came by is possible as well, and often wide enough.
                if high[n] - low[n] >= self.width - NEARLY:
                    break
                wanted = np.zeros(len(group))
                wanted[n] = sign
                found = optimize.linprog(
                    wanted, A_eq=equations, b_eq=sums, bounds=(0, None), method="highs"
                )
                if found.status == UNBOUNDED:
                    high[n] = np.inf
                elif found.status == 0:
                    low, high = np.minimum(low, found.x), np.maximum(high, found.x)
            if high[n] - low[n] < self.width - NEARLY:
                yield at

    def _is_near(self, at: int, others: Collection[int]) -> bool:
        return any(one in others for i in self._sums_of[at] for one in self.sums[i].all)

    def _possible(
        self, group: list[int], equations: Any, sums: Any
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the greatest of each number in a few tables that fit what is seen.

        Each search moves all numbers that are still told closely, this way or that by lot.
        """
        truth = self.counts[group].astype(float)
        low, high = truth.copy(), truth.copy()
        lots = np.random.default_rng(len(group))
        for _ in range(SEARCHES):
            narrow = high - low < self.width - NEARLY
            if not narrow.any():
                break
            wanted = np.where(narrow, lots.choice([-1.0, 1.0], len(group)), 0.0)
            for sign in (-1.0, 1.0):
                found = optimize.linprog(
                    sign * wanted,
                    A_eq=equations,
                    b_eq=sums,
                    bounds=np.column_stack([np.zeros(len(group)), truth + 2 * self.width]),
                    method="highs",
                )
                if found.status == 0:
                    low, high = np.minimum(low, found.x), np.maximum(high, found.x)
        return low, high

    def _equations(
        self, group: list[int], hidden: Bools
    ) -> tuple[sparse.csr_array | None, NDArray[np.float64] | None]:
        place = {at: n for n, at in enumerate(group)}
        touched = sorted({i for at in group for i in self._sums_of[at]})
        if not touched:
            return None, None
        matrix = sparse.lil_array((len(touched), len(group)))
        sums = np.zeros(len(touched))
        for row, i in enumerate(touched):
            one = self.sums[i]
            for at in one.all:
                sign = -1 if at == one.total else 1
                if hidden[at]:
                    matrix[row, place[at]] = sign
                else:
                    sums[row] -= sign * int(self.counts[at])
        return matrix.tocsr(), sums


SEARCHES = 12
"""Searches that move many numbers at once, before each is looked at by itself."""
MOST_PASSES = 40
"""After so many searches for the cheapest cover, sums are hidden whole."""
NEARLY = 1e-6
UNBOUNDED = 3
"""What the solver answers where nothing bounds a number from above."""
