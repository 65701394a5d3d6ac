"""Sums of residuals along a covariate. Data: at (numbers), walk, limit, across (Message)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crashkit.render.pens import INK, PLAIN, SIZE, SOFT, Drawing, Pen, bare, font, short


def draw(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw sums of residuals along a covariate, and how far from zero they may be."""
    at, sums, far = (np.asarray(data[name], dtype=float) for name in ("at", "walk", "limit"))
    axes = pen.canvas.add_axes((0.085, 0.17, 0.905, 0.8))
    axes.fill_between(at, -far, far, color="#e4e0ee", linewidth=0)
    axes.axhline(0, color=SOFT, linewidth=0.5)
    axes.plot(at, sums, color=PLAIN, linewidth=0.9)
    bare(axes)
    axes.locator_params(nbins=6)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(SIZE - 0.5))
        label.set_color(SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=font(), color=INK, labelpad=2)


def height_mm(data: Mapping[str, Any], width_mm: float) -> float:
    """Return half the width."""
    return 0.5 * width_mm


DRAWING = Drawing("walk", draw, height_mm)
