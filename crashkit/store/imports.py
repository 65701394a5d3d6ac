"""Data sets and their imports: keeping, loading at a version, accounting, taking back."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from crashkit import fields
from crashkit.errors import Message, NotFound, Overtaken, Refused
from crashkit.model import (
    BY_HAND,
    CrashData,
    DatasetInfo,
    Duplicate,
    FileRead,
    ImportBatch,
    ImportRecord,
    Issue,
    Ledger,
    Period,
    Progress,
    SeenColumns,
)
from crashkit.store import encoded, overlay, replacing, rows, schema, wire
from crashkit.store.overlay import Overlay

ROWS_TOLD = 20_000
"""So many rows are written between two words on how far the work is."""
UNIQUE_VIOLATION = ("23505", "SQLITE_CONSTRAINT_UNIQUE")
Import = Row[Any]


def now() -> str:
    """Return this moment as it is kept: ISO text in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


# -------------------------------------------------------------- data sets


def dataset_row(connection: Connection, name: str, *, lock: bool = False) -> Row[Any]:
    """Return the row of a data set. Raises NotFound, which suggests near names."""
    query = select(schema.dataset).where(schema.dataset.c.name == name)
    # SQLite has one writer and no row locks: there the clause is left out by SQLAlchemy.
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if found is not None:
        return found
    names = list(connection.execute(select(schema.dataset.c.name)).scalars())
    near = difflib.get_close_matches(name, names)
    if near:
        raise NotFound("There is no data set {name}. Did you mean {near}?", name=name, near=near)
    raise NotFound("There is no data set {name}.", name=name)


def infos(connection: Connection) -> list[DatasetInfo]:
    """List the data sets by name."""
    query = select(schema.dataset).order_by(schema.dataset.c.name)
    return [_info(connection, row) for row in connection.execute(query).all()]


def info(connection: Connection, name: str, version: int | None = None) -> DatasetInfo:
    """Return what is known of a data set as it was at `version`. Raises NotFound."""
    return _info(connection, dataset_row(connection, name), version)


def _imports(connection: Connection, dataset_id: int) -> list[Import]:
    query = select(schema.import_).where(schema.import_.c.dataset_id == dataset_id)
    return list(connection.execute(query.order_by(schema.import_.c.id)))


def _visible(imports: Iterable[Import], version: int) -> list[Import]:
    return [
        row
        for row in imports
        if row.crashes and row.version <= version and (row.undone is None or row.undone > version)
    ]


def _info(connection: Connection, row: Row[Any], version: int | None = None) -> DatasetInfo:
    imports, at = _imports(connection, row.id), _version(row, version)
    edited = _edited(connection, row, _visible(imports, at), at)
    return _told(connection, row, imports, at, edited)


def _edited(connection: Connection, row: Row[Any], kept: Sequence[Import], version: int) -> Overlay:
    """Return the edits of the crashes that are in a data set at a version."""
    ranges = _ranges(kept)
    return overlay.read(
        connection,
        row.id,
        version,
        gone=replacing.superseded_by([one.id for one in kept]),
        is_there=lambda crash: any(low <= crash <= high for low, high in ranges),
    )


def _told(
    connection: Connection, row: Row[Any], imports: Sequence[Import], at: int, edited: Overlay
) -> DatasetInfo:
    """Say what imports and edits make of a data set."""
    kept = _visible(imports, at)
    about = ([one for one in kept if not _is_by_hand(one)] or kept or list(imports))[-1]
    said = kept or [about]
    starts = [*(date.fromisoformat(one.period_start) for one in said), *edited.days()]
    ends = [*(date.fromisoformat(one.period_end) for one in said), *edited.days()]
    gone = replacing.counts(connection, [one.id for one in kept])
    return DatasetInfo(
        id=row.id,
        name=row.name,
        title=about.title or row.name,
        version=at,
        profile=about.profile,
        country=about.country,
        period=Period(min(starts), max(ends)),
        crashes=sum(one.crashes for one in kept) - gone["crashes"],
        vehicles=sum(one.vehicles for one in kept) - gone["vehicles"] + edited.gained("vehicle"),
        people=sum(one.people for one in kept) - gone["people"] + edited.gained("person"),
        located=sum(one.located for one in kept) - gone["located"] + edited.located,
        fields=_fields(kept, edited),
        killed_definition=about.killed_definition,
        attribution=about.attribution,
        synthetic=any(one.synthetic for one in said),
        changed=datetime.fromisoformat(row.changed),
        rejected=sum(one.rejected for one in kept),
        duplicates=sum(one.duplicates for one in kept),
    )


