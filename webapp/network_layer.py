"""Roads of a kept network on the map: plain, or by class, traffic or the crashes put on them."""

from __future__ import annotations

import gzip
from collections.abc import Hashable, Mapping
from threading import Condition
from typing import Any, NamedTuple
from urllib.parse import quote

from cachetools import LRUCache, cached
from flask import Blueprint, Response, request

from crashkit import api
from webapp import answers, current, i18n, looking, painted
from webapp.looking import Look

area = Blueprint("network_layer", __name__)

NAME, WAY = "network", "network_by"
"""Words of the map's address: which network is drawn, and how its roads are coloured."""
TILE_TYPE = "application/vnd.mapbox-vector-tile"
KEPT = {"Cache-Control": "private, max-age=3600"}
"""The address names the versions of data and network: its tiles never change."""
TILE_BYTES = 32_000_000
"""Packed tiles that are kept for all who look at the same roads."""


class Choice(NamedTuple):
    """A link of the map: its label, where it leads, and whether it is what shows."""

    label: api.Message | str
    address: str
    shown: bool


class Block(NamedTuple):
    """What stands of networks beside the map: which there are, the ways, and the legend.

    `way` says by what the roads are coloured; without colours there are no lines.
    """

    networks: list[Choice]
    ways: list[Choice]
    title: str
    way: api.Message
    lines: list[painted.Line]
    notes: tuple[api.Message, ...]
    table: str


# ---------------------------------------------------------------- the page


def block(look: Look, kept: Mapping[str, str]) -> Block | None:
    """Return what stands beside the map, None where no network of roads is kept."""
    networks = api.networks_of(current.store(), look.data)
    if not networks:
        return None
    about, rest = _chosen(networks), {k: v for k, v in kept.items() if k not in (NAME, WAY)}

    def link(words: Mapping[str, str]) -> str:
        return looking.query_string({**look.chosen.query, **rest, **words}) or request.path

    names = [Choice(api.Message("None"), link({}), about is None)]
    names += [Choice(one.title, link({NAME: one.name}), one == about) for one in networks]
    if about is None:
        return Block(names, [], "", api.Message("Plain"), [], (), "")
    way, ways = _way(look, about), {"": api.Message("Plain"), **_ways(look, about)}
    found = _painted(look, about, way) if way else None
    return Block(
        names,
        [
            Choice(label, link({NAME: about.name, **({WAY: one} if one else {})}), one == way)
            for one, label in ways.items()
        ],
        about.title,
        ways[way],
        painted.legend_lines(found) if found else [],
        found.notes if found else (),
        f"{_here(look, about)}.csv{_words(look, about, way)}" if way else "",
    )


def address(look: Look) -> dict[str, str]:
    """Return the attribute by which static/map_network.js finds the tiles; "" for none.

    Without any network there is no attribute.
    """
    networks = api.networks_of(current.store(), look.data)
    if not networks:
        return {}
    about = _chosen(networks)
    if about is None:
        return {NAME: ""}
    way = _way(look, about)
    return {NAME: f"{_here(look, about)}/{{z}}/{{x}}/{{y}}.mvt{_words(look, about, way)}"}


def _here(look: Look, about: api.KeptRoads) -> str:
    return f"/d/{quote(look.dataset.name, safe='')}/network/{quote(about.name, safe='')}"


def _words(look: Look, about: api.KeptRoads, way: str) -> str:
    """Return the words of the address of tiles: the filter only where crashes are counted."""
    words = look.chosen.query if way in api.PAINTED_BY_CRASHES else {}
    stamp = f"{look.dataset.version}.{about.at.timestamp():.6f}"
    return looking.query_string({**words, **({WAY: way} if way else {}), "v": stamp})


def _chosen(networks: list[api.KeptRoads]) -> api.KeptRoads | None:
    wanted = request.args.get(NAME, "")
    return next((one for one in networks if one.name == wanted), None)


def _ways(look: Look, about: api.KeptRoads) -> dict[str, api.Message]:
    return api.paint_ways(api.network_roads(current.store(), about, look.data))


def _way(look: Look, about: api.KeptRoads) -> str:
    asked = request.args.get(WAY, "")
    return asked if asked and asked in _ways(look, about) else ""


# --------------------------------------------------------------- what is drawn


