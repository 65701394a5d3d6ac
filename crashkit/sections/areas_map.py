"""Areas shaded by how many were killed or how many crashes there were, by people where told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crashkit import exposure, filters, stats, tables
from crashkit.blocks import Block, Column, Figure, Heading, Points, Table
from crashkit.errors import Message, MethodError, counted
from crashkit.roads.columns import plain
from crashkit.section import Facts, Section, ground_words

MOST_CLASSES = 5
LEAST = 2
"""Fewer areas are no map to compare on."""
NAMED = 8
NAMES = ("name", "name_en", "name_ru", "name_zh")
QUANTITY = "population"


@dataclass(frozen=True, eq=False)
class Area:
    """An area: its crashes, its deaths (None where not told), and its people times years.

    `n` is what is shown of it: those killed, None where the area does not tell them, or the crashes
    where no area does. `squares` is the sum of the squares of what each crash is of it, `most` what
    the largest is.
    """

    name: str
    crashes: int
    killed: int | None
    n: int | None
    people: float | None = None
    squares: float = 0.0
    most: float = 1.0


def applies(facts: Facts) -> bool:
    """Say whether the names of at least two areas of the layer are names in the data."""
    return bool(_field(facts))


def build(facts: Facts) -> list[Block]:
    """Return the shaded map and its table, each area with its limits."""
    field = _field(facts)
    areas = _areas(facts, field)
    people = _people(facts, field)
    known = {one.name: one for one in _with_people(areas, people)}
    by_people = sum(one.people is not None for one in known.values()) >= LEAST
    title = _title(known, by_people=by_people)
    return [
        Heading(Message("Areas")),
        _map(facts, known, title, by_people=by_people),
        _table(known, title, field, by_people=by_people),
        Points(tuple(_notes(facts, field, known, by_people=by_people))),
    ]


# ------------------------------------------------------------------ areas


def _field(facts: Facts) -> str:
    """Return the field whose names the layer has the most of, "" where it has too few."""
    drawn = _drawn_names(facts.layers)
    found = {
        field: len({plain(name) for name in _names(facts, field)} & drawn.keys())
        for field in exposure.AREAS
    }
    best = max(found, key=lambda field: found[field])
    return best if found[best] >= LEAST else ""


def _names(facts: Facts, field: str) -> list[str]:
    levels = filters.levels(facts.data, field)
    if levels is None:
        return []
    told = zip(levels.values, levels.counts()[1:], strict=True)
    return [name for name, n in told if n and name]


def _drawn_names(layers: Mapping[str, Any]) -> dict[str, int]:
    """Return the place of each area in the layer by its names, as compared."""
    features = layers.get("areas", {}).get("features", ())
    return {
        plain(str(properties[key])): place
        for place, one in enumerate(features)
        for properties in (one.get("properties") or {},)
        for key in NAMES
        if properties.get(key)
    }


def _areas(facts: Facts, field: str) -> list[Area]:
    levels = filters.levels(facts.data, field)
    if levels is None:
        return []
    _, *crashes = levels.counts()
    there = [(i, name) for i, name in enumerate(levels.values) if crashes[i] and name]
    if facts.summary.killed is None:
        return [Area(name, crashes[i], None, crashes[i], squares=crashes[i]) for i, name in there]
    each = tables.by_crash(facts.data, "killed").astype(float)
    _, *deaths = levels.sums(each).tolist()
    _, *squares = levels.sums(np.square(each)).tolist()
    most = np.zeros(len(levels.values) + 1)
    # The last place is that of crashes without an area, whose code is -1.
    np.maximum.at(most, levels.codes, each)
    untold = tables.untold_values(facts.data, "killed", field)
    found = []
    for i, name in there:
        killed = None if name in untold else round(deaths[i])
        of = {"squares": squares[i], "most": float(most[i])}
        found.append(Area(name, crashes[i], killed, killed, **of))
    return found


def _people(facts: Facts, field: str) -> Mapping[str, float]:
    """Return the people of each area, added up over the years; nothing where they are not told."""
    told = facts.besides.exposure if facts.besides else ()
    try:
        unit = "crashes" if facts.summary.killed is None else "killed"
        by = exposure.covered(facts.data, told, QUANTITY, field, facts.everything, unit=unit)
    except MethodError:
        return {}
    # People of other years than those counted would make a rate of two different times.
    return by.amounts if len(by.data) == len(facts.data) else {}


def _with_people(areas: Sequence[Area], people: Mapping[str, float]) -> Iterator[Area]:
    for one in sorted(areas, key=lambda one: (one.n is None, -(one.n or 0), one.name)):
        yield replace(one, people=people.get(one.name))


# ----------------------------------------------------------------- blocks


def _title(known: Mapping[str, Area], *, by_people: bool) -> Message:
    killed = any(one.killed is not None for one in known.values())
    if by_people:
        what = Message("People killed") if killed else Message("Crashes")
        return Message("{what} per 100,000 people and year, by area", {"what": what})
    return Message("People killed, by area") if killed else Message("Crashes, by area")


PER = 100_000


def _value(one: Area | None, *, by_people: bool) -> float | None:
    if one is None or one.n is None:
        return None
    if not by_people:
        return float(one.n)
    return None if one.people is None else PER * one.n / one.people


def _map(facts: Facts, known: Mapping[str, Area], title: Message, *, by_people: bool) -> Figure:
    places = _drawn_names(facts.layers)
    features = facts.layers["areas"]["features"]
    of = {places[plain(name)]: one for name, one in known.items() if plain(name) in places}
    values = [_value(of.get(place), by_people=by_people) for place in range(len(features))]
    edges = _edges([value for value in values if value is not None])
    shades = [None if value is None else _class(value, edges) for value in values]
    digits = 1 if by_people else 0
    classes = tuple(_range(low, high, digits) for low, high in edges)
    layers = {"areas": facts.layers["areas"]}
    caption = Message("{title}. {ground}", {"title": title, "ground": ground_words(layers)})
    highest = max(known.values(), key=lambda one: _value(one, by_people=by_people) or 0.0)
    alt = Message(
        "Map of {n} areas, darker where there are more; the most are in {name}.",
        {"n": len(of), "name": highest.name},
    )
    data = {
        "lon": np.zeros(0),
        "lat": np.zeros(0),
        "box": _box(features),
        "layers": layers,
        "shades": shades,
        "classes": classes,
    }
    return Figure("map", caption, alt, data)


def _edges(values: Sequence[float]) -> list[tuple[float, float]]:
    """Return lowest and highest value of each class: as many areas in each as there can be."""
    ordered = sorted(values)
    classes = min(MOST_CLASSES, len(set(ordered)))
    groups: list[list[float]] = [[] for _ in range(classes)]
    for value in ordered:
        # Equal values are of one class: that of the first of them.
        groups[ordered.index(value) * classes // len(ordered)].append(value)
    return [(group[0], group[-1]) for group in groups if group]


def _class(value: float, edges: Sequence[tuple[float, float]]) -> int:
    return next(i for i, (_, high) in enumerate(edges) if value <= high)


def _range(low: float, high: float, digits: int) -> Message:
    ends = [round(end, digits) if digits else round(end) for end in (low, high)]
    if ends[0] == ends[1]:
        return Message("{n}", {"n": ends[0]})
    return Message("{low} to {high}", {"low": ends[0], "high": ends[1]})


def _box(features: Sequence[Mapping[str, Any]]) -> tuple[float, float, float, float]:
    spots = np.array([spot for one in features for spot in _spots(one.get("geometry") or {})])
    west, south = spots.min(axis=0)
    east, north = spots.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _spots(geometry: Mapping[str, Any]) -> Iterator[Sequence[float]]:
    coordinates = geometry.get("coordinates", ())
    shapes = [coordinates] if geometry.get("type") == "Polygon" else coordinates
    for shape in shapes:
        for ring in shape:
            yield from (spot[:2] for spot in ring)


def _table(known: Mapping[str, Area], title: Message, field: str, *, by_people: bool) -> Table:
    killed = any(one.killed is not None for one in known.values())
    columns = [Column(exposure.AREAS[field]), Column(tables.UNIT_LABELS["crashes"], "int")]
    if killed:
        columns.append(Column(Message("People killed"), "int"))
    if by_people:
        columns += [
            Column(Message("People, added up over the years"), "int"),
            Column(Message("Rate"), "float", 2),
            Column(Message("95 % limits, lower"), "float", 2),
            Column(Message("95 % limits, upper"), "float", 2),
        ]
    rows = []
    for one in known.values():
        row: list[Any] = [one.name, one.crashes]
        if killed:
            row.append(one.killed)
        if by_people:
            row += _rate(one)
        rows.append(tuple(row))
    return Table(title, tuple(columns), tuple(rows))


def _rate(one: Area) -> tuple[float | None, ...]:
    if one.people is None or one.n is None:
        return (None if one.people is None else round(one.people), None, None, None)
    low, high = stats.clustered_poisson_limits(one.n, one.squares, one.most)
    scale = PER / one.people
    return (round(one.people), one.n * scale, low * scale, high * scale)


def _notes(
    facts: Facts, field: str, known: Mapping[str, Area], *, by_people: bool
) -> Iterator[Message]:
    if not by_people:
        yield Message(
            "These are counts, no risks: an area with more people and traffic has more of them."
        )
    else:
        yield Message(
            "Limits are of chance alone and take those of one crash together (Fay and Feuer 1997); "
            "where each comes alone they are exact (Garwood 1936). Where they overlap much, these "
            "numbers do not tell which area has more."
        )
    places = _drawn_names(facts.layers)
    missing = [one for name, one in known.items() if plain(name) not in places]
    if missing:
        yield counted(
            "{n} area of the data is not on the map: {names}",
            "{n} areas of the data are not on the map: {names}",
            len(missing),
            names=[one.name for one in missing][:NAMED],
        )
    untold = [name for name, one in known.items() if one.n is None]
    if untold:
        yield Message(
            "These areas do not tell how many were killed, which is not nought: {names}",
            {"names": untold},
        )
    yield from tables.untold_notes(facts.summary, ("killed",))
    lost = len(facts.data) - sum(one.crashes for one in known.values())
    if lost:
        yield counted(
            "The area of one crash is not known.", "The area of {n} crashes is not known.", lost
        )


SECTION = Section(
    name="areas_map",
    title="Map of the areas",
    build=build,
    applies=applies,
)
