"""Reports: choose a kind, a language and a format; written as a job, kept, read or taken away."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, blackspots, current, i18n, jobs, looking, rhythms
from webapp.looking import Look

area = Blueprint("reports", __name__)

FORMATS: Mapping[str, api.Message] = {
    "pdf": api.Message("PDF"),
    "docx": api.Message("Word"),
    "xlsx": api.Message("Excel"),
    "html": api.Message("Web page"),
    "json": api.Message("JSON"),
}
MOST_LISTED = 50
STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)


@area.get("/d/<dataset>/reports")
def page(dataset: str) -> str:
    """Show the kinds of report, the templates, and the reports that are kept."""
    return shown(dataset)


def shown(dataset: str, trouble: api.Message | None = None) -> str:
    """Return the page, with what went wrong above it."""
    look = looking.at(dataset)
    result = request.args.get("result", type=int)
    return render_template(
        "reports/page.html",
        look=look,
        dataset=look.dataset,
        kinds=api.list_kinds(),
        templates=api.report_templates(current.store()),
        about_sites=api.needs_screening,
        formats=_formats(),
        can_be_public=api.can_be_public,
        thresholds=range(api.PUBLIC_THRESHOLDS[0], api.PUBLIC_THRESHOLDS[1] + 1),
        usual_threshold=api.PUBLIC_THRESHOLD,
        screenings=current.store().results(look.dataset.name),
        result=result,
        keep={} if result is None else {"result": str(result)},
        documents=current.store().documents(look.dataset.name)[:MOST_LISTED],
        rhythms=rhythms.choices(),
        options={
            kind: api.report_options(kind, look.part, current.store()) for kind in api.list_kinds()
        },
        title_of=title_of,
        sentence=sentence,
        chosen_of=options_of,
        trouble=trouble,
        files=url_for("reports.page", dataset=dataset),
    )


def _formats() -> list[tuple[str, api.Message]]:
    known = api.list_formats()
    named = [(code, label) for code, label in FORMATS.items() if code in known]
    return named + [(one, api.Message(one)) for one in known if one not in FORMATS]


def title_of(about: Mapping[str, Any]) -> api.Message:
    """Name a kept report by its kind or template, also one whose kind is no more."""
    if about.get("title"):
        return api.Message("{text}", {"text": str(about["title"])})
    kind = api.list_kinds().get(str(about.get("kind")))
    return kind.title if kind else api.Message("Report")


def options_of(about: Mapping[str, Any]) -> Sequence[tuple[api.Message, api.Message]]:
    """Say what was chosen for a kept report, and whether it is for the public."""
    told = api.told_options(str(about.get("kind", "")), about.get("options") or {})
    return (*told, *for_public(about))


def for_public(about: Mapping[str, Any]) -> Iterator[tuple[api.Message, api.Message]]:
    """Say which counts a report for the public hides."""
    if about.get("public"):
        hidden = api.Message("counts below {n} are hidden", {"n": int(about["public"])})
        yield api.Message("For the public"), hidden


def sentence(words: str) -> tuple[api.Message, ...]:
    """Say a filter in words."""
    return api.filter_sentence(api.parse_filter(words))


# -------------------------------------------------------------------- writing


@area.post("/d/<dataset>/reports")
def write(dataset: str) -> AnyResponse | tuple[str, int]:
    """Put the writing of a report up as a job."""
    try:
        args = asked(dataset)
    except api.ReportError as error:
        return shown(dataset, error.message), 400
    return redirect(f"/jobs/{current.board().start('report', args)}", 303)


def asked(dataset: str) -> dict[str, Any]:
    """Read the form. Raises ReportError, NotFound."""
    look = looking.at(dataset)
    form = request.form
    kind, language, format = (form.get(name, "") for name in ("kind", "language", "format"))
    own = form.get("template", "")
    if format not in api.list_formats():
        raise api.ReportError("There is no format {format} for a report.", format=format)
    api.speaker(language)
    beside = form.get("beside", "")
    if beside:
        api.speaker(beside)
    number = form.get("result", type=int)
    title = _own_title(own, language) if own else _check_kind(kind, number)
    if number is not None:
        blackspots.kept(dataset, number)
    return {
        "dataset": look.dataset.name,
        "kind": "" if own else kind,
        "template": own,
        "title": title,
        "language": language,
        "beside": "" if beside == language else beside,
        "format": format,
        "filter": look.chosen.words,
        "result": number,
        "public": _public(form, look),
        "options": {} if own else _options(kind),
    }


def _public(form: Mapping[str, str], look: Look) -> int:
    """Return the threshold of a report for the public, 0 for any other. Raises ReportError."""
    if not form.get("public"):
        return 0
    said = form.get("threshold", "")
    threshold = int(said) if said.isascii() and said.isdigit() and len(said) < 3 else -1
    # Nought would hide nothing.
    api.check_threshold(threshold or -1)
    refused = api.refused_for_public(look.chosen, look.summary, threshold)
    if refused is not None:
        raise api.ReportError(refused.text, **refused.values)
    return threshold


def _options(kind: str) -> dict[str, str]:
    """Read the options of a kind from the form; what is left empty is the usual."""
    named = (one.name for one in api.list_kinds()[kind].options)
    said = {name: request.form.get(f"option-{name}", "").strip() for name in named}
    return {name: word for name, word in said.items() if word}


def _check_kind(kind: str, number: int | None) -> str:
    if kind not in api.list_kinds():
        raise api.ReportError("There is no report {kind}.", kind=kind)
    if api.list_kinds()[kind].needs_screening and number is None:
        raise api.ReportError("This report needs a list of blackspots. Search for them first.")
    if api.list_kinds()[kind].needs_place:
        raise api.ReportError("This report is about one place: write the place, and ask.")
    return ""


def _own_title(name: str, language: str) -> str:
    return api.find_report_template(current.store(), name).title_in(language)


@jobs.work("report")
def report_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Write and keep a report. One about a list of sites looks at the data of that list."""
    progress(0.05, api.Message("Gathering the facts"))
    name, format = args["dataset"], args["format"]
    result = None if args["result"] is None else store.result(args["result"])
    words = args["filter"] if result is None else api.parse_filter(result.asked.crashes).words
    version = None if result is None else int(result.data_version.rpartition(" v")[2])
    own = api.find_report_template(store, args["template"]) if args.get("template") else None
    data = api.load(store, name, version=version)
    written = api.write_report(
        data,
        kind=args["kind"],
        template=own,
        language=args["language"],
        beside=args.get("beside", ""),
        format=format,
        chosen=api.parse_filter(words),
        result=result,
        strips=None if result is None else api.strip_charts(store, name, result),
        scorecard=api.quality(store, name) if api.needs_quality(own or args["kind"]) else None,
        layers=api.report_layers(store, name),
        source=store,
        public=int(args.get("public", 0)),
        options=args.get("options"),
        progress=progress,
    )
    progress(0.95, api.Message("Keeping the report"))
    about = {
        **args,
        "filter": words,
        "options": dict(written.options or args.get("options") or {}),
        "fingerprint": written.fingerprint,
        "version": data.dataset.version if data.dataset else None,
    }

    def leads_to(number: int) -> dict[str, Any]:
        end = "/read" if format == "html" else ""
        return {"page": f"/d/{quote(name, safe='')}/reports/{number}{end}", "document": number}

    number = store.save_document(
        written.name, written.content, written.media_type, about=about, within=finish(leads_to)
    )
    return leads_to(number)


