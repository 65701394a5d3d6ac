"""Import in the browser, and what became of it: files -> preview -> commit -> ledger -> undo."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import (
    accounts,
    answers,
    current,
    i18n,
    jobs,
    jobs_pages,
    layouts,
    reading,
    uploads,
)

area = Blueprint("datasets", __name__)


MOST_FILES = 20
_committing = threading.Lock()


class _WrongForm(Exception):
    """The form holds something wrong: field -> sentence."""

    def __init__(self, wrong: Mapping[str, api.Message]) -> None:
        super().__init__("the form holds something wrong")
        self.wrong = wrong


# ----------------------------------------------------------------- 1 the files


@area.get("/import")
def choose() -> str:
    """Ask for the files, how they are laid out, and the name of the data set."""
    return _form({"dataset": request.args.get("dataset", ""), "profile": layouts.FIND}, {})


def _form(said: Mapping[str, str], wrong: Mapping[str, api.Message]) -> str:
    return render_template(
        "datasets/choose.html",
        profiles=layouts.known(),
        find=layouts.FIND,
        names=[one.name for one in current.store().datasets()],
        options=reading.OPTIONS,
        encodings=reading.ENCODINGS,
        date_orders=reading.DATE_ORDERS,
        calendars=api.list_calendars(),
        centuries=reading.CENTURIES,
        marks=reading.MARKS,
        megabytes=current.config().upload_bytes // (1024 * 1024),
        said=said,
        wrong=wrong,
        **accounts.WORDS,
    )


@area.get("/import/template.<any(xlsx, zip):ending>")
def import_template(ending: str) -> Response:
    """Give the common template in a language, empty or filled in as an example."""
    language = request.args.get("language") or i18n.language_of_request()
    filled = request.args.get("filled") == "1"
    format = "csv" if ending == "zip" else ending
    content = api.import_template(language, format, filled=filled)
    name = "crash-example" if filled else "crash-template"
    return answers.table(content, f"{name}-{language}", ending)


@area.post("/import")
def upload() -> AnyResponse:
    """Keep the files and put up their preview; nothing is imported yet."""
    try:
        args = _asked()
    except _WrongForm as error:
        return Response(_form(request.form, error.wrong), 400)
    uploads.sweep(current.config().upload_hours)
    files = [one for one in request.files.getlist("files") if one.filename]
    number = uploads.keep([(one.filename or "", one.stream) for one in files])
    try:
        job = current.board().start(
            "preview", {**args, "upload": number, "most_rows": current.config().upload_rows}
        )
    except jobs.Full:
        # Files that no preview will ever read would fill the disk.
        uploads.discard(number)
        raise
    return redirect(f"/jobs/{job}", 303)


def _asked() -> dict[str, Any]:
    dataset = unicodedata.normalize("NFC", request.form.get("dataset", "").strip())
    profile = request.form.get("profile", "")
    files = [one for one in request.files.getlist("files") if one.filename]
    wrong = {
        **_wrong_files(len(files)),
        **_wrong_profile(profile),
        **_wrong_name(dataset),
    }
    said = {name: request.form.get(name, "").strip()[:100] for name in reading.OPTIONS}
    options = {name: value for name, value in said.items() if value}
    wrong |= {name: found for name in options if (found := _wrong_answer(name, options[name]))}
    if wrong:
        raise _WrongForm(wrong)
    return {"dataset": dataset, "profile": profile, "options": options}


def _wrong_files(n: int) -> dict[str, api.Message]:
    if n == 0:
        return {"files": api.Message("Choose at least one file.")}
    if n > MOST_FILES:
        return {"files": api.Message("Choose {most} files at most.", {"most": MOST_FILES})}
    return {}


def _wrong_profile(profile: str) -> dict[str, api.Message]:
    if profile == layouts.FIND or profile in layouts.known():
        return {}
    return {"profile": api.Message("Choose how the files are laid out.")}


def _wrong_name(dataset: str) -> dict[str, api.Message]:
    try:
        current.store().check_name(dataset)
    except api.StoreError as error:
        return {"dataset": error.message}
    return {}


@jobs.work("preview", apart=True)
def preview_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Say what the import would do; nothing is kept but this account."""
    version = store.version(args["dataset"])
    files = uploads.read(args["upload"])
    profile = layouts.profile_for(store, args, files, progress)
    if profile is None:
        return {layouts.MAPPING: True}
    batch = api.preview_import(
        store,
        files,
        profile=profile,
        dataset=args["dataset"],
        options=args["options"],
        progress=progress,
        most_rows=args["most_rows"],
    )
    found = {"found": profile} if args["profile"] == layouts.FIND else {}
    return {"version": version, **found, **accounts.of_batch(batch)}


