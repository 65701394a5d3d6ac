"""Scheduled reports: what, how often, when next, and how it went last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from crashkit.errors import Message, NotFound, Refused
from crashkit.schedule import Rhythm
from crashkit.store import imports, schema, wire

MOST = 50
"""So many a data set may have; more would only be somebody's mistake."""


@dataclass(frozen=True)
class Scheduled:
    """A report that is written again: `args` are what is asked of it, `to` who gets it by e-mail.

    `due` is the next time and `last` the last one (UTC); `said` how that went, where there was
    trouble, and `document` the number of what was written.
    """

    id: int
    dataset: str
    args: Mapping[str, Any]
    rhythm: Rhythm
    to: tuple[str, ...]
    due: datetime
    last: datetime | None = None
    said: Message | None = None
    document: int | None = None


def listed(connection: Connection, dataset: str) -> list[Scheduled]:
    """List those of a data set, the one that is due next first. Raises NotFound."""
    table = schema.report_schedule
    row = imports.dataset_row(connection, dataset)
    asked = select(table).where(table.c.dataset_id == row.id).order_by(table.c.due, table.c.id)
    return [_scheduled(one, dataset) for one in connection.execute(asked)]


def add(
    connection: Connection,
    dataset: str,
    args: Mapping[str, Any],
    rhythm: Rhythm,
    *,
    to: tuple[str, ...],
    due: datetime,
) -> int:
    """Keep one. Raises NotFound, Refused where there are many already."""
    if len(listed(connection, dataset)) >= MOST:
        raise Refused(
            "This data set has {n} scheduled reports. Take one away before you add another.",
            n=MOST,
        )
    made = (
        insert(schema.report_schedule)
        .values(
            dataset_id=imports.dataset_row(connection, dataset).id,
            args=wire.pack(dict(args)),
            rhythm=wire.pack(rhythm.document),
            recipients=wire.pack(list(to)),
            due=_moment(due),
        )
        .returning(schema.report_schedule.c.id)
    )
    return int(connection.execute(made).scalar_one())


def remove(connection: Connection, dataset: str, number: int) -> None:
    """Forget one; what it wrote stays. Raises NotFound."""
    table = schema.report_schedule
    row = imports.dataset_row(connection, dataset)
    gone = delete(table).where(table.c.id == number, table.c.dataset_id == row.id)
    if not connection.execute(gone).rowcount:
        raise NotFound("There is no such scheduled report.")


def due(connection: Connection, now: datetime) -> list[Scheduled]:
    """List what is due, of all data sets."""
    table, of = schema.report_schedule, schema.dataset
    asked = (
        select(table, of.c.name.label("of"))
        .join(of, of.c.id == table.c.dataset_id)
        .where(table.c.due <= _moment(now))
        .order_by(table.c.due, table.c.id)
    )
    return [_scheduled(one, one.of) for one in connection.execute(asked)]


def claim(connection: Connection, one: Scheduled, following: datetime) -> bool:
    """Put the next time down; say whether nobody else has done so meanwhile."""
    table = schema.report_schedule
    mine = update(table).where(table.c.id == one.id, table.c.due == _moment(one.due))
    return connection.execute(mine.values(due=_moment(following))).rowcount == 1


def note(
    connection: Connection, number: int, *, said: Message | None, document: int | None
) -> None:
    """Write down how it went; one that was taken away meanwhile is no fault."""
    table = schema.report_schedule
    values = {"last": imports.now(), "said": said and wire.pack(said), "document": document}
    connection.execute(update(table).where(table.c.id == number).values(**values))


def _moment(when: datetime) -> str:
    # All alike, so that earlier moments are earlier texts.
    return when.astimezone(UTC).isoformat(timespec="seconds")


def _scheduled(row: Row[Any], dataset: str) -> Scheduled:
    return Scheduled(
        id=row.id,
        dataset=dataset,
        args=wire.unpack(row.args),
        rhythm=Rhythm(**wire.unpack(row.rhythm)),
        to=tuple(wire.unpack(row.recipients)),
        due=datetime.fromisoformat(row.due),
        last=row.last and datetime.fromisoformat(row.last),
        said=row.said and wire.unpack(row.said),
        document=row.document,
    )
