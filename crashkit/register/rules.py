"""What can become of a site, and what a place, an event and a change of status must be."""

from __future__ import annotations

import math
from datetime import date

from crashkit.errors import Message, Refused
from crashkit.register.nouns import EVENTS, SiteEvent, SiteRecord, Spot

STATUSES: dict[str, Message] = {
    "candidate": Message("Candidate"),
    "investigation": Message("Under investigation"),
    "programmed": Message("Programmed"),
    "treated": Message("Treated"),
    "monitored": Message("Monitored"),
    "closed": Message("Closed"),
    "rejected": Message("Rejected"),
}
"""The states of a site, in the order in which it goes through them."""

NEXT: dict[str, tuple[str, ...]] = {
    "candidate": ("investigation", "programmed", "treated", "rejected"),
    "investigation": ("programmed", "treated", "candidate", "rejected"),
    "programmed": ("treated", "investigation", "rejected"),
    "treated": ("monitored", "investigation"),
    "monitored": ("closed", "investigation", "programmed"),
    "closed": ("monitored", "investigation"),
    "rejected": ("candidate", "investigation"),
}
"""Which status can follow which."""

OPEN = ("candidate", "investigation", "programmed", "treated", "monitored")
"""States of sites that somebody still looks after."""

NEEDS_REASON = ("rejected",)
"""States that nobody gives without saying why; nor is a site taken up again without a word."""

OVER = ("closed", "rejected")

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
WIDEST_M, NARROWEST_M = 20_000, 10
FARTHEST_M = 20_000_000
"""Beyond this no road has a post: twenty thousand kilometres."""


def check_spot(spot: Spot) -> None:
    """Raise Refused for a place that is none, or that nobody could find."""
    if not spot.has_point and not spot.has_posts:
        raise Refused(
            "Say where the site is: longitude and latitude, or a road with a km post, or both."
        )
    if (spot.lon is None) != (spot.lat is None):
        raise Refused("A point needs both longitude and latitude.")
    if spot.has_point and not (_between(spot.lon, -180, 180) and _between(spot.lat, -90, 90)):
        raise Refused(
            "Longitude {lon}, latitude {lat} is no place on earth.", lon=spot.lon, lat=spot.lat
        )
    if spot.from_m is not None and spot.to_m is not None:
        _check_posts(spot.from_m, spot.to_m)
    if spot.radius_m is not None and not _between(spot.radius_m, NARROWEST_M, WIDEST_M):
        raise Refused(
            "The radius of a site lies between {low} and {high} m.", low=NARROWEST_M, high=WIDEST_M
        )


def _check_posts(from_m: int, to_m: int) -> None:
    if not 0 <= from_m <= to_m <= FARTHEST_M:
        raise Refused(
            "A site runs from a km post to the same or a later one; {start} to {end} does not.",
            start=f"{from_m / 1000:g}",
            end=f"{to_m / 1000:g}",
        )


def _between(value: float | None, low: float, high: float) -> bool:
    return value is not None and math.isfinite(value) and low <= value <= high


def check_event(kind: str, day: date, until: date | None) -> None:
    """Raise Refused for an event of no known kind, or whose days cannot be."""
    if kind not in EVENTS:
        raise Refused(
            "There is no event “{kind}”; there are: {kinds}", kind=kind, kinds=list(EVENTS)
        )
    if not FIRST_DAY <= day <= (until or day) <= LAST_DAY:
        raise Refused(
            "The last day of an event is not before its first, and both lie between {first} and "
            "{last}.",
            first=FIRST_DAY,
            last=LAST_DAY,
        )


def check_status(site: SiteRecord, status: str, reason: str, today: date) -> None:
    """Raise Refused for a status that makes no sense after the one the site has."""
    if status not in STATUSES:
        raise Refused(
            "There is no status “{status}”; there are: {known}", status=status, known=list(STATUSES)
        )
    if status == site.status:
        raise Refused(
            "Site {number} has the status “{status}” already.",
            number=str(site.number),
            status=STATUSES[status],
        )
    if status not in NEXT[site.status]:
        raise Refused(
            "A site that is “{before}” cannot become “{after}”; it can become: {next}",
            before=STATUSES[site.status],
            after=STATUSES[status],
            next=[STATUSES[one] for one in NEXT[site.status]],
        )
    if status in NEEDS_REASON and not reason.strip():
        raise Refused("Say why the site is rejected: the reason stays in the register.")
    if site.status in OVER and not reason.strip():
        raise Refused("Say why the site is taken up again: the reason stays in the register.")
    if status == "treated" and not any(_is_over(one, today) for one in site.standing("works")):
        raise Refused(
            "Tell the works first, with their first and last day: without them nobody can compare "
            "before and after."
        )


def _is_over(works: SiteEvent, today: date) -> bool:
    return works.until is not None and works.until <= today