# --------------------------------------------------------------- 2 the preview


@area.get("/import/<number>")
def preview(number: str) -> AnyResponse:
    """Show what the import would do, or the question it stopped at."""
    job = preview_job(number)
    if not job.is_finished or job.state == "cancelled":
        return redirect(f"/jobs/{number}", 303)
    started = _import_of(str(job.args["upload"]))
    if started is not None:
        return redirect(jobs_pages.target_of(started) or f"/jobs/{started.id}", 303)
    if layouts.is_mapping(job):
        return redirect(f"/import/{number}/mapping", 303)
    if job.state == "done":
        return Response(render_template("datasets/preview.html", job=job, **_preview_words(job)))
    if jobs_pages.needs_answer(job):
        return Response(_question_page(job))
    return redirect(f"/jobs/{number}", 303)


def preview_job(number: str) -> jobs.Job:
    """Return the job of a preview. Raises NotFound."""
    job = current.board().get(number)
    if job.name != "preview":
        raise api.NotFound("There is no preview {number}.", number=number[:40])
    return job


def _preview_words(job: jobs.Job) -> dict[str, Any]:
    return {
        "found": job.result,
        "bounds": accounts.bounds_of((job.result or {}).get("points", ())),
        "kept": uploads.are_kept(str(job.args["upload"])),
        "profile": layouts.of_job(job),
        "was_found": "found" in (job.result or {}),
        "mapped": layouts.TEXT in job.args,
        "own": "@" in layouts.id_of(job),
        "options": reading.OPTIONS,
        "profiles": layouts.known(),
        **accounts.WORDS,
        **reading.WORDS,
    }


def _question_page(job: jobs.Job, said: str = "", wrong: api.Message | None = None) -> str:
    words = {**_question(job), "said": said, "wrong": wrong}
    return render_template("datasets/question.html", job=job, **words)


def _question(job: jobs.Job) -> dict[str, Any]:
    option = _option(job)
    choices = [str(one) for one in (job.result or {}).get("choices", ())]
    profile = layouts.of_job(job)
    return {
        "option": option,
        "mapped": layouts.TEXT in job.args,
        "country": profile.country if profile else "",
        "label": reading.OPTIONS.get(option, api.Message(option)),
        "profiles": layouts.known(),
        "title_of": accounts.title_of,
        "choices": [(one, reading.choice_label(option, one)) for one in choices],
        "typed": reading.TYPED.get(option) if choices else None,
        "examples": (job.result or {}).get("examples", {}),
        "kept": uploads.are_kept(str(job.args["upload"])),
        **reading.WORDS,
    }


def _option(job: jobs.Job) -> str:
    """Return the name of the answer as options are named; questions name it like the command."""
    return str((job.result or {}).get("option", "")).replace("-", "_")


@area.get("/import/<number>.json")
def preview_json(number: str) -> Response:
    """Return a preview as JSON: all counts, and the first complaints of each kind."""
    job = preview_job(number)
    if job.state != "done" or layouts.is_mapping(job):
        return jobs_pages.job_json(number)
    speaker = i18n.speaker_of_request()
    return answers.document(accounts.document(job.result or {}, str(job.args["dataset"]), speaker))


@area.get("/import/<number>.csv")
def preview_csv(number: str) -> Response:
    """Return the first complaints of each kind as CSV."""
    found = preview_job(number).result or {}
    content = accounts.issues_csv(found.get("groups", ()), i18n.speaker_of_request())
    return answers.table(content, f"preview-{number[:8]}", "csv")


@area.get("/import/<number>/points.geojson")
def preview_points(number: str) -> Response:
    """Return where the crashes of a preview lie."""
    found = preview_job(number).result or {}
    return answers.document(accounts.points_geojson(found.get("points", ())), format="geojson")


@area.get("/import/<number>/answer")
def asked(number: str) -> AnyResponse:
    """Lead back to the question, from the page that said what is wrong with an answer."""
    return redirect(f"/import/{number}", 303)


