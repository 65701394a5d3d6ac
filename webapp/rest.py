"""Crashes of the current filter as files: csv, Excel and GeoJSON whole, JSON page by page."""

from __future__ import annotations

import json

import numpy as np
from flask import Blueprint, Response, request, url_for

from crashkit import api
from webapp import answers, looking
from webapp.looking import Look

area = Blueprint("rest", __name__)

SIZE = 100
MOST = 1000
"""Crashes in one page of JSON."""


@area.get("/d/<dataset>/crashes.<any(csv, xlsx, geojson):format>")
def crashes(dataset: str, format: str) -> Response:
    """Return all crashes that pass the filter of the address."""
    look = looking.at(dataset)
    name = f"{look.dataset.name}_crashes"
    return answers.table(api.export_crashes(look.part, format), name, format)


@area.get("/d/<dataset>/crashes.json")
def crashes_json(dataset: str) -> Response:
    """Return one page of the crashes that pass the filter, and the address of the next."""
    look = looking.at(dataset)
    page = max(request.args.get("page", 1, type=int), 1)
    size = min(max(request.args.get("size", SIZE, type=int), 1), MOST)
    total = look.summary.crashes
    return answers.document(
        {
            "dataset": look.dataset.name,
            "data_version": look.dataset.fingerprint,
            "filter": look.chosen.words,
            "total": total,
            "page": page,
            "size": size,
            "next": _next(look, page, size) if page * size < total else None,
            "crashes": _rows(look.part, (page - 1) * size, page * size),
        }
    )


def _next(look: Look, page: int, size: int) -> str:
    words = {**look.chosen.query, "page": str(page + 1), "size": str(size)}
    return url_for("rest.crashes_json", dataset=look.dataset.name) + looking.query_string(words)


def _rows(data: api.CrashData, start: int, end: int) -> list[dict[str, object]]:
    """Return crashes as plain rows, in the columns and values of the GeoJSON export."""
    mask = np.zeros(len(data), dtype=bool)
    mask[start:end] = True
    features = json.loads(api.export_crashes(data.keep(mask), "geojson"))["features"]
    return [{"id": one["id"], **one["properties"], **_place(one["geometry"])} for one in features]


def _place(geometry: dict[str, list[float]] | None) -> dict[str, float | None]:
    lon, lat = geometry["coordinates"] if geometry else (None, None)
    return {"lon": lon, "lat": lat}
