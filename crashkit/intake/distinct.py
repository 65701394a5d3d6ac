"""The distinct words of a column, as bytes behind each other: a million are looked at at once.

Of most words a look at their bytes says all there is to be said: they are plain, no number, not one
of a list. The few others are taken out and read one by one.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import scanning
from crashkit.intake import mapping
from crashkit.scanning import Bytes, Hashes, Spans

Flags = NDArray[np.bool_]
Ints = NDArray[np.signedinteger[Any]]

DIGIT, UPPER, LOWER, SPACE, EDGE, HIDDEN, FOREIGN = (1 << bit for bit in range(7))
MINUS, PLUS, POINT, COMMA, APOSTROPHE, QUOTES, OTHER = (1 << bit for bit in range(7, 14))
"""What a word has in it: digits, capital and small letters of ASCII, blanks, a blank at its edge,
control signs, letters beyond ASCII; a minus, a plus, a point, a comma, an apostrophe, quotation
marks, other signs.
"""

_NOT_PLAIN = EDGE | HIDDEN | FOREIGN
_LONGEST_DASHES = 9
"""Bytes of the three dashes that still mean "nothing"."""
SURROGATES = "surrogatepass"
"""Workbooks and JSON may hold halves of letters: they are kept as they are until they are read."""


FEW = 10_000
"""Fewer words are looked at one by one: kernels would take longer to be read than that."""


class Words(Sequence[str]):
    """Words as places in bytes of UTF-8. `distinct`: surely no two are the same."""

    def __init__(self, data: Bytes, starts: Ints, lengths: Ints, *, distinct: bool = False) -> None:
        self.data, self.starts, self.lengths, self.distinct = data, starts, lengths, distinct

    @classmethod
    def of(cls, texts: Sequence[str], *, distinct: bool = False) -> Words:
        """Lay texts behind each other."""
        whole = "".join(texts)
        raw = whole.encode("utf-8", SURROGATES)
        same = len(raw) == len(whole)
        each = texts if same else [text.encode("utf-8", SURROGATES) for text in texts]
        lengths = np.fromiter(map(len, each), dtype=np.int32, count=len(each))
        starts = np.cumsum(lengths, dtype=np.int64) - lengths
        found = cls(bytes_of(raw), starts, lengths, distinct=distinct)
        found.texts = list(texts)
        return found

    @property
    def _spans(self) -> Spans:
        return Spans(self.data, self.starts, self.lengths)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> str:  # type: ignore[override]
        return self._raw(number).decode("utf-8", SURROGATES)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    @cached_property
    def texts(self) -> list[str]:
        """All words."""
        if self.having(HIDDEN).any():
            return [self[number] for number in range(len(self))]
        # No word holds a line end: all are decoded at once.
        return self._behind_each_other().decode("utf-8", SURROGATES).split("\n")[:-1]

    @property
    def _are_few(self) -> bool:
        return len(self) < FEW

    def _raw(self, number: int) -> bytes:
        start = self.starts[number]
        return self.data[start : start + self.lengths[number]].tobytes()

    def _behind_each_other(self) -> bytes:
        """Return the bytes of all words, a line end behind each."""
        if self._are_few:
            return b"".join(self._raw(number) + b"\n" for number in range(len(self)))
        return scanning.joined(self._spans).tobytes()

    @cached_property
    def traits(self) -> NDArray[np.uint16]:
        """Which kinds of signs each word has, as the bits DIGIT to OTHER."""
        if self._are_few:
            raw = map(self._raw, range(len(self)))
            bits = (np.bitwise_or.reduce(_KIND[bytes_of(one)], initial=0) for one in raw)
            found = np.fromiter(bits, dtype=np.uint16, count=len(self))
        else:
            found = scanning.kinds(self._spans, _KIND)
        filled = np.flatnonzero(self.lengths > 0)
        first, last = self.starts[filled], self.starts[filled] + self.lengths[filled] - 1
        found[filled[(self.data[first] == _SPACE) | (self.data[last] == _SPACE)]] |= EDGE
        return found

    def having(self, traits: int) -> Flags:
        """Say which words have one of these kinds of signs."""
        return np.asarray((self.traits & np.uint16(traits)) != 0)

    def made_of(self, traits: int) -> Flags:
        """Say which words have no other kinds of signs than these."""
        return np.asarray((self.traits & ~np.uint16(traits)) == 0)

    def beginning(self, signs: str) -> Flags:
        """Say which words begin with one of these signs of ASCII."""
        found = np.zeros(len(self), dtype=bool)
        first = bytes_of(signs.encode())
        # What begins with a sign has one of its kind, which was looked at anyway.
        maybe = np.flatnonzero(self.having(int(np.bitwise_or.reduce(_KIND[first]))))
        found[maybe] = np.isin(self.data[self.starts[maybe]], first)
        return found

    def where(self, test: Callable[[str], object], among: Flags) -> Ints:
        """Return the numbers of the words, among some, of which a test holds."""
        found = [number for number in np.flatnonzero(among).tolist() if test(self[number])]
        return np.array(found, dtype=np.int64)

    def smallest(self, n: int, among: Flags) -> list[str]:
        """Return the first words, among some, in the order of letters."""
        if not self._are_few and among.sum() > n:
            # Those that begin as the first do are enough to choose from, whatever follows.
            heads = scanning.heads(self._spans)[among]
            among = among.copy()
            among[among] = heads <= np.partition(heads, n - 1)[n - 1]
        return heapq.nsmallest(n, {self[number] for number in np.flatnonzero(among).tolist()})

    def replaced(self, texts: Mapping[int, str]) -> Words:
        """Return the words with others in these places."""
        changed = {number: text for number, text in texts.items() if text != self[number]}
        if not changed:
            return self
        more, own = Words.of(list(changed.values())), self._behind_each_other()
        lengths = self.lengths.copy()
        starts = np.cumsum(lengths + 1, dtype=np.int64) - lengths - 1
        places = list(changed)
        starts[places], lengths[places] = more.starts + len(own), more.lengths
        return Words(bytes_of(own + more.data.tobytes()), starts, lengths)

    @cached_property
    def cleaned(self) -> Words:
        """The words as they are kept, see `mapping.clean`."""
        return self._each(mapping.clean, self.having(_NOT_PLAIN))

    @property
    def changed(self) -> Ints:
        """The words that are not kept as they are written."""
        odd = self.having(_NOT_PLAIN) if self.cleaned is not self else np.zeros(len(self), bool)
        return self.where(lambda word: mapping.clean(word) != word, odd)

    def unguarded(self) -> Words:
        """Return the words without our guard against formulas, see `mapping.unguard`."""
        return self._each(mapping.unguard, self.having(APOSTROPHE))

    def single_quoted(self) -> Words:
        """Return the words with single quotation marks where they stand twice."""
        return self._each(lambda word: word.replace('""', '"'), self.having(QUOTES))

    def _each(self, made: Callable[[str], str], among: Flags) -> Words:
        return self.replaced({n: made(self[n]) for n in np.flatnonzero(among).tolist()})

    @cached_property
    def blank(self) -> Flags:
        """Which words hold nothing that is seen."""
        found: Flags = np.asarray(self.lengths == 0)
        found[self.where(str.isspace, ~found & self.made_of(SPACE | _NOT_PLAIN))] = True
        return found

    @cached_property
    def dashes(self) -> Flags:
        """Which words are a dash and nothing else, see `mapping.only_dashes`."""
        found = np.zeros(len(self), dtype=bool)
        short = (self.lengths > 0) & (self.lengths <= _LONGEST_DASHES)
        found[self.where(mapping.only_dashes, short & self.made_of(MINUS | FOREIGN))] = True
        return found

    def among(self, folded: Collection[str]) -> Flags:
        """Say which words are one of these, when both are folded as `mapping.fold` does."""
        found = np.zeros(len(self), dtype=bool)
        if not folded:
            return found
        odd = np.ones(len(self), dtype=bool)
        if not self._are_few:
            found = self._in_any_case([word for word in folded if word.isascii()])
            odd = self.having(SPACE | _NOT_PLAIN) & ~found
        found[self.where(lambda word: mapping.fold(word) in folded, odd)] = True
        return found

    def equal(self, text: str) -> Ints:
        """Return the numbers of the words that are this text."""
        near = self.lengths == len(text.encode("utf-8", SURROGATES))
        if not self._are_few and text.isascii():
            near = self._in_any_case([text])
        return self.where(text.__eq__, near)

    def _in_any_case(self, texts: Sequence[str]) -> Flags:
        """Say which words are one of some texts of ASCII, in small or capital letters."""
        return scanning.among(self._spans, Words.of(texts)._spans)

    def decimals(self, mark: str) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
        """Read plain decimal numbers, see `scanning.decimals`."""
        if not self._are_few:
            return scanning.decimals(self._spans, ord(mark))
        values, behind = np.full(len(self), np.nan), np.full(len(self), -1, dtype=np.int16)
        plain = re.compile(rf"[+-]?([0-9]+)(?:{re.escape(mark)}([0-9]*))?")
        for number, match in enumerate(map(plain.fullmatch, self.texts)):
            digits = (match[2] or "") if match else ""
            if match and len(match[1]) + len(digits) <= scanning.MOST_DIGITS:
                values[number] = float(match[0].replace(mark, "."))
                behind[number] = len(digits)
        return values, behind

    def digests(self, prefix: str) -> Hashes:
        """Return the BLAKE2b digest (8 bytes, the first leading) of each word behind a prefix."""
        head = prefix.encode()
        alone = np.ones(len(self), dtype=bool)
        found = np.zeros(len(self), dtype=np.uint64)
        if not self._are_few:
            alone = self.lengths + len(head) > scanning.LONGEST_DIGESTED
            found = self._digested(head, np.where(alone, 0, self.lengths).astype(np.int32))
        for number in np.flatnonzero(alone).tolist():
            raw = hashlib.blake2b(head + self._raw(number), digest_size=8).digest()
            found[number] = int.from_bytes(raw, "big")
        return found

    def _digested(self, head: bytes, lengths: Ints) -> Hashes:
        return scanning.blake2b(bytes_of(head), Spans(self.data, self.starts, lengths)).byteswap()


_SIGNS = {" ": SPACE, "-": MINUS, "+": PLUS, ".": POINT, ",": COMMA, "'": APOSTROPHE, '"': QUOTES}
_SPACE = ord(" ")


def _kinds() -> NDArray[np.uint16]:
    """Return the kind of each byte."""
    found = np.full(256, OTHER, dtype=np.uint16)
    for first, last, kind in (
        (0, 31, HIDDEN),
        (127, 127, HIDDEN),
        (128, 255, FOREIGN),
        (ord("0"), ord("9"), DIGIT),
        (ord("A"), ord("Z"), UPPER),
        (ord("a"), ord("z"), LOWER),
        *((ord(sign), ord(sign), kind) for sign, kind in _SIGNS.items()),
    ):
        found[first : last + 1] = kind
    return found


_KIND = _kinds()


def bytes_of(raw: bytes) -> Bytes:
    """Return bytes as an array that nobody writes to."""
    return np.frombuffer(raw, dtype=np.uint8)
