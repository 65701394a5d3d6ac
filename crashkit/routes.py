"""Roads and corridors as routes: which there are, and how they do section by section.

The rate of each section is set beside the critical one of the route, its risk to a road user is put
into a band, and what its killed and seriously injured cost is spread over its length.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import chainage, economics, rates, stats, tables
from crashkit.analysis import Question
from crashkit.chainage import Leg, Lines, Steps
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.roads import naming
from crashkit.roads.corridors import CORRIDOR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Way:
    """What is looked along: a road or a corridor, its legs, and how many crashes lie on it."""

    word: str
    name: str
    legs: tuple[Leg, ...]
    crashes: int


@lru_cache(maxsize=1)
def lines(question: Question) -> Lines:
    """Return the roads with the crashes on them, found once for a question."""
    return chainage.lines(question.data, question.whole, question.roads())


@lru_cache(maxsize=1)
def ways(question: Question) -> list[Way]:
    """Return every road and corridor with crashes, the one with the most first."""
    found = lines(question)
    counts = found.counts().tolist()
    roads = [
        Way(label, label, chainage.road(found, number), n)
        for number, (label, n) in enumerate(zip(found.labels, counts, strict=True))
        if n
    ]
    told = found.placed.corridors if found.placed else ()
    for one in told:
        legs = chainage.corridor(found, one)
        n = len(chainage.on_legs(found, legs)) if legs else 0
        if n:
            roads.append(Way(f"{CORRIDOR}{one.name}", one.name, legs, n))
    return sorted(roads, key=lambda way: (-way.crashes, way.word))


def way(question: Question, word: str) -> Way | None:
    """Return the road or corridor of this word, or else the one with the most crashes."""
    return named(question, word) or next(iter(ways(question)), None)


def named(question: Question, word: str) -> Way | None:
    """Return the road or corridor of this word; None where it has no crash with a place on it.

    The key of a road whose posts start anew stands for its part with the most crashes.
    """
    found, keys = ways(question), lines(question).keys
    asked = naming.folded(word)
    same = [one for one in found if one.word == word]
    same += [
        one
        for one in found
        if len(one.legs) == 1
        and asked in (naming.folded(one.word), naming.folded(keys[one.legs[0].road]))
    ]
    return next(iter(same), None)


# ------------------------------------------------------------- section by section


@cache
def _book() -> Mapping[str, Any]:
    text = resources.files("crashkit").joinpath("routes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


BANDS = (
    Message("Low risk"),
    Message("Low to medium"),
    Message("Medium"),
    Message("Medium to high"),
    Message("High risk"),
)
TOO_FEW = -1
"""The band of a section with too few crashes for one, or without traffic."""


@dataclass(frozen=True, eq=False)
class Risk:
    """A route by sections; arrays have one number for each, NaN where traffic is not known.

    `rate`, its mean `average` over the route and `critical` are crashes for a million vehicle-km;
    `worse` marks rates above the critical one. `severe` counts crashes with people killed or
    seriously injured, `risk` is those for a billion vehicle-km, `usual` the same of the whole
    route, and `band` a place in BANDS, or TOO_FEW. `killed` and `serious` are people, `cost` is
    what they cost for each km and year in incomes of a person, (3, n): low, central, high.
    """

    steps: Steps
    step_km: float
    years: float
    exposure: Floats
    rate: Floats
    average: float
    critical: Floats
    severe: Ints
    risk: Floats
    usual: float
    band: Ints
    killed: Ints
    serious: Ints
    cost: Floats

    @property
    def worse(self) -> NDArray[np.bool_]:
        """Mark the sections whose rate is above the critical one."""
        return np.asarray(self.rate > self.critical)


def least_severe() -> int:
    """Return how many severe crashes a section needs for a band, as in routes.toml."""
    return int(_book()["sections"]["least_severe"])


def unverified() -> tuple[str, ...]:
    """Return what nobody has checked sections and bands of risk against, as in routes.toml."""
    parts = [_book()[name] for name in ("sections", "bands")]
    return tuple(dict.fromkeys(one["citation"] for one in parts if not one["verified"]))


def limits() -> tuple[Decimal, ...]:
    """Return where bands end, in the mean risk of the route, as in routes.toml."""
    return tuple(Decimal(str(one)) for one in _book()["bands"]["ratios"])


def judge(question: Question, legs: tuple[Leg, ...]) -> Risk:
    """Cut a route into sections long enough to be told from chance, and judge each.

    Raises MethodError as `chainage.cut`.
    Source: critical rate, see `rates.critical_rate`; bands and lengths of sections, routes.toml;
    costs, see `economics.by_income`.
    """
    found, data = lines(question), question.data
    step_km, steps = _sections(found, legs, question)
    years = data.period.years
    exposure = rates.travelled(steps.aadt, steps.km, years)
    exposure = np.where(exposure > 0, exposure, np.nan)
    rate = rates.rate(steps.crashes, exposure)
    average = rates.average_rate(steps.crashes, exposure)
    severe = _severe(steps)
    known = np.isfinite(exposure)
    usual = float(stats.divided(1000 * severe[known].sum(), exposure[known].sum()))
    of_severe = rates.rate(severe, exposure / 1000)
    killed, serious = (_people(question, steps, code) for code in ("killed", "serious"))
    return Risk(
        steps=steps,
        step_km=step_km,
        years=years,
        exposure=exposure,
        rate=rate,
        average=average,
        critical=rates.critical_rate(average, exposure),
        severe=severe,
        risk=of_severe,
        usual=usual,
        band=_bands(of_severe, severe, usual),
        killed=killed,
        serious=serious,
        cost=_cost(killed, serious) / (steps.km * years),
    )


def _sections(found: Lines, legs: tuple[Leg, ...], question: Question) -> tuple[float, Steps]:
    """Take the shortest sections that have severe crashes enough for a band on average."""
    lengths = [float(km) for km in _book()["sections"]["lengths_km"]]
    long = chainage.length_km(legs)
    fits = [km for km in lengths if km <= long / 2] or lengths[:1]
    for km in fits:
        steps = chainage.cut(found, legs, km, question.data)
        if _severe(steps).mean() >= least_severe():
            return km, steps
    return fits[-1], steps


def _severe(steps: Steps) -> Ints:
    chosen = [i for i, code in enumerate(chainage.SEVERITIES) if code in ("fatal", "serious")]
    found: Ints = steps.counts[:, chosen].sum(axis=1)
    return found


def _bands(of_severe: Floats, severe: Ints, usual: float) -> Ints:
    ratio = stats.divided(of_severe, usual)
    band = np.searchsorted(_book()["bands"]["ratios"], ratio, side="left")
    told = np.isfinite(ratio) & (severe >= least_severe())
    found: Ints = np.where(told, band, TOO_FEW).astype(np.int64)
    return found


def _people(question: Question, steps: Steps, code: str) -> Ints:
    each = tables.by_crash(question.data, code)[steps.rows]
    place = np.searchsorted(steps.at_km, steps.along_km, side="right") - 1
    place = np.clip(place, 0, len(steps) - 1)
    found: Ints = np.bincount(place, weights=each, minlength=len(steps)).round().astype(np.int64)
    return found


def _cost(killed: Ints, serious: Ints) -> Floats:
    worth = economics.by_income(1.0)
    return np.array(
        [
            worth["fatal"][case] * killed + worth["serious"][case] * serious
            for case in ("low", "central", "high")
        ]
    )


@dataclass(frozen=True, eq=False)
class Route:
    """What is looked at along a route: a question to its crashes, and the way itself."""

    asked: Question
    way: Way

    @cached_property
    def risk(self) -> Risk:
        """The route by sections."""
        return judge(self.asked, self.way.legs)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the crashes on it."""
        return chainage.on_legs(lines(self.asked), self.way.legs)

    @cached_property
    def data(self) -> CrashData:
        """The crashes on it."""
        mask = np.zeros(len(self.asked.data), dtype=bool)
        mask[self.rows] = True
        return self.asked.data.keep(mask)

    def label(self, leg: int) -> str:
        """Return the name of the road of a leg."""
        return lines(self.asked).labels[self.way.legs[leg].road]


