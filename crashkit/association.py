"""Do two fields go together? Tests of a table of counts, and which of its cells stand out.

A table is (rows, columns) counts of one unit. What is counted may come in clusters: the people of
one crash share its road, light and speed, and are no independent witnesses. The test of a table of
people or vehicles therefore takes the spread between crashes from the data.

Source: Pearson 1900; Haberman 1973, Biometrics 29: 205-220; Rao and Scott 1984, Annals of
Statistics 12: 46-60; which counts are small: Cochran 1954, Biometrics 10: 417-451.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import stats
from crashkit.errors import Message

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

CHI_SQUARE, FISHER, DRAWN, RAO_SCOTT, NONE = "chi_square", "fisher", "drawn", "rao_scott", ""

LEVEL = 0.95
LEAST_EXPECTED = 5.0
"""A cell that expects fewer is small: no test by the normal distribution, no mark."""
SMALL_CELLS = 0.2
"""More small cells than this share, or one that expects below 1, ask for an exact test."""
LEAST_CLUSTERS = 30
"""Fewer crashes do not tell how much crashes differ.

Source: Cameron and Miller 2015, Journal of Human Resources 50: 317-372 ("few" is 20 to 50).
"""
DRAWS = 1_999
SEED = 1900
"""The tables of an exact test are the same each time, so that its answer is."""
MOST_CELLS = 1_500
"""A larger table of people or vehicles is not tested: their spread is a square of its cells."""

NAN = float("nan")
ONE_VALUE = Message("There is no test: each field needs two known values or more.")
SMALL_CLUSTERED = Message(
    "There is no test: too few are expected in some cells, and an exact test would take the people "
    "or vehicles of one crash for independent. Choose fields with fewer values."
)
FEW_CLUSTERED = Message(
    "There is no test: fewer than {n} crashes do not tell how much crashes differ from each other.",
    {"n": LEAST_CLUSTERS},
)
LARGE_CLUSTERED = Message(
    "There is no test: the table has more than {n} cells. Choose fields with fewer values.",
    {"n": MOST_CELLS},
)
NO_SPREAD = Message("There is no test: the crashes do not differ in these fields.")


@dataclass(frozen=True, eq=False)
class Association:
    """The test that two fields are independent, and each cell beside what that would give.

    `kind` is "chi_square", "fisher", "drawn" (tables drawn with the same sums), "rao_scott", or ""
    with a `reason`. `expected`, the adjusted standardised `residuals` and their `q` (p adjusted for
    all cells) have the shape of the table. NaN stands for what was not tested or has no number.
    """

    kind: str
    statistic: float
    df: float
    p: float
    expected: Floats
    residuals: Floats
    q: Floats
    reason: Message | None = None

    @property
    def marked(self) -> Flags:
        """The cells that stand out; of those marked so, one in twenty by chance at most."""
        return np.asarray(self.q <= 1 - LEVEL)


@dataclass(frozen=True, eq=False)
class Clusters:
    """What is counted, crash by crash: for each its crash, its cell in the table, how many.

    Cells are numbered row by row; -1 is in no cell.
    """

    crash: Ints
    cell: Ints
    weight: Floats

    @cached_property
    def crashes(self) -> int:
        """How many crashes have anything in the table."""
        return int(np.count_nonzero(np.bincount(self.crash, weights=self.cell >= 0)))


def expected(cells: ArrayLike) -> Floats:
    """Return what each cell would hold if rows and columns were independent.

    >>> expected([[10, 20], [30, 40]]).tolist()
    [[12.0, 18.0], [28.0, 42.0]]
    """
    counts = np.asarray(cells, dtype=float)
    return stats.divided(np.outer(counts.sum(axis=1), counts.sum(axis=0)), counts.sum())


def adjusted_residuals(cells: ArrayLike) -> Floats:
    """Return how far each cell is from what it would hold, in standard deviations.

    (o - e)/sqrt[e (1 - r)(1 - c)], with r and c the shares of its row and column in all. NaN where
    a row or column has everything. Source: Haberman 1973, Biometrics 29: 205-220.

    >>> adjusted_residuals([[10, 20], [30, 40]]).round(3).tolist()
    [[-0.891, 0.891], [0.891, -0.891]]
    """
    counts = np.asarray(cells, dtype=float)
    mean, total = expected(counts), counts.sum()
    rest = np.outer(total - counts.sum(axis=1), total - counts.sum(axis=0))
    return stats.divided(counts - mean, np.sqrt(mean * stats.divided(rest, total**2)))


def is_small(mean: Floats) -> bool:
    """Say whether too few are expected for the chi-square distribution.

    In a table of two by two one cell that expects fewer than 5; in a larger one a cell that expects
    fewer than 1, or more than a fifth of the cells fewer than 5.
    Source: Cochran 1954, Biometrics 10: 417-451; reference methods, section 4.4.
    """
    few = mean < LEAST_EXPECTED
    if mean.shape == (2, 2):
        return bool(few.any())
    return bool((mean < 1).any() or few.mean() > SMALL_CELLS)


def judged(cells: ArrayLike, clusters: Clusters | None = None) -> Association:
    """Test that rows and columns are independent; `clusters` for what comes in crashes.

    Rows and columns in which nothing was counted are left aside.

    >>> found = judged([[30, 70], [10, 90]])
    >>> found.kind, round(found.statistic, 2), found.df, round(found.p, 4)
    ('chi_square', 12.5, 1.0, 0.0004)
    """
    counts = np.asarray(cells, dtype=float)
    down, across = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    kept = np.ix_(down, across)
    if min(down.sum(), across.sum()) < 2:
        return _untested(counts, ONE_VALUE)
    if clusters is None:
        return _spread(_independent(counts[kept]), counts.shape, kept)
    places = np.full(counts.shape, -1, dtype=np.int64)
    places[kept] = np.arange(counts[kept].size).reshape(counts[kept].shape)
    among = Clusters(clusters.crash, np.append(places, -1)[clusters.cell], clusters.weight)
    reason = _why_not(counts[kept], among)
    found = None if reason else _clustered(counts[kept], among)
    return _spread(found, counts.shape, kept) if found else _untested(counts, reason or NO_SPREAD)


def _untested(counts: Floats, reason: Message) -> Association:
    nothing = np.full(counts.shape, NAN)
    return Association(NONE, NAN, NAN, NAN, expected(counts), nothing, nothing, reason)


def _spread(
    found: Association, shape: tuple[int, ...], kept: tuple[NDArray[np.intp], ...]
) -> Association:
    """Put what was found back into the places of the whole table."""

    def wide(part: Floats, rest: float) -> Floats:
        whole = np.full(shape, rest)
        whole[kept] = part
        return whole

    return Association(
        found.kind,
        found.statistic,
        found.df,
        found.p,
        wide(found.expected, 0.0),
        wide(found.residuals, NAN),
        wide(found.q, NAN),
    )


def _cell_q(mean: Floats, residuals: Floats) -> Floats:
    """Return the p of each cell that expects enough, adjusted for all of them."""
    p = np.where(mean >= LEAST_EXPECTED, 2 * special.ndtr(-np.abs(residuals)), NAN)
    # The residuals of a row hang together, some with, some against each other.
    return stats.false_discovery(p.ravel(), dependent=True).reshape(p.shape)


def pearson(cells: Floats) -> float:
    """Return X2, the sum of (o - e)²/e over all cells."""
    mean = expected(cells)
    return float(np.nansum(stats.divided((cells - mean) ** 2, mean)))


# ----------------------------------------------------------------- each for itself


def _independent(counts: Floats) -> Association:
    mean, residuals = expected(counts), adjusted_residuals(counts)
    statistic, df = pearson(counts), float((counts.shape[0] - 1) * (counts.shape[1] - 1))
    if not is_small(mean):
        kind, p = CHI_SQUARE, float(special.chdtrc(df, statistic))
    elif counts.shape == (2, 2):
        kind, p = FISHER, fisher(counts.astype(int).ravel().tolist())
    else:
        kind, p = DRAWN, drawn_p(counts)
    return Association(kind, statistic, df, p, mean, residuals, _cell_q(mean, residuals))


def fisher(cells: Sequence[int]) -> float:
    """Return the exact p of a table (a, b), (c, d) with these sums: all no more likely than it.

    >>> round(fisher([3, 1, 1, 3]), 4)
    0.4857

    Source: Fisher 1935, J. R. Stat. Soc. 98: 39-82.
    """
    a, b, c, d = cells
    first, column, total = a + b, a + c, a + b + c + d
    k = np.arange(max(0, column - (c + d)), min(first, column) + 1)
    chances = np.exp(
        _ways(first, k) + _ways(total - first, column - k) - _ways(total, np.array(column))
    )
    # As R does: chances that differ in the last digits only are equal.
    found = chances[int(a - k[0])]
    return float(min(1.0, chances[chances <= found * (1 + 1e-7)].sum()))


def _ways(n: int, k: Ints) -> Floats:
    """Return the logarithm of the ways to take k of n."""
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def drawn_p(cells: Floats) -> float:
    """Return the p of X2 among tables drawn at random with the same sums, this one counted in.

    (1 + those at least as far)/(1 + all). The same sums give the same tables, in whatever order
    rows and columns stand. Source: Agresti, Wackerly and Boyett 1979, Psychometrika 44: 75-83.
    """
    sides = [np.sort(cells.sum(axis=axis).astype(np.int64)) for axis in (0, 1)]
    sides.sort(key=lambda side: (side.size, side.tolist()))
    least = pearson(cells) * (1 - 1e-9)
    return (1 + int((_drawn_statistics(*sides) >= least).sum())) / (1 + DRAWS)


def _drawn_statistics(rows: Ints, columns: Ints) -> Floats:
    """Draw tables with these sums, cell by cell, and return the X2 of each."""
    draw = np.random.default_rng(SEED)
    total = int(rows.sum())
    left = np.repeat(columns[:, None], DRAWS, axis=1)
    squares = np.zeros(DRAWS)
    for row in rows[:-1].tolist():
        wanted = np.full(DRAWS, row)
        after = left.sum(axis=0)
        for j in range(columns.size - 1):
            after = after - left[j]
            taken = draw.hypergeometric(left[j], after, wanted)
            squares += taken.astype(float) ** 2 / (row * columns[j] / total)
            left[j] -= taken
            wanted = wanted - taken
        squares += wanted.astype(float) ** 2 / (row * columns[-1] / total)
        left[-1] -= wanted
    squares += (left.astype(float) ** 2 / (rows[-1] * columns[:, None] / total)).sum(axis=0)
    return squares - total


# ---------------------------------------------------------------------- in crashes


def _why_not(counts: Floats, clusters: Clusters) -> Message | None:
    if counts.size > MOST_CELLS:
        return LARGE_CLUSTERED
    if is_small(expected(counts)):
        return SMALL_CLUSTERED
    return FEW_CLUSTERED if clusters.crashes < LEAST_CLUSTERS else None


def second_moments(clusters: Clusters, cells: int) -> Floats:
    """Return the sum over crashes of n_a n_b for each two cells; a cell below 0 is left aside."""
    inside = clusters.cell >= 0
    crash, cell = clusters.crash[inside], clusters.cell[inside]
    weight = clusters.weight[inside]
    # Where the fields are of the crash, all its people are in one cell: they tell of no two cells.
    first = np.full(int(crash.max(initial=-1)) + 1, -1, dtype=np.int64)
    first[crash] = cell
    mixed = np.zeros(first.size, dtype=bool)
    mixed[crash[first[crash] != cell]] = True
    together = np.bincount(crash, weights=weight, minlength=first.size)
    whole = (first >= 0) & ~mixed
    found = np.diag(np.bincount(first[whole], weights=together[whole] ** 2, minlength=cells))
    rest = mixed[crash]
    return np.asarray(found + _pairs(crash[rest], cell[rest], weight[rest], cells))


def _pairs(crash: Ints, cell: Ints, weight: Floats, cells: int) -> Floats:
    """Add up n_a n_b of crashes with more than one cell, neighbour by neighbour in the crash."""
    key = crash * cells + cell
    # People stand in few runs that are in order already, which this sort makes use of.
    order = np.argsort(key, kind="stable")
    key, weight = key[order], weight[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    weight = np.add.reduceat(weight, starts) if starts.size else weight
    crash, cell = np.divmod(key[starts], cells)
    found = np.diag(np.bincount(cell, weights=weight**2, minlength=cells))
    left = np.flatnonzero(crash[1:] == crash[:-1])
    step = 1
    while left.size:
        right = left + step
        both = np.bincount(
            cell[left] * cells + cell[right],
            weights=weight[left] * weight[right],
            minlength=cells**2,
        ).reshape(cells, cells)
        found = found + both + both.T
        step += 1
        left = left[left + step < crash.size]
        left = left[crash[left + step] == crash[left]]
    return np.asarray(found, dtype=float)


def _clustered(counts: Floats, clusters: Clusters) -> Association | None:
    """Test by the corrected X2, or None where crashes do not differ.

    With p the shares of the cells and w = r c those of independence, V is the covariance of p - w
    between crashes. X2 is divided by D = n sum V_aa/w_a, and is an F with d = D²/(n² sum
    V_ab²/(w_a w_b)) and d (m - 1) degrees of freedom for m crashes.
    """
    total, m = counts.sum(), clusters.crashes
    share = counts / total
    alike = np.outer(share.sum(axis=1), share.sum(axis=0))
    moments = second_moments(clusters, counts.size).reshape(counts.shape * 2)
    once = _departures(moments, share, alike)
    both = _departures(once.transpose(2, 3, 0, 1), share, alike)
    spread = both.reshape(counts.size, counts.size) * (m / (m - 1)) / total**2
    variance, weight = np.diag(spread).reshape(counts.shape), alike.ravel()
    design = float(total * (variance / alike).sum())
    if not design > 1e-9:
        return None
    d = design**2 / float(total**2 * (spread**2 / np.outer(weight, weight)).sum())
    statistic = pearson(counts) / design
    p = float(special.fdtrc(d, d * (m - 1), statistic))
    mean = expected(counts)
    sure = np.where(variance > 1e-12 * alike / total, variance, 0.0)
    residuals = stats.divided(share - alike, np.sqrt(sure))
    return Association(RAO_SCOTT, statistic, d, p, mean, residuals, _cell_q(mean, residuals))


def _departures(x: Floats, share: Floats, alike: Floats) -> Floats:
    """Turn counts along the first two axes into what they add to p - r c."""
    rows, columns = share.sum(axis=1)[:, None, None, None], share.sum(axis=0)[None, :, None, None]
    everything = x.sum(axis=(0, 1), keepdims=True)
    change = (2 * alike - share)[:, :, None, None]
    return np.asarray(
        x
        - columns * x.sum(axis=1, keepdims=True)
        - rows * x.sum(axis=0, keepdims=True)
        + change * everything
    )


# ------------------------------------------------------------------- how many times


@dataclass(frozen=True)
class Times:
    """How often a row has a column's value, beside all other rows; `ratio` with its limits."""

    share: float
    others: float
    ratio: float
    lower: float
    upper: float


