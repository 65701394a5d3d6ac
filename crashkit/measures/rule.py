"""Whether a place meets a written rule, such as the definition of a blackspot in a law.

A rule has conditions; any of them, or all, must be met. A condition holds when every limit in it is
reached. Limits of a condition:

    min_crashes    at least so many crashes
    same_type      true: the crashes counted are those of the most frequent crash type
    min_deaths     at least so many people killed
    min_score      at least so many points: `weights` for each `unit`, people or
                   crashes; `vru_factor` multiplies pedestrians, cyclists and
                   moped riders
    min_per_km_year  at least so many crashes by km of road and year, of the years counted
    worst_share    among so large a share of all places with the most crashes by km
                   and year: 0.1 is the worst tenth
    min_relative   at least so many times the crashes that the traffic lets expect
                   (Rk of Austria); where the AADT of a place is not known, this limit
                   stays open, and the finding says so
    deaths_each    only crashes with so many people killed, or more, are counted
    severity       only crashes of these severities are counted: "fatal,serious"
    last_years     only crashes of the last years of the period are counted
    each_year      true: the limits must be reached in each year of the period; where the data
                   have fewer years than that, they are not. The rule must look at a number of
                   whole calendar years
    setting        the condition is for "urban" or "rural" places only

With `stability` the conditions are asked of three periods, one after the other, and a place is
listed by the history of its answers. The periods are those of the rule, so no condition has years
of its own there.

Sites are ranked by how many times over the limit they are: 1 is just at it.

Source: reference methods, sections 1.1 and 1.2; stability: ODM 218.4.004-2009, table 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import casualties, fields, rules, stats
from crashkit.errors import Message, MethodError, counted
from crashkit.method import Measure, exact, flag, mapping, number, rows, several, word
from crashkit.model import CrashData, Period, Score, Site, Stretch
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

Floats = NDArray[np.float64]
Rule = Mapping[str, Any]

PER_KM = ("min_per_km_year", "worst_share")
RELATIVE = "min_relative"
LIMITS = ("min_crashes", "min_deaths", "min_score", *PER_KM, RELATIVE)
CLASSES = {
    "stable": Message("Stable: found in all of three periods, or in the last two of them."),
    "migrating": Message("Migrating: found in the first and the last of three periods only."),
}
PERIODS = 3
"""So many periods a history of stability has."""
WEIGHED = {
    "people": ("killed", "serious", "slight", "unclassified", "pdo"),
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
    min_per_km_year: float = number(
        0, label="Crashes by km and year, at least", low=0.0001, high=1000
    )
    worst_share: float = number(
        0, label="Among so large a share of all, by km and year", low=0.001, high=0.999
    )
    min_relative: float = number(
        0, label="Times the crashes that the traffic lets expect, at least", low=0.01, high=100
    )
    deaths_each: float = number(
        0, label="Only crashes with so many people killed", low=1, high=1000
    )
    severity: str = several(label="Only crashes of these severities", choices=WEIGHED["crashes"])
    last_years: float = number(0, label="Only crashes of the last years", low=1, high=50)
    each_year: bool = flag(label="In each year of the period")
    setting: str = word("", label="Only places", choices=["urban", "rural"])

    def __post_init__(self) -> None:
        """Raise MethodError for one without a limit, part of a year, or points nothing earns."""
        _check_whole(self.last_years)
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
    stability: str = word(
        "no", label="Asked of three periods, one after the other", choices=["yes", "no"]
    )

    def __post_init__(self) -> None:
        if not self.rules:
            raise MethodError("A rule needs at least one condition.")
        _check_whole(self.period_years)
        self._check_years_of_conditions()
        if self.stability == "yes" and (self.period_years < PERIODS or self.period_years % PERIODS):
            raise MethodError(
                "Stability is asked of three periods of whole years, so the rule must look at 3, "
                "6 or 9 years, not at {years}.",
                years=f"{self.period_years:g}",
            )

    def _check_years_of_conditions(self) -> None:
        each = any(rule.get("each_year") for rule in self.rules)
        if self.stability == "yes" and (each or any("last_years" in rule for rule in self.rules)):
            raise MethodError(
                "A rule that is asked of three periods can have no condition for each year or for "
                "the last years."
            )
        if each and not (self.period_years and self.calendar_years == "yes"):
            raise MethodError(
                "A condition for each year needs a rule that looks at a number of whole calendar "
                "years."
            )


def _check_whole(years: float) -> None:
    if years % 1:
        raise MethodError("A rule counts whole years, not {years}.", years=f"{years:g}")


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return how many times over the limit each site is, and which condition it meets.

    Raises MethodError when the data, or the places, lack what every condition needs.
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
    _check_lengths(judged, places)
    if params.stability == "yes":
        return _history(judged, places, data, params, reference)
    ratios = _all_ratios(judged, places, data, params, reference)
    values = np.round(_combined(ratios, params), 9)
    which = ratios.argmax(axis=1)
    every = params.combine == "all"
    return Scores(
        values,
        values >= 1,
        {"crashes": places.counts.astype(float)},
        lambda i: _reason(judged if every else [judged[which[i]]], places.numbers("aadt")[i]),
    )


def _all_ratios(
    judged: Sequence[Rule],
    places: Sites,
    data: CrashData,
    params: Params,
    reference: Reference | None,
    *,
    window: Stretch | None = None,
) -> Floats:
    """Return a column for each condition: how many times over its limits each place is."""
    found = np.column_stack(
        [
            np.zeros(len(places))
            if _lacks_years(rule, data, params)
            else _ratios(rule, places, data, reference, window)
            for rule in judged
        ]
    )
    # Where no limit of a condition can be judged, it is none by which a place is listed.
    return np.where(np.isinf(found), 0.0, found) if params.combine == "any" else found


def _combined(ratios: Floats, params: Params) -> Floats:
    values = ratios.max(axis=1) if params.combine == "any" else ratios.min(axis=1)
    return np.where(np.isinf(values), 0.0, values)


def _history(
    judged: Sequence[Rule],
    places: Sites,
    data: CrashData,
    params: Params,
    reference: Reference | None,
) -> Scores:
    """Judge places by whether they meet the rule in the earliest, the next and the latest period.

    The value is that of the weaker of the two periods that make the class.
    """
    years = int(params.period_years) // PERIODS
    first, between, last = (
        np.round(
            _combined(_all_ratios(judged, places, data, params, reference, window=window), params),
            9,
        )
        for window in (_back(data.period.end, years, back) for back in (2, 1, 0))
    )
    values = np.maximum(np.minimum(between, last), np.minimum(first, last))
    found = np.column_stack([first, between, last]) >= 1
    classes = [rules.stability(history) for history in found.tolist()]
    return Scores(
        values,
        np.array([one is not None for one in classes], dtype=bool),
        {"crashes": places.counts.astype(float)},
        lambda i: CLASSES.get(classes[i] or ""),
    )


def _back(end: date, years: int, back: int) -> Stretch:
    """Return the days of a period of so many years, so many periods before the last."""
    after = pd.Timestamp(end) + pd.DateOffset(days=1) - pd.DateOffset(years=years * back)
    return (after - pd.DateOffset(years=years)).date(), (after - pd.DateOffset(days=1)).date()


def shortfalls(sites: Sequence[Site], data: CrashData, params: Params) -> list[Message]:
    """Say of each site, of the condition it comes closest to, what is asked and what is found.

    Where all conditions must be met, it is the one that the site is farthest from. A condition that
    compares places with one another tells nothing of one alone.
    """
    alone = [one for one in params.rules if not _missing(one, data) and "worst_share" not in one]
    if params.stability == "yes":
        return [Message("The rule is not met in enough of its three periods.")] * len(sites)
    if not alone:
        return [Message("Other places are worse.")] * len(sites)
    places = Sites.of(sites)
    over = _all_ratios(alone, places, data, params, None)
    closest = over.argmax(axis=1) if params.combine == "any" else over.argmin(axis=1)
    found = [_least(rule, places, data) for rule in alone]
    return [
        _without_years(alone[which], data, params)
        or _short(
            alone[which], {name: float(amounts[i]) for name, amounts in found[which].items()}, data
        )
        for i, which in enumerate(closest.tolist())
    ]


def _without_years(rule: Rule, data: CrashData, params: Params) -> Message | None:
    """Say that a condition for each year cannot be met, where the data lack some of its years."""
    if not _lacks_years(rule, data, params):
        return None
    return Message(
        "A condition of the rule cannot be met: it asks each of {years} years, and the data have "
        "{n}.",
        {"years": _asked_years(rule, params), "n": len(_each_year(rule, data))},
    )


def _short(rule: Rule, found: Mapping[str, float], data: CrashData) -> Message:
    limit = min(found, key=lambda name: found[name] / float(rule[name]))
    said = {"asked": _limit(limit, rule), "found": exact(float(f"{found[limit]:.4g}"))}
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
    lacking = (_without_years(rule, data, params) for rule in params.rules)
    yield from {str(one): one for one in lacking if one}.values()
    wants_people = any(
        {"min_deaths", "min_score", "deaths_each"} & set(rule) for rule in params.rules
    )
    if wants_people and not stats.counts_people(data):
        yield Message(
            "These data do not say how many people were hurt: each crash counts as one person "
            "with its worst injury."
        )
    found = [note for rule in params.rules for note in _untold(rule, data)]
    yield from {str(one): one for one in found}.values()


def _untold(rule: Rule, data: CrashData) -> Iterator[Message]:
    """Say how many crashes do not tell the deaths or what has points in a condition."""
    if {"min_deaths", "deaths_each"} & set(rule) and stats.counts_people(data):
        yield from casualties.unweighed_notes(data, {"killed": 1.0}, "people")
    if "min_score" in rule:
        unit = str(rule.get("unit", "people"))
        yield from casualties.unweighed_notes(data, rule.get("weights", {}), unit)


def _check_lengths(judged: Sequence[Rule], places: Sites) -> None:
    """Raise MethodError for a limit by km where no place has a length."""
    if any(set(PER_KM) & set(rule) for rule in judged) and not (places.length_m > 0).any():
        raise MethodError(
            "The rule counts crashes by km of road, and these places have no length. Cut places "
            "along roads, in sections or segments."
        )


def _missing(rule: Rule, data: CrashData) -> str:
    """Return the name of the field that a condition needs and the data do not have, or ""."""
    if rule.get("same_type") and not _known(data, "crash_type"):
        return "crash_type"
    if "severity" in rule and not _known(data, "severity"):
        return "severity"
    of_people = bool({"min_deaths", "min_score", "deaths_each"} & set(rule))
    if of_people and not stats.counts_people(data) and not _known(data, "severity"):
        return "severity"
    return ""


def _known(data: CrashData, name: str) -> bool:
    return data.has(name) and bool((data.crashes[name].dropna() != "unknown").any())


def _label(name: str) -> Message:
    return Message(fields.get("crash", name).label)


# -------------------------------------------------------------------- conditions


def _ratios(
    rule: Rule,
    sites: Sites,
    data: CrashData,
    reference: Reference | None,
    window: Stretch | None,
) -> Floats:
    """Return how many times over its limits a condition is at each site: the weakest counts.

    `window` holds the days that count; all days where it is None.
    """
    over = [
        np.nan_to_num(amount / float(rule[name]), nan=np.inf)
        for name, amount in _least(rule, sites, data, window).items()
    ]
    if "worst_share" in rule:
        over += [_by_share(rule, sites, data, reference, one) for one in _days(rule, data, window)]
    return np.where(_applies(rule, sites), np.min(np.column_stack(over), axis=1), 0.0)


def _least(
    rule: Rule, sites: Sites, data: CrashData, window: Stretch | None = None
) -> dict[str, Floats]:
    """Return what is found at each site for each limit: in the least year, where each must do."""
    each = [_amounts(rule, sites, data, days) for days in _days(rule, data, window)]
    return {name: np.min([one[name] for one in each], axis=0) for name in each[0]}


def _lacks_years(rule: Rule, data: CrashData, params: Params) -> bool:
    """Say whether a condition asks each year, and the data do not have all of them."""
    wanted = _asked_years(rule, params) if rule.get("each_year") else 0
    return len(_each_year(rule, data)) < wanted


def _asked_years(rule: Rule, params: Params) -> int:
    years = int(params.period_years)
    return min(years, int(rule.get("last_years", years)))


def _each_year(rule: Rule, data: CrashData) -> list[int]:
    """Return the calendar years of the data that a condition looks at."""
    first = _since(rule, data.period.end).year if "last_years" in rule else data.period.start.year
    return [year for year in data.period.calendar_years if year >= first]


def _days(rule: Rule, data: CrashData, window: Stretch | None) -> list[Stretch | None]:
    """Return the stretches of days in each of which a condition must hold; None is all days."""
    if rule.get("each_year"):
        return [(date(year, 1, 1), date(year, 12, 31)) for year in _each_year(rule, data)]
    if "last_years" in rule:
        return [(_since(rule, data.period.end).date(), data.period.end)]
    return [window]


def _amounts(rule: Rule, sites: Sites, data: CrashData, days: Stretch | None) -> dict[str, Floats]:
    """Return what is found at each site for each limit of a condition, NaN where it is open."""
    found: dict[str, Floats] = {}
    counted = _counted(rule, data, days)
    if "min_crashes" in rule:
        columns = _by_type(data, counted) if rule.get("same_type") else counted[:, None]
        found["min_crashes"] = sites.sums(data, columns).max(axis=1)
    if "min_deaths" in rule:
        found["min_deaths"] = sites.sums(data, casualties.deaths(data) * counted)
    if "min_score" in rule:
        points = counted * stats.severity_points(
            data,
            rule.get("weights", {}),
            unit=rule.get("unit", "people"),
            vru_factor=float(rule.get("vru_factor", 1.0)),
        )
        found["min_score"] = sites.sums(data, points)
    if "min_per_km_year" in rule:
        found["min_per_km_year"] = _per_km_year(sites, data, counted, days)
    if "min_relative" in rule:
        # Where traffic is not known the limit stays open: the others decide, and it is told.
        found["min_relative"] = rules.relative_number(
            sites.sums(data, counted), sites.numbers("aadt")
        )
    return found


def _by_share(
    rule: Rule,
    sites: Sites,
    data: CrashData,
    reference: Reference | None,
    days: Stretch | None,
) -> Floats:
    """Return how far the crashes by km and year of each site reach those of the worst share."""
    counted = _counted(rule, data, days)
    rate = _per_km_year(sites, data, counted, days)
    # All places of the ground, those without crashes too: else a tenth of few would be listed.
    ground = None if reference is None else reference.partition
    usual = _per_km_year(sites if ground is None else ground, data, counted, days)
    limit = float(np.quantile(usual, 1 - float(rule["worst_share"]), method="higher"))
    return np.asarray(rate / limit if limit > 0 else np.zeros(len(rate)))


def _per_km_year(sites: Sites, data: CrashData, counted: Floats, days: Stretch | None) -> Floats:
    exposure = sites.length_m / 1000 * _years_watched(sites, data.period, days)
    n = sites.sums(data, counted)
    return np.asarray(np.divide(n, exposure, out=np.zeros(len(sites)), where=exposure > 0))


def _years_watched(sites: Sites, period: Period, days: Stretch | None) -> Floats:
    """Return how many years of these days count at each site; all days of the period where None.

    A site that was treated is watched from then to the end of the period.
    """
    watched = period.years * sites.watched
    if days is None:
        return watched
    start, end = days
    later = period.cut(end + timedelta(days=1), None).years if end < period.end else 0.0
    return np.clip(watched - later, 0.0, period.cut(start, end).years)


def _applies(rule: Rule, sites: Sites) -> NDArray[np.bool_]:
    if "setting" not in rule:
        return np.ones(len(sites), dtype=bool)
    # The last word of a group is its setting: "urban", "roundabout urban".
    urban = np.array([group.split()[-1:] == ["urban"] for group in sites.words("group")])
    return urban if rule["setting"] == "urban" else ~urban


def _counted(rule: Rule, data: CrashData, days: Stretch | None) -> Floats:
    """Return 1 for each crash that the condition counts, 0 for the others."""
    counts = np.ones(len(data), dtype=bool)
    if "severity" in rule:
        wanted = _words(rule["severity"])
        counts &= data.crashes["severity"].isin(wanted).to_numpy(dtype=bool)
    if "deaths_each" in rule:
        counts &= casualties.deaths(data) >= float(rule["deaths_each"])
    if days is not None:
        dates = pd.to_datetime(data.crashes["crash_date"])
        start, end = map(pd.Timestamp, days)
        counts &= dates.between(start, end).to_numpy(dtype=bool)
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


def _reason(met: Sequence[Rule], aadt: float) -> Message:
    open_ = any(RELATIVE in rule for rule in met) and not aadt > 0
    asked = [name for name in LIMITS if not (open_ and name == RELATIVE)]
    conditions = [
        _condition([name for name in asked if name in rule], rule)
        for rule in met
        if any(name in rule for name in asked)
    ]
    condition = reduce(_and, conditions)
    if open_:
        return Message(
            "Condition met as far as it can be judged: {condition}. Whether they are too many for "
            "its traffic stays open: the AADT of this place is not known.",
            {"condition": condition},
        )
    return Message("Condition met: {condition}.", {"condition": condition})


TOLD = ("each_year", "same_type", "deaths_each", "severity")
"""What the sentence on the number of crashes tells them by: the first of these."""
SENTENCES = {
    "min_score": Message("at least {n} points"),
    "min_per_km_year": Message("at least {n} crashes by km and year"),
    "worst_share": Message("among the worst {n} % by crashes by km and year"),
    "min_relative": Message("at least {n} times the crashes that its traffic lets expect"),
}


def _condition(limits: Sequence[str], rule: Rule) -> Message:
    """Say these limits of a condition, and which crashes it counts."""
    said = reduce(_and, [_limit(name, rule) for name in limits])
    for clause in _clauses(rule, but=_told_by(rule) if "min_crashes" in limits else ""):
        said = Message("{one}, {other}", {"one": said, "other": clause})
    return said


def _and(one: Message, other: Message) -> Message:
    return Message("{one} and {other}", {"one": one, "other": other})


def _told_by(rule: Rule) -> str:
    """Return what the sentence on the number of crashes tells them by."""
    return next((name for name in TOLD if rule.get(name)), "")


def _clauses(rule: Rule, *, but: str) -> Iterator[Message]:
    if rule.get("same_type") and but != "same_type":
        yield Message("of one crash type")
    if "deaths_each" in rule and but != "deaths_each":
        yield Message("with {n} or more people killed in each", {"n": rule["deaths_each"]})
    if "severity" in rule and but != "severity":
        yield Message("of severity {severity}", {"severity": _severities(rule)})
    if "last_years" in rule:
        yield counted("in the last year", "in the last {n} years", int(rule["last_years"]))
    if rule.get("each_year") and but != "each_year":
        yield Message("in each year")


def _limit(name: str, rule: Rule) -> Message:
    n = rule[name]
    if name == "min_deaths":
        return counted("at least one person killed", "at least {n} people killed", n)
    if name != "min_crashes":
        told = exact(100 * n if name == "worst_share" else n)
        return Message(SENTENCES[name].text, {"n": told})
    return _crashes(n, rule)


def _crashes(n: float, rule: Rule) -> Message:
    """Say how many crashes are wanted, and by what they are told from others."""
    if rule.get("each_year"):
        return Message("at least {n} crashes in each year", {"n": n})
    if rule.get("same_type"):
        return Message("at least {n} crashes of one type", {"n": n})
    if "deaths_each" in rule:
        return Message(
            "at least {n} crashes with {killed} or more people killed",
            {"n": n, "killed": rule["deaths_each"]},
        )
    if "severity" in rule:
        return Message(
            "at least {n} crashes of severity {severity}",
            {"n": n, "severity": _severities(rule)},
        )
    return Message("at least {n} crashes", {"n": n})


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
