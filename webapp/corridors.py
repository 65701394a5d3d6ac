"""Corridors of a network in the browser: the list, the map, sections one by one, a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, jobs, uploads

area = Blueprint("corridors", __name__)

MOST_NAMES = 2000
"""So many names of roads are offered while one types."""
SCREENED_BY = "count_corridors"
"""The rule that the page leads to."""


@dataclass(frozen=True)
class Row:
    """A corridor of the list: its sections with km posts, its length, the roads that lack."""

    name: str
    colour: str
    sections: list[tuple[str, float | None, float | None]]
    km: float
    missing: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Shown:
    """What is known of the corridors of a network, worked out once for its roads and theirs."""

    rows: list[Row]
    shared: list[api.SharedRoad]
    lines: Mapping[str, Mapping[str, Any]]
    bounds: list[float] | None


@lru_cache(maxsize=4)
def _shown(store: api.Store, name: str, at: Any, told: tuple[api.Corridor, ...]) -> Shown:
    network = api.load_roads(store, name)
    colours = list(api.layer_colours())
    rows = [
        Row(
            one.name,
            colours[n % len(colours)],
            [row[1:] for row in api.corridor_rows([one])],
            api.corridor_km(network, one),
            api.missing_roads(network, [one]),
        )
        for n, one in enumerate(told)
    ]
    lines = {one.name: api.corridor_lines(network, one) for one in told}
    spots = [
        place
        for content in lines.values()
        for feature in content["features"]
        for place in feature["geometry"]["coordinates"]
    ]
    return Shown(rows, api.shared_sections(network, told), lines, _around(spots))


def _around(spots: list[list[float]]) -> list[float] | None:
    if not spots:
        return None
    lon, lat = zip(*spots, strict=True)
    return [min(lon), min(lat), max(lon), max(lat)]


@lru_cache(maxsize=4)
def _names(store: api.Store, name: str, at: Any) -> list[str]:
    return api.road_names(api.load_roads(store, name))


def _asked(network: str) -> tuple[api.KeptRoads, tuple[api.Corridor, ...]]:
    store = current.store()
    return store.road_network(network), store.road_corridors(network)


@area.get("/roads/<network>/corridors")
def page(network: str) -> str:
    """List the corridors of a network on a map, with forms to change them. Raises NotFound."""
    return _page(network, {}, None)


def _page(network: str, said: Mapping[str, str], wrong: api.Message | None) -> str:
    about, told = _asked(network)
    shown = _shown(current.store(), network, about.at, told)
    layers = [
        {
            "key": f"corridor-{n}",
            "title": row.name,
            "kind": "roads",
            "colour": row.colour,
            "url": f"{_here(network)}.geojson?{urlencode({'name': row.name})}",
        }
        for n, row in enumerate(shown.rows)
    ]
    return render_template(
        "roads/corridors.html",
        roads=about,
        shown=shown,
        here=_here(network),
        layers={"layers": json.dumps(layers, ensure_ascii=False)} if layers else {},
        names=_names(current.store(), network, about.at)[:MOST_NAMES],
        datasets=[one.name for one in current.store().datasets()],
        rule=SCREENED_BY,
        km=i18n.kilometres,
        said=said,
        wrong=wrong,
    )


def _here(network: str) -> str:
    return f"/roads/{quote(network, safe='')}/corridors"


@area.get("/roads/<network>/corridors.geojson")
def lines(network: str) -> Response:
    """Return the lines of one corridor. Raises NotFound."""
    about, told = _asked(network)
    name = request.args.get("name", "")
    found = _shown(current.store(), network, about.at, told).lines.get(name)
    if found is None:
        raise api.NotFound("There is no corridor “{name}”.", name=name[:100])
    return answers.document(found, format="geojson")


@area.get("/roads/<network>/corridors.json")
def page_json(network: str) -> Response:
    """Return the corridors, and what they share, as JSON. Raises NotFound."""
    about, told = _asked(network)
    shown = _shown(current.store(), network, about.at, told)
    heads = ("road", "from_km", "to_km")
    return answers.document(
        {
            "network": network,
            "corridors": [
                {
                    "corridor": row.name,
                    "sections": [dict(zip(heads, one, strict=True)) for one in row.sections],
                    "km": round(row.km, 3),
                    "missing_roads": list(row.missing),
                }
                for row in shown.rows
            ],
            "shared": [
                {
                    "corridors": [one.one, one.other],
                    "road": one.road,
                    "km": round(one.length_m / 1000, 3),
                }
                for one in shown.shared
            ],
        }
    )


@area.get("/roads/<network>/corridors.csv")
def page_csv(network: str) -> Response:
    """Return the table that tells these corridors: it can be read again. Raises NotFound."""
    _, told = _asked(network)
    heads = ("corridor", "road", "from_km", "to_km")
    content = api.export_rows(heads, api.corridor_rows(told))
    return answers.table(content, f"{network}-corridors", "csv")


# ------------------------------------------------------------------ changing


@area.post("/roads/<network>/corridors")
def change(network: str) -> AnyResponse:
    """Add a section, or rename or remove a corridor or a section, as the form says."""
    form, store = request.form, current.store()
    name, do = form.get("corridor", ""), form.get("do", "add")
    try:
        if do == "rename":
            api.rename_corridor(store, network, name, form.get("to", ""))
        elif do == "remove":
            place = form.get("section", type=int)
            api.remove_corridor(store, network, name, place)
        else:
            words = {key: form.get(key, "") for key in ("from_km", "to_km")}
            api.add_corridor_section(store, network, name, form.get("road", ""), **words)
    except (api.IntakeError, api.Refused) as error:
        return Response(_page(network, form, error.message), 400)
    flash(i18n.speaker_of_request().say("Changed."), "good")
    return redirect(_here(network), 303)


@area.post("/roads/<network>/corridors/file")
def upload(network: str) -> AnyResponse:
    """Put up the reading of a table of corridors, which takes the place of those before."""
    current.store().road_network(network)
    given = request.files.get("file")
    if given is None or not given.filename:
        wrong = api.Message("Choose a file with corridors (CSV, Excel).")
        return Response(_page(network, {}, wrong), 400)
    uploads.sweep(current.config().upload_hours)
    number = uploads.keep([(given.filename, given.stream)])
    try:
        job = current.board().start("corridors", {"network": network, "upload": number})
    except jobs.Full:
        uploads.discard(number)
        raise
    return redirect(f"/jobs/{job}", 303)


@jobs.work("corridors", apart=True)
def read_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Read the table and keep its corridors; a question ends it, for a table has no answers."""
    ((path, name),) = uploads.places(args["upload"])
    try:
        told = api.read_corridors(Path(path), name)
    except api.NeedsChoice as error:
        raise api.IntakeError(
            "{question} In the browser a table of corridors has one sheet, and is written in "
            "UTF-8.",
            question=error.message,
        ) from error
    finally:
        uploads.discard(args["upload"])
    store.save_road_corridors(args["network"], told)
    return {"page": _here(args["network"])}