# -------------------------------------------------------------------- keeping


@area.get("/d/<dataset>/reports/<int:number>")
def document(dataset: str, number: int) -> str:
    """Say what a kept report is about, and offer it."""
    found = _kept(dataset, number)
    look = looking.at(dataset, {})
    return render_template(
        "reports/document.html",
        look=look,
        dataset=look.dataset,
        document=found,
        title=title_of(found.about),
        sentence=sentence(str(found.about.get("filter", ""))),
        options=options_of(found.about),
        formats=dict(_formats()),
        readable=found.media_type.startswith("text/html"),
    )


@area.get("/d/<dataset>/reports/<int:number>/file")
def file(dataset: str, number: int) -> Response:
    """Give a kept report to be saved."""
    found = _kept(dataset, number)
    return answers.file(found.content, found.name, found.media_type)


@area.get("/d/<dataset>/reports/<int:number>/read")
def read(dataset: str, number: int) -> Response:
    """Show a report that is a web page: its own styles may apply, nothing in it may run."""
    found = _kept(dataset, number)
    if not found.media_type.startswith("text/html"):
        raise api.NotFound("Only a report that is a web page can be read here.")
    answer = Response(found.content, content_type=found.media_type)
    answer.headers["Content-Security-Policy"] = _policy(found.content)
    return answer


def _policy(content: bytes) -> str:
    """Allow the style sheets that stand in the page, by their sums, and embedded pictures."""
    sums = [hashlib.sha256(sheet).digest() for sheet in STYLE.findall(content)]
    styles = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in sums) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-modals"
    )


def _kept(dataset: str, number: int) -> Any:
    """Return a report of this data set. Raises NotFound, also for one of another data set."""
    if number not in {one.id for one in current.store().documents(dataset)}:
        raise api.NotFound("There is no report {number}.", number=str(number))
    return current.store().document(number)


@area.get("/d/<dataset>/reports.json")
def documents_json(dataset: str) -> Response:
    """List the kept reports."""
    return answers.document({"reports": _listed(dataset)})


@area.get("/d/<dataset>/reports.csv")
def documents_csv(dataset: str) -> Response:
    """List the kept reports as CSV."""
    heads = [
        "id",
        "title",
        "kind",
        "template",
        "language",
        "format",
        "filter",
        "options",
        "written",
        "bytes",
        "address",
    ]
    listed = [{**one, "options": _as_words(one["options"])} for one in _listed(dataset)]
    rows = [[one[name] for name in heads] for one in listed]
    return answers.table(api.export_rows(heads, rows), f"{dataset}_reports", "csv")


def _as_words(options: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={word}" for name, word in options.items())


_ABOUT = ("kind", "template", "language", "format", "filter")


def _listed(dataset: str) -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {
            "id": one.id,
            "title": say(title_of(one.about)),
            **{name: one.about.get(name, "") for name in _ABOUT},
            "options": dict(one.about.get("options") or {}),
            "written": one.at.isoformat(timespec="seconds"),
            "bytes": one.size,
            "address": url_for("reports.file", dataset=dataset, number=one.id),
        }
        for one in current.store().documents(dataset)
    ]
