"""Links and nodes: lines cut where they cross or touch, so that one can walk from road to road.

Lines meet at a vertex that both have, whatever their levels. Where they only cross, they meet on
one level: a bridge and the road under it do not. An end that meets nothing (it was drawn a little
too short or too long) is joined to the line beside it. Lines that run together are cut where they
part. What is cut keeps its length: a link is a stretch between two shares of its way.

Lines are straight in degrees between their vertices, as places along them are found; what is small
is measured in metres on the ground.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crashkit import geo
from crashkit.roads import linear
from crashkit.roads.network import LEVEL, Lines, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOWHERE = linear.NOWHERE
SAME_M = 0.01
"""Places so near are one place: files give degrees to seven digits."""
LOOP_ENDS = 4.0
"""An end meets its own line only where the way back is so many times the reach of ends."""

FARTHEST_DEG = 89.0
"""No road lies nearer to a pole."""


@dataclass(frozen=True)
class Joining:
    """When lines meet.

    `ends_m`: an end that meets nothing is joined to a line no farther than this, in metres; cuts no
    farther apart on a line are one. `crossings`: lines of one level that cross without a common
    vertex meet; not so in sources such as OpenStreetMap, where that is how a bridge is drawn.
    """

    ends_m: float = 2.0
    crossings: bool = True


USUAL = Joining()


@dataclass(frozen=True, eq=False)
class Links:
    """Pieces of stretches between nodes, in the order of stretches and along them.

    A link runs on `stretch` from `from_share` to `to_share` of its way, from node to node, and is
    `length_m` metres long. A stretch without a line is one link whose nodes are NOWHERE.
    """

    stretch: Ints
    from_share: Floats
    to_share: Floats
    from_node: Ints
    to_node: Ints
    length_m: Floats

    def __len__(self) -> int:
        return self.stretch.size

    def at(self, stretch: Ints, share: Floats) -> Ints:
        """Return the link at places on stretches, NOWHERE for no stretch.

        A place where two links of a stretch meet is on the one that begins there.
        """
        found = np.full(stretch.size, NOWHERE, np.int64)
        on = np.flatnonzero(stretch != NOWHERE)
        begins = self.stretch * 2.0 + self.from_share
        # The end of a stretch is on its last link; a share is at most 1, the next stretch 2 away.
        link = np.searchsorted(begins, stretch[on] * 2.0 + share[on], side="right") - 1
        there = link >= 0
        there[there] = self.stretch[link[there]] == stretch[on][there]
        found[on[there]] = link[there]
        return found


@dataclass(frozen=True, eq=False)
class Nodes:
    """Where links begin and end, from west to east: degrees, and how many links end there.

    A link that comes back to its node ends there twice.
    """

    lon: Floats
    lat: Floats
    degree: Ints

    def __len__(self) -> int:
        return self.lon.size


@dataclass(frozen=True, eq=False)
class Topology:
    """A network as links and nodes; `network` is the one that `Links.stretch` counts in."""

    network: Network
    links: Links
    nodes: Nodes


def build(network: Network, joining: Joining = USUAL, stands: Flags | None = None) -> Topology:
    """Cut the stretches of a network at nodes; only those that stand, if told.

    `stands` has a flag for each stretch of the network with its equations applied, as crashes are
    put on it. The order of stretches changes nothing but the order of links.
    """
    network = linear.with_equations(network)
    chosen = np.ones(len(network), bool) if stands is None else stands
    drawn = _drawn(network.lines, chosen)
    level = np.zeros(len(network))
    if LEVEL in network.stretches:
        level = network.stretches[LEVEL].fillna(0).to_numpy(dtype=float)
    cuts = _cuts(drawn, _contacts(drawn, level, joining), joining)
    links = _links(network, chosen, cuts)
    ends = np.concatenate([links.from_node, links.to_node])
    degree = np.bincount(ends[ends != NOWHERE], minlength=cuts.lon.size).astype(np.int64)
    return Topology(network, links, Nodes(cuts.lon, cuts.lat, degree))


# ------------------------------------------------------------------- lines


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Vertices of lines, none twice in a row: place, line, metres from its beginning, is an end.

    `piece` lists the vertices from which a straight piece leads to the next one.
    """

    lonlat: Floats
    line: Ints
    at_m: Floats
    is_end: Flags
    piece: Ints


