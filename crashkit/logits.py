"""Severity given that a crash is reported: ordered, binary and multinomial logit models.

For the chance of a severe crash under given conditions; never for the ranking of places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

STEPS = 100
CLOSE = 1e-10
"""A step that moves no coefficient by more than this ends the fit."""

FARTHEST = 30.0
"""Log-odds beyond this are no answer: a column tells the severities apart altogether."""


@dataclass(frozen=True)
class Ordered:
    """The proportional-odds model logit P(Y <= j) = cut_j - x b.

    A coefficient above 0 makes crashes more severe. `covariance` is that of coefficients and then
    cuts. `deviance` is -2 ln likelihood of single crashes.
    """

    coefficients: Floats
    cuts: Floats
    covariance: Floats
    deviance: float
    converged: bool

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance)[: self.coefficients.size])

    def chances(self, columns: ArrayLike) -> Floats:
        """Return the chance of each severity, a row for each row of `columns`."""
        x = np.asarray(columns, dtype=float)
        below = special.expit(self.cuts[None, :] - (x @ self.coefficients)[:, None])
        return np.diff(below, axis=1, prepend=0.0, append=1.0)


@dataclass(frozen=True)
class Binary:
    """The model logit P(Y) = x b; the columns hold their own constant."""

    coefficients: Floats
    covariance: Floats
    deviance: float
    converged: bool

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))

    def chances(self, columns: ArrayLike) -> Floats:
        """Return the chance of each row of `columns`."""
        return np.asarray(special.expit(np.asarray(columns, dtype=float) @ self.coefficients))


@dataclass(frozen=True)
class Multinomial:
    """The model ln P(Y = j) / P(Y = 0) = x b_j; `coefficients` has shape (columns, severities - 1).

    `covariance` is that of the coefficients of severity 1, then of 2, and so on.
    """

    coefficients: Floats
    covariance: Floats
    deviance: float
    converged: bool

    def chances(self, columns: ArrayLike) -> Floats:
        """Return the chance of each severity, a row for each row of `columns`."""
        eta = np.asarray(columns, dtype=float) @ self.coefficients
        return np.asarray(special.softmax(np.column_stack([np.zeros(len(eta)), eta]), axis=1))


@dataclass(frozen=True)
class Brant:
    """The test that one set of coefficients serves all severities: X2, df and p, and by column.

    A small p: the odds are not proportional, a multinomial model says more.
    """

    chi2: float
    df: int
    p: float
    by_column: tuple[tuple[float, int, float], ...]


def indicators(values: Sequence[object], base: object) -> tuple[Floats, tuple[object, ...]]:
    """Return a column of 0 and 1 for each value but the base, in the order they come, and which.

    Raises ValueError where the base is not among the values.
    """
    found = tuple(dict.fromkeys(values))
    if base not in found:
        raise ValueError("the base is one of the values")
    levels = tuple(value for value in found if value != base)
    return np.array([[float(one == level) for level in levels] for one in values]), levels


def ordered(counts: ArrayLike, columns: ArrayLike) -> Ordered:
    """Fit the proportional-odds model to counts of shape (rows, severities), least severe first.

    `columns` has shape (rows, coefficients), without a constant. Raises ValueError for shapes that
    do not fit, counts that are negative, and fewer than two severities that occur.

    >>> by_light = [[250, 175, 26], [97, 118, 35]]
    >>> found = ordered(by_light, [[0], [1]])
    >>> round(float(found.coefficients[0]), 2), [round(float(cut), 2) for cut in found.cuts]
    (0.73, [0.23, 2.66])

    Source: McCullagh 1980, J. R. Stat. Soc. B 42: 109-142.
    """
    y, x = _checked(counts, columns)
    if (y.sum(axis=0) == 0).any():
        raise ValueError("every severity occurs")
    cuts = special.logit(np.cumsum(y.sum(axis=0))[:-1] / y.sum())
    start = np.concatenate([np.zeros(x.shape[1]), cuts])

    def likelihood(b: Floats) -> float:
        return _ordered_parts(y, x, b)[0]

    def gradient(b: Floats) -> Floats:
        return _ordered_parts(y, x, b)[1]

    b, converged = _climb(start, likelihood, lambda b: _ordered_parts(y, x, b)[1:])
    size = x.shape[1]
    covariance = np.linalg.pinv(_curvature(gradient, b), hermitian=True)
    odds = b[size:] - (x @ b[:size])[:, None]
    stands = converged and bool(np.abs(odds).max() < FARTHEST)
    return Ordered(b[:size], b[size:], np.asarray(covariance), -2 * likelihood(b), stands)


def _checked(counts: ArrayLike, columns: ArrayLike) -> tuple[Floats, Floats]:
    y, x = np.asarray(counts, dtype=float), np.asarray(columns, dtype=float)
    if y.ndim != 2 or x.ndim != 2 or y.shape[0] != x.shape[0] or y.shape[1] < 2:
        raise ValueError("counts have a row for every row of columns, and two severities at least")
    if not (np.isfinite(y).all() and (y >= 0).all() and y.sum() > 0):
        raise ValueError("counts are finite and not negative")
    return y, x


def _ordered_parts(y: Floats, x: Floats, b: Floats) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood, its gradient and the expected information."""
    size, cuts = x.shape[1], b[x.shape[1] :]
    if (np.diff(cuts) <= 0).any():
        return -np.inf, np.zeros(b.size), np.eye(b.size)
    below = special.expit(cuts[None, :] - (x @ b[:size])[:, None])
    chances = np.maximum(np.diff(below, axis=1, prepend=0.0, append=1.0), 1e-300)
    slope = below * (1 - below)
    # The derivative of each P(Y <= j), then of each chance, by each coefficient and cut.
    of_below = np.zeros((x.shape[0], cuts.size + 2, b.size))
    of_below[:, 1:-1, :size] = -slope[:, :, None] * x[:, None, :]
    for j in range(cuts.size):
        of_below[:, j + 1, size + j] = slope[:, j]
    of_chances = np.diff(of_below, axis=1)
    gradient = np.einsum("ij,ijk->k", y / chances, of_chances)
    weights = y.sum(axis=1)[:, None] / chances
    information = np.einsum("ij,ijk,ijl->kl", weights, of_chances, of_chances)
    return float(np.sum(special.xlogy(y, chances))), gradient, information


