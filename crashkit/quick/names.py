"""The names that crash data know: roads with their posts, settlements, districts, junctions, sites.

Names agree where their letters and digits do, whatever the case, the dashes and the alphabet:
Cyrillic letters are read as Latin ones that look the same (М39), and as those they are written in
(Каракол, Karakol).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from crashkit import filters, register
from crashkit.errors import Message
from crashkit.filters import spelling
from crashkit.model import CrashData
from crashkit.quick import reading
from crashkit.register import SiteRecord
from crashkit.roads import naming

AREAS = (("settlement", "place"), ("district", "admin2"), ("province", "admin1"))
"""Kinds of named places, the smallest first, and the crash field that names them."""

KEYS = {"settlement": "settlement", "district": "admin2", "province": "admin1"}
"""Their keys in a filter."""


@dataclass(frozen=True)
class Route:
    """What a road network knows of a road: its lowest and highest post and its length, km."""

    low_km: float
    high_km: float
    length_km: float


@dataclass(frozen=True)
class Road:
    """A road of the crash data: its crashes, how many have no post, and the posts of the others.

    `low_km` and `high_km` are NaN where no post is known; `route` is None without a network.
    """

    key: str
    names: tuple[str, ...]
    crashes: int
    without_post: int
    low_km: float
    high_km: float
    route: Route | None = None

    @property
    def span_km(self) -> tuple[float, float] | None:
        """The first and the last post that anybody knows of it."""
        ends = [self.low_km, self.high_km]
        ends += [self.route.low_km, self.route.high_km] if self.route else []
        known = [one for one in ends if math.isfinite(one)]
        return (min(known), max(known)) if known else None


@dataclass(frozen=True)
class Thing:
    """A named place that is no road. `terms` are those of its filter, `within` tells where it is.

    `point` is its longitude and latitude, where it is a point.
    """

    kind: str
    name: str
    label: Message
    terms: Mapping[str, str]
    crashes: int = 0
    within: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    roads: tuple[str, ...] = ()


Entry = Road | Thing


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All names of a data set, by how they are compared."""

    roads: Mapping[str, Road]
    things: tuple[Thing, ...]
    sites: Mapping[int, SiteRecord] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def names_of(self, entry: Entry) -> tuple[str, ...]:
        """Return every name of a road or a place, in any language."""
        own = entry.names if isinstance(entry, Road) else (entry.name,)
        return (*own, *(one for name in own for one in self.aliases.get(name, ())))

    @property
    def entries(self) -> Iterator[Entry]:
        """Everything that has a name."""
        yield from self.roads.values()
        yield from self.things

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Entry, ...]]:
        """Return roads and places by each spelling of each of their names."""
        found: dict[str, dict[int, Entry]] = {}
        for entry in self.entries:
            for name in self.names_of(entry):
                for spelled in spellings(name):
                    found.setdefault(spelled, {})[id(entry)] = entry
        return {spelled: tuple(entries.values()) for spelled, entries in found.items()}


def spellings(name: str) -> frozenset[str]:
    """Return a name as spellings of it agree: by look-alikes, and by Latin letters."""
    return frozenset({naming.folded(name).lower(), latin(name)} - {""})


def latin(name: str) -> str:
    """Return the letters and digits of a name, small, Latin and without accents."""
    letters = reading.known()["latin"]
    small = unicodedata.normalize("NFC", name.casefold())
    written = "".join(letters.get(sign, sign) for sign in small)
    plain = unicodedata.normalize("NFKD", written)
    return "".join(sign for sign in plain if sign.isalnum())


# --------------------------------------------------------------------- the data


def gazetteer(
    data: CrashData, routes: Mapping[str, Route], sites: Sequence[SiteRecord]
) -> Gazetteer:
    """Gather the names of crash data, their layers, their roads and the register of sites."""
    roads: dict[str, Road] = {one.key: one for one in data.once("quick roads", _roads)}
    for key, route in routes.items():
        known = roads.get(key, Road(key, (key,), 0, 0, math.nan, math.nan))
        roads[key] = Road(**{**vars(known), "route": route})
    areas: tuple[Thing, ...] = data.once("quick areas", _areas)
    layers, aliases = _of_layers(data.layers, {one.name for one in areas})
    return Gazetteer(
        roads,
        (*areas, *layers, *filter(None, map(_site, sites))),
        {one.number: one for one in sites},
        aliases,
    )


