"""Hot loops on bytes: text to cells, cells to distinct words, words to numbers and digests.

Like the other kernels they know no noun: arrays of bytes and places in, arrays out. A word is a
place in the bytes and a length. Each has a plain twin in the tests.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit.kernels import compiled

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]


class Spans(NamedTuple):
    """Words as places in bytes: where each starts, and how many bytes it has."""

    data: Bytes
    starts: Ints
    lengths: Places


# ------------------------------------------------------------------- cells


class Style(NamedTuple):
    """The sign between cells, whether blanks before a cell are left out, bytes of the longest."""

    delimiter: int
    skip_blanks: bool
    longest: int


class Room(NamedTuple):
    """Room for the rows of a block.

    `starts` and `lengths` of cells have the shape (width, rows), `lines` (rows,), the line each row
    starts on. `odd` (odd rows, 3) takes the first byte, the end and the line of other rows.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    lines: Ints
    odd: NDArray[np.int64]


STOPPED = -1
"""In place of the number of rows: these bytes are not so simple that cells can be told here."""


@compiled
def _is_seen(sign: int) -> bool:
    """Say whether a byte surely belongs to a sign that is seen.

    Blanks beyond ASCII begin with C2, E1, E2, E3 or EF; the letters of most scripts do not.
    """
    if sign < 127:
        return sign > 32
    return sign > 0xC2 and not 0xE1 <= sign <= 0xE3 and sign != 0xEF


@compiled
def _plain_end(data: Bytes, at: int, delimiter: int) -> tuple[int, bool]:
    """Return the end of a cell without quotation marks, and whether something is seen in it."""
    seen = False
    while at < data.size:
        sign = data[at]
        if sign == delimiter:
            break
        # Nearly all signs stand behind these three in ASCII: one look is enough for them.
        if sign <= 34:
            if sign == 10 or sign == 13:  # noqa: PLR1714
                break
            if sign == 34:
                return STOPPED, seen
        seen = seen or _is_seen(sign)
        at += 1
    return at, seen


@compiled
def _quoted_end(data: Bytes, at: int) -> tuple[int, int, bool, bool]:
    """Return where the quotation mark stands that closes a cell.

    And the line ends in the cell, whether something is seen in it, and whether a mark stands twice.
    """
    lines, seen, twice = 0, False, False
    while at < data.size:
        sign = data[at]
        if sign == 34:
            if at + 1 == data.size or data[at + 1] != 34:
                return at, lines, seen, twice
            twice = seen = True
            at += 1
        elif sign == 10 or (sign == 13 and (at + 1 == data.size or data[at + 1] != 10)):
            lines += 1
        seen = seen or _is_seen(sign)
        at += 1
    return STOPPED, lines, seen, twice


@compiled
def _is_hollow(data: Bytes, start: int, end: int) -> bool:
    for at in range(start, end):  # noqa: SIM110 (numba knows no generators)
        if data[at] not in (32, 9, 10, 13):
            return False
    return True


@compiled
def _cell(data: Bytes, at: int, style: Style) -> tuple[int, int, int, bool, bool]:
    """Return where a cell starts and ends, its line ends, what `_quoted_end` says of it."""
    start = at
    if style.skip_blanks:
        while start < data.size and data[start] == 32:
            start += 1
    if start < data.size and data[start] == 34:
        if start > at:
            return start, STOPPED, 0, False, False
        end, lines, seen, twice = _quoted_end(data, start + 1)
        return start + 1, end, lines, seen, twice
    end, seen = _plain_end(data, start, style.delimiter)
    return start, end, 0, seen, False


@compiled
def _row(data: Bytes, at: int, style: Style, room: Room, row: int) -> tuple[int, int, bool, bool]:
    """Read a row. Returns the byte behind it, its line ends, whether it is as wanted, and twice."""
    cell, lines, seen, hollow, twice = 0, 0, False, True, False
    while True:
        start, end, more, is_seen, is_twice = _cell(data, at, style)
        if end == STOPPED or end - start > style.longest:
            return STOPPED, 0, False, False
        lines, seen, twice = lines + more, seen or is_seen, twice or is_twice
        if cell < room.starts.shape[0]:
            room.starts[cell, row], room.lengths[cell, row] = start, end - start
        else:
            hollow = hollow and _is_hollow(data, start, end)
        cell += 1
        # Behind a cell in quotation marks stands the closing one.
        at = end + 1 if start > at and data[start - 1] == 34 else end
        if at >= data.size or data[at] == 10 or data[at] == 13:
            return at, lines, cell >= room.starts.shape[0] and seen and hollow, twice
        if data[at] != style.delimiter:
            return STOPPED, 0, False, False
        at += 1