def _is_by_hand(one: Import) -> bool:
    return BY_HAND in json.loads(one.options)


def _version(row: Row[Any], version: int | None) -> int:
    if version is None:
        return int(row.version)
    if not 0 <= version <= row.version:
        raise NotFound(
            "{name} has no version {version}; the newest is {newest}.",
            name=row.name,
            version=str(version),
            newest=str(row.version),
        )
    return version


def _fields(kept: Iterable[Import], edited: Overlay) -> dict[str, tuple[str, ...]]:
    present = {table: edited.fields(table) for table in fields.TABLES}
    for one in kept:
        for table, names in json.loads(one.fields).items():
            present[table] |= set(names)
    return {table: overlay.in_order(table, names) for table, names in present.items()}


def remove_dataset(connection: Connection, name: str) -> None:
    """Delete a data set with everything made from it. Raises NotFound."""
    row = dataset_row(connection, name, lock=True)
    low, high = row.id * schema.SPAN, (row.id + 1) * schema.SPAN - 1
    for table in (schema.superseded, schema.person, schema.vehicle):
        connection.execute(delete(table).where(table.c.crash.between(low, high)))
    connection.execute(delete(schema.crash).where(schema.crash.c.id.between(low, high)))
    of_dataset = select(schema.import_.c.id).where(schema.import_.c.dataset_id == row.id)
    for table in schema.OF_IMPORT:
        connection.execute(delete(table).where(table.c.import_id.in_(of_dataset)))
    for table in schema.OF_DATASET:
        connection.execute(delete(table).where(table.c.dataset_id == row.id))
    connection.execute(delete(schema.dataset).where(schema.dataset.c.id == row.id))
    _remember_version(connection, name, row.version)


def _remember_version(connection: Connection, name: str, version: int) -> None:
    """Let a new data set of this name count on: a version never means two different things."""
    connection.execute(delete(schema.setting).where(schema.setting.c.key == f"version/{name}"))
    connection.execute(insert(schema.setting).values(key=f"version/{name}", value=str(version)))


# ----------------------------------------------------------------- keeping


def known(connection: Connection, name: str) -> dict[str, str]:
    """Return the digest of each crash by its key; nothing for a new name."""
    crash = schema.crash
    query = (
        select(crash.c.crash_key, crash.c.digest)
        .join(schema.dataset, schema.dataset.c.id == crash.c.dataset_id)
        .where(schema.dataset.c.name == name, crash.c.undone == 0)
    )
    return dict(zip(*replacing.columns(connection, query), strict=True))


def version(connection: Connection, name: str) -> int:
    """Return the version of a data set; 0 for a new name."""
    query = select(schema.dataset.c.version).where(schema.dataset.c.name == name)
    return int(connection.execute(query).scalar() or 0)


def stamp(connection: Connection, name: str) -> tuple[int, int, str]:
    """Return number, version and last change of a data set; noughts for a new name."""
    table = schema.dataset.c
    query = select(table.id, table.version, table.changed).where(table.name == name)
    found = connection.execute(query).first()
    return (0, 0, "") if found is None else (found.id, found.version, str(found.changed))


def is_now(connection: Connection, info: DatasetInfo) -> bool:
    """Say whether a data set is as this says, and was not changed since."""
    _, version, changed = stamp(connection, info.name)
    at = info.changed.isoformat(timespec="microseconds") if info.changed else ""
    return (version, changed) == (info.version, at)


