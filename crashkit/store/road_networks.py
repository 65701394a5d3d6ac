"""Networks of roads by name, and which of their roads is meant by a name that crashes give.

Roads are kept as their source tells them. An alias is kept by the name of the network, so that it
holds for the next file of it, too, and can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, insert, select, update

from crashkit.errors import NotFound, Refused
from crashkit.roads import wkb
from crashkit.roads.corridors import Corridor, Section
from crashkit.roads.network import COLUMNS, DATES, EQUATION_COLUMNS, LEVEL, NUMBERS, TEXTS, Network
from crashkit.store import imports, schema

LONGEST_NAME = 120
"""Signs of the name of a road."""


class KeptRoads(NamedTuple):
    """A network as it is kept, without its stretches.

    `versions` are the days on which something is new, or no more; `info` tells where it comes from;
    `aliases` tell which road is meant by a name that crashes give.
    """

    name: str
    title: str
    stretches: int
    km: float
    versions: tuple[date, ...]
    info: dict[str, str]
    at: datetime
    aliases: dict[str, str]

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "stretches": self.stretches,
            "km": round(self.km, 3),
            "versions": [day.isoformat() for day in self.versions],
            "source": dict(self.info),
            "added": self.at.isoformat(timespec="seconds"),
            "aliases": dict(self.aliases),
        }


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
        aliases=aliases(connection, row.name),
    )


def _row(connection: Connection, name: str) -> Any:
    table = schema.road_network
    row = connection.execute(select(table).where(table.c.name == name)).first()
    if row is None:
        raise NotFound("There is no network of roads “{name}”.", name=name)
    return row


# ---------------------------------------------------------- keeping, loading


def save(connection: Connection, name: str, network: Network, *, title: str, replace: bool) -> int:
    """Keep a network, in the place of the one of its name where `replace` says so.

    Returns its number. Raises Refused for a name that is taken.
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
    number: int = connection.execute(
        insert(table).values(values).returning(table.c.id)
    ).scalar_one()
    _insert(connection, schema.road_stretch, number, _stretches(network))
    _insert(connection, schema.road_equation, number, _equations(network.equations))
    return number


def _equations(told: pd.DataFrame) -> list[dict[str, Any]]:
    rows = told[list(EQUATION_COLUMNS)].itertuples(index=False)
    return [dict(zip(EQUATION_COLUMNS, row, strict=True)) for row in rows]


def keep_equations(
    connection: Connection, name: str, equations: pd.DataFrame, seen: datetime
) -> None:
    """Keep these equations in the place of those of a network; it counts as changed from now on.

    Raises NotFound, Refused where it is no longer as it was when it was `seen`.
    """
    row = _row(connection, name)
    if datetime.fromisoformat(row.at) != seen:
        raise Refused("Somebody changed this network of roads meanwhile. Look at it again.")
    table = schema.road_equation
    connection.execute(delete(table).where(table.c.network_id == row.id))
    _insert(connection, table, row.id, _equations(equations))
    network = schema.road_network
    connection.execute(update(network).where(network.c.id == row.id).values(at=imports.now()))


def _stretches(network: Network) -> list[dict[str, Any]]:
    stretches = network.stretches
    columns: dict[str, Sequence[Any]] = {name: stretches[name].tolist() for name in TEXTS}
    for name in (*NUMBERS, *({LEVEL} & set(stretches))):
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
    """Return a network. Raises NotFound."""
    row = _row(connection, name)
    stretches = _frame(connection, schema.road_stretch, row.id)
    lines = wkb.read([None if one is None else bytes(one) for one in stretches.pop("line")])
    for column in TEXTS:
        stretches[column] = stretches[column].astype(object)
    if stretches[LEVEL].isna().all():
        del stretches[LEVEL]
    for column in (*NUMBERS, *({LEVEL} & set(stretches))):
        stretches[column] = pd.to_numeric(stretches[column]).astype(float)
    for column in DATES:
        stretches[column] = np.array(stretches[column].tolist(), dtype="datetime64[s]")
    # The level stands last, as in a network that was just read.
    last = [column for column in stretches if column == LEVEL]
    stretches = stretches[[*COLUMNS, *last]]
    equations = _frame(connection, schema.road_equation, row.id)
    equations = equations.astype({"road_key": object, "back_m": float, "ahead_m": float})
    return Network(stretches, lines, equations, json.loads(row.info))