@compiled
def split(
    data: Bytes, at: int, line: int, style: Style, room: Room
) -> tuple[int, int, int, int, bool]:
    """Split the lines from byte `at`, which is in line `line`, into rows of cells.

    Odd are rows that have another number of cells, or nothing that is seen. Cells in quotation
    marks may hold the delimiter, line ends, and quotation marks written twice. Cells beyond the
    width are passed over where they hold nothing but blanks, tabs and line ends. Ends when the room
    is full, or all bytes are read.

    Returns how many rows and odd rows there are, the byte and line to go on from, and whether a
    quotation mark was written twice. STOPPED rows: a quotation mark inside a cell, text behind a
    closing one, blanks before one, one that is never closed, or a cell that is too long.
    """
    rows, odds, doubled = 0, 0, False
    while at < data.size and rows < room.lines.size and odds < room.odd.shape[0]:
        end, more, good, twice = _row(data, at, style, room, rows)
        if end == STOPPED:
            return STOPPED, 0, 0, line, False
        doubled = doubled or twice
        if good:
            room.lines[rows] = line
            rows += 1
        else:
            room.odd[odds, 0], room.odd[odds, 1], room.odd[odds, 2] = at, end, line
            odds += 1
        line += 1 + more
        is_pair = end + 1 < data.size and data[end] == 13 and data[end + 1] == 10
        at = end + (2 if is_pair else 1)
    return rows, odds, at, line, doubled


# ---------------------------------------------------------- distinct words


@compiled
def _key(data: Bytes, start: int, length: int) -> np.uint64:
    """Return a number for a word: its bytes behind each other where they are eight or fewer."""
    found = np.uint64(0)
    for at in range(start, start + min(length, 8)):
        found = (found << np.uint64(8)) | np.uint64(data[at])
    for at in range(start + 8, start + length):
        found = (found ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    return found


@compiled
def _slot(key: np.uint64, slots: int) -> np.int64:
    """Return the place in a table where the search for a key begins.

    Source: Knuth, The Art of Computer Programming 3, 6.4, multiplicative hashing.
    """
    mixed = key * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(slots - 1))


@compiled
def _same(data: Bytes, one: int, other: int, length: int) -> bool:
    for step in range(length):  # noqa: SIM110 (numba knows no generators)
        if data[one + step] != data[other + step]:
            return False
    return True


class Table(NamedTuple):
    """The words that were met: places in `slots` by key, -1 where free, and their starts, lengths,
    keys. The size of `slots` is a power of two.
    """

    slots: Places
    starts: Ints
    lengths: Places
    keys: Hashes


