"""The map: the page, its tiles, one crash for the pop-up, the layers a data set brings along."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, render_template, request, send_file
from werkzeug.datastructures import MultiDict

from crashkit import api

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

NOT_FILTER = ("v", "result", "crash", "lang")
"""Words of the query string that are not part of the filter."""

MOST_SCREENINGS = 5
"""Screenings offered beside the map; the page of blackspots lists all."""

TILE_TYPE = "application/vnd.mapbox-vector-tile"
GEOJSON_TYPE = "application/geo+json"
KEPT = {"Cache-Control": "private, max-age=60"}


@area.get("/d/<dataset>/map")
def page(dataset: str) -> str:
    """Show crashes on the map, with the filter of the query string."""
    data = api.load(store(), dataset)
    chosen = _chosen(request.args)
    part = _part(data, chosen.words)
    summary = api.summarise(part, data)
    kinds = [(kind, label) for kind, label in LAYERS.items() if kind in store().layers(dataset)]
    result = request.args.get("result", type=int)
    return render_template(
        "map/page.html",
        dataset=data.dataset,
        data=data,
        chosen=chosen,
        summary=summary,
        located_share=_percent(summary.located, summary.crashes),
        bounds=_bounds(part) or _bounds(data),
        severities=SEVERITIES,
        switches=kinds,
        result=result,
        screenings=_screenings(dataset, chosen),
        addresses=_addresses(data, chosen, [kind for kind, _ in kinds], result),
        files=f"/d/{quote(dataset)}/crashes",
        query=_query(chosen.query),
    )


def _addresses(
    data: api.CrashData, chosen: api.Filter, kinds: list[str], result: int | None
) -> dict[str, str]:
    """Return where the map of the page finds its data, by attribute of static/map.js."""
    here = f"/d/{quote(_name(data))}"
    version = str(data.dataset.version) if data.dataset else "0"
    tiles = f"{here}/tiles/{{z}}/{{x}}/{{y}}.mvt{_query({**chosen.query, 'v': version})}"
    found = {"tiles": tiles, "crash": f"{here}/crash/{{id}}.json", "remember": _name(data)}
    found |= {kind: f"{here}/layers/{kind}.geojson" for kind in kinds}
    if result is not None:
        found["sites"] = f"{here}/blackspots/{result}.geojson"
        found["site"] = f"{here}/blackspots/{result}/{{rank}}"
    return found


def _screenings(dataset: str, chosen: api.Filter) -> list[tuple[int, str, str]]:
    """Return the newest screenings: number, title, and the address of this map with their sites."""
    kept = store().results(dataset)[:MOST_SCREENINGS]
    return [
        (one.id, one.asked.title, _query({**chosen.query, "result": str(one.id)})) for one in kept
    ]


def _name(data: api.CrashData) -> str:
    return data.dataset.name if data.dataset else ""


def _query(words: Mapping[str, str]) -> str:
    return f"?{urlencode(words)}" if words else ""


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


@area.get("/d/<dataset>/tiles/<int:zoom>/<int:x>/<int:y>.mvt")
def tile(dataset: str, zoom: int, x: int, y: int) -> Response:
    """Return one vector tile; 204 where there is no crash."""
    data = api.load(store(), dataset)
    part = _part(data, _chosen(request.args).words)
    content = api.tile(data, part, zoom, x, y)
    if not content:
        return Response(status=204, headers=KEPT)
    return _packed(content, TILE_TYPE)


@area.get("/d/<dataset>/crash/<int:crash>.json")
def crash(dataset: str, crash: int) -> Response:
    """Return what the pop-up says of one crash, in the language of the page."""
    data = api.load(store(), dataset)
    found = data.crashes[data.crashes["id"] == crash]
    if found.empty:
        raise api.NotFound("This data set has no crash number {number}.", number=str(crash))
    values = {str(name): value for name, value in found.iloc[0].dropna().items()}
    words = _words(data)
    title = dict(SEVERITIES).get(str(values.get("severity")), SEVERITIES[-1][1])
    rows = [
        (label, _value(values[name], words.get(name, {})))
        for name, label in CARD
        if values.get(name, "") != ""
    ]
    text = render_template("map/crash.json", title=title, rows=rows)
    return Response(text, mimetype="application/json", headers=KEPT)


def _value(value: Any, words: Mapping[str, api.Message]) -> Any:
    if isinstance(value, str):
        return [words.get(code, code) for code in value.split("|")] if words else value
    if isinstance(value, datetime):
        return value.date()
    return int(value) if float(value).is_integer() else float(value)


@lru_cache(maxsize=4)
def _words(data: api.CrashData) -> dict[str, dict[str, api.Message]]:
    """Return the labels of the codes by field, as the filter bar names them."""
    return {
        field.name: {value: label for value, label, _ in field.options}
        for field in api.filter_choices(data)
    }


@area.get("/basemap.pmtiles")
def basemap() -> Response:
    """Return the base map; the browser asks for the parts it needs."""
    path = Path(str(resources.files("crashkit"))) / "basemap" / "basemap.pmtiles"
    return send_file(path, mimetype="application/octet-stream", conditional=True, max_age=86_400)


@area.get("/d/<dataset>/layers/<kind>.geojson")
def layer(dataset: str, kind: str) -> Response:
    """Return a layer of the data set: roads, towns, lakes, areas or junctions."""
    found = store().layer(dataset, kind) if kind in LAYERS else None
    if found is None:
        raise api.NotFound("This data set has no layer “{kind}”.", kind=kind)
    return _packed(json.dumps(found, ensure_ascii=False).encode(), GEOJSON_TYPE)


def store() -> api.Store:
    """Return the store this application works on."""
    found: api.Store = current_app.extensions["crashkit.store"]
    return found


def _chosen(words: MultiDict[str, str]) -> api.Filter:
    return api.parse_filter({k: v for k, v in words.items() if k not in NOT_FILTER and v})


@lru_cache(maxsize=32)
def _part(data: api.CrashData, words: str) -> api.CrashData:
    """Cut once for all tiles of a page; the data themselves where nothing is left out."""
    return api.cut(data, api.parse_filter(words)) if words else data


def _bounds(data: api.CrashData) -> list[float] | None:
    """Return west, south, east, north of all but the farthest crashes: a stray hides no town."""
    located = data.crashes[["lon", "lat"]].dropna()
    if located.empty:
        return None
    low, high = located.quantile(0.002), located.quantile(0.998)
    return [round(float(v), 5) for v in (low["lon"], low["lat"], high["lon"], high["lat"])]


def _packed(content: bytes, media_type: str) -> Response:
    headers: dict[str, Any] = {**KEPT, "Vary": "Accept-Encoding"}
    if request.accept_encodings["gzip"] > 0:
        content = gzip.compress(content, 1)
        headers["Content-Encoding"] = "gzip"
    return Response(content, mimetype=media_type, headers=headers)
