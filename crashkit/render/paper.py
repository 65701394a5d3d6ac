"""Figures for paper: the same drawing for every format. Draws, never computes.

Each kind of figure is one file in `render.drawings`, which says what data it takes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from crashkit import dropins
from crashkit.blocks import Figure
from crashkit.render.pens import DPI, MM, Drawing, Pen, drawable, fonts
from crashkit.text import Speaker

__all__ = ["draw", "drawable", "drawings", "height_mm"]


@cache
def drawings() -> Mapping[str, Drawing]:
    """Return how each kind of figure is drawn."""
    return dropins.parts("crashkit.render.drawings", "DRAWING", Drawing)


def draw(
    figure: Figure, speaker: Speaker, *, width_mm: float, height_mm: float, format: str = "png"
) -> bytes:
    """Draw a figure as PNG or SVG, the same bytes for the same figure."""
    fonts()
    canvas = Canvas(figsize=(width_mm * MM, height_mm * MM), dpi=DPI, facecolor="white")
    FigureCanvasAgg(canvas)
    drawings()[figure.kind].draw(figure.data, Pen(speaker, canvas))
    file = io.BytesIO()
    unsaid = {"Date": None, "Creator": None} if format == "svg" else {"Software": None}
    with rc_context({"svg.hashsalt": "crashkit"}):
        canvas.savefig(file, format=format, metadata=unsaid)
    return file.getvalue()


def height_mm(figure: Figure, width_mm: float, *, tallest_mm: float) -> float:
    """Return the height that suits a figure of this width."""
    return min(tallest_mm, drawings()[figure.kind].height_mm(figure.data, width_mm))
