"""Crashes of earlier imports, told anew: with rows that came later, or as the user decided.

Nothing that was kept is changed: the crash is written once more, whole, and the store lets the new
one stand for the old one from the next version of the data set on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crashkit.errors import Message
from crashkit.intake import deriving, digests
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.coded import Laid, joined, missing, plain
from crashkit.intake.digests import ALL, HOW_EXACT, Digest
from crashkit.intake.earlier import Earlier
from crashkit.intake.linking import NUMBERED, Found, Late, Linked
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import Table, empty, none, taken
from crashkit.model import Records
from crashkit.profiles import Profile

FROM_MEMBERS = ("severity", "n_vehicles", *deriving.COUNTS, *deriving.INVOLVED)
"""Facts of a crash that follow from its members where the source does not say them itself."""

SAME_NUMBER = Fault(
    "changed",
    Message(
        "An earlier import has another row with this number for the crash {value}. Take that "
        "import back, or change the record by hand."
    ),
)

SAME_AGAIN = Fault(
    "possible_duplicate",
    Message(
        "The crash {value} has a vehicle or person that says the same, and the source does not "
        "number them: this row was counted as told again. If it is one more, number them."
    ),
)


def complete(found: Found, before: Earlier, profile: Profile) -> Linked:
    """Return the crashes that replace earlier ones, whole; late rows said before are duplicates."""
    keys = [*found.again.crash_keys, *found.late.crash_keys]
    if not keys or before.recall is None:
        return found.again
    kept = _recalled(keys, before.recall(keys), before.known)
    new = _without_repeated(found, kept)
    chosen = np.ones(len(keys), dtype=bool)
    chosen[len(found.again.crash_keys) :] = new.named
    _forget_derived(kept, profile)
    whole = _Merging(found, new, kept, before).merged()
    whole = only(whole, np.flatnonzero(chosen))
    if whole.crash_keys:
        deriving.derive(whole, profile)
    return whole


# ------------------------------------------------------------- what was kept


def _recalled(keys: Sequence[str], records: Records, known: Mapping[str, str]) -> Linked:
    """Return crashes as they were kept, in the order of their keys."""
    place = pd.Index(list(keys), dtype=object)
    rows = pd.Index(records.crashes["crash_key"], dtype=object).get_indexer(place)
    if (rows < 0).any():
        raise ValueError("a crash that is known cannot be recalled")
    vehicles, people = records.vehicles, records.people
    return Linked(
        crash_keys=list(keys),
        digests=[known[key] for key in keys],
        crashes=taken(_table(records.crashes), rows.astype(np.int64)),
        vehicles=_table(vehicles),
        vehicle_of=place.get_indexer(pd.Index(vehicles["crash_key"], dtype=object)),
        people=_table(people),
        person_of=place.get_indexer(pd.Index(people["crash_key"], dtype=object)),
    )


def _table(frame: pd.DataFrame) -> Table:
    names = [name for name in frame.columns if name not in ("crash_key", "digest")]
    return {name: frame[name].to_numpy() for name in names}


def _forget_derived(kept: Linked, profile: Profile) -> None:
    """Take away what only followed from members, so that it follows from all of them again."""
    bare = {name: one for name, one in kept.crashes.items() if name not in FROM_MEMBERS}
    again = replace(kept, crashes=bare)
    deriving.derive(again, profile)
    for name in FROM_MEMBERS:
        if name in kept.crashes and name in again.crashes:
            values = plain(kept.crashes[name]).copy()
            values[values == plain(again.crashes[name])] = None
            kept.crashes[name] = values


# ---------------------------------------------------------------- late rows


@dataclass(eq=False)
class _New:
    """Which late vehicles and people are new, and which of the late crashes have any."""

    vehicles: Flags
    people: Flags
    named: Flags


def _without_repeated(found: Found, kept: Linked) -> _New:
    """Count late rows that the crash already has as duplicates, and reject contradictions."""
    start, late = len(found.again.crash_keys), found.late
    vehicles = _new_ones(found.late_vehicles, "vehicle", kept.vehicles, kept.vehicle_of - start)
    people = _new_ones(found.late_people, "person", kept.people, kept.person_of - start)
    named = np.zeros(len(late.crash_keys), dtype=bool)
    named[late.vehicle_of[vehicles]] = True
    named[late.person_of[people]] = True
    return _New(vehicles, people, named)


def _new_ones(late: Late, table: str, kept: Table, of: Ints) -> Flags:
    """Say which late rows are new; the others are told in the account of their file."""
    by_crash: dict[int, list[dict[str, Any]]] = {}
    for row in np.flatnonzero(of >= 0).tolist():
        facts = {name: values[row] for name, values in kept.items()}
        by_crash.setdefault(int(of[row]), []).append(facts)
    new = np.ones(len(late.rows_at), dtype=bool)
    said: set[tuple[int, int]] = set()
    for place, (row, crash) in enumerate(zip(late.rows_at, late.of, strict=True)):
        facts = dict(_facts(late.rows.table, int(row)))
        before = by_crash.get(int(crash), [])
        number = facts.get(NUMBERED[table])
        # Who bears no number may be there twice: what was kept once says one of them.
        free = [n for n in range(len(before)) if number is not None or (int(crash), n) not in said]
        same = next((n for n in free if _says(before[n], facts)), None)
        if same is not None:
            said.add((int(crash), same))
            late.rows.repeat(np.array([row]), None)
            if number is None:
                late.rows.warn(int(row), "crash_id", SAME_AGAIN, str(late.rows.key(int(row))))
        elif number is not None and any(one.get(NUMBERED[table]) == number for one in before):
            late.rows.reject(np.array([row]), SAME_NUMBER)
        else:
            continue
        new[place] = False
    return new


def _facts(table: Table, row: int) -> Iterator[tuple[str, Any]]:
    """Return what a row says, but for how it says it."""
    for name, values in table.items():
        value = values[row]
        if name in HOW_EXACT or name.endswith("_src") or value is None or value != value:  # noqa: PLR0124
            continue
        yield name, value


def _says(one: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Say whether a row that was kept says all of these facts."""
    return all(one.get(name) == value for name, value in facts.items())


