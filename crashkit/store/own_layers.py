"""Map layers as a list, and those that users brought: what each is called, what for, which colour.

A layer without such words came with its data set; users neither change nor remove it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from crashkit.errors import NotFound, Refused
from crashkit.store import answers, imports, schema

MOST = 20
"""Layers of one data set that users may bring."""
RESERVED = frozenset(
    {"roads", "towns", "lakes", "areas", "junctions", "points", "sites", "crashes", "cells"}
)
"""Keys of what data sets bring themselves, and of what every map has."""
LONGEST_KEY = 40


_USED = "layer keys of {}"
"""The setting that remembers the keys of a data set, by its number."""


class KeptLayer(NamedTuple):
    """One layer of a data set. `own`: a user brought it; else `title` and `at` say nothing."""

    key: str
    own: bool
    title: str
    kind: str
    colour: str
    features: int
    shapes: tuple[str, ...]
    size: int
    at: datetime | None


def listed(connection: Connection, dataset: str) -> list[KeptLayer]:
    """List the layers of a data set by key, without their shapes. Raises NotFound."""
    table, row = schema.layer, imports.dataset_row(connection, dataset)
    query = select(table.c.kind, table.c.about, func.length(table.c.geojson).label("size"))
    query = query.where(table.c.dataset_id == row.id).order_by(table.c.kind)
    return [_layer(one) for one in connection.execute(query)]


def _layer(row: Any) -> KeptLayer:
    about = json.loads(row.about) if row.about else {}
    return KeptLayer(
        key=row.kind,
        own=bool(about),
        title=about.get("title", ""),
        kind=about.get("kind", row.kind),
        colour=about.get("colour", ""),
        features=about.get("features", 0),
        shapes=tuple(about.get("shapes", ())),
        size=row.size,
        at=datetime.fromisoformat(about["at"]) if about else None,
    )


def one(connection: Connection, dataset: str, key: str) -> dict[str, Any] | None:
    """Return the GeoJSON of one layer, or None. Raises NotFound for the data set."""
    table, row = schema.layer, imports.dataset_row(connection, dataset)
    query = select(table.c.geojson).where(table.c.dataset_id == row.id, table.c.kind == key)
    text = connection.execute(query).scalar()
    return None if text is None else dict(json.loads(text))


def add(
    connection: Connection, dataset: str, geojson: Mapping[str, Any], about: Mapping[str, Any]
) -> str:
    """Keep a layer of a user; return its key, made of its title. Raises NotFound, Refused."""
    row = imports.dataset_row(connection, dataset, lock=True)
    there = listed(connection, dataset)
    if sum(each.own for each in there) >= MOST:
        raise Refused(
            "This data set has {n} layers already. Remove one before you add another.", n=MOST
        )
    # A key that was used once is never used again: addresses and results that name it keep to it.
    used = json.loads(answers.setting(connection, _USED.format(row.id)) or "[]")
    key = _key(about["title"], {*used, *(each.key for each in there), *RESERVED})
    answers.keep_setting(connection, _USED.format(row.id), json.dumps([*used, key]))
    text = json.dumps(geojson, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    words = json.dumps({**about, "at": imports.now()}, ensure_ascii=False)
    values = {"dataset_id": row.id, "kind": key, "geojson": text, "about": words}
    connection.execute(insert(schema.layer).values(values))
    return key


def _key(title: str, taken: set[str]) -> str:
    word = re.sub(r"[^\w]+", "-", title.casefold()).strip("-_")[:LONGEST_KEY].strip("-_")
    tries = (word if n == 1 else f"{word or 'layer'}-{n}" for n in range(1, len(taken) + 3))
    return next(one for one in tries if one and one not in taken)


def change(connection: Connection, dataset: str, key: str, words: Mapping[str, Any]) -> None:
    """Change the title, the kind or the colour of a user's layer; its key stays.

    Raises NotFound for a layer that is not there, or came with the data.
    """
    about = _about(connection, dataset, key)
    table, row = schema.layer, imports.dataset_row(connection, dataset, lock=True)
    new = json.dumps({**about, **words}, ensure_ascii=False)
    this = (table.c.dataset_id == row.id, table.c.kind == key)
    connection.execute(update(table).where(*this).values(about=new))


def remove(connection: Connection, dataset: str, key: str) -> None:
    """Delete a user's layer. Raises NotFound as `change` does."""
    _about(connection, dataset, key)
    table, row = schema.layer, imports.dataset_row(connection, dataset, lock=True)
    this = (table.c.dataset_id == row.id, table.c.kind == key)
    connection.execute(delete(table).where(*this))


def _about(connection: Connection, dataset: str, key: str) -> dict[str, Any]:
    table, row = schema.layer, imports.dataset_row(connection, dataset)
    query = select(table.c.about).where(table.c.dataset_id == row.id, table.c.kind == key)
    found = connection.execute(query).scalar()
    if not found:
        raise NotFound("This data set has no layer “{key}” of yours.", key=key)
    return dict(json.loads(found))