@compiled
def number(cells: Spans, begin: int, table: Table, count: int, codes: Places) -> tuple[int, int]:
    """Give each cell from `begin` the number of its word; new words get the next numbers.

    `count` words are in the table so far; ends when it is full, or half of its slots are taken.
    Returns how many cells have their number in `codes`, and how many words there are.
    """
    data, starts, lengths = cells
    slots, word_starts, word_lengths, keys = table
    mask = slots.size - 1
    most = min(slots.size // 2, word_starts.size)
    for cell in range(begin, starts.size):
        start, length = starts[cell], lengths[cell]
        key = _key(data, start, length)
        slot = _slot(key, slots.size)
        while True:
            known = slots[slot]
            if known < 0:
                if count >= most:
                    return cell, count
                slots[slot] = count
                word_starts[count], word_lengths[count], keys[count] = start, length, key
                codes[cell] = count
                count += 1
                break
            alike = keys[known] == key and word_lengths[known] == length
            # Eight bytes or fewer are the key itself.
            if alike and (length <= 8 or _same(data, start, word_starts[known], length)):
                codes[cell] = known
                break
            slot = (slot + 1) & mask
    return starts.size, count


@compiled
def renumber(slots: Places, keys: Hashes, count: int) -> None:
    """Fill an empty table with the numbers of `count` words by their keys."""
    mask = slots.size - 1
    for word in range(count):
        slot = _slot(keys[word], slots.size)
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = word


# ------------------------------------------------------------------- words


@compiled
def _same_letters(data: Bytes, at: int, other: Bytes, begin: int, length: int) -> bool:
    for step in range(length):
        one, two = data[at + step], other[begin + step]
        if one != two and (one | 32 != two | 32 or not 97 <= one | 32 <= 122):
            return False
    return True


@compiled
def among(words: Spans, wanted: Spans) -> Flags:
    """Say which words equal one of the wanted ones, small and capital letters of ASCII alike."""
    data, starts, lengths = words
    others, begins, sizes = wanted
    found = np.zeros(starts.size, np.bool_)
    for word in range(starts.size):
        for other in range(begins.size):
            if sizes[other] == lengths[word] and _same_letters(
                data, starts[word], others, begins[other], sizes[other]
            ):
                found[word] = True
                break
    return found


@compiled
def kinds(words: Spans, kind_of: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return for each word the kinds of its bytes laid over each other; `kind_of` is (256,)."""
    data, starts, lengths = words
    found = np.zeros(starts.size, np.uint16)
    for word in range(starts.size):
        bits = np.uint16(0)
        for at in range(starts[word], starts[word] + lengths[word]):
            bits |= kind_of[data[at]]
        found[word] = bits
    return found


@compiled
def heads(words: Spans) -> Hashes:
    """Return the first eight bytes of each word as a number that is ordered as words are."""
    data, starts, lengths = words
    found = np.zeros(starts.size, np.uint64)
    for word in range(starts.size):
        value = np.uint64(0)
        for step in range(8):
            value = value << np.uint64(8)
            if step < lengths[word]:
                value |= np.uint64(data[starts[word] + step])
        found[word] = value
    return found


@compiled
def joined(words: Spans) -> Bytes:
    """Return the bytes of all words, a line end behind each."""
    data, starts, lengths = words
    found = np.empty(lengths.sum() + lengths.size, np.uint8)
    at = 0
    for word in range(starts.size):
        for place in range(starts[word], starts[word] + lengths[word]):
            found[at] = data[place]
            at += 1
        found[at] = 10
        at += 1
    return found


MOST_DIGITS = 15
"""More digits no float surely holds."""
_POWERS = 10.0 ** np.arange(MOST_DIGITS + 1)


@compiled
def _decimal(data: Bytes, at: int, end: int, mark: int) -> tuple[int, int]:
    """Return the digits of a number as a whole number, and how many stand behind the mark (-1)."""
    whole, digits, behind = 0, 0, -1
    if at == end or data[at] == mark:
        return 0, STOPPED
    while at < end:
        sign = data[at]
        if 48 <= sign <= 57 and digits < MOST_DIGITS:
            whole, digits = whole * 10 + (sign - 48), digits + 1
            behind += behind >= 0
        elif sign == mark and behind < 0:
            behind = 0
        else:
            return 0, STOPPED
        at += 1
    return whole, max(behind, 0)


@compiled
def decimals(words: Spans, mark: int) -> tuple[Floats, NDArray[np.int16]]:
    """Read words that are plain decimal numbers: a sign, digits, and perhaps `mark` and digits.

    Returns values, exact to the last bit, and how many digits stand behind the mark. NaN and -1:
    the word is written otherwise, or has more than MOST_DIGITS.
    """
    data, starts, lengths = words
    values = np.full(starts.size, np.nan)
    behind = np.full(starts.size, STOPPED, np.int16)
    for word in range(starts.size):
        at, end = starts[word], starts[word] + lengths[word]
        is_signed = at < end and (data[at] == 45 or data[at] == 43)
        whole, digits = _decimal(data, at + is_signed, end, mark)
        if digits != STOPPED:
            value = whole / _POWERS[digits]
            values[word] = -value if is_signed and data[at] == 45 else value
            behind[word] = digits
    return values, behind


# ----------------------------------------------------------------- digests

_IV = np.array(
    [
        *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
        *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
    ],
    dtype=np.uint64,
)
_SIGMA = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    dtype=np.uint8,
)
LONGEST_DIGESTED = 128
"""Bytes of a word and its prefix that are digested at once."""


@compiled
def _stirred(  # noqa: PLR0917 (as the source names them)
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, x: np.uint64, y: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Stir two words of the message into four of the state."""
    a = a + b + x
    d = d ^ a
    d = (d >> np.uint64(32)) | (d << np.uint64(32))
    c = c + d
    b = b ^ c
    b = (b >> np.uint64(24)) | (b << np.uint64(40))
    a = a + b + y
    d = d ^ a
    d = (d >> np.uint64(16)) | (d << np.uint64(48))
    c = c + d
    b = b ^ c
    b = (b >> np.uint64(63)) | (b << np.uint64(1))
    return a, b, c, d


@compiled
def blake2b(prefix: Bytes, words: Spans) -> Hashes:
    """Return the BLAKE2b digest of 8 bytes of prefix and word, as a number, the last byte leading.

    Prefix and word together are at most LONGEST_DIGESTED bytes. Source: RFC 7693.
    """
    data, starts, lengths = words
    found = np.empty(starts.size, np.uint64)
    block = np.zeros(128, np.uint8)
    m = block.view(np.uint64)
    head = prefix.size
    block[:head] = prefix
    # 8 bytes of digest, no key.
    first = _IV[0] ^ np.uint64(0x01010008)
    for word in range(starts.size):
        start, length = starts[word], lengths[word]
        for step in range(length):
            block[head + step] = data[start + step]
        for step in range(head + length, 128):
            block[step] = 0
        v0, v1, v2, v3 = first, _IV[1], _IV[2], _IV[3]
        v4, v5, v6, v7 = _IV[4], _IV[5], _IV[6], _IV[7]
        v8, v9, v10, v11 = _IV[0], _IV[1], _IV[2], _IV[3]
        # One block, and it is the last.
        v12, v13, v14, v15 = _IV[4] ^ np.uint64(head + length), _IV[5], ~_IV[6], _IV[7]
        for turn in range(12):
            s = _SIGMA[turn]
            v0, v4, v8, v12 = _stirred(v0, v4, v8, v12, m[s[0]], m[s[1]])
            v1, v5, v9, v13 = _stirred(v1, v5, v9, v13, m[s[2]], m[s[3]])
            v2, v6, v10, v14 = _stirred(v2, v6, v10, v14, m[s[4]], m[s[5]])
            v3, v7, v11, v15 = _stirred(v3, v7, v11, v15, m[s[6]], m[s[7]])
            v0, v5, v10, v15 = _stirred(v0, v5, v10, v15, m[s[8]], m[s[9]])
            v1, v6, v11, v12 = _stirred(v1, v6, v11, v12, m[s[10]], m[s[11]])
            v2, v7, v8, v13 = _stirred(v2, v7, v8, v13, m[s[12]], m[s[13]])
            v3, v4, v9, v14 = _stirred(v3, v4, v9, v14, m[s[14]], m[s[15]])
        found[word] = first ^ v0 ^ v8
    return found


# ------------------------------------------------------------------ warming


def warm() -> None:
    """Compile every kernel, or read what was compiled before, so that no first user waits."""
    data = np.frombuffer(b"a,b\n", dtype=np.uint8)
    starts, lengths = np.array([0, 2]), np.array([1, 1], dtype=np.int32)
    empty, keys = np.full(4, -1, dtype=np.int32), np.zeros(2, dtype=np.uint64)
    places, sizes = np.zeros((2, 1), dtype=np.int64), np.zeros((2, 1), dtype=np.int32)
    room = Room(places, sizes, np.zeros(1, dtype=np.int64), np.zeros((1, 3), dtype=np.int64))
    split(data, 0, 1, Style(ord(","), True, 9), room)
    words = Spans(data, starts, lengths)
    number(words, 0, Table(empty, starts, lengths, keys), 0, np.zeros(2, dtype=np.int32))
    renumber(np.full(4, -1, dtype=np.int32), keys, 1)
    kinds(words, np.zeros(256, dtype=np.uint16))
    heads(words)
    joined(words)
    among(words, words)
    decimals(words, ord("."))
    blake2b(data, words)
