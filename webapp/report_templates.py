"""Report templates: begun from a chart or a standard report, ordered, changed, taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import analyses, answers, current, filter_bar, i18n, looking, reports

area = Blueprint("report_templates", __name__)

MOST_BYTES = 500_000
"""A template is a text; more is something else."""

CHOSEN = "chosen-"
"""Stands before the name of a choice in the form that adds an analysis."""

KINDS = {
    "section": api.Message("Section"),
    "analysis": api.Message("Analysis"),
    "heading": api.Message("Heading"),
    "text": api.Message("Text"),
}

Change = Callable[[api.ReportTemplate], api.ReportTemplate]


# ------------------------------------------------------------- one template


@area.get("/d/<dataset>/reports/templates/<name>")
def page(dataset: str, name: str) -> str:
    """Show the parts of a template in order, each with what can be changed of it."""
    return _page(dataset, name)


def _page(dataset: str, name: str, trouble: api.Message | None = None) -> str:
    look = looking.at(dataset, {})
    kept = api.report_template(current.store(), name)
    parts = kept.template.parts if kept.template else ()
    question = api.question(look.data)
    return render_template(
        "reports/template.html",
        dataset=look.dataset,
        kept=kept,
        template=kept.template,
        parts=[_told(dataset, part, question) for part in parts],
        sections=api.list_sections(),
        report_views=api.REPORT_VIEWS,
        part_kinds=KINDS,
        trouble=trouble,
        here=url_for("report_templates.page", dataset=dataset, name=name),
    )


def _told(dataset: str, part: api.ReportPart, question: api.Question) -> dict[str, Any]:
    """Return a part with its name and, of an analysis, what it is asked."""
    told: dict[str, Any] = {"said": part, "title": api.report_part_title(part)}
    asked = api.list_analyses().get(part.analysis)
    if asked is None:
        return told
    own = api.parse_filter(part.filter or "")
    words = {"unit": part.unit, "other": part.other}
    given = {name: word for name, word in words.items() if word}
    address = _page_of(dataset, part.analysis)
    return {
        **told,
        "counts": dict(filter_bar.UNITS)[part.unit or asked.units[0]],
        "chosen": [
            (choice.label, _word(choice, question, part.chosen[choice.name]))
            for choice in asked.choices
            if choice.name in part.chosen
        ],
        "sentence": None if part.filter is None else api.filter_sentence(own),
        "other": api.filter_sentence(api.parse_filter(part.other)) if part.other else (),
        "address": address + looking.query_string({**own.query, **given, **part.chosen}),
    }


def _word(choice: Any, question: api.Question, word: str) -> api.Message:
    """Say what was chosen; a word that these data do not have stands for itself."""
    return dict(choice.options(question)).get(word) or api.Message("{text}", {"text": word})


@area.get("/d/<dataset>/reports/templates/<name>.<any(toml, json):format>")
def file(dataset: str, name: str, format: str) -> Response:
    """Return a template as its text, to be kept, sent and uploaded, or as JSON."""
    looking.at(dataset, {})
    kept = api.report_template(current.store(), name)
    if format == "toml":
        return answers.table(kept.text.encode(), name, "toml")
    return answers.document(api.report_template_document(kept, i18n.speaker_of_request()))


@area.get("/d/<dataset>/reports/templates.json")
def listed(dataset: str) -> Response:
    """List the templates."""
    looking.at(dataset, {})
    speaker = i18n.speaker_of_request()
    found = api.report_templates(current.store())
    return answers.document(
        {"templates": [api.report_template_document(one, speaker) for one in found]}
    )


# ------------------------------------------------------------------ changes


@area.post("/d/<dataset>/reports/templates/<name>")
def change(dataset: str, name: str) -> AnyResponse | tuple[str, int]:
    """Make one change, as the button says, to the template that the person saw."""
    looking.at(dataset, {})
    wish, at = request.form.get("do", ""), request.form.get("part", 0, type=int)
    to = request.form.get("name", "").strip() if wish == "head" else name
    try:
        api.change_report_template(
            current.store(), name, _wished(wish, at), to=to, seen=request.form.get("seen", "")
        )
    except api.Overtaken as error:
        return _page(dataset, name, error.message), 409
    except (api.ReportError, api.FilterError, api.StoreError) as error:
        return _page(dataset, name, error.message), 400
    here = url_for("report_templates.page", dataset=dataset, name=to)
    return redirect(here + _place(to, wish, at), 303)


def _place(name: str, wish: str, at: int) -> str:
    """Return where on the page the focus is after a change: at the part, or where it was."""
    if wish == "head":
        return "#head"
    found = api.find_report_template(current.store(), name)
    last = len(found.parts) - 1
    now = last if wish == "add" else at + {"up": -1, "down": 1}.get(wish, 0)
    # Of a report without parts there is the content alone.
    return f"#part-{min(max(now, 0), last) + 1}" if found.parts else "#content"


def _wished(wish: str, at: int) -> Change:
    def made(template: api.ReportTemplate) -> api.ReportTemplate:
        if wish == "head":
            return _headed(template)
        if wish == "add":
            return template.added(_new_part())
        if not 0 <= at < len(template.parts):
            raise api.ReportError("There is no part {n} in this report template.", n=at + 1)
        if wish in ("up", "down"):
            return template.moved(at, -1 if wish == "up" else 1)
        if wish == "drop":
            return template.without(at)
        if wish == "part":
            return template.changed(at, _changed(template.parts[at]))
        raise api.ReportError("This form asks for nothing that can be done.")

    return made


def _headed(template: api.ReportTemplate) -> api.ReportTemplate:
    """Return it with the titles of the form."""
    titles = {one.code: _line(f"title-{one.code}") for one in api.list_languages()}
    return replace(
        template,
        title=_line("title"),
        titles={code: said for code, said in titles.items() if said},
    )


def _line(name: str) -> str:
    return " ".join(request.form.get(name, "").split())


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _new_part() -> api.ReportPart:
    section, heading, text = request.form.get("section", ""), _line("heading"), _text("text")
    if section and section not in api.list_sections():
        raise api.ReportError("There is no section {name}.", name=section[:40])
    if section:
        return api.ReportPart(section=section)
    if heading or text:
        return api.ReportPart(heading=heading) if heading else api.ReportPart(text=text)
    raise api.ReportError("Write something first: an empty part would say nothing.")


def _changed(part: api.ReportPart) -> api.ReportPart:
    """Return a part with what the form says of it."""
    if part.heading or part.text:
        return replace(part, heading=_line("heading"), text=_text("text"))
    if part.section:
        return part
    own = request.form.get("which") == "own"
    words = api.parse_filter(request.form.get("filter", "")).words if own else None
    return replace(part, view=request.form.get("view", ""), filter=words)


@area.post("/d/<dataset>/reports/templates/<name>/remove")
def remove(dataset: str, name: str) -> AnyResponse:
    """Forget a template; reports written by it stay."""
    looking.at(dataset, {})
    api.remove_report_template(current.store(), name)
    say = i18n.speaker_of_request().say
    flash(say("The report template {name} is removed.", name=name), "info")
    return redirect(url_for("reports.page", dataset=dataset), 303)


# -------------------------------------------------------------- new templates


@area.post("/d/<dataset>/reports/templates")
def new(dataset: str) -> AnyResponse | tuple[str, int]:
    """Begin a template: empty, with the sections of a standard report, or from a file."""
    looking.at(dataset, {})
    store = current.store()
    given = request.files.get("file")
    try:
        template = _of_file(given) if given and given.filename else _begun(dataset)
        api.add_report_template(store, template)
    except (api.ReportError, api.FilterError, api.StoreError) as error:
        return reports.shown(dataset, error.message), 400
    say = i18n.speaker_of_request().say
    flash(say("The report template {name} is saved.", name=template.name), "good")
    return redirect(url_for("report_templates.page", dataset=dataset, name=template.name), 303)


def _begun(dataset: str) -> api.ReportTemplate:
    kind, title = request.form.get("kind", ""), _line("title")
    name = request.form.get("name", "").strip() or _free(kind or "report")
    if kind:
        standard = api.list_kinds().get(kind)
        said = i18n.speaker_of_request().say(standard.title) if standard else ""
        return api.copied_kind(kind, name, title or said, i18n.speaker_of_request())
    return api.ReportTemplate(name, title or _usual_title(dataset))


def _of_file(given: Any) -> api.ReportTemplate:
    shown = given.filename[:100]
    content = given.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise api.ReportError("{file} is too large for a report template.", file=shown)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise api.ReportError("{file} is not UTF-8 text.", file=shown) from None
    name = request.form.get("name", "").strip() or given.filename.removesuffix(".toml")
    return api.read_report_template(name[:100], text)


def _free(base: str) -> str:
    taken = {one.name for one in api.report_templates(current.store())}
    return next(name for name in _names(base) if name not in taken)


def _names(base: str) -> Iterator[str]:
    yield base
    n = 2
    while True:
        yield f"{base}_{n}"
        n += 1


def _usual_title(dataset: str) -> str:
    info = current.store().dataset(dataset)
    return i18n.speaker_of_request().say("Report: {dataset}", dataset=info.title or info.name)


# ------------------------------------------------------------ from a chart


@area.app_template_global()
def own_templates() -> list[api.OwnReportTemplate]:
    """Return the templates that a chart can be added to, the one used last first."""
    return [one for one in api.report_templates(current.store()) if one.template]


@area.post("/d/<dataset>/explore/<name>/report")
def add_analysis(dataset: str, name: str) -> AnyResponse:
    """Add the analysis of a page to a template, or to a new one, and go back to the page."""
    form = request.form
    chosen = api.parse_filter(form.get("filter", ""))
    part = _analysis_part(dataset, name, chosen)
    template = _with(dataset, part, form.get("template", ""))
    say = i18n.speaker_of_request().say
    there = url_for("report_templates.page", dataset=dataset, name=template.name)
    said = say("Added to the report “{title}”.", title=template.title)
    link = Markup('{} <a href="{}">{}</a>').format(said, there, say("Open the report"))
    flash(link, "good")
    words = {"unit": part.unit, "other": part.other, "view": form.get("view", "")}
    query = {**chosen.query, **part.chosen, **{key: word for key, word in words.items() if word}}
    # The content begins with what became of it: a screen reader says it, and Tab is at its link.
    return redirect(f"{_page_of(dataset, name)}{looking.query_string(query)}#content", 303)


def _page_of(dataset: str, name: str) -> str:
    """Return the address of an analysis; some have a page of their own."""
    if name in analyses.OWN_PAGES:
        return url_for(analyses.OWN_PAGES[name], dataset=dataset)
    return url_for("analyses.page", dataset=dataset, name=name)


def _analysis_part(dataset: str, name: str, chosen: api.Filter) -> api.ReportPart:
    """Read the form. Raises NotFound for another analysis, FilterError."""
    looking.at(dataset, chosen.query)
    asked = api.list_analyses().get(name)
    if asked is None:
        raise api.NotFound("There is no analysis {name}.", name=name[:40])
    form = request.form
    words = {choice.name: form.get(CHOSEN + choice.name, "") for choice in asked.choices}
    other = api.parse_filter(form.get("other", "")).words if asked.compares else ""
    part = api.ReportPart(
        analysis=name,
        unit=form.get("unit", ""),
        view="table" if form.get("view") == "table" else "both",
        chosen={key: word for key, word in words.items() if word},
        other=other,
        filter=chosen.words if chosen else None,
    )
    return api.read_report_template(
        "new", api.report_template_text(api.ReportTemplate("new", "new", (part,)))
    ).parts[0]


def _with(dataset: str, part: api.ReportPart, name: str) -> api.ReportTemplate:
    """Keep a part at the end of a template, or in a new one; return that."""
    store = current.store()
    if name:
        api.change_report_template(store, name, lambda template: template.added(part))
        return api.find_report_template(store, name)
    made = api.ReportTemplate(_free("report"), _usual_title(dataset), (part,))
    api.add_report_template(store, made)
    return made
