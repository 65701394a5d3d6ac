"""Which crash a row belongs to: by the number its source gives, or by its content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import cast

import numpy as np

from crashkit.errors import Message
from crashkit.intake import mapping, words
from crashkit.intake.cells import Flags, Ints, combined, spread
from crashkit.intake.checked import Checked
from crashkit.intake.coded import Values, factorized, missing
from crashkit.intake.distinct import FOREIGN
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import ACCEPTED, REJECTED, Part
from crashkit.intake.sheets import Sheet
from crashkit.profiles import Profile

NOWHERE, TWICE = -1, -2
"""Instead of the number of a crash: no crash has this key; two crashes have it."""

NO_ID = Fault("no_id", Message("This row has no crash number."))
ALIKE = Fault(
    "near_duplicate_id",
    Message("Another crash has nearly the same number as {value}: look whether they are one."),
)
AGAIN = Fault(
    "possible_duplicate",
    Message(
        "This row is equal to another, and the source numbers no crashes: it is kept as a crash "
        "of its own."
    ),
)


class Keys:
    """Numbers crashes by their keys: the source, and the words by which it names a crash."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.words: list[str] = []
        self.seen: dict[str, int] = {}

    @cached_property
    def names(self) -> list[str]:
        """The keys as the store keeps them, in the order of their numbers."""
        return [f"{self.profile.source_id}:{word}" for word in self.words]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    @property
    def count(self) -> int:
        """How many crashes are named."""
        return len(self.words)

    def part(self, checked: Checked) -> Part:
        """Number the rows of a sheet; rows of members wait until all crashes are known."""
        layout = checked.sheet.layout
        codes, words = self._words(checked) if layout.key else self._made(checked)
        laid = spread(words, codes)
        if layout.key:
            self._refuse_empty(checked, laid)
        status = np.where(checked.bad, REJECTED, ACCEPTED).astype(np.int8)
        unit = np.full(len(codes), NOWHERE, dtype=np.int64)
        if layout.level in ("crash", "casualty"):
            unit = self._numbered(checked, codes, words)
        return Part(checked, unit, laid, status, self._plain(checked))

    def finish(self, parts: Sequence[Part]) -> None:
        """Number the rows of members, and point out crash numbers that look alike."""
        self._tell_alike([part for part in parts if part.level in ("crash", "casualty")])
        members = [part for part in parts if part.level not in ("crash", "casualty")]
        by_word = self._by_word() if members else {}
        for part in members:
            found = map(by_word.get, part.key.tolist(), [NOWHERE] * len(part.key))
            part.unit = np.fromiter(found, dtype=np.int64, count=len(part.key))

    def _by_word(self) -> dict[str, int]:
        """Return the number of the crash by the word for it, TWICE where two crashes have it."""
        found = dict(zip(self.words, range(self.count), strict=True))
        if len(found) < self.count:
            often = Counter(self.words)
            found |= {word: TWICE for word in found if often[word] > 1}
        return found

    def welcome(self, parts: Sequence[Part], known: Mapping[str, str]) -> Ints:
        """Number the crashes of members that only an earlier import has; return their numbers."""
        first = self.count
        for part in parts if known else ():
            if part.level not in ("vehicle", "person"):
                continue
            for row in np.flatnonzero((part.unit == NOWHERE) & (part.status == ACCEPTED)).tolist():
                name = f"{self.profile.source_id}:{part.key[row]}"
                if name in known:
                    part.unit[row] = self._number(name, part.key[row])
        return np.arange(first, self.count, dtype=np.int64)

    def _tell_alike(self, parts: Sequence[Part]) -> None:
        """Warn of numbers that differ only in case, kind of dash, or Cyrillic for Latin."""
        text = "\n".join(self.words)
        if text.isascii() and "--" not in text and text in (text.upper(), text.lower()):
            return
        seen = [mapping.alike(word) for word in self.words]
        often = Counter(seen)
        odd = {word for word, one in zip(self.words, seen, strict=True) if often[one] > 1}
        for part in parts:
            for row in np.flatnonzero(np.isin(part.key.astype(str), sorted(odd))).tolist():
                part.checked.warn([row], "crash_id", ALIKE, str(part.key[row]))

    def _words(self, checked: Checked) -> tuple[Ints, list[str | None]]:
        sheet = checked.sheet
        columns = [sheet.taken[name] for name in sheet.layout.key if name in sheet.taken]
        if len(columns) == 1:
            own = columns[0].cleaned
            found: list[str | None] = list(own)
            odd = own.beginning(words.BEGIN_ERRORS)
            if sheet.has_lost_letters:
                odd |= own.having(FOREIGN)
            wrong = own.where(_is_no_number, odd)
            for number in (*np.flatnonzero(own.lengths == 0).tolist(), *wrong.tolist()):
                found[number] = None
            return columns[0].codes, found
        codes, rows = combined(columns, len(sheet))
        # A sign that parts the words is doubled within them, so that two keys never become one.
        cleaned = [[mapping.clean(word).replace("|", "||") for word in row] for row in rows]
        whole = [all(row) and not any(map(_is_no_number, row)) for row in cleaned]
        told = zip(cleaned, whole, strict=True)
        return codes, ["|".join(row) if good else None for row, good in told]

    def _plain(self, checked: Checked) -> Flags:
        """Say of each row whether its key is written as it is kept."""
        sheet = checked.sheet
        found = np.ones(len(sheet), dtype=bool)
        for column in (sheet.taken[name] for name in sheet.layout.key if name in sheet.taken):
            found &= ~column.mask(column.words.changed)
        return found

    def _refuse_empty(self, checked: Checked, laid: Values) -> None:
        empty = np.flatnonzero(missing(laid))
        if len(empty):
            checked.reject(empty.tolist(), "crash_id", NO_ID, "")

    def _numbered(self, checked: Checked, codes: Ints, words: Sequence[str | None]) -> Ints:
        """Return the numbers of the crashes that rows tell of; NOWHERE where they have no word."""
        own, sources = self.profile.source_id, checked.tables["crash"].get("source_id")
        if sources is not None:
            # Each pair of a source and a word is a crash.
            owner, owners = factorized(sources)
            pairs = codes.astype(np.int64) * (len(owners) + 1) + owner + 1
            different, codes = np.unique(pairs, return_inverse=True)
            of, word = np.divmod(different, len(owners) + 1)[::-1]
            names = [own, *owners]
            told = [(names[one] or own, words[two]) for one, two in zip(of, word, strict=True)]
        elif self._number_all(checked, codes, words):
            return codes.astype(np.int64)
        else:
            told = [(own, word) for word in words]
        here = _are_there(codes, len(told))
        numbers = [
            NOWHERE if word is None or not is_here else self._number(f"{owner}:{word}", word)
            for (owner, word), is_here in zip(told, here.tolist(), strict=True)
        ]
        return np.array(numbers, dtype=np.int64)[codes] if numbers else codes.astype(np.int64)

    def _number_all(self, checked: Checked, codes: Ints, words: Sequence[str | None]) -> bool:
        """Number the crashes of the first sheet at once where surely no two words are the same."""
        if self.words or None in words or not _all_differ(checked.sheet):
            return False
        if not _are_there(codes, len(words)).all():
            return False
        self.words = cast("list[str]", words)
        return True

    def _number(self, name: str, word: str) -> int:
        number = self._numbers.setdefault(name, self.count)
        if number == self.count:
            self.names.append(name)
            self.words.append(word)
        return number

    def _made(self, checked: Checked) -> tuple[Ints, list[str | None]]:
        """Name crashes by the content of their rows; equal rows are counted."""
        sheet = checked.sheet
        names = sorted(sheet.layout.identity or sheet.layout.columns)
        columns = [sheet.taken[name] for name in names if name in sheet.taken]
        codes, rows = combined(columns, len(sheet))
        content = [_content(row) for row in rows]
        words: list[str | None] = []
        again: list[int] = []
        for row, code in enumerate(codes.tolist()):
            word = content[code]
            if not checked.bad[row]:
                self.seen[word] = self.seen.get(word, 0) + 1
            count = max(self.seen.get(word, 1), 1)
            if count > 1 and not checked.bad[row]:
                again.append(row)
            words.append(f"{word}-{count}" if count > 1 else word)
        checked.warn(again, "crash_id", AGAIN, "")
        laid = np.empty(len(words), dtype=object)
        laid[:] = words
        checked.tables["crash"].setdefault("crash_id", laid)
        return np.arange(len(words)), words


