"""dtp-stat in both its shapes: three tables joined by numbers, and one nested GeoJSON of them."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, str]
Tables = tuple[Sequence[Row], Sequence[Row], Sequence[Row]]

WORDS = ("weather", "road_conditions", "tags", "participant_categories")
"""Lists in the nested file, words with commas between them in the table."""
COUNTS = ("dead_count", "injured_count", "participants_count")


def nested(tables: Tables) -> bytes:
    """Write three tables as the GeoJSON that dtp-stat gives for a region."""
    crashes, vehicles, people = tables
    vehicles_of = _by(vehicles, "accident_id")
    people_of = _by(people, "accident_id")
    features = [_feature(row, vehicles_of[row["id"]], people_of[row["id"]]) for row in crashes]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False).encode()


def _by(rows: Iterable[Row], name: str) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _feature(row: Row, vehicles: Sequence[Row], people: Sequence[Row]) -> dict[str, Any]:
    place = [_number(row[name]) for name in ("longitude", "latitude")]
    inside = _by(people, "vehicle_id")
    ordered = sorted(vehicles, key=lambda one: int(one["vehicle_id"].rpartition("_")[2]))
    properties = {
        **{name: row[name] for name in ("category", "datetime", "light", "severity")},
        **{name: _words(row[name]) for name in WORDS},
        **{name: _number(row[name]) for name in COUNTS},
        "id": int(row["id"]),
        "parent_region": row["region"],
        "region": None,
        "point": dict(zip(("long", "lat"), place, strict=True)),
        "vehicles": [_vehicle(one, inside[one["vehicle_id"]]) for one in ordered],
        "participants": _people(inside[""]),
    }
    there = None not in place
    geometry = {"type": "Point", "coordinates": place} if there else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _vehicle(row: Row, people: Sequence[Row]) -> dict[str, Any]:
    return {
        **{name: row[name] or None for name in ("brand", "model", "category")},
        "year": _number(row["year"]),
        "color": None,
        "participants": _people(people),
    }


def _people(rows: Sequence[Row]) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda one: int(one["participant_id"].rpartition("_")[2]))
    return [
        {
            **{name: row[name] or None for name in ("role", "gender", "health_status")},
            "violations": _words(row["violations"]),
            "years_of_driving_experience": _number(row["years_of_driving_experience"]),
        }
        for row in ordered
    ]


def _words(cell: str) -> list[str]:
    return cell.split(", ") if cell else []


def _number(cell: str) -> float | int | None:
    if not cell:
        return None
    number = float(cell)
    return (
        int(number) if number.is_integer() and "." not in cell.rstrip("0").rstrip(".") else number
    )


# ------------------------------------------------------------------ invented

ROLES = ("Водитель", "Пассажир")
HEALTH = (
    "Не пострадал",
    "Раненый, находящийся (находившийся) на стационарном лечении",
    "Скончался в течение 2 суток",
)


def invented(crashes: int, seed: int) -> Tables:
    """Make up three tables of crashes; the same for the same seed."""
    chance = random.Random(seed)
    found: tuple[list[Row], list[Row], list[Row]] = ([], [], [])
    for number in range(1, crashes + 1):
        _crash(chance, str(1_000_000 + number), found)
    return found


def _crash(chance: random.Random, key: str, found: tuple[list[Row], list[Row], list[Row]]) -> None:
    crashes, vehicles, people = found
    before = len(people)
    for unit in range(1, chance.randint(1, 3) + 1):
        vehicles.append(
            {
                "accident_id": key,
                "vehicle_id": f"{key}_{unit}",
                "category": chance.choice(("Мотоциклы", "В-класс (малый) до 3,9 м", "Иные ТС")),
                "brand": chance.choice(("ВАЗ", "KIA", "Прочие марки ТС")),
                "model": "Модель",
                "year": chance.choice(("2008.0", "1997.0", "")),
            }
        )
        for seat in range(1, chance.randint(1, 3) + 1):
            people.append(_person(chance, key, f"{key}_{unit}", f"{key}_{unit}_{seat}", seat))
    for foot in range(1, chance.randint(0, 2) + 1):
        people.append({**_person(chance, key, "", f"{key}_0_{foot}", 1), "role": "Пешеход"})
    hurt = [row["health_status"] for row in people[before:]]
    crashes.append(
        {
            "id": key,
            "tags": "Дорожно-транспортные происшествия",
            "category": chance.choice(("Столкновение", "Наезд на пешехода", "Съезд с дороги")),
            "region": "Кировская область",
            "longitude": f"{chance.uniform(47, 53):.6f}" if chance.random() < 0.9 else "",
            "latitude": f"{chance.uniform(57, 61):.6f}",
            "datetime": f"202{chance.randint(0, 3)}-0{chance.randint(1, 9)}-17 12:05:00",
            "light": "В темное время суток, освещение включено",
            "weather": chance.choice(("Ясно", "Пасмурно, Дождь")),
            "road_conditions": "Мокрое, Отсутствие освещения",
            "participants_count": str(len(hurt)),
            "participant_categories": "Все участники",
            "severity": chance.choice(("Легкий", "Тяжёлый", "С погибшими")),
            "dead_count": str(hurt.count(HEALTH[2])),
            "injured_count": str(hurt.count(HEALTH[1])),
        }
    )


def _person(
    chance: random.Random, crash: str, vehicle: str, number: str, seat: int
) -> dict[str, str]:
    return {
        "accident_id": crash,
        "vehicle_id": vehicle,
        "participant_id": number,
        "role": ROLES[min(seat, 2) - 1],
        "gender": chance.choice(("Мужской", "Женский")),
        "violations": chance.choice(
            ("", "Превышение скорости, Выезд на полосу встречного движения")
        ),
        "health_status": chance.choice(HEALTH),
        "years_of_driving_experience": chance.choice(("1.0", "12.0", "")),
    }
