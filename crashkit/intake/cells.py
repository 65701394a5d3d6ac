"""Rows of cells, kept column by column as distinct words: most columns say the same few again."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit.intake.mapping import clean

Ints = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]

CODE = np.int32
"""The kind of the number of a word: half the room, since no file has so many rows."""

LONGEST = 65_536
"""Letters in one cell, at most."""


@dataclass(frozen=True, eq=False)
class Column:
    """The distinct words of a column, and for each row the number of its word."""

    words: list[str]
    codes: Ints

    @cached_property
    def cleaned(self) -> list[str]:
        """The words as they are kept, see `mapping.clean`."""
        return [clean(word) for word in self.words]

    @cached_property
    def filled(self) -> Flags:
        """Say of each word whether it is more than blanks."""
        return np.array([bool(word.strip()) for word in self.words], dtype=bool)

    def rows_with(self, chosen: Iterable[int]) -> Ints:
        """Return the rows whose word is one of these, in order."""
        return np.flatnonzero(self.mask(chosen))

    def mask(self, chosen: Iterable[int]) -> Flags:
        """Say for each row whether its word is one of these."""
        flags = np.zeros(len(self.words), dtype=bool)
        flags[list(chosen)] = True
        return flags[self.codes] if len(self.words) else np.zeros(len(self.codes), dtype=bool)

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
            Column(list(words), np.concatenate(codes) if codes else np.zeros(0, dtype=CODE))
            for words, codes in zip(self.words, self.codes, strict=True)
        ]


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
    return each[codes] if len(words) else np.empty(len(codes), dtype=object)
