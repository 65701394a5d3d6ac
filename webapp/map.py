"""The map: the page, its tiles, one crash for the pop-up, the layers a data set brings along."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.datastructures import MultiDict

from crashkit import api

area = Blueprint("map", __name__)

LAYERS = ("roads", "towns", "lakes", "junctions")
"""Kinds of layer that can be asked for; a data set may have none."""

NOT_FILTER = ("v", "result", "crash", "lang")
"""Words of the query string that are not part of the filter."""

TILE_TYPE = "application/vnd.mapbox-vector-tile"
GEOJSON_TYPE = "application/geo+json"
KEPT = {"Cache-Control": "private, max-age=60"}


@area.get("/d/<dataset>/map")
def page(dataset: str) -> str:
    """Show crashes on the map, with the filter of the query string."""
    data = api.load(store(), dataset)
    chosen = _chosen(request.args)
    part = _part(data, chosen.words)
    return render_template(
        "map/page.html",
        dataset=data.dataset,
        data=data,
        chosen=chosen,
        summary=api.summarise(part, data),
        sentence=api.filter_sentence(chosen),
        bounds=_bounds(part) or _bounds(data),
        layers=[kind for kind in LAYERS if kind in store().layers(dataset)],
        result=request.args.get("result", type=int),
    )


@area.get("/d/<dataset>/tiles/<int:zoom>/<int:x>/<int:y>.mvt")
def tile(dataset: str, zoom: int, x: int, y: int) -> Response:
    """Return one vector tile; 204 where there is no crash."""
    data = api.load(store(), dataset)
    part = _part(data, _chosen(request.args).words)
    content = api.tile(data, part, zoom, x, y)
    if not content:
        return Response(status=204, headers=KEPT)
    return _packed(content, TILE_TYPE)


@area.get("/d/<dataset>/layers/<kind>.geojson")
def layer(dataset: str, kind: str) -> Response:
    """Return a layer of the data set: roads, towns, lakes, junctions."""
    found = store().layers(dataset)
    if kind not in LAYERS or kind not in found:
        raise api.NotFound("This data set has no layer “{kind}”.", kind=kind)
    return _packed(json.dumps(found[kind], ensure_ascii=False).encode(), GEOJSON_TYPE)


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
    if "gzip" in request.accept_encodings:
        content = gzip.compress(content, 1)
        headers["Content-Encoding"] = "gzip"
    return Response(content, mimetype=media_type, headers=headers)