def _drawn(lines: Lines, chosen: Flags) -> _Drawn:
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.offsets))
    at_m = lines.measures_m()
    new = np.ones(owner.size, bool)
    new[1:] = (owner[1:] != owner[:-1]) | (np.diff(lines.lonlat, axis=0) != 0).any(axis=1)
    kept = np.flatnonzero(new & chosen[owner])
    kept = kept[np.bincount(owner[kept], minlength=len(lines))[owner[kept]] > 1]
    line = owner[kept]
    follows = line[1:] == line[:-1]
    is_end = np.ones(line.size, bool)
    is_end[1:-1] = ~(follows[1:] & follows[:-1])
    return _Drawn(
        lines.lonlat[kept], line, at_m[kept], is_end, np.flatnonzero(follows).astype(np.int64)
    )


def _pairs(drawn: _Drawn, reach_m: float) -> tuple[Ints, Ints]:
    """Return the pieces that may be within reach of each other, as pairs; none with its next.

    Which of a pair is named first does not depend on the order of lines.
    """
    begins, ends = drawn.lonlat[drawn.piece], drawn.lonlat[drawn.piece + 1]
    low, high = np.minimum(begins, ends), np.maximum(begins, ends)
    # Of degrees eastwards the most stand for a metre at the end that is farther from the equator.
    around = reach_m / 2 / geo.degrees_m(np.maximum(-low[:, 1], high[:, 1]).clip(0, FARTHEST_DEG))
    boxes = shapely.box(*(low - around).T, *(high + around).T)
    one, other = shapely.STRtree(boxes).query(boxes)
    rank = np.empty(drawn.piece.size, np.int64)
    rank[np.lexsort((ends[:, 1], ends[:, 0], begins[:, 1], begins[:, 0]))] = np.arange(rank.size)
    once = rank[one] < rank[other]
    one, other = drawn.piece[one[once]], drawn.piece[other[once]]
    next_to = (np.abs(one - other) == 1) & (drawn.line[one] == drawn.line[other])
    return one[~next_to], other[~next_to]


# ---------------------------------------------------------------- contacts


@dataclass(frozen=True, eq=False)
class _Contacts:
    """Places where lines meet, two and two: on a piece (its first vertex) at a share of it."""

    piece: Ints
    share: Floats
    to_piece: Ints
    to_share: Floats


@dataclass(frozen=True, eq=False)
class _Touches:
    """Vertices beside pieces of other lines: how far off, and where on the piece."""

    vertex: Ints
    piece: Ints
    share: Floats
    off_m: Floats
    on_m: Floats

    def keep(self, chosen: Flags) -> _Touches:
        return _Touches(*(value[chosen] for value in vars(self).values()))


def _contacts(drawn: _Drawn, level: Floats, joining: Joining) -> _Contacts:
    one, other = _pairs(drawn, max(joining.ends_m, SAME_M))
    touches, crossings = _meet(drawn, one, other, joining.ends_m)
    met = _met(drawn, touches)
    on_level = level[drawn.line[touches.vertex]] == level[drawn.line[touches.piece]]
    joins = touches.off_m <= SAME_M
    joins &= (met != NOWHERE) | (on_level & (drawn.is_end[touches.vertex] | joining.crossings))
    joins &= ~_together(drawn, touches.vertex, met)
    joins |= _loose(
        drawn, touches, np.concatenate([touches.vertex[joins], met[joins]]), joining
    ) & (on_level | _at_end(drawn, touches))
    kept = touches.keep(joins)
    found = _Contacts(*_at_vertex(drawn, kept.vertex), kept.piece, kept.share)
    if not joining.crossings:
        return found
    on_level = level[drawn.line[crossings.piece]] == level[drawn.line[crossings.to_piece]]
    both = zip(vars(found).values(), vars(crossings).values(), strict=True)
    return _Contacts(*(np.concatenate([value, more[on_level]]) for value, more in both))


def _loose(drawn: _Drawn, touches: _Touches, tied: Ints, joining: Joining) -> Flags:
    """Mark ends that are not tied, beside other lines, or beside their own a good way back."""
    is_tied = np.zeros(drawn.line.size, bool)
    is_tied[tied[tied != NOWHERE]] = True
    back_m = np.abs(drawn.at_m[touches.vertex] - drawn.at_m[touches.piece] - touches.on_m)
    found: Flags = drawn.line[touches.vertex] != drawn.line[touches.piece]
    found |= back_m > LOOP_ENDS * joining.ends_m
    return found & drawn.is_end[touches.vertex] & ~is_tied[touches.vertex]


def _at_end(drawn: _Drawn, touches: _Touches) -> Flags:
    """Mark vertices beside the end of a line: a bridge begins there, it does not pass over."""
    nearest = np.where(touches.share < 0.5, touches.piece, touches.piece + 1)
    found: Flags = drawn.is_end[nearest] & ((touches.share == 0) | (touches.share == 1))
    return found


