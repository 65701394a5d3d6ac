"""Which sites of several lists are one place, whatever the order of the lists."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from made_lists import answer
from made_sites import finding

from crashkit.comparing import grouping


def told(*lists):
    """Return each place as the crashes of its sites by list."""
    found = [answer(one) for one in lists]
    return {
        tuple(sorted((one.list, found[one.list].findings[one.at].site.crash_ids) for one in place))
        for place in grouping.places(found)
    }


def test_a_long_section_of_one_list_holds_several_circles_of_another():
    long = [range(1, 11)]
    circles = [(1, 2, 3), (5, 6, 7), (10, 11, 12, 13)]
    assert told(long, circles) == {
        ((0, tuple(range(1, 11))), (1, (1, 2, 3)), (1, (5, 6, 7))),
        ((1, (10, 11, 12, 13)),),
    }


def test_half_of_the_crashes_is_not_more_than_half():
    assert len(told([(1, 2)], [(2, 3)])) == 2
    assert len(told([(1, 2, 3)], [(2, 3, 4)])) == 1


def test_no_chain_of_neighbours_becomes_one_place():
    # B and C each share with A; D shares with B only, which is no core.
    lists = [[range(1, 11)], [(9, 10, 11)], [(11, 12)]]
    assert told(*lists) == {
        ((0, tuple(range(1, 11))), (1, (9, 10, 11))),
        ((2, (11, 12)),),
    }


def test_sections_on_the_same_ground_are_one_place_without_a_common_crash():
    one = [finding(1000, 2000, crash_ids=(1, 2, 3))]
    assert len(told(one, [finding(1400, 2400, crash_ids=(4, 5, 6))])) == 1
    assert len(told(one, [finding(1600, 2600, crash_ids=(4, 5, 6))])) == 2
    assert len(told(one, [finding(1400, 2400, road="M41", crash_ids=(4, 5, 6))])) == 2


def test_sites_of_one_list_are_never_joined_by_each_other():
    assert len(told([(1, 2, 3), (1, 2, 3, 4)], [])) == 2


@st.composite
def three_lists(draw):
    ids = st.sets(st.integers(1, 25), max_size=12)
    return [
        [part for part in np.array_split(sorted(draw(ids)), draw(st.integers(1, 4))) if len(part)]
        for _ in range(3)
    ]


@given(three_lists())
def test_the_order_of_the_lists_is_of_no_matter(lists):
    def sets(order):
        return {
            frozenset((order[number], crashes) for number, crashes in place)
            for place in told(*(lists[at] for at in order))
        }

    first, *others = [sets(order) for order in permutations(range(3))]
    assert all(other == first for other in others)


@given(three_lists())
def test_every_site_is_in_one_place(lists):
    sites = [one for place in told(*lists) for one in place]
    assert len(sites) == len(set(sites)) == sum(map(len, lists))
