"""Junctions, traffic and the true mean of crashes on each 100 m of the invented country's roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.synth import land as lands

CELL_M = 100.0
SECTION_M = 10_000.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Crashes per km and year at 3,000 vehicles a day, by class, outside and inside towns; and per
# junction and year. Source: World C of the method benchmark (0.25, 0.5, 1.0), rounded to a country.
PER_KM = {"national": (0.26, 1.0), "regional": (0.32, 1.0), "street": (0.8, 0.8)}
PER_JUNCTION = {"signal": 0.36, "priority": 0.22, "equal": 0.2, "roundabout": 0.14, "access": 0.06}
AADT_EXPONENT = 0.8
BLOCK_M = 500.0
DISPERSION = 0.35


@dataclass(frozen=True)
class Junction:
    """A junction: its place, its kind, and where it lies on each line (line number, metres)."""

    id: str
    lon: float
    lat: float
    kind: str
    arms: tuple[tuple[int, float], ...]
    town: str


@dataclass(frozen=True, eq=False)
class Network:
    """Roads in cells of 100 m. `cells` has one row a cell; see `build` for its columns."""

    land: lands.Land
    junctions: tuple[Junction, ...]
    cells: pd.DataFrame


def build(land: lands.Land, rng: np.random.Generator) -> Network:
    """Lay junctions, traffic and the mean of crashes a year on the roads of the land.

    Columns of the cells: line, from_m, to_m, lon, lat, urban, town, area, road_class, curve,
    junction (-1 for none), junction_m, section, aadt, spf (mean of the peers), mean (the truth
    with what the model does not know).
    """
    cells = _cells(land)
    junctions = tuple(_junctions(land, cells, rng))
    _mark(cells, junctions)
    cells["section"] = _sections(cells)
    cells["aadt"] = _aadt(land, cells, rng)
    cells["spf"] = _spf(cells, junctions)
    cells["mean"] = cells["spf"] * _unknown(cells, rng)
    return Network(land, junctions, cells)


# ------------------------------------------------------------------ cells


def _cells(land: lands.Land) -> pd.DataFrame:
    cells = pd.concat([_cut(i, line) for i, line in enumerate(land.lines)], ignore_index=True)
    points = cells[["lon", "lat"]].to_numpy()
    away = np.array([lands.distance_m(points, town.lon, town.lat) for town in land.towns])
    reach = away / np.array([town.radius_m for town in land.towns])[:, None]
    cells["urban"] = reach.min(axis=0) <= 1.04
    cells["town"] = np.where(cells["urban"], reach.argmin(axis=0), -1)
    cells["near"] = away.argmin(axis=0)
    cells["near_m"] = away.min(axis=0)
    cells["capital_m"] = away[0]
    seats = [lands.distance_m(points, area.seat.lon, area.seat.lat) for area in land.areas]
    cells["area"] = np.argmin(seats, axis=0)
    return cells


def _cut(number: int, line: lands.Line) -> pd.DataFrame:
    starts = np.arange(0.0, line.length_m, CELL_M)
    ends = np.minimum(starts + CELL_M, line.length_m)
    middle = line.at((starts + ends) / 2)
    return pd.DataFrame(
        {
            "line": number,
            "from_m": starts,
            "to_m": ends,
            "lon": middle[:, 0],
            "lat": middle[:, 1],
            "road_class": line.road_class,
            "curve": _turning(line, starts) > 0.22,
        }
    )


def _turning(line: lands.Line, starts: Floats) -> Floats:
    """Radians the line turns in the 300 m around each cell."""
    step = np.diff(line.points, axis=0)
    across, along = lands.metres_per_degree(line.points[:-1, 1])
    heading = np.unwrap(np.arctan2(step[:, 1] * along, step[:, 0] * across))
    turned = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(heading)))])
    total = np.interp([starts - 100, starts + 200], line.stations_m[:-1], turned)
    return np.asarray(total[1] - total[0], dtype=np.float64)


def _mark(cells: pd.DataFrame, junctions: Sequence[Junction]) -> None:
    first = cells.groupby("line").head(1).index.to_numpy()
    last = cells.groupby("line").tail(1).index.to_numpy()
    number = np.full(len(cells), -1)
    where = np.zeros(len(cells))
    for i, junction in enumerate(junctions):
        for line, station in junction.arms:
            row = min(first[line] + int(station // CELL_M), last[line])
            number[row], where[row] = i, station
    cells["junction"], cells["junction_m"] = number, where


def _sections(cells: pd.DataFrame) -> Ints:
    """Number stretches of one setting, 10 km at most."""
    keys = np.column_stack(
        [cells["line"], cells["town"], np.floor(cells["from_m"] / SECTION_M)]
    ).astype(np.int64)
    new = np.any(np.diff(keys, axis=0) != 0, axis=1)
    return np.concatenate([[0], np.cumsum(new)]).astype(np.int64)


# -------------------------------------------------------------- junctions


def _junctions(land: lands.Land, cells: pd.DataFrame, rng: np.random.Generator) -> list[Junction]:
    found = [one for town in land.towns for one in _town_junctions(land, town, rng)]
    for number, line in enumerate(land.lines):
        if line.number:
            mine = cells[(cells["line"] == number) & (cells["near_m"] > 4_000)]
            found += _country_junctions(number, line, mine, rng)
    return [
        Junction(f"J{i:04d}", one.lon, one.lat, one.kind, one.arms, one.town)
        for i, one in enumerate(found, 1)
    ]


def _town_junctions(land: lands.Land, town: lands.Town, rng: np.random.Generator) -> list[Junction]:
    pieces = _pieces(land, town)
    found: list[tuple[float, float, dict[int, float]]] = []
    for lon, lat, arms in _crossings(pieces):
        for known in found:
            if abs(known[0] - lon) < 0.0012 and abs(known[1] - lat) < 0.0009:
                known[2].update({line: at for line, at in arms if line not in known[2]})
                break
        else:
            found.append((lon, lat, dict(arms)))
    return [
        Junction("", lon, lat, _kind(land, town, arms, rng), tuple(arms.items()), town.name)
        for lon, lat, arms in found
    ]


def _pieces(land: lands.Land, town: lands.Town) -> Floats:
    """Rows of line, station, length, x0, y0, x1, y1 of what passes through a town."""
    rows = []
    for number, line in enumerate(land.lines):
        away = lands.distance_m(line.points, town.lon, town.lat)
        for i in np.flatnonzero(np.minimum(away[1:], away[:-1]) < town.radius_m * 1.04):
            length = line.stations_m[i + 1] - line.stations_m[i]
            rows.append([number, line.stations_m[i], length, *line.points[i], *line.points[i + 1]])
    return np.array(rows)


def _crossings(pieces: Floats) -> list[tuple[float, float, list[tuple[int, float]]]]:
    a, step = pieces[:, 3:5], pieces[:, 5:7] - pieces[:, 3:5]
    across = step[:, None, 0] * step[None, :, 1] - step[:, None, 1] * step[None, :, 0]
    gap = a[None, :, :] - a[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[..., 0] * step[None, :, 1] - gap[..., 1] * step[None, :, 0]) / across
        u = (gap[..., 0] * step[:, None, 1] - gap[..., 1] * step[:, None, 0]) / across
    other = pieces[:, None, 0] < pieces[None, :, 0]
    meet = other & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    found = []
    for i, j in np.argwhere(meet):
        lon, lat = a[i] + t[i, j] * step[i]
        arms = [
            (int(pieces[i, 0]), float(pieces[i, 1] + t[i, j] * pieces[i, 2])),
            (int(pieces[j, 0]), float(pieces[j, 1] + u[i, j] * pieces[j, 2])),
        ]
        found.append((round(float(lon), 5), round(float(lat), 5), arms))
    return found


def _kind(
    land: lands.Land, town: lands.Town, arms: dict[int, float], rng: np.random.Generator
) -> str:
    roads = sum(bool(land.lines[line].number) for line in arms)
    draw = rng.random()
    if town.population > 50_000 and (roads or draw < 0.25):
        return "signal" if draw < 0.6 else "roundabout" if draw > 0.92 else "priority"
    if roads:
        return "roundabout" if roads > 1 and draw < 0.3 else "priority"
    return "equal" if draw < 0.7 else "priority"


def _country_junctions(
    number: int, line: lands.Line, cells: pd.DataFrame, rng: np.random.Generator
) -> list[Junction]:
    """Side roads that are not drawn: one about every 8 km, priority junctions or accesses."""
    if cells.empty:
        return []
    chosen = np.flatnonzero(rng.random(len(cells)) < CELL_M / 8_000)
    kept = [c for i, c in enumerate(chosen) if i == 0 or c - chosen[i - 1] > 12]
    stations = cells["from_m"].to_numpy()[kept] + 50.0
    kinds = np.where(rng.random(len(kept)) < 0.45, "priority", "access")
    places = np.round(line.at(stations), 5)
    return [
        Junction("", float(lon), float(lat), str(kind), ((number, float(station)),), "")
        for (lon, lat), station, kind in zip(places, stations, kinds, strict=True)
    ]


# ---------------------------------------------------------------- traffic


def _aadt(land: lands.Land, cells: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Vehicles a day: more near the capital and towns, alike from section to section."""
    people = np.array([town.population for town in land.towns])[cells["near"]]
    base = cells["road_class"].map({"national": 2900, "regional": 800, "street": 900}).to_numpy()
    street = (cells["road_class"] == "street").to_numpy()
    capital = 1 + np.where(street, 0.0, 2.6) * np.exp(-cells["capital_m"].to_numpy() / 30_000)
    town = 1 + np.where(street, 1.3, 0.7) * np.sqrt(people / 100_000) * np.exp(
        -cells["near_m"].to_numpy() / 4_000
    )
    smooth = pd.Series(np.log(base * capital * town)).groupby(cells["section"]).mean()
    line = cells.groupby("section")["line"].first().to_numpy()
    noise = _alike(line, 0.7, rng) * 0.28
    value = np.exp(smooth.to_numpy() + noise)
    rounded = (np.round(value / 10) * 10).astype(np.int64)
    return np.asarray(rounded[cells["section"].to_numpy()])


