"""Links joined to segments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_roads import HERE, off, roads

from crashkit.roads.junctions import derived
from crashkit.roads.segments import segments
from crashkit.roads.topology import build


def found(network, **told):
    topology = build(network)
    return segments(topology, derived(topology), **told)


def rows(network, *names, **told):
    return list(found(network, **told).facts[list(names)].itertuples(index=False, name=None))


def pieces(*ends, north=0.0):
    """Draw a line of pieces eastwards between so many metres."""
    return [
        [off(*HERE, east=one, north=north), off(*HERE, east=other, north=north)]
        for one, other in zip(ends, ends[1:], strict=False)
    ]


SIDE = [off(*HERE, east=1000), off(*HERE, east=1000, north=500)]


def test_a_segment_runs_from_junction_to_junction_over_other_nodes():
    network = roads(
        [*pieces(0, 400, 1000, 1500), SIDE],
        road_key=["M-1", "M-1", "M-1", "A-2"],
        from_m=[0, 400, 1000, np.nan],
        to_m=[400, 1000, 1500, np.nan],
        aadt=[1000, 2000, 5000, np.nan],
    )
    assert rows(network, "road_key", "from_m", "to_m")[1:] == [
        ("M-1", 0, 1000),
        ("M-1", 1000, 1500),
    ]
    assert found(network).facts["aadt"].tolist()[1:] == pytest.approx([1600, 5000], rel=1e-3)
    assert np.isnan(found(network).facts["aadt"][0])
    assert rows(network, "road_key", "from_m", "to_m", across=True)[1:] == [("M-1", 0, 1500)]


def test_a_change_of_class_setting_or_a_jump_of_posts_ends_a_segment():
    network = roads(
        pieces(0, 100, 200, 300, 400),
        road_key="M-1",
        road_class=["national", "local", "local", "local"],
        area_type=["rural", "rural", "urban", "urban"],
        from_m=[0, 100, 200, 500],
        to_m=[100, 200, 300, 600],
    )
    assert rows(network, "from_m", "to_m") == [(0, 100), (100, 200), (200, 300), (500, 600)]


def test_roads_without_names_go_on_where_nothing_meets_them():
    network = roads([*pieces(0, 400, 1000, 1500), SIDE], road_key=["", "", "", ""])
    lengths = sorted(round(row[0]) for row in rows(network, "length_m"))
    assert lengths == [500, 500, 1000]
    one = roads([*pieces(0, 1500), SIDE], road_key=["", ""])
    assert sorted(round(row[0]) for row in rows(one, "length_m", across=True)) == [500, 1500]


def test_stretches_without_lines_are_segments_of_their_own():
    network = roads([None, None], road_key="M-1", from_m=[0, 500], to_m=[500, 900])
    assert rows(network, "from_m", "to_m", "length_m") == [(0, 500, 500), (500, 900, 400)]
    assert len(found(roads([], road_key=[]))) == 0


@settings(max_examples=30)
@given(seed=st.randoms(use_true_random=False), many=st.integers(2, 8), across=st.booleans())
def test_every_link_is_in_one_segment_and_no_order_changes_them(seed, many, across):
    spots = [
        off(*HERE, east=seed.randint(0, 9) * 60, north=seed.randint(0, 9) * 60) for _ in range(9)
    ]
    lines = [seed.sample(spots, 2) for _ in range(many)]
    lines = [line for line in lines if line[0] != line[1]]
    keys = [seed.choice(["M-1", "A-2", ""]) for _ in lines]
    order = list(range(len(lines)))
    seed.shuffle(order)
    straight = found(roads(lines, road_key=keys), across=across)
    mixed = found(
        roads([lines[i] for i in order], road_key=[keys[i] for i in order]), across=across
    )
    columns = ["road_key", "length_m", "lon", "lat"]
    one, other = (
        sorted(row for row in part.facts[columns].round(5).itertuples(index=False, name=None))
        for part in (straight, mixed)
    )
    assert one == other
    assert set(straight.of_link) == set(range(len(straight)))