def _meet(drawn: _Drawn, one: Ints, other: Ints, reach_m: float) -> tuple[_Touches, _Contacts]:
    """Return the vertices of pairs of pieces that lie beside the other piece, and the crossings.

    Only ends are looked for as far as `reach_m`, other vertices where they lie on the piece.
    """
    here = drawn.lonlat[one]
    metres = geo.degrees_m(here[:, 1])
    a0 = np.zeros_like(here)
    a1, b0, b1 = ((drawn.lonlat[v] - here) * metres for v in (one + 1, other, other + 1))
    sides = (
        ((one, a0), (other, b0, b1)),
        ((one + 1, a1), (other, b0, b1)),
        ((other, b0), (one, a0, a1)),
        ((other + 1, b1), (one, a0, a1)),
    )
    touches = [_beside(drawn, vertex, piece, reach_m) for vertex, piece in sides]
    along, across = a1, b1 - b0
    turn = _cross(along, across)
    safe = np.where(turn == 0, 1.0, turn)
    t, u = _cross(b0, across) / safe, _cross(b0, along) / safe
    meets = (turn != 0) & (t > 0) & (t < 1) & (u > 0) & (u < 1)
    for (_, place), (_, begins, ends) in sides:
        meets[meets] &= _off(place[meets], begins[meets], ends[meets])[0] > SAME_M
    crossings = _Contacts(one[meets], t[meets], other[meets], u[meets])
    return _Touches(
        *(
            np.concatenate(values)
            for values in zip(*(vars(t).values() for t in touches), strict=True)
        )
    ), crossings


def _beside(
    drawn: _Drawn, at: tuple[Ints, Floats], of: tuple[Ints, Floats, Floats], reach_m: float
) -> _Touches:
    (vertex, place), (piece, begins, ends) = at, of
    off_m, share = _off(place, begins, ends)
    near = off_m <= np.where(drawn.is_end[vertex], max(reach_m, SAME_M), SAME_M)
    vertex, piece, share, off_m = vertex[near], piece[near], share[near], off_m[near]
    size_m = drawn.at_m[piece + 1] - drawn.at_m[piece]
    # A foot at a vertex is the vertex: its place is known without rounding.
    share = np.where(share * size_m <= SAME_M, 0.0, share)
    share = np.where((1 - share) * size_m <= SAME_M, 1.0, share)
    return _Touches(vertex, piece, share, off_m, share * size_m)


