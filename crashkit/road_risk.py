"""Roads of a layer by class, traffic or risk: one level a road, with the numbers of the steps.

A road is all lines of a layer with one road number (or name) and the same km posts. Each crash is
counted once at most: on the road its own number (or name) is that of, between its km posts where
the layer tells them. Of a kept network a road is a stretch with km posts, or the stretches of one
name, class and traffic that hang together; each crash is on the stretch it was put on. Roads whose
crashes are so few that their true number may belong to the lowest and to the highest step alike say
nothing: they get no step.

By definition, a rate per 100 million vehicle-km is crashes × 10^8 / (AADT × 365 × years × km).
Source of the limits of a count: Garwood (1936).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crashkit import filters, geo, stats
from crashkit.errors import Message, NotFound, counted
from crashkit.model import UNDATED, CrashData
from crashkit.roads import naming, snapping
from crashkit.roads.network import Lines
from crashkit.roads.network import Network as Stretches
from crashkit.roads.snapping import Snapped
from crashkit.roads.tiling import LineTiles, line_tiles

CLASS, AADT, DENSITY, RATE = "class", "aadt", "density", "rate"
WAYS = {
    CLASS: Message("Class"),
    AADT: Message("Traffic (AADT)"),
    DENSITY: Message("Crashes per km and year"),
    RATE: Message("Crashes per 100 million vehicle-km"),
}
"""Ways to colour roads."""
BY_CRASHES = (DENSITY, RATE)
"""Those for which crashes are counted."""

STEPS = 5
CLASSES = 6
"""So many classes have a colour of their own; the rarest share the last."""
NOT_KNOWN, TOO_FEW = -1, -2
DAYS, MILLIONS = 365.0, 1e8

_FIELDS = {
    "class": ("road_class", "class", "highway", "fclass"),
    "aadt": ("aadt", "adt", "traffic"),
    "number": ("road_key", "road_number", "ref"),
    "name": ("road_name", "name", "road"),
    "from": ("from_km", "start_km"),
    "to": ("to_km", "end_km"),
}
"""What a property may be called; the first that says something leads."""

_ALIKE = ["road_key", "road_class", "direction", "aadt"]
"""What stretches without km posts are alike in that are one road where they hang together."""
_DIGITS = 6
"""Ends of lines that are the same in so many digits of a degree, a decimetre, meet."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Road:
    """What is known of one road: its lines in the layer, km posts, length, traffic, crashes.

    `crashes` is None where they were not counted.
    """

    lines: tuple[int, ...]
    key: str | None
    from_km: float | None
    to_km: float | None
    length_km: float
    aadt: float | None
    class_: str
    crashes: int | None = None


@dataclass(frozen=True)
class Step:
    """One line of a legend: its level, and its class, or its limits (None: open)."""

    level: int
    low: float | None = None
    high: float | None = None
    class_: str = ""


