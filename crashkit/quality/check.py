"""The 21 checks as data: what each asks in words, how good is good, whether it blocks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from crashkit.errors import Message

GRADES = ("A", "B", "C", "D")
"""A: rank sites and appraise treatments. B: rank with care. C: trends by area. D: do not rank."""

FOR_WHAT = {
    "A": Message("Good enough to rank sites and to appraise treatments."),
    "B": Message("Sites can be ranked with care; look at the weak checks first."),
    "C": Message("Good for trends by area only; do not rank sites."),
    "D": Message("Do not rank sites with these data."),
    "": Message("Not enough could be judged to say what these data are good for."),
}
"""What data of a grade are good for."""

DIMENSIONS = {
    "completeness": Message("Completeness"),
    "accuracy": Message("Accuracy"),
    "uniformity": Message("Uniformity"),
    "timeliness": Message("Timeliness"),
    "integration": Message("Integration"),
    "accessibility": Message("Accessibility"),
}
"""Source: NHTSA DOT HS 811 441, the six attributes of traffic records."""

ADVICE = Message("Correct the value and send the row again.")
FRAMEWORK = Message(
    "the quality framework of CrashKit, in the six dimensions of traffic records of NHTSA "
    "DOT HS 811 441"
)
WITH = Message(
    "the quality framework of CrashKit, in the six dimensions of traffic records of NHTSA "
    "DOT HS 811 441; {more}"
)
"""Where the checks come from; `more` names the author and year of a method that one follows."""


@dataclass(frozen=True)
class Check:
    """One check. `limits` are the last values that earn A, B and C; none: flagged, not graded.

    `kind` says how its value is shown: percent (of 0 to 1), number, days or count. `better` is
    "high" or "low".
    """

    number: int
    id: str
    title: Message
    dimension: str
    kind: str
    better: str
    limits: tuple[float, ...]
    blocking: bool
    formula: Message
    meaning: Message
    advice: Message
    source: Message

    def grade(self, value: float) -> str:
        """Return A to D for a value, "" where the check is never graded."""
        if not self.limits:
            return ""
        for grade, limit in zip(GRADES, self.limits, strict=False):
            if value >= limit if self.better == "high" else value <= limit:
                return grade
        return GRADES[-1]


def worst(grades: list[str]) -> str:
    """Return the worst of some grades, "" for none."""
    return max((grade for grade in grades if grade), default="")


@cache
def checks() -> Mapping[str, Check]:
    """Return the checks by id, in the order of their numbers."""
    found = [_check(row) for row in _file()["checks"]]
    return {check.id: check for check in sorted(found, key=lambda check: check.number)}


def _check(row: Mapping[str, Any]) -> Check:
    words = {name: Message(row[name]) for name in ("title", "formula", "meaning", "advice")}
    source = Message(WITH.text, {"more": row["source"]}) if "source" in row else FRAMEWORK
    return Check(**{**row, **words, "source": source, "limits": tuple(row["limits"])})


@dataclass(frozen=True)
class Fault:
    """What a complaint of an import is a fault of (a check, or ""), and what the sender can do."""

    code: str
    check: str
    advice: Message


@cache
def faults() -> Mapping[str, Fault]:
    """Return the faults by the code of the complaint."""
    return {
        code: Fault(code, row["check"], Message(row["advice"]))
        for row in _file()["faults"]
        for code in row["codes"]
    }


@cache
def _file() -> dict[str, Any]:
    text = resources.files("crashkit.quality").joinpath("checks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
