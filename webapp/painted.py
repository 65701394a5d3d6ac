"""Roads of a data set coloured by class, traffic or risk: for the map, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, request

from crashkit import api
from webapp import answers, current, ground, i18n, looking
from webapp.looking import Look

area = Blueprint("painted", __name__)

KEY = "paint"
"""The word of the map's address that says how roads are coloured."""
SHADES = 5


class Line(NamedTuple):
    """One line of the legend: the class of its colour, and what it means."""

    shade: str
    text: str


# --------------------------------------------------------------- the layer


def layer_of(dataset: str) -> api.KeptLayer | None:
    """Return the layer whose roads are coloured: the one of the data, else the first of a user."""
    listed = ground.listed(dataset)
    own = (one for one in listed if one.own and one.kind == "roads")
    brought = (one for one in listed if not one.own and one.key == "roads")
    return next(brought, None) or next(own, None)


def _network(dataset: str, layer: api.KeptLayer) -> api.Network:
    return _read(current.store(), dataset, layer.key, (layer.size, layer.at))


@lru_cache(maxsize=4)
def _read(store: api.Store, dataset: str, key: str, _stamp: tuple[Any, ...]) -> api.Network:
    return api.road_network(store.layer(dataset, key) or {})


@lru_cache(maxsize=16)
def _painted(roads: api.Network, part: api.CrashData, way: str) -> api.Painted:
    return api.paint_roads(roads, part, way)


def ways(dataset: str) -> dict[str, api.Message]:
    """Return the ways the roads of a data set can be coloured."""
    layer = layer_of(dataset)
    return api.paint_ways(_network(dataset, layer)) if layer else {}


def chosen(dataset: str) -> str:
    """Return the way that the address asks for, "" for none."""
    asked = request.args.get(KEY, "")
    return asked if asked and asked in ways(dataset) else ""


# ---------------------------------------------------------------- the page


def choices(look: Look, kept: Mapping[str, str]) -> list[tuple[api.Message, str, bool]]:
    """Return the ways as links of the map: label, address, whether it is the one that shows."""
    now, found = chosen(look.dataset.name), ways(look.dataset.name)
    rest = {name: word for name, word in kept.items() if name != KEY}
    offered = {"": api.Message("Plain"), **found} if found else {}
    return [
        (
            label,
            looking.query_string({**look.chosen.query, **rest, **({KEY: way} if way else {})})
            or request.path,
            way == now,
        )
        for way, label in offered.items()
    ]


def address(look: Look) -> dict[str, str]:
    """Return the attribute by which static/map_roads.js finds the colours; "" for plain roads."""
    way = chosen(look.dataset.name)
    if not way:
        return {KEY: ""}
    words = looking.query_string({**look.chosen.query, KEY: way, "v": str(look.dataset.version)})
    return {KEY: f"/d/{quote(look.dataset.name)}/roads.json{words}"}


def legend(look: Look) -> tuple[list[Line], tuple[api.Message, ...]]:
    """Return the legend of the coloured roads, and what is to be known of it."""
    way = chosen(look.dataset.name)
    if not way:
        return [], ()
    found = _of(look, way)
    return legend_lines(found), found.notes


def _of(look: Look, way: str) -> api.Painted:
    layer = layer_of(look.dataset.name)
    if layer is None:
        raise api.NotFound("This data set has no layer “{kind}”.", kind="roads")
    return _painted(_network(look.dataset.name, layer), look.part, way)


def legend_lines(found: api.Painted) -> list[Line]:
    """Return the lines of the legend: the steps in use, and what has none."""
    say = i18n.speaker_of_request().say
    lines = [Line(shade(found, n), _step(found, n)) for n in range(len(found.steps))]
    present = set(found.levels)
    if api.TOO_FEW in present:
        lines.append(Line("few", say("too few to say")))
    if api.NOT_KNOWN in present:
        lines.append(Line("unknown", say("not known")))
    return lines


def shade(found: api.Painted, level: int) -> str:
    """Return the class of a colour; few steps are spread over all shades."""
    if level == api.TOO_FEW:
        return "few"
    if level == api.NOT_KNOWN:
        return "unknown"
    if found.way == "class":
        return f"class-{level}"
    last = len(found.steps) - 1
    return f"step-{round(level * (SHADES - 1) / last) if last else SHADES // 2}"