@dataclass(frozen=True)
class Painted:
    """A level for each line of a layer, in its order, and what the colours mean.

    `levels` are places in `steps`, NOT_KNOWN or TOO_FEW; `values` in the unit of the way.
    """

    way: str
    levels: tuple[int, ...]
    values: tuple[float | None, ...]
    roads: tuple[Road, ...]
    steps: tuple[Step, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """The roads of a layer: read once, coloured often. `lines` counts the features of the layer."""

    roads: tuple[Road, ...]
    lines: int

    @property
    def ways(self) -> tuple[str, ...]:
        """How these roads can be coloured, by what the layer tells of them."""
        traffic = any(road.aadt is not None for road in self.roads)
        found = [CLASS] * any(road.class_ for road in self.roads) + [AADT] * traffic
        if any(road.key is not None for road in self.roads):
            found += [DENSITY, *([RATE] * traffic)]
        return tuple(found)


def network(layer: Mapping[str, Any]) -> Network:
    """Read the roads of a GeoJSON layer; what is no line is no road."""
    features = layer.get("features", ())
    return Network(tuple(_roads(features)), len(features))


def of_network(network: Stretches, stands: Flags) -> Network:
    """Return the roads of a kept network that stand; its stretches are the lines of the answer."""
    told = network.stretches
    road = _hanging_together(told, network.lines, stands)
    order = np.flatnonzero(stands)[np.argsort(road[stands], kind="stable")]
    edges = np.flatnonzero(np.diff(road[order], prepend=-1))
    first = order[edges]
    km = np.add.reduceat(told["length_m"].fillna(0).to_numpy()[order], edges) / 1000
    columns = [
        network.names()[first],
        *(_known(told[name].to_numpy()[first] / 1000) for name in ("from_m", "to_m")),
        km.tolist(),
        _known(told["aadt"].to_numpy()[first]),
        told["road_class"].to_numpy()[first],
    ]
    lines = (tuple(rows.tolist()) for rows in np.split(order, edges[1:]))
    return Network(tuple(map(Road, lines, *columns)) if order.size else (), len(network))


def _known(values: Floats) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _hanging_together(told: pd.DataFrame, lines: Lines, stands: Flags) -> Ints:
    """Number the roads that stretches belong to."""
    n = len(told)
    kind = told.groupby(_ALIKE, dropna=False, sort=False).ngroup().to_numpy()
    posted = told["from_m"].notna() & told["to_m"].notna()
    joins = np.flatnonzero(
        stands & (np.diff(lines.offsets) > 1) & ~posted.to_numpy() & (told["road_key"] != "")
    )
    ends = np.concatenate([lines.offsets[:-1][joins], lines.offsets[1:][joins] - 1])
    places = pd.DataFrame(np.round(lines.lonlat[ends], _DIGITS)).assign(
        kind=np.tile(kind[joins], 2)
    )
    node = places.groupby([0, 1, "kind"], sort=False).ngroup().to_numpy()
    ties = (np.ones(node.size, np.int8), (np.tile(joins, 2), n + node))
    size = n + int(node.max(initial=-1)) + 1
    _, road = connected_components(coo_array(ties, shape=(size, size)), directed=False)
    found: Ints = road[:n].astype(np.int64)
    return found


def tiles_of(roads_of: Network, lines: Lines, shades: Sequence[str] | None = None) -> LineTiles:
    """Return the roads of a kept network as vector tiles: each with its name, and a shade if told.

    `lines` are those of all its stretches, `shades` has one for each; the number of a line is that
    of its road, counted from 1.
    """
    rows = np.array([line for road in roads_of.roads for line in road.lines], dtype=np.int64)
    sizes = [len(road.lines) for road in roads_of.roads]
    words = {"name": np.repeat(np.array([road.key or "" for road in roads_of.roads]), sizes)}
    if shades is not None:
        words["shade"] = np.array(shades)[rows]
    return line_tiles(lines.keep(rows), np.repeat(np.arange(len(sizes)) + 1, sizes), words)


def paint_network(
    roads_of: Network, data: CrashData, way: str, located: Snapped | None = None
) -> Painted:
    """Give each stretch of a kept network its level; `located` is where the crashes lie on it.

    Raises NotFound for a way it cannot have.
    """
    if located is None:
        return paint(roads_of, data, way)
    sure = np.isin(located.grade, (snapping.GOOD, snapping.FAIR))
    on = np.bincount(located.stretch[sure], minlength=roads_of.lines)
    lines = np.array([line for road in roads_of.roads for line in road.lines], dtype=np.int64)
    sizes = [len(road.lines) for road in roads_of.roads]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    counts = np.bincount(owner, on[lines], minlength=len(sizes)).astype(np.int64)
    notes = _left_out(int(located.grade.size - counts.sum()))
    roads = [_counted(road, n) for road, n in zip(roads_of.roads, counts.tolist(), strict=True)]
    return paint(replace(roads_of, roads=tuple(roads)), data, way, notes)


def _left_out(n: int) -> list[Message]:
    if not n:
        return []
    return [
        counted(
            "{n} crash is not counted: it lies on no road of the network, or on one of several.",
            "{n} crashes are not counted: they lie on no road of the network, or on one of "
            "several.",
            n,
        )
    ]


def paint(
    roads_of: Network, data: CrashData, way: str, left: Sequence[Message] | None = None
) -> Painted:
    """Give each line of a layer of roads its level. Raises NotFound for a way it cannot have.

    Where the crashes of each road are counted already, `left` says which could not be.
    """
    if way not in roads_of.ways:
        raise NotFound("The roads of this layer cannot be coloured by “{way}”.", way=way)
    roads = list(roads_of.roads)
    notes = list(left or ())
    if way in BY_CRASHES and left is None:
        roads, notes = _with_crashes(roads, data)
    # Crashes without a date belong to no year: nothing is divided by one.
    years = 0.0 if data.period.undated else data.period.years
    values = [_value(road, way, years) for road in roads]
    if way == CLASS:
        steps, levels = _by_class(roads)
    else:
        steps = _by_fifths(values, [road.length_km for road in roads])
        levels = [
            _level(road, value, steps, way, years)
            for road, value in zip(roads, values, strict=True)
        ]
    of = {line: n for n, road in enumerate(roads) for line in road.lines}
    lines = range(roads_of.lines)
    return Painted(
        way=way,
        levels=tuple(levels[of[i]] if i in of else NOT_KNOWN for i in lines),
        values=tuple(values[of[i]] if i in of else None for i in lines),
        roads=tuple(roads),
        steps=steps,
        notes=(*_meaning(way, data), *notes),
    )


# ------------------------------------------------------------------- roads


def _words(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    return feature.get("properties") or {}


def _first(words: Mapping[str, Any], of: str) -> Any:
    known = {str(key).casefold(): value for key, value in words.items()}
    return next((known[name] for name in _FIELDS[of] if known.get(name) not in (None, "")), None)


def _number(words: Mapping[str, Any], of: str) -> float | None:
    try:
        found = float(str(_first(words, of)).replace(",", "."))
    except ValueError:
        return None
    return found if np.isfinite(found) and found >= 0 else None


def _roads(features: Sequence[Mapping[str, Any]]) -> list[Road]:
    """Return the roads of a layer: lines of one number and the same km posts are one."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for n, feature in enumerate(features):
        if "LineString" in str((feature.get("geometry") or {}).get("type")):
            groups[_identity(_words(feature), n)].append(n)
    return [_road(features, lines) for lines in groups.values()]


def _identity(words: Mapping[str, Any], n: int) -> Any:
    key = _key(words)
    posts = _posts(words)
    return (key, posts) if key else n


def _key(words: Mapping[str, Any]) -> str | None:
    number, name = (_first(words, of) for of in ("number", "name"))
    return naming.road_key(
        None if number is None else str(number), None if name is None else str(name)
    )


def _posts(words: Mapping[str, Any]) -> tuple[float, float] | None:
    start, end = _number(words, "from"), _number(words, "to")
    if start is None or end is None or start == end:
        return None
    return min(start, end), max(start, end)


def _road(features: Sequence[Mapping[str, Any]], lines: Sequence[int]) -> Road:
    words = [_words(features[n]) for n in lines]
    posts = _posts(words[0])
    drawn = [_length_km(features[n]["geometry"]) for n in lines]
    traffic = [_number(one, "aadt") for one in words]
    told = [one for one in traffic if one]
    aadt = None
    if len(told) == len(lines):
        weights = drawn if sum(drawn) > 0 else [1.0] * len(lines)
        aadt = float(np.average(told, weights=weights))
    return Road(
        lines=tuple(lines),
        key=_key(words[0]),
        from_km=posts[0] if posts else None,
        to_km=posts[1] if posts else None,
        length_km=posts[1] - posts[0] if posts else float(sum(drawn)),
        aadt=aadt,
        class_=str(_first(words[0], "class") or ""),
    )


def _length_km(geometry: Mapping[str, Any]) -> float:
    parts = geometry["coordinates"]
    if geometry["type"] == "LineString":
        parts = [parts]
    total = 0.0
    for part in parts:
        places = np.array([place[:2] for place in part], dtype=np.float64)
        if len(places) > 1:
            steps = np.diff(geo.geocentric(places[:, 0], places[:, 1]), axis=0)
            total += float(np.linalg.norm(steps, axis=1).sum())
    return total / 1000


# ----------------------------------------------------------------- crashes


def _with_crashes(roads: Sequence[Road], data: CrashData) -> tuple[list[Road], list[Message]]:
    """Count the crashes of each road; say how many could not be counted."""
    found = filters.levels(data, "road_key")
    if found is None:
        return list(roads), [Message("These crashes name no road, so none is counted.")]
    of_road: dict[str, list[int]] = defaultdict(list)
    for n, road in enumerate(roads):
        if road.key is not None:
            of_road[_bare(road.key)].append(n)
    counts = np.zeros(len(roads), dtype=np.int64)
    posts = filters.numbers(data, "chainage_km") if data.has("chainage_km") else None
    elsewhere, unplaced = int((found.codes < 0).sum()), 0
    order = np.argsort(found.codes, kind="stable")
    edges = np.searchsorted(found.codes[order], np.arange(len(found.values) + 1))
    for code, value in enumerate(found.values):
        rows = order[edges[code] : edges[code + 1]]
        mine = of_road.get(_bare(value), [])
        if not mine:
            elsewhere += len(rows)
            continue
        at = np.full(len(rows), np.nan) if posts is None else posts[rows]
        places = _places([roads[n] for n in mine], at)
        unplaced += int((places < 0).sum())
        counts[mine] += np.bincount(places[places >= 0], minlength=len(mine))
    done = [_counted(road, int(n)) for road, n in zip(roads, counts, strict=True)]
    return done, _left(elsewhere, unplaced)


def _bare(key: str) -> str:
    """Return a road's name as all sources write it alike: some keep dashes and blanks, some not."""
    return key.replace("-", "").replace(" ", "").casefold()


def _places(roads: Sequence[Road], posts_km: Floats) -> Ints:
    """Return for each crash of one road number which of its roads it lies on; -1 for none."""
    if len(roads) == 1 and roads[0].from_km is None:
        return np.zeros(len(posts_km), dtype=np.int64)
    starts = np.array([np.nan if road.from_km is None else road.from_km for road in roads])
    ends = np.array([np.nan if road.to_km is None else road.to_km for road in roads])
    order = np.argsort(starts)
    order = order[np.isfinite(starts[order])]
    found = np.full(len(posts_km), -1, dtype=np.int64)
    if not len(order):
        return found
    at = np.searchsorted(starts[order], posts_km, side="right") - 1
    inside = (at >= 0) & np.isfinite(posts_km)
    chosen = order[np.maximum(at, 0)]
    inside &= posts_km <= ends[chosen]
    found[inside] = chosen[inside]
    # A road in one piece holds all crashes of its number, also those without a km post.
    if len(roads) == 1:
        found[np.isnan(posts_km)] = 0
    return found


def _counted(road: Road, crashes: int) -> Road:
    return replace(road, crashes=crashes)


def _left(elsewhere: int, unplaced: int) -> list[Message]:
    notes = []
    if elsewhere:
        notes.append(
            counted(
                "{n} crash is on no road of the layer.",
                "{n} crashes are on no road of the layer.",
                elsewhere,
            )
        )
    if unplaced:
        notes.append(
            counted(
                "{n} crash has no km post on the sections of its road, and is not counted.",
                "{n} crashes have no km post on the sections of their roads, and are not counted.",
                unplaced,
            )
        )
    return notes


# ------------------------------------------------------------------ levels


def _exposure(road: Road, way: str, years: float) -> float | None:
    """Return km-years, or hundreds of millions of vehicle-km; None where it is not known."""
    if road.length_km <= 0 or years <= 0:
        return None
    if way == DENSITY:
        return road.length_km * years
    return road.aadt * DAYS * years * road.length_km / MILLIONS if road.aadt else None


def _value(road: Road, way: str, years: float) -> float | None:
    if way == AADT:
        return road.aadt
    if way == CLASS or road.key is None:
        return None
    exposure = _exposure(road, way, years)
    return (road.crashes or 0) / exposure if exposure else None


def _by_class(roads: Sequence[Road]) -> tuple[tuple[Step, ...], list[int]]:
    """Give each class a level, the longest network last; the rarest beyond the sixth share one."""
    length: dict[str, float] = defaultdict(float)
    for road in roads:
        if road.class_:
            length[road.class_] += road.length_km
    ordered = sorted(length, key=lambda name: (-length[name], name))
    own = ordered if len(ordered) <= CLASSES else ordered[: CLASSES - 1]
    steps = [Step(n, class_=name) for n, name in enumerate(own)]
    if len(own) < len(ordered):
        steps.append(Step(len(own)))
    level = {name: min(n, len(steps) - 1) for n, name in enumerate(ordered)}
    return tuple(steps), [level.get(road.class_, NOT_KNOWN) for road in roads]


def _by_fifths(values: Sequence[float | None], lengths: Sequence[float]) -> tuple[Step, ...]:
    """Return steps that hold about a fifth of the length of the roads each, at round numbers."""
    known = sorted(
        (value, km) for value, km in zip(values, lengths, strict=True) if value is not None
    )
    if len(known) < STEPS:
        return (Step(0),) if known else ()
    sums = np.cumsum([km for _, km in known])
    shares = np.arange(1, STEPS) / STEPS * sums[-1]
    at = np.minimum(np.searchsorted(sums, shares * (1 - 1e-9)), len(known) - 2)
    # Between the last road of a fifth and the first of the next.
    edges = sorted({_round((known[i][0] + known[i + 1][0]) / 2) for i in at.tolist()})
    edges = [edge for edge in edges if known[0][0] < edge <= known[-1][0]]
    limits = [None, *edges, None]
    return tuple(Step(n, limits[n], limits[n + 1]) for n in range(len(limits) - 1))


def _round(value: float) -> float:
    """Return a number with two digits that count."""
    return float(f"{value:.2g}")


def _step(value: float, steps: Sequence[Step]) -> int:
    return max(step.level for step in steps if step.low is None or value >= step.low)


def _level(road: Road, value: float | None, steps: Sequence[Step], way: str, years: float) -> int:
    if value is None:
        return NOT_KNOWN
    if way == AADT:
        return _step(value, steps)
    exposure = _exposure(road, way, years)
    if exposure is None:
        return NOT_KNOWN
    low, high = (limit / exposure for limit in _limits(road.crashes or 0))
    if len(steps) > 1 and _step(low, steps) == 0 and _step(high, steps) == len(steps) - 1:
        return TOO_FEW
    return _step(value, steps)


@lru_cache(maxsize=4096)
def _limits(crashes: int) -> tuple[float, float]:
    return stats.poisson_interval(crashes)


def _meaning(way: str, data: CrashData) -> tuple[Message, ...]:
    """Return in words what is divided by what, and how the steps were made."""
    fifths = Message("Each colour holds about a fifth of the length of the roads.")
    few = Message(
        "Too few to say: by its 95 % limits the number of crashes could belong to the lowest "
        "colour and to the highest alike."
    )
    years = data.period.years
    span = {"years": int(years) if years.is_integer() else round(years, 2)}
    if way == CLASS:
        return ()
    if way == AADT:
        return (Message("Vehicles a day, both directions, as the layer says."), fifths)
    if data.period.undated:
        return (UNDATED,)
    if way == DENSITY:
        what = (
            "Crashes of the filter, divided by the length of the road in km and by {years} years."
        )
        return (Message(what, span), *data.period.notes, fifths, few)
    what = (
        "Crashes of the filter × 100 million, divided by AADT × 365 × {years} years × length of "
        "the road in km."
    )
    return (Message(what, span), fifths, few)
