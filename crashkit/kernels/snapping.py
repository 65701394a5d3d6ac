"""The nearest lines of points, by a grid of cells over the straight pieces of all lines.

The search is exact: cells are looked at ring by ring around a point until no further ring can hold
anything nearer. Points are taken cell by cell, so that what one reads is at hand for the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit.kernels.compiling import Floats, Ints, Places, compiled

MOST_CELLS = 2**24
"""A grid of more cells would fill the memory; then its cells are larger."""
ROUNDING = 1e-9
"""In cells: a piece that touches a cell but for rounding is in it."""
AT_END = 1e-12
"""In shares of a piece: what is at its end but for rounding is at its end."""

Frame = tuple[float, float, float, int, int]
Lines = tuple[Floats, Ints, Ints, Places]
Found = tuple[Places, Floats, Floats]


@dataclass(frozen=True, eq=False)
class Grid:
    """Straight pieces of lines in square cells; made by `lay_grid`.

    `pieces` (n, 5) holds x, y of one end, x, y of the other, and one over the squared length, below
    zero where the piece runs from the other end to the one; `line` (n,) the line of each piece.
    `frame` is west and south (metres), the side of a cell (metres), how many columns and rows. The
    pieces of cell c are `members[offsets[c]:offsets[c + 1]]`, cells being numbered row by row from
    the south-west.
    """

    pieces: Floats
    line: Ints
    frame: Frame
    offsets: Ints
    members: Places


def lay_grid(starts: Floats, ends: Floats, line: Ints, cell_m: float) -> Grid:
    """Lay straight pieces into cells: `starts` and `ends` (n, 2) in metres, `line` (n,).

    Cells are `cell_m` metres wide, or wider where that would be more than MOST_CELLS.
    """
    step = ends - starts
    with np.errstate(divide="ignore"):
        inverse = 1.0 / (step**2).sum(axis=1)
    # A piece without length is a point: its nearest place is its start.
    inverse[~np.isfinite(inverse)] = 0.0
    # Drawn from west to east, so that a line and its twin drawn back are equally near to the digit.
    turned = (starts[:, 0] > ends[:, 0]) | (
        (starts[:, 0] == ends[:, 0]) & (starts[:, 1] > ends[:, 1])
    )
    first, last = np.where(turned[:, None], ends, starts), np.where(turned[:, None], starts, ends)
    pieces = np.column_stack([first, last, np.where(turned, -inverse, inverse)])
    both = np.concatenate([starts, ends])
    low, high = (both.min(axis=0), both.max(axis=0)) if both.size else (np.zeros(2), np.zeros(2))
    wide, tall = (high - low).tolist()
    side = max(cell_m, float(np.sqrt(wide * tall / MOST_CELLS)), max(wide, tall) / MOST_CELLS)
    frame = (float(low[0]), float(low[1]), side, int(wide / side) + 1, int(tall / side) + 1)
    nothing = np.empty(0, np.int32)
    offsets = _count_or_fill(pieces, frame, np.zeros(1, np.int64), nothing)
    members = np.empty(int(offsets[-1]), np.int32)
    _count_or_fill(pieces, frame, offsets, members)
    return Grid(pieces, np.ascontiguousarray(line, dtype=np.int64), frame, offsets, members)


@compiled
def _count_or_fill(pieces: Floats, frame: Frame, offsets: Ints, members: Places) -> Ints:
    """Return where the pieces of each cell start; fill them in if there is room."""
    west, south, side, columns, rows = frame
    counts = np.zeros(columns * rows + 1, np.int64)
    for i in range(pieces.shape[0]):
        x, y = (pieces[i, 0] - west) / side, (pieces[i, 1] - south) / side
        to_x, to_y = (pieces[i, 2] - west) / side, (pieces[i, 3] - south) / side
        if x > to_x:
            x, y, to_x, to_y = to_x, to_y, x, y
        slope = (to_y - y) / (to_x - x) if to_x > x else 0.0
        # Column by column: the part of the piece in it, and the rows which that part crosses.
        for column in range(int(max(x - ROUNDING, 0)), min(int(to_x + ROUNDING) + 1, columns)):
            left = y + slope * (max(x, column) - x) if slope else y
            right = y + slope * (min(to_x, column + 1) - x) if slope else to_y
            first = int(max(min(left, right) - ROUNDING, 0))
            for row in range(first, min(int(max(left, right) + ROUNDING) + 1, rows)):
                cell = row * columns + column
                if members.size:
                    members[offsets[cell] + counts[cell]] = i
                counts[cell] += 1
    ends = np.zeros(columns * rows + 1, np.int64)
    for cell in range(columns * rows):
        ends[cell + 1] = ends[cell] + counts[cell]
    return ends


def nearest(grid: Grid, points: Floats, most_m: float, count: int = 1) -> Found:
    """Return the nearest pieces of so many different lines around each point.

    `points` has shape (m, 2), metres; a point that is NaN is near nothing. The answers have shape
    (m, count), nearest first: the number of a piece, or -1 where there are not so many lines within
    `most_m` metres; the distance in metres, or infinity; how far along the piece the nearest place
    is, from 0 at its start to 1 at its end, or NaN. Of equally near pieces the one with the lower
    number of its line comes first, then that with the lower number of its own.
    """
    shape = (len(points), count)
    found = (np.full(shape, -1, np.int32), np.full(shape, np.inf), np.full(shape, np.nan))
    rows = np.flatnonzero(np.isfinite(points).all(axis=1))
    west, south, side, columns, _ = grid.frame
    across = np.floor((points[rows] - (west, south)) / side)
    order = rows[np.argsort(across[:, 1] * columns + across[:, 0])]
    _search(
        np.ascontiguousarray(points, dtype=float),
        order,
        (grid.pieces, grid.line, grid.offsets, grid.members),
        (grid.frame, float(most_m)),
        found,
    )
    return found


@compiled
def _search(
    points: Floats, order: Ints, lines: Lines, reach: tuple[Frame, float], found: Found
) -> None:
    """Find the nearest pieces of the points `order`; fill in their rows of `found`."""
    frame, most_m = reach
    pieces, line, offsets, members = lines
    west, south, side, columns, rows = frame
    piece, distance, share = found
    count = piece.shape[1]
    who, square, at = np.empty(count, np.int32), np.empty(count), np.empty(count)
    for point in order:
        x, y = points[point, 0], points[point, 1]
        column, row = int(np.floor((x - west) / side)), int(np.floor((y - south) / side))
        inner_x, inner_y = x - west - column * side, y - south - row * side
        # Metres to the nearest side of its own cell: all beyond the first ring is farther away.
        gap = min(inner_x, side - inner_x, inner_y, side - inner_y)
        # A point outside the grid begins with the ring that reaches it.
        ring = max(0, -column, column - columns + 1, -row, row - rows + 1)
        last = max(column, columns - 1 - column, row, rows - 1 - row)
        who[:], square[:] = -1, np.inf
        most = most_m * most_m
        while ring <= last and (ring == 0 or ((ring - 1) * side + gap) ** 2 <= most):
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                # Of a row within the ring only its two ends are new.
                stride = 1 if ring == 0 or abs(r - row) == ring else 2 * ring
                for c in range(column - ring, column + ring + 1, stride):
                    if c < 0 or c >= columns:
                        continue
                    for k in range(offsets[r * columns + c], offsets[r * columns + c + 1]):
                        d2, t = _squared(pieces, members[k], x, y)
                        if d2 <= most:
                            most = min(most, _put(who, square, at, line, (members[k], d2, t)))
            ring += 1
        for k in range(count):
            if who[k] >= 0:
                piece[point, k], distance[point, k] = who[k], np.sqrt(square[k])
                share[point, k] = at[k]


@compiled
def _squared(pieces: Floats, i: int, x: float, y: float) -> tuple[float, float]:
    """Return the squared distance of a point to a piece, and the share along it of the nearest.

    At an end the distance is that to the end itself: pieces that meet there are equally near.
    """
    from_x, from_y = x - pieces[i, 0], y - pieces[i, 1]
    step_x, step_y = pieces[i, 2] - pieces[i, 0], pieces[i, 3] - pieces[i, 1]
    turned = pieces[i, 4] < 0.0
    t = (from_x * step_x + from_y * step_y) * abs(pieces[i, 4])
    if t <= AT_END:
        return from_x * from_x + from_y * from_y, 1.0 if turned else 0.0
    if t >= 1.0 - AT_END:
        to_x, to_y = x - pieces[i, 2], y - pieces[i, 3]
        return to_x * to_x + to_y * to_y, 0.0 if turned else 1.0
    off_x, off_y = from_x - t * step_x, from_y - t * step_y
    return off_x * off_x + off_y * off_y, 1.0 - t if turned else t


@compiled
def _put(
    who: Places, square: Floats, at: Floats, line: Ints, new: tuple[int, float, float]
) -> float:
    """Put a piece among the nearest of different lines; return how near the next has to be.

    `who`, `square` and `at` have shape (count,), nearest first: piece, squared distance, share.
    """
    piece, d2, t = new
    place = who.size - 1
    for k in range(who.size):
        # A line stands here once, with its nearest piece.
        if who[k] >= 0 and line[who[k]] == line[piece]:
            place = k
    if not _leads(d2, piece, square[place], who[place], line):
        return float(square[-1])
    while place > 0 and _leads(d2, piece, square[place - 1], who[place - 1], line):
        who[place], square[place], at[place] = who[place - 1], square[place - 1], at[place - 1]
        place -= 1
    who[place], square[place], at[place] = piece, d2, t
    return float(square[-1])


@compiled
def _leads(d2: float, piece: int, other_d2: float, other: int, line: Ints) -> bool:
    if d2 != other_d2 or other < 0:
        return d2 < other_d2
    if line[piece] != line[other]:
        return bool(line[piece] < line[other])
    return piece < other


def warm() -> None:
    """Make these kernels ready."""
    grid = lay_grid(np.zeros((1, 2)), np.ones((1, 2)), np.zeros(1, np.int64), 1.0)
    nearest(grid, np.zeros((1, 2)), 1.0)
