"""When this browser was here last, and what it looked at: two cookies, for the first page.

There are no accounts, so a visit is one of a browser. Nothing of it is kept on this side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from flask import Flask, Response, g, request

from crashkit import api

VISIT, TRAIL = "crashkit_visit", "crashkit_trail"
YEAR_S = 365 * 24 * 3600
PAUSE = timedelta(hours=1)
"""Who comes back later than this comes for a new visit."""

AT_FIRST = timedelta(days=7)
"""What a browser that was never here is told of."""

MOST = 3
"""So many pages are remembered."""

LONGEST = 300
"""Signs of a cookie of ours; a longer one was made by somebody else."""

PAGES: Mapping[str, tuple[str, api.Message]] = {
    "map.page": ("map", api.Message("Map")),
    "records.listed": ("crashes", api.Message("Crashes")),
    "analysis.page": ("explore", api.Message("Explore")),
    "blackspots.page": ("blackspots", api.Message("Blackspots")),
    "register.listed": ("register", api.Message("Register")),
    "reports.page": ("reports", api.Message("Reports")),
    "quality.page": ("quality", api.Message("Quality")),
}
"""Routes that are remembered: the end of their address, and their label."""


@dataclass(frozen=True)
class Visit:
    """`since` is when the last visit ended; `is_first` says that there was none."""

    since: datetime
    is_first: bool


@dataclass(frozen=True)
class Seen:
    """A page of a data set that was looked at."""

    page: str
    dataset: str

    @property
    def label(self) -> api.Message:
        """What the page is called."""
        return next(label for page, label in PAGES.values() if page == self.page)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"/d/{quote(self.dataset, safe='')}/{self.page}"


def init(app: Flask) -> None:
    """Remember what people look at."""
    app.after_request(_remember)


def here(now: datetime | None = None) -> Visit:
    """Return what is known of the last visit, and begin or go on with this one."""
    now = now or datetime.now(UTC)
    since, last = _moments()
    if since is None or last is None:
        found = Visit(now - AT_FIRST, is_first=True)
    elif now - last > PAUSE:
        found = Visit(last, is_first=False)
    else:
        found = Visit(since, is_first=False)
    g.crashkit_visit = f"{_written(found.since)}.{_written(now)}"
    return found


def peek(now: datetime | None = None) -> Visit:
    """Return the last visit without beginning a new one, for programs."""
    found = here(now)
    g.pop("crashkit_visit")
    return found


def _written(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _moments() -> tuple[datetime | None, datetime | None]:
    """Read the cookie; whatever is no moment of the past is none."""
    first, _, second = request.cookies.get(VISIT, "")[:LONGEST].partition(".")
    return _moment(first), _moment(second)


def _moment(word: str) -> datetime | None:
    if not (word.isascii() and word.isdecimal() and len(word) <= 11):
        return None
    found = datetime.fromtimestamp(int(word), UTC)
    return found if found <= datetime.now(UTC) + PAUSE else None


def trail() -> list[Seen]:
    """Return the pages this browser looked at last, the newest first."""
    known = {page for page, _ in PAGES.values()}
    found = []
    for word in request.cookies.get(TRAIL, "")[: LONGEST * MOST].split("!"):
        page, _, dataset = word.partition(".")
        if page in known and dataset:
            found.append(Seen(page, unquote(dataset)))
    return found[:MOST]


def _remember(response: Response) -> Response:
    if "crashkit_visit" in g:
        _set(response, VISIT, g.crashkit_visit)
    dataset = (request.view_args or {}).get("dataset", "")
    page = PAGES.get(request.endpoint or "")
    if page and request.method == "GET" and response.status_code == 200 and len(dataset) <= 80:
        seen = trail()
        now = [Seen(page[0], dataset), *(one for one in seen if one != Seen(page[0], dataset))]
        if now[:MOST] != seen:
            words = (f"{one.page}.{quote(one.dataset, safe='')}" for one in now[:MOST])
            _set(response, TRAIL, "!".join(words))
    return response


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure
    )
