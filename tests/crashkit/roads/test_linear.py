"""Along roads: runs, posts and points, equations, shares of lines."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from crashkit import geo
from crashkit.roads.linear import NOWHERE, along, parts, routes, with_equations
from crashkit.roads.network import Lines, network

GEOD = Geod(ellps="WGS84")


def east_from(lon, lat=42.0, *, metres, steps=4):
    """Draw a line of a length to the east."""
    return [GEOD.fwd(lon, lat, 90, metres * i / steps)[:2] for i in range(steps + 1)]


def road(*posts, key="M-1", equations=(), metres=None, start=74.0, **columns):
    """Make stretches one behind the other: `posts` are pairs of metres, as long as they say."""
    lines, at = [], start
    for long in metres or [abs(b - a) for a, b in posts]:
        line = east_from(at, metres=long)
        at = line[-1][0]
        lines.append(line)
    frame = pd.DataFrame(
        {"road_key": key, "from_m": [a for a, _ in posts], "to_m": [b for _, b in posts]}
    )
    told = pd.DataFrame(equations, columns=["back_m", "ahead_m"]).assign(road_key=key)
    return network(frame.assign(**columns), Lines.of(lines), told)


def carriers(found, post_m, direction=None, key="M-1"):
    told = None if direction is None else np.array([direction], dtype=object)
    _, stretch, share = found.carriers([key], np.array([float(post_m)]), told)
    return list(zip(stretch.tolist(), share.round(6).tolist(), strict=True))


def test_stretches_that_continue_each_other_are_one_run_in_any_order():
    made = road((0, 1000), (1000, 2500), (2500, 3000))
    turned = made.keep(np.array([2, 0, 1]))
    found = routes(turned)
    assert found.runs == 1
    assert found.begins_m == pytest.approx([2500, 0, 1000], abs=0.5)
    assert found.before.tolist() == [2, NOWHERE, 1]


def test_a_gap_in_posts_and_a_gap_on_the_ground_end_a_run():
    assert routes(road((0, 1000), (1500, 2000))).run.tolist() == [0, 1]
    near, far = east_from(74.0, metres=1000), east_from(74.5, metres=1000)
    frame = pd.DataFrame({"road_key": "M-1", "from_m": [0, 1000], "to_m": [1000, 2000]})
    assert routes(network(frame, Lines.of([near, far]))).run.tolist() == [0, 1]


def test_a_post_is_on_the_stretch_that_begins_there_and_on_the_last_at_the_end():
    found = routes(road((0, 1000), (1000, 2000)))
    assert carriers(found, 400) == [(0, 0.4)]
    assert carriers(found, 1000) == [(1, 0.0)]
    assert carriers(found, 2000) == [(1, 1.0)]
    assert carriers(found, 2100) == []
    assert carriers(found, 400, key="M-2") == []


def test_posts_that_start_anew_are_found_on_every_stretch_that_carries_them():
    here, there = road((0, 1000)), road((0, 3000), start=76.0)
    lines = Lines.of([here.lines.line(0), there.lines.line(0)])
    both = network(pd.concat([here.stretches, there.stretches]), lines)
    found = routes(both)
    assert found.runs == 2
    assert carriers(found, 500) == [(0, 0.5), (1, pytest.approx(1 / 6, abs=1e-5))]


def test_a_long_kilometre_has_its_posts_twice_and_is_one_run():
    # The signs say 12.0 to 12.4 twice: the road was lengthened there.
    found = routes(road((0, 12400), (12000, 20000), equations=[(12400, 12000)]))
    assert found.runs == 1
    assert found.begins_m == pytest.approx([0, 12400], abs=0.5)
    assert found.after_equation.tolist() == [False, True]
    assert [one for one, _ in carriers(found, 12200)] == [0, 1]
    assert carriers(found, 12400)[0] == (0, 1.0)


def test_an_equation_inside_a_stretch_cuts_it_there():
    # Signs go from 5.0 on to 5.7: the road was made shorter by 700 m.
    made = road((0, 10000), equations=[(5000, 5700)], metres=[9300])
    cut = with_equations(made).stretches.sort_values("from_m")
    assert cut[["from_m", "to_m"]].to_numpy().tolist() == [[0, 5000], [5700, 10000]]
    assert cut["length_m"].tolist() == pytest.approx([5000, 4300], abs=0.5)
    found = routes(made)
    assert found.runs == 1
    assert carriers(found, 5400) == []
    stretch, share = zip(*carriers(found, 5700), strict=True)
    assert found.along_m(np.array(stretch), np.array(share)) == pytest.approx([5000], abs=0.5)


def test_the_direction_of_a_crash_chooses_the_carriageway():
    one, other = east_from(74.0, metres=1000), east_from(74.0, 42.0002, metres=1000)
    frame = pd.DataFrame(
        {"road_key": "M-1", "from_m": 0, "to_m": 1000, "direction": ["inc", "dec"]}
    )
    found = routes(network(frame, Lines.of([one, other])))
    assert found.runs == 2
    assert carriers(found, 250, "inc") == [(0, 0.25)]
    assert carriers(found, 250, "dec") == [(1, 0.25)]
    assert len(carriers(found, 250, "unknown")) == 2


def test_a_line_against_the_posts_is_followed_from_its_end():
    made = road((0, 1000))
    turned = network(made.stretches.assign(from_m=1000.0, to_m=0.0), made.lines)
    found = routes(turned)
    ((stretch, share),) = carriers(found, 250)
    lon, lat = found.points(np.array([stretch]), np.array([share]))
    there = made.lines.line(0)[-1]
    assert geo.distance_m(lon[0], lat[0], *there) == pytest.approx(250, abs=0.5)


@given(
    sizes=st.lists(st.integers(200, 5000), min_size=1, max_size=6),
    at=st.floats(0, 1),
    seed=st.randoms(use_true_random=False),
)
def test_a_post_leads_to_a_point_and_its_share_back_to_the_post(sizes, at, seed):
    ends = np.cumsum([0, *sizes])
    made = road(*zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))
    order = list(range(len(sizes)))
    seed.shuffle(order)
    found = routes(made.keep(np.array(order)))
    post = at * float(ends[-1])
    which, stretch, share = found.carriers(["M-1"], np.array([post]))
    assert which.tolist() == [0]
    assert found.posts_m(stretch, share) == pytest.approx([post], abs=1e-6)
    lon, lat = found.points(stretch, share)
    begin = made.lines.line(0)[0]
    assert GEOD.inv(*begin, lon[0], lat[0])[2] == pytest.approx(post, rel=1e-4, abs=0.05)
    assert found.along_m(stretch, share) == pytest.approx([post], rel=1e-6, abs=0.05)


def test_a_share_of_no_line_is_nowhere():
    lon, lat = along(Lines.of([None, [(0, 0), (0, 1)]]), np.array([0, 1]), np.array([0.5, 0.5]))
    assert np.isnan(lon).tolist() == [True, False]
    assert lat[1] == pytest.approx(0.5, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), st.floats(0, 1)), max_size=6))
def test_parts_of_lines_have_their_ends_and_all_that_lies_between(asked):
    lines = Lines.of([[(0, 0), (0.01, 0), (0.02, 0.01)], [(1, 1), (1.01, 1)], [(2, 0), (2, 0.1)]])
    line = np.array([one for one, _, _ in asked], dtype=np.int64)
    low, high = (np.array([f(a, b) for _, a, b in asked], dtype=float) for f in (min, max))
    found = parts(lines, line, low, high)
    assert len(found) == len(asked)
    whole = lines.lengths_m()[line]
    assert found.lengths_m() == pytest.approx((high - low) * whole, abs=0.01)
    ends = np.column_stack(along(lines, line, high))
    assert found.lonlat[found.offsets[1:] - 1].tolist() == ends.tolist()