def _off(place: Floats, begins: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """Return how far places are from straight pieces, and the share of the piece at the foot."""
    way = ends - begins
    share = ((place - begins) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-18)
    share = np.clip(share, 0.0, 1.0)
    apart = begins + way * share[:, None] - place
    return np.hypot(apart[:, 0], apart[:, 1]), share


def _cross(one: Floats, other: Floats) -> Floats:
    found: Floats = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return found


def _met(drawn: _Drawn, touches: _Touches) -> Ints:
    """Return the vertex that each vertex lies on, or NOWHERE."""
    met = np.where(touches.share < 0.5, touches.piece, touches.piece + 1)
    there = (touches.off_m <= SAME_M) & ((touches.share == 0) | (touches.share == 1))
    return np.where(there, met, NOWHERE)


def _together(drawn: _Drawn, vertex: Ints, met: Ints) -> Flags:
    """Mark vertices inside two lines that come together and go on together."""
    found: Flags = (met != NOWHERE) & ~drawn.is_end[vertex] & ~drawn.is_end[met]
    v, w = vertex[found], met[found]

    def same(one: Ints, other: Ints) -> Flags:
        apart = (drawn.lonlat[one] - drawn.lonlat[other]) * geo.degrees_m(drawn.lonlat[one, 1])
        near: Flags = np.hypot(apart[:, 0], apart[:, 1]) <= SAME_M
        return near

    along = same(v - 1, w - 1) & same(v + 1, w + 1)
    found[found] = along | (same(v - 1, w + 1) & same(v + 1, w - 1))
    return found


def _at_vertex(drawn: _Drawn, vertex: Ints) -> tuple[Ints, Floats]:
    """Return a piece that has the vertex, and the share of it: 0, or 1 at the end of a line."""
    last = np.ones(drawn.line.size, bool)
    last[drawn.piece] = False
    return np.where(last[vertex], vertex - 1, vertex), last[vertex].astype(float)


# ------------------------------------------------------------ cuts and links


@dataclass(frozen=True, eq=False)
class _Cuts:
    """Where lines are cut, in the order of lines and along them: line, share of its way, node.

    `lon` and `lat` are those of nodes.
    """

    line: Ints
    share: Floats
    node: Ints
    lon: Floats
    lat: Floats


def _cuts(drawn: _Drawn, contacts: _Contacts, joining: Joining) -> _Cuts:
    n = contacts.piece.size
    end_piece, end_share = _at_vertex(drawn, np.flatnonzero(drawn.is_end))
    piece = np.concatenate([contacts.piece, contacts.to_piece, end_piece])
    share = np.concatenate([contacts.share, contacts.to_share, end_share])
    line = drawn.line[piece]
    # At a vertex the metres of the vertex, so that one place is found as one from both its pieces.
    begin, end = drawn.at_m[piece], drawn.at_m[piece + 1]
    at_m = np.where(share == 1, end, begin + share * (end - begin))
    order = np.lexsort((at_m, line))
    new = np.ones(order.size, bool)
    new[1:] = (np.diff(line[order]) != 0) | (np.diff(at_m[order]) != 0)
    of = np.empty(order.size, np.int64)
    of[order] = np.cumsum(new) - 1
    lonlat = np.empty((int(new.sum()), 2))
    part = share[:, None]
    lonlat[of] = drawn.lonlat[piece] * (1 - part) + drawn.lonlat[piece + 1] * part
    line, at_m = line[order[new]], at_m[order[new]]
    begins = np.ones(line.size, bool)
    begins[1:] = line[1:] != line[:-1]
    near = np.zeros(line.size, bool)
    near[1:] = ~begins[1:] & (np.diff(at_m) <= max(joining.ends_m, SAME_M))
    tied = np.flatnonzero(near)
    node, lon, lat = _nodes(
        np.concatenate([of[:n], tied - 1]), np.concatenate([of[n : 2 * n], tied]), lonlat
    )
    ends = np.append(begins[1:], True)[: begins.size]
    kept = _one_of_near(begins, ends, near)
    share = at_m / at_m[ends][np.cumsum(begins) - 1]
    return _Cuts(line[kept], share[kept], node[kept], lon, lat)


def _one_of_near(begins: Flags, ends: Flags, near: Flags) -> Flags:
    """Keep one of cuts near each other, the ends of lines always."""
    group = np.cumsum(~near) - 1
    heads = np.flatnonzero(~near)
    kept = ~near
    before_end = heads[group[ends]]
    kept[before_end] = begins[before_end]
    kept[ends] = True
    return kept


def _nodes(one: Ints, other: Ints, lonlat: Floats) -> tuple[Ints, Floats, Floats]:
    """Number the nodes of places that are tied, from west to east; return where they are, too."""
    n = len(lonlat)
    ties = coo_array((np.ones(one.size, np.int8), (one, other)), shape=(n, n))
    count, of = connected_components(ties, directed=False)
    order = np.lexsort((lonlat[:, 1], lonlat[:, 0], of))
    first = np.searchsorted(of[order], np.arange(count))
    west = lonlat[order[first]]
    rank = np.empty(count, np.int64)
    rank[np.lexsort((west[:, 1], west[:, 0]))] = np.arange(count)
    if not count:
        return of.astype(np.int64), np.empty(0), np.empty(0)
    sizes = np.bincount(of, minlength=count)
    middle = np.empty((count, 2))
    middle[rank] = west + (
        np.add.reduceat(lonlat[order] - np.repeat(west, sizes, axis=0), first, axis=0)
        / sizes[:, None]
    )
    return rank[of], middle[:, 0], middle[:, 1]


def _links(network: Network, chosen: Flags, cuts: _Cuts) -> Links:
    length = network.stretches["length_m"].to_numpy(dtype=float)
    goes_on = np.flatnonzero(cuts.line[1:] == cuts.line[:-1])
    bare = chosen.copy()
    bare[cuts.line] = False
    alone = np.flatnonzero(bare)
    none = np.full(alone.size, NOWHERE, np.int64)
    stretch = np.concatenate([cuts.line[goes_on], alone])
    from_share = np.concatenate([cuts.share[goes_on], np.zeros(alone.size)])
    to_share = np.concatenate([cuts.share[goes_on + 1], np.ones(alone.size)])
    from_node = np.concatenate([cuts.node[goes_on], none])
    to_node = np.concatenate([cuts.node[goes_on + 1], none])
    order = np.lexsort((from_share, stretch))
    return Links(
        stretch[order],
        from_share[order],
        to_share[order],
        from_node[order],
        to_node[order],
        ((to_share - from_share) * length[stretch])[order],
    )