def history(connection: Connection, dataset_id: int, version: int) -> str:
    """Return a digest of all that decides how a data set was at a version.

    Versions alone do not: after a backup was put back, others come to bear the same numbers.
    """
    told: list[Any] = [dataset_id, version]
    for table in (schema.import_, schema.edit):
        query = select(table.c.id, table.c.version, table.c.at, table.c.undone).where(
            table.c.dataset_id == dataset_id, table.c.version <= version
        )
        if table is schema.import_:
            # One that brought no crash makes no version, and may come after this one was looked at.
            query = query.where(table.c.crashes > 0)
        told += [
            (row.id, row.version, row.at, row.undone is not None and row.undone <= version)
            for row in connection.execute(query.order_by(table.c.id))
        ]
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def edited_since(connection: Connection, now: DatasetInfo, version: int) -> list[int] | None:
    """Return the numbers of the crashes that edits made others after a version.

    None where imports came or went since: they change more than a few crashes.
    """

    def since(table: Table) -> Any:
        changed = or_(
            table.c.version.between(version + 1, now.version),
            table.c.undone.between(version + 1, now.version),
        )
        return (table.c.dataset_id == now.id) & changed

    if connection.execute(
        select(schema.import_.c.id).where(since(schema.import_)).limit(1)
    ).first():
        return None
    crash, edit = schema.crash, schema.edit
    keys = select(edit.c.crash_key).where(since(edit))
    query = select(crash.c.id).where(crash.c.dataset_id == now.id, crash.c.crash_key.in_(keys))
    return [id_ - now.id * schema.SPAN for id_ in connection.execute(query).scalars()]


def raise_version(connection: Connection, dataset_id: int, version: int, **more: int) -> None:
    """Write the new version of a data set, and when it came."""
    table = schema.dataset
    values = {"version": version, "changed": now(), **more}
    connection.execute(update(table).where(table.c.id == dataset_id).values(values))


def keep(
    connection: Connection,
    name: str,
    batch: ImportBatch,
    ready: rows.Prepared,
    *,
    seen: int | None,
    progress: Progress,
) -> int:
    """Write an import with its accounts; return its number. Raises Overtaken, StoreError."""
    row = _opened(connection, name)
    if batch.replaces and seen is not None and seen != row.version:
        raise Overtaken(replacing.BUSY)
    version = row.version + 1 if len(ready.crash) else row.version
    first = row.id * schema.SPAN + row.next_crash
    import_id = _keep_record(
        connection, batch, ready, dataset_id=row.id, version=version, first=first
    )
    _keep_ledger(connection, import_id, batch.ledger)
    replacing.keep_conflicts(connection, row.id, import_id, batch.conflicts)
    replacing.supersede(connection, row.id, import_id, batch.replaces)
    told = _Told(len(ready.crash) + len(ready.vehicle) + len(ready.person), progress)
    _keep_crashes(connection, ready, told, dataset_id=row.id, import_id=import_id, first=first)
    for table, members in ((schema.vehicle, ready.vehicle), (schema.person, ready.person)):
        _keep_members(connection, table, members, told, first=first)
    progress(0.95, None)
    raise_version(connection, row.id, version, next_crash=row.next_crash + len(ready.crash))
    return import_id


def _opened(connection: Connection, name: str) -> Row[Any]:
    names = select(schema.dataset.c.id).where(schema.dataset.c.name == name)
    if connection.execute(names).first() is None:
        old = select(schema.setting.c.value).where(schema.setting.c.key == f"version/{name}")
        version = int(connection.execute(old).scalar() or 0)
        new = {"name": name, "version": version, "next_crash": 1, "changed": now()}
        with _overtaken():
            connection.execute(insert(schema.dataset).values(new))
    return dataset_row(connection, name, lock=True)


def _keep_record(
    connection: Connection,
    batch: ImportBatch,
    ready: rows.Prepared,
    *,
    dataset_id: int,
    version: int,
    first: int,
) -> int:
    ledger = batch.ledger
    present = {
        "crash": ready.crash.fields,
        "vehicle": ready.vehicle.fields,
        "person": ready.person.fields,
    }
    done = connection.execute(
        insert(schema.import_)
        .values(
            dataset_id=dataset_id,
            version=version,
            at=now(),
            profile=batch.profile,
            title=batch.title,
            country=batch.country,
            killed_definition=batch.killed_definition,
            attribution=batch.attribution,
            synthetic=int(batch.synthetic),
            options=json.dumps(dict(batch.options)),
            period_start=batch.period.start.isoformat(),
            period_end=batch.period.end.isoformat(),
            status=ledger.status,
            total=ledger.total,
            accepted=ledger.accepted,
            rejected=ledger.rejected,
            duplicates=len(ledger.duplicates),
            first_crash=first,
            crashes=len(ready.crash),
            vehicles=len(ready.vehicle),
            people=len(ready.person),
            located=ready.located,
            fields=json.dumps(present),
            evidence=wire.pack({"inferences": batch.inferences, "columns": batch.columns}),
        )
        .returning(schema.import_.c.id)
    )
    return int(done.scalar_one())


