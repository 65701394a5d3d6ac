"""The nouns of the trade, frozen: crashes and their period, sites, scores, imports and answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.columnar import Framed, Table, Taken
from crashkit.errors import Message

Progress = Callable[[float, "Message | None"], None]
"""Called with the share done (0 to 1) and what is being done; raises Cancelled to stop."""

BY_HAND = "by_hand"
"""The option of an import that somebody typed: it says nothing of where the data set comes from."""

UNITS = ("crashes", "casualties", "vehicles")
SEVERITIES = ("fatal", "serious", "slight", "injury", "pdo", "unknown")


def no_progress(share: float, doing: Message | None = None) -> None:
    """Report progress to nobody."""


class Month(date):
    """A month, told by its first day: said in words as a month and a year."""


Stretch = tuple[date, date]
"""A first and a last day, both inclusive."""


@dataclass(frozen=True)
class Period:
    """The dates a source covers, both inclusive; years without crashes are data.

    `parts` are the stretches of days that count, in order and apart from each other; none where
    all days count. `undated`: crashes without a date are among those of these days, so nothing can
    be said for each year.
    """

    start: date
    end: date
    parts: tuple[Stretch, ...] = ()
    undated: bool = False

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches of days that count, one at least."""
        return self.parts or ((self.start, self.end),)

    @property
    def days(self) -> int:
        """Number of days that count, both ends counted."""
        return sum((end - start).days + 1 for start, end in self.stretches)

    @property
    def years(self) -> float:
        """Length in years of 365.25 days; whole calendar years are whole numbers."""
        return sum(_years(*stretch) for stretch in self.stretches)

    @property
    def calendar_years(self) -> tuple[int, ...]:
        """Every calendar year touched."""
        touched = {
            year for start, end in self.stretches for year in range(start.year, end.year + 1)
        }
        return tuple(sorted(touched))

    @property
    def whole_years(self) -> tuple[int, ...]:
        """Every calendar year of which all days count."""
        return tuple(
            year
            for year in self.calendar_years
            if any(
                start <= date(year, 1, 1) and date(year, 12, 31) <= end
                for start, end in self.stretches
            )
        )

    @property
    def notes(self) -> tuple[Message, ...]:
        """Say which days count, where not all do, and whether crashes without a date do."""
        found: list[Message] = []
        if self.parts:
            whole = all(map(_are_years, self.parts))
            said = {"list": [_said(one, years=whole) for one in self.parts]}
            found.append(
                Message("Of these years only {list} count.", said)
                if whole
                else Message("Of this time only {list} count.", said)
            )
        if self.undated:
            found.append(UNDATED)
        return tuple(found)

    def cut(self, start: date | None, end: date | None) -> Period:
        """Return the part between `start` and `end`; empty parts collapse to one day."""
        return self.within([(start or self.start, end or max(self.end, start or self.end))])

    def within(self, wanted: Sequence[Stretch]) -> Period:
        """Return the part on the days of these stretches; empty parts collapse to one day."""
        shared = [
            (max(start, first), min(end, last))
            for first, last in _joined(wanted)
            for start, end in self.stretches
            if max(start, first) <= min(end, last)
        ]
        if not shared:
            day = max(self.start, min(wanted)[0])
            return Period(day, day)
        return Period(shared[0][0], shared[-1][1], tuple(shared) if len(shared) > 1 else ())


UNDATED = Message(
    "Crashes without a date are among them, so numbers for each year cannot be given: leave out "
    "the crashes of an unknown year."
)


def _years(start: date, end: date) -> float:
    last = date.fromordinal(end.toordinal() + 1)
    whole = last.year - start.year
    if (last.month, last.day) == (start.month, start.day) and whole:
        return float(whole)
    return ((end - start).days + 1) / 365.25


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches in order, those that meet as one."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start.toordinal() <= joined[-1][1].toordinal() + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start <= end:
            joined.append((start, end))
    return joined


def _are_years(stretch: Stretch) -> bool:
    start, end = stretch
    return (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)


def _said(stretch: Stretch, *, years: bool) -> str | Message:
    start, end = stretch
    if not years:
        return Message("{start} to {end}", {"start": start, "end": end})
    return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"


