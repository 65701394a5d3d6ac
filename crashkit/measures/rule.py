"""Whether a place meets a written rule, such as the definition of a blackspot in a law.

A rule has conditions; any of them, or all, must be met. A condition holds when every limit in it is
reached. Limits of a condition:

    min_crashes    at least so many crashes
    same_type      true: the crashes counted are those of the most frequent crash type
    min_deaths     at least so many people killed
    min_score      at least so many points: `weights` for each `unit`, people or
                   crashes; `vru_factor` multiplies pedestrians, cyclists and
                   moped riders
    severity       only crashes of these severities are counted: "fatal,serious"
    last_years     only crashes of the last years of the period are counted
    setting        the condition is for "urban" or "rural" places only

Sites are ranked by how many times over the limit they are: 1 is just at it.

Source: reference methods, sections 1.1 and 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields, stats
from crashkit.errors import Message, MethodError
from crashkit.method import Measure, flag, mapping, number, rows, several, word
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

Floats = NDArray[np.float64]
Rule = Mapping[str, Any]

LIMITS = ("min_crashes", "min_deaths", "min_score")
WEIGHED = {
    "people": ("killed", "serious", "slight", "unclassified"),
    "crashes": tuple(one.code for one in fields.codes("severity")),
}


@dataclass(frozen=True)
class Condition:
    """What a condition may say; what it does not say is no limit."""

    min_crashes: float = number(0, label="Crashes, at least", low=1, high=100000)
    same_type: bool = flag(label="All of one crash type")
    min_deaths: float = number(0, label="People killed, at least", low=1, high=100000)
    min_score: float = number(0, label="Points, at least", low=0.001, high=1000000)
    weights: Mapping[str, float] = mapping(label="Points for each")
    unit: str = word("people", label="Points are for", choices=["people", "crashes"])
    vru_factor: float = number(
        1, label="Pedestrians, cyclists and moped riders count, times", low=0.01, high=100
    )
    severity: str = several(label="Only crashes of these severities", choices=WEIGHED["crashes"])
    last_years: float = number(0, label="Only crashes of the last years", low=1, high=50)
    setting: str = word("", label="Only places", choices=["urban", "rural"])

    def __post_init__(self) -> None:
        """Raise MethodError for one without a limit, or points that nothing earns."""
        if not any(getattr(self, name) for name in LIMITS):
            raise MethodError("It needs at least one of the limits {limits}.", limits=list(LIMITS))
        unknown = [name for name in self.weights if name not in WEIGHED[self.unit]]
        if unknown or (self.min_score and not any(self.weights.values())):
            raise MethodError(
                "The weights are for {given}; with the unit {unit} they can be for {known}.",
                given=list(self.weights),
                unit=self.unit,
                known=list(WEIGHED[self.unit]),
            )


@dataclass(frozen=True)
class Params:
    """The conditions, how they combine, and the years they look at."""

    rules: tuple[Rule, ...] = rows(label="Conditions", of=Condition)
    combine: str = word("any", label="Conditions to be met", choices=["any", "all"])
    period_years: float = number(
        0, label="Last years looked at (0: the whole period)", unit="years", low=0, high=50
    )
    calendar_years: str = word("no", label="Only whole calendar years", choices=["yes", "no"])

    def __post_init__(self) -> None:
        if not self.rules:
            raise MethodError("A rule needs at least one condition.")


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how many times over the limit each site is, and which condition it meets.

    Raises MethodError when the data lack what every condition needs.
    """
    missing = [_missing(rule, data) for rule in params.rules]
    judged = [rule for rule, lack in zip(params.rules, missing, strict=True) if not lack]
    if not judged or (params.combine == "all" and any(missing)):
        raise MethodError(
            "The rule cannot be judged, because these data do not have the field {field}.",
            field=_label(next(name for name in missing if name)),
        )
    if not sites:
        return []
    places = Sites.of(sites)
    ratios = np.column_stack([_ratios(rule, places, data) for rule in judged])
    total = ratios.max(axis=1) if params.combine == "any" else ratios.min(axis=1)
    which = ratios.argmax(axis=1)
    values = np.round(total, 9)
    every = params.combine == "all"
    return Scores(
        values,
        values >= 1,
        {"crashes": places.counts.astype(float)},
        lambda i: _reason(judged if every else [judged[which[i]]]),
    )


def shortfalls(sites: Sequence[Site], data: CrashData, params: Params) -> list[Message]:
    """Say of each site, of the condition it comes closest to, what is asked and what is found.

    Where all conditions must be met, it is the one that the site is farthest from.
    """
    places = Sites.of(sites)
    judged = [rule for rule in params.rules if not _missing(rule, data)]
    over = np.column_stack([_ratios(rule, places, data) for rule in judged])
    closest = over.argmax(axis=1) if params.combine == "any" else over.argmin(axis=1)
    found = [_amounts(rule, places, data) for rule in judged]
    return [
        _short(
            judged[which], {name: float(amounts[i]) for name, amounts in found[which].items()}, data
        )
        for i, which in enumerate(closest.tolist())
    ]


def _short(rule: Rule, found: Mapping[str, float], data: CrashData) -> Message:
    limit = min(found, key=lambda name: found[name] / float(rule[name]))
    said = {"asked": _limit(limit, rule), "found": f"{found[limit]:g}"}
    if "last_years" not in rule:
        return Message("The rule asks for {asked} and finds {found}.", said)
    times = {"start": _since(rule, data.period.end).date(), "end": data.period.end}
    return Message(
        "The rule asks for {asked} from {start} to {end} and finds {found}.", {**said, **times}
    )


