"""Rows to crashes: which rows say the same, which contradict each other, which belong to none.

Nothing depends on the order of rows or files: of rows that contradict each other all are rejected,
of rows that say the same the first is kept and the others are duplicates of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crashkit.errors import Message
from crashkit.intake import coded, digests
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.checked import Checked, quoted
from crashkit.intake.coded import Laid, Values, missing, plain
from crashkit.intake.digests import MORE, NEW, OTHER, SAME, TAKEN, Hashes, Prints
from crashkit.intake.earlier import Earlier
from crashkit.intake.keys import TWICE, Keys, Named
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import Part, Rows, Table, empty, stacked, taken
from crashkit.model import TOLD_OTHERWISE, TOLD_TWICE
from crashkit.profiles import Profile

NUMBERED = {"vehicle": "unit_no", "person": "person_no"}

ORPHAN = Fault(
    "orphan",
    Message("None of these files lists the crash {value} that this row belongs to."),
)
PARENT = Fault(
    "parent_rejected", Message("The crash {value} that this row belongs to was rejected.")
)
AMBIGUOUS = Fault(
    "ambiguous",
    Message("Two crashes have the number {value}: nobody can tell to which this row belongs."),
)
CONFLICT = Fault(
    "conflict",
    Message("Several rows describe the crash {value} differently; none of them was taken."),
)
TWOFOLD = Fault(
    TOLD_TWICE,
    Message(
        "Several rows tell the crash {value} differently. None of them was taken: they stand in "
        "the list of conflicts until somebody decides which is right."
    ),
)
OF_TWOFOLD = Fault(
    TOLD_TWICE,
    Message(
        "Several rows tell the crash {value} that this row belongs to differently. The row waits "
        "with it in the list of conflicts."
    ),
)
MOST_TELLINGS = 10
"""A number under which rows tell more than so many different things is the number of no crash."""

SPOILT = Fault(
    "spoilt_id",
    Message(
        "The number {value} is written with blanks or signs that nobody sees. Another row bears it "
        "without them and says something else: only that one was taken."
    ),
)
CHANGED = Fault(
    TOLD_OTHERWISE,
    Message(
        "An earlier import has the crash {value} with other facts. It stays as it is there, and "
        "these stand in the list of conflicts until somebody decides which are right."
    ),
)
OF_CHANGED = Fault(
    TOLD_OTHERWISE,
    Message(
        "The crash {value} that this row belongs to is told otherwise by an earlier import. The "
        "row waits with it in the list of conflicts."
    ),
)
EQUAL = Fault(
    "possible_duplicate",
    Message(
        "Rows that say the same as another row of their crash: {n}. The source does not number "
        "them, so each is kept as one more."
    ),
)
DIFFERS = Fault(
    "disagrees",
    Message("{field} is {value} here, but other rows of the crash say {kept}, which was kept."),
)


@dataclass(eq=False)
class Linked:
    """Crashes with their vehicles and people; members refer to crashes by position."""

    crash_keys: Sequence[str]
    digests: Sequence[str]
    crashes: Table
    vehicles: Table
    vehicle_of: Ints
    people: Table
    person_of: Ints
    leaders: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    crash_rows: tuple[Rows, Rows] | None = None
    """Which row tells of each crash, counted on from the first of these rows to the second.

    None where no row of these files tells what follows from a crash, or it was told before.
    """

    def warn(self, crash: int, name: str, fault: Fault, value: str) -> None:
        """Say something of the crash at this position, at a row that tells of it."""
        if self.crash_rows is not None:
            rows, row = self._row(crash)
            rows.warn(row, name, fault, value)

    def lines(self, crashes: Iterable[int]) -> list[str]:
        """Name the rows that tell of the crashes at these positions."""
        if self.crash_rows is None:
            return ["" for _ in crashes]
        return [rows.line(row) for rows, row in map(self._row, crashes)]

    def _row(self, crash: int) -> tuple[Rows, int]:
        assert self.crash_rows is not None
        row = int(self.leaders[crash])
        first, then = self.crash_rows
        return (first, row) if row < len(first) else (then, row - len(first))


@dataclass(eq=False)
class Late:
    """Rows of vehicles or people whose crash only an earlier import has.

    `rows_at` are their places in `rows`, `of` the positions of their crashes.
    """

    rows: Rows
    rows_at: Ints
    of: Ints


@dataclass(eq=False)
class Found:
    """What the files tell, by how it stands to what was kept before.

    `new` crashes nobody has. `again` are crashes that are to replace those kept before: with rows
    of a kind that was not there, or with other facts (`taken`) on the user's word. `late` are
    vehicles and people of crashes kept before. `same` are crashes that say nothing new, without
    their members, and `contrary` crashes that contradict what was kept, or of which the rows
    contradict each other: such a crash stands there once for each thing that its rows tell.
    """

    parts: list[Part]
    new: Linked
    again: Linked
    taken: frozenset[str]
    late: Linked
    late_vehicles: Late
    late_people: Late
    same: Linked
    contrary: Sequence[Linked]


AGREES, ADDS, COVERS = "agrees", "adds", "covers"
"""How a crash stands fact by fact to what was kept of it.

