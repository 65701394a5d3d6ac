"""Where the pages of a printed sheet end, so that no chart is cut in two.

A sheet is fitted to the width of its page; how much a page holds is reckoned from its columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

PAGE_WIDE, PAGE_HIGH = 1050.0, 600.0
"""A4 on its side within its margins, in pixels: rather wider and lower than it is, as programs
differ in how wide a letter of a column is, and a page that is too short cuts nothing."""
ROW, COLUMN = 20.0, 64.0
"""How high a row and how wide a column is that nobody set, in pixels."""
SPANNED = 10
"""A sentence reaches over so many columns."""
NEAR = 0.4
"""A heading so close above a chart, by the height of a page, goes to the next page with it."""

LITTLE = 40.0
"""What is no higher, such as the heading of a chapter, gets no page to itself, in pixels: there is
room for it besides, as a page is rather higher than is reckoned with."""


@dataclass
class Sheet:
    """How high rows are (points) and how wide columns (letters), and where charts stand.

    `heads` are the rows of the heads of its tables. `charts` are the row of the heading above a
    chart, its own first row, and the row below it.
    """

    heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    charts: list[tuple[int, int, int]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)

    def breaks(self, widest: float) -> list[int]:
        """Return the rows before which a new page begins; a chart is `widest`, in pixels."""
        columns = range(max((*self.widths, SPANNED - 1)) + 1)
        wide = sum(int(7 * self.widths[i] + 5) if i in self.widths else COLUMN for i in columns)
        scale = min(1.0, PAGE_WIDE / max(wide, widest))
        return list(_breaks(self.charts, _Tops(self.heights), PAGE_HIGH / scale))


class _Tops:
    """Where each row begins, in pixels below the head of the sheet."""

    def __init__(self, heights: Mapping[int, float]) -> None:
        self.more = sorted((row, 4 / 3 * points - ROW) for row, points in heights.items())

    def of(self, row: int) -> float:
        return ROW * row + sum(more for other, more in self.more if other < row)


def _breaks(charts: Iterable[tuple[int, int, int]], tops: _Tops, high: float) -> Iterator[int]:
    page = 0.0
    for heading, row, below in charts:
        top, foot = tops.of(row), tops.of(below)
        while page + high <= top:
            page += high
        if foot <= page + high:
            continue
        began = tops.of(heading)
        first = heading if page < began and top - began < NEAR * high else row
        if tops.of(first) - page > LITTLE:
            page = tops.of(first)
            yield first
