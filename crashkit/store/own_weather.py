"""The weather of days and places, as users told it for a data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, delete, func, insert, select

from crashkit.errors import NotFound
from crashkit.roads import columns
from crashkit.store import imports, schema

QUANTITIES = ("temp_min", "temp_mean", "temp_max", "precipitation", "snow", "wind", "visibility")


class DayTold(Protocol):
    """The weather of a place on a day, as it was read."""

    @property
    def place(self) -> str:
        """The place; "" is the whole data set."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def values(self) -> Mapping[str, float]:
        """What was measured, by QUANTITIES."""

    @property
    def phenomena(self) -> frozenset[str] | None:
        """Names of phenomena; None where the table tells none."""

    @property
    def lat(self) -> float | None:
        """Latitude of a station."""

    @property
    def lon(self) -> float | None:
        """Longitude of a station."""


class KeptWeather(NamedTuple):
    """The weather of a place on a day, the file it came from, and when."""

    place: str
    day: date
    values: Mapping[str, float]
    phenomena: frozenset[str] | None
    lat: float | None
    lon: float | None
    file: str
    at: datetime


def listed(connection: Connection, dataset: str) -> list[KeptWeather]:
    """List the weather of a data set by place and day. Raises NotFound."""
    table, row = schema.weather, imports.dataset_row(connection, dataset)
    query = select(table).where(table.c.dataset_id == row.id).order_by(table.c.place, table.c.day)
    times: dict[str, datetime] = {}
    found = []
    for one in connection.execute(query).mappings():
        at = times.setdefault(one["at"], datetime.fromisoformat(one["at"]))
        told = one["phenomena"]
        found.append(
            KeptWeather(
                one["place"],
                date.fromisoformat(one["day"]),
                {name: one[name] for name in QUANTITIES if one[name] is not None},
                None if told is None else frozenset(told.split("|")) - {""},
                one["lat"],
                one["lon"],
                one["file"],
                at,
            )
        )
    return found


def version(connection: Connection, dataset: str) -> str:
    """Return a word that changes whenever the weather of a data set does; "" where there is none.

    Raises NotFound.
    """
    table, row = schema.weather, imports.dataset_row(connection, dataset)
    query = select(func.count(), func.max(table.c.at)).where(table.c.dataset_id == row.id)
    count, at = connection.execute(query).one()
    return f"{count} {at}" if count else ""


def add(connection: Connection, dataset: str, file: str, told: Iterable[DayTold]) -> int:
    """Keep days in the place of those of the same place and day; return how many were.

    Raises NotFound.
    """
    table, row = schema.weather, imports.dataset_row(connection, dataset, lock=True)
    at = datetime.fromisoformat(imports.now())
    new = {
        _key(one): KeptWeather(
            one.place, one.day, one.values, one.phenomena, one.lat, one.lon, file, at
        )
        for one in told
    }
    kept = {_key(one): one for one in listed(connection, dataset)}
    connection.execute(delete(table).where(table.c.dataset_id == row.id))
    values = [_values(one, row.id) for one in {**kept, **new}.values()]
    if values:
        connection.execute(insert(table), values)
    return len(kept.keys() & new.keys())


def _values(one: KeptWeather, dataset_id: int) -> dict[str, object]:
    return {
        "dataset_id": dataset_id,
        "place": one.place,
        "day": one.day.isoformat(),
        "lat": one.lat,
        "lon": one.lon,
        **{name: one.values.get(name) for name in QUANTITIES},
        "phenomena": None if one.phenomena is None else "|".join(sorted(one.phenomena)),
        "file": one.file,
        "at": one.at.isoformat(),
    }


def remove(connection: Connection, dataset: str) -> int:
    """Forget the weather of a data set; return how many days. Raises NotFound."""
    table, row = schema.weather, imports.dataset_row(connection, dataset, lock=True)
    gone = connection.execute(delete(table).where(table.c.dataset_id == row.id)).rowcount
    if not gone:
        raise NotFound("There is no weather in this data set.")
    return int(gone)


def _key(one: DayTold) -> tuple[str, date]:
    return columns.plain(one.place), one.day
