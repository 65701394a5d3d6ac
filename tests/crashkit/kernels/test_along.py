"""Windows along roads, each kernel beside a slow twin that says what it means."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crashkit import kernels

POSITIONS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 300)), max_size=30).map(sorted)


@given(POSITIONS, st.integers(0, 120))
def test_a_window_holds_every_crash_within_its_length(positions, length):
    road = np.array([road for road, _ in positions], dtype=np.int64)
    at_m = np.array([at for _, at in positions], dtype=np.int64)
    ends = kernels.window_ends(road, at_m, np.full(len(positions), length))
    twin = [
        max(j for j, (r, a) in enumerate(positions) if r == road[i] and a - at_m[i] <= length) + 1
        for i in range(len(positions))
    ]
    assert ends.tolist() == twin


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=20))
def test_the_widest_ranges_are_those_within_no_other(sizes):
    ranges = sorted({(start, start + size) for start, size in sizes}, key=lambda r: (r[0], -r[1]))
    starts = np.array([start for start, _ in ranges], dtype=np.int64)
    ends = np.array([end for _, end in ranges], dtype=np.int64)
    twin = [
        not any(a <= start and end <= b and (a, b) != (start, end) for a, b in ranges)
        for start, end in ranges
    ]
    assert kernels.widest(starts, ends).tolist() == twin


# ------------------------------------------------------------- moved by steps

ROUTES = st.lists(st.integers(0, 60), min_size=1, max_size=4)


@st.composite
def along_routes(draw):
    lengths = draw(ROUTES)
    spots = st.tuples(
        st.integers(0, len(lengths) - 1), st.integers(-3, 63), st.integers(0, 5), st.integers(0, 2)
    )
    return lengths, draw(st.lists(spots, max_size=25))


def columns(crashes):
    route, at_m, *values = np.array(crashes, np.int64).reshape(-1, 4).T
    return route, at_m, np.array(values)


def held(crashes, route, start, end, length):
    """Add up what lies from `start` to before `end`, or at `end` where the route ends there."""
    inside = [
        values
        for where, at, *values in crashes
        if where == route and start <= at <= length and (at < end or end == length)
    ]
    return np.sum([[0, 0], *inside], axis=0).tolist()


@example(case=([55], [(0, 27, 0, 1)]), window=27, step=3)
@given(along_routes(), st.integers(1, 30), st.integers(1, 12))
def test_a_moved_window_holds_what_lies_in_it(case, window, step):
    lengths, crashes = case
    found = kernels.sliding(
        *columns(crashes), lengths_m=np.array(lengths), window_m=window, step_m=step
    )
    twin = []
    for route, length in enumerate(lengths):
        start = 0
        while start + window < length:
            twin.append((route, start, start + window))
            start += step
        twin.append((route, max(length - window, 0), length))
    assert list(zip(*(part.tolist() for part in found[:3]), strict=True)) == twin
    assert found.sums.T.tolist() == [
        held(crashes, route, start, end, lengths[route]) for route, start, end in twin
    ]


@given(along_routes(), st.integers(1, 20))
def test_cells_along_routes_hold_every_crash_of_them_once(case, cell):
    lengths, crashes = case
    offsets, sums = kernels.cell_counts(*columns(crashes), np.array(lengths), cell)
    twin = [
        held(crashes, route, start, min(start + cell, length), length)
        for route, length in enumerate(lengths)
        for start in range(0, max(length, 1), cell)
    ]
    assert sums.T.tolist() == twin
    assert offsets.tolist() == np.cumsum([0, *(max(-(-n // cell), 1) for n in lengths)]).tolist()


# ------------------------------------------------------------- peak search


def peak_twin(crashes, route, length, step, limit):
    """Widen the windows of one route until one is sure enough; the worst of those is its peak."""
    wide = step
    while True:
        wide = min(wide, length)
        starts = [*range(0, length - wide, step), length - wide]
        sums = [held(crashes, route, a, a + wide, length)[0] for a in starts]
        values = [amount / wide if wide else 0.0 for amount in sums]
        value = max(values)
        start = starts[values.index(value)]
        sure = np.std(values, ddof=1) / value if value and len(values) > 1 else np.inf
        if sure <= limit or wide == length:
            return start, start + wide, value, sure
        wide += step


@given(along_routes(), st.integers(1, 25), st.sampled_from([0.25, 0.5, 1.0]))
def test_the_peak_is_the_worst_of_the_narrowest_windows_that_are_sure(case, step, limit):
    lengths, crashes = case
    route, at_m, values = columns(crashes)
    found = kernels.peaks(
        route, at_m, values[0], lengths_m=np.array(lengths), step_m=step, limit=limit
    )
    for i, length in enumerate(lengths):
        start, end, value, sure = peak_twin(crashes, i, length, step, limit)
        if abs(sure - limit) < 1e-9:
            continue
        assert (found.start_m[i], found.end_m[i]) == (start, end)
        np.testing.assert_allclose(found.value[i], value)
        np.testing.assert_allclose(found.variation[i], sure, atol=1e-12)
        assert found.passes[i] == (sure <= limit)


# Made so that windows of 0.1 have the values 5.2 7.8 1.1 6.5 7.8 of the worked example, and those
# of 0.2 the values 6.5 4.45 3.8 7.15; places in thousandths, values in tenths.
EXAMPLE = {0: 52, 100: 78, 200: 6, 270: 5, 300: 60, 370: 5, 470: 73}


@pytest.mark.parametrize(
    ("limit", "start", "end", "value", "variation"),
    [(0.25, 270, 470, 7.15, 0.22), (0.36, 100, 200, 7.8, 0.36), (0.01, 0, 470, 5.94, np.inf)],
)
def test_the_worked_example_of_the_peak_search(limit, start, end, value, variation):
    at_m, tenths = (np.array(part) for part in (list(EXAMPLE), list(EXAMPLE.values())))
    found = kernels.peaks(
        np.zeros(7, np.int64), at_m, tenths, lengths_m=np.array([470]), step_m=100, limit=limit
    )
    assert (found.start_m[0], found.end_m[0]) == (start, end)
    # The example tells values as means of windows of 0.1.
    assert found.value[0] * 100 / 10 == pytest.approx(value, abs=0.005)
    assert round(found.variation[0], 2) == variation
    assert found.passes[0] == (variation <= limit)


def test_a_peak_of_estimates_is_as_sure_as_the_estimate():
    route, at_m = np.zeros(9, np.int64), np.array([10, 20, 110, 120, 130, 140, 150, 160, 250])
    found = kernels.peaks(
        route,
        at_m,
        np.ones(9, np.int64),
        lengths_m=np.array([300]),
        step_m=100,
        limit=0.45,
        weight=np.array([0.4]),
        expected=np.array([0.02]),
    )
    estimate = 0.4 * 2 + 0.6 * 6
    assert (found.start_m[0], found.end_m[0]) == (100, 200)
    assert found.value[0] == pytest.approx(estimate / 100)
    assert found.variation[0] == pytest.approx((0.6 * estimate) ** 0.5 / estimate)
