"""People, vehicles and travel by area, year, age and sex, as users told them for a data set.

They are kept per data set, not per store: areas and years are those of its crashes, and two data
sets of one country may cut it in different ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from crashkit.errors import NotFound
from crashkit.roads import columns
from crashkit.store import imports, schema


class KeptExposure(NamedTuple):
    """One number of a data set, the file it came from, and when.

    `age_band` is such as 5-9 or 85+, "" every age; `sex` is a code, "" both.
    """

    quantity: str
    area: str
    year: int
    value: float
    file: str
    at: datetime
    age_band: str = ""
    sex: str = ""


Row = tuple[str, str, int, float] | tuple[str, str, int, float, str, str]
"""Quantity, area, year, number, and the band of age and the sex where it is of these only."""


def listed(connection: Connection, dataset: str) -> list[KeptExposure]:
    """List the numbers of a data set by quantity, area and year. Raises NotFound."""
    table, row = schema.exposure, imports.dataset_row(connection, dataset)
    query = select(table).where(table.c.dataset_id == row.id)
    found = [
        KeptExposure(
            one.quantity,
            one.area,
            one.year,
            one.value,
            one.file,
            datetime.fromisoformat(one.at),
            one.age_band,
            one.sex,
        )
        for one in connection.execute(query)
    ]
    return sorted(found, key=_place)


def add(connection: Connection, dataset: str, file: str, told: Iterable[Row]) -> int:
    """Keep numbers in the place of those of the same quantity, area, year, age and sex.

    Return how many were replaced. Raises NotFound.
    """
    table, row = schema.exposure, imports.dataset_row(connection, dataset, lock=True)
    at = datetime.fromisoformat(imports.now())
    new = {
        _place(one): one for one in (KeptExposure(*each[:4], file, at, *each[4:]) for each in told)
    }
    kept = {_place(one): one for one in listed(connection, dataset)}
    connection.execute(delete(table).where(table.c.dataset_id == row.id))
    values = [
        {**one._asdict(), "at": one.at.isoformat(), "dataset_id": row.id}
        for one in {**kept, **new}.values()
    ]
    if values:
        connection.execute(insert(table), values)
    return len(kept.keys() & new.keys())


def remove(connection: Connection, dataset: str, quantity: str) -> int:
    """Forget the numbers of a quantity ("": all); return how many. Raises NotFound."""
    table, row = schema.exposure, imports.dataset_row(connection, dataset, lock=True)
    these = [table.c.dataset_id == row.id, *([table.c.quantity == quantity] if quantity else [])]
    gone = connection.execute(delete(table).where(*these)).rowcount
    if not gone:
        raise NotFound("There is no exposure of that kind in this data set.")
    return int(gone)


def _place(one: KeptExposure) -> tuple[str, str, int, int, str, str]:
    first, _, _ = one.age_band.rstrip("+").partition("-")
    return (
        one.quantity,
        columns.plain(one.area),
        one.year,
        int(first or -1),
        one.age_band,
        one.sex,
    )
