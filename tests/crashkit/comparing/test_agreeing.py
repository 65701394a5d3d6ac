"""Agreement of two lists: worked by hand, and what must hold of any two."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_lists import answer

from crashkit.comparing import agreeing, grouping
from crashkit.comparing.agreeing import correlation, jaccard, kappa

TABLE = """
|            | in B | not in B |
| in A       |  20  |     5    |
| not in A   |  10  |    15    |
"""


def test_kappa_of_the_table_of_a_text_book():
    # Agreement 35/50 = 0.7; by chance 25/50 * 30/50 + 25/50 * 20/50 = 0.5; (0.7 - 0.5)/(1 - 0.5).
    (_, a), (_, b) = ((line.split("|")[1], line.split("|")[2:4]) for line in TABLE.split("\n")[2:4])
    assert kappa(*map(int, a), *map(int, b)) == pytest.approx(0.4)


def test_kappa_has_no_meaning_where_all_crashes_are_in_both_lists_or_in_none():
    assert math.isnan(kappa(9, 0, 0, 0))
    assert math.isnan(kappa(0, 0, 0, 0))
    assert kappa(9, 0, 0, 1) == 1


def test_jaccard_is_what_both_share_over_what_either_has():
    assert jaccard(6, 2, 4) == 0.5
    assert math.isnan(jaccard(0, 0, 0))


def test_ranks_of_two_places_tell_nothing():
    assert math.isnan(correlation([1, 2], [2, 1]))
    assert math.isnan(correlation([1, 1, 1], [1, 2, 3]))
    assert correlation([1, 2, 3], [30, 20, 10]) == -1
    # Ties have the middle rank: 1.5, 1.5, 3 and 1, 2, 3 give 1.5 / sqrt(1.5 * 2).
    assert correlation([1, 1, 3], [1, 2, 3]) == pytest.approx(math.sqrt(0.75))


crashes = st.sets(st.integers(1, 30), max_size=12)


def pair(one, other, looked):
    lists = [answer(one), answer(other)]
    found = grouping.places(lists)
    return agreeing.pair(lists, [looked, looked], found, 0, 1)


@st.composite
def two_lists(draw):
    """Two lists of sites that share no crash within a list."""
    return tuple(
        [ids for ids in np.array_split(sorted(draw(crashes)), draw(st.integers(1, 4))) if len(ids)]
        for _ in range(2)
    )


@given(two_lists())
def test_agreement_does_not_depend_on_which_list_comes_first(lists):
    one, other = lists
    looked = np.arange(1, 31)
    here, there = pair(one, other, looked), pair(other, one, looked)
    assert here.by_crashes == there.by_crashes[::-1]
    assert here.by_ground == there.by_ground[::-1]
    assert (here.both, here.neither) == (there.both, there.neither)
    assert (here.only_first, here.only_second) == (there.only_second, there.only_first)
    for name in ("jaccard", "kappa", "places", "ranks"):
        assert getattr(here, name) == pytest.approx(getattr(there, name), nan_ok=True)


@given(two_lists())
def test_a_list_agrees_wholly_with_itself(lists):
    one, _ = lists
    found = pair(one, one, np.arange(1, 41))
    assert found.by_crashes == (len(one), len(one))
    assert (found.only_first, found.only_second) == (0, 0)
    assert found.places == len(one)
    if one:
        assert (found.jaccard, found.kappa) == (1, 1)


@given(two_lists())
def test_every_crash_that_both_look_at_is_counted_once(lists):
    found = pair(*lists, np.arange(1, 26))
    assert found.both + found.only_first + found.only_second + found.neither == 25