def _is_no_number(word: str) -> bool:
    """Say whether a word cannot name a crash: an error of a spreadsheet, or one without letters."""
    return words.is_cell_error(word) or mapping.has_lost(word)


class Named(Sequence[str]):
    """The keys of some crashes as the store keeps them, written when they are asked for."""

    def __init__(self, keys: Keys, units: Ints) -> None:
        self.keys, self.units = keys, units

    def __len__(self) -> int:
        return len(self.units)

    def __getitem__(self, place: int) -> str:  # type: ignore[override]
        return self.keys.names[int(self.units[place])]

    def __iter__(self) -> Iterator[str]:
        # The names of all are written only where one is wanted.
        return iter(spread(self.keys.names, self.units) if len(self) else ())


def _are_there(codes: Ints, count: int) -> Flags:
    """Say which of so many words a row has."""
    found = np.zeros(count, dtype=bool)
    found[codes] = True
    return found


def _all_differ(sheet: Sheet) -> bool:
    """Say whether each word by which a sheet names a crash is one of its own, and none is empty."""
    if len(sheet.layout.key) != 1 or sheet.layout.key[0] not in sheet.taken:
        return False
    words = sheet.taken[sheet.layout.key[0]].cleaned
    return words.distinct and bool((words.lengths > 0).all())


def _content(row: Sequence[str]) -> str:
    text = "\x1f".join(mapping.clean(word) for word in row)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
