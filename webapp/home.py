"""The first page: the data sets, their figures and what to do next; and where all comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, jobs, jobs_pages, sample, visits

area = Blueprint("home", __name__)


@dataclass(frozen=True)
class Shown:
    """A data set on the first page, with its last import and what was made of it."""

    info: api.DatasetInfo
    last: api.ImportRecord | None
    screenings: int
    reports: int

    @property
    def located_share(self) -> float:
        """Share of the crashes that can be drawn on a map, 0 to 1."""
        return self.info.located / self.info.crashes if self.info.crashes else 0.0


def _shown(info: api.DatasetInfo) -> Shown:
    store = current.store()
    kept = [one for one in store.imports(info.name) if one.status != "undone"]
    return Shown(
        info,
        kept[-1] if kept else None,
        len(store.results(info.name)),
        len(store.documents(info.name)),
    )


MOST_LISTED = 10
"""So many lines has each part of the first page."""


@dataclass(frozen=True)
class Line:
    """Something to look at: of which data set, what, and where more of it stands."""

    dataset: str
    text: api.Message
    address: str


@dataclass(frozen=True)
class Today:
    """What the first page tells of the time since the last visit.

    `fatal` counts the new fatal crashes, `newest` are the newest of them with their data set.
    `unwatched` are data sets whose alarms were not worked out since their last import.
    """

    visit: visits.Visit
    changes: list[Line]
    fatal: int
    newest: list[tuple[str, api.NewFatal]]
    alarms: list[Line]
    unwatched: list[str]
    jobs: list[jobs.Job]
    sites: list[Line]
    shortcuts: list[tuple[api.Message, str, str]]


def _here(dataset: str, *parts: str | int) -> str:
    return "/".join((f"/d/{quote(dataset, safe='')}", *(str(part) for part in parts)))


def _today(infos: Sequence[api.DatasetInfo], visit: visits.Visit) -> Today:
    store, today = current.store(), date.today()
    changes, alarms, sites = list[Line](), list[Line](), list[Line]()
    newest, fatal, unwatched = list[tuple[str, api.NewFatal]](), 0, list[str]()
    for info in infos:
        news = api.news(store, info.name, visit.since)
        changes += _changes(info.name, news)
        watched = api.watched(store, info.name)
        if watched is None or (news.imports and watched.version != info.version):
            unwatched += [info.name] if info.crashes else []
        if watched is not None:
            alarms += [
                Line(info.name, one.message, _here(info.name, "quality")) for one in watched.alarms
            ]
            came = {one.id for one in news.imports if not one.undone}
            n, crashes = api.new_fatal(watched, came)
            fatal += n
            newest += [(info.name, one) for one in crashes]
        sites += [
            Line(info.name, _site(one), _here(info.name, "register", one.site.number))
            for one in api.site_news(store, info.name, today)
        ]
    return Today(
        visit=visit,
        changes=changes,
        fatal=fatal,
        newest=sorted(newest, key=lambda one: one[1].day, reverse=True)[:MOST_LISTED],
        alarms=alarms[:MOST_LISTED],
        unwatched=unwatched,
        jobs=[one for one in current.board().recent(50) if not one.is_finished][:MOST_LISTED],
        sites=sites[:MOST_LISTED],
        shortcuts=_shortcuts(infos),
    )


def _site(news: api.SiteNews) -> api.Message:
    return api.Message("{site}: {why}", {"site": api.site_label(news.site), "why": news.why})


def _changes(dataset: str, news: api.News) -> Iterator[Line]:
    """Yield what happened to a data set, each with the page that tells more."""
    for one in news.imports[-MOST_LISTED:][::-1]:
        text = (
            api.Message("An import was taken back.")
            if one.undone
            else api.counted("One crash was imported.", "{n} crashes were imported.", one.crashes)
        )
        yield Line(dataset, text, _here(dataset, "imports", one.id))
    for name, said, page in COUNTED:
        n = getattr(news, name)
        if n:
            yield Line(
                dataset, api.counted(said.text, said.plural or said.text, n), _here(dataset, page)
            )


COUNTED = (
    ("edits", api.counted("One change by hand", "{n} changes by hand", 0), "changes"),
    (
        "screenings",
        api.counted("One search for blackspots", "{n} searches for blackspots", 0),
        "blackspots",
    ),
    (
        "comparisons",
        api.counted("One comparison of lists", "{n} comparisons of lists", 0),
        "blackspots/compare",
    ),
    ("reports", api.counted("One report", "{n} reports", 0), "reports"),
    (
        "sites",
        api.counted("One new site in the register", "{n} new sites in the register", 0),
        "register",
    ),
    (
        "site_changes",
        api.counted("One event or change of a site", "{n} events and changes of sites", 0),
        "register",
    ),
)
"""What is counted of the news of a data set, how that is said, and which page tells more."""


def _shortcuts(infos: Sequence[api.DatasetInfo]) -> list[tuple[api.Message, str, str]]:
    """Return three pages: those this browser looked at last, else what most people do next."""
    known = {info.name for info in infos if info.crashes}
    found = [
        (seen.label, seen.dataset, seen.address) for seen in visits.trail() if seen.dataset in known
    ]
    newest = max(
        (info for info in infos if info.name in known),
        key=lambda info: info.changed.timestamp() if info.changed else 0.0,
        default=None,
    )
    usual: list[tuple[api.Message, str, str]] = []
    if newest is not None:
        usual = [
            (api.Message("Map"), newest.name, _here(newest.name, "map")),
            (api.Message("Blackspots"), newest.name, _here(newest.name, "blackspots")),
        ]
    usual.append((api.Message("Import"), "", "/import"))
    there = {address for _, _, address in found}
    return [*found, *(one for one in usual if one[2] not in there)][:3]


@area.get("/")
def page() -> str:
    """Show what is new since the last visit and the data sets, or how to get a first one."""
    infos = current.store().datasets()
    shown = [_shown(info) for info in infos]
    has_sample = any(one.info.name == sample.NAME for one in shown)
    return render_template(
        "home/page.html",
        shown=shown,
        has_sample=has_sample,
        today=_today(infos, visits.here()) if shown else None,
        job_title=jobs_pages.title_of,
        asked_first=_asked_first(infos),
        day=lambda day: i18n.speaker_of_request().date(date.fromisoformat(day)),
    )


def _asked_first(infos: Sequence[api.DatasetInfo]) -> str:
    """Return the data set that the box asks: the one looked at last, else the first."""
    known = [info.name for info in infos if info.crashes]
    seen = [one.dataset for one in visits.trail() if one.dataset in known]
    return next(iter([*seen, *known]), "")


@area.post("/watch")
def watch() -> AnyResponse:
    """Work out the alarms of all data sets as a job; a second click looks at the first one's."""
    for job in current.board().recent(20):
        if job.name == WATCH and not job.is_finished:
            return redirect(f"/jobs/{job.id}", 303)
    return redirect(f"/jobs/{current.board().start(WATCH, {})}", 303)


