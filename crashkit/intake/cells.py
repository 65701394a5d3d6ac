"""Rows of cells, kept column by column as distinct words: most columns say the same few again."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import scanning
from crashkit.intake import distinct
from crashkit.intake.distinct import Words
from crashkit.scanning import Bytes, Spans, Table

Ints = distinct.Ints
Flags = distinct.Flags

CODE = np.int32
"""The kind of the number of a word while they are counted: no file has so many rows."""

LONGEST = 65_536
"""Letters in one cell, at most."""


@dataclass(frozen=True, eq=False)
class Column:
    """The distinct words of a column, and for each row the number of its word."""

    words: Words
    codes: Ints

    @property
    def cleaned(self) -> Words:
        """The words as they are kept, see `mapping.clean`."""
        return self.words.cleaned

    def rows_with(self, chosen: Ints) -> Ints:
        """Return the rows whose word is one of these, in order."""
        return np.flatnonzero(self.mask(chosen))

    def mask(self, chosen: Ints | Flags) -> Flags:
        """Say for each row whether its word is one of these."""
        flags = np.zeros(len(self.words), dtype=bool)
        flags[chosen] = True
        return flags[self.codes] if flags.any() else np.zeros(len(self.codes), dtype=bool)

    def take(self, rows: Ints | Flags) -> Column:
        """Keep some rows; the words stay as they are."""
        return Column(self.words, self.codes[rows])


class Numbering(dict[str, int]):
    """Gives each new word the next number."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Builder:
    """Takes rows of one width and gives columns."""

    def __init__(self, width: int) -> None:
        self.words = [Numbering() for _ in range(width)]
        self.codes: list[list[Ints]] = [[] for _ in range(width)]
        self.lines = array("q")

    def add(self, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        """Take rows, all of the width, and the lines they start on."""
        if not rows:
            return
        self.lines.extend(lines)
        for words, codes, cells in zip(
            self.words, self.codes, zip(*rows, strict=True), strict=True
        ):
            numbers = map(words.__getitem__, cells)
            codes.append(np.fromiter(numbers, dtype=CODE, count=len(rows)))

    def columns(self) -> list[Column]:
        """Return what was taken."""
        return [
            Column(Words.of(list(words), distinct=True), joined(codes, len(words)))
            for words, codes in zip(self.words, self.codes, strict=True)
        ]


FIRST_WORDS = 1 << 10
"""Distinct words for which there is room at the beginning."""


MORE = 1.05
"""Room for so many times the words that are expected."""


class Wordbook:
    """Numbers the words of one column of cells that are places in bytes."""

    def __init__(self, data: Bytes) -> None:
        self.data = data
        self.count = self.rows = 0
        self.table = Table(
            slots=np.full(2 * FIRST_WORDS, -1, dtype=np.int32),
            starts=np.empty(FIRST_WORDS, dtype=np.int64),
            lengths=np.empty(FIRST_WORDS, dtype=np.int32),
            keys=np.empty(FIRST_WORDS, dtype=np.uint64),
        )
        self.codes: list[Ints] = []

    def add(self, starts: Ints, lengths: Ints, share: float = 1.0) -> None:
        """Take the cells of more rows; with them `share` of all rows are taken."""
        cells, codes = Spans(self.data, starts, lengths), np.empty(len(starts), dtype=CODE)
        done = 0
        while done < len(starts):
            done, self.count = scanning.number(cells, done, self.table, self.count, codes)
            if done < len(starts):
                self._grow(self.rows + done, (self.rows + len(starts)) / share)
        self.rows += len(starts)
        self.codes.append(codes)

    def _grow(self, rows: int, of: float) -> None:
        """Make room for twice as many words; where most of the rows had new ones, for `of` rows."""
        room = 2 * len(self.table.starts)
        if 2 * self.count > rows:
            room = max(room, int(MORE * self.count / rows * of))
        slots = np.full(1 << (2 * room - 1).bit_length(), -1, dtype=np.int32)
        starts, lengths = np.resize(self.table.starts, room), np.resize(self.table.lengths, room)
        self.table = Table(slots, starts, lengths, np.resize(self.table.keys, room))
        scanning.renumber(slots, self.table.keys, self.count)

    def column(self, *, doubled: bool) -> Column:
        """Return what was taken. `doubled`: quotation marks within cells were written twice."""
        starts, lengths = (one[: self.count] for one in (self.table.starts, self.table.lengths))
        words = Words(self.data, starts, lengths, distinct=True)
        return Column(words.single_quoted() if doubled else words, joined(self.codes, self.count))


def joined(codes: Sequence[Ints], words: int) -> Ints:
    """Lay the codes of blocks behind each other, in the least room that so many words need."""
    kind = np.min_scalar_type(-max(words, 1))
    return np.concatenate(codes, dtype=kind, casting="same_kind") if codes else np.zeros(0, kind)


def combined(columns: Sequence[Column], count: int) -> tuple[Ints, list[tuple[str, ...]]]:
    """Return the distinct rows of several columns: for each row its number, and their words."""
    number = np.zeros(count, dtype=np.int64)
    first = np.zeros(min(count, 1), dtype=np.int64)
    for column in columns:
        mixed = number * max(len(column.words), 1) + column.codes
        _, first, number = np.unique(mixed, return_index=True, return_inverse=True)
    found = [tuple(column.words[column.codes[row]] for column in columns) for row in first.tolist()]
    return number, found


def spread(words: Sequence[Any], codes: Ints) -> NDArray[Any]:
    """Lay objects out by row."""
    each = np.empty(len(words), dtype=object)
    each[:] = words
    if len(words) == len(codes) and (codes == np.arange(len(codes))).all():
        return each
    return each[codes] if len(words) else np.empty(len(codes), dtype=object)
