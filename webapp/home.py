"""The first page: the data sets, their figures and what to do next; and where all comes from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, sample

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


@area.get("/")
def page() -> str:
    """Show the data sets, or how to get a first one."""
    shown = [_shown(info) for info in current.store().datasets()]
    has_sample = any(one.info.name == sample.NAME for one in shown)
    return render_template("home/page.html", shown=shown, has_sample=has_sample)


@area.get("/index.json")
def page_json() -> Response:
    """Return the data sets as JSON."""
    found = [_document(_shown(info)) for info in current.store().datasets()]
    return answers.document({"datasets": found})


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
