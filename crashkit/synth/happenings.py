"""The crashes of the invented country: when, where, in what light and weather, of what kind, who.

All tables of shares below are invented; they are of the size that police statistics of the region
show, so that charts look familiar, and no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields
from crashkit.synth import land as lands
from crashkit.synth import traffic
from crashkit.synth.truth import Planted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HOURS_FROM_UTC = 5.0
YEARLY_CHANGE = -0.02
SEASON = (0.80, 0.78, 0.85, 0.93, 1.02, 1.10, 1.16, 1.19, 1.14, 1.10, 1.00, 0.93)
WEEK = (0.96, 0.94, 0.96, 0.98, 1.08, 1.10, 0.98)
WORKDAY = (
    *(1.3, 0.9, 0.7, 0.5, 0.5, 0.9, 1.9, 3.9, 5.3, 4.6, 4.2, 4.3),
    *(4.6, 4.8, 5.0, 5.4, 6.0, 7.4, 8.2, 7.6, 6.2, 4.9, 3.6, 2.3),
)
WEEKEND = (
    *(2.8, 2.3, 1.9, 1.4, 1.2, 1.3, 1.6, 2.2, 3.0, 3.7, 4.3, 4.7),
    *(5.0, 5.1, 5.2, 5.5, 5.9, 6.5, 7.1, 7.2, 6.6, 5.7, 4.8, 3.7),
)
WEATHER = ("clear", "cloudy", "rain", "snow", "fog", "wind", "snow|wind", "unknown")
WEATHER_BY_MONTH = (
    (0.40, 0.25, 0.01, 0.21, 0.06, 0.02, 0.04, 0.01),
    (0.43, 0.24, 0.02, 0.19, 0.05, 0.03, 0.03, 0.01),
    (0.52, 0.25, 0.09, 0.06, 0.03, 0.03, 0.01, 0.01),
    (0.62, 0.19, 0.13, 0.005, 0.01, 0.035, 0.0, 0.01),
    (0.70, 0.15, 0.10, 0.0, 0.005, 0.035, 0.0, 0.01),
    (0.80, 0.10, 0.05, 0.0, 0.0, 0.04, 0.0, 0.01),
    (0.84, 0.08, 0.03, 0.0, 0.0, 0.04, 0.0, 0.01),
    (0.85, 0.08, 0.02, 0.0, 0.0, 0.04, 0.0, 0.01),
    (0.78, 0.13, 0.05, 0.0, 0.01, 0.02, 0.0, 0.01),
    (0.63, 0.20, 0.11, 0.02, 0.02, 0.01, 0.0, 0.01),
    (0.48, 0.26, 0.08, 0.10, 0.05, 0.01, 0.01, 0.01),
    (0.40, 0.27, 0.02, 0.19, 0.07, 0.01, 0.03, 0.01),
)
SURFACE = ("dry", "wet", "snow", "ice", "mud", "unknown")
SURFACE_BY_WEATHER = (
    (0.93, 0.03, 0.00, 0.02, 0.01, 0.01),
    (0.76, 0.14, 0.03, 0.05, 0.01, 0.01),
    (0.02, 0.93, 0.00, 0.02, 0.02, 0.01),
    (0.02, 0.20, 0.48, 0.29, 0.00, 0.01),
    (0.42, 0.40, 0.04, 0.12, 0.01, 0.01),
    (0.92, 0.03, 0.00, 0.01, 0.03, 0.01),
    (0.00, 0.05, 0.60, 0.34, 0.00, 0.01),
    (0.50, 0.15, 0.05, 0.05, 0.02, 0.23),
)
KINDS = (
    *("vehicle_vehicle", "pedestrian", "run_off", "overturn", "obstacle", "stationary_vehicle"),
    *("bicycle", "animal", "animal_drawn", "passenger_fall", "other"),
)
# Shares of the kinds above by what happens at the place.
CAUSES: Mapping[str, tuple[float, ...]] = {
    "street": (0.36, 0.42, 0.01, 0.01, 0.06, 0.06, 0.045, 0.00, 0.00, 0.025, 0.01),
    "town_junction": (0.60, 0.28, 0.01, 0.01, 0.03, 0.02, 0.035, 0.00, 0.00, 0.01, 0.005),
    "open_road": (0.37, 0.13, 0.17, 0.19, 0.04, 0.045, 0.01, 0.025, 0.005, 0.005, 0.01),
    "open_junction": (0.74, 0.09, 0.04, 0.05, 0.02, 0.02, 0.015, 0.01, 0.005, 0.005, 0.005),
    "open_curve": (0.26, 0.04, 0.34, 0.30, 0.03, 0.01, 0.00, 0.01, 0.00, 0.00, 0.01),
    "junction": (0.92, 0.05, 0.00, 0.00, 0.01, 0.00, 0.02, 0.00, 0.00, 0.00, 0.00),
    "curve": (0.22, 0.00, 0.45, 0.31, 0.02, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00),
    "crossing": (0.06, 0.92, 0.00, 0.00, 0.00, 0.00, 0.02, 0.00, 0.00, 0.00, 0.00),
    "night": (0.22, 0.38, 0.20, 0.08, 0.00, 0.08, 0.02, 0.02, 0.00, 0.00, 0.00),
}
PLACES = tuple(CAUSES)
MANNERS = ("front_rear", "front_front", "angle", "side_same", "side_opp", "multi", "unknown")
MANNERS_BY_PLACE = (
    ((0.34, 0.08, 0.26, 0.20, 0.05, 0.05, 0.02), ("street",)),
    ((0.15, 0.05, 0.66, 0.06, 0.03, 0.03, 0.02), ("town_junction", "open_junction", "junction")),
    ((0.27, 0.36, 0.07, 0.12, 0.11, 0.05, 0.02), ("open_road", "night", "crossing")),
    ((0.08, 0.66, 0.04, 0.03, 0.16, 0.01, 0.02), ("open_curve", "curve")),
)
# Share of fatal and of serious crashes, by class outside towns, and inside towns.
SEVERITY = {"national": (0.20, 0.40), "regional": (0.17, 0.41), "street": (0.05, 0.27)}
IN_TOWN = (0.06, 0.28)
DEADLIER = {"pedestrian": 1.35, "run_off": 0.95, "overturn": 1.05, "animal": 0.5, "other": 0.7}


def crashes(
    network: traffic.Network,
    planted: Sequence[Planted],
    mean: Floats,
    *,
    count: int,
    years: tuple[int, int],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw exactly `count` crashes, ordered by time; `mean` is the true mean of each cell."""
    cell = np.repeat(np.arange(len(mean)), rng.multinomial(count, mean / mean.sum()))
    at = network.cells.iloc[cell].reset_index(drop=True)
    place = _place(network, planted, cell, at, rng)
    days, hour, minute = _moment(place, at["urban"].to_numpy(), years, rng)
    order = np.lexsort((cell, minute, hour, days))
    cell, at, place = cell[order], at.iloc[order].reset_index(drop=True), place[order]
    days, hour, minute = days[order], hour[order], minute[order]
    frame = _when(days, hour, minute, rng)
    _where(frame, network, at, place, rng)
    _conditions(frame, at, place, (days, hour + minute / 60), rng)
    _what(frame, at, place, rng)
    frame["cell"] = cell
    frame["setting"] = place
    return frame


