"""Networks of roads by name, and the names of roads that people mended.

Roads are kept as their source tells them; a mended name is a row of its own, by the name of the
network, and is put on whenever the network is loaded. So the next file of a network gets the same
repair, and any can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, insert, select

from crashkit.errors import NotFound, Refused
from crashkit.roads import wkb
from crashkit.roads.network import DATES, EQUATION_COLUMNS, NUMBERS, TEXTS, Network
from crashkit.store import imports, schema

LONGEST_ROAD = 120
"""Signs of the name of a road."""


class KeptRoads(NamedTuple):
    """A network as it is kept, without its stretches.

    `versions` are the days on which something is new, or no more; `info` tells where it comes from;
    `names` are the mended names of its roads: as the source has them, and as they are.
    """

    name: str
    title: str
    stretches: int
    km: float
    versions: tuple[date, ...]
    info: dict[str, str]
    at: datetime
    names: dict[str, str]


def listed(connection: Connection) -> list[KeptRoads]:
    """List the networks by name."""
    table = schema.road_network
    return [_kept(connection, row) for row in connection.execute(select(table).order_by("name"))]


def one(connection: Connection, name: str) -> KeptRoads:
    """Return what is known of a network. Raises NotFound."""
    return _kept(connection, _row(connection, name))


def _kept(connection: Connection, row: Any) -> KeptRoads:
    return KeptRoads(
        name=row.name,
        title=row.title,
        stretches=row.stretches,
        km=row.metres / 1000,
        versions=tuple(map(date.fromisoformat, json.loads(row.versions))),
        info=json.loads(row.info),
        at=datetime.fromisoformat(row.at),
        names=names(connection, row.name),
    )


def _row(connection: Connection, name: str) -> Any:
    table = schema.road_network
    row = connection.execute(select(table).where(table.c.name == name)).first()
    if row is None:
        raise NotFound("There is no network of roads “{name}”.", name=name)
    return row


# ---------------------------------------------------------- keeping, loading


def save(connection: Connection, name: str, network: Network, *, title: str, replace: bool) -> None:
    """Keep a network, in the place of the one of its name where `replace` says so.

    Raises Refused for a name that is taken.
    """
    table = schema.road_network
    if connection.execute(select(table.c.id).where(table.c.name == name)).first():
        if not replace:
            raise Refused(
                "There is already a network of roads “{name}”. Choose another name, or replace it.",
                name=name,
            )
        _delete(connection, name)
    values = {
        "name": name,
        "title": title,
        "stretches": len(network),
        "metres": float(network.stretches["length_m"].sum()),
        "versions": json.dumps([day.isoformat() for day in network.versions()]),
        "info": json.dumps(dict(network.info), ensure_ascii=False),
        "at": imports.now(),
    }
    number = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    _insert(connection, schema.road_stretch, number, _stretches(network))
    told = network.equations[list(EQUATION_COLUMNS)].itertuples(index=False)
    equations = [dict(zip(EQUATION_COLUMNS, row, strict=True)) for row in told]
    _insert(connection, schema.road_equation, number, equations)


def _stretches(network: Network) -> list[dict[str, Any]]:
    stretches = network.stretches
    columns: dict[str, Sequence[Any]] = {name: stretches[name].tolist() for name in TEXTS}
    for name in NUMBERS:
        column = stretches[name].astype(object)
        columns[name] = column.where(stretches[name].notna(), None).tolist()
    for name in DATES:
        days = stretches[name].dt.date.tolist()
        columns[name] = [None if pd.isna(day) else day.isoformat() for day in days]
    columns["line"] = wkb.written(network.lines)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _insert(connection: Connection, table: Any, number: int, rows: list[dict[str, Any]]) -> None:
    if rows:
        numbered = [{"network_id": number, "n": n, **row} for n, row in enumerate(rows, 1)]
        connection.execute(insert(table), numbered)


def load(connection: Connection, name: str) -> Network:
    """Return a network, its mended names put on. Raises NotFound."""
    row = _row(connection, name)
    stretches = _frame(connection, schema.road_stretch, row.id)
    lines = wkb.read([None if one is None else bytes(one) for one in stretches.pop("line")])
    for column in TEXTS:
        stretches[column] = stretches[column].astype(object)
    for column in NUMBERS:
        stretches[column] = pd.to_numeric(stretches[column]).astype(float)
    for column in DATES:
        stretches[column] = np.array(stretches[column].tolist(), dtype="datetime64[s]")
    equations = _frame(connection, schema.road_equation, row.id)
    equations = equations.astype({"road_key": object, "back_m": float, "ahead_m": float})
    mended = names(connection, name)
    for frame in (stretches, equations):
        frame["road_key"] = frame["road_key"].map(lambda key: mended.get(key, key)).astype(object)
    return Network(stretches, lines, equations, json.loads(row.info))


def _frame(connection: Connection, table: Any, number: int) -> pd.DataFrame:
    columns = [column for column in table.columns if column.name not in ("network_id", "n")]
    query = select(*columns).where(table.c.network_id == number).order_by(table.c.n)
    rows = connection.execute(query).all()
    return pd.DataFrame(rows, columns=[column.name for column in columns], dtype=object)


def remove(connection: Connection, name: str) -> None:
    """Delete a network; mended names of its roads stay for the next of its name.

    Raises NotFound.
    """
    _row(connection, name)
    _delete(connection, name)


def _delete(connection: Connection, name: str) -> None:
    number = _row(connection, name).id
    for table in (schema.road_stretch, schema.road_equation):
        connection.execute(delete(table).where(table.c.network_id == number))
    connection.execute(delete(schema.road_network).where(schema.road_network.c.id == number))


# ------------------------------------------------------------- mended names


def names(connection: Connection, name: str) -> dict[str, str]:
    """Return the mended names of roads: as the source has them, and as they are."""
    table = schema.road_alias
    query = select(table).where(table.c.network == name).order_by(table.c.given)
    return {row.given: row.road_key for row in connection.execute(query)}


def rename(connection: Connection, name: str, road: str, to: str) -> None:
    """Give a road the name that crashes have for it; two roads of one name are one road.

    Raises NotFound for a road that is not there, Refused for a name it cannot have.
    """
    to = " ".join(to.split())
    if not 1 <= len(to) <= LONGEST_ROAD or not to.isprintable():
        raise Refused("The name of a road has 1 to {most} signs.", most=LONGEST_ROAD)
    there = _given(connection, name)
    mended = names(connection, name)
    alike = [given for given in there if mended.get(given, given) == road]
    if not road or not alike:
        raise NotFound("The network {name} has no road “{road}”.", name=name, road=road)
    for given in alike:
        _mend(connection, name, given, to)


def restore(connection: Connection, name: str, given: str) -> None:
    """Give a road the name back that its source has for it. Raises NotFound."""
    if given not in names(connection, name):
        raise NotFound("The network {name} has no road “{road}”.", name=name, road=given)
    _mend(connection, name, given, given)


def _given(connection: Connection, name: str) -> set[str]:
    """Return the roads of a network as its source has them. Raises NotFound."""
    number, table = _row(connection, name).id, schema.road_stretch
    query = select(table.c.road_key).where(table.c.network_id == number).distinct()
    return set(connection.execute(query).scalars())


def _mend(connection: Connection, name: str, given: str, to: str) -> None:
    table = schema.road_alias
    connection.execute(delete(table).where(table.c.network == name, table.c.given == given))
    if to != given:
        values = {"network": name, "given": given, "road_key": to, "at": imports.now()}
        connection.execute(insert(table).values(values))
