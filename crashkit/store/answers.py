"""What was made from the data: answers, finished reports, map layers; and settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select

from crashkit.errors import NotFound
from crashkit.model import Comparison, Screening, ScreeningResult
from crashkit.store import imports, schema, wire


class KeptResult(NamedTuple):
    """One line of the list of screenings."""

    id: int
    asked: Screening
    at: datetime
    data_version: str


@dataclass(frozen=True)
class Document:
    """A finished report. In lists `content` is empty and `size` says how much there is."""

    id: int
    name: str
    content: bytes = field(repr=False)
    media_type: str
    at: datetime
    about: Mapping[str, Any]
    size: int


def keep_result(connection: Connection, result: ScreeningResult, dataset: str) -> int:
    """Keep a question with its answer; return its number. Raises NotFound."""
    done = connection.execute(
        insert(schema.screening_result)
        .values(
            dataset_id=imports.dataset_row(connection, dataset).id,
            at=imports.now(),
            data_version=result.data_version,
            asked=wire.pack(result.asked),
            answer=wire.pack(replace(result, id=None)),
        )
        .returning(schema.screening_result.c.id)
    )
    return int(done.scalar_one())


def result(connection: Connection, result_id: int) -> ScreeningResult:
    """Return a question with its answer. Raises NotFound."""
    table = schema.screening_result
    found = connection.execute(select(table.c.answer).where(table.c.id == result_id)).scalar()
    if found is None:
        raise NotFound("There is no screening {number}.", number=str(result_id))
    answer: ScreeningResult = wire.unpack(found)
    return replace(answer, id=result_id)


def results(connection: Connection, dataset: str) -> list[KeptResult]:
    """List the screenings of a data set, the newest first. Raises NotFound."""
    table = schema.screening_result
    row = imports.dataset_row(connection, dataset)
    query = select(table.c.id, table.c.asked, table.c.at, table.c.data_version)
    query = query.where(table.c.dataset_id == row.id).order_by(table.c.id.desc())
    return [
        KeptResult(one.id, wire.unpack(one.asked), datetime.fromisoformat(one.at), one.data_version)
        for one in connection.execute(query)
    ]


class KeptComparison(NamedTuple):
    """One line of the list of comparisons: the questions whose answers stand side by side."""

    id: int
    kind: str
    asked: tuple[Screening, ...]
    at: datetime
    data_version: str


def keep_comparison(connection: Connection, found: Comparison, dataset: str) -> int:
    """Keep lists side by side; return their number. Raises NotFound."""
    done = connection.execute(
        insert(schema.comparison)
        .values(
            dataset_id=imports.dataset_row(connection, dataset).id,
            at=imports.now(),
            data_version=found.data_version,
            kind=found.kind,
            asked=wire.pack(tuple(one.asked for one in found.lists)),
            answer=wire.pack(replace(found, id=None)),
        )
        .returning(schema.comparison.c.id)
    )
    return int(done.scalar_one())


def comparison(connection: Connection, number: int) -> Comparison:
    """Return lists side by side. Raises NotFound."""
    table = schema.comparison
    found = connection.execute(select(table.c.answer).where(table.c.id == number)).scalar()
    if found is None:
        raise NotFound("There is no comparison {number}.", number=str(number))
    answer: Comparison = wire.unpack(found)
    return replace(answer, id=number)


def comparisons(connection: Connection, dataset: str) -> list[KeptComparison]:
    """List the comparisons of a data set, the newest first. Raises NotFound."""
    table = schema.comparison
    row = imports.dataset_row(connection, dataset)
    query = select(table.c.id, table.c.kind, table.c.asked, table.c.at, table.c.data_version)
    query = query.where(table.c.dataset_id == row.id).order_by(table.c.id.desc())
    return [
        KeptComparison(
            one.id,
            one.kind,
            wire.unpack(one.asked),
            datetime.fromisoformat(one.at),
            one.data_version,
        )
        for one in connection.execute(query)
    ]


def keep_document(
    connection: Connection, name: str, content: bytes, media_type: str, about: Mapping[str, Any]
) -> int:
    """Keep a finished report; `about["dataset"]` names its data set. Raises NotFound."""
    of = about.get("dataset")
    done = connection.execute(
        insert(schema.document)
        .values(
            dataset_id=imports.dataset_row(connection, of).id if of else None,
            at=imports.now(),
            name=name,
            media_type=media_type,
            about=wire.pack(dict(about)),
            size=len(content),
            content=content,
        )
        .returning(schema.document.c.id)
    )
    return int(done.scalar_one())


def document(connection: Connection, document_id: int) -> Document:
    """Return a finished report with its bytes. Raises NotFound."""
    query = select(schema.document).where(schema.document.c.id == document_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound("There is no document {number}.", number=str(document_id))
    return _document(found, bytes(found.content))


def documents(connection: Connection, dataset: str | None) -> list[Document]:
    """List the finished reports, the newest first, without their bytes. Raises NotFound."""
    table = schema.document
    query = select(*(column for column in table.columns if column.name != "content"))
    if dataset is not None:
        query = query.where(table.c.dataset_id == imports.dataset_row(connection, dataset).id)
    return [_document(row, b"") for row in connection.execute(query.order_by(table.c.id.desc()))]


def remove_document(connection: Connection, dataset: str, document_id: int) -> None:
    """Take a finished report of a data set away. Raises NotFound."""
    table = schema.document
    row = imports.dataset_row(connection, dataset)
    gone = delete(table).where(table.c.id == document_id, table.c.dataset_id == row.id)
    if not connection.execute(gone).rowcount:
        raise NotFound("There is no report {number}.", number=str(document_id))


def _document(row: Row[Any], content: bytes) -> Document:
    return Document(
        id=row.id,
        name=row.name,
        content=content,
        media_type=row.media_type,
        at=datetime.fromisoformat(row.at),
        about=wire.unpack(row.about),
        size=row.size,
    )


def layers(connection: Connection, dataset: str) -> dict[str, Any]:
    """Return the map layers of a data set by kind, as GeoJSON. Raises NotFound."""
    row = imports.dataset_row(connection, dataset)
    query = select(schema.layer).where(schema.layer.c.dataset_id == row.id)
    found = connection.execute(query.order_by(schema.layer.c.kind))
    return {one.kind: json.loads(one.geojson) for one in found}


def keep_layer(connection: Connection, dataset: str, kind: str, geojson: Mapping[str, Any]) -> None:
    """Keep a map layer in the place of the one of its kind. Raises NotFound."""
    table, row = schema.layer, imports.dataset_row(connection, dataset, lock=True)
    old = delete(table).where(table.c.dataset_id == row.id, table.c.kind == kind)
    connection.execute(old)
    text = json.dumps(geojson, allow_nan=False, separators=(",", ":"))
    connection.execute(insert(table).values(dataset_id=row.id, kind=kind, geojson=text))


def setting(connection: Connection, key: str) -> str | None:
    """Return the value of a setting, or None."""
    table = schema.setting
    found = connection.execute(select(table.c.value).where(table.c.key == key)).scalar()
    return None if found is None else str(found)


def keep_setting(connection: Connection, key: str, value: str) -> None:
    """Keep the value of a setting in the place of the old one."""
    connection.execute(delete(schema.setting).where(schema.setting.c.key == key))
    connection.execute(insert(schema.setting).values(key=key, value=value))