def times(
    cells: ArrayLike,
    row: int,
    column: int,
    *,
    clusters: Clusters | None = None,
    level: float = LEVEL,
) -> Times | None:
    """Compare the share of a column in one row with that in all others; None where one is nought.

    The limits are by the logarithm of the ratio, its variance by the delta method: for what is
    independent 1/a - 1/(a + b) + 1/c - 1/(c + d), for what comes in crashes the spread between
    them. Source: Katz, Baptista, Azen and Pike 1978, Biometrics 34: 469-474.

    >>> found = times([[30, 70], [10, 90]], 0, 0)
    >>> round(found.ratio, 2), round(found.lower, 2), round(found.upper, 2)
    (3.0, 1.55, 5.8)
    """
    counts = np.asarray(cells, dtype=float)
    of, all_ = counts[row, column], counts[row].sum()
    of_others, others = counts[:, column].sum() - of, counts.sum() - all_
    if min(of, of_others) <= 0:
        return None
    change = np.full(counts.shape, 1 / others)
    change[:, column] -= 1 / of_others
    change[row] = -1 / all_
    change[row, column] += 1 / of
    variance = _variance(change.ravel(), counts, clusters)
    half = float(special.ndtri((1 + level) / 2)) * float(np.sqrt(variance))
    ratio = float((of / all_) / (of_others / others))
    low, high = ratio * float(np.exp(-half)), ratio * float(np.exp(half))
    return Times(float(of / all_), float(of_others / others), ratio, low, high)


def _variance(change: Floats, counts: Floats, clusters: Clusters | None) -> float:
    """Return the variance of what each one counted changes, one by one or crash by crash."""
    if clusters is None:
        return float((change**2 * counts.ravel()).sum())
    inside = clusters.cell >= 0
    added = (change[clusters.cell] * clusters.weight)[inside]
    by_crash = np.bincount(clusters.crash[inside], weights=added)
    m = clusters.crashes
    return float((by_crash**2).sum()) * m / max(m - 1, 1)
