"""What is remembered of a crash, and how a later import compares with it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crashkit.intake.digests import ALL, MORE, OTHER, SAME, Digest, Prints

numbers = st.integers(0, ALL - 1)
digests = st.builds(Digest, numbers, numbers, st.none() | numbers, st.none() | numbers)


@given(digests)
def test_a_digest_is_read_as_it_was_written(digest):
    assert Digest.read(str(digest)) == digest
    assert digest.beside(str(digest)) == SAME


@given(st.lists(st.tuples(numbers, numbers, numbers)), st.booleans())
def test_many_digests_are_written_as_one_is(rows, given_people):
    columns = np.array(rows, dtype=np.uint64).reshape(-1, 3)
    crash, involved, people = (columns[:, place] for place in range(3))
    written = list(Prints((crash, involved, None, people if given_people else None)))
    assert written == [str(Digest(a, b, None, c if given_people else None)) for a, b, c in rows]


def test_one_of_many_digests_is_written_alone():
    prints = Prints((*np.arange(6, dtype=np.uint64).reshape(2, 3), None, None))
    assert (len(prints), prints[1]) == (3, str(Digest(1, 4, None, None)))
    assert list(prints[np.array([2, 0])]) == [prints[2], prints[0]]


@given(numbers, numbers, numbers, numbers)
def test_the_one_sum_of_the_first_release_is_still_understood(crash, involved, vehicles, people):
    digest = Digest(crash, involved, vehicles, people)
    total = (crash + involved + vehicles + people) % ALL
    assert digest.beside(f"{total:016x}") == SAME
    assert digest.beside(f"{(total + 1) % ALL:016x}") == OTHER


def test_rows_that_the_files_do_not_have_say_nothing_against_what_was_kept():
    kept = Digest(1, 2, 3, 4)
    assert Digest(1, 0, None, None).beside(str(kept)) == SAME
    assert Digest(1, 9, 3, None).beside(str(kept)) == SAME
    assert Digest(9, 0, None, None).beside(str(kept)) == OTHER
    assert Digest(1, 2, 3, 9).beside(str(kept)) == OTHER


def test_rows_of_a_kind_that_was_not_there_before_are_more():
    assert Digest(1, 2, 3, 4).beside(str(Digest(1, 0, None, None))) == MORE


def test_a_crash_that_was_completed_is_known_as_it_was_and_as_it_is():
    kept = f"{Digest(1, 0, 3, 4)} {Digest(1, 0, 3, 7)}"
    assert Digest(1, 0, 3, 4).beside(kept) == SAME
    assert Digest(1, 0, 3, 7).beside(kept) == SAME
    assert Digest(1, 0, 3, 5).beside(kept) == OTHER


def test_of_a_kind_that_the_files_have_not_for_this_crash_nothing_is_said():
    assert Digest(1, 0, None, 0).beside(str(Digest(1, 0, None, None))) == SAME
    assert Digest(1, 0, None, 5).beside(str(Digest(1, 0, None, 0))) == MORE
    assert Digest(1, 0, None, 0).beside(str(Digest(1, 0, None, 5))) == OTHER


def test_each_kind_may_be_of_another_time():
    kept = f"{Digest(1, None, 3, 7)} {Digest(1, None, None, 7)} {Digest(1, 0, None, 4)}"
    assert Digest(1, 0, 3, 4).beside(kept) == SAME
    assert Digest(1, 0, 8, 4).beside(kept) == OTHER
    assert Digest(1, 0, 3, 4).beside(f"{Digest(1, None, None, 7)} {Digest(1, 0, None, 4)}") == MORE
    assert Digest(1, 0, 3, 8).beside(f"{Digest(1, None, None, 7)} {Digest(1, 0, None, 4)}") == OTHER
