"""Log-linear models of counts, ln mean = offset + columns b: Poisson and negative binomial.

For short tables: years, lists, before and after. Arrays in, one frozen answer out. The
overdispersion of a negative binomial one is found as that of models of sites: see `likelihood`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import likelihood

Floats = NDArray[np.float64]

STEPS = 100
"""So many steps of the fit at most; a table that is not fitted by then has no finite answer."""

HALVINGS = 30

CLOSE = 1e-13
"""Where the deviance changes by less than this share of itself and the counts, the fit stands."""

FARTHEST = 200.0
"""No logarithm of a mean is let go further than this from the largest one: e^-200 is nothing."""

LARGEST = 300.0
"""The largest mean that is tried on the way has this logarithm, its smallest minus this."""


NEAR = 1e-9
"""A sum of columns nearer to 0 than this is 0, but for rounding."""


@dataclass(frozen=True)
class Fit:
    """A fitted model: coefficients and what tells how well they fit.

    `covariance` takes the counts as Poisson, or as negative binomial with the fitted `k`
    (variance = mean + k mean^2); times `phi` it is that of the quasi-Poisson model.
    """

    coefficients: Floats
    covariance: Floats
    means: Floats
    deviance: float
    pearson: float
    log_likelihood: float
    k: float
    parameters: int
    converged: bool

    @property
    def df(self) -> int:
        """How many counts there are more than coefficients."""
        return int(self.means.size - self.coefficients.size)

    @property
    def pearson_phi(self) -> float:
        """Pearson's X2 by degree of freedom: 1 where the counts scatter as the model says."""
        return self.pearson / self.df if self.df else np.nan

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 parameters - 2 ln likelihood."""
        return 2 * self.parameters - 2 * self.log_likelihood


def poisson(counts: ArrayLike, columns: ArrayLike, offset: ArrayLike = 0.0) -> Fit:
    """Fit a Poisson model by iterated weighted least squares.

    `columns` has shape (counts, coefficients), `offset` is the logarithm of an exposure.
    Raises ValueError for counts that are negative or not finite, and for shapes that do not fit.
    Source: McCullagh and Nelder 1989, Generalized Linear Models, sections 2.5 and 6.2.
    """
    y, x, known = _checked(counts, columns, offset)
    return _fit(y, x, known, 0.0)


def negative_binomial(counts: ArrayLike, columns: ArrayLike, offset: ArrayLike = 0.0) -> Fit:
    """Fit a negative binomial model (variance = mean + k mean^2) by maximum likelihood.

    The covariance is that of the coefficients and k together. Where the counts scatter no more
    than Poisson counts the answer is the Poisson fit, with k = 0.
    Source: Lawless 1987, Can. J. Stat. 15: 209-225.
    """
    y, x, known = _checked(counts, columns, offset)
    fit = _fit(y, x, known, 0.0)
    if not fit.converged:
        return fit
    top = likelihood.maximise(y, x, known, np.ones(y.size))
    if not top.k0:
        return fit
    # The maximum is told to the digits of the likelihood; for its k the coefficients are exact.
    fit = _fit(y, x, known, top.k0)
    fit = replace(fit, converged=fit.converged and top.converged)
    joint = top.covariance[:-1, :-1]
    return replace(fit, covariance=joint) if (np.diag(joint) > 0).all() else fit


def _checked(
    counts: ArrayLike, columns: ArrayLike, offset: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    y, x = np.asarray(counts, dtype=float), np.asarray(columns, dtype=float)
    known = np.broadcast_to(np.asarray(offset, dtype=float), y.shape)
    if y.ndim != 1 or x.ndim != 2 or x.shape[0] != y.size:
        raise ValueError("a row of columns is needed for every count")
    if not (np.isfinite(y).all() and (y >= 0).all()):
        raise ValueError("counts are finite and not negative")
    if not np.isfinite(known).all():
        raise ValueError("the logarithm of an exposure is finite")
    return y, x, known


def _fit(y: Floats, x: Floats, known: Floats, k: float) -> Fit:
    """Fit by steps of Newton, halved where they lead away: there is one best answer for a k."""
    means = (y + max(float(y.mean()), 0.1)) / 2
    eta, deviance, converged = np.log(means), np.inf, False
    b: Floats = np.zeros(x.shape[1])
    for _ in range(STEPS):
        spread, curve = 1 + k * means, 1 + k * y
        root = np.sqrt(means * curve) / spread
        working = eta - known + (y - means) * spread / (means * curve)
        target, *_ = np.linalg.lstsq(root[:, None] * x, root * working, rcond=None)
        before = deviance
        # A deviance of large counts has rounding of its own: what is below it is no difference.
        close = CLOSE * (min(before, 1e300) + float(y.sum()) + 0.1)
        for _ in range(HALVINGS):
            eta = _predictor(known + x @ target)
            means = np.exp(eta)
            deviance = _deviance(y, means, k)
            if deviance <= before + close:
                break
            target = (target + b) / 2
        b = np.asarray(target, dtype=float)
        if abs(before - deviance) <= close:
            converged = bool(y.sum() > 0 and np.linalg.matrix_rank(x) == x.shape[1])
            break
    information = x.T @ ((means / (1 + k * means))[:, None] * x)
    return Fit(
        coefficients=b,
        covariance=np.asarray(np.linalg.pinv(information, hermitian=True), dtype=float),
        means=means,
        deviance=deviance,
        pearson=float(np.sum((y - means) ** 2 / (means * (1 + k * means)))),
        log_likelihood=_log_likelihood(y, means, k),
        k=k,
        parameters=b.size + (k > 0),
        converged=converged,
    )


def has_best(counts: Floats, columns: Floats) -> bool:
    """Say whether a log-linear model of counts has a best answer, with finite coefficients.

    It has none where a slope without end fits ever better: where all happened in the last year, for
    instance. `columns` has shape (counts, coefficients).

    >>> years = np.column_stack([np.ones(4), np.arange(4)])
    >>> has_best(np.array([0, 0, 0, 12]), years), has_best(np.array([0, 0, 12, 0]), years)
    (False, True)

    Source: Santos Silva and Tenreyro 2010, Economics Letters 107: 310-312.
    """
    some, none = columns[counts > 0], columns[counts == 0]
    if not some.size:
        return False
    if np.linalg.matrix_rank(some) == np.linalg.matrix_rank(columns):
        return True
    # This part of scipy is slow to start, and seldom needed.
    from scipy.optimize import linprog  # noqa: PLC0415

    # A way to go on which no mean of what happened moves, and those of what did not only fall.
    found = linprog(
        none.sum(axis=0),
        A_ub=none,
        b_ub=np.zeros(len(none)),
        A_eq=some,
        b_eq=np.zeros(len(some)),
        bounds=(-1, 1),
        method="highs",
    )
    return bool(found.fun > -NEAR)


def _predictor(eta: Floats) -> Floats:
    """Keep logarithms of means within what has an exponential, and near enough to each other."""
    top = float(np.clip(eta.max(), -LARGEST, LARGEST))
    return np.clip(eta, top - FARTHEST, top)


def _deviance(y: Floats, means: Floats, k: float) -> float:
    own = special.xlogy(y, y / means)
    if k == 0:
        return float(2 * np.sum(own - (y - means)))
    return float(2 * np.sum(own - (y + 1 / k) * np.log((1 + k * y) / (1 + k * means))))


def _log_likelihood(y: Floats, means: Floats, k: float) -> float:
    if k == 0:
        return float(np.sum(special.xlogy(y, means) - means - special.gammaln(y + 1)))
    a = 1 / k
    ways = special.gammaln(y + a) - special.gammaln(a) - special.gammaln(y + 1)
    return float(np.sum(ways + special.xlogy(y, k * means) - (y + a) * np.log1p(k * means)))
