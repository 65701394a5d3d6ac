"""What works on the road achieved: crashes after them beside those expected without them.

Every design answers the same question, how many crashes there would have been, and differs in what
it allows for. Print the naive figure beside the others, with its limits: places are treated because
they had many crashes, and many of them would have had fewer anyway (regression to the mean).
Never are works "proved" to have done something.

Source: Hauer 1997, Observational before-after studies in road safety; Highway Safety Manual 2010,
chapter 9 (methods, section 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import loglinear, shrinkage, stats
from crashkit.errors import Message, counted
from crashkit.trends import ratios, slopes

Floats = NDArray[np.float64]

HALF = 0.5
"""Stands for a count of none where its variance would have none. Source: methods, section 7."""

HSM, HAUER = "hsm", "hauer"
"""Whose standard error: HSM eq. 9A.1-11, the more cautious one, or Hauer 1997."""

CORRECTED, PLAIN = "corrected_ratio", "plain_ratio"
"""The ratio of a comparison group: (N/M)/(1 + 1/M), free of bias, or N/M as it stands."""

NONE, NINETY, NINETY_FIVE = "none", "90 %", "95 %"
LEAST_90, LEAST_95 = 1.7, 2.0
"""So many standard errors from no effect are told as such. Source: methods, 7 [unverified]."""

NAN = float("nan")

NOTHING_EXPECTED = Message("No effect can be told: nothing is expected without the works.")
NONE_AFTER = Message(
    "There were no crashes after the works; their variance is taken as that of half a crash."
)
EMPTY_GROUP = Message(
    "The comparison group has no crashes in one of the periods; half a crash stands for them."
)


# ------------------------------------------------------------------------------ the effect


@dataclass(frozen=True)
class Effect:
    """The crashes after the works by those expected without them: below 1 there were fewer.

    `crude` is their plain ratio, `ratio` the one free of bias. `notes` mark what was put in place
    of a count of none, `reason` says why there is no ratio.
    """

    observed: float
    expected: float
    variance: float
    crude: float
    ratio: float
    se: float
    notes: tuple[Message, ...] = ()
    reason: Message | None = None

    @property
    def percent(self) -> float:
        """The change in per cent, below 0 where there were fewer crashes."""
        return 100 * (self.ratio - 1)

    @property
    def z(self) -> float:
        """How many standard errors the ratio is from no effect."""
        return abs(1 - self.ratio) / self.se if self.se > 0 else NAN

    @property
    def confidence(self) -> str:
        """Say how surely there is an effect: "none", "90 %" or "95 %".

        Without crashes after the works it is by their exact limits: z is no guide there.
        """
        if self.observed == 0:
            sure = [self.limits(level)[1] < 1 for level in (0.90, 0.95)]
            return (NONE, NINETY, NINETY_FIVE)[sum(sure)]
        if self.z >= LEAST_95:
            return NINETY_FIVE
        return NINETY if self.z >= LEAST_90 else NONE

    def limits(self, level: float = 0.95) -> tuple[float, float]:
        """Return the limits of the ratio by the normal distribution, not below 0.

        Without crashes after the works, the exact ones of a count of none among those expected.
        """
        if self.observed == 0 and self.reason is None:
            return 0.0, stats.poisson_interval(0, level)[1] / self.expected
        half = float(special.ndtri((1 + level) / 2)) * self.se
        return max(0.0, self.ratio - half), self.ratio + half


def effect(observed: float, expected: float, variance: float, *, errors: str = HAUER) -> Effect:
    """Return the effect where `expected` crashes with this `variance` would have been.

    theta = (observed/expected)/(1 + Var/expected²), and by "hauer"
    Var(theta) = theta² [1/observed + Var/expected²]/[1 + Var/expected²]², by "hsm" the bracket
    below not squared and with the crude ratio. A count of none after the works counts a half in
    the variance only, and is marked. Raises ValueError for other `errors`.
    Source: Hauer 1997, chapter 6; HSM 2010, eq. 9A.1-11 (methods, section 7, designs 1 and 5).
    """
    if errors not in (HSM, HAUER):
        raise ValueError(f"standard errors are by {HSM} or {HAUER}")
    if not expected > 0:
        return _none(observed, expected, NOTHING_EXPECTED)
    crude, doubt = observed / expected, variance / expected**2
    notes = () if observed > 0 else (NONE_AFTER,)
    seen = observed if observed > 0 else HALF
    of_seen = (seen / expected) * np.sqrt(1 / seen + doubt)
    divisor = 1 + doubt
    # Hauer: (crude/divisor)/divisor; HSM: crude/sqrt(divisor).
    se = of_seen / (divisor**2 if errors == HAUER else np.sqrt(divisor))
    return Effect(observed, expected, variance, crude, crude / divisor, float(se), notes)


def _none(observed: float, expected: float, reason: Message) -> Effect:
    return Effect(observed, expected, NAN, NAN, NAN, NAN, reason=reason)


# ----------------------------------------------------------------------- without a model


def naive(
    before: ArrayLike,
    after: ArrayLike,
    *,
    years_before: ArrayLike = 1.0,
    years_after: ArrayLike = 1.0,
) -> Effect:
    """Return the effect if nothing else had changed: expected is r K, r = years after/before.

    Arrays over sites, each with its own years, or single numbers. Show it only beside another
    design, and with a warning: it takes the regression to the mean for an effect.

    >>> found = naive(237, 52)
    >>> round(found.percent, 1), [round(limit, 2) for limit in found.limits()]
    (-78.2, [0.15, 0.28])

    Source: Hauer 1997, chapter 7 (methods, section 7, design 1).
    """
    k, n, tb, ta = np.broadcast_arrays(
        *(np.asarray(one, dtype=float) for one in (before, after, years_before, years_after))
    )
    r = stats.divided(ta, tb)
    return effect(float(n.sum()), float((r * k).sum()), float((r**2 * k).sum()))


def percent_change(before: ArrayLike, after: ArrayLike) -> Floats:
    """Return the change from before to after in per cent; NaN where there was nothing before.

    Of groups that nobody treated this is the regression to the mean.
    """
    return np.asarray(100 * (stats.divided(after, before) - 1))


def one_site(
    before: int, after: int, *, years_before: float, years_after: float, level: float = 0.95
) -> ratios.Ratio:
    """Return the rate after by the rate before at one site, with exact limits.

    Given all its crashes, those after are binomial with p = t_A/(t_A + t_B). Nothing is allowed for
    that changed everywhere, nor for the regression to the mean.

    >>> found = one_site(15, 4, years_before=3, years_after=2)
    >>> round(found.ratio, 2), round(found.p, 3)
    (0.4, 0.105)

    Source: methods, section 7, design 7.
    """
    return ratios.rate_ratio(after, years_after, before, years_before, level=level)


@dataclass(frozen=True)
class Cusum:
    """The sums of what each month had above the mean; they turn where the level changed.

    `turn` is the place of the last month before the change, `p` how often the same months in
    another order turn as far; NaN for fewer than two months.
    """

    sums: Floats
    turn: int
    p: float


def cusum(
    counts: ArrayLike, *, exposure: ArrayLike = 1.0, permutations: int = 999, seed: int = 1
) -> Cusum:
    """Look for the month in which the level of a series changed, whatever the works were.

    `exposure` is what each month would have its share by: its days, or the crashes of the region.
    Source: Page 1954, Biometrika 41: 100-115 (methods, section 7, design 7).
    """
    y = np.asarray(counts, dtype=float)
    e = np.broadcast_to(np.asarray(exposure, dtype=float), y.shape)
    if y.size < 2 or not e.sum() > 0:
        return Cusum(np.cumsum(y - y), 0, NAN)
    above = y - y.sum() * e / e.sum()
    sums = np.cumsum(above)
    turn = int(np.argmax(np.round(np.abs(sums), 9)))
    rng = np.random.default_rng(seed)
    orders = np.stack([rng.permutation(y.size) for _ in range(permutations)])
    farthest = np.abs(np.cumsum(above[orders], axis=1)).max(axis=1)
    p = (1 + (farthest >= abs(sums[turn]) - 1e-9).sum()) / (permutations + 1)
    return Cusum(sums, turn, float(p))


# --------------------------------------------------------------------- comparison groups


@dataclass(frozen=True)
class Tanner:
    """Tanner's k: the change at a site by the change of its control, with the test of no effect."""

    k: float
    lower: float
    upper: float
    chi2: float
    p: float
    chi2_yates: float
    p_yates: float
    notes: tuple[Message, ...] = ()
    reason: Message | None = None

    @property
    def percent(self) -> float:
        """The change in per cent, below 0 where there were fewer crashes."""
        return 100 * (self.k - 1)


