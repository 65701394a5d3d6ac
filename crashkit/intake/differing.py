"""What two imports say of one crash, compared fact by fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crashkit import fields
from crashkit.errors import Message
from crashkit.intake.completing import FROM_MEMBERS
from crashkit.intake.digests import HOW_EXACT, Digest
from crashkit.intake.linking import NUMBERED
from crashkit.model import Conflict, Records, by_crash

Facts = Mapping[str, Any]
"""What is known of a crash, a vehicle or a person, by field."""

Rows = Mapping[str, Sequence[Facts]]
"""The rows of a crash by their table, or of a table by their crash."""


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


def differences(conflicts: Sequence[Conflict], kept: Records) -> list[list[Difference]]:
    """List, conflict by conflict, the fields of which it says something else than what was kept.

    A kind of rows that the later files do not have says nothing against what was kept.
    """
    before = _whole(kept)
    return [
        _between(
            {"crash": [one.crash], "vehicle": one.vehicles, "person": one.people},
            _of(before, one.crash_key),
        )
        for one in conflicts
    ]


def agreeing(told: Records, kept: Records) -> set[str]:
    """Return the keys of crashes of which every fact that is told is the one that was kept.

    So say files that tell the same in other columns, such as a list that was taken out of here.
    """
    after, before = _whole(told), _whole(kept)
    return {key for key in after["crash"] if _agree(_of(after, key), _of(before, key))}


def _agree(after: Rows, before: Rows) -> bool:
    return all(one.after is None and one.field in FROM_MEMBERS for one in _between(after, before))


def _of(whole: Mapping[str, Rows], key: str) -> Rows:
    return {table: rows.get(key, ()) for table, rows in whole.items()}


def _whole(records: Records) -> dict[str, Rows]:
    frames = {"crash": records.crashes, "vehicle": records.vehicles, "person": records.people}
    return {table: by_crash(frame) for table, frame in frames.items()}


def _between(after: Rows, before: Rows) -> list[Difference]:
    crash = next(iter(after["crash"]))
    digest = Digest.read(str(crash.get("digest", "")))
    found = _of_facts("crash", 0, next(iter(before["crash"]), {}), crash)
    for table, has in (
        ("vehicle", digest and digest.vehicles is not None),
        ("person", digest and digest.people is not None),
    ):
        if has:
            found += _of_members(table, before[table], after[table])
    return found


def _of_members(
    table: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
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
