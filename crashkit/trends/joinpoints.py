"""Joinpoints: the years in which the trend of a series changed, found by trying every year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import loglinear
from crashkit.errors import Message
from crashkit.trends import slopes

Floats = NDArray[np.float64]

MOST_BY_YEARS = ((25, 2), (10, 1))
"""So many years allow so many joinpoints at most; fewer allow none. Source: methods, 9.3."""


@dataclass(frozen=True)
class Segment:
    """A stretch of years with one trend, the yearly change in per cent with its limits."""

    first: float
    last: float
    annual_percent: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Joinpoints:
    """The trend with its joinpoints; none of them where one slope does as well.

    `deviances` are those of the best model with 0, 1, 2 ... joinpoints, `criteria` their BIC (NaN
    where the number was chosen otherwise), `p` the p-values of the permutation tests made, by the
    number of joinpoints refused or taken. `phi` widens the limits.
    """

    years: tuple[float, ...]
    segments: tuple[Segment, ...]
    deviance: float
    deviances: tuple[float, ...]
    criteria: tuple[float, ...]
    p: tuple[float, ...]
    phi: float
    reason: Message | None = None


@dataclass(frozen=True)
class _Model:
    """The best model with so many joinpoints, and all places that were tried for them."""

    years: tuple[float, ...]
    fit: loglinear.Fit
    grid: tuple[tuple[float, ...], ...]


def most(n: int) -> int:
    """Return how many joinpoints `n` years allow at most.

    Source: methods, section 9.3.
    """
    return next((number for years, number in MOST_BY_YEARS if n >= years), 0)


def joinpoints(
    counts: ArrayLike,
    years: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    number: int | None = None,
    at_most: int | None = None,
    min_end: int = 2,
    min_between: int = 2,
    family: str = "quasi_poisson",
    choose: str = "permutation",
    alpha: float = 0.05,
    permutations: int = 999,
    seed: int = 1,
    level: float = 0.95,
) -> Joinpoints:
    """Find the years where a log-linear trend changes its slope, by trying all of them.

    A joinpoint has at least `min_end` years on its outer side and two stand at least `min_between`
    apart. `number` fixes how many; else the number is chosen up to `at_most` (by the length of the
    series where None) by a "permutation" test of the residuals at `alpha`, or with "bic". Of series
    without a joinpoint whose years scatter 4 to 20 times more than chance, BIC found one in 13 to
    18 of 100, the test in 2 to 7 (200 series each, of 10 to 25 years). With
    "quasi_poisson" deviances are divided by the phi of the largest model before they are judged,
    with "poisson" they are not. The years are in rising order.
    Raises ValueError for another family or choice, and for years out of order.

    >>> cars = [19951, 21939, 22309, 23540, 23850, 21460, 19213, 19229]
    >>> cars += [19363, 20441, 19970, 18932, 19149, 19460, 15472, 16421]
    >>> found = joinpoints(cars, range(1969, 1985), number=1)
    >>> found.years, [round(one.annual_percent, 2) for one in found.segments]
    ((1972.0,), [4.05, -2.61])

    Source: Kim, Fay, Feuer and Midthune 2000, Statistics in Medicine 19: 335-351; for BIC Zhang and
    Siegmund 2007, Biometrics 63: 22-32; methods, section 9.3.
    """
    if family not in ("quasi_poisson", "poisson") or choose not in ("bic", "permutation"):
        raise ValueError("the family is quasi_poisson or poisson, the choice bic or permutation")
    y, t = np.asarray(counts, dtype=float), np.asarray(years, dtype=float)
    if np.any(np.diff(t) <= 0):
        raise ValueError("the years are in rising order")
    offset = np.broadcast_to(np.log(np.asarray(exposure, dtype=float)), y.shape)
    largest = number if number is not None else (most(t.size) if at_most is None else at_most)
    if t.size < slopes.LEAST_YEARS or y.sum() <= 0:
        return _none()
    grids = [tuple(_places(t, n, min_end, min_between)) for n in range(largest + 1)]
    models = [_best(y, t, offset, grid) for grid in grids if grid]
    if number is not None and len(models) <= number:
        return _none()
    phi = max(1.0, models[-1].fit.pearson_phi) if family == "quasi_poisson" else 1.0
    criteria = (float("nan"),) * len(models)
    p: tuple[float, ...] = ()
    if number is not None:
        chosen = number
    elif choose == "bic":
        criteria = tuple(_bic(model, phi, t.size) for model in models)
        chosen = int(np.argmin(criteria))
    else:
        rng = np.random.default_rng(seed)
        orders = np.stack(
            [np.arange(t.size), *(rng.permutation(t.size) for _ in range(permutations))]
        )
        chosen, p = _by_permutation(y, t, models, alpha, orders)
    if not loglinear.has_best(y, _columns(t, models[chosen].years)):
        return _none()
    found = _described(models[chosen], t, family, level)
    told = tuple(model.fit.deviance for model in models)
    return replace(found, deviances=told, criteria=criteria, p=p)


def _none() -> Joinpoints:
    nan = float("nan")
    short = Message("The series is too short, or too empty, to look for a change of its trend.")
    return Joinpoints((), (), nan, (), (), (), nan, short)


def _places(t: Floats, n: int, min_end: int, min_between: int) -> Iterator[tuple[float, ...]]:
    """Return all ways to put `n` joinpoints."""
    inner = range(min_end, t.size - min_end)
    for places in combinations(inner, n):
        if all(b - a >= min_between for a, b in zip(places, places[1:], strict=False)):
            yield tuple(float(t[place]) for place in places)


def _columns(t: Floats, joints: Sequence[float]) -> Floats:
    middle = t.mean()
    bends = [np.maximum(t - joint, 0.0) for joint in joints]
    return np.column_stack([np.ones(t.size), t - middle, *bends])


def _best(y: Floats, t: Floats, offset: Floats, grid: tuple[tuple[float, ...], ...]) -> _Model:
    models = [_Model(at, loglinear.poisson(y, _columns(t, at), offset), grid) for at in grid]
    # Of places that fit equally well, the earliest: the answer does not hang on the last digit.
    return min(models, key=lambda model: (round(model.fit.deviance, 9), model.years))


def _bic(model: _Model, phi: float, n: int) -> float:
    """Return deviance / phi + parameters ln n; a joinpoint has two: its year and its bend."""
    return float(model.fit.deviance / phi + 2 * (1 + len(model.years)) * np.log(n))


def _by_permutation(
    y: Floats, t: Floats, models: list[_Model], alpha: float, orders: NDArray[np.int64]
) -> tuple[int, tuple[float, ...]]:
    """Test from both ends, fewest against most, until they meet; alpha is shared by the tests."""
    fewest, most_of_all, p = 0, len(models) - 1, []
    shared = alpha / max(1, most_of_all)
    while fewest < most_of_all:
        p.append(_p(y, t, models[fewest], models[most_of_all], orders))
        if p[-1] <= shared:
            fewest += 1
        else:
            most_of_all -= 1
    return fewest, tuple(p)


def _p(y: Floats, t: Floats, few: _Model, many: _Model, orders: NDArray[np.int64]) -> float:
    """Return how often the residuals of the smaller model, in another order, gain as much.

    Both models are taken linear about the smaller fit: an order is then a projection only. The
    first of the orders is the one found.
    """
    root = np.sqrt(few.fit.means)
    drawn = ((y - few.fit.means) / root)[orders]
    whole = np.sum(drawn**2, axis=1)

    def least(model: _Model) -> Floats:
        fits = [np.linalg.qr(root[:, None] * _columns(t, at))[0] for at in model.grid]
        return np.asarray(np.min([whole - np.sum((drawn @ q) ** 2, axis=1) for q in fits], axis=0))

    gains = least(few) / np.maximum(least(many), 1e-300)
    return float((gains >= gains[0] * (1 - 1e-12)).mean())


def _described(model: _Model, t: Floats, family: str, level: float) -> Joinpoints:
    fit, ends = model.fit, (float(t[0]), *model.years, float(t[-1]))
    phi = max(1.0, fit.pearson_phi) if family == "quasi_poisson" else 1.0
    half = slopes.half(level, fit, family)
    segments = []
    for i, (first, last) in enumerate(zip(ends, ends[1:], strict=False)):
        # The slope of a stretch is the first slope and all bends before it.
        sums = np.zeros(fit.coefficients.size)
        sums[1 : 2 + i] = 1.0
        slope = float(sums @ fit.coefficients)
        se = float(np.sqrt(phi * (sums @ fit.covariance @ sums)))
        limits = (slopes.percent(slope + way * half * se) for way in (0, -1, 1))
        segments.append(Segment(first, last, *limits))
    return Joinpoints(model.years, tuple(segments), fit.deviance, (), (), (), phi)