@area.post("/import/<number>/answer")
def answer(number: str) -> AnyResponse:
    """Preview again with the answer to the question."""
    job = preview_job(number)
    option = _option(job)
    # What was typed leads; a button that is an answer comes after the field that was left empty.
    given = [
        one.strip()[:100] for name in ("answer", "other") for one in request.form.getlist(name)
    ]
    said = next((one for one in reversed(given) if one), "")
    if not (jobs_pages.needs_answer(job) and said):
        return redirect(f"/import/{number}", 303)
    if wrong := _wrong_answer(option, said):
        return Response(_question_page(job, said, wrong), 400)
    options = {**job.args["options"], option: said}
    again = current.board().start("preview", {**job.args, "options": options})
    return redirect(f"/jobs/{again}", 303)


def _wrong_answer(option: str, said: str) -> api.Message | None:
    """Say what is wrong with an answer in a person's own words, before a preview stops at it."""
    if option != "crs" or said.lower() == reading.NO_SYSTEM:
        return None
    try:
        api.system_named(said)
    except api.IntakeError as error:
        return error.message
    return None


@area.post("/import/<number>/again")
def again(number: str) -> AnyResponse:
    """Preview the same files again: the data set changed, or by another profile or heading."""
    job = preview_job(number)
    args = layouts.chosen(job, request.form.get("profile", ""))
    line = request.form.get("header_row", "").strip()[:20]
    if line:
        args["options"] = {**args["options"], "header_row": line}
    return redirect(f"/jobs/{current.board().start('preview', args)}", 303)


@area.post("/import/<number>/repair")
def repair(number: str) -> AnyResponse:
    """Preview the same files again with the repairs of places that were ticked."""
    job = preview_job(number)
    options = dict(job.args["options"])
    for name, said in (
        ("repairs", ",".join(request.form.getlist("repair"))),
        ("crs", request.form.get("crs", "") or options.get("crs", "")),
    ):
        options.pop(name, None)
        if said.strip():
            options[name] = said.strip()[:100]
    started = current.board().start("preview", {**job.args, "options": options})
    return redirect(f"/jobs/{started}", 303)


@area.post("/import/<number>/discard")
def discard(number: str) -> AnyResponse:
    """Let go of the files; nothing is imported."""
    job = preview_job(number)
    uploads.discard(str(job.args["upload"]))
    flash(i18n.speaker_of_request().say("The files were deleted. Nothing was imported."), "info")
    return redirect("/import", 303)


# ---------------------------------------------------------------- 3 the import


@area.post("/import/<number>/commit")
def commit(number: str) -> AnyResponse:
    """Put up the import of a preview, once: a second click finds the import of the first."""
    job = preview_job(number)
    if job.state != "done" or layouts.is_mapping(job):
        return redirect(f"/import/{number}", 303)
    upload = str(job.args["upload"])
    with _committing:
        started = _import_of(upload)
        if started is None:
            version = (job.result or {}).get("version")
            profile = layouts.id_of(job)
            args = {**job.args, "profile": profile, "version": version, "preview": number}
            made = current.board().start("import", args)
        else:
            made = started.id
    return redirect(f"/jobs/{made}", 303)


def _import_of(upload: str) -> jobs.Job | None:
    """Return the import of these files that is done or under way, or None."""
    for job in current.board().recent(200):
        is_of = job.name == "import" and job.args.get("upload") == upload
        if is_of and job.state not in ("failed", "cancelled"):
            return job
    return None


