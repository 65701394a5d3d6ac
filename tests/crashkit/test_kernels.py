"""Each kernel beside a slow twin that says what it means."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from crashkit import kernels

COORDINATES = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3))
POINTS = arrays.arrays(float, st.tuples(st.integers(0, 25), st.just(3)), elements=COORDINATES)
POSITIONS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 300)), max_size=30).map(sorted)


def groups(bounds, members):
    return [members[bounds[i] : bounds[i + 1]].tolist() for i in range(len(bounds) - 1)]


# ------------------------------------------------------------- along a road


@settings(deadline=None)
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


@settings(deadline=None)
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


# ------------------------------------------------------------- on the ground


@settings(deadline=None)
@given(POINTS, st.floats(10, 90))
def test_neighbours_are_all_points_within_the_radius(points, radius):
    found = groups(*kernels.neighbours(kernels.ground(points, radius)))
    twin = [
        [j for j, b in enumerate(points) if ((a - b) ** 2).sum() <= radius * radius] for a in points
    ]
    assert found == twin
    assert kernels.crowds(kernels.ground(points, radius)).tolist() == [len(row) for row in twin]
    some = np.arange(0, len(points), 2)[::-1]
    assert groups(*kernels.neighbours(kernels.ground(points, radius), some)) == [
        twin[i] for i in some
    ]


@settings(max_examples=40, deadline=None)
@given(arrays.arrays(float, st.tuples(st.integers(1, 9), st.just(2)), elements=COORDINATES))
def test_no_circle_holds_more_than_the_fullest_with_a_crash_on_its_rim(flat):
    radius = 40.0
    points = np.column_stack([flat, np.zeros(len(flat))])
    ups = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    around = kernels.neighbours(kernels.ground(points, 2 * radius))
    centres = kernels.best_centres(points, ups, around, radius)
    inside = groups(*kernels.within(centres, points, around, radius + 1e-3))
    tried = [(x, y) for x in np.arange(-150, 151, 6.0) for y in np.arange(-150, 151, 6.0)]
    fullest = max(sum(math.hypot(x - a, y - b) <= radius for a, b in flat) for x, y in tried)
    assert max(map(len, inside)) >= fullest


def test_four_crashes_on_one_rim_are_found_in_one_circle():
    points = np.array([[50.0, 0, 0], [-50, 0, 0], [0, 50, 0], [0, -50, 0]])
    ups = np.tile([0.0, 0.0, 1.0], (4, 1))
    around = kernels.neighbours(kernels.ground(points, 100.0))
    centres = kernels.best_centres(points, ups, around, 50.0)
    assert groups(*kernels.within(centres, points, around, 50.001)) == [[0, 1, 2, 3]] * 4


# ------------------------------------------------------------- groups


GROUPS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True), max_size=12)


@settings(deadline=None)
@given(GROUPS)
def test_a_site_is_kept_when_no_better_one_holds_one_of_its_crashes(sites):
    offsets = np.cumsum([0] + [len(site) for site in sites])
    members = np.array([member for site in sites for member in site], dtype=np.int64)
    taken, twin = set(), []
    for site in sites:
        twin.append(not taken & set(site))
        taken |= set(site) if twin[-1] else set()
    assert kernels.keep_apart(offsets, members, 10).tolist() == twin


@settings(deadline=None)
@given(GROUPS)
def test_sums_of_groups_are_plain_sums(sites):
    offsets = np.cumsum([0] + [len(site) for site in sites])
    members = np.array([member for site in sites for member in site], dtype=np.int64)
    values = np.arange(20.0).reshape(10, 2)
    twin = [values[site].sum(axis=0).tolist() for site in sites]
    assert kernels.sum_groups(offsets, members, values).tolist() == twin


# ------------------------------------------------------------- compiling


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(0, 2), st.booleans()),
        max_size=40,
    )
)
def test_cells_of_a_square_are_added_up_point_by_point(points):
    x, y, rank, kept = (
        (np.array(column) for column in zip(*points, strict=True))
        if points
        else (np.zeros(0, int),) * 4
    )
    found = kernels.cell_sums(
        (x + 32).astype(np.int32),
        (y + 48).astype(np.int32),
        rank.astype(np.int8),
        kept.astype(bool),
        (32, 48, 4, 4),
    )
    slow = np.zeros((4, 16), dtype=int)
    for east, south, worst, counts in points:
        if counts:
            slow[:, south // 4 * 4 + east // 4] += [1, worst == 0, east, south]
    np.testing.assert_array_equal(np.array(found), slow)


def varint(number):
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F)
    return bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])


def block(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


point = st.tuples(
    st.integers(0, 2**62),
    st.tuples(st.integers(0, 2**20), st.integers(0, 2**20)),
    st.integers(-5000, 5000),
    st.integers(-5000, 5000),
)


@given(st.lists(point, min_size=1, max_size=20))
def test_features_are_written_as_the_specification_says(points):
    slow = b""
    for number, tags, x, y in points:
        pairs = b"".join(varint(key) + varint(tag) for key, tag in enumerate(tags))
        move = varint(9) + b"".join(varint(2 * n if n >= 0 else -2 * n - 1) for n in (x, y))
        slow += block(2, b"\x08" + varint(number) + block(2, pairs) + b"\x18\x01" + block(4, move))
    ids, tags, x, y = (np.array(column) for column in zip(*points, strict=True))
    assert kernels.point_features(ids, tags, x, y).tobytes() == slow


def test_a_kernel_works_where_no_folder_can_be_written(monkeypatch):
    asked = []

    def njit(**options):
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda loop: loop

    monkeypatch.setattr(kernels, "njit", njit)
    assert kernels.compiled(abs)(-3) == 3
    assert asked == [{"cache": True, "nogil": True}, {"nogil": True}]


def test_a_kernel_that_numba_refuses_says_so(monkeypatch):
    monkeypatch.setattr(kernels, "njit", lambda **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kernels.compiled(abs)


def test_warming_makes_every_kernel_ready():
    kernels.warm()
    loops = {name: one for name, one in vars(kernels).items() if hasattr(one, "signatures")}
    # A loop that is only called by another is compiled into that one.
    inner = {"_deepest", "_put_varint"}
    assert {name for name, loop in loops.items() if not loop.signatures} <= inner


# ---------------------------------------------------------- what is kept on disk

PROBE = "from crashkit import kernels; print(kernels.widest.stats.cache_path)"
posix = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


@posix
@pytest.mark.parametrize(
    ("around", "inside", "ours"),
    [
        (0o700, 0o755, True),
        (0o1777, 0o755, True),
        (0o1777, 0o1777, False),
        (0o700, 0o777, False),
        (0o777, 0o755, False),
    ],
)
def test_a_folder_that_strangers_can_write_to_or_swap_is_not_ours(tmp_path, around, inside, ours):
    folder = tmp_path / "around" / "inside"
    folder.mkdir(parents=True)
    folder.chmod(inside)
    folder.parent.chmod(around)
    assert kernels.is_ours(folder) == ours


@posix
@pytest.mark.parametrize("mode", [0o700, 0o777])
def test_compiled_code_is_kept_only_where_no_stranger_can_put_some(tmp_path, mode):
    folder = tmp_path / "kept"
    folder.mkdir()
    folder.chmod(mode)
    told = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert told.startswith(str(folder)) if mode == 0o700 else told == "None"
