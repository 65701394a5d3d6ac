"""Ranges of chance: of a series about its moving mean, and of districts about their common rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import loglinear, stats
from crashkit.errors import Message

Floats = NDArray[np.float64]

SMALL = 20.0
"""Means below this get exact limits in place of the normal ones."""


def moving_mean(values: ArrayLike, span: int = 5, *, centred: bool = False) -> Floats:
    """Return the mean of each year and the `span` - 1 before it; NaN where they are not all there.

    Centred, the mean of the years on both sides. Raises ValueError for a span below 1, and for an
    even span that is to be centred.
    Source: methods, section 9.4.
    """
    x = np.asarray(values, dtype=float)
    if span < 1 or (centred and span % 2 == 0):
        raise ValueError("a mean is of one year at least, a centred one of an odd number")
    means = np.full(x.size, np.nan)
    if x.size >= span:
        first = span // 2 if centred else span - 1
        means[first : first + x.size - span + 1] = np.convolve(x, np.ones(span), "valid") / span
    return means


@dataclass(frozen=True)
class RandomRange:
    """The moving mean of a series and the limits within which chance alone moves its counts.

    `is_outside` says of each year whether its count is; False where there is no mean.
    """

    means: Floats
    lower: Floats
    upper: Floats
    is_outside: NDArray[np.bool_]


def random_range(
    counts: ArrayLike, span: int = 5, *, centred: bool = True, small: float = SMALL
) -> RandomRange:
    """Return the range of chance of a series: its moving mean m, and m - 2 sqrt m to m + 2 sqrt m.

    Where the mean is below `small` the limits are the exact ones, by chi-square, of the same level
    (95.45 %).

    >>> found = random_range([100, 96, 160, 104, 100, 98, 102])
    >>> found.is_outside.tolist()
    [False, False, True, False, False, False, False]

    Source: Transport Scotland, Reported Road Casualties, appendix G; Garwood 1936.
    """
    y, means = np.asarray(counts, dtype=float), moving_mean(counts, span, centred=centred)
    lower, upper = means - 2 * np.sqrt(means), means + 2 * np.sqrt(means)
    level = float(special.ndtr(2) - special.ndtr(-2))
    for i in np.flatnonzero(means < small):
        lower[i], upper[i] = stats.poisson_interval(float(means[i]), level)
    return RandomRange(means, lower, upper, (y < lower) | (y > upper))


@dataclass(frozen=True)
class Funnel:
    """Rates of districts against their exposure, and the limits about the common rate.

    `limits` has shape (levels, districts, 2), `k` is the overdispersion between the districts
    (0: they scatter as Poisson counts). `band` says by how many of the levels each one is outside,
    below 0 for a low rate. `reason` says why there are no limits.
    """

    rates: Floats
    rate: float
    k: float
    levels: tuple[float, ...]
    limits: Floats
    band: NDArray[np.int64]
    reason: Message | None = None


def funnel(
    counts: ArrayLike, exposure: ArrayLike, *, levels: Sequence[float] = (0.95, 0.998)
) -> Funnel:
    """Return the funnel of rates: negative binomial limits about the common rate.

    Districts without exposure have no rate and are in no band. The common rate and k are fitted to
    all others.
    Source: Spiegelhalter 2005, Statistics in Medicine 24: 1185-1202; methods, section 9.4.
    """
    y, e = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    has = e > 0
    rates = stats.divided(y, e)
    limits = np.full((len(levels), y.size, 2), np.nan)
    band = np.zeros(y.size, dtype=np.int64)
    if has.sum() < 2 or y[has].sum() <= 0:
        reason = Message("A funnel needs crashes, and two districts with exposure.")
        return Funnel(rates, np.nan, np.nan, tuple(levels), limits, band, reason)
    fit = loglinear.negative_binomial(y[has], np.ones((has.sum(), 1)), np.log(e[has]))
    rate = float(np.exp(fit.coefficients[0]))
    for i, level in enumerate(levels):
        for j in np.flatnonzero(has):
            low, high = count_limits(rate * e[j], fit.k, level)
            limits[i, j] = low / e[j], high / e[j]
            band[j] += int(y[j] > high) - int(y[j] < low)
    return Funnel(rates, rate, fit.k, tuple(levels), limits, band)


def count_limits(mean: float, k: float, level: float) -> tuple[float, float]:
    """Return the limits that hold `level` of the counts with this mean and overdispersion k.

    The smallest counts with a chance of at least each tail at or below them.
    """
    tail = (1 - level) / 2
    return _least(tail, mean, k), _least(1 - tail, mean, k)


def _least(chance: float, mean: float, k: float) -> float:
    """Return the smallest count with a chance of at least this at or below it."""
    if float(below_or_at(0, mean, k)) >= chance:
        return 0.0
    near = special.nbdtrik(chance, 1 / k, 1 / (1 + k * mean)) if k else special.pdtrik(chance, mean)
    count = float(np.ceil(near))
    # What the quantile is near to is checked by the distribution itself.
    while float(below_or_at(count, mean, k)) < chance:
        count += 1
    while float(below_or_at(count - 1, mean, k)) >= chance:
        count -= 1
    return count


def below_or_at(counts: ArrayLike, mean: float, k: float) -> Floats:
    """Return the chance of a count or fewer: Poisson, or negative binomial with k above 0."""
    x = np.asarray(counts, dtype=float)
    if k == 0:
        return np.asarray(special.gammaincc(x + 1, mean))
    return np.asarray(special.betainc(1 / k, x + 1, 1 / (1 + k * mean)))


@dataclass(frozen=True)
class Overdispersion:
    """The ratios of districts to what was expected, with limits widened by the scatter of all.

    `phi` is what the variance was multiplied by, 1 at least; `limits` have shape (levels,
    districts, 2), as ratios.
    """

    ratios: Floats
    z: Floats
    phi: float
    limits: Floats


def overdispersed(
    counts: ArrayLike,
    expected: ArrayLike,
    *,
    winsorised: float = 0.1,
    levels: Sequence[float] = (0.95, 0.998),
) -> Overdispersion:
    """Return the ratios of counts to expected ones and limits for more scatter than chance.

    z = (count - expected) / sqrt(expected); the share `winsorised` of the smallest and of the
    largest z are drawn in to the next one, phi is the mean of their squares. Limits: 1 +- z_level
    sqrt(phi / expected), not below 0. Raises ValueError where nothing is expected.

    >>> found = overdispersed([70, 30, 70, 30], [50, 50, 50, 50])
    >>> round(found.phi, 1)
    8.0

    Source: Spiegelhalter 2005, Quality and Safety in Health Care 14: 347-351; methods, section 9.4.
    """
    y, e = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    if not (e > 0).all():
        raise ValueError("every district has something expected")
    z = (y - e) / np.sqrt(e)
    drawn = np.sort(z)
    cut = int(np.floor(winsorised * z.size))
    drawn = np.clip(z, drawn[cut], drawn[-1 - cut])
    phi = max(1.0, float(np.mean(drawn**2)))
    half = special.ndtri((1 + np.asarray(levels)) / 2)[:, None] * np.sqrt(phi / e)
    limits = np.stack([np.maximum(0.0, 1 - half), 1 + half], axis=-1)
    return Overdispersion(y / e, z, phi, limits)


@dataclass(frozen=True)
class ShareFunnel:
    """Shares of districts against how many they are of, with limits about the common share.

    `phi` is what the variance was multiplied by, 1 at least; `limits` have shape (levels,
    districts, 2); `band` says by how many levels each one is outside, below 0 for a low share.
    """

    shares: Floats
    share: float
    phi: float
    levels: tuple[float, ...]
    limits: Floats
    band: NDArray[np.int64]


def share_funnel(
    found: ArrayLike,
    of: ArrayLike,
    *,
    winsorised: float = 0.1,
    levels: Sequence[float] = (0.95, 0.998),
) -> ShareFunnel:
    """Return the funnel of shares: binomial limits about the common one, widened by the scatter.

    z = (share - common)/sqrt[common (1 - common)/of], the outermost tenth on each side drawn in;
    phi is the mean of their squares. The distance of the limits from the common share is multiplied
    by sqrt phi. Districts of nothing have no share. Raises ValueError where there is nothing.
    Source: Spiegelhalter 2005, Statistics in Medicine 24: 1185-1202, sections 2 and 3.
    """
    x, n = np.asarray(found, dtype=float), np.asarray(of, dtype=float)
    has = n > 0
    if not has.any():
        raise ValueError("a share is of something")
    share, shares = float(x.sum() / n.sum()), stats.divided(x, n)
    z = stats.divided(x - share * n, np.sqrt(share * (1 - share) * n))[has]
    drawn = np.sort(z)
    cut = int(np.floor(winsorised * z.size))
    phi = max(1.0, float(np.mean(np.clip(z, drawn[cut], drawn[-1 - cut]) ** 2)))
    limits = np.full((len(levels), x.size, 2), np.nan)
    band = np.zeros(x.size, dtype=np.int64)
    for i, level in enumerate(levels):
        limits[i, has] = share_limits(share, n[has], phi, level)
        low, high = limits[i, :, 0], limits[i, :, 1]
        band += (has & (shares > high)).astype(int) - (has & (shares < low)).astype(int)
    return ShareFunnel(shares, share, phi, tuple(levels), limits, band)


def share_limits(share: float, of: ArrayLike, phi: float, level: float) -> Floats:
    """Return the limits (of, 2) that hold `level` of shares of so many, widened by sqrt phi."""
    n = np.asarray(of, dtype=float)
    if not 0 < share < 1:
        return np.full((n.size, 2), share)
    tail = (1 - level) / 2
    ends = [np.ceil(_binomial(chance, n, share)) / n for chance in (tail, 1 - tail)]
    widened = share + (np.stack(ends, axis=-1) - share) * np.sqrt(phi)
    return np.asarray(np.clip(widened, 0, 1))


def _binomial(chance: float, n: Floats, share: float) -> Floats:
    """Return the binomial quantile of each n; 0 where none at all is likelier than the chance."""
    counts = special.bdtrik(chance, n, share)
    return np.where((1 - share) ** n >= chance, 0.0, np.nan_to_num(counts))
