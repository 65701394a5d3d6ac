"""Conflicts between imports, settled: the import that lets the new facts stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from crashkit import fields
from crashkit.errors import Refused
from crashkit.intake import completing, differing, ledger
from crashkit.intake.earlier import Earlier
from crashkit.intake.linking import Found, Late, Linked
from crashkit.intake.rows import Rows, Table
from crashkit.model import Conflict, FileRead, ImportBatch, Ledger, Recall, by_crash
from crashkit.profiles import Profile

NONE = np.zeros(0, dtype=np.int64)


# ----------------------------------------------------------------- settling


def batch(
    conflicts: Sequence[Conflict],
    profiles: Mapping[int, Profile],
    *,
    known: Mapping[str, str],
    recall: Recall,
    today: date,
) -> ImportBatch:
    """Return the import that lets the new facts of these conflicts stand.

    `profiles` are those by which their imports were read, by import; that of the newest names the
    whole. Vehicles and people that the later files did not have stay as they were kept. A crash
    that was taken back with its import meanwhile comes as a new one.
    """
    before = Earlier(known, recall, take=True)
    _refuse_parts(conflicts, profiles, recall)
    groups: dict[str, list[Conflict]] = {}
    for one in conflicts:
        groups.setdefault(profiles[one.import_id].id, []).append(one)
    parts = [_settled(some, profiles[some[0].import_id], before) for some in groups.values()]
    newest = profiles[max(one.import_id for one in conflicts)]
    return ledger.batch_of(parts, _account(conflicts), newest, today)


def left_out(
    conflicts: Sequence[Conflict], profiles: Mapping[int, Profile], recall: Recall
) -> list[int]:
    """Say of each conflict how many people it leaves out, where it cannot stand for all of them.

    In a list of casualties each row tells of one person, and says nothing of the others. 0 is said
    of what can be taken.
    """
    listed = {
        one.crash_key
        for one in conflicts
        if any(layout.level == "casualty" for layout in profiles[one.import_id].files)
    }
    kept = by_crash(recall(listed).people) if listed else {}
    return [
        differing.lost(one.people, kept.get(one.crash_key, ())) if one.crash_key in listed else 0
        for one in conflicts
    ]


def _refuse_parts(
    conflicts: Sequence[Conflict], profiles: Mapping[int, Profile], recall: Recall
) -> None:
    """Refuse to let some people of a crash stand for all of them."""
    for one, lost in zip(conflicts, left_out(conflicts, profiles, recall), strict=True):
        if lost:
            raise Refused(
                "The later rows tell only some of the people of the crash {id}. To take them would "
                "remove people who were kept: {n}. Keep what is there and change the crash by "
                "hand, or import all its rows together.",
                id=str(one.crash.get("crash_id") or one.crash_key),
                n=lost,
            )


def _settled(
    conflicts: Sequence[Conflict], profile: Profile, before: Earlier
) -> tuple[Linked, Linked]:
    """Return the new crashes, and those that replace others, of conflicts of one profile."""
    again = _linked([one for one in conflicts if one.crash_key in before.known])
    new = _linked([one for one in conflicts if one.crash_key not in before.known])
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
        same=none,
        contrary=(),
    )
    return new, completing.complete(found, before, profile)


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
