"""An analysis on a page: what was found, its chart, its table, and how it was computed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, filter_bar, i18n, looking, second_filter
from webapp.looking import Look

area = Blueprint("analyses", __name__)

VIEWS = {
    "chart": api.Message("Chart"),
    "table": api.Message("Table"),
    "method": api.Message("Method"),
}
PICTURES = {"png": "image/png", "svg": "image/svg+xml"}
NUMBERS = ("csv", "xlsx", "json")
OWN_PAGES = {"cross": "crosstabs.page"}
"""Analyses that have a page of their own, by its endpoint."""
GRIDS = ("heat", "sun")
OF_ROWS = ("ratios", "ranks")
"""Kinds of chart whose rows are named at their left."""
FEW_ROWS, MANY_ROWS = 5, 12
"""Up to the first a chart of rows is low; with more than the second, names of two lines touch."""


@dataclass(frozen=True, eq=False)
class Shown:
    """An answer as a page shows it: `figure` is what Plotly draws."""

    answer: api.Answer
    figure: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind of chart, as its frame is called."""
        return self.answer.figure.kind

    @property
    def most(self) -> int:
        """The count of the fullest cell of a grid."""
        cells = [cell for row in self.answer.figure.data["cells"] for cell in row]
        return max((n for n in cells if n is not None and not math.isnan(n)), default=0)

    @property
    def is_grid(self) -> bool:
        """Say whether the chart is a grid of counts."""
        return self.kind in GRIDS

    @property
    def size(self) -> str:
        """How high a chart of rows is: "few", "many" or ""."""
        n = len(self.answer.figure.data["rows"]) if self.kind in OF_ROWS else MANY_ROWS
        return "few" if n <= FEW_ROWS else "many" if n > MANY_ROWS else ""


@dataclass(frozen=True)
class Card:
    """An analysis in the list: where it leads, what it lacks, and where its finding is told."""

    analysis: api.Analysis
    address: str
    lacking: api.Message | None
    told_at: str


@area.get("/d/<dataset>/explore/<name>")
def page(dataset: str, name: str) -> tuple[str, int] | AnyResponse:
    """Show one analysis: its finding, and chart, table or method; some have a page of their own."""
    if name in OWN_PAGES:
        said = request.query_string.decode("ascii", "ignore")
        return redirect(f"{_address(dataset, name)}?{said}".rstrip("?"))
    look = looking.at(dataset)
    asked = _named(name)
    question = _question(look, asked)
    asks = asked.compares and question.other is None
    # What it cannot count it has no choices for: then those of what it usually counts are shown.
    counted = question if question.unit in asked.units else replace(question, unit=asked.units[0])
    shown, trouble = (None, None) if asks else _shown(name, question)
    here = url_for("analyses.page", dataset=dataset, name=name)
    words = _words(asked)
    choices = [
        (choice, choice.options(counted), question.chosen.get(choice.name, ""))
        for choice in asked.choices
    ]
    view = request.args.get("view", "")
    view = view if view in VIEWS else "chart"
    text = render_template(
        "analysis/one.html",
        look=look,
        dataset=look.dataset,
        analysis=asked,
        shown=shown,
        trouble=trouble and trouble.message,
        choices=choices,
        can_choose=any(choice.free or options for choice, options, _ in choices),
        second=second_filter.of_page(
            look, second_filter.chosen(dataset), {**words, **filter_bar.unit_words(), "view": view}
        )
        if asked.compares
        else None,
        first_said=api.filter_sentence(look.chosen),
        view=view,
        views=[(one, label, _query(look, {**words, "view": one})) for one, label in VIEWS.items()],
        keep={**words, "view": view},
        filter_words=api.filter_sentence(look.chosen),
        here=here,
        files=[(one, f"{here}.{one}{_query(look, words)}") for one in (*PICTURES, *NUMBERS)],
        public_files=[
            (one, f"{here}.{one}{_query(look, {**words, 'public': '1'})}") for one in NUMBERS
        ]
        if asked.public(question) and not api.refused_for_public(look.chosen, look.summary)
        else [],
        cards=cards(look),
        chosen_words={key: word for key, word in words.items() if key != "other"},
    )
    # Data that lack something, or a filter that nothing passes, are no fault of the address.
    if trouble is None or isinstance(trouble, api.TooLittle):
        return text, 200
    lacking = counted is question and api.lacking(name, question)
    return text, 200 if lacking else 400


