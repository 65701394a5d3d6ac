"""The presets users made, one text each: what was found by one keeps its own words and numbers."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from crashkit.errors import NotFound, Refused
from crashkit.store import imports, own_texts, schema
from crashkit.store.own_texts import KeptText


def listed(connection: Connection) -> list[KeptText]:
    """List the presets by name."""
    table = schema.preset
    found = connection.execute(select(table).order_by(table.c.name))
    return [own_texts.kept(one) for one in found]


def save(connection: Connection, name: str, text: str, *, instead: str, seen: str) -> None:
    """Keep a text under a name, in the place of the preset `instead` ("": of none).

    `seen` is when that one was saved, as who replaces it knows it ("": whenever). Raises NotFound
    where there is no such preset, Refused where another one has the name or somebody was faster.
    """
    table, kept = schema.preset, {one.name: one for one in listed(connection)}
    if instead and instead not in kept:
        raise NotFound("There is no preset {id} of your own.", id=instead)
    if instead and seen and kept[instead].at.isoformat() != seen:
        raise Refused(
            "Somebody else has saved the preset {id} since you opened it. Open it anew, and make "
            "your changes there.",
            id=instead,
        )
    if name in kept.keys() - {instead}:
        raise Refused(
            "There is already a preset {id} of your own; choose another name, or edit that one.",
            id=name,
        )
    connection.execute(delete(table).where(table.c.name == (instead or name)))
    connection.execute(insert(table).values(name=name, at=imports.now(), text=text))


def remove(connection: Connection, name: str) -> None:
    """Forget a preset. Raises NotFound."""
    table = schema.preset
    if not connection.execute(delete(table).where(table.c.name == name)).rowcount:
        raise NotFound("There is no preset {id} of your own.", id=name)
