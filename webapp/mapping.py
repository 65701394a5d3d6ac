"""The mapping wizard: their columns and code words beside ours, proposed, to be confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import accounts, answers, current, datasets, jobs, layouts, uploads

area = Blueprint("mapping", __name__)

ROWS: Mapping[str, api.Message] = {
    "crash": api.Message("a crash"),
    "casualty": api.Message("a person; the facts of the crash stand on each of its rows"),
    "crash_part": api.Message("further facts of a crash that another file lists"),
    "vehicle": api.Message("a vehicle"),
    "person": api.Message("a person"),
    "section": api.Message("a stretch of road with its traffic"),
}
TABLES: Mapping[str, api.Message] = {
    "crash": api.Message("Crash"),
    "vehicle": api.Message("Vehicle"),
    "person": api.Message("Person"),
    "section": api.Message("Stretch of road"),
}
SURE = (
    (0.85, api.Message("very likely"), "good"),
    (0.65, api.Message("likely"), "busy"),
    (0.5, api.Message("perhaps"), "warn"),
)
MOST_WORDS = 80
"""So many words of a column can be given a code on the page; rarer ones keep what is proposed."""

LONGEST = 200


def sure_of(confidence: float) -> tuple[api.Message, str] | None:
    """Say how sure a proposal is, and in which colour; None where there is none."""
    return next(((words, tone) for least, words, tone in SURE if confidence >= least), None)


def words_of(column: api.ColumnDraft) -> list[tuple[str, int]]:
    """Return the most frequent words of a column that need a code, with their rows."""
    return list(api.coded_words(column).items())[:MOST_WORDS]


def open_words(column: api.ColumnDraft) -> int:
    """Count the words of a column that have no code yet."""
    return sum(word not in column.codes for word in api.coded_words(column))


WORDS = {
    "rows_words": ROWS,
    "table_words": TABLES,
    "sure_of": sure_of,
    "words_of": words_of,
    "open_words": open_words,
    "targets_of": api.list_targets,
    "target_label": api.target_label,
    "list_of": api.target_list,
    "codes_of": api.code_choices,
    "units_of": api.unit_choices,
    "most_words": MOST_WORDS,
    "title_of": accounts.title_of,
}


@area.get("/import/<number>/mapping")
def show(number: str) -> AnyResponse:
    """Show what each column may become."""
    job = datasets.preview_job(number)
    draft = uploads.draft_of(str(job.args["upload"]))
    if draft is None:
        return Response(render_template("datasets/mapping_gone.html"), 404)
    return Response(_page(job, draft, str(job.args.get(layouts.TEXT, "")) and job.args["profile"]))


@area.get("/import/<number>/mapping.json")
def show_json(number: str) -> Response:
    """Return what each column may become, as JSON."""
    draft = uploads.draft_of(str(datasets.preview_job(number).args["upload"]))
    return answers.document(api.write_mapping(draft) if draft else {})


def _page(
    job: jobs.Job,
    draft: api.Draft,
    name: str = "",
    *,
    wrong: list[api.Message] | None = None,
    changed: bool = False,
) -> str:
    return render_template(
        "datasets/mapping.html",
        job=job,
        draft=draft,
        name=name or _own_name(draft) or job.args["dataset"],
        stamp=_stamp(draft),
        wrong=wrong or [],
        changed=changed,
        killed=api.code_choices("killed_definition"),
        profiles=layouts.known(),
        **WORDS,
    )


def _own_name(draft: api.Draft) -> str:
    """Return the name of the own profile that a draft was filled in from."""
    name, own, _ = draft.like.partition("@")
    return name if own else ""


def _stamp(draft: api.Draft) -> str:
    """Return a fingerprint of a draft: a form made from another one is not taken for it."""
    text = json.dumps(api.write_mapping(draft), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@area.post("/import/<number>/mapping")
def take(number: str) -> AnyResponse:
    """Keep the choices; preview the files by them, or show the page again where it must be."""
    job = datasets.preview_job(number)
    upload = str(job.args["upload"])
    draft = uploads.draft_of(upload)
    if draft is None:
        return Response(render_template("datasets/mapping_gone.html"), 404)
    name = request.form.get("name", "").strip()[:60]
    if request.form.get("stamp") != _stamp(draft):
        return Response(_page(job, draft, name, changed=True), 409)
    told = _told(draft, request.form)
    uploads.keep_draft(upload, told)
    if request.form.get("then") != "preview" or _new_words(draft, told):
        return Response(_page(job, told, name, changed=request.form.get("then") == "preview"))
    wrong = api.mapping_complaints(told)
    if not wrong:
        try:
            text = api.mapped_profile(name, told, layouts.named(told.like) if told.like else None)
            current.store().check_profile_name(name)
        except (api.IntakeError, api.StoreError) as error:
            wrong = [error.message]
    if wrong:
        return Response(_page(job, told, name, wrong=wrong), 400)
    args = {**job.args, "profile": name, layouts.TEXT: text}
    return redirect(f"/jobs/{current.board().start('preview', args)}", 303)


# ------------------------------------------------------------------- the form


def _told(draft: api.Draft, form: Mapping[str, str]) -> api.Draft:
    """Return the draft with everything that the form says."""
    missing = [word.strip() for word in form.get("missing", "").split("|")]
    killed = form.get("killed_definition", "")
    return replace(
        draft,
        kinds=tuple(_told_kind(kind, n, form) for n, kind in enumerate(draft.kinds)),
        title=form.get("title", "").strip()[:LONGEST],
        source=form.get("source", "").strip()[:LONGEST],
        country=form.get("country", "").strip().upper()[:3],
        killed_definition=killed if killed in api.code_choices("killed_definition") else "unknown",
        missing=tuple(dict.fromkeys(word[:LONGEST] for word in missing if word)),
    )


def _told_kind(kind: api.FileDraft, n: int, form: Mapping[str, str]) -> api.FileDraft:
    level = form.get(f"level-{n}", kind.level)
    level = level if level in ROWS else kind.level
    allowed = {"", *(target for group in api.list_targets(level).values() for target in group)}
    columns = []
    for m, column in enumerate(kind.columns):
        wanted = form.get(f"t-{n}-{m}", column.target)
        told = api.remap(column, wanted if wanted in allowed else "")
        if told.target == column.target:
            told = api.recode(told, _codes(column, f"w-{n}-{m}", form))
            told = api.measured_in(told, form.get(f"u-{n}-{m}", ""))
        columns.append(told)
    return replace(kind, level=level, columns=tuple(columns))


def _codes(column: api.ColumnDraft, name: str, form: Mapping[str, str]) -> dict[str, str]:
    allowed = {"", *(api.code_choices(one) if (one := api.target_list(column.target)) else ())}
    said = {word: form.get(f"{name}-{i}") for i, (word, _) in enumerate(words_of(column))}
    return {word: code for word, code in said.items() if code is not None and code in allowed}


def _new_words(before: api.Draft, now: api.Draft) -> bool:
    """Say whether a unit, or code words not all of which are known, came up unseen."""
    pairs = zip(before.kinds, now.kinds, strict=True)
    return any(
        old.level != new.level
        or any(
            two.target != one.target
            and (two.unit or any(two.sure.get(w, 0) < 1 for w in api.coded_words(two)))
            for one, two in zip(old.columns, new.columns, strict=True)
        )
        for old, new in pairs
    )
