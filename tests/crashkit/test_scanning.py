"""Each kernel on bytes beside a slow twin that says what it means."""

import hashlib
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import scanning
from crashkit.scanning import Spans, Table

RAW = st.binary(max_size=12) | st.text(max_size=10).map(lambda text: text.encode())
WORDS = st.lists(RAW, max_size=30)
NUMBERS = st.from_regex(r"[+-]?[0-9]{0,9}(?:[.,][0-9]{0,9})?", fullmatch=True)


def spans(words):
    lengths = np.array([len(word) for word in words], dtype=np.int32)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    return Spans(np.frombuffer(b"".join(words), dtype=np.uint8), starts, lengths)


def numbered(words, room):
    """Number words in a table that has room for so many, and say how far it went."""
    table = Table(
        np.full(2 * room, -1, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
        np.zeros(room, dtype=np.uint64),
    )
    codes = np.full(len(words), -1, dtype=np.int32)
    done, count = scanning.number(spans(words), 0, table, 0, codes)
    return codes.tolist(), done, count, table


@given(WORDS)
def test_each_new_word_gets_the_next_number(words):
    codes, done, count, _ = numbered(words, 64)
    first = list(dict.fromkeys(words))
    assert codes == [first.index(word) for word in words]
    assert (done, count) == (len(words), len(first))


@given(WORDS)
def test_a_full_table_stops_before_the_word_that_has_no_room(words):
    codes, done, count, table = numbered(words, 4)
    first = list(dict.fromkeys(words))
    assert count == min(len(first), 4)
    assert done == (words.index(first[4]) if len(first) > 4 else len(words))
    assert codes[:done] == [first.index(word) for word in words[:done]]
    anew = np.full(16, -1, dtype=np.int32)
    scanning.renumber(anew, table.keys, count)
    assert sorted(anew[anew >= 0].tolist()) == list(range(count))


def test_words_that_begin_alike_are_told_apart():
    words = [b"", b"\0", b"\0\0", b"12345678", b"123456789", b"12345678\0", b"123456780"]
    codes, *_ = numbered([*words, *words], 16)
    assert codes == [*range(7), *range(7)]


@given(WORDS, WORDS)
def test_words_are_found_in_any_case_of_latin_letters(words, wanted):
    found = scanning.among(spans(words), spans(wanted)).tolist()
    small = {word.lower() for word in wanted}
    assert found == [word.lower() in small for word in words]


def test_signs_that_differ_as_capitals_do_are_no_letters():
    words = spans([b"@", b"[", b"1", b"A", b"\xc0"])
    assert not scanning.among(words, spans([b"`", b"{", b"\x11", b"b", b"\xe0"])).any()


@given(WORDS)
def test_heads_are_ordered_as_words_are(words):
    found = scanning.heads(spans(words)).tolist()
    assert found == [int.from_bytes(word[:8].ljust(8, b"\0")) for word in words]


@given(WORDS)
def test_words_are_joined_by_line_ends(words):
    assert scanning.joined(spans(words)).tobytes() == b"".join(word + b"\n" for word in words)


@pytest.mark.parametrize("mark", [".", ","])
@given(words=st.lists(NUMBERS | st.text(alphabet="0123456789.,+-eE_ ٣", max_size=18)))
def test_plain_decimals_are_read_to_the_last_bit(mark, words):
    values, behind = scanning.decimals(spans([word.encode() for word in words]), ord(mark))
    plain = re.compile(rf"[+-]?[0-9]+(?:{re.escape(mark)}[0-9]*)?")
    for word, value, digits in zip(words, values.tolist(), behind.tolist(), strict=True):
        if plain.fullmatch(word) and sum(map(str.isdigit, word)) <= scanning.MOST_DIGITS:
            assert value == float(word.replace(mark, "."))
            assert digits == len(word.partition(mark)[2])
        else:
            assert np.isnan(value)
            assert digits == scanning.STOPPED


@given(WORDS, st.binary(max_size=40))
def test_digests_are_those_of_blake2b(words, prefix):
    found = scanning.blake2b(np.frombuffer(prefix, dtype=np.uint8), spans(words)).tolist()
    twin = [hashlib.blake2b(prefix + word, digest_size=8).digest() for word in words]
    assert found == [int.from_bytes(raw, "little") for raw in twin]


def test_a_whole_block_is_digested():
    word = bytes(range(scanning.LONGEST_DIGESTED))
    found = scanning.blake2b(np.frombuffer(b"", dtype=np.uint8), spans([word]))
    assert found[0] == int.from_bytes(hashlib.blake2b(word, digest_size=8).digest(), "little")


def test_warming_makes_every_kernel_ready():
    scanning.warm()
    named = {name: one for name, one in vars(scanning).items() if hasattr(one, "signatures")}
    assert [name for name, one in named.items() if name[0] != "_" and not one.signatures] == []