def tanner(
    before: int, after: int, control_before: int, control_after: int, *, level: float = 0.95
) -> Tanner:
    """Compare a site with a control by k = (b/a)/(B/A), exp(ln k +- z sqrt(1/a + 1/b + 1/A + 1/B)).

    Half a crash is added to all four where one is 0. X2 is that of the four counts as they are,
    with the correction of Yates and without.

    >>> found = tanner(20, 8, 200, 180)
    >>> round(found.k, 3), round(found.p_yates, 3)
    (0.444, 0.084)

    Source: Tanner 1958, Biometrika 45: 331-342 (methods, section 7, design 2).
    """
    counts = np.array([before, after, control_before, control_after], dtype=float)
    if (counts < 0).any():
        raise ValueError("a count is not negative")
    if counts[:2].sum() == 0 or counts[2:].sum() == 0:
        return Tanner(NAN, NAN, NAN, NAN, NAN, NAN, NAN, reason=NOTHING_EXPECTED)
    notes = (HALF_ADDED,) if (counts == 0).any() else ()
    step, spread = _log_odds(counts[None, :])
    half = special.ndtri((1 + level) / 2) * np.sqrt(spread[0])
    k, lower, upper = (float(np.exp(step[0] + way * half)) for way in (0, -1, 1))
    plain, yates = (stats.four_fold(*counts.tolist(), yates=one) for one in (False, True))
    return Tanner(k, lower, upper, *plain, *yates, notes)


