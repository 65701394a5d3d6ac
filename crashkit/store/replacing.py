"""Crashes of earlier imports that a later one replaces, and those it contradicts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from crashkit.errors import NotFound, Overtaken, Refused
from crashkit.model import Conflict, Records, by_crash
from crashkit.store import rows, schema

KEYS_AT_ONCE = 500
MANY_KEYS = 5_000
"""So many crashes are found faster by reading all of the data set."""
ROWS_AT_ONCE = 1000

OPEN, KEPT, TAKEN = "open", "kept", "taken"

BUSY = (
    "Somebody imported some of these crashes a moment ago. Nothing was kept; import the files "
    "again, and these crashes will be found as duplicates."
)


def columns(connection: Connection, query: Any) -> list[list[Any]]:
    """Fetch column by column, bare cells of the driver."""
    found: list[list[Any]] = []
    for part in parts(connection, query):
        found = found or [[] for _ in part]
        for column, cells in zip(found, part, strict=True):
            column.extend(cells)
    return found or [[] for _ in query.selected_columns]


def parts(connection: Connection, query: Any) -> Iterator[list[tuple[Any, ...]]]:
    """Fetch a few rows at a time, and give them column by column: bare cells of the driver."""
    # Rows by name would double the time of a large load, and so would all rows at once: Python
    # looks through a hundred thousand tuples again and again to see what can be thrown away.
    cursor: Any = connection.execute(query).cursor
    while part := cursor.fetchmany(ROWS_AT_ONCE):
        yield list(zip(*part, strict=True))


# ------------------------------------------------------------- what is kept


def recall(connection: Connection, dataset_id: int, keys: Collection[str]) -> Records:
    """Return the crashes with these keys as their imports wrote them."""
    return Records(*(_recalled(connection, name, dataset_id, keys) for name in schema.FRAMES))


def _recalled(
    connection: Connection, name: str, dataset_id: int, keys: Collection[str]
) -> pd.DataFrame:
    query, names = _whole_rows(name, dataset_id)
    if len(keys) > MANY_KEYS:
        found = rows.bare(name, names, columns(connection, query))
        return found[found["crash_key"].isin(set(keys))].reset_index(drop=True)
    parts = [
        columns(connection, query.where(schema.crash.c.crash_key.in_(some))) for some in _few(keys)
    ]
    cells = [[cell for part in parts for cell in part[place]] for place in range(len(names))]
    return rows.bare(name, names, cells)


def _whole_rows(name: str, dataset_id: int) -> tuple[Select[Any], list[str]]:
    crash, table = schema.crash, schema.FRAMES[name]
    own = [column for column, _ in schema.field_columns(name)]
    digest = [crash.c.digest] if table is crash else []
    query = select(crash.c.crash_key, *digest, *(table.c[column] for column in own))
    if table is not crash:
        query = query.select_from(table.join(crash, crash.c.id == table.c.crash))
    live = (crash.c.dataset_id == dataset_id) & (crash.c.undone == 0)
    ordered = query.where(live).order_by(*table.primary_key.columns)
    return ordered, ["crash_key", *(column.name for column in digest), *own]


def _few(keys: Iterable[str]) -> Iterator[list[str]]:
    ordered = iter(sorted(keys))
    while some := list(islice(ordered, KEYS_AT_ONCE)):
        yield some


# -------------------------------------------------------------- replacing


def supersede(
    connection: Connection, dataset_id: int, import_id: int, keys: Collection[str]
) -> None:
    """Let crashes of earlier imports give way to those of this one. Raises Overtaken."""
    crash = schema.crash
    done = 0
    for some in _few(keys):
        live = (
            (crash.c.dataset_id == dataset_id) & (crash.c.undone == 0) & crash.c.crash_key.in_(some)
        )
        here = crash.c.lat.is_not(None) & crash.c.lon.is_not(None)
        counted = select(
            literal(import_id),
            crash.c.id,
            _members(schema.vehicle),
            _members(schema.person),
            case((here, 1), else_=0),
        ).where(live)
        names = ["import_id", "crash", "vehicles", "people", "located"]
        connection.execute(insert(schema.superseded).from_select(names, counted))
        # The key is free for the new crash; undoing the import gives it back.
        done += connection.execute(update(crash).where(live).values(undone=-import_id)).rowcount
    if done != len(keys):
        raise Overtaken(BUSY)


def _members(table: Table) -> Any:
    query = select(func.count()).select_from(table).where(table.c.crash == schema.crash.c.id)
    return query.scalar_subquery()


def superseded_by(imports: Iterable[int]) -> Select[Any]:
    """Return a query of the crashes that gave way to one of these imports."""
    table = schema.superseded
    return select(table.c.crash).where(table.c.import_id.in_(list(imports)))


def counts(connection: Connection, imports: Sequence[int]) -> dict[str, int]:
    """Count crashes, vehicles, people and located crashes that gave way to these imports."""
    table = schema.superseded
    query = select(
        func.count(),
        func.sum(table.c.vehicles),
        func.sum(table.c.people),
        func.sum(table.c.located),
    ).where(table.c.import_id.in_(list(imports)))
    found = connection.execute(query).one()
    names = ("crashes", "vehicles", "people", "located")
    return {name: int(value or 0) for name, value in zip(names, found, strict=True)}


def refuse_replaced(connection: Connection, import_id: int, first: int, last: int) -> None:
    """Refuse to take back an import of which crashes were replaced. Raises Refused."""
    table, later = schema.superseded, schema.import_
    query = (
        select(table.c.import_id)
        .join(later, later.c.id == table.c.import_id)
        .where(table.c.crash.between(first, last), later.c.undone.is_(None))
        .order_by(table.c.import_id.desc())
        .limit(1)
    )
    other = connection.execute(query).scalar()
    if other is not None:
        raise Refused(
            "Import {other} replaced crashes of import {number}. Take import {other} back first.",
            other=str(other),
            number=str(import_id),
        )


def give_back(connection: Connection, import_id: int) -> None:
    """Let the crashes that an undone import replaced stand again, and open its conflicts."""
    crash, conflict = schema.crash, schema.conflict
    connection.execute(
        update(crash)
        .where(crash.c.id.in_(superseded_by([import_id])), crash.c.undone == -import_id)
        .values(undone=0)
    )
    connection.execute(
        update(conflict)
        .where(conflict.c.taken_by == import_id)
        .values(state=OPEN, taken_by=None, at=None, who="", reason="")
    )


# -------------------------------------------------------------- conflicts


def keep_conflicts(
    connection: Connection, dataset_id: int, import_id: int, found: Records | None
) -> None:
    """Keep crashes that contradict earlier ones, until somebody decides.

    What stands in the list already, or was decided before, is not asked again.
    """
    if found is None:
        return
    before = {
        (one.crash_key, one.crash["digest"])
        for one in conflicts(connection, dataset_id)
        if one.state != TAKEN
    }
    n = 0
    keys = found.crashes["crash_key"].unique()
    for start in range(0, len(keys), MANY_KEYS):
        lines = []
        for key, whole in _tellings(found, set(keys[start : start + MANY_KEYS])):
            n += 1
            if (key, whole["crash"]["digest"]) not in before:
                lines.append(
                    {
                        "import_id": import_id,
                        "n": n,
                        "crash_key": key,
                        "state": OPEN,
                        "who": "",
                        "reason": "",
                        "facts": json.dumps(whole, ensure_ascii=False),
                    }
                )
        if lines:
            connection.execute(insert(schema.conflict), lines)


def _tellings(found: Records, keys: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is told of these crashes, the tellings of one crash behind each other."""
    crashes, vehicles, people = (
        by_crash(frame[frame["crash_key"].isin(keys)])
        for frame in (found.crashes, found.vehicles, found.people)
    )
    for key, told in crashes.items():
        members = {"vehicles": vehicles.get(key, []), "people": people.get(key, [])}
        for facts in told:
            place = facts.pop("told_at", "")
            yield key, {"crash": facts, **members, "told_at": place}


