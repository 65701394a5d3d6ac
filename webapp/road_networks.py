"""Networks of roads in the browser: the list, a file looked at, kept, replaced, removed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, jobs, jobs_pages, reading, uploads

area = Blueprint("road_networks", __name__)

COLUMNS: Mapping[str, api.Message] = {
    "road_number": api.Message("Road number"),
    "road_name": api.Message("Road name"),
    "road_class": api.Message("Road class"),
    "area_type": api.Message("Urban or rural"),
    "aadt": api.Message("Traffic, vehicles a day"),
    "speed_limit": api.Message("Speed limit"),
    "from_m": api.Message("Km post of the beginning"),
    "to_m": api.Message("Km post of the end"),
    "length_m": api.Message("Length"),
    "direction": api.Message("Direction, by the km posts"),
    "oneway": api.Message("One-way"),
    "valid_from": api.Message("Stands from the day"),
    "valid_to": api.Message("Stands to the day"),
    "level": api.Message("Level"),
    "bridge": api.Message("Bridge"),
    "tunnel": api.Message("Tunnel"),
    "year": api.Message("Year of the traffic"),
    "source": api.Message("What the source calls it"),
}
"""What a column may be, in the order of the page."""

OPTIONS: Mapping[str, api.Message] = {
    "post_unit": api.Message("Unit of the km posts"),
    "speed_unit": api.Message("Unit of the speed limits"),
    "layer": api.Message("Layer with the roads"),
    "crs": api.Message("Coordinate system of the file"),
    "year": api.Message("Year that counts"),
    "encoding": api.Message("Encoding of the text files"),
    "delimiter": api.Message("Sign between the cells"),
    "header_row": api.Message("Line with the column names"),
    "sheet": api.Message("Sheet of the workbook"),
}
UNITS: Mapping[str, api.Message] = {
    "km": api.Message("kilometres"),
    "m": api.Message("metres"),
    "mi": api.Message("miles"),
}
LABELS = {**UNITS, **reading.ENCODINGS}
LONGEST_ANSWER = 100
MOST_CLASSES = 40
"""So many words of a class are offered; a column of more is none of classes."""


# ----------------------------------------------------------------- the list


@area.get("/roads")
def page() -> str:
    """List the networks, with a form to add one."""
    return _page({}, None)


def _page(said: Mapping[str, str], wrong: api.Message | None) -> str:
    return render_template(
        "roads/page.html",
        networks=api.road_networks(current.store()),
        megabytes=current.config().upload_bytes // (1024 * 1024),
        said=said,
        wrong=wrong,
    )


@area.get("/roads.json")
def page_json() -> Response:
    """Return the list of networks as JSON."""
    found = [one.document() for one in api.road_networks(current.store())]
    return answers.document({"networks": found})


@area.get("/roads.csv")
def page_csv() -> Response:
    """Return the list of networks as CSV."""
    say = i18n.speaker_of_request().say
    heads = [say("Network"), say("Title"), say("Stretches"), say("Kilometres")]
    heads += [say("Changes on"), say("File"), say("Added")]
    rows = [
        [
            *(one.name, one.title, one.stretches, round(one.km, 3)),
            " ".join(day.isoformat() for day in one.versions),
            one.info.get("file", ""),
            one.at.isoformat(timespec="seconds"),
        ]
        for one in api.road_networks(current.store())
    ]
    return answers.table(api.export_rows(heads, rows), "roads", "csv")


@area.post("/roads/<name>/remove")
def remove(name: str) -> AnyResponse:
    """Delete a network."""
    api.remove_roads(current.store(), name)
    flash(i18n.speaker_of_request().say("The network {name} is deleted.", name=name), "info")
    return redirect("/roads", 303)


# ------------------------------------------------------- a file is looked at


@area.post("/roads")
def upload() -> AnyResponse:
    """Keep the file and put up a look at it; no network is kept yet."""
    given = [one for key in ("file", "sections") if (one := request.files.get(key))]
    try:
        if not given or given[0].name != "file":
            raise api.IntakeError("Choose a file with roads.")
        args = _named(given[0].filename or "")
    except (api.IntakeError, api.StoreError) as error:
        return Response(_page(request.form, error.message), 400)
    uploads.sweep(current.config().upload_hours)
    number = uploads.keep([(one.filename or "", one.stream) for one in given])
    try:
        job = current.board().start("roads", {**args, "upload": number})
    except jobs.Full:
        uploads.discard(number)
        raise
    return redirect(f"/jobs/{job}", 303)


def _named(file: str) -> dict[str, Any]:
    """Return what the form says of the network. Raises Refused for a name it cannot have."""
    form = request.form
    name = unicodedata.normalize("NFC", form.get("name", "").strip())
    replace = form.get("replace") == "yes"
    current.store().check_roads_name(name)
    if not replace and name in {one.name for one in api.road_networks(current.store())}:
        raise api.Refused(
            "There is already a network of roads “{name}”. Choose another name, or replace it.",
            name=name,
        )
    title = " ".join(form.get("title", "").split())[:LONGEST_ANSWER] or Path(file).stem
    return {
        **{"name": name, "title": title, "replace": replace},
        **{"options": {}, "columns": {}, "classes": {}},
    }


@jobs.work("roads", apart=True)
def look_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Say what a file of roads would become; nothing is kept but this account."""
    # Sentences are said when the page is made: each reader has a language.
    return {"found": _read(args, progress).document(lambda message: message)}