def _alike(group: Ints, kinship: float, rng: np.random.Generator) -> Floats:
    """Standard normal numbers, each akin to the one before within its group."""
    fresh = rng.standard_normal(len(group))
    out = fresh.copy()
    rest = np.sqrt(1 - kinship**2)
    for i in range(1, len(group)):
        if group[i] == group[i - 1]:
            out[i] = kinship * out[i - 1] + rest * fresh[i]
    return out


def _spf(cells: pd.DataFrame, junctions: Sequence[Junction]) -> Floats:
    """Mean crashes a year of a cell from what is known of it: a * AADT^b * length.

    Source: form of the safety performance function, methods section 3.
    """
    flow = (cells["aadt"].to_numpy() / 3000) ** AADT_EXPONENT
    rural = cells["road_class"].map({name: per[0] for name, per in PER_KM.items()}).to_numpy()
    urban = cells["road_class"].map({name: per[1] for name, per in PER_KM.items()}).to_numpy()
    per_km = np.where(cells["urban"], urban, rural) * np.where(cells["curve"], 1.5, 1.0)
    along = per_km * (cells["to_m"] - cells["from_m"]).to_numpy() / 1000
    kinds = np.array([PER_JUNCTION[one.kind] for one in junctions] + [0.0])
    return np.asarray(flow * (along + kinds[cells["junction"].to_numpy()]))


def _unknown(cells: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """What no traffic count explains: gamma by 500 m (negative binomial), and a slow field."""
    block = cells.groupby(
        [cells["line"], (cells["from_m"] // BLOCK_M).astype(int)], sort=False
    ).ngroup()
    numbers = block.to_numpy()
    lines = cells["line"].to_numpy()[np.unique(numbers, return_index=True)[1]]
    gamma = rng.gamma(1 / DISPERSION, DISPERSION, len(lines))
    field = np.exp(0.3 * _alike(lines, 0.75, rng) - 0.045)
    return np.asarray((gamma * field)[numbers])


def sections_table(network: Network) -> pd.DataFrame:
    """Return the traffic by section of road: line, from_m, to_m, aadt, urban."""
    grouped: Any = network.cells.groupby("section")
    table: pd.DataFrame = grouped.agg(
        line=("line", "first"),
        from_m=("from_m", "first"),
        to_m=("to_m", "last"),
        aadt=("aadt", "first"),
        urban=("urban", "first"),
    ).reset_index(drop=True)
    return table
