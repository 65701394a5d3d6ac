"""What lies under the crashes of every map: extracts with roads and water, layers of users."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, g, send_file

from crashkit import api
from webapp import current

area = Blueprint("ground", __name__)

TILES_TYPE = "application/octet-stream"


@area.get("/basemap/<name>.pmtiles")
def extract(name: str) -> Response:
    """Return the tiles of an extract; the browser asks for the parts it needs."""
    file = api.extract_file(name)
    return send_file(file, mimetype=TILES_TYPE, conditional=True, max_age=86_400)


@area.app_context_processor
def words() -> dict[str, Any]:
    """Give every template what its maps lie on."""
    return {"extracts_of_maps": of_maps}


def of_maps() -> dict[str, Any]:
    """Return the extracts as data for static/map_extracts.js, and their attributions, once each."""
    found = usable()
    plans = [
        {
            "url": f"/basemap/{quote(one.name)}.pmtiles?v={int(one.at.timestamp())}",
            "plan": one.plan,
        }
        for one in found
    ]
    credits = list(dict.fromkeys(one.attribution for one in found if one.attribution))
    return {"data": json.dumps(plans, ensure_ascii=False) if plans else None, "credits": credits}


def usable() -> list[api.Extract]:
    """Return the extracts that can be drawn."""
    return [one for one in api.list_extracts() if not one.trouble]


def has_roads(box: Sequence[float] | None) -> bool:
    """Say whether an extract has ground in common with a box: west, south, east, north."""
    return any(box is None or one.meets(box) for one in usable())


def listed(dataset: str) -> list[api.KeptLayer]:
    """List the layers of a data set; the store is asked once a request."""
    kept: dict[str, list[api.KeptLayer]] = g.setdefault("crashkit_layers", {})
    if dataset not in kept:
        kept[dataset] = current.store().layer_list(dataset)
    return kept[dataset]


def own_layers(dataset: str) -> list[api.KeptLayer]:
    """Return the layers that users added to a data set."""
    return [one for one in listed(dataset) if one.own]


def address(dataset: str) -> dict[str, str]:
    """Return the attribute by which static/map_layers.js finds the layers of users, if any."""
    found = [
        {
            "key": one.key,
            "title": one.title,
            "kind": one.kind,
            "colour": one.colour,
            "url": f"/d/{quote(dataset)}/layers/{quote(one.key)}.geojson",
        }
        for one in own_layers(dataset)
    ]
    return {"layers": json.dumps(found, ensure_ascii=False)} if found else {}


def server() -> dict[str, str]:
    """Return the attribute by which static/map_server.js finds an allowed map server, if any."""
    allowed = current.config().map_server
    return {"server": allowed.address} if allowed else {}
