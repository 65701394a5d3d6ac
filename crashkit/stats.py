"""The statistics of counts: intervals, tails, false discoveries, two lists, sums, severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import loglinear
from crashkit.model import CrashData

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FEW = 10
"""Of fewer there are counts, no shares and no tests.

Chance alone moves ten from half to nearly twice as many (4.8 to 18.4; Garwood 1936). Decided in
docs/decisions/claims.md.
"""


def divided(above: ArrayLike, below: ArrayLike) -> Floats:
    """Return a quotient of numbers or arrays; NaN where what it is divided by is not above 0.

    >>> divided([1, 2], [4, 0]).tolist()
    [0.25, nan]
    """
    up, down = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    return np.asarray(np.divide(up, down, out=np.full(up.shape, np.nan), where=down > 0))


@cache
def poisson_interval(count: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval for the mean of a Poisson count.

    Source: Garwood 1936, Biometrika 28: 437-442.
    """
    tail = (1 - level) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return low, float(special.gammainccinv(count + 1, tail))


def poisson_limits(counts: Ints, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact limits of the means of Poisson counts, arrays of one shape.

    Source: Garwood 1936, Biometrika 28: 437-442.
    """
    some, which = np.unique(counts, return_inverse=True)
    tail = (1 - level) / 2
    low = np.where(some > 0, special.gammaincinv(np.maximum(some, 1), tail), 0.0)
    return low[which], special.gammainccinv(some + 1, tail)[which]


def clustered_poisson_limits(
    total: float, squares: float, most: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the limits for the mean of a sum over events that count several each.

    `squares` is the sum of the squares of what each event counts, `most` what the largest does.
    Where each counts one, the limits are those of `poisson_interval`.

    >>> clustered_poisson_limits(10, 10, 1) == poisson_interval(10)
    True
    >>> [round(one, 1) for one in clustered_poisson_limits(10, 50, 5)]
    [1.2, 36.1]

    Source: Fay and Feuer 1997, Statistics in Medicine 16: 791-801.
    """
    if total <= 0:
        return 0.0, poisson_interval(0, level)[1] * max(most, 1.0)
    tail = (1 - level) / 2
    low = squares / total * float(special.gammaincinv(total**2 / squares, tail))
    above, beyond = squares + most**2, total + most
    return low, above / beyond * float(special.gammainccinv(beyond**2 / above, tail))


NORMAL_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: two-sided limits of 95 %."""


def clopper_pearson(found: float, of: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact limits of a share; 0 to 1 where there is nothing to divide by.

    Numbers that are not whole are effective ones, of people who come in crashes.
    Source: Clopper and Pearson 1934, Biometrika 26: 404-413.
    """
    if of <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(special.betaincinv(found, of - found + 1, tail)) if found else 0.0
    high = float(special.betaincinv(found + 1, of - found, 1 - tail)) if found < of else 1.0
    return low, high


def wilson(numerator: float, denominator: float) -> tuple[float, float]:
    """Return the 95 % limits of a share; 0 to 1 where there is nothing to divide by.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22: 209-212.
    """
    if denominator <= 0:
        return 0.0, 1.0
    share, z2 = numerator / denominator, NORMAL_95**2
    middle = (share + z2 / (2 * denominator)) / (1 + z2 / denominator)
    spread = share * (1 - share) / denominator + z2 / (4 * denominator**2)
    half = NORMAL_95 / (1 + z2 / denominator) * float(np.sqrt(max(spread, 0.0)))
    # At no and at all of them the limit is the share itself, whatever the last digit says.
    low = 0.0 if share <= 0 else max(0.0, min(middle - half, share))
    high = 1.0 if share >= 1 else min(1.0, max(middle + half, share))
    return low, high


LEAST_MATCHED = 7
"""With fewer in both lists an estimate says nothing. Source: methods, section 9.5 [unverified]."""


@dataclass(frozen=True)
class TwoLists:
    """How many there are in all, from two lists and those that stand in both."""

    first: int
    second: int
    both: int
    total: float
    variance: float

    @property
    def named(self) -> int:
        """How many the two lists name together."""
        return self.first + self.second - self.both

    @property
    def completeness(self) -> tuple[float, float]:
        """The share of all that stands in each list; NaN where there is nobody."""
        if not self.total:
            return np.nan, np.nan
        return self.first / self.total, self.second / self.total

    @property
    def is_usable(self) -> bool:
        """Say whether enough stand in both lists for an estimate."""
        return self.both >= LEAST_MATCHED

    @property
    def limits(self) -> tuple[float, float]:
        """The 95 % limits of the total; never fewer than the two lists name."""
        return self.limits_at(0.95)

    def limits_at(self, level: float) -> tuple[float, float]:
        """Return the limits of the total by the normal distribution, not below what is named."""
        half = float(special.ndtri((1 + level) / 2) * np.sqrt(self.variance))
        return max(float(self.named), self.total - half), max(self.named, self.total + half)

    def log_limits_at(self, level: float) -> tuple[float, float]:
        """Return the limits where the number in neither list is log-normal: askew, as it is.

        Source: Chao 1987, Biometrics 43: 783-791.
        """
        return log_limits(self.named, self.total - self.named, self.variance, level)


def log_limits(
    named: float, unseen: float, variance: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the limits of a total of which `named` are known and `unseen` are estimated.

    Source: Chao 1987, Biometrics 43: 783-791.
    """
    if unseen <= 0:
        return float(named), float(named)
    spread = np.sqrt(np.log1p(variance / unseen**2))
    times = float(np.exp(special.ndtri((1 + level) / 2) * spread))
    return named + unseen / times, named + unseen * times


def chapman(first: int, second: int, both: int) -> TwoLists:
    """Estimate a total from two lists that miss some independently of each other.

    N = (n1 + 1)(n2 + 1) / (m + 1) - 1, its variance
    (n1 + 1)(n2 + 1)(n1 - m)(n2 - m) / ((m + 1)^2 (m + 2)), its limits by the normal distribution.
    Raises ValueError where more stand in both than in one.

    >>> found = chapman(616, 1092, 489)
    >>> round(found.total), [round(limit) for limit in found.limits]
    (1375, [1334, 1416])

    Source: Chapman 1951, Univ. Calif. Publ. Stat. 1: 131-160; Seber 1970, Biometrika 57: 313-318.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError("not more can stand in both lists than in one of them")
    pairs = (first + 1) * (second + 1)
    total = pairs / (both + 1) - 1
    variance = pairs * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return TwoLists(first, second, both, total, variance)


def stratified(strata: Sequence[TwoLists]) -> TwoLists:
    """Return the sum of estimates made apart, by severity, road user or district.

    Lists that miss some groups more than others are then independent within each of them.
    Source: methods, section 9.5.
    """
    return TwoLists(
        first=sum(one.first for one in strata),
        second=sum(one.second for one in strata),
        both=sum(one.both for one in strata),
        total=sum(one.total for one in strata),
        variance=sum(one.variance for one in strata),
    )


@dataclass(frozen=True)
class ListModel:
    """One model of several lists: which pairs depend on each other, and how many none names.

    `se` is the standard error of the logarithm of `unseen`.
    """

    name: str
    unseen: float
    se: float
    total: float
    deviance: float
    df: int
    aic: float

    def limits_at(self, level: float) -> tuple[float, float]:
        """Return the limits of the total under this model."""
        times = float(np.exp(special.ndtri((1 + level) / 2) * self.se))
        named = self.total - self.unseen
        return named + self.unseen / times, named + self.unseen * times


@dataclass(frozen=True)
class Lists:
    """What several lists say about those that none of them names, model by model.

    One model alone must not be published: it is the range that is known.
    """

    named: int
    models: tuple[ListModel, ...]

    @property
    def best(self) -> ListModel:
        """The model with the smallest AIC."""
        return min(self.models, key=lambda model: (round(model.aic, 9), -model.df, model.name))

    @property
    def unseen_range(self) -> tuple[float, float]:
        """The fewest and the most that a model finds in no list."""
        unseen = [model.unseen for model in self.models]
        return min(unseen), max(unseen)


def lists(counts: Mapping[str, int], sources: Sequence[str]) -> Lists:
    """Estimate how many stand on none of three lists or more, by log-linear models.

    `counts` are those on exactly these lists, by their letters ("PH": on P and H, not on M); what
    is not named is 0. All models of the lists and of pairs that depend on each other are fitted; a
    model without a finite answer is left out. Raises ValueError for fewer than three lists, lists
    that are not one letter each, and counts of other lists.

    >>> on = {"P": 180, "H": 220, "PH": 95, "M": 60, "PM": 40, "HM": 70, "PHM": 55}
    >>> found = lists(on, "PHM")
    >>> found.best.name, round(found.best.unseen), [round(one) for one in found.unseen_range]
    ('P*M + H*M', 417, [180, 491])

    Source: Fienberg 1972, Biometrika 59: 591-603; International Working Group for Disease
    Monitoring 1995, Am. J. Epidemiol. 142: 1047-1058.
    """
    names = tuple(sources)
    if len(names) < 3 or len(set(names)) < len(names) or any(len(name) != 1 for name in names):
        raise ValueError("three lists or more are needed, each with a letter of its own")
    held = {frozenset(history): int(count) for history, count in counts.items()}
    if len(held) < len(counts) or not all(history and history <= set(names) for history in held):
        raise ValueError("counts are by the letters of the lists, each history once")
    every = [on for n in range(1, len(names) + 1) for on in combinations(names, n)]
    y = np.array([held.get(frozenset(on), 0) for on in every], dtype=float)
    named = int(y.sum())
    pairs = list(combinations(names, 2))
    fitted = [
        _list_model(y, every, names, chosen)
        for n in range(len(pairs) + 1)
        for chosen in combinations(pairs, n)
    ]
    return Lists(named, tuple(model for model in fitted if model is not None))


def _list_model(
    y: Floats,
    every: Sequence[tuple[str, ...]],
    names: tuple[str, ...],
    pairs: Sequence[tuple[str, str]],
) -> ListModel | None:
    terms: list[tuple[str, ...]] = [(), *((name,) for name in names), *pairs]
    columns = np.array([[float(set(term) <= set(on)) for term in terms] for on in every])
    fit = loglinear.poisson(y, columns)
    se = float(np.sqrt(fit.covariance[0, 0]))
    if not fit.converged or se > LARGEST_ERROR:
        return None
    unseen = float(np.exp(fit.coefficients[0]))
    name = " + ".join("*".join(pair) for pair in pairs) or "independence"
    return ListModel(name, unseen, se, float(y.sum()) + unseen, fit.deviance, fit.df, fit.aic)


LARGEST_ERROR = 10.0
"""The logarithm of a number that is less sure than this is not known at all: a cell was empty."""


def poisson_tail(counts: Ints, means: Floats) -> Floats:
    """Return the chance of `counts` or more crashes where `means` are expected.

    P(X >= x) is the regularised lower gamma function P(x, mean), and 1 for x = 0 or below.
    Source: Abramowitz and Stegun 1964, 26.4.21.
    """
    tail = special.gammainc(np.maximum(counts, 1), np.maximum(means, 0.0))
    return np.where(counts <= 0, 1.0, tail)


def negative_binomial_tail(counts: Ints, means: Floats, k: Floats) -> Floats:
    """Return the chance of `counts` or more crashes where sites that look the same differ.

    `means` are expected and `k` is the overdispersion, so that the variance is mu + k mu²; where it
    is 0 the tail is that of Poisson. P(X >= x) is the regularised beta function I_q(x, 1/k) with
    q = k mu/(1 + k mu), and 1 for x = 0 or below.
    Source: Abramowitz and Stegun 1964, 26.5.26.
    """
    x, mu, k_of = np.broadcast_arrays(counts, np.maximum(means, 0.0), k)
    chance = k_of > 0
    shape = 1 / np.where(chance, k_of, 1.0)
    tail = special.betainc(np.maximum(x, 1), shape, mu / (mu + shape))
    return np.where(x <= 0, 1.0, np.where(chance, tail, poisson_tail(x, mu)))


def least_count(mean: float, alpha: float) -> int:
    """Return the fewest crashes whose chance is below `alpha` where `mean` are expected.

    With the mean of crashes by equal segments this is the rule of Malo.
    Source: Malo 2004, as in reference methods, section 2.2.
    """
    # Where P(X <= x) is 1 - alpha, P(X >= x + 1) is alpha: the count is no lower than that x.
    least = max(int(special.pdtrik(1 - alpha, mean)), 0)
    while poisson_tail(np.array([least]), np.array([mean]))[0] >= alpha:
        least += 1
    return least


def false_discovery(p: Floats, family: int = 0, *, dependent: bool = False) -> Floats:
    """Return each p-value adjusted for the share of false alarms among what is flagged.

    `family` is the number of tests when more were made than are given here. With `dependent` the
    limit holds however the tests hang together (overlapping windows), at the price of power. What
    was not tested has NaN, and stays so.
    Source: Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57: 289-300; Benjamini and Yekutieli
    2001, Annals of Statistics 29: 1165-1188.
    """
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]
    m = max(order.size, family)
    price = float((1 / np.arange(1, m + 1)).sum()) if dependent else 1.0
    steps = p[order] * (m * price / np.arange(1, order.size + 1))
    adjusted = np.full(p.size, np.nan)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def family_wise(p: Floats, family: int = 0) -> Floats:
    """Return each p-value adjusted so that any false alarm at all is as rare as the level says.

    `family` as in `false_discovery`. Source: Bonferroni 1936; reference methods, section 2.5 (FDR).
    """
    return np.minimum(p * max(p.size, family), 1.0)


def drawn_sum_tail(values: Floats, sums: Floats, sizes: Ints, *, itself: bool = False) -> Floats:
    """Return the chance that values drawn for each place have as large a sum as those near it.

    `values` (n,) are those of all places; `sums` and `sizes` (n,) the sum and the number of those
    near each: its neighbours, drawn from the others, or, with `itself`, the place too, drawn from
    all. The sum of so many, none drawn twice, has the mean, variance and skewness of a shifted
    gamma distribution (Pearson's type III), which is near where counts are few and skewed, and
    needs no draws: these cannot tell chances smaller than one in their number. Of whole numbers
    half of one is taken off, as sums go in steps. 1 where nothing is near or nothing differs.

    Source: moments of a sample without replacement: Cochran 1977, Sampling Techniques, sections 2.5
    and 2.15; reference methods, section 2.5 (FDR: gamma tail).
    """
    n = values.size if itself else values.size - 1
    if n < 3:
        return np.ones(values.size)
    away = values - values.mean()
    # Moments of the others: what the place itself adds is taken off.
    own = np.zeros(values.size) if itself else away
    mean = -own / n
    second = ((away**2).sum() - own**2) / n - mean**2
    third = ((away**3).sum() - own**3) / n - 3 * mean * second - mean**3
    k = np.minimum(sizes, n)
    left = (n - k) / (n - 1)
    variance = k * second * left
    skew = third * k * left * (n - 2 * k) / (n - 2)
    real = (variance > 0) & (sizes > 0)
    spread = np.sqrt(np.where(real, variance, 1.0))
    step = 0.5 if (values == np.rint(values)).all() else 0.0
    z = (sums - step - sizes * values.mean() - k * mean) / spread
    found = _pearson_tail(z, np.where(real, skew, 0.0) / spread**3)
    return np.where(real, np.clip(found, 0.0, 1.0), 1.0)


def _pearson_tail(z: Floats, skew: Floats) -> Floats:
    """Return the upper tail of a shifted gamma distribution of mean 0, variance 1 and a skewness.

    Source: Pearson 1895, Phil. Trans. R. Soc. A 186: 343-414 (type III).
    """
    shape = 4 / np.maximum(np.abs(skew), 1e-6) ** 2
    reached = np.maximum(shape + z * np.sqrt(shape) * np.sign(skew), 0.0)
    upper, lower = special.gammaincc(shape, reached), special.gammainc(shape, reached)
    # A distribution that is not skewed is the normal one.
    skewed: Floats = np.where(skew > 0, upper, lower)
    return np.where(np.abs(skew) > 1e-4, skewed, np.asarray(special.ndtr(-z)))


def holm(p: Floats, family: int = 0) -> Floats:
    """Return each p-value adjusted step by step: as safe as `family_wise`, with more power.

    `family` as in `false_discovery`. Source: Holm 1979, Scand. J. Stat. 6: 65-70.
    """
    m = max(p.size, family)
    order = np.argsort(p, kind="stable")
    steps = p[order] * (m - np.arange(p.size))
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def chance_by_limits(value: float, half: float, freedom: float, level: float = 0.95) -> float:
    """Return the two-sided p of a value against none, from the half width of its limits, by t.

    At the limit it is 1 - level whatever the degrees of freedom; the fewer, the larger beyond it.
    """
    t = abs(value) / half * float(special.stdtrit(freedom, (1 + level) / 2))
    return float(2 * special.stdtr(freedom, -t))


def four_fold(
    a: float, b: float, c: float, d: float, *, yates: bool = False
) -> tuple[float, float]:
    """Return X2 of a table of two rows (a, b), (c, d), and its p; NaN where a sum is 0.

    N |ad - bc|²/[(a+b)(c+d)(a+c)(b+d)], with N/2 taken off |ad - bc| for `yates`.
    Source: Pearson 1900; Yates 1934, J. R. Stat. Soc. Suppl. 1: 217-235.
    """
    whole, margins = a + b + c + d, (a + b) * (c + d) * (a + c) * (b + d)
    if margins <= 0:
        return np.nan, np.nan
    far = max(0.0, abs(a * d - b * c) - (whole / 2 if yates else 0.0))
    chi2 = whole * far**2 / margins
    return float(chi2), float(special.chdtrc(1, chi2))


def ranks(values: Floats) -> tuple[Floats, Ints]:
    """Return the ranks of values, equal ones sharing the mean of theirs, and how often each stands.

    The numbers are of each different value, in rising order.
    """
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    means = np.cumsum(times) - (times - 1) / 2
    return np.asarray(means[place], dtype=float), times.astype(np.int64)


def competition_ranks(values: Iterable[float]) -> list[int]:
    """Return ranks of values given in falling order: equal values share the better rank."""
    ranks: list[int] = []
    before = np.nan
    for position, value in enumerate(values, start=1):
        ranks.append(ranks[-1] if value == before else position)
        before = value
    return ranks


# ---------------------------------------------------------------- severity points


def severity_points(
    data: CrashData, weights: Mapping[str, float], *, unit: str, vru_factor: float = 1.0
) -> Floats:
    """Return the points of each crash, in the order of the crash table.

    With the unit "crashes" the weight of the worst injury; with "people" the weights of all people
    hurt: killed, serious, slight, and unclassified (injured, but how badly is not known); a weight
    of pdo is that of a crash that hurt nobody.
    Where people are not counted, a crash is one person with its worst injury: a lower bound.
    Pedestrians, cyclists and riders of mopeds count `vru_factor` times, where the data know them.
    """
    if unit == "crashes":
        return _crash_points(data, weights)
    if not counts_people(data):
        one = {ONE_PERSON[name]: weight for name, weight in weights.items() if name in ONE_PERSON}
        return _crash_points(data, one)
    points = _people_points(data.crashes, weights)
    if "pdo" in weights:
        points = points + _crash_points(data, {"pdo": weights["pdo"]})
    return points if vru_factor == 1.0 else points + (vru_factor - 1) * _vru_points(data, weights)


def _crash_points(data: CrashData, weights: Mapping[str, float]) -> Floats:
    if "severity" not in data.table("crash"):
        return np.zeros(len(data))
    severity = data.table("crash").levels("severity")
    return np.nan_to_num(severity.numbers([weights.get(code, 0.0) for code in severity.values]))


PEOPLE = ("n_killed", "n_serious", "n_slight", "n_injured")
ONE_PERSON = {
    "killed": "fatal",
    "serious": "serious",
    "slight": "slight",
    "unclassified": "injury",
    "pdo": "pdo",
}


def counts_people(data: CrashData) -> bool:
    """Say whether the crash table tells how many people were hurt."""
    return any(data.has(name) for name in PEOPLE)


def deaths(data: CrashData) -> Floats:
    """Return the people killed in each crash; one in a fatal crash where they are not counted."""
    if data.has("n_killed"):
        return np.nan_to_num(data.table("crash").numbers("n_killed"))
    return _crash_points(data, {"fatal": 1.0})


def _people_points(crashes: pd.DataFrame, weights: Mapping[str, float]) -> Floats:
    killed, serious, slight, injured = (
        crashes[name].fillna(0).to_numpy(dtype=float)
        if name in crashes.columns
        else np.zeros(len(crashes))
        for name in PEOPLE
    )
    unclassified = np.maximum(injured - serious - slight, 0)
    return np.asarray(
        weights.get("killed", 0.0) * killed
        + weights.get("serious", 0.0) * serious
        + weights.get("slight", 0.0) * slight
        + weights.get("unclassified", 0.0) * unclassified
    )


def _vru_points(data: CrashData, weights: Mapping[str, float]) -> Floats:
    ids = data.crashes["id"].to_numpy(dtype=np.int64)
    people = data.people
    if not {"injury", "road_user_type"} <= set(people.columns) or not len(people):
        return np.zeros(ids.size)
    names = {**weights, "unknown": weights.get("unclassified", 0.0)}
    points = people["injury"].astype(object).map(lambda code: names.get(code, 0.0)).fillna(0.0)
    exposed = _exposed(data)
    order = np.argsort(ids, kind="stable")
    rows = order[np.searchsorted(ids[order], people["crash"].to_numpy(dtype=np.int64)[exposed])]
    sums = np.bincount(rows, weights=points.to_numpy(dtype=float)[exposed], minlength=ids.size)
    return np.asarray(sums, dtype=float)


def _exposed(data: CrashData) -> NDArray[np.bool_]:
    """Say of each person whether on foot, on a bicycle or on a moped."""
    people, vehicles = data.people, data.vehicles
    exposed = people["road_user_type"].isin(["pedestrian", "cyclist"]).to_numpy(dtype=bool)
    if not {"unit_no", "unit_type"} <= set(vehicles.columns) or "unit_no" not in people.columns:
        return exposed
    mopeds = vehicles[vehicles["unit_type"].isin(["moped", "bicycle"]).to_numpy(dtype=bool)]
    ridden = pd.MultiIndex.from_frame(mopeds[["crash", "unit_no"]])
    return exposed | pd.MultiIndex.from_frame(people[["crash", "unit_no"]]).isin(ridden)
