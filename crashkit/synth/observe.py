"""The invented country's crashes as police files show them: other layouts, and their usual flaws.

Each layout is a sheet of cells and a list of the flaws put into it on purpose, each with the
number of rows it was put into; no row has two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crashkit.synth import country as countries

Cell = str | int | float
REPORTED = {"fatal": 1.0, "serious": 0.95, "slight": 0.8}

KIND_RU = {
    "vehicle_vehicle": "Столкновение",
    "stationary_vehicle": "Наезд на стоящее ТС",
    "pedestrian": "Наезд на пешехода",
    "bicycle": "Наезд на велосипедиста",
    "obstacle": "Наезд на препятствие",
    "overturn": "Опрокидывание",
    "run_off": "Съезд с дороги",
    "animal": "Наезд на животное",
    "animal_drawn": "Наезд на гужевой транспорт",
    "passenger_fall": "Падение пассажира",
    "other": "Иной вид ДТП",
}
LIGHT_RU = {
    "day": "Светлое время суток",
    "twilight": "Сумерки",
    "dark_lit": "В темное время суток, освещение включено",
    "dark_unlit_present": "В темное время суток, освещение не включено",
    "dark_none": "В темное время суток, освещение отсутствует",
    "unknown": "Не установлено",
}
WEATHER_RU = {
    "clear": "Ясно",
    "cloudy": "Пасмурно",
    "rain": "Дождь",
    "snow": "Снегопад",
    "fog": "Туман",
    "wind": "Ураганный ветер",
    "snow|wind": "Метель",
    "unknown": "Сведения отсутствуют",
}
SURFACE_RU = {
    "dry": "Сухое",
    "wet": "Мокрое",
    "snow": "Заснеженное",
    "ice": "Гололедица",
    "mud": "Загрязненное",
    "unknown": "Не установлено",
}
ROLE_EN = {
    "driver": "Driver or rider",
    "passenger": "Passenger",
    "pedestrian": "Pedestrian",
    "cyclist": "Cyclist",
}
INJURY_EN = {"killed": "Killed", "serious": "Seriously hurt", "slight": "Slightly hurt"}
SEVERITY_NO = {"fatal": 1, "serious": 2, "slight": 3}
KIND_NO = {word: number for number, word in enumerate(KIND_RU, 1)}
LIGHT_NO = {
    **{"day": 0, "twilight": 1, "dark_lit": 2, "dark_unlit_present": 3, "dark_none": 4},
    "unknown": 9,
}
SURFACE_NO = {"dry": 0, "wet": 1, "snow": 2, "ice": 3, "mud": 4, "unknown": 9}


@dataclass(frozen=True)
class Sheet:
    """A file to be: its header, its rows of cells, and how many rows have which planted flaw."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    flaws: Mapping[str, int]


def police_card(country: countries.Country, *, areas: Sequence[str], seed: int) -> Sheet:
    """One row a crash, headers and words in Russian, dates dd.mm.yyyy, km and metre apart."""
    rng = np.random.default_rng(seed)
    frame = _reported(country, areas, rng)
    _blur(frame, rng, lost=0.28, coarse=0.10, km_only=0.4)
    km = [row.split(".") if row else ["", ""] for row in frame["chainage_km"]]
    columns: dict[str, Sequence[Cell]] = {
        "Номер карточки": frame["crash_id"].tolist(),
        "Дата": [*map(_dotted, frame["crash_date"])],
        "Время": frame["crash_time"].tolist(),
        "Область": _said(frame["admin1"], {area.name: area.name_ru for area in country.land.areas}),
        "Населенный пункт": _said(
            frame["place"], {town.name: town.name_ru for town in country.land.towns}
        ),
        "Дорога": frame["road_number"].tolist(),
        "Километр": [_whole(parts[0]) for parts in km],
        "Метр": [
            "" if only else _whole(parts[1])
            for parts, only in zip(km, frame["km_only"], strict=True)
        ],
        "Широта": _numbers(frame["lat"]),
        "Долгота": _numbers(frame["lon"]),
        "Вид ДТП": _said(frame["crash_type"], KIND_RU),
        "Погибло": _numbers(frame["n_killed"]),
        "Ранено": _numbers(frame["n_injured"]),
        "Количество ТС": _numbers(frame["n_vehicles"]),
        "Освещение": _said(frame["light"], LIGHT_RU),
        "Состояние погоды": _said(frame["weather"], WEATHER_RU),
        "Состояние проезжей части": _said(frame["surface_condition"], SURFACE_RU),
    }
    spoils: list[tuple[str, int, Callable[[dict[str, Cell]], None]]] = [
        ("a date that does not exist", 4, lambda row: row.update({"Дата": "31.02.2021"})),
        ("a number written as a word", 3, lambda row: row.update({"Погибло": "два"})),
        ("no card number", 2, lambda row: row.update({"Номер карточки": ""})),
        ("a crash type nobody knows", 5, lambda row: row.update({"Вид ДТП": "Прочее неясное"})),
        ("latitude and longitude swapped", 5, _swap),
    ]
    return _spoil(columns, spoils, repeated=6, rng=rng)


