"""Fingerprints of what rows say: equal whatever the order of fields and rows, and in every version.

They are kept with each crash, so that a later import can tell whether it says the same again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

from crashkit.intake.cells import Ints
from crashkit.intake.coded import Coded, Laid, Values, factorized, missing
from crashkit.intake.distinct import Words

Hashes = NDArray[np.uint64]

HOW_EXACT = ("coord_accuracy_m", "chainage_accuracy_m", "location_flag")
"""Told from how a number was written, which a spreadsheet changes: no facts of the crash."""


def hashes(table: Mapping[str, Laid], *, words: bool = False) -> Hashes:
    """Return a number for what each row says, whatever the order of its fields.

    With `words` also how the source says it.

    A field without a value counts nothing, so that a new field of the dictionary changes nothing.
    """
    count = len(next(iter(table.values()), ()))
    total = np.zeros(count, dtype=np.uint64)
    for name, values in _facts(table):
        if name in HOW_EXACT or (name.endswith("_src") and not words):
            continue
        if isinstance(values, Coded) or values.dtype.kind != "f":
            total += _word_hashes(name, values)
        else:
            total += _number_hashes(name, values)
    return total


def _facts(table: Mapping[str, Laid]) -> Iterator[tuple[str, Laid]]:
    """Yield the fields; the place is the one told: the same whatever repairs are allowed."""
    for name, values in table.items():
        if f"{name}_told" not in table:
            yield name.removesuffix("_told"), values


def _word_hashes(name: str, values: Laid) -> Hashes:
    if isinstance(values, Coded) or not _all_differ(values[:SAMPLE]):
        codes, words = factorized(values)
        return np.append(_of_words(name, words), np.uint64(0))[codes]
    found = np.zeros(len(values), dtype=np.uint64)

    def hash_from(start: int) -> None:
        part = slice(start, start + HASHED_AT_ONCE)
        known = ~missing(values[part])
        found[part][known] = _of_words(name, values[part][known])

    # Kernels leave the interpreter to others: while some words are hashed, the next are laid out.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(hash_from, range(0, len(values), HASHED_AT_ONCE)))
    return found


def _of_words(name: str, words: Values) -> Hashes:
    return Words.of(list(map(str, words.tolist()))).digests(f"{name}=")


HASHED_AT_ONCE = 1 << 16
"""Words that are hashed together: all at once take more room than they do."""
SAMPLE = 1_000


def _all_differ(values: Values) -> bool:
    """Say whether values are such as numbers of crashes are: it is no use to tell equal ones."""
    return len(set(values)) == len(values)


def _number_hashes(name: str, values: Values) -> Hashes:
    """Stir the 64 bits of each number with the name of its field; -0 is 0."""
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)
    return np.where(np.isnan(values), np.uint64(0), mixed(bits ^ Words.of([name]).digests("")))


def mixed(hashes: Hashes) -> Hashes:
    """Stir the number of a row, so that fields of two rows cannot change places unseen.

    Source: Steele, Lea, Flood 2014, Fast splittable pseudorandom number generators (SplitMix64).
    """
    with np.errstate(over="ignore"):
        mixed = hashes + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


# ------------------------------------------------------------ of a crash

NEW, SAME, MORE, OTHER, TAKEN = "new", "same", "more", "other", "taken"
"""How a crash stands to what was kept before; TAKEN: other, and the user said to take it."""

ALL = 2**64


WRITTEN_AT_ONCE = 1 << 16
"""Digests that are written together: the letters of all at once take more room than they do."""


class Prints(Sequence[str]):
    """The digests of many crashes, each written as `Digest` writes it when it is asked for.

    `parts` are the crash, who was involved, the vehicles and the people; None without such files.
    """

    def __init__(self, parts: tuple[Hashes, Hashes, Hashes | None, Hashes | None]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return len(self.parts[0])

    @overload  # type: ignore[override]
    def __getitem__(self, rows: int) -> str: ...
    @overload
    def __getitem__(self, rows: Ints) -> Prints: ...
    def __getitem__(self, rows: int | Ints) -> str | Prints:
        if isinstance(rows, int):
            return next(self._written(slice(rows, rows + 1)))
        crash, involved, *members = self.parts
        vehicles, people = (None if one is None else one[rows] for one in members)
        return Prints((crash[rows], involved[rows], vehicles, people))

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), WRITTEN_AT_ONCE):
            yield from self._written(slice(start, start + WRITTEN_AT_ONCE))

    def _written(self, part: slice) -> Iterator[str]:
        letters: list[NDArray[np.uint8]] = []
        for one in self.parts:
            if one is not None:
                letters.append(_hexadecimal(one[part]))
            letters.append(np.full((len(self.parts[0][part]), 1), ord("."), dtype=np.uint8))
        # The point behind the last part is the end of the line.
        letters[-1][:] = ord("\n")
        return iter(np.hstack(letters).tobytes().decode().splitlines())


def _hexadecimal(numbers: Hashes) -> NDArray[np.uint8]:
    """Return the 16 digits of each number, the highest first, as letters."""
    raw = numbers.astype(">u8").tobytes().hex().encode()
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, 16)


@dataclass(frozen=True)
class Digest:
    """What is remembered of a crash: of its own facts, of who was involved, and of its members.

    `vehicles` and `people` are None where the files had no rows of that kind, and 0 where they had
    none of this crash; `involved` is None where it came together from several imports. All numbers
    are sums over rows, so that a row which comes later can be added.
    """

    crash: int
    involved: int | None
    vehicles: int | None
    people: int | None

    def __str__(self) -> str:
        parts = (self.crash, self.involved, self.vehicles, self.people)
        return ".".join("" if one is None else f"{one:016x}" for one in parts)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return a digest as it is kept; None for one of the first release, which was one sum."""
        parts = text.split(".")
        if len(parts) != 4:
            return None
        numbers = [int(part, 16) if part else None for part in parts]
        return cls(numbers[0] or 0, *numbers[1:])

    @property
    def kinds(self) -> tuple[bool, bool]:
        """Whether the files had vehicles, and whether people, of this crash."""
        return bool(self.vehicles), bool(self.people)

    def beside(self, before: str) -> str:
        """Say how this compares with what was kept: the SAME, MORE of it, or something OTHER.

        A kind of rows that these files do not have says nothing against what was kept, and one of
        which they have none for this crash adds nothing to it. Of a crash that was completed later,
        what was kept first is remembered too, behind a blank: files of either time say the same.
        """
        told = before.split()
        kept = [one for one in map(Digest.read, told) if one]
        if not kept:
            return SAME if f"{self._sum:016x}" in told else OTHER
        if all(self.crash != one.crash for one in kept) or self._contradicts(kept):
            return OTHER
        pairs = [(self.vehicles, {one.vehicles or 0 for one in kept})]
        pairs.append((self.people, {one.people or 0 for one in kept}))
        if any(now is not None and any(then) and now not in then for now, then in pairs):
            return OTHER
        return MORE if any(now and not any(then) for now, then in pairs) else SAME

    def _contradicts(self, kept: Sequence[Self]) -> bool:
        """Say whether files of the same kinds told something else of who was involved."""
        alike = {one.involved for one in kept if one.kinds == self.kinds}
        return bool(alike) and None not in {self.involved, *alike} and self.involved not in alike

    @property
    def _sum(self) -> int:
        return (self.crash + (self.involved or 0) + (self.vehicles or 0) + (self.people or 0)) % ALL
