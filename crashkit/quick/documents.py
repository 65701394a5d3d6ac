"""A quick answer for programs; docs/schema/answer.json."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from crashkit.errors import Message
from crashkit.model import CrashData, Summary
from crashkit.quick import places
from crashkit.quick.counting import Compared, QuickAnswer, YearCount
from crashkit.quick.places import Found, Place

Say = Callable[[Message], str]
PEOPLE = ("killed", "serious", "slight", "injured")


def as_document(
    found: Found, answer: QuickAnswer | None, data: CrashData, say: Say
) -> dict[str, Any]:
    """Return what was asked, what was understood, and the answer; null where there is none."""
    info = data.dataset
    return {
        "asked": found.words,
        "data_version": info.fingerprint if info else "",
        "notes": [say(one) for one in found.notes],
        "choices": [_place(one, data, say) for one in found.places if found.place is None],
        "near": [_place(one, data, say) for one in found.near],
        "answer": None if answer is None else _answer(answer, say),
    }


def _place(place: Place, data: CrashData, say: Say) -> dict[str, Any]:
    return {**_about(place, say), "crashes": places.count(data, place)}


def _about(place: Place, say: Say) -> dict[str, Any]:
    return {
        "kind": place.kind,
        "label": say(place.label),
        "ask": place.words,
        "filter": place.chosen.words,
        "width_m": place.width_m,
    }


def _answer(found: QuickAnswer, say: Say) -> dict[str, Any]:
    rate, low, high = (round(one, 4) for one in found.a_year)
    return {
        "place": _about(found.place, say),
        "filter": found.chosen.words,
        "sentence": say(found.sentence),
        "from": found.data.period.start.isoformat(),
        "to": found.data.period.end.isoformat(),
        **_counts(found.summary),
        "by_severity": dict(found.summary.by_severity),
        "years": [_year(one) for one in found.years],
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "a_year": {"crashes": rate, "low": low, "high": high},
        "by_type": _by_type(found),
        "by_hour": [{"from": first, "to": last, "crashes": n} for first, last, n in found.times],
        "unknown_hour": found.no_time,
        "compared": None if found.compared is None else _compared(found.compared),
        "doubts": [say(one) for one in found.doubts],
    }


def _counts(summary: Summary) -> dict[str, Any]:
    return {"crashes": summary.crashes, **{name: getattr(summary, name) for name in PEOPLE}}


def _year(one: YearCount) -> dict[str, Any]:
    return {
        "year": one.year,
        "whole": one.is_whole,
        **_counts(one.summary),
        "by_severity": dict(one.summary.by_severity),
    }


def _by_type(found: QuickAnswer) -> Mapping[str, int]:
    rows = zip(found.types.rows, found.types.cells, strict=True)
    return {key or "unknown": sum(cells) for key, cells in rows if sum(cells)}


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "road": one.road,
        "road_km": round(one.road_km, 3),
        "place_km": round(one.place_km, 3),
        "elsewhere": one.elsewhere,
        "expected": round(one.expected, 3),
        "ratio": round(one.ratio, 3),
        "low": round(one.low, 3),
        "high": round(one.high, 3) if math.isfinite(one.high) else None,
    }