def _keep_ledger(connection: Connection, import_id: int, ledger: Ledger) -> None:
    files = [
        (one.name, one.sha256, one.size, one.rows, one.table, one.encoding, one.delimiter)
        for one in ledger.files
    ]
    names = ("name", "sha256", "size", "rows", "table_name", "encoding", "delimiter")
    _keep_numbered(connection, schema.import_file, import_id, names, files)
    issues = [
        (
            warning,
            one.file,
            one.row,
            one.field,
            json.dumps(one.value),
            one.code,
            wire.pack(one.message),
        )
        for warning, group in ((0, ledger.issues), (1, ledger.warnings))
        for one in group
    ]
    names = ("warning", "file", "row", "field", "value", "code", "message")
    _keep_numbered(connection, schema.issue, import_id, names, issues)
    cells = [(*place, json.dumps(dict(found))) for place, found in ledger.cells.items()]
    _keep_numbered(connection, schema.reject, import_id, ("file", "row", "cells"), cells)
    again = [(one.file, one.row, one.of) for one in ledger.duplicates]
    _keep_numbered(connection, schema.duplicate_row, import_id, ("file", "row", "of"), again)


def _keep_numbered(
    connection: Connection,
    table: Table,
    import_id: int,
    names: tuple[str, ...],
    found: Sequence[tuple[Any, ...]],
) -> None:
    numbered = ((import_id, n, *row) for n, row in enumerate(found, start=1))
    _bulk(connection, table, ("import_id", "n", *names), numbered)


class _Told:
    """Tells how many rows are written; whoever listens may stop the import between them."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total, self.progress, self.done = total, progress, 0

    def through(self, found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Hand rows on, and tell from time to time."""
        for row in found:
            if self.done % ROWS_TOLD == 0:
                values = {"n": self.done, "of": self.total}
                share = 0.2 + 0.75 * self.done / self.total
                self.progress(share, Message("Storing the rows: {n} of {of}", values))
            self.done += 1
            yield row


def _keep_crashes(
    connection: Connection,
    ready: rows.Prepared,
    told: _Told,
    *,
    dataset_id: int,
    import_id: int,
    first: int,
) -> None:
    crash = ready.crash
    names = ("id", "dataset_id", "import_id", "undone", "crash_key", "digest", *crash.names)
    marks = zip(count(first), ready.keys, ready.digests, strict=False)
    found = (
        (number, dataset_id, import_id, 0, key, digest, *row)
        for (number, key, digest), row in zip(marks, crash.each(), strict=True)
    )
    with _overtaken():
        _bulk(connection, schema.crash, names, told.through(found))


@contextmanager
def _overtaken() -> Iterator[None]:
    """Say so when another import wrote the same a moment ago. Raises Overtaken."""
    try:
        yield
    except DBAPIError as error:
        words = {
            getattr(error.orig, "sqlstate", None),
            getattr(error.orig, "sqlite_errorname", None),
        }
        if not words & set(UNIQUE_VIOLATION):
            raise
        raise Overtaken(replacing.BUSY) from error


def _keep_members(
    connection: Connection, table: Table, members: rows.Rows, told: _Told, *, first: int
) -> None:
    numbers = (members.crash + first).tolist()
    places = rows.within_crash(members.crash).tolist()
    found = (
        (number, place, *row)
        for number, place, row in zip(numbers, places, members.each(), strict=True)
    )
    _bulk(connection, table, ("crash", "n", *members.names), told.through(found))


