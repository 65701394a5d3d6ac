"""Cumulative residuals: does a model err in the same direction for many sites alike?

Sites are put in the order of a covariate and what was seen above the prediction is added up. A good
model walks about zero like a drunkard, within limits; a long way up or down says that it predicts
too little or too much in that part of the covariate.

Source: Hauer and Bamfo 1997, Two tools for finding what function links the dependent variable to
the explanatory variables; SPF-R of the Kentucky Transportation Center (figures of merit); reference
methods, section 3 (CURE).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit.errors import Message
from crashkit.spf import limits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cure:
    """The walk of the residuals, in the order of the covariate, and its figures of merit.

    `residuals` are seen minus predicted, `walk` their sums so far, `limit` how far the walk may be
    from zero. `outside` is the share of sites beyond that, from 0 to 1; `farthest` the largest
    distance from zero, `mad` the mean absolute residual, `modified_r2` the share of what is not
    chance that the model explains. `accepted` says whether few enough are outside; it is None, with
    a note, where there are too few sites to say.
    """

    order: Ints
    covariate: Floats
    residuals: Floats
    walk: Floats
    limit: Floats
    outside: float
    farthest: float
    mad: float
    modified_r2: float
    accepted: bool | None
    notes: tuple[Message, ...] = ()


def cure(
    observed: ArrayLike,
    predicted: ArrayLike,
    covariate: ArrayLike,
    *,
    limit: float | None = None,
) -> Cure:
    """Walk along the residuals of sites in the order of a covariate.

    All are arrays over sites: crashes seen and predicted for the same period, and what to order by;
    equal values keep the order of the sites. With the sums S of the squared residuals the limits
    are +- `limit` sqrt(S_i) sqrt(1 - S_i/S_n); 2 by default, 1.96 in SPF-R. The walk ends at the
    sum of all residuals, which is near zero only where the model was fitted to these sites. Sites
    of which something is missing are left out.

    >>> cure([1, 2, 3, 4], [2, 2, 2, 2], [4, 3, 2, 1]).walk.tolist()
    [2.0, 3.0, 3.0, 2.0]

    Source: Hauer and Bamfo 1997; limits.toml; reference methods, section 3 (CURE).
    """
    rule = limits.of("cure")
    x, mu, by = (np.asarray(one, dtype=float) for one in (observed, predicted, covariate))
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(mu) & np.isfinite(by))
    order = known[np.argsort(by[known], kind="stable")]
    x, mu = x[order], mu[order]
    residuals = x - mu
    walk, squares = np.cumsum(residuals), np.cumsum(residuals**2)
    whole = squares[-1] if squares.size else 0.0
    left = 1 - squares / whole if whole > 0 else np.zeros(squares.size)
    wide = (rule["limit"] if limit is None else limit) * np.sqrt(squares * np.maximum(left, 0.0))
    outside = float((np.abs(walk) > wide).mean()) if walk.size else np.nan
    few = order.size < rule["sites"]
    return Cure(
        order=order.astype(np.int64),
        covariate=by[order],
        residuals=residuals,
        walk=walk,
        limit=wide,
        outside=outside,
        farthest=float(np.abs(walk).max(initial=0.0)),
        mad=float(np.abs(residuals).mean()) if residuals.size else np.nan,
        modified_r2=_modified_r2(x, mu),
        accepted=None if few else outside < rule["most_outside"],
        notes=(_few(rule["sites"], order.size),) if few else (),
    )


def _modified_r2(x: Floats, mu: Floats) -> float:
    """Return (TSS - sum of squared residuals)/(TSS - sum mu); NaN where chance explains all."""
    if not x.size:
        return np.nan
    total = float(((x - x.mean()) ** 2).sum())
    beyond = total - float(mu.sum())
    return (total - float(((x - mu) ** 2).sum())) / beyond if beyond > 0 else np.nan


def _few(need: int, sites: int) -> Message:
    return Message(
        "Cumulative residuals need {need} sites to be judged; there are {sites}.",
        {"need": need, "sites": sites},
    )