# ------------------------------------------------------------- where they gather


@dataclass(frozen=True)
class Cluster:
    """Steps side by side that have more crashes than chance allows; `rows` are the crashes.

    `hurt` are those killed or seriously injured; `untold` crashes do not tell how many they had.
    """

    leg: int
    from_km: float
    to_km: float
    crashes: int
    expected: float
    hurt: int | None
    untold: int
    rows: tuple[int, ...]


def _hurt(steps: Steps, run: Sequence[int]) -> int | None:
    """Sum those hurt in some steps; None where nobody tells of any, which is no nought."""
    n = int(steps.hurt[run].sum())
    return n if n or not steps.untold[run].any() else None


def clusters(steps: Steps, judged: chainage.Judged) -> tuple[Cluster, ...]:
    """Put steps side by side that are worse than chance together, most crashes above it first."""
    place = np.searchsorted(steps.at_km, steps.along_km, side="right") - 1
    runs: list[list[int]] = []
    for i in np.flatnonzero(judged.worse).tolist():
        last = runs[-1][-1] if runs else -2
        if last == i - 1 and steps.leg[last] == steps.leg[i]:
            runs[-1].append(i)
        else:
            runs.append([i])
    found = [
        Cluster(
            leg=int(steps.leg[run[0]]),
            from_km=float(steps.from_km[run[0]]),
            to_km=float(steps.to_km[run[-1]]),
            crashes=int(steps.crashes[run].sum()),
            expected=float(judged.expected[run].sum()),
            hurt=_hurt(steps, run),
            untold=int(steps.untold[run].sum()),
            rows=tuple(steps.rows[np.isin(place, run)].tolist()),
        )
        for run in runs
    ]
    return tuple(sorted(found, key=lambda one: (one.expected - one.crashes, one.leg, one.from_km)))
