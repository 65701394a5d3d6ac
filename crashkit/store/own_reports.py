"""The report templates of the users, one text each; the one changed last comes first."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select, update

from crashkit.errors import NotFound, Overtaken, Refused
from crashkit.store import imports, own_texts, schema
from crashkit.store.own_texts import KeptText


def listed(connection: Connection) -> list[KeptText]:
    """List the templates, the one changed last first."""
    table = schema.report_template
    found = connection.execute(select(table).order_by(table.c.at.desc(), table.c.name))
    return [own_texts.kept(one) for one in found]


def one(connection: Connection, name: str, *, lock: bool = False) -> KeptText:
    """Return a template; with `lock` nobody else changes it meanwhile. Raises NotFound."""
    table = schema.report_template
    asked = select(table).where(table.c.name == name)
    found = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    if found is None:
        raise NotFound("There is no report template {name}.", name=name)
    return own_texts.kept(found)


def add(connection: Connection, name: str, text: str) -> None:
    """Keep a new template. Raises Refused where there is one of its name."""
    table = schema.report_template
    if connection.execute(select(table.c.name).where(table.c.name == name)).first():
        raise Refused("There is already a report template {name}; choose another name.", name=name)
    connection.execute(insert(table).values(name=name, at=imports.now(), text=text))


def change(
    connection: Connection, name: str, made: Callable[[str], str], *, to: str, seen: str
) -> None:
    """Keep what `made` makes of the text of a template, under the name `to`.

    `seen` is when it was changed last, as who changes it knows it ("": whenever). Raises NotFound,
    Overtaken where somebody else was faster, Refused where another one has the name.
    """
    table, kept = schema.report_template, one(connection, name, lock=True)
    if seen and kept.at.isoformat() != seen:
        raise Overtaken(
            "Somebody else has changed the report template {name} since you opened it. Here it is "
            "as it is now; make your change again.",
            name=name,
        )
    if to != name:
        add(connection, to, kept.text)
        connection.execute(delete(table).where(table.c.name == name))
    changed = update(table).where(table.c.name == to)
    connection.execute(changed.values(at=imports.now(), text=made(kept.text)))


def remove(connection: Connection, name: str) -> None:
    """Forget a template; reports written by it stay. Raises NotFound."""
    one(connection, name)
    table = schema.report_template
    connection.execute(delete(table).where(table.c.name == name))
