"""How densely crashes lie: along the roads of a network, and on the plane, as layers of the map.

Along roads a crash is spread over the roads around it by the way along them, and the sum is told
for short pieces, the lixels: so many crashes per kilometre and year. On the plane it is spread over
the ground, whatever lies there: a picture, and no ranking of places, because it smears crashes
across roads that run side by side.

Source: reference methods, section 2.5; Okabe, Satoh and Sugihara 2009 (network); Silverman 1986,
Density estimation (plane, quartic kernel).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from crashkit import filters, geo, kernels, png
from crashkit.errors import Message, MethodError, counted
from crashkit.model import CrashData, Period
from crashkit.roads import linear
from crashkit.roads.placing import Placed
from crashkit.roads.snapping import Snapped
from crashkit.roads.tiling import LineTiles, line_tiles
from crashkit.roads.topology import NOWHERE, Topology

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CONTINUOUS, DISCONTINUOUS, PLANAR = "continuous", "discontinuous", "planar"
KINDS = {
    CONTINUOUS: Message("Along the roads, continuous"),
    DISCONTINUOUS: Message("Along the roads, discontinuous"),
    PLANAR: Message("On the plane"),
}
"""Kinds of density; the first two differ in what a junction does with a crash."""

USUAL_M = {
    CONTINUOUS: {"urban": 100, "": 200, "rural": 300},
    DISCONTINUOUS: {"urban": 100, "": 200, "rural": 300},
    PLANAR: {"urban": 200, "": 300, "rural": 500},
}
"""Bandwidth in metres by kind and by the setting most crashes have.

