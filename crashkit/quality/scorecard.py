"""The scorecard of crash data: 21 checks, the grade, the rung, the breaks, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crashkit import breaks
from crashkit.errors import Message, counted
from crashkit.model import CrashData, Ledger
from crashkit.profiles import Profile
from crashkit.quality import (
    consistency,
    imports,
    ladder,
    people,
    places,
    presence,
    times,
    units,
)
from crashkit.quality.answers import Answer, Known, Measure
from crashkit.quality.check import FOR_WHAT, Check, checks, worst
from crashkit.quality.killed import Deaths, deaths
from crashkit.quality.ladder import Rung
from crashkit.quality.recapture import Linkage
from crashkit.quality.units import LEAST_ROWS, Unit

MEASURES: Mapping[str, Measure] = {
    "located": presence.located,
    "period": times.period,
    "severity": presence.severity,
    "core_fields": presence.core_fields,
    "in_region": places.in_region,
    "stacking": places.stacking,
    "precision": places.precision,
    "road_distance": places.road_distance,
    "valid_values": imports.valid_values,
    "consistency": consistency.consistency,
    "duplicates": imports.duplicates,
    "likely_duplicates": places.likely_duplicates,
    "heaping": times.heaping,
    "comparability": times.comparability,
    "injury_ratios": people.injury_ratios,
    "ascertainment": people.ascertainment,
    "who_deaths": people.who_deaths,
    "timeliness": times.timeliness,
    "uniformity": imports.uniformity,
    "integration": presence.integration,
    "documentation": imports.documentation,
}
"""How each check is measured."""


@dataclass(frozen=True)
class Judged:
    """A check with its value, limits and grade; "" is not graded, and `details` say why first."""

    check: Check
    grade: str
    value: float | None
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    rows: int
    details: tuple[Message, ...]

    @property
    def is_judged(self) -> bool:
        """Say whether there is a value to look at."""
        return self.value is not None


@dataclass(frozen=True)
class Scorecard:
    """How good crash data are, and for what.

    `grade` is the worst of the blocking checks that could be judged, "" when none could.
    `unit_field` names the field that tells the `units` apart.
    """

    data_version: str
    crashes: int
    grade: str
    judged: tuple[Judged, ...]
    rung: Rung
    deaths: Deaths
    breaks: tuple[Message, ...]
    unit_field: str
    units: tuple[Unit, ...]

    @property
    def verdict(self) -> Message:
        """Say what data of this grade are good for."""
        return FOR_WHAT[self.grade]

    @property
    def deciding(self) -> tuple[Judged, ...]:
        """The blocking checks that earned the grade."""
        return tuple(
            one
            for one in self.judged
            if one.check.blocking and one.grade and one.grade == self.grade
        )

    @property
    def open(self) -> tuple[Judged, ...]:
        """The blocking checks that could not be graded: the grade says nothing of them."""
        return tuple(one for one in self.judged if one.check.blocking and not one.grade)


def judge(
    data: CrashData,
    *,
    ledgers: Sequence[Ledger] = (),
    profile: Profile | None = None,
    linkage: Linkage | None = None,
    who_deaths: float | None = None,
    bands: Mapping[str, tuple[float, float]] | None = None,
    by: str | None = None,
    with_traffic: bool = False,
) -> Scorecard:
    """Judge crash data by every check that can be computed from what is given.

    `ledgers` are the accounts of the imports the data come from, `who_deaths` the deaths a year
    that the WHO estimates, `bands` what looks right of injury ratios, `by` the field of the units.
    `with_traffic`: a network of roads tells the traffic.
    Raises MethodError for a field that tells no units apart.
    """
    known = Known(ledgers, profile, linkage, who_deaths, bands or {})
    field = units.field_of(data, by)
    answers = [(check, MEASURES[check.id](data, known)) for check in checks().values()]
    judged = tuple(_judged(check, answer) for check, answer in answers)
    return Scorecard(
        data_version=data.dataset.fingerprint if data.dataset else "",
        crashes=len(data),
        grade=worst([one.grade for one in judged if one.check.blocking]),
        judged=judged,
        rung=ladder.rung(data, with_traffic=with_traffic),
        deaths=deaths(data),
        breaks=tuple(step.message for step in breaks.found(data)),
        unit_field=field,
        units=units.by_unit(data, field, answers),
    )


def _judged(check: Check, answer: Answer) -> Judged:
    grade, details = "", answer.details
    if answer.value is not None and answer.rows < LEAST_ROWS:
        few = counted(
            "Not graded: it rests on {n} row, and 30 are needed.",
            "Not graded: it rests on {n} rows, and 30 are needed.",
            answer.rows,
        )
        details = (few, *details)
    elif answer.value is not None:
        grade = worst([check.grade(answer.value), answer.best if check.limits else ""])
    low, high = answer.low, answer.high
    return Judged(
        check=check,
        grade=grade,
        value=answer.value,
        numerator=answer.numerator,
        denominator=answer.denominator,
        low=None if low is None or high is None else min(low, high),
        high=None if low is None or high is None else max(low, high),
        rows=answer.rows,
        details=details,
    )
