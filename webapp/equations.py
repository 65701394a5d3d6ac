"""Chainage equations of a network in the browser: the list, one more, one less."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n

area = Blueprint("equations", __name__)

HEADS = ("road", "back_km", "ahead_km")
MOST_NAMES = 2000
"""So many names of roads are offered while one types."""


@lru_cache(maxsize=4)
def _told(
    store: api.Store, name: str, at: Any
) -> tuple[list[tuple[str, float, float, bool]], list[str]]:
    """Return the equations of a network, and what its roads are called."""
    network = api.load_roads(store, name)
    return api.road_equations(network), api.road_names(network)[:MOST_NAMES]


def _found(network: str) -> tuple[list[tuple[str, float, float, bool]], list[str]]:
    store = current.store()
    return _told(store, network, store.road_network(network).at)


@area.get("/roads/<network>/equations")
def page(network: str) -> str:
    """List the chainage equations of a network, with a form to add one. Raises NotFound."""
    return _page(network, {}, None)


def _page(network: str, said: Mapping[str, str], wrong: api.Message | None) -> str:
    told, names = _found(network)
    return render_template(
        "roads/equations.html",
        roads=current.store().road_network(network),
        told=told,
        names=names,
        here=_here(network),
        km=i18n.kilometres,
        said=said,
        wrong=wrong,
    )


def _here(network: str) -> str:
    return f"/roads/{quote(network, safe='')}/equations"


@area.get("/roads/<network>/equations.json")
def page_json(network: str) -> Response:
    """Return the chainage equations as JSON. Raises NotFound."""
    told, _ = _found(network)
    heads = (*HEADS, "without_use")
    rows = [dict(zip(heads, row, strict=True)) for row in told]
    return answers.document({"network": network, "equations": rows})


@area.get("/roads/<network>/equations.csv")
def page_csv(network: str) -> Response:
    """Return the table that tells these equations: it can be read with a network."""
    told, _ = _found(network)
    content = api.export_rows(HEADS, [row[:3] for row in told])
    return answers.table(content, f"{network}-equations", "csv")


@area.post("/roads/<network>/equations")
def change(network: str) -> AnyResponse:
    """Add the equation of the form, or remove one."""
    form, store = request.form, current.store()
    try:
        if form.get("do") == "remove":
            api.remove_road_equation(store, network, form.get("place", -1, type=int))
        else:
            words = {key: form.get(key, "") for key in ("back_km", "ahead_km")}
            api.add_road_equation(store, network, form.get("road", ""), **words)
    except (api.IntakeError, api.Refused) as error:
        return Response(_page(network, form, error.message), 400)
    flash(i18n.speaker_of_request().say("Changed."), "good")
    return redirect(_here(network), 303)