def _read(args: Mapping[str, Any], progress: api.Progress) -> api.RoadsRead:
    (path, name), *more = uploads.places(args["upload"])
    sections, sections_name = more[0] if more else (None, "")
    return api.read_roads(
        path,
        sections=sections,
        sections_name=sections_name,
        columns=args["columns"],
        classes=args["classes"],
        options=args["options"],
        name=name,
        progress=progress,
    )


@area.get("/roads/new/<number>")
def preview(number: str) -> AnyResponse:
    """Show what would be kept, or the question at which it stopped."""
    job = _job(number)
    if job.state != "done" and not jobs_pages.needs_answer(job):
        return redirect(f"/jobs/{number}", 303)
    option = str((job.result or {}).get("option", "")).replace("-", "_")
    return Response(
        render_template(
            "roads/preview.html",
            job=job,
            found=(job.result or {}).get("found"),
            option=option,
            label=OPTIONS.get(option, api.Message(option)),
            choices=[(one, LABELS.get(one, one)) for one in (job.result or {}).get("choices", ())],
            columns=COLUMNS,
            most=MOST_CLASSES,
            units=UNITS,
            codes=api.code_choices("road_class"),
            kept=uploads.are_kept(str(job.args["upload"])),
        )
    )


@area.get("/roads/new/<number>.json")
def preview_json(number: str) -> Response:
    """Return what would be kept as JSON, in the shape `crashkit roads import --json` prints."""
    job = _job(number)
    if job.state != "done":
        return jobs_pages.job_json(number)
    say, found = i18n.speaker_of_request().say, (job.result or {})["found"]
    for told in ("left_out", "issues"):
        said = [{**one, "message": say(one["message"])} for one in found[told]]
        found = {**found, told: said}
    return answers.document({"name": job.args["name"], "kept": False, **found})


def _job(number: str) -> jobs.Job:
    job = current.board().get(number)
    if job.name != "roads":
        raise api.NotFound("There is no preview {number}.", number=number[:40])
    return job


@area.post("/roads/new/<number>/again")
def again(number: str) -> AnyResponse:
    """Look at the same file again, with an answer, or with other columns and classes."""
    job, form = _job(number), request.form
    said = {key: value.strip()[:LONGEST_ANSWER] for key, value in form.items()}
    args = dict(job.args)
    for kind in ("columns", "classes", "options"):
        told = {key.partition(".")[2]: v for key, v in said.items() if key.startswith(f"{kind}.")}
        args[kind] = {**args[kind], **told}
    args["options"] = {key: v for key, v in args["options"].items() if v and key in OPTIONS}
    args["classes"] = {word: code for word, code in args["classes"].items() if code}
    return redirect(f"/jobs/{current.board().start('roads', args)}", 303)


@area.post("/roads/new/<number>/discard")
def discard(number: str) -> AnyResponse:
    """Let go of the file; nothing is kept."""
    uploads.discard(str(_job(number).args["upload"]))
    flash(i18n.speaker_of_request().say("The file was deleted. Nothing was kept."), "info")
    return redirect("/roads", 303)


# ------------------------------------------------------------ it is kept


@area.post("/roads/new/<number>/keep")
def keep(number: str) -> AnyResponse:
    """Put up the keeping of what was looked at."""
    job = _job(number)
    if job.state != "done":
        return redirect(f"/roads/new/{number}", 303)
    return redirect(f"/jobs/{current.board().start('keep_roads', dict(job.args))}", 303)


@jobs.work("keep_roads", apart=True)
def keep_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Read the file as it was looked at, and keep the network; the job ends with it."""

    def result_of(_: int) -> dict[str, Any]:
        return {"page": "/roads"}

    read = _read(args, progress)
    how = {"title": args["title"], "replace": args["replace"]}
    api.save_roads(store, args["name"], read, within=finish(result_of), **how)
    uploads.discard(args["upload"])
    return result_of(0)