WATCH = "watch"


@jobs.work(WATCH)
def watch_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Look at each data set for alarms and new fatal crashes."""
    infos = [info for info in store.datasets() if info.crashes]
    for i, info in enumerate(infos):
        progress(i / len(infos), api.Message("Looking at {name}", {"name": info.name}))
        api.watch(store, info.name)
    return {"page": "/"}


@area.get("/index.json")
def page_json() -> Response:
    """Return the data sets as JSON, and what is new since the last visit of this browser."""
    infos = current.store().datasets()
    found = [_document(_shown(info)) for info in infos]
    return answers.document({"datasets": found, "today": _news(_today(infos, visits.peek()))})


def _news(today: Today) -> dict[str, Any]:
    say = i18n.speaker_of_request().say

    def lines(found: Sequence[Line]) -> list[dict[str, str]]:
        return [
            {"dataset": one.dataset, "text": say(one.text), "address": one.address} for one in found
        ]

    return {
        "since": today.visit.since.isoformat(timespec="seconds"),
        "first_visit": today.visit.is_first,
        "changes": lines(today.changes),
        "fatal_crashes": today.fatal,
        "newest_fatal_crashes": [
            {"dataset": dataset, **vars(one), "address": _here(dataset, "crashes", one.id)}
            for dataset, one in today.newest
        ],
        "alarms": lines(today.alarms),
        "not_looked_at": today.unwatched,
        "open_jobs": [
            {"id": one.id, "name": one.name, "progress": one.progress} for one in today.jobs
        ],
        "sites": lines(today.sites),
        "shortcuts": [
            {"label": say(label), "dataset": dataset, "address": address}
            for label, dataset, address in today.shortcuts
        ],
    }


@area.get("/index.csv")
def page_csv() -> Response:
    """Return the data sets as CSV."""
    say = i18n.speaker_of_request().say
    heads = [
        *(say("Data set"), say("Title"), say("Version"), say("From"), say("To")),
        *(say("Crashes"), say("Vehicles"), say("People"), say("Located crashes")),
    ]
    rows = [
        [
            *(one.name, say(one.title), one.version, one.period.start, one.period.end),
            *(one.crashes, one.vehicles, one.people, one.located),
        ]
        for one in current.store().datasets()
    ]
    return answers.table(api.export_rows(heads, rows), "datasets", "csv")


def _document(one: Shown) -> dict[str, Any]:
    info = one.info
    return {
        **info.document(),
        "title": i18n.speaker_of_request().say(info.title),
        "last_import": one.last.at.isoformat() if one.last else None,
        "screenings": one.screenings,
        "reports": one.reports,
    }


@area.post("/sample")
def open_sample() -> AnyResponse:
    """Bring in the sample country as a job; a second click looks at the first one's job."""
    for job in current.board().recent(20):
        if job.name == sample.WORK and not job.is_finished:
            return redirect(f"/jobs/{job.id}", 303)
    number = current.board().start(sample.WORK, {"dataset": sample.NAME})
    return redirect(f"/jobs/{number}", 303)


# ------------------------------------------------------------------- about


@area.get("/about")
def about() -> str:
    """Show version, licences and sources."""
    return render_template("home/about.html", libraries=_parts("vendor/VENDOR.toml", "library"))


@lru_cache(maxsize=4)
def _parts(file: str, kind: str) -> tuple[dict[str, Any], ...]:
    path = Path(str(resources.files("webapp"))) / "static" / file
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))[kind])
