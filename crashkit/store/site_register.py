"""The register of sites: kept, changed with a reason, found again by each screening, never lost."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, insert, select, update

from crashkit import register
from crashkit.errors import NotFound, Refused
from crashkit.model import Finding, ScreeningResult
from crashkit.register import Sighting, SiteChange, SiteEvent, SiteFile, SiteRecord, Spot
from crashkit.store import answers, imports, schema

WHERE = ("lon", "lat", "road", "from_m", "to_m", "radius_m")
DIGITS = 6
"""Decimals of degrees that are kept: a tenth of a metre."""


# ------------------------------------------------------------------- looking


def sites(connection: Connection, dataset: str | None = None) -> list[SiteRecord]:
    """List the sites of a data set, or of all, by number, each with its newest sighting only."""
    wanted = _of(dataset)
    rows = connection.execute(wanted.order_by(schema.site.c.id)).fetchall()
    return _records(connection, rows, wanted.with_only_columns(schema.site.c.id), whole=False)


def _of(dataset: str | None) -> Select[Any]:
    query = select(schema.site)
    return query if dataset is None else query.where(schema.site.c.dataset == dataset)


def site(connection: Connection, number: int) -> SiteRecord:
    """Return one site with all that is known of it. Raises NotFound."""
    return _whole(connection, _row(connection, number))


def _row(connection: Connection, number: int, *, lock: bool = False) -> Row[Any]:
    query = select(schema.site).where(schema.site.c.id == (number if number < 2**31 else 0))
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("There is no site number {number} in the register.", number=str(number))
    return found


def _whole(connection: Connection, row: Row[Any]) -> SiteRecord:
    this = select(schema.site.c.id).where(schema.site.c.id == row.id)
    return _records(connection, [row], this, whole=True)[0]


def _records(
    connection: Connection, rows: Sequence[Row[Any]], wanted: Select[Any], *, whole: bool
) -> list[SiteRecord]:
    """Return sites with what is known of them; `wanted` selects their numbers."""
    if not rows:
        return []
    sighting = schema.site_sighting
    seen = select(sighting).where(sighting.c.site_id.in_(wanted))
    if not whole:
        last = sighting.alias()
        newest_of = select(func.max(last.c.result_id)).where(last.c.site_id == sighting.c.site_id)
        seen = seen.where(sighting.c.result_id == newest_of.scalar_subquery())
    sightings = _by_site(connection, seen.order_by(sighting.c.site_id, sighting.c.result_id))
    events, changes, files = (
        _by_site(connection, _all(table, wanted))
        for table in (schema.site_event, schema.site_change, schema.site_file)
    )
    return [
        SiteRecord(
            number=row.id,
            dataset=row.dataset,
            origin=row.origin,
            name=row.name,
            settlement=row.settlement,
            spot=_spot(row),
            status=row.status,
            why=row.why,
            at=datetime.fromisoformat(row.at),
            who=row.who,
            version=row.version,
            events=tuple(map(_event, events.get(row.id, ()))),
            sightings=tuple(map(_sighting, sightings.get(row.id, ()))),
            changes=tuple(map(_change, changes.get(row.id, ()))),
            files=tuple(map(_file, files.get(row.id, ()))),
        )
        for row in rows
    ]


def _all(table: Table, wanted: Select[Any]) -> Select[Any]:
    """Select the rows of some sites in their order, without the bytes of files."""
    columns = [column for column in table.columns if column.name != "content"]
    query = select(*columns).where(table.c.site_id.in_(wanted))
    return query.order_by(table.c.site_id, table.c.n)


def _by_site(connection: Connection, query: Select[Any]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.site_id, []).append(row)
    return found


def _spot(row: Row[Any]) -> Spot:
    return Spot(**{name: row._mapping[name] for name in WHERE})


def _event(row: Row[Any]) -> SiteEvent:
    return SiteEvent(
        n=row.n,
        kind=row.kind,
        day=date.fromisoformat(row.day),
        until=None if row.until is None else date.fromisoformat(row.until),
        text=row.text,
        at=datetime.fromisoformat(row.at),
        who=row.who,
        withdrawn=row.withdrawn,
    )


def _file(row: Row[Any]) -> SiteFile:
    return SiteFile(
        n=row.n,
        name=row.name,
        title=row.title,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        at=datetime.fromisoformat(row.at),
        who=row.who,
        removed=row.removed,
    )


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(
        result_id=row.result_id,
        at=datetime.fromisoformat(row.at),
        data_version=row.data_version,
        preset=row.preset,
        title=row.title,
        rank=row.rank,
        listed=row.listed,
        score=row.score,
        counts=json.loads(row.counts),
        spot=_spot(row),
        crash_ids=tuple(json.loads(row.crash_ids)),
        by=row.by,
    )


def _change(row: Row[Any]) -> SiteChange:
    return SiteChange(
        change=row.change,
        at=datetime.fromisoformat(row.at),
        who=row.who,
        reason=row.reason,
        field=row.field,
        before=json.loads(row.before),
        after=json.loads(row.after),
    )


# ------------------------------------------------------------------- keeping


def nominate(
    connection: Connection,
    dataset: str,
    spot: Spot,
    *,
    name: str,
    settlement: str,
    why: str,
    who: str,
) -> int:
    """Keep a site that people propose; return its number. Raises NotFound, Refused.

    The very same place is not proposed twice: whoever sent a form twice gets told.
    """
    imports.dataset_row(connection, dataset, lock=True)
    register.check_spot(spot)
    if not why.strip():
        raise Refused("Say why this place is proposed: the reason stays in the register.")
    for one in sites(connection, dataset):
        if one.spot == spot:
            raise Refused(
                "Site {number} of the register is at this very place.", number=str(one.number)
            )
    about = {"name": name, "settlement": settlement, "why": why, "who": who}
    return _insert(connection, dataset, register.NOMINATED, spot, about)


def save_found(
    connection: Connection, dataset: str, result_id: int, position: int, *, why: str, who: str
) -> int:
    """Keep the site at a position (1 is the first) of a screening; return its number.

    Raises NotFound, or Refused where it is a site of the register already.
    """
    imports.dataset_row(connection, dataset, lock=True)
    found = answers.result(connection, result_id)
    if not 1 <= position <= len(found.findings):
        raise NotFound("This list has no site number {rank}.", rank=str(position))
    seen = _recognised(connection, found, dataset).get(position - 1)
    if seen is not None:
        raise Refused("It is in the register already, as site {number}.", number=str(seen.number))
    finding = found.findings[position - 1]
    about = {"name": "", "settlement": finding.site.place, "why": why, "who": who}
    number = _insert(connection, dataset, register.FOUND, _spot_of(finding), about)
    _sight(connection, number, found, position - 1, "saved")
    return number


def _insert(
    connection: Connection, dataset: str, origin: str, spot: Spot, about: Mapping[str, str]
) -> int:
    values = {
        **{"dataset": dataset, "origin": origin, "status": "candidate", "version": 0},
        **{name: getattr(spot, name) for name in WHERE},
        **about,
        "at": imports.now(),
    }
    done = connection.execute(insert(schema.site).values(values).returning(schema.site.c.id))
    return int(done.scalar_one())


def _spot_of(finding: Finding) -> Spot:
    site = finding.site
    known = math.isfinite(site.lon) and math.isfinite(site.lat)
    return Spot(
        lon=round(site.lon, DIGITS) if known else None,
        lat=round(site.lat, DIGITS) if known else None,
        road=site.road,
        from_m=site.from_m,
        to_m=site.to_m,
        radius_m=site.radius_m,
    )


# --------------------------------------------------------------- recognising


def sight(connection: Connection, result: ScreeningResult, dataset: str) -> None:
    """Write down which sites of the register a kept screening found, and at which rank."""
    for at, seen in _recognised(connection, result, dataset).items():
        _sight(connection, seen.number, result, at, seen.by)


def _recognised(
    connection: Connection, result: ScreeningResult, dataset: str
) -> dict[int, register.Seen]:
    return register.recognise_listed(result, sites(connection, dataset))


def _sight(connection: Connection, number: int, result: ScreeningResult, at: int, by: str) -> None:
    finding, spot = result.findings[at], _spot_of(result.findings[at])
    values = {
        "site_id": number,
        "result_id": result.id,
        "at": imports.now(),
        "data_version": result.data_version,
        "preset": result.asked.preset,
        "title": result.asked.title,
        "rank": finding.rank,
        "listed": len(result.findings),
        "score": finding.score.value if math.isfinite(finding.score.value) else None,
        "counts": json.dumps(dict(finding.counts)),
        "crash_ids": json.dumps([int(one) for one in finding.site.crash_ids]),
        "by": by,
        **{name: getattr(spot, name) for name in WHERE},
    }
    connection.execute(insert(schema.site_sighting).values(values))


# ------------------------------------------------------------------ changing


def change(
    connection: Connection,
    number: int,
    said: Mapping[str, str],
    *,
    reason: str,
    who: str,
    seen: int | None,
) -> SiteRecord:
    """Change fields of a site by words. Raises NotFound, Refused; see `_refuse_overtaken`."""
    found = _locked(connection, number, seen)
    if not reason.strip():
        raise Refused("Say why the site is changed: the reason stays in the register.")
    pairs = register.fields_of(found, said)
    if not pairs:
        raise Refused("Nothing was changed, so nothing was kept.")
    return _keep(connection, found, pairs, reason=reason, who=who)


def set_status(
    connection: Connection, number: int, status: str, *, reason: str, who: str, seen: int | None
) -> SiteRecord:
    """Give a site another status. Raises NotFound, or Refused for one that makes no sense."""
    found = _locked(connection, number, seen)
    register.check_status(found, status, reason, date.today())
    pairs = {"status": (found.status, status)}
    return _keep(connection, found, pairs, reason=reason, who=who)


def move(connection: Connection, dataset: str, to: str, *, reason: str, who: str) -> int:
    """Let the sites of a data set belong to another one; return how many there are.

    Raises NotFound for a data set to move to that is not there, Refused.
    """
    imports.dataset_row(connection, to, lock=True)
    if not reason.strip():
        raise Refused("Say why the sites are moved: the reason stays in the register.")
    if to == dataset:
        raise Refused("The sites are in the data set {name} already.", name=to)
    numbers = select(schema.site.c.id).where(schema.site.c.dataset == dataset)
    moved = [_locked(connection, n, None) for n in connection.execute(numbers).scalars().all()]
    for one in moved:
        _keep(connection, one, {"dataset": (dataset, to)}, reason=reason, who=who)
    return len(moved)


def add_event(
    connection: Connection,
    number: int,
    *,
    kind: str,
    day: date,
    until: date | None,
    text: str,
    who: str,
) -> SiteRecord:
    """Write down what happened at a site. Raises NotFound, Refused."""
    register.check_event(kind, day, until)
    found = _locked(connection, number, None)
    values = {
        "site_id": number,
        "n": 1 + max((one.n for one in found.events), default=0),
        "kind": kind,
        "day": day.isoformat(),
        "until": None if until is None else until.isoformat(),
        "text": text,
        "at": imports.now(),
        "who": who,
        "withdrawn": "",
    }
    connection.execute(insert(schema.site_event).values(values))
    connection.execute(_raised(number))
    return site(connection, number)


def withdraw_event(
    connection: Connection, number: int, n: int, *, reason: str, who: str
) -> SiteRecord:
    """Take an event out that was told by mistake; it stays, struck through, with the reason.

    Raises NotFound, Refused.
    """
    found = _locked(connection, number, None)
    if not reason.strip():
        raise Refused("Say why the event is taken out: the reason stays in the register.")
    told = next((one for one in found.events if one.n == n and not one.withdrawn), None)
    if told is None:
        raise NotFound("Site {number} has no event {n}.", number=str(number), n=str(n))
    table = schema.site_event
    this = update(table).where(table.c.site_id == number, table.c.n == n)
    connection.execute(this.values(withdrawn=reason))
    pairs = {"event": (f"{told.kind} {told.day.isoformat()}", None)}
    return _keep(connection, found, pairs, reason=reason, who=who)


def add_file(
    connection: Connection, number: int, name: str, content: bytes, *, title: str, who: str
) -> SiteRecord:
    """Keep a photo or a document with a site. Raises NotFound, or Refused for a bad file."""
    checked = register.check_file(name, content)
    found = _locked(connection, number, None)
    standing = [one for one in found.files if not one.removed]
    if len(standing) >= register.MOST_FILES:
        raise Refused(
            "This site has {n} photos and documents already. Delete one before you add another.",
            n=register.MOST_FILES,
        )
    digest = hashlib.sha256(checked.content).hexdigest()
    if digest in {one.sha256 for one in standing}:
        raise Refused("{file} is with this site already.", file=name)
    values = {
        "site_id": number,
        "n": 1 + max((one.n for one in found.files), default=0),
        "name": name,
        "title": title,
        "media_type": checked.media_type,
        "size": len(checked.content),
        "sha256": digest,
        "at": imports.now(),
        "who": who,
        "removed": "",
        "content": checked.content,
    }
    connection.execute(insert(schema.site_file).values(values))
    connection.execute(_raised(number))
    return site(connection, number)


def file(connection: Connection, number: int, n: int) -> tuple[SiteFile, bytes]:
    """Return a photo or a document with its bytes. Raises NotFound, also for a deleted one."""
    table = schema.site_file
    small = max(number, n) < 2**31
    query = select(table).where(table.c.site_id == number, table.c.n == n, table.c.removed == "")
    found = connection.execute(query).one_or_none() if small else None
    if found is None:
        raise NotFound("Site {number} has no file {n}.", number=str(number), n=str(n))
    return _file(found), bytes(found.content)


def remove_file(
    connection: Connection, number: int, n: int, *, reason: str, who: str
) -> SiteRecord:
    """Delete the content of a file; that it was there stays, with the reason.

    Raises NotFound, Refused.
    """
    found = _locked(connection, number, None)
    if not reason.strip():
        raise Refused("Say why the file is deleted: the reason stays in the register.")
    told, _ = file(connection, number, n)
    table = schema.site_file
    this = update(table).where(table.c.site_id == number, table.c.n == n)
    connection.execute(this.values(removed=reason, content=b""))
    pairs = {"file": (told.title or told.name, None)}
    return _keep(connection, found, pairs, reason=reason, who=who)


def _locked(connection: Connection, number: int, seen: int | None) -> SiteRecord:
    """Return a site that nobody else changes meanwhile.

    Raises Refused where it is no longer the version that was `seen`.
    """
    found = _whole(connection, _row(connection, number, lock=True))
    if seen is not None and seen != found.version:
        raise Refused(
            "Somebody changed this site a moment ago, so nothing was kept. Look at it again."
        )
    return found


def _keep(
    connection: Connection,
    found: SiteRecord,
    pairs: Mapping[str, tuple[Any, Any]],
    *,
    reason: str,
    who: str,
) -> SiteRecord:
    """Keep new values of fields with what stood there before, as one change."""
    table, last = schema.site_change, len(found.changes)
    number = 1 + max((one.change for one in found.changes), default=0)
    at = imports.now()
    rows = [
        {
            "site_id": found.number,
            "n": last + n,
            "change": number,
            "at": at,
            "who": who,
            "reason": reason,
            "field": field,
            "before": json.dumps(before, ensure_ascii=False),
            "after": json.dumps(after, ensure_ascii=False),
        }
        for n, (field, (before, after)) in enumerate(pairs.items(), 1)
    ]
    connection.execute(insert(table), rows)
    columns = {field: after for field, (_, after) in pairs.items() if field in schema.site.c}
    connection.execute(_raised(found.number).values(columns))
    return site(connection, found.number)


def _raised(number: int) -> Any:
    table = schema.site
    return update(table).where(table.c.id == number).values(version=table.c.version + 1)


def layer(connection: Connection, dataset: str) -> dict[str, Any]:
    """Return where the open sites of a data set are, for rules that look at them, as GeoJSON."""
    table = schema.site
    query = _of(dataset).where(table.c.status.in_(register.OPEN)).order_by(table.c.id)
    features = [
        {"type": "Feature", "geometry": None, "properties": _properties(row)}
        for row in connection.execute(query)
    ]
    return {"type": "FeatureCollection", "features": features}


def _properties(row: Row[Any]) -> dict[str, Any]:
    where = {name: row._mapping[name] for name in WHERE}
    return {"number": row.id, "origin": row.origin, **where}
