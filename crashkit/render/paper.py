"""Figures for paper: the same drawing for every format. Draws, never computes.

Each kind of figure is one file in `render.drawings`, which says what data it takes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.transforms import Bbox

from crashkit import dropins
from crashkit.blocks import Figure
from crashkit.render.pens import (
    DPI,
    INK,
    MM,
    SIZE,
    SOFT,
    Drawing,
    Pen,
    drawable,
    font,
    fonts,
)
from crashkit.text import Speaker

__all__ = ["SIZE", "SOFT", "Line", "draw", "drawable", "drawings", "height_mm"]

MARGIN_MM = 2.0
"""White around a picture that has lines above and below it."""

_PIECES = re.compile(r"\s+|[^\s\u2e80-\u9fff\uff00-\uffef]+|[\u2e80-\u9fff\uff00-\uffef]")
"""What a line may be broken between: words, and Chinese signs."""
_NO_BEGINNING = "，。；：、！？）》”％"
"""Signs that no line begins with."""


@dataclass(frozen=True)
class Line:
    """A sentence above or below a drawing; it is broken at the width of the picture."""

    text: str
    size: float = SIZE
    bold: bool = False
    colour: str = INK


@cache
def drawings() -> Mapping[str, Drawing]:
    """Return how each kind of figure is drawn."""
    return dropins.parts("crashkit.render.drawings", "DRAWING", Drawing)


def draw(
    figure: Figure,
    speaker: Speaker,
    *,
    width_mm: float,
    height_mm: float,
    format: str = "png",
    above: Sequence[Line] = (),
    below: Sequence[Line] = (),
) -> bytes:
    """Draw a figure as PNG or SVG, the same bytes for the same figure.

    With lines above and below it the picture is as much higher as they need.
    """
    fonts()
    canvas = Canvas(figsize=(width_mm * MM, height_mm * MM), dpi=DPI, facecolor="white")
    FigureCanvasAgg(canvas)
    pen = Pen(speaker, canvas)
    drawings()[figure.kind].draw(figure.data, pen)
    whole = _framed(pen, above, below) if above or below else None
    file = io.BytesIO()
    unsaid = {"Date": None, "Creator": None} if format == "svg" else {"Software": None}
    # What is drawn as shapes is said once more in letters, for who searches or listens.
    said = {"Description": "\n".join(line.text for line in (*above, *below))} if whole else {}
    with rc_context({"svg.hashsalt": "crashkit"}):
        canvas.savefig(
            file, format=format, metadata={**unsaid, **said}, bbox_inches=whole, pad_inches=0
        )
    return file.getvalue()


def _framed(pen: Pen, above: Sequence[Line], below: Sequence[Line]) -> Bbox:
    """Write lines outside of the sheet, above and below it; return what holds all, in inches."""
    width, height = (float(size) for size in pen.canvas.get_size_inches())
    head = [row for line in above for row in _broken(line, width, pen)]
    foot = [row for line in below for row in _broken(line, width, pen)]
    top = height + sum(map(_high, head)) + 0.75 * MARGIN_MM * MM
    _write(head, top, pen)
    _write(foot, -MARGIN_MM * MM / 2, pen)
    bottom = -sum(map(_high, foot)) - 1.5 * MARGIN_MM * MM
    return Bbox([[-MARGIN_MM * MM, bottom], [width + MARGIN_MM * MM, top + MARGIN_MM * MM]])


def _write(rows: Sequence[Line], top: float, pen: Pen) -> None:
    """Write rows below each other from a height on (inches above the foot of the sheet)."""
    height = float(pen.canvas.get_size_inches()[1])
    for row in rows:
        pen.canvas.text(
            1.0 if pen.rightwards else 0.0,
            top / height,
            row.text,
            ha="right" if pen.rightwards else "left",
            va="top",
            color=row.colour,
            fontproperties=font(row.size, bold=row.bold),
        )
        top -= _high(row)


def _high(row: Line) -> float:
    return 1.45 * row.size / 72


def _broken(line: Line, width: float, pen: Pen) -> Iterator[Line]:
    """Break a line where it is wider than the picture (inches)."""
    row = ""
    for piece in _PIECES.findall(pen.say(line.text)):
        too_wide = row and _wide(row + piece.rstrip(), line, pen) > width
        if too_wide and piece not in _NO_BEGINNING:
            yield Line(row.rstrip(), line.size, line.bold, line.colour)
            row = ""
        row = row + piece if row else piece.lstrip()
    if row.strip():
        yield Line(row.rstrip(), line.size, line.bold, line.colour)


def _wide(text: str, line: Line, pen: Pen) -> float:
    said = pen.canvas.text(0, 0, text, fontproperties=font(line.size, bold=line.bold))
    found = float(said.get_window_extent().width) / DPI
    said.remove()
    return found


def height_mm(figure: Figure, width_mm: float, *, tallest_mm: float) -> float:
    """Return the height that suits a figure of this width."""
    return min(tallest_mm, drawings()[figure.kind].height_mm(figure.data, width_mm))
