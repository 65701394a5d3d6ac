"""How densely crashes lie, on the map: along the roads of a network, or on the plane."""

from __future__ import annotations

import gzip
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import isfinite
from threading import Condition
from typing import Any
from urllib.parse import quote

from cachetools import LRUCache, cached
from flask import Blueprint, Response, request

from crashkit import api
from webapp import answers, current, i18n, looking, painted
from webapp.looking import Look
from webapp.network_layer import KEPT, NAME, TILE_BYTES, TILE_TYPE, Choice

area = Blueprint("density_layer", __name__)

KIND, BANDWIDTH, LIXEL = "density", "bandwidth", "lixel"
"""Words of the map's address: the kind of density, and its lengths in metres."""
PLANE = "plane"
"""The attribute of the map with the tiles on the plane; those along roads are under KIND."""
PICTURE_TYPE = "image/png"
PLANAR = "planar"
DENSEST = 10
"""So many of the densest places are listed where the map cannot be drawn."""
MOST_ROWS, MOST_PLACES = 50_000, 100

UNITS = {
    "network": api.Message("Crashes per km and year"),
    "plane": api.Message("Crashes per square km and year"),
    "network undated": api.Message("Crashes per km"),
    "plane undated": api.Message("Crashes per square km"),
}


@dataclass(frozen=True, eq=False)
class Shown:
    """A density that is asked for: on which network (None: on the plane), and by which numbers."""

    look: Look
    about: api.KeptRoads | None
    asked: api.DensityAsked

    @property
    def unit(self) -> api.Message:
        """What the numbers are."""
        where = "network" if self.about else "plane"
        return UNITS[f"{where} undated" if self.look.part.period.undated else where]

    @property
    def query(self) -> str:
        """The words of an address that says all of it."""
        found = {
            **self.look.chosen.query,
            **({NAME: self.about.name} if self.about else {}),
            KIND: self.asked.kind,
            BANDWIDTH: str(self.asked.bandwidth_m),
        }
        stamp = str(self.look.dataset.version)
        if self.about:
            found[LIXEL] = str(self.asked.lixel_m)
            stamp += f".{self.about.at.timestamp():.6f}"
        return looking.query_string({**found, "v": stamp})


@dataclass(frozen=True)
class Block:
    """What stands of densities beside the map: the kinds, the form, the legend, the densest places.

    `hidden` are the words that the form keeps; `places` are road, km posts and density.
    """

    kinds: list[Choice]
    asked: api.DensityAsked | None
    wrong: api.Message | None
    hidden: Mapping[str, str]
    unit: api.Message | None
    lines: list[painted.Line]
    notes: tuple[api.Message, ...]
    places: list[tuple[str, str, str]]
    table: str
    picture: str


# ------------------------------------------------------------------- the page


def block(look: Look, kept: Mapping[str, str]) -> Block | None:
    """Return what stands beside the map; None where no crash has a place."""
    if not look.bounds:
        return None
    shown, wrong = _shown(look)
    kinds, rest = _choices(look, kept, shown.asked.kind if shown else "")
    if shown is None:
        return Block(kinds, None, wrong, {}, None, [], (), [], "", "")
    here = f"/d/{quote(look.dataset.name, safe='')}"
    hidden = {**look.chosen.query, **rest, KIND: shown.asked.kind}
    try:
        found = _found(shown)
    except api.MethodError as error:
        return Block(kinds, shown.asked, error.message, hidden, None, [], (), [], "", "")
    return Block(
        kinds,
        shown.asked,
        wrong,
        hidden,
        shown.unit,
        _lines(found),
        found.notes,
        _densest(found) if isinstance(found, api.NetworkDensity) else [],
        f"{here}/density.csv{shown.query}" if shown.about else "",
        "" if shown.about else f"{here}/density.png{shown.query}",
    )


def address(look: Look) -> dict[str, str]:
    """Return the attributes by which static/map_density.js finds the tiles; "" for none."""
    if not look.bounds:
        return {}
    shown, _ = _shown(look)
    found = {KIND: "", PLANE: "", "density-unit": ""}
    if shown is not None:
        here, say = f"/d/{quote(look.dataset.name, safe='')}", i18n.speaker_of_request().say
        ending, name = ("mvt", KIND) if shown.about else ("png", PLANE)
        found[name] = f"{here}/density/{{z}}/{{x}}/{{y}}.{ending}{shown.query}"
        found["density-unit"] = say(shown.unit)
    return found


