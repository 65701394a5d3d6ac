"""The pages of jobs: what runs and what ran, one job with its progress, stopping it.

What a finished job leads to stands in its result as `page`, an address of this dashboard:
`finish(lambda number: {"page": f"/d/{name}/blackspots/{number}"})`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, security, uploads
from webapp.jobs import Job

area = Blueprint("jobs", __name__)

TITLES: Mapping[str, api.Message] = {
    "preview": api.Message("Preview of an import"),
    "import": api.Message("Import"),
    "watch": api.Message("Look for alarms"),
    "sample": api.Message("Opening the sample country"),
    "screen": api.Message("Search for blackspots"),
    "compare": api.Message("Blackspots side by side"),
    "report": api.Message("Report"),
    "scheduled_report": api.Message("Scheduled report"),
    "verify": api.Message("Verifying a report"),
    "roads": api.Message("Looking at a file of roads"),
    "keep_roads": api.Message("Keeping a network of roads"),
    "corridors": api.Message("Reading a table of corridors"),
    "preset_effect": api.Message("Counting the sites of a rule"),
}
STATES: Mapping[str, api.Message] = {
    "queued": api.Message("Waiting"),
    "running": api.Message("Running"),
    "done": api.Message("Done"),
    "failed": api.Message("Failed"),
    "cancelled": api.Message("Stopped"),
}
ASKS = api.Message("Waits for your answer")
TONES = {"done": "good", "failed": "bad", "running": "busy", "queued": "busy"}
PREVIEWS = {
    "preview": "/import",
    "roads": "/roads/new",
    "preset_effect": "/presets/draft",
    "verify": "/reports/verify",
}
"""Where the page of a look at files, or at a rule, is: nothing is kept but its account."""
LISTED = 100
TELLING = 0.05
"""Before so much of a work is done, nobody can say how long the rest will take."""


def title_of(job: Job) -> api.Message:
    """Name the work of a job."""
    return TITLES.get(job.name, api.Message(job.name))


def needs_answer(job: Job) -> bool:
    """Say whether the job stopped at a question only the user can decide."""
    return job.state == "failed" and bool(job.result) and "option" in (job.result or {})


def state_of(job: Job) -> api.Message:
    """Say how a job stands."""
    return ASKS if needs_answer(job) else STATES[job.state]


def tone_of(job: Job) -> str:
    """Return the colour of a state: good, warn, bad, busy or none."""
    return "warn" if needs_answer(job) else TONES.get(job.state, "")


def target_of(job: Job) -> str | None:
    """Return the page a finished job leads to, or None."""
    if job.name in PREVIEWS and (job.state == "done" or needs_answer(job)):
        return f"{PREVIEWS[job.name]}/{job.id}"
    page = (job.result or {}).get("page") if job.state == "done" else None
    return security.own_path(page) if page else None


def left_of(job: Job) -> api.Message | None:
    """Say how long a job will still take if it goes on as it went; None while nobody can know."""
    if job.state != "running" or job.started is None or job.progress < TELLING:
        return None
    gone = (datetime.now(UTC) - job.started).total_seconds()
    seconds = gone * (1 - job.progress) / job.progress
    if seconds < 90:
        return api.counted(
            "about {n} second left", "about {n} seconds left", max(round(seconds), 1)
        )
    return api.counted("about {n} minute left", "about {n} minutes left", round(seconds / 60))


WORDS = {
    "left_of": left_of,
    "title_of": title_of,
    "state_of": state_of,
    "tone_of": tone_of,
    "target_of": target_of,
    "needs_answer": needs_answer,
}


@area.get("/jobs")
def page() -> str:
    """List the last jobs, the newest first."""
    return render_template("jobs/list.html", jobs=current.board().recent(LISTED), **WORDS)


@area.get("/jobs.json")
def page_json() -> Response:
    """Return the list of jobs as JSON."""
    return answers.document({"jobs": [_document(job) for job in current.board().recent(LISTED)]})


@area.get("/jobs.csv")
def page_csv() -> Response:
    """Return the list of jobs as CSV."""
    say = i18n.speaker_of_request().say
    heads = [
        *(say("Job"), say("Work"), say("Data set"), say("State"), say("Progress")),
        *(say("Requested (UTC)"), say("Finished (UTC)")),
    ]
    rows = [
        [
            job.id,
            say(title_of(job)),
            str(job.args.get("dataset", "")),
            say(state_of(job)),
            round(job.progress, 3),
            job.created.isoformat(timespec="seconds"),
            job.finished.isoformat(timespec="seconds") if job.finished else "",
        ]
        for job in current.board().recent(LISTED)
    ]
    return answers.table(api.export_rows(heads, rows), "jobs", "csv")


@area.get("/jobs/<number>")
def job(number: str) -> AnyResponse:
    """Show how far a job is; the fragment asks again each second while it is not finished."""
    found = current.board().get(number)
    if not request.headers.get("HX-Request"):
        return make_response(render_template("jobs/job.html", job=found, **WORDS))
    answer = make_response(render_template("jobs/_job.html", job=found, **WORDS))
    target = target_of(found)
    if target is not None:
        answer.headers["HX-Redirect"] = target
    return answer


@area.get("/jobs/<number>.json")
def job_json(number: str) -> Response:
    """Return a job as JSON."""
    return answers.document(_document(current.board().get(number)))


@area.post("/jobs/<number>/cancel")
def cancel(number: str) -> AnyResponse:
    """Ask a job to stop, and let go of the files it was to import."""
    current.board().cancel(number)
    found = current.board().get(number)
    if found.state == "cancelled" and "upload" in found.args:
        uploads.discard(str(found.args["upload"]))
    return redirect(f"/jobs/{found.id}", 303)


def _document(job: Job) -> dict[str, Any]:
    say = i18n.speaker_of_request().say
    return {
        "id": job.id,
        "name": job.name,
        "title": say(title_of(job)),
        "dataset": job.args.get("dataset"),
        "state": job.state,
        "state_label": say(state_of(job)),
        "progress": round(job.progress, 3),
        "doing": say(job.doing) if job.doing else None,
        "error": say(job.error) if job.error else None,
        "question": job.result if needs_answer(job) else None,
        "page": target_of(job),
        "created": _iso(job.created),
        "started": _iso(job.started),
        "finished": _iso(job.finished),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