HALF_ADDED = Message("One of the counts is 0; half a crash was added to all four.")


def _log_odds(counts: Floats) -> tuple[Floats, Floats]:
    """Return ln k of each row of before, after, control before, control after, and its variance."""
    whole = counts + np.where((counts == 0).any(axis=1), HALF, 0.0)[:, None]
    a, b, a_control, b_control = whole.T
    return np.log(b * a_control / (a * b_control)), np.asarray((1 / whole).sum(axis=1))


def comparison(
    before: float,
    after: float,
    group_before: float,
    group_after: float,
    *,
    var_omega: float = 0.0,
    variant: str = CORRECTED,
) -> Effect:
    """Return the effect where without works the crashes had changed as those of a group did.

    K, L before and after the works, M, N those of the group: expected r K with the ratio
    r = (N/M)/(1 + 1/M), or N/M ("plain_ratio"), and
    Var/expected² = 1/K + 1/M + 1/N + `var_omega`, which is how little the group follows the sites
    in other years (`suitability`). A group without crashes in a period counts half a one there, and
    is marked. Raises ValueError for another variant and for counts below 0.

    >>> found = comparison(167, 313, 3566, 6121)
    >>> round(found.ratio, 3), round(found.se, 3)
    (1.085, 0.106)

    Source: Hauer 1997, chapter 9 (methods, section 7, design 3).
    """
    if variant not in (CORRECTED, PLAIN):
        raise ValueError(f"the variant is {CORRECTED} or {PLAIN}")
    if min(before, after, group_before, group_after) < 0:
        raise ValueError("a count is not negative")
    if before == 0:
        return _none(after, 0.0, NOTHING_EXPECTED)
    m, n = group_before or HALF, group_after or HALF
    r = n / m / (1 + 1 / m) if variant == CORRECTED else n / m
    expected = r * before
    found = effect(after, expected, expected**2 * (1 / before + 1 / m + 1 / n + var_omega))
    if min(group_before, group_after) > 0:
        return found
    return Effect(**{**found.__dict__, "notes": (*found.notes, EMPTY_GROUP)})