# ------------------------------------------------------------------ merging


@dataclass(eq=False)
class _Merging:
    """Lays what was kept and what these files say over each other, crash by crash."""

    found: Found
    new: _New
    kept: Linked
    before: Earlier

    def __post_init__(self) -> None:
        self.count, self.start = len(self.kept.crash_keys), len(self.found.again.crash_keys)
        keys = self.kept.crash_keys
        self.taken = np.array([key in self.found.taken for key in keys], dtype=bool)

    def merged(self) -> Linked:
        found, kept = self.found, self.kept
        new_vehicles, new_people = self._takes_new("vehicles"), self._takes_new("people")
        vehicles, vehicle_of = self._members(
            (kept.vehicles, kept.vehicle_of),
            (found.again.vehicles, found.again.vehicle_of),
            (found.late.vehicles, found.late.vehicle_of, self.new.vehicles),
            new_vehicles,
        )
        people, person_of = self._members(
            (kept.people, kept.person_of),
            (found.again.people, found.again.person_of),
            (found.late.people, found.late.person_of, self.new.people),
            new_people,
        )
        return Linked(
            crash_keys=kept.crash_keys,
            digests=self._digests(new_vehicles, new_people),
            crashes=self._crashes(),
            vehicles=vehicles,
            vehicle_of=vehicle_of,
            people=people,
            person_of=person_of,
        )

    def _takes_new(self, kind: str) -> Flags:
        """Say for which crashes the members of a kind come from these files alone."""
        given = np.zeros(self.count, dtype=bool)
        told = map(Digest.read, self.found.again.digests)
        given[: self.start] = [one is not None and getattr(one, kind) is not None for one in told]
        had = self.before.has(self.kept.crash_keys, kind)
        return given & (self.taken | ~had)

    def _crashes(self) -> Table:
        """Keep what was said of a crash and fill its gaps; what the user took stands in front."""
        kept, again, late = self.kept.crashes, self.found.again.crashes, self.found.late.crashes
        found: Table = {}
        for name in dict.fromkeys((*kept, *again, *late)):
            told = [table[name] for table in (kept, again, late) if name in table]
            numeric = any(values.dtype.kind == "f" for values in told)
            blank = empty(self.count, numeric)
            old, new = plain(kept.get(name, blank)), blank.copy()
            if name in again:
                new[: self.start] = plain(again[name])
            if name in late:
                new[self.start :] = plain(late[name])
            told_by_members = name in deriving.INVOLVED
            then = np.where(self.taken & (not told_by_members), blank, old)
            first, then = np.where(self.taken, new, old), np.where(self.taken, then, new)
            found[name] = np.where(missing(first), then, first)
        return found

    def _members(
        self,
        kept: tuple[Table, Ints],
        again: tuple[Table, Ints],
        late: tuple[Table, Ints, Flags],
        takes_new: Flags,
    ) -> tuple[Table, Ints]:
        old = np.flatnonzero(~takes_new[kept[1]]) if len(kept[1]) else kept[1]
        new = np.flatnonzero(takes_new[again[1]]) if len(again[1]) else again[1]
        more = np.flatnonzero(late[2])
        parts = [
            (taken(kept[0], old), kept[1][old]),
            (taken(again[0], new), again[1][new]),
            (taken(late[0], more), late[1][more] + self.start),
        ]
        of = np.concatenate([one for _, one in parts]).astype(np.int64)
        names = dict.fromkeys(name for table, _ in parts for name in table)
        return {name: _under_each_other(parts, name) for name in names}, of

    # ------------------------------------------------------------- digests

    def _digests(self, new_vehicles: Flags, new_people: Flags) -> list[str]:
        again = [
            self._of_again(place, bool(new_vehicles[place]), bool(new_people[place]))
            for place in range(self.start)
        ]
        return again + self._of_late()

    def _of_again(self, place: int, vehicles: bool, people: bool) -> str:
        now = Digest.read(self.found.again.digests[place])
        then = self.before.digest(self.kept.crash_keys[place])
        assert now is not None
        whole = vehicles and people
        told = Digest(
            now.crash,
            now.involved if whole else None,
            now.vehicles if vehicles or then is None else then.vehicles,
            now.people if people or then is None else then.people,
        )
        # What the user replaced is said no more; of what was only completed, both are known.
        return str(told) if self.taken[place] else f"{told} {self.kept.digests[place]}"

    def _of_late(self) -> list[str]:
        """Add the new rows to what was remembered, and remember too what it was before."""
        late, count = self.found.late, self.count - self.start
        sums = [
            _sums(table, of, new, count)
            for table, of, new in (
                (late.vehicles, late.vehicle_of, self.new.vehicles),
                (late.people, late.person_of, self.new.people),
            )
        ]
        found = []
        for place, (vehicles, people) in enumerate(zip(*sums, strict=True)):
            before = self.kept.digests[self.start + place]
            found.append(f"{_added(before.split()[0], vehicles, people)} {before}")
        return found


