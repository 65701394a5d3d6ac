"""Level of service of safety: four classes of sites, by what is predicted for sites like them.

I has a low potential for crash reduction, II low to moderate, III moderate to high, IV high. The
form of the Highway Safety Manual compares the count itself with the prediction; its bounds leave
out the chance in the count, so it calls unlucky sites bad (regression to the mean). By default the
empirical Bayes estimate is compared with how the true means of such sites are spread.

Source: Kononov and Allery 2003, Transportation Research Record 1840: 57-66; reference methods,
sections 0.4 and 2.1, row and note 7.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import shrinkage
from crashkit.errors import NotFound

Floats = NDArray[np.float64]

HSM, COLORADO, KENTUCKY = "hsm", "gamma_20_80", "gamma_5_95"
LEVELS = ("I", "II", "III", "IV")
TOO_FEW, NOT_KNOWN = "too few", ""
"""No crash where few are predicted puts a site in class II whatever it is like; a site without a
prediction is in no class."""


@dataclass(frozen=True, eq=False)
class Service:
    """The class of each site, and what it was compared with; arrays over sites.

    `compared` is the count or its estimate, `lower` and `upper` the bounds of classes I and IV,
    `sigma` the standard deviation of the true means.
    """

    levels: tuple[str, ...]
    compared: Floats
    sigma: Floats
    lower: Floats
    upper: Floats


@cache
def variants() -> Mapping[str, Mapping[str, Any]]:
    """Return the ways to draw the bounds, of service.toml, by name."""
    text = resources.files("crashkit").joinpath("service.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def level_of_service(
    observed: ArrayLike, predicted: ArrayLike, k: ArrayLike, *, variant: str = COLORADO
) -> Service:
    """Put each site in one of four classes.

    `observed` and `predicted` are crashes of the same time, `k` the overdispersion of each site.
    With sigma = mu sqrt(k) the variant "hsm" has class I below mu - 1.5 sigma, II below mu, III
    below mu + 1.5 sigma, IV from there on, for the count. The others take the percentiles of the
    gamma distribution of shape 1/k and mean mu for the bounds, and compare the empirical Bayes
    estimate. Raises NotFound for another variant.

    >>> level_of_service([11.33, 4.33], [2.6, 2.6], 0.4, variant="hsm").levels
    ('IV', 'III')
    """
    if variant not in variants():
        raise NotFound(
            "There is no variant “{name}”; there are {known}.",
            name=variant,
            known=sorted(variants()),
        )
    rule = variants()[variant]
    found = shrinkage.expected(observed, predicted, k)
    mu = np.where(np.isfinite(found.expected), found.predicted, np.nan)
    k_of = np.broadcast_to(np.asarray(k, dtype=float), mu.shape)
    sigma = mu * np.sqrt(k_of)
    if "deviations" in rule:
        lower, upper = mu - rule["deviations"] * sigma, mu + rule["deviations"] * sigma
        compared = np.where(np.isfinite(mu), found.observed, np.nan)
    else:
        lower, upper = _spread(mu, k_of, rule["low"]), _spread(mu, k_of, rule["high"])
        compared = found.expected
    above = (compared >= lower).astype(int) + (compared >= mu) + (compared >= upper)
    levels = np.asarray(LEVELS, dtype=object)[np.minimum(above, 3)]
    levels = np.where((found.observed == 0) & (levels == LEVELS[1]), TOO_FEW, levels)
    levels = np.where(np.isfinite(compared), levels, NOT_KNOWN)
    return Service(tuple(levels.ravel().tolist()), compared, sigma, lower, upper)


def _spread(mu: Floats, k: Floats, share: float) -> Floats:
    """Return what the true mean of a share of the sites is below."""
    sure = k == 0
    shape = 1 / np.where(sure, 1.0, k)
    return np.asarray(np.where(sure, mu, special.gammaincinv(shape, share) / shape * mu))