@dataclass(frozen=True)
class Suitability:
    """How well a group followed the sites before the works: odds ratios of years that follow.

    They should be near 1. `var_omega` is how much they scatter beyond chance, 0 at least.
    """

    odds_ratios: Floats
    mean: float
    var_omega: float


def suitability(sites: ArrayLike, group: ArrayLike) -> Suitability:
    """Compare the years before the works: `sites` and `group` are their crashes, year by year.

    The odds ratio of two years is (K N)/(L M)/(1 + 1/L + 1/M); Var(omega) is the variance of them
    less the mean of 1/K + 1/L + 1/M + 1/N. Two years with a count of 0 are left out.
    Source: Hauer 1997, chapter 9 (methods, section 7, design 3).
    """
    s, g = np.asarray(sites, dtype=float), np.asarray(group, dtype=float)
    if s.shape != g.shape:
        raise ValueError("the group has a count for every year of the sites")
    years = np.stack([s[:-1], s[1:], g[:-1], g[1:]])
    years = years[:, (years > 0).all(axis=0)]
    earlier, later, group_earlier, group_later = years
    odds = (earlier * group_later) / (later * group_earlier)
    odds = odds / (1 + 1 / later + 1 / group_earlier)
    if odds.size < 2:
        return Suitability(odds, float(odds.mean()) if odds.size else NAN, NAN)
    chance = float((1 / years).sum(axis=0).mean())
    return Suitability(odds, float(odds.mean()), max(0.0, float(odds.var(ddof=1)) - chance))


@dataclass(frozen=True)
class Pooled:
    """The effects of several sites, each with a control of its own, put together by their weight.

    `steps` are ln k of the sites, `weights` 1 over their variances. `p_homogeneity`: where it is
    small the sites differ in effect and one figure does not serve them all.
    """

    steps: Floats
    weights: Floats
    step: float
    ratio: float
    lower: float
    upper: float
    z: float
    chi2_homogeneity: float
    df: int
    p_homogeneity: float
    notes: tuple[Message, ...] = ()
    reason: Message | None = None

    @property
    def percent(self) -> float:
        """The change in per cent, below 0 where there were fewer crashes."""
        return 100 * (self.ratio - 1)


def pooled(counts: ArrayLike, *, level: float = 0.95) -> Pooled:
    """Put together sites of shape (sites, 4): before, after, control before, control after.

    L = ln k, w = 1/(1/a + 1/b + 1/A + 1/B), the effect exp(sum wL/sum w), homogeneity
    X2 = sum w (L - mean)² with n - 1 degrees of freedom. A site with a 0 gets half a crash in each
    of its four counts; one without any crash is left out.

    >>> found = pooled([[20, 8, 200, 180], [12, 7, 150, 140], [15, 6, 120, 118]])
    >>> round(found.ratio, 2), round(found.lower, 2), round(found.upper, 2)
    (0.48, 0.28, 0.82)

    Source: Griffin 1989, Texas Transportation Institute (methods, section 7, design 4).
    """
    every = np.atleast_2d(np.asarray(counts, dtype=float))
    if every.shape[1] != 4 or (every < 0).any():
        raise ValueError("a site has four counts, none negative")
    every = every[(every[:, :2].sum(axis=1) > 0) & (every[:, 2:].sum(axis=1) > 0)]
    if not len(every):
        empty = np.zeros(0)
        nan = (NAN,) * 6
        return Pooled(empty, empty, *nan, 0, NAN, reason=NOTHING_EXPECTED)
    steps, spread = _log_odds(every)
    w = 1 / spread
    step, se = float((w * steps).sum() / w.sum()), float(1 / np.sqrt(w.sum()))
    half = float(special.ndtri((1 + level) / 2)) * se
    chi2, df = float((w * (steps - step) ** 2).sum()), len(every) - 1
    return Pooled(
        steps=steps,
        weights=w,
        step=step,
        ratio=float(np.exp(step)),
        lower=float(np.exp(step - half)),
        upper=float(np.exp(step + half)),
        z=step / se,
        chi2_homogeneity=chi2,
        df=df,
        p_homogeneity=float(special.chdtrc(df, chi2)) if df else NAN,
        notes=(HALF_ADDED,) if (every == 0).any() else (),
    )


