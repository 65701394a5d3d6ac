"""Values of checks in words, for the page, the report and the command.

A value is rounded to the worse side: what is shown never looks better than its grade.
"""

from __future__ import annotations

import math

from crashkit.errors import Message
from crashkit.quality.check import Check
from crashkit.quality.scorecard import Judged

AT_LEAST = {
    "high": Message("A from {a}, B from {b}, C from {c}."),
    "low": Message("A up to {a}, B up to {b}, C up to {c}."),
}


def shown(check: Check, value: float | None) -> Message | None:
    """Return a value as people read it, None for none."""
    if value is None:
        return None
    if check.kind == "count":
        return Message("{n} of {of}", {"n": round(value), "of": round(check.limits[0])})
    if check.kind == "percent":
        return Message("{share} %", {"share": _worse(check, value * 100)})
    if check.kind == "days":
        return Message("{n} days", {"n": _worse(check, value)})
    return Message("{number}", {"number": _worse(check, value)})


def _worse(check: Check, value: float) -> float:
    """Round to a tenth, away from the better side; a hair's breadth of a float is nothing."""
    tenths = round(value * 10, 6)
    worse = math.floor(tenths) if check.better == "high" else math.ceil(tenths)
    return worse // 10 if worse % 10 == 0 else worse / 10


def interval(one: Judged) -> Message | None:
    """Return the limits between which the true value lies in 19 of 20 cases, None for none."""
    low, high = shown(one.check, one.low), shown(one.check, one.high)
    if low is None or high is None:
        return None
    return Message("{low} to {high}", {"low": low, "high": high})


def scale(check: Check) -> Message:
    """Say which values earn which grade."""
    if not check.limits:
        return Message("Flagged only, never graded.")
    values = {grade: shown(check, limit) for grade, limit in zip("abc", check.limits, strict=True)}
    return Message(AT_LEAST[check.better].text, values)
