"""Calibrate: make a model of others fit one's own roads, and say how far it can be trusted there.

Source: FHWA, Calibrator user guide; reference methods, section 3 (calibration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import likelihood
from crashkit.errors import Message
from crashkit.spf import limits
from crashkit.spf.dispersion import ConstantK, Dispersion, HsmK

Floats = NDArray[np.float64]

GOOD, ACCEPTED, UNSURE = "good", "accepted", "not accepted"
NOTHING = Message("No calibration: nothing is predicted for these sites, or nothing was counted.")


@dataclass(frozen=True)
class Calibration:
    """The factor a model is multiplied by, how sure it is, and the overdispersion there.

    `cv` is the coefficient of variation of the factor; `verdict` is GOOD, ACCEPTED or UNSURE.
    `dispersion` was fitted anew with the calibrated predictions as they are.
    """

    factor: float
    variance: float
    cv: float
    verdict: str
    dispersion: Dispersion
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class CalibrationFunction:
    """a mu^b in place of a factor, where the model errs otherwise at busy sites than at quiet ones.

    `a_error` and `b_error` are standard errors, joint with `k`; b of 1 is a plain factor.
    """

    a: float
    b: float
    a_error: float
    b_error: float
    k: float
    log_likelihood: float
    converged: bool

    def apply(self, predicted: ArrayLike) -> Floats:
        """Return the calibrated predictions."""
        return np.asarray(self.a * np.asarray(predicted, dtype=float) ** self.b)


def calibrate(
    observed: ArrayLike,
    predicted: ArrayLike,
    dispersion: Dispersion,
    *,
    length_km: ArrayLike | None = None,
    years: float = 1.0,
) -> Calibration:
    """Return the factor C = sum N/sum mu that makes predictions fit the crashes of these sites.

    `observed` and `predicted` (sites,) are crashes of the period of `years`, `dispersion` that of
    the model. V(C) = sum(N + k N²)/(sum mu)², CV = sqrt(V)/C. The overdispersion is then fitted by
    maximum likelihood with C mu as the means, of the same kind as that of the model. Sites without
    a prediction are left out.

    >>> found = calibrate([3, 0, 5], [2.1, 0.8, 3.9], ConstantK(0.35))
    >>> round(found.factor, 3), round(found.cv, 3)
    (1.176, 0.558)

    Source: FHWA Calibrator guide (limits.toml); reference methods, section 3.
    """
    x, mu = np.broadcast_arrays(np.asarray(observed, float), np.asarray(predicted, float))
    known = np.isfinite(x) & (x >= 0) & np.isfinite(mu) & (mu > 0)
    km = None if length_km is None else np.asarray(length_km, dtype=float)[known]
    x, mu = x[known], mu[known]
    if not x.sum() > 0:
        return Calibration(np.nan, np.nan, np.nan, UNSURE, dispersion, (NOTHING,))
    factor = float(x.sum() / mu.sum())
    k = np.broadcast_to(dispersion.of(km), x.shape)
    variance = float((x + k * x**2).sum() / mu.sum() ** 2)
    cv = float(np.sqrt(variance) / factor)
    need = limits.of("calibration")
    verdict = GOOD if cv <= need["good_cv"] else ACCEPTED
    verdict = verdict if cv <= need["largest_cv"] else UNSURE
    notes = limits.short_of_calibration(sites=x.size, crashes=float(x.sum()), years=years)
    anew = refit_dispersion(x, factor * mu, dispersion, length_km=km)
    return Calibration(factor, variance, cv, verdict, anew, notes)


def refit_dispersion(
    observed: ArrayLike,
    means: ArrayLike,
    dispersion: Dispersion,
    *,
    length_km: ArrayLike | None = None,
) -> Dispersion:
    """Fit the overdispersion alone, the means as they are; of the kind that is given.

    Where the counts scatter no more than chance has it, there is none: k is 0.
    Source: maximum likelihood; reference methods, section 3.
    """
    y, mu = np.asarray(observed, dtype=float), np.asarray(means, dtype=float)
    if isinstance(dispersion, ConstantK):
        return ConstantK(likelihood.maximise_k(y, mu, np.ones(y.size)).k0)
    km = np.asarray(length_km, dtype=float)
    found = HsmK(likelihood.maximise_k(y, mu, 1 / km).k0, "km").to(dispersion.unit)
    return found if isinstance(dispersion, HsmK) else found.as_phi()


def calibration_function(observed: ArrayLike, predicted: ArrayLike) -> CalibrationFunction:
    """Fit a mu^b with a constant overdispersion, for a model whose cumulative residuals stray.

    Source: Srinivasan, Colety, Bahar, Crowther and Farmen 2016, Transportation Research Record
    2583: 57-62; reference methods, section 3.
    """
    x, mu = np.broadcast_arrays(np.asarray(observed, float), np.asarray(predicted, float))
    known = np.isfinite(x) & (x >= 0) & np.isfinite(mu) & (mu > 0)
    x, logs = x[known], np.log(mu[known])
    if x.size < 3 or not x.sum() > 0 or np.ptp(logs) == 0:
        return CalibrationFunction(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, converged=False)
    middle = float(logs.mean())
    columns = np.column_stack([np.ones(x.size), logs - middle])
    found = likelihood.maximise(x, columns, np.zeros(x.size), np.ones(x.size))
    turn = np.array([[1.0, -middle], [0.0, 1.0]])
    ln_a, b = (turn @ found.b).tolist()
    covariance = turn @ found.covariance[:2, :2] @ turn.T
    a = float(np.exp(ln_a))
    spread = np.diag(covariance)
    errors = np.sqrt(np.where(spread >= 0, spread, np.nan))
    return CalibrationFunction(
        a,
        b,
        a * float(errors[0]),
        float(errors[1]),
        found.k0,
        found.log_likelihood,
        found.converged,
    )