def casualties(country: countries.Country, *, areas: Sequence[str], seed: int) -> Sheet:
    """One row a casualty; the facts of the crash are said again on each of its rows."""
    rng = np.random.default_rng(seed)
    frame = _reported(country, areas, rng)
    _blur(frame, rng, lost=0.05, coarse=0.0, km_only=0.0)
    people = pd.DataFrame(countries.tables(country)["people"])
    people = people[people["injury"].isin(list(INJURY_EN))]
    told = people.merge(frame, on="crash_id", how="inner")
    nth = (told.groupby("crash_id").cumcount() + 1).tolist()
    columns: dict[str, Sequence[Cell]] = {
        "Case number": told["crash_id"].tolist(),
        "Date": ["/".join(reversed(day.split("-"))) for day in told["crash_date"]],
        "Time": told["crash_time"].tolist(),
        "Province": told["admin1"].tolist(),
        "Town": told["place"].tolist(),
        "Road": told["road_number"].where(told["road_number"] != "", told["road_name"]).tolist(),
        "Km": told["chainage_km"].tolist(),
        "Latitude": told["lat"].tolist(),
        "Longitude": told["lon"].tolist(),
        "Speed limit": told["speed_limit"].tolist(),
        "Vehicles": told["n_vehicles"].tolist(),
        "Casualty number": nth,
        "Road user": _said(told["road_user_type"], ROLE_EN),
        "Vehicle": told["unit_no"].tolist(),
        "Sex": _said(told["sex"], {"male": "M", "female": "F"}),
        "Age": told["age"].tolist(),
        "Injury": _said(told["injury"], INJURY_EN),
    }
    spoils: list[tuple[str, int, Callable[[dict[str, Cell]], None]]] = [
        ("an age that is not a number", 3, lambda row: row.update({"Age": "child"})),
        ("a time that does not exist", 2, lambda row: row.update({"Time": "27:80"})),
        ("an injury nobody knows", 3, lambda row: row.update({"Injury": "see file"})),
    ]
    return _spoil(columns, spoils, repeated=4, rng=rng)


