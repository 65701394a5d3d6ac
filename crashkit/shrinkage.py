"""Empirical Bayes: each site between what its peers have and what it has had itself.

The crashes of a few years at one site are few, and the worst sites of a list are partly those that
were unlucky: they would improve if nobody did anything (regression to the mean). So the count of a
site is drawn towards what sites like it have, the more the less there is to know it by. What sites
like it have is told by a model of traffic and length (`expected`, `yearly`), or by the sites of its
class alone: `marshall` where lengths or years differ, `moments` where they are the same.

All functions take arrays over sites or single numbers. A site that cannot be estimated is NaN, and
`reasons` says why; nothing is raised for it. The prior must be made of all sites, those without
crashes too: one that is made of the hotspots alone takes the unusual for usual.

Source: Hauer 1997, Observational before-after studies in road safety, chapters 11 and 12; reference
methods, section 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit.errors import Message

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Estimates = TypeVar("Estimates", "Moments", "Marshall")

FEWEST, ENOUGH = 10, 30
"""A class of fewer sites than FEWEST has no prior of its own; one of ENOUGH can be trusted.

Source: reference methods, section 0.4 (reference class size).
"""
PERIOD, ANNUAL = "period", "annual"
"""What the method of moments is worked out on: counts of the whole period, or means of a year."""
CLASS, ALL = "class", "all"
"""Whose sites a prior is made of."""

NO_PREDICTION = Message("No estimate: nothing is predicted for this site.")
NO_COUNT = Message("No estimate: the crashes of this site are not known.")
NO_DISPERSION = Message("No estimate: the overdispersion of this site is not known.")
NO_EXPOSURE = Message("No estimate: this site has no length or no years.")
NO_SITES = Message("No estimate: there is no site to compare with.")
ONE_SITE = Message("No estimate: one site alone does not tell how much sites differ.")
ALIKE = Message(
    "The counts differ no more than chance makes them differ: there is no evidence that one of "
    "these sites is worse than another, and they should not be ranked."
)


# -------------------------------------------------------------------------- what is believed


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is believed of the true mean of each site: a gamma distribution, as arrays.

    The unit is that of what was predicted, crashes in the period. Where `shape` is infinite the
    mean is known for certain to be `mean`: without overdispersion all sites of a kind are alike.
    """

    shape: Floats
    scale: Floats
    mean: Floats

    @property
    def variance(self) -> Floats:
        """Crashes squared."""
        return np.asarray(self.mean * self.scale)

    def quantile(self, share: float) -> Floats:
        """Return the value the true mean lies below with this probability, from 0 to 1."""
        sure = np.isinf(self.shape)
        # Most sites share their shape with many others, and the inverse is slow.
        shapes, which = np.unique(np.where(sure, 1.0, self.shape), return_inverse=True)
        drawn = special.gammaincinv(shapes, share)[which].reshape(sure.shape) * self.scale
        return np.where(sure, self.mean, drawn)

    def interval(self, level: float = 0.90) -> tuple[Floats, Floats]:
        """Return the limits that hold the true mean with this probability, as much below as above.

        The default is the 90 % that every site is shown with.
        """
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def exceeds(self, bound: ArrayLike) -> Floats:
        """Return the probability that the true mean is above `bound`, in the unit of the mean."""
        limit = np.asarray(bound, dtype=float)
        sure = np.isinf(self.shape)
        known = np.isfinite(self.mean) & np.isfinite(limit)
        with np.errstate(divide="ignore", invalid="ignore"):
            above = np.where(limit <= 0, 0.0, limit / self.scale)
            drawn = special.gammaincc(np.where(sure, 1.0, self.shape), above)
        chance = np.where(sure, (self.mean > limit).astype(float), drawn)
        return np.where(known, chance, np.nan)


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimate and its standard error, as arrays in the same unit."""

    value: Floats
    standard_error: Floats


@dataclass(frozen=True, eq=False)
class Shrunk:
    """The estimate of each site, as arrays; crashes in the period of the prediction.

    `weight` is how much of the estimate is what was predicted, `variance` that of the true mean
    around the estimate. `reasons` says why a site has no estimate, by its place in the arrays.
    """

    observed: Floats
    predicted: Floats
    weight: Floats
    expected: Floats
    variance: Floats
    posterior: Posterior
    reasons: Mapping[int, Message] = field(default_factory=dict)

    @property
    def standard_error(self) -> Floats:
        """The square root of the variance."""
        return np.asarray(np.sqrt(self.variance))

    @property
    def excess(self) -> Floats:
        """Crashes above what was predicted: what could be saved if the site were like its peers.

        Below zero where a site does better than its peers.
        """
        return np.asarray(self.expected - self.predicted)

    def told(self, i: int) -> Message:
        """Say of a site what it has had and what is expected, or why it has no estimate."""
        return self.reasons.get(i) or Message(
            "{n} crashes, {estimate} with chance taken out; peers have {expected}.",
            {
                "n": int(self.observed[i]),
                "estimate": float(self.expected[i]),
                "expected": float(self.predicted[i]),
            },
        )

    def exceeds(self, multiple: float) -> Floats:
        """Return the probability that the true mean is above so many times what was predicted."""
        return self.posterior.exceeds(multiple * self.predicted)

    def per(self, amount: ArrayLike) -> Estimate:
        """Return the estimate for one unit of `amount`: years, km times years."""
        by = np.asarray(amount, dtype=float)
        return Estimate(self.expected / by, self.standard_error / by)

    def carried(self, predicted: ArrayLike) -> Estimate:
        """Return what is expected in another period, for which `predicted` is predicted.

        The estimate r E with r = predicted/mu, its variance r² (1 - w) E.
        Source: Hauer 1997, chapter 11; reference methods, section 7, design 5.
        """
        ratio = np.asarray(predicted, dtype=float) / self.predicted
        return Estimate(ratio * self.expected, ratio * self.standard_error)


def weight(predicted: ArrayLike, k: ArrayLike) -> Floats:
    """Return how much of the estimate is what was predicted: 1/(1 + k mu), from 0 to 1.

    `predicted` is mu, the crashes of the whole period; `k` the overdispersion of the site, so that
    the variance of a count is mu + k mu². Without overdispersion the weight is 1.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 11).
    """
    return np.asarray(1.0 / (1.0 + np.asarray(k, dtype=float) * np.asarray(predicted, dtype=float)))


def expected(observed: ArrayLike, predicted: ArrayLike, k: ArrayLike) -> Shrunk:
    """Estimate the true mean of each site from its count and what was predicted for it.

    All three are arrays over sites or numbers: crashes `observed` in the period, crashes
    `predicted` for the same period (part years are inside it), and overdispersion `k` without
    unit. The estimate is w mu + (1 - w) N, its variance (1 - w) times itself, and the true mean
    has a gamma distribution of shape 1/k + N and scale k mu/(1 + k mu). Where k is 0 the estimate
    is what was predicted. A site of which something is missing, or for which nothing is predicted,
    has no estimate.

    >>> found = expected(12, 4.336, 1 / (2.05 * 1.8))
    >>> round(float(found.weight), 4), round(float(found.expected), 2)
    (0.4598, 8.48)

    Source: Hauer, Harwood, Council and Griffith 2002, Transportation Research Record 1784: 126-131.
    """
    x, mu, k_of = _together(observed, predicted, k)
    reasons = _missing(
        (~(x >= 0), NO_COUNT),
        (~(mu > 0) | np.isinf(mu), NO_PREDICTION),
        (~(k_of >= 0), NO_DISPERSION),
    )
    usable = _usable(x.shape, reasons)
    x_of, mu, k_of = (np.where(usable, one, np.nan) for one in (x, mu, k_of))
    w = weight(mu, k_of)
    mean = w * mu + (1 - w) * x_of
    with np.errstate(divide="ignore", over="ignore"):
        shape = np.where(k_of > 0, 1 / k_of, np.inf) + x_of
    posterior = Posterior(np.where(usable, shape, np.nan), (1 - w), mean)
    return Shrunk(x, mu, w, mean, (1 - w) * mean, posterior, reasons)


@dataclass(frozen=True, eq=False)
class Yearly:
    """The estimate of each site year by year; years along the last axis.

    `total` is that of the whole period. `corrections` are how many times the crashes of the first
    year each year has, by what was predicted.
    """

    total: Shrunk
    corrections: Floats
    expected: Floats
    excess: Floats


def yearly(observed: ArrayLike, predicted: ArrayLike, k: ArrayLike) -> Yearly:
    """Estimate the true mean of each site in each year.

    `observed` and `predicted` have the shape (..., years): crashes of each year. `k` is the
    overdispersion of each site. With C_n = mu_n/mu_1 and w = 1/(1 + k sum mu) the first year has
    N_1 = w mu_1 + (1 - w) sum N/sum C, and year n has N_1 C_n, so that
    N_1 sum C = w sum mu + (1 - w) sum N. A site that opened later than the first year has no C, and
    its estimates all the same. The excess is N_n - mu_n.

    >>> found = yearly([11, 9, 14], [2.5, 2.5, 2.7], 0.49)
    >>> found.expected.round(2).tolist()
    [9.25, 9.25, 9.99]

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, rows 11 and 13).
    """
    by_year = np.asarray(predicted, dtype=float)
    total = expected(np.asarray(observed, dtype=float).sum(axis=-1), by_year.sum(axis=-1), k)
    first = by_year[..., :1]
    corrections = np.divide(by_year, first, out=np.full(by_year.shape, np.nan), where=first > 0)
    share = np.expand_dims(total.expected / total.predicted, -1)
    estimates = by_year * share
    return Yearly(total, corrections, np.asarray(estimates), np.asarray(estimates - by_year))


def _together(*given: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in given)))


def _missing(*checks: tuple[Flags, Message]) -> dict[int, Message]:
    """Return why a site has no estimate, by its place; of several reasons the first."""
    found: dict[int, Message] = {}
    for bad, reason in reversed(checks):
        found.update(dict.fromkeys(np.flatnonzero(bad).tolist(), reason))
    return dict(sorted(found.items()))


def _usable(shape: tuple[int, ...], reasons: Mapping[int, Message]) -> Flags:
    usable = np.ones(int(np.prod(shape)), dtype=np.bool_)
    usable[list(reasons)] = False
    return np.asarray(usable.reshape(shape), dtype=np.bool_)


# -------------------------------------------------------- peers alone: one count is like another


@dataclass(frozen=True)
class GammaPrior:
    """How the true means of a class differ: a gamma distribution.

    `shape` has no unit, `rate` is one by the unit of the mean (crashes in the period, or per km and
    year). Source: reference methods, section 2.4 (Marshall; method of moments).
    """

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        """The mean of the class."""
        return self.shape / self.rate

    @property
    def k(self) -> float:
        """The overdispersion of the counts of such a class, without unit."""
        return 1 / self.shape


@dataclass(frozen=True, eq=False)
class Moments:
    """What the method of moments makes of a class of sites with equal exposure.

    `mean` and `variance` (with n - 1) are those of the reference sites, in crashes of the period or
    of a year; `weight` is how much of an estimate is the mean; `adjusted` and `potential` are
    arrays over the sites: the estimate, and how far it is above the mean. `prior` is None where
    the sites are alike or too few, and `reason` says so. `level` says whose sites these are.
    """

    mean: float
    variance: float
    weight: float
    adjusted: Floats
    potential: Floats
    observed: Floats
    prior: GammaPrior | None
    sites: int
    reason: Message | None = None
    level: str = CLASS

    @property
    def trusted(self) -> bool:
        """Whether the class has enough sites for its prior to be trusted."""
        return self.sites >= ENOUGH

    @property
    def rtm_percent(self) -> Floats:
        """Regression to the mean: by how many per cent the estimate differs from what was seen."""
        ratio = np.full(self.observed.shape, np.nan)
        np.divide(self.adjusted, self.observed, out=ratio, where=self.observed > 0)
        return 100 * (ratio - 1)


def moments(
    counts: ArrayLike,
    *,
    years: ArrayLike = 1.0,
    basis: str = PERIOD,
    reference: ArrayLike | None = None,
) -> Moments:
    """Draw the counts of sites towards the mean of their class, by how much the counts differ.

    `counts` (n,) are crashes of the period at sites with the same exposure. `reference` are the
    counts of the class when other sites than these make the prior. With the mean m and variance s²
    the estimate is N + (m/s²)(m - N). On the basis "period" m and s² are those of the counts, so
    that the estimate is the mean of the gamma posterior; `years` must be the same for all sites. On
    the basis "annual" they are those of the counts by `years`, as the Highway Safety Manual has it:
    that draws too far, as if a mean of several years were as uncertain as a count of one.
    Where s² is not above m the sites are alike: the estimate is the mean, and `reason` says so.
    Raises ValueError for years that differ on the basis "period": use `marshall`.

    >>> found = moments([2, 3, 1, 0, 5, 4, 2, 8, 1, 4])
    >>> found.adjusted.round(2).tolist()
    [2.54, 3.0, 2.08, 1.62, 3.92, 3.46, 2.54, 5.3, 2.08, 3.46]

    Source: Highway Safety Manual 2010, chapter 4; Abbess, Jarrett and Wright 1981, Traffic
    Engineering and Control 22: 535-542 (reference methods, section 2.1, row 6, and 2.4).
    """
    found, t = np.asarray(counts, dtype=float), np.asarray(years, dtype=float)
    peers = found if reference is None else np.asarray(reference, dtype=float)
    if basis == PERIOD and np.unique(t).size > 1:
        raise ValueError("sites with different years need a prior that knows them: marshall")
    if basis == ANNUAL:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = found / t
            peers = found if reference is None else peers / t
    known = peers[np.isfinite(peers)]
    mean = float(known.mean()) if known.size else np.nan
    variance = float(known.var(ddof=1)) if known.size > 1 else np.nan
    reason = NO_SITES if not known.size else ONE_SITE if known.size == 1 else None
    return _drawn(mean, variance, found, sites=known.size, reason=reason)


def from_moments(mean: float, variance: float, observed: ArrayLike) -> Moments:
    """Draw counts towards the mean of a class of which mean and variance are known.

    All are crashes of the same period. Source: as `moments`.

    >>> found = from_moments(1.2, 2.1, 6)
    >>> round(float(found.adjusted), 3), round(float(found.rtm_percent), 1)
    (3.257, -45.7)
    """
    return _drawn(mean, variance, np.asarray(observed, dtype=float), sites=0, reason=None)


def _drawn(
    mean: float, variance: float, found: Floats, *, sites: int, reason: Message | None
) -> Moments:
    prior, w = None, np.nan
    if reason is None and variance > mean > 0:
        w = mean / variance
        prior = GammaPrior(mean**2 / (variance - mean), mean / (variance - mean))
    elif reason is None:
        w, reason = 1.0, ALIKE
    adjusted = found + w * (mean - found)
    return Moments(
        mean, variance, w, adjusted, adjusted - mean, found, prior, sites=sites, reason=reason
    )


# ----------------------------------------------------- peers alone: lengths and years that differ


@dataclass(frozen=True, eq=False)
class Marshall:
    """What the global empirical Bayes estimator makes of a class of sites of unequal exposure.

    `rate` is b, crashes per unit of exposure of the reference sites, `between` a, the variance of
    their true rates; `weight` (n,) is C, how much of an estimate is the rate of the site itself.
    `estimate` (n,) is in crashes per unit of exposure, `excess` (n,) in crashes of the period above
    what the rate of the class makes of the site. `prior` is None where the rates differ no more
    than chance makes them differ, and `reason` says so. `reasons` says why a site has no estimate.
    """

    rate: float
    between: float
    weight: Floats
    estimate: Floats
    excess: Floats
    posterior: Posterior
    exposure: Floats
    prior: GammaPrior | None
    sites: int
    reason: Message | None = None
    level: str = CLASS
    reasons: Mapping[int, Message] = field(default_factory=dict)

    @property
    def trusted(self) -> bool:
        """Whether the class has enough sites for its prior to be trusted."""
        return self.sites >= ENOUGH

    def exceeds(self, multiple: float) -> Floats:
        """Return the probability that the true rate is above so many times that of the class."""
        return self.posterior.exceeds(multiple * self.rate * self.exposure)


def marshall(
    counts: ArrayLike,
    exposure: ArrayLike,
    *,
    reference: tuple[ArrayLike, ArrayLike] | None = None,
) -> Marshall:
    """Draw the rates of sites towards that of their class, the short and new ones most.

    `counts` (n,) are crashes of the period, `exposure` (n,) km times years, junction-years or
    people. `reference` are counts and exposure of the class when other sites than these make the
    prior. With r = N/E, b = sum N/sum E, s² = sum E (r - b)²/sum E and a = max(0, s² - b/mean E)
    the estimate is b + C (r - b), C = a/(a + b/E); the true rate then has a gamma distribution of
    shape b²/a + N and rate b/a + E. Where a is 0 the estimate is b, and `reason` says so. A site
    without exposure has no estimate and is no part of the prior.

    >>> found = marshall([2, 5, 0, 9, 3, 7], [1.2, 2.0, 0.8, 1.5, 1.0, 2.5])
    >>> found.estimate.round(3).tolist()
    [2.624, 2.766, 2.439, 3.688, 2.91, 2.856]

    Source: Marshall 1991, Applied Statistics 40: 283-294 (reference methods, section 2.4); the
    same as EBest of the R package spdep.
    """
    n, e = _together(counts, exposure)
    others_n, others_e = (n, e) if reference is None else _together(*reference)
    known = np.isfinite(others_n) & np.isfinite(others_e) & (others_e > 0)
    rate, between, sites = _class_rate(others_n[known], others_e[known])
    reasons = _missing((~(n >= 0), NO_COUNT), (~(e > 0), NO_EXPOSURE))
    usable = _usable(n.shape, reasons)
    e = np.where(usable, e, np.nan)
    prior, reason, k = None, None, 0.0
    if sites < 2:
        reason, k = ONE_SITE if sites else NO_SITES, np.nan
    elif between > 0:
        prior = GammaPrior(rate**2 / between, rate / between)
        k = prior.k
    else:
        reason = ALIKE
    shrunk = expected(n, rate * e, k)
    mean, own = shrunk.expected, 1 - shrunk.weight
    if rate == 0:
        # A class without any crash is expected to have none; that is no missing prediction.
        mean = own = np.where(usable, k, np.nan)
    return Marshall(
        rate=rate,
        between=between,
        weight=own,
        estimate=mean / e,
        excess=mean - rate * e,
        posterior=shrunk.posterior,
        exposure=e,
        prior=prior,
        sites=sites,
        reason=reason,
        reasons=reasons,
    )


def _class_rate(n: Floats, e: Floats) -> tuple[float, float, int]:
    """Return the rate of a class, the variance of its true rates, and how many sites it has."""
    if not n.size:
        return np.nan, np.nan, 0
    rate = float(n.sum() / e.sum())
    spread = float((e * (n / e - rate) ** 2).sum() / e.sum())
    return rate, max(0.0, spread - rate / float(e.mean())), n.size


LEAST_MEAN = 0.1
"""Places of which only those with crashes are known have at least this mean: fewer tell nothing."""
MOST_K = 10.0
NEAR = 0.06
"""A mean no further above the least is at it: the steps of k are not finer."""
_K = np.concatenate([[1e-6], np.geomspace(0.01, MOST_K, 121)])


class Seen(NamedTuple):
    """Rate and overdispersion k of places of which only those with crashes are known.

    Not `told`: most such places have one crash, so that many others without any, or few, explain
    them as well; the rate is then the most it can be.
    """

    rate: float
    k: float
    told: bool


def of_seen(counts: ArrayLike, exposure: ArrayLike) -> Seen:
    """Return rate and overdispersion k of places of which only those with crashes are known.

    `counts` (n,) are all above 0, `exposure` (n,) is above 0. That there were others, without
    crashes, is told by how many places have one crash, two, and so on: the likelihood of negative
    binomial counts above 0 is maximised. Taking the places seen for all would make the mean too
    high, and their differences too small.

    Source: Grogger and Carson 1991, Journal of Applied Econometrics 6: 225-238.
    """
    n, e = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    values, times = np.unique(np.column_stack([n, e]), axis=0, return_counts=True)
    n, e = values.T
    # For a given k the most likely rate is that at which as many crashes are expected as were seen.
    low, high = np.full(_K.size, LEAST_MEAN / e.mean()), np.full(_K.size, (n / e).max())
    low = np.minimum(low, high)
    for _ in range(50):
        rate = np.sqrt(low * high)
        mean = rate[:, None] * e
        few = (times * mean / _chance_of_any(mean, _K[:, None])).sum(axis=1) < (times * n).sum()
        low, high = np.where(few, rate, low), np.where(few, high, rate)
    mean, a = low[:, None] * e, 1 / _K[:, None]
    likelihood = special.gammaln(n + a) - special.gammaln(a) - special.gammaln(n + 1)
    likelihood += n * np.log(mean / (a + mean)) - a * np.log1p(mean / a)
    likelihood -= np.log(_chance_of_any(mean, _K[:, None]))
    best = int((times * likelihood).sum(axis=1).argmax())
    at_limit = best == _K.size - 1 or low[best] <= LEAST_MEAN / e.mean() * (1 + NEAR)
    return Seen(float(low[best]), float(_K[best]) if best else 0.0, not at_limit)


def _chance_of_any(mean: Floats, k: Floats) -> Floats:
    """Return the chance of one crash or more."""
    return np.asarray(-np.expm1(-np.log1p(k * mean) / k))


def marshall_by_class(
    counts: ArrayLike,
    exposure: ArrayLike,
    classes: Sequence[str],
    *,
    fewest: int = FEWEST,
) -> dict[str, Marshall]:
    """Do `marshall` for the sites of each class, in their order among all sites.

    A class of fewer than `fewest` sites takes the prior of all sites, and its `level` says so.
    """
    n, e = _together(counts, exposure)
    found = {}
    for name, rows in _members(classes).items():
        alone = rows.size >= fewest
        one = marshall(n[rows], e[rows], reference=None if alone else (n, e))
        found[name] = one if alone else _of_all(one)
    return found


def moments_by_class(
    counts: ArrayLike,
    classes: Sequence[str],
    *,
    years: float = 1.0,
    basis: str = PERIOD,
    fewest: int = FEWEST,
) -> dict[str, Moments]:
    """Do `moments` for the sites of each class, in their order among all sites.

    A class of fewer than `fewest` sites takes the prior of all sites, and its `level` says so.
    """
    n = np.asarray(counts, dtype=float)
    found = {}
    for name, rows in _members(classes).items():
        alone = rows.size >= fewest
        reference = None if alone else n
        one = moments(n[rows], years=years, basis=basis, reference=reference)
        found[name] = one if alone else _of_all(one)
    return found


def _members(classes: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Return which sites each class has, classes by name."""
    if not len(classes):
        return {}
    names, of = np.unique(np.asarray(classes, dtype=object).astype(str), return_inverse=True)
    rows = np.argsort(of, kind="stable")
    ends = np.cumsum(np.bincount(of, minlength=names.size))[:-1]
    return dict(zip(names.tolist(), np.split(rows, ends), strict=True))