@area.get("/d/<dataset>/explore/<name>.<any(json, csv, xlsx, png, svg):format>")
def file(dataset: str, name: str, format: str) -> Response:
    """Return the numbers or the chart of the page."""
    look = looking.at(dataset)
    question = _question(look, _named(name))
    public = public_threshold()
    if public and format in PICTURES:
        raise api.ReportError("For the public there are tables (CSV, Excel, JSON), no pictures.")
    found = (
        api.analyse_for_public(name, question, public) if public else api.analyse(name, question)
    )
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.analysis_document(found, look.part, speaker))
    if public:
        content = api.export_analysis(found, format, speaker)
        return answers.table(content, f"{dataset}_{name}_public", format)
    origin = api.analysis_origin(found, question, look.chosen)
    content = api.export_analysis(found, format, speaker, origin)
    if format in PICTURES:
        return answers.file(content, f"{dataset}_{name}.{format}", PICTURES[format])
    return answers.table(content, f"{dataset}_{name}", format)


def public_threshold() -> int:
    """Read from the address whether a table is for the public: "1" or a threshold; 0 for none.

    Raises ReportError for a threshold that may not be asked.
    """
    said = request.args.get("public", "")
    if said in ("", "0"):
        return 0
    if said == "1":
        return api.PUBLIC_THRESHOLD
    threshold = int(said) if said.isascii() and said.isdigit() and len(said) < 3 else -1
    # Nought would hide nothing.
    api.check_threshold(threshold or -1)
    return threshold


@area.get("/d/<dataset>/explore/<name>/finding.json")
def finding(dataset: str, name: str) -> Response:
    """Return the one sentence of an analysis for the list; "" where it has no answer."""
    look = looking.at(dataset)
    try:
        found = api.analyse(name, _question(look, _named(name)))
    except api.MethodError:
        return answers.document({"finding": ""})
    return answers.document({"finding": i18n.speaker_of_request().say(found.finding)})


def cards(look: Look) -> list[tuple[api.Message, list[Card]]]:
    """Return every analysis by theme, for these crashes and what is counted."""
    found: dict[str, list[Card]] = {}
    about = api.question(look.part, whole=look.data, source=current.store())
    for name, one in api.list_analyses().items():
        address = _address(look.dataset.name, name)
        counted = filter_bar.unit() if filter_bar.unit() in one.units else one.units[0]
        unit = {"unit": counted} if counted != api.UNITS[0] else {}
        query = looking.query_string({**look.chosen.query, **unit})
        told_at = url_for("analyses.finding", dataset=look.dataset.name, name=name)
        lacking = api.lacking(name, replace(about, unit=counted))
        # What a comparison lacks, a second filter, is chosen on its page.
        is_open = one.compares and bool(look.summary.crashes)
        card = Card(
            one, address + query, None if is_open else lacking, "" if is_open else told_at + query
        )
        found.setdefault(one.theme, []).append(card)
    return [(api.THEMES[theme], listed) for theme, listed in found.items()]


def _address(dataset: str, name: str) -> str:
    if name in OWN_PAGES:
        return url_for(OWN_PAGES[name], dataset=dataset)
    return url_for("analyses.page", dataset=dataset, name=name)


def _named(name: str) -> api.Analysis:
    known = api.list_analyses()
    if name not in known:
        raise api.NotFound("There is no analysis {name}.", name=name[:40])
    return known[name]


def _question(look: Look, asked: api.Analysis) -> api.Question:
    """Read the address. Raises FilterError and NotFound for a second filter that is none."""
    return api.question(
        look.part,
        whole=look.data,
        unit=request.args.get("unit") or asked.units[0],
        chosen=_words(asked),
        passed=look.chosen,
        other=second_filter.chosen(look.dataset.name) if asked.compares else None,
        source=current.store(),
    )


def _shown(name: str, question: api.Question) -> tuple[Shown | None, api.CrashKitError | None]:
    try:
        found = api.analyse(name, question)
    except (api.MethodError, api.NeedsChoice) as error:
        return None, error
    return Shown(found, api.draw_analysis(found, i18n.speaker_of_request())), None


def _words(asked: api.Analysis) -> dict[str, str]:
    """Return the words of the address that say what was chosen."""
    names = [*(choice.name for choice in asked.choices), *(["other"] if asked.compares else [])]
    return {name: request.args[name] for name in names if request.args.get(name)}


def _query(look: Look, words: dict[str, str]) -> str:
    return looking.query_string({**look.chosen.query, **filter_bar.unit_words(), **words})