def numbered_codes(country: countries.Country, *, areas: Sequence[str], seed: int) -> Sheet:
    """One row a crash; year, month, day and hour apart, numbers for codes, decimal commas."""
    rng = np.random.default_rng(seed)
    frame = _reported(country, areas, rng)
    _blur(frame, rng, lost=0.35, coarse=0.3, km_only=0.0)
    day = frame["crash_date"].str.split("-")
    columns: dict[str, Sequence[Cell]] = {
        "CRASH_NO": frame["crash_id"].tolist(),
        "YEAR": day.str[0].tolist(),
        "MONTH": [_whole(part) for part in day.str[1]],
        "DAY": [_whole(part) for part in day.str[2]],
        "HOUR": [_whole(time[:2]) for time in frame["crash_time"]],
        "SEVERITY": _said(frame["severity"], SEVERITY_NO),
        "TYPE": _said(frame["crash_type"], KIND_NO),
        "LIGHT": _said(frame["light"], LIGHT_NO),
        "SURFACE": _said(frame["surface_condition"], SURFACE_NO),
        "URBAN": _said(frame["area_type"], {"urban": 1, "rural": 0}),
        "ROAD": frame["road_number"].tolist(),
        "KM": _commas(frame["chainage_km"], digits=1),
        "X": _commas(frame["lon"]),
        "Y": _commas(frame["lat"]),
        "KILLED": _numbers(frame["n_killed"]),
        "SERIOUS": _numbers(frame["n_serious"]),
        "SLIGHT": _numbers(frame["n_slight"]),
    }
    spoils: list[tuple[str, int, Callable[[dict[str, Cell]], None]]] = [
        ("a severity nobody knows", 3, lambda row: row.update({"SEVERITY": 7})),
        ("month 13", 2, lambda row: row.update({"MONTH": 13})),
        ("a number below zero", 2, lambda row: row.update({"KILLED": -1})),
        ("coordinates 0, 0", 4, lambda row: row.update({"X": "0,0", "Y": "0,0"})),
    ]
    return _spoil(columns, spoils, repeated=5, rng=rng)


# ---------------------------------------------------------- what is known


def _reported(
    country: countries.Country, areas: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    """Return the crashes of some areas as texts, less the slight ones that nobody reported."""
    frame = pd.DataFrame(countries.tables(country)["crashes"])
    share = frame["severity"].map(REPORTED).to_numpy()
    kept = frame["admin1"].isin(list(areas)) & (rng.random(len(frame)) < share)
    frame["road_name"] = frame["road_name"].str.strip('"')
    return frame[kept].reset_index(drop=True)


def _blur(
    frame: pd.DataFrame, rng: np.random.Generator, *, lost: float, coarse: float, km_only: float
) -> None:
    """Lose some coordinates, round some to about a kilometre, forget some metres."""
    count = len(frame)
    gone, round_off = rng.random(count) < lost, rng.random(count) < coarse
    for name in ("lat", "lon"):
        rounded = [f"{float(value):.2f}" for value in frame[name]]
        frame[name] = np.where(gone, "", np.where(round_off, rounded, frame[name]))
    frame["km_only"] = rng.random(count) < km_only


def _spoil(
    columns: Mapping[str, Sequence[Cell]],
    spoils: Sequence[tuple[str, int, Callable[[dict[str, Cell]], None]]],
    *,
    repeated: int,
    rng: np.random.Generator,
) -> Sheet:
    """Put each flaw into its own rows, then say some sound rows again further down."""
    header = tuple(columns)
    rows = [dict(zip(header, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    located = [i for i in rng.permutation(len(rows)) if not _unlocated(rows[i])]
    for _, count, spoil in spoils:
        for _ in range(count):
            spoil(rows[located.pop()])
    again = sorted(located.pop() for _ in range(repeated))
    rows += [dict(rows[i]) for i in again]
    flaws = {name: count for name, count, _ in spoils} | {"the same row again": repeated}
    return Sheet(header, tuple(tuple(row.values()) for row in rows), flaws)


def _unlocated(row: Mapping[str, Cell]) -> bool:
    return any(row.get(name) == "" for name in ("Широта", "Latitude", "Y"))


def _swap(row: dict[str, Cell]) -> None:
    row["Широта"], row["Долгота"] = row["Долгота"], row["Широта"]


# ------------------------------------------------------------------ cells


def _said(values: pd.Series[Any], words: Mapping[str, Any]) -> list[Cell]:
    return [words[value] if value else "" for value in values]


def _dotted(day: str) -> str:
    return ".".join(reversed(day.split("-")))


def _whole(text: str) -> Cell:
    return int(text) if text else ""


def _numbers(values: pd.Series[Any]) -> list[Cell]:
    return [float(text) if "." in text else _whole(text) for text in values]


def _commas(values: pd.Series[Any], *, digits: int = 5) -> list[Cell]:
    return [f"{float(text):.{digits}f}".replace(".", ",") if text else "" for text in values]
