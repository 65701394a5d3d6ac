"""Strips: unbroken pieces of road that are alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_roads import line, roads

from crashkit.roads.linear import routes
from crashkit.roads.strips import beside, strips


def one_road(*sizes, equations=None, posts=None, **columns):
    """Make a road of stretches one behind the other, of so many metres each."""
    ends = np.cumsum([0, *sizes])
    lines = [line(east=int(a), long=int(b - a)) for a, b in zip(ends[:-1], ends[1:], strict=True)]
    low, high = posts or (ends[:-1], ends[1:])
    made = roads(lines, road_key="M-1", from_m=low, to_m=high, **columns)
    if equations is not None:
        made = type(made)(made.stretches, made.lines, equations, made.info)
    return routes(made)


def test_a_strip_ends_where_the_class_changes_unless_told():
    made = one_road(1000, 2000, 500, road_class=["national", "national", "regional"])
    assert strips(made).lengths_m.tolist() == [3000, 500]
    assert strips(made, alike=False).lengths_m.tolist() == [3500]


def test_a_strip_ends_where_the_setting_changes_and_where_the_road_does():
    made = one_road(1000, 1000, area_type=["rural", "urban"])
    assert strips(made).lengths_m.tolist() == [1000, 1000]
    gap = one_road(1000, 1000, posts=([0, 5000], [1000, 6000]))
    assert strips(gap, alike=False).lengths_m.tolist() == [1000, 1000]


def test_a_stretch_without_posts_is_a_strip_of_its_own():
    made = routes(roads([line(), line(north=90)], road_name=["A", "B"]))
    assert strips(made).lengths_m.tolist() == [10000, 10000]


def test_only_what_stands_is_in_strips():
    made = one_road(1000, 1000)
    found = strips(made, np.array([False, True]))
    assert found.lengths_m.tolist() == [1000]
    assert found.where(np.array([0, 1, -1]), np.array([0.5, 0.5, np.nan]))[0].tolist() == [
        -1,
        0,
        -1,
    ]


def test_an_equation_does_not_end_a_strip_but_is_told():
    told = pd.DataFrame({"road_key": ["M-1"], "back_m": [1000.0], "ahead_m": [800.0]})
    made = one_road(1000, 1000, posts=([0, 800], [1000, 1800]), equations=told)
    found = strips(made)
    assert found.lengths_m.tolist() == [2000]
    start, end = np.array([0, 500, 1000]), np.array([1000, 1500, 2000])
    assert found.crosses_equation(np.zeros(3, int), start, end).tolist() == [False, True, False]


def test_carriageways_may_be_one_strip():
    made = routes(
        roads(
            [line(), line(north=30)], road_key="M-1", from_m=0, to_m=10000, direction=["inc", "dec"]
        )
    )
    assert len(strips(made)) == 2
    found = strips(made, together=True)
    assert len(found) == 1
    stretch, share = beside(made, np.array([1, 0, -1]), np.array([0.3, 0.4, np.nan]))
    assert stretch.tolist() == [0, 0, -1]
    assert share[:2] == pytest.approx([0.3, 0.4], abs=1e-6)


@given(
    sizes=st.lists(st.integers(50, 900), min_size=1, max_size=6),
    kinds=st.lists(st.sampled_from(["national", "regional"]), min_size=6, max_size=6),
    share=st.floats(0, 1),
    pick=st.integers(0, 5),
)
def test_a_place_leads_along_a_strip_and_back(sizes, kinds, share, pick):
    made = one_road(*sizes, road_class=kinds[: len(sizes)])
    found = strips(made)
    assert found.lengths_m.sum() == pytest.approx(sum(sizes), abs=len(sizes) + 1)
    stretch = np.array([pick % len(sizes)])
    strip, at_m = found.where(stretch, np.array([share]))
    back, part = found.at(strip, at_m.astype(float))
    there = made.along_m(stretch, np.array([share]))
    assert made.along_m(back, part) == pytest.approx(there, abs=1.0)