@dataclass(frozen=True)
class DatasetInfo:
    """What the store knows of a data set. `version` counts its imports and changes by hand.

    `posts_by_province`: a profile of the user says that each province counts its km posts anew;
    the shipped profiles are asked by their id. `rejected` and `duplicates` are rows of its imports
    that became nothing, or were there already; None where nobody tells.
    """

    id: int
    name: str
    title: str
    version: int
    profile: str
    country: str
    period: Period
    crashes: int
    vehicles: int
    people: int
    located: int
    fields: Mapping[str, tuple[str, ...]]
    killed_definition: str = "unknown"
    attribution: str = ""
    synthetic: bool = False
    changed: datetime | None = None
    posts_by_province: bool = False
    rejected: int | None = None
    duplicates: int | None = None

    @property
    def fingerprint(self) -> str:
        """Name and version, as analyses and reports state it."""
        return f"{self.name} v{self.version}"

    def document(self) -> dict[str, Any]:
        """Return what a list of data sets says of it, as plain values for JSON."""
        return {
            "id": self.name,
            "title": self.title,
            "version": self.version,
            "profile": self.profile,
            "country": self.country,
            "from": self.period.start.isoformat(),
            "to": self.period.end.isoformat(),
            "crashes": self.crashes,
            "vehicles": self.vehicles,
            "people": self.people,
            "located": self.located,
            "synthetic": self.synthetic,
        }


class CrashData:
    """Crashes with their vehicles and people, and the period the source covers.

    Frames (pandas) carry the fields of the dictionary that this source has, under their names.
    `crashes` has a unique integer column `id`; `vehicles` and `people` refer to it by `crash`.
    Codes are pandas categoricals over the code list, whole numbers Int32, numbers float64, dates
    datetime64[s], yes/no fields categoricals of "yes", "no", "unknown", texts str objects.
    Rows are ordered by `id`, and `id` does not depend on the order of rows in the source file's
    analysis: results never depend on row order.

    The frames are made when they are asked for. Who looks at a few columns of many crashes asks
    the `table` of crashes, vehicles or people for those; what is found for `each` crash is cut, not
    found again, where crashes are cut from the data. `found` is what was found so far, by name.
    """

    def __init__(
        self,
        crashes: pd.DataFrame | Table,
        vehicles: pd.DataFrame | Table,
        people: pd.DataFrame | Table,
        period: Period,
        dataset: DatasetInfo | None = None,
        *,
        layers: Callable[[], Mapping[str, Any]] = dict,
        found: Mapping[str, Any] | None = None,
    ) -> None:
        self.period = period
        self.dataset = dataset
        given = {"crash": crashes, "vehicle": vehicles, "person": people}
        self._tables = {
            name: one if isinstance(one, Table) else Framed(one) for name, one in given.items()
        }
        self._layers = layers
        self.found: dict[str, Any] = dict(found or {})

    def __len__(self) -> int:
        return len(self.table("crash"))

    def table(self, name: str) -> Table:
        """Return the table crash, vehicle or person, which gives column by column."""
        return self._tables[name]

    @property
    def crashes(self) -> pd.DataFrame:
        """The crashes as a frame."""
        return self.table("crash").frame

    @property
    def vehicles(self) -> pd.DataFrame:
        """The vehicles as a frame."""
        return self.table("vehicle").frame

    @property
    def people(self) -> pd.DataFrame:
        """The people as a frame."""
        return self.table("person").frame

    @property
    def layers(self) -> Mapping[str, Any]:
        """The map layers of the data set by kind, as GeoJSON."""
        return self._layers()

    @cached_property
    def crash_ids(self) -> NDArray[np.int64]:
        """The column `id` of the crashes."""
        return self.table("crash").column("id").to_numpy(dtype=np.int64)

    def has(self, name: str) -> bool:
        """Say whether the crash table has the field `name` with at least one value."""
        return name in self.table("crash") and self.table("crash").is_told(name)

    def once(self, name: str, work: Callable[[CrashData], Any]) -> Any:
        """Return what `work` finds out about these crashes; it works once."""
        if name not in self.found:
            self.found[name] = work(self)
        return self.found[name]

    def each(self, name: str, work: Callable[[CrashData], Any]) -> Any:
        """Return what `work` finds for each crash, as an array or as Levels; it works once.

        In data cut from others, what was found for those is cut.
        """
        return self.once(name, work)

    def crash_of(self, table: str) -> NDArray[np.int32]:
        """Return the row of the crash of each vehicle or person; -1 where it is not there."""
        crash: NDArray[np.int32] = self.once(
            f"crash of {table}", lambda data: _crash_of(data, table)
        )
        return crash

    def keep(self, mask: NDArray[np.bool_], *, period: Period | None = None) -> CrashData:
        """Cut all three tables to the crashes where `mask` is true."""
        return CutData(self, np.flatnonzero(mask).astype(np.int32), period or self.period)

    def ids(self, crash_ids: NDArray[np.int64]) -> CrashData:
        """Cut to the crashes with these ids."""
        return self.keep(np.isin(self.crash_ids, crash_ids))

    def replace(self, **changes: Any) -> CrashData:
        """Return the data with other crashes, vehicles, people, period, dataset or layers."""
        names = {"crash": "crashes", "vehicle": "vehicles", "person": "people"}
        kept: dict[str, Any] = {names[table]: self.table(table) for table in names}
        kept |= {"period": self.period, "dataset": self.dataset, "layers": lambda: self.layers}
        found = {} if changes.keys() & set(names.values()) else self.found
        return CrashData(**{**kept, **changes}, found=found)


