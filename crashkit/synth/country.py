"""Make the invented country and write it as files: crashes, vehicles, people, layers, the truth.

The same number of crashes and the same seed give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crashkit.errors import SettingError
from crashkit.model import Period
from crashkit.synth import happenings, parties, skies, traffic
from crashkit.synth import land as lands
from crashkit.synth.truth import Planted, plant

LAST_YEAR = 2025
PLANTED = 24

CRASH_COLUMNS = (
    *("crash_id", "country", "crash_date", "crash_time", "lat", "lon", "road_number", "road_name"),
    *("chainage_km", "admin1", "admin2", "place", "area_type", "severity", "n_killed", "n_serious"),
    *("n_slight", "n_injured", "n_vehicles", "n_persons", "crash_type", "collision_manner"),
    *("light", "weather", "surface_condition", "surface_type", "road_class", "carriageway"),
    *("n_lanes", "speed_limit", "junction", "junction_control", "curve", "ped_facility"),
    *("hit_and_run", "aadt"),
)
VEHICLE_COLUMNS = ("crash_id", "unit_no", "unit_type", "model_year", "steering_side", "manoeuvre")
PERSON_COLUMNS = (
    *("crash_id", "person_no", "unit_no", "road_user_type", "age", "sex", "injury"),
    *("safety_equipment", "alcohol", "seat"),
)


@dataclass(frozen=True, eq=False)
class Country:
    """The invented country. `crashes`, `vehicles`, `people` as happened; `planted` is the truth.

    Vehicles and people refer to the row of their crash by `crash`.
    """

    seed: int
    years: tuple[int, int]
    network: traffic.Network
    planted: tuple[Planted, ...]
    sections: pd.DataFrame
    crashes: pd.DataFrame
    vehicles: pd.DataFrame
    people: pd.DataFrame

    @property
    def land(self) -> lands.Land:
        """Towns, lakes, areas and roads."""
        return self.network.land

    @property
    def period(self) -> Period:
        """Whole calendar years."""
        return Period(date(self.years[0], 1, 1), date(self.years[1], 12, 31))


def make(*, crashes: int, seed: int, years: int = 10) -> Country:
    """Invent a country with this many crashes in the years up to 2025.

    Raises SettingError when there is to be no crash or no year.
    """
    if crashes < 1 or not 1 <= years <= 50:
        raise SettingError("A country needs at least one crash and 1 to 50 years.")
    ways, happens, who = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3)
    )
    network = traffic.build(lands.land(), ways)
    planted = plant(network, crashes=crashes, sites=PLANTED, rng=ways)
    mean = _planted_mean(network, planted)
    scale = crashes / float(mean.sum())
    planted = [_expected(network, site, mean * scale, scale) for site in planted]
    span = (LAST_YEAR - years + 1, LAST_YEAR)
    frame = happenings.crashes(network, planted, mean, count=crashes, years=span, rng=happens)
    vehicles = parties.vehicles(frame, who)
    people = parties.people(frame, vehicles, who)
    _totals(frame, people)
    sections = _sections(network, mean * scale, scale)
    return Country(seed, span, network, tuple(planted), sections, frame, vehicles, people)


def _planted_mean(network: traffic.Network, planted: Sequence[Planted]) -> Any:
    """Mean of each cell with the planted sites: there the peers' mean times the factor."""
    mean = network.cells["mean"].to_numpy().copy()
    for site in planted:
        rows = list(site.cells)
        mean[rows] = network.cells["spf"].to_numpy()[rows] * site.factor
    return mean


def _expected(network: traffic.Network, site: Planted, expected: Any, scale: float) -> Planted:
    rows = list(site.cells)
    peers = float(network.cells["spf"].to_numpy()[rows].sum()) * scale
    return replace(site, expected_peers=peers, expected=float(expected[rows].sum()))


def _sections(network: traffic.Network, mean: Any, scale: float) -> pd.DataFrame:
    table = traffic.sections_table(network)
    section = network.cells["section"].to_numpy()
    table["expected_peers"] = np.bincount(section, network.cells["spf"].to_numpy() * scale)
    table["expected"] = np.bincount(section, mean)
    return table


def _totals(frame: pd.DataFrame, people: pd.DataFrame) -> None:
    rank = people["injury_rank"].to_numpy()
    for name, worst in (("n_killed", 0), ("n_serious", 1), ("n_slight", 2)):
        frame[name] = parties.count(people, len(frame), rank == worst)
    frame["n_injured"] = frame["n_serious"] + frame["n_slight"]
    frame["n_persons"] = parties.count(people, len(frame), rank >= 0)


# ------------------------------------------------------------------ files


