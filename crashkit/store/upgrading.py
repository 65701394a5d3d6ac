"""Bring the tables of a store to the step this software needs: whole, or not at all."""

from __future__ import annotations

import sqlite3
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from crashkit.errors import StoreError
from crashkit.store import engine as connections
from crashkit.store import failures, schema

EMPTY = "0000"
LOCK = 0x43524B49
"""The number under which PostgreSQL keeps two upgrades apart."""


def upgrade(engine: Engine) -> tuple[str, str]:
    """Run the missing migrations in one transaction; return the old and the new step.

    An embedded store that has data is copied first, to `<file>.before-<step>`.
    Raises StoreError for a store of newer software, or a database of somebody else.
    """
    with connections.reading(engine) as connection:
        before = _checked(connection)
    if before == schema.HEAD:
        return before, before
    if before != EMPTY and engine.dialect.name == "sqlite":
        _copy_before(engine, before)
    with connections.in_turn(engine), connections.writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        # Somebody else may have been faster.
        if _checked(connection) != schema.HEAD:
            command.upgrade(_config(connection), "head")
    return before, schema.HEAD


def steps() -> list[str]:
    """List the steps of the shipped migrations, the newest first."""
    return [step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()]


def step(connection: Connection) -> str:
    """Return the step a database is at; "0000" for an empty one. Raises StoreError."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found or EMPTY)
    if tables:
        raise failures.refusal(
            failures.NOT_A_DATABASE, url=connections.shown(connection.engine.url)
        )
    return EMPTY


def _checked(connection: Connection) -> str:
    found = step(connection)
    if found not in (EMPTY, schema.HEAD) and found not in steps():
        raise StoreError(
            "The store {url} was made by a newer CrashKit (step {found}; this one knows {known}). "
            "Install the newer CrashKit, or restore an older backup.",
            url=connections.shown(connection.engine.url),
            found=found,
            known=schema.HEAD,
        )
    return found


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    folder = str(resources.files("crashkit") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _copy_before(engine: Engine, before: str) -> None:
    file = connections.file_of(engine.url)
    copy = Path(f"{file}.before-{before}")
    with failures.told(connections.shown(engine.url)):
        source, target = sqlite3.connect(file), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