class CutData(CrashData):
    """Crashes cut from others (`whole`, which is cut from none); `rows` are their rows there."""

    def __init__(self, data: CrashData, rows: NDArray[np.int32], period: Period) -> None:
        before = data if isinstance(data, CutData) else None
        self.whole: CrashData = data if before is None else before.whole
        self.rows: NDArray[np.int32] = rows if before is None else before.rows[rows]
        super().__init__(
            Taken(self.whole.table("crash"), lambda: self.rows),
            Taken(self.whole.table("vehicle"), lambda: self._members("vehicle")[0]),
            Taken(self.whole.table("person"), lambda: self._members("person")[0]),
            period,
            data.dataset,
            layers=lambda: self.whole.layers,
        )

    def each(self, name: str, work: Callable[[CrashData], Any]) -> Any:
        """Return what was found for each crash of the whole data, cut to these."""
        return self.once(name, lambda _: self.whole.each(name, work).take(self.rows))

    def crash_of(self, table: str) -> NDArray[np.int32]:
        """Return the row of the crash of each vehicle or person."""
        return self._members(table)[1]

    def _members(self, table: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the rows of vehicles or people of these crashes, and the rows of their crashes."""
        found: tuple[NDArray[np.int32], NDArray[np.int32]] = self.once(
            f"members {table}", lambda _: self._find_members(table)
        )
        return found

    def _find_members(self, table: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        # The last place is that of the crash -1, which is not there.
        place = np.full(len(self.whole) + 1, -1, dtype=np.int32)
        place[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        crash = place[self.whole.crash_of(table)]
        rows = np.flatnonzero(crash >= 0).astype(np.int32)
        return rows, crash[rows]


def _crash_of(data: CrashData, table: str) -> NDArray[np.int32]:
    members = data.table(table)
    if not len(members):
        return np.zeros(0, dtype=np.int32)
    known = pd.Index(data.crash_ids)
    return known.get_indexer(pd.Index(members.column("crash"))).astype(np.int32)


def constant(count: int, value: object) -> NDArray[np.object_]:
    """Return a column with one value in all rows, which is there once (np.full copies texts)."""
    found = np.empty(count, dtype=object)
    found.fill(value)
    return found


# ------------------------------------------------------------------ intake


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: its name (text only, never a path to open) and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Issue:
    """A complaint about one cell or row. `row` is the line number in the file; 1 is its first."""

    file: str
    row: int | None
    field: str
    value: str
    code: str
    message: Message


EARLIER = "an earlier import"

TOLD_OTHERWISE, TOLD_TWICE = "told_otherwise", "told_twice"
"""The codes of rejected rows that wait in the list of conflicts: of crashes that an earlier import
tells otherwise, and of such as the rows of one import tell in several ways."""
WAITING = (TOLD_OTHERWISE, TOLD_TWICE)

REPAIR_NOT_MADE = "repair_not_made"
"""The code of rows of crashes that are kept without a place, which a repair allowed now has."""


@dataclass(frozen=True)
class Duplicate:
    """A row that says again what `of` said: a line of these files, or EARLIER."""

    file: str
    row: int
    of: str


@dataclass(frozen=True)
class FileRead:
    """How one file was read."""

    name: str
    sha256: str
    size: int
    rows: int
    table: str
    encoding: str
    delimiter: str


@dataclass(frozen=True)
class Inference:
    """How a file, or one column of it, was read, and what told so.

    `what` and `value` are the option and the answer that would say the same. `certain` is false
    where nothing spoke against it, and little for it. `file` is empty where several files told it.
    `examples` are cells as written and as they were read, "" where they could not be.
    """

    file: str
    column: str
    what: str
    value: str
    evidence: Message
    certain: bool = True
    examples: tuple[tuple[str, str], ...] = ()


OURS = "crashkit_"
"""Columns of our own in a file of rejected rows; they are never read as data."""
ORIGIN = (f"{OURS}file", f"{OURS}row")
"""The columns that say in which file, and in which row of it, a rejected row first stood."""
MOST_DIGITS = 9
"""Rows of more digits are none: somebody wrote something else into that cell."""


@dataclass(frozen=True)
class Ledger:
    """What happened to each row of the files. Sums are checked when it is made.

    `rejected` counts rows; `issues` may name several faults of one row. `cells` holds the original
    cells of each rejected row by (file, row), and its ORIGIN where it came back from our rejects.
    """

    files: tuple[FileRead, ...]
    total: int
    accepted: int
    rejected: int
    duplicates: tuple[Duplicate, ...]
    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    cells: Mapping[tuple[str, int], Mapping[str, str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.accepted + self.rejected + len(self.duplicates) != self.total:
            raise ValueError("accepted + rejected + duplicates must equal the rows read")

    @property
    def status(self) -> str:
        """accepted, partial or rejected."""
        if self.rejected == 0:
            return "accepted"
        return "partial" if self.accepted or self.duplicates else "rejected"

    def origin(self, file: str, row: int) -> tuple[str, int]:
        """Return where a rejected row first stood, however often it was mended and came back."""
        told = self.cells.get((file, row), {})
        place, number = (told.get(name, "").strip() for name in ORIGIN)
        known = place and number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
        return (place, int(number)) if known else (file, row)


@dataclass(frozen=True)
class RepairExample:
    """A place that a repair would change: where it stands, what it says, what it would become."""

    file: str
    row: int
    value: str
    becomes: str


@dataclass(frozen=True)
class Proposal:
    """A repair of places that only the user may allow, for all its rows or for none.

    `made` says whether it was allowed. `systems` are coordinate systems of which the user may name
    the right one; then that answer makes the repair, not the kind.
    """

    kind: str
    field: str
    count: int
    examples: tuple[RepairExample, ...]
    message: Message
    made: bool = False
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Records:
    """Crashes with their vehicles and people, as an import writes them and the store keeps them.

    `crashes` has the columns `crash_key` (identity, text), `digest` (of the crash with all its
    rows; in an import it stands beside them) and dictionary fields with `<name>_src` texts;
    `vehicles` and `people` refer to it by `crash_key`. Dates are ISO text, numbers numbers, missing
    values None or NaN.
    """

    crashes: pd.DataFrame
    vehicles: pd.DataFrame
    people: pd.DataFrame

    def __len__(self) -> int:
        return len(self.crashes)


def by_crash(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a frame of Records by their crash, as plain facts: what is missing is not.

    Their order is kept.
    """
    plain = frame.astype(object).where(frame.notna(), None)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in plain.to_dict("records"):
        facts = {str(name): value for name, value in row.items() if value is not None}
        found.setdefault(facts.pop("crash_key"), []).append(facts)
    return found


Recall = Callable[[Collection[str]], Records]
"""Returns the crashes with these keys as an earlier import has them."""


class Texts(Protocol):
    """Texts by row, such as an array of objects; they may be made only where they are read."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __getitem__(self, rows: NDArray[np.int64], /) -> Texts: ...


@dataclass(frozen=True, eq=False)
class ImportBatch:
    """Rows ready for the store: typed frames without ids (see Records), and the ledger.

    The frames are `made` when they are asked for: who only looks at the account needs none. The
    `digests` of the crashes, with all their rows, stand beside them in the same order.
    `columns` are the names of the columns of the files by kind of file. `replaces` are the keys of
    those crashes that an earlier import has too, with less or, on the user's word, with other
    facts. `conflicts` are crashes that contradict what was kept before, or of which the rows
    contradict each other: they are not imported until somebody decides. Such a crash stands there
    once for each of its tellings, which share vehicles and people; `told_at` is where. `bounded`
    says whether it was known where the crashes can lie.
    """

    made: Callable[[], Records]
    digests: Texts
    period: Period
    ledger: Ledger
    profile: str
    title: str
    country: str
    killed_definition: str
    attribution: str
    options: Mapping[str, str]
    synthetic: bool = False
    inferences: tuple[Inference, ...] = ()
    replaces: frozenset[str] = frozenset()
    conflicts: Records | None = None
    proposals: tuple[Proposal, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bounded: bool = False

    @cached_property
    def records(self) -> Records:
        """The crashes with their vehicles and people."""
        return self.made()

    @property
    def crashes(self) -> pd.DataFrame:
        """The crashes, see Records."""
        return self.records.crashes

    @property
    def vehicles(self) -> pd.DataFrame:
        """The vehicles of the crashes."""
        return self.records.vehicles

    @property
    def people(self) -> pd.DataFrame:
        """The people of the crashes."""
        return self.records.people


@dataclass(frozen=True)
class SeenColumns:
    """The names of the columns that a kind of file had in an import, in order, and when it was."""

    at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """A crash of an import that contradicts what was kept of it, or another row of the import.

    `state`: open, kept (what was there stays), taken (the new facts stand now) or met (open, but
    what stands meanwhile says the same, by a change by hand or a later import). `crash`,
    `vehicles` and `people` are the new facts, by field. `told_at` names the row that tells them,
    "" where that is not remembered.
    """

    import_id: int
    n: int
    crash_key: str
    state: str
    at: str | None
    who: str
    reason: str
    crash: Mapping[str, Any]
    vehicles: tuple[Mapping[str, Any], ...]
    people: tuple[Mapping[str, Any], ...]
    told_at: str = ""


@dataclass(frozen=True)
class ImportRecord:
    """One import as the store keeps it: immutable, never overwritten."""

    id: int
    dataset: str
    version: int
    at: datetime
    profile: str
    options: Mapping[str, str]
    total: int
    accepted: int
    rejected: int
    duplicates: int
    status: str
    files: tuple[FileRead, ...]
    inferences: tuple[Inference, ...] = ()


# ----------------------------------------------------------------- records


ROW = "row"
"""The field of a change of a whole vehicle or person: its values are the states of a row."""

NEW = -1_000_000
"""The number by which an edit names the first row it adds; the second is one less, and so on."""

TOLD, ADDED, REMOVED = "told", "added", "removed"
"""The states of a row: told by the source, added by hand, removed by hand."""


@dataclass(frozen=True)
class Change:
    """A new value of one field: of the crash (`n` is 0), or of its `n`-th vehicle or person.

    None says that nothing is known. Of the field ROW the value is a state.
    """

    table: str
    n: int
    field: str
    value: str | int | float | None


@dataclass(frozen=True)
class Edit:
    """One field as somebody changed it by hand: what stood there before, and what stands now.

    `before` is the value of the source, not of an earlier edit. What was changed together has one
    number, `change`. `version` is the version of the data set that the change made, `undone` the
    one that took it back.
    """

    change: int
    version: int
    undone: int | None
    at: datetime
    who: str
    reason: str
    crash_key: str
    table: str
    n: int
    field: str
    before: str | int | float | None
    after: str | int | float | None


@dataclass(frozen=True)
class RecordRow:
    """The crash itself, or one vehicle or person of it.

    `n` is 0 for the crash; vehicles and people count from 1 up as the source told them, and from
    -1 down those added by hand. `told` is what the source told, `now` what holds after all edits,
    `words` what the source wrote where a code was made of it; empty fields are absent.
    """

    table: str
    n: int
    told: Mapping[str, str | int | float]
    now: Mapping[str, str | int | float]
    words: Mapping[str, str]
    state: str = TOLD

    @property
    def stands(self) -> bool:
        """Say whether the row is part of the crash: it was not removed by hand."""
        return self.state != REMOVED


@dataclass(frozen=True)
class CrashRecord:
    """One crash with its vehicles, its people and all edits, the oldest first.

    `id` is the number of the crash within its data set, `key` its identity over all imports;
    `version` is the version of the data set it was read at.
    """

    dataset: str
    version: int
    id: int
    key: str
    import_id: int
    profile: str
    crash: RecordRow
    vehicles: tuple[RecordRow, ...]
    people: tuple[RecordRow, ...]
    edits: tuple[Edit, ...]

    @property
    def rows(self) -> tuple[RecordRow, ...]:
        """The crash, its vehicles and its people, with those removed by hand."""
        return (self.crash, *self.vehicles, *self.people)

    def next_row(self, table: str) -> int:
        """Return the number that the next vehicle or person added by hand has.

        No number is given twice, not even after a change was taken back.
        """
        return min((one.n for one in self.edits if one.table == table and one.n < 0), default=0) - 1


# --------------------------------------------------------------- screening


@dataclass(frozen=True)
class Site:
    """A place with the ids of its crashes. Chainages in metres from the origin of the road.

    `group` names the population the site is compared within (a road class, a junction kind).
    `measured_m` is the length on the ground where a network tells it: posts are nominal.
    `equation` says that posts jump within the site. `strength` is that of a cluster, from 0 to 1.
    """

    id: str
    place: str
    lon: float
    lat: float
    crash_ids: tuple[int, ...]
    road: str = ""
    from_m: int | None = None
    to_m: int | None = None
    radius_m: float | None = None
    group: str = ""
    aadt: float | None = None
    measured_m: float | None = None
    equation: bool = False
    strength: float | None = None

    @property
    def length_m(self) -> float | None:
        """Length along the road, measured or by its posts; None for a place without chainage."""
        if self.measured_m is not None:
            return self.measured_m
        if self.from_m is None or self.to_m is None:
            return None
        return float(self.to_m - self.from_m)


@dataclass(frozen=True)
class Score:
    """What a measure says of a site: larger is worse. NaN comes with a `reason`.

    `detail` may hold expected, low, high, p, and what else the measure explains itself by.
    """

    value: float
    passed: bool
    reason: Message | None = None
    detail: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """How much of a finding is the place, and how much chance; NaN or None where not known.

    `expected` is what its `peers`, so many places, have in the period; `estimate` the crashes to be
    expected at the site itself in a period as long, by empirical Bayes, between `low` and `high`
    with 90 %; `worse` the probability that it has more than 1.5 times what its peers have. `p` is
    the chance of so many crashes at one of its peers, `q` the same, adjusted for all places
    compared, however they hang together. Its rank lies from `rank_low` to `rank_high` with 90 %.
    `stability` is the share of the repeats, with something changed, in which the site is still
    listed. `since` is the last day of works at a treated site: only crashes after it are counted.
    """

    expected: float = float("nan")
    estimate: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    worse: float = float("nan")
    p: float = float("nan")
    q: float = float("nan")
    peers: int = 0
    pooled: bool = False
    rank_low: int | None = None
    rank_high: int | None = None
    stability: float | None = None
    since: date | None = None


@dataclass(frozen=True)
class Finding:
    """A site with its score, its rank (ties share a rank) and its counts by severity.

    `part` is the id of the part of the rule that it meets, "" where the rule has no parts.
    """

    site: Site
    score: Score
    rank: int
    counts: Mapping[str, int]
    evidence: Evidence = Evidence()
    part: str = ""


@dataclass(frozen=True)
class Screening:
    """The question: where to look, what to measure, on which crashes, under which named rule.

    A rule of `parts` is as many questions that are answered as one; it has no place and no measure
    of its own. `setting` is where a part holds: "town", "country" or "junction". What the rule says
    of itself goes along, so that an answer stands when the rule is changed or gone: its country,
    the fields that it `needs`, its notes, and from when to when it is in force.
    """

    preset: str
    place: str
    measure: str
    place_params: Mapping[str, Any]
    measure_params: Mapping[str, Any]
    filter: Mapping[str, str]
    title: str = ""
    source: str = ""
    verified: bool = False
    setting: str = ""
    parts: tuple[Screening, ...] = ()
    country: str = ""
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def each(self) -> tuple[Screening, ...]:
        """The questions that are asked: its parts, or itself where it has none."""
        return self.parts or (self,)

    @property
    def crashes(self) -> Mapping[str, str]:
        """The filter of the crashes that are looked at: what all parts ask for.

        Where each part narrows what the user chose by a field, but not alike, it is that choice.
        """
        each = [one.filter for one in self.each]
        chosen = {
            name: words for name, words in self.filter.items() if all(name in one for one in each)
        }
        return {**chosen, **_in_common(each)}


def _in_common(filters: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return what all filters ask for in the same words."""
    first, *others = filters
    return {
        name: words
        for name, words in first.items()
        if all(one.get(name) == words for one in others)
    }


@dataclass(frozen=True, eq=False)
class ScreeningResult:
    """The answer, how many places were looked at, and its caveats.

    `target` says what the sites are ranked by; `repeats` what was changed to see which of them
    stay; `support` what the data can support at all, in two sentences.
    """

    asked: Screening
    findings: tuple[Finding, ...]
    compared: int
    crashes: int
    located: int
    period: Period
    data_version: str
    notes: tuple[Message, ...] = ()
    id: int | None = None
    target: str = ""
    repeats: tuple[Message, ...] = ()
    support: tuple[Message, ...] = ()


# ----------------------------------------------------- lists side by side


@dataclass(frozen=True)
class Absence:
    """Why a place is in one list and not in another: the `kind` of reason, and sentences."""

    kind: str
    said: tuple[Message, ...]


@dataclass(frozen=True)
class ListPair:
    """How far two lists agree; `first` and `second` are their positions from 0.

    `by_crashes` says of how many sites of the first, and of the second, more than half of the
    crashes lie at sites of the other; `by_ground` how many lie where the other has one; `places`
    how many places both have. Of the crashes that both questions look at `both` lie at sites of
    both lists, `only_first`, `only_second` and `neither` as they say. `jaccard`, `kappa` and the
    correlation of `ranks` over the places of both are NaN where they have no meaning.
    """

    first: int
    second: int
    by_crashes: tuple[int, int]
    by_ground: tuple[int, int]
    places: int
    both: int
    only_first: int
    only_second: int
    neither: int
    jaccard: float
    kappa: float
    ranks: float


@dataclass(frozen=True)
class Lasting:
    """What became of a place from one period to the next: "stable", "migrating", "new", "gone".

    `moved_m` is how far its middle moved, None where it was found once. `counts` are the crashes
    on its ground in each period of `years`; `ratio` is the last rate over the first, with exact
    95 % limits and the chance `p` of such a change where nothing changed. `expected` are the
    crashes to be expected in the last period where it was found in the first, chance taken out
    (empirical Bayes), and `happened` those that happened there.
    """

    state: str
    moved_m: float | None
    counts: tuple[int, ...]
    years: tuple[float, ...]
    ratio: float
    lower: float
    upper: float
    p: float
    expected: float
    happened: int


@dataclass(frozen=True)
class ComparedPlace:
    """One place, found by whichever lists: `site` is the one that has most crashes there.

    `found` are, list by list, the positions (from 1) of its sites, none where the list has none;
    `absent` is then why. `crashes` counts the crashes of all its sites, each once.
    """

    site: Site
    found: tuple[tuple[int, ...], ...]
    absent: tuple[Absence | None, ...]
    crashes: int
    lasting: Lasting | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Lists of sites of one data set side by side: of several rules, or of one in several periods.

    `kind` is "presets" or "periods"; `places` come first that most lists have.
    """

    kind: str
    lists: tuple[ScreeningResult, ...]
    pairs: tuple[ListPair, ...]
    places: tuple[ComparedPlace, ...]
    data_version: str
    notes: tuple[Message, ...] = ()
    id: int | None = None

    @property
    def crashes(self) -> Mapping[str, str]:
        """The filter of the crashes that every list looks at: what all questions ask for."""
        return _in_common([one.asked.crashes for one in self.lists])


# ------------------------------------------------------------------ tables


@dataclass(frozen=True)
class CrossTable:
    """Counts of one unit by two fields. `cells[i][j]` belongs to `rows[i]`, `columns[j]`.

    Keys are code words, numbers as text, or "" for unknown; labels are for people. `warnings` must
    be seen beside the numbers: breaks between years that cannot be compared.
    """

    row_field: str
    column_field: str
    unit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    row_labels: tuple[Message, ...]
    column_labels: tuple[Message, ...]
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    @property
    def total(self) -> int:
        """Sum of all cells."""
        return sum(sum(row) for row in self.cells)


@dataclass(frozen=True)
class Summary:
    """The figures above every view: crashes, people hurt, vehicles, crashes with coordinates.

    None stands for what the source does not record, which is not the same as nobody. `untold` says
    of a sum, by its name, how many crashes are not in it as they do not tell how many they had,
    also where no crash tells it. `deadly_untold` of those that do not tell the killed are fatal.
    """

    crashes: int
    of: int
    killed: int | None
    serious: int | None
    slight: int | None
    injured: int | None
    vehicles: int | None
    located: int
    by_severity: Mapping[str, int]
    untold: Mapping[str, int] = field(default_factory=dict)
    deadly_untold: int = 0


Rows = Sequence[Mapping[str, Any]]
