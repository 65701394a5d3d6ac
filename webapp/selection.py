"""Selecting crashes on the map: what a form, a click or a drawing adds to the filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from crashkit import api
from webapp import current, looking
from webapp.looking import Look

area = Blueprint("selection", __name__)

WITHIN = "within"
"""The key of the filter that holds the shapes, joined by bars: a crash in any of them passes."""

KEPT = (
    *("result", "view", "unit", "paint", "network", "network_by"),
    *("density", "bandwidth", "lixel"),
)
"""Words of the map's address that stay when the filter changes."""

CENTRE = ("centre_lon", "centre_lat", "radius")
SHAPE = ("shape", *CENTRE, "corners", "on_road", "from_km", "to_km", "named")
"""Words of a shape that is added; `instead` says which one it replaces, counted from 1.

None of them is a key of the filter, which stands beside them in the address.
"""

MARKS = {"%": "%25", ",": "%2C", ";": "%3B", "|": "%7C", "@": "%40"}
"""How a text inside a shape writes the signs that part shapes and words."""

DRAWN = {"circle": api.Message("Circle"), "polygon": api.Message("Polygon")}


class Selected(NamedTuple):
    """One shape of the selection: what it is, and the address without it.

    `label` is short where the map shows the rest, else None; `circle` is longitude, latitude and
    radius in metres as the filter writes them, or None.
    """

    sentence: api.Message
    label: api.Message | None
    without: str
    circle: tuple[str, str, str] | None


@area.get("/d/<dataset>/map/select")
def select(dataset: str) -> Response:
    """Go to the map with one more shape in its filter, or one in the place of another.

    Raises FilterError for a shape that makes no sense, NotFound for a name no layer has.
    """
    rest = request.args.copy()
    for name in (*SHAPE, "instead"):
        rest.poplist(name)
    chosen = api.parse_filter(rest)
    shapes = shapes_of(chosen)
    shape = _asked(dataset, request.args)
    instead = request.args.get("instead", type=int)
    if instead is not None and 1 <= instead <= len(shapes):
        shapes[instead - 1] = shape
    else:
        shapes.append(shape)
    found = api.parse_filter({**chosen.query, WITHIN: "|".join(shapes)})
    return redirect(_map(dataset) + looking.query_string({**found.query, **kept()}), 302)


def kept() -> dict[str, str]:
    """Return the words of this address that belong to the page and stay when the filter changes."""
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def shapes_of(chosen: api.Filter) -> list[str]:
    """Return the shapes of a filter, each as the filter writes it."""
    return [one for one in chosen.query.get(WITHIN, "").split("|") if one]


@area.app_template_global()
def selected(look: Look) -> list[Selected]:
    """Return the shapes of the selection in words, with the way to take each away."""
    shapes = shapes_of(look.chosen)
    return [_selected(look, shapes, at) for at in range(len(shapes))]


def _selected(look: Look, shapes: list[str], at: int) -> Selected:
    left = "|".join([*shapes[:at], *shapes[at + 1 :]])
    words = {**look.chosen.without(WITHIN).query, **({WITHIN: left} if left else {}), **kept()}
    kind, _, numbers = shapes[at].partition(":")
    lon, lat, radius, *_ = (*numbers.split(","), "", "")
    return Selected(
        sentence=api.filter_sentence(api.parse_filter({WITHIN: shapes[at]}))[0],
        label=DRAWN.get(kind),
        without=_map(look.dataset.name) + looking.query_string(words),
        circle=(lon, lat, radius) if kind == "circle" else None,
    )


def _map(dataset: str) -> str:
    return f"/d/{quote(dataset, safe='')}/map"


# ---------------------------------------------------------------- what is asked for


def _asked(dataset: str, words: Mapping[str, str]) -> str:
    """Return the shape that the words of a form describe, as the filter writes it."""
    kind = words.get("shape", "")
    if kind == "circle":
        return "circle:" + ",".join(_number(words.get(k, "")) for k in CENTRE)
    if kind == "polygon":
        return f"polygon:{words.get('corners', '')}"
    if kind == "road":
        return _road(words)
    return _named(dataset, _one_spaced(words.get("named", "")))


def _number(text: str) -> str:
    """Read a number as people write it: with a comma, and blanks around or within it."""
    return "".join(text.split()).replace(",", ".")


def _road(words: Mapping[str, str]) -> str:
    name = escaped(words.get("on_road", "").strip())
    start, end = (_number(words.get(key, "")) for key in ("from_km", "to_km"))
    if not start and not end:
        return f"road:{name}"
    if not (start and end):
        raise api.FilterError("A part of a road needs both km posts: where it begins and ends.")
    return f"road:{name}@{start}-{end}"


def _named(dataset: str, name: str) -> str:
    found = next(_places(dataset, name.casefold()), None) if name else None
    if found is None:
        raise api.NotFound(
            "No junction and no area of this data set is called “{name}”.", name=name
        )
    return found


def _places(dataset: str, wanted: str) -> Iterator[str]:
    """Find junctions, then surfaces of any layer, that are called like this."""
    layers = api.load(current.store(), dataset).layers
    for kind in sorted(layers, key=lambda kind: kind != "junctions"):
        for feature in layers[kind].get("features", ()):
            if wanted not in _names(feature):
                continue
            name = escaped(_name(feature["properties"]))
            if kind == "junctions":
                yield f"junction:{name}"
            elif _is_surface(feature):
                yield f"area:{kind}/{name}"


def _is_surface(feature: Mapping[str, Any]) -> bool:
    return (feature.get("geometry") or {}).get("type") in ("Polygon", "MultiPolygon")


def _names(feature: Mapping[str, Any]) -> set[str]:
    """Return what a feature is called in any language, small letters only."""
    found = feature.get("properties") or {}
    keys = [key for key in found if key in ("id", "name") or key.startswith("name_")]
    return {_one_spaced(found[key]).casefold() for key in keys if found[key]}


def _name(properties: Mapping[str, Any]) -> str:
    """Return the name, else the number, else what it is called in some language."""
    languages = sorted(key for key in properties if key.startswith("name_"))
    told = (properties.get(key) for key in ("name", "id", *languages))
    return _one_spaced(next(word for word in told if word))


def _one_spaced(word: Any) -> str:
    return " ".join(str(word).split())


def escaped(text: str) -> str:
    """Write a text so that it can stand inside a shape."""
    return "".join(MARKS.get(sign, sign) for sign in text)