# ------------------------------------------------------------------------- empirical Bayes


@dataclass(frozen=True, eq=False)
class EmpiricalBayes:
    """The effect by empirical Bayes: of all sites together, and of each as arrays.

    `weight` is how much of the estimate before is what was predicted, `expected_before` the
    estimate, `expected_after` what it leads to without works, `variance` its variance; `ratio` and
    `se` are those of each site, which alone say little. `reasons` says why a site is left out of
    the whole, by its place.
    """

    whole: Effect
    predicted_before: float
    expected_before: float
    weight: Floats
    site_expected_before: Floats
    site_expected_after: Floats
    site_variance: Floats
    site_ratio: Floats
    site_se: Floats
    reasons: Mapping[int, Message] = field(default_factory=dict)


def empirical_bayes(
    before: ArrayLike,
    after: ArrayLike,
    predicted_before: ArrayLike,
    predicted_after: ArrayLike,
    k: ArrayLike,
    *,
    errors: str = HSM,
) -> EmpiricalBayes:
    """Return the effect at sites whose crashes a model of traffic and length predicts.

    `before`, `after` are counts, `predicted_before`, `predicted_after` what a calibrated model has
    for the same years, each (sites,) in all or (sites, years), `k` its overdispersion for each
    site. w = 1/(1 + k mu_B), E_B = w mu_B + (1 - w) N_B, r = mu_A/mu_B, expected r E_B with the
    variance r² (1 - w) E_B; of all sites the sums. The years of a site before and after may be
    different ones; the treated sites must not be among those the model was made of.

    >>> found = empirical_bayes([16, 6], [2, 3], [12.0, 8.0], [5.0, 3.0], [0.2, 0.3])
    >>> round(found.whole.expected, 2), round(found.whole.ratio, 2), round(found.whole.se, 2)
    (8.65, 0.56, 0.27)

    Source: Hauer 1997, chapter 11; HSM 2010, chapter 9 (methods, section 7, design 5).
    """
    n_b, n_a = _of_all_years(before), _of_all_years(after)
    mu_b, mu_a = _of_all_years(predicted_before), _of_all_years(predicted_after)
    shrunk = shrinkage.expected(n_b, mu_b, k)
    carried = shrunk.carried(mu_a)
    variance = carried.standard_error**2
    reasons = dict(shrunk.reasons)
    told = np.isfinite(carried.value) & np.isfinite(n_a)
    for i in np.flatnonzero(~told):
        reasons.setdefault(int(i), Message("No estimate: nothing is known of this site after."))
    each = [effect(*one, errors=errors) for one in zip(n_a, carried.value, variance, strict=True)]
    whole = effect(
        float(n_a[told].sum()),
        float(carried.value[told].sum()),
        float(variance[told].sum()),
        errors=errors,
    )
    return EmpiricalBayes(
        whole=whole,
        predicted_before=float(mu_b[told].sum()),
        expected_before=float(shrunk.expected[told].sum()),
        weight=shrunk.weight,
        site_expected_before=shrunk.expected,
        site_expected_after=carried.value,
        site_variance=variance,
        site_ratio=np.array([one.ratio for one in each]),
        site_se=np.array([one.se for one in each]),
        reasons=reasons,
    )


