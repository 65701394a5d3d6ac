"""The archive: every report that was written, found by what it is about, taken or taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import current, i18n, looking, reports

area = Blueprint("archive", __name__)

PER_PAGE = 50
ASKED = ("kind", "language", "format")


@area.get("/d/<dataset>/reports/archive")
def page(dataset: str) -> str:
    """List the reports that pass what is asked, a page at a time, the newest first."""
    look = looking.at(dataset, {})
    name = look.dataset.name
    everything = current.store().documents(name)
    asked = {one: request.args.get(one, "") for one in ASKED}
    found = [one for one in everything if _passes(one.about, asked)]
    pages = max(1, -(-len(found) // PER_PAGE))
    at = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "reports/archive.html",
        look=look,
        dataset=look.dataset,
        documents=found[(at - 1) * PER_PAGE : at * PER_PAGE],
        found=len(found),
        everything=len(everything),
        asked=asked,
        choices=_choices(everything),
        at=at,
        pages=pages,
        present=look.dataset.version,
        title_of=reports.title_of,
        sentence=reports.sentence,
        options=reports.options_of,
    )


@area.post("/d/<dataset>/reports/<int:number>/remove")
def remove(dataset: str, number: int) -> AnyResponse:
    """Take a report out of the archive."""
    current.store().remove_document(dataset, number)
    flash(i18n.speaker_of_request().say("The report is taken out of the archive."), "info")
    return redirect(url_for("archive.page", dataset=dataset), 303)


def _passes(about: Any, asked: dict[str, str]) -> bool:
    told = {**about, "kind": _name(about)}
    return all(not wanted or told.get(one) == wanted for one, wanted in asked.items())


def _name(about: Any) -> str:
    return str(about.get("template") or about.get("kind") or "")


def _choices(documents: list[Any]) -> list[tuple[str, api.Message, Mapping[str, Any]]]:
    """Return by what reports can be found: name, label, and what there is with its words."""
    titles = {_name(one.about): reports.title_of(one.about) for one in documents}
    tongues = {one.code: api.Message("{text}", {"text": one.name}) for one in api.list_languages()}
    return [
        ("kind", api.Message("Report"), titles),
        ("language", api.Message("Language"), tongues),
        ("format", api.Message("Format"), reports.FORMATS),
    ]