def _of_all(one: Estimates) -> Estimates:
    return replace(one, level=ALL)


# -------------------------------------------------------------------------------- by severity


@dataclass(frozen=True)
class SevereWeight:
    """What one crash with people hurt counts, where a crash with damage only counts 1.

    `share_fatal` and `share_injury` are those of the crashes with people hurt of the class.
    """

    share_fatal: float
    share_injury: float
    value: float


def severe_weight(
    fatal: float, injury: float, *, weight_fatal: float, weight_injury: float
) -> SevereWeight:
    """Return the mean weight of a crash with people hurt, by the shares of its class.

    `fatal` and `injury` are the crashes of the whole class, so that one fatal crash does not carry
    a site to the top. NaN where the class has no crash with people hurt.

    >>> round(severe_weight(6, 74, weight_fatal=542, weight_injury=11).value, 3)
    50.825

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 12).
    """
    both = fatal + injury
    if not both > 0:
        return SevereWeight(np.nan, np.nan, np.nan)
    share = fatal / both
    return SevereWeight(share, injury / both, share * weight_fatal + injury / both * weight_injury)


def epdo_expected(severe: ArrayLike, damage: ArrayLike, weight: float) -> Floats:
    """Return the equivalent crashes with damage only that are expected: w N_FI + N_PDO.

    `severe` and `damage` are the estimates, by `expected` or `yearly`, of crashes with people hurt
    and with damage only; `weight` is the value of `severe_weight`.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 12).
    """
    hurt, only = _together(severe, damage)
    return np.asarray(weight * hurt + only)
