"""The profiles users made: every version stays, because imports name the one they were read by."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from crashkit.errors import NotFound
from crashkit.store import imports, schema


class KeptProfile(NamedTuple):
    """One version of a profile as its text. `removed`: it is no longer offered."""

    name: str
    version: int
    at: datetime
    text: str
    removed: bool


def newest(connection: Connection) -> list[KeptProfile]:
    """List the newest version of each profile that is not removed, by name."""
    found = {one.name: one for one in _all(connection)}
    return [one for name, one in sorted(found.items()) if not one.removed]


def versions(connection: Connection, name: str) -> list[KeptProfile]:
    """List the versions of a profile, the newest first. Raises NotFound."""
    found = [one for one in _all(connection) if one.name == name][::-1]
    if not found:
        raise NotFound("There is no profile {id}.", id=name)
    return found


def profile(connection: Connection, name: str, version: int | None) -> KeptProfile:
    """Return one version, removed or not; or the newest of a profile on offer. Raises NotFound."""
    for one in versions(connection, name):
        if one.version == version or (version is None and not one.removed):
            return one
    raise NotFound("There is no profile {id}.", id=f"{name}@{version}" if version else name)


def save(connection: Connection, name: str, text: str) -> int:
    """Keep a text as the next version; the same text again is no new version."""
    table = schema.profile
    highest = connection.execute(
        select(func.max(table.c.version)).where(table.c.name == name)
    ).scalar()
    if highest:
        last = profile(connection, name, highest)
        if last.text == text and not last.removed:
            return last.version
    version = (highest or 0) + 1
    values = {"name": name, "version": version, "at": imports.now(), "text": text, "removed": 0}
    connection.execute(insert(table).values(values))
    return version


def remove(connection: Connection, name: str) -> None:
    """Offer a profile no longer; its versions stay for the imports that name them."""
    versions(connection, name)
    table = schema.profile
    connection.execute(update(table).where(table.c.name == name).values(removed=1))


def _all(connection: Connection) -> list[KeptProfile]:
    table = schema.profile
    query = select(table).order_by(table.c.name, table.c.version)
    return [_kept(row) for row in connection.execute(query)]


def _kept(row: Row[tuple[object, ...]]) -> KeptProfile:
    at = datetime.fromisoformat(row.at)
    return KeptProfile(row.name, row.version, at, row.text, bool(row.removed))
