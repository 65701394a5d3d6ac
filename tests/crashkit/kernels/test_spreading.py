"""Density on a network, beside slow twins: all ways one by one, and shortest ways by scipy."""

import math
import warnings

import numpy as np
import pytest
import recount
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from crashkit import kernels

BANDWIDTH_M = 100.0
SHAPES = {
    "quartic": lambda u: 15 / 16 * (1 - u * u) ** 2,
    "epanechnikov": lambda u: 3 / 4 * (1 - u * u),
    "gaussian": lambda u: 3 * math.exp(-4.5 * u * u) / math.sqrt(2 * math.pi) / math.erf(4.5**0.5),
}


def height(way, shape="quartic", bandwidth_m=BANDWIDTH_M):
    return SHAPES[shape](way / bandwidth_m) / bandwidth_m if way < bandwidth_m else 0.0


@st.composite
def networks(draw):
    """Draw a few edges, loops and double ones among them, with events and places on them."""
    node = st.integers(0, 3)
    edges = draw(st.lists(st.tuples(node, node, st.integers(30, 90)), min_size=1, max_size=5))
    spot = st.tuples(st.integers(0, len(edges) - 1), st.integers(0, 10))
    spots = st.lists(spot, min_size=1, max_size=4)
    on = [
        [(e, edges[e][2] * tenths / 10) for e, tenths in draw(spots)] for _ in ("events", "places")
    ]
    return edges, *on


def columns(rows):
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def spread(edges, events, places, **how):
    return kernels.spread(
        *columns(edges),
        events=columns(events),
        places=columns(places),
        **{"bandwidth_m": BANDWIDTH_M, **how},
    )


# ------------------------------------------------------------- shortest ways


def shortest_ways(edges, events, places, shape, bandwidth_m=BANDWIDTH_M):
    """Put every event and place into the network as a node of its own; walk from all of them."""
    nodes = max(max(a, b) for a, b, _ in edges) + 1
    spots = [*events, *places]
    rows = []
    for e, (a, b, length) in enumerate(edges):
        own = sorted((at, nodes + i) for i, (edge, at) in enumerate(spots) if edge == e)
        chain = [(0.0, a), *own, (length, b)]
        rows += [(p, q, to - at) for (at, p), (to, q) in zip(chain, chain[1:], strict=False)]
    # Of double ways the shorter counts; a sparse matrix knows no way of length zero.
    best = {}
    for a, b, length in rows:
        pair = (min(a, b), max(a, b))
        best[pair] = min(best.get(pair, np.inf), max(length, 1e-12))
    first, second = columns(best)
    size = nodes + len(spots)
    graph = coo_matrix((list(best.values()), (first, second)), shape=(size, size))
    starts = range(nodes + len(events), size)
    far = dijkstra(graph.tocsr(), directed=False, indices=starts)[:, nodes : nodes + len(events)]
    return [sum(height(way, shape, bandwidth_m) for way in row) for row in far]


@given(networks(), st.sampled_from(sorted(SHAPES)))
def test_the_simple_kind_counts_events_by_the_shortest_way(network, shape):
    found = spread(*network, kind="simple", shape=shape)
    np.testing.assert_allclose(found, shortest_ways(*network, shape), atol=1e-12)


# ------------------------------------------------------------- all ways


def part(kind, n, straight_back):
    """Say how much of what arrives at a node of n edges goes on into one of them."""
    if kind == "continuous":
        return (2 - n) / n if straight_back else 2 / n
    return 0 if straight_back else 1 / (n - 1)


def all_ways(edges, events, places, kind, shape):
    """Follow every way that leaves an event, fork by fork, until it is as long as the bandwidth."""
    density = [0.0] * len(places)

    def enter(e, backward, so_far, share):
        """Walk into an edge; show the part of the event on it; go on at its other end."""
        a, b, length = edges[e]
        for i, (edge, at) in enumerate(places):
            if edge == e and share:
                density[i] += share * height(so_far + (length - at if backward else at), shape)
        arrive(e, backward, so_far + length, share)

    def arrive(e, backward, so_far, share):
        node = edges[e][0] if backward else edges[e][1]
        leaving = [(f, way) for f, edge in enumerate(edges) for way in (0, 1) if edge[way] == node]
        if so_far < BANDWIDTH_M and len(leaving) > 1:
            for f, way in leaving:
                straight_back = (f, way) == (e, 1 - backward)
                enter(f, way, so_far, share * part(kind, len(leaving), straight_back))

    for e, spot in events:
        for i, (edge, at) in enumerate(places):
            if edge == e:
                density[i] += height(abs(at - spot), shape)
        arrive(e, 1, spot, 1.0)
        arrive(e, 0, edges[e][2] - spot, 1.0)
    return density