def _bulk(
    connection: Connection, table: Table, names: tuple[str, ...], found: Iterable[tuple[Any, ...]]
) -> None:
    """Hand rows to the driver itself, one by one from the columns, never as one long list."""
    driver: Any = connection.connection.driver_connection
    try:
        if connection.dialect.name == "postgresql":
            _copy(connection, driver, table, names, found)
        else:
            statement = insert(table).compile(dialect=connection.dialect, column_keys=list(names))
            if statement.positiontup != list(names):
                raise ValueError("the columns must stand in the order of the table")
            driver.executemany(str(statement), found)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError("bulk", None, error) from error


def _copy(
    connection: Connection,
    driver: Any,
    table: Table,
    names: tuple[str, ...],
    found: Iterable[tuple[Any, ...]],
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy,
    ):
        for row in found:
            copy.write_row(row)


# ----------------------------------------------------------------- loading


def load(
    connection: Connection,
    name: str,
    version: int | None,
    *,
    crashes: Collection[int] | None = None,
) -> CrashData:
    """Load a data set as it was at `version`, or only these crashes of it. Raises NotFound."""
    row = dataset_row(connection, name)
    imports = _imports(connection, row.id)
    at = _version(row, version)
    kept = _visible(imports, at)
    edited = _edited(connection, row, kept, at)
    about = _told(connection, row, imports, at, edited)
    ranges = _ranges(kept)
    gone = replacing.superseded_by([one.id for one in kept])
    any_gone = connection.execute(gone.limit(1)).first() is not None
    base = row.id * schema.SPAN
    wanted = None if crashes is None else [base + one for one in crashes]
    if wanted is not None:
        edited = edited.of(wanted)

    def read(table_name: str, link: str) -> Any:
        table = schema.FRAMES[table_name]
        names = about.fields[table_name]
        query = _selected(table, link, names, ranges)
        if any_gone:
            query = query.where(table.c[link].not_in(gone))
        if wanted is not None:
            query = query.where(table.c[link].in_(wanted))
        parts: Iterable[Sequence[Sequence[Any]]] = replacing.parts(connection, query)
        if edited.touches(table_name):
            columns = replacing.columns(connection, query)
            edited.lay(table_name, names, columns)
            parts = [columns]
        return encoded.fetched(table_name, names, parts, link=link, base=base)

    return CrashData(
        read("crash", "id"), read("vehicle", "crash"), read("person", "crash"), about.period, about
    )


def _ranges(imports: Iterable[Import]) -> list[tuple[int, int]]:
    """Join the number ranges of imports that follow each other."""
    joined: list[tuple[int, int]] = []
    for one in imports:
        low, high = one.first_crash, one.first_crash + one.crashes - 1
        if joined and joined[-1][1] + 1 == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _selected(
    table: Table, link: str, names: Sequence[str], ranges: Sequence[tuple[int, int]]
) -> Any:
    key = table.c[link]
    wanted = or_(*(key.between(low, high) for low, high in ranges or [(0, -1)]))
    query = select(key, *(table.c[name] for name in names)).where(wanted)
    return query.order_by(*table.primary_key.columns)


# -------------------------------------------------------------- accounting


def records(connection: Connection, name: str) -> list[ImportRecord]:
    """List the imports of a data set, the oldest first. Raises NotFound."""
    row = dataset_row(connection, name)
    return [_record(one, name, _files(connection, one.id)) for one in _imports(connection, row.id)]


def record(connection: Connection, import_id: int) -> ImportRecord:
    """Return one import. Raises NotFound."""
    row = _import_row(connection, import_id)
    return _record(row, row.name, _files(connection, import_id))


def _import_row(connection: Connection, import_id: int) -> Import:
    query = (
        select(schema.import_, schema.dataset.c.name)
        .join(schema.dataset, schema.dataset.c.id == schema.import_.c.dataset_id)
        .where(schema.import_.c.id == import_id)
    )
    # A number that no column of either database can hold names nothing.
    found = connection.execute(query).one_or_none() if import_id < 2**31 else None
    if found is None:
        raise NotFound("There is no import {number}.", number=str(import_id))
    return found


def _record(row: Import, name: str, files: tuple[FileRead, ...]) -> ImportRecord:
    return ImportRecord(
        id=row.id,
        dataset=name,
        version=row.version,
        at=datetime.fromisoformat(row.at),
        profile=row.profile,
        options=json.loads(row.options),
        total=row.total,
        accepted=row.accepted,
        rejected=row.rejected,
        duplicates=row.duplicates,
        status=row.status if row.undone is None else "undone",
        files=files,
        inferences=_evidence(row.evidence)["inferences"],
    )