def write(country: Country, folder: Path) -> None:
    """Write crashes, vehicles, people, the layers, traffic, weather, the truth and a README."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in tables(country).items():
        _write_csv(folder / f"{name}.csv", columns)
    for name, features in layers(country).items():
        _write_geojson(folder / f"{name}.geojson", features)
    _write_csv(folder / "aadt.csv", _aadt_columns(country))
    _write_csv(folder / "weather.csv", weather_columns(country))
    (folder / "truth.json").write_text(_json(truth_document(country)), "utf-8", newline="\n")
    (folder / "README.txt").write_text(_readme(country), "utf-8", newline="\n")


def tables(country: Country) -> dict[str, dict[str, list[str]]]:
    """Return the three tables as texts, column by column, under the names of the dictionary."""
    crashes = country.crashes
    ids = crashes["crash_id"].tolist()
    own = {"crash_id": ids, "country": [country.land.code] * len(crashes)}
    own["crash_date"] = _dates(crashes["crash_date"])
    own["crash_time"] = _times(crashes["minute"])
    return {
        "crashes": _texts(crashes, CRASH_COLUMNS, own),
        "vehicles": _texts(country.vehicles, VEHICLE_COLUMNS, _owner(ids, country.vehicles)),
        "people": _texts(country.people, PERSON_COLUMNS, _owner(ids, country.people)),
    }


def _owner(ids: Sequence[str], frame: pd.DataFrame) -> dict[str, list[str]]:
    return {"crash_id": np.array(ids, dtype=object)[frame["crash"].to_numpy()].tolist()}


def _texts(
    frame: pd.DataFrame, columns: Sequence[str], own: dict[str, list[str]]
) -> dict[str, list[str]]:
    return {name: own[name] if name in own else _column(frame[name]) for name in columns}


def _column(values: pd.Series[Any]) -> list[str]:
    """Write a column as texts; categories are written once and referred to."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        words = np.array(
            [*(_quoted(str(word)) for word in values.cat.categories), ""], dtype=object
        )
        return list(words[values.cat.codes.to_numpy()])
    if values.dtype.kind == "f":
        digits = 3 if values.name == "chainage_km" else 6
        return ["" if np.isnan(value) else f"{value:.{digits}f}" for value in values.tolist()]
    empty = 0 if values.name in ("unit_no", "model_year") else None
    said = {value: str(value) for value in np.unique(values.to_numpy()).tolist()}
    if empty is not None:
        said[empty] = ""
    return [said[value] for value in values.tolist()]


def _quoted(word: str) -> str:
    return f'"{word}"' if "," in word else word


def _dates(values: pd.Series[Any]) -> list[str]:
    days, which = np.unique(values.to_numpy().astype("datetime64[D]"), return_inverse=True)
    return list(np.datetime_as_string(days).astype(object)[which])


def _times(minutes: pd.Series[Any]) -> list[str]:
    words = np.array([f"{m // 60:02d}:{m % 60:02d}" for m in range(24 * 60)], dtype=object)
    return list(words[minutes.to_numpy()])


