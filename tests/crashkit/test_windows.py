import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spf, windows

WORKED = [[5.2, 7.8, 1.1, 6.5, 7.8], [6.5, 4.45, 3.8, 7.15]]
"""Segment of 0.47 mi in windows of 0.1 and of 0.2 mi, Highway Safety Manual, chapter 4."""


def test_the_worked_example_is_widened_once():
    first = windows.peak(WORKED[0], limit=windows.STRICT)
    assert first.variation == pytest.approx([0.53, 0.36, 2.53, 0.43, 0.36], abs=0.01)
    assert not first.passes
    width, found = windows.widened(WORKED, limit=windows.STRICT)
    assert (width, found.window, found.value) == (1, 3, 7.15)
    assert windows.laid(0.47, 0.2, 0.1)[found.window] == pytest.approx((0.27, 0.47))


def test_the_general_limit_takes_the_first_of_the_narrow_windows():
    width, found = windows.widened(WORKED)
    assert (width, found.window, found.value) == (0, 1, 7.8)


def test_one_window_alone_is_never_sure():
    assert windows.peak([5.0]).window is None
    assert windows.peak([0.0, 0.0]).window is None
    with pytest.raises(ValueError, match="width"):
        windows.widened([])


def test_windows_end_with_the_stretch_and_a_short_stretch_is_one():
    assert windows.laid(1.0, 0.5, 0.25) == [(0.0, 0.5), (0.25, 0.75), (0.5, 1.0)]
    assert windows.laid(0.3, 0.5, 0.1) == [(0.0, 0.3)]


@given(st.lists(st.integers(0, 2999), max_size=40), st.sampled_from([200, 300, 500]))
def test_all_windows_of_a_road_share_one_weight_where_k_is_by_length(at_m, window_m):
    found = windows.sliding(
        at_m,
        length_m=3000,
        window_m=window_m,
        step_m=100,
        per_km=4.0,
        dispersion=spf.HsmK(0.5, "km"),
    )
    assert found.estimate.weight == pytest.approx(np.full(found.counts.size, 1 / 3))
    plain = [sum(a <= at < a + window_m for at in at_m) for a in found.start_m.tolist()]
    ends = [sum(a <= at <= 3000 for at in at_m) for a in found.start_m.tolist()[-1:]]
    assert found.counts.tolist() == plain[:-1] + ends
    assert found.estimate.excess[found.worst] == found.estimate.excess.max()