def conflicts(connection: Connection, dataset_id: int) -> list[Conflict]:
    """List the conflicts of a data set: the open ones first, then as they came."""
    table, imports = schema.conflict, schema.import_
    query = (
        select(table)
        .join(imports, imports.c.id == table.c.import_id)
        .where(imports.c.dataset_id == dataset_id, imports.c.undone.is_(None))
        .order_by(case((table.c.state == OPEN, 0), else_=1), table.c.import_id, table.c.n)
    )
    return [_conflict(row) for row in connection.execute(query)]


def open_conflicts(connection: Connection, dataset_id: int, import_id: int | None) -> int:
    """Count the crashes of which conflicts are open, of all imports or of one."""
    table = schema.conflict
    crashes = _open(dataset_id, import_id, table.c.import_id, table.c.crash_key).distinct()
    query = select(func.count()).select_from(crashes.subquery())
    return int(connection.execute(query).scalar_one())


def overtaken(connection: Connection, dataset_id: int, import_id: int | None) -> list[Conflict]:
    """List the open conflicts of crashes that may not be as they were when the conflict was found.

    Such are told by a later import, or again by an earlier one, or were changed by hand.
    """
    table, crash, edit, gone = schema.conflict, schema.crash, schema.edit, schema.superseded
    mine = (crash.c.dataset_id == dataset_id) & (crash.c.undone == 0)
    edited = select(edit.c.crash_key).where(
        edit.c.dataset_id == dataset_id, edit.c.undone.is_(None)
    )
    query = (
        _open(dataset_id, import_id, table)
        .join(crash, (crash.c.crash_key == table.c.crash_key) & mine)
        .where(
            or_(
                crash.c.import_id >= table.c.import_id,
                crash.c.id.in_(select(gone.c.crash)),
                crash.c.crash_key.in_(edited),
            )
        )
    )
    return [_conflict(row) for row in connection.execute(query)]


