"""The worked examples of the manual: small tables of crashes, a question, and its answer.

Each place and each measure has one file in `docs/methods/`, each preset one in `docs/presets/`,
named as it is. The manual shows the tables, asks the library and shows its answer; the tests ask
the same and compare.

A file has `place`, `measure`, their parameters where they are not the usual ones, `value_is` (the
unit of the value), `by_hand` (how a reader gets the same answer), and text tables:

    crashes    a crash a row, or `n` alike; on a road by `road_key` and `chainage_km`, or on the
               plane by `east_m` and `north_m`; other columns are fields of the dictionary, and
               `why` says what is found, or why not
    roads      straight lines on the plane, with km posts where told, class and AADT
    areas      rectangles on the plane
    corridors  names and their parts of roads
    proposed   places of the register: points with a radius
    sites      the answer: rank, site, crashes, value

In place of `crashes` a file may say `crashes_of`: it has those of another example of a method.
The example of a preset has neither place nor measure: these are what the preset tells. `years` are
the first and the last of the data, 2021 and 2023 unless told.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import made_crashes
import made_roads

from crashkit import api, geo
from crashkit.model import CrashData, Period, Screening, ScreeningResult, Site
from crashkit.roads import corridors
from crashkit.roads.placing import Placed

FOLDER = Path(__file__).resolve().parent / "methods"
PRESETS = Path(__file__).resolve().parent / "presets"
Rows = Sequence[Mapping[str, str]]
TABLES = ("crashes", "roads", "areas", "corridors", "proposed", "sites")
YEARS = (2021, 2023)
CALLED = "This screening"
"""What its complaints call the question, where a user would read the name of a preset."""
PLANE = ("east_m", "north_m")


@dataclass(frozen=True)
class Example:
    """A worked example as its file tells it; `sites` is the answer that it promises."""

    name: str
    value_is: str
    by_hand: str
    place: str = ""
    measure: str = ""
    years: tuple[int, int] = YEARS
    crashes_of: str = ""
    place_params: Mapping[str, Any] = field(default_factory=dict)
    measure_params: Mapping[str, Any] = field(default_factory=dict)
    crashes: Rows = ()
    roads: Rows = ()
    areas: Rows = ()
    corridors: Rows = ()
    proposed: Rows = ()
    sites: Rows = ()


@lru_cache(maxsize=1)
def examples() -> Mapping[str, Example]:
    """Read every worked example, by the name of its method."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


@lru_cache(maxsize=1)
def of_presets() -> Mapping[str, Example]:
    """Read the worked example of every preset, by its id."""
    return {path.stem: _read(path) for path in sorted(PRESETS.glob("*.toml"))}


def _read(path: Path) -> Example:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    tables = {word: made_crashes.table(told.pop(word)) for word in TABLES if word in told}
    if "crashes_of" in told:
        other = _read(FOLDER / f"{told['crashes_of']}.toml")
        tables = {word: getattr(other, word) for word in TABLES[:-1]} | tables
    return Example(name=path.stem, **{**told, **tables, "years": tuple(told.get("years", YEARS))})


def answer(example: Example) -> ScreeningResult:
    """Ask the library what the example asks."""
    asked = (
        Screening(
            preset=CALLED,
            place=example.place,
            measure=example.measure,
            place_params=example.place_params,
            measure_params=example.measure_params,
            filter={},
        )
        if example.place
        else api.ask(example.name)
    )
    data = data_of(example)
    return api.screen(data, asked, roads=_roads(example, data), repeat=False)


def without(example: Example, need: str) -> Example:
    """Return an example that lacks something a method needs; see `crashkit.method.NEEDS`."""
    if need in ("roads", "topology"):
        return replace(example, roads=())
    if need == "aadt":
        return replace(example, roads=_less(example.roads, ("aadt",)))
    if need in TABLE_OF:
        return replace(example, **{TABLE_OF[need]: ()})
    return replace(example, crashes=_less(example.crashes, COLUMNS_OF.get(need, (need,))))


TABLE_OF = {"areas": "areas", "corridors": "corridors", "nominated": "proposed"}
COLUMNS_OF = {"coordinates": PLANE, "chainage": ("road_key", "chainage_km")}


def _less(rows: Rows, names: Sequence[str]) -> Rows:
    return [{name: row[name] for name in row if name not in names} for row in rows]


