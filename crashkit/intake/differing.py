"""What two imports say of one crash, compared fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crashkit import fields
from crashkit.errors import Message
from crashkit.intake.completing import FROM_MEMBERS
from crashkit.intake.digests import HOW_EXACT, Digest
from crashkit.intake.linking import ADDS, AGREES, COVERS, NUMBERED
from crashkit.model import Conflict, CrashRecord, Records, by_crash

Facts = Mapping[str, Any]
"""What is known of a crash, a vehicle or a person, by field."""

Rows = Mapping[str, Sequence[Facts]]
"""The rows of a crash by their table, or of a table by their crash."""


@dataclass(frozen=True)
class Difference:
    """What two imports say of one field: of the crash (n is 0), or of its nth vehicle or person.

    `told` is False where the later rows do not tell of that vehicle or person at all.
    """

    table: str
    n: int
    field: str
    before: Any
    after: Any
    told: bool = True

    @property
    def label(self) -> Message:
        """The field as people call it."""
        return Message(fields.get(self.table, self.field).label)

    @property
    def place(self) -> tuple[str, int, str]:
        """Where it stands in the crash."""
        return self.table, self.n, self.field


def differences(
    conflicts: Sequence[Conflict], kept: Records, edited: Mapping[str, CrashRecord]
) -> list[list[Difference]]:
    """List, conflict by conflict, the fields of which it says something else than what stands.

    A kind of rows that the later files do not have says nothing against what was kept. `edited` are
    the crashes that were changed by hand. The tellings of a crash that contradicts itself within an
    import name the same fields: all that not every one of them says as the crash stands, or where
    no import was taken, as the others.
    """
    before = _standing(kept, edited)
    found = [_beside(one, before) for one in conflicts]
    for places in tellings(conflicts).values():
        whole = [found[place] for place in places]
        wanted = {one.place: one for told in whole for one in told}
        if conflicts[places[0]].crash_key not in before["crash"]:
            wanted = {name: one for name, one in wanted.items() if not _alike_in(name, whole)}
        for place in places:
            found[place] = [_as_told(one, conflicts[place]) for one in wanted.values()]
    return found


def tellings(conflicts: Sequence[Conflict]) -> dict[tuple[int, str], list[int]]:
    """Return where the tellings of crashes stand of which one import has several, by crash."""
    found: dict[tuple[int, str], list[int]] = {}
    for place, one in enumerate(conflicts):
        found.setdefault((one.import_id, one.crash_key), []).append(place)
    return {name: places for name, places in found.items() if len(places) > 1}


def met(
    conflicts: Sequence[Conflict], kept: Records, edited: Mapping[str, CrashRecord]
) -> set[tuple[int, str]]:
    """Return imports and keys of crashes that stand meanwhile as a conflict says.

    With one telling of a crash the others of the same import are settled.
    """
    before = _standing(kept, edited)
    return {
        (one.import_id, one.crash_key)
        for one in conflicts
        if one.crash_key in before["crash"] and not _beside(one, before)
    }


def _standing(kept: Records, edited: Mapping[str, CrashRecord]) -> dict[str, dict[str, Any]]:
    """Return crashes as they stand: as they were kept, or as they were changed by hand."""
    found: dict[str, dict[str, Any]] = {table: dict(rows) for table, rows in _whole(kept).items()}
    for key, record in edited.items():
        found["crash"][key] = [record.crash.now]
        found["vehicle"][key] = [one.now for one in record.vehicles if one.stands]
        found["person"][key] = [one.now for one in record.people if one.stands]
    return found


def _alike_in(place: tuple[str, int, str], tellings: Sequence[Sequence[Difference]]) -> bool:
    """Say whether all tellings of a crash say the same in a field."""
    said = [{one.place: one.after for one in told} for told in tellings]
    return all(place in one and one[place] == said[0].get(place) for one in said)


def _as_told(one: Difference, by: Conflict) -> Difference:
    """Return a field as this telling of a crash has it; vehicles and people they all share."""
    return one if one.n else replace(one, after=by.crash.get(one.field))


def _beside(one: Conflict, before: Mapping[str, Rows]) -> list[Difference]:
    """Say of which fields a conflict says something else than what stands."""
    after = {"crash": [one.crash], "vehicle": one.vehicles, "person": one.people}
    return _told(_between(after, _of(before, one.crash_key)))


def _told(found: Sequence[Difference]) -> list[Difference]:
    """Leave out what follows from other facts: an hour decides nothing beside its time.

    A weekday follows from the day of the crash, and is told where there is none.
    """
    dated = any(one.field == "crash_date" for one in found)
    return [one for one in found if (not dated if one.field == "weekday" else _is_told(one))]


def _is_told(one: Difference) -> bool:
    field = fields.get(one.table, one.field)
    return field.use != "derived" or field.type == "yes_no"


def standing(told: Records, kept: Records, listed: Collection[str]) -> dict[str, str]:
    """Say of crashes by their keys how they stand to what was kept: AGREES, ADDS or COVERS.

    AGREES is said by files that tell the same in other columns, such as a list that was taken out
    of here. Only crashes that are `listed`, those of lists of casualties, add or cover. Of ADDS
    nothing is told otherwise: what follows from the members follows from all of them again, and a
    member of whom something else was kept under the same number is none beside.
    """
    found = dict.fromkeys(_perhaps(told, kept, _agree), AGREES)
    rest = set(listed) - set(found)
    if not rest:
        return found
    told = _of_crashes(told, rest)
    found |= dict.fromkeys(_perhaps(told, kept, _adds, but=FROM_MEMBERS), ADDS)
    after, before = by_crash(told.people), by_crash(kept.people)
    whole = (key for key in rest if not lost(after.get(key, ()), before.get(key, ())))
    return dict.fromkeys(whole, COVERS) | found


def _adds(after: Rows, before: Rows) -> bool:
    for table, number in NUMBERED.items():
        for row in (row for row in after[table] if row.get(number)):
            kept = [one for one in before[table] if one.get(number) == row[number]]
            if kept and not any(_adds_nothing_else(table, one, row) for one in kept):
                return False
    return True


def _adds_nothing_else(table: str, old: Facts, new: Facts) -> bool:
    return all(one.after is None for one in _of_facts(table, 0, old, new))


def lost(after: Sequence[Facts], before: Sequence[Facts]) -> int:
    """Return how many of the people of a crash who were kept are not told again."""
    numbers = [
        {one["person_no"] for one in rows if one.get("person_no")} for rows in (after, before)
    ]
    return max(len(numbers[1] - numbers[0]), len(before) - len(after))


def _perhaps(
    told: Records,
    kept: Records,
    test: Callable[[Rows, Rows], bool],
    but: Collection[str] = frozenset(),
) -> set[str]:
    """Return the keys of crashes that pass a test; only those of which no fact is another one."""
    keys = _alike(told.crashes, kept.crashes, but)
    after, before = _whole(_of_crashes(told, keys)), _whole(_of_crashes(kept, keys))
    return {key for key in after["crash"] if test(_of(after, key), _of(before, key))}


def _alike(told: pd.DataFrame, kept: pd.DataFrame, but: Collection[str]) -> set[str]:
    """Return the keys of crashes of which no fact is another one: column by column, as is fast."""
    before = kept.set_index("crash_key").reindex(told["crash_key"])
    same = np.ones(len(told), dtype=bool)
    for name in (field.name for field in fields.table("crash") if field.name not in but):
        if name in told.columns and name in before.columns and name not in HOW_EXACT:
            new, old = told[name].to_numpy(), before[name].to_numpy()
            same &= (new == old) | np.asarray(pd.isna(new))
    return set(told["crash_key"][same])


def _of_crashes(records: Records, keys: set[str]) -> Records:
    frames = (records.crashes, records.vehicles, records.people)
    return Records(*(frame[frame["crash_key"].isin(keys)] for frame in frames))


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
    """Compare members number by number; of one number, or of none, those that say the same."""
    found: list[Difference] = []
    for n, (old, new) in enumerate(_paired(table, before, after), start=1):
        told = _of_facts(table, n, old, new or {})
        found += told if new is not None else [replace(one, told=False) for one in told]
    return found


def _paired(
    table: str, before: Sequence[Facts], after: Sequence[Facts]
) -> list[tuple[Facts, Facts | None]]:
    """Lay members beside those that were kept: {} where nobody was, None where nobody is told.

    In whatever order they come. Two rows may bear one number, or none has any.
    """
    left = sorted(after, key=_said)
    given: dict[int, Facts] = {}
    for alike in (True, False):
        for place, old in enumerate(before):
            partners = (at for at, new in enumerate(left) if _is_one(table, old, new, alike=alike))
            at = None if place in given else next(partners, None)
            if at is not None:
                given[place] = left.pop(at)
    nobody: Facts = {}
    return [
        *((old, given.get(place)) for place, old in enumerate(before)),
        *((nobody, new) for new in left),
    ]


def _said(row: Facts) -> str:
    return repr(sorted((name, str(value)) for name, value in row.items()))


def _is_one(table: str, old: Facts, new: Facts, *, alike: bool) -> bool:
    """Say whether two rows bear the same number, or none; `alike`: and say the same."""
    number = NUMBERED[table]
    same = (old.get(number) or None) == (new.get(number) or None)
    return same and not (alike and _of_facts(table, 0, old, new))


def _of_facts(
    table: str, n: int, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    names = [field.name for field in fields.table(table)]
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return [
        Difference(table, n, name, old, new)
        for name, old, new in pairs
        if old != new and name not in HOW_EXACT
    ]
