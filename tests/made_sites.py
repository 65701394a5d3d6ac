"""Sites of the register and findings for tests, each from the few facts a test is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crashkit.model import Site
from crashkit.register import Sighting, SiteRecord, Spot

WHEN = datetime(2024, 3, 1, tzinfo=UTC)
NAN = float("nan")


def record(number: int = 1, **facts: Any) -> SiteRecord:
    """Return a site; words of its place (lon, lat, road, from_m, to_m, radius_m) make its spot."""
    where = {name: facts.pop(name) for name in list(facts) if name in Spot.__dataclass_fields__}
    crash_ids = facts.pop("crash_ids", None)
    about = {
        **{"dataset": "mine", "origin": "found", "name": "", "settlement": "", "why": ""},
        **{"status": "candidate", "at": WHEN, "who": ""},
    }
    if crash_ids is not None:
        facts["sightings"] = (sighting(tuple(crash_ids), Spot(**where)),)
    return SiteRecord(number=number, spot=Spot(**where), **{**about, **facts})


def sighting(crash_ids: tuple[int, ...], spot: Spot, *, rank: int = 1) -> Sighting:
    """Return a screening that found a site with these crashes."""
    about = (1, WHEN, "mine v1", "count_1km", "Crashes per kilometre", rank, 9, 5.0)
    return Sighting(*about, {"crashes": len(crash_ids)}, spot, crash_ids, "saved")


def finding(
    low: int | None = None, high: int | None = None, road: str = "M39", **more: Any
) -> Site:
    """Return a section of a road as a screening finds it; `more` are other facts of a Site."""
    facts = {"lon": NAN, "lat": NAN, "crash_ids": (), "id": f"{road}:{low}-{high}", "place": ""}
    return Site(road=road, from_m=low, to_m=high, **{**facts, **more})