def _roads(data: CrashData) -> tuple[Road, ...]:
    table = data.table("crash")
    if not data.has("road_key"):
        return ()
    levels = table.levels("road_key")
    codes, size = levels.codes.astype(np.int64), len(levels.values)
    known = codes >= 0
    km = filters.numbers(data, "chainage_km")
    posted = known & np.isfinite(km)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, codes[posted], km[posted])
    np.maximum.at(high, codes[posted], km[posted])
    crashes = np.bincount(codes[known], minlength=size)
    with_post = np.bincount(codes[posted], minlength=size)
    names = _names(data, codes, levels.values)
    return tuple(
        Road(
            key,
            names[i],
            int(crashes[i]),
            int(crashes[i] - with_post[i]),
            float(low[i]) if with_post[i] else math.nan,
            float(high[i]) if with_post[i] else math.nan,
        )
        for i, key in enumerate(levels.values)
        if crashes[i] and key
    )


def _names(data: CrashData, codes: Any, keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what the crashes of each road call it: its key, numbers and names."""
    found: list[dict[str, None]] = [{key: None} for key in keys]
    for name in ("road_number", "road_name"):
        if not data.has(name):
            continue
        levels = data.table("crash").levels(name)
        both = np.unique(codes * (len(levels.values) + 1) + levels.codes + 1)
        for road, word in zip(*np.divmod(both, len(levels.values) + 1), strict=True):
            if road >= 0 and word:
                found[int(road)][levels.values[int(word) - 1]] = None
    return [tuple(one) for one in found]


def _areas(data: CrashData) -> tuple[Thing, ...]:
    found: list[Thing] = []
    for kind, name in AREAS:
        if data.has(name):
            found += _of_field(data, kind, name)
    return tuple(found)


def _of_field(data: CrashData, kind: str, name: str) -> Iterator[Thing]:
    """Yield the places a field names; a name in several districts is one place for each, too."""
    above = [one for one in _above(name) if data.has(one)]
    table = data.table("crash")
    levels = table.levels(name)
    parents = [table.levels(one) for one in above]
    size = [len(one.values) + 1 for one in parents]
    key = levels.codes.astype(np.int64)
    for parent, n in zip(parents, size, strict=True):
        key = key * n + parent.codes + 1
    combined, counts = np.unique(key[levels.codes >= 0], return_counts=True)
    within: list[list[str]] = [[] for _ in combined]
    for parent, n in zip(reversed(parents), reversed(size), strict=True):
        combined, codes = np.divmod(combined, n)
        for names, code in zip(within, codes.tolist(), strict=True):
            names.insert(0, parent.values[code - 1] if code else "")
    each: dict[int, list[tuple[tuple[str, ...], int]]] = {}
    for code, names, count in zip(combined.tolist(), within, counts.tolist(), strict=True):
        each.setdefault(code, []).append((tuple(names), count))
    for code, parts in each.items():
        if levels.values[code].strip():
            yield from _parts(kind, levels.values[code], above, parts)


def _above(name: str) -> list[str]:
    return {"place": ["admin2", "admin1"], "admin2": ["admin1"]}.get(name, [])


SEVERAL = 0.1
"""A second place of the same name with this share of its crashes is no slip of the pen."""


def _parts(
    kind: str, name: str, above: Sequence[str], parts: Sequence[tuple[tuple[str, ...], int]]
) -> Iterator[Thing]:
    whole, term = sum(n for _, n in parts), spelling.escape(name)
    by_size = sorted(parts, key=lambda one: (-one[1], one[0]))
    yield Thing(kind, name, _label(kind, name), {KEYS[kind]: term}, whole)
    if len(by_size) < 2 or by_size[1][1] < SEVERAL * whole:
        return
    for within, n in by_size:
        terms = {
            key: spelling.escape(one) if one else filters.UNKNOWN
            for key, one in zip(above, within, strict=True)
        }
        where = ", ".join(one for one in within if one) or "?"
        label = Message("{place}, {where}", {"place": _label(kind, name), "where": where})
        yield Thing(kind, name, label, {KEYS[kind]: term, **terms}, n, within)


LABELS: Mapping[str, Message] = {
    "settlement": Message("Settlement {name}"),
    "district": Message("District {name}"),
    "province": Message("Province {name}"),
    "junction": Message("Junction {name}"),
    "area": Message("Area {name}"),
}


def _label(kind: str, name: str) -> Message:
    return Message(LABELS[kind].text, {"name": name})


# ------------------------------------------------------------- layers and sites


def _of_layers(
    layers: Mapping[str, Any], known: set[str]
) -> tuple[list[Thing], dict[str, tuple[str, ...]]]:
    """Return areas and junctions of the layers, and names in other languages of what is known."""
    things: list[Thing] = []
    aliases: dict[str, tuple[str, ...]] = {}
    for key, layer in layers.items():
        for feature in layer.get("features", ()):
            names = _called(feature)
            if not names:
                continue
            if key == "junctions":
                things += _junction(feature, names[0])
            elif names[0] not in known and _is_surface(feature):
                things.append(_area(key, names[0]))
            aliases[names[0]] = tuple(dict.fromkeys([*aliases.get(names[0], ()), *names[1:]]))
    return things, aliases


def _called(feature: Mapping[str, Any]) -> list[str]:
    """Return what a feature is called: its name first, else its number."""
    facts = feature.get("properties") or {}
    keys = [key for key in facts if key in ("name", "id") or key.startswith("name_")]
    keys.sort(key=lambda key: ("name", "id").index(key) if key in ("name", "id") else 2)
    return [spelling.one_spaced(str(facts[key])) for key in keys if facts[key]]


def _is_surface(feature: Mapping[str, Any]) -> bool:
    return bool((feature.get("geometry") or {}).get("type") in ("Polygon", "MultiPolygon"))


def _area(layer: str, name: str) -> Thing:
    terms = {"within": f"area:{layer}/{spelling.escape(name, '|@')}"}
    return Thing("area", name, _label("area", name), terms)


def _junction(feature: Mapping[str, Any], name: str) -> Iterator[Thing]:
    shape = feature.get("geometry") or {}
    facts = feature.get("properties") or {}
    if shape.get("type") != "Point":
        return
    lon, lat = shape["coordinates"][:2]
    arms = facts.get("arms") if isinstance(facts.get("arms"), list) else []
    roads = tuple(str(arm["road"]) for arm in arms or () if isinstance(arm, dict) and "road" in arm)
    label = _label("junction", name)
    if roads:
        label = Message("{place} of {roads}", {"place": label, "roads": list(dict.fromkeys(roads))})
    terms = {"within": f"junction:{spelling.escape(name, '|@')}"}
    yield Thing("junction", name, label, terms, point=(float(lon), float(lat)), roads=roads)


def _site(site: SiteRecord) -> Thing | None:
    """Return a site by its own name; all are found by their number."""
    return site_thing(site) if site.name else None


def site_thing(site: SiteRecord) -> Thing | None:
    """Return a site of the register as a place; None where nobody knows where it is."""
    spot = site.spot
    point = (spot.lon, spot.lat) if spot.lon is not None and spot.lat is not None else None
    label = Message(
        "Site {number} of the register: {name}",
        {"number": str(site.number), "name": register.label(site)},
    )
    if spot.has_posts and spot.from_m is not None and spot.to_m is not None:
        posts = spelling.stretches([(spot.from_m / 1000, spot.to_m / 1000)])[0]
        terms = {"road": spelling.escape(spot.road), "km": posts}
    elif point is not None:
        radius_m = spot.radius_m or float(reading.known()["usual"]["point_m"])
        terms = {"within": circle(*point, radius_m)}
    else:
        return None
    return Thing("site", site.name or str(site.number), label, terms, point=point)


def circle(lon: float, lat: float, radius_m: float) -> str:
    """Write a circle as a filter has it."""
    place = ",".join(spelling.short(one, 5) for one in (lon, lat))
    return f"circle:{place},{spelling.short(radius_m, 1)}"


def roads_at(roads: Iterable[Road], fits: Callable[[tuple[float, float]], bool]) -> list[Road]:
    """Return the roads whose posts fit, the ones with most crashes first."""
    found = [one for one in roads if one.span_km is not None and fits(one.span_km)]
    return sorted(found, key=lambda one: (-one.crashes, one.key))