def _open(dataset_id: int, import_id: int | None, *wanted: Any) -> Select[Any]:
    table, imports = schema.conflict, schema.import_
    query = (
        select(*wanted)
        .join(imports, imports.c.id == table.c.import_id)
        .where(imports.c.dataset_id == dataset_id, imports.c.undone.is_(None))
        .where(table.c.state == OPEN)
    )
    return query if import_id is None else query.where(table.c.import_id == import_id)


def _conflict(row: Row[Any]) -> Conflict:
    facts = json.loads(row.facts)
    return Conflict(
        import_id=row.import_id,
        n=row.n,
        crash_key=row.crash_key,
        state=row.state,
        at=row.at,
        who=row.who,
        reason=row.reason,
        crash=facts["crash"],
        vehicles=tuple(facts["vehicles"]),
        people=tuple(facts["people"]),
        told_at=facts.get("told_at", ""),
    )


def settle(
    connection: Connection,
    chosen: Sequence[Conflict],
    *,
    at: str,
    who: str,
    reason: str,
    taken_by: int | None,
) -> None:
    """Write down what was decided of open conflicts. Raises NotFound when one is not open.

    With one telling of a crash that was taken, the others of the same import are decided too.
    """
    table = schema.conflict
    told = {"at": at, "who": who, "reason": reason, "taken_by": taken_by}
    for one in chosen:
        done = connection.execute(
            update(table)
            .where(table.c.import_id == one.import_id, table.c.n == one.n, table.c.state == OPEN)
            .values(state=KEPT if taken_by is None else TAKEN, **told)
        )
        if done.rowcount != 1:
            raise NotFound(
                "Conflict {number} of import {import_id} is not open any more.",
                number=str(one.n),
                import_id=str(one.import_id),
            )
    for one in chosen if taken_by is not None else ():
        connection.execute(
            update(table)
            .where(table.c.import_id == one.import_id, table.c.crash_key == one.crash_key)
            .where(table.c.state == OPEN)
            .values(state=KEPT, **told)
        )