def _choices(
    look: Look, kept: Mapping[str, str], shown: str
) -> tuple[list[Choice], dict[str, str]]:
    """Return the kinds as links, and the words of the address that stay."""
    rest = {k: v for k, v in kept.items() if k not in (KIND, BANDWIDTH, LIXEL)}

    def link(words: Mapping[str, str]) -> str:
        return looking.query_string({**look.chosen.query, **rest, **words}) or request.path

    with_roads = bool(api.networks_of(current.store(), look.data))
    kinds = {k: v for k, v in api.density_kinds().items() if k == PLANAR or with_roads}
    found = [Choice(api.Message("None"), link({}), not shown)]
    found += [Choice(label, link({KIND: kind}), kind == shown) for kind, label in kinds.items()]
    return found, rest


def _shown(look: Look) -> tuple[Shown | None, api.Message | None]:
    """Return the density that the address asks for; what is wrong with its numbers, if so."""
    kind = request.args.get(KIND, "")
    networks = api.networks_of(current.store(), look.data)
    if kind not in api.density_kinds() or (kind != PLANAR and not networks):
        return None, None
    wanted = request.args.get(NAME, "")
    named = (one for one in networks if one.name == wanted)
    about = None if kind == PLANAR else next(named, networks[0])
    usual = api.usual_density(look.data, kind)
    lengths = [
        request.args.get(name, type=int) or length
        for name, length in ((BANDWIDTH, usual.bandwidth_m), (LIXEL, usual.lixel_m))
    ]
    try:
        return Shown(look, about, api.DensityAsked(kind, *lengths)), None
    except api.MethodError as error:
        return Shown(look, about, usual), error.message


def _lines(found: api.NetworkDensity | api.PlanarDensity) -> list[painted.Line]:
    """Return the legend: from the least that is drawn to the densest."""
    say, limits = i18n.speaker_of_request().say, found.steps
    lines = []
    for n, low in enumerate(limits):
        high = painted.number(limits[n + 1]) if n + 1 < len(limits) else ""
        text = say("{low} or more", low=painted.number(low))
        shade = api.density_shade(n, len(limits))
        lines.append(
            painted.Line(f"density-{shade}", f"{painted.number(low)} – {high}" if high else text)
        )
    return lines


def _densest(found: api.NetworkDensity) -> list[tuple[str, str, str]]:
    low, high = (one / 1000 for one in found.posts_m())
    names = found.names()

    def posts(row: int) -> str:
        ends = (i18n.kilometres(float(one[row])) for one in (low, high))
        return " – ".join(ends) if isfinite(low[row]) else "–"

    return [
        (str(names[row]) or "–", posts(row), painted.number(found.values[row]))
        for row in found.peaks(DENSEST).tolist()
    ]


# --------------------------------------------------------------- what is drawn


def _key(shown: Shown) -> tuple[Hashable, ...]:
    """Name a density without holding on to the crashes it is made of."""
    info, chosen = shown.look.dataset, shown.look.chosen.words
    layers = looking.layers_of(shown.look.data, chosen)
    key = (current.store(), info.name, info.version, info.changed, chosen, layers, shown.asked)
    if shown.about is None:
        return key
    about = shown.about
    return (*key, about.name, about.at, tuple(sorted(about.aliases.items())))


@cached(LRUCache(maxsize=6), key=_key, condition=Condition())
def _found(shown: Shown) -> api.NetworkDensity | api.PlanarDensity:
    look = shown.look
    if shown.about is None:
        return api.planar_density(look.part, shown.asked)
    return api.network_density(current.store(), shown.about, look.data, look.part, shown.asked)


@cached(LRUCache(maxsize=3), key=_key, condition=Condition())
def _tiles(shown: Shown) -> api.LineTiles | api.PlanarDensity:
    found = _found(shown)
    return api.density_tiles(found) if isinstance(found, api.NetworkDensity) else found


def _tile_key(shown: Shown, *place: int) -> tuple[Hashable, ...]:
    return (*_key(shown), *place)