def data_of(example: Example) -> CrashData:
    """Return the crashes of an example, in its years."""
    first, last = example.years
    period = Period(date(first, 1, 1), date(last, 12, 31))
    rows = [_crash(row) for row in example.crashes for _ in range(_times(row))]
    data = made_crashes.made(rows, period=period)
    layers = {
        **({"areas": _areas(example)} if example.areas else {}),
        **({"sites": _proposed(example)} if example.proposed else {}),
    }
    return data.replace(layers=lambda: layers)


def _times(row: Mapping[str, str]) -> int:
    return int(row.get("n") or 1)


def _crash(row: Mapping[str, str]) -> dict[str, Any]:
    crash: dict[str, Any] = {name: row[name] for name in row if name not in ("n", "why", *PLANE)}
    if row.get("east_m"):
        crash["lon"], crash["lat"] = _degrees(row["east_m"], row["north_m"])
    return crash


def _degrees(east_m: str, north_m: str) -> tuple[float, float]:
    return geo.moved(*made_roads.HERE, east_m=float(east_m), north_m=float(north_m))


def _roads(example: Example, data: CrashData) -> Placed | None:
    rows = example.roads
    if not rows:
        return None
    ends = [
        [_degrees(row["from_east"], row["from_north"]), _degrees(row["to_east"], row["to_north"])]
        for row in rows
    ]
    columns: dict[str, list[Any]] = {"road_key": [row["road"] for row in rows]}
    if "from_km" in rows[0]:
        for name in ("from", "to"):
            columns[f"{name}_m"] = [float(row[f"{name}_km"]) * 1000 for row in rows]
    if "aadt" in rows[0]:
        columns["aadt"] = [float(row["aadt"]) for row in rows]
    if "class" in rows[0]:
        columns["road_class"] = [row["class"] for row in rows]
    placed = made_roads.placed(made_roads.roads(ends, **columns), data)
    return replace(placed, corridors=_corridors(example))


def _corridors(example: Example) -> tuple[corridors.Corridor, ...]:
    parts: dict[str, list[corridors.Section]] = {}
    for row in example.corridors:
        part = corridors.section(row["road"], row["from_km"], row["to_km"])
        parts.setdefault(row["corridor"], []).append(part)
    return tuple(corridors.Corridor(name, tuple(found)) for name, found in parts.items())


def _areas(example: Example) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_area(row) for row in example.areas]}


def _area(row: Mapping[str, str]) -> dict[str, Any]:
    west, east, south, north = (row[side] for side in ("west", "east", "south", "north"))
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring = [list(_degrees(*corner)) for corner in corners]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": row["area"]}, "geometry": geometry}


def _proposed(example: Example) -> dict[str, Any]:
    features = []
    for number, row in enumerate(example.proposed, 1):
        lon, lat = _degrees(row["east_m"], row["north_m"])
        about = {"number": number, "origin": "nominated", "name": row["name"], "road": ""}
        where = {"lon": lon, "lat": lat, "from_m": None, "to_m": None}
        features.append({"properties": about | where | {"radius_m": float(row["radius_m"])}})
    return {"features": features}


def listed(example: Example, result: ScreeningResult) -> list[dict[str, str]]:
    """Return the sites of an answer as the tables of examples have them."""
    return [
        {
            "rank": str(found.rank),
            "site": site_name(example, found.site),
            "crashes": str(len(found.site.crash_ids)),
            "value": f"{found.score.value:.4g}",
        }
        for found in result.findings
    ]


def site_name(example: Example, site: Site) -> str:
    """Say where a site is in words of the tables: a stretch of a road, a name, or metres."""
    if site.from_m is not None and site.to_m is not None:
        return f"{site.road} km {site.from_m / 1000:g} to {site.to_m / 1000:g}"
    told = {row["area"] for row in example.areas} | {row["corridor"] for row in example.corridors}
    if site.id in told:
        return site.id
    if example.proposed:
        return example.proposed[int(site.id) - 1]["name"]
    east, north = on_plane(site)
    return f"{round(east)} m east, {round(north)} m north"


def on_plane(site: Site) -> tuple[float, float]:
    """Return how far east and north of the origin of the plane a site is, in metres."""
    lon, lat = made_roads.HERE
    azimuth, _, away = made_roads.GEOD.inv(lon, lat, site.lon, site.lat)
    turn = math.radians(azimuth)
    # A zero with a sign would be written as -0.
    return away * math.sin(turn) + 0.0, away * math.cos(turn) + 0.0