# ------------------------------------------------------------ where, when


def _place(
    network: traffic.Network,
    planted: Sequence[Planted],
    cell: Ints,
    at: pd.DataFrame,
    rng: np.random.Generator,
) -> Ints:
    """Number the setting of each crash in PLACES; the extra ones of a planted site have its own."""
    junction, urban = (at["junction"] >= 0).to_numpy(), at["urban"].to_numpy()
    names = np.select(
        [urban & junction, urban, junction, at["curve"].to_numpy()],
        [PLACES.index(n) for n in ("town_junction", "street", "open_junction", "open_curve")],
        PLACES.index("open_road"),
    )
    cause = np.full(len(network.cells), -1)
    share = np.zeros(len(network.cells))
    for site in planted:
        cause[list(site.cells)] = PLACES.index(site.kind)
        share[list(site.cells)] = 1 - 1 / site.factor
    extra = rng.random(len(cell)) < share[cell]
    return np.where(extra, cause[cell], names)


def _moment(
    place: Ints, urban: Bools, years: tuple[int, int], rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Draw the day (since 1970), the hour and the minute of each crash."""
    first = date(years[0], 1, 1).toordinal()
    dates = [
        date.fromordinal(first + i) for i in range(date(years[1] + 1, 1, 1).toordinal() - first)
    ]
    weight = np.array(
        [
            SEASON[d.month - 1] * WEEK[d.weekday()] * (1 + YEARLY_CHANGE) ** (d.year - years[0])
            for d in dates
        ]
    )
    luck = rng.gamma(400, 1 / 400, years[1] - years[0] + 1)
    weight *= luck[np.array([d.year for d in dates]) - years[0]]
    index = pick(weight, rng.random(len(place)))
    free = np.array([d.weekday() >= 5 for d in dates])[index]
    work_u, weekend_u = rng.random(len(place)), rng.random(len(place))
    hour = np.where(free, pick(np.array(WEEKEND), weekend_u), pick(np.array(WORKDAY), work_u))
    # The open road has its share of night traffic, and a night site only its dark hours.
    later = ~urban & (rng.random(len(place)) < 0.12)
    hour = np.where(later, rng.integers(0, 24, len(place)), hour)
    dark = np.array([20, 21, 22, 23, 0, 1, 2, 3, 4])[rng.integers(0, 9, len(place))]
    hour = np.where(place == PLACES.index("night"), dark, hour)
    minute = rng.integers(0, 60, len(place))
    epoch = first - date(1970, 1, 1).toordinal()
    return index + epoch, hour, minute


def pick(weight: Floats, u: Floats) -> Ints:
    """Choose an index for each uniform number, with these weights."""
    steps = np.cumsum(weight / weight.sum())
    return np.minimum(np.searchsorted(steps, u), len(weight) - 1).astype(np.int64)


def pick_by(table: Sequence[Sequence[float]], row: Ints, rng: np.random.Generator) -> Ints:
    """Choose an index for each crash from the weights of its row."""
    weights = np.asarray(table, dtype=float)
    steps = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    u = rng.random(len(row))
    out = np.zeros(len(row), dtype=np.int64)
    for column in range(weights.shape[1] - 1):
        out += u > steps[row, column]
    return out


def coded(list_name: str, words: Sequence[str], chosen: NDArray[Any]) -> Any:
    """Return values of a code list; `chosen` are indices into `words`, -1 for none."""
    known = {word: i for i, word in enumerate(fields.code_names(list_name))}
    lookup = np.array([known[word] for word in words] + [-1])
    return category(lookup[chosen], list(known))


def _texts(words: Sequence[str], chosen: NDArray[Any]) -> Any:
    names = sorted(set(words))
    lookup = np.array([names.index(word) for word in words] + [-1])
    return category(lookup[chosen], names)


def category(codes: Any, words: Sequence[str]) -> Any:
    """Return a column that says the word of each code; -1 says nothing."""
    categories: Any = list(words)
    return pd.Categorical.from_codes(codes, categories=categories)


def _when(days: Ints, hour: Ints, minute: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Number, date and time; police round the minute to five more often than not."""
    when = days.astype("datetime64[D]")
    year = when.astype("datetime64[Y]").astype(int) + 1970
    start = np.searchsorted(year, year)
    nth = np.arange(len(days)) - start + 1
    wide = max(5, len(str(int(nth.max(initial=0)))))
    rounded = np.where(rng.random(len(days)) < 0.6, minute // 5 * 5, minute)
    return pd.DataFrame(
        {
            "crash_id": [f"{y}-{n:0{wide}d}" for y, n in zip(year, nth, strict=True)],
            "crash_date": when.astype("datetime64[s]"),
            "minute": hour * 60 + rounded,
        }
    )


def _where(
    frame: pd.DataFrame,
    network: traffic.Network,
    at: pd.DataFrame,
    place: Ints,
    rng: np.random.Generator,
) -> None:
    land = network.land
    count = len(at)
    spread = at["from_m"].to_numpy() + rng.random(count) * (at["to_m"] - at["from_m"]).to_numpy()
    near = at["junction_m"].to_numpy() + rng.normal(0, 9, count)
    at_junction = _at_junction(at, place)
    number = at["line"].to_numpy()
    longest = np.array([line.length_m for line in land.lines])[number]
    station = np.clip(np.where(at_junction, near, spread), 0, longest)
    points = _points(land, number, station)
    across, up = lands.metres_per_degree(points[:, 1])
    frame["lat"] = np.round(points[:, 1] + rng.normal(0, 4, count) / up, 6)
    frame["lon"] = np.round(points[:, 0] + rng.normal(0, 4, count) / across, 6)
    frame["line"] = number
    frame["station_m"] = station
    frame["road_number"] = _texts([line.number for line in land.lines], number)
    frame["road_name"] = _texts([line.name for line in land.lines], number)
    numbered = np.array([bool(line.number) for line in land.lines])[number]
    frame["chainage_km"] = np.where(numbered, np.round(station / 1000, 3), np.nan)
    areas, towns = [area.name for area in land.areas], [town.name for town in land.towns]
    frame["admin1"] = _texts(areas, at["area"].to_numpy())
    frame["admin2"] = _texts([f"{town} district" for town in towns], at["near"].to_numpy())
    frame["place"] = _texts(towns, at["town"].to_numpy())
    urban = at["urban"].to_numpy()
    frame["area_type"] = coded("area_type", ("rural", "urban"), urban.astype(int))
    _road(frame, network, at, place, rng)


def _at_junction(at: pd.DataFrame, place: Ints) -> Bools:
    settings = [PLACES.index(n) for n in ("town_junction", "open_junction", "junction")]
    return np.asarray(np.isin(place, settings) & (at["junction"] >= 0).to_numpy())


def _points(land: lands.Land, number: Ints, station: Floats) -> Floats:
    """Places on all lines at once: the lines are laid end to end."""
    starts = np.cumsum([0.0] + [line.length_m + 1 for line in land.lines])
    along = np.concatenate(
        [line.stations_m + s for line, s in zip(land.lines, starts, strict=False)]
    )
    points = np.vstack([line.points for line in land.lines])
    where = station + starts[number]
    return np.column_stack(
        [np.interp(where, along, points[:, 0]), np.interp(where, along, points[:, 1])]
    )


def _road(
    frame: pd.DataFrame,
    network: traffic.Network,
    at: pd.DataFrame,
    place: Ints,
    rng: np.random.Generator,
) -> None:
    count, at_junction = len(at), _at_junction(at, place)
    classes = ("national", "regional", "street")
    kind = at["road_class"].map({name: i for i, name in enumerate(classes)}).to_numpy(np.int64)
    urban, aadt = at["urban"].to_numpy(), at["aadt"].to_numpy()
    dual = (kind == 0) & (aadt > 9_000)
    frame["road_class"] = coded("road_class", classes, kind)
    frame["carriageway"] = coded("carriageway", ("single", "dual"), dual.astype(int))
    lanes = np.where(dual | ((kind == 2) & (aadt > 6_000)), 4, 2)
    frame["n_lanes"] = lanes
    frame["speed_limit"] = np.where(urban, 60, np.where(dual, 110, 90))
    gravel = (kind == 1) & ~urban & (at["section"].to_numpy() % 5 == 0)
    frame["surface_type"] = coded("surface_type", ("asphalt", "gravel"), gravel.astype(int))
    crossing = PLACES.index("crossing")
    other = np.where(urban & (rng.random(count) < 0.12), 1, 0) + np.where(
        rng.random(count) < 0.02, 2, 0
    )
    words = ("none", "ped_crossing", "bus_stop", "access", *traffic.PER_JUNCTION)
    kinds = np.array([words.index(one.kind) for one in network.junctions] + [0])
    found = np.where(at_junction, kinds[at["junction"].to_numpy()], other)
    found = np.where(place == crossing, 1, found)
    frame["junction"] = coded("junction", words, found)
    signal = found == words.index("signal")
    control = np.where(signal, 2, np.where(at_junction & (found != words.index("equal")), 1, 0))
    frame["junction_control"] = coded(
        "junction_control", ("none", "sign", "signal"), np.where(at_junction, control, -1)
    )
    frame["ped_facility"] = coded(
        "ped_facility", ("none", "zebra", "signal"), np.where(found == 1, 1, np.where(signal, 2, 0))
    )
    frame["curve"] = coded("curve", ("straight", "curve"), at["curve"].to_numpy().astype(int))
    frame["aadt"] = aadt


# ------------------------------------------------------- light and weather


def _conditions(
    frame: pd.DataFrame,
    at: pd.DataFrame,
    place: Ints,
    when: tuple[Ints, Floats],
    rng: np.random.Generator,
) -> None:
    days, hours = when
    height = sun_height(days, hours, frame["lat"].to_numpy(), frame["lon"].to_numpy())
    lamps = rng.random(len(frame))
    urban = at["urban"].to_numpy() & (place != PLACES.index("night"))
    dark = np.where(urban, np.where(lamps < 0.85, 2, np.where(lamps < 0.95, 3, 4)), 4)
    light = np.where(height > -0.8, 0, np.where(height > -6, 1, dark))
    light = np.where(rng.random(len(frame)) < 0.008, 5, light)
    words = ("day", "twilight", "dark_lit", "dark_unlit_present", "dark_none", "unknown")
    frame["light"] = coded("light", words, light)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    weather = pick_by(WEATHER_BY_MONTH, month, rng)
    frame["weather"] = category(weather, WEATHER)
    surface = pick_by(SURFACE_BY_WEATHER, weather, rng)
    slippery = (place == PLACES.index("curve")) & (rng.random(len(frame)) < 0.5)
    winter = np.isin(month, (0, 1, 10, 11))
    surface = np.where(slippery, np.where(winter, 3, 1), surface)
    frame["surface_condition"] = category(surface, SURFACE)


def sun_height(days: Ints, hours: Floats, lat: Floats, lon: Floats) -> Floats:
    """Height of the sun over the horizon in degrees; days since 1970, local clock hours.

    Source: Spencer (1971), series of declination and equation of time, after NOAA.
    """
    day = days.astype("datetime64[D]")
    of_year = (day - day.astype("datetime64[Y]")).astype(int)
    g = 2 * np.pi * (of_year + (hours - 12) / 24) / 365
    late = 229.18 * (
        0.000075
        + 0.001868 * np.cos(g)
        - 0.032077 * np.sin(g)
        - 0.014615 * np.cos(2 * g)
        - 0.040849 * np.sin(2 * g)
    )
    tilt = (
        0.006918
        - 0.399912 * np.cos(g)
        + 0.070257 * np.sin(g)
        - 0.006758 * np.cos(2 * g)
        + 0.000907 * np.sin(2 * g)
        - 0.002697 * np.cos(3 * g)
        + 0.00148 * np.sin(3 * g)
    )
    minutes = hours * 60 + late + 4 * lon - 60 * HOURS_FROM_UTC
    angle = np.radians(minutes / 4 - 180)
    phi = np.radians(lat)
    sine = np.sin(phi) * np.sin(tilt) + np.cos(phi) * np.cos(tilt) * np.cos(angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1, 1))))


