"""Severity in one number: equivalent crashes with damage only, indices, costs, safety potential.

Severity is that of the crash, its worst injury; where people are weighted, the set of weights says
so. One fatal crash dominates every one of these numbers: show the counts beside them. Weights of
laws and manuals stand in weights.toml, each set with its source.

Source: reference methods, sections 2.1 (rows 3 and 4) and 2.2.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import stats
from crashkit.errors import MethodError, NotFound

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAYS = 365.0
THOUSAND, MILLION = 1e3, 1e6


@dataclass(frozen=True)
class Weights:
    """A set of weights by severity, for "crashes" or for "people", and where it is from."""

    title: str
    counts: str
    weights: Mapping[str, float]
    source: str
    verified: bool


@cache
def weight_sets() -> Mapping[str, Weights]:
    """Return the sets of weights.toml by name."""
    text = resources.files("crashkit").joinpath("weights.toml").read_text(encoding="utf-8")
    return {name: Weights(**row) for name, row in tomllib.loads(text).items()}


def weight_set(name: str) -> Weights:
    """Return one set of weights. Raises NotFound."""
    if name not in weight_sets():
        raise NotFound(
            "There are no weights “{name}”; there are {known}.",
            name=name,
            known=sorted(weight_sets()),
        )
    return weight_sets()[name]


def weights_from_costs(
    costs: Mapping[str, float], *, base: str | None = None, rounded: bool = False
) -> dict[str, float]:
    """Return what each severity counts where `base` counts 1: its cost by that of `base`.

    `base` is by default the cheapest severity there is: damage only, or where that is not recorded,
    slight injury. `rounded` gives whole numbers, as manuals print them. Raises MethodError where
    `base` has no cost.

    >>> costs = {"fatal": 4008900, "injury": 82600, "pdo": 7400}
    >>> weights_from_costs(costs, rounded=True)
    {'fatal': 542.0, 'injury': 11.0, 'pdo': 1.0}

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row and note 3).
    """
    base = min(costs, key=lambda name: costs[name]) if base is None and costs else base or ""
    if not costs.get(base, 0) > 0:
        raise MethodError("The severity {base} has no cost to compare with.", base=base)
    found = {name: cost / costs[base] for name, cost in costs.items()}
    return {name: float(round(one)) for name, one in found.items()} if rounded else found


def epdo(
    counts: Mapping[str, ArrayLike],
    weights: Mapping[str, float],
    *,
    most: float | None = None,
) -> Floats:
    """Return equivalent crashes with damage only: the sum of counts times weights, for each site.

    `counts` holds an array over sites, or a number, for each severity; `most` is the most that one
    crash may count, so that a single fatal one does not decide alone. By the year, divide by the
    years. Raises MethodError where a severity has no weight.

    >>> counts = {"K": 1, "A": 3, "B": 2, "C": 3, "O": 23}
    >>> round(float(epdo(counts, weight_set("ncdot").weights)), 1)
    372.2

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 3).
    """
    if unknown := sorted(counts.keys() - weights.keys()):
        raise MethodError("There is no weight for {names}.", names=unknown)
    total: Floats = np.zeros(())
    for name, count in counts.items():
        weight = weights[name] if most is None else min(weights[name], most)
        total = total + weight * np.asarray(count, dtype=float)
    return np.asarray(total)


def severity_index(points: ArrayLike, crashes: ArrayLike) -> Floats:
    """Return points per crash: EPDO by crashes; NaN without crashes.

    >>> round(float(severity_index(220.4, 41)), 2)
    5.38

    Source: NCDOT TEAAS (reference methods, section 2.2).
    """
    return stats.divided(points, crashes)


@dataclass(frozen=True, eq=False)
class RelativeSeverity:
    """What the crashes of sites cost by their types, per crash, beside the mean of their class.

    Arrays over sites; `averages` are the costs of all crashes of a class by all its crashes.
    """

    total: Floats
    index: Floats
    average: Floats
    averages: Mapping[str, float]

    @property
    def above(self) -> Flags:
        """Which sites have more costly types of crashes than their class."""
        return np.asarray(self.index > self.average)


def relative_severity(
    counts: Mapping[str, ArrayLike],
    costs: Mapping[str, Mapping[str, float]],
    classes: Sequence[str],
    *,
    fewest: int = 1,
) -> RelativeSeverity:
    """Return the relative severity index of each site: sum of N_j C_j by sum of N_j over types j.

    `counts` holds for each type the crashes of each site, `costs` for each class of sites what a
    crash of each type costs, `classes` the class of each site; one of fewer than `fewest` sites
    takes the average of all. A site without crashes has no index.
    Raises MethodError where a type has no cost in a class.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 4).
    """
    n = {name: np.asarray(one, dtype=float) for name, one in counts.items()}
    names = np.asarray(classes, dtype=object)
    total, crashes = np.zeros(names.size), np.zeros(names.size)
    for kind, of in n.items():
        crashes += of
        total += of * np.array([_cost(costs, name, kind) for name in names])
    everyone = np.ones(names.size, dtype=np.bool_)
    averages = {}
    for name in sorted(set(classes)):
        rows = names == name if (names == name).sum() >= fewest else everyone
        averages[name] = float(stats.divided(total[rows].sum(), crashes[rows].sum()))
    average = np.array([averages[name] for name in names], dtype=float)
    return RelativeSeverity(total, stats.divided(total, crashes), average, averages)


def _cost(costs: Mapping[str, Mapping[str, float]], name: str, kind: str) -> float:
    try:
        return costs[name][kind]
    except KeyError:
        raise MethodError(
            "There is no cost of a crash of the type {type} at sites of the class {name}.",
            type=kind,
            name=name,
        ) from None


@dataclass(frozen=True, eq=False)
class Potential:
    """What crashes of sections cost, and how much less they would with the best practice.

    Densities are 1000 of the currency per km and year, rates units of the currency per 1000
    vehicle-km; arrays over sections.
    """

    cost_density: Floats
    cost_rate: Floats
    basic_density: Floats
    potential: Floats


def safety_potential(
    cost_1000: ArrayLike,
    *,
    length_km: ArrayLike,
    years: ArrayLike,
    aadt: ArrayLike,
    basic_rate: ArrayLike,
) -> Potential:
    """Return the safety potential of sections: what their crashes cost above what is unavoidable.

    `cost_1000` is UK, the cost of the crashes of the period in 1000 of the currency; `basic_rate`
    gUKR, the cost per 1000 vehicle-km of a road of best practice of that class. UKD = UK/(L t),
    gUKD = gUKR AADT 365/1e6, and the potential is UKD - gUKD; below zero where a section is better
    than that. Three years are the least.

    Source: FGSV, Empfehlungen für die Sicherheitsanalyse von Straßennetzen (ESN) 2003 (reference
    methods, section 2.2; not verified).
    """
    cost, q = np.asarray(cost_1000, dtype=float), np.asarray(aadt, dtype=float)
    km_years = np.asarray(length_km, dtype=float) * np.asarray(years, dtype=float)
    density = stats.divided(cost, km_years)
    basic = np.asarray(basic_rate, dtype=float) * q * DAYS / MILLION
    basic = np.where(q > 0, basic, np.nan)
    rate = stats.divided(cost * MILLION, DAYS * q * km_years)
    return Potential(density, rate, basic, density - basic)


def adds_up(totals: ArrayLike, *parts: Sequence[ArrayLike]) -> Flags:
    """Say of each site whether every breakdown of its crashes adds up to its total.

    `parts` are breakdowns (by year, by severity, by type), each a list of arrays over sites.
    """
    total = np.asarray(totals, dtype=float)
    right = np.ones(total.shape, dtype=np.bool_)
    for breakdown in parts:
        right &= np.sum([np.asarray(one, dtype=float) for one in breakdown], axis=0) == total
    return right
