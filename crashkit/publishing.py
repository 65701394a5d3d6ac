"""A report for the public: no small count in any of its tables, sentences and figures.

All tables of the report are protected together (crashkit.disclosure): a number that stands in two
of them is hidden in both, and what all their sums tell together is searched. A sentence stays where
every number in it may be seen, as one that counts nothing always may (errors.NoCount); a figure,
where its whole table may be. Totals that a table does not show are taken as known.

What is not covered: two reports that differ by a few crashes, and what somebody knows already.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import disclosure, filters, overlaps
from crashkit.blocks import (
    ALL_OTHERS,
    CASUALTIES,
    CRASHES,
    TOTAL,
    VEHICLES,
    Block,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Pairs,
    Paragraph,
    Points,
    Table,
)
from crashkit.disclosure import Sum
from crashkit.errors import Message, NoCount, NoShare
from crashkit.model import CrashData
from crashkit.overlaps import Same

HIDDEN = "[c]"
"""The sign of a hidden number: c for confidential.

Source: Government Analysis Function, Symbols in tables: definitions and help (2021).
"""

OF_ALL = (TOTAL, CRASHES, CASUALTIES, VEHICLES)
"""Titles that say of a number only that it is of everything counted."""

UNITS = (CRASHES, CASUALTIES, VEHICLES)

REST = "the rest"
"""Names what a total has more than its parts, which stands nowhere."""

DERIVED = ("float", "number", "percent", "chance")
_NUMBER = re.compile(r"[<>≤≥ ]*[-−+]?\d+([.,]\d+)?\s*%?")
_YEAR = re.compile(r"(19|20)\d\d")

MORE = Message(
    "What would be said here of these numbers is left out: it could tell counts that are hidden."
)


@dataclass(frozen=True)
class Published:
    """What may be published, how many numbers are hidden in it, and how much is left out.

    `secret` are the numbers that are hidden somewhere.
    """

    blocks: tuple[Block, ...]
    hidden: int
    left_out: int
    secret: frozenset[int] = frozenset()


def publish(
    blocks: Sequence[Block],
    threshold: int,
    days: Iterable[date] = (),
    within: Mapping[int, str] | None = None,
    *,
    areas: Sequence[Same] = (),
    once: bool = False,
) -> Published:
    """Hide every count of 1 to `threshold` - 1, and with it what would give it away.

    `days` are dates that may be told, as the first and the last of the data; `within` says by the
    `id` of a block of what part of the crashes it is, such as of a year, where other blocks tell of
    more; `areas` are places that lie in others, so that their counts are sums; with `once` the sign
    is explained once, at the end, where there is no room. Raises ValueError for a threshold outside
    of 3 to 11.
    """
    press = _Press(tuple(blocks), threshold, frozenset(days), within or {}, tuple(areas), once)
    return press.published()


AREAS = ("admin1", "admin2", "settlement", "road")
"""Keys of places, the widest first."""


def areas_within(data: CrashData) -> tuple[Same, ...]:
    """Return which areas, settlements and roads lie whole in one other of the data."""
    return tuple(
        same for wide, fine in combinations(AREAS, 2) for same in _within(data, wide, fine)
    )


def _within(data: CrashData, wide: str, fine: str) -> Iterator[Same]:
    outer, inner = filters.levels(data, wide), filters.levels(data, fine)
    if outer is None or inner is None:
        return
    # The last of each are those of which it is not known.
    each = (len(outer.values) + 1, len(inner.values) + 1)
    codes = (outer.codes.astype(np.int64) % each[0], inner.codes.astype(np.int64) % each[1])
    met = np.unravel_index(np.unique(np.ravel_multi_index(codes, each)), each)
    names = ([*_labels_of(wide, outer.values), ""], [*_labels_of(fine, inner.values), ""])
    pairs = ((names[0][i], names[1][j]) for i, j in zip(*met, strict=True))
    yield from overlaps.nested(*zip(*pairs, strict=True)) if len(data) else ()


def _labels_of(key: str, values: Sequence[str]) -> Iterator[str]:
    return (str(filters.value_label(key, value)) for value in values)


OPEN_FILTERS = ("year", "admin1", "admin2", "settlement", "road")
"""Keys by which crashes for the public may be chosen: whole years, and places that have a name."""


def refused_filter(by: Collection[str], left_out: int, threshold: int) -> Message | None:
    """Say why a filter may not choose what the public sees; None where it may.

    `by` are its keys, `left_out` is how many crashes it leaves out. Two tables of which one leaves
    out a few crashes tell these, and so do filters that cut finely, one beside the other.
    """
    if wrong := sorted(set(by).difference(OPEN_FILTERS)):
        return Message(
            "For the public, crashes are chosen by whole years and by areas, settlements and roads "
            "only, not by {keys}: reports whose filters differ by few crashes would tell these.",
            {"keys": ", ".join(wrong)},
        )
    if 0 < left_out < threshold:
        return Message(
            "This filter leaves out fewer than {n} crashes: beside a report without it, these "
            "could be told. Take the filter away, or choose a narrower one.",
            {"n": threshold},
        )
    return None


def explanation(threshold: int) -> Message:
    """Say what the sign of a hidden number means."""
    return Message(
        "{sign}: fewer than {n}, or hidden so that no such number can be worked out.",
        {"sign": HIDDEN, "n": threshold},
    )


Floats = NDArray[np.float64]

# ---------------------------------------------------------------- the numbers

Key = tuple[frozenset[str], int]


@dataclass
class _Numbers:
    """Every count of the report, each once, and the sums between them."""

    values: list[int]
    sums: list[Sum]
    places: dict[Key, int]
    units: dict[int, Message]
    """What a total counts, where a title says so."""

    def place(self, titles: Iterable[Any], value: int, taken: Collection[int] = ()) -> int:
        """Return the place of a count; what is called alike and as large is the same.

        But for those `taken`: two rows of one table are two, however they are called.
        """
        titles = [*titles]
        named = [one for one in titles if one not in OF_ALL]
        key = (frozenset(map(str, named)), value)
        if not value or ALL_OTHERS in named:
            # None is none everywhere; and each table has other others.
            key = (key[0] | {f"alone {len(self.values)}"}, value)
        while self.places.get(key) in taken:
            key = (key[0] | {f"again {len(self.values)}"}, value)
        if key not in self.places:
            self.places[key] = len(self.values)
            self.values.append(value)
        at = self.places[key]
        for one in titles:
            if one in UNITS:
                self.units[at] = one
        return at

    def add(self, parts: Sequence[int], total: int) -> None:
        """Say that counts add up to another, where they do."""
        if len(set(parts) | {total}) == len(parts) + 1:
            self.sums.append(Sum(tuple(parts), total))

    def add_with_rest(self, parts: Sequence[int], total: int, titles: Iterable[Any]) -> None:
        """Say that counts add up to another; those that do not stand there are a count as well."""
        rest = self.values[total] - sum(self.values[at] for at in parts)
        if rest > 0:
            parts = [*parts, self.place([*titles, REST], rest)]
        if rest >= 0:
            self.add(parts, total)

    def tie(self, ours: Sequence[int], theirs: Sequence[int]) -> None:
        """Say that counts together are as many as others, where they are."""
        total = sum(self.values[at] for at in ours)
        if total != sum(self.values[at] for at in theirs):
            return
        alone = [one[0] for one in (ours, theirs) if len(one) == 1]
        whole = alone[0] if alone else self.place([*ours, *theirs], total)
        self.add(ours, whole)
        self.add(theirs, whole)


@dataclass(frozen=True, eq=False)
class _Laid:
    """A table of counts, with the place of each number; None for a cell that holds none."""

    table: Table
    counts: tuple[int, ...]
    places: tuple[tuple[int | None, ...], ...]
    named: Mapping[frozenset[str], int]
    """By the names of row and column, the place of each number."""

    @cached_property
    def axes(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names of the rows and of the columns of counts."""
        rows = (str(row[0]) for row in self.table.rows if row)
        columns = (str(self.table.columns[j].title) for j in self.counts)
        return frozenset(rows), frozenset(columns)

    def hides(self, hidden: disclosure.Bools) -> bool:
        """Say whether any of its numbers is hidden."""
        return any(at is not None and bool(hidden[at]) for row in self.places for at in row)

    def may_derive(self, i: int, hidden: disclosure.Bools) -> bool:
        """Say whether what is made of counts may be seen in a row: of its own, where it has any.

        Of these it is made of those that are no parts of others. The rates and estimates of a form
        are made of the rows that are parts of no other.
        """
        columns = [self.table.columns[j] for j in self.counts]
        own = [
            at
            for at, one in zip(self.places[i], columns, strict=True)
            if at is not None and not one.part_of
        ]
        rows = zip(self.places, self.table.part_of, strict=True)
        whole = [at for row, of in rows if of is None for at in row if at is not None]
        return not any(bool(hidden[at]) for at in own or whole)


