"""The nouns of the register, frozen: a site, where it is, what happened to it, who found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crashkit.errors import Message

FOUND, NOMINATED = "found", "nominated"
"""Where a site comes from: a screening found it, or people proposed it."""

EVENTS: dict[str, Message] = {
    "visit": Message("Site visit"),
    "study": Message("Study"),
    "works": Message("Works"),
    "note": Message("Note"),
}
"""What can happen at a site."""


@dataclass(frozen=True)
class Spot:
    """Where a site is: around a point (degrees), or on a road between two posts in metres, or both.

    `radius_m` is how far around the point crashes belong to it; None where nobody said.
    """

    lon: float | None = None
    lat: float | None = None
    road: str = ""
    from_m: int | None = None
    to_m: int | None = None
    radius_m: float | None = None

    @property
    def has_point(self) -> bool:
        """Say whether the point is known."""
        return self.lon is not None and self.lat is not None

    @property
    def has_posts(self) -> bool:
        """Say whether the road and its posts are known."""
        return bool(self.road) and self.from_m is not None and self.to_m is not None


@dataclass(frozen=True)
class SiteEvent:
    """Something dated that happened at a site: one day, or from a first to a last day.

    `until` is None for one day, and for works that still go on. `withdrawn` says why an event was
    taken out; it stays in the record.
    """

    n: int
    kind: str
    day: date
    until: date | None
    text: str
    at: datetime
    who: str
    withdrawn: str = ""


@dataclass(frozen=True)
class SiteFile:
    """A photo or a document of a site. `removed` says why its content was deleted, if it was."""

    n: int
    name: str
    title: str
    media_type: str
    size: int
    sha256: str
    at: datetime
    who: str
    removed: str = ""


@dataclass(frozen=True)
class Sighting:
    """A screening that found the site: which, on which data, at which rank of how many.

    `by` says how it was recognised: "saved" where the site was saved from it, else "posts",
    "point", "crashes" or "number". `crash_ids` are the crashes it had there.
    """

    result_id: int
    at: datetime
    data_version: str
    preset: str
    title: str
    rank: int
    listed: int
    score: float | None
    counts: Mapping[str, int]
    spot: Spot
    crash_ids: tuple[int, ...]
    by: str


@dataclass(frozen=True)
class SiteChange:
    """One field of a site as somebody changed it; what was changed together has one number."""

    change: int
    at: datetime
    who: str
    reason: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class SiteRecord:
    """A site of the register. Nothing of it is ever deleted: closed and rejected ones stay.

    `dataset` names the data set it was found or proposed in; `name` is one of its own, "" where it
    is called by road, km and `settlement`. `why` tells why it is here. `version` counts what was
    changed since it was saved. In lists `sightings` holds the newest only.
    """

    number: int
    dataset: str
    origin: str
    name: str
    settlement: str
    spot: Spot
    status: str
    why: str
    at: datetime
    who: str
    version: int = 0
    events: tuple[SiteEvent, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    changes: tuple[SiteChange, ...] = ()
    files: tuple[SiteFile, ...] = ()

    @property
    def last_seen(self) -> Sighting | None:
        """Return the newest screening that found it."""
        return self.sightings[-1] if self.sightings else None

    @property
    def status_reason(self) -> str:
        """Return why it has its status, where somebody said."""
        of_status = [one for one in self.changes if one.field == "status"]
        return of_status[-1].reason if of_status else ""

    def standing(self, kind: str) -> tuple[SiteEvent, ...]:
        """Return the events of a kind that were not withdrawn, the oldest first."""
        return tuple(one for one in self.events if one.kind == kind and not one.withdrawn)