def _of_all_years(values: ArrayLike) -> Floats:
    of = np.atleast_1d(np.asarray(values, dtype=float))
    return of if of.ndim == 1 else np.asarray(of.sum(axis=1))


# ------------------------------------------------------------ types, and series of years


@dataclass(frozen=True)
class Shift:
    """Whether the share of a type of crash shifted at the sites: Wilcoxon's signed-rank test.

    `n` are the sites whose share changed, `w_plus` the ranks of those where it rose. `method` is
    "exact" or "normal".
    """

    n: int
    mean: float
    w_plus: float
    p: float
    method: str
    reason: Message | None = None


LONGEST_EXACT = 25
"""So many sites at most are judged by all signs. Source: methods, section 7, design 8."""


def shift(differences: ArrayLike) -> Shift:
    """Test the differences of the share, after less before, of each site.

    Differences of 0 are left out. Up to 25 without ties all signs are counted, else the normal
    distribution is used, with its variance less for ties.

    >>> found = shift([0.05, -0.12, -0.2, 0.08, -0.3, -0.15, -0.02, -0.25, -0.18, 0.03])
    >>> found.w_plus, round(found.p, 4)
    (9.0, 0.0645)

    Source: Wilcoxon 1945, Biometrics Bulletin 1: 80-83; HSM 2010, chapter 9 (methods, section 7,
    design 8).
    """
    every = np.asarray(differences, dtype=float)
    every = every[np.isfinite(every)]
    # Shares that are the same to the last digits are ties.
    d = np.round(every, 12)
    d = d[d != 0]
    if not d.size:
        none = Message("The share changed at no site.")
        return Shift(0, float(every.mean()) if every.size else NAN, 0.0, 1.0, "exact", none)
    ranks, times = stats.ranks(np.abs(d))
    w, n = float(ranks[d > 0].sum()), int(d.size)
    is_exact = n <= LONGEST_EXACT and times.size == n
    p = _signed_rank_p(w, n) if is_exact else _normal_rank_p(w, n, times)
    return Shift(n, float(every.mean()), w, p, "exact" if is_exact else "normal")


def shift_of(
    type_before: ArrayLike, all_before: ArrayLike, type_after: ArrayLike, all_after: ArrayLike
) -> Shift:
    """Test whether the share of a type shifted, from the counts of each site.

    A site without crashes before or after has no share and is left out.
    Source: as `shift`.
    """
    x_b, n_b, x_a, n_a = (
        np.asarray(one, dtype=float) for one in (type_before, all_before, type_after, all_after)
    )
    has = (n_b > 0) & (n_a > 0)
    return shift(x_a[has] / n_a[has] - x_b[has] / n_b[has])


def _signed_rank_p(w: float, n: int) -> float:
    ways = np.ones(1)
    for rank in range(1, n + 1):
        ways = np.convolve(ways, np.concatenate([[0.5], np.zeros(rank - 1), [0.5]]))
    at = round(w)
    return float(min(1.0, 2 * min(ways[: at + 1].sum(), ways[at:].sum())))


def _normal_rank_p(w: float, n: int, ties: NDArray[np.int64]) -> float:
    variance = n * (n + 1) * (2 * n + 1) / 24 - float(np.sum(ties.astype(float) ** 3 - ties)) / 48
    return float(2 * special.ndtr(-abs(w - n * (n + 1) / 4) / np.sqrt(variance)))


@dataclass(frozen=True)
class Interrupted:
    """The step of a series at the works, as a ratio, with limits; NaN with the `reason`."""

    ratio: float
    se_log: float
    lower: float
    upper: float
    p: float
    phi: float
    k: float
    reason: Message | None = None

    @property
    def percent(self) -> float:
        """The change in per cent, below 0 where there were fewer crashes."""
        return 100 * (self.ratio - 1)