def _frame(connection: Connection, table: Any, number: int) -> pd.DataFrame:
    columns = [column for column in table.columns if column.name not in ("network_id", "n")]
    query = select(*columns).where(table.c.network_id == number).order_by(table.c.n)
    rows = connection.execute(query).all()
    return pd.DataFrame(rows, columns=[column.name for column in columns], dtype=object)


def remove(connection: Connection, name: str) -> None:
    """Delete a network; its aliases stay for the next of its name.

    Raises NotFound.
    """
    _row(connection, name)
    _delete(connection, name)


def _delete(connection: Connection, name: str) -> None:
    number = _row(connection, name).id
    for table in (schema.road_stretch, schema.road_equation):
        connection.execute(delete(table).where(table.c.network_id == number))
    connection.execute(delete(schema.road_network).where(schema.road_network.c.id == number))


# ------------------------------------------------------------------ aliases


def aliases(connection: Connection, network: str) -> dict[str, str]:
    """Return the names that crashes give, each with the road of the network that is meant."""
    table = schema.road_alias
    query = select(table).where(table.c.network == network).order_by(table.c.name)
    return {row.name: row.road_key for row in connection.execute(query)}


def keep_alias(connection: Connection, network: str, name: str, road: str) -> None:
    """Say which road of a network is meant by a name.

    Raises NotFound for a road that is not there, Refused for what can be no name.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused("The name of a road has 1 to {most} signs.", most=LONGEST_NAME)
    number, stretches = _row(connection, network).id, schema.road_stretch
    there = (stretches.c.network_id == number, stretches.c.road_key == road)
    if not road or not connection.execute(select(stretches.c.n).where(*there).limit(1)).first():
        raise NotFound("The network {network} has no road “{road}”.", network=network, road=road)
    _delete_alias(connection, network, name)
    values = {"network": network, "name": name, "road_key": road, "at": imports.now()}
    connection.execute(insert(schema.road_alias).values(values))


def remove_alias(connection: Connection, network: str, name: str) -> None:
    """Take back which road is meant by a name. Raises NotFound."""
    if name not in aliases(connection, network):
        raise NotFound(
            "Nothing is said of the name “{name}” in the network {network}.",
            name=name,
            network=network,
        )
    _delete_alias(connection, network, name)


def _delete_alias(connection: Connection, network: str, name: str) -> None:
    table = schema.road_alias
    connection.execute(delete(table).where(table.c.network == network, table.c.name == name))


# ---------------------------------------------------------------- corridors


def corridors(connection: Connection, network: str) -> tuple[Corridor, ...]:
    """Return the corridors of a network, in the order they were told."""
    table = schema.road_corridor
    query = select(table).where(table.c.network == network).order_by(table.c.n)
    found: dict[str, list[Section]] = {}
    for row in connection.execute(query):
        low = -np.inf if row.from_m is None else row.from_m
        high = np.inf if row.to_m is None else row.to_m
        found.setdefault(row.corridor, []).append(Section(row.road, low, high))
    return tuple(Corridor(name, tuple(sections)) for name, sections in found.items())


def keep_corridors(connection: Connection, network: str, told: Sequence[Corridor]) -> None:
    """Keep these corridors in the place of those of a network. Raises NotFound."""
    _row(connection, network)
    table = schema.road_corridor
    connection.execute(delete(table).where(table.c.network == network))
    rows = [
        {
            "network": network,
            "corridor": one.name,
            "road": section.road,
            "from_m": section.from_m if np.isfinite(section.from_m) else None,
            "to_m": section.to_m if np.isfinite(section.to_m) else None,
        }
        for one in told
        for section in one.sections
    ]
    if rows:
        connection.execute(insert(table), [{**row, "n": n} for n, row in enumerate(rows, 1)])