@settings(max_examples=60)
@given(networks(), st.sampled_from(["discontinuous", "continuous"]), st.sampled_from(["quartic"]))
def test_the_split_kinds_follow_all_ways(network, kind, shape):
    found = spread(*network, kind=kind, shape=shape)
    twin = all_ways(*network, kind, shape)
    np.testing.assert_allclose(found * BANDWIDTH_M, np.multiply(twin, BANDWIDTH_M), atol=5e-6)


@pytest.mark.parametrize("shape", ["epanechnikov", "gaussian"])
def test_other_shapes_follow_all_ways_too(shape):
    edges = [(0, 1, 41.3), (1, 2, 33.1), (2, 0, 37.9), (2, 3, 60.2), (3, 3, 55.5)]
    network = edges, [(0, 10.0), (3, 30.3)], [(e, at) for e in range(5) for at in (3.0, 21.7)]
    for kind in ("discontinuous", "continuous"):
        found = spread(*network, kind=kind, shape=shape)
        twin = all_ways(*network, kind, shape)
        # These shapes end with a bend or a step, which the steps of distance round off.
        np.testing.assert_allclose(found * BANDWIDTH_M, np.multiply(twin, BANDWIDTH_M), atol=2e-3)


@pytest.mark.parametrize("kind", ["discontinuous", "continuous"])
def test_ways_over_very_short_edges_are_followed_too(kind):
    edges = [(0, 1, 60.0), (1, 2, 0.3), (2, 3, 40.0), (1, 4, 35.0), (2, 4, 33.3), (4, 5, 0.7)]
    edges += [(5, 0, 50.0), (3, 0, 45.0)]
    network = edges, [(0, 55.0), (5, 0.2), (7, 1.0)], [(e, edges[e][2] / 3) for e in range(8)]
    twin = all_ways(*network, kind, "quartic")
    found = spread(*network, kind=kind)
    np.testing.assert_allclose(found * BANDWIDTH_M, np.multiply(twin, BANDWIDTH_M), atol=5e-5)


# A cross of four legs, an event 3 before the crossing: the cases that spNetwork checks itself by.
LEGS = [(4, 0, 10.0), (4, 1, 10.0), (4, 2, 10.0), (4, 3, 10.0)]


@pytest.mark.parametrize(
    ("kind", "place", "bandwidth_m", "parts"),
    [
        ("simple", (1, 3.0), 10.0, [(1, 6)]),
        ("discontinuous", (1, 3.0), 10.0, [(1 / 3, 6)]),
        ("continuous", (0, 1.0), 5.0, [(1, 2), (-1 / 2, 4)]),
    ],
)
def test_the_published_cases_of_a_crossing(kind, place, bandwidth_m, parts):
    found = spread(LEGS, [(0, 3.0)], [place], kind=kind, bandwidth_m=bandwidth_m)
    told = sum(share * height(way, bandwidth_m=bandwidth_m) for share, way in parts)
    assert found[0] == pytest.approx(told, abs=1e-6)


def grid(side, length_m):
    """Lay streets out as a square grid without dead ends; return its edges."""
    name = np.arange(side * side).reshape(side, side)
    across = [(a, b, length_m) for row in name for a, b in zip(row, row[1:], strict=False)]
    along = [(a, b, length_m) for row in name.T for a, b in zip(row, row[1:], strict=False)]
    return [*across, *along]


@pytest.mark.parametrize("kind", ["discontinuous", "continuous"])
def test_ways_without_number_are_followed_and_no_event_is_lost(kind):
    """Bandwidth 1,000 m on edges of 100 m: each event has more than a hundred thousand ways."""
    edges = grid(25, 100.0)
    middle = len(edges) // 4
    places = [(e, at) for e in range(len(edges)) for at in np.arange(2.5, 100, 5)]
    density = spread(edges, [(middle, 40.0)], places, kind=kind, bandwidth_m=1000.0)
    assert density.sum() * 5.0 == pytest.approx(1.0, abs=2e-3)