def _evidence(text: str | None) -> Mapping[str, Any]:
    """Return what an import kept of how its files were read."""
    found = wire.unpack(text) if text else ()
    # Imports of earlier versions kept the inferences alone.
    return found if isinstance(found, Mapping) else {"inferences": found, "columns": {}}


def columns(connection: Connection, name: str, profile: str) -> dict[str, SeenColumns]:
    """Return which columns each kind of file had when this profile was last used here.

    Any version of the profile, but imports into this data set alone: other sources may write by
    one profile with other columns.
    """
    this, dataset = schema.import_, schema.dataset
    query = (
        select(this.c.at, this.c.profile, this.c.evidence)
        .join(dataset, dataset.c.id == this.c.dataset_id)
        .where(this.c.undone.is_(None), this.c.profile.startswith(_bare(profile), autoescape=True))
        .where(dataset.c.name == name)
        .order_by(this.c.id.desc())
    )
    found: dict[str, SeenColumns] = {}
    for row in connection.execute(query):
        if _bare(row.profile) == _bare(profile):
            at = datetime.fromisoformat(row.at)
            kept = _evidence(row.evidence)["columns"]
            found = {kind: SeenColumns(at, names) for kind, names in kept.items()} | found
    return found


def _bare(profile: str) -> str:
    """Return the name of a profile without its version."""
    return profile.partition("@")[0]


def _files(connection: Connection, import_id: int) -> tuple[FileRead, ...]:
    return tuple(
        FileRead(
            name=row.name,
            sha256=row.sha256,
            size=row.size,
            rows=row.rows,
            table=row.table_name,
            encoding=row.encoding,
            delimiter=row.delimiter,
        )
        for row in _numbered(connection, schema.import_file, import_id)
    )


def _numbered(connection: Connection, table: Table, import_id: int) -> list[Row[Any]]:
    query = select(table).where(table.c.import_id == import_id).order_by(table.c.n)
    return list(connection.execute(query))


def ledger(connection: Connection, import_id: int) -> Ledger:
    """Return what happened to each row of an import. Raises NotFound."""
    row = _import_row(connection, import_id)
    issues = _numbered(connection, schema.issue, import_id)
    return Ledger(
        files=_files(connection, import_id),
        total=row.total,
        accepted=row.accepted,
        rejected=row.rejected,
        duplicates=tuple(
            Duplicate(one.file, one.row, one.of)
            for one in _numbered(connection, schema.duplicate_row, import_id)
        ),
        issues=tuple(_issue(one) for one in issues if not one.warning),
        warnings=tuple(_issue(one) for one in issues if one.warning),
        cells=_cells(connection, import_id),
    )


def _issue(row: Row[Any]) -> Issue:
    message: Message = wire.unpack(row.message)
    return Issue(row.file, row.row, row.field, json.loads(row.value), row.code, message)


def _cells(connection: Connection, import_id: int) -> Mapping[tuple[str, int], Mapping[str, str]]:
    return {
        (row.file, row.row): json.loads(row.cells)
        for row in _numbered(connection, schema.reject, import_id)
    }


def undo(connection: Connection, import_id: int) -> None:
    """Take back the rows of an import; its record and its rejects stay.

    Raises NotFound, Refused.
    """
    name = _import_row(connection, import_id).name
    # Ask again once the data set is ours: somebody may just have taken the import back.
    row = dataset_row(connection, name, lock=True)
    found = _import_row(connection, import_id)
    if found.undone is not None:
        raise Refused("Import {number} was taken back before.", number=str(import_id))
    last = found.first_crash + found.crashes - 1
    replacing.refuse_replaced(connection, import_id, found.first_crash, last)
    version = row.version + 1 if found.crashes else row.version
    this, all_crashes = schema.import_, schema.crash
    connection.execute(update(this).where(this.c.id == import_id).values(undone=version))
    connection.execute(
        update(all_crashes)
        .where(all_crashes.c.id.between(found.first_crash, last))
        .values(undone=import_id)
    )
    replacing.give_back(connection, import_id)
    raise_version(connection, row.id, version)
