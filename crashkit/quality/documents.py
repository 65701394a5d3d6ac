"""A scorecard as the one JSON document that page, command and file share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crashkit import filters
from crashkit.errors import Message
from crashkit.quality.killed import Deaths
from crashkit.quality.scorecard import Judged, Scorecard
from crashkit.quality.units import Unit

Say = Callable[[Message], str]


def as_document(card: Scorecard, say: Say) -> dict[str, Any]:
    """Return a scorecard as in docs/schema/quality.json."""
    return {
        "data_version": card.data_version,
        "crashes": card.crashes,
        "grade": card.grade or None,
        "verdict": say(card.verdict),
        "decided_by": [one.check.id for one in card.deciding],
        "blocking_not_judged": [one.check.id for one in card.open],
        "checks": [_judged(one, say) for one in card.judged],
        "rung": {
            "id": card.rung.id,
            "title": say(card.rung.title),
            "summary": say(card.rung.summary),
            "note": say(card.rung.note),
            "missing": [say(one) for one in card.rung.missing],
        },
        "deaths": _deaths(card.deaths),
        "breaks": [say(one) for one in card.breaks],
        "unit_field": card.unit_field or None,
        "units": [_unit(one) for one in card.units],
    }


def _judged(one: Judged, say: Say) -> dict[str, Any]:
    check = one.check
    return {
        "number": check.number,
        "id": check.id,
        "title": say(check.title),
        "dimension": check.dimension,
        "blocking": check.blocking,
        "grade": one.grade or None,
        "value": one.value,
        "kind": check.kind,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "low": one.low,
        "high": one.high,
        "limits": list(check.limits),
        "better": check.better,
        "formula": say(check.formula),
        "meaning": say(check.meaning),
        "advice": say(check.advice),
        "details": [say(detail) for detail in one.details],
        "source": say(check.source),
    }


def _deaths(found: Deaths) -> dict[str, Any]:
    factor = found.factor
    return {
        "killed": found.killed,
        "definition": found.definition or filters.UNKNOWN,
        "killed_30d_est": found.killed_30d_est,
        "factor": factor.factor if factor else None,
        "factor_source": factor.source if factor else None,
        "factor_verified": factor.verified if factor else None,
        "years": [
            {
                "year": year.year,
                "crashes": year.crashes,
                "killed": year.killed,
                "killed_30d_est": found.estimate(year.killed),
                "crashes_per_death": year.per_death,
            }
            for year in found.years
        ],
    }


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "crashes": unit.crashes,
        "grade": unit.grade or None,
        "checks": {
            id_: {
                "value": mark.value,
                "low": mark.low,
                "high": mark.high,
                "rows": mark.rows,
                "grade": mark.grade or None,
            }
            for id_, mark in unit.marks.items()
        },
    }
