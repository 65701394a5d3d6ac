"""Lines cut to links and nodes: where they meet, and that nothing is lost."""

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest
import recount
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from crashkit.roads import junctions, topology
from crashkit.roads.network import Lines, network
from crashkit.roads.reading import read_layer
from crashkit.roads.topology import NOWHERE, Joining, build

GEOD = Geod(ellps="WGS84")
HERE = (74.0, 42.0)


@cache
def place(east, north):
    """Return the place so many metres east and north of here."""
    lon, lat, _ = GEOD.fwd(*HERE, 0, north)
    return GEOD.fwd(lon, lat, 90, east)[:2]


def roads(*lines, **columns):
    """Draw lines through places in metres."""
    drawn = [[place(*spot) for spot in line] for line in lines]
    columns = columns or {"road_key": [f"R{i}" for i in range(len(lines))]}
    return network(pd.DataFrame(columns), Lines.of(drawn))


def told(found):
    """Tell links: stretch, length in whole metres, degrees of the nodes."""
    links, degree = found.links, found.nodes.degree
    return [
        (int(stretch), round(length), int(degree[one]), int(degree[other]))
        for stretch, length, one, other in zip(
            links.stretch, links.length_m, links.from_node, links.to_node, strict=True
        )
    ]


WEST_EAST, SOUTH_NORTH = [(-100, 0), (200, 0)], [(0, -50), (0, 70)]


def test_lines_that_cross_are_cut_where_they_cross():
    found = build(roads(WEST_EAST, SOUTH_NORTH))
    assert told(found) == [(0, 100, 1, 4), (0, 200, 4, 1), (1, 50, 1, 4), (1, 70, 4, 1)]
    middle = int(found.nodes.degree.argmax())
    here = GEOD.inv(*HERE, found.nodes.lon[middle], found.nodes.lat[middle])[2]
    assert here == pytest.approx(0, abs=0.01)


def test_a_bridge_does_not_meet_the_road_under_it_but_the_roads_at_its_ends():
    bridge = [(0, -20), (0, 30)]
    found = build(
        roads(
            WEST_EAST,
            [(0, -50), (0, -20)],
            bridge,
            [(0, 30), (0, 70)],
            road_key="R",
            level=[0, 0, 1, 0],
        )
    )
    assert told(found) == [(0, 300, 1, 1), (1, 30, 1, 2), (2, 50, 2, 2), (3, 40, 2, 1)]


def test_crossings_without_a_common_vertex_need_not_meet():
    apart = build(roads(WEST_EAST, SOUTH_NORTH), Joining(crossings=False))
    assert [row[1] for row in told(apart)] == [300, 120]
    by_vertex = roads([(-100, 0), (0, 0), (200, 0)], [(0, -50), (0, 0), (0, 70)])
    assert [row[1:] for row in told(build(by_vertex, Joining(crossings=False)))] == [
        (100, 1, 4),
        (200, 4, 1),
        (50, 1, 4),
        (70, 4, 1),
    ]


def test_an_end_a_little_too_short_or_too_long_is_joined():
    short = build(roads(WEST_EAST, [(0, 1.7), (0, 70)]))
    assert told(short) == [(0, 100, 1, 3), (0, 200, 3, 1), (1, 68, 3, 1)]
    long = build(roads(WEST_EAST, [(0, -1.7), (0, 70)]))
    assert told(long) == [(0, 100, 1, 3), (0, 200, 3, 1), (1, 72, 3, 1)]
    far = build(roads(WEST_EAST, [(0, 5), (0, 70)]))
    assert told(far) == [(0, 300, 1, 1), (1, 65, 1, 1)]
    assert told(build(roads(WEST_EAST, [(0, 5), (0, 70)]), Joining(ends_m=6)))[-1][2] == 3


def test_lines_that_run_together_are_cut_where_they_part():
    common = [(0, 0), (50, 10), (100, 0), (150, 10)]
    found = build(roads([(-100, 0), *common, (300, 0)], [(0, 90), *common, (200, 90)]))
    assert [row[2:] for row in told(found)] == [(1, 4), (4, 4), (4, 1)] * 2


def test_a_ring_comes_back_to_its_node():
    ring = [(0, 0), (40, 0), (40, 40), (0, 40), (0, 0)]
    found = build(roads(ring))
    assert told(found) == [(0, 160, 2, 2)]
    assert found.links.from_node.tolist() == found.links.to_node.tolist()
    assert told(build(roads(ring, [(-50, 0), (0, 0)]))) == [(0, 160, 3, 3), (1, 50, 1, 3)]


def test_a_stretch_shorter_than_the_reach_stays_and_belongs_to_one_node():
    found = build(roads([(-50, 0), (0, 0)], [(0, 0), (1, 0)], [(1, 0), (80, 0)]))
    assert [row[:2] for row in told(found)] == [(0, 50), (1, 1), (2, 79)]
    assert len(set(found.links.from_node[1:]) | set(found.links.to_node[:2])) == 1


