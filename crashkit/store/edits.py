"""Changes by hand: one crash as it was told and as it stands, what was changed, by whom and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from crashkit import fields
from crashkit.errors import NotFound, Refused
from crashkit.model import ADDED, REMOVED, ROW, TOLD, Change, CrashRecord, Edit, RecordRow
from crashkit.store import imports, overlay, rows, schema

LONGEST_REASON = 2_000
LONGEST_NAME = 200
MEMBERS = ("vehicle", "person")


# ------------------------------------------------------------------- looking


def record(connection: Connection, name: str, number: int) -> CrashRecord:
    """Return one crash by its number within the data set. Raises NotFound."""
    dataset = imports.dataset_row(connection, name)
    return _record(connection, dataset, _crash(connection, dataset, number))


def _crash(connection: Connection, dataset: Row[Any], number: int) -> Row[Any]:
    crash = schema.crash
    query = select(crash).where(
        # Beyond the span lie the crashes of other data sets.
        crash.c.id == dataset.id * schema.SPAN + (number if 0 < number < schema.SPAN else 0),
        crash.c.undone == 0,
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound("This data set has no crash number {number}.", number=str(number))
    return found


def numbers_of(connection: Connection, name: str, keys: Collection[str]) -> dict[str, int]:
    """Return the numbers of crashes by their keys; those that are not there are left out."""
    dataset, crash = imports.dataset_row(connection, name), schema.crash
    query = select(crash.c.crash_key, crash.c.id).where(
        crash.c.dataset_id == dataset.id, crash.c.crash_key.in_(keys), crash.c.undone == 0
    )
    return {key: id_ - dataset.id * schema.SPAN for key, id_ in connection.execute(query)}


def edited(connection: Connection, name: str, keys: Collection[str]) -> dict[str, CrashRecord]:
    """Return those of these crashes that were changed by hand, as they stand, by their keys."""
    dataset, crash, edit = imports.dataset_row(connection, name), schema.crash, schema.edit
    changed = select(edit.c.crash_key).where(
        edit.c.dataset_id == dataset.id, edit.c.undone.is_(None)
    )
    query = select(crash).where(
        crash.c.dataset_id == dataset.id, crash.c.undone == 0, crash.c.crash_key.in_(changed)
    )
    found = connection.execute(query).fetchall()
    return {
        row.crash_key: _record(connection, dataset, row) for row in found if row.crash_key in keys
    }


def _record(connection: Connection, dataset: Row[Any], crash: Row[Any]) -> CrashRecord:
    changed = _edits(connection, dataset.id, crash.crash_key)
    members = {(one.crash_key, one.version, one.table, one.n) for one in changed}
    places = overlay.places(connection, dataset.id, members, {crash.crash_key: crash.id})
    now: dict[tuple[str, int], dict[str, Any]] = {}
    for one in changed:
        n = places.get((one.crash_key, one.version, one.table, one.n))
        if one.undone is None and n is not None:
            now.setdefault((one.table, n), {})[one.field] = one.after
    vehicles, people = (
        (
            *(
                _row(table, row.n, row, now.get((table, row.n), {}))
                for row in _members(connection, schema.FRAMES[table], crash.id)
            ),
            *_added(table, now),
        )
        for table in MEMBERS
    )
    made = schema.import_
    profile = select(made.c.profile).where(made.c.id == crash.import_id)
    return CrashRecord(
        dataset=dataset.name,
        version=dataset.version,
        id=crash.id - dataset.id * schema.SPAN,
        key=crash.crash_key,
        import_id=crash.import_id,
        profile=connection.execute(profile).scalar_one(),
        crash=_row("crash", 0, crash, now.get(("crash", 0), {})),
        vehicles=vehicles,
        people=people,
        edits=tuple(changed),
    )


def _members(connection: Connection, table: Table, crash: int) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.crash == crash).order_by(table.c.n)
    return connection.execute(query).fetchall()


def _added(table: str, now: Mapping[tuple[str, int], Mapping[str, Any]]) -> list[RecordRow]:
    """Return the rows of a table that were added by hand, in the order in which they came."""
    numbers = sorted((n for of, n in now if of == table and n < 0), reverse=True)
    return [_by_hand(table, n, now[table, n]) for n in numbers]


def _by_hand(table: str, n: int, changed: Mapping[str, Any]) -> RecordRow:
    now = _known({name: value for name, value in changed.items() if name != ROW})
    return RecordRow(table=table, n=n, told={}, now=now, words={}, state=changed[ROW])


def _row(table: str, n: int, row: Row[Any], changed: Mapping[str, Any]) -> RecordRow:
    stored = row._mapping
    names = [name for name, _ in schema.field_columns(table)]
    told = {name: stored[name] for name in names if not name.endswith("_src")}
    return RecordRow(
        table=table,
        n=n,
        told=_known(told),
        now=_known({**told, **{name: one for name, one in changed.items() if name != ROW}}),
        words=_known(
            {name.removesuffix("_src"): stored[name] for name in names if name.endswith("_src")}
        ),
        state=REMOVED if changed.get(ROW) == REMOVED else TOLD,
    )


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def edits(connection: Connection, name: str, crash_key: str | None = None) -> list[Edit]:
    """List the edits of a data set or of one crash, the oldest first. Raises NotFound."""
    dataset = imports.dataset_row(connection, name)
    return _edits(connection, dataset.id, crash_key)


def _edits(
    connection: Connection,
    dataset_id: int,
    crash_key: str | None = None,
    change: int | None = None,
) -> list[Edit]:
    table = schema.edit
    query = select(table).where(table.c.dataset_id == dataset_id).order_by(table.c.id)
    if crash_key is not None:
        query = query.where(table.c.crash_key == crash_key)
    if change is not None:
        query = query.where(table.c.change == change)
    return [_edit(row) for row in connection.execute(query)]


def _edit(row: Row[Any]) -> Edit:
    return Edit(
        change=row.change,
        version=row.version,
        undone=row.undone,
        at=datetime.fromisoformat(row.at),
        who=row.who,
        reason=row.reason,
        crash_key=row.crash_key,
        table=row.table_name,
        n=row.n,
        field=row.field,
        before=json.loads(row.before),
        after=json.loads(row.after),
    )


# ------------------------------------------------------------------ changing


def keep(
    connection: Connection,
    seen: CrashRecord,
    changes: Sequence[Change],
    *,
    reason: str,
    who: str,
) -> int:
    """Keep fields that were changed together; return the new version of the data set.

    Raises Refused when the crash is no longer as it was seen, or a change cannot be.
    """
    _refuse_empty(changes, reason)
    dataset = imports.dataset_row(connection, seen.dataset, lock=True)
    found = _record(connection, dataset, _crash(connection, dataset, seen.id))
    if (found.key, found.edits) != (seen.key, seen.edits):
        raise Refused(
            "Somebody changed this crash a moment ago, so nothing was kept. Look at it again."
        )
    version: int = dataset.version + 1
    change = 1 + (
        connection.execute(
            select(func.max(schema.edit.c.change)).where(schema.edit.c.dataset_id == dataset.id)
        ).scalar()
        or 0
    )
    come = {(one.table, one.n) for one in changes if _is_new(found, one)}
    told = {(row.table, row.n): row.told for row in found.rows} | dict.fromkeys(come, {})
    at = imports.now()
    connection.execute(
        insert(schema.edit),
        [
            {
                "dataset_id": dataset.id,
                "change": change,
                "version": version,
                "at": at,
                "who": who.strip()[:LONGEST_NAME],
                "reason": reason.strip()[:LONGEST_REASON],
                "crash_key": found.key,
                "table_name": one.table,
                "n": one.n,
                "field": one.field,
                "before": json.dumps(_told(told, one)),
                "after": json.dumps(one.value, allow_nan=False),
            }
            for one in changes
        ],
    )
    imports.raise_version(connection, dataset.id, version)
    return version


def _refuse_empty(changes: Sequence[Change], reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why the crash is changed: the reason stands in the list of changes.")
    if not changes:
        raise Refused("Nothing was changed, so nothing was kept.")


def _is_new(found: CrashRecord, change: Change) -> bool:
    """Say whether a change puts a vehicle or a person in."""
    return (
        (change.field, change.value) == (ROW, ADDED)
        and change.table in MEMBERS
        and change.n <= found.next_row(change.table)
    )


def _told(told: Mapping[tuple[str, int], Mapping[str, Any]], change: Change) -> Any:
    """Return what the source told of a field. Raises Refused when it cannot be changed so."""
    row = told.get((change.table, change.n))
    if row is not None and change.field == ROW and change.table in MEMBERS:
        return _told_row(change)
    known = fields.get(change.table, change.field) if _is_kept(change) else None
    if row is None or known is None:
        raise Refused("The crash has no field {field} to change.", field=change.field)
    if not _fits(known, change.value):
        raise Refused("{field} cannot be {value}.", field=change.field, value=str(change.value))
    return row.get(change.field)


def _told_row(change: Change) -> str | None:
    """Return how the source told of a row: not at all of one that was added by hand."""
    told, there = (TOLD, TOLD) if change.n > 0 else (None, ADDED)
    if change.value not in (there, REMOVED):
        raise Refused("A row cannot be {value}.", value=str(change.value))
    return told


def _is_kept(change: Change) -> bool:
    """Say whether the store keeps such a field: of personal ones it has no column at all."""
    return (
        change.table in schema.FRAMES
        and not change.field.endswith("_src")
        and change.field in dict(schema.field_columns(change.table))
    )


def _fits(field: fields.Field, value: Any) -> bool:
    """Say whether a field can hold a value, as a last guard behind the checks of the intake."""
    if value is None:
        # How many were killed is not known of a crash of which no person is left.
        return field.use != "mandatory" or field.type == "int"
    if field.type in ("int", "float"):
        is_number = isinstance(value, int | float if field.type == "float" else int)
        low, high = field.low, field.high
        return (
            is_number
            and not isinstance(value, bool)
            and (low is None or value >= low)
            and (high is None or value <= high)
        )
    return isinstance(value, str) and _is_word(field, value)


def _is_word(field: fields.Field, value: str) -> bool:
    if field.type == "yes_no":
        return value in rows.YES_NO
    if field.type in ("code", "codes"):
        return set(value.split("|")) <= set(fields.code_names(field.codes))
    if field.type == "date":
        try:
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    return True


def undo(connection: Connection, name: str, change: int) -> int:
    """Take back fields that were changed together; return the new version.

    Raises NotFound, or Refused when it was taken back before or a later change of the same
    crash stands on it.
    """
    dataset = imports.dataset_row(connection, name, lock=True)
    found = _edits(connection, dataset.id, change=change) if change < 2**31 else []
    if not found:
        raise NotFound("There is no change {number}.", number=str(change))
    if found[0].undone is not None:
        raise Refused("Change {number} was taken back before.", number=str(change))
    holding = [one for one in _edits(connection, dataset.id, found[0].crash_key) if not one.undone]
    # What follows from a change was reckoned with the earlier ones in place.
    if holding[-1].change != change:
        raise Refused(
            "Change {later} of the same crash came after change {number}: take that one back "
            "first.",
            later=str(holding[-1].change),
            number=str(change),
        )
    version: int = dataset.version + 1
    edit = schema.edit
    connection.execute(
        update(edit)
        .where(edit.c.dataset_id == dataset.id, edit.c.change == change)
        .values(undone=version)
    )
    imports.raise_version(connection, dataset.id, version)
    return version
