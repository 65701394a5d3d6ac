"""Density on a network: every event is spread along the lines around it, and summed up at places.

An edge e between two nodes is walked in two directions, 2 e from its first node to its second and
2 e + 1 back. In the simple kind an event counts by the shortest way to it, so that junctions gain.
In the two others what arrives at a junction is split among the edges that leave it:

- discontinuous: in equal parts among the n - 1 other edges;
- continuous: 2/n into each other edge, and (2 - n)/n back, so that no step shows at the junction.

Nothing comes back from a dead end. Ways are as many as forks multiply; but what matters of a way is
only how far it went and how much of the event it carries. So the parts of all events that arrive at
a node over one edge are kept by distance, in steps of the bandwidth, and passed on together: the
work grows with edges times steps, however many ways and events there are. What arrives between two
steps is shared between them, so that its amount and its mean distance are kept; the error is below
hops / (2 steps^2) of the height of the kernel.

Source: Okabe, Satoh and Sugihara 2009, A kernel density estimation method for networks (equal split
discontinuous and continuous); dead ends as in the R package spNetwork.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit.kernels.compiling import Floats, Ints, compiled, laid_out

KINDS = ("simple", "discontinuous", "continuous")
SHAPES = ("quartic", "epanechnikov", "gaussian")

MOST_STEPS, LEAST_STEPS, LEAST_BLOCK = 2000, 100, 16
MOST_STATES = 40_000_000
"""Numbers kept by edge, direction and step, 160 megabytes; larger networks have longer
steps."""

Listed = tuple[Ints, Floats, Floats]
Singles = NDArray[np.float32]


class Net(NamedTuple):
    """A network: the nodes (e, 2) and lengths in metres of its edges, and what leaves each node.

    The directed edges that leave node x are `leaving[offsets[x]:offsets[x + 1]]`.
    """

    ends: Ints
    length_m: Floats
    offsets: Ints
    leaving: Ints


def spread(
    node_from: Ints,
    node_to: Ints,
    length_m: Floats,
    *,
    events: tuple[Ints, Floats],
    places: tuple[Ints, Floats],
    bandwidth_m: float,
    kind: str = "simple",
    shape: str = "quartic",
    weights: Floats | None = None,
) -> Floats:
    """Return the density of events at places on a network, in events per metre.

    Edges run between nodes numbered from 0: `node_from`, `node_to` and `length_m` have shape (e,).
    `events` and `places` are an edge, and metres from its first node, for each; `weights` (events,)
    says how much an event counts. `kind` is one of KINDS, `shape` one of SHAPES; the gaussian has
    a third of the bandwidth as its standard deviation and is cut at the bandwidth.
    """
    net = _net(node_from, node_to, length_m)
    n = len(events[0])
    counts = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    # Sorted by all they are, so that their order changes not even the rounding.
    keys = (events[1], events[0])
    order = np.lexsort(keys if weights is None else (counts, *keys))
    known = _listed(net, events, counts, order)
    order = np.argsort(places[0], kind="stable")
    asked = _listed(net, places, np.zeros(len(order)), order)
    how = (float(bandwidth_m), SHAPES.index(shape))
    if kind == "simple":
        _by_shortest_ways(net, known, asked, how)
    elif net.length_m.size:
        states = MOST_STATES // (2 * net.length_m.size)
        steps = min(max(states, LEAST_STEPS), MOST_STEPS)
        _on_own_edge(net, known, asked, how)
        _by_all_ways(net, known, asked, (*how, steps, kind == KINDS[2]))
    density = np.empty(len(order))
    density[order] = asked[2] / bandwidth_m
    return density


def _net(node_from: Ints, node_to: Ints, length_m: Floats) -> Net:
    (ends,) = laid_out(np.column_stack([node_from, node_to]))
    start = ends.ravel()
    leaving = np.argsort(start, kind="stable")
    degrees = np.bincount(start) if start.size else np.zeros(1, np.int64)
    lengths = np.ascontiguousarray(length_m, dtype=float)
    return Net(ends, lengths, np.concatenate([[0], np.cumsum(degrees)]), leaving)


def _listed(net: Net, places: tuple[Ints, Floats], values: Floats, order: Ints) -> Listed:
    """List places by edge: where those of each edge begin, their metres and values."""
    sizes = np.bincount(places[0], minlength=net.length_m.size)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return offsets, np.asarray(places[1], dtype=float)[order], values[order]


@compiled
def _height(u: float, shape: int) -> float:
    """Return the kernel at a share u of the bandwidth; over both sides it adds up to 1."""
    if u >= 1.0:
        return 0.0
    if shape == 0:
        return 15 / 16 * (1 - u * u) * (1 - u * u)
    if shape == 1:
        return 3 / 4 * (1 - u * u)
    # Three standard deviations; the share of the curve beyond them is made up for.
    return float(3 / np.sqrt(2 * np.pi) / 0.9973002039367398 * np.exp(-4.5 * u * u))


# ------------------------------------------------------------- shortest ways


@compiled
def _by_shortest_ways(net: Net, events: Listed, places: Listed, how: tuple[float, int]) -> None:
    """Add up for each place the events around it by their network distance."""
    bandwidth_m, _ = how
    nodes = net.offsets.size - 1
    from_first, from_second = np.full(nodes, np.inf), np.full(nodes, np.inf)
    near = np.full(net.length_m.size, -1)
    for e in range(net.length_m.size):
        if places[0][e] == places[0][e + 1]:
            continue
        reached_first = _walk(net, net.ends[e, 0], bandwidth_m, from_first)
        reached_second = _walk(net, net.ends[e, 1], bandwidth_m, from_second)
        reached = reached_first + reached_second
        for f in _edges_at(net, events, reached, (e, near)):
            _see(net, events, places, (e, f, from_first, from_second), how)
        for node in reached:
            from_first[node], from_second[node] = np.inf, np.inf


@compiled
def _walk(net: Net, start: int, most_m: float, distance: Floats) -> list[int]:
    """Fill in the distance of all nodes within reach of one, metres; return these nodes."""
    reached = [start]
    distance[start] = 0.0
    waiting = [(0.0, start)]
    while waiting:
        so_far, node = heappop(waiting)
        if so_far > distance[node]:
            continue
        for h in net.leaving[net.offsets[node] : net.offsets[node + 1]]:
            to = net.ends[h >> 1, 1 - (h & 1)]
            far = so_far + net.length_m[h >> 1]
            if far < most_m and far < distance[to]:
                if distance[to] == np.inf:
                    reached.append(to)
                distance[to] = far
                heappush(waiting, (far, to))
    return reached


@compiled
def _edges_at(net: Net, events: Listed, nodes: list[int], turn: tuple[int, Ints]) -> list[int]:
    """Return the edges with events at some nodes, each once, the edge of this turn among them.

    `near` keeps for each edge the turn in which it was returned last.
    """
    e, near = turn
    edges = [e]
    near[e] = e
    for node in nodes:
        for h in net.leaving[net.offsets[node] : net.offsets[node + 1]]:
            f = h >> 1
            if near[f] != e and events[0][f] < events[0][f + 1]:
                near[f] = e
                edges.append(f)
    return edges


@compiled
def _see(
    net: Net,
    events: Listed,
    places: Listed,
    where: tuple[int, int, Floats, Floats],
    how: tuple[float, int],
) -> None:
    """Add the events on edge f to the places on edge e, by the distances of nodes from its two."""
    e, f, from_first, from_second = where
    bandwidth_m, shape = how
    a, b = net.ends[f]
    for q in range(places[0][e], places[0][e + 1]):
        at, rest = places[1][q], net.length_m[e] - places[1][q]
        to_a = min(from_first[a] + at, from_second[a] + rest)
        to_b = min(from_first[b] + at, from_second[b] + rest) + net.length_m[f]
        total = 0.0
        for k in range(events[0][f], events[0][f + 1]):
            spot = events[1][k]
            way = min(to_a + spot, to_b - spot)
            if f == e:
                way = min(way, abs(spot - at))
            total += events[2][k] * _height(way / bandwidth_m, shape)
        places[2][q] += total


# ------------------------------------------------------------- all ways


@compiled
def _on_own_edge(net: Net, events: Listed, places: Listed, how: tuple[float, int]) -> None:
    """Add the events on the edge of each place, by the straight way along it."""
    bandwidth_m, shape = how
    for e in range(net.length_m.size):
        for q in range(places[0][e], places[0][e + 1]):
            for k in range(events[0][e], events[0][e + 1]):
                way = abs(events[1][k] - places[1][q])
                if way < bandwidth_m:
                    places[2][q] += events[2][k] * _height(way / bandwidth_m, shape)


def _by_all_ways(
    net: Net, events: Listed, places: Listed, how: tuple[float, int, int, bool]
) -> None:
    """Pass all events on through the network, step by step, and add them up at the places.

    What arrives at the end of each directed edge is kept by steps, and these in blocks, so that
    what is needed at once lies together: (blocks, 2 e, steps of a block).
    """
    bandwidth_m, _, steps, _ = how
    step_m = bandwidth_m / steps
    shortest = max(int(net.length_m.min() / step_m), 1)
    block = min(max(shortest, LEAST_BLOCK), steps)
    arrived = np.zeros((steps // block + 1, 2 * net.length_m.size, block), np.float32)
    _arrive(net, events, arrived, (steps, step_m))
    close, apart = _by_edges(net, block * step_m)
    for first in range(0, steps + 1, block):
        # What leaves these nodes in a block of steps arrives nowhere within it, so that all its
        # steps can be taken at once. Only nodes with a short edge have to go by its length.
        _leave(net, places, arrived, (apart, first, first + block), how)
        if close.size:
            for fine in range(first, first + block, shortest):
                _leave(
                    net, places, arrived, (close, fine, min(fine + shortest, first + block)), how
                )


@compiled
def _by_edges(net: Net, least_m: float) -> tuple[Ints, Ints]:
    """Return the nodes with an edge shorter than so many metres, and the others."""
    is_close = np.zeros(net.offsets.size - 1, np.bool_)
    for e in range(net.length_m.size):
        if net.length_m[e] < least_m:
            is_close[net.ends[e, 0]] = True
            is_close[net.ends[e, 1]] = True
    return np.flatnonzero(is_close), np.flatnonzero(~is_close)


@compiled
def _leave(
    net: Net,
    places: Listed,
    arrived: Singles,
    span: tuple[Ints, int, int],
    how: tuple[float, int, int, bool],
) -> None:
    """Let what arrives at some nodes in a span of steps, all of one block, leave them again."""
    nodes, first, last = span
    bandwidth_m, shape, steps, continuous = how
    step_m = bandwidth_m / steps
    turn, start = first // arrived.shape[2], first % arrived.shape[2]
    total, out = np.empty(last - first), np.empty(last - first)
    for node in nodes:
        begin, end = net.offsets[node], net.offsets[node + 1]
        n = end - begin
        if n < 2:
            continue
        total[:] = 0.0
        for j in range(begin, end):
            for k in range(total.size):
                total[k] += arrived[turn, net.leaving[j] ^ 1, start + k]
        share = 2.0 / n if continuous else 1.0 / (n - 1)
        back = 1.0 if continuous else share
        for j in range(begin, end):
            h = net.leaving[j]
            some = False
            for k in range(total.size):
                out[k] = share * total[k] - back * arrived[turn, h ^ 1, start + k]
                some |= out[k] != 0.0
            if some:
                _pass_on(out, (first, h, steps), net.length_m[h >> 1] / step_m, arrived)
                _show(net, places, out, (first, h, step_m), (bandwidth_m, shape))


@compiled
def _arrive(net: Net, events: Listed, arrived: Singles, sizes: tuple[int, float]) -> None:
    """Let events arrive straight at both ends of their edge.

    What arrives at the last step or later is of no account.
    """
    steps, step_m = sizes
    block = arrived.shape[2]
    for e in range(net.length_m.size):
        for k in range(events[0][e], events[0][e + 1]):
            for way in range(2):
                far = (events[1][k] if way else net.length_m[e] - events[1][k]) / step_m
                if far < steps:
                    early = int(far)
                    late = far - early
                    turn, at = early // block, early % block
                    arrived[turn, 2 * e + way, at] += (1.0 - late) * events[2][k]
                    turn, at = (early + 1) // block, (early + 1) % block
                    arrived[turn, 2 * e + way, at] += late * events[2][k]


@compiled
def _pass_on(out: Floats, where: tuple[int, int, int], delay: float, arrived: Singles) -> None:
    """Let what enters directed edge h in some steps from `first` on arrive at its other end.

    `delay` is the length of the edge in steps, at least one: otherwise it would arrive at once.
    """
    first, h, steps = where
    delay = max(delay, 1.0)
    if first + delay >= steps:
        return
    whole = int(delay)
    late = delay - whole
    block = arrived.shape[2]
    turn, at = (first + whole) // block, (first + whole) % block
    for k in range(min(out.size, steps - first - whole)):
        arrived[turn, h, at] += (1.0 - late) * out[k]
        at += 1
        if at == block:
            turn, at = turn + 1, 0
        arrived[turn, h, at] += late * out[k]


@compiled
def _show(
    net: Net,
    places: Listed,
    out: Floats,
    where: tuple[int, int, float],
    how: tuple[float, int],
) -> None:
    """Add what enters directed edge h in some steps from `first` on to the places on it."""
    first, h, step_m = where
    bandwidth_m, shape = how
    e = h >> 1
    step = step_m / bandwidth_m
    for q in range(places[0][e], places[0][e + 1]):
        at = net.length_m[e] - places[1][q] if h & 1 else places[1][q]
        start = at / bandwidth_m + first * step
        total = 0.0
        for k in range(min(out.size, int((1.0 - start) / step) + 1)):
            total += out[k] * _height(start + k * step, shape)
        places[2][q] += total


def warm() -> None:
    """Make these kernels ready."""
    one, zero = np.array([1]), np.array([0])
    for kind in KINDS[:2]:
        spread(
            zero,
            one,
            np.ones(1),
            events=(zero, np.zeros(1)),
            places=(zero, np.zeros(1)),
            bandwidth_m=1.0,
            kind=kind,
        )