def _step(found: api.Painted, level: int) -> str:
    speaker, step = i18n.speaker_of_request(), found.steps[level]
    if found.way == "class":
        return step.class_ or speaker.say("others")
    low, high = (None if one is None else number(one) for one in (step.low, step.high))
    if low is None and high is None:
        return speaker.say("all")
    if low is None:
        return speaker.say("below {high}", high=high)
    return f"{low} – {high}" if high else speaker.say("{low} or more", low=low)


def number(value: float) -> str:
    """Write a number with the digits that count."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 4
    text = f"{value:.{digits}f}"
    places = len(text.rstrip("0").partition(".")[2])
    return i18n.speaker_of_request().number(value, places)


# --------------------------------------------------------------- documents


@area.get("/d/<dataset>/roads.json")
def document(dataset: str) -> Response:
    """Return the colour of each line of the layer, the roads, and what the colours mean."""
    look, way, found = _asked(dataset)
    layer, say = layer_of(dataset), i18n.speaker_of_request().say
    title = ways(dataset)[way]
    lines = [0] * len(found.levels)
    for n, road in enumerate(found.roads):
        for line in road.lines:
            lines[line] = n
    return answers.document(
        {
            "layer": f"/d/{quote(dataset)}/layers/{quote(layer.key if layer else '')}.geojson",
            "way": way,
            "title": say(title),
            "filter": look.chosen.words,
            "shades": [shade(found, level) for level in found.levels],
            "lines": lines,
            "roads": [road_document(road, title, value_of(found, road)) for road in found.roads],
            "legend": [line._asdict() for line in legend_lines(found)],
            "notes": [say(note) for note in found.notes],
        }
    )


@area.get("/d/<dataset>/roads.csv")
def table(dataset: str) -> Response:
    """Return the roads with their length, traffic, crashes and value as CSV."""
    _, way, found = _asked(dataset)
    say = i18n.speaker_of_request().say
    heads = [say(head) for head in HEADS] + [say(ways(dataset)[way])]
    rows = [[*cells(road), value_of(found, road)] for road in found.roads]
    if way == "class":
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return answers.table(api.export_rows(heads, rows), f"{dataset}-roads-{way}", "csv")


HEADS = (
    api.Message("Road"),
    api.Message("From km"),
    api.Message("To km"),
    api.Message("Length, km"),
    api.Message("Class"),
    api.Message("AADT"),
    api.Message("Crashes"),
)


def _asked(dataset: str) -> tuple[Look, str, api.Painted]:
    look, way = looking.at(dataset), request.args.get(KEY, "")
    if way not in ways(dataset):
        raise api.NotFound("The roads of this layer cannot be coloured by “{way}”.", way=way[:40])
    return look, way, _of(look, way)


def cells(road: api.Road) -> Sequence[Any]:
    """Return what stands of a road under HEADS."""
    return (
        road.key,
        road.from_km,
        road.to_km,
        round(road.length_km, 3),
        road.class_,
        None if road.aadt is None else round(road.aadt),
        road.crashes,
    )


def value_of(found: api.Painted, road: api.Road) -> float | None:
    """Return the value of a road in the unit of its colours."""
    return found.values[road.lines[0]]


def road_document(road: api.Road, title: api.Message, value: float | None) -> dict[str, Any]:
    """Return what the pop-up says of a road."""
    speaker = i18n.speaker_of_request()
    told = (
        (api.Message("Class"), road.class_),
        (api.Message("Length, km"), speaker.number(road.length_km, 1)),
        (api.Message("AADT"), "" if road.aadt is None else speaker.number(road.aadt)),
        (api.Message("Crashes"), "" if road.crashes is None else speaker.number(road.crashes)),
        (title, "" if value is None or value == road.aadt else number(value)),
    )
    posts = ""
    if road.from_km is not None and road.to_km is not None:
        posts = f", {number(road.from_km)}–{number(road.to_km)} km"
    rows = [[speaker.say(label), text] for label, text in told if text]
    return {"name": f"{road.key or '–'}{posts}", "rows": rows, "value": value}
