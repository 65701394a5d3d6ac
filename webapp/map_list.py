"""The crashes in view of the map as a table: for the keyboard, screen readers and quick looks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, Response, render_template, request

from crashkit import api
from webapp import looking, records
from webapp.looking import Look

area = Blueprint("map_list", __name__)

LISTED = 50
"""Crashes on one page of the list."""

COLUMNS = ("crash_date", "crash_time", "severity", "road_key", "chainage_km", "place")


class Row(NamedTuple):
    """One crash of the list: its number in the data set, its name, cells, and where it is."""

    id: int
    name: str
    severity: str
    cells: tuple[str, ...]
    place: str


@area.get("/d/<dataset>/map/list")
def listed(dataset: str) -> Response:
    """Return one page of the crashes that pass the filter and lie in a box, the worst first.

    `place` is west, south, east, north in degrees. The answer is a piece of the page of the map.
    """
    look = looking.at(dataset)
    place = request.args.get("place", "")
    seen = api.cut(look.part, api.parse_filter({"bbox": place})) if place else look.part
    pages = max(-(-len(seen) // LISTED), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    text = render_template(
        "map/_list.html",
        dataset=look.dataset,
        n=len(seen),
        page=page,
        pages=pages,
        heads=[field for field in _fields() if seen.has(field.name)],
        rows=_rows(seen, (page - 1) * LISTED),
        address=lambda page: _address(look, place, page),
        file=_file(look, place),
    )
    return Response(text, mimetype="text/html")


def _fields() -> list[api.Field]:
    known = {field.name: field for field in api.record_fields("crash")}
    return [known[name] for name in COLUMNS]


def _address(look: Look, place: str, page: int) -> str:
    return looking.query_string({**look.chosen.query, "place": place, "page": str(page)})


def _file(look: Look, place: str) -> str | None:
    """Return the end of the address of these crashes as a file, if a filter can say it."""
    if "bbox" in look.chosen.query or not place:
        return None if place else look.query
    return looking.query_string(api.parse_filter({**look.chosen.query, "bbox": place}).query)


def _rows(data: api.CrashData, start: int) -> list[Row]:
    part = api.crash_page(data, start, LISTED, worst_first=True)
    fields = [field for field in _fields() if data.has(field.name)]
    return [_row(values, fields) for values in part.to_dict("records")]


def _row(values: dict[Any, Any], fields: list[api.Field]) -> Row:
    crash = int(values["id"])
    lon, lat = (float(values.get(name, np.nan)) for name in ("lon", "lat"))
    return Row(
        id=crash,
        name=str(records.plain(values.get("crash_id")) or crash),
        severity=str(records.plain(values.get("severity")) or "unknown"),
        cells=tuple(records.shown(field, records.plain(values[field.name])) for field in fields),
        place=f"{lon:.5f},{lat:.5f}" if np.isfinite(lon) and np.isfinite(lat) else "",
    )
