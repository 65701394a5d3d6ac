"""Connections: how they are opened, what is asked of SQLite and PostgreSQL, reading and writing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from crashkit.errors import StoreError
from crashkit.store import failures

BUSY_TIMEOUT_MS = 5000
TURN_S = 600
OLDEST_SQLITE = (3, 35, 0)
PRAGMAS: dict[str, Any] = {
    "busy_timeout": BUSY_TIMEOUT_MS,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
}
"""What SQLite must answer when asked back; synchronous 2 is FULL: no saved import is ever lost."""
ENGINES = {"sqlite": "sqlite", "postgresql": "postgresql"}


def address(url: str) -> URL:
    """Return the address of a store; a bare path is an SQLite file. Raises StoreError."""
    if "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser()))
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            "The address of the store cannot be read. Use a file, sqlite:///FILE or "
            "postgresql+psycopg://USER@HOST/DATABASE."
        ) from None
    if found.get_backend_name() not in ENGINES:
        raise StoreError(
            "{url} is not an address CrashKit knows. Use a file, sqlite:///FILE or postgresql://.",
            url=shown(found),
        )
    if found.drivername == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    return found


def shown(url: URL) -> str:
    """Return an address fit to be shown: without its password."""
    hidden = {key: "***" for key in url.query if "password" in key}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def connect(url: URL, *, create: bool) -> Engine:
    """Return an engine whose connections keep our promises. Raises StoreError."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, create=create)
    return _postgresql(url)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one moment of the store, whoever writes meanwhile."""
    with failures.told(shown(engine.url)), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes are kept together at the end, or not at all."""
    with failures.told(shown(engine.url)), engine.connect() as connection:
        connection.execution_options(crashkit_writes=True)
        with connection.begin():
            yield connection


@contextmanager
def in_turn(engine: Engine) -> Iterator[None]:
    """Let long writers of an embedded store wait for each other, however long that takes.

    They queue at a file of their own, which the system frees when a program dies; so a short
    wait at the store itself still means that a foreign program holds it.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    door = f"{file_of(engine.url)}.turn"
    with (
        failures.told(shown(engine.url)),
        closing(sqlite3.connect(door, timeout=TURN_S, isolation_level=None)) as turn,
    ):
        turn.execute("BEGIN EXCLUSIVE")
        yield


def file_of(url: URL) -> Path:
    """Return the file of an SQLite store."""
    return Path(url.database or "")


def _sqlite(url: URL, *, create: bool) -> Engine:
    file = file_of(url)
    if not url.database or ":memory:" in url.database or url.query:
        raise StoreError("A store needs a file; {url} names none.", url=shown(url))
    if not file.exists() and not create:
        raise StoreError(
            "There is no store at {file}. Look at the path again; an import begins a new store.",
            file=str(file),
        )
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            "SQLite {found} is too old; CrashKit needs {needed}. Install a newer Python.",
            found=sqlite3.sqlite_version,
            needed=".".join(map(str, OLDEST_SQLITE)),
        )
    _make_place(file, url)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_place(file: Path, url: URL) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Crash data are nobody else's business: only the owner may read the file.
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        raise failures.refusal(failures.CANNOT_OPEN, url=shown(url)) from error


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    # Python must not begin transactions by itself: we say BEGIN or BEGIN IMMEDIATE.
    raw.isolation_level = None
    for name, value in PRAGMAS.items():
        _ask(raw, f"PRAGMA {name} = {value}")
    raw.execute("PRAGMA cache_size = -32768")
    raw.execute("PRAGMA temp_store = MEMORY")
    raw.execute("PRAGMA journal_size_limit = 67108864")


def _ask(raw: Any, pragma: str) -> None:
    # Two programs that turn a new file to its log at once are refused without a wait: so we wait.
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            raw.execute(pragma)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A write asks for its turn at once: a lock taken late cannot wait, it can only fail.
    writes = connection.get_execution_options().get("crashkit_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def unkept_promises(connection: Connection) -> list[str]:
    """List what SQLite or PostgreSQL does not answer as we asked: "name = value" each."""
    if connection.dialect.name == "sqlite":
        return [
            f"{name} = {found}"
            for name, wanted in PRAGMAS.items()
            if (found := connection.exec_driver_sql(f"PRAGMA {name}").scalar()) != wanted
        ]
    wanted = {"synchronous_commit": "on", "server_encoding": "UTF8", "fsync": "on"}
    return [
        f"{name} = {found}"
        for name, value in wanted.items()
        if (found := connection.execute(text("SELECT current_setting(:n)"), {"n": name}).scalar())
        != value
    ]


def _postgresql(url: URL) -> Engine:
    with failures.told(shown(url)):
        return create_engine(
            url,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "crashkit",
                "options": "-c synchronous_commit=on -c lock_timeout=30000 -c timezone=UTC",
            },
        )


def try_connection(engine: Engine) -> None:
    """Open one connection and ask the promises back. Raises StoreError."""
    with reading(engine) as connection:
        broken = unkept_promises(connection)
    if broken:
        raise StoreError(
            "The store {url} does not work safely: {found}. Keep it on a local disk.",
            url=shown(engine.url),
            found=broken,
        )
