"""How much room the columns of a table want on paper, in parts of the size of its letters."""

from __future__ import annotations

import re

from crashkit.render import pens
from crashkit.render.words import SaidTable

_PIECE = re.compile(r"(?:[^\s\u2e80-\uffef-]|[\u00a0\u202f]|-(?=\d))+-?|[\u2e80-\uffef]|-")
"""What no line is broken in: words, parts of words with a hyphen, Chinese signs.

Nor is one broken at a fixed space: 1 234 stays whole, and so does 95 %.

Between a hyphen and a figure no line is broken: 2016-00132 stays whole.
"""

_CHINESE = re.compile(r"[\u2e80-\uffef]+")
IN_A_LINE = 3.0
"""So many signs of a Chinese title stand in a line, if there are as many: not one upon another."""

LONG = 17.0
"""A long text wants no more room than this: it is set in lines."""


def least(
    said: SaidTable, i: int, *, longest_in_title: float = float("inf"), titles: float = 1.0
) -> float:
    """Return the room of the longest piece of a column, so that none is broken.

    Where words of titles are hyphenated, no more is kept for them than `longest_in_title`. Letters
    of titles are so many times as large as those of cells as `titles` says.
    """
    pieces = _PIECE.findall(said.columns[i].title)
    title = [titles * pens.wide_em(one, bold=True) for one in pieces]
    runs = _CHINESE.findall(said.columns[i].title)
    title += [titles * min(pens.wide_em(one, bold=True), IN_A_LINE) for one in runs]
    cells = {piece for row in said.rows for piece in _PIECE.findall(row[i].text)}
    wide = (pens.wide_em(one, bold=said.total_row) for one in cells)
    return max([1.0, *(min(one, longest_in_title) for one in title), *wide])


def wanted(said: SaidTable, i: int, *, titles: float = 1.0) -> float:
    """Return the room in which the cells of a column stand in one line each, but for long texts."""
    room, fewest = whole(said, i, titles=titles), least(said, i, titles=titles)
    return max(fewest, min(room, LONG)) if said.columns[i].long else room


def whole(said: SaidTable, i: int, *, titles: float = 1.0) -> float:
    """Return the room in which every cell of a column stands in one line, however long."""
    longest = max((pens.wide_em(row[i].text, bold=said.total_row) for row in said.rows), default=0)
    return max(least(said, i, titles=titles), longest)


def unbroken(said: SaidTable, i: int) -> float:
    """Return the room in which the title of a column stands in one line, too."""
    title = said.columns[i].title.split("\n")
    return max(wanted(said, i), *(pens.wide_em(line, bold=True) for line in title))