@jobs.work("import", apart=True)
def import_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Import the files; the job is done in the transaction that keeps the rows."""
    dataset = args["dataset"]
    if store.version(dataset) != args["version"]:
        raise api.IntakeError(
            "The data set {name} changed after this preview, so the preview no longer holds. "
            "Preview the files again.",
            name=dataset,
        )

    def result_of(import_id: int) -> dict[str, Any]:
        return {"import": import_id, "page": f"/d/{quote(dataset, safe='')}/imports/{import_id}"}

    files = uploads.read(args["upload"])
    record, _ = api.import_crashes(
        store,
        files,
        profile=layouts.saved(store, args),
        dataset=dataset,
        options=args["options"],
        progress=progress,
        within=finish(result_of),
        most_rows=args["most_rows"],
    )
    uploads.discard(args["upload"])
    api.lay_out(store, dataset)
    api.watch_new(store, dataset)
    return result_of(record.id)


# ------------------------------------------------------------- 4 the data set


@area.get("/d/<dataset>")
def page(dataset: str) -> str:
    """Show what is in a data set, where it came from, and what to do with it."""
    store = current.store()
    info = store.dataset(dataset)
    return render_template(
        "datasets/page.html",
        dataset=info,
        imports=store.imports(dataset)[::-1],
        conflicts=api.open_conflicts(store, dataset),
        layers=store.layer_list(dataset),
        screenings=store.results(dataset),
        reports=store.documents(dataset),
        located_share=info.located / info.crashes if info.crashes else 0.0,
        profile=layouts.named(info.profile),
        **accounts.WORDS,
    )


@area.get("/d/<dataset>.json")
def page_json(dataset: str) -> Response:
    """Return a data set and its imports as JSON."""
    store, say = current.store(), i18n.speaker_of_request().say
    info = store.dataset(dataset)
    return answers.document(
        {
            **info.document(),
            "title": say(info.title),
            "killed_definition": info.killed_definition,
            "attribution": info.attribution,
            "fields": {table: list(names) for table, names in info.fields.items()},
            "imports": [accounts.record(one) for one in store.imports(dataset)],
        }
    )


@area.get("/d/<dataset>.csv")
def page_csv(dataset: str) -> Response:
    """Return the imports of a data set as CSV."""
    content = accounts.imports_csv(current.store().imports(dataset), i18n.speaker_of_request())
    return answers.table(content, f"{dataset}-imports", "csv")


@area.get("/d/<dataset>/imports/<int:number>")
def ledger(dataset: str, number: int) -> str:
    """Show what happened to each row of an import."""
    record, store = _record(dataset, number), current.store()
    return render_template(
        "datasets/ledger.html",
        dataset=store.dataset(dataset),
        record=record,
        found=accounts.of_ledger(store.ledger_of(number)),
        waiting=api.open_conflicts(store, dataset, number),
        options=reading.RECORDED,
        profile=layouts.named(record.profile),
        **accounts.WORDS,
        **reading.WORDS,
    )


def _record(dataset: str, number: int) -> api.ImportRecord:
    record = current.store().import_record(number)
    if record.dataset != dataset:
        raise api.NotFound("There is no import {number}.", number=str(number))
    return record


@area.get("/d/<dataset>/imports/<int:number>.json")
def ledger_json(dataset: str, number: int) -> Response:
    """Return what happened to each row, in the shape `crashkit import --json` prints."""
    record, speaker = _record(dataset, number), i18n.speaker_of_request()
    kept = current.store().ledger_of(number)
    return answers.document(
        api.import_document(kept, dataset, record.version, speaker, inferences=record.inferences)
    )


@area.get("/d/<dataset>/imports/<int:number>.csv")
def ledger_csv(dataset: str, number: int) -> Response:
    """Return every complaint of an import as CSV."""
    _record(dataset, number)
    groups = accounts.of_ledger(current.store().ledger_of(number), first=None)["groups"]
    content = accounts.issues_csv(groups, i18n.speaker_of_request())
    return answers.table(content, f"{dataset}-import-{number}", "csv")


@area.get("/d/<dataset>/imports/<int:number>/rejects.csv")
def rejects(dataset: str, number: int) -> Response:
    """Return the rejected rows with their original cells and the reasons, to be mended."""
    _record(dataset, number)
    kept = current.store().ledger_of(number)
    content = api.export_rejects(kept, i18n.speaker_of_request())
    return answers.table(content, f"{dataset}-rejects-{number}", "csv")


@area.get("/d/<dataset>/imports/<int:number>/undo")
def ask_undo(dataset: str, number: int) -> str:
    """Ask before an import is taken back."""
    return _undo_page(_record(dataset, number))


def _undo_page(record: api.ImportRecord, trouble: api.Message | None = None) -> str:
    info = current.store().dataset(record.dataset)
    return render_template("datasets/undo.html", dataset=info, record=record, trouble=trouble)


@area.post("/d/<dataset>/imports/<int:number>/undo")
def undo(dataset: str, number: int) -> AnyResponse:
    """Take an import back; a second click changes nothing more."""
    say, record = i18n.speaker_of_request().say, _record(dataset, number)
    if record.status != "undone":
        try:
            api.undo_import(current.store(), number)
        except api.Refused as error:
            return Response(_undo_page(record, error.message), 409)
        flash(say("Import {number} was taken back.", number=str(number)), "good")
    return redirect(f"/d/{quote(dataset, safe='')}", 303)
