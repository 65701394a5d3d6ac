"""Saved filters of a data set: keep the filter of a page under a name, rename it, forget it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, filter_bar, i18n, looking

area = Blueprint("saved", __name__)


def _here(dataset: str) -> str:
    return f"/d/{quote(dataset, safe='')}"


@area.get("/d/<dataset>/filters")
def page(dataset: str) -> str:
    """List the saved filters in words, also those that can no longer be read, with the reason."""
    return _page(dataset)


def _page(dataset: str, wrong: api.Message | None = None) -> str:
    store = current.store()
    return render_template(
        "saved/page.html",
        dataset=store.dataset(dataset),
        saved=api.saved_filters(store, dataset),
        sentence=api.filter_sentence,
        query=lambda chosen: looking.query_string(chosen.query),
        wrong=wrong,
    )


@area.get("/d/<dataset>/filters.json")
def page_json(dataset: str) -> Response:
    """Return the saved filters as JSON."""
    return answers.document({"dataset": dataset, "filters": _rows(dataset)})


@area.get("/d/<dataset>/filters.csv")
def page_csv(dataset: str) -> Response:
    """Return the saved filters as CSV."""
    say = i18n.speaker_of_request().say
    heads = [say("Name"), say("Filter"), say("In words"), say("Saved (UTC)")]
    rows = [[row[key] for key in ("name", "filter", "says", "saved")] for row in _rows(dataset)]
    return answers.table(api.export_rows(heads, rows), f"{dataset}_filters", "csv")


def _rows(dataset: str) -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {
            "name": one.name,
            "filter": one.words,
            "says": " ".join(say(part) for part in _said(one)),
            "readable": one.chosen is not None,
            "saved": one.at.isoformat(),
        }
        for one in api.saved_filters(current.store(), dataset)
    ]


def _said(one: api.SavedFilter) -> tuple[api.Message, ...]:
    if one.chosen is None:
        return (one.trouble,) if one.trouble else ()
    return api.filter_sentence(one.chosen)


@area.post("/d/<dataset>/filters")
def save(dataset: str) -> AnyResponse:
    """Keep the filter of a page under a name and go back to it."""
    chosen = api.parse_filter(request.form.get("words", ""))
    name = request.form.get("name", "")
    try:
        api.save_filter(current.store(), dataset, name, chosen)
    except api.Refused as error:
        return Response(_page(dataset, error.message), 400)
    said = i18n.speaker_of_request().say
    flash(said("The filter “{name}” is saved.", name=" ".join(name.split())), "good")
    back = request.form.get("back", "")
    words = looking.query_string(chosen.query)
    is_page = filter_bar.is_page(dataset, back)
    return redirect(f"{back}{words}" if is_page else f"{_here(dataset)}/filters", 303)


@area.post("/d/<dataset>/filters/rename")
def rename(dataset: str) -> AnyResponse:
    """Give a saved filter another name."""
    try:
        names = request.form.get("name", ""), request.form.get("to", "")
        api.rename_filter(current.store(), dataset, *names)
    except api.Refused as error:
        return Response(_page(dataset, error.message), 400)
    return redirect(f"{_here(dataset)}/filters", 303)


@area.post("/d/<dataset>/filters/remove")
def remove(dataset: str) -> AnyResponse:
    """Forget a saved filter."""
    name = request.form.get("name", "")
    api.remove_filter(current.store(), dataset, name)
    said = i18n.speaker_of_request().say
    flash(said("The filter “{name}” is removed.", name=name), "info")
    return redirect(f"{_here(dataset)}/filters", 303)