# --------------------------------------------------------- kind, severity


def _what(frame: pd.DataFrame, at: pd.DataFrame, place: Ints, rng: np.random.Generator) -> None:
    kind = pick_by([CAUSES[name] for name in PLACES], place, rng)
    frame["crash_type"] = coded("crash_type", KINDS, kind)
    of_place = {name: row for row, names in MANNERS_BY_PLACE for name in names}
    manner = pick_by([of_place[name] for name in PLACES], place, rng)
    manner = np.where(kind == 0, manner, -1)
    frame["collision_manner"] = coded("collision_manner", MANNERS, manner)
    third = rng.random(len(frame))
    several = np.where(manner == MANNERS.index("multi"), 3 + (third < 0.3), 2 + (third < 0.04))
    two = np.isin(kind, [KINDS.index(n) for n in ("stationary_vehicle", "bicycle", "animal_drawn")])
    frame["n_vehicles"] = np.where(kind == 0, several, np.where(two, 2, 1))
    fatal, serious = _severity_shares(frame, at, kind, manner)
    u = rng.random(len(frame))
    severity = np.where(u < fatal, 0, np.where(u < fatal + serious, 1, 2))
    frame["severity"] = coded("severity", ("fatal", "serious", "slight"), severity)
    fled = rng.random(len(frame)) < np.where(kind == 1, 0.09, 0.02)
    frame["hit_and_run"] = coded("yes_no", ("no", "yes"), fled.astype(int))


def _severity_shares(
    frame: pd.DataFrame, at: pd.DataFrame, kind: Ints, manner: Ints
) -> tuple[Floats, Floats]:
    classes = at["road_class"].to_numpy()
    urban = at["urban"].to_numpy()
    fatal = np.where(urban, IN_TOWN[0], 0.0)
    serious = np.where(urban, IN_TOWN[1], 0.0)
    for name, (killed, hurt) in SEVERITY.items():
        mine = (classes == name) & (~urban if name != "street" else True)
        fatal, serious = np.where(mine, killed, fatal), np.where(mine, hurt, serious)
    times = np.array([DEADLIER.get(name, 0.9) for name in KINDS])[kind]
    times = times * np.where(manner == MANNERS.index("front_front"), 2.0, 1.0)
    times = times * np.where(manner == MANNERS.index("front_rear"), 0.6, 1.0)
    light = frame["light"].astype(str).to_numpy()
    times = times * np.where(np.isin(light, ("dark_none", "dark_unlit_present")), 1.4, 1.0)
    return np.minimum(fatal * times, 0.6), np.minimum(serious * np.sqrt(times), 0.39)