def test_a_stretch_without_a_line_is_a_link_without_nodes():
    stretches = pd.DataFrame({"road_key": "M-1", "from_m": [0, 1000], "to_m": [1000, 3000]})
    found = build(network(stretches, Lines.of([None, None])))
    assert found.links.length_m.tolist() == [1000, 2000]
    assert set(found.links.from_node) == {NOWHERE}
    assert found.links.at(np.array([1, -1, 0]), np.array([0.5, np.nan, 1.0])).tolist() == [1, -1, 0]


def test_only_what_stands_is_joined():
    found = build(roads(WEST_EAST, SOUTH_NORTH), stands=np.array([True, False]))
    assert told(found) == [(0, 300, 1, 1)]


def test_no_roads_are_no_links():
    found = build(network(pd.DataFrame({"road_key": []}), Lines.of([])))
    assert len(found.links) == len(found.nodes) == 0


def test_a_place_at_a_cut_is_on_the_link_that_begins_there():
    links = build(roads(WEST_EAST, SOUTH_NORTH)).links
    cut = links.from_share[1]
    stretch, share = np.array([0, 0, 0, 1, 1]), np.array([0.0, cut, 1.0, 0.1, 1.0])
    assert links.at(stretch, share).tolist() == [0, 1, 1, 2, 3]


SPOTS = st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(
    lambda spot: (spot[0] * 25.0, spot[1] * 25.0)
)
LINES = st.lists(st.lists(SPOTS, min_size=2, max_size=4, unique=True), min_size=1, max_size=8)


def as_set(found, order):
    """Tell links by the place of their stretch in another order."""
    links = found.links
    rows = zip(
        order[links.stretch].tolist(),
        links.from_share.round(9).tolist(),
        links.to_share.round(9).tolist(),
        links.from_node.tolist(),
        links.to_node.tolist(),
        strict=True,
    )
    return sorted(rows)


@settings(max_examples=60)
@given(lines=LINES, seed=st.randoms(use_true_random=False))
def test_the_length_stays_and_the_order_of_stretches_changes_nothing(lines, seed):
    order = list(range(len(lines)))
    seed.shuffle(order)
    straight, mixed = build(roads(*lines)), build(roads(*(lines[i] for i in order)))
    assert straight.links.length_m.sum() == pytest.approx(
        straight.network.stretches["length_m"].sum()
    )
    assert as_set(straight, np.arange(len(lines))) == as_set(mixed, np.array(order))
    assert straight.nodes.lon == pytest.approx(mixed.nodes.lon, rel=1e-12)
    links = straight.links
    begins = np.flatnonzero(links.from_share > 0)
    assert (links.to_share[begins - 1] == links.from_share[begins]).all()


def test_links_are_those_of_a_plain_noding():
    chance = np.random.default_rng(3)
    for _ in range(20):
        begins = chance.uniform(-2000, 2000, (30, 2))
        ends = begins + chance.uniform(-900, 900, (30, 2))
        pairs = np.stack([begins, ends], axis=1)
        degrees = [[place(*spot) for spot in pair] for pair in pairs]
        plain = shapely.get_parts(shapely.node(shapely.multilinestrings(degrees)))
        found = build(roads(*pairs), Joining(ends_m=0))
        assert len(found.links) == len(plain)
        lengths = [GEOD.line_length(*line.xy) for line in plain]
        assert sorted(found.links.length_m) == pytest.approx(sorted(lengths), rel=1e-4, abs=0.02)
        spots = {tuple(np.round(spot, 7)) for line in plain for spot in (*line.coords,)}
        assert len(found.nodes) == len(spots)


def test_the_streets_of_sydney_meet_at_their_common_vertices():
    (path,) = recount.paths("roads_stplanr", "sydroads.zip")
    streets = read_layer(path).network
    lines = [[tuple(spot) for spot in streets.lines.line(i).round(7)] for i in range(len(streets))]
    times = Counter(spot for line in lines for spot in line)
    ends = {spot for line in lines for spot in (line[0], line[-1])}
    nodes = {spot for spot, n in times.items() if n > 1 or spot in ends}
    links = sum(sum(spot in nodes for spot in line) - 1 for line in lines)
    found = build(streets, Joining(ends_m=0, crossings=False))
    assert (len(found.nodes), len(found.links)) == (len(nodes), links) == (4124, 5736)
    usual = build(streets)
    assert usual.links.length_m.sum() == pytest.approx(streets.stretches["length_m"].sum())
    assert len(junctions.derived(usual)) == 2302


@pytest.mark.slow
def test_a_hundred_thousand_edges_are_joined_in_seconds():
    side = 225
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    chance = np.random.default_rng(1)
    spots = np.column_stack([x, y]) + chance.uniform(-0.2, 0.2, (x.size, 2))
    spots = np.array(HERE) + spots * 0.01
    right, up = np.flatnonzero(x < side - 1), np.flatnonzero(y < side - 1)
    lines = np.stack(
        [spots[np.concatenate([right, up])], spots[np.concatenate([right + 1, up + side])]], axis=1
    )
    offsets = np.arange(len(lines) + 1) * 2
    made = network(
        pd.DataFrame({"road_key": [""] * len(lines)}), Lines(lines.reshape(-1, 2), offsets)
    )
    found = build(made)
    assert len(found.links) == len(lines) == 100_800
    assert len(found.nodes) == side * side
    assert topology.NOWHERE not in found.links.from_node