def _climb(
    b: Floats,
    likelihood: Callable[[Floats], float],
    parts: Callable[[Floats], tuple[Floats, Floats]],
) -> tuple[Floats, bool]:
    """Climb by scoring steps, halved where they lead down."""
    for _ in range(STEPS):
        gradient, information = parts(b)
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]
        here = likelihood(b)
        while likelihood(b + step) < here - CLOSE * (1 + abs(here)) and np.abs(step).max() > CLOSE:
            step = step / 2
        b = b + step
        if np.abs(step).max() <= CLOSE * (1 + np.abs(b).max()):
            return b, True
    return b, False


def _curvature(gradient: Callable[[Floats], Floats], b: Floats) -> Floats:
    """Return the observed information: minus the slope of the gradient, both ways."""
    rows = []
    for i in range(b.size):
        far = np.zeros(b.size)
        far[i] = 1e-5 * max(1.0, abs(b[i]))
        rows.append((gradient(b - far) - gradient(b + far)) / (2 * far[i]))
    curve = np.array(rows)
    return np.asarray((curve + curve.T) / 2)


def binary(yes: ArrayLike, of: ArrayLike, columns: ArrayLike) -> Binary:
    """Fit the logit model to `yes` of `of` crashes in each row, such as killed or serious.

    `columns` has shape (rows, coefficients) and holds a constant of its own. Raises ValueError for
    shapes that do not fit and for counts that are negative.
    Source: McCullagh and Nelder 1989, Generalized Linear Models, chapter 4.
    """
    hits, all_of = np.asarray(yes, dtype=float), np.asarray(of, dtype=float)
    y, x = _checked(np.column_stack([all_of - hits, hits]), columns)
    fit = multinomial(y, x)
    return Binary(fit.coefficients[:, 0], fit.covariance, fit.deviance, fit.converged)