def test_the_order_of_events_and_places_changes_nothing():
    chance = np.random.default_rng(3)
    edges = grid(5, 70.0)
    events = [(int(e), float(at)) for e, at in zip(*chance.integers(0, 40, (2, 30)), strict=True)]
    places = [(int(e), float(at)) for e, at in zip(*chance.integers(0, 40, (2, 50)), strict=True)]
    turn = chance.permutation(50)
    for kind in kernels.spreading.KINDS:
        found = spread(edges, events, places, kind=kind, bandwidth_m=200.0)
        turned = spread(
            edges, events[::-1], [places[i] for i in turn], kind=kind, bandwidth_m=200.0
        )
        assert turned.tolist() == found[turn].tolist()


def test_an_event_that_counts_twice_is_two_events():
    events, places = [(0, 3.0), (1, 7.0)], [(2, 1.0), (0, 9.0)]
    for kind in kernels.spreading.KINDS:
        heavy = spread(LEGS, events, places, kind=kind, weights=np.array([2.0, 1.0]))
        np.testing.assert_allclose(heavy, spread(LEGS, [events[0], *events], places, kind=kind))


def test_without_events_there_is_no_density():
    nothing = np.array([], dtype=np.int64)
    for kind in kernels.spreading.KINDS:
        found = kernels.spread(
            *columns(LEGS),
            events=(nothing, nothing.astype(float)),
            places=columns([(0, 1.0)]),
            bandwidth_m=10.0,
            kind=kind,
        )
        assert found.tolist() == [0.0]


def test_a_network_without_edges_has_no_density():
    none, spots = np.array([], dtype=np.int64), (np.array([], dtype=np.int64), np.array([]))
    for kind in kernels.spreading.KINDS:
        found = kernels.spread(
            none, none, spots[1], events=spots, places=spots, bandwidth_m=10.0, kind=kind
        )
        assert found.tolist() == []


# ------------------------------------------------------------- a real network


def montreal():
    """Return the edges of central Montreal and its bicycle crashes, each on the nearest edge."""
    rdata = pytest.importorskip("rdata", reason="rdata, which reads the network, is not installed")
    paths = recount.paths("ca_montreal_spnetwork", "mtl_network.rda", "bike_accidents.rda")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines, points = (next(iter(rdata.read_rda(path).values()))["geom"] for path in paths)
    parts = [np.asarray(line) for line in lines]
    corners = np.array([corner for part in parts for corner in (part[0], part[-1])]).round(1)
    node = np.unique(corners, axis=0, return_inverse=True)[1].reshape(-1, 2)
    shapes = shapely.linestrings(
        np.concatenate(parts), indices=np.repeat(range(len(parts)), [len(part) for part in parts])
    )
    spots = shapely.points(np.array([np.asarray(point).ravel() for point in points]))
    edge = shapely.STRtree(shapes).nearest(spots)
    edges = [(a, b, size) for (a, b), size in zip(node, shapely.length(shapes), strict=True)]
    at = shapely.line_locate_point(shapes[edge], spots)
    return edges, list(zip(edge.tolist(), at.tolist(), strict=True))


def test_the_bicycle_crashes_of_montreal_are_spread_over_its_streets():
    edges, events = montreal()
    places = [(e, size / 2) for e, (_, _, size) in enumerate(edges)]
    found = spread(edges, events, places, kind="simple", bandwidth_m=300.0)
    some = places[::60]
    twin = shortest_ways(edges, events, some, "quartic", 300.0)
    np.testing.assert_allclose(found[::60], twin, atol=1e-9)
    # The bandwidth for which following each way took the published program hours.
    for kind in ("discontinuous", "continuous"):
        wide = spread(edges, events, places, kind=kind, bandwidth_m=1000.0)
        assert np.isfinite(wide).all()
        held = np.dot(wide, [size for *_, size in edges])
        assert 0.7 * len(events) < held < 1.1 * len(events)
