"""A report that somebody passes on: written anew from its receipt, is it equal, or what changed?"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, jobs, uploads

area = Blueprint("verifying", __name__)

MOST_BYTES = 64 * 2**20
"""No report is larger."""


@area.get("/reports/verify")
def page() -> str:
    """Ask for the file of a report."""
    return _asking(None)


def _asking(trouble: api.Message | None) -> str:
    return render_template(
        "reports/verify.html", trouble=trouble, megabytes=MOST_BYTES // 2**20, found=None, job=None
    )


@area.post("/reports/verify")
def upload() -> AnyResponse:
    """Keep the file and put its verifying up as a job: strangers wrote it, and it may take long."""
    uploads.sweep(current.config().upload_hours)
    try:
        number, name = _kept(request.files.get("file"))
    except (api.IntakeError, api.StoreError) as error:
        return Response(_asking(error.message), 400)
    try:
        job = current.board().start("verify", {"upload": number, "file": name})
    except jobs.Full:
        uploads.discard(number)
        raise
    return redirect(f"/jobs/{job}", 303)


def _kept(given: FileStorage | None) -> tuple[str, str]:
    """Keep the file of the form; return where, and its name. Raises IntakeError, StoreError."""
    if given is None or not given.filename:
        raise api.IntakeError(
            "Choose the file of a report: a PDF, a Word, Excel or JSON file, or a web page."
        )
    number = uploads.keep([(given.filename, given.stream)])
    ((place, name),) = uploads.places(number)
    if place.stat().st_size > MOST_BYTES:
        uploads.discard(number)
        raise api.IntakeError(
            "The file is larger than {n} megabytes: it is no report.", n=MOST_BYTES // 2**20
        )
    return number, name


@jobs.work("verify", apart=True)
def verify_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Write the report anew, and say what became of it; the file is not kept any longer."""
    ((place, _),) = uploads.places(args["upload"])
    try:
        found = api.verify_report(store, place.read_bytes(), progress)
    finally:
        uploads.discard(args["upload"])
    # Sentences are said when the page is made: each reader has a language.
    return {
        **api.verified_document(found, api.speaker("en")),
        "sentences": list(found.sentences),
    }


@area.get("/reports/verify/<number>")
def verified(number: str) -> AnyResponse:
    """Say whether a report is equal, or what changed."""
    job = _job(number)
    if job.state != "done":
        return redirect(f"/jobs/{number}", 303)
    found = job.result or {}
    kind = api.list_kinds().get(str(found.get("kind")))
    return Response(
        render_template(
            "reports/verify.html",
            trouble=None,
            megabytes=MOST_BYTES // 2**20,
            found=found,
            job=job,
            title=kind.title if kind else api.Message("{text}", {"text": str(found.get("kind"))}),
            options=api.told_options(str(found.get("kind")), found.get("options") or {}),
            sentence=api.filter_sentence(api.parse_filter(str(found.get("filter", "")))),
        )
    )


@area.get("/reports/verify/<number>.json")
def verified_json(number: str) -> Response:
    """Return what became of a report as JSON; docs/schema/report_verify.json."""
    job = _job(number)
    if job.state != "done":
        raise api.NotFound("There is no finished job {number}.", number=number[:40])
    found = dict(job.result or {})
    found["sentences"] = [i18n.speaker_of_request().say(one) for one in found["sentences"]]
    return answers.document(found)


def _job(number: str) -> jobs.Job:
    job = current.board().get(number)
    if job.name != "verify":
        raise api.NotFound("There is no job {number}.", number=number[:40])
    return job