def _write_csv(path: Path, columns: dict[str, list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(columns) + "\n")
        for start in range(0, len(next(iter(columns.values()))), 50_000):
            part = [column[start : start + 50_000] for column in columns.values()]
            file.write("\n".join(map(",".join, zip(*part, strict=True))) + "\n")


def weather_columns(country: Country) -> dict[str, list[str]]:
    """Return the weather of each day and province, with the planted effect of ice."""
    areas = [area.name for area in country.land.areas]
    found = skies.weather(country.crashes, areas, country.years, country.seed)
    return {name: found[name].tolist() for name in skies.HEADS}


def _aadt_columns(country: Country) -> dict[str, list[str]]:
    table = country.sections
    lines = [country.land.lines[i] for i in table["line"]]
    return {
        "road_number": [line.number for line in lines],
        "road_name": [_quoted(line.name) for line in lines],
        "from_km": [f"{value / 1000:.3f}" for value in table["from_m"]],
        "to_km": [f"{value / 1000:.3f}" for value in table["to_m"]],
        "area_type": ["urban" if urban else "rural" for urban in table["urban"]],
        "aadt": [str(value) for value in table["aadt"]],
        "year": [str(country.years[1])] * len(table),
    }


# ----------------------------------------------------------------- layers


def layers(country: Country) -> dict[str, dict[str, Any]]:
    """Return roads, junctions, towns, lakes and areas as GeoJSON, with names in three languages."""
    land = country.land
    return {
        "roads": _collection([_road(country, i) for i in range(len(land.lines))]),
        "junctions": _collection([_junction(country, one) for one in country.network.junctions]),
        "towns": _collection(
            [
                _feature(
                    "Point", [town.lon, town.lat], _names(town) | {"population": town.population}
                )
                for town in land.towns
            ]
        ),
        "lakes": _collection(
            [_feature("Polygon", [lake.shore.tolist()], _names(lake)) for lake in land.lakes]
        ),
        "areas": _collection(
            [
                _feature("Polygon", [area.border.tolist()], _names(area) | {"seat": area.seat.name})
                for area in land.areas
            ]
        ),
    }


def _names(thing: lands.Town | lands.Lake | lands.Area) -> dict[str, Any]:
    return {"name": thing.name, "name_ru": thing.name_ru, "name_zh": thing.name_zh}


def _road(country: Country, number: int) -> dict[str, Any]:
    line = country.land.lines[number]
    mine = country.sections[country.sections["line"] == number]
    lengths = (mine["to_m"] - mine["from_m"]).to_numpy()
    mean = float(np.average(mine["aadt"], weights=lengths))
    facts = {
        "road_number": line.number,
        "name": line.number or line.name.split(", ")[-1],
        "road_name": line.name,
        "road_class": line.road_class,
        "from_km": 0.0,
        "to_km": round(line.length_m / 1000, 3),
        "aadt": round(mean / 10) * 10,
    }
    return _feature("LineString", line.points.tolist(), facts)


def _junction(country: Country, one: traffic.Junction) -> dict[str, Any]:
    arms = [
        {"road": country.land.lines[line].key, "km": round(station / 1000, 3)}
        for line, station in one.arms
    ]
    facts = {"id": one.id, "junction": one.kind, "town": one.town, "arms": arms}
    return _feature("Point", [one.lon, one.lat], facts)


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _write_geojson(path: Path, collection: dict[str, Any]) -> None:
    """Write one feature a line, so that a change shows where it is."""
    rows = ",\n".join(_json(feature).strip() for feature in collection["features"])
    text = f'{{"type":"FeatureCollection","features":[\n{rows}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


# ------------------------------------------------------------------ truth


def truth_document(country: Country) -> dict[str, Any]:
    """Return the truth: planted sites with their factor, and the expected crashes by section.

    `ice` is how many times the crashes of other days a province has on a day with ice.
    """
    return {
        "country": country.land.name,
        "seed": country.seed,
        "crashes": len(country.crashes),
        "from": str(country.period.start),
        "to": str(country.period.end),
        "ice": skies.ice_factor(len(country.crashes), len(country.land.areas), country.years),
        "sites": [_site(site) for site in country.planted],
        "sections": {
            "columns": ["road", "from_km", "to_km", "aadt", "expected_peers", "expected"],
            "rows": _section_rows(country),
        },
    }


def _section_rows(country: Country) -> list[list[Any]]:
    table, lines = country.sections, country.land.lines
    columns: list[list[Any]] = [[lines[number].key for number in table["line"]]]
    columns += [(table[name] / 1000).round(3).tolist() for name in ("from_m", "to_m")]
    columns += [table["aadt"].tolist()]
    columns += [table[name].round(3).tolist() for name in ("expected_peers", "expected")]
    return [list(row) for row in zip(*columns, strict=True)]


def _site(site: Planted) -> dict[str, Any]:
    return {
        "id": site.id,
        "kind": site.kind,
        "road": site.road,
        "from_km": round(site.from_m / 1000, 3),
        "to_km": round(site.to_m / 1000, 3),
        "lon": round(site.lon, 6),
        "lat": round(site.lat, 6),
        "radius_m": site.radius_m,
        "factor": round(site.factor, 3),
        "expected_peers": round(site.expected_peers, 3),
        "expected": round(site.expected, 3),
    }


def _readme(country: Country) -> str:
    first, last = country.years
    return f"""{country.land.name}: an invented country
=============================

Nothing here is real: no town, road, person or crash. The land is laid over an empty plain
near 68.6 E, 45.9 N so that maps of the region frame it well. All data are made by CrashKit
with the seed {country.seed}; the same seed gives the same files.

crashes.csv, vehicles.csv, people.csv   {len(country.crashes)} crashes of {first} to {last};
                                        headers are names of the dictionary
                                        (import profile: crashkit)
roads.geojson, junctions.geojson        roads with chainage from km 0, streets, junctions
towns.geojson, lakes.geojson, areas.geojson   names in English, Russian and Chinese
aadt.csv                                vehicles a day by section of road
weather.csv                             the weather of each day and province
truth.json                              the planted blackspots and the expected crashes by
                                        section: look only after your own search

A death counts within 30 days of the crash. Uninjured passengers are not recorded.
Coordinates are WGS 84, times are local (UTC+5), chainage is in kilometres from the origin.
"""
