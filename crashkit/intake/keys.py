"""Which crash a row belongs to: by the number its source gives, or by its content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from crashkit.errors import Message
from crashkit.intake import mapping
from crashkit.intake.cells import Flags, Ints, combined
from crashkit.intake.checked import Checked, Values, missing
from crashkit.intake.parsing import Fault
from crashkit.intake.rows import ACCEPTED, REJECTED, Part
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
        self.numbers: dict[str, int] = {}
        self.by_word: dict[str, int] = {}
        self.seen: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many crashes are named."""
        return len(self.numbers)

    @property
    def names(self) -> list[str]:
        """The keys as the store keeps them."""
        return list(self.numbers)

    def part(self, checked: Checked) -> Part:
        """Number the rows of a sheet; rows of members wait until all crashes are known."""
        layout = checked.sheet.layout
        codes, words = self._words(checked) if layout.key else self._made(checked)
        key = np.empty(len(words), dtype=object)
        key[:] = words
        laid = key[codes] if len(words) else np.empty(len(codes), dtype=object)
        if layout.key:
            self._refuse_empty(checked, laid)
        status = np.where(checked.bad, REJECTED, ACCEPTED).astype(np.int8)
        unit = np.full(len(codes), NOWHERE, dtype=np.int64)
        if layout.level in ("crash", "casualty"):
            unit = self._numbered(checked, laid)
        return Part(checked, unit, laid, status, self._plain(checked))

    def finish(self, parts: Sequence[Part]) -> None:
        """Number the rows of members, and point out crash numbers that look alike."""
        self._tell_alike([part for part in parts if part.level in ("crash", "casualty")])
        for part in parts:
            if part.level not in ("crash", "casualty"):
                found = map(self.by_word.get, part.key.tolist(), [NOWHERE] * len(part.key))
                part.unit = np.fromiter(found, dtype=np.int64, count=len(part.key))

    def welcome(self, parts: Sequence[Part], known: Mapping[str, str]) -> Ints:
        """Number the crashes of members that only an earlier import has; return their numbers."""
        first = self.count
        for part in parts if known else ():
            if part.level not in ("vehicle", "person"):
                continue
            for row in np.flatnonzero((part.unit == NOWHERE) & (part.status == ACCEPTED)).tolist():
                name = f"{self.profile.source_id}:{part.key[row]}"
                if name in known:
                    part.unit[row] = self.numbers.setdefault(name, self.count)
        return np.arange(first, self.count, dtype=np.int64)

    def _tell_alike(self, parts: Sequence[Part]) -> None:
        """Warn of numbers that differ only in case, kind of dash, or Cyrillic for Latin."""
        if len({hash(mapping.alike(word)) for word in self.by_word}) == len(self.by_word):
            return
        seen = [mapping.alike(word) for word in self.by_word]
        often = Counter(seen)
        odd = {word for word, one in zip(self.by_word, seen, strict=True) if often[one] > 1}
        for part in parts:
            for row in np.flatnonzero(np.isin(part.key.astype(str), sorted(odd))).tolist():
                part.checked.warn([row], "crash_id", ALIKE, str(part.key[row]))

    def _words(self, checked: Checked) -> tuple[Ints, list[str | None]]:
        sheet = checked.sheet
        columns = [sheet.taken[name] for name in sheet.layout.key if name in sheet.taken]
        if len(columns) == 1:
            return columns[0].codes, [word or None for word in columns[0].cleaned]
        codes, rows = combined(columns, len(sheet))
        cleaned = [[mapping.clean(word) for word in row] for row in rows]
        return codes, ["|".join(row) if all(row) else None for row in cleaned]

    def _plain(self, checked: Checked) -> Flags:
        """Say of each row whether its key is written as it is kept."""
        sheet = checked.sheet
        found = np.ones(len(sheet), dtype=bool)
        for column in (sheet.taken[name] for name in sheet.layout.key if name in sheet.taken):
            pairs = enumerate(zip(column.words, column.cleaned, strict=True))
            found &= ~column.mask([number for number, (raw, kept) in pairs if raw != kept])
        return found

    def _refuse_empty(self, checked: Checked, laid: Values) -> None:
        empty = np.flatnonzero(missing(laid))
        if len(empty):
            checked.reject(empty.tolist(), "crash_id", NO_ID, "")

    def _numbered(self, checked: Checked, laid: Values) -> Ints:
        sources = checked.tables["crash"].get("source_id")
        fallback = self.profile.source_id
        owners: Iterable[str] = (
            [fallback] * len(laid) if sources is None else (one or fallback for one in sources)
        )
        unit = np.full(len(laid), NOWHERE, dtype=np.int64)
        for row, (owner, word) in enumerate(zip(owners, laid.tolist(), strict=True)):
            if word is not None:
                unit[row] = self._number(f"{owner}:{word}", word)
        return unit

    def _number(self, name: str, word: str) -> int:
        number = self.numbers.get(name)
        if number is None:
            number = self.numbers[name] = len(self.numbers)
            self.by_word[word] = TWICE if word in self.by_word else number
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


def _content(row: Sequence[str]) -> str:
    text = "\x1f".join(mapping.clean(word) for word in row)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
