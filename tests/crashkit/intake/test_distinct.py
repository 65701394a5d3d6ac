"""Words looked at all at once say what each of them says when it is looked at alone."""

import hashlib
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import scanning
from crashkit.intake import distinct, mapping
from crashkit.intake.distinct import Words

SIGNS = "aЯя事09.,-–'\" \t\n\u00a0\u200b\ufeff\x07é"
TEXTS = st.lists(st.text(alphabet=SIGNS, max_size=8) | st.text(max_size=8), max_size=20)
HALVES = st.lists(st.text(alphabet=st.characters(codec=None), max_size=4), max_size=6)


KINDS = {
    "DIGIT": r"[0-9]",
    "UPPER": r"[A-Z]",
    "LOWER": r"[a-z]",
    "SPACE": r" ",
    "EDGE": r"\A | \Z",
    "HIDDEN": r"[\0-\x1f\x7f]",
    "FOREIGN": r"[^\0-\x7f]",
    "MINUS": r"-",
    "PLUS": r"\+",
    "POINT": r"\.",
    "COMMA": r",",
    "APOSTROPHE": r"'",
    "QUOTES": r'"',
    "OTHER": r"[!#$%&()*/:;<=>?@\[\\\]^_`{|}~]",
}


@given(TEXTS)
def test_traits_say_which_kinds_of_signs_there_are(texts):
    found = Words.of(texts).traits.tolist()
    for text, bits in zip(texts, found, strict=True):
        twin = {name for name, pattern in KINDS.items() if re.search(pattern, text)}
        assert {name for name in KINDS if bits & getattr(distinct, name)} == twin


@pytest.fixture(params=["few", "many"], autouse=True)
def _few_or_many(request, monkeypatch):
    """Few words are looked at one by one, many by kernels."""
    monkeypatch.setattr(distinct, "FEW", distinct.FEW if request.param == "few" else 0)


@given(TEXTS | HALVES)
def test_words_are_given_back_as_they_were(texts):
    words = Words.of(texts)
    anew = Words(words.data, words.starts, words.lengths)
    assert list(words) == list(anew) == [anew[n] for n in range(len(anew))] == texts


@given(TEXTS)
def test_all_words_are_cleaned_as_one_is(texts):
    assert list(Words.of(texts).cleaned) == list(map(mapping.clean, texts))
    changed = [n for n, text in enumerate(texts) if mapping.clean(text) != text]
    assert Words.of(texts).changed.tolist() == changed


@given(TEXTS)
def test_blanks_and_dashes_are_known(texts):
    words = Words.of(texts)
    assert words.blank.tolist() == [not text.strip() for text in texts]
    assert words.dashes.tolist() == [mapping.only_dashes(text) for text in texts]


@given(TEXTS, TEXTS)
def test_words_are_found_folded_and_as_they_stand(texts, others):
    words, folded = Words.of(texts), {mapping.fold(one) for one in others}
    assert words.among(folded).tolist() == [mapping.fold(text) in folded for text in texts]
    for other in [*others, *texts]:
        assert words.equal(other).tolist() == [n for n, text in enumerate(texts) if text == other]


@given(st.sets(st.text(alphabet=SIGNS, max_size=12)), st.integers(1, 4))
def test_the_smallest_words_are_those_of_all(texts, n):
    words = Words.of(list(texts))
    assert words.smallest(n, np.ones(len(texts), dtype=bool)) == sorted(texts)[:n]


@given(TEXTS)
def test_quotation_marks_and_guards_are_taken_away(texts):
    words = Words.of(texts)
    assert list(words.single_quoted()) == [text.replace('""', '"') for text in texts]
    assert list(words.unguarded()) == list(map(mapping.unguard, texts))


@given(TEXTS | HALVES, st.text(max_size=3))
def test_digests_are_those_of_one_word_behind_the_prefix(texts, prefix):
    long = [*texts, "ж" * 100]
    prefix = prefix.encode("utf-8", "replace").decode()
    raw = [(prefix + text).encode("utf-8", "surrogatepass") for text in long]
    twin = [int.from_bytes(hashlib.blake2b(one, digest_size=8).digest(), "big") for one in raw]
    assert Words.of(long).digests(prefix).tolist() == twin


@pytest.mark.parametrize("mark", [".", ","])
@given(texts=st.lists(st.text(alphabet="0123456789.,+-eE_ ٣", max_size=18)))
def test_decimals_are_read_alike_one_by_one_and_all_at_once(mark, texts):
    words = Words.of(texts)
    spans = scanning.Spans(words.data, words.starts, words.lengths)
    for found, twin in zip(words.decimals(mark), scanning.decimals(spans, ord(mark)), strict=True):
        assert np.array_equal(found, twin, equal_nan=True)