Source: reference methods, section 2.5.
"""
MOST_SHARE = 2 / 3
"""So many crashes of one setting make it that of the data."""
LIXEL_M = 50
BANDWIDTHS_M, LIXELS_M = (50, 2000), (10, 500)
MOST_LIXELS = 2_000_000
CANDIDATES = 5000
"""Peaks are looked for among so many of the densest lixels."""

SHARES = (0.4, 0.7, 0.9, 0.98)
"""The steps of a legend hold these shares of the places that have any density: as with cells of
crashes most are pale, the densest fiftieth dark."""
FAINTEST = 0.02
"""Less than this share of the height of a single crash is not drawn."""
TOP = {"plane": 3 / np.pi, "network": 15 / 16}
"""The height of the quartic kernel over its middle, at a bandwidth of one."""

PIXELS = 256
COLOURS = ("f4d58d", "f0a04b", "d1420e", "8d1f4f", "3b0f70")
"""The shades of the steps; those of the cells of crashes."""
KM_M = 1000.0


@dataclass(frozen=True)
class Asked:
    """Which density: a word of KINDS, its bandwidth, and how long a lixel is, in metres.

    Raises MethodError for what makes no sense.
    """

    kind: str
    bandwidth_m: int
    lixel_m: int = LIXEL_M

    def __post_init__(self) -> None:
        """Check the numbers."""
        for value, (low, high) in (
            (self.bandwidth_m, BANDWIDTHS_M),
            (self.lixel_m, LIXELS_M),
        ):
            if not low <= value <= high:
                raise MethodError(
                    "{value} m is not between {low} and {high} m.", value=value, low=low, high=high
                )
        if self.kind != PLANAR and self.lixel_m > self.bandwidth_m:
            raise MethodError(
                "A lixel of {lixel} m is longer than the bandwidth of {bandwidth} m: the density "
                "would be told too roughly.",
                lixel=self.lixel_m,
                bandwidth=self.bandwidth_m,
            )


def setting(data: CrashData) -> str:
    """Return "urban" or "rural" where two thirds of the crashes that tell are so, else ""."""
    levels = filters.levels(data, "area_type")
    if levels is None:
        return ""
    told = {
        word: int(levels.look_up([value == word for value in levels.values], missing=False).sum())
        for word in ("urban", "rural")
    }
    word = max(told, key=lambda one: told[one])
    return word if told[word] and told[word] >= MOST_SHARE * sum(told.values()) else ""


# ----------------------------------------------------------------- on a network


@dataclass(frozen=True, eq=False)
class NetworkDensity:
    """The density in each lixel, in crashes per km and year.

    Per km where crashes without a date are among them.

    Lixel i is on `stretch[i]`, from `from_share[i]` to `to_share[i]` of its way, in the order of
    links and along them; `link` is the number of its link. `steps` are the lower limits of the
    legend, the first being the least that is drawn. `crashes` were counted, `left` could not be.
    """

    asked: Asked
    topology: Topology
    link: Ints
    stretch: Ints
    from_share: Floats
    to_share: Floats
    values: Floats
    steps: tuple[float, ...]
    crashes: int
    left: int
    period: Period

    @property
    def levels(self) -> Ints:
        """The step of each lixel, -1 for nothing to draw."""
        return levels(self.values, self.steps)

    @property
    def notes(self) -> tuple[Message, ...]:
        """Say what was done, and what was left out."""
        found = [_METHODS[self.asked.kind]]
        found.append(
            Message(
                "Each crash of the filter reaches {bandwidth} m along the roads (quartic kernel); "
                "the sum is told for lixels of at most {lixel} m.",
                {"bandwidth": self.asked.bandwidth_m, "lixel": self.asked.lixel_m},
            )
        )
        if self.left:
            found.append(
                counted(
                    "{n} crash is not counted: it lies on no road of the network, or on one of "
                    "several.",
                    "{n} crashes are not counted: they lie on no road of the network, or on one "
                    "of several.",
                    self.left,
                )
            )
        return (*found, *self.period.notes)

    def densest(self, most: int) -> Ints:
        """Return the lixels that have any density, the densest first, so many at most."""
        order = np.lexsort((np.arange(self.values.size), -self.values))[:most]
        found: Ints = order[self.values[order] > 0]
        return found

    def peaks(self, most: int) -> Ints:
        """Return the densest lixels that lie a bandwidth apart from denser ones, so many at most.

        The neighbours of the densest are as dense for its sake.
        """
        rows = self.densest(CANDIDATES)
        spots = geo.geocentric(*(one[rows] for one in self.middles()))
        found: list[int] = []
        for n in range(rows.size):
            apart = np.linalg.norm(spots[found] - spots[n], axis=1)
            if len(found) < most and (apart >= self.asked.bandwidth_m).all():
                found.append(n)
        chosen: Ints = rows[found]
        return chosen

    def posts_m(self) -> tuple[Floats, Floats]:
        """Return the km posts, in metres, of the beginning and end of each lixel; NaN for none."""
        told = self.topology.network.stretches
        low, high = (told[name].to_numpy()[self.stretch] for name in ("from_m", "to_m"))
        return low + self.from_share * (high - low), low + self.to_share * (high - low)

    def middles(self) -> tuple[Floats, Floats]:
        """Return longitude and latitude of the middle of each lixel."""
        share = (self.from_share + self.to_share) / 2
        return linear.along(self.topology.network.lines, self.stretch, share)

    def names(self) -> NDArray[np.object_]:
        """Return the number, else the name, of the road of each lixel."""
        return self.topology.network.names()[self.stretch]


_METHODS = {
    CONTINUOUS: Message(
        "At a junction a crash is shared so that the density has no step there (equal split "
        "continuous)."
    ),
    DISCONTINUOUS: Message(
        "At a junction a crash is shared in equal parts among the roads that leave it (equal split "
        "discontinuous)."
    ),
}


def on_network(placed: Placed, period: Period, asked: Asked) -> NetworkDensity:
    """Spread the crashes that have a place at a junction or on a link along the roads.

    Where two roads are as likely but both lead to the junction of the crash, the nearer is as good
    as the other: it is a few metres from the one to the other. Raises MethodError for more than
    two million lixels, ValueError where there is no network.
    """
    if placed.topology is None or placed.snapped is None:
        raise ValueError("There are no roads to spread crashes along.")
    topology, located = placed.topology, placed.snapped
    links = topology.links
    usable = (links.from_node != NOWHERE) & (links.to_node != NOWHERE) & (links.length_m > 0)
    chosen = np.flatnonzero(usable)
    length = links.length_m[chosen]
    pieces = np.maximum(np.ceil(length / asked.lixel_m), 1).astype(np.int64)
    if pieces.sum() > MOST_LIXELS:
        raise MethodError(
            "The network would have {n} lixels, more than {most}. Choose longer ones.",
            n=int(pieces.sum()),
            most=MOST_LIXELS,
        )
    edge = np.repeat(np.arange(chosen.size), pieces)
    turn = np.arange(edge.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    has_place = (placed.junction != NOWHERE) | (placed.link != NOWHERE)
    events = _events(topology, located.keep(np.flatnonzero(has_place)), chosen)
    values = kernels.spread(
        links.from_node[chosen],
        links.to_node[chosen],
        length,
        events=events,
        places=(edge, (turn + 0.5) / pieces[edge] * length[edge]),
        bandwidth_m=float(asked.bandwidth_m),
        kind=asked.kind,
    )
    years = per(period)
    values = np.maximum(values, 0.0) * KM_M / years
    link = chosen[edge]
    begin, whole = links.from_share[link], (links.to_share - links.from_share)[link]
    least = FAINTEST * TOP["network"] / asked.bandwidth_m * KM_M / years
    return NetworkDensity(
        asked=asked,
        topology=topology,
        link=link,
        stretch=links.stretch[link],
        from_share=begin + turn / pieces[edge] * whole,
        to_share=begin + (turn + 1) / pieces[edge] * whole,
        values=values,
        steps=steps(values, least),
        crashes=events[0].size,
        left=len(placed) - events[0].size,
        period=period,
    )


def _events(topology: Topology, located: Snapped, chosen: Ints) -> tuple[Ints, Floats]:
    """Return the place among chosen links, and the metres along it, of crashes on them."""
    links = topology.links
    link = links.at(located.stretch, located.share)
    place = np.full(len(links) + 1, NOWHERE, np.int64)
    place[chosen] = np.arange(chosen.size)
    on = place[link] != NOWHERE
    link, share = link[on], located.share[on]
    size = np.maximum(links.to_share - links.from_share, 1e-12)[link]
    part = np.clip((share - links.from_share[link]) / size, 0.0, 1.0)
    return place[link], part * links.length_m[link]


def network_tiles(found: NetworkDensity) -> LineTiles:
    """Return the lixels as vector tiles; neighbours of one step on one link are one line.

    Each line has the `shade` of its step, the `name` of its road, and the `most`
    that a lixel of it has, in thousandths.
    """
    level = found.levels
    begins = np.ones(level.size, bool)
    begins[1:] = (level[1:] != level[:-1]) | (found.link[1:] != found.link[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], level.size) - 1
    most = np.maximum.reduceat(found.values, first) if first.size else np.empty(0)
    drawn = np.flatnonzero(level[first] >= 0)
    first, last, most = first[drawn], last[drawn], most[drawn]
    lines = linear.parts(
        found.topology.network.lines,
        found.stretch[first],
        found.from_share[first],
        found.to_share[last],
    )
    words = {
        "shade": np.array(
            [f"density-{shade(one, len(found.steps))}" for one in level[first].tolist()], dtype=str
        ),
        "name": found.names()[first].astype(str),
        "most": np.rint(most * 1000).astype(np.int64),
    }
    return line_tiles(lines, np.arange(first.size) + 1, words)


# ------------------------------------------------------------------ on the plane


@dataclass(frozen=True, eq=False)
class PlanarDensity:
    """Crashes to be spread over the ground: tiles show crashes per square km and year.

    Per square km where crashes without a date are among them. `x`, `y` are their places on the
    square map of the world, `left` have none. `peaks` are small squares with crashes: x, y and the
    density there. `steps` are the lower limits of the legend, the first the least that is drawn.
    """

    asked: Asked
    x: Floats
    y: Floats
    peaks: tuple[Floats, Floats, Floats]
    steps: tuple[float, ...]
    left: int
    period: Period

    @property
    def crashes(self) -> int:
        """How many crashes have a point."""
        return self.x.size

    @property
    def notes(self) -> tuple[Message, ...]:
        """Say what was done, and that it is a picture."""
        found = [
            Message(
                "A picture, not a ranking: crashes are spread over the ground beside the road, "
                "too, and between roads that run side by side."
            ),
            Message(
                "Each crash of the filter reaches {bandwidth} m (quartic kernel).",
                {"bandwidth": self.asked.bandwidth_m},
            ),
        ]
        if self.left:
            found.append(
                counted(
                    "{n} crash without coordinates is not counted.",
                    "{n} crashes without coordinates are not counted.",
                    self.left,
                )
            )
        return (*found, *self.period.notes)

    def cells(self, zoom: int, x: int, y: int, pixels: int = PIXELS) -> Floats:
        """Return the density in the cells of a tile, rows from the north.

        From so far that a cell is wider than half the bandwidth it shows the densest place in it or
        beside it: the mean would pale with every step back, and a legend hold at one zoom only.
        """
        middle = _metres(np.array([(y + 0.5) / (1 << zoom)]))[0, 0]
        if middle / (pixels << zoom) > self.asked.bandwidth_m / 2:
            return self._far_cells(zoom, x, y, pixels)
        return self._near_cells(zoom, x, y, pixels)

    def _near_cells(self, zoom: int, x: int, y: int, pixels: int) -> Floats:
        side = 1.0 / (1 << zoom)
        west, north = x * side, y * side
        east_m, south_m = _metres(np.array([north + side / 2]))[0]
        reach = np.array([self.asked.bandwidth_m / east_m, self.asked.bandwidth_m / south_m])
        around = reach + 2 * side / pixels
        near = (self.x >= west - around[0]) & (self.x <= west + side + around[0])
        near &= (self.y >= north - around[1]) & (self.y <= north + side + around[1])
        if not near.any():
            return np.zeros((pixels, pixels))
        found = kernels.planar_density(
            (self.x[near] - west) * east_m,
            (self.y[near] - north) * south_m,
            (0.0, 0.0, side * east_m, side * south_m),
            (pixels, pixels),
            float(self.asked.bandwidth_m),
        )
        # The bandwidth is that of the middle of the tile, the area that of each row.
        rows = _metres(north + (np.arange(pixels) + 0.5) / pixels * side)
        found *= (east_m * south_m / rows.prod(axis=1))[:, None]
        return np.asarray(found * KM_M**2 / per(self.period))

    def _far_cells(self, zoom: int, x: int, y: int, pixels: int) -> Floats:
        east, south, value = self.peaks
        column = np.floor(east * (pixels << zoom)).astype(np.int64) - x * pixels + 1
        row = np.floor(south * (pixels << zoom)).astype(np.int64) - y * pixels + 1
        here = (column >= 0) & (column <= pixels + 1) & (row >= 0) & (row <= pixels + 1)
        found = np.zeros((pixels + 2, pixels + 2))
        np.maximum.at(found, (row[here], column[here]), value[here])
        return np.asarray(maximum_filter(found, size=3)[1:-1, 1:-1])

    def picture(self, box: Sequence[float], most: int = 900) -> bytes:
        """Return a box (west, south, east, north) as PNG, at most so many pixels wide or high."""
        x, y = geo.mercator(*np.array([box[:2], box[2:]], dtype=float).T)
        span = max(x[1] - x[0], y[0] - y[1], 1e-6)
        zoom = int(np.clip(np.floor(np.log2(most / PIXELS / span)), 0, 16))
        scale = PIXELS << zoom
        (west, north), (east, south) = (
            (int(np.floor(a * scale)), int(np.floor(b * scale)))
            for a, b in ((x[0], y[1]), (x[1], y[0]))
        )
        columns, rows = (
            range(low // PIXELS, high // PIXELS + 1) for low, high in ((west, east), (north, south))
        )
        whole = np.block([[self.cells(zoom, i, j) for i in columns] for j in rows])
        top, left = north - rows[0] * PIXELS, west - columns[0] * PIXELS
        part = whole[top : top + south - north + 1, left : left + east - west + 1]
        found = levels(part, self.steps) + 1
        return png.picture(found.astype(np.uint8), _palette(len(self.steps)))

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        """Return one tile as PNG; empty bytes where nothing is to be drawn, or no such tile."""
        if not (0 <= zoom <= 24 and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return b""
        level = levels(self.cells(zoom, x, y), self.steps)
        if (level < 0).all():
            return b""
        return png.picture((level + 1).astype(np.uint8), _palette(len(self.steps)))


def on_plane(data: CrashData, asked: Asked) -> PlanarDensity:
    """Make the crashes with coordinates ready to be spread over the ground."""
    here = filters.located(data)
    lon, lat = (filters.numbers(data, name)[here] for name in ("lon", "lat"))
    x, y = geo.mercator(lon, lat)
    years = per(data.period)
    peaks = _peaks(x, y, asked.bandwidth_m, years)
    least = FAINTEST * TOP["plane"] / (asked.bandwidth_m / KM_M) ** 2 / years
    left = int((~here).sum())
    return PlanarDensity(asked, x, y, peaks, steps(peaks[2], least), left, data.period)


def _peaks(x: Floats, y: Floats, bandwidth_m: float, years: float) -> tuple[Floats, Floats, Floats]:
    """Return the density in squares with crashes: x, y, and crashes per square km and year.

    The squares are a third to two thirds of the bandwidth wide where most crashes are; a crash
    counts as if it were in the middle of its own.
    """
    if not x.size:
        return x, y, x
    width_m = _metres(np.array([np.median(y)]))[0, 0]
    side = 1 << int(np.ceil(np.log2(width_m / bandwidth_m * 1.5)))
    column, row = (np.floor(one * side).astype(np.int64) for one in (x, y))
    codes, crowd = np.unique(row * side + column, return_counts=True)
    column, row = codes % side, codes // side
    south = (row + 0.5) / side
    cell_m = _metres(south) / side
    reach = np.ceil(bandwidth_m / cell_m.min(axis=0)).astype(int)
    total = np.zeros(codes.size)
    for down in range(-reach[1], reach[1] + 1):
        for right in range(-reach[0], reach[0] + 1):
            share = ((right * cell_m[:, 0]) ** 2 + (down * cell_m[:, 1]) ** 2) / bandwidth_m**2
            other = codes + down * side + right
            at = np.searchsorted(codes, other).clip(max=codes.size - 1)
            total += np.where(codes[at] == other, crowd[at] * np.maximum(1 - share, 0.0) ** 2, 0.0)
    value = total * TOP["plane"] / (bandwidth_m / KM_M) ** 2 / years
    return (column + 0.5) / side, south, value


def _metres(y: Floats) -> Floats:
    """Return the metres of the width and height of the square map at places on it, shape (n, 2)."""
    phi = np.arctan(np.sinh(np.pi * (1 - 2 * y)))
    found: Floats = geo.degrees_m(np.degrees(phi)) * 360.0
    found[:, 1] *= np.cos(phi)
    return found


def _palette(count: int) -> list[png.Colour]:
    shades = [bytes.fromhex(COLOURS[shade(n, count)]) for n in range(count)]
    return [(0, 0, 0, 0), *((*one, 255) for one in shades)]


# ------------------------------------------------------------------------ steps


def per(period: Period) -> float:
    """Return the years to divide by: 1 where crashes without a date are among them."""
    return 1.0 if period.undated else period.years


def steps(values: Floats, least: float) -> tuple[float, ...]:
    """Return the lower limits of a legend: the least that is drawn, then by shares of what is."""
    least = float(f"{least:.2g}")
    seen = np.sort(values[values >= least])
    if not seen.size:
        return (least,)
    at = (np.array(SHARES) * (seen.size - 1)).astype(np.int64)
    limits = sorted({float(f"{value:.2g}") for value in seen[at].tolist()})
    return (least, *(one for one in limits if least < one <= seen[-1]))


def levels(values: Floats, limits: Sequence[float]) -> Ints:
    """Return the step of each value, -1 below the first."""
    return np.searchsorted(np.array(limits), values, side="right").astype(np.int64) - 1


def shade(level: int, count: int) -> int:
    """Return the colour of a step; few steps are spread over all shades."""
    last = len(COLOURS) - 1
    return round(level * last / (count - 1)) if count > 1 else last // 2
