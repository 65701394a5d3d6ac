"""Junctions found in a network, and given as points."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st
from made_roads import HERE, off, roads

from crashkit.roads.junctions import Radii, derived, given, read
from crashkit.roads.topology import NOWHERE, build


@cache
def place(east, north):
    return off(*HERE, north=north, east=east)


def drawn(*lines, **columns):
    """Draw lines through places in metres east and north."""
    names = [f"R{i}" for i in range(len(lines))]
    columns = {"source": names, "road_key": names} | columns
    return build(roads([[place(*spot) for spot in line] for line in lines], **columns))


def layer(*points):
    """Make a layer of points in metres with facts."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": facts,
                "geometry": {"type": "Point", "coordinates": [*place(east, north)]},
            }
            for east, north, facts in points
        ],
    }


def test_a_crossing_has_four_arms_a_branch_three_and_a_bend_or_an_end_is_none():
    found = derived(
        drawn([(-500, 0), (500, 0)], [(0, -300), (0, 300)], [(300, 0), (300, 200), (450, 250)])
    )
    assert found.arms.tolist() == [4, 3]
    assert np.hypot(*(np.array(place(0, 0)) - [found.lon[0], found.lat[0]])) < 1e-6


def test_both_nodes_of_a_divided_road_are_one_junction_of_four_arms():
    divided = drawn(
        [(-500, 0), (500, 0)],
        [(500, 20), (-500, 20)],
        [(0, -300), (0, 300)],
        road_key=["M-1", "M-1", "A-2"],
        direction=["inc", "dec", "both"],
    )
    found = derived(divided)
    assert found.arms.tolist() == [4]
    assert (found.of_node != NOWHERE).sum() == 2
    assert derived(divided, merge_m=10).arms.tolist() == [4, 4]


def test_a_road_that_divides_is_no_junction_but_two_roads_that_part_are():
    lines = [(-500, 0), (0, 0)], [(0, 0), (50, 9), (500, 9)], [(0, 0), (50, -9), (500, -9)]
    assert len(derived(drawn(*lines, road_key="M-1"))) == 0
    assert derived(drawn(*lines, road_key=["M-1", "M-1", "A-2"])).arms.tolist() == [3]


def ring(radius, sides=16):
    turns = [2 * math.pi * i / sides for i in range(sides)] + [0.0]
    return [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]


@pytest.mark.parametrize("radius", [12, 45])
def test_a_roundabout_is_one_junction_with_the_arms_that_lead_out(radius):
    found = derived(
        drawn(
            ring(radius),
            [(-300, 0), (-radius, 0)],
            [(radius, 0), (300, 0)],
            [(0, radius), (0, 300)],
            [(0, -300), (0, -radius)],
        )
    )
    assert found.arms.tolist() == [4]
    assert found.kind.tolist() == ["roundabout"]


def test_a_row_of_junctions_along_a_street_does_not_become_one():
    sides = [[(east, 0), (east, 200)] for east in range(0, 400, 40)]
    assert len(derived(drawn([(-100, 0), (500, 0)], *sides))) == 10
    close = [[(east, 0), (east, 200)] for east in range(0, 400, 20)]
    found = derived(drawn([(-100, 0), (500, 0)], *close))
    assert np.bincount(found.of_node[found.of_node != NOWHERE]).max() <= 3


def test_the_setting_is_that_of_most_arms_and_makes_the_radius():
    found = derived(
        drawn(
            [(-500, 0), (0, 0)],
            [(0, 0), (500, 0)],
            [(0, 0), (0, 300)],
            area_type=["rural", "urban", "rural"],
            road_number=["M-1", "M-1", "A-2"],
        )
    )
    assert found.setting.tolist() == ["rural"]
    assert found.name.tolist() == ["A-2 / M-1"]
    assert found.radius_m().tolist() == [100]
    assert found.radius_m(Radii(urban_m=20, rural_m=70)).tolist() == [70]


@settings(max_examples=30)
@given_by(seed=st.randoms(use_true_random=False), many=st.integers(3, 9))
def test_the_order_of_stretches_changes_nothing(seed, many):
    lines = [
        [(seed.randint(-9, 9) * 20.0, seed.randint(-9, 9) * 20.0) for _ in range(2)]
        for _ in range(many)
    ]
    lines = [line for line in lines if line[0] != line[1]]
    order = list(range(len(lines)))
    seed.shuffle(order)
    straight = derived(drawn(*lines, road_key=""))
    mixed = derived(drawn(*(lines[i] for i in order), road_key=""))
    assert straight.arms.tolist() == mixed.arms.tolist()
    assert straight.lon == pytest.approx(mixed.lon, rel=1e-12)
    assert straight.of_node.tolist() == mixed.of_node.tolist()


def test_points_are_read_by_the_words_of_their_source():
    found = read(
        layer(
            (0, 0, {"formOfNode": "junction", "identifier": "A"}),
            (90, 0, {"formOfNode": "Roundabout", "identifier": "B"}),
            (50, 0, {"formOfNode": "road end", "identifier": "C"}),
            (60, 0, {"formOfNode": "pseudo node", "identifier": "D"}),
        )
    )
    assert found.source.tolist() == ["A", "B"]
    assert found.kind.tolist() == ["", "roundabout"]
    assert found.left_out == {"not_a_junction": 2}
    lines = {"geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}
    assert read({"features": [lines, {"geometry": None}]}).left_out == {"no_point": 2}


def test_given_points_get_their_arms_from_the_roads_around():
    roads_ = drawn([(-500, 0), (500, 0)], [(0, -300), (0, 300)], area_type="urban")
    points = read(layer((5, 5, {"name": "Clock tower"}), (200, 0, {"kind": "signal"})))
    found = given(points, roads_)
    assert found.name.tolist() == ["Clock tower", ""]
    assert found.kind.tolist() == ["", "signal"]
    assert found.arms.tolist() == [4, 0]
    assert found.setting.tolist() == ["urban", ""]
    bare = given(points)
    assert bare.arms.tolist() == [0, 0]
    assert bare.radius_m().tolist() == [50, 50]


def test_given_points_are_merged_only_if_told():
    points = read(
        layer(
            (0, 0, {"kind": "signal", "name": "B"}),
            (10, 0, {"kind": "roundabout", "name": "A"}),
            (500, 0, {"kind": "equal", "name": "C"}),
        )
    )
    assert len(given(points)) == 3
    one = given(points, merge_m=20)
    assert one.kind.tolist() == ["roundabout", "equal"]
    assert one.name.tolist() == ["B", "C"]


def test_no_roads_have_no_junctions():
    assert len(derived(build(roads([], road_key=[])))) == 0
    bare = roads([None], road_key=["M-1"], from_m=[0], to_m=[900])
    assert len(derived(build(bare))) == 0
    assert len(given(read({"features": []}))) == 0
    assert isinstance(bare.stretches, pd.DataFrame)
