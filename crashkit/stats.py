"""The statistics of counts: intervals, tails, false discoveries, two lists, sums, severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from crashkit.model import CrashData

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


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


NORMAL_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: two-sided limits of 95 %."""


def clopper_pearson(found: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact limits of a share; 0 to 1 where there is nothing to divide by.

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


@dataclass(frozen=True)
class TwoLists:
    """How many there are in all, from two lists and those that stand in both."""

    first: int
    second: int
    both: int
    total: float
    variance: float

    @property
    def limits(self) -> tuple[float, float]:
        """The 95 % limits of the total; never fewer than the two lists name."""
        half = NORMAL_95 * float(np.sqrt(self.variance))
        named = float(self.first + self.second - self.both)
        return max(named, self.total - half), max(named, self.total + half)


def chapman(first: int, second: int, both: int) -> TwoLists:
    """Estimate a total from two lists that miss some independently of each other.

    N = (n1 + 1)(n2 + 1) / (m + 1) - 1, its variance
    (n1 + 1)(n2 + 1)(n1 - m)(n2 - m) / ((m + 1)^2 (m + 2)), its limits by the normal distribution.
    Raises ValueError where more stand in both than in one.
    Source: Chapman 1951, Univ. Calif. Publ. Stat. 1: 131-160; Seber 1970, Biometrika 57: 313-318.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError("not more can stand in both lists than in one of them")
    pairs = (first + 1) * (second + 1)
    total = pairs / (both + 1) - 1
    variance = pairs * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return TwoLists(first, second, both, total, variance)


def poisson_tail(counts: Ints, means: Floats) -> Floats:
    """Return the chance of `counts` or more crashes where `means` are expected.

    P(X >= x) is the regularised lower gamma function P(x, mean), and 1 for x = 0 or below.
    Source: Abramowitz and Stegun 1964, 26.4.21.
    """
    tail = special.gammainc(np.maximum(counts, 1), np.maximum(means, 0.0))
    return np.where(counts <= 0, 1.0, tail)


def false_discovery(p: Floats, family: int = 0) -> Floats:
    """Return each p-value adjusted for the share of false alarms among what is flagged.

    `family` is the number of tests when more were made than are given here.
    Source: Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57: 289-300.
    """
    m = max(p.size, family)
    order = np.argsort(p, kind="stable")
    steps = p[order] * m / np.arange(1, p.size + 1)
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


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
    hurt: killed, serious, slight, and unclassified (injured, but how badly is not known).
    Where people are not counted, a crash is one person with its worst injury: a lower bound.
    Pedestrians, cyclists and riders of mopeds count `vru_factor` times, where the data know them.
    """
    if unit == "crashes":
        return _crash_points(data, weights)
    if not counts_people(data):
        one = {ONE_PERSON[name]: weight for name, weight in weights.items() if name in ONE_PERSON}
        return _crash_points(data, one)
    points = _people_points(data.crashes, weights)
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
