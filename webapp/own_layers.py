"""Layers of a data set: the list, those that users add, rename and remove."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import accounts, answers, current, ground, i18n

area = Blueprint("own_layers", __name__)

MOST_BYTES = 10_000_001
"""One more than a layer may have: enough to see that it is too large."""


@area.get("/d/<dataset>/layers")
def page(dataset: str) -> str:
    """List the layers of a data set, with forms to add, rename and remove."""
    return _page(dataset)


def _page(dataset: str, wrong: api.Message | None = None) -> str:
    listed = current.store().layer_list(dataset)
    return render_template(
        "layers/page.html",
        dataset=current.store().dataset(dataset),
        own=[one for one in listed if one.own],
        brought=[one for one in listed if not one.own],
        kinds=api.layer_kinds(),
        colours=api.layer_colours(),
        extracts=ground.usable(),
        wrong=wrong,
        said=request.form,
        **accounts.WORDS,
    )


@area.get("/d/<dataset>/layers.json")
def page_json(dataset: str) -> Response:
    """Return the list of layers as JSON."""
    return answers.document({"layers": _rows(dataset)})


@area.get("/d/<dataset>/layers.csv")
def page_csv(dataset: str) -> Response:
    """Return the list of layers as CSV."""
    say, rows = i18n.speaker_of_request().say, _rows(dataset)
    heads = [say("Layer"), say("Title"), say("Kind"), say("Colour"), say("Own")]
    names = ("id", "title", "kind", "colour", "own")
    content = api.export_rows(heads, [[row[name] for name in names] for row in rows])
    return answers.table(content, f"{dataset}-layers", "csv")


def _rows(dataset: str) -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {
            "id": one.key,
            "title": one.title or say(accounts.layer_of(one.key)),
            "kind": one.kind,
            "colour": one.colour,
            "own": one.own,
            "features": one.features,
        }
        for one in current.store().layer_list(dataset)
    ]


@area.post("/d/<dataset>/layers")
def add(dataset: str) -> AnyResponse:
    """Add the GeoJSON file of the form as a layer."""
    store, say = current.store(), i18n.speaker_of_request().say
    given, form = request.files.get("file"), request.form
    try:
        if given is None or not given.filename:
            raise api.IntakeError("Choose a file with a layer (.geojson).")
        title = form.get("title", "").strip() or given.filename.rsplit(".", 1)[0][-60:]
        _, left_out = api.add_layer(
            store,
            dataset,
            given.stream.read(MOST_BYTES),
            title=title,
            kind=form.get("kind", "other"),
            colour=form.get("colour", "blue"),
        )
    except (api.IntakeError, api.SettingError, api.StoreError) as error:
        return Response(_page(dataset, error.message), 400)
    flash(say("{title} is on the maps of this data set now.", title=title), "good")
    if left_out:
        flash(say(left_out), "warn")
    return redirect(_back(dataset), 303)


@area.post("/d/<dataset>/layers/<key>")
def change(dataset: str, key: str) -> AnyResponse:
    """Give a layer another title or colour."""
    form, say = request.form, i18n.speaker_of_request().say
    try:
        title, colour = form.get("title", ""), form.get("colour", "")
        api.change_layer(current.store(), dataset, key, title=title, colour=colour)
    except api.SettingError as error:
        return Response(_page(dataset, error.message), 400)
    flash(say("Changed."), "good")
    return redirect(_back(dataset), 303)


@area.post("/d/<dataset>/layers/<key>/remove")
def remove(dataset: str, key: str) -> AnyResponse:
    """Delete a layer of a user."""
    titles = {one.key: one.title for one in ground.listed(dataset)}
    current.store().remove_layer(dataset, key)
    say = i18n.speaker_of_request().say
    flash(say("The layer {key} is deleted.", key=titles.get(key, key)), "info")
    return redirect(_back(dataset), 303)


def _back(dataset: str) -> str:
    return f"/d/{quote(dataset, safe='')}/layers"