@cached(
    LRUCache(maxsize=TILE_BYTES, getsizeof=lambda content: len(content) + 500),
    key=_tile_key,
    condition=Condition(),
)
def _tile(shown: Shown, *place: int) -> bytes:
    zoom, x, y = place
    content = _tiles(shown).tile(zoom, x, y)
    return gzip.compress(content, 1) if content and shown.about else content


@area.get("/d/<dataset>/density/<int:zoom>/<int:x>/<int:y>.<any(mvt, png):ending>")
def tile(dataset: str, zoom: int, x: int, y: int, ending: str) -> Response:
    """Return one tile of the density; 204 where there is none."""
    shown = _asked(dataset)
    if (ending == "mvt") != (shown.about is not None):
        raise api.NotFound("There is no density called “{kind}”.", kind=f"{KIND}.{ending}")
    content = _tile(shown, zoom, x, y)
    if not content:
        return Response(status=204, headers=KEPT)
    if shown.about is None:
        return Response(content, mimetype=PICTURE_TYPE, headers=KEPT)
    return answers.packed(content, TILE_TYPE, KEPT)


@area.get("/d/<dataset>/density.png")
def picture(dataset: str) -> Response:
    """Return the density on the plane as one picture, for browsers that cannot draw the map."""
    shown = _asked(dataset)
    found = _found(shown)
    if not isinstance(found, api.PlanarDensity) or shown.look.bounds is None:
        raise api.NotFound("Only the density on the plane is a picture.")
    return Response(found.picture(shown.look.bounds), mimetype=PICTURE_TYPE, headers=KEPT)


@area.get("/d/<dataset>/density.json")
def page_json(dataset: str) -> Response:
    """Return what the density is, its legend, and the densest places along roads."""
    shown = _asked(dataset)
    found, say = _found(shown), i18n.speaker_of_request().say
    told: dict[str, Any] = {
        "density": shown.asked.kind,
        "bandwidth_m": shown.asked.bandwidth_m,
        "unit": say(shown.unit),
        "filter": shown.look.chosen.words,
        "crashes": found.crashes,
        "not_counted": found.left,
        "steps": list(found.steps),
        "notes": [say(note) for note in found.notes],
    }
    if isinstance(found, api.NetworkDensity):
        heads = ("road", "from_km", "to_km", "lon", "lat", "density")
        rows = [
            dict(zip(heads, row, strict=True)) for row in _rows(found, found.peaks(MOST_PLACES))
        ]
        network = shown.about.name if shown.about else ""
        told |= {"network": network, "lixel_m": shown.asked.lixel_m, "densest": rows}
    return answers.document(told)


@area.get("/d/<dataset>/density.csv")
def page_csv(dataset: str) -> Response:
    """Return the lixels that have any density as CSV, the densest first."""
    shown = _asked(dataset)
    found, say = _found(shown), i18n.speaker_of_request().say
    if not isinstance(found, api.NetworkDensity):
        raise api.NotFound("The density on the plane is a picture, and has no table.")
    heads = [say(head) for head in (*HEADS, shown.unit)]
    content = api.export_rows(heads, _rows(found, found.densest(MOST_ROWS)))
    return answers.table(content, f"{dataset}-density", "csv")


HEADS = (
    api.Message("Road"),
    api.Message("From km"),
    api.Message("To km"),
    api.Message("Longitude"),
    api.Message("Latitude"),
)


def _rows(found: api.NetworkDensity, chosen: Any) -> list[list[Any]]:
    """Return road, km posts, the middle and the density of some lixels."""
    low, high = (one[chosen] / 1000 for one in found.posts_m())
    lon, lat = (one[chosen] for one in found.middles())
    columns = (low.round(3), high.round(3), lon.round(6), lat.round(6), found.values[chosen])
    names = found.names()[chosen].tolist()
    told = [[one if isfinite(one) else None for one in column.tolist()] for column in columns]
    return [list(row) for row in zip(names, *told, strict=True)]


def _asked(dataset: str) -> Shown:
    shown, wrong = _shown(looking.at(dataset))
    if wrong is not None:
        raise api.MethodError(wrong.text, **wrong.values)
    if shown is None:
        kind = request.args.get(KIND, "")[:40]
        raise api.NotFound("There is no density called “{kind}”.", kind=kind)
    return shown