def interrupted(
    counts: ArrayLike,
    region: ArrayLike,
    is_after: ArrayLike,
    *,
    family: str = "quasi_poisson",
    level: float = 0.95,
) -> Interrupted:
    """Return the step at the works of all sites together, with the region as what they follow.

    ln mu_t = ln(region_t) + b + d (after): without traffic and comparison sites, the usual case.
    exp(d) is the ratio of the plain comparison group. `counts`, `region` (periods,) are crashes;
    the period of the works is left out by the caller. The crashes of the region are taken for
    known: it must be much larger than the sites, and without them.
    Raises ValueError for a region without crashes in a period, and another family.

    >>> region = [560, 590, 580, 550, 560, 540]
    >>> found = interrupted([55, 60, 58, 30, 28, 33], region, [0, 0, 0, 1, 1, 1])
    >>> round(found.ratio, 2), round(found.lower, 2), round(found.upper, 2)
    (0.55, 0.38, 0.79)

    Source: methods, section 7, design 9.
    """
    if family not in slopes.FAMILIES:
        raise ValueError(f"a family of counts is one of {', '.join(slopes.FAMILIES)}")
    y, after = np.asarray(counts, dtype=float), np.asarray(is_after, dtype=float)
    of_region = np.asarray(region, dtype=float)
    if not (of_region > 0).all():
        raise ValueError("the region has crashes in every period")
    columns = np.column_stack([np.ones(y.size), after])
    fitted = loglinear.negative_binomial if family == "negative_binomial" else loglinear.poisson
    fit = fitted(y, columns, np.log(of_region))
    if not fit.converged or y[after == 0].sum() == 0 or y[after > 0].sum() == 0:
        reason = Message("The series needs crashes before the works and after them.")
        return Interrupted(NAN, NAN, NAN, NAN, NAN, NAN, NAN, reason)
    is_quasi = family == "quasi_poisson" and fit.df > 0
    phi = max(1.0, fit.pearson_phi) if is_quasi else 1.0
    step, se = float(fit.coefficients[1]), float(np.sqrt(phi * fit.covariance[1, 1]))
    half = slopes.half(level, fit, family if is_quasi else "poisson")
    tail = special.stdtr(fit.df, -abs(step / se)) if is_quasi else special.ndtr(-abs(step / se))
    ratio, lower, upper = (float(np.exp(step + way * half * se)) for way in (0, -1, 1))
    return Interrupted(ratio, se, lower, upper, float(2 * tail), phi, fit.k)


# ----------------------------------------------------------------------------- the design

LEAST_BEFORE, GOOD_AFTER, LEAST_AFTER = 3.0, 3.0, 1.0
LEAST_SITES, LEAST_CRASHES = 10, 100
LARGER = 5
"""Years, sites and crashes a study needs, and how many times larger its group should be.

Source: methods, section 7; "much larger" is taken as five times.
"""


def weaknesses(
    *,
    sites: int,
    crashes_before: float,
    years_before: float,
    years_after: float,
    group_before: float | None = None,
) -> Sequence[Message]:
    """Say what makes a study weak: short periods, few sites and crashes, a small group."""
    found: list[Message] = []
    if years_before < LEAST_BEFORE:
        found.append(Message("Less than {n} years before the works.", {"n": LEAST_BEFORE}))
    if years_after < LEAST_AFTER:
        found.append(Message("Less than a year after the works: seasons are not whole."))
    elif years_after < GOOD_AFTER:
        found.append(Message("Less than {n} years after the works.", {"n": GOOD_AFTER}))
    if years_before % 1 or years_after % 1:
        found.append(Message("Periods of broken years compare different seasons."))
    if sites < LEAST_SITES and crashes_before < LEAST_CRASHES:
        found.append(
            counted(
                "One site with {crashes} crashes before the works: hardly any effect can be told "
                "from chance.",
                "{n} sites with {crashes} crashes before the works: hardly any effect can be told "
                "from chance.",
                sites,
                crashes=crashes_before,
            )
        )
    if group_before is not None and group_before < LARGER * crashes_before:
        found.append(Message("The comparison group is not much larger than the treated sites."))
    return tuple(found)