def _key(look: Look, about: api.KeptRoads, way: str) -> tuple[Hashable, ...]:
    """Name what is drawn without holding on to the crashes it was made of."""
    info = look.dataset
    key = (current.store(), info.name, info.version, info.changed, about.name, about.at, way)
    if way not in api.PAINTED_BY_CRASHES:
        return key
    layers = looking.layers_of(look.data, look.chosen.words)
    return (*key, look.chosen.words, layers, tuple(sorted(about.aliases.items())))


@cached(LRUCache(maxsize=8), key=_key, condition=Condition())
def _painted(look: Look, about: api.KeptRoads, way: str) -> api.Painted:
    return api.paint_network(current.store(), about, look.data, look.part, way)


@cached(LRUCache(maxsize=4), key=_key, condition=Condition())
def _tiles(look: Look, about: api.KeptRoads, way: str) -> api.LineTiles:
    shades = None
    if way:
        found = _painted(look, about, way)
        names = {level: painted.shade(found, level) for level in set(found.levels)}
        shades = [names[level] for level in found.levels]
    return api.network_tiles(current.store(), about, look.data, shades)


def _tile_key(look: Look, about: api.KeptRoads, way: str, *place: int) -> tuple[Hashable, ...]:
    return (*_key(look, about, way), *place)


@cached(
    LRUCache(maxsize=TILE_BYTES, getsizeof=lambda packed: len(packed) + 500),
    key=_tile_key,
    condition=Condition(),
)
def _packed(look: Look, about: api.KeptRoads, way: str, *place: int) -> bytes:
    zoom, x, y = place
    content = _tiles(look, about, way).tile(zoom, x, y)
    return gzip.compress(content, 1) if content else b""


@area.get("/d/<dataset>/network/<name>/<int:zoom>/<int:x>/<int:y>.mvt")
def tile(dataset: str, name: str, zoom: int, x: int, y: int) -> Response:
    """Return one vector tile of the roads; 204 where there is none. Raises NotFound."""
    look, about, way = _asked(dataset, name)
    packed = _packed(look, about, way, zoom, x, y)
    if not packed:
        return Response(status=204, headers=KEPT)
    return answers.packed(packed, TILE_TYPE, KEPT)


@area.get("/d/<dataset>/network/<name>/<int:number>.json")
def road(dataset: str, name: str, number: int) -> Response:
    """Return what the pop-up says of one road, by its number in the tiles. Raises NotFound."""
    look, about, way = _asked(dataset, name)
    roads = api.network_roads(current.store(), about, look.data).roads
    if not 1 <= number <= len(roads):
        raise api.NotFound("This network has no road number {number}.", number=str(number))
    if not way:
        return answers.document(
            painted.road_document(roads[number - 1], api.Message("Value"), None)
        )
    found = _painted(look, about, way)
    one, title = found.roads[number - 1], _ways(look, about)[way]
    return answers.document(painted.road_document(one, title, painted.value_of(found, one)))


@area.get("/d/<dataset>/network/<name>.json")
def page_json(dataset: str, name: str) -> Response:
    """Return what the colours of the roads mean. Raises NotFound for no way."""
    look, about, way, found = _coloured(dataset, name)
    say = i18n.speaker_of_request().say
    return answers.document(
        {
            "network": about.name,
            "way": way,
            "title": say(_ways(look, about)[way]),
            "filter": look.chosen.words,
            "roads": len(found.roads),
            "legend": [line._asdict() for line in painted.legend_lines(found)],
            "notes": [say(note) for note in found.notes],
        }
    )


@area.get("/d/<dataset>/network/<name>.csv")
def page_csv(dataset: str, name: str) -> Response:
    """Return the roads with length, traffic, crashes and value as CSV. Raises NotFound."""
    look, about, way, found = _coloured(dataset, name)
    say = i18n.speaker_of_request().say
    heads = [*painted.HEADS, _ways(look, about)[way]]
    rows: list[list[Any]] = [
        [*painted.cells(one), painted.value_of(found, one)] for one in found.roads
    ]
    content = api.export_rows([say(head) for head in heads], rows)
    return answers.table(content, f"{dataset}-{about.name}-{way}", "csv")


def _coloured(dataset: str, name: str) -> tuple[Look, api.KeptRoads, str, api.Painted]:
    look, about, way = _asked(dataset, name)
    if not way:
        asked = request.args.get(WAY, "")[:40]
        raise api.NotFound("The roads of this layer cannot be coloured by “{way}”.", way=asked)
    return look, about, way, _painted(look, about, way)


def _asked(dataset: str, name: str) -> tuple[Look, api.KeptRoads, str]:
    look, about = looking.at(dataset), current.store().road_network(name)
    return look, about, _way(look, about)
