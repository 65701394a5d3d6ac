"""Lines as vector tiles: cut to each tile, on a grid that grows coarser as one looks from farther.

On a coarse grid a short line either leads from one place to the next or vanishes in one: a road
drawn in many short lines stays whole, and a tile of a country is no heavier than one of a town.
Source: Mapbox Vector Tile Specification 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, kernels, mvt
from crashkit.roads.network import Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXTENT = 4096
MARGIN = 64
"""So far beyond its edge a tile is drawn, so that broad lines meet at the seam."""
GRIDS = ((8, 8), (11, 4), (13, 2))
"""To each zoom level the grid of a tile, in its steps: eight are a pixel of a common screen."""
DEEPEST = 24
LAYER = "lines"


@dataclass(frozen=True, eq=False)
class LineTiles:
    """Lines with words of theirs, ready to be drawn tile by tile.

    `x`, `y` are places on the map of the world, 0 to 1 from west and from north; line i has those
    from `offsets[i]` to `offsets[i + 1]`, and the number `ids[i]`. `low` and `high` are the corners
    of what each line covers, shape (n, 2). `tags` (n, k) are places in `values`, one for each of
    k `keys`.
    """

    x: Floats
    y: Floats
    offsets: Ints
    ids: Ints
    low: Floats
    high: Floats
    keys: tuple[str, ...]
    values: tuple[bytes, ...]
    tags: Ints

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        """Return one tile; empty bytes where there is no line or no such tile."""
        side = 1 << zoom if 0 <= zoom <= DEEPEST else 0
        if not (0 <= x < side and 0 <= y < side):
            return b""
        corner, around = np.array([x, y]) / side, MARGIN / EXTENT / side
        near = (self.high >= corner - around) & (self.low <= corner + 1 / side + around)
        chosen = np.flatnonzero(near.all(axis=1))
        if not chosen.size:
            return b""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes) + np.arange(offsets[-1])
        step = side * EXTENT
        way = (self.x[rows] * step - x * EXTENT, self.y[rows] * step - y * EXTENT, offsets)
        grid = next((grid for most, grid in GRIDS if zoom <= most), 1)
        frame = (-MARGIN, EXTENT + MARGIN, grid)
        features = kernels.line_features(self.ids[chosen], self.tags[chosen], way, frame)
        if not features.size:
            return b""
        return mvt.layer(LAYER, features.tobytes(), self.keys, self.values, EXTENT)


def line_tiles(
    lines: Lines, ids: Ints, words: Mapping[str, Sequence[Any] | NDArray[Any]]
) -> LineTiles:
    """Make lines ready to be drawn: those of at least two vertices, with their ids and words.

    `ids` and each of the `words`, texts or whole numbers from 0 up, have one for each line.
    """
    drawn = np.flatnonzero(np.diff(lines.offsets) > 1)
    kept = lines.keep(drawn)
    x, y = geo.mercator(*kept.lonlat.T)
    starts = kept.offsets[:-1]
    places = np.column_stack([x, y])
    low, high = (
        one.reduceat(places, starts) if drawn.size else np.empty((0, 2))
        for one in (np.minimum, np.maximum)
    )
    values: list[bytes] = []
    tags = np.zeros((drawn.size, len(words)), np.int64)
    for n, told in enumerate(words.values()):
        distinct, at = np.unique(np.asarray(told)[drawn], return_inverse=True)
        tags[:, n] = len(values) + at
        values += [
            mvt.text_value(one) if isinstance(one, str) else mvt.whole_value(one)
            for one in distinct.tolist()
        ]
    return LineTiles(
        x,
        y,
        kept.offsets,
        ids[drawn].astype(np.int64),
        low,
        high,
        tuple(words),
        tuple(values),
        tags,
    )
