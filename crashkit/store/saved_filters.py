"""The filters users keep under names, each for one data set."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from crashkit.errors import NotFound, Refused
from crashkit.store import imports, schema

LONGEST_NAME = 80
"""Signs of a name."""


class KeptFilter(NamedTuple):
    """A filter as it was kept: its name and its words."""

    name: str
    words: str
    at: datetime


def kept(connection: Connection, dataset: str) -> list[KeptFilter]:
    """List the filters of a data set, by name. Raises NotFound."""
    table, row = schema.saved_filter, imports.dataset_row(connection, dataset)
    found = connection.execute(select(table).where(table.c.dataset_id == row.id))
    filters = [KeptFilter(one.name, one.words, datetime.fromisoformat(one.at)) for one in found]
    return sorted(filters, key=lambda one: (one.name.casefold(), one.name))


def keep(connection: Connection, dataset: str, name: str, words: str) -> None:
    """Keep a filter in the place of the one of its name. Raises NotFound, Refused."""
    table, row = schema.saved_filter, imports.dataset_row(connection, dataset, lock=True)
    name = checked(name)
    connection.execute(delete(table).where(table.c.dataset_id == row.id, table.c.name == name))
    values = {"dataset_id": row.id, "name": name, "words": words, "at": imports.now()}
    connection.execute(insert(table).values(values))


def rename(connection: Connection, dataset: str, name: str, to: str) -> None:
    """Give a filter another name. Raises NotFound, Refused where that name is taken."""
    table, row = schema.saved_filter, imports.dataset_row(connection, dataset, lock=True)
    to = checked(to)
    _found(connection, dataset, name)
    if to == name:
        return
    if to in {one.name for one in kept(connection, dataset)}:
        raise Refused("There is already a filter “{name}”; choose another name.", name=to)
    mine = update(table).where(table.c.dataset_id == row.id, table.c.name == name)
    connection.execute(mine.values(name=to))


def remove(connection: Connection, dataset: str, name: str) -> None:
    """Forget a filter. Raises NotFound."""
    table, row = schema.saved_filter, imports.dataset_row(connection, dataset, lock=True)
    _found(connection, dataset, name)
    connection.execute(delete(table).where(table.c.dataset_id == row.id, table.c.name == name))


def _found(connection: Connection, dataset: str, name: str) -> None:
    if name not in {one.name for one in kept(connection, dataset)}:
        raise NotFound("There is no filter “{name}” in this data set.", name=name)


def checked(name: str) -> str:
    """Return a name with single blanks between its words. Raises Refused for one it cannot be."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or ";" in name or not name.isprintable():
        raise Refused(
            "A filter needs a name of at most {most} signs, without a semicolon.",
            most=LONGEST_NAME,
        )
    return name