AGREES: every fact is the one that was kept, though the files tell it in other words. ADDS: only
members are told that were not kept. COVERS: everybody who was kept is told again. Else it is "".
"""

Compared = Callable[[Linked, Flags], Values]
"""Lays crashes, fact by fact, beside what was kept of them; says how each stands to it.

The second flags those that rows of casualties tell of: only such add or cover.
"""


def link(
    found: Sequence[Checked],
    profile: Profile,
    before: Earlier,
    compared: Compared,
    tick: Callable[[], None] = lambda: None,
) -> Found:
    """Bring rows together to crashes, and compare them with those that were kept before.

    `compared` is asked of those that are not told in the same words.
    """
    return _Linking(found, profile, before, compared, tick).link()


class _Linking:
    def __init__(
        self,
        found: Sequence[Checked],
        profile: Profile,
        before: Earlier,
        compared: Compared,
        tick: Callable[[], None],
    ) -> None:
        self.profile, self.before, self.compared, self.tick = profile, before, compared, tick
        self.keys = Keys(profile)
        self.parts = [self.keys.part(checked) for checked in found]
        self.keys.finish(self.parts)
        self.late = self.keys.welcome(self.parts, before.known if before.recall else {})
        self.tick()
        self.crash = self._rows(("crash",), "crash")
        self.casualty = self._rows(("casualty",), "crash")
        self.extra = self._rows(("crash_part",), "crash")
        self.vehicle = self._rows(("vehicle",), "vehicle")
        self.person = self._rows(("person", "casualty"), "person")
        self.told = self._rows(("vehicle", "person"), "crash")

    def _rows(self, levels: tuple[str, ...], table: str) -> Rows:
        return stacked([part for part in self.parts if part.level in levels], table)

    def link(self) -> Found:
        """Settle rows level by level, then look at what was imported before."""
        torn = _tellings(*_settle(self.crash))
        self.crash.reject(torn["row"][torn["most"]].to_numpy(), CONFLICT)
        torn = torn[~torn["most"]]
        _drop_repeated_people(self._casualty_rows())
        leader = self._leaders()
        leader[torn["unit"]] = -4
        self._settle_parts(leader)
        for members in (self.vehicle, self.person):
            self.tick()
            self._settle_members(members, leader)
        self.tick()
        twofold = self._settle_torn(torn)
        facts = self._facts(leader)
        self.tick()
        prints = self._digests(facts)
        verdict = self._verdicts(facts, prints)
        otherwise = np.flatnonzero(_is(verdict[facts.unit], OTHER, TAKEN))
        if len(otherwise):
            self._lay_beside(facts, prints, leader, otherwise, verdict)
        self.tick()

        def those(*wanted: str) -> Linked:
            kept = np.flatnonzero(_is(verdict[facts.unit], *wanted))
            return self._linked(facts, prints, leader, kept)

        late = np.flatnonzero(leader == -3)
        found = Found(
            parts=self.parts,
            new=those(NEW),
            again=those(MORE, TAKEN),
            taken=frozenset(self._names(np.flatnonzero(_is(verdict, TAKEN)))),
            late=self._with_members(late, self._told_of(late)),
            late_vehicles=self._late(self.vehicle, late),
            late_people=self._late(self.person, late),
            same=self._alone(facts, leader, np.flatnonzero(_is(verdict[facts.unit], SAME))),
            contrary=[those(OTHER), *twofold],
        )
        self._settle_earlier(verdict)
        return found

    def _lay_beside(
        self, facts: Rows, prints: Prints, leader: Ints, rows: Ints, verdict: Values
    ) -> None:
        """Look at crashes that are told in other words than before, fact by fact.

        Rows of casualties that tell of more people of a crash kept before join it: in such lists
        each row tells of the crash as well, and with one that was mended comes the crash.
        """
        units = facts.unit[rows]
        listed = leader[units] >= len(self.crash)
        stand = self.compared(self._linked(facts, prints, leader, rows), listed)
        verdict[units[stand == AGREES]] = KINDS[SAME]
        # A row that tells of one of several people cannot stand for all of them.
        verdict[units[listed & (stand == "")]] = KINDS[OTHER]
        joining = units[stand == ADDS]
        verdict[joining], leader[joining] = 0, -3

    def _names(self, units: Ints) -> Sequence[str]:
        return Named(self.keys, units)

    def _casualty_rows(self) -> Rows:
        """The casualty rows with the facts of crash and person side by side."""
        both = stacked([part for part in self.parts if part.level == "casualty"], "person")
        return Rows(
            both.parts, {**self.casualty.table, **both.table}, both.part, both.row, both.unit
        )

    # ------------------------------------------------------------- settling

    def _leaders(self) -> Ints:
        """Return for each crash the row that leads it: of crash rows, then of casualty rows.

        Rows of casualties count on from those of crashes. -1: the crash was rejected, -2: nowhere,
        -3: only an earlier import has it; later -4: its rows contradict each other.
        """
        leader = np.full(self.keys.count, -2, dtype=np.int64)
        leader[self.late] = -3
        leader[self.casualty.unit[self.casualty.unit >= 0]] = -1
        leader[self.crash.unit[self.crash.unit >= 0]] = -1
        for rows, start in ((self.casualty, len(self.crash)), (self.crash, 0)):
            good = np.flatnonzero(rows.good)[::-1]
            leader[rows.unit[good]] = good + start
        return leader

    def _settle_parts(self, leader: Ints) -> None:
        self._settle_members(self.extra, leader)
        unequal, _, _ = _settle(self.extra)
        self.extra.reject(unequal, CONFLICT)

    def _settle_members(self, members: Rows, leader: Ints) -> None:
        """Reject rows whose crash is absent, rejected or not to be told; find repeated rows."""
        if not len(members):
            return
        unit = members.unit
        state = (
            np.where(unit >= 0, leader[np.maximum(unit, 0)], -2) if len(leader) else unit * 0 - 2
        )
        good = members.good
        for chosen, fault in (
            (good & (unit == TWICE), AMBIGUOUS),
            (good & (unit != TWICE) & (state == -2), ORPHAN),
            (good & (state == -1), PARENT),
        ):
            members.reject(np.flatnonzero(chosen), fault)
        if members is self.vehicle or members is self.person:
            table = "vehicle" if members is self.vehicle else "person"
            _drop_repeated(members, table)
            _say_equal(members, table)

    def _settle_torn(self, torn: pd.DataFrame) -> list[Linked]:
        """Settle the rows of crashes that contradict each other; return what is to be decided.

        Each telling of a crash is laid beside what was kept, as if it had come alone: what was kept
        just so is a duplicate, all others wait, with the members that the crash has in any case.
        """
        waiting: list[Linked] = []
        same = np.zeros(len(torn), dtype=bool)
        for rank in range(torn["rank"].max() + 1 if len(torn) else 0):
            first = torn["row"].to_numpy()[(torn["rank"] == rank) & (torn["row"] == torn["first"])]
            leader = np.full(self.keys.count, -1, dtype=np.int64)
            leader[self.crash.unit[first]] = first
            told = self._facts(leader, once_more=True)
            prints = self._digests(told)
            agree = self._kept_so(told, prints, leader)
            same |= ((torn["rank"] == rank) & torn["unit"].isin(told.unit[agree])).to_numpy()
            waiting.append(self._linked(told, prints, leader, np.flatnonzero(~agree)))
        self.crash.repeat(torn["row"].to_numpy()[same], None)
        self.crash.reject(torn["row"].to_numpy()[~same], TWOFOLD)
        for rows in (self.extra, self.vehicle, self.person) if len(torn) else ():
            theirs = rows.good & np.isin(rows.unit, torn["unit"])
            again = np.isin(rows.unit, torn["unit"][same])
            rows.repeat(np.flatnonzero(theirs & again), None)
            rows.reject(np.flatnonzero(theirs & ~again), OF_TWOFOLD)
        return [one for one in waiting if one.crash_keys]

    def _kept_so(self, told: Rows, prints: Prints, leader: Ints) -> Flags:
        """Say which crashes were kept before just as they are told here."""
        verdict = self._verdicts(told, prints)[told.unit]
        same = _is(verdict, SAME)
        otherwise = np.flatnonzero(_is(verdict, OTHER, TAKEN))
        if len(otherwise):
            listed = np.zeros(len(otherwise), dtype=bool)
            stand = self.compared(self._linked(told, prints, leader, otherwise), listed)
            same[otherwise] = stand == AGREES
        return same

    def _digests(self, crashes: Rows) -> Prints:
        """Return for each crash a fingerprint of all that its rows say, in whatever order."""
        own = {name: one for name, one in crashes.table.items() if name not in self.told.table}
        facts = digests.hashes(own)
        told = {name: one for name, one in crashes.table.items() if name in self.told.table}
        involved = digests.hashes(told) if told else np.zeros_like(facts)
        vehicles, people = (self._sums(rows, crashes) for rows in (self.vehicle, self.person))
        return Prints((facts, involved, vehicles, people))

    def _sums(self, rows: Rows, crashes: Rows) -> Hashes | None:
        """Add up what the vehicles or people of each crash say; None without files of them."""
        if not rows.parts:
            return None
        sums = np.zeros(self.keys.count, dtype=np.uint64)
        good = np.flatnonzero(rows.good) if rows.table else np.zeros(0, dtype=np.int64)
        hashes = digests.mixed(digests.hashes(taken(rows.table, good)))
        np.add.at(sums, rows.unit[good], hashes)
        return sums[crashes.unit]

    def _verdicts(self, crashes: Rows, prints: Prints) -> Values:
        """Say of each crash how it stands to what was kept before."""
        verdict = np.zeros(self.keys.count, dtype=np.int8)
        verdict[crashes.unit] = KINDS[NEW]
        if self.before.known:
            names = self._names(crashes.unit)
            told = self.before.verdicts(names, prints)
            verdict[crashes.unit] = np.fromiter(map(KINDS.__getitem__, told), np.int8, len(told))
        return verdict

    def _settle_earlier(self, verdict: Values) -> None:
        """Count rows that say nothing new as duplicates, and reject those that contradict."""
        if not _is(verdict, SAME, MORE, OTHER, TAKEN).any():
            return
        for rows in (self.crash, self.extra, self.vehicle, self.person):
            if not len(rows):
                continue
            told = np.where(rows.good, verdict[np.maximum(rows.unit, 0)], 0)
            rows.repeat(np.flatnonzero(_is(told, SAME)), None)
            rows.repeat(np.flatnonzero(_is(told, MORE) & self._said_before(rows)), None)
            own = rows is self.crash or (rows is self.person and len(self.casualty) > 0)
            rows.reject(np.flatnonzero(_is(told, OTHER)), CHANGED if own else OF_CHANGED)

    def _said_before(self, rows: Rows) -> Flags:
        """Say which rows of crashes with MORE of them are of a kind that was kept before."""
        if rows is not self.vehicle and rows is not self.person:
            return np.ones(len(rows), dtype=bool)
        names = self._names(np.maximum(rows.unit, 0))
        return self.before.has(names, "vehicles" if rows is self.vehicle else "people")

    # --------------------------------------------------------------- result

    def _facts(self, leader: Ints, *, once_more: bool = False) -> Rows:
        """Return one row for each accepted crash, with what all its rows say.

        The facts are taken out of the rows, unless they are asked for `once_more`.
        """
        units = np.flatnonzero(leader >= 0)
        order = np.argsort(leader[units], kind="stable")
        units = units[order]
        merged = _merged(self.casualty, units, len(leader))
        own = leader[units]
        from_crash = own < len(self.crash)
        names = dict.fromkeys((*self.crash.table, *merged, *self.extra.table))
        # Most files have a row for each crash, and nothing else tells of it.
        table: Table = self._moved(own) if from_crash.all() and not once_more else {}
        for name in names:
            if name not in table:
                table[name] = _chosen(name, own, from_crash, self.crash.table, merged)
        self._add_parts(table, units)
        self._add_involved(table, units)
        none = np.zeros(len(units), dtype=np.int64)
        return Rows((), table, none, none, units)

    def _moved(self, own: Ints) -> Table:
        """Take the facts out of the rows that lead, field by field: for two of all is no room."""
        if len(own) == len(self.crash):
            return taken(self.crash.table, own)
        found: Table = {}
        for name in list(self.crash.table):
            found[name] = self.crash.table.pop(name)[own]
            for part in self.crash.parts:
                # The days are asked for once more where no crash is new.
                if name != "crash_date" and name in part.checked.tables["crash"]:
                    part.checked.tables["crash"][name] = found[name][:0]
        return found

    def _add_parts(self, table: Table, units: Ints) -> None:
        """Fill in what the further file of crash facts says."""
        good = np.flatnonzero(self.extra.good)
        if not len(good):
            return
        place = np.full(self.keys.count, -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        at = place[self.extra.unit[good]]
        good, at = good[at >= 0], at[at >= 0]
        for name, values in self.extra.table.items():
            laid = plain(table[name]).copy()
            gaps = missing(laid)[at]
            laid[at[gaps]] = plain(values)[good[gaps]]
            table[name] = laid

    def _add_involved(self, table: Table, units: Ints) -> None:
        """Fill in who was involved, as rows of vehicles and people tell it."""
        good = np.flatnonzero(self.told.good) if self.told.table else np.zeros(0, dtype=np.int64)
        place = np.full(self.keys.count, -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        at = place[self.told.unit[good]]
        good, at = good[at >= 0], at[at >= 0]
        for name in self.told.table:
            told = _agreed(self.told, name, good, at, len(units))
            table[name] = coded.filled(table[name], told) if name in table else told

    def _linked(self, facts: Rows, prints: Prints, leader: Ints, kept: Ints) -> Linked:
        units = facts.unit[kept]
        found = self._with_members(units, taken(facts.table, kept))
        found.digests = prints[kept]
        found.leaders, found.crash_rows = leader[units], (self.crash, self.casualty)
        return found

    def _alone(self, facts: Rows, leader: Ints, kept: Ints) -> Linked:
        """Return crashes without their vehicles and people."""
        units, none = facts.unit[kept], np.zeros(0, dtype=np.int64)
        return Linked(
            crash_keys=self._names(units),
            digests=[""] * len(units),
            crashes=taken(facts.table, kept),
            vehicles={},
            vehicle_of=none,
            people={},
            person_of=none,
            leaders=leader[units],
            crash_rows=(self.crash, self.casualty),
        )

    def _told_of(self, units: Ints) -> Table:
        """Return who was involved in crashes of which these files have only members."""
        table: Table = {}
        self._add_involved(table, units)
        return table

    def _late(self, rows: Rows, units: Ints) -> Late:
        at, place = self._members_of(rows, units)
        return Late(rows, at, place[rows.unit[at]])

    def _members_of(self, rows: Rows, units: Ints) -> tuple[Ints, Ints]:
        """Return the good rows of these crashes, and where each crash stands among them."""
        place = np.full(self.keys.count, -1, dtype=np.int64)
        place[units] = np.arange(len(units))
        if not len(rows) or not len(units):
            return np.zeros(0, dtype=np.int64), place
        theirs = (rows.unit >= 0) & (place[np.maximum(rows.unit, 0)] >= 0)
        return np.flatnonzero(rows.good & theirs), place

    def _with_members(self, units: Ints, crashes: Table) -> Linked:
        vehicles, place = self._members_of(self.vehicle, units)
        people, _ = self._members_of(self.person, units)
        return Linked(
            crash_keys=self._names(units),
            digests=[""] * len(units),
            crashes=crashes,
            vehicles=taken(self.vehicle.table, vehicles),
            vehicle_of=place[self.vehicle.unit[vehicles]],
            people=taken(self.person.table, people),
            person_of=place[self.person.unit[people]],
        )


KINDS = {NEW: 1, SAME: 2, MORE: 3, OTHER: 4, TAKEN: 5}
"""How crashes stand to what was kept before, as numbers; 0 where there is no crash."""


def _is(verdict: Values, *wanted: str) -> Flags:
    """Say which crashes stand so to what was kept before."""
    return np.isin(verdict, [KINDS[one] for one in wanted])


# ------------------------------------------------------- equal and unequal


def _settle(rows: Rows) -> tuple[Ints, Ints, Hashes]:
    """Of rows for one crash keep the first when all say the same.

    Return the rows of crashes that are not told alike, with their crashes and what they say.
    """
    nothing = np.zeros(0, dtype=np.int64)
    if not rows.good.any():
        return nothing, nothing, nothing.astype(np.uint64)
    _settle_spoilt(rows)
    good = np.flatnonzero(rows.good)
    order = good[np.argsort(rows.unit[good], kind="stable")]
    unit = rows.unit[order]
    start = np.flatnonzero(np.diff(unit, prepend=-9) != 0)
    if len(start) == len(order):
        return nothing, nothing, nothing.astype(np.uint64)
    hashes = digests.hashes(taken(rows.table, order))
    group = np.cumsum(np.diff(unit, prepend=-9) != 0) - 1
    low, high = (np.minimum.reduceat(hashes, start), np.maximum.reduceat(hashes, start))
    unequal = (low != high)[group]
    again = ~unequal
    again[start] = False
    rows.repeat(order[again], order[start][group[again]])
    return order[unequal], unit[unequal], hashes[unequal]


def _tellings(rows: Ints, units: Ints, hashes: Hashes) -> pd.DataFrame:
    """Tell apart what rows that contradict each other say of their crashes.

    `first` is the first row that says the same, `rank` the place of what it says among the tellings
    of its crash, and `most` says that there are too many of them.
    """
    found = pd.DataFrame({"row": rows, "unit": units, "hash": hashes})
    found["first"] = found.groupby(["unit", "hash"])["row"].transform("min")
    found["rank"] = found.groupby("unit")["first"].rank(method="dense").astype(np.int64) - 1
    found["most"] = found.groupby("unit")["rank"].transform("max") >= MOST_TELLINGS
    return found


def _settle_spoilt(rows: Rows) -> None:
    """Reject rows whose number is that of another only without what nobody sees in it.

    The number as it is kept has the better right to itself: a row that bears it plainly is not
    rejected because of them.
    """
    good = np.flatnonzero(rows.good)
    plain = rows.plain[good]
    if plain.all():
        return
    mixed = np.intersect1d(rows.unit[good[plain]], rows.unit[good[~plain]])
    if not len(mixed):
        return
    chosen = np.isin(rows.unit[good], mixed)
    good, plain = good[chosen], plain[chosen]
    _, group = np.unique(rows.unit[good], return_inverse=True)
    hashes = digests.hashes(taken(rows.table, good))
    low = np.full(len(mixed), np.iinfo(np.uint64).max, dtype=np.uint64)
    high = np.zeros(len(mixed), dtype=np.uint64)
    np.minimum.at(low, group[plain], hashes[plain])
    np.maximum.at(high, group[plain], hashes[plain])
    rows.reject(good[~plain & (low == high)[group] & (hashes != low[group])], SPOILT)


def _drop_repeated(members: Rows, table: str) -> None:
    """Count equal rows with the same number in the same crash as duplicates of the first."""
    number = members.table.get(NUMBERED[table])
    good = np.flatnonzero(members.good)
    if number is None or not len(good):
        return
    good = good[~missing(number[good])]
    _repeat_equal(members, good, digests.hashes(taken(members.table, good)))


def _say_equal(members: Rows, table: str) -> None:
    """Say how many rows without a number equal another of their crash: each is kept."""
    number = members.table.get(NUMBERED[table])
    good = np.flatnonzero(members.good)
    good = good if number is None else good[missing(number[good])]
    if not len(good):
        return
    # Their words count here, not only what we made of them: two modes may be one "unknown".
    order, first = _equals(members, good, digests.hashes(taken(members.table, good), words=True))
    again = np.bincount(members.part[good[order][~first]], minlength=len(members.parts))
    for part, count in zip(members.parts, again.tolist(), strict=True):
        if count:
            part.checked.say("", EQUAL.code, Message(EQUAL.message.text, {"n": count}))


def _drop_repeated_people(casualties: Rows) -> None:
    if len(casualties):
        _drop_repeated(casualties, "person")


def _repeat_equal(rows: Rows, good: Ints, hashes: Hashes) -> None:
    order, first = _equals(rows, good, hashes)
    leader = good[order][first][np.cumsum(first) - 1]
    rows.repeat(good[order][~first], leader[~first])


def _equals(rows: Rows, good: Ints, hashes: Hashes) -> tuple[Ints, Flags]:
    """Return an order that brings equal rows of a crash together, and which are first of them."""
    order = np.lexsort((good, hashes, rows.unit[good]))
    unit, same = rows.unit[good][order], hashes[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (unit[1:] != unit[:-1]) | (same[1:] != same[:-1])
    return order, first


def _merged(casualties: Rows, units: Ints, count: int) -> Table:
    """Return the facts of crashes that only casualty rows tell: what most rows say."""
    # Repeated rows have their say too: which of them is the first depends on the order of the file.
    good = np.flatnonzero(casualties.readable)
    if not len(good) or not casualties.table:
        return {}
    place = np.full(count, -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    at = place[casualties.unit[good]]
    good, at = good[at >= 0], at[at >= 0]
    return {name: _agreed(casualties, name, good, at, len(units)) for name in casualties.table}


def _agreed(rows: Rows, name: str, good: Ints, at: Ints, count: int) -> Laid:
    """Return what the rows of each crash say of a field; where they differ, what most say."""
    values = rows.table[name]
    codes, words = coded.factorized(values[good], sort=True)
    known = codes >= 0
    low = np.full(count, len(words), dtype=np.int64)
    high = np.full(count, -1, dtype=np.int64)
    np.minimum.at(low, at[known], codes[known])
    np.maximum.at(high, at[known], codes[known])
    here = high >= 0
    if name.endswith("_involved"):
        # Any row may say yes, and no row can deny it: yes stands behind no and unknown.
        return _laid(words, high)
    low[~here] = -1
    for mine in _groups(at, known & (here & (low != high))[at]):
        said, often = np.unique(codes[mine], return_counts=True)
        best = int(said[np.argmax(often)])
        low[at[mine[0]]] = best
        _tell_differing(rows, name, good[mine[codes[mine] != best]], words[best])
    return _laid(words, low)


def _laid(words: Values, codes: Ints) -> Laid:
    """Lay numbers or words out by row, -1 for none."""
    if words.dtype.kind == "f":
        return np.append(words, np.nan)[codes]
    return coded.laid(words.tolist(), codes)


def _groups(at: Ints, chosen: Flags) -> list[Ints]:
    """Return the chosen rows, crash by crash."""
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(at[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(at[rows], prepend=-1))
    return np.split(rows, starts[1:]) if len(rows) else []


def _tell_differing(rows: Rows, name: str, which: Ints, kept: Any) -> None:
    if name.endswith(("_src", "_precision", "_told", "_flag")):
        return
    for row in which.tolist():
        told = Message(DIFFERS.message.text, {"kept": quoted(str(kept))})
        rows.warn(row, name, Fault(DIFFERS.code, told), str(rows.table[name][row]))


def _chosen(name: str, own: Ints, from_crash: Flags, crash: Table, merged: Table) -> Laid:
    """Lay out a field of crashes: from crash rows, or from the casualties of the crash."""
    if name in merged and not from_crash.any():
        return merged[name]
    numeric = any(name in one and one[name].dtype.kind == "f" for one in (crash, merged))
    found = empty(len(own), numeric)
    if name in crash:
        found[from_crash] = plain(crash[name])[own[from_crash]]
    if name in merged:
        found[~from_crash] = plain(merged[name])[~from_crash]
    return found