def _counted(table: Table) -> tuple[int, ...]:
    """Return the columns that hold counts: in a form these stand below rates and estimates."""

    def holds(j: int) -> bool:
        return any(_is_count(row[j]) for row in table.rows)

    return tuple(
        j
        for j, one in enumerate(table.columns)
        if one.kind == "int" or (one.kind == "number" and holds(j))
    )


def _is_count(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return bool(whole and value >= 0)


def _lay(table: Table, numbers: _Numbers, *, grid: bool, of: Sequence[str] = ()) -> _Laid:
    """Lay out a table of a part of the crashes, `of` what."""
    counts = _counted(table)
    total = _total_column(table, counts)
    told = [one.named or (one.title,) for one in table.columns]
    single = len(counts) == 1
    places: list[tuple[int | None, ...]] = []
    taken: set[int] = set()
    called: dict[frozenset[str], int] = {}
    for i, row in enumerate(table.rows):
        name = [cell for cell, one in zip(row, table.columns, strict=True) if _labels(one)]
        own = [*of] if table.total_row and i == len(table.rows) - 1 else [*of, *name[:1]]
        at_row: list[int | None] = []
        for j in counts:
            unit = [one for one in told[j] if one in UNITS]
            labels = [*own, *unit] if single or j == total else [*own, *told[j]]
            is_count = _is_count(row[j]) and i not in table.made
            at = numbers.place(labels, int(row[j]), taken) if is_count else None
            if at is not None:
                taken.add(at)
                called[_named(labels)] = at
            at_row.append(at)
        places.append(tuple(at_row))
        parts = [at for j, at in zip(counts, places[-1], strict=True) if j != total]
        of_row = [at for at in parts if at is not None]
        if total is not None and len(of_row) == len(parts):
            last = places[-1][counts.index(total)]
            if last is not None:
                numbers.add_with_rest(of_row, last, [*own, table.caption])
        elif grid and of_row:
            numbers.add(of_row, numbers.place(own, sum(numbers.values[at] for at in of_row)))
    if table.part_of:
        _add_parts(table, counts, places, numbers)
    else:
        sums = _add_columns(table, counts, places, numbers, total=total, told=told, of=of)
        places += [sums] if not table.total_row else []
    for line in places:
        _add_nested(table, counts, line, numbers)
    return _Laid(table, counts, tuple(places[: len(table.rows)]), called)


def _named(titles: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(one) for one in titles if one not in OF_ALL)


def _add_parts(
    table: Table,
    counts: Sequence[int],
    places: Sequence[tuple[int | None, ...]],
    numbers: _Numbers,
) -> None:
    """Say of each row which others are its parts."""
    for whole in sorted({one for one in table.part_of if one is not None}):
        of = [row for row, one in zip(places, table.part_of, strict=True) if one == whole]
        for k, total in enumerate(places[whole]):
            parts = [at for row in of if (at := row[k]) is not None]
            if total is not None and parts:
                title = table.columns[counts[k]].title
                numbers.add_with_rest(parts, total, [table.caption, whole, title])


def _add_nested(
    table: Table, counts: Sequence[int], line: Sequence[int | None], numbers: _Numbers
) -> None:
    """Say of a row, or of the sums of columns, which of its counts are parts of others."""
    at = dict(zip(counts, line, strict=True))
    for j in counts:
        for whole in table.columns[j].part_of:
            part, total = at[j], at.get(whole)
            if part is not None and total is not None:
                titles = [table.caption, table.columns[j].title, part]
                numbers.add_with_rest([part], total, titles)


def _without_parts(column: Column) -> Column:
    """Columns that go make the places of others wrong."""
    return replace(column, part_of=())


def _is_derived(column: Column) -> bool:
    return column.derived or column.kind in DERIVED


def _sign_for(value: Any) -> Any:
    """Return what stands in place of what was made of hidden counts."""
    if isinstance(value, Message):
        return None
    return value if value is None else HIDDEN


def _labels(column: Column) -> bool:
    return column.kind in ("text", "date")


def _total_column(table: Table, counts: Sequence[int]) -> int | None:
    """Return the column that is the sum of all others: one that says so, or that happens to be."""
    if marked := [j for j in counts if table.columns[j].of_all]:
        return marked[0]
    if len(counts) < 3:
        return None
    for j in reversed(counts):
        sums = [
            (row[j], sum(row[other] for other in counts if other != j))
            for row in table.rows
            if all(_is_count(row[one]) for one in counts)
        ]
        if len(sums) == len(table.rows) and sums and all(a == b for a, b in sums):
            return j
    return None


def _add_columns(
    table: Table,
    counts: Sequence[int],
    places: Sequence[tuple[int | None, ...]],
    numbers: _Numbers,
    *,
    total: int | None,
    told: Sequence[Sequence[Any]],
    of: Sequence[str],
) -> tuple[int | None, ...]:
    """Say that columns add up to their totals; one that the table does not show is known.

    Return the totals, None for a column that has none.
    """
    body = places[:-1] if table.total_row else places
    if len(body) < 2:
        return tuple(None for _ in counts)
    sums: list[int | None] = []
    for k, j in enumerate(counts):
        column = [row[k] for row in body]
        parts = [at for at in column if at is not None]
        last = places[-1][k] if table.total_row else None
        # What is not told is no part of a sum that stands elsewhere, but the others are.
        if not parts:
            sums.append(None)
            continue
        if last is None:
            unit = [one for one in told[j] if one in UNITS]
            is_whole = j == total or len(counts) == 1
            labels = [*of, *unit] if is_whole else [*of, *told[j]]
            last = numbers.place(labels, sum(numbers.values[at] for at in parts))
        numbers.add_with_rest(parts, last, [table.caption, *told[j]])
        sums.append(last)
    return tuple(sums)


def _add_few_unknown(numbers: _Numbers, wholes: Collection[frozenset[str]], width: int) -> None:
    """Say how many are in one total and not in another, where these are few.

    A table of those whose value is known stands beside the number of all: a reader subtracts.
    """
    for whole in wholes:
        alike = [at for (names, value), at in numbers.places.items() if names == whole and value]
        for one, other in combinations(sorted(alike, key=numbers.values.__getitem__), 2):
            if 0 < numbers.values[other] - numbers.values[one] < width and not (
                _are_other_things(numbers.units.get(one), numbers.units.get(other))
            ):
                numbers.add_with_rest([one], other, [one, other])


def _are_other_things(one: Message | None, other: Message | None) -> bool:
    """Say whether crashes are counted in the one and people or vehicles in the other."""
    return one is not None and other is not None and one != other


# ------------------------------------------------------- what two tables tell of each other


def _add_overlaps(laid: Sequence[_Laid], areas: Sequence[Same], numbers: _Numbers) -> None:
    """Say which rows and columns of different tables together count the same.

    A sum that holds by chance alone only hides more.
    """
    stands = frozenset(name for one in laid for axis in one.axes for name in axis)
    areas = [
        same for same in areas if same.these[0] in stands and not stands.isdisjoint(same.those)
    ]
    for one, other in permutations(laid, 2):
        for same in (same for same in areas if _holds(one, same.these)):
            for ours, theirs in _both(one, other, same, all_of_them=False):
                rest = [*theirs, *map(str, ours), REST]
                numbers.add_with_rest(theirs, ours[0], map(str, rest))
    for one, other in combinations(laid, 2):
        for these, those in product(one.axes, other.axes):
            for same in overlaps.of_bands(these, those):
                for ours, theirs in _both(one, other, same, all_of_them=True):
                    numbers.tie(ours, theirs)
    _add_pairs(laid, numbers)


def _holds(laid: _Laid, names: Sequence[str]) -> bool:
    return any(names[0] in axis for axis in laid.axes)


def _both(
    one: _Laid, other: _Laid, same: Same, *, all_of_them: bool
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the places of the same in two tables, by whatever else names them there."""
    first = same.these[0]
    for names in [names for names in one.named if first in names]:
        rest = names - {first}
        ours = [one.named.get(rest | {name}) for name in same.these]
        theirs = [other.named.get(rest | {name}) for name in same.those]
        found = [at for at in ours if at is not None], [at for at in theirs if at is not None]
        whole = len(found[0]) == len(ours) and (not all_of_them or len(found[1]) == len(theirs))
        if whole and all(found):
            yield found


def _add_pairs(laid: Sequence[_Laid], numbers: _Numbers) -> None:
    """Say which numbers are two columns of another table together: killed or seriously injured."""
    called: dict[frozenset[str], set[int]] = {}
    for one in laid:
        for names, at in one.named.items():
            called.setdefault(names, set()).add(at)
    for one in laid:
        names_of = {at: names for names, at in one.named.items()}
        for row in one.places:
            for left, right in pairwise(at for at in row if at is not None):
                if left in names_of and right in names_of:
                    together = numbers.values[left] + numbers.values[right]
                    for at in called.get(names_of[left] & names_of[right], ()):
                        if numbers.values[at] == together and at not in names_of:
                            numbers.add((left, right), at)


# ------------------------------------------------------------------ the blocks


@dataclass(frozen=True)
class _Beside:
    """What stands with a sentence below one heading: whether numbers are hidden, and which seen."""

    hides: bool
    seen: frozenset[int]
    counts: bool = True
    """Whether any count stands there: what is made of others was not looked through."""


NOTHING = _Beside(hides=False, seen=frozenset())


@dataclass(frozen=True, eq=False)
class _Press:
    """Blocks on their way to the public."""

    blocks: tuple[Block, ...]
    threshold: int
    days: frozenset[date]
    within: Mapping[int, str]
    areas: tuple[Same, ...]
    once: bool

    def published(self) -> Published:
        done: list[Block] = []
        left_out = 0
        for group in _groups(self.blocks):
            blocks, lost = self._group(group)
            done += blocks
            left_out += lost
        if self.once and any(bool(hide) for hide in self._hidden):
            done.append(Note(explanation(self.threshold)))
        stands = {at for one in self._laid.values() for row in one.places for at in row}
        stands |= set(self._single.values())
        n = sum(bool(self._hidden[at]) for at in stands if at is not None)
        return Published(tuple(_without_empty(done)), n, left_out, self._secret)

    @cached_property
    def _gathered(self) -> tuple[_Numbers, dict[int, _Laid], dict[int, int]]:
        numbers = _Numbers([], [], {}, {})
        laid: dict[int, _Laid] = {}
        single: dict[int, int] = {}
        for block in self.blocks:
            table = block.table if isinstance(block, Figure) else block
            of = [self.within[id(block)]] if id(block) in self.within else []
            if isinstance(table, Table):
                grid = isinstance(block, Figure) and block.kind == "heat"
                laid[id(table)] = _lay(table, numbers, grid=grid, of=of)
            for one, titles, value in _singles(block):
                single[id(one)] = numbers.place([*of, *titles], value)
        wholes = {frozenset[str](), *(frozenset({one}) for one in self.within.values())}
        _add_few_unknown(numbers, wholes, self.threshold)
        _add_overlaps([*laid.values()], self.areas, numbers)
        return numbers, laid, single

    @cached_property
    def _ties(self) -> list[Sum]:
        """Take counts that are as large as one, where tables stand whose titles do not tell.

        In a form one number has many names, and what is hidden under one of them would stand under
        another.
        """
        laid = [one.table for one in self._laid.values()]
        if not any(one.part_of and not any(c.named for c in one.columns) for one in laid):
            return []
        alike: dict[int, list[int]] = {}
        for at, value in enumerate(self._gathered[0].values):
            if value >= self.threshold:
                alike.setdefault(value, []).append(at)
        return [Sum((a,), b) for one in alike.values() for a, b in pairwise(one)]

    @property
    def _laid(self) -> dict[int, _Laid]:
        return self._gathered[1]

    @property
    def _single(self) -> dict[int, int]:
        return self._gathered[2]

    @cached_property
    def _hidden(self) -> disclosure.Bools:
        numbers = self._gathered[0]
        sums = [*numbers.sums, *self._ties]
        return disclosure.protect_jointly(numbers.values, sums, self.threshold)

    @cached_property
    def _secret(self) -> frozenset[int]:
        """The values that are hidden somewhere."""
        values = self._gathered[0].values
        return frozenset(n for n, hide in zip(values, self._hidden, strict=True) if hide)

    @cached_property
    def _seen(self) -> frozenset[int]:
        """The values that may be seen, and are hidden nowhere."""
        values = self._gathered[0].values
        open_ = {n for n, hide in zip(values, self._hidden, strict=True) if not hide}
        return frozenset(open_ - self._secret)

    def _group(self, group: Sequence[Block]) -> tuple[list[Block], int]:
        """Return what may be told of the blocks below one heading, and how much is left out."""
        beside = self._beside(group)
        heading = group[0].text if isinstance(group[0], Heading) else None
        told: list[Block] = []
        left_out = 0
        for block in group:
            kept, lost = self._block(block, heading, beside)
            told += kept
            left_out += lost
        if not self.once and (beside.hides or any(_bears_sign(one) for one in told)):
            told.append(Note(explanation(self.threshold)))
        return told, left_out

    def _beside(self, group: Sequence[Block]) -> _Beside:
        values = self._gathered[0].values
        places = [
            at
            for block in group
            if (laid := self._of(block)) is not None
            for row in laid.places
            for at in row
            if at is not None
        ]
        seen = frozenset(values[at] for at in places if not self._hidden[at])
        secret = frozenset(values[at] for at in places if self._hidden[at])
        counts = bool(places) or any(id(one) in self._single for one in _single_holders(group))
        return _Beside(bool(secret), seen - secret, counts)

    def _of(self, block: Block) -> _Laid | None:
        table = block.table if isinstance(block, Figure) else block
        return self._laid.get(id(table)) if isinstance(table, Table) else None

    def _block(
        self, block: Block, heading: Message | None, beside: _Beside
    ) -> tuple[list[Block], int]:
        told: list[Block]
        lost = 0
        match block:
            case Table():
                return self._table(block, heading, beside)
            case Figure():
                return self._figure(block, heading, beside)
            case Paragraph():
                kept = self._open(block.sentences, beside)
                lost = len(block.sentences) - len(kept)
                told = [Paragraph((*kept, *((MORE,) if lost else ())))]
            case Points():
                kept = self._open(block.items, beside)
                told, lost = [Points(kept)] if kept else [], len(block.items) - len(kept)
            case Pairs():
                told = [Pairs(tuple(self._pairs(block, beside)))]
            case KeyFigures():
                told = [KeyFigures(tuple(map(self._key_figure, block.figures)))]
            case Note() | Heading():
                # A heading stands above what is hidden, not beside it.
                near = beside if isinstance(block, Note) else NOTHING
                told = [block] if self._tells_none(block.text, near) else []
                lost = 1 - len(told)
        return told, lost

    def _open(self, said: Sequence[Message], beside: _Beside) -> tuple[Message, ...]:
        return tuple(one for one in said if self._tells_none(one, beside))

    # ------------------------------------------------------------ tables

    def _table(
        self, table: Table, heading: Message | None, beside: _Beside
    ) -> tuple[list[Block], int]:
        laid = self._laid[id(table)]
        rates_alone = not laid.counts and any(one.kind in DERIVED for one in table.columns)
        if rates_alone or any(not self._may_be_told(cell) for row in table.rows for cell in row):
            return [], 1
        caption = self._caption(table, heading, beside)
        if not laid.hides(self._hidden):
            return [replace(table, caption=caption)], 0
        # Shares and rates would tell what they were made of.
        kept = [
            j
            for j, one in enumerate(table.columns)
            if j in laid.counts or table.part_of or not _is_derived(one)
        ]
        rows = tuple(
            tuple(self._cell(laid, i, j, beside) for j in kept) for i in range(len(table.rows))
        )
        columns = tuple(_without_parts(table.columns[j]) for j in kept)
        return [replace(table, caption=caption, columns=columns, rows=rows)], 0

    def _cell(self, laid: _Laid, i: int, j: int, beside: _Beside) -> Any:
        value = laid.table.rows[i][j]
        if j in laid.counts:
            at = laid.places[i][laid.counts.index(j)]
            if at is not None:
                return HIDDEN if self._hidden[at] else value
        if laid.table.part_of and (j in laid.counts or _is_derived(laid.table.columns[j])):
            return value if laid.may_derive(i, self._hidden) else _sign_for(value)
        if laid.table.part_of and laid.may_derive(i, self._hidden):
            beside = NOTHING
        # What stands before the counts names the row.
        said = value if isinstance(value, Message) else Message("{said}", {"said": value})
        return value if j < laid.counts[0] or self._tells_none(said, beside) else ""

    def _may_be_told(self, cell: Any) -> bool:
        return not isinstance(cell, date) or self._is_round(cell)

    def _caption(self, table: Table, heading: Message | None, beside: _Beside) -> Message:
        if self._tells_none(table.caption, beside):
            return table.caption
        return Message(
            "{what}: {by}",
            {"what": heading or Message("Counts"), "by": table.columns[0].title},
        )

    # ----------------------------------------------------------- figures

    def _figure(
        self, figure: Figure, heading: Message | None, beside: _Beside
    ) -> tuple[list[Block], int]:
        if figure.table is None:
            # Only a map of cells was made for the public.
            if "cells" in figure.data and figure.kind == "map":
                return [figure], 0
            return [], 1
        blocks, lost = self._table(figure.table, heading, beside)
        if not blocks:
            return [], lost
        table = blocks[0]
        assert isinstance(table, Table)
        caption = table.caption
        if self._tells_none(figure.caption, beside):
            caption = figure.caption
        alt = figure.alt if self._tells_none(figure.alt, beside) else caption
        drawn = replace(figure, caption=caption, alt=alt, table=table)
        laid = self._laid[id(figure.table)]
        if not laid.hides(self._hidden):
            return ([drawn], 0) if self._shows_no_more(figure) else ([table], 1)
        again = _grid(drawn) or _totals(drawn)
        return ([again], 0) if again is not None else ([table], 1)

    def _shows_no_more(self, figure: Figure) -> bool:
        """Say whether a figure shows no more rows than its table, which was looked through."""
        table = figure.table
        rows = 0 if table is None else len(table.rows) - int(table.total_row)
        if len(figure.data.get("categories", ())) <= rows:
            return True
        shown = [n for one in figure.data.get("series", ()) for n in one["values"]]
        return all(n is None or n == 0 or n >= self.threshold for n in shown)

    # --------------------------------------------------- numbers by themselves

    def _key_figure(self, figure: KeyFigure) -> KeyFigure:
        at = self._single.get(id(figure))
        unit = figure.unit
        if unit is not None and not self._tells_none(unit, NOTHING):
            unit = None
        if at is not None and self._hidden[at]:
            # A number beside it may be made of it: deaths within 30 days.
            unit = None if unit is not None and _has_numbers(unit) else unit
            return replace(figure, value=HIDDEN, unit=unit)
        return replace(figure, unit=unit)

    def _pairs(self, pairs: Pairs, beside: _Beside) -> Iterator[tuple[Message, Any]]:
        for pair in pairs.items:
            label, value = pair
            at = self._single.get(id(pair))
            if at is not None:
                yield label, HIDDEN if self._hidden[at] else value
            elif isinstance(value, date) and not self._is_round(value):
                continue
            elif not isinstance(value, Message) or self._tells_none(value, beside):
                yield label, value

    # --------------------------------------------------------- sentences

    def _tells_none(self, said: Message, beside: _Beside) -> bool:
        """Say whether a sentence tells no number that must not be told.

        Beside hidden numbers only those are told that the tables show.
        """
        return all(self._is_open(one, beside) for one in _values(said))

    def _is_open(self, value: Any, beside: _Beside) -> bool:
        if isinstance(value, NoCount | NoShare):
            return True
        if isinstance(value, date):
            return self._is_round(value)
        if isinstance(value, str):
            is_year = _YEAR.fullmatch(value)
            return not beside.hides or bool(is_year) or not _NUMBER.fullmatch(value)
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            return self._is_open_count(int(value), beside)
        is_made = isinstance(value, float | Decimal | np.floating)
        return not is_made or (beside.counts and not beside.hides)

    def _is_open_count(self, n: int, beside: _Beside) -> bool:
        if n in beside.seen:
            return True
        if beside.hides:
            return n in self._seen
        return not 0 < n < self.threshold and n not in self._secret

    def _is_round(self, day: date) -> bool:
        """Say whether a date is none of a crash: an end of the data, or of a month."""
        ends_month = (day + timedelta(days=1)).day == 1
        return day in self.days or day.day == 1 or ends_month


def _values(said: Any) -> Iterator[Any]:
    """Return every value that a sentence tells, those of sentences in it too."""
    if isinstance(said, Message):
        for one in said.values.values():
            yield from _values(one)
    elif isinstance(said, Mapping):
        for one in said.values():
            yield from _values(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _values(one)
    else:
        yield said


def _has_numbers(said: Message) -> bool:
    told = (one for one in _values(said) if not isinstance(one, NoCount | str))
    return any(isinstance(one, int | float | Decimal | np.number) for one in told)


def _singles(block: Block) -> Iterator[tuple[object, tuple[Any, ...], int]]:
    """Return what holds each count that stands by itself, its titles, and the count."""
    if isinstance(block, KeyFigures):
        for one in block.figures:
            if _is_count(one.value):
                yield one, one.named or (one.label,), int(one.value)
    elif isinstance(block, Pairs):
        for pair in block.items:
            if _is_count(pair[1]):
                yield pair, pair[:1], int(pair[1])


def _single_holders(group: Sequence[Block]) -> Iterator[object]:
    return (one for block in group for one, _, _ in _singles(block))


def _bears_sign(block: Block) -> bool:
    if isinstance(block, KeyFigures):
        return any(one.value == HIDDEN for one in block.figures)
    return isinstance(block, Pairs) and any(value == HIDDEN for _, value in block.items)


def _without_empty(blocks: Sequence[Block]) -> list[Block]:
    """Leave out the headings below which nothing stands any more."""
    kept: list[Block] = []
    for block in reversed(blocks):
        below = kept[-1] if kept else None
        ends = isinstance(block, Heading) and (below is None or _is_as_high(below, block))
        if not ends:
            kept.append(block)
    return kept[::-1]


def _is_as_high(below: Block, heading: Heading) -> bool:
    return isinstance(below, Heading) and below.level <= heading.level


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Part the blocks before each heading."""
    group: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and group:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


# -------------------------------------------------------------- drawn anew


def _grid(figure: Figure) -> Figure | None:
    """Draw a grid from its protected table; a hidden cell is as one that is not known."""
    table = figure.table
    if figure.kind != "heat" or table is None:
        return None
    cells = tuple(
        tuple(float("nan") if cell == HIDDEN else cell for cell in row[1:]) for row in table.rows
    )
    drawn = figure.data["cells"]
    if [len(row) for row in cells] != [len(row) for row in drawn]:
        return None
    return replace(figure, data={**figure.data, "cells": cells})


def _totals(figure: Figure) -> Figure | None:
    """Draw bars of the totals alone, where these may be seen."""
    table = figure.table
    if figure.kind != "bars" or table is None or not table.columns[-1].of_all:
        return None
    rows = table.rows[:-1] if table.total_row else table.rows
    values = tuple(row[-1] for row in rows)
    if not all(map(_is_count, values)) or len(rows) != len(figure.data["categories"]):
        return None
    unit = figure.data["unit"]
    series = ({"key": "all", "label": unit, "values": values},)
    return replace(figure, data={**figure.data, "series": series, "field": ""})


# -------------------------------------------------------------------- places


@dataclass(frozen=True)
class Cells:
    """Cells of a map: west and south end in degrees, and how many crashes lie in each."""

    size: float
    cells: tuple[tuple[float, float, int], ...]


SIZES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Sizes of cells in degrees. The smallest is about a kilometre, so that no house is told."""


def cell_size(box: tuple[float, float, float, float], across: int) -> float:
    """Return the size of which at most so many cells lie across a box of west, south, east, north.

    >>> cell_size((70.0, 40.0, 71.5, 41.0), 40)
    0.05
    """
    wanted = max(box[2] - box[0], box[3] - box[1]) / across
    return next((size for size in SIZES if size >= wanted), SIZES[-1])


def cells(lon: Floats, lat: Floats, size: float, least: int) -> Cells:
    """Count points by cells of whole multiples of a size; cells of fewer are left out.

    Where those left out hold fewer in all, the cell with the fewest is left out with them.

    >>> cells(np.array([70.01, 70.02, 70.31, 70.5]), np.full(4, 40.01), 0.1, 2).cells
    ((70.0, 40.0, 2),)
    """
    places = np.floor(np.column_stack([lon, lat]) / size + NEARLY).astype(np.int64)
    each, counts = np.unique(places, axis=0, return_counts=True)
    shown = counts >= least
    if shown.any() and 0 < counts[~shown].sum() < least:
        shown[np.flatnonzero(shown)[counts[shown].argmin()]] = False
    return Cells(
        size,
        tuple(
            (round(int(x) * size, 6), round(int(y) * size, 6), int(n))
            for (x, y), n in zip(each[shown], counts[shown], strict=True)
        ),
    )


NEARLY = 1e-9
