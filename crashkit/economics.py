"""What works on the road are worth: costs of crashes, savings, present values, choices.

Money is in one currency and of one year throughout; rates are shares of 1 a year; benefits and
upkeep fall at the end of each year, works at the start. Costs and multiples stand in costs.toml,
each with its source.

Source: reference methods, sections 5.2 and 6.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit.errors import Message, NotFound

Floats = NDArray[np.float64]

NAN = float("nan")


# ------------------------------------------------------------------------- costs of crashes


@dataclass(frozen=True)
class Costs:
    """Costs by severity, of "people", "crashes", or the "property" of a crash, and their source."""

    title: str
    of: str
    currency: str
    costs: Mapping[str, float]
    source: str
    verified: bool


@cache
def _book() -> dict[str, Any]:
    text = resources.files("crashkit").joinpath("costs.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def costs(name: str, of: str = "crashes") -> Costs:
    """Return a set of costs of costs.toml. Raises NotFound."""
    known = _book().get(of, {}) if of in ("people", "crashes", "property") else {}
    if name not in known:
        raise NotFound(
            "There are no costs “{name}” of {of}; there are {known}.",
            name=name,
            of=of,
            known=sorted(known),
        )
    return Costs(of=of, **known[name])


def by_income(
    gdp_per_person: float,
    *,
    fatal: Mapping[str, float] | None = None,
    serious: Mapping[str, float] | None = None,
) -> dict[str, dict[str, float]]:
    """Return the value of a death and of a serious injury, each low, central and high.

    Multiples of the gross domestic product per person: 70 (60 to 80) and 17 (12 to 24) unless
    others are given.

    >>> by_income(5000)["fatal"]
    {'low': 300000, 'central': 350000, 'high': 400000}

    Source: McMahon and Dahdah, iRAP, in costs.toml.
    """
    multiples = {
        "fatal": fatal or _book()["multiples"]["fatal"],
        "serious": serious or _book()["multiples"]["serious"],
    }
    return {
        severity: {case: times * gdp_per_person for case, times in by_case.items()}
        for severity, by_case in multiples.items()
    }


def crash_cost(
    people_per_crash: Mapping[str, float],
    costs_of_people: Mapping[str, float],
    property_cost: float,
) -> float:
    """Return the cost of a crash: the people hurt in it on average, and the property.

    Raises KeyError for a severity without a cost.
    Source: reference methods, section 6.
    """
    hurt = sum(mean * costs_of_people[severity] for severity, mean in people_per_crash.items())
    return float(hurt + property_cost)


@dataclass(frozen=True)
class Injuries:
    """Fatal and serious injuries together, and the deaths among them."""

    total: float
    deaths: Mapping[str, float]
    per_death: float


def deaths_among(
    fatal_and_serious: Mapping[str, float], *, serious_per_death: float | None = None
) -> Injuries:
    """Return the deaths among fatal and serious injuries of each group: total / (1 + serious).

    Ten serious injuries a death unless told otherwise. The total is the sum of the parts.
    Source: iRAP, in costs.toml.
    """
    serious = serious_per_death
    if serious is None:
        serious = float(_book()["serious_per_death"]["value"])
    deaths = {name: total / (1 + serious) for name, total in fatal_and_serious.items()}
    return Injuries(float(sum(fatal_and_serious.values())), deaths, 1 + serious)


# ---------------------------------------------------------------------- effects and savings


@dataclass(frozen=True)
class Combined:
    """The effect of several treatments together, and what is doubtful about it."""

    factor: float
    notes: tuple[Message, ...] = ()


RULES = ("product", "dominant", "bounded")


def combined(factors: Sequence[float], *, rule: str = "bounded") -> Combined:
    """Put the crash modification factors of treatments of the same crashes together.

    "product": all of them, right only where they work on different causes. "dominant": the one
    farthest from 1. "bounded": the product of the three strongest, not below 0.3.
    Raises ValueError for another rule and for factors below 0.

    >>> round(combined([0.60, 0.72, 0.80]).factor, 3)
    0.346
    >>> combined([0.25, 0.30, 0.17, 0.28]).factor
    0.17

    Source: reference methods, section 5.2; limits in costs.toml.
    """
    if rule not in RULES:
        raise ValueError(f"the rule is one of {', '.join(RULES)}")
    if any(factor < 0 for factor in factors):
        raise ValueError("a factor is not negative")
    bounds, product = _book()["combining"], math.prod(factors)
    if rule == "dominant" and factors:
        return Combined(max(factors, key=_strength))
    notes: list[Message] = []
    if len(factors) > bounds["most"]:
        many = Message("More than {n} treatments of the same crashes.", {"n": bounds["most"]})
        notes.append(many)
    if product < bounds["floor"]:
        notes.append(Message("Together these effects are too good to be true."))
    if rule == "product":
        return Combined(product, tuple(notes))
    strongest = sorted(factors, key=_strength, reverse=True)[: bounds["most"]]
    least = min(bounds["floor"], *factors) if factors else 1.0
    return Combined(max(least, math.prod(strongest)), tuple(notes))


def _strength(factor: float) -> float:
    return abs(math.log(factor)) if factor > 0 else math.inf


def treated(expected: ArrayLike, factor: ArrayLike) -> Floats:
    """Return the crashes left where a treatment has an effect on all that are expected."""
    return np.asarray(np.asarray(expected, dtype=float) * np.asarray(factor, dtype=float))


@dataclass(frozen=True)
class Saving:
    """What the crashes cost in a year, and what of it is saved."""

    cost: float
    saved: float


def saving(
    crashes: Mapping[str, float],
    unit_costs: Mapping[str, float],
    factor: float | Mapping[str, float],
    *,
    years: float = 1.0,
) -> Saving:
    """Return the yearly cost of target crashes and the saving, sum of x/t cost (1 - factor).

    `crashes` by severity are those of `years`: take those expected by empirical Bayes, since the
    observed ones of a bad place would have been fewer anyway. `factor` is one for all, or one for
    each severity. Raises ValueError for no years, KeyError for a severity without cost or factor.

    >>> round(saving({"fatal": 2}, {"fatal": 350000}, 0.75, years=3).saved)
    58333

    Source: reference methods, section 6.
    """
    if not years > 0:
        raise ValueError("crashes are those of some years")
    cost = {name: crashes[name] / years * unit_costs[name] for name in crashes}
    by_name = factor if isinstance(factor, Mapping) else dict.fromkeys(cost, factor)
    saved = sum(one * (1 - by_name[name]) for name, one in cost.items())
    return Saving(float(sum(cost.values())), float(saved))


# --------------------------------------------------------------------------- present values


def annuity(rate: float, years: float, *, growth: float = 0.0) -> float:
    """Return the present value of 1 at the end of each year, growing by `growth` a year.

    (1 - (1 + r)^-n)/r, and n where r is 0.

    >>> round(annuity(0.03, 20), 4)
    14.8775

    Source: reference methods, section 6.
    """
    if math.isclose(rate, growth, abs_tol=1e-12):
        return years / (1 + rate)
    return float((1 - ((1 + growth) / (1 + rate)) ** years) / (rate - growth))


@dataclass(frozen=True)
class Rates:
    """The internal rate of return: NaN with the `reason` where there is none, or several."""

    rate: float
    roots: tuple[float, ...]
    reason: Message | None = None


def internal_rate(flows: Sequence[float]) -> Rates:
    """Return the rate at which flows of money, from the start on a year apart, are worth nothing.

    Source: reference methods, section 6.
    """
    # In x = 1/(1 + r) the present value is a polynomial; its roots above 0 are rates above -1.
    trimmed = np.trim_zeros(np.asarray(flows, dtype=float), "b")
    roots = np.roots(trimmed[::-1]) if trimmed.size > 1 else np.zeros(0)
    real = roots[(np.abs(roots.imag) < 1e-9 * (1 + np.abs(roots))) & (roots.real > 1e-9)].real
    found = tuple(sorted({round(float(1 / x - 1), 10) for x in real}))
    if not found:
        return Rates(NAN, (), Message("No rate makes cost and benefit equal."))
    if len(found) > 1:
        return Rates(NAN, found, Message("Several rates make cost and benefit equal."))
    return Rates(found[0], found)


@dataclass(frozen=True)
class Appraisal:
    """What works are worth over the period.

    `ratio` has upkeep with the costs, PVB/(C + PVM); `ratio_net` takes it off the benefit,
    (PVB - PVM)/C. `first_year_percent` is the return of the first year, 100 B1/C, `payback` the
    years until the works are paid for; NaN where they never are.
    """

    annual_benefit: float
    pv_benefit: float
    pv_upkeep: float
    pv_capital: float
    npv: float
    ratio: float
    ratio_net: float
    first_year_percent: float
    payback: float
    internal: Rates

    @property
    def pv_cost(self) -> float:
        """The present value of works and upkeep."""
        return self.pv_capital + self.pv_upkeep


def appraise(
    benefit: float,
    capital: float,
    *,
    rate: float,
    life: int,
    upkeep: float = 0.0,
    growth: float = 0.0,
    period: int | None = None,
) -> Appraisal:
    """Return what works with a yearly `benefit` are worth, NPV = sum (B - M)/(1 + r)^k - C.

    `benefit` is that of the first year and grows by `growth` a year, with traffic say. Works last
    `life` years and are made anew at the end of them up to the end of the `period`, which is a
    multiple of their life: options with different lives are compared over `common_period`.
    Raises ValueError for a life below one year, a period that is no multiple of it, and a rate of
    -1 or less.

    >>> found = appraise(119454, 350000, rate=0.04, life=10, upkeep=5000)
    >>> round(found.npv), round(found.ratio, 2), round(found.internal.rate, 3)
    (578324, 2.48, 0.304)

    Source: reference methods, section 6.
    """
    years = life if period is None else period
    if life < 1 or years % life or not rate > -1:
        raise ValueError("works last a year at least, and the period is a multiple of their life")
    pv_benefit = benefit * annuity(rate, years, growth=growth)
    pv_upkeep = upkeep * annuity(rate, years)
    pv_capital = capital * sum((1 + rate) ** -start for start in range(0, years, life))
    flows = [-capital] + [
        benefit * (1 + growth) ** (k - 1) - upkeep - (capital if k % life == 0 and k < years else 0)
        for k in range(1, years + 1)
    ]
    return Appraisal(
        annual_benefit=benefit,
        pv_benefit=pv_benefit,
        pv_upkeep=pv_upkeep,
        pv_capital=pv_capital,
        npv=pv_benefit - pv_upkeep - pv_capital,
        ratio=_by(pv_benefit, pv_capital + pv_upkeep),
        ratio_net=_by(pv_benefit - pv_upkeep, pv_capital),
        first_year_percent=_by(100 * benefit, capital),
        payback=_by(capital, benefit - upkeep),
        internal=internal_rate(flows),
    )


def _by(above: float, below: float) -> float:
    return above / below if below > 0 else NAN


def common_period(lives: Sequence[int]) -> int:
    """Return the shortest period in which works of all these lives end together."""
    return math.lcm(*lives)


@dataclass(frozen=True)
class Consistency:
    """Whether a printed benefit, net present value and ratio can belong together."""

    cost_from_ratio: float
    npv_from_cost: float
    agrees: bool


def consistency(benefit: float, npv: float, ratio: float, *, within: float = 0.01) -> Consistency:
    """Check an appraisal that somebody else printed: cost = benefit/ratio, NPV = benefit - cost.

    They agree where the net present values differ by no more than the share `within`.
    """
    cost = benefit / ratio
    found = benefit - cost
    return Consistency(cost, found, abs(found - npv) <= within * abs(npv))


# ------------------------------------------------------------------------------- sensitivity


@dataclass(frozen=True)
class Scheme:
    """Works with all that their worth hangs on; `crashes` are those expected in a year."""

    crashes: Mapping[str, float]
    factors: Mapping[str, float]
    unit_costs: Mapping[str, float]
    capital: float
    rate: float
    life: int
    upkeep: float = 0.0
    growth: float = 0.0

    def appraise(self) -> Appraisal:
        """Return what the works are worth."""
        return appraise(
            saving(self.crashes, self.unit_costs, self.factors).saved,
            self.capital,
            rate=self.rate,
            life=self.life,
            upkeep=self.upkeep,
            growth=self.growth,
        )


@dataclass(frozen=True)
class Variant:
    """An appraisal in which one thing was taken otherwise."""

    what: Message
    appraisal: Appraisal


def sensitivity(
    scheme: Scheme, *, factor_limits: tuple[Mapping[str, float], Mapping[str, float]] | None = None
) -> tuple[Variant, ...]:
    """Return what the works are worth where effect, costs or the value of a death are otherwise.

    The limits of the effect where they are given (the stronger first), works 30 % cheaper and
    dearer, and a fatal crash valued at 60/70 and 80/70 of what it was.
    Source: reference methods, section 6; shares in costs.toml.
    """
    found: list[tuple[Message, dict[str, Any]]] = []
    if factor_limits is not None:
        stronger, weaker = factor_limits
        found.append((Message("The effect at its stronger limit"), {"factors": stronger}))
        found.append((Message("The effect at its weaker limit"), {"factors": weaker}))
    share = _book()["sensitivity"]["cost_share"]
    by = {"percent": round(100 * share)}
    cheaper, dearer = ({"capital": scheme.capital * (1 + way * share)} for way in (-1, 1))
    found.append((Message("Works cheaper by {percent} %", by), cheaper))
    found.append((Message("Works dearer by {percent} %", by), dearer))
    if "fatal" in scheme.unit_costs:
        multiples = _book()["multiples"]["fatal"]
        for case in ("low", "high"):
            times = multiples[case] / multiples["central"]
            told = Message(
                "A fatal crash valued at {n} times the income of a person, not {usual}",
                {"n": multiples[case], "usual": multiples["central"]},
            )
            of_deaths = {"fatal": scheme.unit_costs["fatal"] * times}
            found.append((told, {"unit_costs": {**scheme.unit_costs, **of_deaths}}))
    return tuple(Variant(what, replace(scheme, **other).appraise()) for what, other in found)


# ------------------------------------------------------------------------------------ choices


@dataclass(frozen=True)
class Option:
    """A way to treat a site: present values of cost and benefit. Options of one site exclude."""

    name: str
    cost: float
    benefit: float
    site: str = ""

    @property
    def ratio(self) -> float:
        """Benefit by cost; infinite where it costs nothing."""
        return self.benefit / self.cost if self.cost > 0 else math.inf


@dataclass(frozen=True)
class Step:
    """A dearer option against a cheaper one: what the additional money brings."""

    option: str
    against: str
    ratio: float
    accepted: bool


@dataclass(frozen=True)
class Choice:
    """The best of options that exclude each other, None where none is worth its cost."""

    best: str | None
    steps: tuple[Step, ...]


def choose(options: Sequence[Option], *, least_ratio: float = 1.0) -> Choice:
    """Choose among options that exclude each other by the ratio of what each step up costs.

    From the cheapest on, those below `least_ratio` left out, an option replaces the one chosen so
    far where its additional benefit is at least `least_ratio` times its additional cost.

    >>> choose([Option("A", 50, 150), Option("B", 90, 240), Option("C", 200, 330)]).best
    'B'

    Source: reference methods, section 6.
    """
    worth = [one for one in _by_cost(options) if one.ratio >= least_ratio]
    if not worth:
        return Choice(None, ())
    best, steps = worth[0], []
    for one in worth[1:]:
        ratio = _step(one, best)
        steps.append(Step(one.name, best.name, ratio, ratio >= least_ratio))
        best = one if ratio >= least_ratio else best
    return Choice(best.name, tuple(steps))


def _by_cost(options: Sequence[Option]) -> list[Option]:
    return sorted(options, key=lambda one: (one.cost, -one.benefit, one.name))


def _step(dearer: Option, cheaper: Option) -> float:
    more, cost = dearer.benefit - cheaper.benefit, dearer.cost - cheaper.cost
    if cost > 0:
        return more / cost
    return math.inf if more > 0 else 0.0


@dataclass(frozen=True)
class Programme:
    """What is done with a budget."""

    chosen: tuple[Option, ...]

    @property
    def cost(self) -> float:
        """The present value of all costs."""
        return sum(one.cost for one in self.chosen)

    @property
    def benefit(self) -> float:
        """The present value of all benefits."""
        return sum(one.benefit for one in self.chosen)


def greedy(options: Sequence[Option], budget: float, *, least_ratio: float = 1.0) -> Programme:
    """Spend a budget step by step, on the step that brings most for its money and still fits.

    A step is an option for a site, or a dearer option in place of the one it has.

    >>> options = [Option("paint", 10, 60, "km 5"), Option("barrier", 40, 120, "km 5")]
    >>> [one.name for one in greedy([*options, Option("signal", 50, 110, "km 9")], 90).chosen]
    ['barrier', 'signal']

    Source: reference methods, section 6.
    """
    chosen: dict[str, Option] = {}
    left = budget
    while True:
        steps = [
            (_step(one, chosen.get(one.site, Option("", 0.0, 0.0))), one)
            for one in options
            if _more(one, chosen) <= left and one != chosen.get(one.site)
        ]
        steps = [step for step in steps if step[0] >= least_ratio]
        if not steps:
            return Programme(_in_order(chosen.values()))
        _, best = max(steps, key=lambda step: (step[0], -step[1].cost, step[1].site, step[1].name))
        left -= _more(best, chosen)
        chosen[best.site] = best


def _more(one: Option, chosen: Mapping[str, Option]) -> float:
    return one.cost - (chosen[one.site].cost if one.site in chosen else 0.0)


def _in_order(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda one: (one.site, one.name)))


def best_programme(options: Sequence[Option], budget: float) -> Programme:
    """Return the options that bring most, benefit less cost, within a budget: the exact answer.

    One option for a site at most. All sets that no other beats are kept while sites are added.
    Source: Nemhauser and Ullmann 1969, Management Science 15: 494-505 (0/1 knapsack).
    """
    states: list[tuple[float, float, tuple[Option, ...]]] = [(0.0, 0.0, ())]
    sites = sorted({one.site for one in options})
    for site in sites:
        here = sorted((one for one in options if one.site == site), key=lambda one: one.name)
        grown = [
            (cost + one.cost, net + one.benefit - one.cost, (*done, one))
            for cost, net, done in states
            for one in here
            if cost + one.cost <= budget
        ]
        states = _unbeaten([*states, *grown])
    return Programme(_in_order(states[-1][2]))


def _unbeaten(
    states: list[tuple[float, float, tuple[Option, ...]]],
) -> list[tuple[float, float, tuple[Option, ...]]]:
    kept: list[tuple[float, float, tuple[Option, ...]]] = []
    for state in sorted(states, key=lambda one: (one[0], -one[1])):
        if not kept or state[1] > kept[-1][1]:
            kept.append(state)
    return kept


@dataclass(frozen=True)
class Ranked:
    """Schemes by the return of their first year and by their net present value, best first."""

    by_first_year: tuple[str, ...]
    by_npv: tuple[str, ...]


def ranked(appraisals: Mapping[str, Appraisal]) -> Ranked:
    """Return both lists: the first says what to do now, the second what is worth most."""

    def order(value: Mapping[str, float]) -> tuple[str, ...]:
        known = {name: -math.inf if math.isnan(one) else one for name, one in value.items()}
        return tuple(sorted(known, key=lambda name: (-known[name], name)))

    return Ranked(
        order({name: one.first_year_percent for name, one in appraisals.items()}),
        order({name: one.npv for name, one in appraisals.items()}),
    )
