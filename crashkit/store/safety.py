"""Backup, restore and the self-check."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from crashkit.errors import Message, StoreError
from crashkit.store import engine as connections
from crashkit.store import failures, schema, upgrading

LEAST_FREE_MB = 200
"""An import of a large file needs so much; with less the store is not in order."""

LOW_SHARE, LOW_MB = 0.1, 10_000
"""Room is short below this share of the disk; of a large disk more than `LOW_MB` is enough."""


def backup(engine: Engine, path: Path) -> None:
    """Copy the whole embedded store to a new file, while it is in use. Raises StoreError."""
    _only_sqlite(engine)
    if path.exists():
        raise StoreError(
            "{file} exists already. Choose another name for the backup.", file=str(path)
        )
    with _whole(path) as part:
        _copy(connections.file_of(engine.url), part)
        _refuse_damaged(part, path)


def restore(engine: Engine, path: Path) -> None:
    """Replace the embedded store by a backup that was checked first. Raises StoreError."""
    _only_sqlite(engine)
    if not path.is_file():
        raise StoreError("There is no backup {file}.", file=str(path))
    _refuse_damaged(path, path)
    store = connections.file_of(engine.url)
    part = store.with_name(f"{store.name}.restoring")
    try:
        _copy(path, part)
        _brought_up(part)
        # SQLite writes the copy into the store as one transaction: readers see old or new.
        _copy(part, store)
    finally:
        _remove(part)
    engine.dispose()


def check(engine: Engine) -> list[Message]:
    """Check promises, file, sums and disk; list what is wrong and what to do."""
    with connections.reading(engine) as connection:
        complaints = [
            Message(
                "The store {url} does not work safely: {found}. Keep it on a local disk.",
                {"url": connections.shown(engine.url), "found": one},
            )
            for one in connections.unkept_promises(connection)
        ]
        complaints += _wrong_sums(connection)
        if connection.dialect.name == "sqlite":
            complaints += _damage(connection)
    if engine.dialect.name == "sqlite":
        complaints += _little_room(connections.file_of(engine.url))
    return complaints


def _wrong_sums(connection: Connection) -> list[Message]:
    crash, kept = schema.crash, schema.import_
    stored = (
        select(crash.c.import_id, func.count().label("n")).group_by(crash.c.import_id).subquery()
    )
    query = select(kept.c.id).outerjoin(stored, stored.c.import_id == kept.c.id)
    wrong = connection.execute(query.where(func.coalesce(stored.c.n, 0) != kept.c.crashes))
    return [
        Message(
            "Import {number} does not have the crashes it should have. Restore a backup.",
            {"number": str(row.id)},
        )
        for row in wrong
    ]


def _damage(connection: Connection) -> list[Message]:
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check")]
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if found == ["ok"] and not lost:
        return []
    return [
        Message(
            "The file of the store {url} is damaged. Restore a backup.",
            {"url": connections.shown(connection.engine.url)},
        )
    ]


def _little_room(file: Path) -> list[Message]:
    free_mb = shutil.disk_usage(file.parent).free // 2**20
    return [_few_megabytes(free_mb)] if free_mb < LEAST_FREE_MB else []


def _few_megabytes(free_mb: int) -> Message:
    return Message(
        "Only {free} MB are free on the disk of the store; make room before the next import.",
        {"free": free_mb},
    )


def short_of_room(engine: Engine) -> Message | None:
    """Say that the disk of an embedded store is filling up; None while there is room."""
    if engine.dialect.name != "sqlite":
        return None
    try:
        disk = shutil.disk_usage(connections.file_of(engine.url).parent)
    except OSError:
        # A folder that is gone is told by whatever reads or writes next.
        return None
    free_mb = disk.free // 2**20
    is_low = free_mb < LOW_MB and disk.free < LOW_SHARE * disk.total
    return _few_megabytes(free_mb) if is_low else None


def _only_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        raise StoreError(
            "{url} is kept by PostgreSQL. Back it up and restore it with pg_dump and pg_restore.",
            url=connections.shown(engine.url),
        )


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a file to write that takes the name `path` only when it is whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.touch(mode=0o600)
        yield part
        part.replace(path)
    except OSError as error:
        raise StoreError(
            "{file} cannot be written: {cause}.", file=str(path), cause=error.strerror or str(error)
        ) from error
    finally:
        _remove(part)


def _copy(source: Path, target: Path) -> None:
    with (
        failures.told(str(target)),
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def _refuse_damaged(file: Path, named: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            sound = [row[0] for row in copy.execute("PRAGMA integrity_check")] == ["ok"]
            copy.execute("SELECT version_num FROM alembic_version")
    except sqlite3.Error:
        sound = False
    if not sound:
        raise StoreError(
            "{file} is damaged, or it is not a backup of CrashKit. Nothing was changed.",
            file=str(named),
        )


def _brought_up(file: Path) -> None:
    engine = connections.connect(connections.address(str(file)), create=False)
    try:
        upgrading.upgrade(engine)
    finally:
        engine.dispose()


def _remove(file: Path) -> None:
    for left in (file, *(Path(f"{file}{end}") for end in ("-wal", "-shm", "-journal"))):
        left.unlink(missing_ok=True)
