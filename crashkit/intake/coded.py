"""Values by row: numbers, objects, or the few different words that a column says again and again.

Of those each word is there once, and a row has the number of its word: that takes an eighth of the
room, and what is asked of a word is asked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.intake.cells import Flags, Ints, spread

Values = NDArray[Any]

MOST = np.iinfo(np.int16).max
"""Different words that are numbered; numbers of crashes are as many as rows, and stay objects."""


class Coded:
    """Words by row: `words`, all different, and for each row the place of its word; -1 for none."""

    dtype = np.dtype(object)

    def __init__(self, words: Values, codes: Ints) -> None:
        self.words, self.codes = words, codes

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> Any: ...
    @overload
    def __getitem__(self, rows: Ints | Flags | slice) -> Coded: ...
    def __getitem__(self, rows: int | np.integer[Any] | Ints | Flags | slice) -> Any:
        if isinstance(rows, int | np.integer):
            code = self.codes[rows]
            return None if code < 0 else self.words[code]
        return Coded(self.words, self.codes[rows])

    @property
    def objects(self) -> Values:
        """The words laid out by row, None where there is none."""
        return np.append(self.words, [None])[self.codes]

    def in_order(self) -> Coded:
        """Return the same with the words that rows have, in the order of letters."""
        used = np.flatnonzero(np.bincount(self.codes[self.codes >= 0], minlength=len(self.words)))
        order = used[np.argsort(self.words[used], kind="stable")]
        rank = np.full(len(self.words) + 1, -1, dtype=self.codes.dtype)
        rank[order] = np.arange(len(order))
        return Coded(self.words[order], rank[self.codes])

    def place(self, word: object) -> int:
        """Return the number of a word; one that no row has where it is none of these."""
        found = np.flatnonzero(self.words == word)
        return int(found[0]) if len(found) else len(self.words)


Laid = Values | Coded
"""Values laid out by row."""


def laid(values: Sequence[Any], codes: Ints) -> Laid:
    """Lay words out by row: `codes` are the places in `values`, which may say a word twice."""
    if len(values) > MOST:
        return spread(values, codes)
    number: dict[Any, int] = {}
    places = [-1 if one is None else number.setdefault(one, len(number)) for one in values]
    kind = np.min_scalar_type(-max(len(number), 1))
    return Coded(_objects(number), np.array([*places, -1], dtype=kind)[codes])


def constant(count: int, value: object) -> Coded:
    """Return a column with one value in all rows."""
    return Coded(_objects([value]), np.zeros(count, dtype=np.int8))


def nothing(count: int) -> Coded:
    """Return a column without any word."""
    return Coded(_objects([]), np.full(count, -1, dtype=np.int8))


def chosen(words: Sequence[str], codes: Ints) -> Coded:
    """Return for each row one of a few different words by its number; -1 for none."""
    return Coded(_objects(words), codes)


def plain(values: Laid) -> Values:
    """Return the values as an array, missing words as None."""
    return values.objects if isinstance(values, Coded) else values


def missing(values: Laid) -> Flags:
    """Say where a column has no value."""
    if isinstance(values, Coded):
        return np.asarray(values.codes < 0)
    return np.asarray(pd.isna(values), dtype=bool)


def equal(values: Laid, value: object) -> Flags:
    """Say which rows have this value."""
    if isinstance(values, Coded):
        return np.asarray(values.codes == values.place(value))
    return np.asarray(values == value, dtype=bool)


def is_one_of(values: Laid, words: Sequence[str]) -> Flags:
    """Say of each row whether its value is one of these words."""
    if isinstance(values, Coded):
        return np.append(np.isin(values.words, words), False)[values.codes]
    return np.array(pd.Series(values, dtype=object, copy=False).isin(words), dtype=bool)


def factorized(values: Laid, *, sort: bool = False) -> tuple[Ints, Values]:
    """Return for each row the number of its value, -1 for none, and the different values."""
    if not isinstance(values, Coded):
        codes, found = pd.factorize(values, sort=sort)
        return codes, np.asarray(found)
    own = values.in_order() if sort else values
    return own.codes, own.words


def counted(values: Laid) -> dict[Any, int]:
    """Return the different values that rows have, and how many rows have each."""
    codes, found = factorized(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(found)).tolist()
    return {value: count for value, count in zip(found, counts, strict=True) if count}


def filled(first: Laid, then: Laid) -> Laid:
    """Return the first values; where there is none, the others."""
    gaps = missing(first)
    if not gaps.any():
        return first
    if isinstance(first, Coded) and isinstance(then, Coded):
        words, (own, others) = _of_one_list((first, then))
        return Coded(words, np.where(gaps, others, own))
    return np.where(gaps, plain(then), plain(first))


def joined(columns: Sequence[Laid]) -> Laid:
    """Lay columns under each other."""
    # One sheet is the common case, and its columns are large: they are not laid out twice.
    if len(columns) == 1:
        return columns[0]
    coded = [one for one in columns if isinstance(one, Coded)]
    if len(coded) < len(columns):
        return np.concatenate([plain(one) for one in columns])
    words, codes = _of_one_list(coded)
    return Coded(words, np.concatenate(codes))


def _of_one_list(columns: Sequence[Coded]) -> tuple[Values, list[Ints]]:
    """Number the words of several columns by one list."""
    number: dict[Any, int] = {}
    places = [[number.setdefault(word, len(number)) for word in one.words] for one in columns]
    kind = np.min_scalar_type(-max(len(number), 1))
    codes = [
        np.array([*place, -1], dtype=kind)[one.codes]
        for place, one in zip(places, columns, strict=True)
    ]
    return _objects(number), codes


def _objects(words: Sequence[Any] | dict[Any, int]) -> Values:
    found = np.empty(len(words), dtype=object)
    found[:] = list(words)
    return found
