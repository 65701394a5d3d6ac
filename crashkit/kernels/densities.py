"""Density on a plane: points are put into cells, and the cells are smoothed.

Points are shared among the four cells around them in whole parts, so that their order changes not
even the rounding. The smoothing is a convolution by scipy: for a surface to look at nothing is
gained by placing each point exactly.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from crashkit.kernels.compiling import Floats, Ints, compiled, laid_out

Box = tuple[float, float, float, float]

PARTS = 1024
"""A point lies at a whole one of so many parts of a cell."""
REACH = 4.0
"""A gaussian is cut at so many standard deviations."""
NOISE = 1e-12
"""Of the highest cell: less than this is the rounding of the convolution."""


def planar_density(
    x: Floats,
    y: Floats,
    box: Box,
    shape: tuple[int, int],
    bandwidth_m: float,
    *,
    kernel: str = "quartic",
    amounts: Ints | None = None,
) -> Floats:
    """Return the density of points in the cells of a box, in points per square metre.

    `x` and `y` have shape (n,), metres; `amounts` (n,) says in whole numbers how much each counts.
    `box` is west, south, east, north; `shape` how many rows and columns; the first row is the
    southernmost. `kernel` is "quartic", "epanechnikov" or "gaussian"; the bandwidth is its radius,
    of a gaussian its standard deviation. Points outside of the box count in it as far as they
    reach. A point that is NaN counts nowhere.

    Source: reference methods, section 2.5 (planar KDE).
    """
    west, south, east, north = box
    sides = np.array([(north - south) / shape[0], (east - west) / shape[1]])
    radius = REACH * bandwidth_m if kernel == "gaussian" else bandwidth_m
    margin = np.ceil(radius / sides).astype(np.int64) + 1
    known = np.isfinite(x) & np.isfinite(y)
    rows = (y[known] - south) / sides[0] + margin[0] - 0.5
    columns = (x[known] - west) / sides[1] + margin[1] - 0.5
    counts = np.ones(rows.size) if amounts is None else amounts[known]
    (counts,) = laid_out(counts)
    cells = _share(rows, columns, counts, np.array(shape) + 2 * margin)
    held = cells / float(PARTS * PARTS)
    if kernel == "gaussian":
        smooth = gaussian_filter(held, bandwidth_m / sides, mode="constant", truncate=REACH)
    else:
        smooth = _convolved(held, _disc(margin, sides, radius, kernel))
        smooth[smooth < NOISE * smooth.max(initial=0.0)] = 0.0
    inside = smooth[margin[0] : -margin[0], margin[1] : -margin[1]]
    return np.asarray(inside / sides.prod())


@compiled
def _share(rows: Floats, columns: Floats, amounts: Ints, shape: Ints) -> Ints:
    """Share points among the four cells around them; (rows, columns) in parts of a point.

    Places are in cells, a whole number being the middle of one.
    """
    cells = np.zeros((shape[0], shape[1]), np.int64)
    for i in range(rows.size):
        r, c = np.floor(rows[i]), np.floor(columns[i])
        if 0 <= r < shape[0] - 1 and 0 <= c < shape[1] - 1:
            row, column = int(r), int(c)
            up = int((rows[i] - r) * PARTS + 0.5)
            right = int((columns[i] - c) * PARTS + 0.5)
            cells[row, column] += amounts[i] * (PARTS - up) * (PARTS - right)
            cells[row, column + 1] += amounts[i] * (PARTS - up) * right
            cells[row + 1, column] += amounts[i] * up * (PARTS - right)
            cells[row + 1, column + 1] += amounts[i] * up * right
    return cells


def _disc(margin: Ints, sides: Floats, radius: float, kernel: str) -> Floats:
    """Return the share of a point in each cell around it; they add up to one."""
    rows, columns = (
        np.arange(-far, far + 1) * side for far, side in zip(margin, sides, strict=True)
    )
    inside = 1 - (rows[:, None] ** 2 + columns[None] ** 2) / radius**2
    heights = np.maximum(inside, 0.0) ** (2 if kernel == "quartic" else 1)
    return np.asarray(heights / heights.sum())


def _convolved(held: Floats, disc: Floats) -> Floats:
    # This part of scipy takes a quarter of the time in which a command starts; few commands use it.
    from scipy.signal import fftconvolve  # noqa: PLC0415

    return np.asarray(fftconvolve(held, disc, mode="same"))


def warm() -> None:
    """Make these kernels ready."""
    planar_density(np.zeros(1), np.zeros(1), (-1.0, -1.0, 1.0, 1.0), (2, 2), 1.0)
