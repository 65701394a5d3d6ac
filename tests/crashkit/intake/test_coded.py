"""Columns of words by number say what columns of objects say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crashkit.intake import coded
from crashkit.intake.coded import Coded

WORDS = st.sampled_from(["day", "dark", "Ош", "", None])
COLUMNS = st.lists(WORDS, max_size=12)


def column(values):
    """Lay values out by number, some words numbered twice as a mapping of a profile does."""
    distinct = [*dict.fromkeys(values), "day"]
    found = coded.laid(distinct, np.array([distinct.index(one) for one in values], dtype=np.int64))
    assert isinstance(found, Coded)
    return found


def objects(values):
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


@given(COLUMNS)
def test_words_by_number_say_what_objects_say(values):
    own, twin = column(values), objects(values)
    assert coded.plain(own).tolist() == values
    assert [own[row] for row in range(len(own))] == values
    assert coded.missing(own).tolist() == coded.missing(twin).tolist()
    assert coded.counted(own) == coded.counted(twin)
    for word in ("day", "nowhere"):
        assert coded.equal(own, word).tolist() == coded.equal(twin, word).tolist()
        wanted = [word, "Ош"]
        assert coded.is_one_of(own, wanted).tolist() == coded.is_one_of(twin, wanted).tolist()


@given(COLUMNS)
def test_words_in_the_order_of_letters_do_not_depend_on_the_order_of_rows(values):
    codes, words = coded.factorized(column(values), sort=True)
    twin_codes, twin_words = pd.factorize(objects(values), sort=True)
    assert (codes.tolist(), words.tolist()) == (twin_codes.tolist(), twin_words.tolist())


@given(COLUMNS, st.data())
def test_gaps_are_filled_by_other_words(values, data):
    others = data.draw(st.lists(WORDS, min_size=len(values), max_size=len(values)))
    wanted = [then if one is None else one for one, then in zip(values, others, strict=True)]
    for first in (column(values), objects(values)):
        for then in (column(others), objects(others)):
            assert coded.plain(coded.filled(first, then)).tolist() == wanted


@given(COLUMNS, COLUMNS)
def test_columns_under_each_other_keep_their_words(first, then):
    for parts in ((column(first), column(then)), (column(first), objects(then))):
        assert coded.plain(coded.joined(parts)).tolist() == [*first, *then]


@given(COLUMNS, st.data())
def test_rows_are_taken_as_of_any_array(values, data):
    rows = data.draw(st.lists(st.integers(0, max(len(values) - 1, 0)), max_size=5 if values else 0))
    assert coded.plain(column(values)[np.array(rows, dtype=int)]).tolist() == [
        values[row] for row in rows
    ]


def test_one_value_no_value_and_a_choice():
    assert coded.plain(coded.constant(2, "KGZ")).tolist() == ["KGZ", "KGZ"]
    assert coded.plain(coded.nothing(2)).tolist() == [None, None]
    choice = coded.chosen(("no", "yes"), np.array([1, -1, 0], dtype=np.int8))
    assert coded.plain(choice).tolist() == ["yes", None, "no"]


def test_as_many_words_as_rows_stay_objects():
    words = [f"c{number}" for number in range(coded.MOST + 1)]
    found = coded.laid(words, np.arange(len(words)))
    assert isinstance(found, np.ndarray) and found.tolist() == words
