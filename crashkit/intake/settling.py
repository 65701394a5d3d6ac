"""Conflicts between imports: what differs, and the import that lets the new facts stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from crashkit import fields
from crashkit.errors import Message
from crashkit.intake import completing, ledger
from crashkit.intake.digests import HOW_EXACT, Digest
from crashkit.intake.earlier import Earlier
from crashkit.intake.linking import NUMBERED, Found, Late, Linked
from crashkit.intake.rows import Rows, Table
from crashkit.model import Conflict, FileRead, ImportBatch, Ledger, Recall, Records
from crashkit.profiles import Profile

NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Difference:
    """What two imports say of one field: of the crash (n is 0), or of its nth vehicle or person."""

    table: str
    n: int
    field: str
    before: Any
    after: Any

    @property
    def label(self) -> Message:
        """The field as people call it."""
        return Message(fields.get(self.table, self.field).label)


# -------------------------------------------------------------- differences


def differences(conflict: Conflict, kept: Records) -> list[Difference]:
    """List the fields of which a conflict says something else than what was kept.

    A kind of rows that the later files do not have says nothing against what was kept.
    """
    digest = Digest.read(str(conflict.crash.get("digest", "")))
    found = _of_facts("crash", 0, _first(kept.crashes, conflict.crash_key), conflict.crash)
    for table, frame, given, has in (
        ("vehicle", kept.vehicles, conflict.vehicles, digest and digest.vehicles is not None),
        ("person", kept.people, conflict.people, digest and digest.people is not None),
    ):
        if has:
            found += _of_members(table, _all(frame, conflict.crash_key), list(given))
    return found


def _first(frame: Any, key: str) -> Mapping[str, Any]:
    return next(iter(_all(frame, key)), {})


def _all(frame: Any, key: str) -> list[dict[str, Any]]:
    rows = frame[frame["crash_key"] == key]
    plain = rows.astype(object).where(rows.notna(), None)
    found: list[dict[str, Any]] = plain.to_dict("records")
    return found


def _of_members(
    table: str, before: list[dict[str, Any]], after: list[Mapping[str, Any]]
) -> list[Difference]:
    """Compare members number by number, or place by place where they have none."""
    kept, given = _named(table, before), _named(table, after)
    found: list[Difference] = []
    for n, name in enumerate(dict.fromkeys((*kept, *given)), start=1):
        found += _of_facts(table, n, kept.get(name, {}), given.get(name, {}))
    return found


def _named(table: str, rows: Sequence[Mapping[str, Any]]) -> dict[Any, Mapping[str, Any]]:
    return {(row.get(NUMBERED[table]) or place): row for place, row in enumerate(rows)}


def _of_facts(
    table: str, n: int, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    pairs = [(each, before.get(each.name), after.get(each.name)) for each in fields.table(table)]
    found = [Difference(table, n, each.name, old, new) for each, old, new in pairs if old != new]
    dated = any(one.field == "crash_date" for one in found)
    return [one for one in found if _is_told(one, dated)]


def _is_told(one: Difference, dated: bool) -> bool:
    """Say whether a source says this itself: an hour that follows from the time decides nothing.

    A weekday follows from the day of the crash, and is told where there is none.
    """
    field = fields.get(one.table, one.field)
    if one.field == "weekday":
        return not dated
    return one.field not in HOW_EXACT and (field.use != "derived" or field.type == "yes_no")


# ----------------------------------------------------------------- settling


def batch(
    conflicts: Sequence[Conflict],
    profile: Profile,
    *,
    known: Mapping[str, str],
    recall: Recall,
    today: date,
) -> ImportBatch:
    """Return the import that lets the new facts of these conflicts stand.

    Vehicles and people that the later files did not have stay as they were kept. A crash that was
    taken back with its import meanwhile comes as a new one.
    """
    again = _linked([one for one in conflicts if one.crash_key in known])
    new = _linked([one for one in conflicts if one.crash_key not in known])
    digests = [Digest.read(digest) for digest in again.digests]
    nobody = Late(Rows((), {}, NONE, NONE, NONE), NONE, NONE)
    none = Linked([], [], {}, {}, NONE, {}, NONE)
    found = Found(
        parts=[],
        new=none,
        again=again,
        taken=frozenset(again.crash_keys),
        late=none,
        late_vehicles=nobody,
        late_people=nobody,
        same={},
        contrary=none,
        vehicles_given=any(one and one.vehicles is not None for one in digests),
        people_given=any(one and one.people is not None for one in digests),
    )
    whole = completing.complete(found, Earlier(known, recall, take=True), profile)
    return ledger.batch_of(new, whole, _account(conflicts), profile, today)


def _linked(conflicts: Sequence[Conflict]) -> Linked:
    vehicles, vehicle_of = _members("vehicle", [one.vehicles for one in conflicts])
    people, person_of = _members("person", [one.people for one in conflicts])
    return Linked(
        crash_keys=[one.crash_key for one in conflicts],
        digests=[str(one.crash["digest"]) for one in conflicts],
        crashes=_table("crash", [one.crash for one in conflicts]),
        vehicles=vehicles,
        vehicle_of=vehicle_of,
        people=people,
        person_of=person_of,
    )


def _members(
    kind: str, groups: Sequence[Sequence[Mapping[str, Any]]]
) -> tuple[Table, np.ndarray[Any, np.dtype[np.int64]]]:
    of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return _table(kind, [row for group in groups for row in group]), of


def _table(kind: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    names = dict.fromkeys(name for row in rows for name in row if name != "digest")
    found: Table = {}
    for name in names:
        number = fields.has(kind, name) and fields.get(kind, name).type in ("int", "float")
        values = [row.get(name) for row in rows]
        found[name] = np.array(values, dtype="float64" if number else object)
    return found


def _account(conflicts: Sequence[Conflict]) -> Ledger:
    """Account for the settled conflicts as for the rows of a file."""
    content = json.dumps([asdict(one) for one in conflicts], sort_keys=True).encode()
    count = sum(1 + len(one.vehicles) + len(one.people) for one in conflicts)
    file = FileRead(
        name="conflicts",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        rows=count,
        table="crash",
        encoding="utf-8",
        delimiter="",
    )
    return Ledger((file,), count, count, 0, (), (), (), {})