def multinomial(counts: ArrayLike, columns: ArrayLike) -> Multinomial:
    """Fit the multinomial logit model to counts of shape (rows, severities); the first is the base.

    `columns` holds a constant of its own. Raises ValueError as `ordered`.
    Source: Agresti 2013, Categorical Data Analysis, section 8.1.
    """
    y, x = _checked(counts, columns)
    shape = (x.shape[1], y.shape[1] - 1)

    def chances(b: Floats) -> Floats:
        eta = x @ b.reshape(shape, order="F")
        return np.asarray(special.softmax(np.column_stack([np.zeros(len(eta)), eta]), axis=1))

    def likelihood(b: Floats) -> float:
        return float(np.sum(special.xlogy(y, np.maximum(chances(b), 1e-300))))

    def parts(b: Floats) -> tuple[Floats, Floats]:
        p, n = chances(b)[:, 1:], y.sum(axis=1)
        gradient = (x.T @ (y[:, 1:] - n[:, None] * p)).ravel(order="F")
        spread = n[:, None, None] * (p[:, :, None] * np.eye(shape[1]) - p[:, :, None] * p[:, None])
        information = np.einsum("ijl,ik,im->jklm", spread, x, x)
        return gradient, information.reshape(gradient.size, gradient.size)

    b, converged = _climb(np.zeros(shape[0] * shape[1]), likelihood, parts)
    covariance = np.asarray(np.linalg.pinv(parts(b)[1], hermitian=True))
    found = b.reshape(shape, order="F")
    stands = converged and bool(np.abs(x @ found).max() < FARTHEST)
    return Multinomial(found, covariance, -2 * likelihood(b), stands)


def brant(counts: ArrayLike, columns: ArrayLike) -> Brant:
    """Test that the odds are proportional: the same coefficients above every cut.

    `counts` and `columns` as for `ordered`. Raises ValueError as it does, and for two severities,
    which have one cut only.
    Source: Brant 1990, Biometrics 46: 1171-1178.
    """
    y, x = _checked(counts, columns)
    if y.shape[1] < 3:
        raise ValueError("proportional odds need three severities")
    n, whole = y.sum(axis=1), np.column_stack([np.ones(len(x)), x])
    above = n[:, None] - np.cumsum(y, axis=1)[:, :-1]
    fits = [binary(above[:, j], n, whole) for j in range(above.shape[1])]
    p = np.column_stack([fit.chances(whole) for fit in fits])
    size = x.shape[1]
    slopes = np.concatenate([fit.coefficients[1:] for fit in fits])
    covariance = np.zeros((slopes.size, slopes.size))
    for j, first in enumerate(fits):
        for k, second in enumerate(fits):
            low, high = min(j, k), max(j, k)
            weights = n * (p[:, high] - p[:, low] * p[:, high])
            both = first.covariance @ (whole.T @ (weights[:, None] * whole)) @ second.covariance
            covariance[j * size : (j + 1) * size, k * size : (k + 1) * size] = both[1:, 1:]
    others = np.column_stack([-np.ones(len(fits) - 1), np.eye(len(fits) - 1)])
    contrast = np.asarray(np.kron(others, np.eye(size)), dtype=float)
    by_column = tuple(_wald(slopes, covariance, contrast[i::size]) for i in range(size))
    return Brant(*_wald(slopes, covariance, contrast), by_column)


def _wald(b: Floats, covariance: Floats, contrast: Floats) -> tuple[float, int, float]:
    gap = contrast @ b
    chi2 = float(gap @ np.linalg.solve(contrast @ covariance @ contrast.T, gap))
    return chi2, gap.size, float(special.chdtrc(gap.size, chi2))
