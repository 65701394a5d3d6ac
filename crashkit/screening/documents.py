"""A screening as rows, as the one JSON document, as GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from crashkit.errors import Message
from crashkit.model import Evidence, Finding, ScreeningResult
from crashkit.screening import wording

Say = Callable[[Message], str]


def as_rows(result: ScreeningResult, say: Say) -> list[dict[str, Any]]:
    """Return the sites as plain rows, worst first; numbers that are not known are None."""
    return [_row(finding, say) for finding in result.findings]


def _row(finding: Finding, say: Say) -> dict[str, Any]:
    site, score = finding.site, finding.score
    return {
        "rank": finding.rank,
        "id": site.id,
        "place": site.place,
        "lon": _plain(site.lon, 6),
        "lat": _plain(site.lat, 6),
        "road": site.road or None,
        "from_km": None if site.from_m is None else site.from_m / 1000,
        "to_km": None if site.to_m is None else site.to_m / 1000,
        "counts": dict(finding.counts),
        "score": _plain(score.value, 6),
        "expected": _plain(score.detail.get("expected"), 6),
        "low": _plain(score.detail.get("low"), 6),
        "high": _plain(score.detail.get("high"), 6),
        "p": None if "p" not in score.detail else float(f"{score.detail['p']:.6g}"),
        "rule": None if score.reason is None else say(score.reason),
        "part": finding.part or None,
        "evidence": _evidence(finding.evidence),
    }


def _evidence(found: Evidence) -> dict[str, Any]:
    """Return how sure one may be of a site; None for what is not known."""
    return {
        "expected": _plain(found.expected, 6),
        "estimate": _plain(found.estimate, 6),
        "low": _plain(found.low, 6),
        "high": _plain(found.high, 6),
        "worse": _plain(found.worse, 6),
        "p": _significant(found.p),
        "q": _significant(found.q),
        "peers": found.peers or None,
        "rank_low": found.rank_low,
        "rank_high": found.rank_high,
        "stability": _plain(found.stability, 6),
        "since": None if found.since is None else found.since.isoformat(),
    }


def _significant(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _plain(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def as_document(result: ScreeningResult, say: Say) -> dict[str, Any]:
    """Return the one JSON document that command, page and file share (docs/schema/screen.json)."""
    return {
        "preset": result.asked.preset,
        "place": _of_parts(result, "place"),
        "measure": _of_parts(result, "measure"),
        "data_version": result.data_version,
        "period": {
            "from": result.period.start.isoformat(),
            "to": result.period.end.isoformat(),
        },
        "support": [say(sentence) for sentence in result.support],
        "compared": result.compared,
        "target": result.target or None,
        "sure": wording.sure_sites(result),
        "repeats": [say(repeat) for repeat in result.repeats],
        "notes": [say(note) for note in result.notes],
        "sites": as_rows(result, say),
    }


def _of_parts(result: ScreeningResult, name: str) -> str:
    """Return the place or the measure; those of all parts, each once, with commas between."""
    return ",".join(dict.fromkeys(getattr(one, name) for one in result.asked.each))


def as_geojson(result: ScreeningResult, say: Say) -> dict[str, Any]:
    """Return the sites as GeoJSON points (WGS 84); a site without coordinates has no geometry.

    The rule, and what a reader must know of the list, stand beside the features.
    """
    return {
        "type": "FeatureCollection",
        "rule": say(Message(result.asked.title or result.asked.preset)),
        "notes": [say(one) for one in (*result.support, *result.notes)],
        "features": [
            {"type": "Feature", "id": row["id"], "geometry": _point(row), "properties": row}
            for row in as_rows(result, say)
        ],
    }


def _point(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["lon"] is None or row["lat"] is None:
        return None
    return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
