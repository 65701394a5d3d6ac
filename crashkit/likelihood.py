"""The likelihood of negative binomial counts whose overdispersion may differ from count to count.

One fit for models of sites (`spf`) and for short tables (`loglinear`).

ln mu = offset + columns b, and the k of site i is k0 times its `share`: 1 for a constant k, one by
its length for a k of length, so that one fit serves both. It is maximised over b and ln k0 together
by Newton's method, from a Poisson fit, with the second derivatives themselves.

Source: Lawless 1987, Canadian Journal of Statistics 15: 209-225; Hauer 2001, Accident Analysis and
Prevention 33: 799-808 (overdispersion by length).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

STEPS = 60
CLOSE, NEAR = 1e-9, 1e-5
"""The fit stands where a step would raise the logarithm of the likelihood by less than this; where
its last digits are of larger numbers, by less than the second."""
LEAST_K, MOST_K, LARGE = 1e-6, 1e4, 1e3
"""An overdispersion below the least is none: the counts are Poisson. Of counts that are large on
average the least is as much smaller, for there it tells. One that grows beyond the most has no
maximum: a few sites have all the crashes."""
LONGEST = 3.0
"""A step changes the logarithm of a mean, and of k0, by no more than this."""
HALVINGS, LAST_DIGIT, FLAT = 40, 1e-13, 1e-6
FARTHEST, MOST_LOG = 60.0, 300.0
"""No logarithm of a Poisson mean is let go further than this from the largest one, and no logarithm
of any mean further from 0 than that: beyond them numbers are no numbers."""


@dataclass(frozen=True, eq=False)
class Maximum:
    """The coefficients and k0 of the highest likelihood.

    `covariance` is that of the coefficients and, last, of k0 where it is not 0: all of them
    together. `scores` (n, parameters) are the slopes of the likelihood of each count.
    """

    b: Floats
    k0: float
    covariance: Floats
    scores: Floats
    means: Floats
    log_likelihood: float
    converged: bool


def maximise(y: Floats, x: Floats, offset: Floats, share: Floats) -> Maximum:
    """Fit counts `y` (n,) with the columns `x` (n, p); all finite, `share` above 0.

    Where the counts scatter no more than Poisson counts, k0 is 0 and the fit that of Poisson.
    """
    b, poisson_stands = _poisson(y, x, offset)
    mu = _means(x @ b + offset)
    # The slope of the likelihood in k0 at 0: without a rise there the counts are Poisson.
    if not poisson_stands or float(((y - mu) ** 2 - y) @ share) <= 0:
        return _as_poisson(y, x, offset, b, poisson_stands)
    theta = np.log(max(float(((y - mu) ** 2 - y).sum() / (share * mu**2).sum()), 0.01))
    return _newton(y, x, offset, share, (np.append(b, theta), b))


def maximise_k(y: Floats, mu: Floats, share: Floats) -> Maximum:
    """Fit k0 alone, with the means `mu` (n,) as they are."""
    nothing = np.zeros((y.size, 0))
    return maximise(y, nothing, np.log(mu), share)


def _means(eta: Floats) -> Floats:
    top = min(float(eta.max(initial=0.0)), MOST_LOG)
    return np.asarray(np.exp(np.clip(eta, top - FARTHEST, top)))


def _poisson(y: Floats, x: Floats, offset: Floats) -> tuple[Floats, bool]:
    """Return the Poisson coefficients by weighted least squares, and whether they stand."""
    if not x.shape[1]:
        return np.zeros(0), True
    mu = (y + y.mean() + 0.1) / 2
    eta, before = np.log(mu), np.inf
    b = np.zeros(x.shape[1])
    for _ in range(STEPS):
        weighted = x * mu[:, None]
        b = _solved(weighted.T @ x, weighted.T @ (eta - offset + (y - mu) / mu))
        eta = x @ b + offset
        mu = _means(eta)
        now = float(special.xlogy(y, mu).sum() - mu.sum())
        if abs(now - before) <= CLOSE:
            return b, bool(y.sum() > 0)
        before = now
    return b, False


def _as_poisson(y: Floats, x: Floats, offset: Floats, b: Floats, stands: bool) -> Maximum:
    mu = _means(x @ b + offset)
    value = float((special.xlogy(y, mu) - mu - special.gammaln(y + 1)).sum())
    covariance = _inverted((x * mu[:, None]).T @ x)
    return Maximum(b, 0.0, covariance, x * (y - mu)[:, None], mu, value, stands)


def _newton(
    y: Floats, x: Floats, offset: Floats, share: Floats, start: tuple[Floats, Floats]
) -> Maximum:
    at, of_poisson = start
    value, scores, curve, mu = _at(y, x, offset, share, at)
    converged, slack = False, LAST_DIGIT * (abs(value) + float(y.sum()))
    least = LEAST_K * min(1.0, LARGE / max(float(y.mean()), 1.0))
    for _ in range(STEPS):
        step = _uphill(scores.sum(axis=0), curve)
        gain = float(scores.sum(axis=0) @ step)
        if gain <= CLOSE:
            converged = bool(at[-1] < np.log(MOST_K))
            break
        # Shortened as a whole: a step of which only a part is shortened need not lead up.
        far = max(float(np.abs(x @ step[:-1]).max(initial=0.0)), abs(float(step[-1])))
        step = step * min(1.0, LONGEST / far)
        # A step that overshoots is halved until it leads up, but for the last digit.
        for _ in range(HALVINGS):
            to = at + step
            to[-1] = np.clip(to[-1], np.log(least / 2), np.log(MOST_K))
            tried = _at(y, x, offset, share, to)
            if tried[0] >= value - slack:
                break
            step = step / 2
        else:
            # Nothing is better that can be told apart: the top, or as near as the digits go.
            converged = gain <= NEAR
            break
        at = to
        value, scores, curve, mu = tried
        if at[-1] < np.log(least):
            return _as_poisson(y, x, offset, of_poisson, stands=True)
    k0 = float(np.exp(at[-1]))
    turn = np.append(np.ones(x.shape[1]), k0)
    covariance = _inverted(-curve) * turn[:, None] * turn[None, :]
    return Maximum(at[:-1], k0, covariance, scores / turn, mu, value, converged)


def _uphill(slope: Floats, curve: Floats) -> Floats:
    """Return a step that leads up: that of Newton, with every direction bent as a hill is.

    Far from the maximum the ground may rise in both directions; there the step of Newton would lead
    down. Source: Nocedal and Wright 2006, Numerical optimization, section 3.4.
    """
    scale = 1 / np.sqrt(np.abs(np.diag(curve)).clip(1e-12))
    bends, ways = np.linalg.eigh(-curve * scale[:, None] * scale[None, :])
    along = ways.T @ (slope * scale) / np.abs(bends).clip(FLAT)
    return np.asarray(ways @ along * scale)


def _at(
    y: Floats, x: Floats, offset: Floats, share: Floats, at: Floats
) -> tuple[float, Floats, Floats, Floats]:
    """Return the log-likelihood, the slopes of each count, the curvature, and the means.

    The last parameter is ln k0; a = 1/k of each site.
    """
    mu = np.exp(np.clip(x @ at[:-1] + offset, -MOST_LOG, MOST_LOG))
    a = np.exp(-at[-1]) / share
    both, apart = a + mu, y - mu
    value = special.gammaln(y + a) - special.gammaln(a) - special.gammaln(y + 1)
    value += special.xlogy(y, mu / both) - a * np.log1p(mu / a)
    of_a = special.digamma(y + a) - special.digamma(a) - np.log1p(mu / a) - apart / both
    of_aa = _trigamma(y + a) - _trigamma(a) + mu / (a * both) + apart / both**2
    of_eta = apart * a / both
    scores = np.column_stack([x * of_eta[:, None], -a * of_a])
    p = x.shape[1]
    curve = np.empty((p + 1, p + 1))
    bend = -mu * a * (a + y) / both**2
    curve[:p, :p] = (x * bend[:, None]).T @ x
    curve[p, :p] = curve[:p, p] = x.T @ (-a * apart * mu / both**2)
    curve[p, p] = float((a**2 * of_aa + a * of_a).sum())
    return float(value.sum()), scores, curve, mu


def _trigamma(x: Floats) -> Floats:
    """Return the second derivative of ln gamma for x above 0, to ten digits.

    Eight steps up by the recurrence, then the asymptotic series: that of scipy is thirty times
    slower, and took nearly all of the time of a fit.
    Source: Abramowitz and Stegun 1964, 6.4.6 and 6.4.12.
    """
    total = np.zeros_like(x)
    far = x.astype(float)
    for _ in range(8):
        total += 1 / far**2
        far = far + 1
    one = 1 / far
    two = one * one
    series = one * (1 + one / 2 + two * (1 / 6 - two * (1 / 30 - two * (1 / 42 - two / 30))))
    return np.asarray(total + series)


def _solved(matrix: Floats, side: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(matrix, side))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, side, rcond=None)[0])


def _inverted(matrix: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.full(matrix.shape, np.nan)
