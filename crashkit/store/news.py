"""What happened to a data set since a moment: imports, edits, answers, reports, the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from crashkit.store import imports, schema


@dataclass(frozen=True)
class NewImport:
    """An import: its number, when it came, its crashes and the numbers that they have.

    `undone`: it was taken back. The numbers are those of the column `id` of the crashes.
    """

    id: int
    at: datetime
    crashes: int
    first: int
    last: int
    undone: bool


@dataclass(frozen=True)
class News:
    """How much was done since a moment; `edits` are changes made by hand and not taken back."""

    imports: tuple[NewImport, ...]
    edits: int
    screenings: int
    comparisons: int
    reports: int
    sites: int
    site_changes: int

    @property
    def is_empty(self) -> bool:
        """Say whether nothing happened."""
        return not self.imports and not any(
            (self.edits, self.screenings, self.comparisons, self.reports)
            + (self.sites, self.site_changes)
        )


@dataclass(frozen=True)
class Seen:
    """A screening that listed a site of the register: which, at which rank, of how many."""

    site: int
    result: int
    rank: int
    listed: int


def news(connection: Connection, name: str, since: datetime) -> News:
    """Return what happened since a moment (with its time zone). Raises NotFound."""
    row, moment = imports.dataset_row(connection, name), written(since)

    def counted(query: Select[Any]) -> int:
        return int(connection.execute(query).scalar() or 0)

    def made(table: Table) -> int:
        query = select(func.count()).where(table.c.dataset_id == row.id, table.c.at >= moment)
        return counted(query)

    edit, site, change, event = (
        schema.edit.c,
        schema.site.c,
        schema.site_change.c,
        schema.site_event.c,
    )
    of_sites = select(site.id).where(site.dataset == name)
    return News(
        imports=tuple(_imports(connection, row.id, moment)),
        edits=counted(
            select(func.count(edit.change.distinct())).where(
                edit.dataset_id == row.id, edit.at >= moment, edit.undone.is_(None)
            )
        ),
        screenings=made(schema.screening_result),
        comparisons=made(schema.comparison),
        reports=made(schema.document),
        sites=counted(select(func.count()).where(site.dataset == name, site.at >= moment)),
        site_changes=counted(
            select(func.count(change.change.distinct())).where(
                change.site_id.in_(of_sites), change.at >= moment
            )
        )
        + counted(select(func.count()).where(event.site_id.in_(of_sites), event.at >= moment)),
    )


def written(moment: datetime) -> str:
    """Write a moment as the store keeps it, so that the order of letters is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _imports(connection: Connection, dataset_id: int, moment: str) -> list[NewImport]:
    table = schema.import_.c
    query = select(table.id, table.at, table.crashes, table.first_crash, table.undone)
    query = query.where(table.dataset_id == dataset_id, table.at >= moment).order_by(table.id)
    start = dataset_id * schema.SPAN
    return [
        NewImport(
            one.id,
            datetime.fromisoformat(one.at),
            one.crashes,
            one.first_crash - start,
            one.first_crash - start + one.crashes - 1,
            one.undone is not None,
        )
        for one in connection.execute(query)
    ]


def sightings(connection: Connection, name: str) -> list[Seen]:
    """List which screenings listed which sites of the register of a data set."""
    table, site = schema.site_sighting.c, schema.site.c
    query = select(table.site_id, table.result_id, table.rank, table.listed)
    query = query.where(table.site_id.in_(select(site.id).where(site.dataset == name)))
    return [Seen(*one) for one in connection.execute(query.order_by(table.site_id))]
