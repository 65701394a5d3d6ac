import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spatial


def lists(around):
    return [one.tolist() for one in np.split(around.members, around.offsets[1:-1])]


def test_places_in_a_row_have_the_next_ones_on_both_sides():
    assert lists(spatial.along_a_line(4)) == [[1], [0, 2], [1, 3], [2]]
    assert lists(spatial.along_a_line(4, reach=2))[0] == [1, 2]
    assert spatial.along_a_line(1).members.size == 0


def test_lists_leave_out_the_place_itself_and_refuse_what_is_no_place():
    assert lists(spatial.by_lists([[1, 0], [0], []])) == [[1], [0], []]
    with pytest.raises(ValueError, match="no place"):
        spatial.by_lists([[3]])


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=25),
    st.integers(1, 15),
)
def test_within_reach_the_distance_itself_counts(points, radius):
    at = np.array(points, dtype=float)
    apart = np.hypot(*(at[:, None] - at[None]).T)
    plain = [
        [j for j in range(len(at)) if j != i and apart[i, j] <= radius] for i in range(len(at))
    ]
    assert lists(spatial.within(at, radius)) == plain