def caveats(data: CrashData, params: Params) -> Iterator[Message]:
    """Say which conditions cannot be judged, and when people had to be guessed."""
    for name in sorted({lack for rule in params.rules if (lack := _missing(rule, data))}):
        yield Message(
            "A condition of the rule is not judged, because these data do not have the field "
            "{field}.",
            {"field": _label(name)},
        )
    wants_people = any({"min_deaths", "min_score"} & set(rule) for rule in params.rules)
    if wants_people and not stats.counts_people(data):
        yield Message(
            "These data do not say how many people were hurt: each crash counts as one person "
            "with its worst injury."
        )


def _missing(rule: Rule, data: CrashData) -> str:
    """Return the name of the field that a condition needs and the data do not have, or ""."""
    if rule.get("same_type") and not _known(data, "crash_type"):
        return "crash_type"
    if "severity" in rule and not _known(data, "severity"):
        return "severity"
    of_people = "min_deaths" in rule or "min_score" in rule
    if of_people and not stats.counts_people(data) and not _known(data, "severity"):
        return "severity"
    return ""


def _known(data: CrashData, name: str) -> bool:
    return data.has(name) and bool((data.crashes[name].dropna() != "unknown").any())


def _label(name: str) -> Message:
    return Message(fields.get("crash", name).label)


# -------------------------------------------------------------------- conditions


def _ratios(rule: Rule, sites: Sites, data: CrashData) -> Floats:
    """Return how many times over its limits a condition is at each site: the weakest counts."""
    over = [amount / float(rule[name]) for name, amount in _amounts(rule, sites, data).items()]
    return np.where(_applies(rule, sites), np.min(np.column_stack(over), axis=1), 0.0)


def _amounts(rule: Rule, sites: Sites, data: CrashData) -> dict[str, Floats]:
    """Return what is found at each site for each limit of a condition."""
    counted = _counted(rule, data)
    found: dict[str, Floats] = {}
    if "min_crashes" in rule:
        columns = _by_type(data, counted) if rule.get("same_type") else counted[:, None]
        found["min_crashes"] = sites.sums(data, columns).max(axis=1)
    if "min_deaths" in rule:
        found["min_deaths"] = sites.sums(data, stats.deaths(data) * counted)
    if "min_score" in rule:
        points = counted * stats.severity_points(
            data,
            rule.get("weights", {}),
            unit=rule.get("unit", "people"),
            vru_factor=float(rule.get("vru_factor", 1.0)),
        )
        found["min_score"] = sites.sums(data, points)
    return found


def _applies(rule: Rule, sites: Sites) -> NDArray[np.bool_]:
    if "setting" not in rule:
        return np.ones(len(sites), dtype=bool)
    # The last word of a group is its setting: "urban", "roundabout urban".
    urban = np.array([group.split()[-1:] == ["urban"] for group in sites.words("group")])
    return urban if rule["setting"] == "urban" else ~urban


def _counted(rule: Rule, data: CrashData) -> Floats:
    """Return 1 for each crash that the condition counts, 0 for the others."""
    counts = np.ones(len(data), dtype=bool)
    if "severity" in rule:
        wanted = _words(rule["severity"])
        counts &= data.crashes["severity"].isin(wanted).to_numpy(dtype=bool)
    if "last_years" in rule:
        days = pd.to_datetime(data.crashes["crash_date"])
        counts &= (days >= _since(rule, data.period.end)).to_numpy(dtype=bool)
    return counts.astype(float)


def _since(rule: Rule, end: date) -> pd.Timestamp:
    """Return the first day of the last years that a condition looks at."""
    after = pd.Timestamp(end) + pd.DateOffset(days=1)
    return after - pd.DateOffset(years=int(rule["last_years"]))


def _by_type(data: CrashData, counted: Floats) -> Floats:
    """Return one column for each crash type; crashes of unknown type are of no kind."""
    types = data.crashes["crash_type"].astype(object).to_numpy()
    kinds = sorted({kind for kind in types if isinstance(kind, str) and kind != "unknown"})
    return np.column_stack([(types == kind) * counted for kind in kinds])


# ------------------------------------------------------------------------- words


def _reason(met: Sequence[Rule]) -> Message:
    limits = [_limit(name, rule) for rule in met for name in LIMITS if name in rule]
    condition = reduce(
        lambda one, other: Message("{one} and {other}", {"one": one, "other": other}), limits
    )
    return Message("Condition met: {condition}.", {"condition": condition})


def _limit(name: str, rule: Rule) -> Message:
    if name == "min_deaths":
        return Message("at least {n} people killed", {"n": rule[name]})
    if name == "min_score":
        return Message("at least {n} points", {"n": rule[name]})
    if rule.get("same_type"):
        return Message("at least {n} crashes of one type", {"n": rule[name]})
    if "severity" in rule:
        return Message(
            "at least {n} crashes of severity {severity}",
            {"n": rule[name], "severity": _severities(rule)},
        )
    return Message("at least {n} crashes", {"n": rule[name]})


def _severities(rule: Rule) -> Message:
    wanted = _words(rule["severity"])
    labels = [Message(one.label) for one in fields.codes("severity") if one.code in wanted]
    return reduce(
        lambda one, other: Message("{one} or {other}", {"one": one, "other": other}), labels
    )


def _words(codes: str) -> list[str]:
    return [code.strip() for code in codes.split(",")]


MEASURE = Measure(
    name="rule",
    title="Written rule",
    score=score,
    params=Params,
    target="rule",
    shortfalls=shortfalls,
)