def _under_each_other(parts: Sequence[tuple[Table, Ints]], name: str) -> Laid:
    numeric = any(name in table and table[name].dtype.kind == "f" for table, _ in parts)
    return joined([table.get(name, none(len(of), numeric)) for table, of in parts])


def _sums(table: Table, of: Ints, new: Flags, count: int) -> list[int]:
    sums = np.zeros(count, dtype=np.uint64)
    rows = np.flatnonzero(new)
    np.add.at(sums, of[rows], digests.mixed(digests.hashes(taken(table, rows))))
    return sums.tolist()


def _added(before: str, vehicles: int, people: int) -> str:
    then = Digest.read(before)
    if then is None:
        return f"{(int(before, 16) + vehicles + people) % ALL:016x}"
    return str(
        Digest(
            then.crash,
            None,
            then.vehicles if not vehicles else ((then.vehicles or 0) + vehicles) % ALL,
            then.people if not people else ((then.people or 0) + people) % ALL,
        )
    )


def only(whole: Linked, kept: Ints) -> Linked:
    """Keep some of the crashes with their members."""
    place = np.full(len(whole.crash_keys), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    vehicles = np.flatnonzero(place[whole.vehicle_of] >= 0)
    people = np.flatnonzero(place[whole.person_of] >= 0)
    return Linked(
        crash_keys=[whole.crash_keys[row] for row in kept.tolist()],
        digests=[whole.digests[row] for row in kept.tolist()],
        crashes=taken(whole.crashes, kept),
        vehicles=taken(whole.vehicles, vehicles),
        vehicle_of=place[whole.vehicle_of[vehicles]],
        people=taken(whole.people, people),
        person_of=place[whole.person_of[people]],
    )
