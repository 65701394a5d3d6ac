"""A site in words and as documents: its name, its fields, rows, the one JSON document, GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from crashkit import units
from crashkit.errors import Message
from crashkit.register.nouns import EVENTS, FOUND, NOMINATED, Sighting, SiteChange, SiteRecord, Spot
from crashkit.register.rules import NEXT, STATUSES

Say = Callable[[Message], str]

ORIGINS: dict[str, Message] = {
    FOUND: Message("Found by a screening"),
    NOMINATED: Message("Proposed by people"),
}

BY: dict[str, Message] = {
    "saved": Message("Saved from it"),
    "number": Message("By its number"),
    "posts": Message("By road and km posts"),
    "point": Message("By its point"),
    "crashes": Message("By its crashes"),
}
"""How a site was recognised in a screening."""

LABELS: dict[str, Message] = {
    "name": Message("Name"),
    "settlement": Message("Settlement"),
    "why": Message("Why it is in the register"),
    "status": Message("Status"),
    "lon": Message("Longitude"),
    "lat": Message("Latitude"),
    "road": Message("Road"),
    "from_m": Message("From km"),
    "to_m": Message("To km"),
    "radius_m": Message("Radius, m"),
    "dataset": Message("Data set"),
    "event": Message("Event"),
    "file": Message("Photo or document"),
}
"""The fields of a site that can be changed, and its events."""


def km(metres: int | None) -> Decimal | str:
    """Say a post as a number of kilometres, no longer than needed: 41.35; "" for none."""
    return "" if metres is None else units.post(metres / 1000, short=True)


def label(site: SiteRecord) -> Message:
    """Name a site: by a name of its own, else by road, km post and nearest settlement."""
    if site.name:
        return Message("{text}", {"text": site.name})
    return spot_label(site.spot, site.settlement)


def spot_label(spot: Spot, place: str) -> Message:
    """Name a spot by road, km post and nearest settlement, else by its point."""
    ends = {"road": spot.road, "start": km(spot.from_m), "end": km(spot.to_m), "place": place}
    if spot.has_posts and spot.from_m == spot.to_m:
        return Message("{road}, km {start}, {place}" if place else "{road}, km {start}", ends)
    if spot.has_posts:
        return Message(
            "{road}, km {start} to {end}, {place}" if place else "{road}, km {start} to {end}", ends
        )
    if spot.road or place:
        return Message("{text}", {"text": ", ".join(one for one in (spot.road, place) if one)})
    if not spot.has_point:
        return Message("A place without coordinates")
    point = {"lon": f"{spot.lon:.4f}", "lat": f"{spot.lat:.4f}"}
    return Message("Longitude {lon}, latitude {lat}", point)


def shown(field: str, value: Any) -> Message:
    """Say the value of a field of a site, a dash for none."""
    if field == "status" and value in STATUSES:
        return STATUSES[value]
    text = km(value) if field in ("from_m", "to_m") else "" if value is None else str(value)
    return Message("{text}", {"text": "–" if text == "" else text})


# ---------------------------------------------------------------- documents


COLUMNS: dict[str, Message] = {
    "number": Message("Number"),
    "name": Message("Name"),
    "status": Message("Status"),
    "status_reason": Message("Reason of the status"),
    "origin": Message("Where it comes from"),
    "why": Message("Why it is in the register"),
    "lon": Message("Longitude"),
    "lat": Message("Latitude"),
    "road": Message("Road"),
    "from_km": Message("From km"),
    "to_km": Message("To km"),
    "radius_m": Message("Radius, m"),
    "settlement": Message("Settlement"),
    "rank": Message("Last rank"),
    "listed": Message("Sites listed"),
    "crashes": Message("Crashes"),
    "killed": Message("Killed"),
    "preset": Message("Rule"),
    "data_version": Message("Data"),
    "saved": Message("Saved (UTC)"),
    "who": Message("Who"),
}
"""What rows say of a site, in order, with the heads of tables for people."""


def as_rows(sites: Sequence[SiteRecord], say: Say) -> list[dict[str, Any]]:
    """Return sites as plain rows; what is not known is None."""
    return [_row(one, say) for one in sites]


def _row(site: SiteRecord, say: Say) -> dict[str, Any]:
    spot, last = site.spot, site.last_seen
    return {
        "number": site.number,
        "name": say(label(site)),
        "status": site.status,
        "status_reason": site.status_reason or None,
        "origin": site.origin,
        "why": site.why or None,
        "lon": spot.lon,
        "lat": spot.lat,
        "road": spot.road or None,
        "from_km": None if spot.from_m is None else spot.from_m / 1000,
        "to_km": None if spot.to_m is None else spot.to_m / 1000,
        "radius_m": spot.radius_m,
        "settlement": site.settlement or None,
        "rank": None if last is None else last.rank,
        "listed": None if last is None else last.listed,
        "crashes": None if last is None else last.counts.get("crashes"),
        "killed": None if last is None else last.counts.get("killed"),
        "preset": None if last is None else last.preset,
        "data_version": None if last is None else last.data_version,
        "saved": site.at.isoformat(timespec="seconds"),
        "who": site.who or None,
    }


def as_document(site: SiteRecord, say: Say) -> dict[str, Any]:
    """Return everything about a site as one JSON document (docs/schema/site.json)."""
    return {
        **_row(site, say),
        "dataset": site.dataset,
        "version": site.version,
        "own_name": site.name or None,
        "next": list(NEXT[site.status]),
        "events": [
            {
                "number": one.n,
                "kind": one.kind,
                "label": say(EVENTS[one.kind]),
                "from": one.day.isoformat(),
                "to": None if one.until is None else one.until.isoformat(),
                "text": one.text,
                "who": one.who or None,
                "at": one.at.isoformat(timespec="seconds"),
                "withdrawn": one.withdrawn or None,
            }
            for one in site.events
        ],
        "files": [
            {
                "number": one.n,
                "name": one.name,
                "title": one.title or None,
                "media_type": one.media_type,
                "size": one.size,
                "sha256": one.sha256,
                "who": one.who or None,
                "at": one.at.isoformat(timespec="seconds"),
                "removed": one.removed or None,
            }
            for one in site.files
        ],
        "sightings": [_sighting(one) for one in site.sightings],
        "changes": [_change(one) for one in site.changes],
    }


def _sighting(one: Sighting) -> dict[str, Any]:
    score = one.score
    return {
        "screening": one.result_id,
        "at": one.at.isoformat(timespec="seconds"),
        "data_version": one.data_version,
        "preset": one.preset,
        "rank": one.rank,
        "listed": one.listed,
        "score": None if score is None or not math.isfinite(score) else round(score, 6),
        "counts": dict(one.counts),
        "road": one.spot.road or None,
        "from_km": None if one.spot.from_m is None else one.spot.from_m / 1000,
        "to_km": None if one.spot.to_m is None else one.spot.to_m / 1000,
        "lon": one.spot.lon,
        "lat": one.spot.lat,
        "by": one.by,
    }


def _change(one: SiteChange) -> dict[str, Any]:
    return {
        "change": one.change,
        "at": one.at.isoformat(timespec="seconds"),
        "who": one.who or None,
        "reason": one.reason or None,
        "field": one.field,
        "before": one.before,
        "after": one.after,
    }


def as_geojson(sites: Sequence[SiteRecord], say: Say) -> dict[str, Any]:
    """Return sites as GeoJSON points (WGS 84); a site without a point has no geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["number"],
                "geometry": _point(row),
                "properties": {**row, "status_label": say(STATUSES[row["status"]])},
            }
            for row in as_rows(sites, say)
        ],
    }


def _point(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["lon"] is None or row["lat"] is None:
        return None
    return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
