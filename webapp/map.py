"""The map: the page, its tiles, one crash for the pop-up, the layers a data set brings along."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Condition
from typing import Any
from urllib.parse import quote

from cachetools import LRUCache, cached
from flask import Blueprint, Response, render_template, request, send_file, url_for

from crashkit import api
from webapp import (
    answers,
    current,
    density_layer,
    filter_bar,
    ground,
    i18n,
    looking,
    network_layer,
    painted,
    selection,
)
from webapp.looking import Look

area = Blueprint("map", __name__)

LAYERS = {
    "roads": api.Message("Roads"),
    "towns": api.Message("Towns"),
    "lakes": api.Message("Lakes"),
    "areas": api.Message("Provinces"),
    "junctions": api.Message("Junctions"),
}
"""Kinds of layer a data set may bring along."""

SEVERITIES = (
    ("fatal", api.Message("Fatal")),
    ("serious", api.Message("Serious")),
    ("slight", api.Message("Slight")),
    ("injury", api.Message("Injury, class unknown")),
    ("pdo", api.Message("Property damage only")),
    ("unknown", api.Message("Unknown")),
)

CARD = (
    ("crash_date", api.Message("Date")),
    ("crash_time", api.Message("Time")),
    ("n_killed", api.Message("Killed")),
    ("n_serious", api.Message("Seriously injured")),
    ("n_slight", api.Message("Slightly injured")),
    ("n_vehicles", api.Message("Vehicles")),
    ("crash_type", api.Message("Crash type")),
    ("road_key", api.Message("Road")),
    ("chainage_km", api.Message("Km post")),
    ("place", api.Message("Settlement")),
    ("junction", api.Message("Junction")),
    ("light", api.Message("Light")),
    ("weather", api.Message("Weather")),
    ("surface_condition", api.Message("Road surface")),
)
"""What the pop-up says of one crash, under the labels of the data dictionary."""

VIEWS = {
    "": api.Message("Crashes"),
    "heat": api.Message("Heat"),
    "age": api.Message("By age"),
    "months": api.Message("By month"),
}
"""Ways to show the crashes of the map, by the word `view` of its address."""

MOST_SCREENINGS = 5
"""Screenings offered beside the map; the page of blackspots lists all."""

TILE_TYPE = "application/vnd.mapbox-vector-tile"
GEOJSON_TYPE = "application/geo+json"
KEPT = {"Cache-Control": "private, max-age=60"}
TILE_CACHE_BYTES = 32_000_000
"""Packed tiles that are kept: a class that looks at one map is served from these."""


@area.app_template_global()
def map_modules() -> tuple[str, ...]:
    """Return the scripts of a map, which import one another."""
    return _map_modules()


@cache
def _map_modules() -> tuple[str, ...]:
    static = Path(str(resources.files("webapp"))) / "static"
    own = sorted(path.name for path in static.glob("map_*.js"))
    return ("vendor/maplibre-gl.mjs", "vendor/pmtiles.mjs", "basemap.js", *own)


@area.get("/d/<dataset>/map")
def page(dataset: str) -> str:
    """Show crashes on the map, with the filter of the query string."""
    look = looking.at(dataset)
    brought = stored_layers(dataset)
    kinds = [(kind, label) for kind, label in LAYERS.items() if kind in brought]
    own = ground.own_layers(dataset)
    box = look.bounds
    result = request.args.get("result", type=int)
    first, last = _months(look)
    return render_template(
        "map/page.html",
        look=look,
        dataset=look.dataset,
        summary=look.summary,
        bounds=box,
        own_layers=own,
        paints=painted.choices(look, selection.kept()),
        paint_legend=painted.legend(look),
        network=network_layer.block(look, selection.kept()),
        density=density_layer.block(look, selection.kept()),
        without_roads=not ({"roads"} & {*brought, *(one.kind for one in own)})
        and not ground.has_roads(box),
        severities=SEVERITIES,
        switches=kinds,
        result=result,
        data_has_road=look.data.has("road_key"),
        keep=selection.kept(),
        views=_views(look.chosen),
        select=url_for("selection.select", dataset=dataset),
        roads=roads_of(look),
        named=bool({*brought, *(one.key for one in own)} - {"roads"}),
        screenings=_screenings(dataset, look.chosen),
        saved=api.saved_sites(current.store(), dataset),
        statuses=api.site_statuses(),
        site_label=api.site_label,
        addresses={
            **addresses(look, [kind for kind, _ in kinds], result),
            **painted.address(look),
            **saved_address(dataset),
            **network_layer.address(look),
            **density_layer.address(look),
            **ground.server(),
            "select": url_for("selection.select", dataset=dataset),
            "view": _view(),
            "months": f"{first},{last}",
        },
        files=f"/d/{quote(dataset)}/crashes",
        today=date.today(),
        query=look.query,
    )


@area.get("/d/<dataset>/map.json")
def page_json(dataset: str) -> Response:
    """Return the figures of the page: what passes the filter, who was hurt, what is located."""
    look = looking.at(dataset)
    people = ("killed", "serious", "slight")
    counts = {name: getattr(look.summary, name) for name in people}
    return answers.document(
        {
            "data_version": look.dataset.fingerprint,
            "filter": look.chosen.words,
            "period": {
                "from": look.part.period.start.isoformat(),
                "to": look.part.period.end.isoformat(),
            },
            "crashes": look.summary.crashes,
            "of": look.summary.of,
            "located": look.summary.located,
            **counts,
            "by_severity": dict(look.summary.by_severity),
            "emptied_by": _emptied_by(look),
        }
    )


def _emptied_by(look: Look) -> list[dict[str, Any]]:
    """Say of each condition what it does where nothing passes the filter."""
    say = i18n.speaker_of_request().say
    return [
        {
            "condition": one.condition.words,
            "says": say(one.message),
            "alone": one.alone,
            "without": one.without,
            "query": look.chosen.less(one.condition).query,
        }
        for one in filter_bar.emptied(look)
    ]


@area.get("/d/<dataset>/map.csv")
def page_csv(dataset: str) -> Response:
    """Return the table of the page, crashes by severity, as CSV."""
    look, say = looking.at(dataset), i18n.speaker_of_request().say
    rows = [
        [say(label), look.summary.by_severity[code]]
        for code, label in SEVERITIES
        if look.summary.by_severity.get(code)
    ]
    content = api.export_rows([say("Severity"), say("Crashes")], rows)
    return answers.table(content, f"{look.dataset.name}_severity", "csv")


def stored_layers(dataset: str) -> list[str]:
    """Return the kinds of layer that a data set brought along."""
    return [one.key for one in ground.listed(dataset) if one.key in LAYERS]


def addresses(look: Look, kinds: list[str], result: int | None) -> dict[str, str]:
    """Return where a map of these crashes finds its data, by attribute of static/map.js."""
    name = look.dataset.name
    here = f"/d/{quote(name)}"
    words = {**look.chosen.query, "v": str(look.dataset.version)}
    found = {
        "tiles": f"{here}/tiles/{{z}}/{{x}}/{{y}}.mvt{looking.query_string(words)}",
        "cells": json.dumps(api.cell_limits(look.data, look.part), separators=(",", ":")),
        "crash": f"{here}/crash/{{id}}.json",
        "remember": name,
    }
    found |= {kind: f"{here}/layers/{kind}.geojson" for kind in kinds}
    found |= ground.address(name)
    if result is not None:
        found["sites"] = f"{here}/blackspots/{result}.geojson"
        found["site"] = f"{here}/blackspots/{result}/{{rank}}"
    return found


def saved_address(dataset: str) -> dict[str, str]:
    """Return where a map finds the sites of the register."""
    return {"saved": f"/d/{quote(dataset)}/register.geojson"}


def roads_of(look: Look) -> list[str]:
    """Return the roads of these data, the ones with most crashes first."""
    offered = {field.name: field for field in looking.choices(look.data)}
    options = offered["road"].options if "road" in offered else ()
    return [option.label.values["text"] for option in options if "text" in option.label.values]


def _view() -> str:
    asked = request.args.get("view", "")
    return asked if asked in VIEWS else ""


def _views(chosen: api.Filter) -> list[tuple[api.Message, str, bool]]:
    """Return the ways to show the crashes: label, address, whether it is the one that shows."""
    kept = {name: word for name, word in selection.kept().items() if name != "view"}
    return [
        (
            label,
            looking.query_string({**chosen.query, **kept, **({"view": view} if view else {})})
            or request.path,
            view == _view(),
        )
        for view, label in VIEWS.items()
    ]


def _screenings(dataset: str, chosen: api.Filter) -> list[tuple[int, str, str]]:
    """Return the newest screenings: number, title, and the address of this map with their sites."""
    kept = current.store().results(dataset)[:MOST_SCREENINGS]
    return [
        (one.id, one.asked.title, looking.query_string({**chosen.query, "result": str(one.id)}))
        for one in kept
    ]


@area.get("/d/<dataset>/tiles/<int:zoom>/<int:x>/<int:y>.mvt")
def tile(dataset: str, zoom: int, x: int, y: int) -> Response:
    """Return one vector tile; 204 where there is no crash."""
    data = api.load(current.store(), dataset)
    packed = _packed_tile(data, api.parse_filter(request.args).words, zoom, x, y)
    if not packed:
        return Response(status=204, headers=KEPT)
    return answers.packed(packed, TILE_TYPE, KEPT)


def _place_of(data: api.CrashData, words: str, *place: int) -> tuple[Any, ...]:
    """Name a tile without holding on to the data it was made of."""
    info, layers = data.dataset, looking.layers_of(data, words)
    known = (info.name, info.version, info.changed) if info else (data,)
    return (*known, words, layers, *place)


@cached(
    LRUCache(maxsize=TILE_CACHE_BYTES, getsizeof=lambda packed: len(packed) + 500),
    key=_place_of,
    condition=Condition(),
)
def _packed_tile(data: api.CrashData, words: str, zoom: int, x: int, y: int) -> bytes:
    """Return one packed tile, made once for all who look at the same part of the map."""
    content = api.tile(data, looking.cut(data, words), zoom, x, y)
    return gzip.compress(content, 1) if content else b""


@area.get("/d/<dataset>/crash/<int:crash>.json")
def crash(dataset: str, crash: int) -> Response:
    """Return what the pop-up says of one crash, in the language of the page."""
    data = api.load(current.store(), dataset)
    found = data.keep(data.crash_ids == crash).crashes
    if found.empty:
        raise api.NotFound("This data set has no crash number {number}.", number=str(crash))
    values = {str(name): value for name, value in found.iloc[0].dropna().items()}
    title = dict(SEVERITIES).get(str(values.get("severity")), SEVERITIES[-1][1])
    rows = [
        (label, _value(name, values[name])) for name, label in CARD if values.get(name, "") != ""
    ]
    address = f"/d/{quote(dataset, safe='')}/crashes/{crash}"
    text = render_template("map/crash.json", title=title, rows=rows, page=address)
    return Response(text, mimetype="application/json", headers=KEPT)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return api.value_label(name, value)
    if isinstance(value, datetime):
        return value.date()
    return int(value) if float(value).is_integer() else float(value)


@area.get("/d/<dataset>/map/months.json")
def months(dataset: str) -> Response:
    """Return how many crashes pass the filter in each month of the period, none left out.

    A month counts from the year 0: year * 12 + month - 1. `undated` have no known month.
    """
    look = looking.at(dataset)
    counted = _by_month(look.part)
    first, last = _months(look)
    return answers.document(
        {
            "months": [
                {"month": month, "crashes": counted.get(month, 0)}
                for month in range(first, last + 1)
            ],
            "undated": look.summary.crashes - sum(counted.values()),
        }
    )


def _by_month(part: api.CrashData) -> dict[int, int]:
    table = api.tabulate(part, "year", "month")
    return {
        int(year) * 12 + int(month) - 1: n
        for year, row in zip(table.rows, table.cells, strict=True)
        for month, n in zip(table.columns, row, strict=True)
        if n and year.isdigit() and month.isdigit()
    }


def _months(look: Look) -> tuple[int, int]:
    """Return the first and the last month of the period of the crashes."""
    ends = (look.part.period.start, look.part.period.end)
    first, last = (day.year * 12 + day.month - 1 for day in ends)
    return first, last


@area.get("/d/<dataset>/map.png")
def picture(dataset: str) -> Response:
    """Return the map as a picture, for browsers that cannot draw it. Raises NotFound."""
    look = looking.at(dataset)
    if not look.summary.located:
        raise api.NotFound("None of these crashes has coordinates, so the map cannot show them.")
    drawn = api.draw_figure(api.map_figure(look.part), i18n.speaker_of_request())
    return Response(drawn, mimetype="image/png", headers=KEPT)


@area.get("/basemap.pmtiles")
def basemap() -> Response:
    """Return the base map; the browser asks for the parts it needs."""
    path = Path(str(resources.files("crashkit"))) / "basemap" / "basemap.pmtiles"
    return send_file(path, mimetype="application/octet-stream", conditional=True, max_age=86_400)


@area.get("/d/<dataset>/layers/<kind>.geojson")
def layer(dataset: str, kind: str) -> Response:
    """Return a layer of the data set, one it brought along or one a user added."""
    found = current.store().layer(dataset, kind)
    if found is None:
        raise api.NotFound("This data set has no layer “{kind}”.", kind=kind)
    packed = gzip.compress(json.dumps(found, ensure_ascii=False).encode(), 1)
    return answers.packed(packed, GEOJSON_TYPE, KEPT)
